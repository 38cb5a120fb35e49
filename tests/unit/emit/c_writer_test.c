/*
 * c_writer_test.c: texts from outside cannot break out of what they stand in; lists are laid out as people
 * would.
 */
#include "c_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *literal(arena *a, const char *text)
{
    c_writer w = c_writer_new(a);
    c_write_node(&w, 0, c_string(&w, text), "");
    return c_writer_text(&w);
}

static void literals_are_escaped(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(literal(a, ""), "\"\"\n");
    assert_string_equal(literal(a, NULL), "NULL\n");
    assert_string_equal(literal(a, "a\"b\\c"), "\"a\\\"b\\\\c\"\n");
    assert_string_equal(literal(a, "?"
                                   "?/ ?"
                                   "?"
                                   "?="),
                        "\"?\\?/ ?\\?\\?=\"\n");
    assert_string_equal(literal(a, "\t\r\0011\177"), "\"\\t\\r\\0011\\177\"\n");
    assert_string_equal(literal(a, "\303\274 \342\202\254"), "\"\303\274 \342\202\254\"\n");
    /* half a character, an overlong one, a surrogate */
    assert_string_equal(literal(a, "\303"), "\"\\303\"\n");
    assert_string_equal(literal(a, "\300\257"), "\"\\300\\257\"\n");
    assert_string_equal(literal(a, "\355\240\200x"), "\"\\355\\240\\200x\"\n");
    /* what turns the direction of text, or cannot be seen */
    assert_string_equal(literal(a, "\342\200\256"), "\"\\342\\200\\256\"\n");
    assert_string_equal(literal(a, "\342\201\246"), "\"\\342\\201\\246\"\n");
    assert_string_equal(literal(a, "\357\273\277"), "\"\\357\\273\\277\"\n");
    assert_string_equal(literal(a, "a\nb\n"), "\"a\\n\"\n\"b\\n\"\n");
    arena_free(a);
}

static void long_lines_are_cut_at_blanks(void **state)
{
    (void)state;
    arena *a = arena_new();
    builder b = builder_new(a);
    for (int i = 0; i < 40; i++)
        builder_add(&b, "1234567 ");
    const char *text = literal(a, b.bytes);
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");
        assert_true(length <= C_COLUMNS);
        assert_memory_equal(line + length - 2, " \"", 2);
    }
    b = builder_new(a);
    for (int i = 0; i < 300; i++)
        builder_add(&b, "\303\274"); /* no blank: cut between characters */
    text = literal(a, b.bytes);
    assert_non_null(strstr(text, "\303\274\"\n\"\303\274"));
    assert_true(strcspn(text, "\n") <= 2 * C_COLUMNS);
    assert_null(strchr(text, '\\'));
    arena_free(a);
}

static void identifiers_from_any_name(void **state)
{
    (void)state;
    arena *a = arena_new();
    map taken = map_new(a);
    assert_string_equal(c_identifier(a, "definition_of_", "groups", &taken), "definition_of_groups");
    assert_string_equal(c_identifier(a, "definition_of_", "groups", &taken), "definition_of_groups_2");
    assert_string_equal(c_identifier(a, "definition_of_", "groups_2", &taken), "definition_of_groups_2_2");
    assert_string_equal(c_identifier(a, "t_", "auth.\"My T\"", NULL), "t_auth__My_T_");
    assert_string_equal(c_identifier(a, "t_", "gr\303\274n", NULL), "t_gru00fcn");
    assert_string_equal(c_identifier(a, "t_", "\303", NULL), "t__");
    assert_string_equal(c_identifier(a, "", "2x", NULL), "_2x");
    assert_string_equal(c_identifier(a, "", "", NULL), "_");
    assert_true(c_is_identifier("rehash_passwords"));
    assert_false(c_is_identifier("int"));
    assert_false(c_is_identifier("main"));
    assert_false(c_is_identifier("2x"));
    assert_false(c_is_identifier("a b"));
    assert_false(c_is_identifier(""));
    assert_false(c_is_identifier(NULL));
    arena_free(a);
}

static void comments_stay_closed_in(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(c_comment_text(a, "a */ b /* c"), "a * / b / * c");
    assert_string_equal(c_comment_text(a, "**//"), "** //");
    assert_string_equal(c_comment_text(a, "*/*/"), "* / * /");
    assert_string_equal(c_comment_text(a, "a\nb\r\001c"), "a b  c");
    assert_string_equal(c_comment_text(a, "?"
                                          "?/"),
                        "? ?/");
    assert_string_equal(c_comment_text(a, "x\342\200\256y\377z"), "x?y?z");
    assert_string_equal(c_comment_text(a, NULL), "");
    arena_free(a);
}

static void lists_are_laid_out(void **state)
{
    (void)state;
    arena *a = arena_new();
    c_writer w = c_writer_new(a);
    c_node *row = c_call(&w, "SAFE_DROP_COLUMN");
    c_add(&w, row, c_string(&w, "users"));
    c_add_field(&w, row, "cascade", c_words(&w, "true"));
    c_write_node(&w, 1, row, ",");
    c_node *numbers = c_braces(&w);
    for (unsigned long i = 0; i < 30; i++)
        c_add(&w, numbers, c_unsigned(&w, i * 1000));
    c_write_definition(&w, "static const unsigned lines[]", numbers);
    assert_string_equal(
        c_writer_text(&w),
        "    SAFE_DROP_COLUMN(\"users\", .cascade = true),\n"
        "static const unsigned lines[] = {\n"
        "    0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000, 12000, 13000, "
        "14000, 15000, 16000,\n"
        "    17000, 18000, 19000, 20000, 21000, 22000, 23000, 24000, 25000, 26000, 27000, 28000, "
        "29000};\n");
    arena_free(a);
}

/* A list ends exactly at the last column, or one behind it. */
static void the_last_column_is_used(void **state)
{
    (void)state;
    arena *a = arena_new();
    for (size_t extra = 0; extra < 2; extra++) {
        c_writer w = c_writer_new(a);
        builder b = builder_new(a);
        builder_add_repeated(&b, 'x', C_COLUMNS - strlen("f(, a),") + extra);
        c_node *call = c_call(&w, "f");
        c_add(&w, call, c_words(&w, b.bytes));
        c_add(&w, call, c_words(&w, "a"));
        c_write_node(&w, 0, call, ",");
        size_t first = strcspn(c_writer_text(&w), "\n");
        assert_int_equal(first, extra == 0 ? C_COLUMNS : 2);
    }
    arena_free(a);
}

static void formats_take_only_what_is_safe(void **state)
{
    (void)state;
    arena *a = arena_new();
    c_writer w = c_writer_new(a);
    c_write_format(&w, "/* %C */ x %I = %S; %U 100%", "a*/b", "name", "say \"x\"\n", 7ul);
    assert_string_equal(c_writer_text(&w), "/* a* /b */ x name = \"say \\\"x\\\"\\n\"; 7 100%\n");
    arena_free(a);
}

static void long_texts_come_in_parts(void **state)
{
    (void)state;
    arena *a = arena_new();
    builder b = builder_new(a);
    builder_add_repeated(&b, 'x', C_LONGEST_LITERAL - 1);
    builder_add(&b, "\303\274"); /* stands across the border */
    assert_false(c_fits_literal(b.bytes));
    c_writer w = c_writer_new(a);
    c_long_text(&w, "long_text_1", b.bytes);
    const char *text = c_writer_text(&w);
    assert_non_null(strstr(text, "    char part_1[3999];\n    char part_2[2 + 1];\n} long_text_1 = {\n"));
    assert_non_null(strstr(text, "    \"\303\274\"};\n"));
    b.bytes[C_LONGEST_LITERAL] = '\0';
    assert_true(c_fits_literal(b.bytes));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_are_escaped),
        cmocka_unit_test(long_lines_are_cut_at_blanks),
        cmocka_unit_test(identifiers_from_any_name),
        cmocka_unit_test(comments_stay_closed_in),
        cmocka_unit_test(lists_are_laid_out),
        cmocka_unit_test(the_last_column_is_used),
        cmocka_unit_test(formats_take_only_what_is_safe),
        cmocka_unit_test(long_texts_come_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

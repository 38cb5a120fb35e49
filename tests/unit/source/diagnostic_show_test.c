/* How diagnostics are collected and shown, byte for byte. */
#include "diagnostic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static arena *memory;
static diagnostics d;

static int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    d = diagnostics_new(memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

static source_file *file_of(const char *path, const char *bytes)
{
    return source_from(memory, path, bytes, strlen(bytes));
}

static span place_of(const source_file *f, const char *text)
{
    const char *at = strstr(f->bytes, text);
    assert_non_null(at);
    size_t start = (size_t)(at - f->bytes);
    return (span){f, start, start + strlen(text)};
}

static char *shown(const char *format, bool color)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    diagnostics_show(&d, out, format, color);
    fclose(out);
    char *copy = arena_copy(memory, text, length);
    free(text);
    return copy;
}

static void test_like_a_compiler(void **state)
{
    (void)state;
    source_file *f =
        file_of("migrations/1_x.mig", "migration \"x\"\n\nadd column usres.api_key varchar(255)\n");
    diagnostic *one =
        report_error(&d, "unknown-table", place_of(f, "usres"), "there is no table \"%s\"", "usres");
    diagnostic_hint(&d, one, "did you mean \"%s\"?", "users");
    assert_string_equal(shown("text", false),
                        "migrations/1_x.mig:3:12: error[unknown-table]: there is no table \"usres\"\n"
                        "   3 | add column usres.api_key varchar(255)\n"
                        "     |            ^^^^^\n"
                        "     = help: did you mean \"users\"?\n");
}

static void test_second_place(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "one two\nthree\n");
    source_file *other = file_of("b.mig", "four\n");
    diagnostic_second(report_error(&d, "syntax", place_of(f, "three"), "x"), place_of(f, "two"),
                      "first here");
    diagnostic_second(report_error(&d, "cycle", place_of(f, "one"), "y"), place_of(other, "four"), "there");
    assert_string_equal(shown("text", false), "a.mig:1:1: error[cycle]: y\n"
                                              "   1 | one two\n"
                                              "     | ^^^\n"
                                              "     > b.mig:1:1\n"
                                              "   1 | four\n"
                                              "     | ---- there\n"
                                              "a.mig:2:1: error[syntax]: x\n"
                                              "   1 | one two\n"
                                              "     |     --- first here\n"
                                              "   2 | three\n"
                                              "     | ^^^^^\n");
}

static void test_tabs_and_wide_characters(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "\tx\tyy\n\xC3\xBC\xC3\xBCz\n");
    report_error(&d, "syntax", place_of(f, "yy"), "a");
    report_error(&d, "syntax", place_of(f, "z"), "b");
    assert_string_equal(shown("text", false), "a.mig:1:4: error[syntax]: a\n"
                                              "   1 |         x       yy\n"
                                              "     |                 ^^\n"
                                              "a.mig:2:3: error[syntax]: b\n"
                                              "   2 | \xC3\xBC\xC3\xBCz\n"
                                              "     |   ^\n");
}

static void test_long_lines_are_cut(void **state)
{
    (void)state;
    builder b = builder_new(memory);
    builder_add_repeated(&b, 'a', 5000);
    builder_add(&b, "HERE");
    builder_add_repeated(&b, 'b', 5000);
    source_file *f = file_of("a.mig", b.bytes);
    report_error(&d, "syntax", place_of(f, "HERE"), "x");
    report_error(&d, "syntax", (span){f, 4500, 9000}, "a span that is longer than the window");
    char *text = shown("text", false);
    assert_true(strlen(text) < 1000);
    assert_non_null(strstr(text, "a.mig:1:5001: "));
    assert_non_null(strstr(text, "aaaHEREbbb"));
    char *here = strstr(text, "HERE"), *line = here;
    while (line[-1] != '\n')
        line--;
    char *caret = strstr(here, "^^^^\n"), *caret_line = caret;
    while (caret_line[-1] != '\n')
        caret_line--;
    /* the … is three bytes and one column */
    assert_int_equal(here - line - 2, caret - caret_line);
}

static void test_numbers_beyond_four_digits(void **state)
{
    (void)state;
    builder b = builder_new(memory);
    builder_add_repeated(&b, '\n', 9998);
    builder_add(&b, "one\ntwo\n");
    source_file *f = file_of("a.mig", b.bytes);
    report_error(&d, "syntax", place_of(f, "one"), "a");
    report_error(&d, "syntax", place_of(f, "two"), "b");
    assert_string_equal(shown("text", false), "a.mig:9999:1: error[syntax]: a\n"
                                              "9999 | one\n"
                                              "     | ^^^\n"
                                              "a.mig:10000:1: error[syntax]: b\n"
                                              "10000 | two\n"
                                              "      | ^^^\n");
}

static void test_nothing_reaches_the_terminal(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "x\x1b[31my\xff\x01\xC2\x9B\n");
    report_error(&d, "syntax", place_of(f, "y"), "\x1b[0m");
    char *text = shown("text", false);
    assert_null(strchr(text, '\x1b'));
    assert_null(strchr(text, '\xff'));
    assert_null(strchr(text, '\x01'));
    assert_null(strstr(text, "\xC2\x9B"));
}

static void test_ends_of_lines_and_files(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "ab\r\n");
    source_file *nothing = file_of("b.mig", "");
    report_error(&d, "syntax", (span){f, 2, 2}, "at a line's end");
    report_error(&d, "syntax", (span){f, 4, 4}, "at the file's end");
    report_error(&d, "syntax", (span){f, 0, 4}, "over the line's end");
    report_error(&d, "syntax", (span){nothing, 0, 0}, "in nothing");
    assert_string_equal(shown("text", false), "a.mig:1:1: error[syntax]: over the line's end\n"
                                              "   1 | ab\n"
                                              "     | ^^\n"
                                              "a.mig:1:3: error[syntax]: at a line's end\n"
                                              "   1 | ab\n"
                                              "     |   ^\n"
                                              "a.mig:2:1: error[syntax]: at the file's end\n"
                                              "   2 |\n"
                                              "     | ^\n"
                                              "b.mig:1:1: error[syntax]: in nothing\n"
                                              "   1 |\n"
                                              "     | ^\n");
}

static void test_sorted_and_once(void **state)
{
    (void)state;
    source_file *a = file_of("a.mig", "x y\n"), *b = file_of("b.mig", "z\n");
    report_error(&d, "no-project", (span){0}, "the whole");
    report_error(&d, "no-project", (span){0}, "the whole, otherwise");
    report_warning(&d, "syntax", place_of(b, "z"), "3");
    report_error(&d, "syntax", place_of(a, "y"), "2");
    report_error(&d, "syntax", place_of(a, "y"), "2 again");
    report_error(&d, "cycle", place_of(a, "y"), "another code");
    report_error(&d, "syntax", place_of(a, "x"), "1");
    assert_int_equal(d.error_count, 5);
    assert_int_equal(d.warning_count, 1);
    char *text = shown("text", false);
    const char *const order[] = {": 1\n",
                                 "]: 2\n",
                                 "another code",
                                 "warning[syntax]: 3",
                                 "error[no-project]: the whole\n",
                                 "the whole, otherwise"};
    const char *at = text;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    assert_null(strstr(text, "2 again"));
}

static void test_no_more_than_a_hundred_of_a_file(void **state)
{
    (void)state;
    builder b = builder_new(memory);
    builder_add_repeated(&b, 'x', 150);
    source_file *f = file_of("a.mig", b.bytes);
    for (size_t i = 0; i < 150; i++)
        report_error(&d, "syntax", (span){f, i, i + 1}, "number %zu", i);
    char *text = shown("text", false);
    assert_non_null(strstr(text, "number 99\n"));
    assert_null(strstr(text, "number 100\n"));
    assert_non_null(strstr(text, "a.mig: and 50 more\n"));
    assert_int_equal(d.error_count, 150);
}

static void test_color(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "x\n");
    report_error(&d, "syntax", place_of(f, "x"), "m");
    assert_null(strchr(shown("text", false), '\033'));
    assert_non_null(strstr(shown("text", true), "\033[1;31merror[syntax]\033[0m"));
}

static void test_json(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "one\ntwo \"three\n");
    diagnostic *one = report_error(&d, "syntax", place_of(f, "two"), "say \"x\"\n");
    diagnostic_hint(&d, one, "h");
    diagnostic_second(one, place_of(f, "one"), "first");
    report_warning(&d, "no-project", (span){0}, "y");
    assert_string_equal(
        shown("json", false),
        "{\"severity\":\"error\",\"code\":\"syntax\",\"file\":\"a.mig\",\"line\":2,\"column\":1,\"end_line\":"
        "2,"
        "\"end_column\":4,\"message\":\"say "
        "\\\"x\\\"\\n\",\"hint\":\"h\",\"second_file\":\"a.mig\",\"second_line\":1,"
        "\"second_column\":1,\"second_message\":\"first\"}\n"
        "{\"severity\":\"warning\",\"code\":\"no-project\",\"file\":null,\"line\":null,\"column\":null,\"end_"
        "line\":null,"
        "\"end_column\":null,\"message\":\"y\",\"hint\":null,\"second_file\":null,\"second_line\":null,"
        "\"second_column\":null,\"second_message\":null}\n");
}

static void test_sarif(void **state)
{
    (void)state;
    source_file *f = file_of("a.mig", "one two\n");
    report_error(&d, "syntax", place_of(f, "one"), "x");
    diagnostic_second(report_error(&d, "syntax", place_of(f, "two"), "y"), place_of(f, "one"), "first");
    report_warning(&d, "two-heads", (span){0}, "z");
    char *text = shown("sarif", false);
    assert_non_null(strstr(text, "\"version\":\"2.1.0\""));
    assert_non_null(strstr(text, "\"startLine\":1,\"startColumn\":5,\"endLine\":1,\"endColumn\":8"));
    assert_non_null(strstr(text, "\"relatedLocations\":["));
    assert_non_null(strstr(text, "\"level\":\"warning\""));
    assert_non_null(strstr(text, "\"locations\":[]"));
    char *rule = strstr(text, "{\"id\":\"syntax\"");
    assert_non_null(rule);
    assert_null(strstr(rule + 1, "{\"id\":\"syntax\"")); /* each rule once */
}

static void test_github(void **state)
{
    (void)state;
    source_file *f = file_of("a,b:c.mig", "one two\n");
    report_error(&d, "syntax", place_of(f, "two"), "100%%\nof it");
    report_warning(&d, "two-heads", (span){0}, "z");
    assert_string_equal(
        shown("github", false),
        "::error file=a%2Cb%3Ac.mig,line=1,col=5,endLine=1,endColumn=8,title=syntax::100%25%0Aof it\n"
        "::warning title=two-heads::z\n");
}

static void test_codes(void **state)
{
    (void)state;
    static const char *const codes[] = {
#define DIAGNOSTIC(code, meaning) code,
#include "diagnostics.def"
#undef DIAGNOSTIC
    };
    size_t count = sizeof codes / sizeof *codes;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(strspn(codes[i], "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(codes[i]));
        assert_true(strlen(diagnostic_code_meaning(codes[i])) > 10);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(codes[i], codes[j]);
    }
    assert_false(diagnostic_code_known("no-such-code"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_like_a_compiler, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tabs_and_wide_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_lines_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_beyond_four_digits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_reaches_the_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ends_of_lines_and_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sorted_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_more_than_a_hundred_of_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_color, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sarif, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_github, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_codes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

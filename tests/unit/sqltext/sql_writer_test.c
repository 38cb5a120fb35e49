#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "name.h"
#include "sql_reserved.h"
#include "sql_writer.h"

#include <stdio.h>
#include <string.h>

static void names_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *object, *schema, *name, *canonical;
    } cases[] = {
        {"users", NULL, "users", "users"},
        {"auth.users", "auth", "users", "auth.users"},
        {"\"My Table\"", NULL, "My Table", "\"My Table\""},
        {"auth.\"My.Table\"", "auth", "My.Table", "auth.\"My.Table\""},
        {"\"users\"", NULL, "users", "users"},
        {"\"a\"\"b\"", NULL, "a\"b", "\"a\"\"b\""},
        {"\"1st\"", NULL, "1st", "\"1st\""},
        {"Users", NULL, "Users", "\"Users\""},
        {"_x9", NULL, "_x9", "_x9"},
        {"\"caf\xc3\xa9\"", NULL, "caf\xc3\xa9", "\"caf\xc3\xa9\""},
        {"a.b.c", "a", "b", "a.b"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        object_name name = name_parse(a, cases[i].object);
        if (cases[i].schema == NULL)
            assert_null(name.schema);
        else
            assert_string_equal(name.schema, cases[i].schema);
        assert_string_equal(name.name, cases[i].name);
        assert_string_equal(name_text(a, name), cases[i].canonical);
        object_name again = name_parse(a, name_text(a, name));
        assert_string_equal(name_text(a, again), cases[i].canonical);
    }
    arena_free(a);
}

static void malformed_names_have_no_parts(void **state)
{
    (void)state;
    static const char *const malformed[] = {"",    ".",    "a.",     ".a",     "a..b",
                                            "\"a", "\"\"", "\"a\"b", "a\"b\"", "a.\"b"};
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_null(name_parse_parts(a, malformed[i]));
    assert_null(name_parse_parts(a, NULL));
    const char *const *parts = name_parse_parts(a, "a.\"b.c\".d");
    assert_string_equal(parts[0], "a");
    assert_string_equal(parts[1], "b.c");
    assert_string_equal(parts[2], "d");
    assert_null(parts[3]);
    arena_free(a);
}

static void reserved_names_are_quoted(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(sql_name_text(a, "order"), "\"order\"");
    assert_string_equal(sql_name_text(a, "orders"), "orders");
    assert_string_equal(sql_name_text(a, "My \"x\""), "\"My \"\"x\"\"\"");
    static const char *const all[] = {"add", "with", "and", "null", "user", "between", "current_timestamp"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_true(sql_is_reserved(all[i]));
    assert_true(sql_is_keyword("user", MIGEN_POSTGRES));
    assert_false(sql_is_keyword("user", MIGEN_SQLITE));
    arena_free(a);
}

static void statements_are_quoted_and_spaced(void **state)
{
    (void)state;
    arena *a = arena_new();
    sql_writer w = sql_new(a);
    sql_words(&w, "ALTER TABLE");
    sql_object_text(&w, "auth.\"my \"\"t\"\"\"");
    sql_words(&w, "ADD COLUMN");
    sql_name(&w, "api key\"; DROP TABLE x; --");
    sql_expression(&w, "varchar(10)");
    sql_words(&w, "DEFAULT");
    sql_string(&w, "it's \\ ok");
    assert_string_equal(sql_text(&w),
                        "ALTER TABLE \"auth\".\"my \"\"t\"\"\" ADD COLUMN \"api key\"\"; DROP TABLE x; "
                        "--\" varchar(10) DEFAULT 'it''s \\ ok'");
    w = sql_new(a);
    sql_words(&w, "INSERT INTO");
    sql_object_text(&w, "t");
    sql_names(&w, (const char *const[]){"a", "b", NULL});
    sql_words(&w, "VALUES");
    sql_open(&w);
    sql_integer(&w, -3);
    sql_comma(&w);
    sql_in_brackets(&w, "1 + 1");
    sql_close(&w);
    assert_string_equal(sql_text(&w), "INSERT INTO \"t\" (\"a\", \"b\") VALUES (-3, (1 + 1))");
    arena_free(a);
}

static void comments_do_not_swallow_what_follows(void **state)
{
    (void)state;
    arena *a = arena_new();
    sql_writer w = sql_new(a);
    sql_words(&w, "CHECK");
    sql_in_brackets(&w, "a > 1 -- positive");
    sql_expression(&w, "b -- c");
    sql_words(&w, "NOT NULL");
    assert_string_equal(sql_text(&w), "CHECK (a > 1 -- positive\n) b -- c\nNOT NULL");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_and_written),
        cmocka_unit_test(malformed_names_have_no_parts),
        cmocka_unit_test(reserved_names_are_quoted),
        cmocka_unit_test(statements_are_quoted_and_spaced),
        cmocka_unit_test(comments_do_not_swallow_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

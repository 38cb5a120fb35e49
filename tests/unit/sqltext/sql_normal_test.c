#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "sql_normal.h"

#include <string.h>

#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

static void layout_and_comments_do_not_count(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(sql_normal(a, " SELECT  A,\"B\" -- x\n FROM t/*y*/WHERE a='It''s  X' ", BOTH),
                        "select a , \"B\" from t where a = 'It''s  X'");
    assert_string_equal(sql_normal(a, "", BOTH), "");
    assert_string_equal(sql_normal(a, "$T$ Body $T$", MIGEN_POSTGRES), "$T$ Body $T$");
    assert_string_equal(sql_normal(a, "X'AB' 1E5 'open", BOTH), "X'AB' 1E5 'open");
    assert_true(sql_same("select A from b", "SELECT a\n FROM B -- c", BOTH));
    assert_true(sql_same("a>=1", "a >= 1", BOTH));
    assert_true(sql_same(NULL, NULL, BOTH));
    assert_false(sql_same(NULL, "", BOTH));
    assert_false(sql_same("a > = 1", "a >= 1", BOTH));
    assert_false(sql_same("'A'", "'a'", BOTH));
    assert_false(sql_same("\"A\"", "\"a\"", BOTH));
    assert_false(sql_same("a b", "ab", BOTH));
    assert_false(sql_same("a", "a b", BOTH));
    assert_false(sql_same("x@", "x`", BOTH));
    arena_free(a);
}

static void names_are_found(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *expression, *name;
        bool found;
    } cases[] = {
        {BOTH, "lower(email) = 'x'", "email", true},
        {BOTH, "lower(email) = 'lower'", "lower", false},
        {BOTH, "a = 'email'", "email", false},
        {BOTH, "EMAIL is null", "email", true},
        {BOTH, "\"email\" is null", "email", true},
        {MIGEN_POSTGRES, "\"Email\" is null", "email", false},
        {MIGEN_SQLITE, "\"Email\" is null", "email", true},
        {MIGEN_SQLITE, "[e mail] is null", "e mail", true},
        {MIGEN_POSTGRES, "apikey is null", "apiKey", false},
        {MIGEN_POSTGRES, "\"apiKey\" is null", "apiKey", true},
        {MIGEN_SQLITE, "apikey is null", "apiKey", true},
        {BOTH, "users.email > ''", "email", true},
        {BOTH, "emails > ''", "email", false},
        {BOTH, "created::date = x", "date", false},
        {BOTH, "cast(x as date)", "date", false},
        {BOTH, "date(x)", "date", false},
        {BOTH, "date '2020-01-01' < x", "date", false},
        {BOTH, "date < x", "date", true},
        {BOTH, "x::timestamp with time zone", "time", false},
        {BOTH, "x at time zone 'UTC'", "zone", false},
        {BOTH, "extract(year from x) > year", "year", true},
        {BOTH, "extract(year from x) > 1", "year", false},
        {BOTH, "a and b", "and", false},
        {BOTH, "\"and\" and b", "and", true},
        {MIGEN_SQLITE, "offset > 1", "offset", true},
        {MIGEN_POSTGRES, "f(a => 1)", "a", false},
        {BOTH, "a collate c", "c", false},
        {BOTH, "", "a", false},
        {BOTH, "a", "a", true},
        {BOTH, "(a", "a", true},
        {BOTH, "status.status", "status", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (sql_mentions(cases[i].expression, cases[i].name, cases[i].engines) != cases[i].found)
            fail_msg("%s in %s", cases[i].name, cases[i].expression);
    assert_false(sql_mentions(NULL, "a", BOTH));
}

static void names_are_replaced(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *text, *from, *to, *result;
    } cases[] = {
        {BOTH, "a > 1 and b > a", "a", "c", "c > 1 and b > c"},
        {BOTH, "length(name) > 2 -- name\n", "name", "title", "length(title) > 2 -- name\n"},
        {BOTH, "\"name\" <> 'name'", "name", "order", "\"order\" <> 'name'"},
        {BOTH, "name <> ''", "name", "My Name", "\"My Name\" <> ''"},
        {BOTH, "length(length)", "length", "size", "length(size)"},
        {BOTH, "users.name = x.name", "name", "n", "users.n = x.n"},
        {BOTH, "users.age > 0", "users", "people", "people.age > 0"},
        {BOTH, "status.status > 0", "status", "state", "status.state > 0"},
        {MIGEN_SQLITE, "NAME > 0", "name", "n", "n > 0"},
        {MIGEN_POSTGRES, "\"NAME\" > name", "name", "n", "\"NAME\" > n"},
        {MIGEN_SQLITE, "[a b] > `a b` + \"a b\"", "a b", "c d", "\"c d\" > \"c d\" + \"c d\""},
        {BOTH, "x is null", "a", "b", "x is null"},
        {BOTH, "", "a", "b", ""},
        {BOTH, "a", "a", "b", "b"},
        {BOTH, "time > x::time", "time", "at", "at > x::time"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(sql_rename(a, cases[i].text, cases[i].from, cases[i].to, cases[i].engines),
                            cases[i].result);
    assert_null(sql_rename(a, NULL, "a", "b", BOTH));
    arena_free(a);
}

static void a_tables_own_name_is_taken_off(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *text, *result;
    } cases[] = {
        {BOTH, "users.age > 0", "age > 0"},
        {BOTH, "users . age > 0 AND lower(users.name) <> \"users\".\"Name\"",
         "age > 0 AND lower(name) <> \"Name\""},
        {BOTH, "app.users.age > 0 or -users.age < 1", "age > 0 or -age < 1"},
        {BOTH, "users > 0 and x.users = 1.5", "users > 0 and x.users = 1.5"},
        {BOTH, "users.users > 0", "users > 0"},
        {BOTH, "(users).age > 0", "(users).age > 0"},
        {BOTH, "f(1).users.age", "f(1).users.age"},
        {BOTH, "others.age > 0 and 'users.age' <> a", "others.age > 0 and 'users.age' <> a"},
        {MIGEN_SQLITE, "USERS.age > [Users].b", "age > b"},
        {MIGEN_POSTGRES, "\"Users\".age > USERS.b", "\"Users\".age > b"},
        {BOTH, "a.b.users.age > 0", "a.b.users.age > 0"},
        {BOTH, "users.", "users."},
        {BOTH, ".users", ".users"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(sql_unqualified(a, cases[i].text, "users", cases[i].engines), cases[i].result);
    assert_null(sql_unqualified(a, NULL, "users", BOTH));
    arena_free(a);
}

static void an_expression_is_put_in(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(
        sql_insert_expression(a, "age + 1 > length(name)", "age", "CAST(\"age\" AS INTEGER)", BOTH),
        "(CAST(\"age\" AS INTEGER)) + 1 > length(name)");
    assert_string_equal(sql_insert_expression(a, "'age' || x", "age", "b", BOTH), "'age' || x");
    assert_null(sql_insert_expression(a, "users.age + 1", "age", "b", BOTH)); /* users.(b) is nothing */
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_and_comments_do_not_count),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(names_are_replaced),
        cmocka_unit_test(a_tables_own_name_is_taken_off),
        cmocka_unit_test(an_expression_is_put_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

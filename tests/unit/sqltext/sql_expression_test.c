#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "sql_normal.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>

#define PG   MIGEN_POSTGRES
#define LITE MIGEN_SQLITE
#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

typedef struct pair {
    unsigned engines;
    const char *left, *right;
} pair;

/* What an author wrote, and what pg_get_expr or SQLite's own text has for it. */
static void these_are_the_same(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {BOTH, "a > 1", "(a > 1)"},
        {BOTH, "a > 1 and b < 2", "((a > 1) AND (b < 2))"},
        {BOTH, "a and b and c", "(a AND (b AND c))"},
        {BOTH, "a or b or c", "((a OR b) OR c)"},
        {BOTH, "not a = b", "(NOT (a = b))"},
        {BOTH, "a - b - c", "((a - b) - c)"},
        {BOTH, "a - (b - c)", "(a - (b - c))"},
        {BOTH, "a + b * c", "(a + (b * c))"},
        {BOTH, "\"name\" <> ''", "name != ''"},
        {BOTH, "a = -1", "a = (-1)"},
        {BOTH, "now()", "CURRENT_TIMESTAMP"},
        {PG, "a in (1, 2)", "(a = ANY (ARRAY[1, 2]))"},
        {PG, "a not in (1, 2)", "(a <> ALL (ARRAY[1, 2]))"},
        {PG, "a in ('x')", "(a = 'x'::text)"},
        {PG, "state in ('a', 'b')", "(state = ANY (ARRAY['a'::text, 'b'::text]))"},
        {PG, "state in ('a', 'b')",
         "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"},
        {PG, "state in ('a', 'b')",
         "((state)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
         "varying)::text]))"},
        {PG, "a between 1 and 5 and b", "(((a >= 1) AND (a <= 5)) AND b)"},
        {PG, "a not between 1 and 5", "((a < 1) OR (a > 5))"},
        {BOTH, "a between 1 and 5", "a >= 1 and a <= 5"},
        {PG, "length(name) > 2", "(length((name)::text) > 2)"},
        {PG, "name like 'a%'", "(name ~~ 'a%'::text)"},
        {PG, "name not like 'a%'", "((name)::text !~~ 'a%'::text)"},
        {PG, "name ilike 'a%'", "(name ~~* 'a%'::text)"},
        {PG, "name not ilike 'a%'", "(name !~~* 'a%'::text)"},
        {PG, "total >= 0", "(total >= (0)::numeric)"},
        {PG, "ratio > 0.5", "(ratio > (0.5)::double precision)"},
        {PG, "'-1'", "'-1'::text"},
        {PG, "-1", "'-1'::integer"},
        {PG, "-1", "(-1)"},
        {PG, "true", "'t'::boolean"},
        {PG, "'pending'", "'pending'::status"},
        {PG, "'pending'", "'pending'::auth.\"Status\""},
        {PG, "'{}'", "'{}'::jsonb"},
        {PG, "'{}'::jsonb", "'{}'::jsonb"},
        {PG, "first || ' ' || last", "(((first)::text || ' '::text) || (last)::text)"},
        {PG, "a is not distinct from b", "(NOT (a IS DISTINCT FROM b))"},
        {PG, "a isnull", "(a IS NULL)"},
        {PG, "trim(name) <> ''", "(TRIM(BOTH FROM name) <> ''::text)"},
        {PG, "trim(name) <> ''", "(btrim((name)::text) <> ''::text)"},
        {PG, "extract(year from born) > 1900", "(EXTRACT(year FROM born) > (1900)::numeric)"},
        {PG, "case when a then 1 end", "CASE WHEN a THEN 1 ELSE NULL::integer END"},
        {PG, "cast(doc ->> 'a' as int) > 1", "(((doc ->> 'a'::text))::integer > 1)"},
        {PG, "position('@' in email) > 1", "(POSITION(('@'::text) IN (email)) > 1)"},
        {PG, "coalesce(a, b, '')", "COALESCE(a, b, ''::text)"},
        {PG, "left(name, 1) = 'a'", "(\"left\"((name)::text, 1) = 'a'::text)"},
        {PG, "created > date '2020-01-01'", "(created > '2020-01-01'::date)"},
        {PG, "ts at time zone 'UTC'", "(ts AT TIME ZONE 'UTC'::text)"},
        {PG, "now() + interval '1 day'", "(now() + '1 day'::interval)"},
        {PG, "nextval('a_id_seq')", "nextval('a_id_seq'::regclass)"},
        {PG, "x::varchar(10)", "(x)::character varying(10)"},
        {PG, "x::timestamptz", "(x)::timestamp with time zone"},
        {PG, "a[1] = 2", "(a[1] = 2)"},
        {PG, "email ~ '^[a-z]+$'", "((email)::text ~ '^[a-z]+$'::text)"},
        {PG, "E'a\\'b'", "'a''b'::text"},
        {PG, "tags @> array['a']", "(tags @> ARRAY['a'::text])"},
        {PG, "\"order\" > 0", "(\"order\" > 0)"},
        {PG, "\"time\" > a", "(time > a)"},
        {PG, "name collate \"C\" > ''", "((name COLLATE \"C\") > ''::text)"},
        {PG, "exists (select 1 from t)", "(EXISTS (SELECT 1 FROM t))"},
        {LITE, "a == 1", "a = 1"},
        {LITE, "\"flag\" IN (0, 1)", "flag in (0,1)"},
        {LITE, "a not null", "a is not null"},
        {LITE, "a is not b", "(a is not b)"},
        {LITE, "[a] > `b`", "A > \"B\""},
        {LITE, "a || b * c", "(a || b) * c"},
        {LITE, "a = b < c", "a = (b < c)"},
        {LITE, "a collate NOCASE = b", "(a collate nocase) = b"},
        {LITE, "a like 'x' escape '!'", "(a like 'x' escape '!')"},
        {LITE, "offset > 1", "(\"offset\" > 1)"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!sql_same_expression(pairs[i].left, pairs[i].right, pairs[i].engines))
            fail_msg("not the same: %s and %s", pairs[i].left, pairs[i].right);
        if (!sql_same_expression(pairs[i].right, pairs[i].left, pairs[i].engines))
            fail_msg("not the same: %s and %s", pairs[i].right, pairs[i].left);
    }
    assert_true(sql_same_expression(NULL, NULL, BOTH));
}

/* Meanings that differ, or might: it must never say same. */
static void these_are_not_the_same(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {BOTH, "a - (b - c)", "a - b - c"},
        {BOTH, "(a or b) and c", "a or b and c"},
        {BOTH, "not (a and b)", "not a and b"},
        {BOTH, "a / (b * c)", "a / b * c"},
        {BOTH, "-(a + b)", "-a + b"},
        {BOTH, "'1'", "1"},
        {BOTH, "'a'", "a"},
        {BOTH, "a > 1", "a >= 1"},
        {BOTH, "a in (1, 2)", "a in (1, 3)"},
        {BOTH, "a in (1, 2)", "a not in (1, 2)"},
        {BOTH, "'A'", "'a'"},
        {BOTH, "length(a)", "char_length(a)"},
        {BOTH, "f(a, b)", "f((a, b))"},
        {BOTH, "a like 'x'", "a = 'x'"},
        {BOTH, "a > 0.5", "a > 0.50"},
        {PG, "\"A\" > 0", "a > 0"},
        {PG, "\"user\" = 'x'", "user = 'x'"},
        {PG, "\"current_date\" = a", "current_date = a"},
        {PG, "x::date", "x"},
        {PG, "x::integer", "x::bigint"},
        {PG, "x::varchar(10)", "x::varchar(20)"},
        {PG, "'abc'::varchar(2)", "'abc'"},
        {PG, "1.5::integer", "1.5"},
        {PG, "5 / 2", "5::numeric / 2"},
        {PG, "lower(x)::text", "upper(x)::text"},
        {PG, "(a + b)::text", "a + b"},
        {PG, "'2020-01-01 10:00'::date", "'2020-01-01 10:00'"},
        {PG, "a || b * c", "(a || b) * c"},
        {PG, "a = b IS NULL", "a = (b IS NULL)"},
        {PG, "a = any(b)", "a = all(b)"},
        {PG, "a = all(array[1, 2])", "a in (1, 2)"},
        {PG, "a <> any(array[1, 2])", "a not in (1, 2)"},
        {PG, "now()", "localtimestamp"},
        {PG, "current_timestamp(3)", "now()"},
        {PG, "\"now\"", "now()"},
        {PG, "a like 'x' escape '!'", "a like 'x'"},
        {PG, "trim(leading from a)", "trim(a)"},
        {PG, "-2 ^ 2", "-(2 ^ 2)"},
        {PG, "case when a then 1 end", "case when a then 1 else 0 end"},
        {PG, "exists (select 1 from t)", "exists (select 2 from t)"},
        {LITE, "cast(a as text)", "a"},
        {LITE, "cast('5' as integer)", "5"},
        {LITE, "(a = b) < c", "a = b < c"},
        {LITE, "a || (b * c)", "a || b * c"},
        {LITE, "+a > 1", "a > 1"},
        {LITE, "x'00'", "'00'"},
        {BOTH, "a = b < c", "a = (b < c)"}, /* only SQLite groups it so */
        {BOTH, "a", NULL},
        {BOTH, "", "a"},
        {BOTH, "(a", "a"},
        {BOTH, "(a)(b)", "a b"},
        {BOTH, "a b", "a"},
        {BOTH, "((a) + (b)) * c", "(a) + (b) * c"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (sql_same_expression(pairs[i].left, pairs[i].right, pairs[i].engines) ||
            sql_same_expression(pairs[i].right, pairs[i].left, pairs[i].engines))
            fail_msg("the same: %s and %s", pairs[i].left, pairs[i].right);
}

static void deep_and_long_expressions_end(void **state)
{
    (void)state;
    arena *a = arena_new();
    static const char *const openings[] = {"(",      "not ", "- ",    "case when ", "f(",
                                           "array[", "a = ", "a or ", "a and ("};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        builder b = builder_new(a);
        for (int j = 0; j < 20000; j++)
            builder_add(&b, openings[i]);
        builder_add(&b, "1");
        assert_false(sql_same_expression(b.bytes, "1", BOTH));
        assert_true(sql_same_expression(b.bytes, b.bytes, BOTH));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_are_the_same),
        cmocka_unit_test(these_are_not_the_same),
        cmocka_unit_test(deep_and_long_expressions_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

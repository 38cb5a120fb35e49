#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sql_printed.h"

#include <string.h>

/* What a server prints, and what it has after a backup, or an older server, has brought it. */
static void these_are_the_same(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"TRIM(BOTH FROM name)", "btrim((name)::text)"},
        {"TRIM(BOTH FROM name)", "btrim(name::text)"},
        {"TRIM(BOTH FROM (name || 'x'::text))", "btrim(((name)::text || 'x'::text))"},
        {"TRIM(LEADING 'x'::text FROM name)", "ltrim(name, 'x'::text)"},
        {"TRIM(TRAILING FROM lower(name))", "rtrim(lower((name)::text))"},
        {"SUBSTRING(name FROM 2)", "\"substring\"((name)::text, 2)"},
        {"SUBSTRING(name FROM 1 FOR 3)", "\"substring\"((name)::text, 1, 3)"},
        {"SUBSTRING(name FROM (a + 1) FOR f(a, b))", "\"substring\"(name, (a + 1), f(a, b))"},
        {"POSITION(('x'::text) IN (name))", "\"position\"((name)::text, 'x'::text)"},
        {"OVERLAY(name PLACING 'x'::text FROM 1 FOR 2)", "\"overlay\"((name)::text, 'x'::text, 1, 2)"},
        {"(seen AT TIME ZONE 'UTC'::text)", "timezone('UTC'::text, seen)"},
        {"date_trunc('day'::text, (seen AT TIME ZONE 'UTC'::text))",
         "date_trunc('day'::text, timezone('UTC'::text, seen))"},
        {"((seen AT TIME ZONE 'UTC'::text))::date", "(timezone('UTC'::text, seen))::date"},
        {"(((a)::time AT TIME ZONE 'UTC'::text) AT TIME ZONE zone)",
         "timezone(zone, timezone('UTC'::text, (a)::time))"},
        {"a = 1 AND b AT TIME ZONE 'UTC' < c", "((a = 1) AND (timezone('UTC'::text, b) < c))"},
        {"((a, b) OVERLAPS (c, d))", "\"overlaps\"(a, b, c, d)"},
        {"(NOT (name IS NORMALIZED))", "(NOT is_normalized((name)::text))"},
        {"EXTRACT(year FROM born)", "date_part('year'::text, born)"},
        {"EXTRACT(year FROM born) > (1900)::numeric",
         "date_part('year'::text, born) > (1900)::double precision"},
        {"EXTRACT(year FROM born) > (age)::numeric",
         "date_part('year'::text, born) > (age)::double precision"},
        {"SELECT a.b, TRIM(BOTH FROM a.c) AS d FROM a WHERE (a.e IN ( SELECT SUBSTRING(x.y FROM 2) AS s FROM "
         "x));",
         "SELECT a.b, btrim(a.c) AS d FROM a WHERE (a.e IN ( SELECT \"substring\"(x.y, 2) AS s FROM x));"},
        {"SELECT max((a AT TIME ZONE 'UTC'::text)) AS at FROM b",
         "SELECT max(timezone('UTC'::text, a)) AS at FROM b"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!sql_same_printed(pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void these_are_different(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"TRIM(BOTH FROM name)", "ltrim(name)"},
        {"TRIM(BOTH 'x'::text FROM name)", "btrim('x'::text, name)"},
        {"TRIM(BOTH FROM name)", "btrim(nick)"},
        {"SUBSTRING(name FROM 1 FOR 3)", "\"substring\"(name, 1, 4)"},
        {"SUBSTRING(name FOR 3)", "\"substring\"(name, 3)"},
        {"POSITION(('x'::text) IN (name))", "\"position\"('x'::text, name)"},
        {"(seen AT TIME ZONE 'UTC'::text)", "timezone('CET'::text, seen)"},
        {"(seen AT TIME ZONE 'UTC'::text)", "timezone(seen, 'UTC'::text)"},
        {"EXTRACT(year FROM born)", "date_part('month'::text, born)"},
        {"date_part('year'::text, born)",
         "EXTRACT(year FROM born)"}, /* a later server makes no EXTRACT of it */
        {"(a)::numeric", "(a)::double precision"},
        {"SELECT trim FROM a", "SELECT btrim FROM a"},
        {"f((a, b))", "f(a, b)"},
        {"f('(')", "f('((')"},
        {"a (", "a"},
        {"", "a"},
        {"SELECT a AT FROM b", "SELECT at a FROM b"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (sql_same_printed(pairs[i][0], pairs[i][1]))
            fail_msg("%s is %s", pairs[i][0], pairs[i][1]);
}

static void deep_texts_end(void **state)
{
    (void)state;
    static char deep[200001];
    memset(deep, '(', 100000);
    memset(deep + 100000, ')', 100000);
    assert_false(sql_same_printed(deep, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_are_the_same),
        cmocka_unit_test(these_are_different),
        cmocka_unit_test(deep_texts_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

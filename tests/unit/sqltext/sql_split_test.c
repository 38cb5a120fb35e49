#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "sql_normal.h"
#include "sql_split.h"

#include <stdlib.h>
#include <string.h>

#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

static char *split_text(arena *a, const char *text, unsigned engines)
{
    sql_problem problem;
    sql_piece_list pieces = sql_split(a, view_of(text), engines, &problem);
    if (problem.message != NULL) {
        assert_true(problem.offset <= strlen(text) && problem.offset + problem.length <= strlen(text));
        return arena_format(a, "%s: %.*s", problem.message, (int)problem.length, text + problem.offset);
    }
    builder b = builder_new(a);
    for (size_t i = 0; i < pieces.count; i++) {
        assert_true(pieces.items[i].text.bytes == text + pieces.items[i].offset);
        builder_add(&b, i == 0 ? "" : " | ");
        builder_add_bytes(&b, pieces.items[i].text.bytes, pieces.items[i].text.length);
    }
    return b.bytes;
}

static void statements_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pieces;
    } cases[] = {
        {"", ""},
        {" ; ;; -- x\n ;", ""},
        {"a", "a"},
        {"a; b;", "a | b"},
        {"-- x\na -- y\n; /* ; */ b /* z */", "a | b"},
        {"a ';' b; \"c;d\"; $$e;f$$ g", "a ';' b | \"c;d\" | $$e;f$$ g"},
        {"select (1; 2); b", "select (1; 2) | b"},
        {"create trigger t after insert on x begin update y set a = 1; delete from z; end; select 1",
         "create trigger t after insert on x begin update y set a = 1; delete from z; end | select 1"},
        {"CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE OF begin ON x BEGIN SELECT CASE WHEN a THEN 'x;' "
         "ELSE b END; END",
         "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE OF begin ON x BEGIN SELECT CASE WHEN a THEN 'x;' "
         "ELSE b END; "
         "END"},
        {"create trigger t after insert on x when case new.a when 1 then 0 else 1 end begin select 1; end; b",
         "create trigger t after insert on x when case new.a when 1 then 0 else 1 end begin select 1; end | "
         "b"},
        {"create trigger t after insert on x begin insert into spans (start, end) values (new.start, "
         "new.end); select end "
         "from spans; end; b",
         "create trigger t after insert on x begin insert into spans (start, end) values (new.start, "
         "new.end); select end "
         "from spans; end | b"},
        {"create trigger t after insert on x begin select case a when 1 then case b when 2 then 3 end else 4 "
         "end; end; b",
         "create trigger t after insert on x begin select case a when 1 then case b when 2 then 3 end else 4 "
         "end; end | "
         "b"},
        {"create or replace trigger t before update on x for each row execute function f(); begin_x",
         "create or replace trigger t before update on x for each row execute function f() | begin_x"},
        {"create constraint trigger t after insert on x execute procedure f(); b",
         "create constraint trigger t after insert on x execute procedure f() | b"},
        {"create function f() returns int language sql begin atomic select 1; select case when true then 2 "
         "end; end; b",
         "create function f() returns int language sql begin atomic select 1; select case when true then 2 "
         "end; end | b"},
        {"create or replace procedure p() begin atomic end; b",
         "create or replace procedure p() begin atomic end | b"},
        {"create function f() returns int as $f$ begin; end; $f$ language plpgsql; b",
         "create function f() returns int as $f$ begin; end; $f$ language plpgsql | b"},
        {"create rule r as on insert to t do (insert into a values (1); insert into b values (2)); c",
         "create rule r as on insert to t do (insert into a values (1); insert into b values (2)) | c"},
        {"update t set \"end\" = 1; select 'commit'; select begin from t",
         "update t set \"end\" = 1 | select 'commit' | select begin from t"},
        {"create table t (a int[] default array[1, 2])", "create table t (a int[] default array[1, 2])"},
        {"prepare x as select 1", "prepare x as select 1"},
        {"copy t from '/file'", "copy t from '/file'"},
        {"select 'a\n\\b'", "select 'a\n\\b'"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(split_text(a, cases[i].text, BOTH), cases[i].pieces);
    assert_string_equal(split_text(a, "select [a;b]; c", MIGEN_SQLITE), "select [a;b] | c");
    arena_free(a);
}

static void problems_are_located(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"select 'abc", "this string is not closed: 'abc"},
        {"select 1; select \"x", "this quoted name is not closed: \"x"},
        {"select $a$ x", "this dollar-quoted string is not closed: $a$ x"},
        {"select /* x", "this comment is not closed: /* x"},
        {"select (1", "this bracket is not closed: ("},
        {"select 1)", "this bracket closes none that is open: )"},
        {"select (1]", "this bracket closes none that is open: ]"},
        {"begin", "BEGIN cannot stand in a migration: begin"},
        {"select 1; BEGIN IMMEDIATE; x", "BEGIN cannot stand in a migration: BEGIN"},
        {"start transaction", "START TRANSACTION cannot stand in a migration: start"},
        {"-- a\ncommit;", "COMMIT cannot stand in a migration: commit"},
        {"end", "END cannot stand in a migration: end"},
        {"rollback to x", "ROLLBACK cannot stand in a migration: rollback"},
        {"abort", "ABORT cannot stand in a migration: abort"},
        {"savepoint x", "SAVEPOINT cannot stand in a migration: savepoint"},
        {"release x", "RELEASE cannot stand in a migration: release"},
        {"prepare transaction 'x'", "PREPARE TRANSACTION cannot stand in a migration: prepare"},
        {"copy t (a, b) from stdin with (format csv)",
         "COPY from or to the client cannot stand in a migration: from stdin"},
        {"copy t to stdout", "COPY from or to the client cannot stand in a migration: to stdout"},
        {"select 1;\n  \\d users\n", "this is a command of psql's, not SQL: \\"},
        {"\\connect x", "this is a command of psql's, not SQL: \\"},
        {"create trigger t after insert on x begin select 1;", "this BEGIN has no END: begin"},
        {"create trigger t after insert on x begin select case when 1 then 2; end;",
         "this CASE has no END: case"},
        {"create function f() begin atomic select 1;", "this BEGIN has no END: begin"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(split_text(a, cases[i].text, BOTH), cases[i].problem);
    sql_problem problem;
    sql_split(a, view_of("begin"), BOTH, &problem);
    assert_non_null(strstr(problem.hint, "take BEGIN out"));
    sql_split(a, (view){NULL, 0}, BOTH, &problem);
    assert_null(problem.message);
    arena_free(a);
}

static void closing_brackets_are_found(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *text;
        size_t close; /* strlen: none */
    } cases[] = {
        {BOTH, "{ }", 2},
        {BOTH, "{ '}' \"}\" $$}$$ -- }\n /* } */ { } } }", 34},
        {BOTH, "( a ) )", 4},
        {BOTH, "( { ) }", 4},
        {BOTH, "{ ( }", 4},
        {BOTH, "(((())))", 7},
        {MIGEN_SQLITE, "( [)] )", 6},
        {BOTH, "( [)] )", 3},
        {MIGEN_POSTGRES, "( /* /* ) */ ) */ )", 18},
        {BOTH, "( `)` )", 6},
        {BOTH, "(", 1},
        {BOTH, "( ' )", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sql_problem problem;
        size_t length = strlen(cases[i].text);
        assert_int_equal(sql_find_close(cases[i].text, length, 0, cases[i].engines, &problem),
                         cases[i].close);
        assert_true((problem.message == NULL) == (cases[i].close != length));
    }
}

/* Megabytes of whatever: in time, and without a deep stack. */
static void long_texts_take_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "(",     "{", "'",  "$a$", "/*",   "a;",    "begin ", "create trigger t begin ",
        "case ", "[", "\"", "--",  "\\\n", "E'\\'", "$"};
    size_t size = 3 * 1000 * 1000;
    char *text = malloc(size);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t length = strlen(pieces[i]);
        for (size_t at = 0; at < size; at++)
            text[at] = pieces[i][at % length];
        arena *a = arena_new();
        sql_problem problem;
        text[0] = '{';
        sql_find_close(text, size, 0, BOTH, &problem);
        text[0] = 'x';
        sql_split(a, (view){text, size}, BOTH, &problem);
        arena_free(a);
    }
    free(text);
}

static void data_statements_leave_the_schema(void **state)
{
    (void)state;
    static const char *const leave[] = {
        "insert into t values (1)",
        "UPDATE t SET a = 1",
        "delete from t",
        "merge into t",
        "with x as (select 1) insert into t select * from x",
        "replace into t values (1)",
        "WITH RECURSIVE x(a) AS (select 1), y as (select 2) update t set a = 1",
        "insert into t values (1);",
        "/* x */ insert into t values ('create table')"};
    static const char *const may_change[] = {"create table t (a int)",
                                             "select f()",
                                             "",
                                             "with x as (select 1) select 1",
                                             "drop table t",
                                             "insert into t values (1); drop table t",
                                             "vacuum",
                                             "(",
                                             "with x as (select 1",
                                             "insert into 'x",
                                             "alter table t add a int"};
    for (size_t i = 0; i < sizeof leave / sizeof *leave; i++)
        assert_true(sql_leaves_schema(leave[i], BOTH));
    for (size_t i = 0; i < sizeof may_change / sizeof *may_change; i++)
        assert_false(sql_leaves_schema(may_change[i], BOTH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_found),
        cmocka_unit_test(problems_are_located),
        cmocka_unit_test(closing_brackets_are_found),
        cmocka_unit_test(long_texts_take_linear_time),
        cmocka_unit_test(data_statements_leave_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

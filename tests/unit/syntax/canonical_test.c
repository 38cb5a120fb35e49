/* What changes a migration's hash, and what does not (language.md 5.8). */
#include "syntax/parse_support.h"

static char *canonical_of(const char *text, unsigned engines)
{
    found = diagnostics_new(memory);
    source_file *source = source_from(memory, "a.mig", text, strlen(text));
    ast_file *f = parse_migration(memory, source, "1_a", engines, &found);
    assert_no_errors(text);
    return ast_canonical(memory, f);
}

static const char base[] = "migration \"x\"\n"
                           "create table users {\n"
                           "  id id\n"
                           "  name varchar(50) not null default 'a''b' check (length(name) > 2)\n"
                           "  boss -> users.id on delete set null\n"
                           "}\n"
                           "run \"why\" { UPDATE users SET name = 'X' WHERE id = 1 } when { SELECT 1 }\n"
                           "seed users (id, name) key (id) { 1, 'x' }\n"
                           "if table a { drop table a }\n";

static void test_the_same(void **state)
{
    (void)state;
    static const char *const others[] = {
        /* layout, comments, capitals of keywords, ; for newlines */
        "MIGRATION \"x\"; CREATE TABLE users { id ID; name VARCHAR ( 50 )\tNOT NULL default 'a''b' check "
        "(length(name) > 2)\n"
        "-- a comment\n"
        "   ; boss -> users.id on delete set null }\n"
        "run \"why\" { update users\n  set name = 'X' -- note\n  where id = 1; } WHEN { select /* x */ 1 }\n"
        "seed users (id, name) key (id) {\n  1, -- one\n     'x'\n}\nif table a {\n\n  drop table a # "
        "gone\n}",
        /* quotes that are not needed, attributes in another order, ends of lines */
        "migration \"x\"\r\ncreate table \"users\" {\r\n  \"id\" id\r\n"
        "  name varchar(50) check (length(name)>2) default 'a''b' not null\r\n"
        "  boss on_x\r\n}\r\n",
        /* title, after, say, allow, summary, descriptions, undo, down */
        "migration 'another' after none\nsay \"hello\"\nallow x \"y\"\ncreate table users {\n  id id\n"
        "  name varchar(50) not null default 'a''b' check (length(name) > 2)\n  boss -> users.id on delete "
        "set null\n}\n"
        "summary users\nrun { UPDATE users SET name = 'X' WHERE id = 1 } when { SELECT 1 } undo { SELECT 2 "
        "}\n"
        "seed users (id, name) key (id) { 1, 'x' }\nif table a { drop table a\n say 'x' } else { }\ndown "
        "never \"no\"\n",
    };
    char *expected = canonical_of(base, BOTH);
    assert_string_equal(canonical_of(others[0], BOTH), expected);
    assert_string_equal(canonical_of(others[2], BOTH), expected);
    /* the second up to the column that differs */
    char *fixed = arena_format(memory, "%s", others[1]);
    char *differs = strstr(fixed, "boss on_x");
    assert_non_null(differs);
    *differs = '\0';
    char *whole = arena_format(memory, "%sboss -> \"users\".id on delete set null\r\n}\r\n%s", fixed,
                               strstr(base, "run"));
    assert_string_equal(canonical_of(whole, BOTH), expected);
    /* the project's engines are no part of it */
    assert_string_equal(canonical_of(base, MIGEN_POSTGRES), expected);
    assert_string_equal(canonical_of(base, MIGEN_SQLITE), expected);
}

static void test_pairs_that_are_the_same(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"alter table t { add column c int }", "add column t.c int"},
        {"add column t.c integer", "add column t.c int"},
        {"add column t.c int null", "add column t.c int"},
        {"create index i on t (a asc)", "create index i on t (a)"},
        {"create index i on t (lower(a))", "create index i on t ((lower(a)))"},
        {"add foreign key on t (a) -> b (c) on delete no action", "add foreign key on t (a) -> b (c)"},
        {"add column t.c text as (a) stored", "add column t.c text as (a)"},
        {"comment on table t \"x\"", "comment on table t 'x'"},
        {"run { SELECT 'a\r\nb' }", "run { SELECT 'a\nb' }"},
        {"seed t (a) key (a) { 'a\r\nb' }", "seed t (a) key (a) { 'a\nb' }"},
        {"add column t.c numeric(5)", "add column t.c numeric(5,0)"},
        {"alter column t.c not null type int", "alter column t.c type int not null"},
        {"add check on t ( ( a  >0 ) )", "add check on t ((a > 0))"},
        {"call f from 'x.c' undo g", "call f from \"x.c\" undo none"},
        {"backfill t set (a=1) where (a is null) pause 1s",
         "backfill t set (A = 1) where (a IS NULL) pause 1000ms"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *first = ast_canonical(memory, parse_fine(pairs[i][0]));
        assert_string_equal(ast_canonical(memory, parse_fine(pairs[i][1])), first);
        assert_true(strlen(first) > 10);
    }
}

/* Each of these has a meaning of its own: no two have the same text. */
static void test_all_differ(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "add column t.c int",
        "add column t.c bigint",
        "add column t.\"C\" int",
        "add column s.t.c int",
        "add column t.c int[]",
        "add column t.c int not null",
        "add column t.c int unique",
        "add column t.c int index",
        "add column t.c int primary key",
        "add column t.c int default 1",
        "add column t.c int default '1'",
        "add column t.c int default (1)",
        "add column t.c int check (c > 1)",
        "add column t.c int check n (c > 1)",
        "add column t.c int -> o",
        "add column t.c int -> o.c",
        "add column t.c int -> o.c on delete cascade",
        "add column t.c int -> o.c on update cascade",
        "add column t.c int as (c)",
        "add column t.c int as (c) virtual",
        "add column t.c int backfill (1)",
        "add column t.c int collate x",
        "add column t.c \"int\"",
        "add column t.c varchar(5)",
        "add column t.c varchar(6)",
        "add column t.c numeric",
        "add column t.c numeric(5,1)",
        "add column t.c native(postgres 'x')",
        "add column t.c native(sqlite 'x')",
        "add columns t { c int }",
        "create table t { c int }",
        "ensure table t { c int }",
        "given table t { c int }",
        "create table t { c int } strict",
        "create table t { c int } without rowid",
        "create table t { c int; d int }",
        "create table t { d int; c int }",
        "create table t { c int\n unique (c) }",
        "create table t { c int\n index (c) }",
        "create table t { c int\n unique index (c) }",
        "create table t { c int\n primary key (c) }",
        "create table t { c int\n check (c > 0) }",
        "drop table t",
        "drop table t cascade",
        "drop view t",
        "drop materialized view t",
        "drop enum t",
        "drop sequence t",
        "drop index t",
        "drop function t",
        "drop function t()",
        "drop schema t",
        "drop extension t",
        "drop column t.c",
        "drop column t.c cascade",
        "drop columns t (c)",
        "drop constraint c on t",
        "drop trigger c on t",
        "drop trigger c",
        "rename table t to c",
        "rename index t to c",
        "rename enum t to c",
        "rename column t.c to d",
        "rename constraint c to d on t",
        "rename enum value t 'c' to 'd'",
        "add enum value t 'c'",
        "add enum value t 'c' before 'd'",
        "add enum value t 'c' after 'd'",
        "add enum values t 'c'",
        "create enum t ('c')",
        "create sequence t",
        "create sequence t start 2",
        "create sequence t increment 2",
        "create schema t",
        "create extension t",
        "create view t as { SELECT 1 }",
        "create view t as { SELECT '1' }",
        "create materialized view t as { SELECT 1 }",
        "create function t { SELECT 1 }",
        "create function t() { SELECT 1 }",
        "create trigger t on c { SELECT 1 }",
        "alter column t.c null",
        "alter column t.c not null",
        "alter column t.c not null backfill (1)",
        "alter column t.c type int",
        "alter column t.c type int using (c)",
        "alter column t.c default 1",
        "alter column t.c drop default",
        "create index on t (c)",
        "create index i on t (c)",
        "create unique index i on t (c)",
        "create index i on t (c desc)",
        "create index i on t ((c))",
        "create index i on t using gin (c)",
        "create index i on t (c) include (d)",
        "create index i on t (c) where (d)",
        "add unique on t (c)",
        "add unique n on t (c)",
        "add primary key on t (c)",
        "add check on t (c > 0)",
        "add foreign key on t (c) -> o",
        "add foreign key on t (c) -> o (d)",
        "comment on table t 'x'",
        "comment on table t null",
        "comment on table t 'null'",
        "comment on column t.c 'x'",
        "run { SELECT 1 }",
        "run { SELECT 1; SELECT 1 }",
        "run { SELECT 1 } when { SELECT 1 }",
        "run { SELECT 1 } unless { SELECT 1 }",
        "run { SELECT 'a' }",
        "run { SELECT 'A' }",
        "run { SELECT \"a\" }",
        "seed t (c) key (c) { 1 }",
        "seed t (c) key (c) { '1' }",
        "seed t (c) key (c) update { 1 }",
        "seed t (c) key (c) { 1; 2 }",
        "seed t (c) key (c) from { SELECT 1 }",
        "seed t (c, d) key (c) { 1, 2 }",
        "seed t (c, d) key (d) { 1, 2 }",
        "backfill t set (c = 1) where (d)",
        "backfill t set (c = 2) where (d)",
        "backfill t set (c = 1) where (e)",
        "backfill t set (c = 1) where (d) by c",
        "backfill t set (c = 1) where (d) batch 2",
        "call f from 'x.c'",
        "call g from 'x.c'",
        "call f from 'y.c'",
        "if table t { drop table c }",
        "if not table t { drop table c }",
        "if view t { drop table c }",
        "if table t { } else { drop table c }",
        "if { SELECT 1 } { drop table c }",
        "if index t on c { }",
        "if index t { }",
        "on postgres { drop table c }",
        "on sqlite { drop table c }",
        "if enum value t 'c' { }",
        "if column t.c { }",
        "if function t { }",
        "if function t() { }",
    };
    map seen = map_new(memory);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        char *text = ast_canonical(memory, parse_fine(bodies[i]));
        if (map_has(&seen, text))
            print_error("the same: %s\n", bodies[i]);
        assert_false(map_has(&seen, text));
        map_set(&seen, text, memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same),
        TEST(test_pairs_that_are_the_same),
        TEST(test_all_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

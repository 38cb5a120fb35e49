/* Every statement of language.md 4, as the step that it becomes, seen through its canonical text. */
#include "syntax/parse_support.h"

typedef struct accepted {
    const char *body, *canonical;
} accepted;

static void assert_accepted(const accepted *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ast_file *f = parse_fine(list[i].body);
        assert_string_equal(ast_canonical(memory, f), list[i].canonical);
    }
}

#define ACCEPT(list) assert_accepted(list, sizeof(list) / sizeof *(list))

static void test_create(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"create schema auth", "create schema auth\n"},
        {"create extension pgcrypto", "create extension pgcrypto\n"},
        {"create extension \"uuid-ossp\"", "create extension \"uuid-ossp\"\n"},
        {"create enum status ('pending', 'active')", "create enum status 'pending', 'active'\n"},
        {"create enum auth.status (\n'it''s'\n)", "create enum auth.status 'it''s'\n"},
        {"create sequence s", "create sequence s\n"},
        {"create sequence s increment -2 start -10", "create sequence s start -10 increment -2\n"},
        {"create index ix on users (email)", "create index on users index ix (email)\n"},
        {"create index on users (email)", "create index on users index (email)\n"},
        {"create index \"on\" on users (email)", "create index on users index on (email)\n"},
        {"create index on on users (email)", "create index on users index on (email)\n"},
        {"create index on on (email)", "create index on on index (email)\n"},
        {"create unique index ux on auth.users using gin (a asc, b desc, (c || d) desc, lower(e)) include "
         "(f, g) "
         "where (a is null)",
         "create index on auth.users unique index ux using gin (a, b desc, (c || d) desc, (lower ( e ))) "
         "include (f, g) "
         "where (a is null)\n"},
        {"create view v as { SELECT 1; }", "create view v { select 1; }\n"},
        {"create materialized view a.v as { SELECT '}' }", "create materialized view a.v { select '}'; }\n"},
        {"create function f { CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT 1; } $x$ "
         "}",
         "create function f { create or replace function f ( ) returns int language sql as $x$ SELECT 1; } "
         "$x$; }\n"},
        {"create function f(int, numeric(1,2)[]) { CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END "
         "}",
         "create function f ( int , numeric ( 1 , 2 ) [ ] ) { create function f ( ) begin atomic select 1 ; "
         "select 2 ; "
         "end; }\n"},
        {"create trigger \"T\" on users { CREATE TRIGGER \"T\" AFTER INSERT ON users BEGIN SELECT 1; END }",
         "create trigger \"T\" on users { create trigger \"T\" after insert on users begin select 1 ; end; "
         "}\n"},
    };
    ACCEPT(list);
}

static void test_tables(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"create table groups {\n"
         "  id          id\n"
         "  name        varchar(50) not null unique\n"
         "  owner_id    not null -> users.id on delete cascade\n"
         "  state       status not null default 'pending'\n"
         "  total       numeric(10,2) not null default 0 check (total >= 0)\n"
         "  label       text as (upper(name)) stored\n"
         "  created_at  timestamptz not null default now()\n"
         "  unique groups_owner_name (owner_id, name)\n"
         "  check groups_name_long (length(name) > 2)\n"
         "  primary key (id)\n"
         "  foreign key fk_x (a, b) -> other (a, b) on delete set null on update cascade\n"
         "  index ix_groups_name (name)\n"
         "} strict without rowid",
         "create table groups { id id; name varchar(50) not null unique; owner_id not null -> users (id) on "
         "delete "
         "cascade; state enum status not null default 'pending'; total numeric(10,2) not null default 0 "
         "check (total >= "
         "0); label text as (upper ( name )) stored; created_at timestamptz not null default now(); unique "
         "groups_owner_name (owner_id, name); check groups_name_long (length ( name ) > 2); primary key "
         "(id); foreign "
         "key fk_x (a, b) -> other (a, b) on delete set null on update cascade; index ix_groups_name (name); "
         "} strict "
         "without rowid\n"},
        {"create table x { a int; b text }", "create table x { a int; b text; }\n"},
        {"ensure table x { a int }", "ensure table x { a int; }\n"},
        {"given table auth.users { id uuid primary key }",
         "given table auth.users { id uuid primary key; }\n"},
        {"create table x { a int } without rowid strict", "create table x { a int; } strict without rowid\n"},
        {"create table x { a int\n unique (a); check (a > 0)\n index (a)\n unique index u (a) where (a > 1) "
         "}",
         "create table x { a int; unique (a); check (a > 0); index (a); unique index u (a) where (a > 1); "
         "}\n"},
        {"create table x { a int\n index using gin (a)\n index using (a)\n index using using gin (a) }",
         "create table x { a int; index using gin (a); index using (a); index using using gin (a); }\n"},
        {"create table x { a int\n foreign key (a) -> o\n foreign key (a) -> o.b\n foreign key (a) -> s.o "
         "(b) }",
         "create table x { a int; foreign key (a) -> o; foreign key (a) -> o (b); foreign key (a) -> s.o "
         "(b); }\n"},
        {"create table x { a -> o; b -> o.c; d int -> s.o.c on update set default on delete no action }",
         "create table x { a -> o; b -> o (c); d int -> s.o (c) on update set default; }\n"},
        {"create table x { a int virtual_x\n}", NULL},
    };
    assert_accepted(list, sizeof list / sizeof *list - 1);
    parse_body(list[sizeof list / sizeof *list - 1].body);
    assert_int_equal(found.error_count, 1);
}

static void test_types(void **state)
{
    (void)state;
    static const char *const types[][2] = {
        {"id", "id"},
        {"serial", "serial"},
        {"bigserial", "bigserial"},
        {"smallint", "smallint"},
        {"int", "int"},
        {"integer", "int"},
        {"bigint", "bigint"},
        {"real", "real"},
        {"double", "double"},
        {"double precision", "double"},
        {"numeric", "numeric"},
        {"numeric(5)", "numeric(5,0)"},
        {"NUMERIC ( 5 , 2 )", "numeric(5,2)"},
        {"bool", "bool"},
        {"boolean", "bool"},
        {"text", "text"},
        {"varchar(7)", "varchar(7)"},
        {"char(36)", "char(36)"},
        {"bytes", "bytes"},
        {"date", "date"},
        {"time", "time"},
        {"timestamp", "timestamp"},
        {"timestamptz", "timestamptz"},
        {"interval", "interval"},
        {"json", "json"},
        {"jsonb", "jsonb"},
        {"uuid", "uuid"},
        {"int[]", "int[]"},
        {"varchar(3)[]", "varchar(3)[]"},
        {"status", "enum status"},
        {"auth.status[]", "enum auth.status[]"},
        {"\"Status\"", "enum \"Status\""},
        {"\"text\"", "enum text"},
        {"native(postgres 'citext', sqlite 'text collate nocase')",
         "native(postgres 'citext' sqlite 'text collate nocase')"},
        {"native(sqlite 'a''b')", "native(sqlite 'a''b')"},
        {"native", "enum native"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *body = arena_format(memory, "add column t.c %s not null", types[i][0]);
        char *expected = arena_format(memory, "add column t { c %s not null; }\n", types[i][1]);
        assert_string_equal(ast_canonical(memory, parse_fine(body)), expected);
    }
}

static void test_values(void **state)
{
    (void)state;
    static const char *const values[][2] = {
        {"'x'", "'x'"},
        {"'it''s'", "'it''s'"},
        {"''", "''"},
        {"0", "0"},
        {"-1", "-1"},
        {"+2", "2"},
        {"- 3", "-3"},
        {"1.50", "1.50"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"1E5", "1e5"},
        {"1.5e-3", "1.5e-3"},
        {"TRUE", "true"},
        {"false", "false"},
        {"NULL", "null"},
        {"now()", "now()"},
        {"NOW ( )", "now()"},
        {"uuid()", "uuid()"},
        {"(1 + 2)", "(1 + 2)"},
        {"(f(')', \")\"))", "(f ( ')' , \")\" ))"},
        {"x'0aFF'", "x'0aff'"},
        {"X''", "x''"},
        {"'a\nb'", "'a\nb'"},
        {"'{}'", "'{}'"},
        {"'-- # no comment'", "'-- # no comment'"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const migen_step *step =
            only_step(arena_format(memory, "add column t.c text default %s not null", values[i][0]));
        assert_true(step->columns[0].not_null);
        assert_string_equal(
            ast_canonical(memory,
                          parse_body(arena_format(memory, "add column t.c text default %s", values[i][0]))),
            arena_format(memory, "add column t { c text default %s; }\n", values[i][1]));
    }
    assert_string_equal(
        only_step("add column t.c text default ( a  +  b -- no\n )")->columns[0].default_value, "(a  +  b)");
    assert_string_equal(only_step("add column t.c text default 'it''s'")->columns[0].default_value,
                        "'it''s'");
}

static void test_add_drop_rename(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"add column users.api_key varchar(255) unique",
         "add column users { api_key varchar(255) unique; }\n"},
        {"add column auth.users.x int", "add column auth.users { x int; }\n"},
        {"add column users.full_name text not null backfill (first_name || ' ' || last_name)     -- add, "
         "fill",
         "add column users { full_name text not null backfill (first_name || ' ' || last_name); }\n"},
        {"add columns users { bio text\n                    avatar_url varchar(1024) }",
         "add columns users { bio text; avatar_url varchar(1024); }\n"},
        {"add columns users { check int; index text; unique bool }",
         "add columns users { check int; index text; unique bool; }\n"},
        {"add unique on users (a, b)", "add constraint on users unique (a, b)\n"},
        {"add unique ux on users (a)", "add constraint on users unique ux (a)\n"},
        {"add check on users (a > 0)", "add constraint on users check (a > 0)\n"},
        {"add check positive on users (a > 0)", "add constraint on users check positive (a > 0)\n"},
        {"add primary key on users (a)", "add constraint on users primary key (a)\n"},
        {"add primary key pk on users (a)", "add constraint on users primary key pk (a)\n"},
        {"add foreign key on a (x) -> auth.b (y) on delete restrict on update no action",
         "add constraint on a foreign key (x) -> auth.b (y) on delete restrict\n"},
        {"add foreign key fk on a (x) -> b", "add constraint on a foreign key fk (x) -> b\n"},
        {"add enum value status 'archived'", "add enum value status 'archived'\n"},
        {"add enum value status 'a' before 'x'", "add enum value status 'a' before 'x'\n"},
        {"add enum value status 'a' after 'x'", "add enum value status 'a' after 'x'\n"},
        {"add enum values status 'a', 'b', 'c'", "add enum values status 'a', 'b', 'c'\n"},
        {"drop table t", "drop table t\n"},
        {"drop table t cascade", "drop table t cascade\n"},
        {"drop table cascade cascade", "drop table cascade cascade\n"},
        {"drop column t.c cascade", "drop column t.c cascade\n"},
        {"drop column s.t.c", "drop column s.t.c\n"},
        {"drop columns t (a, b)", "drop columns t (a, b)\n"},
        {"drop index s.i cascade", "drop index s.i cascade\n"},
        {"drop constraint c on t", "drop constraint c on t\n"},
        {"drop trigger g", "drop trigger g\n"},
        {"drop trigger g on t", "drop trigger g on t\n"},
        {"drop schema s cascade", "drop schema s cascade\n"},
        {"drop extension e", "drop extension e\n"},
        {"drop enum e", "drop enum e\n"},
        {"drop view v", "drop view v\n"},
        {"drop materialized view v", "drop materialized view v\n"},
        {"drop function f", "drop function f\n"},
        {"drop function f(int , text) cascade", "drop function f ( int , text ) cascade\n"},
        {"drop sequence s", "drop sequence s\n"},
        {"rename table a to b", "rename table a to b\n"},
        {"rename table s.a to b", "rename table s.a to b\n"},
        {"rename column t.a to \"B c\"", "rename column t.a to \"B c\"\n"},
        {"rename index a to b", "rename index a to b\n"},
        {"rename enum a to b", "rename enum a to b\n"},
        {"rename enum value to state", "rename enum value to state\n"},
        {"rename enum value t 'a' to 'b'", "rename enum value t 'a' to 'b'\n"},
        {"rename enum value s.t 'a' to 'b'", "rename enum value s.t 'a' to 'b'\n"},
        {"rename constraint a to b on t", "rename constraint a on t to b\n"},
    };
    ACCEPT(list);
}

static void test_alter(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"alter column t.c type bigint using (c::bigint) not null backfill (0) default 5",
         "alter column t.c type bigint using (c :: bigint) not null backfill (0) default 5\n"},
        {"alter column t.c default 5 type int not null", "alter column t.c type int not null default 5\n"},
        {"alter column s.t.c null drop default", "alter column s.t.c null drop default\n"},
        {"alter column t.c type status", "alter column t.c type enum status\n"},
        {"alter table s.t {\n  add column x int\n  add columns { a int; b text }\n  add unique n (a)\n  add "
         "check (a > 0)\n"
         "  add primary key (a)\n  add foreign key fk (a) -> o.b\n  drop column x\n  drop columns (a, b)\n"
         "  drop constraint n cascade\n  drop trigger g\n  rename column a to b\n  rename constraint a to b\n"
         "  alter column c null\n  create unique index ix (a)\n  comment on column c 'it''s'\n  allow "
         "drop-column 'x' }",
         "add column s.t { x int; }\nadd columns s.t { a int; b text; }\nadd constraint on s.t unique n (a)\n"
         "add constraint on s.t check (a > 0)\nadd constraint on s.t primary key (a)\n"
         "add constraint on s.t foreign key fk (a) -> o (b)\ndrop column s.t.x\ndrop columns s.t (a, b)\n"
         "drop constraint n on s.t cascade\ndrop trigger g on s.t\nrename column s.t.a to b\n"
         "rename constraint a on s.t to b\nalter column s.t.c null\ncreate index on s.t unique index ix (a)\n"
         "comment on column s.t.c 'it''s'\n"},
        {"comment on table t 'text'", "comment on table t 'text'\n"},
        {"comment on column s.t.c \"it's\"", "comment on column s.t.c 'it''s'\n"},
        {"comment on table t null", "comment on table t null\n"},
    };
    ACCEPT(list);
}

static void test_data(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"run \"description\" { UPDATE a SET b = '}' ; DELETE FROM a }\nwhen { SELECT 1 }\nundo { SELECT 2 }",
         "run { update a set b = '}'; delete from a; } when { select 1; }\n"},
        {"run { SELECT 1 } unless { SELECT 1 } undo none", "run { select 1; } unless { select 1; }\n"},
        {"run { SELECT a # b -- c\n }", "run { select a # b; }\n"},
        {"seed groups (name, label) key (name) {\n  'admin', 'Administrators'\n  'staff', 'Staff'\n}",
         "seed groups (name, label) key (name) { 'admin', 'Administrators'; 'staff', 'Staff'; }\n"},
        {"seed t (a, b) key (a) update { 1, x'0AFF'; 2, now(); 3, (1 + 2); 4, -1.5; 5, null; 6, true }",
         "seed t (a, b) key (a) update { 1, x'0aff'; 2, now(); 3, (1 + 2); 4, -1.5; 5, null; 6, true; }\n"},
        {"seed user_groups (user_id, group_id) key (user_id, group_id) from { SELECT u.id, g.id FROM u, g }",
         "seed user_groups (user_id, group_id) key (user_id, group_id) from { select u . id , g . id from u "
         ", g; }\n"},
        {"backfill users set (full_name = first_name || ' ' || last_name) where (full_name is null)\n"
         "         by id batch 5000 pause 10ms",
         "backfill users set (full_name = first_name || ' ' || last_name) where (full_name is null) by id "
         "batch 5000 "
         "pause 10ms\n"},
        {"backfill t set (a = f(1, 2), \"B\" =-1, c = (d = e)) where (a is null)",
         "backfill t set (a = f ( 1 , 2 ), \"B\" = - 1, c = ( d = e )) where (a is null)\n"},
        {"call rehash_passwords from \"rehash.c\"", "call rehash_passwords from 'rehash.c'\n"},
        {"call a from 'b.c' undo none", "call a from 'b.c'\n"},
        {"call a from 'b.c'\nundo c", "call a from 'b.c'\n"},
        {"summary users", ""},
        {"say \"text\"", ""},
        {"allow drop-column \"because\"", ""},
    };
    ACCEPT(list);
}

static void test_flow(void **state)
{
    (void)state;
    static const accepted list[] = {
        {"if table users { drop table a } else { drop table b }",
         "if table users {\ndrop table a\n} else {\ndrop table b\n}\n"},
        {"if not table users { drop table a }\nelse { drop table b }",
         "if not table users {\ndrop table a\n} else {\ndrop table b\n}\n"},
        {"if { SELECT 1 } { drop table a }", "if sql { select 1; } {\ndrop table a\n}\n"},
        {"if not { SELECT 1 } { }", "if not sql { select 1; } {\n}\n"},
        {"if schema auth { }", "if schema auth {\n}\n"},
        {"if column s.users.email { }", "if column s.users email {\n}\n"},
        {"if index ix { }", "if index ix {\n}\n"},
        {"if index ix on t { }", "if index ix t {\n}\n"},
        {"if constraint c on t { }", "if constraint t c {\n}\n"},
        {"if constraint c { }", "if constraint c {\n}\n"},
        {"if enum status { }", "if enum status {\n}\n"},
        {"if enum value { }", "if enum value {\n}\n"},
        {"if enum value status 'x' { }", "if enum value status 'x' {\n}\n"},
        {"if extension pgcrypto { }", "if extension pgcrypto {\n}\n"},
        {"if view v { }", "if view v {\n}\n"},
        {"if materialized view v { }", "if materialized view v {\n}\n"},
        {"if sequence s { }", "if sequence s {\n}\n"},
        {"if function f { }", "if function f {\n}\n"},
        {"if trigger g on t { }", "if trigger t g {\n}\n"},
        {"if table not { }", "if table not {\n}\n"},
        {"on postgres { drop table a }", "on postgres {\ndrop table a\n}\n"},
        {"on sqlite { run { SELECT [a--b] } }", "on sqlite {\nrun { select [a--b]; }\n}\n"},
        {"if table a { if table b { on sqlite { drop table c } } }",
         "if table a {\nif table b {\non sqlite {\ndrop table c\n}\n}\n}\n"},
    };
    ACCEPT(list);
}

static void test_steps(void **state)
{
    (void)state;
    ast_file *f =
        parse_fine("run \"why\" { SELECT 1; SELECT 2 } when { SELECT 3 } undo { SELECT 4; SELECT 5 }");
    ast_statement *run = f->statements.items[0];
    assert_string_equal(run->step.text, "why");
    assert_string_equal(run->step.sql[1], "SELECT 2");
    assert_null(run->step.sql[2]);
    assert_string_equal(run->step.when, "SELECT 3");
    assert_string_equal(run->undo[1], "SELECT 5");
    assert_false(run->undo_none);
    f = parse_fine("call rehash from 'x.c' undo back");
    assert_string_equal(f->statements.items[0]->step.text, "rehash");
    assert_string_equal(f->statements.items[0]->call_file, "x.c");
    assert_string_equal(f->statements.items[0]->undo[0], "back");
    const migen_step *step =
        only_step("if constraint \"C x\" on auth.\"T\" { drop table a; drop table b } else { }");
    assert_int_equal(step->kind, MIGEN_KIND_CONSTRAINT);
    assert_string_equal(step->object, "auth.\"T\"");
    assert_string_equal(step->part, "C x");
    f = parse_fine("allow drop-table \"old\"\ndrop table a");
    assert_int_equal(f->statements.items[0]->kind, AST_ALLOW);
    assert_string_equal(f->statements.items[0]->rule, "drop-table");
    assert_string_equal(f->statements.items[0]->reason, "old");
    step = only_step("create function f ( int,text ) { CREATE FUNCTION f() }");
    assert_string_equal(step->arguments, "(int, text)");
    step = only_step("add column t.c text as (a || b)");
    assert_true(step->columns[0].stored);
    step = only_step("add column t.c text as (a || b) virtual not null");
    assert_false(step->columns[0].stored);
    step = only_step("create table \"My\".\"T\" { a int }");
    assert_string_equal(step->object, "\"My\".\"T\"");
    assert_string_equal(step->table->name, "\"My\".\"T\"");
    assert_ptr_not_equal(step->table->name, step->object);
    step = only_step("seed t (a, b) key (b) { 1, 'x'; 2, 'y' }");
    assert_int_equal(step->seed->row_count, 2);
    assert_string_equal(step->seed->values[3], "'y'");
    assert_null(step->seed->values[4]);
}

static void assert_place_of(const ast_file *f, const char *string, const char *text)
{
    span nowhere = {0};
    span place = ast_place_of(f, string, nowhere);
    assert_non_null(place.file);
    assert_int_equal(place.end - place.start, strlen(text));
    assert_memory_equal(place.file->bytes + place.start, text, strlen(text));
}

static void test_places(void **state)
{
    (void)state;
    ast_file *f = parse_fine("create table groups {\n  owner_id -> auth.\"Users\".id\n  check c (x > 0)\n}\n"
                             "alter table books { add column y status default 'z' }");
    const migen_step *table = &f->statements.items[0]->step, *add = &f->statements.items[1]->step;
    assert_place_of(f, table->object, "groups");
    assert_place_of(f, table->table->name, "groups");
    assert_place_of(f, table->table->columns[0].name, "owner_id");
    assert_place_of(f, table->table->columns[0].references, "auth.\"Users\"");
    assert_place_of(f, table->table->columns[0].references_column, "id");
    assert_place_of(f, table->table->constraints[0].expression, "x > 0");
    assert_place_of(f, add->object, "books");
    assert_place_of(f, add->columns[0].name, "y");
    assert_place_of(f, add->columns[0].type.name, "status");
    assert_place_of(f, add->columns[0].default_value, "'z'");
    assert_int_equal(source_line_of(f->statements.items[1]->place), 6);
    span otherwise = {f->source, 1, 2};
    assert_int_equal(ast_place_of(f, "not of the file", otherwise).start, 1);
    assert_int_equal(ast_place_of(f, NULL, otherwise).start, 1);
}

static void test_header_and_down(void **state)
{
    (void)state;
    ast_file *f = parse_file("migration 'It''s' after 20261120101500_create_users, add_groups,\n   \"2026\"\n"
                             "transaction none\ndrop table a\ndown never \"gone\"\n");
    assert_no_errors("header");
    assert_string_equal(f->title, "It's");
    assert_true(f->has_after);
    assert_int_equal(f->after.count, 3);
    assert_string_equal(f->after.items[0], "20261120101500_create_users");
    assert_string_equal(f->after.items[2], "2026");
    assert_true(f->transaction_none);
    assert_int_equal(f->down, DOWN_NEVER);
    assert_string_equal(f->down_reason, "gone");
    f = parse_file("migration \"x\"\nafter none\ndown {\n  drop table a\n  drop table b }");
    assert_no_errors("header");
    assert_true(f->has_after);
    assert_int_equal(f->after.count, 0);
    assert_int_equal(f->down, DOWN_BLOCK);
    assert_int_equal(f->down_statements.count, 2);
    assert_string_equal(ast_canonical(memory, f), "");
    f = parse_file("MIGRATION \"x\"; DOWN AUTO");
    assert_no_errors("header");
    assert_false(f->has_after);
    assert_true(f->down_said);
    f = parse_file("migration \"merge\" after a, b");
    assert_no_errors("header");
    assert_false(f->down_said);
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const good[] = {"20261121043300_add_groups", "1_a", "0_1", "1_heads_up", "1__"};
    static const char *const bad[] = {"",       "1",       "1_",     "_a",     "a_1",   "1_A",       "1-a",
                                      "1_head", "1_heads", "1_base", "1_none", "1_a.b", "1_\xC3\xBC"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(id_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(id_is_valid(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_create),
        TEST(test_tables),
        TEST(test_types),
        TEST(test_values),
        TEST(test_add_drop_rename),
        TEST(test_alter),
        TEST(test_data),
        TEST(test_flow),
        TEST(test_steps),
        TEST(test_places),
        TEST(test_header_and_down),
        TEST(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is wrong is named by its code at its place, and the rest of the file is read all the same. */
#include "syntax/parse_support.h"

typedef struct rejected {
    const char *file, *code;
    size_t line, column;
} rejected;

static void assert_rejected(const rejected *list, size_t count, bool body)
{
    for (size_t i = 0; i < count; i++) {
        if (body)
            parse_body(list[i].file);
        else
            parse_file(list[i].file);
        size_t line = 0, column = 0;
        bool fine = found.list.count > 0 && strcmp(found.list.items[0].code, list[i].code) == 0;
        if (found.list.count > 0)
            source_place(found.list.items[0].place.file, found.list.items[0].place.start, &line, &column);
        if (!fine || line != list[i].line || column != list[i].column) {
            print_error("expected %s at %zu:%zu in: %s\n", list[i].code, list[i].line, list[i].column,
                        list[i].file);
            diagnostics_show(&found, stderr, "text", false);
            fail();
        }
        for (size_t j = 0; j < found.list.count; j++)
            assert_true(diagnostic_code_known(found.list.items[j].code));
    }
}

#define REJECT(list) assert_rejected(list, sizeof(list) / sizeof *(list), true)

static void test_files(void **state)
{
    (void)state;
    static const rejected list[] = {
        {"", "empty-file", 1, 1},
        {"\n -- x\n# y\n", "empty-file", 1, 1},
        {"\xEF\xBB\xBF", "empty-file", 1, 1},
        {"drop table a", "missing-title", 1, 1},
        {"after a", "missing-title", 1, 1},
        {"}", "stray-brace", 1, 1},
        {"migration", "syntax", 1, 10},
        {"migration \"\"", "missing-title", 1, 11},
        {"migration x", "syntax", 1, 11},
        {"migration \"x", "unclosed-quote", 1, 11},
        {"migration \"x\" drop table a", "syntax", 1, 15},
        {"migration \"x\"\nmigration \"y\"", "misplaced-header", 2, 1},
        {"migration \"x\"\ndrop table a\nafter b", "misplaced-header", 3, 1},
        {"migration \"x\"\ndrop table a\ntransaction none", "misplaced-header", 3, 1},
        {"migration \"x\"\nafter", "syntax", 2, 6},
        {"migration \"x\"\nafter a b", "syntax", 2, 9},
        {"migration \"x\"\nafter a,", "syntax", 2, 9},
        {"migration \"x\"\nafter a\nafter b", "said-twice", 3, 1},
        {"migration \"x\"\nafter a, a", "said-twice", 2, 10},
        {"migration \"x\"\nafter none, a", "said-twice", 2, 1},
        {"migration \"x\"\ntransaction all", "syntax", 2, 13},
        {"migration \"x\"\nsay '\xff'", "not-utf8", 2, 6},
    };
    assert_rejected(list, sizeof list / sizeof *list, false);
}

static void test_zero_and_random_bytes(void **state)
{
    (void)state;
    char bytes[4096];
    uint32_t seed = 7;
    source_file *source = source_from(memory, "a.mig", "migration\0 \"x\"", 14);
    parse_migration(memory, source, "1_a", BOTH, &found);
    assert_int_equal(found.list.count, 1);
    assert_string_equal(found.list.items[0].code, "nul-byte");
    assert_int_equal(found.list.items[0].place.start, 9);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)((seed = seed * 1664525u + 1013904223u) >> 24);
    found = diagnostics_new(memory);
    parse_migration(memory, source_from(memory, "a.mig", bytes, sizeof bytes), "1_a", BOTH, &found);
    assert_int_equal(found.list.count, 1);
}

static void test_statements(void **state)
{
    (void)state;
    static const rejected list[] = {
        {"crate table a", "unknown-statement", 2, 1},
        {"SELECT 1", "unknown-statement", 2, 1},
        {"(x)", "syntax", 2, 1},
        {"create", "syntax", 2, 7},
        {"create tabel a { b int }", "syntax", 2, 8},
        {"create or replace view v as { SELECT 1 }", "syntax", 2, 8},
        {"create table a", "syntax", 2, 15},
        {"create table a (b int)", "syntax", 2, 16},
        {"create table a { }", "empty-block", 2, 16},
        {"create table a { b int } strict strict", "said-twice", 2, 33},
        {"create table a.b.c { b int }", "syntax", 2, 14},
        {"create schema a.b", "syntax", 2, 16},
        {"create view v { SELECT 1 }", "syntax", 2, 15},
        {"create view v as SELECT 1", "syntax", 2, 18},
        {"create view v as { SELECT 1; SELECT 2 }", "one-statement", 2, 30},
        {"create enum e ()", "syntax", 2, 16},
        {"create enum e ('a', 'a')", "duplicate-value", 2, 21},
        {"create enum e ('a' 'b')", "syntax", 2, 20},
        {"create enum e 'a'", "syntax", 2, 15},
        {"create sequence s start x", "syntax", 2, 25},
        {"create sequence s increment 0", "bad-number", 2, 29},
        {"create sequence s start 100 increment -5", "bad-number", 2, 25},
        {"create sequence s increment -1 start 1", "bad-number", 2, 38},
        {"create sequence s start -5", "bad-number", 2, 25},
        {"create index i (a)", "syntax", 2, 16},
        {"create index i on t", "syntax", 2, 20},
        {"create index i on t ()", "syntax", 2, 22},
        {"create index i on t (a b)", "syntax", 2, 24},
        {"create index i on t (a) where x", "syntax", 2, 31},
        {"create trigger t { SELECT 1 }", "syntax", 2, 18},
        {"add column users int", "syntax", 2, 12},
        {"add column users.x", "missing-type", 2, 18},
        {"add index i on t (a)", "syntax", 2, 5},
        {"add constraint c on t (a)", "syntax", 2, 5},
        {"add unique on t", "syntax", 2, 16},
        {"add unique on t (a, a)", "duplicate-column", 2, 21},
        {"add foreign key on t (a) references b (c)", "syntax", 2, 26},
        {"add foreign key on t (a) -> b (c, d)", "syntax", 2, 29},
        {"add foreign key on t (a) -> b on delete sometimes", "syntax", 2, 41},
        {"add columns t { unique (a) }", "syntax", 2, 17},
        {"add enum value s", "syntax", 2, 17},
        {"add enum value s x", "syntax", 2, 18},
        {"add enum s 'x'", "syntax", 2, 10},
        {"drop", "syntax", 2, 5},
        {"drop table", "syntax", 2, 11},
        {"drop table a, b", "syntax", 2, 13},
        {"drop constraint c", "syntax", 2, 18},
        {"drop enum e 'x'", "syntax", 2, 13},
        {"rename table a b", "syntax", 2, 16},
        {"rename table a to b.c", "syntax", 2, 20},
        {"rename column a to b", "syntax", 2, 15},
        {"alter column t.c", "syntax", 2, 17},
        {"alter column t.c set not null", "syntax", 2, 18},
        {"alter column t.c drop not null", "syntax", 2, 18},
        {"alter column t.c not null null", "said-twice", 2, 27},
        {"alter column t.c type int type text", "said-twice", 2, 27},
        {"alter table t { }", "empty-block", 2, 15},
        {"alter table t { add column t.x int }", "syntax", 2, 28},
        {"alter table t { seed x }", "misplaced-statement", 2, 17},
        {"alter table t { drop table x }", "misplaced-statement", 2, 22},
        {"alter table t { add enum value e 'x' }", "misplaced-statement", 2, 21},
        {"alter table t { alter table u { } }", "misplaced-statement", 2, 29},
        {"alter table t { drop constraint c on t }", "syntax", 2, 35},
        {"comment on view v 'x'", "syntax", 2, 12},
        {"comment on table t", "syntax", 2, 19},
        {"say x", "syntax", 2, 5},
        {"summary", "syntax", 2, 8},
        {"allow x", "syntax", 2, 8},
        {"allow drop-table ''", "bad-value", 2, 18},
    };
    REJECT(list);
}

static void test_columns(void **state)
{
    (void)state;
    static const rejected list[] = {
        {"create table t {\n  a\n}", "missing-type", 3, 3},
        {"create table t {\n  a int\n  a text\n}", "duplicate-column", 4, 3},
        {"create table t {\n  a int,\n  b int\n}", "syntax", 3, 8},
        {"create table t {\n  a varchar\n}", "bad-type", 3, 5},
        {"create table t {\n  a varchar()\n}", "syntax", 3, 13},
        {"create table t {\n  a varchar(0)\n}", "bad-number", 3, 13},
        {"create table t {\n  a varchar(1,2)\n}", "syntax", 3, 15},
        {"create table t {\n  a numeric(2,3)\n}", "bad-number", 3, 15},
        {"create table t {\n  a numeric(99999999999999999999)\n}", "bad-number", 3, 13},
        {"create table t {\n  a int(4)\n}", "bad-type", 3, 8},
        {"create table t {\n  a strng(4)\n}", "unknown-type", 3, 5},
        {"create table t {\n  a int[][]\n}", "bad-type", 3, 10},
        {"create table t {\n  a id[]\n}", "bad-type", 3, 7},
        {"create table t {\n  a int[5]\n}", "syntax", 3, 9},
        {"create table t {\n  a native(mysql 'x')\n}", "syntax", 3, 12},
        {"create table t {\n  a int not\n}", "syntax", 3, 12},
        {"create table t {\n  a int nul\n}", "syntax", 3, 9},
        {"create table t {\n  a int unique unique\n}", "said-twice", 3, 16},
        {"create table t {\n  a int not null null\n}", "said-twice", 3, 18},
        {"create table t {\n  a int default 1 default 2\n}", "said-twice", 3, 19},
        {"create table t {\n  a int default\n}", "syntax", 3, 16},
        {"create table t {\n  a int default x\n}", "bad-value", 3, 17},
        {"create table t {\n  a int default f(x)\n}", "bad-value", 3, 17},
        {"create table t {\n  a int default 1x\n}", "bad-number", 3, 17},
        {"create table t {\n  a int default 1.\n}", "syntax", 3, 18},
        {"create table t {\n  a bytes default x'0'\n}", "bad-value", 3, 19},
        {"create table t {\n  a bytes default x'0g'\n}", "bad-value", 3, 19},
        {"create table t {\n  a int check a > 0\n}", "syntax", 3, 17},
        {"create table t {\n  a int check ()\n}", "empty-sql", 3, 15},
        {"create table t {\n  a int check (a; b)\n}", "unclosed-bracket", 3, 15},
        {"create table t {\n  a int check (a\n}", "unclosed-bracket", 3, 15},
        {"create table t {\n  a int check (a\n}\ndrop table x (", "unclosed-bracket", 3, 15},
        {"create table t {\n  a int references b(c)\n}", "syntax", 3, 9},
        {"create table t {\n  a int -> b(c)\n}", "syntax", 3, 13},
        {"create table t {\n  a int -> b on delete\n}", "syntax", 3, 23},
        {"create table t {\n  a int -> b on delete cascade on delete cascade\n}", "said-twice", 3, 32},
        {"create table t {\n  a int backfill (0)\n}", "syntax", 3, 9},
        {"create table t {\n  constraint c unique (a)\n}", "syntax", 3, 3},
        {"create table t {\n  primary key a\n}", "syntax", 3, 16},
        {"create table t {\n  foreign key (a)\n}", "syntax", 3, 18},
        {"create table t {\n  aB text\n}", "capital-name", 3, 3},
    };
    REJECT(list);
}

static void test_data(void **state)
{
    (void)state;
    static const rejected list[] = {
        {"run", "syntax", 2, 4},
        {"run { }", "empty-sql", 2, 5},
        {"run { -- only a comment\n }", "empty-sql", 2, 5},
        {"run { BEGIN; SELECT 1 }", "sql", 2, 7},
        {"run { SELECT 1; COMMIT }", "sql", 2, 17},
        {"run {\n  SELECT 1;\n  ROLLBACK\n}", "sql", 4, 3},
        {"run { COPY t FROM STDIN }", "sql", 2, 14},
        {"run {\n\\d x\n}", "sql", 3, 1},
        {"run { SELECT 'x }", "unclosed-quote", 2, 14},
        {"run { SELECT (1 }", "sql", 2, 14},
        {"run { SELECT 1", "unclosed-brace", 2, 15},
        {"run { SELECT 1 } when { SELECT 1; SELECT 2 }", "one-statement", 2, 35},
        {"run { SELECT 1 } when { SELECT 1 } unless { SELECT 2 }", "said-twice", 2, 36},
        {"run { SELECT 1 } undo none undo none", "said-twice", 2, 28},
        {"run { SELECT 1 } undo", "syntax", 2, 22},
        {"seed t (a) { 1 }", "syntax", 2, 12},
        {"seed t (a) key (b) { 1 }", "unknown-key", 2, 17},
        {"seed t (a) key (a) { }", "empty-block", 2, 20},
        {"seed t (a, a) key (a) { 1, 2 }", "duplicate-column", 2, 12},
        {"seed t (a, b) key (a) {\n  1, 2\n  1\n}", "row-length", 4, 3},
        {"seed t (a, b) key (a) {\n  1, 2, 3\n}", "row-length", 3, 3},
        {"seed t (a, b) key (a) {\n  1, 2\n  1, 3\n}", "duplicate-key", 4, 3},
        {"seed t (a, b) key (a, b) {\n  'x', TRUE\n  'y', true\n  'x', true\n}", "duplicate-key", 5, 3},
        {"seed t (a, b) key (b) {\n  1, NULL\n}", "null-key", 3, 6},
        {"seed t (a) key (a) { \"x\" }", "wrong-quotes", 2, 22},
        {"seed t (a) key (a) { x }", "bad-value", 2, 22},
        {"seed t (a, b) key (a) { 1 2 }", "syntax", 2, 27},
        {"seed t (a) key (a) from { SELECT 1; SELECT 2 }", "one-statement", 2, 37},
        {"backfill t set (a = 1)", "syntax", 2, 23},
        {"backfill t set (a) where (a is null)", "syntax", 2, 18},
        {"backfill t set (a = ) where (a is null)", "empty-sql", 2, 19},
        {"backfill t set (a = 1, a = 2) where (a is null)", "duplicate-column", 2, 24},
        {"backfill t set (1 = 2) where (a is null)", "syntax", 2, 17},
        {"backfill t set (a = 1) where (a is null) batch 0", "bad-number", 2, 48},
        {"backfill t set (a = 1) where (a is null) pause soon", "syntax", 2, 48},
        {"backfill t set (a = 1) where (a is null) pause 10x", "bad-number", 2, 48},
        {"backfill t set (a = 1) where (a is null) by a by b", "said-twice", 2, 47},
        {"call f", "syntax", 2, 7},
        {"call f from x.c", "syntax", 2, 13},
        {"call \"a-b\" from 'x.c'", "bad-name", 2, 6},
    };
    REJECT(list);
}

static void test_flow(void **state)
{
    (void)state;
    static const rejected list[] = {
        {"if", "syntax", 2, 3},
        {"if tabel x { }", "syntax", 2, 4},
        {"if table { }", "syntax", 2, 10},
        {"if table x drop table y", "syntax", 2, 12},
        {"if column x { }", "syntax", 2, 11},
        {"if table x { } else drop table y", "syntax", 2, 21},
        {"if table x { } else if table y { }", "syntax", 2, 21},
        {"else { }", "unknown-statement", 2, 1},
        {"on mysql { }", "syntax", 2, 4},
        {"on postgres drop table x", "syntax", 2, 13},
        {"on postgres { } else { }", "syntax", 2, 17},
        {"if table x {\n  drop table a\n", "unclosed-brace", 3, 15},
        {"if table x { } }", "stray-brace", 2, 16},
        {"if table x { down auto }", "misplaced-down", 2, 14},
        {"if table x { migration \"y\" }", "misplaced-header", 2, 14},
        {"down", "syntax", 2, 5},
        {"down maybe", "syntax", 2, 6},
        {"down never", "syntax", 2, 11},
        {"down auto\ndown auto", "misplaced-down", 3, 1},
        {"down { }\ndrop table x", "misplaced-down", 3, 1},
        {"create table a {\n  b int\n\ncreate table c {\n  d int\n}", "unclosed-brace", 5, 1},
        {"create table a {\n  b int\nrun { SELECT 1 }", "unclosed-brace", 4, 1},
        {"create table a {\n  b int\ndown { }", "unclosed-brace", 4, 1},
    };
    REJECT(list);
}

/* After each wrong statement the next is read: as many errors as there are wrong ones, and the good ones are
 * there. */
static void test_recovery(void **state)
{
    (void)state;
    ast_file *f =
        parse_body("create enum e (\n  'a'\n  'b'\n)\n" /* 1 */
                   "drop table good_1\n"
                   "creat table x {\n  a int\n  b text\n}\n" /* 2 */
                   "drop table good_2\n"
                   "run \"x\" { COMMIT; SELECT '}' } when { SELECT 1 }\n" /* 3 */
                   "create table t {\n  a int nul\n  b\n  c int\n}\n"     /* 4 and 5; the table is there */
                   "seed t (a) { 1\n2\n }\n"                              /* 6 */
                   "if table x {\n  drop\n  drop table good_3\n}\n"       /* 7 */
                   "wrong { SELECT $$ } $$ }\n"                           /* 8 */
                   "add check on t (a > 0\n"                              /* 9 */
                   "drop table good_4\n");
    assert_int_equal(found.error_count, 9);
    assert_int_equal(f->statements.count, 5);
    assert_string_equal(f->statements.items[2]->step.object, "t");
    assert_int_equal(f->statements.items[2]->step.table->column_count, 3);
    assert_int_equal(f->statements.items[3]->then.count, 1);
    assert_string_equal(f->statements.items[4]->step.object, "good_4");
}

static void test_missing_brace_shows_the_open_one(void **state)
{
    (void)state;
    static const char *const bodies[] = {"create table a {\n  b int\n\ncreate table c {\n  d int\n}\n",
                                         "if table a {\n  drop table b\n", "run {\n  SELECT 1\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        parse_body(bodies[i]);
        assert_int_equal(found.error_count, 1);
        span second = found.list.items[0].second_place;
        assert_non_null(second.file);
        assert_int_equal(source_line_of(second), 2);
        assert_int_equal(second.file->bytes[second.start], '{');
    }
}

static void assert_hint(const char *body, const char *part)
{
    parse_body(body);
    assert_true(found.error_count > 0);
    const char *text = found.list.items[0].hint;
    if (text == NULL || strstr(text, part) == NULL)
        print_error("%s: hint %s\n", body, text == NULL ? "none" : text);
    assert_non_null(text);
    assert_non_null(strstr(text, part));
}

static void test_hints(void **state)
{
    (void)state;
    assert_hint("crate table a", "did you mean \"create\"?");
    assert_hint("create tabel a { b int }", "did you mean \"table\"?");
    assert_hint("SELECT 1", "run {");
    assert_hint("zzz qqq", "statements begin with");
    assert_hint("say hello", "written so: say \"text\"");
    assert_hint("create view v as SELECT 1", "as { SELECT");
    assert_hint("CREATE TABLE t (id int)", "create table NAME {");
    assert_hint("drop table t cascadee", "drop table NAME [cascade]");
    assert_hint("create table t {\n  a int, b int\n}", "leave the comma out");
    assert_hint("seed t (a) key (a) {\n  1 2\n}", "one row to a line");
    assert_hint("if table t {\n  create table u { a int }\n  say hello\n}", "say \"text\"");
    assert_hint("create table t { a int", "close the block");
    assert_hint("drop table Users", "\"Users\"");
    assert_hint("drop table Users", "users");
    assert_hint("create enum e (\"a\")", "'a'");
    assert_hint("add column users.x txet(5)", "did you mean \"text\"?");
    assert_hint("add column users.x decimal(5,2)", "numeric");
    assert_hint("add column users.x int defualt 5", "did you mean \"default\"?");
    assert_hint("add column users.x int default current_timestamp", "now()");
    assert_hint("add column users.x int references a(b)", "->");
    assert_hint("drop table a\n  drop table b", "further right");
    assert_hint("drop table\na", "further right");
    assert_hint("create table t {\n  index int\n}", "\"index\"");
    assert_hint("say \"x\ndrop table \"y\"", "closing quote");
    assert_hint("seed t (name, b) key (nmae) { 1, 2 }", "did you mean");
}

static void test_not_too_many(void **state)
{
    (void)state;
    builder b = builder_new(memory);
    for (size_t i = 0; i < 1000; i++)
        builder_add(&b, "wrong\n");
    parse_body(b.bytes);
    assert_int_equal(found.error_count, 100);
}

static void test_deep(void **state)
{
    (void)state;
    builder b = builder_new(memory);
    for (size_t i = 0; i < 64; i++)
        builder_add(&b, "if table x { ");
    builder fine = builder_new(memory);
    builder_add(&fine, b.bytes);
    builder_add_repeated(&fine, '}', 64);
    parse_fine(fine.bytes);
    builder_add(&b, "if table x { ");
    builder_add_repeated(&b, '}', 65);
    parse_body(b.bytes);
    assert_int_equal(found.error_count, 1);
    assert_string_equal(found.list.items[0].code, "too-deep");
    for (int kind = 0; kind < 4; kind++) {
        static const char *const openers[] = {"if table x {", "(", "add check on t (",
                                              "on sqlite { if { SELECT ("};
        builder deep = builder_new(memory);
        for (size_t i = 0; i < 20000; i++)
            builder_add(&deep, openers[kind]);
        parse_body(deep.bytes);
        assert_true(found.error_count > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_files),      TEST(test_zero_and_random_bytes),
        TEST(test_statements), TEST(test_columns),
        TEST(test_data),       TEST(test_flow),
        TEST(test_recovery),   TEST(test_missing_brace_shows_the_open_one),
        TEST(test_hints),      TEST(test_not_too_many),
        TEST(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* language.md 2: where a statement, a column, a row ends; words, names and texts. */
#include "syntax/parse_support.h"

static void assert_steps(const char *body, size_t count)
{
    ast_file *f = parse_fine(body);
    if (f->statements.count != count)
        print_error("in: %s\n", body);
    assert_int_equal(f->statements.count, count);
}

static void assert_columns(const char *body, size_t count)
{
    const migen_step *step = only_step(body);
    size_t found_count = step->table != NULL ? step->table->column_count : step->column_count;
    if (found_count != count)
        print_error("in: %s\n", body);
    assert_int_equal(found_count, count);
}

static void assert_wrong(const char *body, size_t line, size_t column)
{
    size_t found_line = 0, found_column = 0;
    parse_body(body);
    if (found.error_count == 0)
        print_error("in: %s\n", body);
    assert_true(found.error_count > 0);
    span place = found.list.items[0].place;
    source_place(place.file, place.start, &found_line, &found_column);
    assert_int_equal(found_line, line);
    assert_int_equal(found_column, column);
}

static void test_ends(void **state)
{
    (void)state;
    assert_steps("drop table a\ndrop table b", 2);
    assert_steps("drop table a;drop table b;", 2);
    assert_steps(";;\n; drop table a ;; drop table b", 2);
    assert_steps("  drop table a\n  drop table b\ndrop table c", 3);
    assert_steps("drop table a\r\ndrop table b\r\n", 2);
    assert_steps("drop table a -- one; two\ndrop table b # three", 2);
    assert_steps("drop table a", 1);
    assert_steps("if table x { drop table a }\ndrop table b", 2);
    assert_wrong("drop table a drop table b", 2, 14);
    assert_wrong("if table x { drop table a } drop table b", 2, 29);
}

static void test_further_right(void **state)
{
    (void)state;
    assert_steps("drop\n table\n  a\n   cascade", 1);
    assert_steps("drop table\n\n-- a comment that counts not\n# neither\n\n a", 1);
    assert_steps("drop table\n                 # far right\n a", 1);
    assert_wrong("drop table\na", 2, 11);
    /* against the statement's first character, wherever on its line it stands */
    assert_steps("drop table a; drop table\n               b", 2);
    assert_wrong("drop table a; drop table\n              b", 2, 25);
    assert_wrong("drop table a\n drop table b", 3, 2);
    assert_steps("add enum values s 'a',\n  'b'\n  , 'c'\ndrop table x", 2);
}

static void test_tabs_and_characters(void **state)
{
    (void)state;
    /* a tab goes to column 8 */
    assert_steps("\tdrop table\n\t a", 1);
    assert_steps("       drop table\n\ta", 1);
    assert_wrong("        drop table\n\ta", 2, 19);
    assert_wrong("\tdrop table\n        a", 2, 12);
    assert_steps("\tdrop table\n         a", 1);
    assert_steps("  \tdrop table a\n\tdrop table b", 2);
    /* columns are characters, not bytes: the second statement begins in the tenth column */
    assert_steps("say '\xC3\xBC'; drop table\n          a", 2);
    assert_wrong("say '\xC3\xBC'; drop table\n         a", 2, 20);
}

static void test_brackets(void **state)
{
    (void)state;
    assert_steps("create enum s (\n'a',\n'b'\n)\ndrop table x", 2);
    assert_steps("drop columns t (\na\n,\nb\n) cascade", 1);
    assert_steps("add check on t (\na > 0\n)\nadd column t.x int[\n]", 2);
    assert_steps("create index i on t (\n  lower(a)\n, b\n)", 1);
    assert_steps("run {\nSELECT 1\n}\nrun { SELECT 2 }", 2);
    /* behind the bracket the rule holds again */
    assert_wrong("drop columns t (a)\ncascade", 3, 1);
}

static void test_tail_words(void **state)
{
    (void)state;
    assert_steps("run { SELECT 1 }\nwhen { SELECT 2 }\nundo { SELECT 3 }", 1);
    assert_steps("  run { SELECT 1 }\nUNLESS { SELECT 2 }\n\n-- x\nundo none\nsay 'x'", 2);
    assert_steps("if table x { }\nelse { }", 1);
    assert_steps("  if table x {\n  }\nelse {\n}\nsay 'x'", 2);
    assert_steps("call a from 'b'\nundo none", 1);
    assert_wrong("run { SELECT 1 }; when { SELECT 2 }", 2, 19);
    /* only the whole word */
    assert_wrong("run { SELECT 1 }\nwhence { SELECT 2 }", 3, 1);
    /* no word is reserved: in a table they are columns */
    assert_columns("create table t {\n  when int\n  unless int\n  undo int\n  else int\n}", 4);
}

static void test_blocks_begin_anew(void **state)
{
    (void)state;
    assert_columns("create table t { a int; b text }", 2);
    assert_columns("create table t { a int\n                 b text }", 2);
    assert_columns("create table t { a int\n                  not null }", 1);
    assert_columns("create table t {\na int\nb int\n}", 2);
    assert_columns("create table t {\n  a int\n    not null\n    default 5\n  b int\n}", 2);
    assert_columns("add columns users { bio text\n                    avatar_url varchar(1024) }", 2);
    /* no statement begins with {, so it goes on with the line above */
    assert_columns("create table t\n{\n  a int\n}", 1);
    assert_columns("create table t {\n  a int\n} strict\n", 1);
    assert_wrong("create table t {\n  a int\n}\nstrict", 5, 1);
}

static void test_rows(void **state)
{
    (void)state;
    const migen_step *step = only_step("seed t (a, b) key (a) {\n  1, 2\n  3,\n    4\n  5, 6; 7, 8 }");
    assert_int_equal(step->seed->row_count, 4);
    step = only_step("seed t (a, b) key (a) { 1, 2\n                        3, 4 }");
    assert_int_equal(step->seed->row_count, 2);
    assert_wrong("seed t (a, b) key (a) {\n  1, 2,\n  3, 4\n}", 3, 8);
    assert_wrong("seed t (a, b) key (a) {\n  1, 2\n   3, 4\n}", 4, 4);
}

static void test_keywords(void **state)
{
    (void)state;
    assert_steps("DROP TABLE a CASCADE\nAdd Column t.c INT NOT NULL DEFAULT NULL", 2);
    assert_columns(
        "create table table {\n  order int\n  default int default 1\n  type text\n  not int\n  null int\n"
        "  primary int\n  foreign text\n  create int\n  if int not null\n  on int\n  down text\n  key "
        "text\n}",
        12);
    assert_columns(
        "create table t {\n  \"unique\" int\n  \"check\" int\n  \"index\" int\n  \"primary key\" int\n}", 4);
    assert_wrong("create table t {\n  index int\n}", 3, 12);
    assert_wrong("create table t {\n  unique int\n}", 3, 13);
    assert_wrong("create table t {\n  check int\n}", 3, 12);
    assert_steps("drop column column.column\ndrop index index\ndrop view view\nrename table to to to", 4);
    assert_steps("create index index on table (order)\nadd unique unique on on (on)", 2);
    assert_steps("drop trigger on on on", 1);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(only_step("drop table \"My Table\"")->object, "\"My Table\"");
    assert_string_equal(only_step("drop table \"users\"")->object, "users");
    assert_string_equal(only_step("drop table \"auth\".\"a\"\"b\"")->object, "auth.\"a\"\"b\"");
    assert_string_equal(only_step("drop table \"a.b\"")->object, "\"a.b\"");
    assert_string_equal(only_step("drop table \"\xC3\xBC\"")->object, "\"\xC3\xBC\"");
    assert_string_equal(only_step("drop table _a1")->object, "_a1");
    assert_string_equal(only_step("drop column t.\"A\"\"b\"")->part, "A\"b");
    char name[80];
    memset(name, 'a', sizeof name);
    name[63] = '\0';
    assert_steps(arena_format(memory, "drop table %s", name), 1);
    name[63] = 'a';
    name[64] = '\0';
    assert_wrong(arena_format(memory, "drop table %s", name), 2, 12);
    /* bytes count, not characters */
    assert_wrong(arena_format(memory, "drop table \"%.61s\xE2\x82\xAC\"", name), 2, 12);
    assert_wrong("drop table Users", 2, 12);
    assert_wrong("drop table \xC3\xBC", 2, 12);
    assert_wrong("drop table a$b", 2, 12);
    assert_wrong("drop table 1a", 2, 12);
    assert_wrong("drop table \"\"", 2, 12);
    assert_wrong("drop table \"a\nb\"", 2, 12);
}

static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(only_step("say \"it's \"\"x\"\"\"")->text, "it's \"x\"");
    assert_string_equal(only_step("say 'it''s \"x\"'")->text, "it's \"x\"");
    assert_string_equal(only_step("say 'two\r\nlines'")->text, "two\nlines");
    assert_string_equal(only_step("say '-- no # comment'")->text, "-- no # comment");
    assert_string_equal(only_step("say ''")->text, "");
    assert_wrong("say 'x", 2, 5);
    assert_wrong("say \"x''", 2, 5);
    assert_wrong("create enum s (\"a\")", 2, 16);
    assert_wrong("add column t.c text default \"x\"", 2, 29);
    assert_wrong("drop table 'x'", 2, 12);
}

static void test_files(void **state)
{
    (void)state;
    ast_file *f = parse_file("\xEF\xBB\xBFmigration \"x\"\r\n\r\ndrop table a\r\n  cascade\r\n-- end");
    assert_no_errors("a byte-order mark");
    assert_int_equal(f->statements.count, 1);
    assert_true(f->statements.items[0]->step.cascade);
    f = parse_file("# first\n\n  migration \"x\"\n  drop table a");
    assert_no_errors("indented");
    assert_int_equal(f->statements.count, 1);
}

static void test_raw_sql(void **state)
{
    (void)state;
    static const char *const inside[] = {
        "SELECT '}'",        "SELECT \"}\"",
        "SELECT $$ } $$",    "SELECT $a$ } $$ $a$",
        "SELECT 1 -- }\n",   "SELECT /* } /* } */ */ 1",
        "SELECT E'\\'}'",    "SELECT `}`",
        "SELECT '{' || '{'", "SELECT '{\"a\": 1}'::jsonb",
        "SELECT a[1]",       "SELECT 1 # 2",
    };
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        assert_steps(arena_format(memory, "run { %s }\nsay 'x'", inside[i]), 2);
    const migen_step *step = only_step("run {\n  SELECT ';';\n  -- x;\n  SELECT 2;\n}");
    assert_string_equal(step->sql[0], "SELECT ';'");
    assert_string_equal(step->sql[1], "SELECT 2");
    assert_null(step->sql[2]);
    step = only_step("run { SELECT 'a\r\nb' }");
    assert_string_equal(step->sql[0], "SELECT 'a\nb'");
    step = only_step("run { CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 "
                     "END; SELECT 1; END; SELECT 2 }");
    assert_int_equal(list_length(step->sql), 2);
    step = only_step("add check on t ( (a > ')') AND b IN (1, 2) -- ) \n )");
    assert_string_equal(step->constraint->expression, "(a > ')') AND b IN (1, 2)");
    step = only_step("create table t { a int check (\n  a > 0\n) default (\n1\n)\n}");
    assert_string_equal(step->table->columns[0].check, "a > 0");
    assert_string_equal(step->table->columns[0].default_value, "(1)");
    /* names that read like statements of transactions */
    assert_steps("add check on t (release > 0)\nadd check on t (begin = commit)", 2);
    /* only inside `on sqlite` is […] a name there */
    assert_steps("on sqlite { run { SELECT [it's] } }\nsay 'x'", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ends),     TEST(test_further_right), TEST(test_tabs_and_characters),
        TEST(test_brackets), TEST(test_tail_words),    TEST(test_blocks_begin_anew),
        TEST(test_rows),     TEST(test_keywords),      TEST(test_names),
        TEST(test_texts),    TEST(test_files),         TEST(test_raw_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Branches that may not be taken, given tables, renames and what follows them, words, copies, dumps. */
#include "operation_fixture.h"

static violation_kind maybe(schema *s, const migen_step *step)
{
    violation v = {0};
    return schema_apply_maybe(s, step, &v);
}

#define MAYBE(s, kind, ...) assert_int_equal(maybe((s), &(const migen_step)__VA_ARGS__), VIOLATION_##kind)

static const migen_table extra_table = {
    .name = "extra",
    COLUMNS({.name = "id", .type = ID}, {.name = "a", .type = INT}),
};

static void what_may_be_there(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        const char *before = schema_dump(memory, s);
        MAYBE(s, NONE, SAFE_CREATE_TABLE(&extra_table));
        MAYBE(s, NONE, SAFE_ADD_COLUMN("notes", .name = "mood", .type = TEXT, .unique = true, .index = true));
        MAYBE(s, NONE, SAFE_CREATE_INDEX("notes", .name = "ix_body", ITEMS({.column = "body"})));
        MAYBE(s, NONE, SAFE_ADD_CONSTRAINT("notes", CHECK(.name = "ck", .expression = "true")));
        MAYBE(s, NONE, SAFE_CREATE_ENUM("color", "red"));
        MAYBE(s, NONE, SAFE_ADD_ENUM_VALUE("status", "odd"));
        MAYBE(s, NONE, SAFE_CREATE_VIEW("v", "SELECT 1"));
        MAYBE(s, NONE, SAFE_CREATE_TRIGGER("tr", "users", "CREATE TRIGGER tr …"));
        MAYBE(s, NONE, SAFE_RENAME_TABLE("bare", "naked"));
        MAYBE(s, NONE, SAFE_RENAME_COLUMN("users", "age", "years"));
        MAYBE(s, NONE, SAFE_DROP_COLUMN("notes", "body"));
        MAYBE(s, NONE, SAFE_DROP_TABLE("items"));
        MAYBE(s, NONE, SAFE_ALTER_COLUMN("notes", "body", .set_not_null = true));
        assert_string_equal(before, schema_dump(memory, s)); /* nothing of it is expected */
        /* but all of it may be named, by steps that must be possible */
        PLAY(s, SAFE_ADD_COLUMN("extra", .name = "b", .type = INT));
        PLAY(s, SAFE_DROP_COLUMN("extra", "nothing_such"));
        PLAY(s, SAFE_ADD_COLUMN("notes", .name = "extra_id", .references = "extra"));
        PLAY(s, SAFE_ADD_COLUMN("notes", .name = "c", .type = ENUM("color"), .default_value = "'blue'"));
        PLAY(s, SAFE_ADD_COLUMN("notes", .name = "o", .type = ENUM("status"), .default_value = "'odd'"));
        PLAY(s, SAFE_RENAME_COLUMN("notes", "mood", "temper"));
        PLAY(s, SAFE_DROP_INDEX("ix_body"));
        PLAY(s, SAFE_DROP_CONSTRAINT("notes", "ck"));
        PLAY(s, SAFE_DROP_VIEW("v"));
        PLAY(s, SAFE_DROP_TRIGGER("tr", "users"));
        PLAY(s, SAFE_ADD_COLUMN("naked", .name = "z", .type = INT));
        PLAY(s, SAFE_DROP_COLUMN("users", "years"));
        PLAY(s, SAFE_ADD_COLUMN("notes", .name = "temper", .type = INT)); /* now it is there for certain */
        assert_int_equal(table_find_column(schema_find_table(s, "notes"), "temper")->type.kind,
                         MIGEN_TYPE_INT);
        PLAY(s, SAFE_ADD_ENUM_VALUE("status", "odd"));
        PLAY(s, SAFE_CREATE_TABLE(&extra_table));
        assert_false(schema_find_table(s, "extra")->maybe);
        REFUSE(s, ALREADY, "already", SAFE_CREATE_TABLE(&extra_table));
        REFUSE(s, ALREADY, "already", SAFE_ADD_COLUMN("notes", .name = "temper", .type = INT));
        /* what is there for certain is said, so that its way back is not taken for the branch's */
        MAYBE(s, ALREADY, SAFE_CREATE_TABLE(&notes_table));
        MAYBE(s, MISSING, SAFE_ADD_COLUMN("nowhere", .name = "a", .type = INT));
    }
}

static const migen_table given = {
    .name = "people",
    COLUMNS({.name = "code", .type = UUID}, {.name = "boss", .type = UUID, .references = "not_described"}),
};

static void given_tables(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    const char *before = schema_dump(memory, s);
    PLAY(s, GIVEN_TABLE(&given));
    PLAY(s, GIVEN_TABLE(&given));
    assert_string_equal(before, schema_dump(memory, s));
    PLAY(s, SAFE_ADD_COLUMN("notes", .name = "code", .references = "people", .references_column = "code"));
    assert_int_equal(table_find_column(schema_find_table(s, "notes"), "code")->type.kind, MIGEN_TYPE_UUID);
    REFUSE(s, ALREADY, "already", SAFE_CREATE_TABLE(&given));
    REFUSE(s, MISSING, "no column \"coed\"",
           SAFE_ADD_COLUMN("notes", .name = "x", .references = "people", .references_column = "coed"));
    REFUSE(s, ALREADY, "not given", GIVEN_TABLE(&notes_table));
}

static void renames_are_followed(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        PLAY(s, SAFE_RENAME_TABLE("users", "people"));
        PLAY(s, SAFE_RENAME_COLUMN("people", "age", "order"));
        PLAY(s, SAFE_RENAME_COLUMN("people", "id", "no"));
        PLAY(s, SAFE_RENAME_COLUMN("people", "name", "full name"));
        const schema_table *people = schema_find_table(s, "people");
        assert_string_equal(
            table_find_constraint(schema_find_table(s, "orders"), "orders_user_id_fkey")->references,
            "people");
        assert_string_equal(table_find_constraint(schema_find_table(s, "orders"), "orders_user_id_fkey")
                                ->references_columns[0],
                            "no");
        assert_string_equal(table_find_constraint(people, "users_manager_id_fkey")->references, "people");
        assert_string_equal(table_find_constraint(people, "users_age_check")->expression, "\"order\" >= 0");
        assert_string_equal(table_find_column(people, "label")->generated, "upper(\"full name\")");
        assert_string_equal(table_find_index(people, "users_by_name")->items[0].column, "full name");
        assert_string_equal(table_find_index(people, "users_by_name")->where, "\"order\" > 17");
        assert_string_equal(/* views keep the names of their columns */
                            schema_find_view(s, "adults")->sql,
                            "SELECT no AS id, \"full name\" AS name FROM people WHERE \"order\" > 17");
        assert_true(schema_find_view(s, "adults")->text_moved);
        assert_false(schema_find_view(s, "adult_names")->text_moved);
        PLAY(s, SAFE_RENAME_TABLE("notes", "papers"));
        assert_string_equal(schema_find_table(s, "papers")->triggers.items[0].sql,
                            "CREATE TRIGGER notes_touch AFTER UPDATE ON papers BEGIN SELECT 1; END");
    }
}

/* Only the column of the table that is meant, where two tables of a view have one of that name. */
static void views_of_two_tables(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    PLAY(s, SAFE_CREATE_VIEW("both",
                             "SELECT u.id, o.id AS oid FROM users u JOIN orders AS o ON o.user_id = u.id"));
    PLAY(s, SAFE_RENAME_COLUMN("orders", "id", "key"));
    assert_string_equal(schema_find_view(s, "both")->sql,
                        "SELECT u.id, o.key AS oid FROM users u JOIN orders AS o ON o.user_id = u.id");
    PLAY(s, SAFE_RENAME_COLUMN("orders", "key", "id"));
    PLAY(s, SAFE_RENAME_COLUMN("users", "id", "no"));
    assert_string_equal(schema_find_view(s, "both")->sql,
                        "SELECT u.no AS id, o.id AS oid FROM users u JOIN orders AS o ON o.user_id = u.no");
}

static void a_copy_is_its_own(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        const char *before = schema_dump(memory, s);
        arena *other = arena_new();
        schema *copy = schema_copy(other, s);
        assert_string_equal(before, schema_dump(other, copy));
        assert_string_equal(schema_fingerprint(memory, s), schema_fingerprint(memory, copy));
        PLAY(copy, SAFE_DROP_TABLE("users", .cascade = true));
        PLAY(copy, SAFE_RENAME_ENUM_VALUE("status", "new", "old"));
        PLAY(copy, SAFE_RENAME_COLUMN("notes", "body", "text"));
        assert_string_not_equal(schema_fingerprint(memory, s), schema_fingerprint(memory, copy));
        arena_free(other);
        assert_string_equal(before, schema_dump(memory, s));
    }
}

static void definitions_make_the_same(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        for (size_t i = 0; i < s->tables.count; i++) {
            schema *alone = schema_copy(memory, s);
            const schema_table *t = s->tables.entries[i].value;
            map_remove(&alone->tables, s->tables.entries[i].key);
            PLAY(alone, {.operation = MIGEN_CREATE_TABLE, .table = schema_table_definition(memory, t)});
            schema_change_table(alone, schema_find_table(alone, s->tables.entries[i].key))->triggers =
                schema_table_copy(memory, t)->triggers;
            schema_change_table(alone, schema_find_table(alone, s->tables.entries[i].key))->comment =
                t->comment;
            assert_string_equal(schema_dump(memory, s), schema_dump(memory, alone));
        }
    }
}

static void dumps(void **state)
{
    (void)state;
    schema *s = schema_new(memory, MIGEN_SQLITE);
    PLAY(s, SAFE_CREATE_TABLE(
                &(const migen_table){.name = "t",
                                     COLUMNS({.name = "b", .type = TEXT, .unique = true},
                                             {.name = "a", .type = ID}, {.name = "c", .type = INT})}));
    PLAY(s, SAFE_CREATE_INDEX("t", .name = "t_b_key2", .unique = true, ITEMS({.column = "c"})));
    assert_string_equal(schema_dump(memory, s), "table t\n"
                                                "  column a id\n"
                                                "  column b text\n"
                                                "  column c int\n"
                                                "  constraint primary key (a)\n"
                                                "  unique t_b_key (b)\n"
                                                "  unique t_b_key2 (c)\n");
    schema *other = schema_copy(memory, s);
    PLAY(other, SAFE_DROP_INDEX("t_b_key2"));
    PLAY(other, SAFE_ADD_CONSTRAINT("t", UNIQUE(.name = "t_b_key2", .columns = NAMES("c"))));
    assert_string_equal(schema_dump(memory, s), schema_dump(memory, other));
    assert_int_equal(strlen(schema_fingerprint(memory, s)), 16);
}

static void words(void **state)
{
    (void)state;
    const struct {
        migen_step step;
        const char *words, *subject;
    } cases[] = {
        {SAFE_CREATE_TABLE(&extra_table), "create table extra", "table extra"},
        {SAFE_ADD_COLUMN("users", .name = "api_key", .type = TEXT), "add column users.api_key",
         "column users.api_key"},
        {SAFE_ADD_COLUMNS("users", {.name = "a", .type = TEXT}, {.name = "b", .type = TEXT}),
         "add columns users (a, b)", "columns users (a, b)"},
        {SAFE_DROP_COLUMNS("users", NAMES("a", "B")), "drop columns users (a, \"B\")",
         "columns users (a, \"B\")"},
        {SAFE_CREATE_INDEX("users", .name = "ix", .unique = true, ITEMS({.column = "a"})),
         "create unique index ix on users", "index ix on users"},
        {SAFE_CREATE_INDEX("users", ITEMS({.column = "a"}, {.expression = "b + 1"})),
         "create index on users (a, (…))", "index on users (a, (…))"},
        {SAFE_ADD_CONSTRAINT("t", FOREIGN_KEY(.name = "f", .columns = NAMES("a"))), "add foreign key f on t",
         "constraint f on t"},
        {SAFE_ADD_CONSTRAINT("t", UNIQUE(.columns = NAMES("a"))), "add unique on t (a)", "unique on t (a)"},
        {SAFE_RENAME_TABLE("a.b", "c"), "rename table a.b to c", "table a.b"},
        {SAFE_RENAME_COLUMN("t", "a", "b"), "rename column t.a to b", "column t.a"},
        {SAFE_ADD_ENUM_VALUE("e", "x"), "add enum value e 'x'", "enum value e 'x'"},
        {SAFE_ADD_MULTIPLE_ENUM_VALUES("e", "x", "y"), "add enum values e 'x', 'y'",
         "enum values e 'x', 'y'"},
        {SAFE_DROP_TRIGGER("x", NULL), "drop trigger x", "trigger x"},
        {SAFE_DROP_TRIGGER("x", "t"), "drop trigger x on t", "trigger x on t"},
        {EXECUTE_SQL("do it"), "run \"do it\"", "run \"do it\""},
        {EXECUTE_SQL(NULL), "run", "run"},
        {IF_NOT_EXISTS(COLUMN, 1, "t", .part = "c"), "if not column t.c", "if not column t.c"},
        {MIGRATION_SUMMARY("users"), "summary users", "table users"},
    };
    for (size_t i = 0; i < ROW_COUNT(cases); i++) {
        assert_string_equal(step_words(memory, &cases[i].step), cases[i].words);
        assert_string_equal(step_subject(memory, &cases[i].step), cases[i].subject);
    }
}

static void types(void **state)
{
    (void)state;
    assert_string_equal(type_text(memory, (migen_type)VARCHAR(255)), "varchar(255)");
    assert_string_equal(type_text(memory, (migen_type)NUMERIC_OF(10, 2)), "numeric(10,2)");
    assert_string_equal(type_text(memory, (migen_type)ARRAY_OF(INT)), "int[]");
    assert_string_equal(type_text(memory, (migen_type)ENUM("auth.role")), "auth.role");
    assert_string_equal(type_text(memory, (migen_type)NATIVE("a'b", "c")),
                        "native(postgres 'a''b', sqlite 'c')");
    assert_true(type_equal((migen_type)ENUM("a"), (migen_type)ENUM("a")));
    assert_false(type_equal((migen_type)ENUM("a"), (migen_type)ENUM("b")));
    assert_false(type_equal((migen_type)VARCHAR(1), (migen_type)VARCHAR(2)));
    assert_false(type_equal((migen_type)INT, (migen_type)ARRAY_OF(INT)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_may_be_there),
        CASE(given_tables),
        CASE(renames_are_followed),
        CASE(views_of_two_tables),
        CASE(a_copy_is_its_own),
        CASE(definitions_make_the_same),
        CASE(dumps),
        CASE(words),
        CASE(types),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}

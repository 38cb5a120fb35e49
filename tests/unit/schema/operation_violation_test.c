/* What operations refuse, how they say it, and that a refused one leaves the model as it was. */
#include "operation_fixture.h"

#define MISSING_COLUMN "has no column \"nmae\""

static void columns_refused(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        violation v = REFUSE(s, MISSING, "there is no table \"usres\"",
                             SAFE_ADD_COLUMN("usres", .name = "a", .type = INT));
        assert_string_equal(v.nearest, "users");
        /* a name in quotes stands in them once */
        REFUSE(s, MISSING, "there is no table \"Usres\"",
               SAFE_ADD_COLUMN("\"Usres\"", .name = "a", .type = INT));
        v = REFUSE(s, ALREADY, "has a column \"email\" already",
                   SAFE_ADD_COLUMN("users", .name = "email", .type = TEXT));
        assert_string_equal(v.word, "email");
        v = REFUSE(s, ALREADY, "already",
                   SAFE_ADD_COLUMNS("users", {.name = "zip", .type = TEXT}, {.name = "age", .type = INT}));
        assert_string_equal(v.word, "age");
        v = REFUSE(s, MISSING, "no type or enum \"strng\"",
                   SAFE_ADD_COLUMN("users", .name = "a", .type = ENUM("strng")));
        assert_string_equal(v.word, "strng");
        v = REFUSE(s, MISSING, "no type or enum \"statsu\"",
                   SAFE_ADD_COLUMN("users", .name = "a", .type = ENUM("statsu")));
        assert_string_equal(v.nearest, "status");
        v = REFUSE(s, MISSING, "no type or enum \"varcahr\"",
                   SAFE_ADD_COLUMN("users", .name = "a", .type = ENUM("varcahr")));
        assert_string_equal(v.nearest, "varchar");
        REFUSE(s, CONFLICT, "primary key already", SAFE_ADD_COLUMN("users", .name = "other", .type = ID));
        v = REFUSE(s, ALREADY, MISSING_COLUMN, SAFE_DROP_COLUMN("users", "nmae"));
        assert_string_equal(v.nearest, "name");
        REFUSE(s, MISSING, "no table", SAFE_DROP_COLUMN("nowhere", "a"));
        REFUSE(s, MISSING, MISSING_COLUMN, SAFE_RENAME_COLUMN("users", "nmae", "label2"));
        REFUSE(s, ALREADY, "already", SAFE_RENAME_COLUMN("users", "nmae", "name"));
        REFUSE(s, CONFLICT, "a primary key already, (id)",
               SAFE_ENSURE_TABLE(
                   &(const migen_table){.name = "users", COLUMNS({.name = "number", .type = ID})}));
        REFUSE(s, CONFLICT, "already", SAFE_RENAME_COLUMN("users", "age", "name"));
        REFUSE(s, MISSING, MISSING_COLUMN, SAFE_ALTER_COLUMN("users", "nmae", .set_not_null = true));
        REFUSE(s, CONFLICT, "view, no table",
               {.operation = MIGEN_DROP_COLUMN, .object = "adults", .part = "id"});
    }
}

/* Found by random histories: the server would say it at the statement (42704). */
static void json_is_in_no_key(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    PLAY(s, SAFE_CREATE_TABLE(
                &(const migen_table){.name = "papers",
                                     COLUMNS({.name = "n", .type = INT}, {.name = "j", .type = JSON},
                                             {.name = "b", .type = JSONB})}));
    PLAY(s, SAFE_ADD_CONSTRAINT("papers", UNIQUE(.name = "papers_b", .columns = NAMES("b"))));
    static const char said[] = "PostgreSQL cannot compare json";
    violation v =
        REFUSE(s, CONFLICT, said, SAFE_ADD_CONSTRAINT("papers", UNIQUE(.columns = NAMES("n", "j"))));
    assert_string_equal(v.word, "j");
    REFUSE(s, CONFLICT, said, SAFE_ADD_CONSTRAINT("papers", PRIMARY_KEY(.columns = NAMES("j"))));
    REFUSE(s, CONFLICT, said, SAFE_CREATE_INDEX("papers", .name = "ix", ITEMS({.column = "j"})));
    REFUSE(s, CONFLICT, said, SAFE_ADD_COLUMN("papers", .name = "k", .type = JSON, .unique = true));
    REFUSE(s, CONFLICT, said, SAFE_ALTER_COLUMN("papers", "b", TO_TYPE(JSON)));
    REFUSE(s, CONFLICT, said,
           SAFE_CREATE_TABLE(&(const migen_table){.name = "more",
                                                  COLUMNS({.name = "j", .type = JSON}),
                                                  CONSTRAINTS(UNIQUE(.columns = NAMES("j")))}));
    s = shop(MIGEN_SQLITE);
    PLAY(s, SAFE_ADD_COLUMN("users", .name = "k", .type = JSON, .unique = true));
}

static void a_view_is_not_made_of_the_other_kind(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    REFUSE(s, CONFLICT, "is a view already", SAFE_CREATE_MATERIALIZED_VIEW("adults", "SELECT 1 AS x"));
}

/* Found by random histories: SQLite would say it in the middle of a rebuild. */
static void a_table_without_rowid_keeps_its_key(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        const migen_table keyed = {
            .name = "keyed",
            COLUMNS({.name = "k", .type = TEXT, .primary_key = true}, {.name = "v", .type = TEXT}),
            .without_rowid = true};
        const migen_step create = SAFE_CREATE_TABLE(&keyed);
        violation v = {0};
        assert_int_equal(schema_apply(s, &create, &v), VIOLATION_NONE);
        if (engines[e] != MIGEN_SQLITE)
            continue;
        REFUSE(s, CONFLICT, "table without rowid must have", SAFE_DROP_COLUMN("keyed", "k"));
        REFUSE(s, CONFLICT, "table without rowid must have", SAFE_DROP_CONSTRAINT("keyed", "keyed_pkey"));
    }
}

static void drops_that_others_stand_on(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        REFUSE(s, CONFLICT, "foreign key", SAFE_DROP_COLUMN("users", "id"));
        violation v = REFUSE(s, CONFLICT, "generated column \"label\"", SAFE_DROP_COLUMN("users", "name"));
        assert_non_null(strstr(v.hint, "cascade"));
        REFUSE(s, CONFLICT, "view \"adults\"", SAFE_DROP_COLUMN("users", "age"));
        REFUSE(s, CONFLICT, "items_user_id_number_fkey", SAFE_DROP_COLUMN("orders", "number"));
        REFUSE(s, CONFLICT, "orders_user_id_fkey", SAFE_DROP_TABLE("users"));
        REFUSE(s, CONFLICT, "view \"adult_names\"", SAFE_DROP_VIEW("adults"));
        REFUSE(s, CONFLICT, "users.state", SAFE_DROP_ENUM("status"));
        REFUSE(s, CONFLICT, "foreign key", SAFE_DROP_CONSTRAINT("users", "users_pkey"));
        REFUSE(s, CONFLICT, "items_user_id_number_fkey",
               SAFE_DROP_CONSTRAINT("orders", "orders_user_id_number_key"));
        schema *without = schema_copy(memory, s);
        PLAY(without, SAFE_DROP_ENUM("status", .cascade = true));
        assert_null(table_find_column(schema_find_table(without, "users"), "state"));
        PLAY(s, SAFE_DROP_COLUMNS("users", NAMES("name", "label", "age"), .cascade = true));
        assert_null(schema_find_view(s, "adults"));
        assert_null(schema_find_view(s, "adult_names"));
        assert_null(table_find_index(schema_find_table(s, "users"), "users_by_name"));
        assert_null(table_find_constraint(schema_find_table(s, "users"), "users_age_check"));
        PLAY(s, SAFE_DROP_TABLE("users", .cascade = true));
        assert_null(table_find_constraint(schema_find_table(s, "orders"), "orders_user_id_fkey"));
        assert_non_null(table_find_column(schema_find_table(s, "orders"), "user_id"));
    }
    schema *s = shop(MIGEN_SQLITE);
    REFUSE(s, CONFLICT, "without columns", SAFE_DROP_COLUMNS("bare", NAMES("a", "b")));
    s = shop(MIGEN_POSTGRES);
    PLAY(s, SAFE_DROP_COLUMNS("bare", NAMES("a", "b")));
    REFUSE(s, CONFLICT, "not empty", SAFE_DROP_SCHEMA("auth"));
}

#define TABLE(...) SAFE_CREATE_TABLE(&(const migen_table){.name = "t", __VA_ARGS__})

static void tables_refused(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        REFUSE(s, ALREADY, "already", SAFE_CREATE_TABLE(&notes_table));
        violation v = REFUSE(s, CONFLICT, "stands twice",
                             TABLE(COLUMNS({.name = "a", .type = INT}, {.name = "a", .type = INT})));
        assert_string_equal(v.word, "a");
        REFUSE(s, CONFLICT, "two primary keys",
               TABLE(COLUMNS({.name = "a", .type = ID}, {.name = "b", .type = ID})));
        REFUSE(s, CONFLICT, "two primary keys",
               TABLE(COLUMNS({.name = "a", .type = ID}, {.name = "b", .type = INT}),
                     CONSTRAINTS(PRIMARY_KEY(.columns = NAMES("b")))));
        REFUSE(s, MISSING, "no column \"c\"",
               TABLE(COLUMNS({.name = "a", .type = INT}), CONSTRAINTS(UNIQUE(.columns = NAMES("c")))));
        REFUSE(s, CONFLICT, "named twice",
               TABLE(COLUMNS({.name = "a", .type = INT}), CONSTRAINTS(UNIQUE(.columns = NAMES("a", "a")))));
        v = REFUSE(
            s, MISSING, "no column \"aa\"",
            TABLE(COLUMNS({.name = "a", .type = INT}), INDEXES({.name = "x", ITEMS({.column = "aa"})})));
        assert_string_equal(v.word, "aa");
        REFUSE(s, CONFLICT, "taken by an index",
               TABLE(COLUMNS({.name = "a", .type = INT}),
                     INDEXES({.name = "users_by_name", ITEMS({.column = "a"})})));
        REFUSE(
            s, CONFLICT, "taken by a view",
            SAFE_CREATE_TABLE(&(const migen_table){.name = "adults", COLUMNS({.name = "a", .type = INT})}));
        REFUSE(s, CONFLICT, "taken by a table", SAFE_CREATE_VIEW("users", "SELECT 1"));
        REFUSE(s, CONFLICT, "taken by an index", SAFE_RENAME_TABLE("notes", "users_by_name"));
        REFUSE(s, CONFLICT, "taken by a table", SAFE_RENAME_TABLE("notes", "users"));
        REFUSE(s, ALREADY, "called \"users\" already", SAFE_RENAME_TABLE("persons", "users"));
        REFUSE(s, MISSING, "no table", SAFE_RENAME_TABLE("persons", "people"));
        REFUSE(s, ALREADY, "no table", SAFE_DROP_TABLE("persons"));
        REFUSE(
            s, CONFLICT, "longer than 63 bytes",
            SAFE_RENAME_TABLE("notes", "a_name_of_sixty_four_bytes_0123456789012345678901234567890123456"));
        PLAY(s,
             SAFE_RENAME_TABLE("notes", "a_name_of_sixty_three_bytes_01234567890123456789012345678901234"));
        /* an id and its key are one, a unique on top of a key is that key */
        PLAY(s, TABLE(COLUMNS({.name = "a", .type = ID, .primary_key = true, .unique = true}),
                      CONSTRAINTS(PRIMARY_KEY(.name = "t_key", .columns = NAMES("a")))));
        assert_int_equal(schema_find_table(s, "t")->constraints.count, 1);
        assert_string_equal(table_primary_key(schema_find_table(s, "t"))->name, "t_key");
        assert_true(schema_find_table(s, "t")->columns.items[0].not_null);
    }
}

static void a_schema_is_no_table(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    violation v =
        REFUSE(s, MISSING, "there is no table \"auth\"",
               SAFE_ADD_COLUMN("users", .name = "a", .references = "auth", .references_column = "accounts"));
    assert_non_null(strstr(v.hint, "-> auth.TABLE.COLUMN"));
}

static void foreign_keys(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        const schema_table *orders = schema_find_table(s, "orders"), *users = schema_find_table(s, "users");
        assert_int_equal(table_find_column(orders, "user_id")->type.kind, MIGEN_TYPE_BIGINT);
        assert_int_equal(table_find_column(users, "manager_id")->type.kind, MIGEN_TYPE_BIGINT);
        assert_string_equal(table_find_constraint(users, "users_manager_id_fkey")->references_columns[0],
                            "id");
        PLAY(s, SAFE_ADD_COLUMN("users", .name = "note_id", .references = "notes"));
        assert_int_equal(table_find_column(users, "note_id")->type.kind, MIGEN_TYPE_INT);
        violation v = REFUSE(s, MISSING, "no table \"user\"",
                             SAFE_ADD_COLUMN("notes", .name = "a", .references = "user"));
        assert_string_equal(v.nearest, "users");
        assert_string_equal(v.word, "user");
        v = REFUSE(s, MISSING, "no column \"idd\"",
                   SAFE_ADD_COLUMN("notes", .name = "a", .references = "users", .references_column = "idd"));
        assert_string_equal(v.word, "idd");
        REFUSE(s, CONFLICT, "no unique constraint matching users (age)",
               SAFE_ADD_COLUMN("notes", .name = "a", .references = "users", .references_column = "age"));
        REFUSE(s, CONFLICT, "no primary key", SAFE_ADD_COLUMN("notes", .name = "a", .references = "bare"));
        REFUSE(s, CONFLICT, "is text",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = TEXT, .references = "users"));
        REFUSE(s, CONFLICT, "is uuid",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = UUID, .references = "users"));
        PLAY(s, SAFE_ADD_COLUMN("notes", .name = "a", .type = INT,
                                .references = "users")); /* bigint, but both numbers */
        REFUSE(s, CONFLICT, "is a view",
               SAFE_ADD_COLUMN("notes", .name = "b", .type = INT, .references = "adults"));
        REFUSE(s, CONFLICT, "cannot point at",
               SAFE_ADD_CONSTRAINT("notes", FOREIGN_KEY(.columns = NAMES("id"), .references = "orders",
                                                        .references_columns = NAMES("user_id", "number"))));
        /* the order of the unique columns does not count; a unique index will do, a partial one will not */
        PLAY(s, SAFE_ADD_CONSTRAINT("bare", UNIQUE(.columns = NAMES("a"))));
        PLAY(s, SAFE_CREATE_INDEX("notes", .name = "part", .unique = true, ITEMS({.column = "body"}),
                                  .where = "id > 1"));
        REFUSE(s, CONFLICT, "no unique constraint",
               SAFE_ADD_COLUMN("bare", .name = "n", .references = "notes", .references_column = "body"));
        PLAY(s, SAFE_CREATE_INDEX("notes", .name = "whole", .unique = true, ITEMS({.column = "body"})));
        PLAY(s, SAFE_ADD_COLUMN("bare", .name = "n", .references = "notes", .references_column = "body"));
        REFUSE(s, CONFLICT, "bare_n_fkey", SAFE_DROP_INDEX("whole"));
        /* a table that points at a later line of itself, twice over */
        PLAY(s, TABLE(COLUMNS({.name = "a", .references = "t", .references_column = "b"},
                              {.name = "b", .references = "t", .references_column = "c", .unique = true},
                              {.name = "c", .type = VARCHAR(5), .unique = true})));
        assert_int_equal(table_find_column(schema_find_table(s, "t"), "a")->type.length, 5);
        REFUSE(s, CONFLICT, "not known",
               SAFE_CREATE_TABLE(&(const migen_table){
                   .name = "u",
                   COLUMNS({.name = "a", .unique = true, .references = "u", .references_column = "b"},
                           {.name = "b", .unique = true, .references = "u", .references_column = "a"})}));
    }
}

static void somebody_elses(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    const char *before = schema_dump(memory, s);
    PLAY(s, SAFE_CREATE_TRIGGER("x", "other.users", "CREATE TRIGGER x …"));
    PLAY(s, SAFE_DROP_TABLE("other.users"));
    PLAY(s, SAFE_ADD_COLUMN("other.users", .name = "a", .type = INT));
    PLAY(s, SAFE_DROP_INDEX("other.ix"));
    PLAY(s, SAFE_DROP_SCHEMA("other"));
    assert_string_equal(before, schema_dump(memory, s));
    PLAY(s, SAFE_ADD_COLUMN("notes", .name = "a", .type = UUID, .references = "other.users"));
    violation v =
        REFUSE(s, CONFLICT, "not known", SAFE_ADD_COLUMN("notes", .name = "b", .references = "other.users"));
    assert_string_equal(v.hint, "say its type");
    PLAY(s, SAFE_ADD_COLUMN("notes", .name = "c", .type = ENUM("other.kind")));
    REFUSE(s, MISSING, "no table \"auth.users\"", SAFE_ADD_COLUMN("auth.users", .name = "a", .type = INT));
    s = shop(MIGEN_SQLITE);
    PLAY(s, SAFE_CREATE_TRIGGER("x", "auth.users", "CREATE TRIGGER x …"));
    PLAY(s, SAFE_DROP_TABLE("auth.users"));
}

static void what_sqlite_has_not(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_SQLITE);
    violation v = REFUSE(s, UNSUPPORTED, "schemas", SAFE_CREATE_SCHEMA("auth"));
    assert_string_equal(v.hint, "put it in `on postgres { … }`");
    REFUSE(s, UNSUPPORTED, "functions", SAFE_CREATE_FUNCTION("f", .sql = STATEMENTS("x")));
    REFUSE(s, UNSUPPORTED, "functions", SAFE_DROP_FUNCTION("f"));
    REFUSE(s, UNSUPPORTED, "sequences", SAFE_CREATE_SEQUENCE("f"));
    REFUSE(s, UNSUPPORTED, "materialized", SAFE_CREATE_MATERIALIZED_VIEW("f", "SELECT 1"));
    REFUSE(s, UNSUPPORTED, "array", SAFE_ADD_COLUMN("notes", .name = "tags", .type = ARRAY_OF(TEXT)));
    REFUSE(s, UNSUPPORTED, "schemas",
           SAFE_CREATE_TABLE(&(const migen_table){.name = "auth.t", COLUMNS({.name = "a", .type = INT})}));
    REFUSE(s, UNSUPPORTED, "schemas", SAFE_CREATE_ENUM("auth.e", "a"));
    const char *before = schema_dump(memory, s);
    PLAY(s, SAFE_CREATE_EXTENSION("citext"));
    PLAY(s, SAFE_COMMENT_ON_TABLE("notes", "x"));
    PLAY(s, SAFE_COMMENT_ON_COLUMN("notes", "body", "x"));
    assert_string_equal(before, schema_dump(memory, s));
    REFUSE(s, MISSING, "no table", SAFE_COMMENT_ON_TABLE("nots", "x"));
    PLAY(s, SAFE_CREATE_INDEX("notes", .name = "g", .method = "gin", .include = NAMES("id"),
                              ITEMS({.column = "body"})));
    assert_null(schema_find_index(s, "g", NULL)->method);
    assert_null(schema_find_index(s, "g", NULL)->include);
    assert_false(schema_has(s, MIGEN_KIND_SCHEMA, "auth", NULL));
    assert_non_null(table_find_column(schema_find_table(s, "Notes"), "BODY"));
    assert_null(table_find_column(schema_find_table(shop(MIGEN_POSTGRES), "notes"), "BODY"));
}

static void defaults(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        violation v =
            REFUSE(s, CONFLICT, "has no value 'nwe'",
                   SAFE_ADD_COLUMN("notes", .name = "a", .type = ENUM("status"), .default_value = "'nwe'"));
        assert_string_equal(v.nearest, "'new'");
        REFUSE(s, CONFLICT, "no value of type int",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = INT, .default_value = "true"));
        REFUSE(s, CONFLICT, "no value of type int",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = INT, .default_value = "'x'"));
        REFUSE(s, CONFLICT, "no value of type uuid",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = UUID, .default_value = "5"));
        REFUSE(s, CONFLICT, "no value of type jsonb",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = JSONB, .default_value = "1"));
        REFUSE(s, CONFLICT, "numbers itself",
               SAFE_ADD_COLUMN("notes", .name = "a", .type = SERIAL, .default_value = "1"));
        static const migen_column good[] = {
            {.name = "c1", .type = INT, .default_value = "'5'"},
            {.name = "c2", .type = TEXT, .default_value = "5"},
            {.name = "c3", .type = BOOL, .default_value = "false"},
            {.name = "c4", .type = TIMESTAMPTZ, .default_value = "now()"},
            {.name = "c5", .type = UUID, .default_value = "uuid()"},
            {.name = "c6", .type = JSON, .default_value = "'{}'"},
            {.name = "c7", .type = INT, .default_value = "(1 + 1)"},
            {.name = "c8", .type = INT, .default_value = "-1.5"},
            {.name = "c9", .type = BYTES, .default_value = "x'00ff'"},
            {.name = "d1", .type = INT, .default_value = "null"},
            {.name = "d2", .type = ENUM("status"), .default_value = "null"},
            {.name = "d3", .type = BOOL, .default_value = "'t'"},
            {.name = "d4", .type = NATIVE("citext", "text"), .default_value = "5"},
        };
        for (size_t i = 0; i < ROW_COUNT(good); i++)
            PLAY(s,
                 {.operation = MIGEN_ADD_COLUMN, .object = "notes", .columns = &good[i], .column_count = 1});
        assert_null(table_find_column(schema_find_table(s, "notes"), "d1")->default_value);
    }
    REFUSE(shop(MIGEN_POSTGRES), CONFLICT, "no value of type bool",
           SAFE_ADD_COLUMN("notes", .name = "a", .type = BOOL, .default_value = "0"));
    PLAY(shop(MIGEN_SQLITE), SAFE_ADD_COLUMN("notes", .name = "a", .type = BOOL, .default_value = "0"));
}

static void alterations(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        REFUSE(s, ALREADY, "so already", SAFE_ALTER_COLUMN("notes", "body", TO_TYPE(TEXT)));
        REFUSE(s, ALREADY, "so already", SAFE_ALTER_COLUMN("users", "name", .set_not_null = true));
        REFUSE(s, ALREADY, "so already", SAFE_ALTER_COLUMN("notes", "body", .drop_default = true));
        REFUSE(s, ALREADY, "so already", SAFE_ALTER_COLUMN("users", "state", .default_value = "'new'"));
        PLAY(s, SAFE_ALTER_COLUMN("users", "name", .set_not_null = true, .default_value = "'?'"));
        REFUSE(s, CONFLICT, "is an `id`", SAFE_ALTER_COLUMN("users", "id", TO_TYPE(TEXT)));
        REFUSE(s, CONFLICT, "primary key", SAFE_ALTER_COLUMN("users", "id", .drop_not_null = true));
        REFUSE(s, CONFLICT, "foreign key \"orders_user_id_fkey\"",
               SAFE_ALTER_COLUMN("orders", "user_id", TO_TYPE(TEXT)));
        PLAY(s, SAFE_ALTER_COLUMN("orders", "user_id", TO_TYPE(INT)));
        REFUSE(s, MISSING, "no type or enum", SAFE_ALTER_COLUMN("notes", "body", TO_TYPE(ENUM("txt"))));
        REFUSE(s, CONFLICT, "has no value", SAFE_ALTER_COLUMN("users", "state", .default_value = "'x'"));
        REFUSE(s, CONFLICT, "is generated",
               SAFE_ALTER_COLUMN("users", "label", .set_not_null = true, .backfill = "'x'"));
        REFUSE(s, CONFLICT, "is generated", SAFE_ALTER_COLUMN("users", "label", .default_value = "'x'"));
        PLAY(s, SAFE_ALTER_COLUMN("users", "name", TO_TYPE(VARCHAR(9))));
        PLAY(s, SAFE_ALTER_COLUMN("notes", "id", TO_TYPE(BIGINT)));
        assert_int_equal(table_find_column(schema_find_table(s, "notes"), "id")->type.kind,
                         MIGEN_TYPE_BIGSERIAL);
    }
}

static void indexes_and_constraints(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        REFUSE(s, ALREADY, "already",
               SAFE_CREATE_INDEX("notes", .name = "users_by_name", ITEMS({.column = "body"})));
        REFUSE(s, CONFLICT, "taken by a table",
               SAFE_CREATE_INDEX("notes", .name = "users", ITEMS({.column = "body"})));
        REFUSE(s, CONFLICT, "constraint's index",
               SAFE_CREATE_INDEX("notes", .name = "users_pkey", ITEMS({.column = "body"})));
        PLAY(s, SAFE_CREATE_INDEX("notes", ITEMS({.expression = "lower(body)"})));
        REFUSE(s, ALREADY, "such an index",
               SAFE_CREATE_INDEX("notes", ITEMS({.expression = "lower( body )"})));
        PLAY(s, SAFE_CREATE_INDEX("notes", ITEMS({.expression = "upper(body)"}))); /* not the same */
        assert_non_null(schema_find_index(s, "notes_upper_idx", NULL));
        violation v = REFUSE(s, CONFLICT, "index of a constraint", SAFE_DROP_INDEX("users_email_key"));
        assert_string_equal(v.hint, "drop constraint users_email_key on users");
        v = REFUSE(s, ALREADY, "no index", SAFE_DROP_INDEX("users_by_nam"));
        assert_string_equal(v.nearest, "users_by_name");
        REFUSE(s, MISSING, "no index", SAFE_RENAME_INDEX("users_by_nam", "x"));
        REFUSE(s, ALREADY, "called \"users_by_name\" already", SAFE_RENAME_INDEX("x", "users_by_name"));
        REFUSE(s, ALREADY, "such a constraint",
               SAFE_ADD_CONSTRAINT("users", UNIQUE(.columns = NAMES("email"))));
        REFUSE(s, ALREADY, "already",
               SAFE_ADD_CONSTRAINT("orders", CHECK(.name = "total_sane", .expression = "true")));
        REFUSE(s, CONFLICT, "primary key already",
               SAFE_ADD_CONSTRAINT("orders", PRIMARY_KEY(.columns = NAMES("number"))));
        REFUSE(s, MISSING, MISSING_COLUMN, SAFE_ADD_CONSTRAINT("users", UNIQUE(.columns = NAMES("nmae"))));
        v = REFUSE(s, ALREADY, "no constraint \"total_sne\"", SAFE_DROP_CONSTRAINT("orders", "total_sne"));
        assert_string_equal(v.nearest, "total_sane");
        REFUSE(s, CONFLICT, "already", SAFE_RENAME_CONSTRAINT("orders", "total_sane", "orders_pkey"));
        PLAY(s, SAFE_ADD_CONSTRAINT("bare", PRIMARY_KEY(.columns = NAMES("b"))));
        assert_true(table_find_column(schema_find_table(s, "bare"), "b")->not_null);
    }
}

static void enums(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        REFUSE(s, ALREADY, "already", SAFE_CREATE_ENUM("status", "a"));
        REFUSE(s, CONFLICT, "stands twice", SAFE_CREATE_ENUM("twice", "a", "b", "a"));
        violation v =
            REFUSE(s, MISSING, "no value 'gon'", SAFE_ADD_ENUM_VALUE("status", "x", .after = "gon"));
        assert_string_equal(v.nearest, "gone");
        v = REFUSE(s, MISSING, "no enum \"statis\"", SAFE_ADD_ENUM_VALUE("statis", "x"));
        assert_string_equal(v.nearest, "status");
        REFUSE(s, ALREADY, "already", SAFE_ADD_ENUM_VALUE("status", "gone"));
        REFUSE(s, ALREADY, "already", SAFE_ADD_MULTIPLE_ENUM_VALUES("status", "gone", "new"));
        PLAY(s, SAFE_ADD_MULTIPLE_ENUM_VALUES("status", "gone", "late"));
        PLAY(s, SAFE_ADD_ENUM_VALUE("status", "first", .before = "new"));
        PLAY(s, SAFE_ADD_ENUM_VALUE("status", "second", .after = "first"));
        assert_non_null(strstr(schema_dump(memory, s),
                               "enum status ('first', 'second', 'new', 'active', 'gone', 'late')"));
        REFUSE(s, CONFLICT, "already", SAFE_RENAME_ENUM_VALUE("status", "new", "gone"));
        REFUSE(s, ALREADY, "called 'gone' already", SAFE_RENAME_ENUM_VALUE("status", "nothing", "gone"));
        REFUSE(s, MISSING, "no value", SAFE_RENAME_ENUM_VALUE("status", "nothing", "else"));
        PLAY(s, SAFE_RENAME_ENUM_VALUE("status", "new", "it's new"));
        const migen_column *state_column = table_find_column(schema_find_table(s, "users"), "state");
        assert_string_equal(state_column->default_value, "'it''s new'");
        PLAY(s, SAFE_RENAME_ENUM("status", "states"));
        assert_string_equal(state_column->type.name, "states");
        REFUSE(s, ALREADY, "no enum", SAFE_DROP_ENUM("status"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(columns_refused),
        CASE(a_table_without_rowid_keeps_its_key),
        CASE(json_is_in_no_key),
        CASE(a_view_is_not_made_of_the_other_kind),
        CASE(drops_that_others_stand_on),
        CASE(tables_refused),
        CASE(a_schema_is_no_table),
        CASE(foreign_keys),
        CASE(somebody_elses),
        CASE(what_sqlite_has_not),
        CASE(defaults),
        CASE(alterations),
        CASE(indexes_and_constraints),
        CASE(enums),
    };
    return cmocka_run_group_tests_name("violations", tests, NULL, NULL);
}

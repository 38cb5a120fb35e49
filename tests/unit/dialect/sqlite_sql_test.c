/* SQLite's SQL for each operation: what is native, and what is a rebuild. */
#include "dialect_shop.h"

static void expect(support *t, migen_step step, const char *wanted)
{
    assert_string_equal(support_write(t, &step, false), wanted);
}

static bool rebuilds(support *t, migen_step step)
{
    char *text = support_write(t, &step, false);
    assert_true(strlen(text) > 0);
    return strstr(text, "legacy_alter_table") != NULL;
}

static void test_create_table(void **state)
{
    (void)state;
    support t = support_new(MIGEN_SQLITE);
    support_apply(&t, &(migen_step)SAFE_CREATE_ENUM("status", "pending", "active"));
    support_apply(&t, &(migen_step)SAFE_CREATE_TABLE(&shop_groups));
    expect(&t, (migen_step)SAFE_CREATE_TABLE(&shop_users),
           "CREATE TABLE \"users\" (\n"
           "    \"id\" INTEGER PRIMARY KEY,\n"
           "    \"email\" VARCHAR(255) CHECK (length(\"email\") <= 255) NOT NULL,\n"
           "    \"state\" TEXT CHECK (\"state\" IN ('pending', 'active')) NOT NULL DEFAULT 'pending',\n"
           "    \"active\" BOOLEAN CHECK (\"active\" IN (0, 1)) NOT NULL DEFAULT 1,\n"
           "    \"age\" TEXT,\n"
           "    \"doc\" JSON TEXT CHECK (\"doc\" IS NULL OR json_valid(\"doc\")) DEFAULT '{}',\n"
           "    \"group_id\" BIGINT,\n"
           "    \"made_at\" TIMESTAMPTZ TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
           "    CONSTRAINT \"users_email_long\" CHECK (length(email) > 2),\n"
           "    CONSTRAINT \"users_group_id_fkey\" FOREIGN KEY (\"group_id\") REFERENCES \"groups\" (\"id\")"
           " ON DELETE CASCADE\n"
           ")\n"
           "CREATE INDEX \"users_state_idx\" ON \"users\" (\"state\") WHERE (active)\n");
    support_free(&t);
}

static void test_types_and_options(void **state)
{
    (void)state;
    support t = support_new(MIGEN_SQLITE);
    const migen_column columns[] = {
        {.name = "code", .type = CHAR(2), .not_null = true, .primary_key = true},
        {.name = "flag", .type = BOOL, .default_value = "false"},
        {.name = "price", .type = NUMERIC_OF(10, 2), .default_value = "-1.5"},
        {.name = "day", .type = DATE, .default_value = "now()"},
        {.name = "at", .type = TIME, .default_value = "now()"},
        {.name = "raw", .type = BYTES, .default_value = "x'0aff'"},
        {.name = "word", .type = NATIVE("citext", "TEXT COLLATE NOCASE")},
        {.name = "low", .type = TEXT, .generated = "lower(code)", .collate = "nocase"},
        {.name = "sum", .type = DOUBLE, .default_value = "(1 + 1)"},
    };
    migen_table table = {.name = "My \"odd\" table", .columns = columns, .column_count = 9};
    table.name = "\"My \"\"odd\"\" table\"";
    expect(&t, (migen_step)SAFE_CREATE_TABLE(&table),
           "CREATE TABLE \"My \"\"odd\"\" table\" (\n"
           "    \"code\" CHAR(2) CHECK (length(\"code\") <= 2) NOT NULL,\n"
           "    \"flag\" BOOLEAN CHECK (\"flag\" IN (0, 1)) DEFAULT 0,\n"
           "    \"price\" NUMERIC(10,2) DEFAULT -1.5,\n"
           "    \"day\" DATE TEXT DEFAULT CURRENT_DATE,\n"
           "    \"at\" TIME TEXT DEFAULT CURRENT_TIME,\n"
           "    \"raw\" BLOB DEFAULT x'0aff',\n"
           "    \"word\" TEXT COLLATE NOCASE,\n"
           "    \"low\" TEXT COLLATE \"nocase\" GENERATED ALWAYS AS (lower(code)) VIRTUAL,\n"
           "    \"sum\" DOUBLE PRECISION DEFAULT (1 + 1),\n"
           "    CONSTRAINT \"My \"\"odd\"\" table_pkey\" PRIMARY KEY (\"code\")\n"
           ")\n");
    table.strict = table.without_rowid = true;
    char *strict = support_write(&t, &(migen_step)SAFE_CREATE_TABLE(&table), false);
    assert_non_null(strstr(strict, "\"code\" TEXT CHECK"));
    assert_non_null(strstr(strict, "\"flag\" INTEGER CHECK"));
    assert_non_null(strstr(strict, "\"price\" REAL DEFAULT"));
    assert_non_null(strstr(strict, "\"word\" TEXT COLLATE NOCASE"));
    assert_non_null(strstr(strict, "\n) WITHOUT ROWID, STRICT\n"));
    support_free(&t);
}

static void test_native_columns(void **state)
{
    (void)state;
    support t = shop_new(MIGEN_SQLITE);
    expect(&t, (migen_step)SAFE_ADD_COLUMN("users", .name = "api_key", .type = VARCHAR(9), .unique = true),
           "ALTER TABLE \"users\" ADD COLUMN \"api_key\" VARCHAR(9) CHECK (length(\"api_key\") <= 9)\n"
           "CREATE UNIQUE INDEX \"users_api_key_key\" ON \"users\" (\"api_key\")\n");
    expect(
        &t, (migen_step)SAFE_ADD_COLUMN("users", .name = "boss", .references = "users"),
        "ALTER TABLE \"users\" ADD COLUMN \"boss\" BIGINT CONSTRAINT \"users_boss_fkey\" REFERENCES \"users\""
        " (\"id\")\n");
    expect(
        &t,
        (migen_step)SAFE_ADD_COLUMN("users", .name = "n", .type = INT, .not_null = true, .default_value = "1",
                                    .check = "n > 0", .index = true),
        "ALTER TABLE \"users\" ADD COLUMN \"n\" INTEGER NOT NULL DEFAULT 1 CONSTRAINT \"users_n_check\" CHECK"
        " (n > 0)\n"
        "UPDATE \"users\" SET \"n\" = \"n\" WHERE sqlite_version() < '3.37' AND NOT (n > 0)\n"
        "CREATE INDEX \"users_n_idx\" ON \"users\" (\"n\")\n");
    expect(&t, (migen_step)SAFE_ADD_COLUMN("users", .name = "low", .type = TEXT, .backfill = "lower(email)"),
           "ALTER TABLE \"users\" ADD COLUMN \"low\" TEXT\n"
           "UPDATE \"users\" SET \"low\" = (lower(email))  [rows]\n");
    expect(&t, (migen_step)SAFE_DROP_COLUMN("users", "age"), "ALTER TABLE \"users\" DROP COLUMN \"age\"\n");
    expect(&t, (migen_step)SAFE_RENAME_COLUMN("users", "age", "a b"),
           "ALTER TABLE \"users\" RENAME COLUMN \"age\" TO \"a b\"\n");
    expect(&t, (migen_step)SAFE_RENAME_TABLE("users", "people"),
           "ALTER TABLE \"users\" RENAME TO \"people\"\n");
    expect(&t, (migen_step)SAFE_DROP_TABLE("users"), "DROP TABLE \"users\"\n");
    support_free(&t);
}

/* The definition decides, not whether it would pass on an empty table. */
static void test_what_is_a_rebuild(void **state)
{
    (void)state;
    support t = shop_new(MIGEN_SQLITE);
    migen_step steps[] = {
        SAFE_ADD_COLUMN("users", .name = "x", .type = INT, .not_null = true),
        SAFE_ADD_COLUMN("users", .name = "x", .type = INT, .not_null = true, .default_value = "null"),
        SAFE_ADD_COLUMN("users", .name = "x", .type = TIMESTAMP, .default_value = "now()"),
        SAFE_ADD_COLUMN("users", .name = "x", .type = UUID, .default_value = "uuid()"),
        SAFE_ADD_COLUMN("users", .name = "x", .type = INT, .default_value = "(1 + 1)"),
        SAFE_ADD_COLUMN("users", .name = "x", .type = TEXT, .generated = "lower(email)", .stored = true),
        SAFE_ADD_COLUMN("users", .name = "x", .references = "groups", .default_value = "1"),
        SAFE_ADD_COLUMN("users", .name = "x", .type = INT, .not_null = true, .default_value = "1",
                        .backfill = "2"),
        SAFE_DROP_COLUMN("users", "group_id"),
        SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT)),
        SAFE_ALTER_COLUMN("users", "age", .set_not_null = true),
        SAFE_ALTER_COLUMN("users", "email", .drop_not_null = true),
        SAFE_ALTER_COLUMN("users", "age", .default_value = "'0'"),
        SAFE_ADD_CONSTRAINT("users", CHECK(.expression = "age <> ''")),
        SAFE_ADD_CONSTRAINT("users", FOREIGN_KEY(.columns = NAMES("group_id"), .references = "groups")),
        SAFE_DROP_CONSTRAINT("users", "users_email_long"),
        SAFE_RENAME_CONSTRAINT("users", "users_email_long", "longer"),
        SAFE_ADD_ENUM_VALUE("status", "gone"),
        SAFE_RENAME_ENUM_VALUE("status", "pending", "new"),
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!rebuilds(&t, steps[i]))
            fail_msg("no rebuild: %s (%zu)", step_words(t.memory, &steps[i]), i);
    assert_false(rebuilds(
        &t, (migen_step)SAFE_ADD_COLUMN("users", .name = "x", .type = TEXT, .generated = "lower(email)")));
    support_free(&t);
}

static void test_rebuild_in_full(void **state)
{
    (void)state;
    support t = shop_new(MIGEN_SQLITE);
    char *text =
        support_write(&t, &(migen_step)SAFE_ALTER_COLUMN("groups", "name", .drop_not_null = true), false);
    const char *name = strstr(text, "_migen_");
    assert_non_null(name);
    const char *pattern = "PRAGMA legacy_alter_table = ON\n"
                          "DROP TABLE IF EXISTS \"@\"\n"
                          "CREATE TABLE \"@\" (\n"
                          "    \"id\" INTEGER PRIMARY KEY,\n"
                          "    \"name\" VARCHAR(50) CHECK (length(\"name\") <= 50),\n"
                          "    CONSTRAINT \"groups_name_key\" UNIQUE (\"name\")\n"
                          ")\n"
                          "INSERT INTO \"@\" (\"id\", \"name\") SELECT \"id\", \"name\" FROM \"groups\"\n"
                          "DROP TABLE \"groups\"\n"
                          "ALTER TABLE \"@\" RENAME TO \"groups\"\n"
                          "PRAGMA legacy_alter_table = OFF\n";
    builder wanted = builder_new(t.memory); /* @ stands for the new table's name */
    for (const char *c = pattern; *c != '\0'; c++)
        if (*c == '@')
            builder_add_bytes(&wanted, name, strlen("_migen_12345678_new"));
        else
            builder_add_character(&wanted, *c);
    assert_string_equal(text, wanted.bytes);
    support_free(&t);
}

static void test_indexes_and_views(void **state)
{
    (void)state;
    support t = shop_new(MIGEN_SQLITE);
    expect(&t,
           (migen_step)SAFE_CREATE_INDEX(
               "users", .unique = true, .method = "gin", .include = NAMES("doc"),
               ITEMS({.expression = "lower(email)"}, {.column = "age", .descending = true}), .name = "i"),
           "CREATE UNIQUE INDEX \"i\" ON \"users\" ((lower(email)), \"age\" DESC)\n");
    expect(&t, (migen_step)SAFE_RENAME_INDEX("users_state_idx", "j"),
           "DROP INDEX \"users_state_idx\"\n"
           "CREATE INDEX \"j\" ON \"users\" (\"state\") WHERE (active)\n");
    expect(&t, (migen_step)SAFE_DROP_INDEX("users_state_idx"), "DROP INDEX \"users_state_idx\"\n");
    expect(&t, (migen_step)SAFE_ADD_CONSTRAINT("users", UNIQUE(.columns = NAMES("email"))),
           "CREATE UNIQUE INDEX \"users_email_key\" ON \"users\" (\"email\")\n");
    migen_step view = SAFE_CREATE_VIEW("v", "SELECT 1 AS one");
    expect(&t, view, "CREATE VIEW \"v\" AS SELECT 1 AS one\n");
    support_apply(&t, &view);
    expect(&t, view, "DROP VIEW \"v\"\nCREATE VIEW \"v\" AS SELECT 1 AS one\n");
    expect(&t, (migen_step)SAFE_DROP_VIEW("v"), "DROP VIEW \"v\"\n");
    migen_step trigger = SAFE_CREATE_TRIGGER("a b", "users", "CREATE TRIGGER …");
    expect(&t, trigger, "CREATE TRIGGER …\n");
    support_apply(&t, &trigger);
    expect(&t, trigger, "DROP TRIGGER \"a b\"\nCREATE TRIGGER …\n");
    support_free(&t);
}

static void test_what_has_no_sql(void **state)
{
    (void)state;
    support t = shop_new(MIGEN_SQLITE);
    expect(&t, (migen_step)SAFE_CREATE_ENUM("mood", "a"), "");
    expect(&t, (migen_step)SAFE_RENAME_ENUM("status", "mood"), "");
    expect(&t, (migen_step)SAFE_CREATE_EXTENSION("pgcrypto"), "");
    expect(&t, (migen_step)SAFE_COMMENT_ON_TABLE("users", "x"), "");
    expect(&t, (migen_step)SAY("x"), "");
    schema_change_table(t.model, schema_find_table(t.model, "users"))->is_virtual = true;
    expect(&t, (migen_step)SAFE_DROP_COLUMN("users", "age"), "");
    expect(&t, (migen_step)SAFE_RENAME_TABLE("users", "u"), "ALTER TABLE \"users\" RENAME TO \"u\"\n");
    support_free(&t);
}

static void test_values(void **state)
{
    (void)state;
    arena *a = arena_new();
    migen_type text = {.kind = MIGEN_TYPE_TEXT};
    assert_string_equal(dialect_default(a, MIGEN_SQLITE, text, "'it''s ''x'''"), "'it''s ''x'''");
    assert_string_equal(dialect_default(a, MIGEN_POSTGRES, text, "''"), "''");
    assert_string_equal(dialect_default(a, MIGEN_POSTGRES, text, "'a' || 'b'"), "'a' || 'b'");
    assert_string_equal(dialect_default(a, MIGEN_SQLITE, text, "'a' || 'b'"), "('a' || 'b')");
    assert_string_equal(dialect_default(a, MIGEN_SQLITE, text, "+1e5"), "+1e5");
    assert_string_equal(dialect_default(a, MIGEN_SQLITE, text, "NULL"), "NULL");
    assert_string_equal(dialect_default(a, MIGEN_POSTGRES, text, "x''"), "'\\x'::bytea");
    assert_null(dialect_default(a, MIGEN_POSTGRES, text, NULL));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_table),    cmocka_unit_test(test_types_and_options),
        cmocka_unit_test(test_native_columns),  cmocka_unit_test(test_what_is_a_rebuild),
        cmocka_unit_test(test_rebuild_in_full), cmocka_unit_test(test_indexes_and_views),
        cmocka_unit_test(test_what_has_no_sql), cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

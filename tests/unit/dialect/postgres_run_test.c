/*
 * PostgreSQL's statements, carried out on a server, on tables with rows: that they run, that they keep the
 * rows, and that what is said of them is true: the strongest lock is looked up in pg_locks, a rewrite shows
 * in the table's file.
 */
#include <libpq-fe.h>

#include "dialect_shop.h"
#include "postgres_server.h"
#include "sql_writer.h"

typedef struct bench {
    support t;
    PGconn *connection;
} bench;

static const char *bench_url;

/* The first column of all rows, with spaces between them. */
static char *bench_ask(bench *b, const char *sql)
{
    PGresult *r = PQexec(b->connection, sql);
    builder out = builder_new(b->t.memory);
    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK) {
        char *message = arena_format(b->t.memory, "%s\n%s", PQerrorMessage(b->connection), sql);
        PQclear(r);
        fail_msg("%s", message);
    }
    for (int i = 0; i < PQntuples(r); i++) {
        builder_add(&out, i == 0 ? "" : " ");
        builder_add(&out, PQgetisnull(r, i, 0) ? "NULL" : PQgetvalue(r, i, 0));
    }
    PQclear(r);
    return out.bytes;
}

#define assert_rows(b, sql, wanted) assert_string_equal(bench_ask((b), (sql)), (wanted))

static char *bench_ask_about(bench *b, const char *before, const char *object, const char *behind)
{
    sql_writer w = sql_new(b->t.memory);
    sql_writer name = sql_new(b->t.memory);
    sql_object_text(&name, object);
    sql_words(&w, before);
    sql_string(&w, sql_text(&name));
    sql_words(&w, behind);
    return bench_ask(b, sql_text(&w));
}

/* The strongest lock that this session has on a relation, in lock_mode's order. */
static lock_mode bench_lock(bench *b, const char *oid)
{
    static const char *const modes[] = {[LOCK_SHARE_UPDATE_EXCLUSIVE] = "ShareUpdateExclusiveLock",
                                        [LOCK_SHARE] = "ShareLock",
                                        [LOCK_SHARE_ROW_EXCLUSIVE] = "ShareRowExclusiveLock",
                                        [LOCK_ACCESS_EXCLUSIVE] = "AccessExclusiveLock"};
    char *held =
        bench_ask(b, arena_format(b->t.memory,
                                  "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype ="
                                  " 'relation' AND relation = %s",
                                  oid));
    for (int mode = LOCK_ACCESS_EXCLUSIVE; mode > LOCK_NONE; mode--)
        for (char *at = strstr(held, modes[mode]); at != NULL; at = strstr(at + 1, modes[mode]))
            if (at == held || at[-1] == ' ')
                return (lock_mode)mode;
    return LOCK_NONE;
}

static void bench_run(bench *b, const sql_statement *s)
{
    if (s->outside) {
        bench_ask(b, s->text);
        return;
    }
    const char *file = "SELECT pg_relation_filenode(to_regclass(";
    const char *oid = NULL, *before = NULL;
    if (s->lock_object != NULL) {
        oid = bench_ask_about(b, "SELECT coalesce(to_regclass(", s->lock_object, ")::oid, 0)");
        before = bench_ask_about(b, file, s->lock_object, "))");
    }
    bench_ask(b, "BEGIN");
    bench_ask(b, s->text);
    if (s->lock_object != NULL && bench_lock(b, oid) != s->lock)
        fail_msg("%s: it takes %s, and says %s", s->text, lock_words(bench_lock(b, oid)),
                 lock_words(s->lock));
    bench_ask(b, "COMMIT");
    if (s->lock_object == NULL)
        return;
    const char *after = bench_ask_about(b, file, s->lock_object, "))");
    bool rewritten = !text_equal(before, after) && !text_equal(after, "NULL");
    if (rewritten != s->rewrites)
        fail_msg("%s: it %s", s->text, rewritten ? "writes the rows again" : "does not write the rows again");
}

static void bench_do(bench *b, migen_step step, bool online)
{
    migen_step *kept = ARENA_NEW(b->t.memory, migen_step);
    *kept = step;
    sql_list list = support_statements(&b->t, kept, online);
    for (size_t i = 0; i < list.count; i++)
        bench_run(b, &list.items[i]);
    support_apply(&b->t, kept);
    support_settle(&b->t);
    assert_rows(b, "SELECT count(*) FROM pg_constraint WHERE NOT convalidated OR conname LIKE '\\_migen%'",
                "0");
    assert_rows(b, "SELECT count(*) FROM pg_index WHERE NOT indisvalid", "0");
}

static int bench_start(void **state)
{
    (void)state;
    bench_url = postgres_server_start();
    return 0;
}

static int bench_stop(void **state)
{
    (void)state;
    postgres_server_stop();
    return 0;
}

static bench bench_shop(void)
{
    bench b = {0};
    if (bench_url == NULL)
        fail_msg("PostgreSQL could not be started (./scripts/setup --tests installs it)");
    b.t = support_new(MIGEN_POSTGRES);
    b.connection = PQconnectdb(bench_url);
    if (PQstatus(b.connection) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(b.connection));
    bench_ask(&b, "SET client_min_messages = warning");
    bench_ask(&b, "SET timezone = 'UTC'");
    bench_ask(&b, "DROP SCHEMA IF EXISTS shop CASCADE");
    bench_ask(&b, "CREATE SCHEMA shop");
    bench_ask(&b, "SET search_path = shop");
    bench_do(&b, (migen_step)SAFE_CREATE_ENUM("status", "pending", "active"), false);
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&shop_groups), false);
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&shop_users), false);
    bench_ask(&b, "INSERT INTO groups (name) VALUES ('admin'), ('staff')");
    bench_ask(
        &b, "INSERT INTO users (email, age, group_id) VALUES ('a@b', '30', 1), ('c@d', NULL, 2), ('e@f', '7',"
            " NULL)");
    return b;
}

static void bench_free(bench *b)
{
    PQfinish(b->connection);
    support_free(&b->t);
}

static void columns(bool online)
{
    bench b = bench_shop();
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "api_key", .type = VARCHAR(255), .unique = true),
             online);
    bench_do(&b, (migen_step)SAFE_ADD_COLUMN("users", .name = "boss", .references = "users", .index = true),
             online);
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "n", .type = INT, .not_null = true,
                                         .default_value = "0", .check = "n >= 0"),
             online);
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "token", .type = UUID, .default_value = "uuid()"),
             online);
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "seen", .type = TIMESTAMPTZ, .not_null = true,
                                         .default_value = "now()"),
             online);
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "domain", .type = TEXT, .not_null = true,
                                         .default_value = "'none'", .backfill = "split_part(email, '@', 2)"),
             online);
    bench_ask(&b, "INSERT INTO users (email) VALUES ('new')");
    assert_rows(&b, "SELECT domain FROM users ORDER BY id", "b d f none");
    migen_step two =
        SAFE_ADD_COLUMNS("users", {.name = "low", .type = TEXT, .generated = "lower(email)", .stored = true},
                         {.name = "number", .type = BIGSERIAL});
    bench_do(&b, two, online);
    assert_rows(&b, "SELECT number FROM users ORDER BY id", "1 2 3 4");
    bench_do(&b, (migen_step)SAFE_CREATE_VIEW("stars", "SELECT * FROM users"), online);
    bench_do(&b, (migen_step)SAFE_DROP_COLUMN("users", "api_key"), online);
    bench_do(&b, (migen_step)SAFE_DROP_COLUMNS("users", NAMES("low", "number"), .cascade = true), online);
    bench_do(&b, (migen_step)SAFE_RENAME_COLUMN("users", "domain", "order"), online);
    bench_do(&b, (migen_step)SAFE_RENAME_TABLE("users", "My \"people\""), online);
    assert_rows(&b, "SELECT count(*) FROM \"My \"\"people\"\"\"", "4");
    bench_free(&b);
}

static void alterations(bool online)
{
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_CREATE_VIEW("ages", "SELECT id, age FROM users"), online);
    bench_do(&b, (migen_step)SAFE_CREATE_VIEW("more_ages", "SELECT * FROM ages"), online);
    bench_ask(&b,
              "CREATE FUNCTION shop.nothing() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'");
    bench_do(&b,
             (migen_step)SAFE_CREATE_TRIGGER("aged", "users",
                                             "CREATE TRIGGER aged BEFORE UPDATE OF age ON users FOR EACH ROW"
                                             " EXECUTE FUNCTION nothing()"),
             online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT)), online);
    assert_rows(&b, "SELECT age + 1 FROM more_ages ORDER BY id", "31 NULL 8");
    assert_rows(&b, "SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal",
                "aged");
    bench_do(&b,
             (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(BIGINT), .set_not_null = true,
                                           .backfill = "-1"),
             online);
    assert_rows(&b, "SELECT age FROM users ORDER BY id", "30 -1 7");
    bench_do(&b,
             (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(BOOL), .drop_not_null = true,
                                           .using_expression = "age > 10"),
             online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(SMALLINT), .default_value = "5"),
             online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(BOOL), .drop_default = true), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(TEXT)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(ARRAY_OF(TEXT))), online);
    assert_rows(&b, "SELECT age FROM users ORDER BY id", "{true} {false} {false}");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "email", TO_TYPE(VARCHAR(300))), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "email", TO_TYPE(TEXT)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "email", TO_TYPE(VARCHAR(30))), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "doc", TO_TYPE(JSONB)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "made_at", TO_TYPE(TIMESTAMP)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "made_at", TO_TYPE(TIMESTAMPTZ)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "made_at", TO_TYPE(DATE)), online);
    bench_free(&b);
}

/* What numbers itself by a sequence, or not at all, comes to be an id. */
static void identities(bool online)
{
    bench b = bench_shop();
    const migen_table old = {
        .name = "Old",
        COLUMNS({.name = "id", .type = SERIAL, .primary_key = true}, {.name = "n", .type = INT})};
    const migen_table older = {.name = "older", COLUMNS({.name = "id", .type = BIGINT, .primary_key = true})};
    migen_table named = old;
    named.name = "\"Old\"";
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&named), online);
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&older), online);
    bench_ask(&b, "INSERT INTO \"Old\" (n) VALUES (1), (2)");
    bench_ask(&b, "INSERT INTO older VALUES (7)");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("\"Old\"", "id", TO_TYPE(ID)), online);
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("older", "id", TO_TYPE(ID)), online);
    bench_ask(&b, "INSERT INTO \"Old\" (n) VALUES (3)");
    bench_ask(&b, "INSERT INTO older DEFAULT VALUES");
    assert_rows(&b, "SELECT id FROM \"Old\" ORDER BY id", "1 2 3");
    assert_rows(&b, "SELECT id FROM older ORDER BY id", "7 8");
    assert_rows(&b, "SELECT count(*) FROM pg_sequences WHERE schemaname = 'shop'", "4");
    bench_free(&b);
}

/* An enum column with a default and a partial index on another column, to text and back. */
static void enums(bool online)
{
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "state", TO_TYPE(TEXT)), online);
    bench_do(&b, (migen_step)SAFE_ADD_MULTIPLE_ENUM_VALUES("status", "x", "it's"), online);
    bench_do(&b, (migen_step)SAFE_ADD_ENUM_VALUE("status", "first", .before = "pending"), online);
    bench_do(&b, (migen_step)SAFE_ADD_ENUM_VALUE("status", "second", .after = "first"), online);
    bench_do(&b, (migen_step)SAFE_RENAME_ENUM_VALUE("status", "x", "y"), online);
    assert_rows(&b, "SELECT unnest(enum_range(NULL::status))::text", "first second pending active y it's");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "state", TO_TYPE(ENUM("status"))), online);
    bench_ask(&b, "INSERT INTO users (email) VALUES ('new')");
    assert_rows(&b, "SELECT DISTINCT state FROM users", "pending");
    bench_do(&b, (migen_step)SAFE_RENAME_ENUM("status", "State"), online);
    bench_do(&b, (migen_step)SAFE_DROP_COLUMN("users", "state"), online);
    bench_do(&b, (migen_step)SAFE_DROP_ENUM("\"State\""), online);
    bench_free(&b);
}

static void constraints(bool online)
{
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("users", UNIQUE(.columns = NAMES("email", "age"))), online);
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("users", CHECK(.expression = "age <> 'x'")), online);
    bench_do(&b,
             (migen_step)SAFE_ADD_CONSTRAINT(
                 "users", FOREIGN_KEY(.name = "again", .columns = NAMES("group_id"), .references = "groups",
                                      .on_update = MIGEN_CASCADE, .on_delete = MIGEN_SET_NULL)),
             online);
    assert_rows(&b, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'again'",
                "FOREIGN KEY (group_id) REFERENCES groups(id) ON UPDATE CASCADE ON DELETE SET NULL");
    bench_do(&b, (migen_step)SAFE_RENAME_CONSTRAINT("users", "again", "Again"), online);
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("users", "Again"), online);
    /* The server ties users_group_id_fkey to groups_pkey; it stays, on what else makes the id unique. */
    static const char tie[] = "SELECT conindid::regclass FROM pg_constraint WHERE contype = 'f' AND conrelid "
                              "= 'users'::regclass";
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("groups", UNIQUE(.name = "k", .columns = NAMES("id"))),
             online);
    bench_do(&b,
             (migen_step)SAFE_CREATE_INDEX("groups", .unique = true, .name = "u", ITEMS({.column = "id"})),
             online);
    assert_rows(&b, tie, "groups_pkey");
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("groups", "groups_pkey", .cascade = online), online);
    assert_rows(&b, tie, "k");
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("groups", "k"), online);
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("groups", UNIQUE(.name = "k", .columns = NAMES("id"))),
             online);
    bench_do(&b, (migen_step)SAFE_DROP_INDEX("u"), online);
    assert_rows(&b, tie, "k");
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("users", "users_pkey", .cascade = true), online);
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("users", PRIMARY_KEY(.columns = NAMES("id", "email"))),
             online);
    assert_rows(&b,
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid ="
                " 'users'::regclass",
                "PRIMARY KEY (id, email)");
    bench_do(&b,
             (migen_step)SAFE_CREATE_INDEX("users", .unique = true, .include = NAMES("age"),
                                           ITEMS({.expression = "lower(email)", .descending = true}),
                                           .where = "active", .name = "An index"),
             online);
    bench_do(&b, (migen_step)SAFE_CREATE_INDEX("users", .method = "hash", ITEMS({.column = "email"})),
             online);
    bench_do(&b, (migen_step)SAFE_RENAME_INDEX("\"An index\"", "i"), online);
    bench_do(&b, (migen_step)SAFE_DROP_INDEX("i"), online);
    bench_do(&b, (migen_step)SAFE_COMMENT_ON_TABLE("users", "who it's"), online);
    bench_do(&b, (migen_step)SAFE_COMMENT_ON_COLUMN("users", "email", "mail"), online);
    assert_rows(&b, "SELECT col_description('users'::regclass, 2)", "mail");
    bench_do(&b, (migen_step)SAFE_DROP_TABLE("groups", .cascade = true), online);
    bench_free(&b);
}

/* What a crash has left half done is gone on with. */
static void test_half_done(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_ask(&b, "ALTER TABLE users ADD CONSTRAINT c CHECK (age <> 'x') NOT VALID");
    migen_step check = SAFE_ADD_CONSTRAINT("users", CHECK(.name = "c", .expression = "age <> 'x'"));
    support_apply(&b.t, &check);
    schema_table *users = schema_change_table(b.t.model, schema_find_table(b.t.model, "users"));
    table_find_constraint(users, "c")->half_done = true;
    sql_list list = support_statements(&b.t, &check, true);
    for (size_t i = 0; i < list.count; i++)
        bench_run(&b, &list.items[i]);
    assert_rows(&b, "SELECT convalidated FROM pg_constraint WHERE conname = 'c'", "t");
    /* the proof of a NOT NULL that was begun */
    migen_step tight = SAFE_ALTER_COLUMN("users", "age", .set_not_null = true, .backfill = "'0'");
    list = support_statements(&b.t, &tight, true);
    for (size_t i = 0; i < 2; i++)
        bench_run(&b, &list.items[i]);
    bench_do(&b, tight, true);
    assert_rows(&b,
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'age'",
                "t");
    bench_free(&b);
}

static void test_seed(void **state)
{
    (void)state;
    bench b = bench_shop();
    migen_step seed =
        SAFE_SEED("groups", .columns = NAMES("name", "id"), .key = NAMES("name"), .update = true,
                  ROWS(3, "'admin'", "(10 + 1)", "'new'", "12", "'it''s'", "13"));
    bench_ask(&b, "UPDATE users SET group_id = NULL");
    for (int twice = 0; twice < 2; twice++)
        bench_do(&b, seed, false);
    assert_rows(&b, "SELECT name || id FROM groups ORDER BY id", "staff2 admin11 new12 it's13");
    bench_ask(&b, "INSERT INTO groups (name) VALUES ('next')");
    assert_rows(&b, "SELECT id FROM groups WHERE name = 'next'", "14");
    bench_do(&b,
             (migen_step)SAFE_SEED("users",
                                   .columns = NAMES("email", "state", "active", "doc", "made_at", "group_id"),
                                   .key = NAMES("email"), .update = true,
                                   ROWS(3, "'a@b'", "'active'", "false", "null", "now()", "2", "'xyz'",
                                        "'active'", "true", "'{\"a\": [1]}'", "'2020-01-01'", "null", "'abc'",
                                        "'pending'", "true", "'[]'", "now()", "12")),
             false);
    assert_rows(
        &b,
        "SELECT email || state || active || coalesce(doc::text, '-') FROM users WHERE email IN ('a@b',"
        " 'xyz', 'abc') ORDER BY email",
        "a@bactivefalse- abcpendingtrue[] xyzactivetrue{\"a\": [1]}");
    bench_do(&b,
             (migen_step)SAFE_SEED("users", .columns = NAMES("email", "state"), .key = NAMES("email"),
                                   .from =
                                       "SELECT name || 's', 'active' FROM groups UNION ALL SELECT 'admins',"
                                       " 'pending'"),
             false);
    assert_rows(&b, "SELECT count(*) FROM users WHERE email LIKE '%s'", "5");
    bench_do(&b,
             (migen_step)SAFE_BACKFILL("users", .columns = NAMES("age", "doc"),
                                       .expressions = NAMES("id", "'{}'"), .where = "age IS NULL"),
             false);
    bench_free(&b);
}

static void test_columns(void **state)
{
    (void)state;
    columns(false);
    columns(true);
}

static void test_alterations(void **state)
{
    (void)state;
    alterations(false);
    alterations(true);
}

static void test_identities(void **state)
{
    (void)state;
    identities(false);
    identities(true);
}

static void test_enums(void **state)
{
    (void)state;
    enums(false);
    enums(true);
}

static void test_constraints(void **state)
{
    (void)state;
    constraints(false);
    constraints(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),   cmocka_unit_test(test_alterations),
        cmocka_unit_test(test_enums),     cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_half_done), cmocka_unit_test(test_identities),
        cmocka_unit_test(test_seed),
    };
    return cmocka_run_group_tests(tests, bench_start, bench_stop);
}

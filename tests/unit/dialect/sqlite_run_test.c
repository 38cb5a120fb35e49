/* SQLite's statements, carried out on a database with rows: what they must not lose. */
#include <sqlite3.h>

#include "dialect_shop.h"

typedef struct bench {
    support t;
    sqlite3 *db;
} bench;

static void bench_sql(bench *b, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(b->db, sql, NULL, NULL, &message) != SQLITE_OK) {
        char *copy = arena_format(b->t.memory, "%s\n%s", message, sql);
        sqlite3_free(message);
        fail_msg("%s", copy);
    }
}

static bench bench_new(void)
{
    bench b = {.t = support_new(MIGEN_SQLITE)};
    assert_int_equal(sqlite3_open(":memory:", &b.db), SQLITE_OK);
    bench_sql(&b, "PRAGMA foreign_keys = OFF");
    return b;
}

/* All rows as one text: values with | between them, rows with a space. */
static char *bench_ask(bench *b, const char *sql)
{
    sqlite3_stmt *s = NULL;
    builder out = builder_new(b->t.memory);
    if (sqlite3_prepare_v2(b->db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s\n%s", sqlite3_errmsg(b->db), sql);
    while (sqlite3_step(s) == SQLITE_ROW) {
        if (out.length != 0)
            builder_add(&out, " ");
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *value = (const char *)sqlite3_column_text(s, i);
            builder_add(&out, i == 0 ? "" : "|");
            builder_add(&out, value == NULL ? "NULL" : value);
        }
    }
    sqlite3_finalize(s);
    return out.bytes;
}

#define assert_rows(b, sql, wanted) assert_string_equal(bench_ask((b), (sql)), (wanted))

/* The statements of a step, in one transaction as the engine does it. The error's text, or NULL. */
static char *bench_try(bench *b, const migen_step *step)
{
    sql_list list = support_statements(&b->t, step, false);
    char *failure = NULL;
    bench_sql(b, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < list.count && failure == NULL; i++) {
        char *message = NULL;
        if (sqlite3_exec(b->db, list.items[i].text, NULL, NULL, &message) != SQLITE_OK) {
            failure = arena_format(b->t.memory, "%s\n%s", message, list.items[i].text);
            sqlite3_free(message);
        }
    }
    bench_sql(b, failure == NULL ? "COMMIT" : "ROLLBACK");
    bench_sql(b, "PRAGMA legacy_alter_table = OFF");
    assert_rows(b, "PRAGMA integrity_check", "ok");
    assert_rows(b, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '\\_migen%' ESCAPE '\\'", "0");
    return failure;
}

static void bench_do(bench *b, migen_step step)
{
    migen_step *kept = ARENA_NEW(b->t.memory, migen_step);
    *kept = step;
    char *failure = bench_try(b, kept);
    if (failure != NULL)
        fail_msg("%s", failure);
    support_apply(&b->t, kept);
    support_settle(&b->t);
    assert_rows(b, "PRAGMA foreign_key_check", "");
}

static bench bench_shop(void)
{
    bench b = bench_new();
    bench_do(&b, (migen_step)SAFE_CREATE_ENUM("status", "pending", "active"));
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&shop_groups));
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&shop_users));
    bench_sql(&b, "INSERT INTO groups (id, name) VALUES (1, 'admin'), (5, 'staff')");
    bench_sql(&b,
              "INSERT INTO users (id, email, age, group_id) VALUES (1, 'a@b', '30', 1), (3, 'c@d', NULL, 5),"
              " (9, 'e@f', '7', NULL)");
    return b;
}

static void bench_free(bench *b)
{
    assert_int_equal(sqlite3_close(b->db), SQLITE_OK);
    support_free(&b->t);
}

static bool bench_refuses(bench *b, const char *sql)
{
    return sqlite3_exec(b->db, sql, NULL, NULL, NULL) != SQLITE_OK;
}

static void test_types_are_checked(void **state)
{
    (void)state;
    bench b = bench_shop();
    assert_true(bench_refuses(&b, "INSERT INTO users (email, active) VALUES ('xyz', 2)"));
    assert_true(bench_refuses(&b, "INSERT INTO users (email, doc) VALUES ('xyz', '{')"));
    assert_true(bench_refuses(&b, "INSERT INTO users (email, state) VALUES ('xyz', 'other')"));
    assert_true(bench_refuses(&b, "INSERT INTO users (email) VALUES ('xy')"));
    assert_true(bench_refuses(&b, "INSERT INTO groups (name) VALUES (printf('%.51c', 'x'))"));
    assert_false(bench_refuses(&b, "INSERT INTO groups (name) VALUES (printf('%.50c', 'x'))"));
    assert_rows(&b, "SELECT id, active, doc, state FROM users WHERE id = 1", "1|1|{}|pending");
    bench_do(&b,
             (migen_step)SAFE_ADD_COLUMN("users", .name = "token", .type = UUID, .default_value = "uuid()"));
    bench_sql(&b, "INSERT INTO users (email) VALUES ('new')");
    assert_rows(&b,
                "SELECT count(DISTINCT token), min(length(token)), min(substr(token, 15, 1)),"
                " max(instr('89ab', substr(token, 20, 1)) > 0) FROM users",
                "4|36|4|1");
    bench_free(&b);
}

static void test_rebuild_keeps_what_hangs_on_the_table(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_CREATE_INDEX("groups", .name = "lower_name", .unique = true,
                                               ITEMS({.expression = "lower(name)"}), .where = "name <> ''"));
    bench_do(&b, (migen_step)SAFE_CREATE_VIEW("group_names",
                                              "SELECT g.name, count(*) AS n FROM groups g JOIN users u"
                                              " ON u.group_id = g.id GROUP BY g.name"));
    bench_sql(&b, "CREATE TABLE log (what TEXT)");
    bench_do(&b, (migen_step)SAFE_CREATE_TRIGGER("named", "groups",
                                                 "CREATE TRIGGER named AFTER INSERT ON groups BEGIN"
                                                 " INSERT INTO log VALUES (new.name); END"));
    bench_do(&b,
             (migen_step)SAFE_CREATE_TRIGGER("joined", "users",
                                             "CREATE TRIGGER joined AFTER DELETE ON users BEGIN"
                                             " UPDATE groups SET name = name WHERE id = old.group_id; END"));
    /* groups is the parent of an ON DELETE CASCADE: its rebuild must not touch the children */
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("groups", "name", .drop_not_null = true));
    assert_rows(&b, "SELECT id, group_id FROM users ORDER BY id", "1|1 3|5 9|NULL");
    assert_rows(&b, "SELECT id, name FROM groups ORDER BY id", "1|admin 5|staff");
    assert_rows(&b, "SELECT count(*) FROM log", "0");
    assert_rows(&b, "SELECT name, n FROM group_names ORDER BY name", "admin|1 staff|1");
    assert_true(bench_refuses(&b, "INSERT INTO groups (name) VALUES ('ADMIN')"));
    bench_sql(&b, "INSERT INTO groups (name) VALUES (NULL), ('guest')");
    assert_rows(&b, "SELECT what FROM log", "NULL guest");
    bench_sql(&b, "DELETE FROM users WHERE id = 1");
    assert_rows(&b, "SELECT \"table\", \"to\", on_delete FROM pragma_foreign_key_list('users')",
                "groups|id|CASCADE");
    bench_sql(&b, "PRAGMA foreign_keys = ON");
    bench_sql(&b, "DELETE FROM groups WHERE id = 5");
    assert_rows(&b, "SELECT count(*) FROM users WHERE group_id = 5", "0");
    bench_free(&b);
}

static void test_rowids_are_kept(void **state)
{
    (void)state;
    bench b = bench_new();
    const migen_table plain = {
        .name = "notes",
        COLUMNS({.name = "body", .type = TEXT}, {.name = "rowid", .type = TEXT}, {.name = "x", .type = INT})};
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&plain));
    bench_sql(&b, "INSERT INTO notes (_rowid_, body, rowid) VALUES (2, 'two', 'r'), (40, 'forty', 's')");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("notes", "body", .set_not_null = true));
    assert_rows(&b, "SELECT _rowid_, body, rowid FROM notes", "2|two|r 40|forty|s");
    /* a new rowid column takes the numbers that the rows had */
    bench_do(&b, (migen_step)SAFE_ADD_COLUMN("notes", .name = "id", .type = ID, .primary_key = true));
    assert_rows(&b, "SELECT id, body FROM notes", "2|two 40|forty");
    bench_free(&b);
}

static void test_autoincrement_goes_on(void **state)
{
    (void)state;
    bench b = bench_new();
    const migen_table counted = {
        .name = "Counted",
        COLUMNS({.name = "id", .type = ID, .primary_key = true}, {.name = "a", .type = TEXT})};
    migen_table table = counted;
    table.name = "\"Counted\"";
    support_apply(&b.t, &(migen_step)SAFE_CREATE_TABLE(&table));
    support_settle(&b.t);
    schema_table *model = schema_change_table(b.t.model, schema_find_table(b.t.model, "\"Counted\""));
    model->autoincrement = true; /* as somebody else made it */
    bench_sql(&b, "CREATE TABLE Counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)");
    bench_sql(&b, "INSERT INTO Counted (a) VALUES ('x'), ('y'), ('z')");
    bench_sql(&b, "DELETE FROM Counted WHERE id > 1");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("\"Counted\"", "a", .default_value = "'n'"));
    schema_change_table(b.t.model, schema_find_table(b.t.model, "\"Counted\""))->autoincrement = true;
    bench_sql(&b, "INSERT INTO Counted DEFAULT VALUES");
    assert_rows(&b, "SELECT id, a FROM Counted", "1|x 4|n");
    bench_sql(&b, "DELETE FROM Counted");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("\"Counted\"", "a", .default_value = "'m'"));
    bench_sql(&b, "INSERT INTO Counted DEFAULT VALUES");
    assert_rows(&b, "SELECT id, a FROM Counted", "5|m");
    assert_rows(&b, "SELECT name, seq FROM sqlite_sequence", "Counted|5");
    bench_free(&b);
}

static void test_strict_without_rowid_and_generated(void **state)
{
    (void)state;
    bench b = bench_new();
    const migen_table table = {
        .name = "p",
        COLUMNS({.name = "code", .type = CHAR(2), .not_null = true},
                {.name = "n", .type = INT, .not_null = true, .default_value = "0"},
                {.name = "twice", .type = INT, .generated = "n * 2", .stored = true},
                {.name = "low", .type = TEXT, .generated = "lower(\"code\")"},
                {.name = "ok", .type = BOOL, .default_value = "true"}),
        CONSTRAINTS(PRIMARY_KEY(.columns = NAMES("code")),
                    CHECK(.name = "n_positive", .expression = "\"p\".n >= 0")),
        .strict = true,
        .without_rowid = true,
    };
    if (sqlite3_libversion_number() < 3037000) {
        printf("STRICT is not tried: it needs SQLite 3.37, and this is %s\n", sqlite3_libversion());
        bench_free(&b);
        return;
    }
    /* CREATE TABLE takes the table's name in a check; the rebuild must take it off */
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&table));
    bench_sql(&b, "INSERT INTO p (code, n) VALUES ('AA', 2), ('BB', 3)");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("p", "n", .drop_default = true));
    assert_rows(&b, "SELECT code, n, twice, low, ok FROM p", "AA|2|4|aa|1 BB|3|6|bb|1");
    assert_rows(&b, "SELECT wr, strict FROM pragma_table_list('p')", "1|1");
    assert_true(bench_refuses(&b, "INSERT INTO p (code, n) VALUES ('CC', 'x')"));
    assert_true(bench_refuses(&b, "INSERT INTO p (code, n) VALUES ('CC', -1)"));
    bench_do(&b, (migen_step)SAFE_ADD_COLUMN("p", .name = "thrice", .type = INT, .generated = "n * 3",
                                             .stored = true));
    assert_rows(&b, "SELECT thrice FROM p", "6 9");
    bench_free(&b);
}

static void test_added_columns(void **state)
{
    (void)state;
    bench b = bench_shop();
    migen_step bare = SAFE_ADD_COLUMN("users", .name = "x", .type = INT, .not_null = true);
    assert_non_null(strstr(bench_try(&b, &bare), "NOT NULL constraint failed"));
    bench_do(&b, (migen_step)SAFE_ADD_COLUMN("users", .name = "domain", .type = TEXT, .not_null = true,
                                             .backfill = "substr(email, instr(email, '@') + 1)"));
    assert_rows(&b, "SELECT id, domain FROM users ORDER BY id", "1|b 3|d 9|f");
    bench_do(&b, (migen_step)SAFE_ADD_COLUMN("users", .name = "seen_at", .type = TIMESTAMP, .not_null = true,
                                             .default_value = "now()"));
    assert_rows(&b, "SELECT count(*) FROM users WHERE seen_at LIKE '20%'", "3");
    migen_step two =
        SAFE_ADD_COLUMNS("users", {.name = "boss", .references = "users", .on_delete = MIGEN_SET_NULL},
                         {.name = "low", .type = TEXT, .generated = "lower(email)", .unique = true});
    bench_do(&b, two);
    assert_rows(&b, "SELECT low FROM users ORDER BY id", "a@b c@d e@f");
    assert_true(bench_refuses(&b, "INSERT INTO users (email, domain) VALUES ('A@B', '')"));
    bench_sql(&b, "UPDATE users SET boss = 1 WHERE id = 3");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", .default_value = "'0'"));
    assert_rows(&b, "SELECT \"table\" FROM pragma_foreign_key_list('users') ORDER BY 1", "groups users");
    assert_rows(&b, "SELECT group_concat(name) FROM pragma_table_xinfo('users')",
                "id,email,state,active,age,doc,group_id,made_at,domain,seen_at,boss,low");
    bench_free(&b);
}

static void test_dropped_columns(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_DROP_COLUMN("users", "age"));
    bench_do(&b, (migen_step)SAFE_DROP_COLUMNS("users", NAMES("group_id", "state")));
    assert_rows(&b, "SELECT group_concat(name) FROM pragma_table_info('users')",
                "id,email,active,doc,made_at");
    assert_rows(&b, "SELECT count(*) FROM pragma_foreign_key_list('users')", "0");
    assert_rows(&b, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'users'", "0");
    assert_rows(&b, "SELECT id, email, active FROM users", "1|a@b|1 3|c@d|1 9|e@f|1");
    bench_free(&b);
}

static void test_types_are_converted(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT)));
    assert_rows(&b, "SELECT typeof(age), age FROM users ORDER BY id", "integer|30 null|NULL integer|7");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(TEXT), .set_not_null = true,
                                               .backfill = "'none'"));
    assert_rows(&b, "SELECT typeof(age), age FROM users ORDER BY id", "text|30 text|none text|7");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT),
                                               .using_expression =
                                                   "CASE age WHEN 'none' THEN -1 ELSE age + 1 END"));
    assert_rows(&b, "SELECT age FROM users ORDER BY id", "31 -1 8");
    bench_sql(&b, "UPDATE users SET age = 2.5 WHERE id = 9");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(DOUBLE)));
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT)));
    assert_rows(&b, "SELECT age FROM users ORDER BY id", "31 -1 3");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", TO_TYPE(TEXT)));
    bench_sql(&b, "UPDATE users SET age = ' 12 ' WHERE id = 1; UPDATE users SET age = 'old' WHERE id = 3");
    migen_step lossy = SAFE_ALTER_COLUMN("users", "age", TO_TYPE(INT));
    assert_non_null(strstr(bench_try(&b, &lossy), "CHECK constraint failed: users.age holds numbers only"));
    assert_rows(&b, "SELECT age FROM users WHERE id = 3", "old");
    bench_sql(&b, "UPDATE users SET age = '1.5' WHERE id = 3");
    assert_non_null(bench_try(&b, &lossy));
    bench_sql(&b, "UPDATE users SET age = '-1' WHERE id = 3");
    bench_do(&b, lossy);
    assert_rows(&b, "SELECT age FROM users ORDER BY id", "12 -1 3");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "active", TO_TYPE(TEXT), .default_value = "'yes'"));
    assert_rows(&b, "SELECT DISTINCT active FROM users", "true");
    bench_sql(&b, "UPDATE users SET active = 'no' WHERE id = 3");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "active", TO_TYPE(BOOL), .default_value = "false"));
    assert_rows(&b, "SELECT typeof(active), active FROM users ORDER BY id", "integer|1 integer|0 integer|1");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "active", TO_TYPE(TEXT)));
    bench_sql(&b, "UPDATE users SET active = 'perhaps' WHERE id = 3");
    migen_step back = SAFE_ALTER_COLUMN("users", "active", TO_TYPE(BOOL));
    assert_non_null(strstr(bench_try(&b, &back), "CHECK constraint failed"));
    assert_rows(&b, "SELECT active FROM users WHERE id = 3", "perhaps");
    bench_free(&b);
}

static void test_enum_values(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_ADD_MULTIPLE_ENUM_VALUES("status", "gone", "it's"));
    bench_sql(&b, "UPDATE users SET state = 'it''s' WHERE id = 9");
    bench_do(&b, (migen_step)SAFE_RENAME_ENUM_VALUE("status", "pending", "new"));
    assert_rows(&b, "SELECT state FROM users ORDER BY id", "new new it's");
    bench_sql(&b, "INSERT INTO users (email) VALUES ('fresh')");
    assert_rows(&b, "SELECT state FROM users WHERE email = 'fresh'", "new");
    assert_true(bench_refuses(&b, "UPDATE users SET state = 'pending'"));
    assert_rows(&b, "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
                "users_state_idx");
    bench_free(&b);
}

static void test_constraints(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_ADD_CONSTRAINT("users", UNIQUE(.columns = NAMES("email"))));
    assert_true(bench_refuses(&b, "INSERT INTO users (email) VALUES ('a@b')"));
    migen_step check = SAFE_ADD_CONSTRAINT("users", CHECK(.name = "old", .expression = "age > '2'"));
    bench_do(&b, check);
    assert_true(bench_refuses(&b, "INSERT INTO users (email, age) VALUES ('x@y', '1')") == true);
    bench_do(&b, (migen_step)SAFE_RENAME_CONSTRAINT("users", "old", "older"));
    assert_rows(&b,
                "SELECT instr(sql, 'CONSTRAINT \"older\" CHECK') > 0 FROM sqlite_schema WHERE name = 'users'",
                "1");
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("users", "older"));
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("users", "users_email_key"));
    bench_sql(&b, "INSERT INTO users (email, age) VALUES ('a@b', '1')");
    bench_do(&b, (migen_step)SAFE_DROP_CONSTRAINT("groups", "groups_name_key"));
    bench_sql(&b, "INSERT INTO groups (name) VALUES ('admin')");
    migen_step fails = SAFE_ADD_CONSTRAINT("groups", UNIQUE(.columns = NAMES("name")));
    assert_non_null(strstr(bench_try(&b, &fails), "UNIQUE constraint failed"));
    bench_free(&b);
}

/* Text that was found is kept word for word; only what the step touches is written anew. */
static void test_found_words_are_kept(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_sql(&b, "DROP INDEX users_state_idx");
    bench_sql(&b, "create index users_state_idx on users(state /* why */) where active");
    schema_table *users = schema_change_table(b.t.model, schema_find_table(b.t.model, "users"));
    table_find_index(users, "users_state_idx")->sql =
        "create index users_state_idx on users(state /* why */) where active";
    table_find_column(users, "email")->extra = "COLLATE RTRIM";
    table_find_column(users, "doc")->type_unchecked = true;
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "age", .default_value = "'0'"));
    assert_rows(&b, "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%/* why */%'", "1");
    assert_rows(&b,
                "SELECT sql LIKE '%NOT NULL COLLATE RTRIM%', sql NOT LIKE '%json_valid%' FROM sqlite_schema"
                " WHERE name = 'users'",
                "1|1");
    bench_free(&b);
}

static void test_rename_and_rebuild(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_CREATE_TRIGGER(
                     "aged", "users",
                     "CREATE TRIGGER aged AFTER UPDATE OF age ON users BEGIN"
                     " UPDATE groups SET name = new.age WHERE id = new.group_id; END"));
    bench_do(&b, (migen_step)SAFE_RENAME_COLUMN("users", "age", "years"));
    bench_do(&b, (migen_step)SAFE_RENAME_TABLE("groups", "teams"));
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN("users", "years", .default_value = "'0'"));
    bench_sql(&b, "UPDATE users SET years = '31' WHERE id = 1");
    assert_rows(&b, "SELECT name FROM teams WHERE id = 1", "31");
    assert_rows(&b, "SELECT \"table\" FROM pragma_foreign_key_list('users')", "teams");
    bench_free(&b);
}

static void test_cascade(void **state)
{
    (void)state;
    bench b = bench_shop();
    bench_do(&b, (migen_step)SAFE_DROP_TABLE("groups", .cascade = true));
    assert_rows(&b, "SELECT count(*) FROM pragma_foreign_key_list('users')", "0");
    assert_rows(&b, "SELECT id, group_id FROM users", "1|1 3|5 9|NULL");
    bench_free(&b);
}

static void test_seed(void **state)
{
    (void)state;
    bench b = bench_shop();
    migen_step seed =
        SAFE_SEED("groups", .columns = NAMES("name", "id"), .key = NAMES("name"), .update = true,
                  ROWS(3, "'admin'", "(10 + 1)", "'new'", "12", "'it''s'", "13"));
    bench_sql(&b, "UPDATE users SET group_id = NULL");
    bench_do(&b, seed);
    assert_rows(&b, "SELECT name, id FROM groups ORDER BY id", "staff|5 admin|11 new|12 it's|13");
    bench_sql(&b, "UPDATE groups SET id = 1 WHERE name = 'admin'");
    seed.seed =
        &(const migen_seed){.columns = NAMES("name", "id"), .key = NAMES("name"), ROWS(1, "'admin'", "99")};
    bench_do(&b, seed);
    assert_rows(&b, "SELECT id FROM groups WHERE name = 'admin'", "1");
    bench_do(&b, (migen_step)SAFE_SEED("groups", .columns = NAMES("name"), .key = NAMES("name"),
                                       .from = "SELECT email FROM users UNION ALL SELECT email FROM users"));
    assert_rows(&b, "SELECT count(*) FROM groups", "7");
    bench_do(&b, (migen_step)SAFE_SEED("users", .columns = NAMES("email", "active", "doc", "made_at"),
                                       .key = NAMES("email"),
                                       ROWS(2, "'x@y'", "false", "null", "now()", "'z@z'", "true", "'[1]'",
                                            "'2020-01-01 00:00:00'")));
    assert_rows(&b, "SELECT active, doc FROM users WHERE email LIKE '%@y' OR email = 'z@z'", "0|NULL 1|[1]");
    bench_do(&b, (migen_step)SAFE_BACKFILL("users", .columns = NAMES("age"), .expressions = NAMES("id * 2"),
                                           .where = "age IS NULL"));
    assert_rows(&b, "SELECT age FROM users WHERE id = 3", "6");
    bench_free(&b);
}

static void test_seed_of_many_rows(void **state)
{
    (void)state;
    bench b = bench_shop();
    const char **values = ARENA_NEW_ARRAY(b.t.memory, const char *, 1202);
    for (size_t i = 0; i < 1201; i++)
        values[i] = arena_format(b.t.memory, "'n%zu'", i);
    migen_seed seed = {.columns = NAMES("name"), .key = NAMES("name"), .values = values, .row_count = 1201};
    for (int twice = 0; twice < 2; twice++)
        bench_do(&b, (migen_step){.operation = MIGEN_SEED, .object = "groups", .seed = &seed});
    assert_rows(&b, "SELECT count(*) FROM groups", "1203");
    bench_free(&b);
}

static void test_odd_names(void **state)
{
    (void)state;
    bench b = bench_new();
    const migen_table odd = {
        .name = "\"a \"\"b\"\" 'c'\"",
        COLUMNS({.name = "x \"y\"", .type = INT, .not_null = true, .primary_key = true},
                {.name = "select", .type = VARCHAR(5), .unique = true},
                {.name = "Größe", .type = BOOL, .references = NULL}),
    };
    bench_do(&b, (migen_step)SAFE_CREATE_TABLE(&odd));
    bench_sql(&b, "INSERT INTO \"a \"\"b\"\" 'c'\" VALUES (1, 'one', 1)");
    bench_do(&b, (migen_step)SAFE_ALTER_COLUMN(odd.name, "select", .set_not_null = true));
    bench_do(&b, (migen_step)SAFE_CREATE_INDEX(odd.name, ITEMS({.column = "Größe"})));
    bench_do(&b, (migen_step)SAFE_SEED(odd.name, .columns = NAMES("x \"y\"", "select"),
                                       .key = NAMES("select"), ROWS(1, "2", "'two'")));
    assert_rows(&b, "SELECT * FROM \"a \"\"b\"\" 'c'\"", "1|one|1 2|two|NULL");
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_are_checked),
        cmocka_unit_test(test_rebuild_keeps_what_hangs_on_the_table),
        cmocka_unit_test(test_rowids_are_kept),
        cmocka_unit_test(test_autoincrement_goes_on),
        cmocka_unit_test(test_strict_without_rowid_and_generated),
        cmocka_unit_test(test_added_columns),
        cmocka_unit_test(test_dropped_columns),
        cmocka_unit_test(test_types_are_converted),
        cmocka_unit_test(test_enum_values),
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_found_words_are_kept),
        cmocka_unit_test(test_rename_and_rebuild),
        cmocka_unit_test(test_cascade),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_seed_of_many_rows),
        cmocka_unit_test(test_odd_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

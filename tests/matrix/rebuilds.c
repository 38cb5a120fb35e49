/*
 * rebuilds.c: several rebuilds of one SQLite table in one migration are one, and come to the same as one by one.
 *
 * For each case the steps are carried out twice: as one migration, and each as a migration of its own, where nothing can be
 * joined. The tables that are made in between are counted at the driver; schema, rows, rowids, counters and what is said of
 * the steps must be the same.
 */
#include "matrix_bench.h"

#include "migen_words.h"
#include "text.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define STEPS(...)                                                                                           \
    .steps = (const migen_step[]){__VA_ARGS__},                                                              \
    .count = sizeof((const migen_step[]){__VA_ARGS__}) / sizeof(migen_step)
#define TYPE_OF(...) .set_type = true, .type = __VA_ARGS__

typedef struct rebuild_case {
    const char *name;
    const migen_step *steps;
    size_t count;
    size_t rebuilds;  /* as one migration */
    bool fails;       /* both ways, and at the same step */
    bool looked_at;   /* ADD COLUMN refuses its rows from SQLite 3.37 on; before, the rebuild behind it */
    const char *says; /* the failure, in part; NULL: any */
} rebuild_case;

static const migen_table users = {
    .name = "users",
    COLUMNS({.name = "id", .type = ID}, {.name = "email", .type = TEXT, .unique = true},
            {.name = "age", .type = TEXT}, {.name = "score", .type = INT},
            {.name = "mood", .type = ENUM("mood")}, {.name = "old", .type = TEXT},
            {.name = "loud", .type = TEXT, .generated = "upper(email)", .stored = true}),
    INDEXES({.name = "ix_score", ITEMS({.column = "score"}), .where = "score > 0"}),
};
static const migen_table posts = {
    .name = "posts",
    COLUMNS({.name = "id", .type = ID},
            {.name = "user_id", .references = "users", .on_delete = MIGEN_CASCADE},
            {.name = "body", .type = TEXT}, {.name = "mood", .type = ENUM("mood")}),
};
static migen_table keyed = {
    .name = "keyed",
    COLUMNS({.name = "k", .type = TEXT, .primary_key = true}, {.name = "v", .type = TEXT},
            {.name = "w", .type = INT}),
    .without_rowid = true,
    .strict = true, /* where there is such a thing */
};
static const migen_table loose = {
    .name = "loose",
    COLUMNS({.name = "a", .type = INT}, {.name = "b", .type = TEXT}),
};

static const migen_step common[] = {
    SAFE_CREATE_ENUM("mood", "sad", "ok", "glad"),
    SAFE_CREATE_TABLE(&users),
    SAFE_CREATE_TABLE(&posts),
    SAFE_CREATE_TABLE(&keyed),
    SAFE_CREATE_TABLE(&loose),
    SAFE_CREATE_VIEW("v_users", "SELECT id, email, score FROM users WHERE score > 0"),
    SAFE_CREATE_TRIGGER("t_users", "users",
                        "CREATE TRIGGER t_users AFTER UPDATE OF score ON users BEGIN UPDATE posts SET body = "
                        "'x' WHERE id = -1; END"),
};

static const char *const rows[] = {
    /* a half-made rebuild of users, left by a hand or a crash without a journal: it is made anew */
    "CREATE TABLE \"_migen_628c3333_new\" (x)",
    "INSERT INTO \"_migen_628c3333_new\" VALUES (1)",
    "INSERT INTO users (id, email, age, score, mood, old) VALUES (1, 'a@x', '41', 3, 'sad', 'o')",
    "INSERT INTO users (id, email, age, score, mood, old) VALUES (7, 'b@x', ' 7', NULL, 'ok', NULL)",
    "INSERT INTO users (id, email, age, score, mood, old) VALUES (40, 'it''s', NULL, 1, NULL, 'z')",
    "INSERT INTO posts (user_id, body, mood) VALUES (1, 'one', 'glad')",
    "INSERT INTO posts (user_id, body, mood) VALUES (7, NULL, 'sad'), (NULL, 'three', NULL)",
    "INSERT INTO keyed VALUES ('k1', 'v', 1), ('k2', NULL, NULL)",
    "INSERT INTO loose (rowid, a, b) VALUES (3, 1, 'x'), (9, NULL, NULL)",
};

static const rebuild_case cases[] = {
    {.name = "two columns",
     .rebuilds = 1,
     STEPS(SAFE_ALTER_COLUMN("users", "email", .set_not_null = true),
           SAFE_ALTER_COLUMN("users", "score", .default_value = "3"))},
    {.name = "one column three times",
     .rebuilds = 1,
     STEPS(SAFE_ALTER_COLUMN("users", "age", TYPE_OF(INT)),
           SAFE_ALTER_COLUMN("users", "age", .set_not_null = true, .backfill = "coalesce(age, 0) + 9"),
           SAFE_ALTER_COLUMN("users", "age", .default_value = "4"))},
    {.name = "all that there is",
     .rebuilds = 1,
     STEPS(SAFE_ADD_CONSTRAINT("users", CHECK(.name = "k", .expression = "score < 100")),
           SAFE_ADD_COLUMN("users", .name = "fresh", .type = TEXT), SAFE_DROP_COLUMN("users", "old"),
           SAFE_CREATE_INDEX("users", .name = "ix_fresh", ITEMS({.column = "fresh"})),
           SAFE_DROP_INDEX("ix_score"),
           SAFE_ADD_COLUMN("users", .name = "made", .type = TIMESTAMPTZ, .not_null = true,
                           .default_value = "'2020-01-01'"),
           SAFE_ADD_CONSTRAINT("users", UNIQUE(.name = "u", .columns = NAMES("email", "score"))),
           SAFE_RENAME_INDEX("ix_fresh", "ix_newer"), SAFE_DROP_CONSTRAINT("users", "k"),
           SAFE_ADD_CONSTRAINT("users", FOREIGN_KEY(.columns = NAMES("score"), .references = "posts")),
           SAFE_DROP_CONSTRAINT("users", "users_score_fkey"), SAFE_RENAME_CONSTRAINT("users", "u", "u2"))},
    {.name = "tables in turn",
     .rebuilds = 2,
     STEPS(SAFE_ALTER_COLUMN("users", "score", .default_value = "1"),
           SAFE_ALTER_COLUMN("posts", "body", TYPE_OF(VARCHAR(30))),
           SAFE_ALTER_COLUMN("users", "email", .set_not_null = true),
           SAFE_CREATE_TABLE(&(const migen_table){.name = "more", COLUMNS({.name = "id", .type = ID})}),
           SAFE_CREATE_INDEX("loose", .name = "ix_loose", ITEMS({.column = "a"})),
           SAFE_ADD_COLUMN("loose", .name = "c", .type = INT),
           SAFE_ALTER_COLUMN("posts", "body", .default_value = "'b'"))},
    {.name = "a new column whose default goes",
     .rebuilds = 1,
     STEPS(SAFE_ADD_COLUMN("users", .name = "n", .type = INT, .not_null = true, .default_value = "(2 + 3)"),
           SAFE_ALTER_COLUMN("users", "n", .drop_default = true),
           SAFE_ALTER_COLUMN("users", "n", .default_value = "8"))},
    {.name = "dropped and made again",
     .rebuilds = 1,
     STEPS(SAFE_ALTER_COLUMN("users", "score", .set_not_null = true, .backfill = "0"),
           SAFE_DROP_COLUMN("users", "old"),
           SAFE_ADD_COLUMN("users", .name = "old", .type = INT, .default_value = "6"))},
    {.name = "a column filled from a changed text",
     .rebuilds = 1,
     STEPS(
         SAFE_ALTER_COLUMN("users", "old", .set_not_null = true, .backfill = "'none'"),
         SAFE_ADD_COLUMN("users", .name = "copy", .type = TEXT, .not_null = true, .backfill = "old || '!'"))},
    {.name = "a column filled from two changed ones",
     .rebuilds = 2,
     STEPS(
         SAFE_ALTER_COLUMN("users", "old", .set_not_null = true, .backfill = "'none'"),
         SAFE_ALTER_COLUMN("users", "age", .set_not_null = true, .backfill = "old"),
         SAFE_ADD_COLUMN("users", .name = "copy", .type = TEXT, .not_null = true, .backfill = "old || age"))},
    {.name = "values of an enum",
     .rebuilds = 2,
     STEPS(SAFE_RENAME_ENUM_VALUE("mood", "sad", "blue"), SAFE_ADD_ENUM_VALUE("mood", "bored"),
           SAFE_RENAME_ENUM_VALUE("mood", "glad", "happy"))},
    {.name = "data between",
     .rebuilds = 2,
     STEPS(SAFE_ALTER_COLUMN("users", "score", .set_not_null = true, .backfill = "0"),
           SAFE_BACKFILL("users", .columns = NAMES("score"), .expressions = NAMES("score * 2"),
                         .where = "score > 0"),
           SAFE_ALTER_COLUMN("users", "score", .default_value = "1"))},
    {.name = "a name between",
     .rebuilds = 2,
     STEPS(SAFE_ALTER_COLUMN("users", "score", .default_value = "1"),
           SAFE_RENAME_COLUMN("users", "score", "points"),
           SAFE_ALTER_COLUMN("users", "points", .drop_default = true))},
    {.name = "an expression that asks another table",
     .rebuilds = 3,
     STEPS(
         SAFE_ALTER_COLUMN("posts", "body", .set_not_null = true, .backfill = "'empty'"),
         SAFE_ALTER_COLUMN("users", "old", .set_not_null = true, .backfill = "(SELECT max(body) FROM posts)"),
         SAFE_ALTER_COLUMN("posts", "body", .default_value = "'d'"),
         SAFE_ALTER_COLUMN("users", "old", .default_value = "'e'"))},
    {.name = "strict, without rowid",
     .rebuilds = 1,
     STEPS(SAFE_ALTER_COLUMN("keyed", "v", .set_not_null = true, .backfill = "k"),
           SAFE_ALTER_COLUMN("keyed", "w", TYPE_OF(TEXT)),
           SAFE_ADD_COLUMN("keyed", .name = "x", .type = TEXT, .default_value = "'x'"))},
    {.name = "a table without a key",
     .rebuilds = 1,
     STEPS(SAFE_ALTER_COLUMN("loose", "a", .default_value = "1"),
           SAFE_ADD_CONSTRAINT("loose", CHECK(.expression = "a < 5")),
           SAFE_ADD_COLUMN("loose", .name = "id", .type = ID),
           SAFE_ALTER_COLUMN("loose", "b", .default_value = "'b'"))},
    {.name = "a null in the second",
     .rebuilds = 3,
     .fails = true, /* the joined one, then its parts */
     STEPS(SAFE_ALTER_COLUMN("users", "email", .set_not_null = true),
           SAFE_ALTER_COLUMN("users", "score", .set_not_null = true),
           SAFE_ALTER_COLUMN("users", "age", .default_value = "'1'"))},
    {.name = "a word that is no number",
     .rebuilds = 1,
     .fails = true,
     STEPS(SAFE_ALTER_COLUMN("users", "score", .default_value = "1"),
           SAFE_ALTER_COLUMN("users", "email", TYPE_OF(INT)),
           SAFE_ALTER_COLUMN("users", "age", .default_value = "'1'"))},
    {.name = "a new column before a rebuild, which no row can have",
     .rebuilds = 0,
     .fails = true,
     .looked_at = true,
     .says = "CHECK constraint failed",
     STEPS(SAFE_ADD_COLUMN("keyed", .name = "x", .type = TEXT),
           SAFE_ADD_COLUMNS("keyed", {.name = "y", .type = BYTES, .check = "y IS NOT NULL"},
                            {.name = "z", .type = INT, .not_null = true, .default_value = "(2 + 1)"}))},
    {.name = "a column that is unique, and then the key",
     .rebuilds = 1,
     STEPS(SAFE_CREATE_TABLE(
               &(const migen_table){.name = "counted", COLUMNS({.name = "a", .type = INT, .unique = true})}),
           SAFE_ADD_CONSTRAINT("counted", PRIMARY_KEY(.columns = NAMES("a"))),
           SAFE_RENAME_COLUMN("counted", "a", "b"))},
};

static size_t failures, made;

static int count_tables(unsigned what, void *owner, void *statement, void *text)
{
    (void)what;
    (void)owner;
    (void)statement;
    if (text_starts_with(text, "CREATE TABLE \"_migen_") && strstr(text, "_new\"") != NULL)
        made++;
    return 0;
}

static int watch(sqlite3 *connection, const char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, count_tables, NULL);
}

static void fail(const rebuild_case *c, const char *what, const char *one, const char *other)
{
    failures++;
    printf("FAILED %s: %s\n--- as one migration\n%s\n--- one by one\n%s\n", c->name, what, one, other);
}

/* The log without what names migrations and counts them. */
static const char *lines_of_steps(arena *a, const char *log)
{
    builder b = builder_new(a);
    for (const char *at = log; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        if (text_starts_with(at, "  ") && !text_starts_with(at, "  applied"))
            builder_add_format(&b, "%.*s\n", (int)length, at);
        at += length + (at[length] == '\0' ? 0 : 1);
    }
    return b.bytes;
}

typedef struct outcome_of_case {
    const char *dump, *rows, *log, *message;
    size_t made;
} outcome_of_case;

static outcome_of_case play(bench *b, arena *a, const rebuild_case *c, bool singly)
{
    outcome_of_case out = {0};
    step_list migrations[16] = {{0}};
    size_t count = 1;
    const char *why = NULL, *message = NULL;
    bench_begin(b);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        vector_push(b->memory, &migrations[0], common[i]);
    for (size_t i = 0; i < c->count; i++) {
        count += singly || i == 0 ? 1 : 0;
        vector_push(b->memory, &migrations[count - 1], c->steps[i]);
    }
    const migen_release *release = bench_release(b, migrations, count, &why);
    bench_result r = bench_run(b, release, engine_up, "m1", false);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!bench_execute(b, rows[i], &message))
            why = message;
    made = 0;
    r = bench_run(b, release, engine_up, NULL, false);
    out.made = made;
    out.log = arena_string(a, lines_of_steps(a, r.log));
    out.message = arena_string(a, r.message);
    if (why != NULL || (r.code != STATUS_OK) != c->fails || (singly && c->fails && r.row_of_failure != 0))
        fail(c, why != NULL ? why : "the run", r.log, r.message);
    if (c->says != NULL && strstr(r.message, c->says) == NULL)
        fail(c, "the message", r.message, c->says);
    if (!singly && c->fails && r.row_of_failure != 1)
        fail(c, "another step than the second is named", r.log, r.message);
    const char *differences = c->fails ? "" : bench_differences(b, release);
    if (*differences != '\0')
        fail(c, differences, singly ? "" : "here", singly ? "here" : "");
    out.dump = arena_string(a, bench_dump(b, release, false));
    out.rows = arena_format(
        a, "%s\n%s\n%s\n%s\n%s", bench_rows(b, "SELECT rowid, * FROM users ORDER BY 1"),
        bench_rows(b, "SELECT rowid, * FROM posts ORDER BY 1"),
        bench_rows(b, "SELECT * FROM keyed ORDER BY 1"),
        bench_rows(b, "SELECT rowid, * FROM loose ORDER BY 1"),
        bench_rows(b, "SELECT type, name, tbl_name, replace(replace(sql, ' ', ''), char(10), '') FROM "
                      "sqlite_schema ORDER BY name"));
    return out;
}

int main(void)
{
    bench b;
    sqlite3_auto_extension((void (*)(void))watch);
    if (!bench_open(&b, MIGEN_SQLITE))
        return 1;
    keyed.strict = sqlite3_libversion_number() >= 3037000;
    if (!keyed.strict)
        printf("left out: strict tables, which SQLite has from 3.37 on\n");
    size_t steps = 0, joined = 0, apart = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const rebuild_case *c = &cases[i];
        arena *a = arena_new();
        outcome_of_case one = play(&b, a, c, false), other = play(&b, a, c, true);
        size_t wanted = c->rebuilds + (c->looked_at && !keyed.strict ? 1 : 0);
        if (one.made != wanted)
            fail(c, "the number of rebuilds", arena_format(a, "%zu instead of %zu", one.made, wanted), "");
        if (!c->fails && !text_equal(one.dump, other.dump))
            fail(c, "the schema", one.dump, other.dump);
        if (!c->fails && !text_equal(one.rows, other.rows))
            fail(c, "the rows", one.rows, other.rows);
        if (!c->fails && !text_equal(one.log, other.log))
            fail(c, "what is said", one.log, other.log);
        if (c->fails && !text_equal(one.message, other.message))
            fail(c, "the message", one.message, other.message);
        steps += c->count;
        joined += c->fails ? 0 : one.made;
        apart += c->fails ? 0 : other.made;
        arena_free(a);
    }
    bench_close(&b);
    printf("rebuilds: %zu cases, %zu steps: %zu rebuilds, one by one %zu; %zu failures\n",
           sizeof cases / sizeof *cases, steps, joined, apart, failures);
    return failures == 0 ? 0 : 1;
}

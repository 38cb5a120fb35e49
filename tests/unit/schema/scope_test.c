/* What names in views and triggers mean: each column and each table renamed under each text, SQLite asked whether it still says the
 * same. */
#include "operation_fixture.h"

#include "scope.h"

#include <sqlite3.h>

/* ---- the tables, with columns of one name, tables that are called like columns, and rows that tell them apart ---- */

static const migen_table people = {
    .name = "u",
    COLUMNS({.name = "id", .type = INT}, {.name = "name", .type = TEXT}, {.name = "st", .type = ENUM("st")})};
static const migen_table things = {.name = "p",
                                   COLUMNS({.name = "id", .type = INT}, {.name = "name", .type = TEXT},
                                           {.name = "u_id", .type = INT}, {.name = "st", .type = TEXT})};
static const migen_table states = {.name = "status",
                                   COLUMNS({.name = "id", .type = INT}, {.name = "label", .type = TEXT})};
static const migen_table orders = {.name = "orders",
                                   COLUMNS({.name = "id", .type = INT}, {.name = "status", .type = INT},
                                           {.name = "Full Name", .type = TEXT})};
static const migen_table *const tables[] = {&people, &things, &states, &orders};

static const char rows[] = "INSERT INTO u VALUES (1, 'ann', 'a'), (2, 'bob', 'b'), (3, 'zed', 'a');"
                           "INSERT INTO p VALUES (1, 'zed', 2, 'b'), (2, 'nail', 1, 'a'), (3, 'ann', 3, 'a');"
                           "INSERT INTO status VALUES (1, 'open'), (2, 'shut');"
                           "INSERT INTO orders VALUES (1, 2, 'An'), (2, 1, 'Bo'), (3, 2, 'Cy');";

static const char *const first_views[] = {"v", "SELECT u.id, u.name FROM u", "vp",
                                          "SELECT id AS key, name, upper(name) AS \"Full Name\" FROM p"};

static const char *const queries[] = {
    "SELECT id, name FROM u",
    "SELECT u.name FROM u WHERE u.name IN (SELECT name FROM p)",
    "SELECT id FROM u WHERE EXISTS (SELECT 1 FROM p WHERE name = u.name)",
    "SELECT id, (SELECT max(name) FROM p) AS most FROM u",
    "SELECT id, (SELECT name FROM p WHERE p.u_id = u.id ORDER BY name LIMIT 1) AS one FROM u",
    "SELECT name FROM u UNION ALL SELECT name FROM p",
    "SELECT name, id FROM u UNION SELECT name, u_id FROM p ORDER BY name, id LIMIT 4",
    "SELECT name, s.n FROM p JOIN (SELECT id, count(*) AS n FROM u GROUP BY id) s ON s.id = p.id",
    "SELECT x.name, x.id FROM (SELECT name, id FROM u WHERE st = 'a') x JOIN p ON p.id = x.id",
    "SELECT x.name FROM (SELECT p.name, p.id FROM p) AS x, u WHERE x.id = u.id AND u.st = 'a'",
    "SELECT x.name, p.id FROM v x JOIN p ON p.id = x.id",
    "SELECT v.id, p.u_id FROM v JOIN p ON p.u_id = v.id",
    "SELECT orders.id, status.label FROM orders JOIN status ON status.id = orders.status",
    "SELECT status.status, s.label FROM orders AS status JOIN status AS s ON s.id = status.status",
    "SELECT status FROM orders WHERE status IN (SELECT id FROM status)",
    "SELECT id, upper(\"Full Name\") AS \"Full Name\" FROM orders",
    "SELECT vp.\"Full Name\", o.\"Full Name\" AS other FROM vp JOIN orders o ON o.id = vp.key",
    "WITH a AS (SELECT id, name FROM p), b (i, n) AS (SELECT id, name FROM u) SELECT a.name, n, b.i FROM a "
    "JOIN b ON a.id = "
    "b.i",
    "WITH RECURSIVE up (id, depth) AS (SELECT id, 0 FROM p WHERE u_id = 2 UNION ALL SELECT p.id, depth + 1 "
    "FROM p JOIN up ON "
    "p.u_id = up.id WHERE depth < 5) SELECT id, depth FROM up",
    "SELECT u.id AS name, p.name AS id FROM u, p WHERE u.id = p.id ORDER BY name, id",
    "SELECT name AS n, count(*) FROM p GROUP BY name HAVING count(*) > 0 ORDER BY n",
    "SELECT CASE name WHEN 'ann' THEN id ELSE u_id END AS c, CAST(st AS text) AS t, name || st AS both FROM "
    "p",
    "SELECT id, sum(u_id) OVER (PARTITION BY st ORDER BY name) AS s FROM p",
    "SELECT id, sum(id) OVER w AS s FROM p WINDOW w AS (ORDER BY name)",
    "SELECT DISTINCT st, name IS NULL AS none, name NOT LIKE 'z%' AS z FROM p WHERE id BETWEEN u_id AND 3 OR "
    "name IN ('ann', st)",
    "SELECT a.name, b.name AS other FROM u a LEFT OUTER JOIN u AS b ON b.id = a.id + 1 WHERE a.st IS NOT "
    "b.st",
    "SELECT * FROM (SELECT id AS one, name AS two FROM u) ORDER BY two",
    "SELECT main.u.name, \"u\".\"id\" FROM main.u WHERE [u].[st] = 'a'",
    "SELECT u.*, p.name AS pname FROM u JOIN p ON p.id = u.id",
    "SELECT (SELECT u.name) AS n, (SELECT x.name FROM p AS x WHERE x.u_id = u.id AND st = 'a') AS m FROM u",
    "VALUES (1, 'x')",
    "SELECT name n, id AS \"name\" FROM p",
    "SELECT name FROM (u JOIN (SELECT id AS i FROM p) ON i = id)",
    "SELECT value AS name, u.name AS id FROM u, json_each('[1, 2]')",
};

static const char *const triggers[] = {
    "CREATE TRIGGER tr AFTER UPDATE OF name, st ON p WHEN new.st = 'a' BEGIN UPDATE u SET name = new.name "
    "WHERE id = new.u_id; END",
    "CREATE TRIGGER tr AFTER UPDATE ON p BEGIN INSERT INTO u (id, name) SELECT id + 10, name FROM p WHERE id "
    "= new.id; END",
    "CREATE TRIGGER tr AFTER UPDATE ON p FOR EACH ROW BEGIN INSERT INTO status (id, label) VALUES (new.id + "
    "10, old.name); DELETE "
    "FROM u WHERE name = (SELECT name FROM p WHERE id = new.id) AND st = new.st; END",
    "CREATE TRIGGER tr BEFORE UPDATE ON p BEGIN UPDATE orders SET status = status + 1, \"Full Name\" = "
    "old.name WHERE id IN (SELECT id "
    "FROM u WHERE u.id = orders.id AND name <> new.st); SELECT CASE WHEN new.u_id IS NULL THEN raise(ABORT, "
    "'id') END; END",
    "CREATE TRIGGER tr AFTER UPDATE ON p BEGIN INSERT INTO orders (id, status) SELECT u.id + 20, count(*) "
    "FROM u JOIN p ON p.u_id = "
    "u.id WHERE u.id = new.id GROUP BY u.id; UPDATE u SET st = p.st FROM p WHERE p.id = u.id AND p.name = "
    "u.name; END",
};

/* ---- SQLite ---- */

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s\n  in: %s", why, sql);
}

static const char *answer(sqlite3 *db, const char *sql, bool names)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s\n  in: %s", sqlite3_errmsg(db), sql);
    builder b = builder_new(memory);
    for (int i = 0; names && i < sqlite3_column_count(statement); i++)
        builder_add_format(&b, "%s|", sqlite3_column_name(statement, i));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            builder_add_format(&b, "%s%s", i == 0 ? "\n" : ",", text == NULL ? "null" : text);
        }
    sqlite3_finalize(statement);
    return b.bytes;
}

static sqlite3 *database(void)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (size_t i = 0; i < ROW_COUNT(tables); i++) {
        builder b = builder_new(memory);
        for (size_t k = 0; k < tables[i]->column_count; k++)
            builder_add_format(&b, "%s\"%s\"", k == 0 ? "" : ", ", tables[i]->columns[k].name);
        run(db, arena_format(memory, "CREATE TABLE \"%s\" (%s)", tables[i]->name, b.bytes));
    }
    run(db, rows);
    return db;
}

static void make_view(sqlite3 *db, const schema *s, const char *name)
{
    run(db, arena_format(memory, "CREATE VIEW \"%s\" AS %s", name, schema_find_view(s, name)->sql));
}

/* ---- the model ---- */

static schema *model(void)
{
    schema *s = schema_new(memory, MIGEN_SQLITE);
    PLAY(s, SAFE_CREATE_ENUM("st", "a", "b"));
    for (size_t i = 0; i < ROW_COUNT(tables); i++)
        PLAY(s, SAFE_CREATE_TABLE(tables[i]));
    for (size_t i = 0; i < ROW_COUNT(first_views); i += 2)
        PLAY(s, SAFE_CREATE_VIEW(first_views[i], first_views[i + 1]));
    return s;
}

/* Another name for a column of a table; column NULL: for the table. */
typedef struct renaming {
    const char *table, *column, *to;
} renaming;

static void rename_both(schema *s, sqlite3 *db, renaming r)
{
    if (r.column == NULL) {
        PLAY(s, SAFE_RENAME_TABLE(r.table, r.to));
        run(db, arena_format(memory, "ALTER TABLE \"%s\" RENAME TO \"%s\"", r.table, r.to));
    } else {
        PLAY(s, SAFE_RENAME_COLUMN(r.table, r.column, r.to));
        run(db, arena_format(memory, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO \"%s\"", r.table, r.column,
                             r.to));
    }
}

/* What the text of a view gives, behind the rename (NULL: none) and back again. */
static const char *view_gives(const char *query, const renaming *r, bool back)
{
    schema *s = model();
    PLAY(s, SAFE_CREATE_VIEW("w", query));
    sqlite3 *db = database();
    if (r != NULL)
        rename_both(s, db, *r);
    if (back)
        rename_both(s, db,
                    (renaming){r->column == NULL ? r->to : r->table, r->column == NULL ? NULL : r->to,
                               r->column == NULL ? r->table : r->column});
    for (size_t i = 0; i < ROW_COUNT(first_views); i += 2)
        make_view(db, s, first_views[i]);
    make_view(db, s, "w");
    const char *gives = answer(db, "SELECT * FROM w", true);
    sqlite3_close(db);
    return back ? arena_format(memory, "%s\n%s", gives, schema_find_view(s, "w")->sql) : gives;
}

static const char *trigger_gives(const char *sql, const renaming *r)
{
    schema *s = model();
    PLAY(s, SAFE_CREATE_TRIGGER("tr", "p", sql));
    sqlite3 *db = database();
    if (r != NULL)
        rename_both(s, db, *r);
    const schema_table *p = schema_find_table(s, "p");
    if (p == NULL)
        p = schema_find_table(s, "status_of");
    run(db, p->triggers.items[0].sql);
    run(db, arena_format(memory, "UPDATE \"%s\" SET \"%s\" = 'zed', \"%s\" = 'a'", p->name.name,
                         p->columns.items[1].name, p->columns.items[3].name));
    builder b = builder_new(memory);
    for (size_t i = 0; i < ROW_COUNT(tables); i++) {
        const char *name =
            r != NULL && r->column == NULL && text_equal(r->table, tables[i]->name) ? r->to : tables[i]->name;
        builder_add(&b, answer(db, arena_format(memory, "SELECT * FROM \"%s\"", name), false));
        builder_add(&b, "\n--");
    }
    sqlite3_close(db);
    return b.bytes;
}

/* Each column under a new name, under that of a table, and each table under a new one. */
static size_t renamings(renaming *out)
{
    static const char *const to[] = {"status_of", "u", "Full name; \"of\" it"};
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT(tables); i++) {
        for (size_t k = 0; k < tables[i]->column_count; k++)
            for (size_t n = 0; n < ROW_COUNT(to); n++)
                out[count++] = (renaming){tables[i]->name, tables[i]->columns[k].name, to[n]};
        out[count++] = (renaming){tables[i]->name, NULL, "status_of"};
    }
    return count;
}

static void views_say_the_same(void **state)
{
    (void)state;
    renaming all[64];
    size_t count = renamings(all);
    for (size_t q = 0; q < ROW_COUNT(queries); q++) {
        assert_true(scope_read_query(memory, model(), queries[q]).understood);
        const char *before = view_gives(queries[q], NULL, false);
        for (size_t i = 0; i < count; i++) {
            if (text_equal(all[i].to, "Full name; \"of\" it"))
                continue; /* a " in a name: SQLite's own ALTER TABLE is asked with it below */
            bool star = strstr(queries[q], "u.*") != NULL && text_equal(all[i].table, "u");
            if (!star && !text_equal(before, view_gives(queries[q], &all[i], false)))
                fail_msg("%s\n  with %s.%s as %s gives\n%s\n  and gave\n%s", queries[q], all[i].table,
                         all[i].column, all[i].to, view_gives(queries[q], &all[i], false), before);
            const char *again = view_gives(queries[q], &all[i], true);
            if (!text_equal(arena_format(memory, "%s\n%s", before, queries[q]), again) &&
                strchr(queries[q], '[') == NULL && strchr(queries[q], '"') == NULL)
                fail_msg("%s\n  with %s.%s as %s and back is\n%s", queries[q], all[i].table, all[i].column,
                         all[i].to, again);
        }
    }
}

static void triggers_do_the_same(void **state)
{
    (void)state;
    renaming all[64];
    size_t count = renamings(all);
    for (size_t q = 0; q < ROW_COUNT(triggers); q++) {
        assert_true(scope_read_trigger(memory, model(), triggers[q]).understood);
        const char *before = trigger_gives(triggers[q], NULL);
        for (size_t i = 0; i < count; i++) {
            if (strchr(all[i].to, '"') != NULL)
                continue;
            const char *now = trigger_gives(triggers[q], &all[i]);
            if (!text_equal(before, now))
                fail_msg("%s\n  with %s.%s as %s does\n%s\n  and did\n%s", triggers[q], all[i].table,
                         all[i].column, all[i].to, now, before);
        }
    }
}

/* What cannot be told is not guessed. */
static void what_is_not_understood(void **state)
{
    (void)state;
    schema *s = model();
    static const char *const beyond[] = {"SELECT name FROM u NATURAL JOIN p",
                                         "SELECT 1 FROM (u JOIN p ON true) AS x",
                                         "DELETE FROM u",
                                         "SELECT (1",
                                         "SELECT , FROM u",
                                         ""};
    for (size_t i = 0; i < ROW_COUNT(beyond); i++)
        assert_false(scope_read_query(memory, s, beyond[i]).understood);
    assert_false(scope_read_trigger(memory, s, "CREATE TRIGGER x").understood);
    assert_true(scope_query_uses(s, "SELECT name FROM u NATURAL JOIN p", (object_name){NULL, "u"}, "name"));
    assert_false(scope_query_uses(s, "SELECT u.id, p.u_id FROM u JOIN p ON p.u_id = u.id",
                                  (object_name){NULL, "p"}, "id"));
    assert_true(
        scope_query_uses(s, "SELECT u.id, p.u_id FROM u JOIN p USING (id)", (object_name){NULL, "p"}, "id"));
    assert_false(scope_query_uses(s, "SELECT status FROM orders", (object_name){NULL, "status"}, NULL));
}

/* Values of an enum are told by the column that they are compared with, and written into, wherever it stands. */
static void values_follow(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"SELECT id FROM u WHERE st = 'a' UNION SELECT id FROM p WHERE st = 'a'",
         "SELECT id FROM u WHERE st = 'z' UNION SELECT id FROM p WHERE st = 'a'"},
        {"SELECT p.id FROM p WHERE p.id IN (SELECT id FROM u WHERE st = 'a')",
         "SELECT p.id FROM p WHERE p.id IN (SELECT id FROM u WHERE st = 'z')"},
        {"SELECT id FROM u WHERE (st) = ('a')", "SELECT id FROM u WHERE (st) = ('z')"},
        {"SELECT u.id FROM u JOIN (SELECT st AS zz, id FROM u) q ON q.id = u.id WHERE q.zz = 'a'",
         "SELECT u.id FROM u JOIN (SELECT st AS zz, id FROM u) q ON q.id = u.id WHERE q.zz = 'z'"},
        {"CREATE TRIGGER tr AFTER UPDATE ON p BEGIN UPDATE u SET st = 'a' WHERE st = 'a'; INSERT INTO u "
         "(name, st) VALUES ('a', 'a'); "
         "INSERT INTO u (st, name) SELECT 'a', 'a' FROM p WHERE st = 'a'; END",
         "CREATE TRIGGER tr AFTER UPDATE ON p BEGIN UPDATE u SET st = 'z' WHERE st = 'z'; INSERT INTO u "
         "(name, st) VALUES ('a', 'z'); "
         "INSERT INTO u (st, name) SELECT 'z', 'a' FROM p WHERE st = 'a'; END"},
    };
    for (size_t i = 0; i < ROW_COUNT(texts); i++) {
        schema *s = model();
        bool trigger = strstr(texts[i][0], "TRIGGER") != NULL;
        if (trigger)
            PLAY(s, SAFE_CREATE_TRIGGER("tr", "p", texts[i][0]));
        else
            PLAY(s, SAFE_CREATE_VIEW("w", texts[i][0]));
        PLAY(s, SAFE_RENAME_ENUM_VALUE("st", "a", "z"));
        assert_string_equal(trigger ? schema_find_table(s, "p")->triggers.items[0].sql
                                    : schema_find_view(s, "w")->sql,
                            texts[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(views_say_the_same), CASE(triggers_do_the_same),
                                       CASE(what_is_not_understood), CASE(values_follow)};
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}

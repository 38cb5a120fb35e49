/*
 * written_tables.c: each CREATE TABLE that SQLite takes is read, and a rebuild makes the same table of it.
 *
 * For each   a text made by chance from all that SQLite's grammar allows. Where SQLite takes it, the reader has to understand what
 *            sqlite_schema then has; the table is made again from the model, with its row, and PRAGMA has to say the same of its
 *            columns, defaults, keys and foreign keys as before.
 * Usage      written_tables [TEXTS [FIRST_SEED]]
 */
#include "catalog.h"
#include "sql_normal.h"
#include "sqlite_parts.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writing {
    arena *memory;
    builder text;
    unsigned long long state;
    size_t columns;
} writing;

static const char *const column_names[] = {"a",         "B",     "[c d]", "\"check\"",  "`e`", "'f'",
                                           "\"g\"\"\"", "rowid", "key",   "\"unique\"", "Ä",   "i$1"};
static const char *const table_names[] = {"t", "\"T 1\"", "[order]", "'u'", "`key`", "\"a.b\""};

static size_t chance(writing *w, size_t below)
{
    w->state = w->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (size_t)((w->state >> 33) % below);
}

static bool one_in(writing *w, size_t count)
{
    return chance(w, count) == 0;
}

#define PICK(w, list) (list)[chance(w, sizeof(list) / sizeof *(list))]

static void say(writing *w, const char *words)
{
    static const char *const gaps[] = {" ", " ", " ", " ", "\n", " /* ) , */ ", " -- ' (\n"};
    builder_add(&w->text, PICK(w, gaps));
    builder_add(&w->text, words);
}

static const char *some_column(writing *w)
{
    return column_names[chance(w, w->columns)];
}

static void say_conflict(writing *w)
{
    static const char *const words[] = {"on conflict rollback", "ON CONFLICT ABORT", "ON CONFLICT FAIL",
                                        "ON CONFLICT IGNORE", "ON CONFLICT REPLACE"};
    if (one_in(w, 5))
        say(w, PICK(w, words));
}

static void say_order(writing *w)
{
    static const char *const words[] = {"ASC", "DESC", "desc"};
    if (one_in(w, 3))
        say(w, PICK(w, words));
}

static void say_collation(writing *w)
{
    static const char *const words[] = {"COLLATE NOCASE", "COLLATE \"rtrim\"", "collate [binary]",
                                        "COLLATE 'nocase'"};
    say(w, PICK(w, words));
}

static void say_check(writing *w)
{
    static const char *const ends[] = {"IS NOT 17",
                                       "<> ')'",
                                       "IN (1, 2, 3) OR 1",
                                       "IS NULL OR 1",
                                       "BETWEEN 1 AND 5 OR 1",
                                       "NOT LIKE '%x' ESCAPE '\\' OR 1",
                                       "+ 1 IS NOT x'00'",
                                       "<> \"text\" OR 1",
                                       "COLLATE nocase <> 'q'"};
    bool brackets = one_in(w, 3);
    say(w, brackets ? "CHECK ((" : "CHECK (");
    say(w, some_column(w));
    say(w, PICK(w, ends));
    say(w, brackets ? "))" : ")");
}

static void say_deferred(writing *w)
{
    static const char *const words[] = {"DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED",
                                        "NOT DEFERRABLE INITIALLY IMMEDIATE",
                                        "DEFERRABLE INITIALLY IMMEDIATE"};
    say(w, PICK(w, words));
}

static void say_target(writing *w, size_t columns)
{
    static const char *const acts[] = {"ON DELETE CASCADE",   "ON UPDATE SET NULL", "ON DELETE SET DEFAULT",
                                       "ON UPDATE NO ACTION", "ON DELETE RESTRICT", "MATCH FULL",
                                       "MATCH simple",        "ON INSERT CASCADE"};
    static const char *const targets[] = {"p", "\"p\"", "P", "nowhere", "'p'", "[an other]"};
    say(w, "REFERENCES");
    say(w, PICK(w, targets));
    if (columns == 2)
        say(w, "(x, \"y\")");
    else if (one_in(w, 2))
        say(w, one_in(w, 2) ? "(x)" : "([x])");
    while (one_in(w, 2))
        say(w, PICK(w, acts));
    if (one_in(w, 4))
        say_deferred(w);
}

static void say_name(writing *w)
{
    static const char *const names[] = {"CONSTRAINT k1", "CONSTRAINT \"K 2\"", "CONSTRAINT [k3]",
                                        "constraint 'k4'"};
    if (one_in(w, 6))
        say(w, PICK(w, names));
}

static void say_clause(writing *w, size_t index)
{
    static const char *const defaults[] = {"1",
                                           "-1",
                                           "+ 2",
                                           "- 1.5e3",
                                           "'it''s'",
                                           "\"dq\"",
                                           "bare",
                                           "NULL",
                                           "TRUE",
                                           "x'0aFF'",
                                           "CURRENT_TIMESTAMP",
                                           "(1 + (2))",
                                           "('a' || ')')",
                                           "0x1F",
                                           "- 'x'",
                                           "[q]",
                                           "`w`",
                                           "current_date",
                                           "(CURRENT_TIME)",
                                           "-null",
                                           "+x'01'",
                                           "+current_time",
                                           ".5",
                                           "abort"};
    say_name(w);
    switch (chance(w, 12)) {
    case 0:
        say(w, "PRIMARY KEY");
        say_order(w);
        say_conflict(w);
        if (one_in(w, 4))
            say(w, "AUTOINCREMENT");
        break;
    case 1:
    case 2:
        say(w, "NOT NULL");
        say_conflict(w);
        break;
    case 3:
        say(w, "NULL");
        say_conflict(w);
        break;
    case 4:
        say(w, "UNIQUE");
        say_conflict(w);
        break;
    case 5:
    case 6:
        say(w, "DEFAULT");
        say(w, PICK(w, defaults));
        break;
    case 7:
    case 8:
        say_collation(w);
        break;
    case 9:
        say_target(w, 1);
        break;
    case 10:
        if (one_in(w, 3))
            say_deferred(w);
        else
            say_check(w);
        break;
    default:
        if (index == 0 || !one_in(w, 3))
            break;
        say(w, one_in(w, 2) ? "GENERATED ALWAYS AS (" : "AS (");
        say(w, "a || 1)");
        if (one_in(w, 2))
            say(w, one_in(w, 2) ? "STORED" : "virtual");
        break;
    }
}

static void say_column(writing *w, size_t index)
{
    static const char *const types[] = {"INTEGER",
                                        "int",
                                        "TEXT",
                                        "VARCHAR(20)",
                                        "\"VARCHAR\" (20)",
                                        "'my type'",
                                        "",
                                        "",
                                        "DECIMAL (10, -2)",
                                        "unsigned big int",
                                        "[text]",
                                        "BOOLEAN",
                                        "JSON",
                                        "DATETIME",
                                        "blob",
                                        "double precision",
                                        "NUMERIC",
                                        "TIMESTAMP TEXT",
                                        "char(36)",
                                        "REAL(+3)",
                                        "integer always",
                                        "int key",
                                        "float desc",
                                        "ANY",
                                        "INTEGER (4)",
                                        "national character(5)",
                                        "text on_"};
    say(w, column_names[index]);
    say(w, PICK(w, types));
    while (!one_in(w, 3))
        say_clause(w, index);
}

static void say_keys(writing *w)
{
    say(w, "(");
    do {
        if (w->text.bytes[w->text.length - 1] != '(')
            say(w, ",");
        const char *column = some_column(w);
        size_t brackets = one_in(w, 4) ? 1 + chance(w, 2) : 0;
        for (size_t i = 0; i < brackets; i++)
            say(w, "(");
        say(w, column);
        if (brackets != 0 && one_in(w, 3))
            say_collation(w);
        for (size_t i = 0; i < brackets; i++)
            say(w, ")");
        while (one_in(w, 4))
            say_collation(w);
        say_order(w);
    } while (one_in(w, 2));
}

static void say_constraint(writing *w)
{
    say_name(w);
    switch (chance(w, 5)) {
    case 0:
        say(w, "PRIMARY KEY");
        say_keys(w);
        if (one_in(w, 5))
            say(w, "AUTOINCREMENT");
        say(w, ")");
        say_conflict(w);
        break;
    case 1:
        say(w, "UNIQUE");
        say_keys(w);
        say(w, ")");
        say_conflict(w);
        break;
    case 2:
        say_check(w);
        say_conflict(w);
        break;
    case 3:
        if (w->columns > 1 && one_in(w, 2)) {
            say(w, "FOREIGN KEY (a, b)");
            say_target(w, 2);
        } else {
            say(w, "FOREIGN KEY (\"A\")");
            say_target(w, 1);
        }
        break;
    default: /* a name without its constraint */
        if (one_in(w, 3))
            say(w, "CONSTRAINT alone");
        break;
    }
}

static const char *write_table(writing *w)
{
    static const char *const options[] = {"WITHOUT ROWID", "without rowid", "STRICT", "strict, WITHOUT rowid",
                                          "STRICT , strict"};
    w->columns = 1 + chance(w, sizeof column_names / sizeof *column_names);
    if (w->columns > 5 && !one_in(w, 3))
        w->columns = 1 + chance(w, 3);
    builder_add(&w->text, one_in(w, 5) ? "create" : "CREATE");
    say(w, one_in(w, 4) ? "TABLE IF NOT EXISTS" : "TABLE");
    say(w, PICK(w, table_names));
    say(w, "(");
    for (size_t i = 0; i < w->columns; i++) {
        if (i != 0)
            say(w, ",");
        say_column(w, i);
    }
    for (size_t i = chance(w, 4); i > 0; i--) {
        if (i > 1 || !one_in(w, 8))
            say(w, ",");
        say_constraint(w);
    }
    say(w, ")");
    if (one_in(w, 4))
        say(w, PICK(w, options));
    return w->text.bytes;
}

/* ── what SQLite says of a table ── */

typedef VECTOR(const char *) line_list;

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rows of a query, their columns joined; sorted. */
static void add_rows(arena *a, sqlite3 *db, line_list *lines, const char *sql, const char *argument)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        printf("%s: %s\n", sqlite3_errmsg(db), sql);
        exit(1);
    }
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_text(statement, 1, argument, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        builder b = builder_new(a);
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            builder_add(&b, i == 0 ? "" : "|");
            builder_add(&b, value == NULL ? "null" : value);
        }
        vector_push(a, lines, b.bytes);
    }
    sqlite3_finalize(statement);
}

/* As it stands in a column of that affinity. */
static const char *value_of(arena *a, sqlite3 *db, const char *expression, const char *affinity)
{
    builder b = builder_new(a);
    static const char *const words[] = {"bare", "abort", "[q]", "`w`", NULL}; /* names are texts, there */
    bool word = list_contains(words, expression);
    builder_add(&b, text_equal(affinity, "TEXT") ? "SELECT quote(CAST(" : "SELECT quote((");
    builder_add(&b, word ? "'" : "");
    if (word && strchr("[`", *expression) != NULL)
        builder_add_bytes(&b, expression + 1, strlen(expression) - 2);
    else
        builder_add(&b, expression == NULL ? "NULL" : expression);
    builder_add(&b, word ? "'" : "");
    builder_add(&b, text_equal(affinity, "TEXT") ? " AS TEXT))" : "))");
    sqlite3_stmt *statement = NULL;
    const char *value = expression == NULL ? NULL : text_lower(a, expression);
    if (value != NULL && strstr(value, "current_") != NULL)
        return value;
    if (sqlite3_prepare_v2(db, b.bytes, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = arena_string(a, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

/* Columns: name, affinity, NOT NULL (which says nothing of a rowid), default's value, place in the key, kind. */
static void add_columns(arena *a, sqlite3 *db, line_list *lines, const char *name, bool has_rowid)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v2(db,
                       "SELECT name, type, \"notnull\", dflt_value, pk, hidden, (SELECT count(*) FROM "
                       "pragma_table_xinfo(?1) "
                       "WHERE pk <> 0) + (SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'pk') "
                       "FROM pragma_table_xinfo(?1)",
                       -1, &statement, NULL);
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *type = arena_string(a, (const char *)sqlite3_column_text(statement, 1));
        bool rowid = has_rowid && sqlite3_column_int(statement, 4) == 1 &&
                     sqlite3_column_int(statement, 6) == 1 && text_equal_word(type, "integer");
        const char *collation = NULL;
        sqlite3_table_column_metadata(db, NULL, name, (const char *)sqlite3_column_text(statement, 0), NULL,
                                      &collation, NULL, NULL, NULL);
        builder b = builder_new(a);
        builder_add_format(
            &b, "%s %s collate %s %s default %s key %d kind %d",
            (const char *)sqlite3_column_text(statement, 0), sqlite_affinity_of(a, type), collation,
            sqlite3_column_int(statement, 2) && !rowid ? "not null" : "",
            value_of(a, db, (const char *)sqlite3_column_text(statement, 3), sqlite_affinity_of(a, type)),
            sqlite3_column_int(statement, 4), sqlite3_column_int(statement, 5));
        vector_push(a, lines, text_lower(a, b.bytes));
    }
    sqlite3_finalize(statement);
}

static const char *table_said(arena *a, sqlite3 *db, const char *name, bool without_rowid)
{
    line_list lines = {0};
    add_columns(a, db, &lines, name, !without_rowid);
    size_t from = lines.count;
    add_rows(a, db, &lines,
             "SELECT origin, \"unique\", partial, (SELECT group_concat(name || ' ' || lower(coll) || ' ' || "
             "iif(origin = 'pk', '', \"desc\")) FROM "
             "pragma_index_xinfo(i.name) WHERE key) FROM pragma_index_list(?1) i",
             name);
    add_rows(a, db, &lines,
             "SELECT lower(\"table\"), group_concat(\"from\" || ' ' || coalesce(\"to\", '')), on_update, "
             "on_delete FROM "
             "pragma_foreign_key_list(?1) GROUP BY id",
             name);
    add_rows(a, db, &lines, "SELECT strict, wr FROM pragma_table_list WHERE name = ?1", name);
    qsort((void *)(lines.items + from), lines.count - from, sizeof *lines.items, compare_lines);
    builder b = builder_new(a);
    for (size_t i = 0; i < lines.count; i++)
        builder_add_format(&b, "%s\n", lines.items[i]);
    return b.bytes;
}

/* ── the test ── */

static size_t taken, failures;

static void fail(const char *what, const char *sql, const char *one, const char *other)
{
    failures++;
    if (failures < 40)
        printf("FAILED %s\n--- text\n%s\n--- before\n%s\n--- after\n%s\n", what, sql, one, other);
}

static void rebuild(arena *a, sqlite3 *db, const char *sql, const schema_table *t)
{
    const char *before = table_said(a, db, t->name.name, t->without_rowid);
    char *message = NULL;
    char *insert = sqlite3_mprintf("INSERT OR IGNORE INTO \"%w\" DEFAULT VALUES", t->name.name);
    sqlite3_exec(db, insert, NULL, NULL, NULL);
    sqlite3_free(insert);
    sql_list out = {0};
    table_rebuild b = {.before = t, .after = t};
    sqlite_write_rebuild(a, schema_new(a, MIGEN_SQLITE), &b, &out);
    for (size_t i = 0; i < out.count; i++)
        if (sqlite3_exec(db, out.items[i].text, NULL, NULL, &message) != SQLITE_OK) {
            fail(message, sql, before, out.items[i].text);
            sqlite3_free(message);
            return;
        }
    const char *after = table_said(a, db, t->name.name, t->without_rowid);
    if (strcmp(before, after) != 0)
        fail("another table", sql, before, after);
}

static void try_text(arena *a, const char *sql)
{
    sqlite3 *db = NULL;
    line_list stored = {0};
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "CREATE TABLE p (id INTEGER PRIMARY KEY, x UNIQUE, y, UNIQUE (x, y))", NULL, NULL, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) {
        taken++;
        add_rows(a, db, &stored,
                 "SELECT sql FROM sqlite_master WHERE type = 'table' AND name <> 'p' AND name <> "
                 "'sqlite_sequence'",
                 NULL);
        schema_table t;
        if (!sqlite_parse_table(a, stored.items[0], &t))
            fail("not read", stored.items[0], "", "");
        else
            rebuild(a, db, stored.items[0], &t);
    }
    sqlite3_close(db);
}

int main(int count, char **words)
{
    size_t texts = count > 1 ? (size_t)strtoul(words[1], NULL, 10) : 2000;
    unsigned long long seed = count > 2 ? strtoull(words[2], NULL, 10) : 1;
    for (size_t i = 0; i < texts; i++, seed++) {
        writing w = {.memory = arena_new(), .state = seed * 7919};
        w.text = builder_new(w.memory);
        const char *sql = write_table(&w);
        if (getenv("SHOW"))
            printf("%s;\n", sql);
        try_text(w.memory, sql);
        arena_free(w.memory);
    }
    printf("written_tables: %zu texts, %zu taken by SQLite, %zu failures\n", texts, taken, failures);
    return failures == 0 && taken * 5 > texts ? 0 : 1;
}

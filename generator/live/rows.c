/*
 * rows.c: see rows.h.
 */
#include "rows.h"

#include "row_value.h"
#include "sql_split.h"
#include "sql_writer.h"
#include "text.h"

#include <stdlib.h>

#define ROWS_A_TABLE  2
#define MOST_ATTEMPTS 24
#define PLAIN_ATTEMPTS                                                                                       \
    12 /* behind them NULL is given no more, and what later migrations check does not count */

typedef VECTOR(const schema_table *) table_list;

typedef struct row_maker {
    arena *memory;
    const live_database *database;
    size_t version;
    const schema *schema;
    driver *driver;
    live_rows_report *report;
} row_maker;

/* Tables before those that refer to them; a circle is broken somewhere. */
static void add_table(row_maker *m, const schema_table *t, map *seen, table_list *out)
{
    const char *name = name_text(m->memory, t->name);
    if (map_has(seen, name))
        return;
    map_set(seen, name, m);
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *c = &t->constraints.items[i];
        const schema_table *target =
            c->kind == MIGEN_FOREIGN_KEY ? schema_find_table(m->schema, c->references) : NULL;
        if (target != NULL)
            add_table(m, target, seen, out);
    }
    vector_push(m->memory, out, t);
}

/* The foreign key that a column belongs to, and which of its columns it is. */
static const migen_constraint *key_of(const schema_table *t, const char *column, size_t *at)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *c = &t->constraints.items[i];
        if (c->kind != MIGEN_FOREIGN_KEY || c->references_columns == NULL)
            continue;
        for (*at = 0; c->columns[*at] != NULL; (*at)++)
            if (text_equal(c->columns[*at], column))
                return c;
    }
    return NULL;
}

static bool in_primary_key(const schema_table *t, const char *column)
{
    const migen_constraint *key = table_primary_key(t);
    return key != NULL && list_contains(key->columns, column);
}

static bool counts_by_itself(const migen_column *column)
{
    return column->type.kind == MIGEN_TYPE_ID || column->type.kind == MIGEN_TYPE_SERIAL ||
           column->type.kind == MIGEN_TYPE_BIGSERIAL;
}

/* (SELECT "id" FROM "users" ORDER BY 1 LIMIT 1 OFFSET row) */
static void write_reference(sql_writer *w, const migen_constraint *key, size_t at, size_t row)
{
    sql_open(w);
    sql_words(w, "SELECT");
    sql_name(w, key->references_columns[at]);
    sql_words(w, "FROM");
    sql_object_text(w, key->references);
    sql_words(w, "ORDER BY 1 LIMIT 1 OFFSET");
    sql_integer(w, (long long)row);
    sql_close(w);
}

/* The checks of this version, and those that the release's last version has on the same table. */
static text_list checks_of(row_maker *m, const schema_table *t)
{
    text_list checks = {0};
    const char *name = name_text(m->memory, t->name);
    const size_t engine = m->database->target.engine == MIGEN_POSTGRES ? 0 : 1;
    const schema *last = m->database->release->final_schema[engine];
    const schema_table *tables[] = {t, last == NULL ? NULL : schema_find_table(last, name)};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; tables[k] != NULL && i < tables[k]->constraints.count; i++)
            if (tables[k]->constraints.items[i].kind == MIGEN_CHECK)
                vector_push(m->memory, &checks, tables[k]->constraints.items[i].expression);
    return checks;
}

static text_list hints_for(row_maker *m, const text_list *checks, const migen_column *column)
{
    text_list hints = {0};
    for (size_t i = 0; i < checks->count; i++)
        if (row_value_mentions(m->memory, checks->items[i], column->name))
            row_value_hints(m->memory, checks->items[i], &hints);
    return hints;
}

static const char *insert_statement(row_maker *m, const schema_table *t, const text_list *checks, size_t row,
                                    size_t attempt)
{
    sql_writer names = sql_new(m->memory), values = sql_new(m->memory);
    size_t count = 0;
    for (size_t i = 0; i < t->columns.count; i++) {
        const migen_column *column = &t->columns.items[i];
        size_t at = 0;
        const migen_constraint *key = key_of(t, column->name, &at);
        bool may_be_null = !column->not_null && !in_primary_key(t, column->name);
        if (column->generated != NULL || column->maybe || (counts_by_itself(column) && key == NULL))
            continue;
        if (row > 0 && attempt < PLAIN_ATTEMPTS && may_be_null)
            continue;
        if (row > 0 && column->default_value != NULL && attempt < PLAIN_ATTEMPTS)
            continue;
        if (count++ > 0) {
            sql_comma(&names);
            sql_comma(&values);
        }
        sql_name(&names, column->name);
        if (key != NULL) {
            write_reference(&values, key, at, row);
        } else {
            text_list hints = hints_for(m, checks, column);
            sql_expression(&values, row_value(m->memory, m->schema, column, row, attempt, &hints));
        }
    }
    sql_writer w = sql_new(m->memory);
    sql_words(&w, "INSERT INTO");
    sql_object(&w, t->name);
    if (count == 0) {
        sql_words(&w, "DEFAULT VALUES");
    } else {
        sql_in_brackets(&w, sql_text(&names));
        sql_words(&w, "VALUES");
        sql_in_brackets(&w, sql_text(&values));
    }
    return sql_text(&w);
}

static bool carries(row_maker *m, const char *sql)
{
    error e = error_new(m->memory);
    return driver_query(m->driver, sql, m->memory, NULL, &e) == STATUS_OK;
}

static size_t count_of(row_maker *m, const schema_table *t, const char *against)
{
    sql_writer w = sql_new(m->memory);
    sql_words(&w, "SELECT count(*) FROM");
    sql_object(&w, t->name);
    if (against != NULL) {
        sql_words(&w, "WHERE NOT");
        sql_in_brackets(&w, against);
    }
    driver_result result;
    error e = error_new(m->memory);
    if (driver_query(m->driver, sql_text(&w), m->memory, &result, &e) != STATUS_OK)
        return against == NULL
                   ? 1
                   : 0; /* it names what is not there yet; a table that is not there takes no rows */
    return strtoul(driver_value(&result, 0, 0), NULL, 10) > 0 ? 1 : 0;
}

static bool breaks_a_check(row_maker *m, const schema_table *t, const text_list *checks)
{
    for (size_t i = 0; i < checks->count; i++) {
        (void)carries(m, "SAVEPOINT looking");
        bool broken = count_of(m, t, checks->items[i]) > 0;
        (void)carries(m, "ROLLBACK TO SAVEPOINT looking");
        if (broken)
            return true;
    }
    return false;
}

static bool make_row(row_maker *m, const schema_table *t, const text_list *checks, size_t row)
{
    for (size_t attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        if (driver_interrupted())
            return false;
        const char *sql = insert_statement(m, t, checks, row, attempt);
        if (!carries(m, "BEGIN"))
            return false;
        bool good = carries(m, sql) && (attempt >= PLAIN_ATTEMPTS || !breaks_a_check(m, t, checks));
        if (carries(m, good ? "COMMIT" : "ROLLBACK") && good)
            return true;
    }
    return false;
}

static void fill_table(row_maker *m, const schema_table *t)
{
    if (t->maybe || t->is_virtual || count_of(m, t, NULL) > 0)
        return;
    text_list checks = checks_of(m, t);
    size_t made = 0;
    for (size_t row = 0; row < ROWS_A_TABLE; row++)
        made += make_row(m, t, &checks, row);
    m->report->made += made;
    const char *name = name_text(m->memory, t->name);
    if (made == 0)
        vector_push(m->memory, &m->report->left_empty, name);
}

status live_rows_make(arena *a, const live_database *d, size_t version, live_rows_report *out, error *e)
{
    row_maker m = {.memory = a, .database = d, .version = version, .report = out};
    m.schema = live_expected(a, d, version);
    *out = (live_rows_report){0};
    status s = driver_open(&d->target, &(driver_options){.application_name = "migen", .busy_timeout = 5000},
                           &m.driver, e);
    if (s != STATUS_OK)
        return s;
    if (d->target.engine == MIGEN_SQLITE)
        (void)carries(&m, "PRAGMA foreign_keys = ON");
    map seen = map_new(a);
    table_list tables = {0};
    for (size_t i = 0; i < m.schema->tables.count; i++)
        if (!m.schema->tables.entries[i].removed)
            add_table(&m, m.schema->tables.entries[i].value, &seen, &tables);
    for (size_t i = 0; i < tables.count; i++)
        fill_table(&m, tables.items[i]);
    driver_close(m.driver);
    return STATUS_OK;
}

status live_rows_carry(arena *a, const live_database *d, view sql, error *e)
{
    sql_problem problem = {0};
    sql_piece_list pieces = sql_split(a, sql, d->target.engine, &problem);
    if (problem.message != NULL)
        return error_set(e, STATUS_FAILED, "%s", problem.message);
    driver *connection = NULL;
    status s = driver_open(&d->target, &(driver_options){.application_name = "migen", .busy_timeout = 5000},
                           &connection, e);
    if (s == STATUS_OK && d->target.engine == MIGEN_SQLITE)
        s = driver_query(connection, "PRAGMA foreign_keys = ON", a, NULL, e);
    if (s == STATUS_OK)
        s = driver_query(connection, "BEGIN", a, NULL, e);
    for (size_t i = 0; s == STATUS_OK && i < pieces.count; i++)
        s = driver_query(connection, arena_copy(a, pieces.items[i].text.bytes, pieces.items[i].text.length),
                         a, NULL, e);
    if (s == STATUS_OK)
        s = driver_query(connection, "COMMIT", a, NULL, e);
    driver_close(connection);
    return s;
}

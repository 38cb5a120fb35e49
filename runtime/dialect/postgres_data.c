/* Data on PostgreSQL: run, seed, backfill. */
#include "dialect_data.h"
#include "postgres_parts.h"

#include <string.h>

#define POSTGRES_SEED_ROWS 500 /* a statement */

void postgres_move_sequence(const dialect_request *r, const char *object, const char *column, sql_list *out)
{
    sql_writer table = sql_new(r->memory);
    sql_object_text(&table, object);
    sql_writer sequence = sql_new(r->memory);
    sql_words(&sequence, "pg_catalog.pg_get_serial_sequence");
    dialect_open_call(&sequence);
    sql_string(&sequence, sql_text(&table));
    sql_comma(&sequence);
    sql_string(&sequence, column);
    sql_close(&sequence);
    sequence.space_due = false;
    sql_words(&sequence, "::regclass"); /* as a text it could be an argument of somebody else's nextval */
    /* nextval() says where the sequence is: it never goes back. */
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "SELECT pg_catalog.setval");
    dialect_open_call(&w);
    sql_expression(&w, sql_text(&sequence));
    sql_comma(&w);
    sql_words(&w, "greatest");
    dialect_open_call(&w);
    sql_words(&w, "pg_catalog.max");
    dialect_open_call(&w);
    sql_name(&w, column);
    sql_close(&w);
    sql_comma(&w);
    sql_words(&w, "pg_catalog.nextval");
    dialect_open_call(&w);
    sql_expression(&w, sql_text(&sequence));
    sql_close(&w);
    sql_words(&w, "- 1");
    sql_close(&w);
    sql_close(&w);
    sql_words(&w, "FROM");
    sql_object_text(&w, object);
    sql_words(&w, "HAVING pg_catalog.max");
    dialect_open_call(&w);
    sql_name(&w, column);
    sql_close(&w);
    sql_words(&w, ">= 1");
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

#define SEED_ROW "_migen_row" /* where rows are numbered as they are written */

/* (…) AS wanted (columns): rows, or the author's SELECT with its columns cast. */
static void postgres_seed_source(sql_writer *w, const schema_table *t, const migen_seed *seed, size_t first,
                                 size_t count, bool in_order)
{
    sql_open(w);
    if (seed->from == NULL && in_order) {
        sql_words(w, "SELECT *, pg_catalog.row_number() OVER () FROM");
        sql_open(w);
        seed_rows(w, MIGEN_POSTGRES, t, seed, first, count);
        sql_close(w);
        sql_words(w, "AS");
        sql_name(w, "_migen_written");
    } else if (seed->from == NULL) {
        seed_rows(w, MIGEN_POSTGRES, t, seed, first, count);
    } else {
        sql_words(w, "SELECT");
        for (size_t i = 0; seed->columns[i] != NULL; i++) {
            migen_type type = seed_column_type(t, seed->columns[i]);
            if (i != 0)
                sql_comma(w);
            if (type.kind == MIGEN_TYPE_NONE) {
                sql_name(w, seed->columns[i]);
                continue;
            }
            sql_words(w, "CAST");
            dialect_open_call(w);
            sql_name(w, seed->columns[i]);
            sql_words(w, "AS");
            sql_expression(w, dialect_type(w->text.memory, MIGEN_POSTGRES, type_without_length(type)));
            sql_close(w);
        }
        sql_words(w, "FROM");
        sql_in_brackets(w, seed->from);
        sql_words(w, "AS");
        sql_name(w, "_migen_selected");
        sql_names(w, seed->columns);
    }
    sql_close(w);
    sql_words(w, "AS");
    sql_name(w, SEED_WANTED);
    size_t width = list_length(seed->columns);
    const char **columns = ARENA_NEW_ARRAY(w->text.memory, const char *, width + 2);
    for (size_t i = 0; i < width; i++)
        columns[i] = seed->columns[i];
    columns[width] = in_order ? SEED_ROW : NULL;
    sql_names(w, columns);
}

/* json and many a native type have no equality, others only another type's: their text is compared. */
static void postgres_seed_distinct(sql_writer *w, const schema_table *t, const char *column)
{
    migen_type type = seed_column_type(t, column);
    bool as_text = type.kind == MIGEN_TYPE_JSON || type.kind == MIGEN_TYPE_NATIVE ||
                   type.kind == MIGEN_TYPE_NONE || seed_has_no_operators(MIGEN_POSTGRES, type);
    seed_column(w, SEED_PRESENT, column);
    if (as_text) {
        w->space_due = false;
        sql_words(w, "::text");
    }
    sql_words(w, "IS DISTINCT FROM");
    seed_column(w, SEED_WANTED, column);
    if (as_text) {
        w->space_due = false;
        sql_words(w, "::text");
    }
}

static void postgres_seed_update(const dialect_request *r, const schema_table *t, size_t first, size_t count,
                                 sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    const char *const *others = seed_other_columns(r->memory, seed);
    if (others[0] == NULL)
        return;
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "UPDATE");
    sql_object_text(&w, r->step->object);
    sql_words(&w, "AS");
    sql_name(&w, SEED_PRESENT);
    sql_words(&w, "SET");
    for (size_t i = 0; others[i] != NULL; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_name(&w, others[i]);
        sql_words(&w, "=");
        seed_column(&w, SEED_WANTED, others[i]);
    }
    sql_words(&w, "FROM");
    postgres_seed_source(&w, t, seed, first, count, false);
    sql_words(&w, "WHERE");
    seed_key_match(&w, MIGEN_POSTGRES, t, seed);
    sql_words(&w, "AND");
    sql_open(&w);
    for (size_t i = 0; others[i] != NULL; i++) {
        if (i != 0)
            sql_words(&w, "OR");
        postgres_seed_distinct(&w, t, others[i]);
    }
    sql_close(&w);
    dialect_push(r, out, &w, (sql_statement){.counts_rows = true});
}

/* A column found as GENERATED ALWAYS takes a seed's number only when it is told to. */
static bool postgres_seed_overrides(const schema_table *t, const migen_seed *seed)
{
    for (size_t i = 0; t != NULL && i < t->columns.count; i++)
        if (list_contains(seed->columns, t->columns.items[i].name) &&
            text_starts_with(t->columns.items[i].extra, "GENERATED ALWAYS"))
            return true;
    return false;
}

/* Whether the rows get numbers of a sequence: those are to come in the order in which the rows are written, which a join may not
 * keep (PostgreSQL 16 and later turn it around). */
static bool postgres_seed_counts(const schema_table *t, const migen_seed *seed, size_t rows)
{
    for (size_t i = 0; seed->from == NULL && rows > 1 && t != NULL && i < t->columns.count; i++) {
        const migen_column *column = &t->columns.items[i];
        migen_type_kind kind = column->type.kind;
        bool counts = kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL ||
                      text_starts_with(column->extra, "GENERATED") ||
                      (column->default_value != NULL && strstr(column->default_value, "nextval") != NULL);
        if (counts && !list_contains(seed->columns, column->name))
            return true;
    }
    return false;
}

static void postgres_seed_insert(const dialect_request *r, const schema_table *t, size_t first, size_t count,
                                 sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "INSERT INTO");
    sql_object_text(&w, r->step->object);
    sql_names(&w, seed->columns);
    if (postgres_seed_overrides(t, seed))
        sql_words(&w, "OVERRIDING SYSTEM VALUE");
    sql_words(&w, "SELECT");
    if (seed->from != NULL) { /* a key that the SELECT gives twice is one row */
        sql_words(&w, "DISTINCT ON");
        sql_open(&w);
        seed_wanted(&w, seed->key);
        sql_close(&w);
    }
    seed_wanted(&w, seed->columns);
    sql_words(&w, "FROM");
    bool in_order = postgres_seed_counts(t, seed, count);
    postgres_seed_source(&w, t, seed, first, count, in_order);
    seed_where_missing(&w, MIGEN_POSTGRES, t, r->step);
    if (in_order) {
        sql_words(&w, "ORDER BY");
        seed_column(&w, SEED_WANTED, SEED_ROW);
    }
    dialect_push(r, out, &w, (sql_statement){.counts_rows = true});
}

static void postgres_seed(const dialect_request *r, sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    const schema_table *t = schema_find_table(r->before, r->step->object);
    size_t rows = seed->from != NULL ? 1 : seed->row_count;
    for (size_t first = 0; first < rows; first += POSTGRES_SEED_ROWS) {
        size_t count = rows - first < POSTGRES_SEED_ROWS ? rows - first : POSTGRES_SEED_ROWS;
        if (seed->update)
            postgres_seed_update(r, t, first, count, out);
        postgres_seed_insert(r, t, first, count, out);
    }
    for (size_t i = 0; rows > 0 && seed->columns[i] != NULL; i++) {
        migen_type_kind kind = seed_column_type(t, seed->columns[i]).kind;
        if (kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL)
            postgres_move_sequence(r, r->step->object, seed->columns[i], out);
    }
}

void postgres_write_data(const dialect_request *r, sql_list *out)
{
    dialect_write_data(r, postgres_seed, out);
}

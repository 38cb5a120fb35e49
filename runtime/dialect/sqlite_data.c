/* Data on SQLite: run, seed, backfill. */
#include "dialect_data.h"
#include "sqlite_parts.h"

#define SQLITE_SEED_ROWS 400 /* a statement */

/* WITH wanted (columns) AS (…) */
static sql_writer sqlite_seed_source(const dialect_request *r, const schema_table *t, size_t first,
                                     size_t count)
{
    const migen_seed *seed = r->step->seed;
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "WITH");
    sql_name(&w, SEED_WANTED);
    sql_names(&w, seed->columns);
    sql_words(&w, "AS");
    sql_open(&w);
    if (seed->from != NULL)
        sql_expression(&w, seed->from);
    else
        seed_rows(&w, MIGEN_SQLITE, t, seed, first, count);
    sql_close(&w);
    return w;
}

static void sqlite_seed_update(const dialect_request *r, const schema_table *t, size_t first, size_t count,
                               sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    const char *const *others = seed_other_columns(r->memory, seed);
    if (others[0] == NULL)
        return;
    sql_writer w = sqlite_seed_source(r, t, first, count);
    sql_words(&w, "UPDATE");
    sql_object_text(&w, r->step->object);
    sql_words(&w, "AS");
    sql_name(&w, SEED_PRESENT);
    sql_words(&w, "SET");
    sql_names(&w, others);
    sql_words(&w, "=");
    sql_open(&w);
    sql_words(&w, "SELECT");
    seed_wanted(&w, others);
    sql_words(&w, "FROM");
    sql_name(&w, SEED_WANTED);
    sql_words(&w, "WHERE");
    seed_key_match(&w, MIGEN_SQLITE, t, seed);
    sql_close(&w);
    sql_words(&w, "WHERE EXISTS");
    sql_open(&w);
    sql_words(&w, "SELECT 1 FROM");
    sql_name(&w, SEED_WANTED);
    sql_words(&w, "WHERE");
    seed_key_match(&w, MIGEN_SQLITE, t, seed);
    sql_words(&w, "AND");
    sql_open(&w);
    for (size_t i = 0; others[i] != NULL; i++) {
        if (i != 0)
            sql_words(&w, "OR");
        seed_column(&w, SEED_PRESENT, others[i]);
        sql_words(&w, "IS NOT");
        seed_column(&w, SEED_WANTED, others[i]);
    }
    sql_close(&w);
    sql_close(&w);
    dialect_push(r, out, &w, (sql_statement){.counts_rows = true});
}

static void sqlite_seed_insert(const dialect_request *r, const schema_table *t, size_t first, size_t count,
                               sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    sql_writer w = sqlite_seed_source(r, t, first, count);
    sql_words(&w, "INSERT INTO");
    sql_object_text(&w, r->step->object);
    sql_names(&w, seed->columns);
    sql_words(&w, "SELECT");
    seed_wanted(&w, seed->columns);
    sql_words(&w, "FROM");
    sql_name(&w, SEED_WANTED);
    seed_where_missing(&w, MIGEN_SQLITE, t, r->step);
    if (seed->from != NULL) { /* a key that the SELECT gives twice is one row */
        sql_words(&w, "GROUP BY");
        seed_wanted(&w, seed->key);
    }
    dialect_push(r, out, &w, (sql_statement){.counts_rows = true});
}

static void sqlite_seed(const dialect_request *r, sql_list *out)
{
    const migen_seed *seed = r->step->seed;
    const schema_table *t = schema_find_table(r->before, r->step->object);
    size_t rows = seed->from != NULL ? 1 : seed->row_count;
    for (size_t first = 0; first < rows; first += SQLITE_SEED_ROWS) {
        size_t count = rows - first < SQLITE_SEED_ROWS ? rows - first : SQLITE_SEED_ROWS;
        if (seed->update)
            sqlite_seed_update(r, t, first, count, out);
        sqlite_seed_insert(r, t, first, count, out);
    }
}

void sqlite_write_data(const dialect_request *r, sql_list *out)
{
    dialect_write_data(r, sqlite_seed, out);
}

#include "dialect_data.h"

void seed_column(sql_writer *w, const char *alias, const char *column)
{
    sql_object(w, (object_name){.schema = alias, .name = column});
}

void seed_wanted(sql_writer *w, const char *const *columns)
{
    for (size_t i = 0; columns[i] != NULL; i++) {
        if (i != 0)
            sql_comma(w);
        seed_column(w, SEED_WANTED, columns[i]);
    }
}

bool seed_has_no_operators(migen_engine engine, migen_type type)
{
    return ENGINE_IS_POSTGRES(engine) && (type.array || type.kind == MIGEN_TYPE_VARCHAR ||
                                          type.kind == MIGEN_TYPE_CHAR || type.kind == MIGEN_TYPE_ENUM);
}

static void seed_one_match(sql_writer *w, migen_engine engine, const schema_table *t, const char *column)
{
    seed_column(w, SEED_PRESENT, column);
    if (ENGINE_IS_POSTGRES(engine) && seed_has_no_operators(engine, seed_column_type(t, column)))
        sql_words(w, "OPERATOR(pg_catalog.=)");
    else
        sql_words(w, "=");
    seed_column(w, SEED_WANTED, column);
}

void seed_key_match(sql_writer *w, migen_engine engine, const schema_table *t, const migen_seed *seed)
{
    for (size_t i = 0; seed->key[i] != NULL; i++) {
        if (i != 0)
            sql_words(w, "AND");
        seed_one_match(w, engine, t, seed->key[i]);
    }
}

/* Whether a row that a query gives may have no value there. */
static bool seed_key_may_be_null(const schema_table *t, const migen_seed *seed, const char *column)
{
    const migen_column *found = t == NULL ? NULL : table_find_column(t, column);
    return seed->from != NULL && found != NULL && !found->not_null && found->type.kind != MIGEN_TYPE_ID;
}

static void seed_wanted_is_null(sql_writer *w, const schema_table *t, const migen_seed *seed)
{
    sql_open(w);
    for (size_t i = 0, said = 0; seed->key[i] != NULL; i++) {
        if (!seed_key_may_be_null(t, seed, seed->key[i]))
            continue;
        if (said++ != 0)
            sql_words(w, "OR");
        seed_column(w, SEED_WANTED, seed->key[i]);
        sql_words(w, "IS NULL");
    }
    sql_close(w);
}

/* A row without a value in its key is there when one like it is. It is asked by itself: no index or hash serves a comparison that
 * takes nulls for equal. */
static void seed_null_is_missing(sql_writer *w, migen_engine engine, const schema_table *t,
                                 const migen_step *step)
{
    const migen_seed *seed = step->seed;
    bool any = false;
    for (size_t i = 0; seed->key[i] != NULL; i++)
        any = any || seed_key_may_be_null(t, seed, seed->key[i]);
    if (!any)
        return;
    sql_words(w, "AND NOT");
    sql_open(w);
    seed_wanted_is_null(w, t, seed);
    sql_words(w, "AND EXISTS");
    sql_open(w);
    sql_words(w, "SELECT 1 FROM");
    sql_object_text(w, step->object);
    sql_words(w, "AS");
    sql_name(w, SEED_PRESENT);
    for (size_t i = 0; seed->key[i] != NULL; i++) {
        sql_words(w, i == 0 ? "WHERE" : "AND");
        sql_open(w);
        seed_one_match(w, engine, t, seed->key[i]);
        sql_words(w, "OR");
        seed_column(w, SEED_PRESENT, seed->key[i]);
        sql_words(w, "IS NULL AND");
        seed_column(w, SEED_WANTED, seed->key[i]);
        sql_words(w, "IS NULL");
        sql_close(w);
    }
    sql_close(w);
    sql_close(w);
}

void seed_where_missing(sql_writer *w, migen_engine engine, const schema_table *t, const migen_step *step)
{
    sql_words(w, "WHERE NOT EXISTS");
    sql_open(w);
    sql_words(w, "SELECT 1 FROM");
    sql_object_text(w, step->object);
    sql_words(w, "AS");
    sql_name(w, SEED_PRESENT);
    sql_words(w, "WHERE");
    seed_key_match(w, engine, t, step->seed);
    sql_close(w);
    seed_null_is_missing(w, engine, t, step);
}

migen_type seed_column_type(const schema_table *t, const char *column)
{
    const migen_column *found = t == NULL ? NULL : table_find_column(t, column);
    return found == NULL ? (migen_type){.kind = MIGEN_TYPE_NONE} : found->type;
}

/* The first row decides the types of PostgreSQL's VALUES; what is no plain literal is cast wherever it
 * stands. A cast to a length would cut silently what an INSERT refuses: types stand without theirs. */
static void seed_value(sql_writer *w, migen_engine engine, migen_type type, const char *value, bool first_row)
{
    literal_kind kind = literal_kind_of(value);
    bool cast =
        ENGINE_IS_POSTGRES(engine) && type.kind != MIGEN_TYPE_NONE && (first_row || kind > LITERAL_BYTES);
    if (cast) {
        sql_words(w, "CAST");
        dialect_open_call(w);
    }
    dialect_literal(w, engine, type, value);
    if (cast) {
        sql_words(w, "AS");
        sql_expression(w, dialect_type(w->text.memory, engine, type_without_length(type)));
        sql_close(w);
    }
}

void seed_rows(sql_writer *w, migen_engine engine, const schema_table *t, const migen_seed *seed,
               size_t first, size_t count)
{
    size_t width = list_length(seed->columns);
    sql_words(w, "VALUES");
    for (size_t row = 0; row < count; row++) {
        if (row != 0)
            sql_comma(w);
        sql_line(w);
        sql_open(w);
        for (size_t i = 0; i < width; i++) {
            if (i != 0)
                sql_comma(w);
            seed_value(w, engine, seed_column_type(t, seed->columns[i]),
                       seed->values[(first + row) * width + i], row == 0);
        }
        sql_close(w);
    }
}

const char *const *seed_other_columns(arena *a, const migen_seed *seed)
{
    size_t count = 0;
    const char **others = ARENA_NEW_ARRAY(a, const char *, list_length(seed->columns) + 1);
    for (size_t i = 0; seed->columns[i] != NULL; i++)
        if (!list_contains(seed->key, seed->columns[i]))
            others[count++] = seed->columns[i];
    return others;
}

void dialect_backfill_update(sql_writer *w, const char *object, const migen_backfill *b)
{
    sql_words(w, "UPDATE");
    sql_object_text(w, object);
    sql_words(w, "SET");
    for (size_t i = 0; b->columns[i] != NULL; i++) {
        if (i != 0)
            sql_comma(w);
        sql_name(w, b->columns[i]);
        sql_words(w, "=");
        sql_in_brackets(w, b->expressions[i]);
    }
    sql_words(w, "WHERE");
    sql_in_brackets(w, b->where);
}

const char *dialect_backfill_key(const schema_table *t, const migen_backfill *b)
{
    const migen_constraint *primary = t == NULL ? NULL : table_primary_key(t);
    const char *key = b->by;
    if (key == NULL && primary != NULL && list_length(primary->columns) == 1)
        key = primary->columns[0];
    return key == NULL || list_contains(b->columns, key) ? NULL : key;
}

/* UPDATE "t" SET "a" = (…) WHERE (…) */
static void dialect_write_backfill(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    sql_writer w = sql_new(r->memory);
    dialect_backfill_update(&w, step->object, step->backfill);
    bool others = r->online || ENGINE_IS_SQLITE(r->before->engine);
    dialect_push(r, out, &w,
                 (sql_statement){.counts_rows = true,
                                 .batches = others ? step->backfill : NULL,
                                 .batches_of = step->object});
}

void dialect_write_data(const dialect_request *r, void (*seed)(const dialect_request *r, sql_list *out),
                        sql_list *out)
{
    switch (r->step->operation) {
    case MIGEN_RUN:
        dialect_push_raw(r, out, r->step->sql, (sql_statement){.counts_rows = true});
        break;
    case MIGEN_SEED:
        seed(r, out);
        break;
    case MIGEN_BACKFILL:
        dialect_write_backfill(r, out);
        break;
    default: /* call: the engine's work */
        break;
    }
}

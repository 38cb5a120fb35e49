#include "history_rows.h"

#include "dialect_parts.h"
#include "sql_writer.h"
#include "text.h"

#include <string.h>

#define ROWS_EACH 4

static const migen_constraint *foreign_key_of(const schema_table *t, const migen_column *column)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        if (k->kind == MIGEN_FOREIGN_KEY && list_length(k->columns) == 1 &&
            text_equal(k->columns[0], column->name))
            return k;
    }
    return NULL;
}

const char *rows_value(arena *a, const schema *s, const schema_table *t, const migen_column *column, int i)
{
    const migen_constraint *key = foreign_key_of(t, column);
    const schema_table *target = key == NULL ? NULL : schema_find_table(s, key->references);
    if (target != NULL && target != t && key->references_columns != NULL)
        column = table_find_column(target, key->references_columns[0]);
    switch (column->type.kind) {
    case MIGEN_TYPE_ID:
    case MIGEN_TYPE_SERIAL:
    case MIGEN_TYPE_BIGSERIAL:
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
    case MIGEN_TYPE_NUMERIC:
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_DOUBLE:
        return arena_format(a, "%d", 10 + i * 3);
    case MIGEN_TYPE_TEXT:
    case MIGEN_TYPE_VARCHAR:
        return column->type.length != 0 && column->type.length < 12 ? arena_format(a, "'%d'", i)
                                                                    : arena_format(a, "'it''s \"ü%d'", i);
    case MIGEN_TYPE_CHAR:
        return arena_format(a, "'ab%d'", i);
    case MIGEN_TYPE_BOOL:
        return "true";
    case MIGEN_TYPE_DATE:
        return arena_format(a, "'2026-01-0%d'", i);
    case MIGEN_TYPE_TIME:
        return arena_format(a, "'0%d:30:00'", i);
    case MIGEN_TYPE_TIMESTAMP:
        return arena_format(a, "'2026-01-0%d 10:00:00'", i);
    case MIGEN_TYPE_TIMESTAMPTZ:
        return arena_format(a, "'2026-01-0%d 10:00:00+00'", i);
    case MIGEN_TYPE_INTERVAL:
        return arena_format(a, "'%d days'", i);
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return arena_format(a, "'{\"a\": %d}'", i);
    case MIGEN_TYPE_UUID:
        return arena_format(a, "'00000000-0000-0000-0000-00000000000%d'", i);
    case MIGEN_TYPE_BYTES:
        return arena_format(a, "x'00ff0%d'", i);
    case MIGEN_TYPE_ENUM: {
        const schema_enum *e = schema_find_enum(s, column->type.name);
        sql_writer w = sql_new(a);
        if (e == NULL || e->values.count == 0)
            return "null";
        sql_string(&w, e->values.items[(size_t)i % e->values.count]);
        return sql_text(&w);
    }
    default:
        return "null";
    }
}

static const char *insert_of(bench *b, const schema *s, const schema_table *t, int i)
{
    sql_writer names = sql_new(b->memory), values = sql_new(b->memory);
    size_t count = 0;
    for (size_t k = 0; k < t->columns.count; k++) {
        const migen_column *column = &t->columns.items[k];
        if (column->generated != NULL || column->type.array)
            continue;
        if (count++ != 0) {
            sql_comma(&names);
            sql_comma(&values);
        }
        sql_name(&names, column->name);
        dialect_literal(&values, b->engine, column->type, rows_value(b->memory, s, t, column, i));
    }
    if (count == 0)
        return NULL;
    sql_writer w = sql_new(b->memory);
    sql_words(&w, "INSERT INTO");
    sql_object(&w, t->name);
    sql_in_brackets(&w, sql_text(&names));
    sql_words(&w, "VALUES");
    sql_in_brackets(&w, sql_text(&values));
    return sql_text(&w);
}

static const char *values_of(bench *b, const char *table, const char *column)
{
    sql_writer w = sql_new(b->memory);
    sql_words(&w, "SELECT");
    sql_name(&w, column);
    sql_words(&w, "FROM");
    sql_object_text(&w, table);
    sql_words(&w, "ORDER BY 1");
    if (b->engine == MIGEN_POSTGRES) { /* json has no order */
        w = sql_new(b->memory);
        sql_words(&w, "SELECT CAST(");
        sql_name(&w, column);
        sql_words(&w, "AS text) FROM");
        sql_object_text(&w, table);
        sql_words(&w, "ORDER BY 1");
    }
    return bench_rows(b, sql_text(&w));
}

static const schema_table *table_at(const schema *s, size_t i)
{
    return s->tables.entries[i].removed ? NULL : s->tables.entries[i].value;
}

watch_list rows_insert(bench *b, const schema *s)
{
    watch_list w = {0};
    const char *message = NULL;
    if (b->engine == MIGEN_SQLITE)
        (void)bench_execute(b, "PRAGMA foreign_keys = ON", &message);
    for (int pass = 0; pass < 2; pass++) /* a target may be made later than what refers to it */
        for (size_t i = 0; i < s->tables.count; i++)
            for (int row = 1; table_at(s, i) != NULL && row <= ROWS_EACH; row++) {
                const char *sql = insert_of(b, s, table_at(s, i), row);
                w.rows += sql != NULL && bench_execute(b, sql, &message) ? 1 : 0;
            }
    if (b->engine == MIGEN_SQLITE)
        (void)bench_execute(b, "PRAGMA foreign_keys = OFF", &message);
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = table_at(s, i);
        for (size_t k = 0; t != NULL && k < t->columns.count; k++) {
            const char *table = name_text(b->memory, t->name);
            watched_column c = {.table = table,
                                .column = t->columns.items[k].name,
                                .first_table = table,
                                .first_column = t->columns.items[k].name};
            c.values = values_of(b, c.table, c.column);
            vector_push(b->memory, &w.columns, c);
        }
    }
    return w;
}

/* Data steps: what they have put in, or filled, is another one then. */
static bool changes_rows(const watched_column *c, const schema *before, const migen_step *step)
{
    if (step->operation == MIGEN_SEED)
        return true;
    if (step->operation != MIGEN_BACKFILL)
        return false;
    const schema_table *t = schema_find_table(before, c->table);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, c->column);
    return list_contains(step->backfill->columns, c->column) || (column != NULL && column->generated != NULL);
}

static bool changes_enum(const watched_column *c, const schema *before, const migen_step *step)
{
    const schema_table *t = schema_find_table(before, c->table);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, c->column);
    return step->operation == MIGEN_RENAME_ENUM_VALUE && column != NULL &&
           column->type.kind == MIGEN_TYPE_ENUM;
}

void rows_follow(bench *b, watch_list *w, const schema *before, const schema *after, const migen_step *step)
{
    for (size_t i = 0; i < w->columns.count; i++) {
        watched_column *c = &w->columns.items[i];
        if (c->table == NULL)
            continue;
        bool own = step->object != NULL &&
                   text_equal(name_text(b->memory, name_parse(b->memory, step->object)), c->table);
        bool part = own && step->part != NULL && text_equal(step->part, c->column);
        if (changes_enum(c, before, step) || (own && changes_rows(c, before, step)) ||
            (part && step->operation == MIGEN_ALTER_COLUMN && step->alteration->set_type)) {
            c->table = NULL;
            continue;
        }
        if (own && step->operation == MIGEN_RENAME_TABLE) {
            object_name name = name_parse(b->memory, step->object);
            name.name = step->new_name;
            c->table = name_text(b->memory, name);
        } else if (part && step->operation == MIGEN_RENAME_COLUMN) {
            c->column = step->new_name;
        }
        const schema_table *t = schema_find_table(after, c->table);
        if (t == NULL || table_find_column(t, c->column) == NULL)
            c->table = NULL;
    }
}

const char *rows_lost(bench *b, const watch_list *w, bool backwards)
{
    for (size_t i = 0; i < w->columns.count; i++) {
        const watched_column *c = &w->columns.items[i];
        if (c->table == NULL)
            continue;
        const char *now =
            values_of(b, backwards ? c->first_table : c->table, backwards ? c->first_column : c->column);
        if (!text_equal(now, c->values))
            return arena_format(b->memory, "%s.%s (now %s.%s): values are lost\nbefore: %s\nnow: %s",
                                c->first_table, c->first_column, c->table, c->column, c->values, now);
    }
    return NULL;
}

/* Whether a default may have filled it with the time, or with a random number. */
static bool is_of_its_moment(migen_type_kind kind)
{
    return kind == MIGEN_TYPE_DATE || kind == MIGEN_TYPE_TIME || kind == MIGEN_TYPE_TIMESTAMP ||
           kind == MIGEN_TYPE_TIMESTAMPTZ || kind == MIGEN_TYPE_UUID;
}

const char *rows_of_all(bench *b, const schema *s)
{
    builder out = builder_new(b->memory);
    builder_add(&out, "");
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = table_at(s, i);
        for (size_t k = 0; t != NULL && k < t->columns.count; k++) {
            const migen_column *column = &t->columns.items[k];
            if (is_of_its_moment(column->type.kind))
                continue;
            const char *table = name_text(b->memory, t->name);
            builder_add_format(&out, "%s.%s: %s\n", table, column->name, values_of(b, table, column->name));
        }
    }
    return out.bytes;
}

/* By the catalogue, not by a model: a refused run has stopped between two of them, where a table may have a name of neither. */
void rows_delete(bench *b)
{
    const char *message = NULL;
    if (b->engine == MIGEN_POSTGRES) {
        (void)bench_execute(
            b,
            "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND "
            "relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND "
            "relname NOT LIKE 'migen%' LOOP EXECUTE 'TRUNCATE TABLE ' || t || ' CASCADE'; END LOOP; END $$",
            &message);
        return;
    }
    error e = error_new(b->memory);
    driver_result tables = {0};
    if (driver_query(b->driver,
                     "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND "
                     "name NOT LIKE 'migen%'",
                     b->memory, &tables, &e) != STATUS_OK)
        return;
    for (size_t i = 0; i < tables.row_count; i++) {
        sql_writer w = sql_new(b->memory);
        sql_words(&w, "DELETE FROM");
        sql_name(&w, driver_value(&tables, i, 0));
        (void)bench_execute(b, sql_text(&w), &message);
    }
}

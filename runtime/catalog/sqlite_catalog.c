#include "sqlite_catalog.h"

#include "sql_normal.h"
#include "sql_writer.h"
#include "sqlite_ddl.h"

/* The columns of the query below. */
enum { SQLITE_ROW_TYPE, SQLITE_ROW_NAME, SQLITE_ROW_TABLE, SQLITE_ROW_SQL, SQLITE_ROW_COLUMNS };

typedef struct sqlite_reading {
    const catalog_scope *scope;
    const driver_result *rows;
    const schema *known;
    arena *memory;
    schema *model;
    map by_lower_name; /* lower-case name → schema_table or schema_view: SQLite has one name space for both */
} sqlite_reading;

driver_statement sqlite_catalog_statement(const catalog_scope *scope, arena *a)
{
    (void)scope;
    (void)a;
    return (driver_statement){
        .sql =
            "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"};
}

static const char *sqlite_row(const sqlite_reading *r, size_t row, size_t column)
{
    const char *value = driver_value(r->rows, row, column);
    return value == NULL ? "" : value;
}

static bool sqlite_is_ours(const sqlite_reading *r, const char *name)
{
    const char *prefix = r->scope == NULL ? NULL : r->scope->history_prefix;
    return text_starts_with(name, "sqlite_") || text_starts_with(name, "_migen_") ||
           (!text_is_empty(prefix) && text_starts_with(name, prefix));
}

static void *sqlite_find(const sqlite_reading *r, const char *name)
{
    return map_get(&r->by_lower_name, text_lower(r->memory, name));
}

static void sqlite_read_table(sqlite_reading *r, size_t row)
{
    schema_table *t = ARENA_NEW(r->memory, schema_table);
    const char *sql = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_SQL));
    if (!sqlite_parse_table(r->memory, sql, t)) /* it is there, and that is all that is known of it */
        *t = (schema_table){.sql = sql, .is_virtual = true};
    t->name = (object_name){NULL, arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_NAME))};
    map_set(&r->model->tables, name_text(r->memory, t->name), t);
    map_set(&r->by_lower_name, text_lower(r->memory, t->name.name), t);
}

static schema_table *sqlite_table_of(const sqlite_reading *r, const char *name)
{
    schema_table *t = sqlite_find(r, name);
    return t != NULL && map_get(&r->model->tables, name_text(r->memory, t->name)) == t ? t : NULL;
}

static schema_view *sqlite_view_of(const sqlite_reading *r, const char *name)
{
    schema_view *v = sqlite_find(r, name);
    return v != NULL && map_get(&r->model->views, name_text(r->memory, v->name)) == v ? v : NULL;
}

static void sqlite_read_view(sqlite_reading *r, size_t row)
{
    schema_view *v = ARENA_NEW(r->memory, schema_view);
    v->name = (object_name){NULL, arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_NAME))};
    v->sql = sqlite_parse_view(r->memory, sqlite_row(r, row, SQLITE_ROW_SQL));
    if (v->sql == NULL)
        v->sql = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_SQL));
    map_set(&r->model->views, name_text(r->memory, v->name), v);
    map_set(&r->by_lower_name, text_lower(r->memory, v->name.name), v);
}

static void sqlite_read_index(sqlite_reading *r, size_t row)
{
    schema_table *t = sqlite_table_of(r, sqlite_row(r, row, SQLITE_ROW_TABLE));
    const char *sql = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_SQL));
    migen_index index;
    object_name table;
    if (t == NULL)
        return;
    if (!sqlite_parse_index(r->memory, sql, &index, &table)) /* kept for a rebuild, and equal to none */
        index = (migen_index){.sql = sql};
    index.name = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_NAME));
    vector_push(r->memory, &t->indexes, index);
}

static void sqlite_read_trigger(sqlite_reading *r, size_t row)
{
    schema_trigger trigger = {.name = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_NAME)),
                              .sql = arena_string(r->memory, sqlite_row(r, row, SQLITE_ROW_SQL))};
    const char *on = sqlite_row(r, row, SQLITE_ROW_TABLE);
    schema_table *t = sqlite_table_of(r, on);
    schema_view *v = sqlite_view_of(r, on);
    if (t != NULL)
        vector_push(r->memory, &t->triggers, trigger);
    else if (v != NULL)
        vector_push(r->memory, &v->triggers, trigger);
}

static void sqlite_read_rows(sqlite_reading *r, const char *type, void (*read)(sqlite_reading *r, size_t row))
{
    for (size_t row = 0; row < r->rows->row_count; row++)
        if (text_equal(sqlite_row(r, row, SQLITE_ROW_TYPE), type) &&
            !sqlite_is_ours(r, sqlite_row(r, row, SQLITE_ROW_NAME)))
            read(r, row);
}

/* A foreign key names its target as it is spelt there, and the target's columns. */
static void sqlite_settle_foreign_key(const sqlite_reading *r, migen_constraint *key)
{
    const schema_table *target = sqlite_table_of(r, name_parse(r->memory, key->references).name);
    if (target == NULL)
        return;
    key->references = name_text(r->memory, target->name);
    if (key->references_columns == NULL) {
        for (size_t i = 0; i < target->constraints.count; i++)
            if (target->constraints.items[i].kind == MIGEN_PRIMARY_KEY)
                key->references_columns = target->constraints.items[i].columns;
        return;
    }
    size_t count = list_length(key->references_columns);
    const char **names = ARENA_NEW_ARRAY(r->memory, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const migen_column *column = table_find_column(target, key->references_columns[i]);
        names[i] = column == NULL ? key->references_columns[i] : column->name;
    }
    key->references_columns = names;
}

/* `add unique` stands as a unique index: what the history calls a constraint is one, so that it can be dropped and
 * renamed by its name. */
static void sqlite_settle_unique(const sqlite_reading *r, schema_table *t)
{
    const schema_table *known =
        r->known == NULL ? NULL : map_get(&r->known->tables, name_text(r->memory, t->name));
    for (size_t i = 0; known != NULL && i < known->constraints.count; i++) {
        const migen_constraint *wanted = &known->constraints.items[i];
        if (wanted->kind != MIGEN_UNIQUE || table_find_constraint(t, wanted->name) != NULL)
            continue;
        for (size_t k = 0; k < t->indexes.count; k++) {
            const migen_index *index = &t->indexes.items[k];
            bool plain = text_equal_word(index->name, wanted->name) && index->unique && index->where == NULL;
            const char **columns = ARENA_NEW_ARRAY(r->memory, const char *, index->item_count + 1);
            for (size_t j = 0; j < index->item_count; j++) {
                plain = plain && index->items[j].column != NULL && index->items[j].extra == NULL &&
                        !index->items[j].descending;
                columns[j] = index->items[j].column;
            }
            if (!plain)
                continue;
            migen_constraint as = {
                .kind = MIGEN_UNIQUE, .name = index->name, .columns = columns, .is_index = true};
            vector_push(r->memory, &t->constraints, as);
            vector_remove(&t->indexes, k);
            break;
        }
    }
}

static void sqlite_settle_tables(const sqlite_reading *r)
{
    for (size_t i = 0; i < r->model->tables.count; i++) {
        schema_table *t = r->model->tables.entries[i].value;
        sqlite_settle_types(r->memory, r->model, t, r->known);
        sqlite_settle_unique(r, t);
        for (size_t j = 0; j < t->constraints.count; j++)
            if (t->constraints.items[j].kind == MIGEN_FOREIGN_KEY)
                sqlite_settle_foreign_key(r, &t->constraints.items[j]);
        sqlite_settle_names(r->memory, r->model, t, r->known);
    }
}

/* Enums are nowhere in SQLite's catalogue: they are there when the history says so. */
static void sqlite_take_enums(const sqlite_reading *r)
{
    for (size_t i = 0; r->known != NULL && i < r->known->enums.count; i++) {
        const map_entry *entry = &r->known->enums.entries[i];
        if (entry->removed)
            continue;
        const schema_enum *from = entry->value;
        schema_enum *e = ARENA_NEW(r->memory, schema_enum);
        e->name = (object_name){arena_string(r->memory, from->name.schema),
                                arena_string(r->memory, from->name.name)};
        e->maybe = from->maybe;
        for (size_t j = 0; j < from->values.count; j++)
            vector_push(r->memory, &e->values, arena_string(r->memory, from->values.items[j]));
        map_set(&r->model->enums, entry->key, e);
    }
}

status sqlite_catalog_load(const catalog_scope *scope, const driver_result *result, const schema *known,
                           arena *memory, schema **out, error *e)
{
    if (!result->done || (result->row_count > 0 && result->column_count != SQLITE_ROW_COLUMNS))
        return error_set(e, STATUS_FAILED, "the catalogue of the SQLite file could not be read");
    sqlite_reading r = {.scope = scope,
                        .rows = result,
                        .known = known,
                        .memory = memory,
                        .model = schema_new(memory, MIGEN_SQLITE),
                        .by_lower_name = map_new(memory)};
    sqlite_read_rows(&r, "table", sqlite_read_table);
    sqlite_read_rows(&r, "view", sqlite_read_view);
    sqlite_read_rows(&r, "index", sqlite_read_index);
    sqlite_read_rows(&r, "trigger", sqlite_read_trigger);
    sqlite_take_enums(&r);
    sqlite_settle_tables(&r);
    *out = r.model;
    return STATUS_OK;
}

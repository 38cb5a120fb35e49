/* Enums on SQLite live in the checks of the columns that have them; schemas and the like are not there at
 * all. */
#include "sqlite_parts.h"

void sqlite_write_namespace(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

/* CASE WHEN "c" = 'a' THEN 'b' ELSE "c" END */
static const char *sqlite_enum_value_moved(const dialect_request *r, const char *column)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "CASE WHEN");
    sql_name(&w, column);
    sql_words(&w, "=");
    sql_string(&w, r->step->part);
    sql_words(&w, "THEN");
    sql_string(&w, r->step->new_name);
    sql_words(&w, "ELSE");
    sql_name(&w, column);
    sql_words(&w, "END");
    return sql_text(&w);
}

static bool sqlite_column_has_enum(const schema *s, const migen_column *column, const char *object)
{
    return column->type.kind == MIGEN_TYPE_ENUM &&
           schema_find_enum(s, column->type.name) == schema_find_enum(s, object);
}

/* Triggers that say a renamed value, of a table or view that is not made again for it. */
static void sqlite_triggers_with_value(const dialect_request *r, const schema_triggers *before,
                                       const schema_triggers *own, sql_list *out)
{
    for (size_t i = 0; i < before->count && i < own->count; i++) {
        const schema_trigger *trigger = &own->items[i];
        if (text_equal(before->items[i].sql, trigger->sql))
            continue;
        sql_writer w = sql_new(r->memory);
        sql_words(&w, "DROP TRIGGER");
        sql_name(&w, trigger->name);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
        w = sql_new(r->memory);
        sql_expression(&w, trigger->sql);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
    }
}

static void sqlite_rebuild_enum_table(const dialect_request *r, const schema *after,
                                      const schema_table *before, const schema_table *own, sql_list *out)
{
    bool renames = r->step->operation == MIGEN_RENAME_ENUM_VALUE;
    table_rebuild rebuild = {.before = before, .after = own};
    bool has = false;
    for (size_t i = 0; i < before->columns.count; i++) {
        const migen_column *column = &before->columns.items[i];
        if (!sqlite_column_has_enum(r->before, column, r->step->object))
            continue;
        has = true;
        if (!renames)
            continue;
        rebuild_value value = {.column = column->name,
                               .expression = sqlite_enum_value_moved(r, column->name)};
        vector_push(r->memory, &rebuild.values, value);
    }
    if (has)
        sqlite_write_rebuild(r->memory, after, &rebuild, out);
    else
        sqlite_triggers_with_value(r, &before->triggers, &own->triggers, out);
}

/* Views that say a renamed value are made again, with their triggers. */
static void sqlite_views_with_value(const dialect_request *r, const schema *after, sql_list *out)
{
    for (size_t i = 0; i < r->before->views.count; i++) {
        const map_entry *entry = &r->before->views.entries[i];
        const schema_view *before = entry->removed ? NULL : entry->value;
        const schema_view *own = before == NULL ? NULL : map_get(&after->views, entry->key);
        if (own == NULL)
            continue;
        if (text_equal(before->sql, own->sql)) {
            sqlite_triggers_with_value(r, &before->triggers, &own->triggers, out);
            continue;
        }
        sql_writer w = sql_new(r->memory);
        sql_words(&w, "DROP VIEW");
        sql_name(&w, own->name.name);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
        sqlite_make_view(r->memory, own, own->sql, out);
    }
}

void sqlite_write_enum(const dialect_request *r, sql_list *out)
{
    migen_operation operation = r->step->operation;
    if (operation == MIGEN_DROP_ENUM && r->step->cascade)
        sqlite_rebuild_by_step(r, NULL, out);
    if (operation != MIGEN_ADD_ENUM_VALUE && operation != MIGEN_ADD_MULTIPLE_ENUM_VALUES &&
        operation != MIGEN_RENAME_ENUM_VALUE)
        return;
    schema *after = dialect_after(r->before, r->step);
    if (after == NULL)
        return;
    for (size_t i = 0; i < r->before->tables.count; i++) {
        const map_entry *entry = &r->before->tables.entries[i];
        const schema_table *before = entry->removed ? NULL : entry->value;
        const schema_table *own = before == NULL ? NULL : map_get(&after->tables, entry->key);
        if (own != NULL && !before->is_virtual && !before->given)
            sqlite_rebuild_enum_table(r, after, before, own, out);
    }
    if (operation == MIGEN_RENAME_ENUM_VALUE)
        sqlite_views_with_value(r, after, out);
    arena_free(after->memory);
}

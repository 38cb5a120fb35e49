/* Columns on SQLite: native where the definition allows it, else by a rebuild. */
#include "sqlite_parts.h"

#include "scope.h"
#include "sql_normal.h"
#include "types.h"

#include <string.h>

static bool sqlite_default_is_null(const migen_column *column)
{
    return column->default_value == NULL || literal_kind_of(column->default_value) == LITERAL_NULL;
}

/* What ALTER TABLE ADD COLUMN takes, on an empty table and on one with rows alike. */
static bool sqlite_adds_natively(const plain_column *plain)
{
    const migen_column *column = &plain->column;
    bool checked = false;
    for (size_t i = 0; i < plain->constraints.count; i++)
        checked = checked || plain->constraints.items[i].kind == MIGEN_CHECK;
    if (column->generated != NULL)
        return !column->stored && !column->not_null && !checked;
    if (checked &&
        column->backfill != NULL) /* the rows have to hold against it when they are filled, not before */
        return false;
    if (column->default_value != NULL && !literal_is_constant(column->default_value))
        return false;
    if (column->not_null && (sqlite_default_is_null(column) || column->backfill != NULL))
        return false;
    for (size_t i = 0; i < plain->constraints.count; i++) {
        const migen_constraint *c = &plain->constraints.items[i];
        if (c->kind == MIGEN_PRIMARY_KEY || (c->kind == MIGEN_FOREIGN_KEY && !sqlite_default_is_null(column)))
            return false;
    }
    return true;
}

static void sqlite_inline_constraint(sql_writer *w, const migen_constraint *c)
{
    sql_words(w, "CONSTRAINT");
    sql_name(w, c->name);
    if (c->kind == MIGEN_CHECK) {
        sql_words(w, "CHECK");
        sql_in_brackets(w, c->expression);
    } else {
        sql_words(w, "REFERENCES");
        sql_object_text(w, c->references);
        if (c->references_columns != NULL)
            sql_names(w, c->references_columns);
        dialect_actions(w, c);
    }
    sql_expression(w, c->extra);
}

/* Before 3.37 ADD COLUMN does not hold the rows against a check. Those that do not pass are touched, which SQLite refuses. */
static void sqlite_look_at_rows(const dialect_request *r, const schema_table *t, const char *column,
                                const migen_constraint *check, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "UPDATE");
    sql_object(&w, t->name);
    sql_words(&w, "SET");
    sql_name(&w, column);
    sql_words(&w, "=");
    sql_name(&w, column);
    sql_words(&w, "WHERE sqlite_version() < '3.37' AND NOT");
    sql_in_brackets(&w, check->expression);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

static void sqlite_add_column(const dialect_request *r, const schema *s, const schema_table *t,
                              const plain_column *plain, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER TABLE");
    sql_object(&w, t->name);
    sql_words(&w, "ADD COLUMN");
    sqlite_column(&w, s, t, &plain->column);
    for (size_t i = 0; i < plain->constraints.count; i++)
        if (plain->constraints.items[i].kind != MIGEN_UNIQUE)
            sqlite_inline_constraint(&w, &plain->constraints.items[i]);
    dialect_push(r, out, &w, (sql_statement){.beside = t->name.name});
    for (size_t i = 0; i < plain->constraints.count; i++)
        if (plain->constraints.items[i].kind == MIGEN_CHECK)
            sqlite_look_at_rows(r, t, plain->column.name, &plain->constraints.items[i], out);
    if (plain->column.backfill != NULL)
        sqlite_fill_column(r, r->step->object, plain->column.name, plain->column.backfill, out);
    for (size_t i = 0; i < plain->constraints.count; i++)
        if (plain->constraints.items[i].kind == MIGEN_UNIQUE)
            sqlite_create_constraint_index(r, t->name, &plain->constraints.items[i], out);
    for (size_t i = 0; i < plain->indexes.count; i++)
        sqlite_create_index(r, t->name, &plain->indexes.items[i], out);
}

/* What the rows that are there get in a new column: its backfill, or the numbers of a serial that is not the rowid. NULL: its default. */
static const char *sqlite_added_value(const dialect_request *r, const schema_table *after,
                                      const migen_column *column)
{
    if (column->backfill != NULL || !type_numbers_itself(column->type) || column->default_value != NULL ||
        sqlite_is_rowid_column(after, column))
        return column->backfill;
    const schema_table *before = schema_find_table(r->before, r->step->object);
    const char *rowid = after->without_rowid ? NULL : sqlite_rowid_word(before, after);
    return rowid == NULL ? "row_number() OVER ()"
                         : arena_format(r->memory, "row_number() OVER (ORDER BY %s)", rowid);
}

static void sqlite_add_columns(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    schema *scratch = dialect_scratch(r->before);
    plain_column_list plain = {0};
    if (dialect_plain_columns(scratch, step->object, step->columns, step->column_count, &plain)) {
        const schema_table *t = schema_find_table(scratch, step->object);
        bool native = !rebuild_queue_has(r->waiting, t->name.name);
        table_rebuild how = {0};
        for (size_t i = 0; i < plain.count; i++) {
            native = native && sqlite_adds_natively(&plain.items[i]);
            rebuild_value value = {.column = plain.items[i].column.name,
                                   .expression = sqlite_added_value(r, t, &plain.items[i].column)};
            if (value.expression != NULL)
                vector_push(r->memory, &how.values, value);
        }
        for (size_t i = 0; native && i < plain.count; i++)
            sqlite_add_column(r, scratch, t, &plain.items[i], out);
        if (!native)
            sqlite_rebuild_by_step(r, &how, out);
    }
    arena_free(scratch->memory);
}

/* Whether anything but the column's own definition speaks of it. */
static bool sqlite_column_is_used(const schema *s, const schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->indexes.count; i++)
        if (dialect_index_uses(s, &t->indexes.items[i], column))
            return true;
    for (size_t i = 0; i < t->constraints.count; i++)
        if (dialect_constraint_uses(s, &t->constraints.items[i], column))
            return true;
    for (size_t i = 0; i < t->columns.count; i++) {
        const migen_column *other = &t->columns.items[i];
        if (other->generated != NULL && sql_mentions(other->generated, column, s->engine))
            return true;
        if (other->extra != NULL && sql_mentions(other->extra, column, s->engine))
            return true;
    }
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *v = s->views.entries[i].value;
        if (!s->views.entries[i].removed && v->sql != NULL && sql_mentions(v->sql, column, s->engine))
            return true;
    }
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *other = s->tables.entries[i].removed ? NULL : s->tables.entries[i].value;
        for (size_t j = 0; other != NULL && j < other->triggers.count; j++)
            if (other->triggers.items[j].sql == NULL ||
                sql_mentions(other->triggers.items[j].sql, column, s->engine))
                return true;
        for (size_t j = 0; other != NULL && j < other->constraints.count; j++) {
            const migen_constraint *c = &other->constraints.items[j];
            if (c->kind == MIGEN_FOREIGN_KEY && c->references_columns != NULL &&
                list_contains(c->references_columns, column) && schema_find_table(s, c->references) == t)
                return true;
        }
    }
    return false;
}

static void sqlite_drop_columns(const dialect_request *r, const char *const *columns, sql_list *out)
{
    const schema_table *t = schema_find_table(r->before, r->step->object);
    bool native = t != NULL && !rebuild_queue_has(r->waiting, t->name.name);
    for (size_t i = 0; native && columns[i] != NULL; i++)
        native = !sqlite_column_is_used(r->before, t, columns[i]);
    if (!native) {
        sqlite_rebuild_by_step(r, NULL, out);
        return;
    }
    for (size_t i = 0; columns[i] != NULL; i++) {
        sql_writer w = sql_new(r->memory);
        sql_words(&w, "ALTER TABLE");
        sql_object_text(&w, r->step->object);
        sql_words(&w, "DROP COLUMN");
        sql_name(&w, columns[i]);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
    }
}

/* What the rows get in a column that is altered; NULL: what they have. */
static const char *sqlite_altered_value(const dialect_request *r, const migen_column *found)
{
    const migen_alteration *x = r->step->alteration;
    const char *value = x->using_expression;
    if (value == NULL && x->set_type)
        value = sqlite_convert(r->memory, found->name, found->type, x->type);
    if (x->backfill == NULL)
        return value;
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "coalesce");
    dialect_open_call(&w);
    if (value != NULL)
        sql_in_brackets(&w, value);
    else
        sql_name(&w, found->name);
    sql_comma(&w);
    sql_in_brackets(&w, x->backfill);
    sql_close(&w);
    return sql_text(&w);
}

static void sqlite_alter_column(const dialect_request *r, sql_list *out)
{
    const schema_table *t = schema_find_table(r->before, r->step->object);
    const migen_column *found = t == NULL ? NULL : table_find_column(t, r->step->part);
    const migen_alteration *x = r->step->alteration;
    table_rebuild how = {0};
    if (found == NULL)
        return;
    if (x->set_type && x->using_expression == NULL)
        sqlite_guard_conversion(r, t, found, x->type, &how);
    rebuild_value value = {.column = found->name, .expression = sqlite_altered_value(r, found)};
    /* A cast has its type; what is no truth value stays as it is, for the check to refuse. */
    value.settled = x->using_expression == NULL && x->backfill == NULL && x->type.kind != MIGEN_TYPE_BOOL;
    if (value.expression != NULL)
        vector_push(r->memory, &how.values, value);
    sqlite_rebuild_by_step(r, &how, out);
}

/* The triggers that say one of the views or hang on it, whatever they are on themselves. */
static schema_triggers sqlite_triggers_on_views(const dialect_request *r, const view_list *views)
{
    schema_triggers all = {0}, found = {0};
    for (size_t i = 0; i < r->before->tables.count; i++) {
        const map_entry *entry = &r->before->tables.entries[i];
        const schema_table *t = entry->removed ? NULL : entry->value;
        for (size_t k = 0; t != NULL && k < t->triggers.count; k++)
            vector_push(r->memory, &all, t->triggers.items[k]);
    }
    for (size_t i = 0; i < r->before->views.count; i++) {
        const map_entry *entry = &r->before->views.entries[i];
        const schema_view *v = entry->removed ? NULL : entry->value;
        for (size_t k = 0; v != NULL && k < v->triggers.count; k++)
            vector_push(r->memory, &all, v->triggers.items[k]);
    }
    for (size_t i = 0; i < all.count; i++) {
        bool says = all.items[i].sql == NULL && views->count != 0;
        for (size_t k = 0; k < views->count && !says; k++)
            says = sql_says(r->memory, all.items[i].sql, views->items[k]->name.name, MIGEN_SQLITE);
        if (says)
            vector_push(r->memory, &found, all.items[i]);
    }
    return found;
}

/* Whether scope.h reads them all: else what a rename makes of them, SQLite knows better. */
static bool sqlite_triggers_are_read(const schema *s, const schema_triggers *triggers)
{
    bool understood = true;
    for (size_t i = 0; i < triggers->count && understood; i++) {
        arena *scratch = arena_new();
        understood = triggers->items[i].sql != NULL &&
                     scope_read_trigger(scratch, s, triggers->items[i].sql).understood;
        arena_free(scratch);
    }
    return understood;
}

static void sqlite_drop_named(const dialect_request *r, const char *words, const char *name, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, words);
    sql_name(&w, name);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* Whether a view below another has a *: its columns are called as the table's, whatever is done, and the other names them. */
static bool sqlite_views_need_star(const schema *s, const view_list *views)
{
    for (size_t i = 0; i < views->count; i++)
        for (size_t k = 0; k < views->count; k++)
            if (k != i && strchr(views->items[i]->sql, '*') != NULL &&
                sql_mentions(views->items[k]->sql, views->items[i]->name.name, s->engine))
                return true;
    return false;
}

/* Whether a view's text is beyond scope.h: what a rename makes of it, SQLite knows better. */
static bool sqlite_view_is_unread(const schema *s, const schema_view *v)
{
    arena *scratch = arena_new();
    bool understood = scope_read_query(scratch, s, v->sql).understood;
    arena_free(scratch);
    return !understood;
}

/* The views without their triggers, and behind all of them the triggers, which may say any. */
static void sqlite_make_views_again(const dialect_request *r, const schema *after, const view_list *views,
                                    const schema_triggers *triggers, sql_list *out)
{
    for (size_t i = 0; i < views->count; i++) {
        const schema_view *v = schema_find_view(after, name_text(r->memory, views->items[i]->name));
        if (v == NULL)
            continue;
        schema_view bare = *v;
        bare.triggers.count = 0;
        sqlite_make_view(r->memory, &bare, v->sql, out);
    }
    for (size_t i = 0; i < triggers->count; i++) {
        const schema_trigger *trigger = schema_find_trigger(after, NULL, triggers->items[i].name, NULL);
        if (trigger == NULL)
            continue;
        sql_writer w = sql_new(r->memory);
        sql_expression(&w, trigger->sql);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
    }
}

/* SQLite renames a column in the views' texts too, and with it the views' own columns, which other views and triggers may name. So the
 * views and the triggers that say them are made again: with the names that their columns had, as on PostgreSQL. (Views on a *, those with
 * one that triggers read, and texts that are beyond scope.h are left to SQLite.) */
static void sqlite_rename_column(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    view_list views = dialect_views_on(r->memory, r->before, step->object, step->part);
    schema_triggers triggers = sqlite_triggers_on_views(r, &views);
    schema *after = views.count == 0 ? NULL : dialect_after(r->before, step);
    bool leave = after == NULL || sqlite_views_need_star(r->before, &views) ||
                 !sqlite_triggers_are_read(r->before, &triggers);
    for (size_t i = 0; i < views.count; i++)
        leave = leave || sqlite_view_is_unread(r->before, views.items[i]) ||
                (triggers.count != 0 && strchr(views.items[i]->sql, '*') != NULL);
    if (leave)
        views.count = triggers.count = 0;
    for (size_t i = 0; i < triggers.count; i++)
        sqlite_drop_named(r, "DROP TRIGGER", triggers.items[i].name, out);
    for (size_t i = views.count; i-- > 0;)
        sqlite_drop_named(r, "DROP VIEW", views.items[i]->name.name, out);
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER TABLE");
    sql_object_text(&w, step->object);
    sql_words(&w, "RENAME COLUMN");
    sql_name(&w, step->part);
    sql_words(&w, "TO");
    sql_name(&w, step->new_name);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
    if (after != NULL) {
        sqlite_make_views_again(r, after, &views, &triggers, out);
        arena_free(after->memory);
    }
}

void sqlite_write_column(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_table *t = schema_find_table(r->before, step->object);
    const char *const one[] = {step->part, NULL};
    if (t != NULL && t->is_virtual) /* a virtual table can be renamed, and no more */
        return;
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        sqlite_add_columns(r, out);
        break;
    case MIGEN_DROP_COLUMN:
        sqlite_drop_columns(r, one, out);
        break;
    case MIGEN_DROP_COLUMNS:
        sqlite_drop_columns(r, step->values, out);
        break;
    case MIGEN_RENAME_COLUMN:
        sqlite_rename_column(r, out);
        break;
    default:
        sqlite_alter_column(r, out);
        break;
    }
}

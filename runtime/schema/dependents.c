/*
 * dependents.c: what stands on a table, a column, a view: foreign keys, views, indexes, checks.
 *
 * Idea       An operation that takes something away asks first for all that stands on it; then it is refused
 *            (as PostgreSQL does it), or with cascade all of it goes.
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "sql_writer.h"
#include "text.h"

void dependents_add_keys(const schema *s, const schema_table *t, const char *column, bool own,
                         dependent_keys *keys)
{
    const char *object = model_table_text(s, t);
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *other = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || (other == t && !own))
            continue;
        for (size_t k = 0; k < other->constraints.count; k++) {
            const migen_constraint *key = &other->constraints.items[k];
            if (key->kind != MIGEN_FOREIGN_KEY || !model_same_object(s, key->references, object))
                continue;
            if (column != NULL && !list_has_name(s, key->references_columns, column))
                continue;
            dependent_key found = {other, key->name};
            vector_push(s->memory, keys, found);
        }
    }
}

bool dependents_has_view(const dependent_views *views, const schema_view *view)
{
    for (size_t i = 0; i < views->count; i++)
        if (views->items[i] == view)
            return true;
    return false;
}

static bool dependents_hands_on(arena *scratch, const schema *s, const schema_view *view,
                                const schema_table *t, const char *column)
{
    sql_writer w = sql_new(scratch);
    sql_words(&w, "SELECT * FROM");
    sql_object(&w, view->name);
    scope_reading reading = scope_read_query(scratch, s, sql_text(&w));
    for (size_t i = 0; i < reading.asterisks.count; i++)
        for (size_t k = 0; k < reading.asterisks.items[i].columns.count; k++) {
            const scope_asterisk_column *given = &reading.asterisks.items[i].columns.items[k];
            if (given->table == t && model_same_name(s, given->origin, column))
                return true;
        }
    return false;
}

/* The views by whose * this one has the column: they stand for it as long as this one does, and come again before it. */
static void dependents_add_handing_on(const schema *s, const schema_view *view, const schema_table *t,
                                      const char *column, dependent_views *views)
{
    arena *scratch = arena_new();
    scope_reading reading = scope_read_query(scratch, s, view->sql);
    for (size_t i = 0; i < reading.tokens.count; i++) {
        const schema_view *below = reading.names[i].role == SCOPE_RELATION ? reading.names[i].view : NULL;
        if (below == NULL || dependents_has_view(views, below) ||
            !dependents_hands_on(scratch, s, below, t, column))
            continue;
        vector_push(s->memory, views, below);
        dependents_add_handing_on(s, below, t, column, views);
    }
    arena_free(scratch);
}

static void dependents_add_views_once(const schema *s, object_name relation, const char *column,
                                      dependent_views *views)
{
    const schema_table *t = schema_find_table(s, name_text(s->memory, relation));
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].value;
        if (s->views.entries[i].removed || dependents_has_view(views, view) ||
            (model_same_name(s, view->name.name, relation.name) &&
             text_equal(view->name.schema, relation.schema)))
            continue;
        bool handed_on = column != NULL && t != NULL && scope_query_names_handed_on(s, view->sql, t, column);
        if (!handed_on && !scope_query_uses(s, view->sql, relation, column))
            continue;
        vector_push(s->memory, views, view);
        if (handed_on)
            dependents_add_handing_on(s, view, t, column, views);
    }
}

void dependents_add_views(const schema *s, object_name relation, const char *column, dependent_views *views)
{
    size_t from = views->count;
    dependents_add_views_once(s, relation, column, views);
    for (size_t i = from; i < views->count; i++)
        dependents_add_views_once(s, views->items[i]->name, NULL, views);
}

void dependents_add_triggers(const schema *s, const schema_table *t, const char *column,
                             dependent_triggers *triggers)
{
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *other = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || (other != t && s->engine == MIGEN_POSTGRES))
            continue;
        for (size_t k = 0; (column != NULL || other != t) && k < other->triggers.count; k++)
            if (scope_trigger_uses(s, &other->triggers.items[k], t, column))
                vector_push(s->memory, triggers, ((dependent_trigger){other, other->triggers.items[k].name}));
    }
}

bool sql_uses_column(const schema *s, const char *expression, const char *column)
{
    return expression != NULL && sql_mentions(expression, column, s->engine);
}

bool index_uses_column(const schema *s, const migen_index *index, const char *column)
{
    for (size_t i = 0; i < index->item_count; i++) {
        const migen_index_item *item = &index->items[i];
        if (item->column != NULL ? model_same_name(s, item->column, column)
                                 : sql_uses_column(s, item->expression, column))
            return true;
    }
    return list_has_name(s, index->include, column) || sql_uses_column(s, index->where, column);
}

bool constraint_uses_column(const schema *s, const migen_constraint *constraint, const char *column)
{
    return constraint->kind == MIGEN_CHECK ? sql_uses_column(s, constraint->expression, column)
                                           : list_has_name(s, constraint->columns, column);
}

void table_remove_constraint(schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        if (!text_equal(t->constraints.items[i].name, name))
            continue;
        vector_remove(&t->constraints, i);
        return;
    }
}

void table_remove_index(schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->indexes.count; i++) {
        if (!text_equal(t->indexes.items[i].name, name))
            continue;
        vector_remove(&t->indexes, i);
        return;
    }
}

void dependents_drop_keys(schema *s, const dependent_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) { /* several may be of one table */
        const schema_table *t = schema_find_table(s, name_text(s->memory, keys->items[i].table->name));
        table_remove_constraint(schema_change_table(s, t), keys->items[i].name);
    }
}

void dependents_drop_views(schema *s, const dependent_views *views)
{
    for (size_t i = 0; i < views->count; i++)
        schema_remove_view(s, name_text(s->memory, views->items[i]->name));
}

void dependents_drop_triggers(schema *s, const dependent_triggers *triggers)
{
    for (size_t i = 0; i < triggers->count; i++) {
        const schema_table *found =
            schema_find_table(s, name_text(s->memory, triggers->items[i].table->name));
        schema_table *t = found == NULL ? NULL : schema_change_table(s, found);
        for (size_t k = t == NULL ? 0 : t->triggers.count; k-- > 0;)
            if (text_equal(t->triggers.items[k].name, triggers->items[i].name))
                vector_remove(&t->triggers, k);
    }
}

violation_kind dependents_refuse_triggers(const schema *s, violation *v, const char *word, const char *what,
                                          const dependent_triggers *triggers)
{
    for (size_t i = 0; i < triggers->count; i++) {
        const schema_table *t = triggers->items[i].table;
        const schema_trigger *trigger = table_find_trigger(t, triggers->items[i].name);
        if (t->maybe || t->given || trigger == NULL || trigger->maybe)
            continue;
        violate(s, v, VIOLATION_CONFLICT, word, "%s is used by trigger \"%s\" on table \"%s\"", what,
                trigger->name, model_table_text(s, t));
        v->hint = "drop the trigger first, or say `cascade`";
        return v->kind;
    }
    return VIOLATION_NONE;
}

violation_kind dependents_refuse(const schema *s, violation *v, const char *word, const char *what,
                                 const dependent_keys *keys, const dependent_views *views)
{
    for (size_t i = 0; keys != NULL && i < keys->count; i++) {
        const migen_constraint *key = table_find_constraint(keys->items[i].table, keys->items[i].name);
        if (keys->items[i].table->maybe || keys->items[i].table->given || key == NULL || key->maybe)
            continue;
        violate(s, v, VIOLATION_CONFLICT, word, "%s is the target of foreign key \"%s\" of table \"%s\"",
                what, keys->items[i].name, model_table_text(s, keys->items[i].table));
        v->hint = "drop that one first, or say `cascade`";
        return v->kind;
    }
    for (size_t i = 0; views != NULL && i < views->count; i++) {
        if (views->items[i]->maybe)
            continue;
        violate(s, v, VIOLATION_CONFLICT, word, "%s is used by view \"%s\"", what,
                name_text(s->memory, views->items[i]->name));
        v->hint = "drop the view first, or say `cascade`";
        return v->kind;
    }
    return VIOLATION_NONE;
}

violation_kind table_refuse_without(schema *s, violation *v, const schema_table *t,
                                    const char *const *columns)
{
    if (s->engine != MIGEN_SQLITE)
        return VIOLATION_NONE;
    size_t left = t->columns.count;
    for (size_t i = 0; i < t->columns.count; i++)
        left -= list_contains(columns, t->columns.items[i].name) ? 1 : 0;
    if (left == 0) {
        violate(s, v, VIOLATION_CONFLICT, columns[0], "SQLite has no tables without columns");
        v->hint = "drop the table, or add the new columns first";
        return v->kind;
    }
    const migen_constraint *key = t->without_rowid ? table_primary_key(t) : NULL;
    for (; key != NULL && *columns != NULL; columns++)
        if (list_contains(key->columns, *columns))
            return violate(s, v, VIOLATION_CONFLICT, *columns,
                           "column \"%s\" is of the primary key, and a table without rowid must have one",
                           *columns);
    return VIOLATION_NONE;
}

void table_take_columns(schema *s, schema_table *t, const char *const *columns)
{
    for (; *columns != NULL; columns++) {
        for (size_t i = t->constraints.count; i-- > 0;)
            if (constraint_uses_column(s, &t->constraints.items[i], *columns))
                vector_remove(&t->constraints, i);
        for (size_t i = t->indexes.count; i-- > 0;)
            if (index_uses_column(s, &t->indexes.items[i], *columns))
                vector_remove(&t->indexes, i);
        for (size_t i = t->columns.count; i-- > 0;)
            if (model_same_name(s, t->columns.items[i].name, *columns))
                vector_remove(&t->columns, i);
    }
}

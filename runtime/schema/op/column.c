/*
 * column.c: columns: add, drop, rename. (alter_column.c: alter.)
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "text.h"

#include <string.h>

/* A constraint that comes with a column: may it join the table? */
static violation_kind column_key_fits(change *c, const schema_table *t, const migen_constraint *key,
                                      const char *column)
{
    schema *s = c->s;
    const migen_constraint *primary = table_primary_key(t);
    if (key->kind == MIGEN_PRIMARY_KEY && primary != NULL && !primary->maybe) {
        violate(s, c->v, VIOLATION_CONFLICT, column, "table \"%s\" has a primary key already: (%s)",
                model_table_text(s, t), list_join(s->memory, primary->columns, ", "));
        c->v->hint = "drop that constraint first";
        return c->v->kind;
    }
    const migen_constraint *same = table_find_constraint(t, key->name);
    if (same != NULL && !same->maybe)
        return violate(s, c->v, VIOLATION_CONFLICT, key->name, "table \"%s\" has a constraint \"%s\" already",
                       model_table_text(s, t), key->name);
    const char *taken = key->kind == MIGEN_PRIMARY_KEY || key->kind == MIGEN_UNIQUE
                            ? model_relation(s, t, (object_name){t->name.schema, key->name})
                            : NULL;
    if (taken != NULL)
        return violate(s, c->v, VIOLATION_CONFLICT, key->name, "the name \"%s\" is taken by %s", key->name,
                       taken);
    return VIOLATION_NONE;
}

static void column_forget_maybe(change *c, schema_table *t, const char *name)
{
    const migen_column *there = table_find_column(t, name);
    if (there != NULL && there->maybe)
        table_take_columns(c->s, t, list_of(c->s->memory, there->name));
}

/* Adds one column to t, which is a copy. */
static violation_kind column_add(change *c, schema_table *t, const migen_column *definition)
{
    schema *s = c->s;
    const migen_column *there = table_find_column(t, definition->name);
    if (there != NULL && !there->maybe)
        return violate(s, c->v, VIOLATION_ALREADY, definition->name,
                       "table \"%s\" has a column \"%s\" already", model_table_text(s, t), definition->name);
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    column_forget_maybe(c, t, definition->name);
    plain_column plain;
    if (!schema_plain_column(s, t, definition, &plain, c->v))
        return c->v->kind;
    plain.column.maybe = c->maybe;
    for (size_t i = 0; i < plain.constraints.count; i++) {
        migen_constraint key = plain.constraints.items[i];
        violation_kind kind = column_key_fits(c, t, &key, definition->name);
        if (kind != VIOLATION_NONE)
            return kind;
        key.maybe = c->maybe;
        table_remove_constraint(t, key.name);
        vector_push(s->memory, &t->constraints, key);
    }
    for (size_t i = 0; i < plain.indexes.count; i++) {
        migen_index index = plain.indexes.items[i];
        const char *taken = model_relation(s, t, (object_name){t->name.schema, index.name});
        if (taken != NULL)
            return violate(s, c->v, VIOLATION_CONFLICT, index.name, "the name \"%s\" is taken by %s",
                           index.name, taken);
        index.maybe = c->maybe;
        table_remove_index(t, index.name);
        vector_push(s->memory, &t->indexes, index);
    }
    vector_push(s->memory, &t->columns, plain.column);
    if (!c->maybe)
        view_note_later(s, t, plain.column.name);
    return VIOLATION_NONE;
}

static violation_kind columns_add(change *c)
{
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    schema_table *changed = schema_table_copy(c->s->memory, t);
    for (size_t i = 0; i < c->step->column_count; i++) {
        kind = column_add(c, changed, &c->step->columns[i]);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    kind = table_refuse_unsorted(c->s, c->v, changed);
    if (kind != VIOLATION_NONE)
        return kind;
    change_commit_table(t, changed);
    return VIOLATION_NONE;
}

violation_kind apply_safe_add_column(change *c)
{
    return columns_add(c);
}

violation_kind apply_safe_add_columns(change *c)
{
    return columns_add(c);
}

static bool columns_add_inverse(inversion *i)
{
    const schema_table *t = schema_find_table(i->before, i->step->object);
    for (size_t k = i->step->column_count; k-- > 0;) {
        const char *name = i->step->columns[k].name;
        const migen_column *there = t == NULL ? NULL : table_find_column(t, name);
        if (there == NULL || there->maybe)
            invert_push(
                i, (migen_step){.operation = MIGEN_DROP_COLUMN, .object = i->step->object, .part = name});
    }
    return true;
}

bool invert_safe_add_column(inversion *i)
{
    return columns_add_inverse(i);
}

bool invert_safe_add_columns(inversion *i)
{
    return columns_add_inverse(i);
}

/* What a drop of columns takes along, or is refused by. */
typedef struct column_drop {
    schema_table *table;
    VECTOR(const char *) names;
    dependent_keys keys;
    dependent_views views;
    dependent_triggers triggers;
} column_drop;

static bool column_drop_has(const schema *s, const column_drop *drop, const char *name)
{
    for (size_t i = 0; i < drop->names.count; i++)
        if (model_same_name(s, drop->names.items[i], name))
            return true;
    return false;
}

/* The generated columns that are made of a dropped one go along with cascade, and stand in the way without. */
static violation_kind column_drop_generated(change *c, column_drop *drop)
{
    schema *s = c->s;
    for (size_t i = 0; i < drop->names.count; i++) {
        for (size_t k = 0; k < drop->table->columns.count; k++) {
            const migen_column *column = &drop->table->columns.items[k];
            if (column_drop_has(s, drop, column->name) ||
                !sql_uses_column(s, column->generated, drop->names.items[i]))
                continue;
            if (!c->step->cascade && !column->maybe) {
                violate(s, c->v, VIOLATION_CONFLICT, drop->names.items[i],
                        "column \"%s\" is used by the generated column \"%s\"", drop->names.items[i],
                        column->name);
                c->v->hint = "drop that one first, or say `cascade`";
                return c->v->kind;
            }
            vector_push(s->memory, &drop->names, column->name);
        }
    }
    return VIOLATION_NONE;
}

/* A key of the table itself that goes with its own columns stands in no way. */
static void column_drop_forget_own_keys(const schema *s, column_drop *drop)
{
    for (size_t i = drop->keys.count; i-- > 0;) {
        if (drop->keys.items[i].table != drop->table)
            continue;
        const migen_constraint *key = table_find_constraint(drop->table, drop->keys.items[i].name);
        bool goes = false;
        for (size_t k = 0; key->columns[k] != NULL; k++)
            goes = goes || column_drop_has(s, drop, key->columns[k]);
        if (goes)
            vector_remove(&drop->keys, i);
    }
}

static violation_kind column_drop_check(change *c, column_drop *drop)
{
    schema *s = c->s;
    violation_kind kind = column_drop_generated(c, drop);
    for (size_t i = 0; kind == VIOLATION_NONE && i < drop->names.count; i++) {
        const char *name = drop->names.items[i];
        dependent_keys keys = {0};
        dependent_views views = {0};
        dependents_add_keys(s, drop->table, name, true, &keys);
        dependents_add_views(s, drop->table->name, name, &views);
        column_drop own = {
            .table = drop->table, .names = {drop->names.items, drop->names.count, 0}, .keys = keys};
        column_drop_forget_own_keys(s, &own);
        if (!c->step->cascade)
            kind = dependents_refuse(s, c->v, name, arena_format(s->memory, "column \"%s\"", name), &own.keys,
                                     &views);
        dependent_triggers triggers = {0};
        dependents_add_triggers(s, drop->table, name, &triggers);
        if (!c->step->cascade && kind == VIOLATION_NONE)
            kind = dependents_refuse_triggers(s, c->v, name, arena_format(s->memory, "column \"%s\"", name),
                                              &triggers);
        for (size_t k = 0; k < triggers.count; k++)
            vector_push(s->memory, &drop->triggers, triggers.items[k]);
        for (size_t k = 0; k < own.keys.count; k++)
            vector_push(s->memory, &drop->keys, own.keys.items[k]);
        for (size_t k = 0; k < views.count; k++)
            if (!dependents_has_view(&drop->views, views.items[k]))
                vector_push(s->memory, &drop->views, views.items[k]);
    }
    if (kind == VIOLATION_NONE) {
        vector_push(s->memory, &drop->names, NULL);
        drop->names.count--;
        kind = table_refuse_without(s, c->v, drop->table, drop->names.items);
    }
    return kind;
}

static violation_kind columns_drop(change *c, const char *const *names)
{
    schema *s = c->s;
    column_drop drop = {0};
    violation_kind kind = change_table(c, &drop.table);
    if (drop.table == NULL)
        return kind;
    for (size_t i = 0; names[i] != NULL; i++) {
        if (table_find_column(drop.table, names[i]) == NULL) {
            violate_column(s, c->v, drop.table, names[i]);
            return c->v->kind = VIOLATION_ALREADY;
        }
        if (!column_drop_has(s, &drop, names[i]))
            vector_push(s->memory, &drop.names, names[i]);
    }
    kind = column_drop_check(c, &drop);
    if (kind != VIOLATION_NONE)
        return kind;
    dependents_drop_keys(s, &drop.keys);
    dependents_drop_views(s, &drop.views);
    dependents_drop_triggers(s, &drop.triggers);
    vector_push(s->memory, &drop.names, NULL);
    table_take_columns(s, drop.table, drop.names.items);
    return VIOLATION_NONE;
}

violation_kind columns_drop_along(change *c, const schema_table *t, const char *const *names)
{
    migen_step step = {
        .operation = MIGEN_DROP_COLUMNS, .object = name_text(c->s->memory, t->name), .cascade = true};
    change along = *c;
    along.step = &step;
    return columns_drop(&along, names);
}

violation_kind apply_safe_drop_column(change *c)
{
    return columns_drop(c, list_of(c->s->memory, c->step->part));
}

violation_kind apply_safe_drop_columns(change *c)
{
    return columns_drop(c, c->step->values);
}

bool invert_safe_drop_column(inversion *i)
{
    return invert_by_difference(i);
}

bool invert_safe_drop_columns(inversion *i)
{
    return invert_by_difference(i);
}

static void column_rename_in_expressions(schema *s, schema_table *t, const char *from, const char *to)
{
    for (size_t i = 0; i < t->columns.count; i++)
        if (sql_uses_column(s, t->columns.items[i].generated, from))
            t->columns.items[i].generated =
                sql_rename(s->memory, t->columns.items[i].generated, from, to, s->engine);
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *key = &t->constraints.items[i];
        key->columns = list_renamed(s, key->columns, from, to);
        if (sql_uses_column(s, key->expression, from))
            key->expression = sql_rename(s->memory, key->expression, from, to, s->engine);
    }
}

static void column_rename_in_indexes(schema *s, schema_table *t, const char *from, const char *to)
{
    for (size_t i = 0; i < t->indexes.count; i++) {
        migen_index *index = &t->indexes.items[i];
        if (!index_uses_column(s, index, from))
            continue;
        migen_index_item *items = ARENA_NEW_ARRAY(s->memory, migen_index_item, index->item_count + 1);
        for (size_t k = 0; k < index->item_count; k++) {
            items[k] = index->items[k];
            if (items[k].column != NULL && model_same_name(s, items[k].column, from))
                items[k].column = to;
            if (sql_uses_column(s, items[k].expression, from))
                items[k].expression = sql_rename(s->memory, items[k].expression, from, to, s->engine);
        }
        index->items = items;
        index->include = list_renamed(s, index->include, from, to);
        if (sql_uses_column(s, index->where, from))
            index->where = sql_rename(s->memory, index->where, from, to, s->engine);
        index->sql = NULL; /* it says the old name */
    }
}

/* Whether a table has a foreign key to t, or a trigger that may name the column. */
static bool column_rename_concerns(const schema *s, const schema_table *other, const schema_table *t,
                                   const char *object, const char *column)
{
    for (size_t k = 0; k < other->constraints.count; k++)
        if (other->constraints.items[k].kind == MIGEN_FOREIGN_KEY &&
            model_same_object(s, other->constraints.items[k].references, object))
            return true;
    for (size_t k = 0; k < other->triggers.count; k++)
        if ((other == t || trigger_says(s, &other->triggers.items[k], t->name.name)) &&
            sql_mentions(other->triggers.items[k].sql, column, s->engine))
            return true;
    return false;
}

/* On PostgreSQL a view's trigger names the view and a function alone. Returns the view as the model has it then. */
static const schema_view *column_rename_in_view_triggers(schema *s, const schema_view *view,
                                                         const schema_table *t, const char *from,
                                                         const char *to)
{
    for (size_t k = 0; s->engine == MIGEN_SQLITE && k < view->triggers.count; k++) {
        if (!trigger_says(s, &view->triggers.items[k], from))
            continue;
        schema_view *own = schema_change_view(s, view);
        own->triggers.items[k].sql = trigger_rename_column(s, own->triggers.items[k].sql, t, from, to);
        own->triggers.items[k].text_moved = true;
        view = own;
    }
    return view;
}

/* Foreign keys to the column, triggers, views. */
static void column_rename_outside(schema *s, const schema_table *t, const char *from, const char *to)
{
    const char *object = model_table_text(s, t);
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *found = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || !column_rename_concerns(s, found, t, object, from))
            continue;
        schema_table *other = schema_change_table(s, found);
        for (size_t k = 0; k < other->constraints.count; k++) {
            migen_constraint *key = &other->constraints.items[k];
            if (key->kind == MIGEN_FOREIGN_KEY && model_same_object(s, key->references, object))
                key->references_columns = list_renamed(s, key->references_columns, from, to);
        }
        for (size_t k = 0; k < other->triggers.count; k++) {
            schema_trigger *trigger = &other->triggers.items[k];
            if (!trigger_says(s, trigger, from))
                continue;
            trigger->sql = trigger_rename_column(s, trigger->sql, t, from, to);
            trigger->text_moved = true;
        }
    }
    for (size_t i = 0; i < s->views.count; i++) {
        if (s->views.entries[i].removed)
            continue;
        const schema_view *found = column_rename_in_view_triggers(s, s->views.entries[i].value, t, from, to);
        if (!sql_mentions(found->sql, t->name.name, s->engine))
            continue;
        schema_view *view = schema_change_view(s, found);
        /* PostgreSQL has made columns of a * long since, and keeps their names. */
        if (!sql_mentions(view->sql, from, s->engine) &&
            (s->engine != MIGEN_POSTGRES || strchr(view->sql, '*') == NULL))
            continue;
        view->sql = view_rename_column(s, view, t, from, to);
        view->text_moved = true;
    }
    view_rename_later(s, t, from, to);
}

violation_kind apply_safe_rename_column(change *c)
{
    schema *s = c->s;
    const char *from = c->step->part, *to = c->step->new_name;
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    migen_column *column = table_find_column(t, from);
    const migen_column *other = table_find_column(t, to);
    if (column == NULL && other != NULL)
        return violate(s, c->v, VIOLATION_ALREADY, from, "column \"%s\" is called \"%s\" already", from, to);
    if (column == NULL)
        return violate_column(s, c->v, t, from);
    if (other != NULL && other != column && !other->maybe)
        return violate(s, c->v, VIOLATION_CONFLICT, to, "table \"%s\" has a column \"%s\" already",
                       model_table_text(s, t), to);
    if (c->maybe) {
        migen_column copy = *column;
        copy.name = to;
        copy.maybe = true;
        if (other == NULL)
            vector_push(s->memory, &t->columns, copy);
        return VIOLATION_NONE;
    }
    if (other != column)
        column_forget_maybe(c, t, to);
    column = table_find_column(t, from);
    from = column->name;
    column_rename_outside(s, t, from, to); /* their texts are read with the name that the column has there */
    column->name = to;
    column_rename_in_expressions(s, t, from, to);
    column_rename_in_indexes(s, t, from, to);
    return VIOLATION_NONE;
}

bool invert_safe_rename_column(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_COLUMN,
                                .object = i->step->object,
                                .part = i->step->new_name,
                                .new_name = i->step->part});
    return true;
}

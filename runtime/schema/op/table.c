/*
 * table.c: tables as a whole.
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "text.h"
#include "types.h"

/* The shorthands that point at other tables are not looked at: a given table is not ours to check. */
static const migen_table *table_without_references(schema *s, const migen_table *definition)
{
    migen_table *plain = ARENA_NEW(s->memory, migen_table);
    migen_column *columns = ARENA_NEW_ARRAY(s->memory, migen_column, definition->column_count + 1);
    migen_constraint *constraints =
        ARENA_NEW_ARRAY(s->memory, migen_constraint, definition->constraint_count + 1);
    *plain = *definition;
    for (size_t i = 0; i < definition->column_count; i++) {
        columns[i] = definition->columns[i];
        const char *target = columns[i].references;
        bool known =
            target != NULL && (schema_find_table(s, target) != NULL || text_equal(target, definition->name));
        if (columns[i].references == NULL || (known && columns[i].type.kind == MIGEN_TYPE_NONE))
            continue;
        columns[i].references = NULL;
        if (columns[i].type.kind == MIGEN_TYPE_NONE)
            columns[i].type.kind = MIGEN_TYPE_BIGINT;
    }
    plain->constraint_count = 0;
    for (size_t i = 0; i < definition->constraint_count; i++)
        if (definition->constraints[i].kind != MIGEN_FOREIGN_KEY)
            constraints[plain->constraint_count++] = definition->constraints[i];
    plain->columns = columns;
    plain->constraints = constraints;
    return plain;
}

static void table_mark_maybe(schema_table *t)
{
    t->maybe = true;
    for (size_t i = 0; i < t->columns.count; i++)
        t->columns.items[i].maybe = true;
    for (size_t i = 0; i < t->constraints.count; i++)
        t->constraints.items[i].maybe = true;
    for (size_t i = 0; i < t->indexes.count; i++)
        t->indexes.items[i].maybe = true;
}

/* Makes the table's plain form as if it, and what may be there under its name, were not there. */
static schema_table *table_make_plain(change *c, object_name name, const migen_table *definition)
{
    schema *s = c->s;
    const char *key = name_text(s->memory, name);
    schema_table *there = schema_change_table(s, schema_find_table(s, key));
    if (there != NULL)
        key = name_text(s->memory, there->name);
    map_remove(&s->tables, key);
    schema_table *made = schema_table_from(s, definition, c->v);
    if (there != NULL)
        schema_put_table(s, there->name, there);
    return made;
}

static violation_kind table_enter(change *c, object_name name, bool given)
{
    schema *s = c->s;
    const migen_table *definition = c->step->table;
    const schema_table *there = schema_find_table(s, name_text(s->memory, name));
    if (there == NULL || !there->maybe) {
        violation_kind kind = change_relation_free(c, name, step_object(c->step));
        if (kind != VIOLATION_NONE)
            return kind;
    }
    schema_table *made =
        table_make_plain(c, name, given ? table_without_references(s, definition) : definition);
    if (made == NULL)
        return c->v->kind;
    if (s->engine == MIGEN_SQLITE && made->without_rowid && table_primary_key(made) == NULL)
        return violate(s, c->v, VIOLATION_CONFLICT, step_object(c->step),
                       "a table without rowid must have a primary key");
    if (!given && table_refuse_unsorted(s, c->v, made) != VIOLATION_NONE)
        return c->v->kind;
    made->given = given;
    if (there != NULL) {
        for (size_t i = 0; i < there->triggers.count; i++)
            vector_push(s->memory, &made->triggers, there->triggers.items[i]);
        map_remove(&s->tables, name_text(s->memory, there->name));
    }
    if (c->maybe)
        table_mark_maybe(made);
    schema_put_table(s, name, made);
    return VIOLATION_NONE;
}

violation_kind apply_safe_create_table(change *c)
{
    schema *s = c->s;
    const char *object = step_object(c->step);
    object_name name = name_parse(s->memory, object);
    violation_kind kind = change_no_schema(c, name, "a table");
    if (kind != VIOLATION_NONE)
        return kind;
    const schema_table *there = schema_find_table(s, object);
    if (there != NULL && there->maybe && c->maybe)
        return VIOLATION_NONE;
    if (there != NULL && !there->maybe) {
        if (model_is_outside(s, name))
            return VIOLATION_NONE;
        violate(s, c->v, VIOLATION_ALREADY, object, "there is a table \"%s\" already", object);
        if (there->given)
            c->v->hint = "it is `given`: somebody else makes it";
        return VIOLATION_ALREADY;
    }
    return table_enter(c, name, false);
}

bool invert_safe_create_table(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_DROP_TABLE, .object = step_object(i->step)});
    return true;
}

violation_kind apply_given_table(change *c)
{
    schema *s = c->s;
    const char *object = step_object(c->step);
    object_name name = name_parse(s->memory, object);
    const schema_table *there = schema_find_table(s, object);
    if (there != NULL && !there->given && !there->maybe)
        return violate(s, c->v, VIOLATION_ALREADY, object,
                       "table \"%s\" is made by the migrations: it is not given", object);
    if (there == NULL || there->maybe)
        return table_enter(c, name, true);
    schema_table *made =
        table_make_plain(c, name, table_without_references(s, c->step->table)); /* described anew */
    if (made == NULL)
        return c->v->kind;
    made->given = true;
    schema_put_table(s, there->name, made);
    return VIOLATION_NONE;
}

/* A description is not taken back: who comes after may still name the table. */
bool invert_given_table(inversion *i)
{
    (void)i;
    return true;
}

static bool ensure_has_constraint(const schema *s, const schema_table *t, const migen_constraint *wanted)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        if (!k->maybe && (model_same_name(s, k->name, wanted->name) || constraint_equal(s, k, wanted)))
            return true;
    }
    return wanted->kind == MIGEN_PRIMARY_KEY && table_primary_key(t) != NULL;
}

static bool ensure_has_index(const schema *s, const schema_table *t, const migen_index *wanted)
{
    for (size_t i = 0; i < t->indexes.count; i++) {
        const migen_index *index = &t->indexes.items[i];
        if (!index->maybe && (model_same_name(s, index->name, wanted->name) || index_equal(s, index, wanted)))
            return true;
    }
    return false;
}

/* Adds what `wanted` has and t lacks. */
static void ensure_add_missing(change *c, schema_table *t, const schema_table *wanted)
{
    schema *s = c->s;
    for (size_t i = 0; i < wanted->columns.count; i++) {
        migen_column column = wanted->columns.items[i];
        migen_column *there = table_find_column(t, column.name);
        column.maybe = c->maybe;
        if (there == NULL)
            vector_push(s->memory, &t->columns, column);
        if (there == NULL && !c->maybe)
            view_note_later(s, t, column.name);
        else if (there != NULL && there->maybe && !c->maybe)
            *there = column;
    }
    for (size_t i = 0; i < wanted->constraints.count; i++) {
        migen_constraint key = wanted->constraints.items[i];
        key.maybe = c->maybe;
        if (ensure_has_constraint(s, t, &key))
            continue;
        table_remove_constraint(t, key.name);
        vector_push(s->memory, &t->constraints, key);
        for (size_t k = 0; key.kind == MIGEN_PRIMARY_KEY && !c->maybe && key.columns[k] != NULL; k++)
            table_find_column(t, key.columns[k])->not_null = true;
    }
    for (size_t i = 0; i < wanted->indexes.count; i++) {
        migen_index index = wanted->indexes.items[i];
        index.maybe = c->maybe;
        if (ensure_has_index(s, t, &index))
            continue;
        table_remove_index(t, index.name);
        vector_push(s->memory, &t->indexes, index);
    }
}

violation_kind apply_safe_ensure_table(change *c)
{
    schema *s = c->s;
    const char *object = step_object(c->step);
    object_name name = name_parse(s->memory, object);
    violation_kind kind = change_no_schema(c, name, "a table");
    if (kind != VIOLATION_NONE)
        return kind;
    const schema_table *there = schema_find_table(s, object);
    if (there == NULL || (there->maybe && !c->maybe))
        return table_enter(c, name, false);
    const schema_table *wanted = table_make_plain(c, name, c->step->table);
    if (wanted == NULL)
        return c->v->kind;
    const migen_constraint *key = table_primary_key(there);
    for (size_t i = 0; key != NULL && !key->maybe && i < wanted->columns.count; i++) {
        const migen_column *column = &wanted->columns.items[i];
        if (column->type.kind == MIGEN_TYPE_ID && table_find_column(there, column->name) == NULL)
            return violate(s, c->v, VIOLATION_CONFLICT, column->name,
                           "table \"%s\" has a primary key already, (%s): it can have no `id` \"%s\"", object,
                           list_join(s->memory, key->columns, ", "), column->name);
    }
    kind = table_refuse_unsorted(s, c->v, wanted);
    if (kind != VIOLATION_NONE)
        return kind;
    ensure_add_missing(c, schema_change_table(s, schema_find_table(s, object)), wanted);
    return VIOLATION_NONE;
}

bool invert_safe_ensure_table(inversion *i)
{
    const schema_table *there = schema_find_table(i->before, step_object(i->step));
    if (there == NULL || there->maybe)
        return invert_safe_create_table(i);
    return invert_by_difference(i);
}

violation_kind apply_safe_drop_table(change *c)
{
    schema *s = c->s;
    const char *object = c->step->object;
    const schema_table *t = schema_find_table(s, object);
    if (t == NULL) {
        schema_table *none = NULL;
        violation_kind kind = change_table(c, &none);
        if (kind == VIOLATION_MISSING)
            kind = c->v->kind = VIOLATION_ALREADY;
        return kind;
    }
    if (t->given) {
        violate(s, c->v, VIOLATION_UNSUPPORTED, object,
                "table \"%s\" is `given`: it is somebody else's, and is not dropped", object);
        c->v->hint = "who makes it drops it; a `run` with raw SQL and an `undo` can";
        return VIOLATION_UNSUPPORTED;
    }
    dependent_keys keys = {0};
    dependent_views views = {0};
    dependent_triggers triggers = {0}; /* of other tables */
    const char *words = arena_format(s->memory, "table \"%s\"", object);
    dependents_add_keys(s, t, NULL, false, &keys);
    dependents_add_views(s, t->name, NULL, &views);
    dependents_add_triggers(s, t, NULL, &triggers);
    if (!c->step->cascade && !t->maybe) {
        violation_kind kind = dependents_refuse(s, c->v, object, words, &keys, &views);
        if (kind == VIOLATION_NONE)
            kind = dependents_refuse_triggers(s, c->v, object, words, &triggers);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    object_name name = t->name;
    violation_kind kind = t->maybe || c->step->cascade ? VIOLATION_NONE : rows_let_go(c, name, words);
    if (kind != VIOLATION_NONE)
        return kind;
    dependents_drop_keys(s, &keys);
    dependents_drop_views(s, &views);
    dependents_drop_triggers(s, &triggers);
    if (!t->maybe && c->step->cascade)
        kind = rows_let_go(c, name, words);
    map_remove(&s->tables, name_text(s->memory, name));
    return kind;
}

bool invert_safe_drop_table(inversion *i)
{
    return invert_by_difference(i);
}

/* Whether a key or check of the table may name another one. */
static bool table_names(schema *s, const schema_table *t, const char *object, object_name name)
{
    for (size_t k = 0; k < t->constraints.count; k++) {
        const migen_constraint *key = &t->constraints.items[k];
        if (key->kind == MIGEN_FOREIGN_KEY ? model_same_object(s, key->references, object)
                                           : sql_uses_column(s, key->expression, name.name))
            return true;
    }
    return false;
}

static void table_follow_in(schema *s, schema_table *t, const char *from_object, object_name from,
                            object_name to)
{
    const char *to_object = name_text(s->memory, to);
    for (size_t k = 0; k < t->constraints.count; k++) {
        migen_constraint *key = &t->constraints.items[k];
        if (key->kind == MIGEN_FOREIGN_KEY && model_same_object(s, key->references, from_object))
            key->references = to_object;
        else if (key->kind == MIGEN_CHECK && sql_uses_column(s, key->expression, from.name) &&
                 table_find_column(t, from.name) == NULL)
            key->expression = sql_rename(s->memory, key->expression, from.name, to.name, s->engine);
    }
}

/* All that names the table follows its new name. */
static void table_follow_rename(schema *s, const char *from_object, object_name from, object_name to)
{
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && table_names(s, t, from_object, from))
            table_follow_in(s, schema_change_table(s, t), from_object, from, to);
    }
}

/* On PostgreSQL a view's trigger names the view and a function alone. Returns the view as the model has it then. */
static const schema_view *table_follow_in_view_triggers(schema *s, const schema_view *view,
                                                        const schema_table *t, const char *to)
{
    for (size_t k = 0; s->engine == MIGEN_SQLITE && k < view->triggers.count; k++) {
        if (!trigger_says(s, &view->triggers.items[k], t->name.name))
            continue;
        schema_view *own = schema_change_view(s, view);
        own->triggers.items[k].sql = trigger_rename_table(s, own->triggers.items[k].sql, t, to);
        own->triggers.items[k].text_moved = true;
        view = own;
    }
    return view;
}

/* Texts of triggers and views, which are read with the name that the table has there: before it has another. */
static void table_follow_in_texts(schema *s, const schema_table *t, const char *to)
{
    const char *from = t->name.name;
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *found = s->tables.entries[i].value;
        bool other =
            s->engine == MIGEN_POSTGRES && found != t; /* there a trigger's text is its own table's */
        for (size_t k = 0; !s->tables.entries[i].removed && !other && k < found->triggers.count; k++) {
            if (!trigger_says(s, &found->triggers.items[k], from))
                continue;
            schema_trigger *trigger = &schema_change_table(s, found)->triggers.items[k];
            trigger->sql = trigger_rename_table(s, trigger->sql, t, to);
            trigger->text_moved = true;
            found = s->tables.entries[i].value;
        }
    }
    for (size_t i = 0; i < s->views.count; i++) {
        if (s->views.entries[i].removed)
            continue;
        const schema_view *found = table_follow_in_view_triggers(s, s->views.entries[i].value, t, to);
        if (!sql_mentions(found->sql, from, s->engine))
            continue;
        schema_view *view = schema_change_view(s, found);
        view->sql = view_rename_table(s, view->sql, t, to);
        view->text_moved = true;
    }
    view_rename_later(s, t, NULL, to);
}

/* In a branch that may not be taken: the table may be there under its new name too. */
static void table_add_maybe_name(change *c, const schema_table *t, object_name name)
{
    schema_table *copy = schema_table_copy(c->s->memory, t);
    copy->name = name;
    table_mark_maybe(copy);
    schema_put_table(c->s, name, copy);
}

/* SQLite: the key of an id or serial stands beside it, without the name that the table's gives it: under another one it has none. */
static void table_forget_key_name(schema *s, schema_table *t, const char *was)
{
    const char *implied = arena_format(s->memory, "%s_pkey", was);
    for (size_t i = 0; s->engine == MIGEN_SQLITE && i < t->constraints.count; i++) {
        migen_constraint *key = &t->constraints.items[i];
        if (key->kind != MIGEN_PRIMARY_KEY || list_length(key->columns) != 1 ||
            !text_equal(key->name, implied))
            continue;
        const migen_column *column = table_find_column(t, key->columns[0]);
        key->name_is_implied = column != NULL && type_numbers_itself(column->type);
    }
}

violation_kind apply_safe_rename_table(change *c)
{
    schema *s = c->s;
    const char *object = c->step->object;
    object_name from = name_parse(s->memory, object);
    object_name to = {from.schema, c->step->new_name};
    const char *target = name_text(s->memory, to);
    if (schema_find_table(s, object) == NULL && schema_find_table(s, target) != NULL)
        return violate(s, c->v, VIOLATION_ALREADY, object, "table \"%s\" is called \"%s\" already", object,
                       target);
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    const schema_table *other = schema_find_table(s, target);
    from = t->name;
    if (c->maybe) {
        if (model_relation(s, NULL, to) == NULL && other == NULL)
            table_add_maybe_name(c, t, to);
        return VIOLATION_NONE;
    }
    if (other != t && !(other != NULL && other->maybe)) {
        kind = change_relation_free(c, to, c->step->new_name);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    const char *from_object = name_text(s->memory, from);
    table_follow_in_texts(s, t, to.name);
    map_remove(&s->tables, from_object);
    t->name = to;
    table_forget_key_name(s, t, from.name);
    schema_put_table(s, to, t);
    for (size_t i = 0; i < t->indexes.count; i++)
        t->indexes.items[i].sql = NULL; /* it says the old name */
    table_follow_rename(s, from_object, from, to);
    type_follow_name(s, from, to.name);
    return VIOLATION_NONE;
}

bool invert_safe_rename_table(inversion *i)
{
    object_name name = name_parse(i->memory, i->step->object);
    const char *renamed = name_text(i->memory, (object_name){name.schema, i->step->new_name});
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_TABLE, .object = renamed, .new_name = name.name});
    return true;
}

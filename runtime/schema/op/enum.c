/*
 * enum.c: enums and their values. The model has them on both engines; SQLite keeps them in its columns' checks.
 */
#include "operation_parts.h"

#include "text.h"

/* The enum that a step works on. NULL with VIOLATION_NONE: somebody else's. absent is the kind when it is missing. */
static violation_kind enum_of_step(change *c, violation_kind absent, schema_enum **e)
{
    schema *s = c->s;
    *e = schema_change_enum(s, schema_find_enum(s, c->step->object));
    if (*e != NULL || model_is_outside(s, name_parse(s->memory, c->step->object)))
        return VIOLATION_NONE;
    violate_missing(s, c->v, c->step->object, &s->enums, "there is no enum \"%s\"", c->step->object);
    return c->v->kind = absent;
}

static bool enum_column_is(const schema *s, const migen_column *column, const char *object)
{
    return column->type.kind == MIGEN_TYPE_ENUM && model_same_object(s, column->type.name, object);
}

static violation_kind enum_values_distinct(change *c)
{
    for (size_t i = 0; c->step->values != NULL && c->step->values[i] != NULL; i++)
        for (size_t k = 0; k < i; k++)
            if (text_equal(c->step->values[k], c->step->values[i]))
                return violate(c->s, c->v, VIOLATION_CONFLICT, c->step->values[i],
                               "the value '%s' stands twice", c->step->values[i]);
    return VIOLATION_NONE;
}

violation_kind apply_safe_create_enum(change *c)
{
    schema *s = c->s;
    object_name name = name_parse(s->memory, c->step->object);
    violation_kind kind = change_no_schema(c, name, "an enum");
    if (kind == VIOLATION_NONE)
        kind = enum_values_distinct(c);
    if (kind != VIOLATION_NONE)
        return kind;
    const schema_enum *there = schema_find_enum(s, c->step->object);
    if (there != NULL && !there->maybe) {
        if (model_is_outside(s, name))
            return VIOLATION_NONE;
        return violate(s, c->v, VIOLATION_ALREADY, c->step->object, "there is an enum \"%s\" already",
                       c->step->object);
    }
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    const char *taken = s->engine == MIGEN_POSTGRES ? model_relation(s, NULL, name) : NULL;
    if (taken != NULL && !text_ends_with(taken, "index") && !text_ends_with(taken, "sequence"))
        return violate(s, c->v, VIOLATION_CONFLICT, c->step->object,
                       "the name \"%s\" is taken by %s, whose rows are a type of that name", name.name,
                       taken);
    schema_enum *e = ARENA_NEW(s->memory, schema_enum);
    e->name = name;
    e->maybe = c->maybe;
    for (size_t i = 0; c->step->values != NULL && c->step->values[i] != NULL; i++)
        vector_push(s->memory, &e->values, c->step->values[i]);
    map_set(&s->enums, name_text(s->memory, name), e);
    return VIOLATION_NONE;
}

bool invert_safe_create_enum(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_DROP_ENUM, .object = i->step->object});
    return true;
}

/* The first column that has the enum, for the message. */
static const migen_column *enum_first_column(const schema *s, const char *object, const schema_table **table)
{
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || t->maybe || t->given)
            continue;
        for (size_t k = 0; k < t->columns.count; k++) {
            if (t->columns.items[k].maybe || !enum_column_is(s, &t->columns.items[k], object))
                continue;
            *table = t;
            return &t->columns.items[k];
        }
    }
    return NULL;
}

static size_t enum_column_count(const schema *s, size_t entry)
{
    const schema_table *t = s->tables.entries[entry].value;
    return t == NULL ? 0 : t->columns.count;
}

violation_kind enum_drop_columns(change *c, const char *object)
{
    schema *s = c->s;
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        VECTOR(const char *) names = {0};
        for (size_t k = 0; k < enum_column_count(s, i); k++)
            if (enum_column_is(s, &t->columns.items[k], object))
                vector_push(s->memory, &names, t->columns.items[k].name);
        if (names.count == 0)
            continue;
        vector_push(s->memory, &names, NULL);
        violation_kind kind = columns_drop_along(c, t, names.items);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    return VIOLATION_NONE;
}

violation_kind apply_safe_drop_enum(change *c)
{
    schema *s = c->s;
    schema_enum *e = NULL;
    violation_kind kind = enum_of_step(c, VIOLATION_ALREADY, &e);
    if (e == NULL)
        return kind;
    const schema_table *t = NULL;
    const migen_column *column = enum_first_column(s, c->step->object, &t);
    if (column != NULL && !c->step->cascade) {
        violate(s, c->v, VIOLATION_CONFLICT, c->step->object, "enum \"%s\" is the type of column \"%s.%s\"",
                c->step->object, model_table_text(s, t), column->name);
        c->v->hint = "change or drop the column first, or say `cascade`";
        return c->v->kind;
    }
    if (!c->step->cascade)
        kind = enum_let_go(c, e);
    if (kind != VIOLATION_NONE)
        return kind;
    if (c->step->cascade && s->engine == MIGEN_SQLITE) { /* which may refuse one of the tables */
        change trial = *c;
        trial.s = schema_copy(s->memory, s);
        kind = enum_drop_columns(&trial, c->step->object);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    if (c->step->cascade)
        kind = enum_drop_columns(c, c->step->object);
    if (c->step->cascade && kind == VIOLATION_NONE)
        kind = enum_let_go(c, e);
    map_remove(&s->enums, name_text(s->memory, e->name));
    return kind;
}

bool invert_safe_drop_enum(inversion *i)
{
    return invert_by_difference(i);
}

violation_kind apply_safe_rename_enum(change *c)
{
    schema *s = c->s;
    object_name name = name_parse(s->memory, c->step->object);
    object_name renamed = {name.schema, c->step->new_name};
    const char *target = name_text(s->memory, renamed);
    const schema_enum *other = schema_find_enum(s, target);
    if (schema_find_enum(s, c->step->object) == NULL && other != NULL)
        return violate(s, c->v, VIOLATION_ALREADY, c->step->object, "enum \"%s\" is called \"%s\" already",
                       c->step->object, target);
    schema_enum *e = NULL;
    violation_kind kind = enum_of_step(c, VIOLATION_MISSING, &e);
    if (e == NULL)
        return kind;
    other = schema_find_enum(s, target);
    if (other != NULL && other != e && !other->maybe)
        return violate(s, c->v, VIOLATION_CONFLICT, c->step->new_name, "there is an enum \"%s\" already",
                       target);
    if (other != NULL && c->maybe)
        return VIOLATION_NONE;
    schema_enum *moved = ARENA_NEW(s->memory, schema_enum);
    *moved = *e;
    moved->name = renamed;
    moved->maybe = e->maybe || c->maybe;
    if (!c->maybe)
        map_remove(&s->enums, name_text(s->memory, e->name));
    map_set(&s->enums, target, moved);
    for (size_t i = 0; i < s->tables.count && !c->maybe; i++) {
        for (size_t k = 0; k < enum_column_count(s, i); k++) {
            const schema_table *t = s->tables.entries[i].value;
            if (enum_column_is(s, &t->columns.items[k], c->step->object))
                schema_change_table(s, t)->columns.items[k].type.name = target;
        }
    }
    if (!c->maybe)
        type_follow_name(s, name, c->step->new_name);
    return VIOLATION_NONE;
}

bool invert_safe_rename_enum(inversion *i)
{
    object_name name = name_parse(i->memory, i->step->object);
    const char *renamed = name_text(i->memory, (object_name){name.schema, i->step->new_name});
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_ENUM, .object = renamed, .new_name = name.name});
    return true;
}

static violation_kind enum_value_missing(change *c, const schema_enum *e, const char *value)
{
    violate(c->s, c->v, VIOLATION_MISSING, value, "enum \"%s\" has no value '%s'", c->step->object, value);
    c->v->nearest = enum_nearest(c->s, e, value);
    return VIOLATION_MISSING;
}

/* Where a value stands in the enum; count: nowhere. */
static size_t enum_value_at(const schema_enum *e, const char *value)
{
    for (size_t i = 0; i < e->values.count; i++)
        if (text_equal(e->values.items[i], value))
            return i;
    return e->values.count;
}

static void enum_value_forget_maybe(schema_enum *e, const char *value)
{
    for (size_t i = e->maybe_values.count; i-- > 0;)
        if (text_equal(e->maybe_values.items[i], value))
            vector_remove(&e->maybe_values, i);
}

violation_kind apply_safe_add_enum_value(change *c)
{
    schema_enum *e = NULL;
    violation_kind kind = enum_of_step(c, VIOLATION_MISSING, &e);
    if (e == NULL)
        return kind;
    const migen_step *step = c->step;
    if (enum_value_at(e, step->part) < e->values.count)
        return violate(c->s, c->v, VIOLATION_ALREADY, step->part, "enum \"%s\" has the value '%s' already",
                       step->object, step->part);
    const char *neighbour = step->before != NULL ? step->before : step->after;
    if (neighbour != NULL && !enum_has_value(e, neighbour))
        return enum_value_missing(c, e, neighbour);
    if (c->maybe) {
        if (!enum_has_value(e, step->part))
            vector_push(c->s->memory, &e->maybe_values, step->part);
        return VIOLATION_NONE;
    }
    size_t at = neighbour == NULL ? e->values.count : enum_value_at(e, neighbour);
    if (step->before == NULL && step->after != NULL && at < e->values.count)
        at++;
    enum_value_forget_maybe(e, step->part);
    vector_insert(c->s->memory, &e->values, at, step->part);
    return VIOLATION_NONE;
}

/* A value stays: PostgreSQL cannot take one back. */
bool invert_safe_add_enum_value(inversion *i)
{
    (void)i;
    return true;
}

violation_kind apply_safe_add_multiple_enum_values(change *c)
{
    schema_enum *e = NULL;
    violation_kind kind = enum_of_step(c, VIOLATION_MISSING, &e);
    if (e == NULL)
        return kind;
    kind = enum_values_distinct(c);
    if (kind != VIOLATION_NONE)
        return kind;
    size_t missing = 0;
    for (size_t i = 0; c->step->values[i] != NULL; i++)
        missing += enum_value_at(e, c->step->values[i]) == e->values.count ? 1 : 0;
    if (missing == 0)
        return violate(c->s, c->v, VIOLATION_ALREADY, c->step->values[0],
                       "enum \"%s\" has these values already", c->step->object);
    for (size_t i = 0; c->step->values[i] != NULL; i++) {
        const char *value = c->step->values[i];
        if (enum_value_at(e, value) < e->values.count)
            continue;
        if (c->maybe) {
            vector_push(c->s->memory, &e->maybe_values, value);
            continue;
        }
        enum_value_forget_maybe(e, value);
        vector_push(c->s->memory, &e->values, value);
    }
    return VIOLATION_NONE;
}

bool invert_safe_add_multiple_enum_values(inversion *i)
{
    (void)i;
    return true;
}

violation_kind apply_safe_rename_enum_value(change *c)
{
    schema *s = c->s;
    schema_enum *e = NULL;
    violation_kind kind = enum_of_step(c, VIOLATION_MISSING, &e);
    if (e == NULL)
        return kind;
    const migen_step *step = c->step;
    size_t at = enum_value_at(e, step->part), there = enum_value_at(e, step->new_name);
    if (at == e->values.count && there < e->values.count)
        return violate(s, c->v, VIOLATION_ALREADY, step->part,
                       "the value '%s' of enum \"%s\" is called '%s' already", step->part, step->object,
                       step->new_name);
    if (at == e->values.count)
        return enum_has_value(e, step->part) ? VIOLATION_NONE : enum_value_missing(c, e, step->part);
    if (there < e->values.count)
        return violate(s, c->v, VIOLATION_CONFLICT, step->new_name, "enum \"%s\" has the value '%s' already",
                       step->object, step->new_name);
    if (c->maybe) {
        if (!enum_has_value(e, step->new_name))
            vector_push(s->memory, &e->maybe_values, step->new_name);
        return VIOLATION_NONE;
    }
    e->values.items[at] = step->new_name;
    enum_follow_value(s, step->object, step->part, step->new_name);
    return VIOLATION_NONE;
}

bool invert_safe_rename_enum_value(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_ENUM_VALUE,
                                .object = i->step->object,
                                .part = i->step->new_name,
                                .new_name = i->step->part});
    return true;
}

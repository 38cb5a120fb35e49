/*
 * routine.c: functions and triggers. Both are raw SQL with a name.
 */
#include "operation_parts.h"

#include "compare.h"
#include "text.h"

static const char *routine_sql(const migen_step *step)
{
    return step->sql != NULL ? step->sql[0] : NULL;
}

/* The arguments of the step's function: said, or in its CREATE FUNCTION. */
static const char *routine_arguments(arena *a, const migen_step *step)
{
    return function_arguments(a, step->arguments, routine_sql(step));
}

/* The function of that name and of those arguments; several may share a name. */
static schema_function *routine_find(const schema *s, const migen_step *step, const char **key)
{
    schema_function *found = schema_find_overload(s, step->object, routine_arguments(s->memory, step));
    for (size_t i = 0; i < s->functions.count && found != NULL; i++)
        if (!s->functions.entries[i].removed && s->functions.entries[i].value == found)
            *key = s->functions.entries[i].key;
    return found;
}

violation_kind apply_safe_create_function(change *c)
{
    schema *s = c->s;
    if (s->engine == MIGEN_SQLITE)
        return violate_sqlite(s, c->v, c->step->object, "functions of its own");
    const char *key = NULL;
    schema_function *there = routine_find(s, c->step, &key);
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    bool is_anew = there != NULL && there->sql != NULL && routine_sql(c->step) != NULL &&
                   function_is_made_anew(s->memory, routine_sql(c->step), there->sql);
    violation_kind kind = is_anew ? function_stays(c, there) : VIOLATION_NONE;
    if (kind != VIOLATION_NONE)
        return kind;
    object_name name = name_parse(s->memory, c->step->object);
    const char *arguments = routine_arguments(s->memory, c->step);
    if (there == NULL) {
        key = name_text(s->memory, name);
        if (map_has(&s->functions, key))
            key = arena_format(s->memory, "%s%s", key, arguments == NULL ? "()" : arguments);
    }
    schema_function *f = ARENA_NEW(s->memory, schema_function);
    *f = (schema_function){
        .name = name, .arguments = arguments, .sql = routine_sql(c->step), .maybe = c->maybe};
    map_set(&s->functions, key, f);
    return VIOLATION_NONE;
}

bool invert_safe_create_function(inversion *i)
{
    const char *key = NULL;
    const schema_function *there = routine_find(i->before, i->step, &key);
    if (there != NULL && !there->maybe) {
        if (there->sql == NULL)
            return invert_fails(i, "replacing a function that raw SQL has made");
        invert_push(i, (migen_step){.operation = MIGEN_CREATE_FUNCTION,
                                    .object = i->step->object,
                                    .arguments = there->arguments,
                                    .sql = invert_sql(i, there->sql)});
        return true;
    }
    invert_push(i, (migen_step){.operation = MIGEN_DROP_FUNCTION,
                                .object = i->step->object,
                                .arguments = routine_arguments(i->memory, i->step)});
    return true;
}

violation_kind apply_safe_drop_function(change *c)
{
    schema *s = c->s;
    if (s->engine == MIGEN_SQLITE)
        return violate_sqlite(s, c->v, c->step->object, "functions of its own");
    const char *key = NULL;
    const schema_function *there = routine_find(s, c->step, &key);
    if (there == NULL) {
        if (model_is_outside(s, name_parse(s->memory, c->step->object)))
            return VIOLATION_NONE;
        violate_missing(s, c->v, c->step->object, &s->functions, "there is no function \"%s%s\"",
                        c->step->object, c->step->arguments == NULL ? "" : c->step->arguments);
        return c->v->kind = VIOLATION_ALREADY;
    }
    if (c->step->arguments == NULL && schema_count_overloads(s, c->step->object) > 1) {
        violate(s, c->v, VIOLATION_CONFLICT, c->step->object, "there are several functions \"%s\"",
                c->step->object);
        c->v->hint = arena_format(s->memory, "say which: drop function %s(types)", c->step->object);
        return c->v->kind;
    }
    violation_kind kind = function_let_go(c, there);
    if (kind == VIOLATION_NONE)
        map_remove(&s->functions, key);
    return kind;
}

bool invert_safe_drop_function(inversion *i)
{
    const char *key = NULL;
    const schema_function *there = routine_find(i->before, i->step, &key);
    if (there == NULL || there->sql == NULL)
        return invert_fails(i, "dropping a function that the migrations do not make");
    if (i->step->cascade)
        return invert_by_difference(i);
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_FUNCTION,
                                .object = i->step->object,
                                .arguments = there->arguments,
                                .sql = invert_sql(i, there->sql)});
    return true;
}

/* Names of triggers are those of a table on PostgreSQL, and of the file on SQLite. */
static violation_kind trigger_name_free(change *c)
{
    schema *s = c->s;
    object_name owner;
    if (s->engine != MIGEN_SQLITE || schema_find_trigger(s, c->step->object, c->step->part, NULL) != NULL)
        return VIOLATION_NONE;
    const schema_trigger *other = schema_find_trigger(s, NULL, c->step->part, &owner);
    if (other == NULL || other->maybe)
        return VIOLATION_NONE;
    violate(s, c->v, VIOLATION_CONFLICT, c->step->part, "there is a trigger \"%s\" already, on \"%s\"",
            c->step->part, name_text(s->memory, owner));
    c->v->hint = "SQLite has one trigger of a name, whatever its table: give this one another name";
    return c->v->kind;
}

violation_kind apply_safe_create_trigger(change *c)
{
    schema *s = c->s;
    schema_triggers *triggers = schema_change_triggers(s, c->step->object);
    if (triggers == NULL) {
        schema_table *t = NULL;
        return change_table(c, &t);
    }
    const schema_trigger *there = schema_find_trigger(s, c->step->object, c->step->part, NULL);
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    violation_kind kind = trigger_name_free(c);
    if (kind != VIOLATION_NONE)
        return kind;
    schema_trigger trigger = {.name = c->step->part, .sql = routine_sql(c->step), .maybe = c->maybe};
    for (size_t i = triggers->count; i-- > 0;)
        if (model_same_name(s, triggers->items[i].name, c->step->part))
            vector_remove(triggers, i);
    vector_push(s->memory, triggers, trigger);
    return VIOLATION_NONE;
}

bool invert_safe_create_trigger(inversion *i)
{
    const schema_trigger *there = schema_find_trigger(i->before, i->step->object, i->step->part, NULL);
    if (there == NULL || there->maybe) {
        invert_push(
            i,
            (migen_step){.operation = MIGEN_DROP_TRIGGER, .object = i->step->object, .part = i->step->part});
        return true;
    }
    if (there->sql == NULL)
        return invert_fails(i, "replacing a trigger that raw SQL has made");
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_TRIGGER,
                                .object = i->step->object,
                                .part = i->step->part,
                                .sql = invert_sql(i, there->sql)});
    return true;
}

violation_kind apply_safe_drop_trigger(change *c)
{
    schema *s = c->s;
    object_name owner;
    const char *object = c->step->object;
    if (object != NULL && schema_find_table(s, object) == NULL && schema_find_view(s, object) == NULL) {
        schema_table *t = NULL;
        return change_table(c, &t);
    }
    if (schema_find_trigger(s, object, c->step->part, &owner) == NULL)
        return violate(s, c->v, VIOLATION_ALREADY, c->step->part, "there is no trigger \"%s\"",
                       c->step->part);
    schema_triggers *triggers = schema_change_triggers(s, name_text(s->memory, owner));
    for (size_t i = triggers->count; i-- > 0;)
        if (model_same_name(s, triggers->items[i].name, c->step->part))
            vector_remove(triggers, i);
    return VIOLATION_NONE;
}

bool invert_safe_drop_trigger(inversion *i)
{
    object_name owner;
    const schema_trigger *there = schema_find_trigger(i->before, i->step->object, i->step->part, &owner);
    if (there == NULL || there->sql == NULL)
        return invert_fails(i, "dropping a trigger that the migrations do not make");
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_TRIGGER,
                                .object = name_text(i->memory, owner),
                                .part = i->step->part,
                                .sql = invert_sql(i, there->sql)});
    return true;
}

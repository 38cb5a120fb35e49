/* Functions and triggers: made, replaced when their text differs. */
#include "safe_parts.h"

static status decide_create_function(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *words = arena_format(c->memory, "function %s", step->object);
    const char *arguments = function_arguments(c->memory, step->arguments, step->sql[0]);
    const schema_function *found = schema_find_overload(c->live, step->object, arguments);
    if (found == NULL)
        return safe_do(c, d, step, OUTCOME_CREATED, words, e);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    schema_function wanted = {.name = found->name, .arguments = step->arguments, .sql = step->sql[0]};
    compare_function(&x, &wanted, found);
    if (differences.count == 0) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
        return STATUS_OK;
    }
    if (ENGINE_IS_POSTGRES(c->engine) && found->sql != NULL &&
        function_is_made_anew(c->memory, step->sql[0], found->sql)) {
        /* CREATE OR REPLACE keeps the result's type, and the arguments' names. What depends on the function is an error of the drop, which names it. */
        migen_step *drop = ARENA_NEW(c->memory, migen_step);
        *drop =
            (migen_step){.operation = MIGEN_DROP_FUNCTION, .object = step->object, .arguments = arguments};
        status s = safe_do_quietly(c, d, drop, e);
        if (s != STATUS_OK)
            return s;
    }
    return safe_do(c, d, step, OUTCOME_REPLACED, words, e);
}

/* The name that a trigger's table or view has in live. */
static const char *trigger_object_now(const safe_context *c, const char *object)
{
    return safe_object_now(c, MIGEN_KIND_TABLE, object);
}

/* SQLite has one trigger of a name: where another table has it, that is not ours to take away. */
static status trigger_elsewhere(safe_context *c, const migen_step *step, const char *now,
                                object_name elsewhere, decision *d, error *e)
{
    const char *name = name_part_text(c->memory, step->part);
    difference_list wrong = {0};
    difference x = {.kind = MIGEN_KIND_TRIGGER,
                    .object = arena_format(c->memory, "%s on %s", name, now),
                    .wanted = text_trim(c->memory, step->sql[0]),
                    .found =
                        arena_format(c->memory, "a trigger %s on %s", name, name_text(c->memory, elsewhere))};
    vector_push(c->memory, &wrong, x);
    return safe_differences(c, d, &wrong, e);
}

static status decide_create_trigger(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = trigger_object_now(c, step->object);
    const char *words =
        arena_format(c->memory, "trigger %s on %s", name_part_text(c->memory, step->part), now);
    object_name owner;
    const schema_trigger *found = schema_find_trigger(c->live, now, step->part, &owner);
    if (found == NULL && ENGINE_IS_SQLITE(c->engine) &&
        schema_find_trigger(c->live, NULL, step->part, &owner) != NULL)
        return trigger_elsewhere(c, step, now, owner, d, e);
    if (found == NULL)
        return safe_do(c, d, step, OUTCOME_CREATED, words, e);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    schema_trigger wanted = {.name = step->part, .sql = step->sql[0]};
    compare_trigger(&x, schema_find_table(c->live, now), owner, &wanted, found);
    if (differences.count == 0) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
        return STATUS_OK;
    }
    return safe_do(c, d, step, OUTCOME_REPLACED, words, e);
}

static status decide_drop_trigger(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *object = step->object == NULL ? NULL : trigger_object_now(c, step->object);
    const char *words = arena_format(c->memory, "trigger %s", name_part_text(c->memory, step->part));
    object_name owner;
    if (schema_find_trigger(c->live, object, step->part, &owner) == NULL) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "not there");
        return STATUS_OK;
    }
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    *drop = *step;
    drop->object = object != NULL ? object : name_text(c->memory, owner);
    return safe_do(c, d, drop, OUTCOME_DROPPED, arena_format(c->memory, "%s on %s", words, drop->object), e);
}

status decide_routine(safe_context *c, const migen_step *step, decision *d, error *e)
{
    switch (step->operation) {
    case MIGEN_CREATE_FUNCTION:
        return decide_create_function(c, step, d, e);
    case MIGEN_CREATE_TRIGGER:
        return decide_create_trigger(c, step, d, e);
    case MIGEN_DROP_TRIGGER:
        return decide_drop_trigger(c, step, d, e);
    default:
        break;
    }
    const char *words = arena_format(c->memory, "function %s", step->object);
    if (schema_find_overload(c->live, step->object, step->arguments) != NULL)
        return safe_do(c, d, step, OUTCOME_DROPPED, words, e);
    safe_say(c, d, OUTCOME_SKIPPED, words, "not there");
    return STATUS_OK;
}

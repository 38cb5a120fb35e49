/* Enums and their values. */
#include "safe_parts.h"

static char *enum_words(safe_context *c, const char *object)
{
    return arena_format(c->memory, "enum %s", object);
}

static char *enum_value_words(safe_context *c, const char *object, const char *value)
{
    return arena_format(c->memory, "enum value %s '%s'", object, value);
}

static status decide_create_enum(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_ENUM, step->object);
    const schema_enum *found = schema_find_enum(c->live, now);
    if (found == NULL)
        return safe_do(c, d, step, OUTCOME_CREATED, enum_words(c, step->object), e);
    if (now != step->object) {
        safe_say(c, d, OUTCOME_SKIPPED, enum_words(c, step->object), "already renamed to %s", now);
        return STATUS_OK;
    }
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    schema_enum wanted = {.name = found->name};
    for (size_t i = 0; step->values[i] != NULL; i++)
        vector_push(c->memory, &wanted.values,
                    safe_part_now(c, MIGEN_KIND_ENUM_VALUE, step->object, step->values[i]));
    compare_enum(&x, &wanted, found);
    if (differences.count != 0)
        return safe_differences(c, d, &differences, e);
    safe_say(c, d, OUTCOME_SKIPPED, enum_words(c, step->object), "already there");
    return STATUS_OK;
}

/* Where a value belongs that says no neighbour, or one that is not there: before the next of the wanted ones that is there, so that
 * they stand in the order in which the history has them. */
static void enum_place(safe_context *c, const char *object, migen_step *add)
{
    const schema_enum *wanted = schema_find_enum(c->expected, object);
    bool before = add->before != NULL && schema_has(c->live, MIGEN_KIND_ENUM_VALUE, add->object, add->before);
    bool after = add->after != NULL && schema_has(c->live, MIGEN_KIND_ENUM_VALUE, add->object, add->after);
    if (wanted == NULL || before || after)
        return;
    add->before = add->after = NULL;
    bool behind = false;
    for (size_t i = 0; i < wanted->values.count && add->before == NULL; i++) {
        const char *value = wanted->values.items[i];
        const char *now = safe_part_now(c, MIGEN_KIND_ENUM_VALUE, object, value);
        if (behind && schema_has(c->live, MIGEN_KIND_ENUM_VALUE, add->object, now))
            add->before = now;
        behind = behind || text_equal(value, add->part);
    }
}

static status decide_add_enum_values(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_ENUM, step->object);
    if (schema_find_enum(c->live, now) == NULL)
        return error_set(e, STATUS_FAILED, "%s: there is no enum %s", step_words(c->memory, step),
                         step->object);
    const char *one[] = {step->part, NULL};
    const char *const *values = step->operation == MIGEN_ADD_ENUM_VALUE ? one : step->values;
    for (size_t i = 0; values[i] != NULL; i++) {
        const char *words = enum_value_words(c, now, values[i]);
        const char *value_now = safe_part_now(c, MIGEN_KIND_ENUM_VALUE, step->object, values[i]);
        if (schema_has(c->live, MIGEN_KIND_ENUM_VALUE, now, value_now)) {
            if (value_now == values[i])
                safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
            else
                safe_say(c, d, OUTCOME_SKIPPED, words, "already renamed to '%s'", value_now);
            continue;
        }
        migen_step *add = ARENA_NEW(c->memory, migen_step);
        *add = (migen_step){.operation = MIGEN_ADD_ENUM_VALUE, .object = now, .part = values[i]};
        add->before =
            step->before == NULL ? NULL : safe_part_now(c, MIGEN_KIND_ENUM_VALUE, step->object, step->before);
        add->after =
            step->after == NULL ? NULL : safe_part_now(c, MIGEN_KIND_ENUM_VALUE, step->object, step->after);
        if (!c->going_down)
            enum_place(c, step->object, add);
        status s = safe_do(c, d, add, OUTCOME_CREATED, words, e);
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

status decide_enum(safe_context *c, const migen_step *step, decision *d, error *e)
{
    switch (step->operation) {
    case MIGEN_CREATE_ENUM:
        return decide_create_enum(c, step, d, e);
    case MIGEN_DROP_ENUM:
        if (schema_find_enum(c->live, step->object) != NULL)
            return safe_do(c, d, step, OUTCOME_DROPPED, enum_words(c, step->object), e);
        safe_say(c, d, OUTCOME_SKIPPED, enum_words(c, step->object), "not there");
        return STATUS_OK;
    case MIGEN_RENAME_ENUM:
        return safe_rename_object(c, step, d, MIGEN_KIND_ENUM, e);
    case MIGEN_RENAME_ENUM_VALUE:
        return safe_rename_part(c, step, d, MIGEN_KIND_ENUM_VALUE, e);
    default:
        return decide_add_enum_values(c, step, d, e);
    }
}

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
    if (found == NULL && safe_name_is_taken(c, MIGEN_KIND_ENUM, step->object))
        return safe_name_taken(c, d, MIGEN_KIND_ENUM, step->object, step->object, "an enum", e);
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

/* SQLite: a table of somebody else's has a check of its own, which has to let the value in. */
static status enum_widen_check(safe_context *c, const char *object, const migen_column *column,
                               const schema_table *expected, const char *value, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    const schema_table *live = schema_find_table(c->live, now);
    const migen_column *found =
        live == NULL ? NULL
                     : table_find_column(live, safe_part_now(c, MIGEN_KIND_COLUMN, object, column->name));
    const char *const *values = NULL;
    const migen_constraint *check =
        found == NULL ? NULL : check_of_values(c->memory, expected, live, found->name, &values);
    if (check == NULL || list_contains(values, value) || safe_value_has_later_name(c, value, values))
        return STATUS_OK;
    VECTOR(const char *) all = {0};
    for (size_t i = 0; values[i] != NULL; i++)
        vector_push(c->memory, &all, values[i]);
    vector_push(c->memory, &all, value);
    migen_constraint *wider = ARENA_NEW(c->memory, migen_constraint);
    *wider = (migen_constraint){.kind = MIGEN_CHECK,
                                .name = check->name,
                                .expression = dialect_in_list(c->memory, found->name, all.items, all.count)};
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    *drop = (migen_step){.operation = MIGEN_DROP_CONSTRAINT, .object = now, .part = check->name};
    migen_step *add = ARENA_NEW(c->memory, migen_step);
    *add = (migen_step){.operation = MIGEN_ADD_CONSTRAINT, .object = now, .constraint = wider};
    status s = safe_do_quietly(c, d, drop, e);
    const char *words =
        arena_format(c->memory, "constraint %s on %s", name_part_text(c->memory, wider->name), now);
    return s != STATUS_OK ? s : safe_do(c, d, add, OUTCOME_ALTERED, words, e);
}

static status enum_widen_checks(safe_context *c, const char *object, const char *value, decision *d, error *e)
{
    const schema *s = c->expected;
    for (size_t i = 0; ENGINE_IS_SQLITE(c->engine) && s != NULL && i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || t->given)
            continue;
        for (size_t k = 0; k < t->columns.count; k++) {
            const migen_column *column = &t->columns.items[k];
            if (column->type.kind != MIGEN_TYPE_ENUM ||
                schema_find_enum(s, column->type.name) != schema_find_enum(s, object))
                continue;
            status code = enum_widen_check(c, s->tables.entries[i].key, column, t, value, d, e);
            if (code != STATUS_OK)
                return code;
        }
    }
    return STATUS_OK;
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
        status s = enum_widen_checks(c, step->object, value_now, d, e);
        if (s != STATUS_OK)
            return s;
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
        s = safe_do(c, d, add, OUTCOME_CREATED, words, e);
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

/*
 * safe_other_name.c: an index or constraint that another tool has made under a name of its own counts as there when it
 * is to be made. When it is to be dropped or renamed it is not touched, since it is not what was named; but that is said.
 */
#include "safe_parts.h"

#include <string.h>

static const char *other_constraint(safe_context *c, const migen_step *step)
{
    const schema_table *before = schema_find_table(c->before, step->object);
    const schema_table *live = schema_find_table(c->live, safe_object_now(c, MIGEN_KIND_TABLE, step->object));
    const migen_constraint *was = before == NULL ? NULL : table_find_constraint(before, step->part);
    if (was == NULL || live == NULL)
        return NULL;
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    const migen_constraint *other = find_equal_constraint(&x, live, was);
    bool is_other = other != NULL && !safe_is_expected(before, other->name);
    return is_other ? name_part_text(c->memory, other->name) : NULL;
}

static const char *other_index(safe_context *c, const migen_step *step)
{
    const schema_table *owner = NULL;
    const migen_index *was = schema_find_index(c->before, step->object, &owner);
    if (was == NULL)
        return NULL;
    const char *table = name_text(c->memory, owner->name);
    const schema_table *live = schema_find_relation(c->live, safe_object_now(c, MIGEN_KIND_TABLE, table));
    const migen_index *other = live == NULL ? NULL : safe_index_equal(c, table, live, was);
    return other == NULL ? NULL : name_part_text(c->memory, other->name);
}

const char *safe_other_name(safe_context *c, const migen_step *step, migen_kind kind)
{
    if (c->before == NULL)
        return NULL;
    if (kind == MIGEN_KIND_INDEX)
        return other_index(c, step);
    return kind == MIGEN_KIND_CONSTRAINT ? other_constraint(c, step) : NULL;
}

status safe_not_there(safe_context *c, decision *d, const migen_step *step, migen_kind kind,
                      const char *words, error *e)
{
    const char *other = safe_other_name(c, step, kind);
    if (other == NULL || c->going_down) {
        safe_say(c, d, OUTCOME_SKIPPED, words, other == NULL ? "not there" : "it is there as %s", other);
        return STATUS_OK;
    }
    difference_list differences = {0};
    difference x = {.kind = kind,
                    .object = words + strlen(kind_words(kind)) + 1,
                    .wanted = "it dropped",
                    .found = arena_format(c->memory, "the same under the name %s", other)};
    vector_push(c->memory, &differences, x);
    return safe_differences(c, d, &differences, e);
}

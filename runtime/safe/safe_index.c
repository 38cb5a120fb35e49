/* Indexes: create (with recovery of an INVALID one), drop, rename. */
#include "safe_parts.h"

static char *safe_index_words(safe_context *c, const char *name, const char *table)
{
    return arena_format(c->memory, "index %s on %s", name_part_text(c->memory, name), table);
}

status safe_drop_half_built(safe_context *c, const schema_table *found, const char *index, decision *d,
                            error *e)
{
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    object_name name = {.schema = found->name.schema, .name = index};
    *drop = (migen_step){.operation = MIGEN_DROP_INDEX, .object = name_text(c->memory, name)};
    safe_say(c, d, OUTCOME_NOTE, safe_index_words(c, index, name_text(c->memory, found->name)),
             "half built (INVALID): it is built again");
    size_t before = d->statements.count;
    status s = safe_do_quietly(c, d, drop, e);
    for (size_t i = before; i < d->statements.count; i++)
        d->statements.items[i].clears = drop->object;
    return s;
}

const migen_index *safe_index_equal(safe_context *c, const char *object, const schema_table *table,
                                    const migen_index *wanted)
{
    const schema_table *expected = schema_find_relation(c->expected, object);
    for (size_t i = 0; i < table->indexes.count; i++) {
        if (safe_is_expected(expected, table->indexes.items[i].name))
            continue; /* the history has it as another one */
        difference_list differences = {0};
        comparison x = safe_comparison(c, &differences);
        x.certain = true;
        migen_index same_name = *wanted;
        same_name.name = table->indexes.items[i].name;
        compare_index(&x, table, &same_name, &table->indexes.items[i]);
        if (differences.count == 0 && !table->indexes.items[i].half_done)
            return &table->indexes.items[i];
    }
    return NULL;
}

/* Whether a unique constraint of the index's name does the work of the index: it has one of that name. */
static bool safe_constraint_is_index(const safe_context *c, const schema_table *table,
                                     const migen_index *wanted)
{
    const migen_constraint *there = table_find_constraint(table, wanted->name);
    bool is = there != NULL && there->kind == MIGEN_UNIQUE && there->extra == NULL &&
              index_is_plain_unique(wanted) && list_length(there->columns) == wanted->item_count;
    for (size_t i = 0; is && i < wanted->item_count; i++) {
        const char *a = there->columns[i], *b = wanted->items[i].column;
        is = wanted->items[i].extra == NULL && !wanted->items[i].descending &&
             (ENGINE_IS_SQLITE(c->engine) ? text_equal_word(a, b) : text_equal(a, b));
    }
    return is;
}

status safe_add_index_to(safe_context *c, const char *object, const schema_table *found, migen_index *wanted,
                         decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    const char *words = safe_index_words(c, wanted->name, now);
    const migen_index *there = table_find_index(found, wanted->name);
    migen_step *create = ARENA_NEW(c->memory, migen_step);
    *create = (migen_step){.operation = MIGEN_CREATE_INDEX, .object = now, .index = wanted};
    if (there != NULL && there->half_done) {
        status s = safe_drop_half_built(c, found, there->name, d, e);
        return s != STATUS_OK ? s : safe_do(c, d, create, OUTCOME_CREATED, words, e);
    }
    if (there != NULL) {
        difference_list differences = {0};
        comparison x = safe_comparison(c, &differences);
        compare_index(&x, found, wanted, there);
        if (differences.count != 0)
            return safe_differences(c, d, &differences, e);
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
        return STATUS_OK;
    }
    object_name renamed = found->name;
    renamed.name = wanted->name;
    const char *index_now = safe_object_now(c, MIGEN_KIND_INDEX, name_text(c->memory, renamed));
    if (schema_has(c->live, MIGEN_KIND_INDEX, index_now, NULL)) {
        const schema_table *owner = NULL;
        const migen_index *other = schema_find_index(c->live, index_now, &owner);
        if (owner == found) {
            safe_say(c, d, OUTCOME_SKIPPED, words, "already renamed to %s", index_now);
            return STATUS_OK;
        }
        difference_list wrong = {0};
        difference x = {.kind = MIGEN_KIND_INDEX,
                        .object = arena_format(c->memory, "%s on %s", wanted->name, now),
                        .wanted = index_text(c->memory, wanted),
                        .found = arena_format(c->memory, "%s on %s %s", index_text(c->memory, other),
                                              owner->materialized ? "materialized view" : "table",
                                              name_text(c->memory, owner->name))};
        vector_push(c->memory, &wrong, x);
        return safe_differences(c, d, &wrong, e);
    }
    const migen_index *equal = safe_index_equal(c, object, found, wanted);
    if (equal != NULL) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there as %s", equal->name);
        return STATUS_OK;
    }
    renamed.name = wanted->name;
    const char *name = name_text(c->memory, renamed);
    if (safe_constraint_is_index(c, found, wanted)) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there as a unique constraint");
        return STATUS_OK;
    }
    if (safe_name_is_taken(c, MIGEN_KIND_INDEX, name))
        return safe_name_taken(c, d, MIGEN_KIND_INDEX, name, safe_on_words(c, wanted->name, now),
                               index_text(c->memory, wanted), e);
    return safe_do(c, d, create, OUTCOME_CREATED, words, e);
}

static status decide_create_index(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const schema_table *found = schema_find_relation(c->live, now);
    if (found == NULL)
        found = safe_need_table(c, now, step, e);
    if (found == NULL)
        return e->code;
    migen_index *wanted = ARENA_NEW(c->memory, migen_index);
    *wanted = schema_plain_index(c->expected, found, step->index);
    if (step->index->name == NULL) { /* its default name, as the history gave it */
        const schema_table *expected = schema_find_relation(c->expected, step->object);
        if (expected != NULL && expected->indexes.count != 0)
            wanted->name = expected->indexes.items[expected->indexes.count - 1].name;
    }
    return safe_add_index_to(c, step->object, found, wanted, d, e);
}

status decide_index(safe_context *c, const migen_step *step, decision *d, error *e)
{
    if (step->operation == MIGEN_CREATE_INDEX)
        return decide_create_index(c, step, d, e);
    if (step->operation == MIGEN_RENAME_INDEX)
        return safe_rename_object(c, step, d, MIGEN_KIND_INDEX, e);
    const char *now = safe_object_now(c, MIGEN_KIND_INDEX, step->object);
    const char *words = arena_format(c->memory, "index %s", now);
    if (!schema_has(c->live, MIGEN_KIND_INDEX, now, NULL))
        return safe_not_there(c, d, step, MIGEN_KIND_INDEX, words, e);
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    *drop = *step;
    drop->object = now;
    return safe_do(c, d, drop, OUTCOME_DROPPED, words, e);
}

/* Constraints: add (with recovery of one that is NOT VALID), drop, rename. */
#include "safe_parts.h"

static char *constraint_words(safe_context *c, const char *name, const char *table)
{
    return arena_format(c->memory, "constraint %s on %s", name_part_text(c->memory, name), table);
}

/* The wanted constraint in plain form: as the history has it, under the names that its columns have now. */
static migen_constraint *constraint_wanted(safe_context *c, const migen_step *step, const schema_table *found)
{
    violation v = {0};
    migen_constraint *wanted = ARENA_NEW(c->memory, migen_constraint);
    *wanted = schema_plain_constraint(c->live, found, step->constraint, &v);
    const schema_table *expected = schema_find_table(c->expected, step->object);
    if (step->constraint->name == NULL && expected != NULL && expected->constraints.count != 0)
        wanted->name = expected->constraints.items[expected->constraints.count - 1].name;
    size_t count = list_length(wanted->columns);
    const char **columns = ARENA_NEW_ARRAY(c->memory, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        columns[i] = safe_part_now(c, MIGEN_KIND_COLUMN, step->object, wanted->columns[i]);
    if (wanted->columns != NULL)
        wanted->columns = columns;
    if (wanted->references != NULL)
        wanted->references = safe_object_now(c, MIGEN_KIND_TABLE, wanted->references);
    return wanted;
}

/* What the recipe's index of this name says: INVALID, it is made again; whole, and its run was interrupted before
 * the index became the constraint, that is done now; anything else of the name differs. */
static status constraint_from_index(safe_context *c, const schema_table *found, const migen_step *add,
                                    const migen_index *index, decision *d, error *e)
{
    const migen_constraint *wanted = add->constraint;
    const char *words = constraint_words(c, wanted->name, add->object);
    if (index->half_done) {
        status s = safe_drop_half_built(c, found, index->name, d, e);
        return s != STATUS_OK ? s : safe_do(c, d, add, OUTCOME_CREATED, words, e);
    }
    difference_list wrong = {0};
    comparison x = safe_comparison(c, &wrong);
    migen_constraint same = *wanted;
    same.kind = MIGEN_UNIQUE; /* a primary key's index is a unique one */
    const migen_constraint *equal = find_equal_constraint(&x, found, &same);
    if (equal != NULL && text_equal(equal->name, wanted->name))
        return safe_do(c, d, add, OUTCOME_CREATED, words, e);
    difference other = {.kind = MIGEN_KIND_CONSTRAINT,
                        .object = safe_on_words(c, wanted->name, add->object),
                        .wanted = constraint_text(c->memory, wanted),
                        .found = index_text(c->memory, index)};
    vector_push(c->memory, &wrong, other);
    return safe_differences(c, d, &wrong, e);
}

/* One of this name is there. */
static status constraint_of_that_name(safe_context *c, const schema_table *found, const migen_step *add,
                                      const migen_constraint *there, decision *d, error *e)
{
    const char *words = constraint_words(c, there->name, add->object);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    migen_constraint *named = ARENA_NEW(c->memory, migen_constraint);
    *named = *add->constraint;
    named->name = there->name;
    migen_constraint whole = *there;
    whole.half_done = false; /* that is no difference, but something to finish */
    compare_constraint(&x, found, named, &whole);
    if (differences.count != 0)
        return safe_differences(c, d, &differences, e);
    if (there->half_done) {
        migen_step *validate = ARENA_NEW(c->memory, migen_step);
        *validate = *add;
        validate->constraint = named;
        safe_say(c, d, OUTCOME_NOTE, words, "half done (NOT VALID): it is validated");
        status s = safe_do(c, d, validate, OUTCOME_ALTERED, words, e);
        const char *name = there->name;
        schema_table *t = schema_change_table(c->live, schema_find_table(c->live, add->object));
        migen_constraint *validated = t == NULL ? NULL : table_find_constraint(t, name);
        if (validated != NULL) /* what comes next is held against it as it will be */
            validated->half_done = false;
        return s;
    }
    if (text_equal(there->name, add->constraint->name))
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
    else
        safe_say(c, d, OUTCOME_SKIPPED, constraint_words(c, add->constraint->name, add->object),
                 "already renamed to %s", there->name);
    return STATUS_OK;
}

status safe_add_constraint_to(safe_context *c, const char *object, const schema_table *found,
                              migen_constraint *wanted, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    const char *words = constraint_words(c, wanted->name, now);
    const char *name_now = safe_part_now(c, MIGEN_KIND_CONSTRAINT, object, wanted->name);
    const migen_constraint *there = table_find_constraint(found, name_now);
    migen_step *add = ARENA_NEW(c->memory, migen_step);
    *add = (migen_step){.operation = MIGEN_ADD_CONSTRAINT, .object = now, .constraint = wanted};
    if (there != NULL)
        return constraint_of_that_name(c, found, add, there, d, e);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    bool has_index = wanted->kind == MIGEN_UNIQUE || wanted->kind == MIGEN_PRIMARY_KEY;
    const migen_index *index = has_index ? table_find_index(found, wanted->name) : NULL;
    if (index != NULL && (c->resuming || index->half_done))
        return constraint_from_index(c, found, add, index, d, e);
    const migen_constraint *equal = find_equal_constraint(&x, found, wanted);
    /* SQLite's is a unique index of the very name. */
    bool is_it = equal != NULL && text_equal(equal->name, wanted->name);
    if (is_it) {
        safe_say(c, d, OUTCOME_SKIPPED, words,
                 ENGINE_IS_SQLITE(c->engine) ? "already there" : "already there, as a unique index");
        return STATUS_OK;
    }
    if (equal != NULL && !safe_is_expected(schema_find_table(c->expected, object), equal->name)) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there as %s", equal->name);
        return STATUS_OK;
    }
    const migen_constraint *key = table_primary_key(found);
    if (wanted->kind == MIGEN_PRIMARY_KEY && key != NULL) {
        difference other = {.kind = MIGEN_KIND_CONSTRAINT,
                            .object = arena_format(c->memory, "%s on %s", wanted->name, now),
                            .wanted = constraint_text(c->memory, wanted),
                            .found = constraint_text(c->memory, key)};
        vector_push(c->memory, &differences, other);
        return safe_differences(c, d, &differences, e);
    }
    object_name name = {.schema = found->name.schema, .name = wanted->name};
    const char *object_name_now = name_text(c->memory, name);
    if (index == NULL && has_index && safe_name_is_taken(c, MIGEN_KIND_INDEX, object_name_now)) {
        const char *what = safe_on_words(c, wanted->name, now);
        difference_list wrong = {0};
        difference other = {.kind = MIGEN_KIND_CONSTRAINT,
                            .object = what,
                            .wanted = constraint_text(c->memory, wanted),
                            .found = schema_name_taken(c->live, MIGEN_KIND_INDEX, name)};
        vector_push(c->memory, &wrong, other);
        return safe_differences(c, d, &wrong, e);
    }
    return index != NULL ? constraint_from_index(c, found, add, index, d, e)
                         : safe_do(c, d, add, OUTCOME_CREATED, words, e);
}

static status decide_add_constraint(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const schema_table *found = safe_need_table(c, now, step, e);
    if (found == NULL)
        return e->code;
    return safe_add_constraint_to(c, step->object, found, constraint_wanted(c, step, found), d, e);
}

/* A unique index of the constraint's name does its work, and is dropped and renamed as it; NULL: there is none. */
static const migen_index *constraint_stand_in(const schema_table *found, const char *name)
{
    const migen_index *index = found == NULL ? NULL : table_find_index(found, name);
    bool stands = index != NULL && index->unique && index->where == NULL;
    return stands && table_find_constraint(found, name) == NULL ? index : NULL;
}

static status decide_rename_constraint(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const char *target = safe_part_now(c, MIGEN_KIND_CONSTRAINT, step->object, step->new_name);
    const schema_table *found = schema_find_table(c->live, now);
    const migen_index *source = constraint_stand_in(found, step->part);
    const migen_index *renamed = constraint_stand_in(found, target);
    bool constraints = found != NULL && (table_find_constraint(found, step->part) != NULL ||
                                         table_find_constraint(found, target) != NULL);
    if (constraints || (source == NULL) == (renamed == NULL))
        return safe_rename_part(c, step, d, MIGEN_KIND_CONSTRAINT, e);
    if (renamed != NULL) {
        safe_say(c, d, OUTCOME_SKIPPED, constraint_words(c, step->part, now), "already renamed to %s",
                 renamed->name);
        return STATUS_OK;
    }
    object_name name = {.schema = found->name.schema, .name = source->name};
    migen_step *rename = ARENA_NEW(c->memory, migen_step);
    *rename = (migen_step){
        .operation = MIGEN_RENAME_INDEX, .object = name_text(c->memory, name), .new_name = step->new_name};
    const char *words = arena_format(c->memory, "%s to %s", constraint_words(c, step->part, now),
                                     name_part_text(c->memory, step->new_name));
    return safe_do(c, d, rename, OUTCOME_RENAMED, words, e);
}

status decide_constraint(safe_context *c, const migen_step *step, decision *d, error *e)
{
    if (step->operation == MIGEN_ADD_CONSTRAINT)
        return decide_add_constraint(c, step, d, e);
    if (step->operation == MIGEN_RENAME_CONSTRAINT)
        return decide_rename_constraint(c, step, d, e);
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const schema_table *found = schema_find_table(c->live, now);
    const char *part = safe_part_now(c, MIGEN_KIND_CONSTRAINT, step->object, step->part);
    const char *words = constraint_words(c, part, now);
    const migen_index *index = constraint_stand_in(found, part);
    if (index != NULL) {
        object_name name = {.schema = found->name.schema, .name = index->name};
        migen_step *drop = ARENA_NEW(c->memory, migen_step);
        *drop = (migen_step){.operation = MIGEN_DROP_INDEX, .object = name_text(c->memory, name)};
        return safe_do(c, d, drop, OUTCOME_DROPPED, words, e);
    }
    if (found == NULL || table_find_constraint(found, part) == NULL)
        return safe_not_there(c, d, step, MIGEN_KIND_CONSTRAINT, words, e);
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    *drop = *step;
    drop->object = now;
    drop->part = part;
    return safe_do(c, d, drop, OUTCOME_DROPPED, words, e);
}

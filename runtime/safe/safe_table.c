/* Tables: create, ensure, drop, rename. */
#include "safe_parts.h"

#include "catalog.h"

static char *table_words(safe_context *c, const char *object)
{
    return arena_format(c->memory, "table %s", object);
}

/* Whether differences holds one for the same thing as x: the release's end leaves it as it was found when it
 * does not. */
static bool difference_stays(const difference *x, const difference_list *differences)
{
    for (size_t i = 0; i < differences->count; i++) {
        const difference *y = &differences->items[i];
        if (y->kind == x->kind && text_equal(y->object, x->object))
            return true;
    }
    return false;
}

void safe_table_differences(safe_context *c, const char *object, const schema_table *found,
                            difference_list *out)
{
    const schema_table *wanted = schema_find_table(safe_expected_now(c), name_text(c->memory, found->name));
    if (wanted == NULL)
        wanted = schema_find_table(c->expected, object);
    if (wanted == NULL)
        return;
    difference_list now = {0};
    comparison x = safe_comparison(c, &now);
    compare_table(&x, wanted, found);
    const char *found_object = name_text(c->memory, found->name);
    const schema_table *last =
        c->final == NULL || c->going_down ? NULL : schema_find_table(c->final, found_object);
    if (now.count == 0 || last == NULL) {
        *out = now;
        return;
    }
    difference_list at_end = {0};
    x.out = &at_end;
    x.model = c->final;
    compare_table(&x, last, found);
    for (size_t i = 0; i < now.count; i++)
        if (difference_stays(&now.items[i], &at_end))
            vector_push(c->memory, out, now.items[i]);
}

static status decide_create_table(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *object = step->table->name;
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    const schema_table *found = schema_find_table(c->live, now);
    if (found == NULL) {
        if (safe_name_is_taken(c, MIGEN_KIND_TABLE, object))
            return safe_name_taken(c, d, MIGEN_KIND_TABLE, object, object, "a table", e);
        status s = safe_do(c, d, step, OUTCOME_CREATED, table_words(c, object), e);
        schema_table *made = schema_change_table(c->live, schema_find_table(c->live, object));
        if (made != NULL)
            made->fresh = true;
        return s;
    }
    catalog_settle_table(c->live, now, c->expected);
    difference_list differences = {0};
    safe_table_differences(c, object, schema_find_table(c->live, now), &differences);
    status s = safe_differences(c, d, &differences, e);
    if (s != STATUS_OK)
        return s;
    if (now != object)
        safe_say(c, d, OUTCOME_SKIPPED, table_words(c, object), "already renamed to %s", now);
    else
        safe_say(c, d, OUTCOME_SKIPPED, table_words(c, object), "already there");
    return STATUS_OK;
}

/* Adds what a table that is there lacks, one column, constraint and index after the other. */
static status ensure_parts(safe_context *c, const char *object, decision *d, bool *changed, error *e)
{
    const schema_table *wanted = schema_find_table(c->expected, object);
    const schema_table *found = schema_find_table(c->live, object);
    status s = STATUS_OK;
    for (size_t i = 0; wanted != NULL && i < wanted->columns.count && s == STATUS_OK; i++) {
        const migen_column *column = &wanted->columns.items[i];
        if (table_find_column(found, column->name) != NULL)
            continue;
        const char *now = safe_part_now(c, MIGEN_KIND_COLUMN, object, column->name);
        if (table_find_column(found, now) != NULL) {
            safe_say(c, d, OUTCOME_SKIPPED, safe_part_words(c, "column", object, column->name),
                     "already renamed to %s", now);
            continue;
        }
        migen_step *add = ARENA_NEW(c->memory, migen_step);
        *add = (migen_step){
            .operation = MIGEN_ADD_COLUMN, .object = object, .columns = column, .column_count = 1};
        *changed = true;
        s = safe_do(c, d, add, OUTCOME_CREATED, safe_part_words(c, "column", object, column->name), e);
    }
    return s == STATUS_OK ? safe_make_missing(c, object, NULL, d, changed, e) : s;
}

/* Whether the name is that of a unique constraint beside the primary key of the same columns: where a definition says both, they are
 * one in a table that it makes, and here they are two. */
static bool ensure_has_both(const schema_table *expected, const migen_constraint *wanted)
{
    const migen_constraint *named = table_find_constraint(expected, wanted->name);
    const migen_constraint *primary = table_primary_key(expected);
    return wanted->kind == MIGEN_PRIMARY_KEY && named->kind == MIGEN_UNIQUE && primary != NULL &&
           list_equal(named->columns, wanted->columns) && list_equal(primary->columns, wanted->columns);
}

/* What the migrations have made otherwise than this step says, and the database has so, too: a column of another type, an index
 * or constraint of that name on other columns. What the model has as the step says is compared with the model. */
static void ensure_differences(safe_context *c, const migen_step *step, const schema_table *found,
                               difference_list *out)
{
    schema *s = schema_copy(c->memory, c->expected);
    violation v = {0};
    const schema_table *expected = schema_find_table(c->expected, step->table->name);
    if (schema_change_table(s, schema_find_table(s, step->table->name)) != NULL)
        map_remove(&s->tables, name_text(c->memory, expected->name)); /* its names are free */
    migen_table definition = *step->table;                            /* of the kind that the table has */
    definition.strict = expected->strict;
    definition.without_rowid = expected->without_rowid;
    const schema_table *wanted = schema_table_from(s, &definition, &v);
    if (wanted == NULL)
        return;
    difference_list of_model = {0};
    comparison model = safe_comparison(c, &of_model), x = safe_comparison(c, out);
    for (size_t i = 0; i < wanted->columns.count; i++) {
        const migen_column *column = &wanted->columns.items[i];
        const migen_column *is = table_find_column(found, column->name);
        of_model.count = 0;
        compare_column(&model, wanted, column, expected, table_find_column(expected, column->name));
        if (of_model.count != 0 && is != NULL)
            compare_column(&x, wanted, column, found, is);
    }
    for (size_t i = 0; i < wanted->indexes.count; i++) {
        const migen_index *index = &wanted->indexes.items[i];
        const migen_index *is = table_find_index(found, index->name);
        of_model.count = 0;
        if (table_find_index(expected, index->name) != NULL)
            compare_index(&model, wanted, index, table_find_index(expected, index->name));
        if (of_model.count != 0 && is != NULL)
            compare_index(&x, wanted, index, is);
    }
    for (size_t i = 0; i < wanted->constraints.count; i++) {
        const migen_constraint *constraint = &wanted->constraints.items[i];
        const migen_constraint *is = table_find_constraint(found, constraint->name);
        of_model.count = 0;
        if (table_find_constraint(expected, constraint->name) != NULL &&
            !ensure_has_both(expected, constraint))
            compare_constraint(&model, wanted, constraint, table_find_constraint(expected, constraint->name));
        if (of_model.count != 0 && is != NULL)
            compare_constraint(&x, wanted, constraint, is);
    }
}

static status decide_ensure_table(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *object = step->table->name;
    if (schema_find_table(c->live, object) == NULL || schema_find_table(c->expected, object) == NULL)
        return decide_create_table(c, step, d, e);
    catalog_settle_table(c->live, object, c->expected);
    bool changed = false;
    status s = ensure_parts(c, object, d, &changed, e);
    if (s != STATUS_OK)
        return s;
    difference_list differences = {0};
    safe_table_differences(c, object, schema_find_table(c->live, object), &differences);
    ensure_differences(c, step, schema_find_table(c->live, object), &differences);
    s = safe_differences(c, d, &differences, e);
    if (s == STATUS_OK && !changed)
        safe_say(c, d, OUTCOME_SKIPPED, table_words(c, object), "already there");
    return s;
}

status decide_table(safe_context *c, const migen_step *step, decision *d, error *e)
{
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
        return decide_create_table(c, step, d, e);
    case MIGEN_ENSURE_TABLE:
        return decide_ensure_table(c, step, d, e);
    case MIGEN_GIVEN_TABLE:
        return STATUS_OK; /* a description for the checks: nothing is made */
    case MIGEN_RENAME_TABLE:
        return safe_rename_object(c, step, d, MIGEN_KIND_TABLE, e);
    default:
        break;
    }
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    if (schema_find_table(c->live, now) == NULL) {
        safe_say(c, d, OUTCOME_SKIPPED, table_words(c, step->object), "not there");
        return STATUS_OK;
    }
    const schema_table *given = schema_find_table(c->expected, step->object);
    if (given != NULL && given->given) {
        safe_say(c, d, OUTCOME_SKIPPED, table_words(c, now), "given: it is somebody else's");
        return STATUS_OK;
    }
    return safe_do(c, d, safe_step_now(c, step), OUTCOME_DROPPED, table_words(c, now), e);
}

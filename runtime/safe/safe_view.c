/* Views and materialized views: made, replaced when their text differs. */
#include "safe_parts.h"

#include "sql_normal.h"

/* The view of the release's end has the text that was found: a later step replaces it, or a rename changed
 * it. */
static bool view_is_final(safe_context *c, const schema_view *found, const char *object)
{
    const schema_view *last = c->final == NULL || c->going_down ? NULL : schema_find_view(c->final, object);
    if (last == NULL || last->text_moved) /* its text is not known word for word */
        return false;
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    compare_view(&x, last, found);
    return differences.count == 0;
}

static status decide_create_view(safe_context *c, const migen_step *step, decision *d, error *e)
{
    bool materialized = step->operation == MIGEN_CREATE_MATERIALIZED_VIEW;
    migen_kind kind = materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW;
    const char *words = arena_format(c->memory, "%s %s", kind_words(kind), step->object);
    const schema_view *found = schema_find_view(c->live, step->object);
    if (found == NULL && !safe_name_is_taken(c, kind, step->object)) {
        status s = safe_do(c, d, step, OUTCOME_CREATED, words, e);
        schema_table *made = schema_change_table(c->live, schema_find_relation(c->live, step->object));
        if (made != NULL)
            made->fresh = true;
        return s;
    }
    if (found == NULL || found->materialized != materialized)
        return safe_name_taken(c, d, kind, step->object, step->object,
                               materialized ? "a materialized view" : "a view", e);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    const schema_view *expected = schema_find_view(c->expected, step->object);
    schema_view wanted = {.name = found->name,
                          .materialized = materialized,
                          .sql = step->sql[0],
                          .column_count = expected == NULL ? 0 : expected->column_count};
    compare_view(&x, &wanted, found);
    if (differences.count == 0 || view_is_final(c, found, step->object)) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
        return STATUS_OK;
    }
    return safe_do(c, d, step, OUTCOME_REPLACED, words, e);
}

status decide_view(safe_context *c, const migen_step *step, decision *d, error *e)
{
    if (step->operation == MIGEN_CREATE_VIEW || step->operation == MIGEN_CREATE_MATERIALIZED_VIEW)
        return decide_create_view(c, step, d, e);
    migen_kind kind = step->operation == MIGEN_DROP_VIEW ? MIGEN_KIND_VIEW : MIGEN_KIND_MATERIALIZED_VIEW;
    const char *words = arena_format(c->memory, "%s %s", kind_words(kind), step->object);
    if (schema_has(c->live, kind, step->object, NULL))
        return safe_do(c, d, step, OUTCOME_DROPPED, words, e);
    safe_say(c, d, OUTCOME_SKIPPED, words, "not there");
    return STATUS_OK;
}

/* Data: run, seed, backfill; and the operations that change nothing. */
#include "safe_parts.h"

#include "sql_normal.h"

static const char safe_withheld[] =
    "not run: the database was adopted at a version of this schema, and may have had it before";

static status decide_run(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *words = step->text != NULL ? step->text : "SQL";
    if (c->withheld) {
        safe_say(c, d, OUTCOME_SKIPPED, words, safe_withheld);
        return STATUS_OK;
    }
    if ((step->when != NULL || step->unless != NULL) && !c->condition_holds) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "its condition does not hold");
        return STATUS_OK;
    }
    for (size_t i = 0; step->sql[i] != NULL; i++)
        if (!sql_leaves_schema(step->sql[i], c->engine))
            d->stale = true;
    bool stale = d->stale;
    status s = safe_do(c, d, step, OUTCOME_RAN, words, e);
    d->stale = stale; /* what raw SQL does to the schema is known from its text, not from the model */
    return s;
}

static status decide_seed(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const migen_step *now = safe_step_now(c, step);
    const schema_table *table = safe_need_table(c, now->object, step, e);
    if (table == NULL)
        return e->code;
    for (size_t i = 0; step->seed->columns[i] != NULL; i++)
        if (table_find_column(table, step->seed->columns[i]) == NULL)
            return error_set(e, STATUS_FAILED, "%s: there is no column %s.%s", step_words(c->memory, step),
                             now->object, step->seed->columns[i]);
    return safe_do(c, d, now, OUTCOME_SEEDED, now->object, e);
}

static status decide_backfill(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const migen_step *now = safe_step_now(c, step);
    const schema_table *table = safe_need_table(c, now->object, step, e);
    if (table == NULL)
        return e->code;
    const char *by = step->backfill->by;
    if (by != NULL && table_find_column(table, by) == NULL)
        return error_set(e, STATUS_FAILED, "%s: there is no column %s.%s to go by",
                         step_words(c->memory, step), now->object, by);
    bool others = ENGINE_IS_POSTGRES(c->engine) && !table->fresh && c->has_rows != NULL &&
                  c->has_rows(c->owner, now->object);
    if (others && dialect_backfill_key(table, step->backfill) == NULL) {
        error_set(e, STATUS_FAILED, "%s: %s has no primary key of one column that it leaves as it is",
                  step_words(c->memory, step), now->object);
        error_hint(e, "say what orders the batches: by COLUMN; an index on it makes them quick");
        return e->code;
    }
    return safe_do(c, d, now, OUTCOME_RAN, arena_format(c->memory, "backfill of %s", now->object), e);
}

status decide_data(safe_context *c, const migen_step *step, decision *d, error *e)
{
    switch (step->operation) {
    case MIGEN_RUN:
        return decide_run(c, step, d, e);
    case MIGEN_SEED:
        return decide_seed(c, step, d, e);
    case MIGEN_BACKFILL:
        return decide_backfill(c, step, d, e);
    case MIGEN_CALL: /* the engine's work: what the function does is its own, and not known */
        safe_say(c, d, c->withheld ? OUTCOME_SKIPPED : OUTCOME_RAN, step->text,
                 c->withheld ? safe_withheld : NULL);
        d->stale = !c->withheld;
        return STATUS_OK;
    default:
        return error_set(e, STATUS_FAILED, "%s: this release was not built with it",
                         step_words(c->memory, step));
    }
}

/* say and summary: the engine prints them; flow rows: the walk answers them. Nothing is to be decided. */
status decide_report(safe_context *c, const migen_step *step, decision *d, error *e)
{
    (void)e;
    if (step->operation == MIGEN_SAY)
        safe_say(c, d, OUTCOME_SAID, step->text, NULL);
    return STATUS_OK;
}

status decide_flow(safe_context *c, const migen_step *step, decision *d, error *e)
{
    (void)c;
    (void)step;
    (void)d;
    (void)e;
    return STATUS_OK;
}

/*
 * What a decision comes to: its statements in the batch, the history's entries, and the places where a transaction ends.
 */
#include "carry.h"
#include "journal.h"
#include "postgres_trace.h"
#include "postgres_waits.h"
#include "version.h"
#include "way_text.h"

#include "duration.h"
#include "text.h"

driver_statement carry_entry(migen *run, const char *direction, const char *outcome, size_t step,
                             const char *marks)
{
    bool of_server = ENGINE_IS_POSTGRES(run->engine);
    double until = of_server ? run->transaction_begun : clock_milliseconds();
    entry_trace trace = run->entry_trace;
    run->entry_trace = trace_of_tries(&trace); /* should the transaction fail and be tried again */
    history_entry entry = {.id = run->migration->id,
                           .hash = run->migration->hash,
                           .release = run->release->release,
                           .direction = direction,
                           .outcome = outcome,
                           .duration_ms =
                               arena_format(run->memory, "%.3f",
                                            until > run->migration_begun ? until - run->migration_begun : 0),
                           .duration_of_server = of_server,
                           .measures = trace.measures,
                           .dropped_locks = trace.dropped,
                           .lock_wait_ms = trace.waited,
                           .longest_try_ms = trace.longest_try,
                           .who = history_who(run->memory),
                           .step = step,
                           .branches = branches_text(run->memory, &run->branches),
                           .marks = marks};
    if (!run->going_down && marks == NULL) {
        entry.way_down = way_text(run->memory, run->migration);
    } else if (!run->going_down) {
        migen_migration begun = *journal_way_back(run->memory, run->migration, step);
        begun.up_count = 0; /* it has not made all of that */
        entry.way_down = way_text(run->memory, &begun);
    }
    return history_insert_statement(run->memory, run->engine, &run->history, &entry);
}

void carry_split(migen *run, size_t step)
{
    const migen_migration *m = run->migration;
    const char *marks = run->going_down ? journal_marks(run->memory, m->down, m->down_count, step)
                                        : journal_marks(run->memory, m->up, m->up_count, step);
    batch_begin(run);
    driver_statement intent =
        carry_entry(run, "intent", run->going_down ? "reverting" : "started", step, marks);
    batch_push(run, intent, NO_STATEMENT, false);
    batch_commit(run);
}

static bool carry_adds_values(const migen_step *step)
{
    return step->operation == MIGEN_ADD_ENUM_VALUE || step->operation == MIGEN_ADD_MULTIPLE_ENUM_VALUES;
}

bool carry_needs_commit(const migen_step *rows, size_t count, size_t row, const sql_list *statements,
                        size_t i)
{
    bool more = i + 1 < statements->count;
    if (more && !statements->items[i + 1].own_transaction)
        return true;
    if (!carry_adds_values(&rows[row]))
        return more;
    for (size_t k = row + 1; k < count; k++)
        if (!carry_adds_values(&rows[k]))
            return true;
    return false;
}

static bool carry_rest_needs_commit(const migen *run, const migen_step *rows, size_t count, const decision *d,
                                    size_t i)
{
    bool joined = carry_adds_values(&rows[run->row]) && run_is_one_transaction(run) && !run->last;
    return joined || carry_needs_commit(rows, count, run->row, &d->statements, i);
}

void carry_settle_keys(migen *run, bool changes_schema)
{
    if (changes_schema && run->rows_wait && !run->keys_settled) {
        batch_push(run, (driver_statement){.sql = "SET CONSTRAINTS ALL IMMEDIATE"}, run->row, false);
        run->keys_settled = true;
    } else if (!changes_schema && run->keys_settled) {
        batch_push(run, (driver_statement){.sql = "SET CONSTRAINTS ALL DEFERRED"}, run->row, false);
        run->keys_settled = false;
    }
    run->rows_wait = run->rows_wait || !changes_schema;
}

/* Queues a statement whose rows are added to those of its line. */
static void carry_push(migen *run, const decision *d, size_t i, const migen_step *step,
                       int64_t *const *counters)
{
    const sql_statement *statement = &d->statements.items[i];
    bool structural = step->operation != MIGEN_RUN;
    bool traced = !statement->outside && structural;
    if (ENGINE_IS_POSTGRES(run->engine) && run->in_transaction)
        carry_settle_keys(run, statement->batches == NULL && step_changes_schema(step));
    if (ENGINE_IS_POSTGRES(run->engine) && traced)
        postgres_trace_before(run, statement);
    batch_push(run, (driver_statement){.sql = statement->text}, run->row, structural);
    batch_item *pushed = &run->batch.items[run->batch.count - 1];
    pushed->what = statement;
    for (size_t k = 0; k < d->lines.count; k++) {
        const decision_line *line = &d->lines.items[k];
        if (counters[k] != NULL && i >= line->statement && i < line->statement + line->statement_count)
            pushed->rows = counters[k];
    }
    if (ENGINE_IS_POSTGRES(run->engine) && traced)
        postgres_trace_after(run, statement);
    else if (ENGINE_IS_POSTGRES(run->engine) && !structural)
        postgres_trace_unforeseen(run);
}

/* A counter of rows for each line that says them. */
static int64_t **carry_counters(migen *run, const decision *d)
{
    int64_t **counters = ARENA_NEW_ARRAY(run->memory, int64_t *, d->lines.count + 1);
    for (size_t k = 0; k < d->lines.count; k++)
        if (d->lines.items[k].statement != NO_STATEMENT)
            counters[k] = ARENA_NEW(run->memory, int64_t);
    return counters;
}

/* The statement in batches; *done is false where it is to be sent as it stands. */
static status carry_batches(migen *run, const decision *d, size_t i, int64_t *const *counters, bool *done)
{
    int64_t nobody = 0, *rows = &nobody;
    for (size_t k = 0; k < d->lines.count; k++) {
        const decision_line *line = &d->lines.items[k];
        if (counters[k] != NULL && i >= line->statement && i < line->statement + line->statement_count)
            rows = counters[k];
    }
    return backfill_batches(run, &d->statements.items[i], rows, done);
}

/* Sends what can be in no transaction; what it waits for is looked at meanwhile. */
static status carry_outside(migen *run, const sql_statement *statement)
{
    if (ENGINE_IS_POSTGRES(run->engine))
        postgres_waits_begin(run, statement);
    status s = batch_flush(run, false, NULL);
    if (ENGINE_IS_POSTGRES(run->engine))
        postgres_waits_end(run);
    return s;
}

status carry_decision(migen *run, const migen_step *rows, size_t count, const migen_step *step, decision *d)
{
    int64_t **counters = carry_counters(run, d);
    bool structural = step->operation != MIGEN_RUN;
    bool raw_alone = !structural && run->migration->transaction_none;
    status s = STATUS_OK;
    bool was_alone = false; /* the last statement */
    for (size_t i = 0; i < d->statements.count && s == STATUS_OK; i++) {
        const sql_statement *statement = &d->statements.items[i];
        bool in_batches = false;
        was_alone = false;
        if (ENGINE_IS_SQLITE(run->engine) && statement->rebuild != NULL) {
            if (i == 0 || statement->rebuild != d->statements.items[i - 1].rebuild)
                s = sqlite_wait_with_rebuild(run, statement->rebuild);
            continue;
        }
        if (s == STATUS_OK && statement->batches != NULL && rows != NULL)
            s = carry_batches(run, d, i, counters, &in_batches);
        if (s != STATUS_OK || in_batches)
            continue;
        bool alone = ENGINE_IS_POSTGRES(run->engine) && (statement->outside || raw_alone);
        if (alone) {
            carry_split(run, run->row);
            s = batch_flush(run, false, NULL);
            was_alone = true;
            if (s == STATUS_OK) {
                carry_push(run, d, i, step, counters);
                run->batch.items[run->batch.count - 1].statement.outside = true;
                s = carry_outside(run, statement);
            }
            continue;
        }
        if (i == 0 || run->batch.count == 0)
            batch_begin(run);
        if (ENGINE_IS_SQLITE(run->engine) && sqlite_goes_beside(run, statement))
            continue;
        carry_push(run, d, i, step, counters);
        if (ENGINE_IS_POSTGRES(run->engine) && statement->own_transaction && rows != NULL &&
            carry_rest_needs_commit(run, rows, count, d, i)) {
            carry_split(run, i + 1 < d->statements.count ? run->row : run->row + 1);
            if (i + 1 < d->statements.count)
                batch_begin(run);
        }
    }
    for (size_t i = 0; i < d->lines.count && s == STATUS_OK; i++)
        batch_say(run, &d->lines.items[i], counters[i]);
    if (s == STATUS_OK && was_alone && rows != NULL && text_equal(run->part_of, run->migration->id))
        run->part_step = run->row + 1;
    if (d->stale)
        run_make_stale(run, step);
    if (s == STATUS_OK && ENGINE_IS_POSTGRES(run->engine) && rows != NULL &&
        run->migration->transaction_none && run->batch.count != 0) {
        carry_split(run, run->row + 1);
        s = batch_flush(run, false, NULL);
    }
    bool waits = run->waiting.joined.count != 0;
    if (s == STATUS_OK && !waits && (ENGINE_IS_SQLITE(run->engine) || run->step_by_step))
        s = batch_flush(run, false, NULL);
    return s;
}

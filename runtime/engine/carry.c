/*
 * Carrying out a migration: its steps are decided one after the other, their statements collected, and sent
 * together with the history entry. What cannot be in a transaction stands between two, with an intent in the
 * journal before it.
 */
#include "carry.h"
#include "journal.h"
#include "postgres_trace.h"
#include "summary.h"
#include "version.h"

#include "branch.h"
#include "duration.h"
#include "text.h"

#include <string.h>

static bool run_is_applied(void *owner, size_t position)
{
    return version_applied(owner, position);
}

safe_context run_safe_context(migen *run)
{
    return (safe_context){.memory = run->memory,
                          .engine = run->engine,
                          .live = run->live,
                          .expected = run->expected,
                          .before = run->before,
                          .final = run->final,
                          .memo = &run->memo,
                          .strict = run->options->strict,
                          .release = run->release,
                          .renames = &run->renames,
                          .position = run->position,
                          .row = run->row,
                          .going_down = run->going_down,
                          .resuming = run->resuming,
                          .is_applied = run_is_applied,
                          .has_rows = run_has_rows,
                          .owner = run,
                          .waiting = &run->waiting};
}

void run_expect(migen *run, const migen_step *step)
{
    bool takes = step->operation == MIGEN_DROP_INDEX || step->operation == MIGEN_DROP_CONSTRAINT ||
                 step->operation == MIGEN_RENAME_INDEX || step->operation == MIGEN_RENAME_CONSTRAINT;
    bool anew = ENGINE_IS_SQLITE(run->engine) && run->stale;
    violation v = {0};
    run->before = takes ? schema_copy(run->memory, run->expected) : NULL;
    run->known = anew ? (takes ? run->before : schema_copy(run->memory, run->expected)) : NULL;
    (void)schema_apply(run->expected, step, &v);
}

/* Asks a condition, together with what is on its way: one round trip. */
static status carry_ask(migen *run, const char *condition, bool *holds)
{
    batch_begin(run);
    batch_push(run, (driver_statement){.sql = condition}, run->row, false);
    driver_result answer = {0};
    status s = batch_flush(run, false, &answer);
    if (s == STATUS_OK)
        *holds = answer.row_count != 0 && answer.column_count != 0 &&
                 condition_value_holds(driver_value(&answer, 0, 0), answer.first_is_text);
    return s;
}

/* Answers an `if`: as up took it (IF_TAKEN), as the catalogue says, or as its query does; and records the
 * answer. */
static status carry_condition(migen *run, const migen_step *step, bool *first)
{
    status s = STATUS_OK;
    const history_entry *entry = map_get(&run->history.applied, run->migration->id);
    if (step->operation == MIGEN_IF_TAKEN) {
        if (entry == NULL) /* it was begun, and is taken back */
            entry = map_get(&run->history.journal, run->migration->id);
        *first = false;
        (void)branches_find(entry == NULL ? NULL : entry->branches, step->branch, first);
        return STATUS_OK;
    }
    const history_entry *journal = run_journal(run);
    if (journal == NULL || run->row >= journal->step ||
        !branches_find(journal->branches, step->branch, first)) {
        if (step->operation == MIGEN_IF_SQL) {
            s = carry_ask(run, step->when, first);
        } else {
            if (run->stale)
                s = batch_flush(run, true, NULL);
            safe_context c = run_safe_context(run);
            *first = s == STATUS_OK && safe_answers(&c, step);
        }
        *first = *first != step->negated;
    }
    branch_taken taken = {.branch = step->branch, .first = *first};
    vector_push(run->memory, &run->branches, taken);
    return s;
}

static status carry_call(migen *run, const migen_step *step)
{
    batch_begin(run);
    if (ENGINE_IS_POSTGRES(run->engine))
        carry_settle_keys(run, false);
    status s = batch_flush(run, false, NULL);
    if (s != STATUS_OK)
        return s;
    if (ENGINE_IS_POSTGRES(run->engine))
        postgres_trace_unforeseen(run);
    run->has_work = true;
    int result = step->call(run);
    if (run->error.code != STATUS_OK)
        return run->error.code;
    if (result != 0)
        return error_set(&run->error, STATUS_FAILED, "%s returned %d", step->text, result);
    run->stale = run->stale_wholly = true;
    decision_line line = {.outcome = OUTCOME_RAN, .object = step->text, .statement = NO_STATEMENT};
    batch_say(run, &line, NULL);
    return batch_flush(run, false, NULL);
}

/* The rehearsal could not foresee what the decision has to ask: behind raw SQL, in a branch. What is unanswered counts
 * as equal, so the answer is fetched, and the step decided anew from what the database has. */
static status carry_decide_again(migen *run, safe_context *c, const migen_step *step, decision *d)
{
    status s = batch_flush(run, true, NULL);
    const schema *read =
        run->live; /* a decision plays its step on live: each round begins with what was read */
    for (int round = 0; s == STATUS_OK && (round == 0 || run->memo.questions.count != 0) && round < 3;
         round++) {
        s = catalog_learn(run->driver, run->expected, &run->memo, &run->error);
        if (s != STATUS_OK)
            return s;
        run->live = schema_copy(run->memory, read);
        c->live = run->live;
        *d = (decision){0};
        s = safe_decide(c, step, d, &run->error);
    }
    return s;
}

static status carry_row(migen *run, const migen_step *rows, size_t count, const migen_step *step)
{
    status s = STATUS_OK;
    safe_context c = run_safe_context(run);
    c.withheld = rows != NULL && run_withholds(run);
    if (step->operation == MIGEN_CALL && !c.withheld)
        return carry_call(run, step);
    if (rows ==
        NULL) /* called by hand-written C, which is one with its transaction: no recipe that ends it */
        c.has_rows = NULL;
    if (step->operation == MIGEN_RUN && (step->when != NULL || step->unless != NULL)) {
        s = carry_ask(run, step->when != NULL ? step->when : step->unless, &c.condition_holds);
        if (step->unless != NULL)
            c.condition_holds = !c.condition_holds;
    }
    if (s == STATUS_OK && run->stale && run_needs_live(run, step) &&
        (step_changes_schema(step) || step->operation == MIGEN_SEED || step->operation == MIGEN_BACKFILL ||
         step->operation == MIGEN_MIGRATION_SUMMARY)) {
        s = batch_flush(run, true, NULL);
        c.live = run->live;
    }
    if (s != STATUS_OK)
        return s;
    if (step->operation == MIGEN_MIGRATION_SUMMARY) {
        s = batch_flush(run, false, NULL);
        if (s == STATUS_OK)
            summary_print(run, safe_object_now(&c, MIGEN_KIND_TABLE, step->object), false);
        return s;
    }
    decision d;
    run->memo.questions.count = 0;
    s = safe_decide(&c, step, &d, &run->error);
    if (s != STATUS_OK && run->stale) { /* what is missing may be what raw SQL has just made */
        error_clear(&run->error);
        run->memo.questions.count = 0;
        s = carry_decide_again(run, &c, step, &d);
    } else if (s == STATUS_OK && run->memo.questions.count != 0) {
        s = carry_decide_again(run, &c, step, &d);
    }
    const char *object = step->object == NULL ? NULL : safe_object_now(&c, MIGEN_KIND_TABLE, step->object);
    int64_t orphans = -1; /* not asked for */
    if (ENGINE_IS_SQLITE(run->engine) && s == STATUS_OK)
        s = sqlite_orphans_before(run, step, object, &orphans);
    if (s == STATUS_OK)
        s = carry_decision(run, rows, count, step, &d);
    if (d.statements.count != 0 &&
        (step->operation == MIGEN_ALTER_COLUMN || step->operation == MIGEN_RENAME_ENUM ||
         step->operation == MIGEN_RENAME_ENUM_VALUE))
        expression_memo_forget_views(&run->memo);
    if (ENGINE_IS_SQLITE(run->engine) && s == STATUS_OK && orphans >= 0)
        s = sqlite_orphans_behind(run, object, orphans);
    return s;
}

status carry_step(migen *run, const migen_step *step)
{
    status s = carry_row(run, NULL, 0, step);
    return s == STATUS_OK ? batch_flush(run, false, NULL) : s;
}

/* A step has failed while rebuilds of earlier ones waited: where one of those cannot be, it comes first. */
static status carry_first_failure(migen *run, status s)
{
    if (run->waiting.joined.count == 0 || !driver_is_alive(run->driver))
        return s;
    error later = run->error;
    error_clear(&run->error);
    status first = batch_flush(run, false, NULL);
    if (first != STATUS_OK)
        return first;
    run->error = later;
    return s;
}

/* The steps, from the journalled row on. */
static status carry_rows(migen *run, const migen_step *rows, size_t count, size_t from)
{
    flow f = flow_begin(rows, count, run->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        run->row = flow_index(&f);
        if (flow_is_condition(step)) {
            bool first = false;
            status s = carry_condition(run, step, &first);
            if (s != STATUS_OK)
                return s;
            branch_choose(&f, run->expected, first);
            continue;
        }
        run_expect(run, step);
        const history_entry *journal = run_journal(run);
        if (run->row < from || journal_skips(journal, rows, run->row)) {
            if (ENGINE_IS_SQLITE(run->engine)) /* which columns are enums is told by the schema behind it */
                run->stale = run->stale_wholly = true;
            continue; /* carried out and committed before an interruption */
        }
        run->resuming = journal != NULL && run->row == journal->at && !journal->is_other;
        status s = carry_row(run, rows, count, step);
        run->known = NULL;
        if (s != STATUS_OK)
            return carry_first_failure(run, s);
    }
    return STATUS_OK;
}

/* Begun with other statements: what is done of these is not all that was done of those. */
static void carry_say_edited(migen *run)
{
    const history_entry *begun = map_get(&run->history.journal, run->migration->id);
    const history_entry *here = run_journal(run);
    if (begun == NULL || begun->going_down != run->going_down ||
        (here != NULL && !here->is_shortened && !here->is_turned))
        return;
    report_message(run->report, "warning",
                   "%s%s was edited since release %s began it (%s) and was interrupted: it is carried out "
                   "from its first "
                   "%sstep. What is there is skipped, and a `run` or `call` without a condition is run again",
                   run->going_down ? "the way down of " : "", begun->id,
                   begun->release == NULL ? "?" : begun->release, begun->applied_at,
                   here == NULL ? "" : "changed ");
}

/* The row at which the migration is gone on: behind what is committed, by an earlier run or by this one. */
static size_t carry_from(migen *run)
{
    const history_entry *journal = run_journal(run);
    const bool ours = text_equal(run->part_of, run->migration->id);
    size_t from = journal == NULL ? 0 : journal->at;
    if (journal != NULL && ours && run->part_step > from)
        from = run->part_step;
    run->durable = journal == NULL ? NULL : ours ? run_part_stands : run_part_of_another;
    if (journal != NULL && journal->is_turned)
        report_message(
            run->report, "info",
            "  its way down was begun by release %s (%s) and not finished: what that has taken back "
            "is made again, all else stays as it is",
            journal->release == NULL ? "?" : journal->release, journal->applied_at);
    else if (from != 0)
        report_message(run->report, "info",
                       ours ? "  going on behind step %zu, which is committed"
                            : "  going on behind step %zu, where an earlier run was interrupted",
                       from);
    return from;
}

status carry_migration(migen *run, size_t position, bool going_down)
{
    const migen_migration *m = run->release->migrations[position];
    run->migration = m;
    run->migration_begun = clock_milliseconds();
    run->position = position;
    run->going_down = going_down;
    run->branches.count = 0;
    run->has_work = false;
    run->cleared = NULL;
    if (run_is_one_transaction(run) && !run->last)
        report_hold(run->report); /* its end is said before the COMMIT */
    report_migration(run->report, m->id, m->title);
    size_t from = carry_from(run);
    carry_say_edited(run);
    batch_begin(run);
    status s = going_down ? carry_rows(run, m->down, m->down_count, from)
                          : carry_rows(run, m->up, m->up_count, from);
    run->resuming = false;
    if (s != STATUS_OK)
        return s;
    batch_begin(run);
    if (ENGINE_IS_SQLITE(run->engine))
        s = sqlite_check_foreign_keys(run);
    if (s != STATUS_OK)
        return s;
    driver_statement entry =
        carry_entry(run, going_down ? "down" : "up", going_down ? "reverted" : "applied", 0, NULL);
    batch_push(run, entry, NO_STATEMENT, false);
    if (!run_is_one_transaction(run) || run->last)
        batch_commit(run);
    s = batch_flush(run, run->stale && !run->last, NULL);
    if (s != STATUS_OK)
        return s;
    run->part_of = NULL;
    history_entry done = {.id = m->id,
                          .hash = m->hash,
                          .release = run->release->release,
                          .direction = going_down ? "down" : "up",
                          .outcome = "applied",
                          .branches = branches_text(run->memory, &run->branches)};
    history_note(run->memory, &run->history, &done);
    report_migration_end(run->report, going_down ? "reverted" : "applied",
                         clock_milliseconds() - run->migration_begun);
    if (going_down)
        run->report->reverted++;
    else
        run->report->applied++;
    if (!run->in_transaction)
        report_commit(run->report);
    return STATUS_OK;
}

/* What goes out together: statements are collected, sent in one round trip, and their lines said when they
 * are done. */
#include "lock.h"
#include "run.h"

#include "duration.h"
#include "text.h"

#include <stdint.h>
#include <string.h>

const char run_part_stands[] = "its first part is committed and journalled: the next run goes on behind it";
const char run_part_of_another[] =
    "what this run did of it was rolled back; what an earlier one has committed stands";

/* What waits goes before anything that is pushed or sent behind it. */
static void batch_release(migen *run)
{
    if (ENGINE_IS_SQLITE(run->engine) && run->waiting.joined.count != 0)
        sqlite_release_rebuilds(run);
}

void batch_push(migen *run, driver_statement statement, size_t row, bool structural)
{
    batch_release(run);
    batch_item item = {.statement = statement, .row = row, .structural = structural};
    vector_push(run->memory, &run->batch, item);
}

bool run_is_one_transaction(const migen *run)
{
    if (run->options->transaction == TRANSACTION_BY_ENGINE)
        return ENGINE_IS_SQLITE(run->engine) || run->is_held;
    return run->options->transaction == TRANSACTION_RELEASE;
}

void batch_begin(migen *run)
{
    if (run->in_transaction)
        return;
    run->in_transaction = true;
    run->rows_wait = run->keys_settled = false;
    run->transaction_begun = clock_milliseconds();
    if (ENGINE_IS_SQLITE(run->engine)) {
        batch_push(run, (driver_statement){.sql = "BEGIN IMMEDIATE"}, NO_STATEMENT, false);
        return;
    }
    batch_push(run, (driver_statement){.sql = "BEGIN"}, NO_STATEMENT, false);
    postgres_prove_begin(run);
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = arena_format(run->memory, "%lld", (long long)run->options->ddl_lock_timeout);
    batch_push(run,
               (driver_statement){.sql = "SELECT set_config('lock_timeout', $1, true)",
                                  .parameters = parameters,
                                  .parameter_count = 1},
               NO_STATEMENT, false);
    /* The log keeps its order: the last commit makes those before it durable too (PostgreSQL manual 30.4). */
    if (!run->last && !run_is_one_transaction(run))
        batch_push(run, (driver_statement){.sql = "SET LOCAL synchronous_commit = off"}, NO_STATEMENT, false);
}

void batch_commit(migen *run)
{
    if (!run->in_transaction)
        return;
    batch_release(run);
    if (ENGINE_IS_POSTGRES(run->engine))
        postgres_prove_commit(run);
    run->in_transaction = false;
    batch_item item = {.statement = {.sql = "COMMIT"}, .row = NO_STATEMENT, .commits = true};
    vector_push(run->memory, &run->batch, item);
}

const char *run_operation(const migen *run, size_t row)
{
    const migen_migration *m = run->migration;
    if (m == NULL || row >= (run->going_down ? m->down_count : m->up_count))
        return NULL;
    return operation_words(run->going_down ? m->down[row].operation : m->up[row].operation);
}

void batch_say(migen *run, const decision_line *line, const int64_t *rows)
{
    batch_line said = {.line = *line, .rows = rows, .behind = run->batch.count};
    said.line.operation = run_operation(run, run->row);
    if (run->in_transaction && said.behind == 0)
        said.behind = 1; /* what it says was sent, and waits for a COMMIT */
    vector_push(run->memory, &run->lines, said);
}

/* Lines are said in their order; those whose rows count say how many. A seed that added nothing was there
 * already. done: those that stand behind no more statements than these. */
static void batch_report(migen *run, size_t done)
{
    for (size_t i = 0; i < run->lines.count; i++) {
        batch_line *said = &run->lines.items[i];
        if (said->behind > done)
            break;
        int64_t rows = said->rows == NULL ? 0 : *said->rows;
        if (said->line.outcome == OUTCOME_SEEDED && rows == 0) {
            said->line.outcome = OUTCOME_SKIPPED;
            said->line.object = arena_format(run->memory, "seed of %s", said->line.object);
            said->line.detail = "all rows are there";
            said->rows = NULL;
        }
        report_line(run->report, &said->line, rows, said->rows != NULL);
        if (said->line.outcome == OUTCOME_DIFFERS)
            map_set(&run->differences_said,
                    arena_format(run->memory, "%s: wanted %s, found %s", said->line.object, said->line.wanted,
                                 said->line.found),
                    run);
    }
    run->lines.count = 0;
}

/* A COMMIT of SQLite that meets a reader (rollback-journal mode) keeps its transaction open and is tried again; meanwhile no
 * new reader is let in, so it is for no longer than a strong lock may be waited for. Where the file itself was busy SQLite has
 * rolled back: there is nothing to try again. */
static status batch_retry_commit(migen *run, const batch_item *item)
{
    double until = clock_milliseconds() + (double)run->options->ddl_lock_timeout;
    double pause = 10;
    status s = STATUS_BUSY;
    while (s == STATUS_BUSY && driver_in_transaction(run->driver) && clock_milliseconds() < until &&
           !driver_interrupted()) {
        error_clear(&run->error);
        run_sleep(run_jitter(pause));
        pause = pause < 200 ? pause * 2 : pause;
        s = driver_run(run->driver, &item->statement, 1, run->memory, NULL, &run->error);
    }
    return s;
}

static void batch_note_part(migen *run)
{
    run->durable = run_part_stands;
    if (run->migration == NULL || text_equal(run->part_of, run->migration->id))
        return;
    run->part_of = run->migration->id;
    run->part_step = 0;
}

/* What of the batch is durable now. A COMMIT behind an intent alone leaves nothing of the migration. */
static void batch_note_done(migen *run, const driver_result *results, size_t count)
{
    for (size_t i = 0; i < count && results[i].done; i++) {
        const batch_item *item = &run->batch.items[i];
        const sql_statement *what = item->what;
        bool clears = what != NULL && what->clears != NULL, unproven = what != NULL && what->unproven != NULL;
        if (unproven)
            run->unproven.in_transaction = what->proves ? NULL : what;
        if (clears && item->statement.outside)
            run->cleared = what->clears;
        const bool works = what != NULL && !clears && (!unproven || what->proves);
        run->has_work = run->has_work || works;
        if (works && item->statement.outside)
            batch_note_part(run);
        if (!item->commits)
            continue;
        run->has_committed = true;
        run->unproven.durable = run->unproven.in_transaction;
        if (run->has_work)
            batch_note_part(run);
        run->has_work = false;
    }
}

/* The proof that the lock is held failed: by its division by zero. */
static bool batch_lost_lock(migen *run, size_t count)
{
    if (run->error.statement_index >= count || !run->batch.items[run->error.statement_index].fence ||
        !text_equal(run->error.sqlstate, "22012"))
        return false;
    error_clear(&run->error);
    return true;
}

static void batch_remember_failure(migen *run, const driver_result *results, size_t count)
{
    if (run->error.statement_index < count && !run->has_failed) {
        run->failed = run->batch.items[run->error.statement_index];
        run->has_failed = true;
    }
    /* What a dead connection leaves unanswered may have been done: of a COMMIT only the history knows. A server that says
     * why it ends the session says it of a statement, and does nothing that stands behind that. */
    bool dead = run->error.code == STATUS_STOPPED && !driver_is_alive(run->driver);
    bool silent =
        dead && (text_equal(run->error.sqlstate, "08006") || text_equal(run->error.sqlstate, "53200"));
    for (size_t i = 0; i < count; i++)
        if (run->batch.items[i].commits && (silent || (dead && run->error.statement_index >= i)))
            run->in_doubt = true;
    batch_note_done(run, results, count);
}

/* What this run has made is nobody else's yet, also when the catalogue was read again; and what raw SQL has made since
 * is fresh too. */
static void batch_keep_fresh(const schema *before, schema *now)
{
    for (size_t i = 0; before != NULL && i < now->tables.count; i++) {
        const map_entry *entry = &now->tables.entries[i];
        if (entry->removed)
            continue;
        const schema_table *known = map_get(&before->tables, entry->key);
        if (known == NULL || known->fresh)
            schema_change_table(now, entry->value)->fresh = true;
    }
}

/* What has failed leaves what was committed before it: that is said, and counts. */
static void batch_report_standing(migen *run, const driver_result *results, size_t count)
{
    size_t committed = 0;
    for (size_t i = 0; i < count && results[i].done; i++)
        if (run->batch.items[i].commits)
            committed = i + 1;
    for (size_t i = 0; i < committed; i++)
        if (run->batch.items[i].rows != NULL)
            *run->batch.items[i].rows += results[i].affected;
    const bool all_before = committed != 0 || (run->lines.count != 0 && run->lines.items[0].behind == 0);
    batch_report(run, committed);
    if (all_before)
        report_commit(run->report);
}

static void batch_note_try(entry_trace *trace, double milliseconds)
{
    trace->waited += milliseconds;
    if (trace->longest_try < milliseconds)
        trace->longest_try = milliseconds;
}

entry_trace trace_of_tries(const entry_trace *trace)
{
    return (entry_trace){.waited = trace->waited, .longest_try = trace->longest_try};
}

status batch_flush(migen *run, bool with_live, driver_result *answer)
{
    batch_release(run);
    size_t own = run->batch.count;
    status kept = run_keep_lock(run);
    if (kept != STATUS_OK)
        return kept;
    if (own == 0 && !with_live) {
        batch_report(run, SIZE_MAX);
        return STATUS_OK;
    }
    size_t count = own + (with_live ? CATALOG_STATEMENTS : 0);
    driver_statement *statements = ARENA_NEW_ARRAY(run->memory, driver_statement, count);
    driver_result *results = ARENA_NEW_ARRAY(run->memory, driver_result, count);
    for (size_t i = 0; i < own; i++)
        statements[i] = run->batch.items[i].statement;
    if (with_live)
        catalog_statements(run->engine, &run->scope, run->memory, &statements[own]);
    double sent = clock_milliseconds();
    status s = driver_run(run->driver, statements, count, run->memory, results, &run->error);
    if (text_equal(run->error.sqlstate, "55P03"))
        batch_note_try(&run->entry_trace, clock_milliseconds() - sent);
    if (s == STATUS_BUSY && ENGINE_IS_SQLITE(run->engine) && own != 0 && run->batch.items[own - 1].commits &&
        run->error.statement_index == own - 1)
        s = batch_retry_commit(run, &run->batch.items[own - 1]);
    if (ENGINE_IS_SQLITE(run->engine) && sqlite_fall_back(run, s, results, own))
        return batch_flush(run, with_live, answer);
    if (s != STATUS_OK) {
        if (ENGINE_IS_POSTGRES(run->engine) && batch_lost_lock(run, own))
            s = postgres_lock_is_lost(run, &run->error);
        else
            batch_remember_failure(run, results, own);
        batch_report_standing(run, results, own);
        run->batch.count = 0;
        return s;
    }
    if (answer != NULL && own != 0)
        *answer = results[own - 1];
    batch_note_done(run, results, own);
    for (size_t i = 0; i < own; i++)
        if (run->batch.items[i].rows != NULL)
            *run->batch.items[i].rows += results[i].affected;
    run->batch.count = 0;
    batch_report(run, SIZE_MAX);
    if (!run->in_transaction) {
        report_commit(run->report);
        run->entry_trace.waited = run->entry_trace.longest_try = 0;
    }
    if (!with_live)
        return STATUS_OK;
    run_is_fresh(run);
    schema *before = run->live;
    const schema *known = run->known != NULL ? run->known : run->expected;
    s = catalog_load(run->engine, &run->scope, &results[own], known, run->memory, &run->live, &run->error);
    if (s == STATUS_OK)
        batch_keep_fresh(before, run->live);
    return s;
}

void run_rollback(migen *run)
{
    batch_report_standing(run, NULL, 0);
    run->batch.count = 0;
    run->waiting = (rebuild_queue){0};
    run->in_transaction = false;
    run->rebuilds = false;
    run->has_work = false;
    run->unproven.in_transaction = run->unproven.durable;
    run->entry_trace = trace_of_tries(&run->entry_trace);
    report_rollback(run->report);
    if (run->driver == NULL || !driver_is_alive(run->driver))
        return;
    driver_resume(); /* a signal stopped the statement; the way back is still to be taken */
    error ignored = error_new(run->memory);
    if (driver_in_transaction(run->driver)) {
        status s = driver_query(run->driver, "ROLLBACK", run->memory, NULL, &ignored);
        (void)s; /* where even that fails the connection's end rolls back */
    }
    if (ENGINE_IS_SQLITE(run->engine)) {
        status s = driver_query(run->driver, "PRAGMA legacy_alter_table = OFF", run->memory, NULL, &ignored);
        (void)s; /* a rebuild's setting, which a rollback does not take back */
        run->locked = false;
    }
}

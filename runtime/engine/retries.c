/* What a run does behind a failure that may not come again. */
#include "retries.h"

#include "lock.h"
#include "postgres_trace.h"

#include "text.h"

#define RETRIES_RACES 3 /* how often another session may be quicker in one run */

typedef struct retries {
    double pause; /* milliseconds, behind the next lock timeout */
    int64_t tries;
    int races;
    bool raced;              /* the last try failed as one does that another session was quicker with */
    const schema *catalogue; /* as it was when this try began */
    bool changed;            /* since the last one began */
    error before;            /* that failure */
    size_t row;              /* and its place */
    const migen_migration *
        doubted; /* its COMMIT was sent and not answered: the next look at the history under the lock tells */
} retries;

bool run_goes_on_connected(migen *run)
{
    if (!run_connect_again(run))
        return false;
    run->in_doubt = false;
    run->has_failed = false;
    run->durable = NULL;
    run->migration = NULL;
    return true;
}

/* The server may have been at that COMMIT still when the history was read without the lock. */
static void retries_settle(migen *run, retries *r)
{
    const migen_migration *m = r->doubted;
    r->doubted = NULL;
    if (m == NULL || map_has(&run->history.journal, m->id) ||
        history_is_applied(&run->history, m->id) == run->going_down)
        return;
    report_message(run->report, "info", "  %s had been committed", m->id);
    if (run->going_down)
        run->report->reverted++;
    else
        run->report->applied++;
    report_commit(run->report);
}

/* Under the lock, with history and catalogue as they are now. */
static status retries_begin(migen *run, retries *r)
{
    run->in_doubt = false;
    status s = run->locked && ENGINE_IS_POSTGRES(run->engine) ? STATUS_OK : run_lock(run);
    if (s == STATUS_OK && run->locked && r->tries != 0 && ENGINE_IS_POSTGRES(run->engine)) {
        s = run_read_history(run);
        if (s == STATUS_OK)
            s = run_read_live(run);
    }
    if (ENGINE_IS_POSTGRES(run->engine) && s == STATUS_OK && run->locked)
        s = postgres_drop_leftovers(run);
    if (ENGINE_IS_POSTGRES(run->engine) && s == STATUS_OK && run->live != NULL) {
        const schema *now = schema_copy(run->memory, run->live);
        r->changed = r->raced && r->catalogue != NULL &&
                     !text_equal(schema_dump(run->memory, r->catalogue), schema_dump(run->memory, now));
        r->catalogue = now;
    }
    return s;
}

/* Said when it is known: the same failure again would have been no race. */
static void retries_say_race(migen *run, retries *r)
{
    if (r->raced && r->changed)
        report_message(run->report, "info", "  another session was quicker: decided again");
    else if (r->raced)
        report_message(run->report, "info", "  %s: it did not come again", r->before.message);
    r->raced = false;
}

static bool retries_is_race(migen *run, retries *r)
{
    bool again = r->raced && r->row == run->row && text_equal(r->before.sqlstate, run->error.sqlstate) &&
                 text_equal(r->before.message, run->error.message);
    if (again) {
        r->raced = false;
        return false;
    }
    retries_say_race(run, r);
    r->raced = ENGINE_IS_POSTGRES(run->engine) && postgres_lost_a_race(run) && r->races++ < RETRIES_RACES;
    r->before = run->error;
    r->row = run->row;
    return r->raced;
}

/* Whether the failure is worth another try; the wait for it is over then. */
static bool retries_again(migen *run, retries *r)
{
    error first = run->error;
    bool locked = run->locked;
    bool race = ENGINE_IS_POSTGRES(run->engine) && retries_is_race(run, r);
    run_rollback(run);
    run->error = first;
    if (run->is_other_than_confirmed)
        return false;
    if (ENGINE_IS_POSTGRES(run->engine))
        postgres_trace_name_blockers(run);
    else if (first.code == STATUS_BUSY)
        sqlite_name_holder(run);
    if (ENGINE_IS_SQLITE(run->engine) && first.code == STATUS_BUSY && locked) /* at its COMMIT */
        run->error.hint =
            "run it again when that has ended; --ddl-lock-timeout and --ddl-retries say how long "
            "migen tries";
    bool busy =
        first.code == STATUS_BUSY && locked && r->tries < run->options->ddl_retries && !run->waits.is_over;
    if ((!race && !busy) || driver_interrupted()) {
        if (ENGINE_IS_POSTGRES(run->engine))
            postgres_drop_half_made(run);
        return false;
    }
    if (!race)
        report_message(run->report, "info", "  %s: tried again", run->error.message);
    error_clear(&run->error);
    run->is_rehearsing = false;
    run->has_failed = false;
    if (busy)
        run_sleep(run_jitter(r->pause));
    r->pause = r->pause < 5000 ? r->pause * 2 : r->pause;
    r->tries++;
    return true;
}

status run_with_retries(migen *run, const char *target, status (*work)(migen *run, const char *target))
{
    retries r = {.pause = 100};
    for (;;) {
        status s = retries_begin(run, &r);
        bool begun = s == STATUS_OK && run->locked;
        if (s == STATUS_OK)
            retries_settle(run, &r);
        if (s == STATUS_OK && !run->locked)
            return STATUS_OK;
        if (begun)
            s = work(run, target);
        if (s == STATUS_OK) {
            retries_say_race(run, &r);
            return s;
        }
        r.doubted = run->in_doubt ? run->migration : r.doubted;
        bool goes_on = run_goes_on_connected(run);
        if (goes_on)
            r.tries++;
        else if (!retries_again(run, &r)) {
            retries_settle(run, &r);
            return s;
        }
    }
}

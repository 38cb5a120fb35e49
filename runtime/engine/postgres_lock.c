/* PostgreSQL's migration lock: how it is chosen, waited for, kept and given back. How each kind is held: lock_parts.h. */
#include "lock_parts.h"
#include "postgres_waits.h"
#include "session.h"

#include "duration.h"
#include "sql_writer.h"
#include "text.h"
#include "version.h"

#include <inttypes.h>
#include <string.h>

/* One key for each history table: two projects in one database do not wait for each other. */
static char *lock_make_key(migen *run, const char *purpose)
{
    const char *name = arena_format(run->memory, "migen %s %s", purpose,
                                    name_text(run->memory, (object_name){.schema = run->history_schema,
                                                                         .name = run->history.table.name}));
    return arena_format(run->memory, "%" PRId64, (int64_t)hash_bytes(name, strlen(name)));
}

const char *lock_key(migen *run)
{
    if (run->proof.key == NULL) {
        run->proof.key = lock_make_key(run, "lock");
        run->proof.work_key = lock_make_key(run, "work");
        run->proof.down_key = lock_make_key(run, "down");
    }
    return run->proof.key;
}

static bool lock_work_is_left(const migen *run)
{
    for (size_t i = 0; i < run->release->migration_count; i++)
        if (!version_applied(run, i))
            return true;
    return false;
}

/* ---- keeping it ---- */

status postgres_lock_is_lost(migen *run, error *e)
{
    run->lock_is_lost = true;
    status s = error_set(e, STATUS_STOPPED, "the migration lock was lost on the way");
    error_hint(
        e, "%s",
        run->keeper != NULL && !driver_is_alive(run->keeper)
            ? "the connection that held it is gone: look at the server's, or the pooler's, log"
            : "another process may have taken it over; what this one had not committed is rolled back");
    return s;
}

static status lock_look_after(migen *run, error *e)
{
    double now = clock_milliseconds();
    if (run->proof.deadline > 0 && now > run->proof.deadline) {
        status s =
            error_set(e, STATUS_BUSY, "the pooler has no second connection to the server free for this run");
        error_hint(e,
                   "it needs two at a time: raise the pool's size, give a direct URL, or use --lock lease");
        return s;
    }
    if (run->lock == NULL || run->lock->keep == NULL)
        return STATUS_OK;
    if (run->lock->keeper_holds && (run->keeper == NULL || !driver_is_alive(run->keeper)))
        return postgres_lock_is_lost(run, e);
    if (now - run->proof.asked < run->lock->period)
        return STATUS_OK;
    run->proof.asked = now;
    return run->lock->keep(run, e);
}

static status lock_watch_it(void *owner, error *e)
{
    migen *run = owner;
    bool kept = run->locked || run->proof.deadline > 0;
    status s = kept ? lock_look_after(run, e) : STATUS_OK;
    return s == STATUS_OK ? postgres_waits_look(run, e) : s;
}

void lock_watch(migen *run)
{
    driver_use_watch(run->driver, lock_watch_it, run);
}

status postgres_keep_lock(migen *run)
{
    bool kept = run->locked || run->proof.deadline > 0;
    return kept ? lock_look_after(run, &run->error) : STATUS_OK;
}

/* Going down, the transaction shows itself until it has ended, whatever has become of its client by then. */
void postgres_prove_begin(migen *run)
{
    if (run->locked && run->lock != NULL && run->lock->begin != NULL)
        run->lock->begin(run);
    if (run->going_down && run->locked && run->lock != &lock_by_lease)
        batch_push(
            run,
            lock_statement(run, "SELECT pg_try_advisory_xact_lock($1::bigint)", run->proof.down_key, NULL),
            NO_STATEMENT, false);
}

void postgres_prove_commit(migen *run)
{
    if (run->locked && run->lock != NULL && run->lock->commit != NULL)
        run->lock->commit(run);
}

/* ---- waiting for it ---- */

/* A session's lock where that lasts, a transaction's behind a pooler; the lease where it is wanted, or where the server
 * has no other. */
static void lock_choose(migen *run)
{
    if (run->lock != NULL)
        return;
    run->lock = run->options->lock == LOCK_LEASE ? &lock_by_lease
                : run->pooled                    ? &lock_by_transaction
                                                 : &lock_by_session;
}

typedef struct lock_wait {
    migen *run;
    double until, pause;
    lock_patience patience;
    bool lost;        /* a connection was, and that was said */
    const char *seen; /* the history's newest entry when it was read last */
} lock_wait;

/* Reads the history when there is something new in it. */
static status wait_look_at_history(lock_wait *wait)
{
    migen *run = wait->run;
    driver_result newest = {0};
    status s;
    if (!run->history.exists) {
        driver_statement there = lock_statement(run, "SELECT to_regclass($1::text)",
                                                name_text(run->memory, run->history.table), NULL);
        s = driver_run(run->driver, &there, 1, run->memory, &newest, &run->error);
        return s != STATUS_OK || driver_value(&newest, 0, 0) == NULL ? s : run_read_history(run);
    }
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT max(seq) FROM");
    sql_object(&w, run->history.table);
    s = driver_query(run->driver, sql_text(&w), run->memory, &newest, &run->error);
    const char *now = driver_value(&newest, 0, 0);
    if (s != STATUS_OK || (wait->seen != NULL && text_equal(now, wait->seen)))
        return s;
    wait->seen = now;
    return run_read_history(run);
}

static status wait_timed_out(lock_wait *wait)
{
    migen *run = wait->run;
    const char *holder = postgres_lock_holder(run);
    status s = error_set(&run->error, STATUS_BUSY, "the migration lock is held by %s",
                         holder == NULL ? "another session" : holder);
    error_hint(&run->error, "run it again when that has ended, or wait longer with --lock-timeout");
    return s;
}

/* What a failed try is worth another one for: the server has no advisory locks; the connection is gone, with nothing
 * done on it; there is no place for a second one. */
static status wait_after_failure(lock_wait *wait, status s)
{
    migen *run = wait->run;
    if (driver_interrupted() || run_is_without_memory(run))
        return s;
    if (run->lock_is_unknown && run->options->lock == LOCK_AUTO) {
        report_message(run->report, "info", "no advisory locks here (%s): the migration lock is a lease",
                       run->error.message);
        run->lock = &lock_by_lease;
        run->lock_is_unknown = false;
    } else if (s == STATUS_STOPPED && clock_milliseconds() < wait->until &&
               (run->driver == NULL || !driver_is_alive(run->driver))) {
        if (!wait->lost)
            report_message(run->report, "info", "%s while waiting for the migration lock: connecting again",
                           run->error.message);
        wait->lost = true;
        error_clear(&run->error);
        return postgres_reconnect(run, wait->until);
    } else if (s != STATUS_NO_CONNECTION || clock_milliseconds() > wait->until) {
        return s;
    }
    error_clear(&run->error);
    return STATUS_OK;
}

/* One try, and what can be done about its failure; *got and *settled (nothing is left to do) end the waiting. */
static status wait_try(lock_wait *wait, bool *got, bool *settled)
{
    migen *run = wait->run;
    bool first = !run->lock_was_tried;
    status s = run->lock->attempt(run, got);
    *got = *got && s == STATUS_OK;
    run->lock_was_tried = s == STATUS_OK || !run->lock_is_unknown;
    if (s == STATUS_OK && !*got && !first) {
        bool taken_back = run->lock_is_optional && lock_is_for_way_down(run); /* asked before it is read */
        s = wait_look_at_history(wait);
        *settled = s == STATUS_OK && run->lock_is_optional && !taken_back && run->history.exists &&
                   !lock_work_is_left(run);
    }
    return s == STATUS_OK ? s : wait_after_failure(wait, s);
}

status postgres_take_lock(migen *run)
{
    double begun = clock_milliseconds();
    lock_wait wait = {.run = run,
                      .until = begun + (double)run->options->lock_timeout,
                      .pause = 50,
                      .patience = {.begun = begun}};
    bool got = false, settled = false;
    (void)lock_key(run);
    lock_choose(run);
    for (;;) {
        run->is_unread = false;
        status s = wait_try(&wait, &got, &settled);
        if (s != STATUS_OK || settled)
            return s;
        if (got)
            break;
        if (driver_interrupted())
            return error_set(&run->error, STATUS_STOPPED, "stopped while waiting for the migration lock");
        if (clock_milliseconds() > wait.until)
            return wait_timed_out(&wait);
        run_say_waiting(run, "the migration lock", &wait.patience);
        run_sleep(run_jitter(wait.pause));
        wait.pause = wait.pause < 400 ? wait.pause * 1.5 : wait.pause;
    }
    run->locked = true;
    lock_watch(run);
    if (run->is_unread) {
        run->is_unread = false;
        status s = run_read_history(run);
        if (s == STATUS_OK)
            s = run_read_live(run);
        if (s != STATUS_OK)
            return s; /* with the lock held: the next try reads again */
    }
    if (run->report->verbose)
        report_message(run->report, "info", "holding the migration lock (%s)", run->lock->name);
    return STATUS_OK;
}

static void lock_release(migen *run)
{
    run->locked = false;
    if (run->driver != NULL)
        driver_use_watch(run->driver, NULL, NULL);
    run->lock->release(run);
}

status postgres_unlock_and_read(migen *run)
{
    driver_statement statements[CATALOG_STATEMENTS + 1];
    driver_result results[CATALOG_STATEMENTS + 1] = {{0}};
    if (run->lock != &lock_by_session) {
        status s = run_read_live(run);
        lock_release(run);
        return s;
    }
    catalog_statements(run->engine, &run->scope, run->memory, statements);
    statements[CATALOG_STATEMENTS] =
        lock_statement(run, "SELECT pg_advisory_unlock($1::bigint)", run->proof.key, NULL);
    run->locked = false;
    run_is_fresh(run);
    status s = driver_run(run->driver, statements, CATALOG_STATEMENTS + 1, run->memory, results, &run->error);
    if (s != STATUS_OK && run_read_was_upset(run)) {
        error_clear(&run->error);
        lock_release(run);
        return run_read_live(run);
    }
    if (s != STATUS_OK)
        return s;
    if (text_equal(driver_value(&results[CATALOG_STATEMENTS], 0, 0), "f"))
        report_message(
            run->report, "warning",
            "the migration lock was not this session's any more: is there a pooler before the server? "
            "Another run may have worked at the same time");
    return catalog_load(run->engine, &run->scope, results, run->expected, run->memory, &run->live,
                        &run->error);
}

void postgres_unlock(migen *run)
{
    if (run->locked)
        lock_release(run);
    driver_close(run->keeper);
    run->keeper = NULL;
}

/* The migration lock as an advisory lock: of the session that works, or of a transaction beside it. */
#include "lock_parts.h"
#include "session.h"

#include "duration.h"
#include "text.h"

#include <string.h>

#define LOCK_PING 5000.0 /* milliseconds */

/* The lock is had or not, whatever came of the reading that went along: that is made up for under the lock. */
static status lock_without_reading(migen *run, status s)
{
    bool blocked = text_equal(run->error.sqlstate, "55P03") && driver_is_alive(run->driver);
    if (s == STATUS_OK || !(blocked || run_read_was_upset(run)))
        return s;
    error_clear(&run->error);
    run->is_unread = true;
    return STATUS_OK;
}

status lock_read_all(migen *run)
{
    driver_statement statements[1 + CATALOG_STATEMENTS];
    driver_result results[1 + CATALOG_STATEMENTS] = {{0}};
    catalog_statements(run->engine, &run->scope, run->memory, statements);
    statements[CATALOG_STATEMENTS - 1].sync_after = true;
    statements[CATALOG_STATEMENTS] = history_read_statement(run->memory, run->engine, run->history.table);
    status s = driver_run(run->driver, statements, 1 + CATALOG_STATEMENTS, run->memory, results, &run->error);
    if (s != STATUS_OK && results[CATALOG_STATEMENTS - 1].done && history_is_missing(&run->error)) {
        error_clear(&run->error);
        s = STATUS_OK;
    }
    s = lock_without_reading(run, s);
    if (s != STATUS_OK || run->is_unread)
        return s;
    if (results[CATALOG_STATEMENTS].done)
        history_load(run->memory, &run->history, &results[CATALOG_STATEMENTS]);
    run_is_fresh(run);
    return catalog_load(run->engine, &run->scope, results, run->expected, run->memory, &run->live,
                        &run->error);
}

/* The other side of the exclusion: a lease that has not ended. Looked for when the advisory lock is held. */
static bool lock_is_leased(migen *run)
{
    lock_owner owner = {0};
    return run->lease_exists && lock_find_lease(run, &owner) && !lock_has_ended(&owner);
}

/* A server may know the function and lock nothing; where pg_locks does not show it, it was not locked. */
static driver_statement lock_shown(migen *run)
{
    return lock_statement(run,
                          "SELECT (SELECT min(l.virtualtransaction) FROM pg_catalog.pg_locks l WHERE"
                          " l.pid = pg_backend_pid() AND " LOCK_HOLDS_KEY
                          "), to_regclass($2::text) IS NOT NULL",
                          run->proof.key, name_text(run->memory, postgres_lease_table(run)));
}

static status lock_is_shown(migen *run, const driver_result *shown)
{
    run->lease_exists = run->lease_exists || text_equal(driver_value(shown, 0, 1), "t");
    if (driver_value(shown, 0, 0) != NULL)
        return STATUS_OK;
    run->lock_is_unknown = true;
    return error_set(&run->error, STATUS_FAILED, "this server's advisory locks lock nothing");
}

/* 42883: there is no such function; 42501: not for this role; 0A000: not on this server. */
static status lock_function_failed(migen *run, status s)
{
    static const char *const states[] = {"42883", "42501", "0A000", NULL};
    run->lock_is_unknown = run->error.sqlstate != NULL && list_contains(states, run->error.sqlstate);
    return s;
}

/* ---- of the session ---- */

static void lock_session_release(migen *run)
{
    if (run->driver == NULL || !driver_is_alive(run->driver))
        return; /* the end of the connection gave it back */
    driver_statement unlock =
        lock_statement(run, "SELECT pg_advisory_unlock($1::bigint)", run->proof.key, NULL);
    error ignored = error_new(run->memory);
    status s = driver_run(run->driver, &unlock, 1, run->memory, NULL, &ignored);
    (void)s; /* the end of the connection gives it back too */
}

/* History and snapshot come along, so that an undisturbed run needs one round trip. */
static status lock_session_attempt(migen *run, bool *got)
{
    driver_statement statements[3 + CATALOG_STATEMENTS];
    driver_result results[3 + CATALOG_STATEMENTS] = {{0}};
    bool whole = !run->lock_was_tried;
    size_t count = 2 + (whole ? CATALOG_STATEMENTS : 0), last = count - 1;
    statements[0] = lock_statement(run, "SELECT pg_try_advisory_lock($1::bigint)", run->proof.key, NULL);
    statements[1] = lock_shown(run);
    statements[1].sync_after = true;
    if (whole) {
        catalog_statements(run->engine, &run->scope, run->memory, &statements[2]);
        statements[last].sync_after = true;
        statements[count++] = history_read_statement(run->memory, run->engine, run->history.table);
    }
    status s = driver_run(run->driver, statements, count, run->memory, results, &run->error);
    if (s != STATUS_OK && !results[0].done)
        return lock_function_failed(run, s);
    if (s != STATUS_OK && whole && results[last].done && history_is_missing(&run->error)) {
        error_clear(&run->error);
        s = STATUS_OK;
    }
    if (results[1].done)
        s = lock_without_reading(run, s);
    if (s != STATUS_OK)
        return s;
    *got = text_equal(driver_value(&results[0], 0, 0), "t");
    if (*got)
        s = lock_is_shown(run, &results[1]);
    if (s == STATUS_OK && *got && lock_is_leased(run)) {
        lock_session_release(run);
        *got = false;
    }
    if (s != STATUS_OK || (!*got && !whole))
        return s;
    if (run->is_unread)
        return s;
    if (!whole)
        return lock_read_all(run);
    if (results[last + 1].done)
        history_load(run->memory, &run->history, &results[last + 1]);
    run_is_fresh(run);
    return catalog_load(run->engine, &run->scope, &results[2], run->expected, run->memory, &run->live,
                        &run->error);
}

/* ---- of a transaction beside ---- */

static void lock_transaction_release(migen *run)
{
    if (run->keeper == NULL)
        return;
    error ignored = error_new(run->memory);
    status s = driver_is_alive(run->keeper)
                   ? driver_query(run->keeper, "ROLLBACK", run->memory, NULL, &ignored)
                   : STATUS_OK;
    (void)s; /* the end of the connection gives it back too */
    driver_close(run->keeper);
    run->keeper = NULL;
}

/* Until nobody's transaction works any more: one whose run has lost the lock may still be on its way to its COMMIT. It was
 * proven when it began; the next one cannot begin. */
static status lock_wait_for_work(migen *run)
{
    driver_statement ask =
        lock_statement(run, "SELECT pg_try_advisory_xact_lock($1::bigint)", run->proof.work_key, NULL);
    double pause = 20;
    for (;;) {
        driver_result free = {0};
        status s = driver_run(run->driver, &ask, 1, run->memory, &free, &run->error);
        if (s != STATUS_OK || text_equal(driver_value(&free, 0, 0), "t"))
            return s;
        if (driver_interrupted())
            return error_set(&run->error, STATUS_STOPPED, "stopped while waiting for the migration lock");
        s = run_keep_lock(run);
        if (s != STATUS_OK)
            return s;
        run_sleep(run_jitter(pause));
        pause = pause < 400 ? pause * 1.5 : pause;
    }
}

/* The connection that got it keeps it; another one is to work. A pool that is full, or has one place only, would let it
 * wait, with the lock held: there is an end to that. */
static status lock_open_worker(migen *run)
{
    run->keeper = run->driver;
    run->driver = NULL;
    status s = postgres_open_second(run, &run->driver);
    if (s != STATUS_OK)
        return s;
    double patience = (double)run->options->lock_timeout;
    run->proof.deadline = run->proof.kept + (patience > 5000 ? patience : 5000);
    lock_watch(run);
    s = lock_wait_for_work(run);
    run->proof.deadline = 0;
    return s;
}

static status lock_transaction_attempt(migen *run, bool *got)
{
    driver_statement statements[] = {
        {.sql = "BEGIN"},
        lock_statement(run, "SELECT pg_try_advisory_xact_lock($1::bigint)", run->proof.key, NULL),
        lock_shown(run),
        {.sql = LOCK_REST}};
    driver_result results[4] = {{0}};
    status s = driver_run(run->driver, statements, 4, run->memory, results, &run->error);
    *got = s == STATUS_OK && text_equal(driver_value(&results[1], 0, 0), "t");
    if (s != STATUS_OK && results[0].done && !results[1].done)
        s = lock_function_failed(run, s);
    if (s == STATUS_OK && *got)
        s = lock_is_shown(run, &results[2]);
    if (*got && s == STATUS_OK) {
        run->proof.transaction = arena_string(run->memory, driver_value(&results[2], 0, 0));
        run->proof.kept = run->proof.asked = clock_milliseconds();
        s = lock_open_worker(run);
        if (s == STATUS_OK && !lock_is_leased(run))
            return lock_read_all(run);
        /* The keeper works again, as before. */
        driver_close(run->driver);
        run->driver = run->keeper;
        run->keeper = NULL;
        *got = false;
    }
    if (run->driver != NULL && driver_is_alive(run->driver)) {
        error ignored = error_new(run->memory);
        status back = driver_query(run->driver, "ROLLBACK", run->memory, NULL, &ignored);
        (void)back; /* the next try meets what is wrong */
    }
    return s;
}

static void lock_push_proof(migen *run, driver_statement statement)
{
    batch_push(run, statement, NO_STATEMENT, false);
    run->batch.items[run->batch.count - 1].fence = true;
}

/* First that this transaction is seen to work, then that the lock is held: who gets the lock waits for the first. */
static void lock_transaction_begin(migen *run)
{
    lock_push_proof(run, lock_statement(run, "SELECT 1 / pg_try_advisory_xact_lock($1::bigint)::int",
                                        run->proof.work_key, NULL));
    lock_push_proof(run, lock_statement(run,
                                        "SELECT 1 / count(*) FROM pg_catalog.pg_locks l WHERE "
                                        "l.virtualtransaction = $2::text AND " LOCK_HOLDS_KEY,
                                        run->proof.key, run->proof.transaction));
}

/* A word now and then keeps what stands between from taking the connection for a forgotten one, and shows whether it is
 * there. */
static status lock_transaction_keep(migen *run, error *e)
{
    error found = error_new(run->memory);
    if (run->keeper != NULL && driver_is_alive(run->keeper) &&
        driver_query(run->keeper, LOCK_REST, run->memory, NULL, &found) == STATUS_OK &&
        driver_in_transaction(run->keeper)) {
        run->proof.kept = clock_milliseconds();
        return STATUS_OK;
    }
    return postgres_lock_is_lost(run, e);
}

const lock_kind lock_by_session = {
    .name = "session", .attempt = lock_session_attempt, .release = lock_session_release};

const lock_kind lock_by_transaction = {.name = "transaction",
                                       .keeper_holds = true,
                                       .attempt = lock_transaction_attempt,
                                       .release = lock_transaction_release,
                                       .begin = lock_transaction_begin,
                                       .keep = lock_transaction_keep,
                                       .period = LOCK_PING};

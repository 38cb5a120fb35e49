/*
 * PostgreSQL's migration lock: a session's advisory lock, polled with pg_try_advisory_lock from outside any transaction. A
 * waiter that blocked in the server would hold a snapshot for which CREATE INDEX CONCURRENTLY waits for ever.
 */
#include "lock.h"
#include "session.h"
#include "version.h"

#include "duration.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

/* One key for each history table: two projects in one database do not wait for each other. */
static char *lock_key(migen *run)
{
    const char *name = arena_format(run->memory, "migen %s", name_text(run->memory, run->history.table));
    return arena_format(run->memory, "%" PRId64, (int64_t)hash_bytes(name, strlen(name)));
}

static driver_statement lock_statement(migen *run, const char *sql)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = lock_key(run);
    return (driver_statement){.sql = sql, .parameters = parameters, .parameter_count = 1};
}

char *postgres_lock_holder(migen *run)
{
    driver_statement ask =
        lock_statement(run, "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'a local "
                            "socket'), now() - a.backend_start"
                            " FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
                            " AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint LIMIT 1");
    driver_result result;
    error ignored = error_new(run->memory);
    if (driver_run(run->driver, &ask, 1, run->memory, &result, &ignored) != STATUS_OK ||
        result.row_count == 0)
        return NULL;
    return arena_format(run->memory, "%s (process %s on %s)", driver_value(&result, 0, 1),
                        driver_value(&result, 0, 0), driver_value(&result, 0, 2));
}

static bool lock_work_is_left(const migen *run)
{
    for (size_t i = 0; i < run->release->migration_count; i++)
        if (!version_applied(run, i) || version_is_half_reverted(run, i))
            return true;
    return false;
}

/* The first try takes the history and the snapshot along, so that an undisturbed run needs one round trip. */
static status lock_try(migen *run, bool *got)
{
    driver_statement statements[2 + CATALOG_STATEMENTS];
    driver_result results[2 + CATALOG_STATEMENTS] = {{0}};
    statements[0] = lock_statement(run, "SELECT pg_try_advisory_lock($1::bigint)");
    statements[0].sync_after = true;
    catalog_statements(run->engine, &run->scope, run->memory, &statements[1]);
    statements[CATALOG_STATEMENTS].sync_after = true;
    size_t count = 1 + CATALOG_STATEMENTS;
    statements[count++] = history_read_statement(run->memory, run->engine, run->history.table);
    status s = driver_run(run->driver, statements, count, run->memory, results, &run->error);
    if (s != STATUS_OK && results[count - 2].done && history_is_missing(&run->error)) {
        error_clear(&run->error);
        s = STATUS_OK;
    }
    if (s != STATUS_OK)
        return s;
    *got = text_equal(driver_value(&results[0], 0, 0), "t");
    if (results[count - 1].done)
        history_load(run->memory, &run->history, &results[count - 1]);
    run_is_fresh(run);
    return catalog_load(run->engine, &run->scope, &results[1], run->expected, run->memory, &run->live,
                        &run->error);
}

status postgres_take_lock(migen *run)
{
    double begun = clock_milliseconds();
    double until = begun + (double)run->options->lock_timeout;
    double pause = 50;
    double said = begun;
    bool got = false;
    status s = lock_try(run, &got);
    while (s == STATUS_OK && !got) {
        if (driver_interrupted())
            return error_set(&run->error, STATUS_STOPPED, "stopped while waiting for the migration lock");
        if (clock_milliseconds() > until) {
            const char *holder = postgres_lock_holder(run);
            s = error_set(&run->error, STATUS_BUSY, "the migration lock is held by %s",
                          holder == NULL ? "another session" : holder);
            error_hint(&run->error, "run it again when that has ended, or wait longer with --lock-timeout");
            return s;
        }
        if (clock_milliseconds() - said > 10000) {
            said = clock_milliseconds();
            const char *holder = postgres_lock_holder(run);
            report_message(run->report, "info", "waiting for the migration lock, held by %s",
                           holder == NULL ? "another session" : holder);
        }
        run_sleep(run_jitter(pause));
        pause = pause < 400 ? pause * 1.5 : pause;
        driver_statement again = lock_statement(run, "SELECT pg_try_advisory_lock($1::bigint)");
        driver_result result = {0};
        s = driver_run(run->driver, &again, 1, run->memory, &result, &run->error);
        if (s != STATUS_OK)
            return s;
        got = text_equal(driver_value(&result, 0, 0), "t");
        s = run_read_history(run);
        if (s == STATUS_OK && !got && run->lock_is_optional && run->history.exists && !lock_work_is_left(run))
            return STATUS_OK; /* the one that works has done it all: there is nothing to wait for */
        if (s == STATUS_OK && got)
            s = run_read_live(run);
    }
    run->locked = got;
    return s;
}

status postgres_unlock_and_read(migen *run)
{
    driver_statement statements[CATALOG_STATEMENTS + 1];
    driver_result results[CATALOG_STATEMENTS + 1] = {{0}};
    catalog_statements(run->engine, &run->scope, run->memory, statements);
    statements[CATALOG_STATEMENTS] = lock_statement(run, "SELECT pg_advisory_unlock($1::bigint)");
    run->locked = false;
    run_is_fresh(run);
    status s = driver_run(run->driver, statements, CATALOG_STATEMENTS + 1, run->memory, results, &run->error);
    if (s != STATUS_OK)
        return s;
    return catalog_load(run->engine, &run->scope, results, run->expected, run->memory, &run->live,
                        &run->error);
}

void postgres_unlock(migen *run)
{
    driver_statement unlock = lock_statement(run, "SELECT pg_advisory_unlock($1::bigint)");
    error ignored = error_new(run->memory);
    status s = driver_run(run->driver, &unlock, 1, run->memory, NULL, &ignored);
    (void)s; /* the end of the connection gives it back too */
}

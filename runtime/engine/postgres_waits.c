#include "postgres_waits.h"

#include "duration.h"
#include "postgres_sessions.h"
#include "session.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WAITS_FIRST 1000.0 /* milliseconds: what is done sooner is not looked at */
#define WAITS_LOOK  1000.0
#define WAITS_SAY   10000.0

/* SQL: who a session is, and since when its transaction is open, in milliseconds. */
#define WAITS_SESSION(a)                                                                                     \
    POSTGRES_SESSION(a)                                                                                      \
    ", (extract(epoch FROM clock_timestamp() - coalesce(" a ".xact_start, " a                                \
    ".backend_start))::numeric * 1000::numeric)::bigint"

/* "report (process 4711, user app, on 10.0.0.5), in a transaction for 12 min, idle in it" */
static char *waits_session(arena *a, const driver_result *found, size_t row, size_t column)
{
    if (driver_value(found, row, column) == NULL)
        return arena_string(a, "a prepared transaction (see pg_prepared_xacts)");
    const char *who = postgres_session_words(a, found, row, column);
    const char *state = postgres_session_state(found, row, column);
    if (text_equal(state, "unknown"))
        return arena_string(a, who);
    const char *age = driver_value(found, row, column + POSTGRES_SESSION_COLUMNS);
    return arena_format(a, "%s, in a transaction for %s%s", who,
                        duration_text(a, age == NULL ? 0 : strtod(age, NULL)),
                        text_starts_with(state, "idle in transaction") ? ", idle in it" : "");
}

void postgres_waits_begin(migen *run, const sql_statement *statement)
{
    double now = clock_milliseconds();
    run->waits = (outside_wait){.statement = statement, .begun = now, .asked = now};
}

void postgres_waits_end(migen *run)
{
    driver_close(run->waits.eye);
    run->waits.eye = NULL;
    run->waits.statement = NULL;
}

/* Whether there is a connection to look with. There may be no place for it just now: it is tried again. */
static bool waits_open(migen *run)
{
    error before = run->error;
    run->error = error_new(run->memory);
    if (run->waits.eye != NULL && !driver_is_alive(run->waits.eye)) {
        driver_close(run->waits.eye);
        run->waits.eye = NULL;
    }
    if (run->waits.eye == NULL && postgres_open_second(run, &run->waits.eye) != STATUS_OK)
        run->waits.eye = NULL;
    run->error = before;
    return run->waits.eye != NULL;
}

/* The session that runs it is known by its text: behind a pooler nobody knows its process. */
static bool waits_ask(migen *run, driver_result *found)
{
    const char *parameters[] = {run->waits.statement->text};
    driver_statement ask = {
        .sql =
            "SELECT p.phase, CASE WHEN p.blocks_total > 0 THEN (100 * p.blocks_done / p.blocks_total)::text "
            "END,"
            " coalesce(pg_catalog.cardinality(b.pids), 0), w.* FROM pg_catalog.pg_stat_activity a"
            " LEFT JOIN pg_catalog.pg_stat_progress_create_index p ON p.pid = a.pid"
            " CROSS JOIN LATERAL (SELECT pg_blocking_pids(a.pid) AS pids) b"
            " LEFT JOIN LATERAL (SELECT " WAITS_SESSION(
                "o") " FROM pg_catalog.pg_stat_activity o WHERE o.pid = ANY (b.pids)"
                     " ORDER BY o.xact_start NULLS LAST, o.pid LIMIT 1) w ON true"
                     " WHERE a.datname = current_database()::name AND a.state = 'active' AND a.pid <> "
                     "pg_backend_pid() AND length(a.query) > 20 AND left($1::text, length(a.query)) = a.query"
                     " ORDER BY a.query_start LIMIT 1",
        .parameters = parameters,
        .parameter_count = 1};
    error ignored = error_new(run->memory);
    return driver_run(run->waits.eye, &ask, 1, run->memory, found, &ignored) == STATUS_OK &&
           found->row_count != 0;
}

static void waits_say(migen *run, const driver_result *found)
{
    double now = clock_milliseconds();
    const char *phase = driver_value(found, 0, 0), *percent = driver_value(found, 0, 1);
    bool waits = run->waits.blocker != NULL;
    bool changed = waits && !run->waits.was_blocked;
    run->waits.was_blocked = waits;
    double last = run->waits.said > 0 ? run->waits.said : run->waits.begun;
    if (!changed && now - last < WAITS_SAY)
        return;
    run->waits.said = now;
    const char *what = run->waits.statement->half_made;
    what = what == NULL ? "the index" : arena_format(run->memory, "index %s", what);
    if (waits)
        report_message(run->report, "info", "  %s waits for %s", what, run->waits.blocker);
    else
        report_message(run->report, "info", "  %s: %s%s%s%s", what, phase == NULL ? "at work" : phase,
                       percent == NULL ? "" : ", ", percent == NULL ? "" : percent,
                       percent == NULL ? "" : "%");
}

static status waits_are_over(migen *run, error *e)
{
    status s = error_set(e, STATUS_BUSY, "%s", "");
    (void)s;
    e->message =
        arena_format(run->memory, "no concurrent index within %s (--index-wait): it waits for %s",
                     duration_text(run->memory, (double)run->options->index_wait), run->waits.blocker);
    error_hint(e, "run it again when that has ended, end it with pg_terminate_backend(PROCESS), or give "
                  "--index-wait a longer time (0: no limit)");
    return STATUS_BUSY;
}

status postgres_waits_look(migen *run, error *e)
{
    double now = clock_milliseconds();
    outside_wait *w = &run->waits;
    if (w->statement == NULL || w->statement->lock != LOCK_SHARE_UPDATE_EXCLUSIVE ||
        now - w->begun < WAITS_FIRST || now - w->asked < WAITS_LOOK)
        return STATUS_OK;
    double passed = now - w->asked;
    w->asked = now;
    driver_result found = {0};
    if (!waits_open(run) || !waits_ask(run, &found))
        return STATUS_OK;
    const char *blocked = driver_value(&found, 0, 2);
    w->blocker = text_equal(blocked, "0") ? NULL : waits_session(run->memory, &found, 0, 3);
    w->blocked += w->blocker == NULL ? 0 : passed;
    waits_say(run, &found);
    if (w->blocker == NULL || run->options->index_wait == 0 || w->blocked < (double)run->options->index_wait)
        return STATUS_OK;
    w->is_over = true;
    return waits_are_over(run, e);
}

void postgres_waits_name(migen *run)
{
    run->waits.is_over = true;
    if (run->waits.blocker == NULL) {
        const char **ahead = postgres_waits_ahead(run);
        run->waits.blocker =
            ahead[0] == NULL ? "a transaction that this role cannot see, or that has just ended" : ahead[0];
    }
    (void)waits_are_over(run, &run->error);
}

const char **postgres_waits_ahead(migen *run)
{
    const char **list = ARENA_NEW_ARRAY(run->memory, const char *, 4);
    const char *parameters[] = {postgres_process_name(run)}; /* what holds the migration lock is no reader */
    driver_statement ask = {
        .sql = "SELECT " WAITS_SESSION(
            "a") " FROM pg_catalog.pg_stat_activity a WHERE a.datname = current_database()::name"
                 " AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'"
                 " AND a.xact_start < clock_timestamp() - interval '1 second' AND (a.backend_xmin IS NOT NULL"
                 " OR EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = "
                 "l.relation WHERE l.pid = a.pid AND c.relkind = 'r' AND c.relnamespace <> "
                 "'pg_catalog'::regnamespace::oid))"
                 " AND a.application_name <> $1::text"
                 " ORDER BY a.xact_start, a.pid LIMIT 3",
        .parameters = parameters,
        .parameter_count = 1};
    driver_result found = {0};
    error ignored = error_new(run->memory);
    if (driver_run(run->driver, &ask, 1, run->memory, &found, &ignored) != STATUS_OK)
        return list;
    for (size_t i = 0; i < found.row_count; i++)
        list[i] = waits_session(run->memory, &found, i, 0);
    return list;
}

#include "postgres_trace.h"
#include "postgres_waits.h"

#include "duration.h"
#include "postgres_sessions.h"
#include "sql_writer.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

#define TRACE_SHORTEST_TIMEOUT "100" /* milliseconds: what is left to wait when all of the timeout is spent */

/* Whether others can be made to wait by it: they use the table, and the lock keeps at least writers out. */
static bool trace_is_felt(const migen *run, const sql_statement *statement)
{
    if (statement->lock < LOCK_SHARE || statement->lock_object == NULL)
        return false;
    const schema_table *t = schema_find_table(run->live, statement->lock_object);
    return t == NULL || !t->fresh || statement->also != NULL;
}

/* Of what is dropped nothing is left to name it by in pg_locks. */
static bool trace_is_drop(const sql_statement *statement)
{
    return text_starts_with(statement->text, "DROP TABLE") ||
           text_starts_with(statement->text, "DROP VIEW") ||
           text_starts_with(statement->text, "DROP MATERIALIZED VIEW");
}

void postgres_trace_before(migen *run, const sql_statement *statement)
{
    if (!trace_is_felt(run, statement))
        return;
    run->entry_trace.measures = true;
    batch_push(
        run,
        (driver_statement){.sql = "SELECT set_config('migen.clock', n.now, true), set_config('migen.asked',"
                                  " coalesce(nullif(current_setting('migen.asked', true), ''), n.now), true)"
                                  " FROM (SELECT (extract(epoch FROM clock_timestamp())::numeric * "
                                  "1000::numeric)::text) AS n(now)"},
        NO_STATEMENT, false);
}

void postgres_trace_after(migen *run, const sql_statement *statement)
{
    if (!trace_is_felt(run, statement))
        return;
    if (trace_is_drop(statement)) {
        const char *words =
            arena_format(run->memory, "%s on %s", lock_words(statement->lock), statement->lock_object);
        run->entry_trace.dropped = run->entry_trace.dropped == NULL
                                       ? words
                                       : arena_format(run->memory, "%s, %s", run->entry_trace.dropped, words);
    }
    if (statement->rewrites || statement->scans)
        return; /* its time is work, not waiting */
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = arena_format(run->memory, "%" PRId64, run->options->ddl_lock_timeout);
    batch_push(run,
               (driver_statement){
                   .sql = "SELECT CASE WHEN $1::bigint > 0::bigint THEN set_config('lock_timeout',"
                          " greatest(" TRACE_SHORTEST_TIMEOUT
                          "::numeric, $1::bigint::numeric - w.waited)::bigint::text, true) END"
                          " FROM (SELECT set_config('migen.waited', (coalesce(nullif(current_setting("
                          "'migen.waited', true), '')::numeric, 0::numeric) + extract(epoch FROM "
                          "clock_timestamp())::numeric * 1000::numeric"
                          " - current_setting('migen.clock')::numeric)::text, true)::numeric) AS w(waited)",
                   .parameters = parameters,
                   .parameter_count = 1},
               NO_STATEMENT, false);
}

void postgres_trace_unforeseen(migen *run)
{
    run->entry_trace.measures = true;
}

/* The modes that keep a lock of this mode out (PostgreSQL manual 13.3.1), as pg_locks calls them. */
static const char *trace_conflicting(lock_mode lock)
{
    switch (lock) {
    case LOCK_NONE:
        return "{AccessExclusiveLock}"; /* reading meets no other */
    case LOCK_ACCESS_EXCLUSIVE:
        break;
    case LOCK_SHARE_ROW_EXCLUSIVE:
        return "{RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,"
               "AccessExclusiveLock}";
    case LOCK_SHARE:
        return "{RowExclusiveLock,ShareUpdateExclusiveLock,ShareRowExclusiveLock,ExclusiveLock,"
               "AccessExclusiveLock}";
    case LOCK_SHARE_UPDATE_EXCLUSIVE:
        return "{ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}";
    }
    return "{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,"
           "ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}";
}

/* Who has such a lock on the table, or, without one, on any: the longest transaction first. No query's text: it may hold what
 * no log should. */
static driver_statement trace_ask(migen *run, const char *object, lock_mode lock)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 2);
    parameters[0] = NULL;
    if (object != NULL) {
        sql_writer w = sql_new(run->memory);
        sql_object_text(&w, object);
        parameters[0] = sql_text(&w);
    }
    parameters[1] = trace_conflicting(lock);
    return (driver_statement){
        .sql = "SELECT " POSTGRES_SESSION(
            "a") ", extract(epoch FROM clock_timestamp() - coalesce(CASE WHEN a.state = 'active' THEN "
                 "a.query_start"
                 " ELSE a.state_change END, a.xact_start, a.backend_start))::numeric * 1000::numeric, "
                 "c.oid::regclass"
                 " FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                 " JOIN pg_catalog.pg_class c ON c.oid = l.relation"
                 " WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid() AND l.database ="
                 " (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
                 " AND l.mode = ANY ($2::text[]) AND c.relnamespace <> 'pg_catalog'::regnamespace::oid AND "
                 "c.relkind "
                 "<> 'i'"
                 " AND ($1::text IS NULL OR l.relation = to_regclass($1)::oid)"
                 " ORDER BY a.xact_start NULLS LAST, a.pid LIMIT 1",
        .parameters = parameters,
        .parameter_count = 2};
}

/* "psql (process 4711, user app, on 10.0.0.5), whose query runs for 35 s" */
static const char *trace_session(migen *run, const driver_result *found)
{
    const char *who = postgres_session_words(run->memory, found, 0, 0);
    const char *state = postgres_session_state(found, 0, 0);
    const char *age = driver_value(found, 0, POSTGRES_SESSION_COLUMNS);
    if (age == NULL) /* not to be seen by this role */
        return who;
    const char *what = text_equal(state, "active") ? "whose query runs for"
                       : text_starts_with(state, "idle in transaction")
                           ? "idle in its transaction for"
                           : arena_format(run->memory, "%s for", state);
    return arena_format(run->memory, "%s, %s %s", who, what, duration_text(run->memory, strtod(age, NULL)));
}

/* A prepared transaction has no session: it stays until somebody ends it. False: there is none in the way. */
static bool trace_name_prepared(migen *run, lock_mode lock, const char *wanted, const char *timeout)
{
    const char *parameters[] = {trace_conflicting(lock)};
    driver_statement ask = {
        .sql = "SELECT p.gid, p.owner, extract(epoch FROM clock_timestamp() - p.prepared)::numeric * "
               "1000::numeric,"
               " c.oid::regclass, pg_catalog.quote_literal(p.gid) FROM pg_catalog.pg_locks l"
               " JOIN pg_catalog.pg_locks t ON t.virtualtransaction = l.virtualtransaction AND t.pid IS NULL"
               " JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = t.transactionid"
               " JOIN pg_catalog.pg_class c ON c.oid = l.relation"
               " WHERE l.locktype = 'relation' AND l.granted AND l.pid IS NULL"
               " AND p.database = current_database()::name AND l.mode = ANY ($1::text[])"
               " AND c.relnamespace <> 'pg_catalog'::regnamespace::oid AND c.relkind <> 'i'"
               " ORDER BY p.prepared, p.gid LIMIT 1",
        .parameters = parameters,
        .parameter_count = 1};
    driver_result found = {0};
    error ignored = error_new(run->memory);
    if (driver_run(run->driver, &ask, 1, run->memory, &found, &ignored) != STATUS_OK || found.row_count == 0)
        return false;
    run->error.message = arena_format(
        run->memory,
        "%s on %s within %s: it is in use by the prepared transaction %s of user %s, which waits for its end "
        "for %s",
        wanted, driver_value(&found, 0, 3), timeout, driver_value(&found, 0, 4), driver_value(&found, 0, 1),
        duration_text(run->memory, strtod(driver_value(&found, 0, 2), NULL)));
    run->error.hint =
        arena_format(run->memory, "it never ends by itself: COMMIT PREPARED %s, or ROLLBACK PREPARED %s",
                     driver_value(&found, 0, 4), driver_value(&found, 0, 4));
    return true;
}

void postgres_trace_name_blockers(migen *run)
{
    error *e = &run->error;
    if (!text_equal(e->sqlstate, "55P03") || !driver_is_alive(run->driver))
        return;
    if (run->has_failed && run->failed.statement.outside) {
        postgres_waits_name(run);
        return;
    }
    const sql_statement *what = run->has_failed ? run->failed.what : NULL;
    const char *object = what == NULL ? NULL : what->lock_object;
    driver_result found = {0};
    error ignored = error_new(run->memory);
    bool reads = !run->has_failed;
    lock_mode lock = what != NULL && what->lock != LOCK_NONE ? what->lock
                     : reads                                 ? LOCK_NONE
                                                             : LOCK_ACCESS_EXCLUSIVE;
    driver_statement ask = trace_ask(run, object, lock);
    status s = driver_run(run->driver, &ask, 1, run->memory, &found, &ignored);
    if (s == STATUS_OK && found.row_count == 0 &&
        object != NULL) { /* of a foreign key the other table, perhaps */
        ask = trace_ask(run, NULL, lock);
        s = driver_run(run->driver, &ask, 1, run->memory, &found, &ignored);
    }
    const char *timeout = duration_text(run->memory, (double)run->options->ddl_lock_timeout);
    const char *wanted = reads ? "no look"
                         : what == NULL || what->lock == LOCK_NONE
                             ? "no lock"
                             : arena_format(run->memory, "no %s lock", lock_words(what->lock));
    if ((s != STATUS_OK || found.row_count == 0) && trace_name_prepared(run, lock, wanted, timeout))
        return;
    if (s != STATUS_OK || found.row_count == 0) {
        e->message = arena_format(run->memory, "%s%s%s within %s; who had it is gone", wanted,
                                  object == NULL ? "" : " on ", object == NULL ? "" : object, timeout);
        return;
    }
    e->message = arena_format(run->memory, "%s %s %s within %s: it is in use by %s", wanted,
                              reads ? "at" : "on", driver_value(&found, 0, POSTGRES_SESSION_COLUMNS + 1),
                              timeout, trace_session(run, &found));
    e->hint = arena_format(run->memory,
                           "wait until that has ended, or end it with pg_terminate_backend(%s); "
                           "--ddl-retries and --ddl-lock-timeout say how long migen tries",
                           driver_value(&found, 0, 0));
}

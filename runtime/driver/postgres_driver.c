/*
 * PostgreSQL. A run is one pipeline (libpq, manual 34.5): statements are sent and results are read at the
 * same time, without blocking, so that neither side waits for the other with full buffers, and a signal is
 * seen at once.
 */
#include "postgres_private.h"

#include "duration.h"
#include "text.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* How long a server may take to end what was cancelled, before the connection is given up. */
#define POSTGRES_PATIENCE 10000.0
#define POSTGRES_GUARD    "SELECT 1/0 /* interrupted: what stands before this must not be committed */"

/* Where libpq (15) has no memory for the result that stands for a Sync, it says so in its text and gives no result: the wait
 * for it would have no end. */
static bool postgres_result_is_lost(const postgres_run *run)
{
    const char *text = PQerrorMessage(run->p->connection);
    return strlen(text) != run->said && postgres_is_without_memory(text);
}

/* ---- results ---- */

static int64_t postgres_affected(PGresult *r)
{
    static const char *const writes[] = {"INSERT ", "UPDATE ", "DELETE ", "MERGE "};
    const char *command = PQcmdStatus(r);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++)
        if (text_starts_with(command, writes[i]))
            return strtoll(PQcmdTuples(r), NULL, 10);
    return 0; /* SELECT and CREATE TABLE AS count their rows too */
}

/* Types of text (pg_type.dat): char, name, text, unknown, char(n), varchar. */
static bool postgres_is_text(Oid type)
{
    return type == 18 || type == 19 || type == 25 || type == 705 || type == 1042 || type == 1043;
}

static void postgres_keep_result(postgres_run *run, PGresult *r)
{
    if (run->results == NULL || run->reading_guard || run->reading >= run->count)
        return;
    int rows = PQntuples(r);
    int columns = PQnfields(r);
    const char **values = ARENA_NEW_ARRAY(run->memory, const char *, (size_t)rows *(size_t)columns);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            if (!PQgetisnull(r, i, j))
                values[(size_t)i * (size_t)columns + (size_t)j] =
                    arena_copy(run->memory, PQgetvalue(r, i, j), (size_t)PQgetlength(r, i, j));
    run->results[run->reading] =
        (driver_result){.done = true,
                        .row_count = (size_t)rows,
                        .column_count = (size_t)columns,
                        .values = values,
                        .affected = postgres_affected(r),
                        .first_is_text = columns > 0 && postgres_is_text(PQftype(r, 0))};
}

static void postgres_take_result(postgres_run *run, PGresult *r)
{
    run->seen = true;
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        postgres_keep_result(run, r);
        break;
    case PGRES_PIPELINE_ABORTED:
        break; /* not carried out; the error before it is known */
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        postgres_run_copy(run);
        break;
    default:
        if (run->reading_guard)
            break; /* that is what the guard is for */
        postgres_run_server_error(run, r);
    }
}

static bool postgres_sync_follows(const postgres_run *run, size_t index)
{
    return run->statements[index].sync_after || (index + 1 == run->count);
}

/* All results of one statement have come: what was sent next? */
static void postgres_next_statement(postgres_run *run)
{
    run->seen = false;
    if (run->reading_guard) {
        run->reading_guard = false;
        run->reading_sync = true;
    } else if (postgres_sync_follows(run, run->reading)) {
        run->reading_sync = true;
    } else {
        run->reading++;
        run->reading_guard = run->guarded && run->reading == run->sent;
    }
}

static void postgres_next_sync(postgres_run *run)
{
    run->reading_sync = false;
    run->reading++;
    if (run->all_sent && run->reading >= run->sent)
        run->finished = true;
}

/* Reads what is there. */
static void postgres_read(postgres_run *run)
{
    PGconn *connection = run->p->connection;
    int nothing = 0;
    while (!run->finished && (run->all_sent || run->reading < run->sent) && !PQisBusy(connection)) {
        PGresult *r = PQgetResult(connection);
        if (r == NULL && (run->reading_sync || !run->seen)) {
            /* libpq closes a round of results where we see none; twice means that there is nothing more to
             * read */
            if (++nothing > 1)
                return;
        } else if (r == NULL) {
            postgres_next_statement(run);
        } else if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
            postgres_next_sync(run);
        } else {
            nothing = 0;
            postgres_take_result(run, r);
            run->said = strlen(PQerrorMessage(connection));
        }
        PQclear(r);
    }
}

/* ---- sending ---- */

/* Hands statements to libpq until its buffer has to wait for the network. False: the connection is gone. */
static bool postgres_send(postgres_run *run)
{
    PGconn *connection = run->p->connection;
    while (!run->all_sent) {
        if (run->sent == run->count || run->stopping) {
            if (run->open_segment && (run->sent < run->count)) {
                if (PQsendQueryParams(connection, POSTGRES_GUARD, 0, NULL, NULL, NULL, NULL, 0) != 1)
                    return false;
                run->guarded = true;
                run->reading_guard = run->reading == run->sent && !run->reading_sync;
            }
            if (run->open_segment && PQpipelineSync(connection) != 1)
                return false;
            run->all_sent = true;
            run->finished = run->finished || (!run->open_segment && run->reading >= run->sent);
            break;
        }
        const driver_statement *statement = &run->statements[run->sent];
        driver_count(&run->p->common, statement->sql);
        if (PQsendQueryParams(connection, statement->sql, (int)statement->parameter_count, NULL,
                              statement->parameters, NULL, NULL, 0) != 1)
            return false;
        run->sent++;
        run->open_segment = true;
        if (statement->sync_after && run->sent < run->count) {
            if (PQpipelineSync(connection) != 1)
                return false;
            run->open_segment = false;
        }
        if (run->sent % 64 == 0 && PQflush(connection) != 0)
            break; /* 1: the network is slower than we; -1: asked again below */
    }
    return true;
}

/* ---- interruption ---- */

static void postgres_cancel(postgres_run *run)
{
    PGcancel *cancel = PQgetCancel(run->p->connection);
    char message[256];
    if (cancel != NULL)
        (void)PQcancel(cancel, message, sizeof message);
    PQfreeCancel(cancel);
    run->cancelled_at = clock_milliseconds();
}

/* Asked again and again: a cancel ends one statement, and behind the next Sync another one may be running. */
static void postgres_stop(postgres_run *run)
{
    double now = clock_milliseconds();
    if (!run->stopping) {
        run->stopping = true;
        run->stopped_at = now;
        postgres_cancel(run);
    } else if (now - run->stopped_at > POSTGRES_PATIENCE) {
        postgres_run_lost(run);
    } else if (now - run->cancelled_at > POSTGRES_TICK) {
        postgres_cancel(run);
    }
}

/* What is looked after meanwhile has failed: that is the run's error, whatever the cancelled statement says. */
static bool postgres_watch_fails(postgres_run *run)
{
    const driver *d = &run->p->common;
    double now = clock_milliseconds();
    if (d->watch == NULL || now - run->watched_at < POSTGRES_TICK)
        return false;
    run->watched_at = now;
    error found = error_new(run->memory);
    status s = d->watch(d->watch_owner, &found);
    if (s == STATUS_OK || run->outcome != STATUS_OK)
        return s != STATUS_OK;
    driver_failure failure = {
        .code = s, .message = found.message, .hint = found.hint, .sqlstate = found.sqlstate};
    postgres_run_fail(run, &failure, run->reading);
    return true;
}

/* ---- a run ---- */

/* Held back, a pipeline goes out in one piece, however many Syncs and pages of libpq's buffer it has: one packet instead
 * of several, and no server that answers the first while the second is still on its way. On a unix socket there is
 * nothing to hold back. */
static void postgres_hold_back(PGconn *connection, int on)
{
#ifdef TCP_CORK
    (void)setsockopt(PQsocket(connection), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
#else
    (void)connection;
    (void)on;
#endif
}

static void postgres_run_loop(postgres_run *run)
{
    PGconn *connection = run->p->connection;
    while (!run->finished) {
        if (run->stopping || driver_interrupted() || postgres_watch_fails(run))
            postgres_stop(run);
        if (run->finished)
            break;
        bool sent = postgres_send(run);
        int flushed = sent ? PQflush(connection) : -1;
        if (flushed <= 0)
            postgres_hold_back(connection, 0);
        if (flushed < 0 && PQstatus(connection) != CONNECTION_BAD && !sent) {
            postgres_run_lost(run); /* libpq has no memory; half a pipeline is of no use to anybody */
            return;
        }
        postgres_read(run);
        if (run->finished)
            break;
        if (postgres_result_is_lost(run)) {
            postgres_run_lost(run);
            return;
        }
        if (!PQisBusy(connection) && !run->all_sent && flushed == 0)
            continue;
        (void)postgres_wait(connection, true, flushed > 0, run->stopping ? POSTGRES_TICK / 4 : POSTGRES_TICK);
        bool read = PQconsumeInput(connection) == 1;
        if (read && PQsslInUse(connection)) /* OpenSSL may hold bytes that the socket no longer shows */
            read = PQconsumeInput(connection) == 1;
        postgres_read(run);
        if (!run->finished && (!read || PQstatus(connection) == CONNECTION_BAD))
            postgres_run_lost(run);
    }
}

static status postgres_driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                                  driver_result *results, error *e)
{
    postgres_driver *p = (postgres_driver *)d;
    postgres_run run = {.p = p,
                        .statements = statements,
                        .count = count,
                        .memory = a,
                        .results = results,
                        .e = e,
                        .watched_at = clock_milliseconds()};
    if (p->lost || PQstatus(p->connection) == CONNECTION_BAD || PQenterPipelineMode(p->connection) != 1) {
        postgres_run_lost(&run);
        return run.outcome;
    }
    postgres_hold_back(p->connection, 1);
    postgres_run_loop(&run);
    if (!p->lost && PQexitPipelineMode(p->connection) != 1)
        postgres_run_lost(&run);
    if (run.outcome == STATUS_OK && run.sent < count)
        run.outcome = driver_fail_interrupted(e, &statements[run.sent], run.sent);
    return run.outcome;
}

/* ---- the rest ---- */

static void postgres_driver_close(driver *d)
{
    postgres_driver *p = (postgres_driver *)d;
    PQfinish(p->connection);
}

static int postgres_driver_server_version(const driver *d)
{
    return PQserverVersion(((const postgres_driver *)d)->connection);
}

static bool postgres_driver_in_transaction(const driver *d)
{
    const postgres_driver *p = (const postgres_driver *)d;
    PGTransactionStatusType state = PQtransactionStatus(p->connection);
    return !p->lost && (state == PQTRANS_INTRANS || state == PQTRANS_INERROR);
}

static bool postgres_driver_is_alive(const driver *d)
{
    const postgres_driver *p = (const postgres_driver *)d;
    if (p->lost)
        return false;
    /* What has come while nobody looked: a server that went down says so, and then closes. */
    for (int i = 0; i < 3 && PQstatus(p->connection) == CONNECTION_OK; i++) {
        if (!postgres_wait(p->connection, true, false, 0))
            return true;
        if (PQconsumeInput(p->connection) != 1)
            return false;
        (void)PQisBusy(p->connection); /* reads the messages, so that their room is free again */
    }
    return PQstatus(p->connection) == CONNECTION_OK;
}

static int postgres_driver_backend_pid(const driver *d)
{
    return PQbackendPID(((const postgres_driver *)d)->connection);
}

static bool postgres_driver_never(const driver *d)
{
    (void)d;
    return false;
}

static status postgres_driver_refuse_nothing(driver *d, error *e)
{
    (void)d;
    return e->code;
}

static void postgres_drop_notice(void *unused, const PGresult *notice)
{
    (void)unused;
    (void)notice;
}

static const driver_operations postgres_driver_operations = {
    .engine = MIGEN_POSTGRES,
    .run = postgres_driver_run,
    .close = postgres_driver_close,
    .server_version = postgres_driver_server_version,
    .in_transaction = postgres_driver_in_transaction,
    .is_alive = postgres_driver_is_alive,
    .backend_pid = postgres_driver_backend_pid,
    .refuse_read_only = postgres_driver_refuse_nothing,
    .is_stand_in = postgres_driver_never,
};

status postgres_driver_open(const target *t, const driver_options *options, driver **out, error *e)
{
    arena *a = arena_new();
    postgres_driver *p = ARENA_NEW(a, postgres_driver);
    p->common = (driver){.operations = &postgres_driver_operations, .memory = a};
    status outcome = postgres_connect(t, options, a, &p->connection, e);
    if (outcome != STATUS_OK) {
        arena_free(a);
        return outcome;
    }
    (void)PQsetNoticeReceiver(p->connection, postgres_drop_notice, NULL);
    (void)PQsetnonblocking(p->connection, 1);
    *out = &p->common;
    return STATUS_OK;
}

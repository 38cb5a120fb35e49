/*
 * postgres_private.h: the PostgreSQL driver's own parts: connecting, running, and what fails there.
 */
#ifndef MIGEN_DRIVER_POSTGRES_PRIVATE_H
#define MIGEN_DRIVER_POSTGRES_PRIVATE_H

#include "driver_private.h"
#include "libpq_header.h"

#if HAS_POSTGRES

/* How often a wait looks whether a signal has come: a signal between the look and the wait would else be
 * missed. */
#define POSTGRES_TICK 200

typedef struct postgres_driver {
    driver common;
    PGconn *connection;
    bool lost;
} postgres_driver;

/* A run in flight. Statements and the Syncs behind them come back in the order in which they were sent. */
typedef struct postgres_run {
    postgres_driver *p;
    const driver_statement *statements;
    size_t count;
    arena *memory;
    driver_result *results; /* NULL: not wanted */
    error *e;
    status outcome;     /* of the first error */
    size_t sent;        /* statements that were handed to libpq */
    bool open_segment;  /* statements were sent behind the last Sync */
    bool all_sent;      /* and the last Sync too */
    bool stopping;      /* interrupted: nothing more is sent */
    bool guarded;       /* a statement that fails was sent, so that the open segment cannot be committed */
    size_t reading;     /* the statement whose results are read */
    bool reading_sync;  /* or the Sync behind it */
    bool reading_guard; /* or the guard */
    bool seen;          /* a result of it has come */
    bool finished;
    size_t said;       /* how long libpq's text was behind the last result */
    double stopped_at; /* when the interruption was seen */
    double cancelled_at;
    double watched_at; /* when d->watch was asked last */
} postgres_run;

/* The first error of a run is kept; those behind it are its echoes. */
void postgres_run_fail(postgres_run *run, const driver_failure *failure, size_t index);

/* A result that is an error ends the run; of a FATAL one the connection is lost too. */
void postgres_run_server_error(postgres_run *run, const PGresult *r);

/* The connection has ended without a word of the server's. */
void postgres_run_lost(postgres_run *run);

/* The statement is a COPY from or to the client. */
void postgres_run_copy(postgres_run *run);

/* Connects, with our defaults where the user said nothing. On success *out is the caller's, to PQfinish. */
status postgres_connect(const target *t, const driver_options *options, arena *a, PGconn **out,
                        error *e) MUST_USE;

/* The status, message and hint of a connection that did not come about. timed_out: because we gave up
 * waiting. */
status postgres_connect_failed(const target *t, PGconn *connection, bool timed_out, arena *a,
                               error *e) MUST_USE;

/* Whether libpq's text (not a server's answer) says that this process has no memory left. */
bool postgres_is_without_memory(const char *text);

/* Waits until the socket is readable (or writable, where wanted), for at most milliseconds. False: not yet.
 */
bool postgres_wait(const PGconn *connection, bool readable, bool writable, int milliseconds);

#endif

#endif

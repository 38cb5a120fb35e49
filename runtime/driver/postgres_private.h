/*
 * postgres_private.h: the PostgreSQL driver's own parts: connecting, and running.
 */
#ifndef MIGEN_DRIVER_POSTGRES_PRIVATE_H
#define MIGEN_DRIVER_POSTGRES_PRIVATE_H

#include "driver_private.h"
#include "libpq_header.h"

#if HAS_POSTGRES

/* How often a wait looks whether a signal has come: a signal between the look and the wait would else be
 * missed. */
#define POSTGRES_TICK 200

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

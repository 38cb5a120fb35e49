/*
 * session.h: the beginning of a connection, for each engine.
 *
 * Idea       What a session needs before it may work: on PostgreSQL settings that no role or database can have changed, on both
 *            the history.
 * Invariant  Nothing is created or written. A history that is not there is no error.
 * Usage      ENGINE_OWN(run->engine, begin_session)(run)
 */
#ifndef MIGEN_ENGINE_SESSION_H
#define MIGEN_ENGINE_SESSION_H

#include "run.h"

/* The settings, and the history with them: one round trip. */
status postgres_begin_session(migen *run) MUST_USE;
status sqlite_begin_session(migen *run) MUST_USE;

/* "migen/shop/1.4.0 4711@web-1": which process, of which release, where. */
char *postgres_process_name(migen *run);

/* Opens one more connection, with the settings in each of its transactions. */
status postgres_open_second(migen *run, driver **out) MUST_USE;

/* A new connection in the place of one that was lost while nothing was at stake; tried until then. */
status postgres_reconnect(migen *run, double until) MUST_USE;

/* A connection, without a word on it. */
status run_open_connection(migen *run, driver **out) MUST_USE;

/* The error is that memory is gone, here or at the server: no connection, and no time, is of help. */
bool run_is_without_memory(const migen *run);

/* The engine's half of run_read_history. */
status postgres_read_history(migen *run) MUST_USE;
status sqlite_read_history(migen *run) MUST_USE;

/* In front of a statement that reads a table, and sent with it: how long it waits for a table that is locked. */
driver_statement postgres_read_patience(migen *run);

#endif

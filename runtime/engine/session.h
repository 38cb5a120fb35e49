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

/* The engine's half of run_read_history. */
status postgres_read_history(migen *run) MUST_USE;
status sqlite_read_history(migen *run) MUST_USE;

#endif

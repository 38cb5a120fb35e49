/*
 * lock.h: the migration lock.
 *
 * Idea       PostgreSQL: a session's advisory lock, polled with pg_try_advisory_lock from outside any
 * transaction: a waiter that blocked in the server would hold a snapshot for which CREATE INDEX CONCURRENTLY
 * waits for ever. SQLite: the file is the lock.
 */
#ifndef MIGEN_ENGINE_LOCK_H
#define MIGEN_ENGINE_LOCK_H

#include "run.h"

/* Reads the history again; its absence is no error. */
status run_read_history(migen *run) MUST_USE;

/* Reads the catalogue a last time and gives the lock back (PostgreSQL), in one round trip. */
status run_unlock_and_read(migen *run) MUST_USE;

/* "migen/shop/1.4.0 (process 4711 on 10.0.0.5)": who has the migration lock; NULL where nobody is seen, and on SQLite. */
char *run_lock_holder(migen *run);

void run_sleep(double milliseconds);

/* Between half and one and a half times the time, by chance. */
double run_jitter(double milliseconds);

#endif

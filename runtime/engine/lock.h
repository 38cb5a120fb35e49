/*
 * lock.h: the migration lock.
 *
 * Idea       PostgreSQL: a session's advisory lock (postgres_lock.c). SQLite: the file is the lock (sqlite_lock.c).
 * Invariant  What was read before the lock was there is read again under it.
 * Usage      status s = run_lock(run); … run_unlock(run);   (run.h)
 */
#ifndef MIGEN_ENGINE_LOCK_H
#define MIGEN_ENGINE_LOCK_H

#include "run.h"

/* "migen/shop/1.4.0 (process 4711 on 10.0.0.5)": who has the migration lock; NULL where nobody is seen, and on SQLite. */
char *run_lock_holder(migen *run);

/* The engine's half of run_lock and run_unlock. */
status postgres_take_lock(migen *run) MUST_USE;
status sqlite_take_lock(migen *run) MUST_USE;
void postgres_unlock(migen *run);
char *postgres_lock_holder(migen *run);

/* Reads the catalogue a last time and gives the lock back, in one round trip. */
status postgres_unlock_and_read(migen *run) MUST_USE;

/* Sleeps without holding anything; a signal ends it. */
void run_sleep(double milliseconds);

/* Between half and one and a half times the time, by chance. */
double run_jitter(double milliseconds);

#endif

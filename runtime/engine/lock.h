/*
 * lock.h: the migration lock.
 *
 * Idea       PostgreSQL: an advisory lock, or a lease (lock_parts.h). SQLite: the file is the lock (sqlite_lock.c).
 * Invariant  What was read before the lock was there is read again under it.
 * Usage      status s = run_lock(run); … run_unlock(run);   (run.h)
 */
#ifndef MIGEN_ENGINE_LOCK_H
#define MIGEN_ENGINE_LOCK_H

#include "run.h"

/* "migen/shop/1.4.0 4711@web-1 (server process 815, from 10.0.0.5), since …", on SQLite "shop-migrate (process 4711)": who has
 * the migration lock; NULL where nobody is seen. */
char *run_lock_holder(migen *run);

/* Keeps the lock alive, and looks whether it still is: cheap, to be called now and then. STATUS_STOPPED: it is lost. */
status run_keep_lock(migen *run) MUST_USE;

/* unlock: frees a lease whose holder is provably gone. Says what it found. */
status engine_unlock(migen *run) MUST_USE;

/* The engine's half of run_lock and run_unlock. */
status postgres_take_lock(migen *run) MUST_USE;
status sqlite_take_lock(migen *run) MUST_USE;
void postgres_unlock(migen *run);
char *postgres_lock_holder(migen *run);
char *sqlite_lock_holder(migen *run);

/* Puts who holds the file into the error of a busy one. */
void sqlite_name_holder(migen *run);

/* The lock again, where each migration is a transaction: another may have worked since the last one of this run. What was
 * selected before may be done by now; where it no longer stands upon its parents, or, going down, stands under children,
 * STATUS_BUSY: it is to be selected anew. */
status sqlite_begin_next(migen *run, size_t position, bool down) MUST_USE;

status postgres_keep_lock(migen *run) MUST_USE;
status postgres_free_lease(migen *run) MUST_USE;

/* Queue what proves to the transaction that begins, or is about to be committed, that the lock is this run's. */
void postgres_prove_begin(migen *run);
void postgres_prove_commit(migen *run);

/* The words of the lost lock, for a proof that failed. */
status postgres_lock_is_lost(migen *run, error *e);

/* The lease's table. */
object_name postgres_lease_table(migen *run);

/* Reads the catalogue a last time and gives the lock back; where both are on one connection, in one round trip. */
status postgres_unlock_and_read(migen *run) MUST_USE;

/* Both at clock_milliseconds; said: when the waiting was said last. */
typedef struct lock_patience {
    double begun, said;
} lock_patience;

/* "waiting for the migration lock, held by …": after a second, and then every ten. */
void run_say_waiting(migen *run, const char *what, lock_patience *patience);

/* Nothing can be written here: a standby (STATUS_CONFIGURATION), a file that can only be read (STATUS_NOT_PERMITTED). */
status run_refuse_read_only(migen *run) MUST_USE;

/* Sleeps without holding anything; a signal ends it. */
void run_sleep(double milliseconds);

/* Between half and one and a half times the time, by chance. */
double run_jitter(double milliseconds);

#endif

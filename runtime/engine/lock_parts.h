/*
 * lock_parts.h: the three ways in which PostgreSQL's migration lock is held, to lock.c, which waits for it.
 *
 * Idea       session      a session's advisory lock on the connection that works: gone with it, at once.
 *            transaction  behind a pooler, where a session is only lent for a transaction: the same advisory lock, but
 *                         of a transaction that a second connection (run->keeper) keeps open. It is idle, has no snapshot,
 *                         and so disturbs no concurrent index build.
 *            lease        a row with an end, by the server's clock, which run->keeper puts off while the run lives. For
 *                         servers that have no advisory locks, or where --lock lease wants it.
 * Invariant  With transaction and lease, work and lock are not on one connection, so one may be lost and the other go on.
 *            Therefore each transaction proves that the lock is still this run's, in a way that nobody can come in
 *            between (`begin` or `commit`); what cannot be in a transaction stands behind a committed intent that was
 *            proven so. The three exclude each other: the advisory ones have one key, and each side claims first and
 *            looks for the other's claim then.
 */
#ifndef MIGEN_ENGINE_LOCK_PARTS_H
#define MIGEN_ENGINE_LOCK_PARTS_H

#include "lock.h"

struct lock_kind {
    const char *name;
    bool keeper_holds; /* without run->keeper it is gone */
    /* One try, without waiting. *got: it is held, and history and catalogue have been read under it.
     * run->lock_is_unknown: the server has no such thing. */
    status (*attempt)(migen *run, bool *got);
    void (*release)(migen *run);
    void (*begin)(migen *run);            /* queues the proof behind a BEGIN; NULL: none */
    void (*commit)(migen *run);           /* before a COMMIT; NULL: none */
    status (*keep)(migen *run, error *e); /* every few seconds; STATUS_STOPPED: it is lost */
    double period;                        /* milliseconds between two of these */
};

extern const lock_kind lock_by_session, lock_by_transaction, lock_by_lease;

/* The holder as lock.c shows it, of which all but `who` may be NULL. */
typedef struct lock_owner {
    const char *who;     /* "migen/shop/1.4.0 4711@web-1 (server process 815, from 10.0.0.5)" */
    const char *since;   /* the server's time, and how long that is ago */
    const char *process; /* lock_process_mark, of a lease */
    const char *token;   /* of a lease */
    const char *left;    /* of a lease: the seconds until it ends, unless it is put off; "-3": it has ended */
} lock_owner;

/* The advisory lock's; the proof's other keys with it. */
const char *lock_key(migen *run);

/* Whose session has the advisory lock; false: nobody's. */
bool lock_find_session(migen *run, lock_owner *out);

/* Who has the lease, also when it has ended and was not given back; false: nobody. */
bool lock_find_lease(migen *run, lock_owner *out);
bool lock_has_ended(const lock_owner *lease);

/* A way down is on its way in another session, so that what the history says by now may not last. */
bool lock_is_for_way_down(migen *run);
bool lock_lease_goes_down(const lock_owner *lease);

/* What the holder of a lease that goes down puts behind its name. */
#define LOCK_GOES_DOWN ", going down"

/* Reads history and catalogue, in one round trip. */
status lock_read_all(migen *run) MUST_USE;

/* A statement with up to two parameters. */
driver_statement lock_statement(migen *run, const char *sql, const char *first, const char *second);

/* The last word to the keeper before it rests, each time. Behind a SELECT the portal stays open until the next statement,
 * and with it a snapshot, for which a concurrent index build waits for ever; SET takes none. */
#define LOCK_REST "SET LOCAL idle_in_transaction_session_timeout = 0"

/* SQL: of pg_locks l, those that hold an advisory key of this database; and the key $1. */
#define LOCK_IS_HELD                                                                                         \
    "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"                                               \
    " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
#define LOCK_HOLDS_KEY LOCK_IS_HELD " AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint"

/* Which process that is, so that another one on this machine can tell that it is gone; "" where that cannot be told. */
char *lock_process_mark(arena *a);
bool lock_process_is_gone(arena *a, const char *mark);

/* The lease, taken by force from the holder whose token that is: by `unlock`. */
status lock_lease_free(migen *run, const char *token, bool *freed) MUST_USE;

/* Lets the connection that works look after the lock while a statement of it runs. */
void lock_watch(migen *run);

#endif

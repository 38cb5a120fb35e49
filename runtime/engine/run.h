/*
 * run.h: one run of the release binary on one database.
 *
 * The states of a run that changes something, in order:
 *   connected  settings sent, history read. No lock, no transaction, nothing written. With nothing
 *              pending the run ends here.
 *   locked     PostgreSQL: the migration lock is held (lock.h says how); SQLite: BEGIN IMMEDIATE has been
 *              done. History and catalogue have been read again, under the lock: from here on `live`
 *              is the truth. Nothing written.
 *   recorded   the history table is there; an adopted version is recorded.
 *   carrying   for each migration: its statements, its history row and COMMIT go out together; what is
 *              durable is exactly the migrations whose history row is committed, and for one with steps
 *              outside a transaction the rows before the journalled one (history.h). A kill in any of
 *              these states leaves what the last COMMIT left.
 *   verified   the catalogue was read once more and held against the history. The lock is given back.
 */
#ifndef MIGEN_ENGINE_RUN_H
#define MIGEN_ENGINE_RUN_H

#include "catalog.h"
#include "driver.h"
#include "flow.h"
#include "history.h"
#include "rebuild_queue.h"
#include "report.h"
#include "run_options.h"
#include "safe.h"

/* A statement on its way, and what it is for. */
typedef struct batch_item {
    driver_statement statement;
    size_t row;      /* of the migration's steps; NO_STATEMENT: the engine's own */
    bool fence;      /* it fails where the migration lock is no longer this run's */
    bool structural; /* made by a safe function from the model: a race with another session is decided anew */
    bool commits;    /* a COMMIT: what stands before it is durable once it is done */
    int64_t *rows;   /* its affected rows are added up there; NULL: nobody counts them */
    const struct batch_part *parts; /* of joined rebuilds: what they are when they are carried out singly */
    bool of_history;                /* it makes the history's table, or adds to it: no migration's doing */
    const sql_statement *what;      /* the dialect's, with its lock; NULL: the engine's own */
} batch_item;

/* The statements of rebuilds one by one, each with its own step's row. */
typedef struct batch_part {
    VECTOR(batch_item) items;
} batch_part;

/* Of migrations in a release. */
typedef VECTOR(size_t) position_list;

/* What came of asking whether to go down. */
typedef enum agreement { AGREEMENT_REFUSED, AGREEMENT_UNASKED, AGREEMENT_GIVEN } agreement;

/* A line that is said once its statements have been carried out. */
typedef struct batch_line {
    decision_line line;
    const int64_t *rows; /* how many were affected; NULL: not to be said */
    size_t
        behind; /* so many of the batch's statements; what it says stands once they are done and committed */
} batch_line;

/* Has it rows? object is how the step calls it, table how the database does when it is asked. */
typedef struct rows_question {
    const char *object, *table;
    const migen_migration *migration; /* the step that asks */
    size_t row;
} rows_question;

typedef struct branch_taken {
    unsigned branch;
    bool first;
} branch_taken;

typedef VECTOR(branch_taken) branch_list;

/* What the next entry of the history says of locks (postgres_trace.h). */
typedef struct entry_trace {
    bool measures; /* a lock was, or may have been, taken that others feel */
    const char
        *dropped;  /* "ACCESS EXCLUSIVE on users": on what is gone when the entry is written; NULL: none */
    double waited; /* milliseconds: in tries that a lock timeout has ended; SQLite: for the file */
    double longest_try; /* of those: others were queued behind it for as long */
} entry_trace;

/* A statement outside of transactions while it runs (postgres_waits.h); times are clock_milliseconds. */
typedef struct outside_wait {
    const sql_statement *statement; /* NULL: none runs */
    driver *eye;                    /* a second connection, which looks; NULL: none */
    double begun, asked, said;
    double blocked;      /* milliseconds that it was seen to wait */
    const char *blocker; /* for whom, when it was looked last; NULL: for nobody */
    bool was_blocked;
    bool is_over; /* it has waited for long enough */
} outside_wait;

/* PostgreSQL: whose constraint stands NOT VALID, and refuses rows (sql_statement.unproven); NULL: none does. */
typedef struct unproven_constraint {
    const sql_statement *in_transaction, *durable; /* as the open transaction has it; as it is committed */
} unproven_constraint;

/* run_journal's last answer, and to what. */
typedef struct journal_found {
    const history_entry *begun, *here;
    const migen_migration *migration;
    bool going_down;
} journal_found;

typedef struct lock_kind lock_kind;

/* "constraint _migen_1a2b3c4d_nn on users"; what it does, and what takes it away; that as a statement. */
typedef struct leftover {
    const char *object, *words, *drop;
} leftover;
typedef VECTOR(leftover) leftover_list;

/* By what a run knows that the migration lock is still its own (lock_parts.h). */
typedef struct lock_proof {
    const char *key, *work_key; /* advisory locks: the run's, and that of its transactions */
    const char *down_key;       /* and that of transactions which take a migration back */
    const char *transaction;    /* the one that holds the first, as pg_locks names it */
    const char *token;          /* of the lease */
    double kept, asked;         /* when it was last known to be held, and asked for */
    double deadline;            /* while a worker is opened: until when it may take; 0: no limit */
} lock_proof;

struct migen {
    arena *memory;
    const migen_release *release;
    const migen_release *own; /* as it was built; `release` may know more (ways.h) */
    size_t
        known_count; /* of its migrations; behind them may stand those that only the database knows (ways.h) */
    bool takes_newer; /* down: those are wanted */
    const run_options *options;
    const target *target;
    driver *driver;
    report *report;
    migen_engine engine;
    error error;

    history history;
    schema *live, *expected, *final;
    schema
        *before; /* expected before a step that drops or renames an index or constraint; NULL: another step */
    const schema *known; /* SQLite: expected before the step, where that may be read anew; NULL: expected */
    expression_memo memo;
    catalog_scope scope;
    later_rename_list renames;
    map rows; /* object → "1" or "0": whether the table has rows */
    VECTOR(rows_question) rows_wanted;
    map rehearsed_names;  /* while rehearsing: table under its new name → the one that the database has */
    bool is_rehearsing;   /* nothing is begun yet, also where it has failed there */
    bool collecting;      /* the rehearsal before the run: has_rows notes what it would ask */
    map differences_said; /* "column users.email: wanted …, found …": each is said once in a run */

    /* Whether the migrations at these positions, the newest first, may be taken back; NULL: nobody is asked. Who was really
     * asked said yes to these and no others: `confirmed` then. */
    agreement (*agree)(migen *run, const position_list *positions);
    VECTOR(const char *)
    confirmed; /* ids, the newest first; what is found under the lock is held against them */
    bool is_other_than_confirmed;

    /* what is on its way */
    VECTOR(batch_item) batch;
    VECTOR(batch_line) lines;
    rebuild_queue waiting; /* SQLite: rebuilds that further ones of their tables may join */
    bool in_transaction;   /* a BEGIN is in the batch, or has been sent */
    bool rows_wait;    /* PostgreSQL: rows were changed in it, whose deferred keys may not be proven yet */
    bool keys_settled; /* … and were made to be, before a change of the schema */
    bool stale;        /* live must be read again */
    bool stale_wholly; /* and nobody knows what has changed; else only what `raw` names */
    double transaction_begun; /* clock_milliseconds */
    entry_trace entry_trace;
    VECTOR(const char *) raw;
    bool step_by_step; /* each step is sent alone, inside a savepoint */
    bool is_held; /* --strict: all pending migrations in one transaction, as one of them may be refused */
    bool has_committed; /* this run, anything */

    /* the migration that is carried out */
    const migen_migration *migration;
    double migration_begun; /* clock_milliseconds */
    size_t position;        /* of it in the release */
    size_t row;             /* of the step that is carried out */
    bool going_down;
    bool resuming; /* an interrupted run has begun the step that is carried out */
    journal_found journal;
    bool last; /* no other follows: its commit is made durable at once */
    branch_list branches;
    const char *durable; /* what of a failed migration stands, in words; NULL: nothing */
    const char *part_of; /* the id of the migration of which this run has committed a part; NULL: none */
    size_t part_step;    /* of it, where a step outside of transactions was the last: the one behind that */
    bool is_standby;     /* PostgreSQL: the server takes no changes */
    bool needs_database; /* set before run_connect: a SQLite file that is not there is not made */
    bool reads_only;     /* set before run_connect: nothing is created or written */
    driver_settings settings;     /* PostgreSQL: what each session of this run has set */
    const char *session_settings; /* the same for a session of one's own */
    const char *session_undo;     /* and takes them back */
    bool pooled;                  /* there is a pooler: a session lasts no longer than a transaction */
    const char *history_schema;   /* PostgreSQL: where the history's table is, or will be */
    bool lease_exists;            /* PostgreSQL: the table of a lease is there */
    bool
        is_taken_back; /* PostgreSQL: another session goes down just now, so less may be applied in a moment */
    bool goes_down;    /* the migration lock is for a way down */
    const lock_kind *lock; /* PostgreSQL: how the migration lock is held; NULL before the first try */
    driver *keeper;        /* a second connection, which holds it, or keeps it alive; NULL: none */
    lock_proof proof;
    bool
        is_unread; /* the migration lock is held, or was tried, but history and catalogue could not be read with it */
    outside_wait waits;
    bool lock_was_tried;  /* once at least */
    bool lock_is_lost;    /* another may have it: nothing more is changed */
    bool lock_is_unknown; /* the server has no advisory locks */
    bool locked;
    bool lock_is_optional; /* up: when another session has done all the work there is nothing to wait for */
    bool rebuilds;         /* SQLite: a table was rebuilt, so foreign keys are checked before COMMIT */
    size_t violations_before; /* rows of foreign_key_check before the first rebuild */
    batch_item failed;        /* the statement of run->error, for the report */
    bool has_failed;
    unproven_constraint unproven;
    const char *broken_table; /* SQLite: whose foreign keys have failed behind the migration's steps */
    bool
        has_work; /* something of this migration is done in the open transaction, so that its COMMIT leaves a part of it */
    const char *
        left_behind; /* what the failed statement has left and could not be taken away, in words; NULL: nothing */
    const char *
        cleared; /* PostgreSQL: the INVALID index that this migration has taken away for good, to build it again */
    bool in_doubt; /* a COMMIT was sent, and the connection was lost before all answers had come */
    int losses;    /* of the connection, in this run */
    double
        connect_until; /* by the clock: a server that takes the connection and is silent is not waited for longer; 0: CONNECT_SILENCE */
};

/* run->durable, where this run or an earlier one has committed the first part. */
extern const char run_part_stands[], run_part_of_another[];

/* Opens the connection (waiting up to options->wait), sends the settings, reads the history. */
status run_connect(migen *run) MUST_USE;
void run_disconnect(migen *run);

/* The error is that the connection is gone by itself: nobody has sent a signal, and no administrator has ended the session. */
bool run_has_lost_connection(const migen *run);

/* Where the connection was lost, connects again and reads the history; what is not committed is gone, what is committed
 * stands in the history, so that the run goes on as the next one would. False: it was not lost, or is lost for good; the error
 * is as before. */
bool run_connect_again(migen *run);

/* stale.c: live is the truth again; step's raw SQL may have changed it; whether that may matter to step. */
void run_is_fresh(migen *run);
void run_make_stale(migen *run, const migen_step *step);
bool run_needs_live(const migen *run, const migen_step *step);

/* Reads the history again; its absence is no error. */
status run_read_history(migen *run) MUST_USE;

/* Reads the catalogue into run->live; again, a few times, where another session's DROP upset it. */
status run_read_live(migen *run) MUST_USE;

/* The last reading of the catalogue was upset so (PostgreSQL prints definitions from what is committed by then, not from the
 * statement's snapshot), outside of a transaction: reading again helps. */
bool run_read_was_upset(const migen *run);

/* Takes the migration lock, waiting up to options->lock_timeout, and reads history and catalogue under it. On
 * SQLite it is the transaction. STATUS_BUSY names who holds it. */
status run_lock(migen *run) MUST_USE;
void run_unlock(migen *run);

/* Whether the failure says that another session was quicker: SQLSTATEs that a safe function's own statement got. */
bool postgres_lost_a_race(const migen *run);

/* postgres_leftover.c: nothing half made refuses the rows of those who go on working with the database. */

/* A failed run, after run_rollback: an index that could not be built CONCURRENTLY is INVALID, and refuses rows all the same where
 * it is unique; so does a constraint that is NOT VALID yet. They go. Where one cannot, run->left_behind says so. */
void postgres_drop_half_made(migen *run);

/* Under the lock: what a killed run has left of proofs on this release's tables goes, whatever has become of its migration. */
status postgres_drop_leftovers(migen *run) MUST_USE;

/* What of that `live` has, for those who only look. */
leftover_list postgres_leftovers(migen *run);

/* Rolls back what is open, forgets what is on its way. The first error stays in run->error. */
void run_rollback(migen *run);

/* batch.c: what goes out together. */
void batch_push(migen *run, driver_statement statement, size_t row, bool structural);
void batch_begin(migen *run);  /* a BEGIN, unless one is open */
void batch_commit(migen *run); /* a COMMIT, where one is open */
void batch_say(migen *run, const decision_line *line, const int64_t *rows);

/* "add column": what the user has written in that row of the migration; NULL: it has none. */
const char *run_operation(const migen *run, size_t row);

/* Sends what is on its way and says its lines. with_live: the catalogue is read again in the same round trip.
 * answer (may be NULL) takes the last statement's result, to ask a condition. On failure nothing is said but
 * the error. */
status batch_flush(migen *run, bool with_live, driver_result *answer) MUST_USE;

/* What is left of a trace where its transaction is tried again. */
entry_trace trace_of_tries(const entry_trace *trace);

/* backfill.c: a statement whose rows are filled in batches, each a transaction of its own; *rows grows by what they
 * changed. Called with what stands before it sent; STATUS_OK leaves no transaction open on PostgreSQL. *done is false
 * where the statement is to be sent as it stands. */
status backfill_batches(migen *run, const sql_statement *statement, int64_t *rows, bool *done) MUST_USE;

/* sqlite_foreign_keys.c: rows that refer to what is not there, before and behind a seed or backfill of foreign keys; before
 * any other step *before is -1, and there is nothing to ask behind it. */
status sqlite_orphans_before(migen *run, const migen_step *step, const char *object,
                             int64_t *before) MUST_USE;
status sqlite_orphans_behind(migen *run, const char *object, int64_t before) MUST_USE;

/* How many foreign keys are broken already before the first rebuild; what it has broken itself is an error, before what it did
 * is committed. */
status sqlite_before_rebuild(migen *run) MUST_USE;
status sqlite_check_foreign_keys(migen *run) MUST_USE;

/* sqlite_rebuilds.c: a rebuild waits until something else is pushed, or all is sent; what cannot see whether it was done
 * (the statement's `beside`) is pushed before it: true. */
status sqlite_wait_with_rebuild(migen *run, const table_rebuild *rebuild) MUST_USE;
bool sqlite_goes_beside(migen *run, const sql_statement *statement);
void sqlite_release_rebuilds(migen *run);

/* Whether what failed were joined rebuilds; they are rolled back, and their parts are in the batch instead. */
bool sqlite_fall_back(migen *run, status s, const driver_result *results, size_t count);

/* Ends the transaction before or behind a step that needs it: what is done up to `step` is journalled with it. */
void carry_split(migen *run, size_t step);

/* carry.c: carries out one migration, up or down, with its history entry; the commit with it, unless the run
 * is one transaction. */
status carry_migration(migen *run, size_t position, bool going_down) MUST_USE;

/* Carries out one step now: what hand-written C's calls come to. */
status carry_step(migen *run, const migen_step *step) MUST_USE;

/* Whether all pending migrations are one transaction (product.md 2, --transaction). */
bool run_is_one_transaction(const migen *run);

/* has_rows of safe_context. */
bool run_has_rows(void *owner, const char *object);

/* Asks, in one round trip, for all that the rehearsal noted. */
status run_ask_rows(migen *run) MUST_USE;

/* Plays the step on `expected`, which stands behind it when it is decided. */
void run_expect(migen *run, const migen_step *step);

safe_context run_safe_context(migen *run);

#endif

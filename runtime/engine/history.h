/*
 * history.h: the log of what was done to a database, from which what is applied follows.
 *
 * Idea       An append-only table. The last entry of a migration with direction up or down says
 *            whether it is applied. Entries of direction "intent" are the journal of migrations with
 *            steps outside a transaction: rows before `step` of its way up (or down), as the run that wrote it had them,
 *            have been carried out and committed (journal.h).
 *            Entries of direction "failed" say why a try came to nothing, for those who look. Where nothing of it stands, they
 *            end its journal.
 * Table      seq, id, hash, release, direction (up, down, intent, failed), outcome (applied, adopted, stamped,
 *            reverted, started, reverting; of a failure started or reverting, and where nothing of it stands undone or
 *            kept), applied_at, duration_ms, who, step, branches ("1=1 2=0": which branch
 *            each `if` took; of an intent also, behind a semicolon, the marks of its steps: journal.h), reason, way_down, locks ("ACCESS EXCLUSIVE on users": what the transaction of the
 *            entry really locked), lock_wait_ms (how long it waited for that), lock_held_ms (from the first of these
 *            locks being asked for to the entry being written, or the longest try that a lock timeout has ended: the
 *            longest that others may have waited).
 * Formats    A table that an earlier version has made lacks the last three. Who may, adds them at the next `up`; else they
 *            are left out.
 */
#ifndef MIGEN_ENGINE_HISTORY_H
#define MIGEN_ENGINE_HISTORY_H

#include "driver.h"
#include "error.h"
#include "map.h"
#include "migen_step.h"
#include "name.h"
#include "sql_writer.h"
#include "vector.h"

typedef struct history_entry {
    const char *id, *hash, *release, *direction, *outcome, *applied_at, *duration_ms, *who, *branches,
        *reason;
    size_t step;
    const char *way_down; /* written only: ways.h reads it where it is needed */
    /* of the locks; measures: PostgreSQL's server is asked; lock_wait_ms is what the client knows of it */
    bool measures;
    double lock_wait_ms;
    double
        longest_try_ms; /* of the tries that a lock timeout has ended, the longest: others were queued behind it */
    const char *dropped_locks;
    bool duration_of_server; /* duration_ms is what was before this transaction; the server adds the rest */
    bool going_down;         /* of an intent or a failure: its outcome is "reverting" or "kept" */
    const char *marks;       /* of an intent; NULL: an earlier version's */
    bool is_shortened; /* of journal_find's: not all that was done is among these steps, or in that order */
    bool is_other;     /* and the step at which it is gone on is not the one that was begun */
    bool is_turned;    /* of journal_find's: it was left on the other way */
    bool is_in_doubt;  /* and what that one has done is not known */
    size_t at;         /* of journal_find's: the row that was begun, at `step` or before it */
    size_t data_until; /* of journal_find's: before this row, what SQL has made of the data stands */
} history_entry;

typedef struct history {
    object_name table;
    bool exists;
    bool has_locks;                /* the table has the columns of the locks */
    bool wants_locks;              /* it lacks them, and this role may add them */
    VECTOR(history_entry) entries; /* oldest first */
    map applied;                   /* id → the entry that applied it */
    map journal;                   /* id → the intent without an end */
    map failed;                    /* id → the failure, where nothing has come behind it */
    map withheld; /* id → the entry that adopted a version: its unguarded `run` and `call` are not carried out */
} history;

/* The history's table name, from the options. */
object_name history_table_name(arena *a, const char *schema, const char *table);

driver_statement history_read_statement(arena *a, migen_engine engine, object_name table);
void history_clear(arena *a, history *h); /* no entries */
bool history_is_empty(const history *h);  /* but for failures */
void history_load(arena *a, history *h, const driver_result *result);

/* The columns that a table of an earlier version lacks; without one the statement is to be left out (history.wants_locks). */
driver_statement history_upgrade_statement(arena *a, migen_engine engine, object_name table, size_t i);
#define HISTORY_UPGRADES ((size_t)3)

/* locks, lock_wait_ms, lock_held_ms of all entries, in their order; only where has_locks. */
driver_statement history_locks_statement(arena *a, object_name table);

/* The statement that makes the table's schema where it is named and missing: none or one. */
size_t history_schema_statements(arena *a, migen_engine engine, object_name table, driver_statement *out);

/* The statements that make the table (and its schema). */
size_t history_create_statements(arena *a, migen_engine engine, object_name table, driver_statement out[2]);

/* The statement that appends an entry. applied_at is the database's clock. */
driver_statement history_insert_statement(arena *a, migen_engine engine, const history *h,
                                          const history_entry *entry);

/* The number of the entry that is written next, as an expression. */
void history_next_number(sql_writer *w, object_name table);

/* The reason that the entry of an adopted version gives when later migrations (ids, NULL at the end) have its schema too:
 * whether the database is behind them, nobody knows, so what they do unguarded may have been done. Read back into
 * history.withheld, until the migration itself has an entry. */
char *history_withholding(arena *a, const char *const *ids);

/* Whether an error of reading the history says that its table, or its schema, is not there. */
bool history_is_missing(const error *e);

/* An error of reading it, in words for who has a table of that name, or no right to read ours. what: "history", or "lock", the table
 * beside it. Returns its code. */
status history_explain_failure(error *e, object_name table, const char *what);

bool history_is_applied(const history *h, const char *id);

/* Takes an entry over into h, as if it had been read. */
void history_note(arena *a, history *h, const history_entry *entry);

/* "user@host", of this process. */
char *history_who(arena *a);

/* PostgreSQL's values of locks, lock_wait_ms and lock_held_ms, as expressions that the server answers (postgres_history.c).
 * table: the history's own, which does not count; waited: milliseconds that the client knows of. */
void postgres_write_locks(sql_writer *w, object_name table, const history_entry *entry, const char *waited);

#endif

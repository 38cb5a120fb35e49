/*
 * history.h: the log of what was done to a database, from which what is applied follows.
 *
 * Idea       An append-only table. The last entry of a migration with direction up or down says
 *            whether it is applied. Entries of direction "intent" are the journal of migrations with
 *            steps outside a transaction: rows before `step` of its way up (or down) have been carried
 *            out and committed.
 * Table      seq, id, hash, release, direction (up, down, intent), outcome (applied, adopted, stamped,
 *            reverted, started), applied_at, duration_ms, who, step, branches ("1=1 2=0": which branch
 *            each `if` took), reason, way_down.
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
    bool going_down;      /* of an intent: its outcome is "reverting" */
} history_entry;

typedef struct history {
    object_name table;
    bool exists;
    VECTOR(history_entry) entries; /* oldest first */
    map applied;                   /* id → the entry that applied it */
    map journal;                   /* id → the intent without an end */
} history;

/* The history's table name, from the options. */
object_name history_table_name(arena *a, const char *schema, const char *table);

driver_statement history_read_statement(arena *a, object_name table);
void history_load(arena *a, history *h, const driver_result *result);

/* The statements that make the table (and its schema). */
size_t history_create_statements(arena *a, migen_engine engine, object_name table, driver_statement out[2]);

/* The statement that appends an entry. applied_at is the database's clock. */
driver_statement history_insert_statement(arena *a, migen_engine engine, object_name table,
                                          const history_entry *entry);

/* The number of the entry that is written next, as an expression. */
void history_next_number(sql_writer *w, object_name table);

/* Whether an error of reading the history says that its table, or its schema, is not there. */
bool history_is_missing(const error *e);

bool history_is_applied(const history *h, const char *id);

/* Takes an entry over into h, as if it had been read. */
void history_note(arena *a, history *h, const history_entry *entry);

/* "user@host", of this process. */
char *history_who(arena *a);

#endif

/*
 * rebuild_queue.h: several rebuilds of one SQLite table are one.
 *
 * Idea       A rebuild need not be carried out at once: it waits, and those of its table that come behind it are
 *            joined with it, as long as nothing comes that could see the difference. What is a statement of its own on
 *            a table that is left alone (ADD COLUMN, CREATE INDEX) is a part of the rebuild on one that waits.
 * Invariant  A joined rebuild gives the rows that its parts give one after the other. Its parts are kept: where it
 *            fails, they are carried out singly, so that the step that cannot be is the one that is named.
 * Usage      if (!rebuild_queue_add(a, &q, statement->rebuild, row)) { …carry out what waits…  rebuild_queue_add(…) }
 */
#ifndef MIGEN_DIALECT_REBUILD_QUEUE_H
#define MIGEN_DIALECT_REBUILD_QUEUE_H

#include "dialect.h"

typedef struct table_rebuild table_rebuild;

typedef struct rebuild_part {
    const table_rebuild *rebuild;
    size_t row; /* of its step, for the caller */
} rebuild_part;

typedef struct rebuild_queue {
    VECTOR(const table_rebuild *) joined; /* one a table */
    VECTOR(rebuild_part) parts;           /* as they came */
} rebuild_queue;

/* False when what waits must be carried out first; an empty queue takes every rebuild. */
bool rebuild_queue_add(arena *a, rebuild_queue *q, const table_rebuild *rebuild, size_t row);

/* Whether the table's rebuild waits; q may be NULL. */
bool rebuild_queue_has(const rebuild_queue *q, const char *table);

/* The statements of one. */
void table_rebuild_write(arena *a, const table_rebuild *rebuild, sql_list *out);

#endif

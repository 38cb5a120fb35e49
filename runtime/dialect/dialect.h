/*
 * dialect.h: the SQL that carries out a step on an engine.
 *
 * Idea       Pure: (schema before, step) → statements. Nothing is read from a database here. Both the
 *            runtime and `migen plan` use it.
 * Invariant  The step is possible on `before` (schema_apply has no violation). Names are always
 *            quoted, and schema-qualified when the object says a schema.
 */
#ifndef MIGEN_DIALECT_DIALECT_H
#define MIGEN_DIALECT_DIALECT_H

#include "engines.h"
#include "operation.h"
#include "schema.h"
#include "sql_writer.h"

typedef enum lock_mode { /* PostgreSQL manual 13.3.1, weakest first */
                         LOCK_NONE,
                         LOCK_SHARE_UPDATE_EXCLUSIVE,
                         LOCK_SHARE,
                         LOCK_SHARE_ROW_EXCLUSIVE,
                         LOCK_ACCESS_EXCLUSIVE
} lock_mode;

typedef struct sql_statement {
    const char *text;
    bool outside;            /* cannot stand in a transaction (CREATE INDEX CONCURRENTLY) */
    bool own_transaction;    /* what comes after needs it committed (ADD VALUE; VALIDATE after NOT VALID) */
    lock_mode lock;          /* on an existing table */
    const char *lock_object; /* which; NULL: none */
    const char *const
        *also; /* further tables that it locks, NULL-terminated; NULL: none (a foreign key's target, …) */
    lock_mode also_lock;
    bool rewrites, scans; /* the whole table, under that lock */
    bool counts_rows;     /* its affected rows are of interest (run, seed, backfill) */
    const migen_backfill
        *batches;           /* it can be carried out in batches of its own transactions; NULL: as it stands */
    const char *batches_of; /* the table, as an object */
    const char
        *half_made; /* PostgreSQL: the index, as an object, that its failure leaves INVALID; NULL: none */
    const char *
        clears; /* PostgreSQL: the INVALID index, as an object, that it takes away to be built again; NULL: none */
    const char *
        unproven; /* PostgreSQL: the constraint of lock_object that stands NOT VALID, and refuses rows, behind it */
    bool proves;                         /* behind it `unproven` is valid, or gone */
    const struct table_rebuild *rebuild; /* SQLite: it is one of this rebuild's, which stand together */
    const char *beside; /* SQLite: it may go before a rebuild of any table but this (rebuild_queue.h) */
} sql_statement;

typedef VECTOR(sql_statement) sql_list;

typedef struct dialect_request {
    arena *memory;
    const schema
        *before; /* its engine is the dialect. On SQLite a rebuild keeps what it knows of the found table */
    const migen_step *step;
    bool online; /* the table has rows and others use it: take the lock-safe recipe */
    const char *const *
        remade; /* PostgreSQL: checks and indexes of the step's table that are dropped and made again beside a change of
                                  type, NULL-terminated; NULL: none */
    const struct rebuild_queue
        *waiting; /* SQLite: rebuilds that wait, which the step's may join; NULL: none */
} dialect_request;

/* Appends the statements. They do nothing else than the step; on SQLite what it cannot alter is a rebuild of
 * the table (https://www.sqlite.org/lang_altertable.html, section 7), whose PRAGMAs are in the list:
 * foreign_keys must be off outside of it. */
void dialect_write(const dialect_request *request, sql_list *out);

/* UPDATE "t" SET "a" = (…) WHERE (…): a backfill at once, or the beginning of one batch. */
void dialect_backfill_update(sql_writer *w, const char *object, const migen_backfill *b);

/* The column that orders a backfill's batches: the one that it names, or the primary key where that is one column.
 * NULL: there is none, or the backfill changes it, so that no row could be told from one that is done. */
const char *dialect_backfill_key(const schema_table *t, const migen_backfill *b);

/* The same for one dialect. */
void postgres_write(const dialect_request *request, sql_list *out);
void sqlite_write(const dialect_request *request, sql_list *out);

/* Text of parts, for tests, plan and the catalogue's comparison. */
char *dialect_type(arena *a, migen_engine engine, migen_type type);
char *dialect_default(arena *a, migen_engine engine, migen_type type, const char *default_value);

/* SQLite: the expression of the CHECK that a type brings along (bool, length, json, enum), or NULL. */
char *sqlite_type_check(arena *a, const schema *s, const migen_column *column);

/* "c" IN ('a', 'b'): what checks that a column has one of these values. */
char *dialect_in_list(arena *a, const char *column, const char *const *values, size_t count);

const char *lock_words(lock_mode lock); /* "ACCESS EXCLUSIVE" */

/* "SHARE ROW EXCLUSIVE on people and teams, blocks writes": all that it locks; "" where that is nothing. */
char *lock_text(arena *a, const sql_statement *statement);
bool lock_blocks_reads(lock_mode lock);
bool lock_blocks_writes(lock_mode lock);

/* SQLite: what a table is called while it is made anew. */
char *dialect_rebuild_name(arena *a, const char *table);

#endif

/*
 * sqlite_parts.h: parts of SQLite's statements, and the way from a step to a rebuild.
 *
 * Idea       What SQLite can alter is known from the definition
 * (https://www.sqlite.org/lang_altertable.html), not found out by trial: some forms of ADD COLUMN pass on an
 * empty table and fail on one with rows.
 */
#ifndef MIGEN_DIALECT_SQLITE_PARTS_H
#define MIGEN_DIALECT_SQLITE_PARTS_H

#include "dialect_parts.h"
#include "rebuild_queue.h"

/* Whether this column is the table's rowid: INTEGER PRIMARY KEY. */
bool sqlite_is_rowid_column(const schema_table *t, const migen_column *column);

/* CREATE TABLE under the name given, with all that is said inside it; s: for the enums. */
void sqlite_create_table(sql_writer *w, const schema *s, const schema_table *t, const char *name);

/* One column, without the constraints of the table. */
void sqlite_column(sql_writer *w, const schema *s, const schema_table *t, const migen_column *column);

void sqlite_constraint(sql_writer *w, const migen_constraint *constraint);

/* The columns' type as it is declared: STRICT tables know six words only. */
const char *sqlite_declared_type(arena *a, const migen_column *column, bool strict);

/* CREATE INDEX; of a UNIQUE constraint that stands as an index. */
void sqlite_create_index(const dialect_request *r, object_name table, const migen_index *index,
                         sql_list *out);
void sqlite_create_constraint_index(const dialect_request *r, object_name table,
                                    const migen_constraint *constraint, sql_list *out);
void sqlite_drop_index(const dialect_request *r, const schema_table *table, const char *name,
                       sql_list *out); /* its bare name; table: whose it is, NULL where nobody knows */

/* What the rows of a column get when the table is made again, over the columns that it had. */
typedef struct rebuild_value {
    const char *column, *expression;
    bool settled; /* it is of the column's storage class already: what reads the column may read it */
} rebuild_value;

typedef VECTOR(rebuild_value) rebuild_values;

struct table_rebuild {
    const schema_table *before, *after;
    rebuild_values values; /* columns that keep their value, or get their default, are not in it */
    sql_list guards;       /* what is asked of the rows before they are copied */
    const char *guarded;   /* the column that a guard reads; of joined ones it does not matter any more */
    /* made by sqlite_write_rebuild */
    const char *create; /* CREATE TABLE, under the name that it has in between */
    sql_list ends;      /* what stands behind the copy */
};

/* Appends the rebuild from `before` to `after`; s has the views and enums as they are then. */
void sqlite_write_rebuild(arena *memory, const schema *s, const table_rebuild *rebuild, sql_list *out);

/* Rebuilds the step's table to what schema_apply makes of it, and every other table whose columns or
 * constraints the step has changed too (CASCADE); drops views that it takes along. how: values and guards of the
 * step's table; NULL: none. */
void sqlite_rebuild_by_step(const dialect_request *r, const table_rebuild *how, sql_list *out);

/* Both in one; NULL when what the second reads is not to be had from the first one's old table. */
table_rebuild *sqlite_join_rebuilds(arena *a, const table_rebuild *first, const table_rebuild *second);

/* A word for the rowid that no column of either table has taken; NULL when there is none. */
const char *sqlite_rowid_word(const schema_table *before, const schema_table *after);

/* UPDATE "t" SET "c" = (expression) */
void sqlite_fill_column(const dialect_request *r, const char *object, const char *column,
                        const char *expression, sql_list *out);

/* The affinity that a column of the type has: INTEGER, TEXT, BLOB, REAL or NUMERIC. */
const char *sqlite_affinity(arena *a, migen_type type);
const char *sqlite_affinity_of(arena *a, const char *words); /* of a declared type */

/* The value of a column whose type changes, over the old column; NULL: as it is. */
const char *sqlite_convert(arena *a, const char *column, migen_type from, migen_type to);

/* Fails, before the rows are copied, where a text would not survive as a number. */
void sqlite_guard_conversion(const dialect_request *r, const schema_table *t, const migen_column *found,
                             migen_type to, table_rebuild *out);

/* The view with its triggers, and this SELECT. */
void sqlite_make_view(arena *a, const schema_view *view, const char *select, sql_list *out);

#endif

/*
 * dialect_offenders.h: which rows keep a step from being done.
 *
 * Idea       A unique index, a key, a check or NOT NULL that fails on the rows of a table leaves its reader with one
 *            value at most. The step itself says which rows to ask for; the query is the same on both engines.
 * Usage      offender_query q;  if (dialect_offenders(a, schema, step, &q)) … run q.sql, once the step is rolled back
 */
#ifndef MIGEN_DIALECT_OFFENDERS_H
#define MIGEN_DIALECT_OFFENDERS_H

#include "dialect.h"

#define OFFENDERS_SHOWN 5

typedef enum offence {
    OFFENCE_TWICE,  /* a value that may be there once */
    OFFENCE_ORPHAN, /* a value that refers to no row */
    OFFENCE_NULL,
    OFFENCE_CHECK,
    OFFENCE_TYPE /* a value that the column's new type does not hold */
} offence;

/*
 * The rows of sql: how many there are in all, how many rows each stands for, then its value's parts (of TWICE and ORPHAN those of
 * the key; of the others the row's primary key, where it has one). At most OFFENDERS_SHOWN of them.
 */
typedef struct offender_query {
    offence kind;
    const char *sql;
    const char *table;
    const char *key; /* in words: "email", "(a, b)"; of NULL its column; of TYPE the type; of CHECK nothing */
    const char *target; /* of ORPHAN: the table; of NULL, CHECK, TYPE: the primary key's column, or NULL */
} offender_query;

/* False: the step is none that rows can be against. s knows its tables, as they are behind it; of_type: it is the type of its
 * column that they are against. */
bool dialect_offenders(arena *a, const schema *s, const migen_step *step, bool of_type, offender_query *out);

/* What holds of a value (an expression) that a type takes, or NULL where that cannot be said so. */
char *postgres_type_holds(arena *a, const schema *s, const migen_column *column, const char *value);
char *sqlite_type_holds(arena *a, const schema *s, const migen_column *column, const char *value);

#endif

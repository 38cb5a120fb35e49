/*
 * schema_names.h: which tables may have something of a name. Private to the schema floor.
 *
 * Idea       Names of tables, their indexes and constraints are asked for with every step; looking through all tables would make
 *            a long history quadratic. So the names are noted, each with the key of its table, and copies of a model go on with
 *            the notes of their original. A note is a hint, and is never taken back: who asks looks into the table itself.
 * Invariant  A table that has the name is among its holders: the tables that a model has changed since the last
 *            schema_names_settle are holders of every name, and so are the few materialized views.
 * Usage      schema_holders h = schema_holders_of(s, name);
 *            for (const schema_table *t; (t = schema_holders_next(&h)) != NULL;) …   one table may come twice
 */
#ifndef MIGEN_SCHEMA_SCHEMA_NAMES_H
#define MIGEN_SCHEMA_SCHEMA_NAMES_H

#include "schema.h"

schema_names *schema_names_new(arena *memory);

/* Notes what has come since the last time. Before an operation: behind it nobody changes a table but through schema_change_…. */
void schema_names_settle(schema *s);

/* The model changes the table under that key, or puts another there. */
void schema_names_touch(schema *s, const char *key);

typedef VECTOR(const char *) schema_key_list;

typedef struct schema_holders {
    const schema *s;
    const schema_key_list *noted; /* NULL: none */
    size_t at_noted, at_touched, at_new, at_relation;
} schema_holders;

schema_holders schema_holders_of(const schema *s, const char *name);
const schema_table *schema_holders_next(schema_holders *h);

#endif

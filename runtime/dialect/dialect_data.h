/*
 * dialect_data.h: what run, seed and backfill of both dialects share.
 *
 * Idea       A seed's wanted rows stand in a derived table ("_migen_wanted") beside the table itself ("_migen_present");
 *            what has no equal key is inserted, what differs is updated.
 * Invariant  A seed never changes a row that has what is wanted: a second run writes nothing.
 * Usage      dialect_write_data(r, sqlite_seed, out);
 */
#ifndef MIGEN_DIALECT_DIALECT_DATA_H
#define MIGEN_DIALECT_DIALECT_DATA_H

#include "dialect_parts.h"

#define SEED_WANTED  "_migen_wanted"
#define SEED_PRESENT "_migen_present"

/* "wanted"."column" */
void seed_column(sql_writer *w, const char *alias, const char *column);

/* wanted."a", wanted."b" */
void seed_wanted(sql_writer *w, const char *const *columns);

/* PostgreSQL compares such a type by the operators of another (text, anyenum, anyarray), unless somebody has made some for the type
 * itself, which must not run here. */
bool seed_has_no_operators(migen_engine engine, migen_type type);

/* a."k" = b."k" AND …, over the key. t: the seed's table; NULL: unknown. */
void seed_key_match(sql_writer *w, migen_engine engine, const schema_table *t, const migen_seed *seed);

/* WHERE no row of the seed's table has the wanted key. */
void seed_where_missing(sql_writer *w, migen_engine engine, const schema_table *t, const migen_step *step);

/* (VALUES (…), (…)) without its outer brackets; PostgreSQL's are cast to the columns' types. */
void seed_rows(sql_writer *w, migen_engine engine, const schema_table *t, const migen_seed *seed,
               size_t first, size_t count);

/* The type of a seed's column; text where the model does not know it. */
migen_type seed_column_type(const schema_table *t, const char *column);

/* The columns that are not in the key, NULL-terminated. */
const char *const *seed_other_columns(arena *a, const migen_seed *seed);

/* run, backfill, and seed by the dialect's own function. */
void dialect_write_data(const dialect_request *r, void (*seed)(const dialect_request *r, sql_list *out),
                        sql_list *out);

#endif

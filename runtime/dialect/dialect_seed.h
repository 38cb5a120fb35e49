/*
 * dialect_seed.h: what the seeds of both dialects share.
 *
 * Idea       The wanted rows stand in a derived table ("_migen_wanted") beside the table itself
 * ("_migen_present"); what has no equal key is inserted, what differs is updated.
 */
#ifndef MIGEN_DIALECT_DIALECT_SEED_H
#define MIGEN_DIALECT_DIALECT_SEED_H

#include "dialect_parts.h"

#define SEED_WANTED  "_migen_wanted"
#define SEED_PRESENT "_migen_present"

/* "wanted"."column" */
void seed_column(sql_writer *w, const char *alias, const char *column);

/* a."k" = b."k" AND …, over the key. */
void seed_key_match(sql_writer *w, const migen_seed *seed);

/* (VALUES (…), (…)) without its outer brackets; PostgreSQL's are cast to the columns' types. */
void seed_rows(sql_writer *w, migen_engine engine, const schema_table *t, const migen_seed *seed,
               size_t first, size_t count);

/* The type of a seed's column; text where the model does not know it. */
migen_type seed_column_type(const schema_table *t, const char *column);

/* The columns that are not in the key, NULL-terminated. */
const char *const *seed_other_columns(arena *a, const migen_seed *seed);

/* UPDATE "t" SET "a" = (…) WHERE (…) */
void dialect_write_backfill(const dialect_request *r, sql_list *out);

#endif

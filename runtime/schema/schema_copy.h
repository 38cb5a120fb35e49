/*
 * schema_copy.h: deep copies of the model's parts. Private to the schema floor.
 *
 * Idea       A copy shares nothing with its original: it may live in another arena, and be changed.
 * Usage      migen_column *column = ARENA_NEW(a, migen_column);  *column = copy_column(a, found);
 */
#ifndef MIGEN_SCHEMA_SCHEMA_COPY_H
#define MIGEN_SCHEMA_SCHEMA_COPY_H

#include "schema.h"

const char *const *copy_list(arena *a, const char *const *list);
object_name copy_name(arena *a, object_name name);
migen_type copy_type(arena *a, migen_type type);
migen_column copy_column(arena *a, const migen_column *column);
migen_constraint copy_constraint(arena *a, const migen_constraint *constraint);
migen_index copy_index(arena *a, const migen_index *index);

#endif

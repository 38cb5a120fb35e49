/*
 * dialect_remade.h: what is dropped and made again beside a change of a column's type.
 *
 * Idea       PostgreSQL makes checks and indexes again by itself when a type changes, from the text that it prints, which has casts to
 *            the old type. Where that cannot hold they are taken off before and made again after, from the author's text.
 * Usage      request.remade = dialect_remade(a, before, step);
 */
#ifndef MIGEN_DIALECT_DIALECT_REMADE_H
#define MIGEN_DIALECT_DIALECT_REMADE_H

#include "dialect.h"

/* Whether what compares the column has to be read anew when its type is another: the server keeps the casts to the old one, and prints
 * them. Of whole numbers it prints none, and texts are text to it. */
bool dialect_is_read_anew(migen_type from, migen_type to);

/* Whether the check, or the index, compares the column: one of the two is NULL. */
bool dialect_compares(const migen_constraint *check, const migen_index *index, const char *column);

/* The request's `remade` of a schema that the migrations made, whose texts are the author's. */
const char *const *dialect_remade(arena *a, const schema *before, const migen_step *step);

#endif

/*
 * plain_parts.h: from an author's definition to the model's plain one. Private to the plain_*.c files.
 *
 * Idea       A shorthand of a column becomes the constraint that it means; then there is one way for all of them.
 */
#ifndef MIGEN_SCHEMA_PLAIN_PARTS_H
#define MIGEN_SCHEMA_PLAIN_PARTS_H

#include "operation_parts.h"

/* The column alone: its type, its default; no shorthands. A foreign key's type may still be missing. */
bool plain_column_alone(const schema *s, const migen_column *definition, migen_column *out, violation *v);

/* What the shorthands of a column mean; a constraint without kind: nothing. */
migen_constraint plain_shorthand(const schema *s, const migen_column *definition, migen_constraint_kind kind);

/* A constraint's default name. extra is a column that is not in t yet, or NULL. */
const char *plain_default_name(const schema *s, const schema_table *t, const migen_column *extra,
                               const migen_constraint *key);

/* Whether its columns are there. */
bool plain_key_columns(const schema *s, const schema_table *t, const migen_constraint *key, violation *v);

#endif

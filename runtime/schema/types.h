/*
 * types.h: what the language's types are to one another.
 *
 * Idea       Types fall into families: within one, values become one another without being told how, a foreign key may
 *            stand between two, and a default's literal is read in the same way.
 * Invariant  A native type is of no family but its own, since only the server knows it.
 * Usage      if (type_family_of(column->type) == TYPE_FAMILY_NUMBER) ...
 */
#ifndef MIGEN_SCHEMA_TYPES_H
#define MIGEN_SCHEMA_TYPES_H

#include "migen_step.h"

#include <stdbool.h>

typedef enum type_family {
    TYPE_FAMILY_NUMBER,
    TYPE_FAMILY_BOOL,
    TYPE_FAMILY_TEXT,
    TYPE_FAMILY_BYTES,
    TYPE_FAMILY_DATE, /* date, timestamp, timestamptz: cast to one another */
    TYPE_FAMILY_TIME,
    TYPE_FAMILY_JSON,
    TYPE_FAMILY_UUID,
    TYPE_FAMILY_ENUM,
    TYPE_FAMILY_NATIVE
} type_family;

/* An array's family is that of its elements. */
type_family type_family_of(migen_type type);
const char *type_kind_word(migen_type_kind kind); /* NULL: none */
migen_type type_of_reference(migen_type target);  /* of a foreign key's column */
bool type_can_reference(migen_engine engine, migen_type type, migen_type target);
bool type_numbers_itself(migen_type type); /* id, serial, bigserial */

#endif

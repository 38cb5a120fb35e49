/*
 * name.h: the names of objects, as text and in their parts.
 *
 * Idea       An object is written as in the language: users, auth.users, "My Table". A part that is
 *            [a-z_][a-z0-9_]* stands bare, any other in double quotes, doubled inside themselves.
 * Invariant  name_text(name_parse(x)) is the canonical form: two objects are the same when it is equal.
 */
#ifndef MIGEN_SQLTEXT_NAME_H
#define MIGEN_SQLTEXT_NAME_H

#include "arena.h"

#include <stdbool.h>

/* PostgreSQL's NAMEDATALEN - 1 (manual 4.1.1): longer names would be cut silently there. */
#define NAME_LONGEST 63

/* Of the history's table: what the lease's table beside it adds to its name has to fit too. */
#define NAME_LEASE_ENDING    "_lock"
#define NAME_LONGEST_HISTORY (NAME_LONGEST - sizeof NAME_LEASE_ENDING + 1)

typedef struct object_name {
    const char *schema; /* NULL: the current one */
    const char *name;
} object_name;

/* The parts of an object's text. Three parts give schema "a", name "b.c" never: use name_parse_parts. */
object_name name_parse(arena *a, const char *object);

/* All parts of a dotted text, NULL-terminated, without quotes. NULL when the text is malformed. */
const char *const *name_parse_parts(arena *a, const char *object);

/* The canonical text of an object; of one part. */
char *name_text(arena *a, object_name name);
char *name_part_text(arena *a, const char *part);
bool name_is_bare(const char *part); /* [a-z_][a-z0-9_]* */

#endif

/*
 * qualify.h: one name for one object, whether or not it says the current schema.
 */
#ifndef MIGEN_ENGINE_QUALIFY_H
#define MIGEN_ENGINE_QUALIFY_H

#include "arena.h"
#include "migen_step.h"

/* The release with objects of the schema `current` named without it. Lives in a, and borrows from release. */
const migen_release *release_in_schema(arena *a, const migen_release *release, const char *current);

/* Whether a foreign key or a column's type says the schema. (What steps work on is not looked at.) */
bool release_refers_to_schema(arena *a, const migen_release *release, const char *schema);

#endif

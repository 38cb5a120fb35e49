/*
 * universe.h: every object that some version of the release has.
 *
 * Idea       What is in the database and not wanted is a difference only when the release once knew it: all else is
 * somebody else's, and does not count (product.md 2 and 4).
 * Usage      universe u = universe_of(run, version_all);
 *            if (universe_knows(run, &u, MIGEN_KIND_COLUMN, "users.email")) …
 */
#ifndef MIGEN_ENGINE_UNIVERSE_H
#define MIGEN_ENGINE_UNIVERSE_H

#include "run.h"

typedef struct universe {
    map known;           /* "kind object" */
    size_t tables_there; /* how many of its tables run->live has */
} universe;

/* The migrations for which counts(position) is true, played; run->live answers conditions for what no step makes. */
universe universe_of(migen *run, bool (*counts)(const migen *run, size_t position));

/* What branches that s has passed over would have made. */
universe universe_of_passed(migen *run, const schema *s);
bool universe_knows(migen *run, const universe *u, migen_kind kind, const char *object);

/* Adds what a step has made or changed in s. */
void universe_add_step(migen *run, universe *u, const schema *s, const migen_step *step);

/* How a database without history answers a condition: its query is not asked, and does not hold. */
bool universe_branch(const schema *s, const migen_step *step, const schema *live);

#endif

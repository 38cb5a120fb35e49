/*
 * ways.h: the ways down of migrations that this release does not know.
 *
 * Idea       `up` keeps each migration's way down in the history (way_text.h). A binary of an older release reads
 * those of the migrations that it does not know, and takes them for its own: they stand behind the release's, in the
 * order in which they were applied.
 * Invariant  A way that is missing, damaged, of a newer form or calls C has down_never with the reason: `down` looks
 * at all of them before its first step.
 */
#ifndef MIGEN_ENGINE_WAYS_H
#define MIGEN_ENGINE_WAYS_H

#include "run.h"

typedef VECTOR(const migen_migration *) migration_list;

/* What the database has applied and this release does not know, oldest first; after run_connect. */
status ways_load(migen *run, migration_list *out) MUST_USE;

/* Whether this binary can take the migration back: its way down is there, and it is known how much of it is to be gone. */
bool ways_lead_back(migen *run, const migen_migration *m);

/* Lets run->release have the ways that `down` goes: of an edited migration the one that was kept when it was applied, of one that an interrupted run has begun as much as that has done, and
 * with run->takes_newer, behind its first run->known_count migrations, those that only the database knows. May be called again. */
status ways_know(migen *run) MUST_USE;

/* Adds the schemas that the steps name to those that the catalogue is asked for. */
void run_scope_add(migen *run, const migen_step *steps, size_t count);

#endif

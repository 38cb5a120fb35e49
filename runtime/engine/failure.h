/*
 * failure.h: a failed migration, in the history.
 *
 * Idea       Who has only the database at hand learns from it why the last run came to nothing: `doctor` and `history -v` say it.
 * Invariant  It says so where something of the run may stand. A run that was one transaction and is rolled back leaves
 *            the database as it was, without an entry. What goes wrong here changes nothing of the failure.
 */
#ifndef MIGEN_ENGINE_FAILURE_H
#define MIGEN_ENGINE_FAILURE_H

#include "run.h"

/* After run_rollback, with the migration lock still held: appends an entry for run->error, where it is a failure of the migration
 * itself. */
void failure_record(migen *run);

#endif

/*
 * offenders.h: which rows a failed migration has stumbled over.
 *
 * Idea       Behind the rollback the database is asked once more, with the query of the step that has failed
 *            (dialect_offenders.h): how many values or rows are in the way, and the first of them.
 * Invariant  It helps or it is silent: what goes wrong here changes nothing of the failure that is told.
 */
#ifndef MIGEN_ENGINE_OFFENDERS_H
#define MIGEN_ENGINE_OFFENDERS_H

#include "run.h"

/* Whether the failure is one of rows: they are not as the migration wants them, and its author need not have made a mistake. */
bool offenders_are_meant(const migen *run);

/* Takes the place of the error's detail, where the error is one of rows, and calls a table of SQLite that was made anew by its own
 * name; after run_rollback. */
void offenders_tell(migen *run);

#endif

/*
 * rehearsal.h: a release's history carried out on a throw-away SQLite database.
 *
 * Idea       The model says that a history is possible; a database proves it: up, down to base (where every way down is
 *            there), and up again, by the same engine that release binaries run.
 * Invariant  Nothing but a temporary file is touched, and it is gone afterwards.
 */
#ifndef MIGEN_LIVE_REHEARSAL_H
#define MIGEN_LIVE_REHEARSAL_H

#include "diagnostic.h"
#include "release.h"

/* It may take some seconds of processor time; a history that is too long is carried out as far as it comes, and a note says so.
 * What goes wrong becomes an error of d, at the migration's line. Does nothing for a release without sqlite, and for one that
 * calls C, which is not linked into migen. */
void rehearse_release(const checked_release *r, diagnostics *d);

#endif

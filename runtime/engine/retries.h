/*
 * retries.h: work under the migration lock that is tried again where that may help.
 *
 * Idea       A lost connection is made again, a lock timeout is waited out with jitter, and what another session was quicker
 *            with is decided anew: each time from the history and the catalogue on, since nothing that was known holds.
 * Invariant  Only what was rolled back, or is known from the history, is tried again. A failure that comes again as it was
 *            is the migration's own: nobody was quicker.
 * Usage      s = run_with_retries(run, target, up_carry);
 */
#ifndef MIGEN_ENGINE_RETRIES_H
#define MIGEN_ENGINE_RETRIES_H

#include "run.h"

/* Takes the lock and does `work` with `target`, as often as is worth it (--ddl-retries). Returns what the last try did. */
status run_with_retries(migen *run, const char *target,
                        status (*work)(migen *run, const char *target)) MUST_USE;

/* Behind a failure: the connection was lost and is there again. What has become of a COMMIT that was not answered is known when
 * the lock is there, too. */
bool run_goes_on_connected(migen *run);

#endif

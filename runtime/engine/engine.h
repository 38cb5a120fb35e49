/*
 * engine.h: what the commands of the release binary call.
 *
 * Usage      migen *run = engine_new(a, release, options, target, report);
 *            status s = engine_up(run, NULL);  engine_free(run);
 */
#ifndef MIGEN_ENGINE_ENGINE_H
#define MIGEN_ENGINE_ENGINE_H

#include "rehearse.h"
#include "run.h"

migen *engine_new(arena *a, const migen_release *release, const run_options *options, const target *t,
                  report *r);
void engine_free(migen *run);

/* Brings the database to target: NULL or "head", an id, "+N". Says all that it did, and its failure. */
status engine_up(migen *run, const char *target) MUST_USE;

/* run->agree is asked once the ways back are known, and may refuse. Takes back to target: "-N", an id (which stays applied), "base". Refused before the first step where a way
 * is missing. */
status engine_down(migen *run, const char *target) MUST_USE;

/* The same without its beginning and end: behind run_connect, before what is said. */
status engine_try_up(migen *run, const char *target) MUST_USE;

/* down of the last applied migration, and up again. */
status engine_redo(migen *run, const char *target) MUST_USE;

/* Records that the database is at target, without running anything. */
status engine_stamp(migen *run, const char *target, const char *reason) MUST_USE;

/* Records the version that a database without history proves to be at; else shows the nearest, STATUS_DRIFT. */
status engine_adopt(migen *run, const char *target) MUST_USE;

/* Queues the making of the history's table, where it is not there. */
void engine_make_history(migen *run);

/* What is done of a release, by position, and how many of them by the run that asks. */
typedef struct selected {
    const bool *applied;
    size_t by_this_run;
} selected;

/* Whether `up` may have that target: STATUS_USAGE where it is none. */
status select_check_up(const migen_release *release, const char *target, error *e) MUST_USE;

/* The positions of a release that are left on the way to target, in order. */
status select_up(arena *a, const migen_release *release, const char *target, const selected *done,
                 position_list *out, error *e) MUST_USE;

/* The positions that `up target` would carry out, in order; after run_connect. */
status engine_select_up(migen *run, const char *target, position_list *out) MUST_USE;
status engine_select_down(migen *run, const char *target, position_list *out) MUST_USE;

/* Ids in the history that this release does not know, oldest first, NULL-terminated; and applied migrations
 * whose statements have changed since. */
const char *const *engine_unknown(migen *run);
const char *const *engine_edited(migen *run);

/* STATUS_AHEAD, STATUS_DRIFT (edited) with an error, as the options want; else STATUS_OK. */
status engine_check_history(migen *run) MUST_USE;

/* STATUS_AHEAD where a migration that this release does not know is half taken back: on what is left of it nothing is built. */
status engine_check_reverting(migen *run) MUST_USE;

/* How many of this release's migrations are not applied. */
size_t engine_count_pending(const migen *run);

/* The log's first line. target: what was asked for, of which `wanted` are due; NULL: all. */
void engine_header(migen *run, const char *target, size_t wanted);

/* Says run->error as the failure of this run. */
void engine_report_failure(migen *run);

#endif

/*
 * adopt.h: at which version is a database that has no history?
 *
 * Idea       Its schema is held against that of every version of the release. A version is proven when every
 * object that some version knows is there, or not there, as in that one; other objects do not count. Of
 * several the earliest is taken, so that guarded data steps are looked at again; what stands unguarded in
 *            those behind it, up to the last of the same schema, is not run (history.withheld). (product.md 4)
 */
#ifndef MIGEN_ENGINE_ADOPT_H
#define MIGEN_ENGINE_ADOPT_H

#include "pasts.h"

typedef struct adoption {
    size_t
        count; /* how many migrations, in the release's order, the database proves to have; 0: none, or it is empty */
    bool proven; /* whether any version fits, the empty one among them */
    past past;   /* how it came there */
    VECTOR(const char *)
    withheld; /* later migrations of the same schema, with `run` or `call` without a condition */
} adoption;

status adopt_find(migen *run, adoption *out) MUST_USE;

/* The version that differs least, the latest of several (*count as above), and how. */
status adopt_nearest(migen *run, size_t *count, difference_list *out) MUST_USE;

/* Takes migration i of the adopted ones for applied, in memory; the entry that says so. */
history_entry adopt_note(migen *run, const adoption *adopted, size_t i);

/* Queues the history entries of the adopted migrations, and says what of them was not run. */
void adopt_record(migen *run, const adoption *adopted);

#endif

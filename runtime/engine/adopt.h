/*
 * adopt.h: at which version is a database that has no history?
 *
 * Idea       Its schema is held against that of every version of the release. A version is proven when every
 * object that some version knows is there, or not there, as in that one; other objects do not count. Of
 * several the earliest is taken, so that guarded data steps are looked at again. (product.md 4)
 */
#ifndef MIGEN_ENGINE_ADOPT_H
#define MIGEN_ENGINE_ADOPT_H

#include "run.h"

/* *count: how many migrations, in the release's order, the database proves to have (0: none, or it is empty);
 * *proven: whether any version fits, the empty one among them. */
status adopt_find(migen *run, size_t *count, bool *proven) MUST_USE;

/* The version that differs least, the latest of several (*count as above), and how. */
status adopt_nearest(migen *run, size_t *count, difference_list *out) MUST_USE;

/* Queues the history entries of the first count migrations, and says what of them was not run. */
void adopt_record(migen *run, size_t count);

#endif

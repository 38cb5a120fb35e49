/*
 * pasts.h: the ways in which a database without history may have come to a version.
 *
 * Idea       What `if { SQL }` answered once is written nowhere, nor what `if table x` did when x came and went. So both
 *            branches are played, and the schema that is there says which was taken. Where two pasts have led to one
 *            schema, the likelier of them is kept.
 * Invariant  The first past is the likeliest at each condition; there are never more than a few.
 * Usage      past_list pasts = pasts_begin(run);
 *            for (i = 0; i < migration_count; i++) pasts_play(run, &pasts, i, NULL);
 */
#ifndef MIGEN_ENGINE_PASTS_H
#define MIGEN_ENGINE_PASTS_H

#include "run.h"
#include "universe.h"

typedef struct past_choice {
    const struct past_choice *before;
    size_t position; /* of the migration */
    branch_taken taken;
} past_choice;

typedef struct past {
    schema *schema;
    const past_choice *choices; /* the last one first */
} past;

typedef VECTOR(past) past_list;

past_list pasts_begin(migen *run); /* one, of an empty database */

/* Plays a migration's way up on each; what the steps make is added to u (may be NULL). */
void pasts_play(migen *run, past_list *pasts, size_t position, universe *u);

/* The branches of one migration, as the history would have recorded them. */
char *past_branches(migen *run, const past *p, size_t position);

#endif

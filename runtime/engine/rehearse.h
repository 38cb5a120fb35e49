/*
 * rehearse.h: deciding all that is due on copies of the models, before anything is done.
 *
 * Idea       What the decisions will have to ask the database (how the server prints an expression, whether a
 * table has rows) is collected for all migrations, and asked in a round trip or two. `plan` is the same walk,
 * with its lines printed.
 */
#ifndef MIGEN_ENGINE_REHEARSE_H
#define MIGEN_ENGINE_REHEARSE_H

#include "run.h"

typedef struct rehearsal_step {
    const migen_migration *migration;
    const migen_step *step;
    unsigned line;
    const decision *decision; /* NULL: it failed; of a condition both are */
    const error *error;
    bool condition_unknown; /* a `when`, `unless` or `if { SQL }` that is asked when it is its turn */
} rehearsal_step;

typedef void (*rehearsal_visitor)(void *owner, const rehearsal_step *step);

/* Learns all that the run will ask. */
status rehearse(migen *run, const position_list *positions) MUST_USE;

/* Walks the decisions; each is shown to visit (may be NULL). Nothing in run but its memo and rows_wanted
 * changes. */
void rehearse_walk(migen *run, const position_list *positions, rehearsal_visitor visit, void *owner);

/* Fills run->renames and run->final. */
void rehearse_prepare(migen *run);

#endif

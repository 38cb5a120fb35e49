/*
 * unknown.h: what a look ahead cannot know, because raw SQL, C, or a branch that is not chosen yet may change it first.
 *
 * Idea       The rehearsal decides on copies of the schema. Behind `run { … }` they hold for all that the SQL does not name: by a
 *            word, or inside a string, as in a DO block. Where it may work on things that it does not name, nothing is known.
 * Invariant  What is not unknown is as the rehearsal has it, so a difference that is found there is one. The other way round
 *            nothing is promised: a word may be named and meant otherwise.
 * Usage      unknown_sql, unknown_step for what may be carried out; unknown_is for a step that is decided.
 */
#ifndef MIGEN_ENGINE_UNKNOWN_H
#define MIGEN_ENGINE_UNKNOWN_H

#include "schema.h"

typedef struct unknown {
    arena *memory;
    const schema *live; /* for the text of functions that are called, and the parts of tables */
    bool wholly;
    unsigned made; /* the dynamics of functions that raw SQL has made */
    map words;     /* in small letters */
} unknown;

unknown unknown_new(arena *memory);

/* A statement of raw SQL may be carried out. */
void unknown_sql(unknown *u, const char *statement, unsigned engine);

/* A step may be carried out: what it works on is not known behind it. */
void unknown_step(unknown *u, const migen_step *step);

/* Whether what the step is decided from is unknown: what it works on (now: under the name that live has for it), and what
 * that refers to. */
bool unknown_is(const unknown *u, const migen_step *step, const char *now, const schema *expected);

#endif

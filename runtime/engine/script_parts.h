/*
 * script_parts.h: the questions of a script.
 *
 * Idea       What a run asks the database, a script asks in SQL: a condition's answer (language.md 5.4) and whether an object is
 *            there, as expressions that are 1 or 0.
 */
#ifndef MIGEN_ENGINE_SCRIPT_PARTS_H
#define MIGEN_ENGINE_SCRIPT_PARTS_H

#include "migen_step.h"

#include "arena.h"

/* Whether the query's first row holds. */
char *script_question(arena *a, migen_engine engine, const char *query);

/* Whether the object of an `if` is there, by the catalogue; NULL where the engine cannot be asked for such a one. */
char *script_question_exists(arena *a, migen_engine engine, const migen_step *step);

#endif

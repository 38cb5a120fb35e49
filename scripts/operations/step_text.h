/*
 * step_text.h: a step as a statement of the language.
 *
 * Idea       As canonical text (of which hashes are made), but laid out as an author would, with raw SQL as it stands.
 */
#ifndef MIGEN_OPERATIONS_STEP_TEXT_H
#define MIGEN_OPERATIONS_STEP_TEXT_H

#include "arena.h"
#include "migen_step.h"

char *step_text(arena *a, const migen_step *step);

#endif

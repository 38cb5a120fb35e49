/*
 * strict.h: --strict refuses a difference before anything is written, also one of the last pending migration.
 *
 * Idea       Where each migration commits for itself, all decisions are made on copies first. What the copies cannot know
 *            (unknown.h) is decided on the way; as long as there is such a step, the pending migrations are held in one
 *            transaction, so that a difference that is found late takes all of them back. No round trip is spent on it.
 * Invariant  STATUS_DRIFT from here is a difference that the run would find, too. What commits in between, because it cannot stand
 *            in a transaction, stays when a difference is found behind it that could not be known.
 */
#ifndef MIGEN_ENGINE_STRICT_H
#define MIGEN_ENGINE_STRICT_H

#include "rehearse.h"

status strict_look(migen *run, const position_list *pending) MUST_USE;

#endif

/*
 * journal.h: where an interrupted run has got to, in the steps that this binary has.
 *
 * Idea       An intent's number counts the rows of the list that it was written with. The list of this binary may be another one:
 *            a `say` less, a step mended, another way down. So beside the number stands a mark of each row that is done, and of
 *            the one that was begun. What is done of the list at hand are its first rows, as far as their marks are those.
 * Marks      "3f09a1c2 77d2e0b4 > 1b5c9a30": 32 bits of each row but `say` and `summary`, which leave nothing, without what its
 *            SQL's layout is, and without a `run`'s title. Of a way up whose hash is the same their number is enough.
 * Formats    An intent of an earlier version has none: there the number counts, where the hash is the same.
 */
#ifndef MIGEN_ENGINE_JOURNAL_H
#define MIGEN_ENGINE_JOURNAL_H

#include "run.h"

/* The marks of the rows before `done`, and of the next. */
char *journal_marks(arena *a, const migen_step *rows, size_t count, size_t done);

/* What an interrupted run has journalled of the migration on this way; `step` is the row of this binary's steps at which it is
 * gone on, `is_shortened` and `is_other` say how these differ from what was begun. NULL: nothing, or nothing that is still so. */
const history_entry *journal_find(arena *a, const history *h, const migen_migration *m, bool going_down);

#endif

/*
 * journal.h: where an interrupted run has got to, in the steps that this binary has.
 *
 * Idea       An intent's number counts the rows of the list that it was written with. The list of this binary may be another one:
 *            a `say` less, a step mended, another way down. So beside the number stands a mark of each row that is done, and of
 *            the one that was begun. What is done of the list at hand are its first rows, as far as their marks are those.
 * Marks      "3f09a1c2 77d2e0b4 > 1b5c9a30": 32 bits of each row but `say` and `summary`, which leave nothing, without what its
 *            SQL's layout is, and without a `run`'s title. Of a way up whose hash is the same their number is enough.
 * Turning    A run may turn back where another was interrupted. Going down then, only what that one has done is taken back
 *            (journal_way_back); going up, only what was taken back is done again. That needs to be known which row of the way
 *            up each row of the way down belongs to: of a derived way they have the same line. One that somebody wrote is
 *            gone from its first row, and what is there is skipped.
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

/* Whether a row is left out: it is done, or still is. here: journal_find's. */
bool journal_skips(const history_entry *here, const migen_step *rows, size_t row);

/* The migration with as much of its way down as takes back the rows before `begun` of its way up, and that row where it may have
 * left something; the same one where its way down is not derived. */
const migen_migration *journal_way_back(arena *a, const migen_migration *m, size_t begun);

/* So many rows of its way up an interrupted `up` has carried out or begun; all, where none has. */
size_t journal_rows_done(arena *a, const history *h, const migen_migration *m);

/* That of a migration that an interrupted `up` has begun; the same one where none has. */
const migen_migration *journal_begun(arena *a, const history *h, const migen_migration *m);

/* Whether nobody knows of some `run`, `call` or `backfill`, on this way, whether it is to be carried out. */
bool journal_is_in_doubt(arena *a, const history *h, const migen_migration *m, bool going_down);

#endif

/*
 * way_text.h: a migration's way down as text, to be kept in the history, and back.
 *
 * Idea       An older release's binary does not know the migrations of a newer one; their ways down stand in the
 * database, beside the record that they were applied. Every struct of migen_step.h is described by one table of
 * fields, from which both the writer and the reader work.
 *            What of the way up changes the schema is kept too: an older binary has to know what it goes back from, where the
 *            catalogue does not say it (SQLite's enums, the author's words of an expression).
 * Form       w1 {title=5:Title;down=({operation=DROP_COLUMN;object=5:users;part=3:key;});}
 *            Text is its length and its bytes; what is zero is left out; operations and types go by their names.
 * Invariant  What is read and written again is the same text. A field, operation or type that this binary does not
 * know is refused, never passed over: without it the step would mean something else.
 */
#ifndef MIGEN_SCHEMA_WAY_TEXT_H
#define MIGEN_SCHEMA_WAY_TEXT_H

#include "arena.h"
#include "migen_step.h"

char *way_text(arena *a, const migen_migration *m);
char *way_step_text(arena *a, const migen_step *step); /* one step, in the same form */

/* Fills title, file, after, down, down_never, transaction_none and made of *out. False with the reason in *wrong. */
bool way_read(arena *a, const char *text, migen_migration *out, const char **wrong);

#endif

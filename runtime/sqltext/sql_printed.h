/*
 * sql_printed.h: what one PostgreSQL prints against what another one has printed.
 *
 * Idea       A database that was restored or upgraded keeps the words of the server that it was made on: PostgreSQL 13 prints
 *            btrim(a) and timezone('UTC', b) where a later one prints TRIM(BOTH FROM a) and b AT TIME ZONE 'UTC'. Both are
 *            written as the call that they are.
 * Invariant  Never the same text for two meanings, with one exception: where the wanted text has EXTRACT and the found one
 *            date_part, they count as one, since PostgreSQL 13 made the one of the other. It gives double precision, and not
 *            numeric, so that casts to these two are left out then.
 * Usage      if (sql_same_printed(answer, found)) …
 */
#ifndef MIGEN_SQLTEXT_SQL_PRINTED_H
#define MIGEN_SQLTEXT_SQL_PRINTED_H

#include "arena.h"

#include <stdbool.h>

/* The text with each function that has words between its arguments as a plain call: TRIM, SUBSTRING, POSITION, OVERLAY, and
 * where nothing else stands in their brackets, as the server writes them, OVERLAPS, IS NORMALIZED and AT TIME ZONE; with `extract` set EXTRACT
 * too. An argument's cast to text, which is said in the one form alone, is left out. */
char *sql_plain_calls(arena *a, const char *text, bool extract);

/* Whether two texts, expressions or whole definitions, say the same when functions are written as plain calls. */
bool sql_same_printed(const char *wanted, const char *found);

#endif

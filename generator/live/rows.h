/*
 * rows.h: rows of the test's own, in every table that has none.
 *
 * Idea       What breaks a migration in production are the rows that are there. Two are made for each table: one with a
 *            value in every column, and one with NULL wherever a column allows it. Values are tried until the table's
 *            checks take them, and preferred where those take them, too, that later migrations add.
 * Invariant  Nothing random: the same project gets the same rows.
 */
#ifndef MIGEN_LIVE_ROWS_H
#define MIGEN_LIVE_ROWS_H

#include "database.h"

typedef struct live_rows_report {
    size_t made;
    VECTOR(const char *) left_empty; /* tables that took no row */
} live_rows_report;

/* For the tables of the first `version` migrations, those that others make among them. */
status live_rows_make(arena *a, const live_database *d, size_t version, live_rows_report *out,
                      error *e) MUST_USE;

/* Carries out SQL of the user's, in one transaction. */
status live_rows_carry(arena *a, const live_database *d, view sql, error *e) MUST_USE;

#endif

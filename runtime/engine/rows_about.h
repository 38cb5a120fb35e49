/*
 * rows_about.h: about how many rows a table has, for those who plan.
 *
 * Idea       PostgreSQL has an estimate (pg_class.reltuples, manual 53.11) once the table was vacuumed or analyzed; where it has
 *            none, and on SQLite, rows are counted up to a bound.
 * Invariant  Only reads, and waits for nobody longer than --ddl-lock-timeout. Where that does not do, nothing is known.
 * Usage      int64_t rows = run_rows_about(run, "users");  if (rows >= 0) …
 */
#ifndef MIGEN_ENGINE_ROWS_ABOUT_H
#define MIGEN_ENGINE_ROWS_ABOUT_H

#include "run.h"

/* As many are counted at most. */
#define ROWS_ABOUT_MOST 1000000

/* Of the table, as an object. ROWS_ABOUT_MOST + 1: more than are counted. -1: not known, or there is no such table yet. */
int64_t run_rows_about(migen *run, const char *object);

/* What the server estimates; -1: it has not looked yet. */
int64_t postgres_rows_estimated(migen *run, const char *object);

/* The first value of the last of one or two statements' answers, as a number; -1 where there is none. */
int64_t rows_about_answer(migen *run, const driver_statement *ask, size_t count);

#endif

/*
 * database.h: a throw-away database, looked at through the floors that release binaries are made of.
 *
 * Idea       What the rehearsal of `migen check` and `migen test` compare is the same: the schema as its canonical dump,
 *            the rows, and the history, each as text that can be held against another.
 * Usage      live_look(a, &d, LIVE_BY_HISTORY, &look, &e);  live_difference(a, before.schema, after.schema, "before", "after")
 */
#ifndef MIGEN_LIVE_DATABASE_H
#define MIGEN_LIVE_DATABASE_H

#include "driver.h"
#include "map.h"
#include "release.h"
#include "run_options.h"
#include "schema.h"

typedef struct live_database {
    const checked_release *release;
    target target;
    run_options options;
} live_database;

typedef struct live_table {
    const char *name; /* as an object */
    const char **columns;
    size_t column_count;
    VECTOR(const char **) rows; /* values as text; NULL is NULL. Sorted */
} live_table;

typedef struct live_snapshot {
    const char *schema;  /* schema_dump */
    const char *history; /* one line for each entry that is no intent: id, direction, outcome, hash */
    VECTOR(live_table) tables;
} live_snapshot;

/* version: how many of the release's migrations, in its order, the database has; so that what a catalogue does not say
 * (SQLite's enums) is known. LIVE_BY_HISTORY: its history says so. */
#define LIVE_BY_HISTORY ((size_t)-1)

/* The options of a release binary that are of interest here, with what migen.project sets. */
run_options live_options(const checked_release *r);

/* All of the database. STATUS_OK, or what the driver said. */
status live_look(arena *a, const live_database *d, size_t version, live_snapshot *out, error *e) MUST_USE;

/* The schema alone; NULL when it cannot be read. */
char *live_schema(arena *a, const live_database *d, size_t version);

/* What the migrations make: the schema of the first `version` of them, played. */
const schema *live_expected(arena *a, const live_database *d, size_t version);

/* Makes the tables that others make (`given table`), as the migrations describe them: the release's own may point at them. */
void live_make_given(arena *a, const live_database *d);

/* The lines that one text has and the other has not, as of a diff, each group under its head line; NULL: none. */
char *live_difference(arena *a, const char *first, const char *second);

/* In words, how the rows of `after` are others than those of `before`; NULL: they are the same. ignored (may be NULL):
 * "table.column" of those whose values do not count. */
char *live_rows_difference(arena *a, const live_snapshot *before, const live_snapshot *after,
                           const map *ignored);

/* In words, which rows or values of before's tables are no longer there, in the tables and columns that both have; NULL: none. */
char *live_rows_lost(arena *a, const live_snapshot *before, const live_snapshot *after);

/* Adds to ignored the columns whose values differ. */
void live_note_volatile(const live_snapshot *one, const live_snapshot *other, map *ignored);

#endif

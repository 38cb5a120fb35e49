/*
 * catalog.h: a database's catalogue, read into the model.
 *
 * Idea       One query on each engine gives everything that the language can say. Statements and reading are two
 *            halves, so that the snapshot can travel in a pipeline with other statements.
 * Invariant  What the language cannot say is kept word for word (extra) or left out, never misread. Objects of the
 *            current schema have no schema in their name; those of other schemas named in the scope have one.
 * Sources    PostgreSQL manual 53 (pg_class, pg_attribute, pg_constraint, pg_index, pg_trigger, pg_enum, pg_proc …);
 *            https://www.sqlite.org/schematab.html.
 */
#ifndef MIGEN_CATALOG_CATALOG_H
#define MIGEN_CATALOG_CATALOG_H

#include "compare.h"
#include "driver.h"
#include "schema.h"

typedef struct catalog_scope {
    const char *const
        *schemas; /* PostgreSQL: those besides the current one that the release names; NULL-terminated */
    const char *
        history_prefix; /* names that begin with it, and with _migen_, are ours: left out ("migen_history") */
    const char *current; /* PostgreSQL: the current schema's name */
    int64_t
        lock_timeout; /* PostgreSQL, milliseconds: how long reading waits for a relation that is locked; 0: for ever */
} catalog_scope;

/* How many statements a snapshot takes, and the statements. */
#define CATALOG_STATEMENTS 1
void catalog_statements(migen_engine engine, const catalog_scope *scope, arena *a,
                        driver_statement statements[CATALOG_STATEMENTS]);

/* The results of those statements, as a model in `memory`. On SQLite enums are not in a catalogue: known (may be NULL)
 * is the simulated schema whose enums are taken over, and by which a column's CHECK is known as its type's. */
status catalog_load(migen_engine engine, const catalog_scope *scope,
                    const driver_result results[CATALOG_STATEMENTS], const schema *known, arena *memory,
                    schema **out, error *e) MUST_USE;

/* Both at once. */
status catalog_read(driver *d, const catalog_scope *scope, const schema *known, arena *memory, schema **out,
                    error *e) MUST_USE;

/* SQLite: a table of `live` that was there before the history knew it is read by the history as it is now, as catalog_load would. */
void catalog_settle_table(schema *live, const char *object, const schema *known);

/* Answers all questions of the memo by asking the server how it prints them: makes temporary tables like the wanted ones
 * inside a transaction that is rolled back (one round trip; one more for each that the server refuses). On SQLite, on a
 * replica and without the right to make temporary tables the answers are "". */
status catalog_learn(driver *d, const schema *wanted, expression_memo *memo, error *e) MUST_USE;

/* SQLite: a CREATE TABLE's text to the model. False when it cannot be understood. For tests, and catalog_load. */
bool sqlite_parse_table(arena *a, const char *sql, schema_table *out);
bool sqlite_parse_index(arena *a, const char *sql, migen_index *out, object_name *table);

#endif

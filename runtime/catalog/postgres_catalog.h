/*
 * postgres_catalog.h: PostgreSQL's catalogue, by one query, into the model. Private to this floor.
 *
 * Idea       The snapshot is one statement of sections (UNION ALL), each a kind of thing; the rows come in
 *            an order in which each thing stands behind what it belongs to. The same sections, turned on
 *            our own temporary tables, are how the server is asked how it prints an expression: both have
 *            one form.
 * Invariant  Needs no right but to connect. What others drop while the query runs is left out: the server
 *            prints null for it.
 * Sources    PostgreSQL manual 53 (system catalogues), 9.26.4 (pg_get_…).
 * Usage      statements[0] = postgres_catalog_statement(scope, a); … postgres_catalog_load(&results[0], …);
 */
#ifndef MIGEN_CATALOG_POSTGRES_CATALOG_H
#define MIGEN_CATALOG_POSTGRES_CATALOG_H

#include "catalog.h"

/* Our temporary tables and views, and what is in them, by which expressions are learnt. */
#define POSTGRES_QUESTION_PREFIX "_migen_q"

/* What a row of the snapshot holds: kind, schema (NULL: the current), relation, name, and by kind: */
enum postgres_field {
    POSTGRES_KIND,
    POSTGRES_SCHEMA,
    POSTGRES_RELATION,
    POSTGRES_NAME,
    POSTGRES_FIRST, /* the fields that depend on the kind begin here */
    POSTGRES_FIELDS = POSTGRES_FIRST + 11
};

/* The snapshot's statement. */
driver_statement postgres_catalog_statement(const catalog_scope *scope, arena *a);

/* The same for our temporary tables and views. */
driver_statement postgres_question_statement(arena *a);

/* The rows of either to the model. */
status postgres_catalog_load(const driver_result *result, arena *memory, schema **out, error *e) MUST_USE;

/* pg_get_constraintdef's text, as far as it is not in columns: a check's expression, and clauses that the
 * language cannot say. */
void postgres_read_constraint(arena *a, const char *definition, migen_constraint *constraint);

/* The elements of an array in PostgreSQL's text form ({a,"b c",NULL}); NULL elements are NULL. */
const char *const *postgres_array(arena *a, const char *text, size_t *count);

/* catalog_learn on PostgreSQL. */
status postgres_learn(driver *d, expression_memo *memo, error *e) MUST_USE;

#endif

/*
 * carry.h: from a step's decision to what is sent.
 *
 * Idea       carry.c walks the steps of a migration and decides each; carry_send.c queues what the decision says, and ends a
 *            transaction where a statement can be in none, or where the steps behind it need what it has committed.
 * Invariant  Before a transaction ends within a migration, an intent with the step's number and marks is in it (journal.h).
 * Usage      carry_decision(run, rows, count, step, &decision);
 */
#ifndef MIGEN_ENGINE_CARRY_H
#define MIGEN_ENGINE_CARRY_H

#include "run.h"

/* The entry of the migration at hand. marks: of an intent; else NULL. */
driver_statement carry_entry(migen *run, const char *direction, const char *outcome, size_t step,
                             const char *marks);

/* PostgreSQL alters no table with rows whose deferred foreign keys are still to be proven (55006: "pending trigger events"; manual, SET
 * CONSTRAINTS): they are, before the schema changes, and wait again for rows that come behind it. */
void carry_settle_keys(migen *run, bool changes_schema);

/* Whether the rest of the migration, or of the step in `row`, needs what statement i of the step commits. A value that was added to an
 * enum may be used by any of them (PostgreSQL: 55P04), but not by further values. */
bool carry_needs_commit(const migen_step *rows, size_t count, size_t row, const sql_list *statements,
                        size_t i);

/* Queues a decision's statements and lines; sends what must not wait. In a migration with `transaction none` each
 * step is a transaction of its own, and raw SQL, which may be what cannot stand in one, is in none. rows: the migration's;
 * NULL for a step that C has called, which is one with its transaction. */
status carry_decision(migen *run, const migen_step *rows, size_t count, const migen_step *step,
                      decision *d) MUST_USE;

#endif

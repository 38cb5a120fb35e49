/*
 * postgres_trace.h: what a migration's transaction really locked on PostgreSQL, how long it waited for that, and who was in the way.
 *
 * Idea       Statements go out in one pipeline, so only the server knows when each began to wait. Between them stand small
 *            SELECTs that note its clock in settings of the transaction (migen.…); the row of the history reads them, and
 *            pg_locks, before the COMMIT.
 * Invariant  What others wait for one transaction's locks is bounded: the time that its statements have waited is taken off the
 *            lock timeout of those behind them. A table that this transaction has made counts for nothing.
 * Usage      postgres_trace_before(run, statement); batch_push(…); postgres_trace_after(run, statement); then the history's entry.
 */
#ifndef MIGEN_ENGINE_POSTGRES_TRACE_H
#define MIGEN_ENGINE_POSTGRES_TRACE_H

#include "run.h"

void postgres_trace_before(migen *run, const sql_statement *statement);
void postgres_trace_after(migen *run, const sql_statement *statement);

/* The step may take locks that nobody has foreseen: raw SQL, hand-written C. */
void postgres_trace_unforeseen(migen *run);

/* Behind a lock timeout, with nothing open any more: run->error says who has the table. */
void postgres_trace_name_blockers(migen *run);

#endif

/*
 * postgres_waits.h: what a statement outside of transactions waits for on PostgreSQL, while it runs.
 *
 * Idea       CREATE and DROP INDEX CONCURRENTLY wait until every transaction is gone that may still see the table without the
 *            index, also of those that never touch the table; nobody waits behind them, so that may take long, but it must
 *            not be silent, nor without an end (--index-wait). A second connection looks what the server says of it.
 * Invariant  Where there is no second connection, or its role may not see others, the statement runs as well; its lock
 *            timeout ends each single wait.
 * Usage      postgres_waits_begin(run, statement); s = batch_flush(…); postgres_waits_end(run);
 */
#ifndef MIGEN_ENGINE_POSTGRES_WAITS_H
#define MIGEN_ENGINE_POSTGRES_WAITS_H

#include "run.h"

void postgres_waits_begin(migen *run, const sql_statement *statement);
void postgres_waits_end(migen *run);

/* Called a few times in a second while it runs. STATUS_BUSY: it has waited for long enough. */
status postgres_waits_look(migen *run, error *e) MUST_USE;

/* Behind the lock timeout of such a statement: the error says for whom it has waited. */
void postgres_waits_name(migen *run);

/* "report (process 4711, user app, on 10.0.0.5), in a transaction for 12 min": each transaction that a concurrent index would
 * wait for now, the oldest first, at most three; NULL at the end. */
const char **postgres_waits_ahead(migen *run);

#endif

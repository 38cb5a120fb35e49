/*
 * postgres_sessions.h: who another session of the server is, in words for people.
 *
 * Idea       Whoever is in the way is named so that somebody at night can find or end it: program, process, user, host. The query
 *            is not shown: its text may hold what no log should.
 * Invariant  Of a session that this role may not look at, only what pg_stat_activity shows to everybody is said: its program,
 *            process and user.
 * Usage      "SELECT " POSTGRES_SESSION("a") ", … FROM pg_catalog.pg_stat_activity a …", then postgres_session_words.
 */
#ifndef MIGEN_ENGINE_POSTGRES_SESSIONS_H
#define MIGEN_ENGINE_POSTGRES_SESSIONS_H

#include "driver.h"

/* SQL: process, program, user, host and state of the row `a` of pg_stat_activity. */
#define POSTGRES_SESSION(a)                                                                                  \
    a ".pid, coalesce(nullif(" a ".application_name, ''), " a ".backend_type, 'a session'), " a ".usename,"  \
      " coalesce(host(" a ".client_addr), 'a local socket'), coalesce(" a ".state, 'unknown')"

enum { POSTGRES_SESSION_COLUMNS = 5 };

/* "psql (process 4711, user app, on 10.0.0.5)" of the row's columns from `column` on. */
char *postgres_session_words(arena *a, const driver_result *found, size_t row, size_t column);

/* Its state: `active`, `idle in transaction`, …; `unknown` where this role may not see it. */
const char *postgres_session_state(const driver_result *found, size_t row, size_t column);

#endif

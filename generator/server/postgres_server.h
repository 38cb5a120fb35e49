/*
 * postgres_server.h: a real PostgreSQL of one's own, in a temporary folder.
 *
 * Idea       initdb without syncing, and one server process on a unix socket only. It is gone with the process that
 *            started it: also when that one is killed (the kernel tells the server). Never as root: the child becomes
 *            postgres, or nobody.
 * Invariant  One server for a process. What a Ctrl-C on the terminal sends does not reach it: it is stopped by
 *            postgres_server_stop, last.
 * Usage      if (!postgres_server_find(NULL)) …;  const char *url = postgres_server_start();  if (url == NULL) …
 */
#ifndef MIGEN_SERVER_POSTGRES_SERVER_H
#define MIGEN_SERVER_POSTGRES_SERVER_H

#include <stdbool.h>

/* Whether initdb and postgres are in this folder; with NULL, in $TEST_POSTGRES_BIN where it is
 * set, else in one of PATH, or the newest of Debian's. */
bool postgres_server_find(const char *folder);

/* The folder that was found. */
const char *postgres_server_programs(void);

/* Starts the server. libpq's key=value form for its superuser; NULL with the server's log on stderr when there are no server
 * programs or it does not start. When it is running already, its address again. */
const char *postgres_server_start(void);

/* A start that fails while this holds says nothing of it: a signal has ended it. NULL: none ends it. */
void postgres_server_stopped_by(bool (*stopped)(void));

/* The same for another database of that server. The caller has made it. Static: good until the next call. */
const char *postgres_server_url(const char *database, const char *user);

/* Stops it and takes its folder away. Done at exit too. */
void postgres_server_stop(void);

#endif

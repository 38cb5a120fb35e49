/*
 * postgres_server.h: a real PostgreSQL of a test's own, in a temporary folder.
 *
 * Idea       initdb without syncing, one server process on a unix socket only, gone with the test: also when
 * the test crashes (the kernel tells the server), and never as root (the child becomes postgres or nobody).
 * Usage      const char *url = postgres_server_start();  if (url == NULL) fail_msg("…");
 */
#ifndef MIGEN_TESTS_POSTGRES_SERVER_H
#define MIGEN_TESTS_POSTGRES_SERVER_H

/* Starts the server, once for the process. libpq's key=value form for its superuser; NULL with a line on
 * stderr when there are no server programs on this machine or it does not start. */
const char *postgres_server_start(void);

/* The same for another database of that server. The caller has made it. Static: good until the next call. */
const char *postgres_server_url(const char *database, const char *user);

/* Stops it and takes its folder away. Done at exit too. */
void postgres_server_stop(void);

#endif

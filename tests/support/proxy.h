/*
 * proxy.h: what the proxies before a PostgreSQL share: they listen, and serve each connection in a process of its own.
 *
 * Idea       A proxy is a function that passes bytes between a client and the server, and looks at them on the way.
 * Invariant  It listens on the loopback address only, and says "listening" on standard output once it does.
 * Usage      return proxy_run("round_trips", argv[1], argv[2], argv[3], serve, argv + 4);
 */
#ifndef MIGEN_TEST_PROXY_H
#define MIGEN_TEST_PROXY_H

#include <stdbool.h>
#include <stddef.h>

/* Serves one connection until it ends; arguments are proxy_run's. */
typedef void proxy_service(int client, int server, char **arguments);

/* Listens on 127.0.0.1:port and connects each client with directory/.s.PGSQL.server_port. Returns (1) only where it cannot
 * listen; ends by a signal. */
int proxy_run(const char *name, const char *port, const char *directory, const char *server_port,
              proxy_service *serve, char **arguments);

/* False: the other side is gone. */
bool proxy_write(int to, const unsigned char *bytes, size_t length);

#endif

/*
 * cut_proxy: a proxy before PostgreSQL that cuts a connection at one of its messages.
 *
 * Usage   cut_proxy PORT SOCKET_DIRECTORY SERVER_PORT PLAN_FILE COUNT_FILE
 *         listens on 127.0.0.1:PORT and passes each connection on to the server's unix socket, message by message (protocol
 *         manual 55.2). PLAN_FILE, read for each connection, says "N before", "N after" or "N always": both sides are closed
 *         before, or behind, the N-th message of either direction; the file is emptied then, so that the next connection
 *         stands, but with "always". The number of a connection's messages goes to COUNT_FILE. Ends by a signal.
 * Count   Rows of a result (DataRow) are no messages here: a cut among them is the same to the client as one behind them.
 */
#include "proxy.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct direction {
    int from, to;
    bool typed; /* a type byte stands before the length: all messages but the client's first */
    unsigned char *bytes;
    size_t length, room;
} direction;

typedef struct plan {
    long at;       /* 0: no cut */
    bool behind;   /* the message is passed on before */
    bool for_good; /* each connection is cut */
} plan;

static plan plan_read(const char *path)
{
    plan p = {0};
    char how[16] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return p;
    if (fscanf(file, "%ld %15s", &p.at, how) == 2) {
        p.behind = strcmp(how, "after") == 0;
        p.for_good = strcmp(how, "always") == 0;
    }
    fclose(file);
    return p;
}

/* The size of the first whole message that has come; 0: none yet. */
static size_t direction_message(const direction *d)
{
    size_t head = d->typed ? 1 : 0;
    if (d->length < head + 4)
        return 0;
    const unsigned char *b = d->bytes + head;
    size_t size = head + ((size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3]);
    return d->length >= size ? size : 0;
}

static bool direction_read(direction *d)
{
    if (d->room - d->length < 65536) {
        d->room = d->room * 2 + 131072;
        d->bytes = realloc(d->bytes, d->room);
        if (d->bytes == NULL)
            abort();
    }
    ssize_t length = read(d->from, d->bytes + d->length, d->room - d->length);
    if (length <= 0)
        return false;
    d->length += (size_t)length;
    return true;
}

/* Passes on what is whole. False: the end, by the plan or because the other side is gone. */
static bool direction_pass(direction *d, const plan *p, bool from_server, long *count, bool *cut)
{
    for (size_t size; (size = direction_message(d)) != 0;) {
        bool row = from_server && d->bytes[0] == 'D';
        *count += row ? 0 : 1;
        *cut = p->at != 0 && !row && *count == p->at;
        if (*cut && !p->behind)
            return false;
        if (!proxy_write(d->to, d->bytes, size) || *cut)
            return false;
        d->length -= size;
        memmove(d->bytes, d->bytes + size, d->length);
        d->typed = true;
    }
    return true;
}

static void serve(int client, int server, char **files)
{
    const char *plan_file = files[0], *count_file = files[1];
    plan p = plan_read(plan_file);
    direction both[2] = {{.from = client, .to = server}, {.from = server, .to = client, .typed = true}};
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    long count = 0;
    bool cut = false;
    for (bool open = true; open && poll(ends, 2, -1) > 0;)
        for (int i = 0; i < 2 && open; i++)
            if (ends[i].revents != 0)
                open = direction_read(&both[i]) && direction_pass(&both[i], &p, i == 1, &count, &cut);
    if (cut && !p.for_good && truncate(plan_file, 0) != 0)
        perror(plan_file);
    FILE *file = fopen(count_file, "w");
    if (file != NULL) {
        fprintf(file, "%ld\n", count);
        fclose(file);
    }
    close(client);
    close(server);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: cut_proxy PORT SOCKET_DIRECTORY SERVER_PORT PLAN_FILE COUNT_FILE\n");
        return 64;
    }
    return proxy_run("cut_proxy", argv[1], argv[2], argv[3], serve, argv + 4);
}

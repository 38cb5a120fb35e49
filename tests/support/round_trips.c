/*
 * round_trips: a proxy before PostgreSQL that counts round trips.
 *
 * Usage   round_trips PORT SOCKET_DIRECTORY SERVER_PORT COUNT_FILE
 *         listens on 127.0.0.1:PORT and passes each connection on to the server's unix socket; when it ends, appends
 *         one line with its number of round trips to COUNT_FILE. Ends by a signal.
 * Count   A round trip is a burst of the client after the server has said something. Counting starts when the connection stands (the
 *         server's first ReadyForQuery, protocol manual 55.2), and the client's Terminate is none.
 */
#include "proxy.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

typedef struct conversation {
    bool stands;       /* ReadyForQuery was seen */
    bool server_spoke; /* since the client's last burst */
    long round_trips;
    unsigned char header[5];
    size_t header_length;
    size_t body_left;
} conversation;

/* Follows the server's messages (a type byte, a length that counts itself) up to the first ReadyForQuery. */
static void conversation_server(conversation *c, const unsigned char *bytes, size_t length)
{
    c->server_spoke = true;
    for (size_t i = 0; i < length && !c->stands; i++) {
        if (c->body_left > 0) {
            c->body_left--;
            continue;
        }
        c->header[c->header_length++] = bytes[i];
        if (c->header_length < 5)
            continue;
        size_t size = (size_t)c->header[1] << 24 | (size_t)c->header[2] << 16 | (size_t)c->header[3] << 8 |
                      c->header[4];
        c->body_left = size >= 4 ? size - 4 : 0;
        c->header_length = 0;
        c->stands = c->header[0] == 'Z';
    }
}

static void conversation_client(conversation *c, const unsigned char *bytes)
{
    if (c->stands && c->server_spoke && bytes[0] != 'X')
        c->round_trips++;
    c->server_spoke = false;
}

static void serve(int client, int server, char **files)
{
    conversation c = {.server_spoke = true};
    struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    unsigned char bytes[65536];
    for (bool open = true; open && poll(ends, 2, -1) > 0;) {
        for (int i = 0; i < 2 && open; i++) {
            if (ends[i].revents == 0)
                continue;
            ssize_t length = read(ends[i].fd, bytes, sizeof bytes);
            if (length <= 0) {
                open = false;
                break;
            }
            if (i == 0)
                conversation_client(&c, bytes);
            else
                conversation_server(&c, bytes, (size_t)length);
            open = proxy_write(ends[1 - i].fd, bytes, (size_t)length);
        }
    }
    FILE *file = fopen(files[0], "a");
    if (file != NULL) {
        fprintf(file, "%ld\n", c.round_trips);
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: round_trips PORT SOCKET_DIRECTORY SERVER_PORT COUNT_FILE\n");
        return 64;
    }
    return proxy_run("round_trips", argv[1], argv[2], argv[3], serve, argv + 4);
}

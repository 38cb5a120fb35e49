/*
 * Connecting to PostgreSQL: without blocking, so that a signal ends it and a host that does not answer costs
 * no more than the timeout.
 */
#include "postgres_private.h"

#include "duration.h"
#include "text.h"
#include "vector.h"

#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct connect_settings {
    arena *memory;
    VECTOR(const char *) keywords;
    VECTOR(const char *) values;
    bool service; /* a service file may say more: what it says must not be overruled */
} connect_settings;

static const char *connect_setting(const connect_settings *settings, const char *keyword)
{
    const char *value = NULL; /* the last one counts, as in libpq */
    for (size_t i = 0; i < settings->keywords.count; i++)
        if (strcmp(settings->keywords.items[i], keyword) == 0)
            value = settings->values.items[i];
    return value;
}

static void connect_set(connect_settings *settings, const char *keyword, const char *value)
{
    vector_push(settings->memory, &settings->keywords, keyword);
    vector_push(settings->memory, &settings->values, value);
}

/* variable: the environment's word for it, or NULL. */
static void connect_default(connect_settings *settings, const char *keyword, const char *variable,
                            const char *value)
{
    if (connect_setting(settings, keyword) == NULL && (variable == NULL || getenv(variable) == NULL) &&
        !settings->service)
        connect_set(settings, keyword, value);
}

static const char *connect_said(const connect_settings *settings, const char *keyword, const char *variable)
{
    const char *value = connect_setting(settings, keyword);
    if (value == NULL)
        value = getenv(variable);
    return text_is_empty(value) ? NULL : value;
}

/* The bundle of well-known certificate authorities: Debian and Alpine; Red Hat; BSD and Alpine. NULL: none is
 * there. */
static const char *connect_authorities(void)
{
    static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
                                          "/etc/ssl/ca-bundle.pem"};
    for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++)
        if (access(bundles[i], R_OK) == 0)
            return bundles[i];
    return NULL;
}

#define CONNECT_PASSWD_SIZE ((size_t)4096)

static bool connect_user_has_root_certificate(arena *a)
{
    const char *home = getenv("HOME");
    if (text_is_empty(home)) {
        struct passwd entry;
        struct passwd *user = NULL;
        char *buffer = arena_allocate(a, CONNECT_PASSWD_SIZE);
        if (getpwuid_r(geteuid(), &entry, buffer, CONNECT_PASSWD_SIZE, &user) == 0 && user != NULL)
            home = user->pw_dir;
    }
    return home != NULL && access(arena_format(a, "%s/.postgresql/root.crt", home), F_OK) == 0;
}

/* libpq before 16 has no sslrootcert=system, and a static OpenSSL looks where its own distribution had the
 * files. */
static void connect_set_authorities(connect_settings *settings)
{
    const char *mode = connect_said(settings, "sslmode", "PGSSLMODE");
    const char *root = connect_said(settings, "sslrootcert", "PGSSLROOTCERT");
    bool system = text_equal(root, "system");
    bool verifies = text_equal(mode, "verify-ca") || text_equal(mode, "verify-full");
    if (!system && (root != NULL || !verifies || settings->service ||
                    connect_user_has_root_certificate(settings->memory)))
        return;
    const char *bundle = connect_authorities();
    if (bundle != NULL)
        connect_set(settings, "sslrootcert", bundle);
    if (system) /* any certificate of the world's authorities proves nothing without the name */
        connect_set(settings, "sslmode", "verify-full");
}

static void connect_collect(connect_settings *settings, const target *t, const driver_options *options)
{
    for (size_t i = 0; t->keywords != NULL && t->keywords[i] != NULL; i++)
        connect_set(settings, t->keywords[i], t->values[i]);
    settings->service = connect_said(settings, "service", "PGSERVICE") != NULL;
    connect_set(settings, "fallback_application_name",
                options->application_name == NULL ? "migen" : options->application_name);
    connect_default(settings, "gssencmode", "PGGSSENCMODE", "disable"); /* the probe costs a round trip */
    connect_default(settings, "keepalives_idle", NULL, "30");
    connect_default(settings, "keepalives_interval", NULL, "10");
    connect_default(settings, "keepalives_count", NULL, "3");
    connect_default(settings, "tcp_user_timeout", NULL, "60000");
    connect_set_authorities(settings);
    connect_set(settings, "client_encoding",
                "UTF8"); /* always: our SQL is UTF-8, whatever PGCLIENTENCODING says */
}

bool postgres_wait(const PGconn *connection, bool readable, bool writable, int milliseconds)
{
    struct pollfd wait = {.fd = PQsocket(connection),
                          .events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0))};
    return poll(&wait, 1, milliseconds) > 0;
}

/* In milliseconds; 0 is none. What libpq found (keywords, service file, PGCONNECT_TIMEOUT) goes before ours.
 */
static int64_t connect_timeout(PGconn *connection, const driver_options *options)
{
    int64_t timeout = options->connect_timeout;
    PQconninfoOption *all = PQconninfo(connection);
    for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++) {
        if (strcmp(o->keyword, "connect_timeout") == 0 && o->val != NULL && *o->val != '\0') {
            long seconds = strtol(o->val, NULL, 10);
            timeout = seconds <= 0 ? 0 : seconds * 1000;
        }
    }
    PQconninfoFree(all);
    return timeout;
}

/* Which of several hosts or addresses is being tried: each has the whole timeout for itself, as in libpq. */
static char *connect_place(arena *a, const PGconn *connection)
{
    const char *host = PQhost(connection);
    const char *address = PQhostaddr(connection);
    const char *port = PQport(connection);
    return arena_format(a, "%s %s %s", host == NULL ? "" : host, address == NULL ? "" : address,
                        port == NULL ? "" : port);
}

/* How long to wait at once: no longer than the timeout has left, nor than a signal may go unseen. */
static int connect_tick(int64_t timeout, double began)
{
    double left = (double)timeout - (clock_milliseconds() - began);
    if (timeout <= 0 || left > POSTGRES_TICK)
        return POSTGRES_TICK;
    return left <= 0 ? 0 : (int)left + 1;
}

/* False: there is no connection; *timed_out says that we gave up waiting, driver_interrupted that a signal
 * came. */
static bool connect_wait(PGconn *connection, int64_t timeout, arena *a, bool *timed_out)
{
    PostgresPollingStatusType wanted =
        PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    char *place = connect_place(a, connection);
    double began = clock_milliseconds();
    while (wanted != PGRES_POLLING_OK) {
        if (wanted == PGRES_POLLING_FAILED || driver_interrupted())
            return false;
        bool ready = postgres_wait(connection, wanted == PGRES_POLLING_READING,
                                   wanted == PGRES_POLLING_WRITING, connect_tick(timeout, began));
        if (!ready && timeout > 0 && clock_milliseconds() - began >= (double)timeout) {
            /* libpq leaves time to us, but has no word for "try the next address". A socket that is shut down
             * is, to it, an address that has failed. */
            (void)shutdown(PQsocket(connection), SHUT_RDWR);
            *timed_out = true;
            ready = true;
            began = clock_milliseconds();
        }
        if (!ready)
            continue;
        wanted = PQconnectPoll(connection);
        char *now = connect_place(a, connection);
        if (strcmp(now, place) != 0) {
            place = now;
            began = clock_milliseconds();
        }
    }
    return true;
}

/* The part of a list behind its first `items` items; NULL when there is none. */
static const char *connect_list_behind(const char *list, size_t items)
{
    for (; list != NULL && items > 0; items--) {
        list = strchr(list, ',');
        list = list == NULL ? NULL : list + 1;
    }
    return list;
}

static bool connect_item_is(const char *item, const char *text)
{
    return item != NULL && text != NULL && strncmp(item, text, strcspn(item, ",")) == 0 &&
           strlen(text) == strcspn(item, ",");
}

/*
 * libpq goes on to the next of several hosts when one does not answer, but not when one takes the connection
 * and then is silent, unless it is libpq that waits. Leaves only the hosts behind the silent one; false when
 * there is none.
 */
static bool connect_skip_host(connect_settings *settings, PGconn *connection)
{
    const char *names[] = {"host", "hostaddr", "port"};
    const char *lists[3] = {NULL, NULL, NULL};
    PQconninfoOption *all = PQconninfo(connection);
    for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++)
        for (size_t i = 0; i < 3; i++)
            if (strcmp(o->keyword, names[i]) == 0 && !text_is_empty(o->val))
                lists[i] = arena_string(settings->memory, o->val);
    PQconninfoFree(all);
    const char *hosts = lists[0] != NULL ? lists[0] : lists[1];
    bool one_port = lists[2] == NULL || strchr(lists[2], ',') == NULL;
    size_t skipped = 0;
    for (size_t i = 0; connect_list_behind(hosts, i) != NULL; i++) {
        const char *port = one_port ? lists[2] : connect_list_behind(lists[2], i);
        if (connect_item_is(connect_list_behind(hosts, i), PQhost(connection)) &&
            (port == NULL || *port == ',' || *port == '\0' || connect_item_is(port, PQport(connection))))
            skipped = i + 1;
    }
    if (skipped == 0 || connect_list_behind(hosts, skipped) == NULL)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (lists[i] != NULL && !(i == 2 && one_port))
            connect_set(settings, names[i], connect_list_behind(lists[i], skipped));
    return true;
}

/* One attempt; NULL when libpq has no memory. */
static PGconn *connect_start(connect_settings *settings)
{
    vector_push(settings->memory, &settings->keywords, NULL);
    vector_push(settings->memory, &settings->values, NULL);
    PGconn *connection = PQconnectStartParams(settings->keywords.items, settings->values.items, 0);
    settings->keywords.count--;
    settings->values.count--;
    /* The SQLSTATE of a refused connection stands nowhere but in the verbose text. */
    if (connection != NULL)
        (void)PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    return connection;
}

status postgres_connect(const target *t, const driver_options *options, arena *a, PGconn **out, error *e)
{
    connect_settings settings = {.memory = a};
    connect_collect(&settings, t, options);
    for (;;) {
        PGconn *connection = connect_start(&settings);
        if (connection == NULL) {
            driver_failure failure = {
                .code = STATUS_NO_CONNECTION, .message = "no connection: out of memory", .sqlstate = "53200"};
            return driver_fail(e, &failure, NULL, 0);
        }
        bool timed_out = false;
        if (connect_wait(connection, connect_timeout(connection, options), a, &timed_out)) {
            (void)PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
            *out = connection;
            return STATUS_OK;
        }
        bool again = timed_out && !driver_interrupted() && connect_skip_host(&settings, connection);
        status outcome = again                  ? STATUS_OK
                         : driver_interrupted() ? driver_fail_interrupted(e, NULL, 0)
                                                : postgres_connect_failed(t, connection, timed_out, a, e);
        PQfinish(connection);
        if (!again)
            return outcome;
    }
}

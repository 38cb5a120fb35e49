/*
 * What libpq says when there is no connection, in one clear line. libpq joins the failures of all addresses
 * that it tried, some with advice below them; the one that tells most is the message, all of them are the
 * detail.
 */
#include "postgres_private.h"

#include "text.h"
#include "vector.h"

#include <string.h>
#include <unistd.h>

typedef struct refusal {
    const char *place;    /* `connection to server at "db" (10.0.0.1), port 5432`, or "" */
    const char *reason;   /* without severity and code */
    const char *sqlstate; /* NULL where the server said none */
    const char *hint;     /* the server's */
} refusal;

typedef VECTOR(refusal) refusal_list;

static bool refusal_is_code(const char *text)
{
    for (size_t i = 0; i < 5; i++)
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z')))
            return false;
    return text[5] == ':' && text[6] == ' ';
}

/* `FATAL:  28P01: password authentication failed`, the severity in the server's language. */
static void refusal_read_reason(arena *a, refusal *r, const char *text)
{
    const char *mark = strstr(text, ":  ");
    r->reason = text;
    if (mark == NULL)
        return;
    if (refusal_is_code(mark + 3)) {
        r->sqlstate = arena_copy(a, mark + 3, 5);
        r->reason = mark + 10;
    } else if (text_starts_with(text, "FATAL:  ") || text_starts_with(text, "ERROR:  ")) {
        r->reason = mark + 3;
    }
}

static void refusal_read_line(arena *a, refusal_list *list, const char *line)
{
    static const char failed[] = " failed: ";
    if (*line == '\0' || *line == '\t' || text_starts_with(line, "LOCATION:  ") ||
        text_starts_with(line, "DETAIL:  "))
        return;
    if (text_starts_with(line, "HINT:  ")) {
        if (list->count != 0)
            list->items[list->count - 1].hint = line + strlen("HINT:  ");
        return;
    }
    refusal r = {.place = ""};
    const char *mark = text_starts_with(line, "connection to server ") ? strstr(line, failed) : NULL;
    if (mark != NULL)
        r.place = arena_copy(a, line, (size_t)(mark - line));
    refusal_read_reason(a, &r, mark == NULL ? line : mark + strlen(failed));
    vector_push(a, list, r);
}

/* No password, even where libpq took a part of one for something else. */
static char *refusal_without_password(arena *a, const char *text, const char *password)
{
    builder b = builder_new(a);
    size_t length = password == NULL ? 0 : strlen(password);
    while (*text != '\0') {
        /* Of one or two characters every text is full; to mark them would show which they are. */
        if (length > 2 && strncmp(text, password, length) == 0) {
            builder_add(&b, "***");
            text += length;
        } else {
            builder_add_character(&b, *text++);
        }
    }
    return b.bytes == NULL ? arena_string(a, "") : b.bytes;
}

static bool refusal_says(const refusal *r, const char *words)
{
    return strstr(r->reason, words) != NULL;
}

bool postgres_is_without_memory(const char *text)
{
    static const char *const words[] = {"out of memory", "Cannot allocate memory",
                                        "Memory allocation failure"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}

static bool refusal_is_of_rights(const refusal *r)
{
    if (r->sqlstate != NULL && (strncmp(r->sqlstate, "28", 2) == 0 || strcmp(r->sqlstate, "42501") == 0))
        return true;
    return refusal_says(r, "authentication failed") || refusal_says(r, "no pg_hba.conf entry") ||
           refusal_says(r, "no password supplied") || refusal_says(r, "pg_hba.conf rejects");
}

static bool refusal_is_of_settings(const refusal *r)
{
    return r->sqlstate == NULL &&
           (text_starts_with(r->reason, "invalid ") || refusal_says(r, "definition of service") ||
            refusal_says(r, "service file") || refusal_says(r, "could not match "));
}

static bool refusal_is_of_certificate(const refusal *r)
{
    return r->sqlstate == NULL && refusal_says(r, "certificate");
}

static const char *refusal_hint(const refusal *r)
{
    if (r->hint != NULL)
        return r->hint;
    if (refusal_says(r, "could not translate host name"))
        return access("/etc/resolv.conf", F_OK) != 0 && access("/etc/hosts", F_OK) != 0
                   ? "/etc/resolv.conf and /etc/hosts are missing here, as in an empty container: mount "
                     "them, or give "
                     "the host's address as a number"
                   : "check the host's name in the URL, and that this machine can look it up";
    if (refusal_is_of_certificate(r))
        return "give the certificate of the server's authority: sslrootcert=FILE in the URL, or "
               "PGSSLROOTCERT; the "
               "host in the URL must be a name that the server's certificate has";
    if (refusal_says(r, "no password supplied"))
        return "put the password into the URL, PGPASSWORD or a PGPASSFILE";
    if (refusal_is_of_rights(r))
        return "check the user, the password and the database in the URL, and the server's pg_hba.conf";
    if (refusal_says(r, "Connection refused"))
        return "is the server running, and does it listen on that host and port?";
    if (refusal_says(r, "No such file or directory"))
        return "no server listens on that local socket; give a host in the URL where it is on another "
               "machine";
    if (text_equal(r->sqlstate, "3D000"))
        return "create the database first, or correct its name in the URL";
    if (refusal_says(r, "does not support SSL"))
        return "the server has no TLS: sslmode=prefer goes on without it";
    return NULL;
}

static const refusal *refusal_most_telling(const refusal_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (refusal_is_of_rights(&list->items[i]))
            return &list->items[i];
    for (size_t i = 0; i < list->count; i++)
        if (refusal_is_of_certificate(&list->items[i]) || refusal_is_of_settings(&list->items[i]))
            return &list->items[i];
    return &list->items[list->count - 1];
}

static char *refusal_detail(arena *a, const refusal_list *list)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < list->count; i++) {
        const refusal *r = &list->items[i];
        builder_add(&b, i == 0 ? "" : "; ");
        builder_add(&b, r->place);
        builder_add(&b, *r->place == '\0' ? "" : ": ");
        builder_add(&b, r->reason);
    }
    return b.bytes;
}

status postgres_connect_failed(const target *t, PGconn *connection, bool timed_out, arena *a, error *e)
{
    refusal_list list = {0};
    char *text = arena_string(a, PQerrorMessage(connection));
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        refusal_read_line(a, &list, line);
        line = end;
    }
    if (list.count == 0)
        vector_push(a, &list, ((refusal){.place = "", .reason = "the server said no reason"}));
    const refusal *r = refusal_most_telling(&list);
    const char *password = PQpass(connection);
    bool silent = timed_out && r->sqlstate == NULL && !refusal_is_of_rights(r);
    if (silent) /* what libpq says of the one that it was at is that the connection ended: this side has ended it */
        list.items[list.count - 1].reason = "no answer";
    driver_failure failure = {.code = STATUS_NO_CONNECTION, .sqlstate = r->sqlstate, .hint = refusal_hint(r)};
    if (refusal_is_of_rights(r))
        failure.code = STATUS_NOT_PERMITTED;
    else if (refusal_is_of_settings(r))
        failure.code = STATUS_CONFIGURATION;
    else if (r->sqlstate == NULL && postgres_is_without_memory(r->reason))
        failure.sqlstate = "53200";
    const char *reason = silent ? "no answer before the connect timeout" : r->reason;
    failure.message =
        refusal_without_password(a, arena_format(a, "no connection to %s: %s", t->display, reason), password);
    if (list.count > 1 || *r->place != '\0')
        failure.detail = refusal_without_password(a, refusal_detail(a, &list), password);
    if (silent)
        failure.hint = "check the host and the port, and that no firewall is in between";
    return driver_fail(e, &failure, NULL, 0);
}

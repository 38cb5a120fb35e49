/*
 * postgres://user:password@host:port/database?keyword=value, read as leniently as can be.
 *
 * Passwords come into URLs raw, with '@', '/', '?', '#', ':' and '%' in them. So the parts are found from the
 * outside:
 *   1. The query begins at the first '?' that looks like one: `keyword=` behind it, and before it either no
 * '@' is needed or a host stands between the last '@' and it. A '?' that does not is a part of the password.
 *   2. Before the query the last '@' ends the password, whatever stands before it.
 *   3. The first ':' ends the user.
 *   4. A '%' without two hexadecimal digits behind it is itself.
 * What stays ambiguous: a raw "%41" (it is an 'A'), a ':' in the user, an '@' in the database's name: encode
 * those.
 */
#include "target_private.h"

#include "libpq_header.h"
#include "vector.h"

#include <string.h>

typedef struct target_words {
    arena *memory;
    VECTOR(const char *) keywords;
    VECTOR(const char *) values;
    const char *user, *host, *port, *database; /* for display */
    bool options_may_be_said;                  /* no piece of a password can have been taken for an option */
} target_words;

static void target_word_add(target_words *words, const char *keyword, const char *value)
{
    vector_push(words->memory, &words->keywords, keyword);
    vector_push(words->memory, &words->values, value);
    if (strcmp(keyword, "user") == 0)
        words->user = value;
    else if (strcmp(keyword, "host") == 0 || (strcmp(keyword, "hostaddr") == 0 && words->host == NULL))
        words->host = value;
    else if (strcmp(keyword, "port") == 0)
        words->port = value;
    else if (strcmp(keyword, "dbname") == 0)
        words->database = value;
}

/* "postgres://app@db:5432/shop": what is said only, for libpq's own defaults are not known before it
 * connects. */
static char *target_words_display(arena *a, const target_words *words)
{
    builder b = builder_new(a);
    builder_add(&b, "postgres://");
    if (!text_is_empty(words->user))
        builder_add_format(&b, "%s@", words->user);
    /* host and port are lists of the same length, or there is one port for all */
    view host = view_of(words->host);
    view port = view_of(words->port);
    for (bool first = true; first || host.length != 0; first = false) {
        const char *comma = host.length == 0 ? NULL : memchr(host.bytes, ',', host.length);
        size_t length = comma == NULL ? host.length : (size_t)(comma - host.bytes);
        bool bare = memchr(host.bytes == NULL ? "" : host.bytes, ':', length) != NULL; /* an IPv6 address */
        builder_add(&b, first ? "" : ",");
        builder_add(&b, bare ? "[" : "");
        builder_add_bytes(&b, host.bytes, length);
        builder_add(&b, bare ? "]" : "");
        const char *port_comma = port.length == 0 ? NULL : memchr(port.bytes, ',', port.length);
        size_t port_length = port_comma == NULL ? port.length : (size_t)(port_comma - port.bytes);
        if (port_length != 0) {
            builder_add(&b, ":");
            builder_add_bytes(&b, port.bytes, port_length);
        }
        host = comma == NULL ? (view){0} : (view){comma + 1, host.length - length - 1};
        if (port_comma != NULL)
            port = (view){port_comma + 1, port.length - port_length - 1};
    }
    if (!text_is_empty(words->database))
        builder_add_format(&b, "/%s", words->database);
    return b.bytes;
}

static status target_words_finish(target_words *words, target *out)
{
    out->display = target_words_display(words->memory, words);
    vector_push(words->memory, &words->keywords, NULL);
    vector_push(words->memory, &words->values, NULL);
    out->keywords = words->keywords.items;
    out->values = words->values.items;
    return STATUS_OK;
}

/* Is it a word of this libpq? */
static bool target_is_keyword(view word)
{
    PQconninfoOption *all = PQconninfoParse("", NULL);
    if (all == NULL)
        arena_out_of_memory();
    bool found = false;
    for (const PQconninfoOption *o = all; o != NULL && o->keyword != NULL && !found; o++)
        found = view_is(word, o->keyword);
    PQconninfoFree(all);
    return found || view_is(word, "ssl");
}

/* ---- finding the parts ---- */

static size_t target_word_length(const char *text)
{
    if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-')
        return 0;
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

/* Could these bytes be hosts, up to the first '/'? */
static bool target_is_host_like(const char *bytes, size_t length)
{
    const char *slash = length == 0 ? NULL : memchr(bytes, '/', length);
    size_t host = slash == NULL ? length : (size_t)(slash - bytes);
    if (slash == NULL && host == 0)
        return false;
    for (size_t i = 0; i < host; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:,[]%", bytes[i]) ==
            NULL)
            return false;
    return true;
}

static const char *target_last_at(const char *bytes, size_t length)
{
    for (size_t i = length; i > 0; i--)
        if (bytes[i - 1] == '@')
            return bytes + i - 1;
    return NULL;
}

/* Rule 1: is this '?' where the query begins? */
static bool target_is_query(const char *rest, const char *mark)
{
    bool at_follows = strchr(mark, '@') != NULL;
    if (!at_follows)
        return true; /* a password would be followed by one */
    size_t word = target_word_length(mark + 1);
    if (word == 0 || mark[1 + word] != '=')
        return false;
    const char *at = target_last_at(rest, (size_t)(mark - rest));
    if (at == NULL)
        return target_is_keyword((view){mark + 1, word}) && target_is_host_like(rest, (size_t)(mark - rest));
    return target_is_host_like(at + 1, (size_t)(mark - at - 1));
}

static const char *target_find_query(const char *rest)
{
    for (const char *mark = strchr(rest, '?'); mark != NULL; mark = strchr(mark + 1, '?'))
        if (target_is_query(rest, mark))
            return mark;
    return rest + strlen(rest);
}

/* ---- reading the parts ---- */

static status target_bad_byte(error *e)
{
    return target_refuse(e, "the database URL has a %00 in it", NULL);
}

static status target_bad_port(error *e)
{
    return target_refuse(
        e, "the database URL's port is no number from 1 to 65535",
        "special characters in a user's name or a password are safe when they are percent-encoded: "
        "%3A is ':', %40 is '@', %2F is '/'");
}

static bool target_port_is_valid(const char *bytes, size_t length)
{
    long number = 0;
    for (size_t i = 0; i < length && number < 100000; i++) {
        if (bytes[i] < '0' || bytes[i] > '9')
            return false;
        number = number * 10 + (bytes[i] - '0');
    }
    return length == 0 || (number >= 1 && number <= 65535);
}

static status target_read_user(target_words *words, const char *bytes, size_t length, error *e)
{
    const char *colon = length == 0 ? NULL : memchr(bytes, ':', length);
    char *user = NULL;
    char *password = NULL;
    if (!target_decode(words->memory, bytes, colon == NULL ? length : (size_t)(colon - bytes), &user))
        return target_bad_byte(e);
    if (*user != '\0')
        target_word_add(words, "user", user);
    if (colon == NULL)
        return STATUS_OK;
    if (!target_decode(words->memory, colon + 1, length - (size_t)(colon - bytes) - 1, &password))
        return target_bad_byte(e);
    if (*password != '\0')
        target_word_add(words, "password", password);
    return STATUS_OK;
}

/* One of host1:1,host2:2, appended to the two lists. */
static status target_read_host(target_words *words, const char *bytes, size_t length, builder *hosts,
                               builder *ports, error *e)
{
    const char *end = bytes + length;
    const char *name = bytes;
    size_t name_length = length;
    const char *colon = NULL;
    if (length != 0 && *bytes == '[') {
        const char *bracket = memchr(bytes, ']', length);
        if (bracket == NULL || (bracket + 1 < end && bracket[1] != ':'))
            return target_refuse(e, "the database URL's host has a '[' without its ']'",
                                 "an IPv6 address is written as [::1]");
        name = bytes + 1;
        name_length = (size_t)(bracket - name);
        colon = bracket + 1 < end ? bracket + 1 : NULL;
    } else if (length != 0 && (colon = memchr(bytes, ':', length)) != NULL) {
        name_length = (size_t)(colon - bytes);
    }
    const char *port = colon == NULL ? end : colon + 1;
    if (!target_port_is_valid(port, (size_t)(end - port)))
        return target_bad_port(e);
    char *decoded = NULL;
    if (!target_decode(words->memory, name, name_length, &decoded))
        return target_bad_byte(e);
    builder_add(hosts, decoded);
    builder_add_bytes(ports, port, (size_t)(end - port));
    return STATUS_OK;
}

static status target_read_hosts(target_words *words, const char *bytes, size_t length, error *e)
{
    builder hosts = builder_new(words->memory);
    builder ports = builder_new(words->memory);
    bool several = false;
    for (const char *at = bytes;;) {
        size_t left = length - (size_t)(at - bytes);
        const char *comma = left == 0 ? NULL : memchr(at, ',', left);
        status outcome =
            target_read_host(words, at, comma == NULL ? left : (size_t)(comma - at), &hosts, &ports, e);
        if (outcome != STATUS_OK)
            return outcome;
        if (comma == NULL)
            break;
        builder_add(&hosts, ",");
        builder_add(&ports, ",");
        several = true;
        at = comma + 1;
    }
    if (hosts.length != 0)
        target_word_add(words, "host", hosts.bytes);
    /* Of several hosts without any port libpq takes no list of commas alone. */
    if (ports.length != 0 && !(several && strspn(ports.bytes, ",") == ports.length))
        target_word_add(words, "port", ports.bytes);
    return STATUS_OK;
}

/* Other libraries' words for what libpq calls sslmode. */
static status target_read_ssl(target_words *words, const char *value, error *e)
{
    static const char *const modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};
    if (text_equal_word(value, "true") || text_equal(value, "1"))
        value = "require";
    else if (text_equal_word(value, "false") || text_equal(value, "0"))
        value = "disable";
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (text_equal(value, modes[i])) {
            target_word_add(words, "sslmode", modes[i]);
            return STATUS_OK;
        }
    }
    return target_refuse(e, "the database URL's option \"ssl\" has a value that is not known",
                         "sslmode is disable, allow, prefer, require, verify-ca or verify-full");
}

static status target_unknown_option(target_words *words, view keyword, error *e)
{
    bool sayable = words->options_may_be_said && keyword.length != 0 &&
                   keyword.bytes[keyword.length] == '=' && keyword.length <= 40 &&
                   target_word_length(keyword.bytes) >= keyword.length;
    const char *name = sayable ? arena_format(words->memory, " \"%s\"",
                                              arena_copy(words->memory, keyword.bytes, keyword.length))
                               : "";
    return target_refuse(
        e, arena_format(words->memory, "the database URL's option%s is none of PostgreSQL's", name),
        "options behind the '?' are those of libpq, such as sslmode=require; leave out what belongs to "
        "another driver");
}

static status target_read_query(target_words *words, const char *query, error *e)
{
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        view keyword = {query, equals == NULL ? length : (size_t)(equals - query)};
        char *value = NULL;
        if (length != 0 && (equals == NULL || !target_is_keyword(keyword)))
            return target_unknown_option(words, keyword, e);
        if (length != 0) {
            if (!target_decode(words->memory, equals + 1, length - keyword.length - 1, &value))
                return target_bad_byte(e);
            const char *name = arena_copy(words->memory, keyword.bytes, keyword.length);
            status outcome = STATUS_OK;
            if (strcmp(name, "ssl") == 0)
                outcome = target_read_ssl(words, value, e);
            else
                target_word_add(words, name, value);
            if (outcome != STATUS_OK)
                return outcome;
        }
        query += length + (query[length] == '&' ? 1 : 0);
    }
    return STATUS_OK;
}

status target_parse_postgres_url(arena *a, const char *rest, target *out, error *e)
{
    target_words words = {.memory = a};
    const char *query = target_find_query(rest);
    const char *at = target_last_at(rest, (size_t)(query - rest));
    const char *hosts = at == NULL ? rest : at + 1;
    const char *slash = hosts == query ? NULL : memchr(hosts, '/', (size_t)(query - hosts));
    const char *hosts_end = slash == NULL ? query : slash;
    status outcome = at == NULL ? STATUS_OK : target_read_user(&words, rest, (size_t)(at - rest), e);
    if (outcome == STATUS_OK)
        outcome = target_read_hosts(&words, hosts, (size_t)(hosts_end - hosts), e);
    if (outcome == STATUS_OK && slash != NULL && slash + 1 < query) {
        char *database = NULL;
        if (!target_decode(a, slash + 1, (size_t)(query - slash - 1), &database))
            return target_bad_byte(e);
        target_word_add(&words, "dbname", database);
    }
    words.options_may_be_said =
        strchr(query, '@') == NULL && (at != NULL || memchr(rest, ':', (size_t)(query - rest)) == NULL);
    if (outcome == STATUS_OK && *query == '?')
        outcome = target_read_query(&words, query + 1, e);
    return outcome == STATUS_OK ? target_words_finish(&words, out) : outcome;
}

/* ---- the other two forms ---- */

status target_parse_postgres_words(arena *a, const char *text, target *out, error *e)
{
    target_words words = {.memory = a};
    /* libpq's own message may quote the value, so it is not shown. */
    char *message = NULL;
    PQconninfoOption *all = PQconninfoParse(text, &message);
    if (all == NULL && (message == NULL || text_equal(message, "out of memory\n")))
        arena_out_of_memory();
    PQfreemem(message);
    if (all == NULL)
        return target_refuse(
            e, "the key=value form of the database URL cannot be read",
            "a value with spaces stands in single quotes, and a quote or a backslash in it has a "
            "backslash before it; the words are those of libpq: host, port, dbname, user, password, "
            "sslmode …");
    for (const PQconninfoOption *o = all; o->keyword != NULL; o++)
        if (o->val != NULL)
            target_word_add(&words, arena_string(a, o->keyword), arena_string(a, o->val));
    PQconninfoFree(all);
    return target_words_finish(&words, out);
}

void target_from_postgres_variables(arena *a, const char *(*environment)(const char *name), target *out)
{
    target_words none = {.memory = a};
    out->engine = MIGEN_POSTGRES;
    (void)target_words_finish(&none, out);
    target_words said = {.memory = a,
                         .user = environment("PGUSER"),
                         .host = environment("PGHOST"),
                         .port = environment("PGPORT"),
                         .database = environment("PGDATABASE")};
    if (text_is_empty(said.host))
        said.host = environment("PGHOSTADDR");
    const char *service = environment("PGSERVICE");
    out->display = text_is_empty(service) ? target_words_display(a, &said)
                                          : arena_format(a, "postgres service \"%s\"", service);
}

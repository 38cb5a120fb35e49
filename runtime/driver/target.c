#include "target.h"

#include "target_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_FORMS                                                                                         \
    "write sqlite:PATH, postgres://user:password@host:5432/database or libpq's \"host=… dbname=…\""

status target_refuse(error *e, const char *message, const char *hint)
{
    bool first = e->code == STATUS_OK;
    (void)error_set(e, STATUS_CONFIGURATION, "%s", message);
    if (first && hint != NULL)
        error_hint(e, "%s", hint);
    return STATUS_CONFIGURATION;
}

static int target_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool target_decode(arena *a, const char *bytes, size_t length, char **out)
{
    char *text = arena_allocate(a, length + 1);
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        int high = bytes[i] == '%' && i + 2 < length ? target_hex(bytes[i + 1]) : -1;
        int low = high >= 0 ? target_hex(bytes[i + 2]) : -1;
        if (bytes[i] == '%' && i + 2 < length && high >= 0 && low >= 0) {
            if (high == 0 && low == 0)
                return false;
            text[written++] = (char)(high * 16 + low);
            i += 2;
        } else {
            text[written++] = bytes[i];
        }
    }
    text[written] = '\0';
    *out = text;
    return true;
}

/* The length of "postgresql+asyncpg" in "postgresql+asyncpg://…"; 0 when the text does not begin with a
 * scheme. */
static size_t target_scheme_length(const char *url)
{
    size_t length = 0;
    while ((url[length] >= 'a' && url[length] <= 'z') || (url[length] >= 'A' && url[length] <= 'Z') ||
           (length > 0 && url[length] != '\0' && strchr("0123456789+-._", url[length]) != NULL))
        length++;
    return url[length] == ':' ? length : 0;
}

static bool target_scheme_is(view scheme, const char *word)
{
    const char *plus = memchr(scheme.bytes, '+', scheme.length);
    if (plus != NULL)
        scheme.length = (size_t)(plus - scheme.bytes);
    return view_is_word(scheme, word);
}

/* "host = …": a word and an equals sign, at the very beginning. */
static bool target_is_words(const char *text)
{
    size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return word != 0 && text[word + strspn(text + word, " \t")] == '=';
}

static status target_unknown_form(const char *url, view scheme, error *e)
{
    if (*url == '"' || *url == '\'')
        return target_refuse(e, "the database URL begins with a quote",
                             "take the quotes away: they are part of the value");
    if (target_scheme_is(scheme, "jdbc"))
        return target_refuse(e, "a JDBC URL cannot be read", TARGET_FORMS);
    if (target_scheme_is(scheme, "file"))
        return target_refuse(e, "a file: URI cannot be read",
                             "for a SQLite file write sqlite:PATH, or sqlite:PATH?mode=ro");
    static const char *const others[] = {"mysql", "mariadb", "mssql", "sqlserver", "oracle", "mongodb"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (target_scheme_is(scheme, others[i]))
            return target_refuse(e, "the database URL is of an engine that migen does not know",
                                 "SQLite and PostgreSQL are its engines");
    if (text_ends_with(url, ".db") || text_ends_with(url, ".sqlite") || text_ends_with(url, ".sqlite3"))
        return target_refuse(e, "the database URL has no scheme",
                             "did you mean sqlite:PATH? A SQLite file needs \"sqlite:\" before it");
    return target_refuse(e, "the database URL has no form that is known", TARGET_FORMS);
}

status target_parse(arena *a, const char *url, const char *source, target *out, error *e)
{
    *out = (target){.source = arena_string(a, source)};
    url = text_trim(a, url);
    if (*url == '\0')
        return target_refuse(e, "the database URL is empty", TARGET_FORMS);
    view scheme = {url, target_scheme_length(url)};
    const char *rest = url; /* behind the scheme */
    if (scheme.length != 0)
        rest += scheme.length + 1;
    if (target_scheme_is(scheme, "sqlite") || target_scheme_is(scheme, "sqlite3")) {
        out->engine = MIGEN_SQLITE;
        if (!HAS_SQLITE)
            return target_refuse(e, "this binary was built without SQLite",
                                 "build it with `migen build --engine sqlite`");
        return target_parse_sqlite(a, rest, out, e);
    }
    bool is_url = target_scheme_is(scheme, "postgres") || target_scheme_is(scheme, "postgresql");
    if (!is_url && !target_is_words(url))
        return target_unknown_form(url, scheme, e);
    out->engine = MIGEN_POSTGRES;
    if (!HAS_POSTGRES)
        return target_refuse(e, "this binary was built without PostgreSQL",
                             "build it with `migen build --engine postgres`");
    if (!is_url)
        return target_parse_postgres_words(a, url, out, e);
    if (!text_starts_with(rest, "//"))
        return target_refuse(e, "in the database URL \"//\" is missing behind \"postgres:\"", TARGET_FORMS);
    return target_parse_postgres_url(a, rest + 2, out, e);
}

/* ---- where it comes from ---- */

/* The first line of a file, without the white space at its end: secrets are often written with a line end. */
static status target_read_file(arena *a, const char *path, const char *source, char **line, error *e)
{
    FILE *file = fopen(path, "re");
    char *buffer = NULL;
    size_t size = 0;
    ssize_t length = -1;
    int reason = errno;
    if (file != NULL) {
        errno = 0;
        length = getline(&buffer, &size, file);
        reason = errno;
        (void)fclose(file);
    }
    if (file == NULL || (length < 0 && reason != 0)) {
        free(buffer);
        return target_refuse(
            e, arena_format(a, "the file \"%s\" (%s) cannot be read: %s", path, source, strerror(reason)),
            NULL);
    }
    const char *text = length <= 0 ? "" : buffer;
    if (text_starts_with(text, "\xef\xbb\xbf"))
        text += 3; /* a byte order mark, of editors on Windows */
    *line = text_trim(a, text);
    free(buffer);
    if (**line == '\0')
        return target_refuse(
            e, arena_format(a, "the file \"%s\" (%s) has no URL in its first line", path, source), NULL);
    return STATUS_OK;
}

static status target_from_file(arena *a, const char *path, const char *source, target *out, error *e)
{
    char *url = NULL;
    status outcome = target_read_file(a, path, source, &url, e);
    return outcome == STATUS_OK ? target_parse(a, url, source, out, e) : outcome;
}

static const char *target_getenv(const char *name)
{
    return getenv(name);
}

static bool target_has_postgres_variables(const char *(*environment)(const char *name))
{
    static const char *const names[] = {"PGHOST",     "PGHOSTADDR", "PGSERVICE",
                                        "PGDATABASE", "PGUSER",     "PGPORT"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!text_is_empty(environment(names[i])))
            return true;
    return false;
}

static status target_none(error *e)
{
    return target_refuse(
        e, "no database is named",
        "give --url URL or --url-file FILE, or set MIGEN_URL, MIGEN_URL_FILE, DATABASE_URL, "
        "DATABASE_URL_FILE or PGHOST and the other PG* variables; for example --url sqlite:shop.db");
}

/* Adds where the URL was found to what is wrong with it. */
static status target_say_source(arena *a, status outcome, const target *found, error *e)
{
    if (outcome != STATUS_OK && e->detail == NULL)
        error_detail(e, "%s", arena_format(a, "the URL is from %s", found->source));
    return outcome;
}

status target_find(arena *a, const target_options *options, target *out, error *e)
{
    const char *(*environment)(const char *name) =
        options->environment == NULL ? target_getenv : options->environment;
    *out = (target){0};
    if (options->url != NULL)
        return target_say_source(a, target_parse(a, options->url, "--url", out, e), out, e);
    if (options->url_file != NULL) {
        out->source = arena_format(a, "--url-file %s", options->url_file);
        return target_from_file(a, options->url_file, out->source, out, e);
    }
    static const char *const names[] = {"MIGEN_URL", "MIGEN_URL_FILE", "DATABASE_URL", "DATABASE_URL_FILE"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = environment(names[i]);
        if (text_is_empty(value))
            continue;
        out->source = names[i];
        return text_ends_with(names[i], "_FILE")
                   ? target_from_file(a, value, names[i], out, e)
                   : target_say_source(a, target_parse(a, value, names[i], out, e), out, e);
    }
    out->source = "migen.project";
    if (options->own_url != NULL)
        return target_say_source(a, target_parse(a, options->own_url, out->source, out, e), out, e);
    if (options->own_url_file != NULL)
        return target_from_file(a, options->own_url_file, out->source, out, e);
    if (!target_has_postgres_variables(environment))
        return target_none(e);
    out->source = "PG* variables";
    if (!HAS_POSTGRES)
        return target_refuse(e, "this binary was built without PostgreSQL", "give --url sqlite:PATH");
    target_from_postgres_variables(a, environment, out);
    return STATUS_OK;
}

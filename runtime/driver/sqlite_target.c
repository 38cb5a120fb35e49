/*
 * sqlite:PATH in its forms. Tools disagree about the slashes: to Alembic sqlite:///x is relative and
 * sqlite:////x is absolute, to others sqlite:///x is absolute. Here it is absolute, and where only the
 * relative file is there, both are named and nothing is made.
 */
#include "target_private.h"

#include <string.h>
#include <unistd.h>

#define TARGET_SQLITE_FORMS "write sqlite:PATH, sqlite:///absolute/PATH or sqlite::memory:"

static status target_sqlite_mode(view value, target *out, error *e)
{
    if (view_is(value, "ro"))
        out->read_only = out->must_exist = true;
    else if (view_is(value, "rw"))
        out->must_exist = true;
    else if (view_is(value, "memory"))
        out->path = ":memory:";
    else if (!view_is(value, "rwc"))
        return target_refuse(e, "the SQLite URL's mode is none that is known", "it is ro, rw, rwc or memory");
    return STATUS_OK;
}

static status target_sqlite_query(arena *a, const char *query, target *out, error *e)
{
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        size_t word = equals == NULL ? length : (size_t)(equals - query);
        view keyword = {query, word};
        if (!view_is(keyword, "mode")) {
            bool sayable =
                word != 0 && word <= 40 &&
                strspn(query, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") >= word;
            const char *name = sayable ? arena_format(a, " \"%s\"", arena_copy(a, query, word)) : "";
            return target_refuse(e, arena_format(a, "the SQLite URL's option%s is not known", name),
                                 "mode=ro, rw, rwc or memory is; a '?' in the file's name is written as %3F");
        }
        view value = {equals == NULL ? "" : equals + 1, equals == NULL ? 0 : length - word - 1};
        status outcome = target_sqlite_mode(value, out, e);
        if (outcome != STATUS_OK)
            return outcome;
        query += length + (query[length] == '&' ? 1 : 0);
    }
    return STATUS_OK;
}

/* The path behind "//" in sqlite://…; slashes is how many follow. */
static status target_sqlite_slashes(arena *a, const char *path, const char **out, error *e)
{
    size_t slashes = strspn(path, "/");
    const char *relative = path + slashes;
    *out = relative;
    /* sqlite://x.db, and what could not be meant as absolute */
    if (slashes == 0 || strcmp(relative, ":memory:") == 0)
        return STATUS_OK;
    if (slashes == 1 && (text_starts_with(relative, "./") || text_starts_with(relative, "../")))
        return STATUS_OK;
    *out = path + slashes - 1;
    if (slashes > 1 || *relative == '\0' || access(*out, F_OK) == 0 || access(relative, F_OK) != 0)
        return STATUS_OK;
    return target_refuse(
        e,
        arena_format(a, "there is no file \"%s\", but there is \"%s\" in the working directory", *out,
                     relative),
        arena_format(a, "write sqlite:%s for the second, or sqlite:///%s (three slashes) with the whole path",
                     relative, "absolute/PATH"));
}

status target_parse_sqlite(arena *a, const char *rest, target *out, error *e)
{
    size_t length = strcspn(rest, "?");
    char *path = NULL;
    if (!target_decode(a, rest, length, &path))
        return target_refuse(e, "the SQLite URL has a %00 in it", NULL);
    const char *file = path;
    if (text_starts_with(path, "//")) {
        status outcome = target_sqlite_slashes(a, path + 2, &file, e);
        if (outcome != STATUS_OK)
            return outcome;
    }
    if (text_starts_with(file, "file:"))
        return target_refuse(e, "a file: URI cannot be read",
                             "leave \"file:\" out: sqlite:PATH, or sqlite:PATH?mode=ro");
    out->path = file;
    if (rest[length] == '?') {
        status outcome = target_sqlite_query(a, rest + length + 1, out, e);
        if (outcome != STATUS_OK)
            return outcome;
    }
    if (*out->path == '\0')
        return target_refuse(e, "the SQLite URL names no file", TARGET_SQLITE_FORMS);
    if (strcmp(out->path, ":memory:") == 0)
        out->read_only = out->must_exist = false;
    out->display = arena_format(a, "sqlite:%s", out->path);
    return STATUS_OK;
}

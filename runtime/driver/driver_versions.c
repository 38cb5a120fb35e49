/*
 * Versions of the engines: which are too old, and what a statement says that came with a later one.
 */
#include "driver_private.h"

#include "text.h"

#include <string.h>
#include <strings.h>

/* The oldest that the tests are run on: docs/versions.md. */
#define POSTGRES_OLDEST 130000
#define SQLITE_OLDEST   3035000

typedef struct driver_newer {
    migen_engine engine;
    const char *what;
    int version;
} driver_newer;

static const driver_newer driver_newer_things[] = {
#define NEEDS(engine, what, version) {MIGEN_##engine, what, version},
#include "versions.def"
#undef NEEDS
};

/* "PostgreSQL 13.23", "SQLite 3.35.2"; of the version that something came with: "PostgreSQL 14", "SQLite 3.37". */
static char *driver_version_text(arena *a, migen_engine engine, int version, bool whole)
{
    if (ENGINE_IS_POSTGRES(engine))
        return whole ? arena_format(a, "PostgreSQL %d.%d", version / 10000, version % 10000)
                     : arena_format(a, "PostgreSQL %d", version / 10000);
    int middle = version / 1000 % 1000;
    return whole ? arena_format(a, "SQLite %d.%d.%d", version / 1000000, middle, version % 1000)
                 : arena_format(a, "SQLite %d.%d", version / 1000000, middle);
}

static bool driver_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The place behind the words that sql begins with, however much space is between them; NULL: others. */
static const char *driver_behind_words(const char *sql, const char *words)
{
    for (; *words != '\0'; words++) {
        if (*words == ' ' || *words == '(') {
            const char *space = sql;
            sql += strspn(sql, " \t\r\n\f\v");
            if (*words == ' ' ? space == sql : *sql++ != '(')
                return NULL;
        } else if (strncasecmp(sql++, words, 1) != 0) {
            return NULL;
        }
    }
    return sql;
}

static bool driver_says_words(const char *sql, const char *words)
{
    char last = words[strlen(words) - 1];
    for (const char *at = sql; *at != '\0'; at++) {
        if (at > sql && driver_in_word(at[-1]) && driver_in_word(*words))
            continue;
        const char *behind = driver_behind_words(at, words);
        if (behind != NULL && !(driver_in_word(last) && driver_in_word(*behind)))
            return true;
    }
    return false;
}

char *driver_version_hint(const driver *d, const char *sql, bool missing_function, arena *a)
{
    migen_engine engine = driver_engine(d);
    int version = driver_server_version(d);
    const driver_newer *newest = NULL;
    for (size_t i = 0; i < sizeof driver_newer_things / sizeof *driver_newer_things; i++) {
        const driver_newer *thing = &driver_newer_things[i];
        bool function = text_ends_with(thing->what, "(");
        if (thing->engine == engine && thing->version > version && function == missing_function &&
            (newest == NULL || newest->version < thing->version) && driver_says_words(sql, thing->what))
            newest = thing;
    }
    if (version == 0 || newest == NULL)
        return NULL;
    return arena_format(a, "%s%s needs %s or later, and this is %s", newest->what,
                        text_ends_with(newest->what, "(") ? ")" : "",
                        driver_version_text(a, engine, newest->version, false),
                        driver_version_text(a, engine, version, true));
}

status driver_refuse_too_old(const driver *d, arena *a, error *e)
{
    migen_engine engine = driver_engine(d);
    int version = driver_server_version(d);
    int oldest = ENGINE_IS_POSTGRES(engine) ? POSTGRES_OLDEST : SQLITE_OLDEST;
    if (version == 0 || version >= oldest) /* 0: something between us and the server keeps it for itself */
        return STATUS_OK;
    driver_failure failure = {.code = STATUS_CONFIGURATION};
    failure.message =
        arena_format(a, "%s is too old: %s or later is needed", driver_version_text(a, engine, version, true),
                     driver_version_text(a, engine, oldest, false));
    failure.hint = ENGINE_IS_POSTGRES(engine) ? "upgrade the server; nothing was changed"
                                              : "link this program with a later SQLite; nothing was changed";
    return driver_fail(e, &failure, NULL, 0);
}

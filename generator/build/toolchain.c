/*
 * toolchain.c: finding the compiler and the static libraries.
 */
#include "toolchain.h"
#include "migen_step.h"
#include "process.h"
#include "text.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#ifndef MIGEN_LIBPQ_MAJOR
#define MIGEN_LIBPQ_MAJOR "all"
#endif

typedef struct search {
    arena *memory;
    toolchain *tools;
    argument_list missing;  /* files */
    argument_list packages; /* Debian's, that have them */
} search;

static void split_words(arena *a, const char *text, argument_list *out)
{
    while (*text != '\0') {
        size_t length = strcspn(text, " \t");
        if (length > 0) {
            const char *word = arena_copy(a, text, length);
            vector_push(a, out, word);
        }
        text += length + strspn(text + length, " \t");
    }
}

const char *const *toolchain_command(arena *a, const toolchain *t, const argument_list *arguments)
{
    argument_list command = {0};
    for (size_t i = 0; i < t->compiler.count; i++)
        vector_push(a, &command, t->compiler.items[i]);
    for (size_t i = 0; i < arguments->count; i++)
        vector_push(a, &command, arguments->items[i]);
    vector_push(a, &command, NULL);
    return command.items;
}

static void note_missing(search *s, const char *file, const char *package)
{
    vector_push(s->memory, &s->missing, file);
    for (size_t i = 0; i < s->packages.count; i++) {
        if (text_equal(s->packages.items[i], package))
            return;
    }
    vector_push(s->memory, &s->packages, package);
}

/* Does the compiler find this library? It answers with a path where it does, and with the name where it does
 * not. */
static bool compiler_finds(search *s, const char *library, const char *package)
{
    argument_list arguments = {0};
    const char *question = arena_format(s->memory, "-print-file-name=%s", library);
    vector_push(s->memory, &arguments, question);
    process_result answer = process_run(s->memory, NULL, toolchain_command(s->memory, s->tools, &arguments));
    if (answer.started && answer.code == 0 && strchr(answer.output, '/') != NULL)
        return true;
    if (package != NULL)
        note_missing(s, library, package);
    return false;
}

static bool has_archive(arena *a, const char *folder, const char *name)
{
    return access(arena_format(a, "%s/%s", folder, name), R_OK) == 0;
}

/* libpgcommon.a and libpgport.a are in the server's library folder: pg_config's, or the highest version's. */
static void find_helper_archives(search *s)
{
    toolchain *t = s->tools;
    if (compiler_finds(s, "libpgcommon.a", NULL) && compiler_finds(s, "libpgport.a", NULL)) {
        t->has_helper_archives = true;
        return;
    }
    process_result answer =
        process_run(s->memory, NULL, (const char *const[]){"pg_config", "--pkglibdir", NULL});
    if (answer.started && answer.code == 0) {
        const char *folder = text_trim(s->memory, answer.output);
        if (has_archive(s->memory, folder, "libpgcommon.a") && has_archive(s->memory, folder, "libpgport.a"))
            t->postgres_folder = folder;
    }
    glob_t found = {0};
    if (t->postgres_folder == NULL && glob("/usr/lib/postgresql/*/lib/libpgcommon.a", 0, NULL, &found) == 0 &&
        found.gl_pathc > 0) {
        const char *last = found.gl_pathv[found.gl_pathc - 1];
        t->postgres_folder = arena_copy(s->memory, last, strlen(last) - strlen("/libpgcommon.a"));
    }
    globfree(&found);
    t->has_helper_archives = t->postgres_folder != NULL;
    if (!t->has_helper_archives && access("/etc/alpine-release", F_OK) != 0)
        note_missing(s, "libpgcommon.a", "postgresql-server-dev-" MIGEN_LIBPQ_MAJOR);
}

static status say_missing(search *s, error *e)
{
    if (s->missing.count == 0)
        return STATUS_OK;
    vector_push(s->memory, &s->missing, NULL);
    vector_push(s->memory, &s->packages, NULL);
    error_set(e, STATUS_CONFIGURATION, "a static release binary cannot be built here: %s %s not found",
              list_join(s->memory, s->missing.items, ", "), s->missing.count > 2 ? "are" : "is");
    if (access("/etc/alpine-release", F_OK) == 0)
        error_hint(e,
                   "apk add gcc musl-dev libpq-dev openssl-dev openssl-libs-static sqlite-dev sqlite-static");
    else
        error_hint(e, "apt-get install %s", list_join(s->memory, s->packages.items, " "));
    return STATUS_CONFIGURATION;
}

/* Before 2.34 a static glibc loads name services at run time, from a container that has others or none. */
static status check_library_version(error *e)
{
#ifdef __GLIBC__
    const char *version = gnu_get_libc_version();
    char *end = NULL;
    long major = strtol(version, &end, 10), minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major < 2 || (major == 2 && minor < 34)) {
        error_set(e, STATUS_CONFIGURATION,
                  "glibc %s cannot make a static binary that looks names up by itself", version);
        error_hint(e,
                   "build on Debian 12 or later, or in a container of it: glibc 2.34 is the first that can");
        return STATUS_CONFIGURATION;
    }
#else
    (void)e;
#endif
    return STATUS_OK;
}

status toolchain_find(arena *a, const char *compiler, unsigned engines, toolchain *out, error *e)
{
    *out = (toolchain){0};
    search s = {.memory = a, .tools = out};
    if (text_is_empty(compiler))
        compiler = getenv("CC");
    split_words(a, text_is_empty(compiler) ? "cc" : compiler, &out->compiler);
    if (out->compiler.count == 0)
        vector_push(a, &out->compiler, "cc");
    status code = check_library_version(e);
    if (code != STATUS_OK)
        return code;
    argument_list version = {0};
    vector_push(a, &version, "--version");
    if (!process_run(a, NULL, toolchain_command(a, out, &version)).started) {
        note_missing(&s, arena_format(a, "the compiler \"%s\"", out->compiler.items[0]), "gcc");
        note_missing(&s, "libc.a", "libc6-dev");
        return say_missing(&s, e);
    }
    compiler_finds(&s, "libc.a", "libc6-dev");
    if (engines & MIGEN_POSTGRES) {
        if (compiler_finds(&s, "libpq.a", "libpq-dev"))
            find_helper_archives(&s);
        compiler_finds(&s, "libssl.a", "libssl-dev");
        compiler_finds(&s, "libcrypto.a", "libssl-dev");
    }
    if (engines & MIGEN_SQLITE)
        compiler_finds(&s, "libsqlite3.a", "libsqlite3-dev");
    return say_missing(&s, e);
}

/*
 * release.h: from a project's folder to a checked release.
 *
 * Idea       load → parse each file → order the graph → play the history on an empty schema for each engine →
 * derive the ways down → hash. The result is the very migen_release that emitted C holds, plus what only the
 * generator needs.
 */
#ifndef MIGEN_SEMA_RELEASE_H
#define MIGEN_SEMA_RELEASE_H

#include "ast.h"
#include "operation.h"
#include "parser.h"

/* A C file of the project that a `call` names; its text becomes part of the release. */
typedef struct called_file {
    const char *name; /* as shown: relative to the project's root */
    const source_file *source;
    const struct c_scan *scan;
} called_file;

typedef struct checked_migration {
    ast_file *file;
    migen_migration migration; /* up, down, lines, hash, resolved parents */
    bool data_lost_by_down;
    VECTOR(const called_file *) called; /* by its way up */
} checked_migration;

typedef struct checked_release {
    arena *memory;
    project *project;
    migen_release release;
    VECTOR(checked_migration *) migrations; /* in the order in which they are carried out */
    VECTOR(const char *) heads;
    VECTOR(called_file *) called_files; /* in the order in which they are met; each once */
    schema *final_schema[2]; /* [0] PostgreSQL, [1] SQLite; NULL for an engine that the project leaves out */
} checked_release;

/* Loads the project that contains folder (searching upwards for migen.project), parses and checks all of it.
 * NULL when there is no project or no migration can be loaded; else the release, usable only when d has no
 * error. */
checked_release *release_load(arena *a, const char *folder, diagnostics *d);

/* The graph alone, without checks of the statements: for `heads`, `history` and `new`. */
checked_release *release_load_graph(arena *a, const char *folder, diagnostics *d);

/* A called file's text: line ends are \n. without_include: the #include of migen's header is left out of it, as
 * emitted C has the runtime above it. */
char *called_text(arena *a, const called_file *file, bool without_include);

/* The migrations that a text means: the whole id, the part after the digits, a prefix of the id, in turn. The
 * number of hits; *found is the first. */
size_t release_find(const checked_release *r, const char *text, const checked_migration **found);

#endif

/*
 * parser.h: text to AST.
 *
 * Idea       Recursive descent over characters, since where a statement ends depends on columns (language.md 2). Errors are
 *            collected; the parser goes on at the next statement, so that one run shows all of them.
 */
#ifndef MIGEN_SYNTAX_PARSER_H
#define MIGEN_SYNTAX_PARSER_H

#include "ast.h"
#include "diagnostic.h"

/* Parses one migration file. Never NULL; what could not be understood is in d. id: the file's name without .mig.
 * engines: the project's (they decide how raw SQL is quoted). */
ast_file *parse_migration(arena *a, const source_file *source, const char *id, unsigned engines,
                          diagnostics *d);

typedef struct project {
    const char *root; /* the folder of migen.project */
    const source_file *source;
    const char *name;
    unsigned engines;
    const char *migrations;         /* the folder, relative to root */
    VECTOR(migen_setting) settings; /* the release binary's options that the file sets, with - for _ */
} project;

/* Reads migen.project's text. Unknown keys, bad values, a missing `project` line are errors. */
project *parse_project(arena *a, const source_file *source, const char *root, diagnostics *d);

/* The names of an id: [0-9]+_[a-z0-9_]+ and no reserved word (head, heads, base, none) behind the digits. */
bool id_is_valid(const char *id);

#endif

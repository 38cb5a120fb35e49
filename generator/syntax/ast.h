/*
 * ast.h: a migration file, parsed.
 *
 * Idea       A statement of the language is already the step that it will become (migen_step.h), with its place, and
 *            what only the generator needs beside it. So there is no second set of structs for the same thing.
 * Places     The parser notes for every string that it puts into a step where it stood: ast_place_of(file, string)
 *            finds the span by the string's address. A violation that points at a string of the step thus has its place.
 * Invariant  Strings are in the arena, each its own copy (never shared between two places).
 */
#ifndef MIGEN_SYNTAX_AST_H
#define MIGEN_SYNTAX_AST_H

#include "diagnostic.h"
#include "map.h"
#include "migen_step.h"
#include "source.h"
#include "vector.h"

typedef struct ast_statement ast_statement;
typedef VECTOR(ast_statement *) ast_list;

typedef enum ast_kind {
    AST_STEP,  /* step is complete */
    AST_IF,    /* step is IF_EXISTS or IF_SQL (branch number not set yet); then and otherwise */
    AST_ON,    /* step is ON_ENGINE; then */
    AST_ALLOW, /* allow RULE "reason": silences a lint rule for the next statement */
    AST_LATER  /* a word of the language that this version does not carry out: already reported */
} ast_kind;

struct ast_statement {
    ast_kind kind;
    span place;
    migen_step step;
    ast_list then;
    ast_list otherwise;
    bool has_else;
    const char *rule, *reason; /* allow */
    /* run, call: the way back */
    const char *const *undo; /* statements; for a call, the one name of a C function */
    bool undo_none;
    const char *call_file; /* call … from "rehash.c" */
};

typedef enum ast_down { DOWN_AUTO, DOWN_BLOCK, DOWN_NEVER } ast_down;

typedef struct ast_file {
    const source_file *source;
    const char *id; /* from the file's name */
    const char *title;
    span title_place;
    bool has_after;
    VECTOR(const char *) after; /* references as written; empty with has_after: `after none` */
    bool transaction_none;
    ast_list statements;
    ast_down down;
    bool down_said; /* a down stands in the file */
    span down_place;
    ast_list down_statements;
    const char *down_reason;
    VECTOR(span) places; /* see ast_place_of */
    map place_index;
} ast_file;

/* Where a string of this file's steps stood; `otherwise` when it is not known. */
span ast_place_of(const ast_file *f, const void *string, span otherwise);

/* Used by the parser: notes where a string stood. */
void ast_note_place(arena *a, ast_file *f, const void *string, span place);

/* The canonical text of the way up, of which the hash is made (language.md 5.8): one statement a line, keywords and types
 * lower case, raw SQL as its tokens; title, after, say, allow, summary, descriptions, undo and down left out. */
char *ast_canonical(arena *a, const ast_file *f);

#endif

/*
 * sql_token.h: SQL as tokens, with each engine's own quoting.
 *
 * Idea       The one place that knows how SQL quotes: '…', E'…', U&'…', X'…', "…", $tag$…$tag$, -- and
 *            C comments (nested in PostgreSQL), […] and `…` (SQLite). Splitting, comparing, hashing and renaming
 *            all stand on it. (PostgreSQL manual 4.1; https://www.sqlite.org/lang_keywords.html.)
 * Invariant  Tokens never overlap, and come in order; white space and comments are between them. An
 *            unterminated quote gives one TOKEN_ERROR to the end of the text.
 * Engines    bits of migen_engine: with both set, what either engine quotes is taken as quoted, but […] only when it
 *            cannot be an array's subscript or constructor (it is SQLite's name only where SQLite alone is set).
 * Usage      sql_lexer l = sql_lexer_new(text, length, MIGEN_POSTGRES);
 *            for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) …
 */
#ifndef MIGEN_SQLTEXT_SQL_TOKEN_H
#define MIGEN_SQLTEXT_SQL_TOKEN_H

#include "arena.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum sql_token_kind {
    TOKEN_END,
    TOKEN_WORD,        /* a keyword or bare name */
    TOKEN_QUOTED_NAME, /* "…", `…`, […] */
    TOKEN_STRING,      /* '…' and its relatives, $tag$…$tag$, x'…' */
    TOKEN_NUMBER,
    TOKEN_PARAMETER, /* $1, ?, :name, @name */
    TOKEN_SYMBOL,    /* an operator or punctuation: ( ) [ ] { } , ; . and runs of operator characters */
    TOKEN_ERROR
} sql_token_kind;

typedef struct sql_token {
    sql_token_kind kind;
    view text;           /* as it stands */
    size_t offset;       /* of its first byte */
    const char *problem; /* of TOKEN_ERROR: "this string is not closed" */
} sql_token;

typedef struct sql_lexer {
    const char *bytes;
    size_t length;
    size_t at;
    unsigned engines;
} sql_lexer;

sql_lexer sql_lexer_new(const char *bytes, size_t length, unsigned engines);
sql_token sql_next(sql_lexer *l);

/* What a token says, without its quotes: a name as the catalogue has it (a bare word in lower case), a
 * string's content (escapes of E'…' resolved). */
char *sql_token_value(arena *a, sql_token t);
bool sql_token_is(sql_token t, const char *word_or_symbol); /* words: ASCII case ignored */

#endif

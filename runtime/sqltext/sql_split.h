/*
 * sql_split.h: raw SQL to single statements, and the end of a bracket.
 *
 * Idea       Splits at ; outside of quotes, of brackets, of CREATE TRIGGER … BEGIN … END and of
 *            BEGIN ATOMIC … END (with CASE … END inside them).
 * Invariant  A statement has no ; and no white space or comment at its ends. Empty ones are left out.
 */
#ifndef MIGEN_SQLTEXT_SQL_SPLIT_H
#define MIGEN_SQLTEXT_SQL_SPLIT_H

#include "sql_token.h"
#include "vector.h"

typedef struct sql_piece {
    view text;
    size_t offset;
} sql_piece;

typedef VECTOR(sql_piece) sql_piece_list;

typedef struct sql_problem {
    const char *message; /* NULL: none. Static, or in the arena */
    const char *hint;
    size_t offset; /* of what is wrong, and its length */
    size_t length;
} sql_problem;

/* Splits text. A problem is an unclosed quote or bracket; BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK,
 * SAVEPOINT, RELEASE, PREPARE TRANSACTION as statements; COPY … FROM STDIN; a line of psql's (\x). */
sql_piece_list sql_split(arena *a, view text, unsigned engines, sql_problem *problem);

/* bytes[open] is { or (. The offset of the bracket that closes it, or length with a problem when none does.
 * Brackets of the same kind nest; quotes and comments are jumped over. */
size_t sql_find_close(const char *bytes, size_t length, size_t open, unsigned engines, sql_problem *problem);

#endif

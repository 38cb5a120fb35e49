/*
 * sql_expression.h: an expression's meaning, as far as brackets, casts and spellings go.
 *
 * Idea       A precedence-climbing parser that writes each operation with its own brackets. Two texts
 *            that come out equal mean the same on that engine; what it does not understand (a SELECT,
 *            OPERATOR(), …) it says so.
 * Invariant  Never the same text for two meanings: a - (b - c) keeps its brackets, AND and OR alone
 *            are flattened.
 */
#ifndef MIGEN_SQLTEXT_SQL_EXPRESSION_H
#define MIGEN_SQLTEXT_SQL_EXPRESSION_H

#include "migen_step.h"
#include "sql_token.h"
#include "vector.h"

/* The canonical text of the expression on that engine, or NULL when it is not understood. */
char *sql_canonical_expression(arena *a, const char *text, migen_engine engine);

/* What follows is shared by the two files of the parser. */

/* The levels of both engines (PostgreSQL manual 4.1.6; https://www.sqlite.org/lang_expr.html, section 2). */
enum {
    SAME_LEVEL_NONE,
    SAME_LEVEL_OR,
    SAME_LEVEL_AND,
    SAME_LEVEL_NOT,
    SAME_LEVEL_IS, /* SQLite: with =, IN, LIKE, BETWEEN */
    SAME_LEVEL_COMPARISON,
    SAME_LEVEL_IN,
    SAME_LEVEL_OPERATOR,
    SAME_LEVEL_SUM,
    SAME_LEVEL_PRODUCT,
    SAME_LEVEL_POWER, /* SQLite: || -> ->> */
    SAME_LEVEL_AT,
    SAME_LEVEL_COLLATE,
    SAME_LEVEL_SIGN,
    SAME_LEVEL_SUBSCRIPT,
    SAME_LEVEL_CAST
};

typedef enum same_kind {
    SAME_OTHER,
    SAME_STRING,  /* a string literal */
    SAME_NUMBER,  /* a number literal, with its sign */
    SAME_LITERAL, /* null, true, false */
    SAME_NAME,    /* of a column */
    SAME_AND,
    SAME_OR,
    SAME_ARRAY,
    SAME_LIST
} same_kind;

typedef struct same_node same_node;
typedef VECTOR(same_node *) same_nodes;

struct same_node {
    same_kind kind;
    const char *text;  /* NULL for those with parts */
    const char *value; /* of a string: what it says */
    const char *cast;  /* of a literal: the type whose cast was taken off */
    same_nodes parts;
};

typedef struct same_parser {
    arena *memory;
    VECTOR(sql_token) tokens; /* with several TOKEN_END at the end */
    size_t at;
    migen_engine engine;
    bool failed;
    int depth;
} same_parser;

same_node *same_fail(same_parser *p);
same_node *same_make(same_parser *p, same_kind kind, const char *text);
const char *same_text(same_parser *p, const same_node *node);
const char *same_join(same_parser *p, const char *const *pieces); /* NULL-terminated */
bool same_at(const same_parser *p, const char *word_or_symbol);
bool same_take(same_parser *p, const char *word_or_symbol);
bool same_expect(same_parser *p, const char *word_or_symbol);
same_node *same_expression(same_parser *p, int least);
same_node *same_primary(same_parser *p);
same_node *same_cast(same_parser *p, same_node *node); /* behind :: or AS: reads the type */
same_node *same_cast_to(same_parser *p, same_node *node, const char *type, bool modified);
void same_items(same_parser *p, same_nodes *items, const char *close); /* a, b, c and the closing bracket */

#define SAME_JOIN(p, ...) same_join((p), (const char *const[]){__VA_ARGS__, NULL})

#endif

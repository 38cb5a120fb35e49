/*
 * scope_parts.h: what the files of scope.h share: queries as nested scopes.
 *
 * Idea       A scope has the sources of one FROM: tables, views, queries in brackets, WITH queries; around it is the scope of the
 *            query that it stands in. Ranges of tokens are [from, end), and a reader returns where it has come to.
 * Invariant  What a reader does not know sets `failed`: reading goes on, its result is not used.
 * Usage      scope_query(r, 0, r->out->tokens.count, NULL, true, &columns);
 */
#ifndef MIGEN_SCHEMA_SCOPE_PARTS_H
#define MIGEN_SCHEMA_SCOPE_PARTS_H

#include "scope.h"

/* A column of a source, under the name that it has there. */
typedef struct scope_column {
    const char *name; /* NULL: an expression that nobody can name */
    const schema_table *table;
    const char *origin; /* the column of table that it is */
    bool own;           /* of the table itself, by its own name */
    size_t literal;     /* the token that it is, alone; 0: none */
} scope_column;

typedef VECTOR(scope_column) scope_columns;

typedef struct scope_source {
    const char *alias;
    bool by_own_name; /* without an alias: who qualifies by it names the table */
    const schema_table *table;
    const schema_view *view;
    scope_columns columns;
    bool opaque; /* it may have more columns than are known */
} scope_source;

typedef struct scope_range {
    size_t from, end;
} scope_range;

typedef struct scope {
    const struct scope *outer;
    bool qualified; /* NEW and OLD: nobody says their columns without them */
    VECTOR(scope_source) sources;
    VECTOR(scope_source) with;      /* WITH queries, by alias */
    VECTOR(scope_range) conditions; /* of ON, and arguments in FROM: read when all sources are known */
    VECTOR(const char *) said;      /* names of the SELECT list, by AS: ORDER BY may say them */
} scope;

typedef struct scope_reader {
    arena *a;
    const schema *s;
    scope_reading *out;
    bool failed;
    unsigned depth; /* of views in views */
} scope_reader;

bool scope_is(const scope_reader *r, size_t i, const char *word);
bool scope_is_one(const scope_reader *r, size_t i, const char *const *words);
bool scope_is_name(const scope_reader *r, size_t i); /* a quoted name, or a bare word that is not reserved */
const char *scope_text(const scope_reader *r, size_t i);
size_t scope_closing(scope_reader *r, size_t i); /* of the bracket at i */
/* The first token in [i, end) outside brackets that is one of the words; end: none. */
size_t scope_find(scope_reader *r, size_t i, size_t end, const char *const *words);
/* FROM, but not that of IS DISTINCT FROM. */
size_t scope_find_from(scope_reader *r, size_t i, size_t end);
bool scope_at_query(const scope_reader *r, size_t i); /* SELECT, VALUES, WITH */

/* A table or view by its name of one or two tokens at i: where it is told is put in names; returns what stands behind. */
size_t scope_relation(scope_reader *r, size_t i, const scope *here, scope_source *out);
void scope_add_table(scope_reader *r, const schema_table *t, const char *alias, scope_source *out);

/* The names of an expression, or of a list of them. */
void scope_expression(scope_reader *r, size_t i, size_t end, const scope *here);
size_t scope_from(scope_reader *r, size_t i, size_t end, scope *here);
void scope_conditions(scope_reader *r, scope *here);

/* A query up to end; named: others know its columns by their names. */
void scope_query(scope_reader *r, size_t i, size_t end, const scope *outer, bool named,
                 scope_columns *columns);

void scope_statement(scope_reader *r, size_t i, size_t end, const scope *outer);
void scope_trigger(scope_reader *r);

#endif

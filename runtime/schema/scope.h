/*
 * scope.h: what the names in the text of a view or a trigger mean.
 *
 * Idea       A name is a column of the nearest query around it whose FROM has one of that name; behind a qualifier it is one of
 *            that table, view or query (PostgreSQL manual 4.2.1, 7.2, 7.8; SQLite, lang_select.html, lang_createtrigger.html). So
 *            what follows a rename, or stands in the way of a drop, is told by meaning: not every word of that spelling.
 * Invariant  Where `understood` is false, a part of the text is beyond this reader, and nothing it says is to be built upon.
 * Usage      scope_reading r = scope_read_query(a, s, view->sql);
 *            for (size_t i = 0; r.understood && i < r.tokens.count; i++)
 *                if (scope_is_column(&r, i, t, "name")) … r.tokens.items[i] is where the text names it
 */
#ifndef MIGEN_SCHEMA_SCOPE_H
#define MIGEN_SCHEMA_SCOPE_H

#include "schema.h"
#include "sql_token.h"

typedef VECTOR(sql_token) view_tokens;

typedef enum scope_role {
    SCOPE_NONE,      /* a function, an alias, a keyword, or not known */
    SCOPE_COLUMN,    /* `column` of `table`, by its name there */
    SCOPE_HANDED_ON, /* a view's or a query's column, which hands on `column` of `table` (NULL: an expression) */
    SCOPE_SHARED,    /* in USING: a column of several at once */
    SCOPE_RELATION /* `table` or `view` itself, in FROM or as a qualifier */
} scope_role;

typedef struct scope_name {
    scope_role role;
    const schema_table *table;
    const schema_view *view;
    const char *column;
} scope_name;

/* An item of a SELECT list by whose name others know it: tokens begin to end. */
typedef struct scope_item {
    size_t begin, end;
    size_t name; /* the token that names it, where it is without AS; end: none does */
} scope_item;

/* A literal that is written into a column: an item of VALUES, or of the SELECT of an INSERT. */
typedef struct scope_value {
    size_t token;
    const schema_table *table;
    const char *column;
} scope_value;

/* A * in a SELECT list, tokens begin to end, and what it stands for. */
typedef struct scope_asterisk_column {
    const char *alias, *name;  /* NULL: it has none */
    const schema_table *table; /* NULL: an expression */
    const char *origin;
} scope_asterisk_column;

typedef struct scope_asterisk {
    size_t begin, end;
    bool opaque; /* there may be more than is known */
    VECTOR(scope_asterisk_column) columns;
} scope_asterisk;

typedef struct scope_reading {
    bool understood;
    view_tokens tokens;
    scope_name *names; /* one for each token */
    VECTOR(scope_item) items;
    VECTOR(scope_value) values;
    VECTOR(scope_asterisk) asterisks;
    size_t column_count; /* of a query: the columns that it gives, those of a star among them */
} scope_reading;

/* The text of a view: one SELECT. All in a. */
scope_reading scope_read_query(arena *a, const schema *s, const char *sql);

/* A whole CREATE TRIGGER. */
scope_reading scope_read_trigger(arena *a, const schema *s, const char *sql);

/* Whether token i names the column of the table itself. */
bool scope_is_column(const schema *s, const scope_reading *r, size_t i, const schema_table *t,
                     const char *column);

/* Whether the text of a view uses the table or view, or (column not NULL) that column of the table. Where a part of the text is beyond
 * this reader: whether it says the words. */
bool scope_query_uses(const schema *s, const char *sql, object_name relation, const char *column);

/* Whether the view's text names a column that a * of another view hands on from the table. */
bool scope_query_names_handed_on(const schema *s, const char *sql, const schema_table *t, const char *column);

/* PostgreSQL: the text of a view, a * of it as the columns that it stands for: those that came behind the view left out. The text itself
 * where that cannot be told. */
const char *view_spelled(const schema *s, const schema_view *view);

/* Whether a trigger's text surely uses the column of the table; NULL: the table at all. */
bool scope_trigger_uses(const schema *s, const schema_trigger *trigger, const schema_table *t,
                        const char *column);

#endif

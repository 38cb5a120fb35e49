/*
 * sql_normal.h: when two pieces of SQL text say the same.
 *
 * Idea       Text is compared by its tokens. An expression is held against what an engine printed by also
 *            taking off what engines add: brackets, casts of literals, ARRAY for IN. Where that does not
 *            decide, the engine itself is asked (catalog/catalog.h).
 */
#ifndef MIGEN_SQLTEXT_SQL_NORMAL_H
#define MIGEN_SQLTEXT_SQL_NORMAL_H

#include "sql_token.h"

/* The tokens with single spaces between them, words in lower case, without comments; strings and quoted names
 * as they stand. The form that hashes are made of (language.md 5.8). */
char *sql_normal(arena *a, const char *text, unsigned engines);

/* The same, with names bare where they can be: "id" is id. Engines write names as they like when they rename. */
char *sql_normal_names(arena *a, const char *text, unsigned engines);
bool sql_same(const char *a, const char *b, unsigned engines); /* equal sql_normal; NULL equals NULL */

/*
 * Whether two expressions certainly mean the same: equal after brackets that change nothing are taken off, quoted
 * names that need no quotes stand bare, casts of literals ('x'::text, '-1'::integer) are dropped,
 * x = ANY (ARRAY[…]) is x IN (…), <> and != are one, CURRENT_TIMESTAMP is now(). False means "not known".
 */
bool sql_same_expression(const char *a, const char *b, unsigned engines);

/* Whether name (a column, as the catalogue has it) occurs in the expression as a name: not a string, not a function's
 * name, not a type's. On SQLite alone the case of ASCII letters does not count. */
bool sql_mentions(const char *expression, const char *name, unsigned engines);

/* The text with each name that is `from` (bare or quoted; not a function's, a type's) replaced by `to`, quoted where
 * needed. Meant for expressions of one table, in which a qualifier can only be that table itself: so x.from is renamed,
 * and from.x too (a table's rename), but of from.from only the column. */
char *sql_rename(arena *a, const char *text, const char *from, const char *to, unsigned engines);

/* The expression of one table without the table's own name (with its schema, where that is said) before columns: users.age > 0 says what
 * age > 0 says. NULL stays NULL. */
const char *sql_unqualified(arena *a, const char *text, const char *table, unsigned engines);

/* The text with each name that is `name`, as in sql_mentions, replaced by an expression in brackets. NULL where one is
 * qualified (t.name): the expression cannot be. */
char *sql_insert_expression(arena *a, const char *text, const char *name, const char *expression,
                            unsigned engines);

/* Whether the name is a word of the statement, as whatever: a table's name in CREATE TABLE stands before a bracket, as a
 * function's does. The case of letters does not count. */
bool sql_says(arena *a, const char *statement, const char *name, unsigned engines);

/* True for INSERT, UPDATE, DELETE, MERGE (also behind WITH): statements that leave the catalogue as it is. */
bool sql_leaves_schema(const char *statement, unsigned engines);

#endif

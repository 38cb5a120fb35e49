/*
 * sqlite_ddl.h: reading the text of SQLite's CREATE statements. Private to this floor.
 *
 * Idea       SQLite keeps each statement as it was written, so the text is the catalogue. A cursor
 *            goes over its tokens; what the model has a place for goes there, what it has none for
 *            goes word for word into `extra`.
 * Invariant  What is not understood fails the whole statement (ddl_fail), it is never guessed at.
 * Usage      ddl_cursor c; if (!ddl_open(&c, a, sql)) return false; … ddl_take(&c, "create") … return
 *            !c.failed;
 */
#ifndef MIGEN_CATALOG_SQLITE_DDL_H
#define MIGEN_CATALOG_SQLITE_DDL_H

#include "schema.h"
#include "sql_token.h"

typedef struct ddl_cursor {
    arena *memory;
    const char *sql;
    VECTOR(sql_token) tokens; /* with two TOKEN_END behind them */
    size_t at;
    bool failed;
} ddl_cursor;

bool ddl_open(ddl_cursor *c, arena *a, const char *sql); /* false: a quote is not closed */
void ddl_fail(ddl_cursor *c);
sql_token ddl_here(const ddl_cursor *c);
bool ddl_at(const ddl_cursor *c, const char *word_or_symbol);
bool ddl_at_two(const ddl_cursor *c, const char *first, const char *second);
bool ddl_take(ddl_cursor *c, const char *word_or_symbol);
bool ddl_take_two(ddl_cursor *c, const char *first, const char *second);
void ddl_expect(ddl_cursor *c, const char *word_or_symbol);

/* A name in any of SQLite's four quotings, as the catalogue has it; fails where none stands. */
const char *ddl_name(ddl_cursor *c);
bool ddl_at_name(const ddl_cursor *c);

/* [schema .] name: the name. */
const char *ddl_object(ddl_cursor *c);

/* The text from token `from` up to the cursor, word for word. */
char *ddl_text(const ddl_cursor *c, size_t from);

/* ( … ): what stands in the brackets, without outer brackets of its own. */
char *ddl_brackets(ddl_cursor *c);

/* Over one token, or one pair of brackets with what is in it. */
void ddl_skip(ddl_cursor *c);

/* a column definition; one table constraint. Both append to t. */
void ddl_column(ddl_cursor *c, schema_table *t);
bool ddl_at_constraint(const ddl_cursor *c);
void ddl_constraint(ddl_cursor *c, schema_table *t);

/* The declared type ("VARCHAR(50)", "TIMESTAMP TEXT") as a type of the language; NATIVE for what it has no
 * word for. */
migen_type sqlite_type_from(arena *a, const char *declared);

/* The type's own CHECK (bool, length, json), or NULL. */
char *sqlite_check_of_type(arena *a, const migen_column *column);

/* Takes an unnamed constraint that says this check out of the table; true when one, named or not, says it. */
bool sqlite_absorb_check(schema_table *t, const char *column, const char *check);

/* Gives each unnamed constraint PostgreSQL's default name. */
void sqlite_imply_names(arena *a, schema_table *t);

/* What only the history (known, may be NULL) knows of the types of a table of the model. */
void sqlite_settle_types(arena *memory, schema *model, schema_table *t, const schema *known);

/* The names that the history gave to constraints which have none in their text. */
void sqlite_settle_names(arena *memory, const schema *model, schema_table *t, const schema *known);

/* CREATE VIEW's SELECT; NULL when it is not understood. */
char *sqlite_parse_view(arena *a, const char *sql);

#endif

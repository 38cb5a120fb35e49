/*
 * sql_reserved.h: words that an engine does not take as a bare name.
 *
 * Idea       The reserved words of PostgreSQL (manual, appendix C) and those of SQLite that have no fallback
 * to a name, as one list: quoting one word too many does no harm.
 */
#ifndef MIGEN_SQLTEXT_SQL_RESERVED_H
#define MIGEN_SQLTEXT_SQL_RESERVED_H

#include "arena.h"

#include <stdbool.h>

/* word is in lower case. */
bool sql_is_reserved(const char *word);

/* Whether the bare word (in lower case) cannot be a column's name in an expression: PostgreSQL's reserved
 * words, or where SQLite is set alone the few that it does not take. */
bool sql_is_keyword(const char *word, unsigned engines);

/* The name as it may stand in SQL: quoted when it is not bare, or reserved. */
char *sql_name_text(arena *a, const char *name);

#endif

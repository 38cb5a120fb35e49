/*
 * default_value.h: a column's default, between the engine's SQL and the language's literal.
 *
 * Idea       What a catalogue prints ('x'::character varying, CURRENT_TIMESTAMP, '-1'::integer) is read
 *            back into the form in which a migration says it (migen_step.h, "Values"), so that the two
 *            can be held against each other.
 * Invariant  What is not certainly a literal stays an expression in brackets, word for word.
 * Usage      const char *value = default_from_sql(a, MIGEN_POSTGRES, column.type, "now()");
 */
#ifndef MIGEN_SCHEMA_DEFAULT_VALUE_H
#define MIGEN_SCHEMA_DEFAULT_VALUE_H

#include "arena.h"
#include "migen_step.h"

#include <stdbool.h>

/* The engine's text of a default to the language's form; NULL for none, and for a default of null. */
char *default_from_sql(arena *a, migen_engine engine, migen_type type, const char *sql);

/* The language's form in its plainest spelling: "('x')" is 'x', null is none (NULL). */
char *default_normal(arena *a, migen_engine engine, migen_type type, const char *value);

typedef enum default_verdict {
    DEFAULT_SAME,
    DEFAULT_DIFFERENT,
    DEFAULT_UNDECIDED /* only the server knows */
} default_verdict;

/* What a default is when its column has another type: a truth value among numbers or texts, and the other way. */
const char *default_in_type(const char *value, migen_type from, migen_type to);

/* How two defaults of a column of this type compare. */
default_verdict default_compare(arena *a, migen_engine engine, migen_type type, const char *wanted,
                                const char *found);

/* The SQL of a default for PostgreSQL: uuid() is gen_random_uuid(), x'0a' is '\x0a'. */
char *default_to_postgres(arena *a, const char *value);

/* SQL text without brackets around the whole of it: "((a > 0))" is "a > 0". */
char *sql_without_brackets(arena *a, const char *text, unsigned engines);

#endif

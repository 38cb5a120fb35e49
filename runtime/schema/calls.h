/*
 * calls.h: whether an SQL text calls a function, or takes numbers from a sequence. Private to the schema floor.
 *
 * Idea       A function's name before a bracket, with arguments that fit it; a sequence's name as a regclass.
 * Invariant  The answers are in order: of several in one text the surest counts.
 * Usage      if (sql_calls(s, table, check->expression, function) == CALL_SURELY) ...
 */
#ifndef MIGEN_SCHEMA_CALLS_H
#define MIGEN_SCHEMA_CALLS_H

#include "operation_parts.h"

typedef enum call_answer { CALL_NO, CALL_PERHAPS, CALL_SURELY } call_answer;

/* t: the table whose columns the text names; NULL: those of any table that it mentions. */
call_answer sql_calls(const schema *s, const schema_table *t, const char *sql, const schema_function *f);
call_answer sql_takes_numbers(const schema *s, const char *sql, const schema_sequence *q);

/* Whether a name that stands with this schema before it (NULL: none) is that of an object in `own`. */
call_answer name_is_meant(const schema *s, const char *said, const char *own);

#endif

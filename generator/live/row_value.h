/*
 * row_value.h: a value for a column, as an SQL expression.
 */
#ifndef MIGEN_LIVE_ROW_VALUE_H
#define MIGEN_LIVE_ROW_VALUE_H

#include "schema.h"

typedef VECTOR(const char *) text_list;

/* What a check compares with: the strings of its text, and its numbers with their two neighbours, as SQL. */
void row_value_hints(arena *a, const char *check, text_list *out);

/* Whether an expression has this word. */
bool row_value_mentions(arena *a, const char *expression, const char *column);

/* row: 0 or 1. attempt: other values where several are possible. hints: of the checks that mention the column. */
const char *row_value(arena *a, const schema *s, const migen_column *column, size_t row, size_t attempt,
                      const text_list *hints);

#endif

/*
 * compare_type.h: whether a found type does the work of a wanted one. For the comparison, and SQLite's catalogue.
 *
 * Idea       On PostgreSQL types are exact. On SQLite a declared type is a word with an affinity, and
 *            tools write many words for the same (language.md 3).
 * Usage      type_verdict verdict = compare_types(c, wanted, found);
 */
#ifndef MIGEN_SCHEMA_COMPARE_TYPE_H
#define MIGEN_SCHEMA_COMPARE_TYPE_H

#include "compare.h"

typedef enum type_verdict { TYPE_SAME, TYPE_NOTE, TYPE_DIFFERENT } type_verdict;

type_verdict compare_types(const comparison *c, const migen_column *wanted, const migen_column *found);

#endif

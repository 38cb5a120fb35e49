/*
 * history_rows.h: rows in the tables of a random history, and what must become of them.
 *
 * Idea       Rows are put in at one version. Of each column it is known then what it holds; the steps behind it are followed
 *            (a rename takes it along, a drop ends it, a change of its values ends it), and at the end each column that is
 *            still followed must hold just that.
 * Usage      watch_list w = rows_insert(b, s);  rows_follow(b, &w, s, step) for each step, with s before it;
 *            const char *wrong = rows_lost(b, &w);
 */
#ifndef MIGEN_TESTS_MATRIX_HISTORY_ROWS_H
#define MIGEN_TESTS_MATRIX_HISTORY_ROWS_H

#include "matrix_bench.h"
#include "operation.h"

typedef struct watched_column {
    const char *table, *column; /* as they are called now; table NULL: followed no more */
    const char *first_table, *first_column;
    const char *values; /* all of them */
} watched_column;

typedef struct watch_list {
    VECTOR(watched_column) columns;
    size_t rows;
} watch_list;

/* The language's value of row i: distinct in each column, and the same in all columns of a type, so that references hit. */
const char *rows_value(arena *a, const schema *s, const schema_table *t, const migen_column *column, int i);

/* Up to four rows in each table of s, as many as its constraints take. */
watch_list rows_insert(bench *b, const schema *s);

void rows_follow(bench *b, watch_list *w, const schema *before, const schema *after, const migen_step *step);

/* What is lost, NULL when nothing is. backwards: under the first names, of columns that were followed to the end. */
const char *rows_lost(bench *b, const watch_list *w, bool backwards);

/* All rows of all tables, without columns that hold the time or a random number. */
const char *rows_of_all(bench *b, const schema *s);

/* Of all tables that the database has, but the history. */
void rows_delete(bench *b);

#endif

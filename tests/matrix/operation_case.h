/*
 * operation_case.h: what the matrix knows about an operation: a line of operation_cases.h.
 *
 * Idea       The cases are written once, with names as macros, and compiled twice: with plain names, and with names
 *            that need every quoting there is (operation_cases_plain.c, operation_cases_hostile.c).
 */
#ifndef MIGEN_TESTS_MATRIX_OPERATION_CASE_H
#define MIGEN_TESTS_MATRIX_OPERATION_CASE_H

#include "migen_step.h"

/* SQL of one engine each, NULL-terminated; NULL: there is no such state, and `why` says so. */
typedef struct case_state {
    const char *const *postgres;
    const char *const *sqlite;
    const char *why;
} case_state;

typedef struct operation_case {
    const char *name;
    unsigned engines;
    const char *why_not; /* why an engine is left out */
    migen_step step;
    const migen_step *rows; /* instead of the step, where it is more than one row (if, on) */
    size_t row_count;
    const migen_step *down; /* the way back, where none is derived (run) */
    size_t down_count;
    const migen_step *before; /* besides the common tables */
    size_t before_count;
    case_state different, half_done;
    const char *subject;     /* what of the subject's rows stays, after the step; NULL: as before it */
    bool loses_rows;         /* the subject's rows are gone after it, also after its way down */
    bool without_dependents; /* cannot be while a view, trigger or index names the subject's columns */
    bool leaves_values;      /* the way down leaves something behind (enum values, data) */
    bool repeats;            /* a data step: it says "ran" again when it is carried out again */
} operation_case;

/* The names and the SQL that the matrix itself needs. */
typedef struct case_names {
    const char *title;
    const operation_case *cases;
    size_t count;
    const migen_step *common; /* the tables of every cell */
    size_t common_count;
    const migen_step *referenced;
    size_t referenced_count;
    const migen_step *dependents_postgres, *dependents_sqlite;
    size_t dependents_postgres_count, dependents_sqlite_count;
    const char *const *rows; /* INSERT statements */
    const char *const *referenced_rows;
    const char *subject_rows; /* SELECT of what must stay */
    const char *child_rows;
    const char *empty_child;
    const char *subject; /* its bare name */
} case_names;

extern const case_names plain_cases, hostile_cases;

#endif

/*
 * test.h: `migen test`: a release proven on throw-away databases, as its users will use it.
 *
 * Idea       The release binary is built, and run: up, again, down, from every version, with rows in the tables, on
 *            tables that somebody else has made, and killed. Behind each run the database is looked at, and held
 *            against what it was, or should be.
 * Invariant  Only databases that this run has made are touched, and they are gone at its end, also after a signal; so
 *            are the server and the folder. Everything is done in the same order with the same rows each time.
 * Usage      test_report report; status s = test_release(a, r, &options, &report, &e);
 *            test_show_…(…)
 */
#ifndef MIGEN_TEST_TEST_H
#define MIGEN_TEST_TEST_H

#include "error.h"
#include "release.h"

#include <stdio.h>

typedef struct test_options {
    unsigned engines;        /* bits: what is wanted, of the project's */
    const char *const *urls; /* PostgreSQL servers, NULL-terminated; none: a temporary one */
    const char *programs;    /* the folder of initdb and postgres; NULL: looked for */
    bool full;               /* every migration, version and point, and not a sample of many */
    FILE *out;               /* the lines; NULL: none */
    bool color;
} test_options;

typedef enum check_outcome { CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED } check_outcome;

typedef struct test_check {
    const char *name; /* the same in each run */
    const char *note; /* "8 versions"; NULL: none */
    check_outcome outcome;
    double milliseconds;
    /* of a failure, or why it was skipped */
    const char *message;
    span place;         /* file NULL: nowhere in particular */
    const char *detail; /* lines: a diff, what the binary said */
    const char *hint;
} test_check;

typedef struct test_suite {
    const char *engine; /* "sqlite", "postgres" */
    const char *server; /* "SQLite 3.40.1", "PostgreSQL 15.14, a temporary server of /usr/…" */
    VECTOR(test_check *) checks;
    double milliseconds;
} test_suite;

typedef struct test_report {
    const char *project;
    VECTOR(test_suite *) suites;
    size_t passed, failed, skipped, kills;
    bool engine_missing; /* there was no server for an engine that is wanted */
    double milliseconds;
} test_report;

/* STATUS_OK where all could be carried out, whatever came out (report->failed); else why not: STATUS_STOPPED after a signal,
 * what build_release says, STATUS_NO_CONNECTION of a URL. The report has what was done until then. */
status test_release(arena *a, const checked_release *r, const test_options *options, test_report *report,
                    error *e) MUST_USE;

/* "test: ok …", the last line. */
void test_show_result(arena *a, const test_report *report, status s, FILE *out);

/* The whole report as one JSON object; as JUnit's XML. */
char *test_json(arena *a, const test_report *report, status s);
char *test_junit(arena *a, const test_report *report, status s);

#endif

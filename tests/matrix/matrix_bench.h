/*
 * matrix_bench.h: a throw-away database, releases made of steps in memory, and runs of the engine on them.
 *
 * Idea       What the release binary does is done in this process, thousands of times: a release is built from
 *            tables of steps, its ways down are derived as `migen check` derives them, and each run reports what
 *            it said, what it wrote and what the database has afterwards.
 * Usage      bench b;  bench_open(&b, MIGEN_SQLITE);  bench_begin(&b);
 *            bench_result r = bench_run(&b, release, engine_up, NULL, false);  bench_close(&b);
 */
#ifndef MIGEN_TESTS_MATRIX_BENCH_H
#define MIGEN_TESTS_MATRIX_BENCH_H

#include "engine.h"

typedef struct bench {
    migen_engine engine;
    arena *memory; /* of this cell: bench_begin makes a new one */
    arena *lasting;
    target target;
    driver *driver;             /* a second connection, beside the runs */
    const step_list *last_down; /* of the last migration, where it is not to be derived; NULL */
} bench;

typedef struct bench_result {
    status code;
    uint64_t writes; /* statements that write, counted at the driver */
    size_t counts[OUTCOME_COUNT];
    size_t applied, reverted;
    const char *log;
    const char *message;   /* of the failure; "" */
    size_t row_of_failure; /* the step that is named */
} bench_result;

typedef status (*bench_action)(migen *run, const char *target);

/* False with a line on stderr when there is no such engine here. */
bool bench_open(bench *b, migen_engine engine);
void bench_close(bench *b);

/* An empty database and an empty arena. */
void bench_begin(bench *b);

/* The SQL on the second connection; false with its message on stderr when it fails. */
bool bench_execute(bench *b, const char *sql, const char **message);

/* All values of a query as one text: rows and what is in them. */
const char *bench_rows(bench *b, const char *sql);

/* A release of migrations m1, m2, … each after the one before; steps[i] has counts[i] of them. The ways down are
 * derived; *why_not says where there is none. */
const migen_release *bench_release(bench *b, const step_list *migrations, size_t count, const char **why_not);

bench_result bench_run(bench *b, const migen_release *release, bench_action action, const char *target,
                       bool strict);

/* How the database differs from the schema that its history says it has, both ways; "" when it does not. */
const char *bench_differences(bench *b, const migen_release *release);

/* The canonical dump of the database; of what its history says. */
const char *bench_dump(bench *b, const migen_release *release, bool expected);

#endif

/*
 * report.h: what a run says: text for people, or JSON lines, of the same events.
 *
 * Idea       The log goes to stderr, one line an operation, its outcome first; results and the last
 *            line go to stdout.
 * Invariant  With --format json each line of both is one object with the same keys (product.md 2):
 *            time level event migration operation object outcome rows ms message sqlstate hint; what
 *            does not apply is null. Some have further keys behind these. That a migration is applied is said when
 *            that is committed.
 */
#ifndef MIGEN_ENGINE_REPORT_H
#define MIGEN_ENGINE_REPORT_H

#include "error.h"
#include "safe.h"

#include <stdint.h>
#include <stdio.h>

typedef struct report {
    FILE *out; /* results */
    FILE *log;
    bool json, quiet, verbose, color;
    const char *migration; /* the one that is carried out */
    const char *operation; /* of the step that fails: "add column"; NULL: of none */
    const char *begun;     /* its heading is the last one in the log, and its end is not there */
    size_t counts[OUTCOME_COUNT];
    size_t applied, reverted, already;
    struct report_standing {
        size_t counts[OUTCOME_COUNT], applied, reverted;
    } standing;               /* what of that is committed */
    double started;           /* clock_milliseconds */
    struct report_held *held; /* what waits for a COMMIT; NULL: nothing */
    struct report_failed {
        char migration[128], message[1600], sqlstate[32], hint[600];
    } failure; /* the last that was said, or its beginning; all empty while nothing failed */
} report;

report report_new(bool json, bool quiet, bool verbose, const char *color);

/* The first line: "shop-migrate 1.4.0 · sqlite:shop.db (from --url) · 2 of 7 pending". */
void report_header(report *r, const char *text);
void report_migration(report *r, const char *id, const char *title);
void report_line(report *r, const decision_line *line, int64_t rows, bool rows_known);
void report_migration_end(report *r, const char *word, double milliseconds);

/* From now on the log waits until report_commit or report_rollback: what it says of migrations that share a transaction does not
 * stand before (report_held.c). */
void report_hold(report *r);
void report_release(report *r, bool stands);
size_t report_held_length(const report *r);
void report_hold_end(report *r, size_t begin, double milliseconds); /* of a migration, said from `begin` on */

/* All that was counted until now is committed; what was counted since is rolled back. */
void report_commit(report *r);
void report_rollback(report *r);

/* A line of its own in the log: level "info", "warning". */
void report_message(report *r, const char *level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A failure: the code, the file and line, the statement, the server's words, what state the database is in,
 * and what to do next. Each of place, state and next may be NULL. */
void report_failure(report *r, const error *e, const char *place, const char *state, const char *next);

/* The stable last line: "up: ok applied=2 already=5 created=1 skipped=1 differs=1 took=0.02s". command: "up".
 */
void report_result(report *r, const char *command, status code);

/* Something that was found, not done: "missing", "index ix_age on users", "wanted index (age)". A result goes to stdout, else it is
 * a line of the log. */
void report_finding(report *r, bool is_result, const char *level, const char *outcome, const char *object,
                    const char *message);

/* A line of a result (status, history, …), to stdout. In JSON: an object with event and message. */
void report_print(report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last line of a command that changes nothing: "gate: ok the database is at 2_names". */
void report_end(report *r, const char *command, const char *outcome, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* One JSON line, to stdout or to the log; NULL is written as null, but for `migration`, which is that which is carried out. */
typedef struct report_event {
    const char *level, *event, *migration, *operation, *object, *outcome, *message, *sqlstate, *hint;
    bool has_rows, has_ms;
    int64_t rows;
    double ms;
    const char *more; /* an object, whose members stand behind the fixed keys; NULL: none */
} report_event;

void report_emit(const report *r, bool is_result, const report_event *x);

#endif

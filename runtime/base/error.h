/*
 * error.h: how a floor tells the one above that it failed.
 *
 * Idea       A function that can fail returns a status, which is an exit code of the program (exits.def),
 *            and fills one error record. The first error wins; callers add context, they do not replace.
 * Usage      status s = driver_open(d, url, e);  if (s != STATUS_OK) return s;
 *            return error_set(e, STATUS_FAILED, "table %s is not there", name);
 */
#ifndef MIGEN_BASE_ERROR_H
#define MIGEN_BASE_ERROR_H

#include "arena.h"

#include <stdbool.h>

typedef enum status {
#define EXIT(name, code, meaning, again) STATUS_##name = (code),
#include "exits.def"
#undef EXIT
} status;

#define MUST_USE __attribute__((warn_unused_result))

typedef struct error {
    arena *memory;          /* what the texts live in; set by error_new */
    status code;            /* STATUS_OK while nothing failed */
    const char *message;    /* one line */
    const char *detail;     /* the server's, or ours; NULL where there is none */
    const char *hint;       /* how to mend it */
    const char *sqlstate;   /* five characters (PostgreSQL), or SQLite's name such as SQLITE_FULL */
    const char *statement;  /* the SQL that failed */
    const char *schema;     /* PG_DIAG_SCHEMA_NAME: tells a catalogue's 23505 from the user's */
    int position;           /* 1-based character in statement, 0 unknown */
    size_t statement_index; /* which statement of a driver_run failed */
} error;

error error_new(arena *memory);

/* Records the error unless one is there already, and returns its status. */
status error_set(error *e, status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void error_hint(error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_detail(error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the error, so that the record can be used again. */
void error_clear(error *e);

/* exits.def's words for a code; NULL for none of ours. */
const char *status_meaning(status code);
bool status_worth_trying_again(status code);

#endif

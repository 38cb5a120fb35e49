/*
 * diagnostic.h: what is wrong in a user's files, and how to mend it.
 *
 * Idea       All errors of a run are collected, sorted by file and place, and shown at its end: file:line:column,
 *            the source line, a caret under the span, a second place where one helps, a hint.
 * Output
 *   migrations/20261121_x.mig:3:12: error[unknown-table]: there is no table "usres"
 *      3 | add column usres.api_key varchar(255)
 *        |            ^^^^^
 *      = help: did you mean "users"?
 * Codes      are words-with-hyphens, stable, one line each in diagnostics.def (code, what it means, for `migen help CODE`).
 */
#ifndef MIGEN_SOURCE_DIAGNOSTIC_H
#define MIGEN_SOURCE_DIAGNOSTIC_H

#include "map.h"
#include "source.h"
#include "vector.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE } severity;

typedef struct diagnostic {
    severity severity;
    const char *code; /* of diagnostics.def */
    span place;       /* place.file NULL: the project as a whole */
    const char *message;
    span second_place; /* file NULL: none */
    const char *second_label;
    const char *hint;
} diagnostic;

typedef struct diagnostics {
    arena *memory;
    VECTOR(diagnostic) list;
    map places; /* of the list: "code place" → its index; " place" → that of an error */
    size_t error_count, warning_count;
} diagnostics;

diagnostics diagnostics_new(arena *a);

/* Adds one and gives it back, to hang a hint or a second place on it (valid until the next is added). The same code at the
 * same place is added once. */
diagnostic *report_error(diagnostics *d, const char *code, span place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
diagnostic *report_warning(diagnostics *d, const char *code, span place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diagnostic_hint(diagnostics *d, diagnostic *which, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnostic_second(diagnostic *which, span place, const char *label);

/* Shows all of them; at most 100 of one file, then "and N more". format: "text", "json", "sarif" or "github". */
void diagnostics_show(const diagnostics *d, FILE *out, const char *format, bool color);

/* Whether an error has been reported at just this place. */
bool diagnostics_has_error_at(const diagnostics *d, span place);

/* Errors of one file that are looked for; then reading it, and playing it, ends. */
#define MOST_ERRORS ((size_t)100)

bool diagnostic_code_known(const char *code);
const char *diagnostic_code_meaning(const char *code);

#endif

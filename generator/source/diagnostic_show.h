/*
 * diagnostic_show.h: the forms in which diagnostics are shown, of which diagnostics_show chooses one.
 *
 * Idea       A form gets the diagnostics sorted by file and place, and writes all of them.
 * Usage      private to this floor.
 */
#ifndef MIGEN_SOURCE_DIAGNOSTIC_SHOW_H
#define MIGEN_SOURCE_DIAGNOSTIC_SHOW_H

#include "diagnostic.h"

typedef struct sorted_diagnostics {
    arena *memory;
    const diagnostic *const *items;
    size_t count;
} sorted_diagnostics;

/* "error", "warning", "note". */
const char *severity_word(severity s);

void show_json(const sorted_diagnostics *d, FILE *out);   /* one object a line, always the same keys */
void show_sarif(const sorted_diagnostics *d, FILE *out);  /* SARIF 2.1.0 */
void show_github(const sorted_diagnostics *d, FILE *out); /* workflow commands */

#endif

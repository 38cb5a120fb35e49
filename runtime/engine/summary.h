/*
 * summary.h: a table's structure, for people.
 */
#ifndef MIGEN_ENGINE_SUMMARY_H
#define MIGEN_ENGINE_SUMMARY_H

#include "run.h"

/* Prints the table of run->live: as a result (stdout), or into the log. False when there is none. */
bool summary_print(migen *run, const char *object, bool as_result);

/* The same for a table of any model. */
void summary_table(migen *run, const schema_table *table, bool as_result);

#endif

/*
 * verify.h: whether the database has the schema that its history says it has.
 */
#ifndef MIGEN_ENGINE_VERIFY_H
#define MIGEN_ENGINE_VERIFY_H

#include "run.h"

/* Compares wanted with the live schema (run->live), asking the server how it prints what text does not
 * decide. */
status verify_differences(migen *run, const schema *wanted, bool unknown, difference_list *out) MUST_USE;

/* The same to look, not to decide: what the server cannot be asked (a standby, no right to temporary tables) is no difference. */
status verify_look(migen *run, const schema *wanted, bool unknown, difference_list *out) MUST_USE;

/* Says one difference, as a line of the result or of the log. */
void verify_say(migen *run, const difference *x, bool as_result);

/* Reads the catalogue and says how it differs from the schema of the versions for which counts(position) is true; what this
 * run has said already is only counted, unless as_result asks for all. What one of those versions had and the last has not is
 * a difference too. *count: of those that are no notes and not unknown. */
status verify_database(migen *run, bool (*counts)(const migen *run, size_t position), bool as_result,
                       size_t *count) MUST_USE;

#endif

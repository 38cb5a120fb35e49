/*
 * branch.h: what a branch that is not taken tells of the schema all the same.
 *
 * Idea       `if not table t { create table t … }` is passed over where t is there. From then on it is held for what the branch would
 *            have made: later steps work on it, and `verify` compares it, as where `create table t` by itself has found it. So
 *            is what the taken branch renames to a name under which the other one makes it. Of all else that a branch would have
 *            made nobody knows whether it is there, until a step works on it that needs it: that one was not carried out without.
 * Invariant  What the model has is left as it is. Nothing is assumed while `migen check` plays: branches are both played there.
 * Usage      if (flow_is_condition(step)) branch_choose(&f, s, holds);
 */
#ifndef MIGEN_SCHEMA_BRANCH_H
#define MIGEN_SCHEMA_BRANCH_H

#include "flow.h"
#include "schema.h"

/* flow_choose, on the condition that flow_next gave last; s is changed to what that says of it. */
void branch_choose(flow *f, schema *s, bool first);

/* What is asked for is there: where s has it not, it is what `rows` make of it. False: they do not make it. */
bool branch_assume(schema *s, flow rows, const migen_step *asked);

/* Plays the step of a branch that was not taken which makes what `step` lacks, the word of its violation. False: there is none. */
bool branch_supply(schema *s, const migen_step *step, const char *word);

#endif

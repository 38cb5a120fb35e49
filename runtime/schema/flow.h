/*
 * flow.h: walking a table of steps through its branches.
 *
 * Idea       if … else … end and on … end are rows among the others. A walk goes over the rows that are to be carried
 *            out, asking a callback for each condition.
 * Usage      for (flow f = flow_begin(steps, count, engine); (step = flow_next(&f)) != NULL;)
 *                if (flow_is_condition(step)) flow_choose(&f, holds); else …
 */
#ifndef MIGEN_SCHEMA_FLOW_H
#define MIGEN_SCHEMA_FLOW_H

#include "migen_step.h"

typedef struct flow {
    const migen_step *steps;
    size_t count;
    size_t at; /* the row that flow_next gave last, plus one */
    unsigned engine;
} flow;

flow flow_begin(const migen_step *steps, size_t count, migen_engine engine);

/* The next row to be carried out: no ELSE, END_IF, ON_ENGINE or END_ON rows. A condition row must be answered
 * with flow_choose before the next call. NULL at the end. */
const migen_step *flow_next(flow *f);
size_t flow_index(const flow *f); /* of the row that flow_next gave last */
void flow_choose(flow *f, bool first_branch);
bool flow_is_condition(const migen_step *step);

/* The rows of one branch of the condition that flow_next gave last, before it is chosen. */
flow flow_branch(const flow *f, bool first_branch);
void flow_pass(flow *f); /* leaves out a condition with both its branches */

/* Whether the row begins a block, or its other half, or ends it. */
bool flow_is_block(const migen_step *step);

/* Whether the row is a `run` or `call` that nothing asks the data for: no when, no unless, in no `if { SQL }`. */
bool flow_is_unguarded(const migen_step *steps, size_t row);

#endif

/*
 * flow.c: see flow.h.
 */
#include "flow.h"

static bool flow_opens(migen_operation operation)
{
    return operation == MIGEN_IF_EXISTS || operation == MIGEN_IF_SQL || operation == MIGEN_IF_TAKEN ||
           operation == MIGEN_ON_ENGINE;
}

static bool flow_closes(migen_operation operation)
{
    return operation == MIGEN_END_IF || operation == MIGEN_END_ON;
}

/* From inside a block that begins at `at`: the row behind its end, or behind its ELSE when that counts. */
static size_t flow_skip(const flow *f, size_t at, bool to_else)
{
    size_t depth = 0;
    for (; at < f->count; at++) {
        migen_operation operation = f->steps[at].operation;
        if (flow_opens(operation)) {
            depth++;
        } else if (depth == 0) {
            if (flow_closes(operation) || (to_else && operation == MIGEN_ELSE))
                return at + 1;
        } else if (flow_closes(operation)) {
            depth--;
        }
    }
    return f->count;
}

flow flow_begin(const migen_step *steps, size_t count, migen_engine engine)
{
    return (flow){.steps = steps, .count = count, .engine = (unsigned)engine};
}

const migen_step *flow_next(flow *f)
{
    while (f->at < f->count) {
        const migen_step *step = &f->steps[f->at++];
        switch (step->operation) {
        case MIGEN_ON_ENGINE:
            if ((step->engines & f->engine) == 0)
                f->at = flow_skip(f, f->at, false);
            break;
        case MIGEN_ELSE: /* the first branch was taken */
            f->at = flow_skip(f, f->at, false);
            break;
        case MIGEN_END_IF:
        case MIGEN_END_ON:
        case MIGEN_NOTHING:
            break;
        default:
            return step;
        }
    }
    return NULL;
}

size_t flow_index(const flow *f)
{
    return f->at - 1;
}

void flow_choose(flow *f, bool first_branch)
{
    if (!first_branch)
        f->at = flow_skip(f, f->at, true);
}

void flow_pass(flow *f)
{
    f->at = flow_skip(f, f->at, false);
}

flow flow_branch(const flow *f, bool first_branch)
{
    flow branch = *f;
    size_t otherwise = flow_skip(f, f->at, true), end = flow_skip(f, f->at, false);
    branch.at = first_branch ? f->at : otherwise;
    branch.count = (first_branch ? otherwise : end) - 1;
    if (branch.at > branch.count) /* there is no else */
        branch.at = branch.count;
    return branch;
}

bool flow_is_condition(const migen_step *step)
{
    return step->operation == MIGEN_IF_EXISTS || step->operation == MIGEN_IF_SQL ||
           step->operation == MIGEN_IF_TAKEN;
}

bool flow_is_block(const migen_step *step)
{
    return flow_opens(step->operation) || flow_closes(step->operation) || step->operation == MIGEN_ELSE;
}

bool flow_is_unguarded(const migen_step *steps, size_t row)
{
    const migen_step *step = &steps[row];
    if (step->operation != MIGEN_CALL &&
        (step->operation != MIGEN_RUN || step->when != NULL || step->unless != NULL))
        return false;
    size_t depth = 0;
    for (size_t i = row; i-- > 0;) {
        if (flow_closes(steps[i].operation))
            depth++;
        else if (flow_opens(steps[i].operation) && depth != 0)
            depth--;
        else if (steps[i].operation == MIGEN_IF_SQL)
            return false;
    }
    return true;
}

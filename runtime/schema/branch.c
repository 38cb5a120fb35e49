/*
 * branch.c: see branch.h.
 */
#include "branch.h"

#include "compare.h"
#include "operation.h"

#include "text.h"

/* What a rename leads to, as an `if` would ask for it; kind 0: it is none. */
static migen_step branch_renamed(arena *a, const migen_step *step)
{
    migen_step asked = {.operation = MIGEN_IF_EXISTS, .object = step->object, .part = step->new_name};
    switch (step->operation) {
    case MIGEN_RENAME_COLUMN:
        asked.kind = MIGEN_KIND_COLUMN;
        return asked;
    case MIGEN_RENAME_CONSTRAINT:
        asked.kind = MIGEN_KIND_CONSTRAINT;
        return asked;
    case MIGEN_RENAME_TABLE:
        asked.kind = MIGEN_KIND_TABLE;
        break;
    case MIGEN_RENAME_ENUM:
        asked.kind = MIGEN_KIND_ENUM;
        break;
    case MIGEN_RENAME_INDEX:
        asked.kind = MIGEN_KIND_INDEX;
        break;
    default:
        return asked;
    }
    object_name name = name_parse(a, step->object);
    name.name = step->new_name;
    asked.object = name_text(a, name);
    asked.part = NULL;
    return asked;
}

/* Steps that work on something and leave it out where it is not there prove nothing. */
static bool branch_needs(const migen_step *step)
{
    const char *words = operation_words(step->operation);
    return !text_starts_with(words, "drop") && !text_starts_with(words, "rename");
}

static const schema_passed *branch_pass(arena *a, const schema_passed *before, flow rows)
{
    for (const migen_step *step; (step = flow_next(&rows)) != NULL;) {
        if (flow_is_condition(step)) {
            flow_pass(&rows);
            continue;
        }
        if (!step_changes_schema(step) || !branch_needs(step))
            continue;
        schema_passed *passed = ARENA_NEW(a, schema_passed);
        *passed = (schema_passed){.step = step, .before = before};
        before = passed;
    }
    return before;
}

bool branch_supply(schema *s, const migen_step *step, const char *word)
{
    const schema_passed *all = s->passed;
    bool supplied = false;
    if (!branch_needs(step))
        return false;
    for (const schema_passed *passed = all; passed != NULL && !supplied; passed = passed->before) {
        violation v = {0};
        schema *trial = schema_copy(s->memory, s);
        trial->passed = passed->before;
        if (schema_apply(trial, passed->step, &v) != VIOLATION_NONE)
            continue;
        trial->passed = NULL;
        supplied = schema_apply(trial, step, &v) != VIOLATION_MISSING || v.word != word;
        s->passed = passed->before;
        if (supplied)
            (void)schema_apply(s, passed->step, &v);
    }
    s->passed = all;
    return supplied;
}

bool branch_assume(schema *s, flow rows, const migen_step *asked)
{
    const schema_passed *before = s->passed;
    bool found = false;
    if (asked->kind == 0 || schema_answers(s, asked))
        return false;
    s->passed = branch_pass(s->memory, before, rows);
    for (const migen_step *step; (step = flow_next(&rows)) != NULL;) {
        if (flow_is_condition(step)) {
            flow_pass(&rows);
            continue;
        }
        violation v = {0};
        schema *after = schema_copy(s->memory, s);
        if (!step_changes_schema(step) || schema_apply(after, step, &v) != VIOLATION_NONE ||
            !schema_answers(after, asked))
            continue;
        /* A table with what the same branch makes on it. */
        bool more = found && asked->kind == MIGEN_KIND_TABLE && text_equal(step->object, asked->object);
        if (!found || more)
            (void)schema_apply(s, step, &v);
        found = true;
    }
    s->passed = before;
    return found;
}

void branch_choose(flow *f, schema *s, bool first)
{
    const migen_step *asked = &f->steps[flow_index(f)];
    flow taken = flow_branch(f, first), other = flow_branch(f, !first);
    flow_choose(f, first);
    if (asked->operation == MIGEN_IF_TAKEN)
        return;
    s->passed = branch_pass(s->memory, s->passed, other);
    if (asked->operation == MIGEN_IF_EXISTS && first != asked->negated)
        (void)branch_assume(s, other, asked);
    for (const migen_step *step; (step = flow_next(&taken)) != NULL;) {
        if (flow_is_condition(step)) {
            flow_pass(&taken);
            continue;
        }
        migen_step renamed = branch_renamed(s->memory, step), from = renamed;
        from.object = step->object;
        from.part = step->part;
        if (renamed.kind != 0 && !schema_answers(s, &from))
            (void)branch_assume(s, other, &renamed);
    }
}

#include "pasts.h"

#include "branch.h"
#include "text.h"
#include "version.h"

/* Pasts that are followed on, and those that one migration may make of them. */
#define PASTS_KEPT ((size_t)8)
#define PASTS_MADE ((size_t)32)

/* A past, on its way through a migration. */
typedef struct past_walk {
    past past;
    flow flow;
} past_walk;

typedef VECTOR(past_walk) walk_list;

past_list pasts_begin(migen *run)
{
    past_list pasts = {0};
    past first = {.schema = schema_new(run->memory, run->engine)};
    vector_push(run->memory, &pasts, first);
    return pasts;
}

/* Nothing can have made the answer another one than the schema gives. */
static bool past_is_certain(const migen *run, const past *p, const migen_step *step)
{
    if (step->operation != MIGEN_IF_EXISTS)
        return false;
    bool never = ENGINE_IS_SQLITE(run->engine) &&
                 (step->kind == MIGEN_KIND_SCHEMA || step->kind == MIGEN_KIND_EXTENSION ||
                  step->kind == MIGEN_KIND_SEQUENCE || step->kind == MIGEN_KIND_FUNCTION ||
                  step->kind == MIGEN_KIND_MATERIALIZED_VIEW);
    return never || schema_answers(p->schema, step);
}

/* In how many places the database differs from what the rest of the migration makes of this past. */
static size_t past_distance(migen *run, const past_walk *walk, bool first)
{
    schema *s = schema_copy(run->memory, walk->past.schema);
    flow f = walk->flow;
    branch_choose(&f, s, first);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        violation v = {0};
        if (flow_is_condition(step))
            branch_choose(&f, s, universe_branch(s, step, run->live));
        else
            (void)schema_apply(s, step, &v);
    }
    difference_list differences = {0};
    comparison c = {.memory = run->memory, .engine = run->engine, .memo = &run->memo, .out = &differences};
    compare_schemas(&c, s, run->live, true);
    run->memo.questions.count = 0;
    size_t count = 0;
    for (size_t i = 0; i < differences.count; i++)
        count += differences.items[i].note ? 0 : 1;
    return count;
}

/* Whether what an `if` has found there may as well be what its other branch has made: then that was taken, and its way down takes
 * it back. */
static bool past_may_be_made(migen *run, const past_walk *walk, const migen_step *step, bool first)
{
    return step->operation == MIGEN_IF_EXISTS && first != step->negated &&
           branch_assume(schema_copy(run->memory, walk->past.schema), flow_branch(&walk->flow, !first), step);
}

/* On a schema of its own: the walk's, or a copy. */
static past_walk past_choose(migen *run, const past_walk *walk, schema *s, size_t position, unsigned branch,
                             bool first)
{
    past_walk chosen = *walk;
    past_choice *choice = ARENA_NEW(run->memory, past_choice);
    *choice = (past_choice){
        .before = walk->past.choices, .position = position, .taken = {.branch = branch, .first = first}};
    chosen.past.choices = choice;
    chosen.past.schema = s;
    branch_choose(&chosen.flow, s, first);
    return chosen;
}

/* Walks on to the end of the migration, along the likelier branches; the others begin in *others. */
static void past_go_on(migen *run, past_walk *walk, size_t position, walk_list *others, universe *u)
{
    for (const migen_step *step; (step = flow_next(&walk->flow)) != NULL;) {
        schema *s = walk->past.schema;
        violation v = {0};
        if (!flow_is_condition(step)) {
            (void)schema_apply(s, step, &v);
            if (u != NULL)
                universe_add_step(run, u, s, step);
            continue;
        }
        bool first = universe_branch(s, step, run->live);
        if (!past_is_certain(run, &walk->past, step)) {
            size_t far = past_distance(run, walk, first), otherwise = past_distance(run, walk, !first);
            if (otherwise < far || (otherwise == far && past_may_be_made(run, walk, step, first)))
                first = !first;
            past_walk other =
                past_choose(run, walk, schema_copy(run->memory, s), position, step->branch, !first);
            if (others->count < PASTS_MADE)
                vector_push(run->memory, others, other);
        }
        *walk = past_choose(run, walk, s, position, step->branch, first);
    }
}

/* Of those that have led to one schema the first. */
static void pasts_keep(migen *run, const walk_list *walks, past_list *pasts)
{
    static char there[] = "1";
    map seen = map_new(run->memory);
    pasts->count = 0;
    for (size_t i = 0; i < walks->count && pasts->count < PASTS_KEPT; i++) {
        const char *fingerprint = schema_fingerprint(run->memory, walks->items[i].past.schema);
        if (map_has(&seen, fingerprint))
            continue;
        map_set(&seen, fingerprint, there);
        vector_push(run->memory, pasts, walks->items[i].past);
    }
}

void pasts_play(migen *run, past_list *pasts, size_t position, universe *u)
{
    const migen_migration *m = run->release->migrations[position];
    walk_list walks = {0};
    for (size_t i = 0; i < pasts->count; i++) {
        past_walk walk = {.past = pasts->items[i], .flow = flow_begin(m->up, m->up_count, run->engine)};
        vector_push(run->memory, &walks, walk);
    }
    for (size_t i = 0; i < walks.count;
         i++) { /* it grows: what deviates from a likelier one comes behind all of those */
        past_walk walk = walks.items[i];
        past_go_on(run, &walk, position, &walks, u);
        walks.items[i] = walk;
    }
    if (walks.count > pasts->count)
        pasts_keep(run, &walks, pasts);
    else
        for (size_t i = 0; i < walks.count; i++)
            pasts->items[i] = walks.items[i].past;
}

char *past_branches(migen *run, const past *p, size_t position)
{
    branch_list branches = {0};
    for (const past_choice *choice = p->choices; choice != NULL; choice = choice->before)
        if (choice->position == position)
            vector_insert(run->memory, &branches, 0, choice->taken);
    return branches_text(run->memory, &branches);
}

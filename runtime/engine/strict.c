#include "strict.h"

#include "unknown.h"
#include "version.h"

typedef struct strict_walk {
    migen *run;
    unknown unknown;
    const migen_migration *migration; /* that is walked */
    size_t branch_end; /* the row that ends the outermost branch of which nobody knows whether it is taken */
    size_t questions;  /* of the memo, before the step */
    bool is_uncertain; /* a step may differ, and only the run itself will know */
    bool is_refused;
    size_t position, row; /* of the refused step */
    error error;
} strict_walk;

/* A branch that may be taken or not: what its steps, and those of its other branch, may change. */
static void strict_branch(strict_walk *w, size_t row)
{
    const migen_migration *m = w->migration;
    size_t depth = 0;
    for (size_t i = row; i < m->up_count; i++) {
        const migen_step *step = &m->up[i];
        w->branch_end = i;
        if (flow_is_condition(step))
            depth++;
        else if (step->operation == MIGEN_END_IF)
            depth--;
        if (depth == 0)
            return;
        unknown_step(&w->unknown, step);
        w->is_uncertain = w->is_uncertain || step_changes_schema(step);
    }
}

static bool strict_is_unknown(strict_walk *w, const migen_step *step)
{
    migen *run = w->run;
    safe_context c = run_safe_context(run);
    const char *object = step->table != NULL ? step->table->name : step->object;
    w->unknown.live = run->live;
    return unknown_is(&w->unknown, step, safe_object_now(&c, MIGEN_KIND_TABLE, object), run->expected);
}

static void strict_step(strict_walk *w, const rehearsal_step *shown)
{
    const migen_step *step = shown->step;
    migen *run = w->run;
    if (run_withholds(run))
        return;
    if (step->operation == MIGEN_RUN || step->operation == MIGEN_CALL) {
        w->unknown.live = run->live;
        unknown_step(&w->unknown, step);
    } else if (strict_is_unknown(w, step)) {
        w->is_uncertain = w->is_uncertain || step_changes_schema(step);
        unknown_step(&w->unknown, step);
    } else if (shown->error != NULL && shown->error->code == STATUS_DRIFT) {
        w->is_refused = true;
        w->position = run->position;
        w->row = run->row;
        w->error = *shown->error;
    } else if (shown->error != NULL || shown->decision->stale || run->memo.questions.count != w->questions) {
        w->is_uncertain = true;
        unknown_step(&w->unknown, step);
    }
}

static void strict_visit(void *owner, const rehearsal_step *shown)
{
    strict_walk *w = owner;
    migen *run = w->run;
    if (w->is_refused)
        return;
    if (w->migration != shown->migration) {
        w->migration = shown->migration;
        w->branch_end = 0;
    }
    if (run->row >= w->branch_end) {
        if (!flow_is_condition(shown->step))
            strict_step(w, shown);
        else if (shown->condition_unknown || strict_is_unknown(w, shown->step))
            strict_branch(w, run->row);
    }
    w->questions = run->memo.questions.count;
}

status strict_look(migen *run, const position_list *pending)
{
    run->is_held = false;
    if (!run->options->strict || (ENGINE_IS_SQLITE(run->engine) && run_is_one_transaction(run)))
        return STATUS_OK;
    strict_walk w = {.run = run, .unknown = unknown_new(run->memory), .questions = run->memo.questions.count};
    rehearse_walk(run, pending, strict_visit, &w);
    if (!w.is_refused) {
        run->is_held = w.is_uncertain;
        return STATUS_OK;
    }
    run->position = w.position;
    run->migration = run->release->migrations[w.position];
    run->row = w.row;
    run->durable = "it was looked at before the first step: nothing was changed";
    run->error = w.error;
    return run->error.code;
}

/* plan: what `up` would do on this database, decided by the same code, with nothing changed. */
#include "cli.h"

#include "adopt.h"
#include "postgres_waits.h"
#include "text.h"
#include "version.h"
#include "ways.h"

typedef struct plan_printer {
    invocation *invocation;
    migen *run;
    const char **ahead; /* transactions that a concurrent index would wait for; NULL: not asked yet */
    const migen_migration *migration;
    size_t created, skipped, differs, failed;
} plan_printer;

/* Whether something of the migration follows that needs it committed (carry_decision). */
static bool plan_commits(const rehearsal_step *step, size_t k)
{
    const sql_list *list = &step->decision->statements;
    if (!list->items[k].own_transaction || k + 1 < list->count)
        return list->items[k].own_transaction;
    const migen_migration *m = step->migration;
    for (size_t i = 0, here = m->up_count; i < m->up_count; i++) {
        here = &m->up[i] == step->step ? i : here;
        if (i > here && m->up[i].operation != MIGEN_ADD_ENUM_VALUE &&
            m->up[i].operation != MIGEN_ADD_MULTIPLE_ENUM_VALUES)
            return true;
    }
    return false;
}

static void plan_statement(plan_printer *p, const rehearsal_step *step, size_t k)
{
    const sql_list *list = &step->decision->statements;
    const sql_statement *statement = &list->items[k];
    const bool begins_rebuild =
        statement->rebuild != NULL && (k == 0 || list->items[k - 1].rebuild != statement->rebuild);
    const bool commits = ENGINE_IS_POSTGRES(p->invocation->target.engine) && plan_commits(step, k);
    invocation *i = p->invocation;
    builder b = builder_new(i->memory);
    const char *locks = lock_text(i->memory, statement);
    if (*locks != '\0')
        builder_add_format(&b, "  -- lock: %s", locks);
    if (begins_rebuild)
        builder_add(&b, "  -- from here on: the table is rebuilt, with its rows");
    if (commits)
        builder_add(&b, "  -- then COMMIT");
    if (statement->outside)
        builder_add(&b, "  -- outside a transaction");
    if (statement->batches != NULL && ENGINE_IS_POSTGRES(i->target.engine))
        builder_add(&b, "  -- in batches, each a transaction of its own");
    const char *at = statement->text;
    bool first = true;
    while (*at != '\0') {
        size_t length = strcspn(at, "\n");
        report_print(&i->report, "             %s%.*s%s%s", first ? "" : "  ", (int)length, at,
                     at[length] == '\0' ? ";" : "", at[length] == '\0' ? b.bytes : "");
        first = false;
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    if (ENGINE_IS_POSTGRES(i->target.engine) && statement->outside && p->ahead == NULL)
        p->ahead = postgres_waits_ahead(p->run);
    for (size_t k = 0; statement->outside && p->ahead != NULL && p->ahead[k] != NULL; k++)
        report_print(&i->report, "             -- would wait now for %s", p->ahead[k]);
}

static const char *plan_word(outcome o)
{
    switch (o) {
    case OUTCOME_CREATED:
        return "create";
    case OUTCOME_DROPPED:
        return "drop";
    case OUTCOME_ALTERED:
        return "alter";
    case OUTCOME_RENAMED:
        return "rename";
    case OUTCOME_REPLACED:
        return "replace";
    case OUTCOME_SKIPPED:
        return "skip";
    case OUTCOME_RAN:
        return "run";
    case OUTCOME_SEEDED:
        return "seed";
    case OUTCOME_SAID:
        return "say";
    default:
        return outcome_word(o);
    }
}

static void plan_visit(void *owner, const rehearsal_step *step)
{
    plan_printer *p = owner;
    report *r = &p->invocation->report;
    if (flow_is_condition(step->step))
        return;
    if (p->migration != step->migration) {
        p->migration = step->migration;
        report_print(r, "%s  %s", step->migration->id, step->migration->title);
    }
    if (step->error != NULL) {
        p->failed++;
        report_print(r, "  %-9s %s:%u: %s", "fails", step->migration->file, step->line, step->error->message);
        return;
    }
    for (size_t k = 0; k < step->decision->lines.count; k++) {
        const decision_line *line = &step->decision->lines.items[k];
        p->created += line->outcome == OUTCOME_CREATED ? 1 : 0;
        p->skipped += line->outcome == OUTCOME_SKIPPED ? 1 : 0;
        p->differs += line->outcome == OUTCOME_DIFFERS ? 1 : 0;
        const char *more = line->wanted != NULL ? arena_format(p->invocation->memory, ": wanted %s, found %s",
                                                               line->wanted, line->found)
                           : line->detail != NULL ? arena_format(p->invocation->memory, ", %s", line->detail)
                                                  : "";
        report_print(r, "  %-9s %s%s%s", plan_word(line->outcome), line->object, more,
                     step->condition_unknown ? ", if its condition holds when it is its turn" : "");
    }
    for (size_t k = 0; k < step->decision->statements.count; k++)
        plan_statement(p, step, k);
}

/* Reads all that a run would, and takes an unknown database for the version that it proves to be at. */
static status plan_prepare(migen *run, size_t *adopted)
{
    run->expected =
        version_schema(run, run->history.applied.count == 0 ? version_all : version_applied, NULL);
    status s = run_read_live(run);
    if (s != STATUS_OK)
        return s;
    rehearse_prepare(run);
    adoption found = {0};
    if (history_is_empty(&run->history))
        s = adopt_find(run, &found);
    *adopted = found.count;
    for (size_t k = 0; s == STATUS_OK && k < found.count; k++)
        (void)adopt_note(run, &found, k);
    run->expected = version_schema(run, version_applied, run->live);
    return s;
}

status command_plan(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    position_list positions = {0};
    size_t adopted = 0;
    run->going_down = run->takes_newer = text_equal(i->command, "down");
    if (run->going_down)
        s = ways_know(run);
    if (s == STATUS_OK)
        s = plan_prepare(run, &adopted);
    if (s == STATUS_OK)
        s = run->going_down ? engine_select_down(run, i->argument, &positions)
                            : engine_select_up(run, i->argument, &positions);
    if (s == STATUS_OK) {
        engine_header(run, run->going_down ? NULL : i->argument, positions.count);
        for (size_t k = 0; k < adopted; k++)
            report_print(&i->report, "%s  adopt: the database has this version's schema",
                         i->release->migrations[k]->id);
        s = engine_check_history(run);
    }
    if (s == STATUS_OK)
        s = rehearse(run, &positions);
    plan_printer printer = {.invocation = i, .run = run};
    if (s == STATUS_OK) {
        rehearse_walk(run, &positions, plan_visit, &printer);
        report_print(&i->report,
                     "plan: ok pending=%zu create=%zu skip=%zu differs=%zu fails=%zu; nothing was changed",
                     positions.count, printer.created, printer.skipped, printer.differs, printer.failed);
        if (printer.failed != 0)
            s = STATUS_FAILED;
        else if (printer.differs != 0 && i->options.strict)
            s = STATUS_DRIFT;
    }
    if (run->error.code != STATUS_OK)
        engine_report_failure(run);
    engine_free(run);
    return s;
}

/* plan: what `up` would do on this database, decided by the same code, with nothing changed. */
#include "cli.h"

#include "adopt.h"
#include "json.h"
#include "postgres_waits.h"
#include "rows_about.h"
#include "text.h"
#include "version.h"
#include "ways.h"

#include <inttypes.h>

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

/* What is worth knowing of a statement beside its text. */
typedef struct plan_facts {
    const char *locks; /* "": none */
    bool rebuilds, commits, outside, batches;
    int64_t rows;             /* of the table that it works on as a whole; -1: not known, or it does not */
    const char *const *ahead; /* what it would wait for now; NULL: nothing */
} plan_facts;

/* Whether a rebuild begins with the statement. */
static bool plan_rebuilds(const sql_list *list, size_t k)
{
    return list->items[k].rebuild != NULL && (k == 0 || list->items[k - 1].rebuild != list->items[k].rebuild);
}

/* About how many rows a statement has before it that reads, rewrites or fills a whole table. */
static int64_t plan_rows(plan_printer *p, const rehearsal_step *step, size_t k)
{
    const sql_list *list = &step->decision->statements;
    const sql_statement *statement = &list->items[k];
    bool rebuilds = plan_rebuilds(list, k);
    bool fills = step->step->operation == MIGEN_BACKFILL;
    if (!rebuilds && !fills && !statement->rewrites && !statement->scans && statement->batches == NULL)
        return -1;
    const char *object = statement->lock_object != NULL ? statement->lock_object : step->step->object;
    return run_rows_about(p->run, object);
}

static char *plan_rows_text(arena *a, int64_t rows)
{
    if (rows == ROWS_ABOUT_MOST + 1)
        return arena_format(a, "over %d rows", ROWS_ABOUT_MOST);
    return arena_format(a, "about %" PRId64 " row%s", rows, rows == 1 ? "" : "s");
}

static plan_facts plan_look(plan_printer *p, const rehearsal_step *step, size_t k)
{
    const sql_list *list = &step->decision->statements;
    const sql_statement *statement = &list->items[k];
    const migen_engine engine = p->invocation->target.engine;
    if (ENGINE_IS_POSTGRES(engine) && statement->outside && p->ahead == NULL)
        p->ahead = postgres_waits_ahead(p->run);
    return (plan_facts){
        .locks = lock_text(p->invocation->memory, statement),
        .rebuilds = plan_rebuilds(list, k),
        .commits = ENGINE_IS_POSTGRES(engine) && plan_commits(step, k),
        .outside = statement->outside,
        .batches = ENGINE_IS_POSTGRES(engine) && statement->batches != NULL,
        .rows = plan_rows(p, step, k),
        .ahead = statement->outside ? p->ahead : NULL,
    };
}

static void plan_statement(plan_printer *p, const rehearsal_step *step, size_t k)
{
    const sql_statement *statement = &step->decision->statements.items[k];
    const plan_facts facts = plan_look(p, step, k);
    invocation *i = p->invocation;
    builder b = builder_new(i->memory);
    if (*facts.locks != '\0')
        builder_add_format(&b, "  -- lock: %s", facts.locks);
    if (facts.rebuilds)
        builder_add(&b, "  -- from here on: the table is rebuilt, with its rows");
    if (facts.commits)
        builder_add(&b, "  -- then COMMIT");
    if (facts.outside)
        builder_add(&b, "  -- outside a transaction");
    if (facts.batches)
        builder_add(&b, "  -- in batches, each a transaction of its own");
    if (facts.rows >= 0)
        builder_add_format(&b, "  -- %s", plan_rows_text(i->memory, facts.rows));
    const char *at = statement->text;
    bool first = true;
    while (*at != '\0') {
        size_t length = strcspn(at, "\n");
        report_print(&i->report, "             %s%.*s%s%s", first ? "" : "  ", (int)length, at,
                     at[length] == '\0' ? ";" : "", at[length] == '\0' ? b.bytes : "");
        first = false;
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    for (size_t n = 0; facts.ahead != NULL && facts.ahead[n] != NULL; n++)
        report_print(&i->report, "             -- would wait now for %s", facts.ahead[n]);
}

/* {"conditional": …, "statements": [{"sql": …, "lock": …}, …]}: those of the step, with its first line. */
static char *plan_more(plan_printer *p, const rehearsal_step *step, bool is_first)
{
    builder b = builder_new(p->invocation->memory);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_bool_member(&w, "conditional", step->condition_unknown);
    json_key(&w, "statements");
    json_array_begin(&w);
    for (size_t k = 0; is_first && k < step->decision->statements.count; k++) {
        const plan_facts facts = plan_look(p, step, k);
        const struct {
            const char *key;
            bool value;
        } flags[] = {{"rebuild", facts.rebuilds},
                     {"commit", facts.commits},
                     {"outside", facts.outside},
                     {"batches", facts.batches}};
        json_object_begin(&w);
        json_string_member(&w, "sql", step->decision->statements.items[k].text);
        json_string_member(&w, "lock", *facts.locks == '\0' ? NULL : facts.locks);
        for (size_t n = 0; n < sizeof flags / sizeof *flags; n++) {
            json_bool_member(&w, flags[n].key, flags[n].value);
        }
        if (facts.rows >= 0)
            json_integer_member(&w, "rows", facts.rows);
        else
            json_null_member(&w, "rows");
        json_key(&w, "waits_for");
        json_array_begin(&w);
        for (size_t n = 0; facts.ahead != NULL && facts.ahead[n] != NULL; n++)
            json_string(&w, facts.ahead[n]);
        json_array_end(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    return b.bytes;
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

static void plan_failure(plan_printer *p, const rehearsal_step *step)
{
    report *r = &p->invocation->report;
    p->failed++;
    const char *text = arena_format(p->invocation->memory, "%s:%u: %s", step->migration->file, step->line,
                                    step->error->message);
    if (r->json)
        report_emit(r, true,
                    &(report_event){.level = "error",
                                    .event = "plan",
                                    .migration = step->migration->id,
                                    .operation = operation_words(step->step->operation),
                                    .object = step_subject(p->invocation->memory, step->step),
                                    .outcome = "fails",
                                    .message = text,
                                    .hint = step->error->hint});
    else
        report_print(r, "  %-9s %s", "fails", text);
}

static void plan_line(plan_printer *p, const rehearsal_step *step, const decision_line *line, bool is_first)
{
    arena *a = p->invocation->memory;
    report *r = &p->invocation->report;
    p->created += line->outcome == OUTCOME_CREATED ? 1 : 0;
    p->skipped += line->outcome == OUTCOME_SKIPPED ? 1 : 0;
    p->differs += line->outcome == OUTCOME_DIFFERS ? 1 : 0;
    const char *more = line->wanted != NULL
                           ? arena_format(a, "wanted %s, found %s", line->wanted, line->found)
                           : line->detail;
    if (r->json)
        report_emit(r, true,
                    &(report_event){.level = line->outcome == OUTCOME_DIFFERS ? "warning" : "info",
                                    .event = "plan",
                                    .migration = step->migration->id,
                                    .operation = operation_words(step->step->operation),
                                    .object = line->object,
                                    .outcome = plan_word(line->outcome),
                                    .message = more,
                                    .more = plan_more(p, step, is_first)});
    else
        report_print(r, "  %-9s %s%s%s%s", plan_word(line->outcome), line->object,
                     more == NULL           ? ""
                     : line->wanted != NULL ? ": "
                                            : ", ",
                     more == NULL ? "" : more,
                     step->condition_unknown ? ", if its condition holds when it is its turn" : "");
}

static void plan_visit(void *owner, const rehearsal_step *step)
{
    plan_printer *p = owner;
    report *r = &p->invocation->report;
    if (flow_is_condition(step->step))
        return;
    if (p->migration != step->migration) {
        p->migration = step->migration;
        if (r->json)
            report_emit(r, true,
                        &(report_event){.level = "info",
                                        .event = "migration",
                                        .migration = step->migration->id,
                                        .message = step->migration->title});
        else
            report_print(r, "%s  %s", step->migration->id, step->migration->title);
    }
    if (step->error != NULL) {
        plan_failure(p, step);
        return;
    }
    for (size_t k = 0; k < step->decision->lines.count; k++)
        plan_line(p, step, &step->decision->lines.items[k], k == 0);
    for (size_t k = 0; !r->json && k < step->decision->statements.count; k++)
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

static void plan_adoption(invocation *i, const migen_migration *m)
{
    static const char words[] = "the database has this version's schema";
    if (i->options.json)
        report_emit(&i->report, true,
                    &(report_event){.level = "info",
                                    .event = "plan",
                                    .migration = m->id,
                                    .operation = "adopt",
                                    .outcome = "adopt",
                                    .message = words});
    else
        report_print(&i->report, "%s  adopt: %s", m->id, words);
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
            plan_adoption(i, i->release->migrations[k]);
        s = engine_check_history(run);
    }
    if (s == STATUS_OK)
        s = rehearse(run, &positions);
    plan_printer printer = {.invocation = i, .run = run};
    if (s == STATUS_OK) {
        rehearse_walk(run, &positions, plan_visit, &printer);
        report_end(&i->report, "plan", "ok",
                   "%s=%zu create=%zu skip=%zu differs=%zu fails=%zu; nothing was changed",
                   run->going_down ? "revert" : "pending", positions.count, printer.created, printer.skipped,
                   printer.differs, printer.failed);
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

/* adopt: the version that a database without history proves to be at is recorded, or the nearest is shown. */
#include "adopt.h"
#include "engine.h"
#include "verify.h"
#include "version.h"

#include "text.h"

void engine_make_history(migen *run)
{
    driver_statement statements[HISTORY_UPGRADES];
    size_t count = 0;
    if (!run->history.exists)
        count = history_create_statements(run->memory, run->engine, run->history.table, statements);
    else if (run->history.wants_locks)
        for (; count < HISTORY_UPGRADES; count++)
            statements[count] =
                history_upgrade_statement(run->memory, run->engine, run->history.table, count);
    if (count == 0)
        return;
    batch_begin(run);
    for (size_t i = 0; i < count; i++)
        vector_push(run->memory, &run->batch,
                    ((batch_item){.statement = statements[i], .row = NO_STATEMENT, .of_history = true}));
    run->history.exists = run->history.has_locks = true;
    run->history.wants_locks = false;
}

/* No version is proven: which is nearest, and what stands in the way. */
static status adopt_show_nearest(migen *run)
{
    size_t nearest = 0;
    difference_list differences = {0};
    status s = adopt_nearest(run, &nearest, &differences);
    if (s != STATUS_OK)
        return s;
    const char *id = nearest == 0 ? "base" : run->release->migrations[nearest - 1]->id;
    report_print(run->report, "the nearest version is %s; what differs from it:", id);
    for (size_t i = 0; i < differences.count; i++)
        verify_say(run, &differences.items[i], true);
    s = error_set(&run->error, STATUS_DRIFT, "the schema is that of no version of this release");
    error_hint(&run->error,
               "mend what differs and adopt again; `up` would run all migrations and skip what is there; "
               "`stamp` records a version without proof");
    return s;
}

static status adopt_under_lock(migen *run)
{
    adoption adopted = {0};
    if (!history_is_empty(&run->history)) {
        report_message(run->report, "info", "nothing to do: this database has a history already");
        return STATUS_OK;
    }
    status s = adopt_find(run, &adopted);
    if (s != STATUS_OK)
        return s;
    if (!adopted.proven)
        return adopt_show_nearest(run);
    if (adopted.count == 0) {
        report_message(run->report, "info",
                       "nothing to adopt: nothing of this release is there; `up` makes it");
        return STATUS_OK;
    }
    engine_make_history(run);
    run->last = true;
    adopt_record(run, &adopted);
    batch_commit(run);
    s = batch_flush(run, false, NULL);
    if (s == STATUS_OK)
        report_print(run->report, "adopted at %s", run->release->migrations[adopted.count - 1]->id);
    return s;
}

status engine_adopt(migen *run, const char *target)
{
    (void)target; /* the schema decides */
    run->needs_database = true;
    status s = run_connect(run);
    if (s == STATUS_OK)
        engine_header(run, NULL, 0);
    if (s == STATUS_OK)
        s = run_lock(run);
    if (s == STATUS_OK)
        s = adopt_under_lock(run);
    error first = run->error;
    run_rollback(run);
    run->error = first;
    if (s != STATUS_OK)
        engine_report_failure(run);
    report_result(run->report, "adopt", s);
    return s;
}

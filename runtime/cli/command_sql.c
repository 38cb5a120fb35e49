/* sql: the script; with --engine and no URL, of the whole release, without a connection. */
#include "cli.h"

#include "script.h"
#include "text.h"
#include "version.h"

#include <stdio.h>

static status sql_print(invocation *i, migen_engine engine, object_name history, const bool *applied,
                        const bool *left_out)
{
    char *text = NULL;
    status s = script_write(i->memory, i->release, engine, history, &i->options, applied, left_out, &text,
                            &i->error);
    if (s != STATUS_OK)
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
    else if (i->options.json)
        report_emit(&i->report, true,
                    &(report_event){.level = "info", .event = "script", .operation = "sql", .message = text});
    else
        fputs(text, stdout);
    return s;
}

/* What the script is not for: what is applied, and what TARGET does not need. */
static status sql_leave_out(invocation *i, migen *run, bool *applied, bool *left_out)
{
    position_list positions = {0};
    for (size_t k = 0; k < i->release->migration_count; k++)
        applied[k] = run != NULL && version_applied(run, k);
    status s =
        select_up(i->memory, i->release, i->argument, &(selected){.applied = applied}, &positions, &i->error);
    if (s != STATUS_OK) {
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    for (size_t k = 0; k < i->release->migration_count; k++)
        left_out[k] = true;
    for (size_t k = 0; k < positions.count; k++)
        left_out[positions.items[k]] = false;
    return STATUS_OK;
}

/* How far a run was with a migration, no script knows. */
static status sql_check_begun(invocation *i, const migen *run, const bool *left_out)
{
    for (size_t k = 0; k < i->release->migration_count; k++) {
        if (left_out[k] || !version_is_begun(run, k))
            continue;
        status s =
            error_set(&i->error, STATUS_FAILED, "%s was begun and not finished: no script can go on with it",
                      i->release->migrations[k]->id);
        error_hint(&i->error, "finish it with `up`, or take it back with `down`, then ask again");
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    return STATUS_OK;
}

status command_sql(invocation *i)
{
    bool *left_out = ARENA_NEW_ARRAY(i->memory, bool, i->release->migration_count + 1);
    bool *applied = ARENA_NEW_ARRAY(i->memory, bool, i->release->migration_count + 1);
    object_name history = history_table_name(i->memory, i->options.schema, i->options.history_table);
    status s = STATUS_OK;
    if (i->options.engine != NULL) {
        migen_engine engine = text_equal(i->options.engine, "sqlite") ? MIGEN_SQLITE : MIGEN_POSTGRES;
        if ((i->release->engines & engine) == 0) {
            s = error_set(&i->error, STATUS_USAGE, "this release was not made for %s", i->options.engine);
            report_failure(&i->report, &i->error, NULL, NULL, NULL);
            return s;
        }
        s = sql_leave_out(i, NULL, applied, left_out);
        return s == STATUS_OK ? sql_print(i, engine, history, applied, left_out) : s;
    }
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    s = sql_leave_out(i, run, applied, left_out);
    if (s == STATUS_OK)
        s = sql_check_begun(i, run, left_out);
    if (s == STATUS_OK)
        s = sql_print(i, run->engine, run->history.table, applied, left_out);
    engine_free(run);
    return s;
}

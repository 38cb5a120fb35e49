/* sql: the script; with --engine and no URL, of the whole release, without a connection. */
#include "cli.h"

#include "script.h"
#include "text.h"
#include "version.h"

#include <stdio.h>

static status sql_print(invocation *i, migen_engine engine, object_name history, const bool *applied)
{
    char *text = NULL;
    status s = script_write(i->memory, i->release, engine, history, applied, &text, &i->error);
    if (s != STATUS_OK)
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
    else
        fputs(text, stdout);
    return s;
}

/* Which migrations a TARGET leaves out: those that are applied, and those that it does not need. */
static status sql_leave_out(invocation *i, migen *run, bool *applied)
{
    size_t wanted = NOT_FOUND;
    if (i->argument != NULL) {
        wanted = version_find(i->release, i->argument, &i->error);
        if (wanted == NOT_FOUND) {
            report_failure(&i->report, &i->error, NULL, NULL, NULL);
            return i->error.code;
        }
    }
    for (size_t k = 0; k < i->release->migration_count; k++)
        applied[k] = (run != NULL && version_applied(run, k)) ||
                     (wanted != NOT_FOUND && !version_is_ancestor(i->release, k, wanted));
    return STATUS_OK;
}

status command_sql(invocation *i)
{
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
        s = sql_leave_out(i, NULL, applied);
        return s == STATUS_OK ? sql_print(i, engine, history, applied) : s;
    }
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    s = sql_leave_out(i, run, applied);
    if (s == STATUS_OK)
        s = sql_print(i, run->engine, run->history.table, applied);
    engine_free(run);
    return s;
}

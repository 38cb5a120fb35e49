/* SQLite: a session's history. A statement on a table that is not there would be an error of its own, so it is looked for. */
#include "session.h"

status sqlite_read_history(migen *run)
{
    driver_statement there = {
        .sql = "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower(?1)",
        .parameters = (const char *const[]){run->history.table.name},
        .parameter_count = 1};
    driver_result result;
    status s = driver_run(run->driver, &there, 1, run->memory, &result, &run->error);
    if (s != STATUS_OK || result.row_count == 0)
        return s;
    driver_statement read = history_read_statement(run->memory, run->engine, run->history.table);
    s = driver_run(run->driver, &read, 1, run->memory, &result, &run->error);
    if (s == STATUS_OK)
        history_load(run->memory, &run->history, &result);
    else
        s = history_explain_failure(&run->error, run->history.table, "history");
    return s;
}

status sqlite_begin_session(migen *run)
{
    return sqlite_read_history(run);
}

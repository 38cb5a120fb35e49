/* PostgreSQL: what a statement outside of a transaction leaves when it fails. */
#include "run.h"

#include "sql_writer.h"
#include "text.h"

static bool leftover_run(migen *run, const driver_statement *statement, driver_result *result)
{
    error ignored = error_new(run->memory);
    return driver_run(run->driver, statement, 1, run->memory, result, &ignored) == STATUS_OK;
}

/* Whether the failed statement has made it: there, INVALID, and nobody is still building it. */
static bool leftover_is_there(migen *run, const char *index)
{
    sql_writer name = sql_new(run->memory);
    sql_object_text(&name, index);
    const char *parameters[] = {sql_text(&name)};
    driver_statement ask = {.sql = "SELECT 1 FROM pg_catalog.pg_index i WHERE i.indexrelid = "
                                   "to_regclass($1::text)::oid AND NOT i.indisvalid"
                                   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p"
                                   " WHERE p.index_relid = i.indexrelid)",
                            .parameters = parameters,
                            .parameter_count = 1};
    driver_result found = {0};
    return leftover_run(run, &ask, &found) && found.row_count != 0;
}

void postgres_drop_half_made(migen *run)
{
    const sql_statement *what = run->has_failed ? run->failed.what : NULL;
    if (what == NULL || what->half_made == NULL ||
        (run->error.code != STATUS_FAILED && !run->waits.is_over) || !driver_is_alive(run->driver) ||
        !leftover_is_there(run, what->half_made))
        return;
    /* The settings stay in no session: there may be a pooler. */
    driver_settings patient = run->settings;
    patient.set = arena_format(run->memory, "%s, pg_catalog.set_config('lock_timeout', '%lld', false)",
                               run->session_settings, (long long)run->options->ddl_lock_timeout);
    patient.undo = run->session_undo;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "DROP INDEX CONCURRENTLY IF EXISTS");
    sql_object_text(&w, what->half_made);
    driver_statement drop = {.sql = sql_text(&w), .outside = true};
    driver_use_settings(run->driver, &patient);
    bool dropped = leftover_run(run, &drop, NULL);
    driver_use_settings(run->driver, run->pooled ? &run->settings : NULL);
    if (!dropped)
        run->left_behind = arena_format(
            run->memory, "the INVALID index %s is left, which the next run takes away", what->half_made);
}

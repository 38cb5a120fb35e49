/* PostgreSQL: a session's settings, and the history. */
#include "session.h"
#include "qualify.h"

#include "sql_writer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/*
 * The session's settings (PostgreSQL manual 20.11): no time limits of the role or database may break a
 * migration, times are UTC, a client that is gone is noticed. Only settings that the server has are set.
 */
static char *session_settings(migen *run)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT set_config(s.name, v.value, false) FROM (VALUES");
    const char *settings[][2] = {
        {"statement_timeout", arena_format(run->memory, "%lld", (long long)run->options->statement_timeout)},
        {"lock_timeout", "0"},
        {"idle_in_transaction_session_timeout", "0"},
        {"idle_session_timeout", "0"},
        {"transaction_timeout", "0"},
        {"client_connection_check_interval", "1000"},
        {"default_transaction_isolation", "read committed"},
        {"client_min_messages", "warning"},
        {"standard_conforming_strings", "on"},
        {"row_security", "off"},
        {"check_function_bodies", "on"},
        {"quote_all_identifiers", "off"}, /* the catalogue's texts are compared */
        {"transform_null_equals", "off"},
        {"DateStyle", "ISO, YMD"},
        {"IntervalStyle", "postgres"},
        {"TimeZone", "UTC"},
        {"default_transaction_read_only", "off"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_open(&w);
        sql_string(&w, settings[i][0]);
        sql_comma(&w);
        sql_string(&w, settings[i][1]);
        sql_close(&w);
    }
    sql_words(&w, ") AS v(name, value) JOIN pg_catalog.pg_settings AS s ON lower(s.name) = lower(v.name)");
    sql_words(&w, "WHERE NOT (v.name = 'default_transaction_read_only' AND pg_is_in_recovery())");
    return sql_text(&w);
}

/* A pooler answers with a process number of its own. In transaction mode it gives each transaction another session, so
 * that the migration lock, which is a session's, keeps nobody out. Which mode it has cannot be asked from here. */
static void connect_warn_of_pooler(migen *run, const char *server_process)
{
    if (run->reads_only || server_process == NULL ||
        strtol(server_process, NULL, 10) == driver_backend_pid(run->driver))
        return;
    report_message(
        run->report, "warning",
        "there is a pooler before the server: in transaction mode the migration lock does not hold there; "
        "give `up` and `down` a direct URL");
}

/* A schema in front of pg_catalog could have functions of the catalogue's names, and make the statements behind this one run
 * them with this role's rights. Out of the list, pg_catalog is the first in the search path by itself. */
static const char session_own_catalogue[] =
    "SELECT pg_catalog.set_config('search_path', pg_catalog.btrim(pg_catalog.regexp_replace(pg_catalog."
    "current_setting('search_path'), '(^|,)\\s*\"?pg_catalog\"?\\s*(?=,|$)', '', 'gi'), ', '), false) WHERE"
    " pg_catalog.regexp_match(pg_catalog.current_setting('search_path'), 'pg_catalog', 'i') IS NOT NULL";

status postgres_begin_session(migen *run)
{
    driver_statement statements[5];
    size_t count = 0;
    statements[count++] = (driver_statement){.sql = session_own_catalogue};
    if (run->options->role != NULL) {
        sql_writer w = sql_new(run->memory);
        sql_words(&w, "SET ROLE");
        sql_name(&w, run->options->role);
        statements[count++] = (driver_statement){.sql = sql_text(&w)};
    }
    statements[count++] = (driver_statement){.sql = session_settings(run)};
    size_t facts = count;
    statements[count++] = (driver_statement){
        .sql = "SELECT pg_backend_pid(), pg_is_in_recovery(), current_schema()", .sync_after = true};
    statements[count++] = history_read_statement(run->memory, run->engine, run->history.table);
    driver_result results[5];
    memset(results, 0, sizeof results);
    status s = driver_run(run->driver, statements, count, run->memory, results, &run->error);
    if (s == STATUS_OK) {
        history_load(run->memory, &run->history, &results[count - 1]);
    } else if (results[facts].done && history_is_missing(&run->error)) {
        error_clear(&run->error);
    } else {
        if (run->options->role != NULL && !results[1].done && s == STATUS_FAILED)
            s = run->error.code = STATUS_CONFIGURATION; /* there is no such role */
        return results[facts].done ? history_explain_failure(&run->error, run->history.table) : s;
    }
    if (driver_value(&results[facts], 0, 2) == NULL) {
        s = error_set(&run->error, STATUS_CONFIGURATION, "no schema of the search path exists");
        error_hint(&run->error, "create one, or set search_path for this role or in the URL's options");
        return s;
    }
    connect_warn_of_pooler(run, driver_value(&results[facts], 0, 0));
    run->is_standby = text_equal(driver_value(&results[facts], 0, 1), "t");
    const char *current = run->scope.current = driver_value(&results[facts], 0, 2);
    if (list_contains(run->scope.schemas, current) ||
        release_refers_to_schema(run->memory, run->release, current))
        run->release = release_in_schema(run->memory, run->release, current);
    return STATUS_OK;
}

status postgres_read_history(migen *run)
{
    driver_statement read = history_read_statement(run->memory, run->engine, run->history.table);
    driver_result result;
    status s = driver_run(run->driver, &read, 1, run->memory, &result, &run->error);
    if (s == STATUS_OK) {
        history_load(run->memory, &run->history, &result);
    } else if (history_is_missing(&run->error)) {
        error_clear(&run->error);
        return STATUS_OK;
    } else {
        s = history_explain_failure(&run->error, run->history.table);
    }
    return s;
}

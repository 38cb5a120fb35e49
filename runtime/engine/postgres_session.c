/* PostgreSQL: a session's settings, and the history. */
#include "session.h"
#include "lock_parts.h"
#include "qualify.h"

#include "duration.h"
#include "sql_writer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The session's settings (PostgreSQL manual 20.11): no time limits of the role or database may break a
 * migration, times are UTC, a client that is gone is noticed. Only settings that the server has are set. Behind a pooler,
 * which shows by a process number that is not the server's, they last for this transaction alone.
 */
static driver_statement session_settings(migen *run)
{
    sql_writer w = sql_new(run->memory);
    sql_words(
        &w,
        "SELECT s.name, set_config(s.name, v.value, pg_backend_pid() <> $1::int), s.setting FROM (VALUES");
    const char *settings[][2] = {
        {"statement_timeout", arena_format(run->memory, "%lld", (long long)run->options->statement_timeout)},
        {"lock_timeout", arena_format(run->memory, "%lld", (long long)run->options->index_wait)},
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
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = arena_format(run->memory, "%d", driver_backend_pid(run->driver));
    return (driver_statement){.sql = sql_text(&w), .parameters = parameters, .parameter_count = 1};
}

static driver_statement session_role(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 2);
    parameters[0] = run->options->role;
    parameters[1] = arena_format(run->memory, "%d", driver_backend_pid(run->driver));
    return (driver_statement){.sql = "SELECT set_config('role', $1::text, pg_backend_pid() <> $2::int)",
                              .parameters = parameters,
                              .parameter_count = 2};
}

static void settings_write(sql_writer *w, const char *name, const char *value, const char *local)
{
    sql_words(w, "pg_catalog.set_config(");
    sql_string(w, name);
    sql_comma(w);
    sql_string(w, value);
    sql_comma(w);
    sql_words(w, local);
    sql_close(w);
}

/* SELECT set_config('a', '1', true), …: what was set, as text that needs no look at what the server has. The search path is
 * the first: until then a foreign schema may stand in front of the catalogue. */
static const char *settings_again(migen *run, const driver_result *path, const driver_result *set,
                                  const char *local)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT");
    for (size_t i = 0; i < path->row_count; i++) {
        settings_write(&w, driver_value(path, i, 0), driver_value(path, i, 1), local);
        sql_comma(&w);
    }
    for (size_t i = 0; i < set->row_count; i++) {
        if (i != 0)
            sql_comma(&w);
        settings_write(&w, driver_value(set, i, 0), driver_value(set, i, 1), local);
    }
    if (run->options->role != NULL) {
        sql_comma(&w);
        settings_write(&w, "role", run->options->role, local);
    }
    return sql_text(&w);
}

/* Whether what the session has of its own, the role's or the database's settings, would break a statement outside of any
 * transaction. */
static bool settings_are_needed(const migen *run, const driver_result *set)
{
    for (size_t i = 0; i < set->row_count; i++) {
        const char *name = driver_value(set, i, 0), *own = driver_value(set, i, 2);
        bool limits = text_equal(name, "statement_timeout") || text_equal(name, "lock_timeout");
        if ((limits && !text_equal(own, "0")) ||
            (text_equal(name, "default_transaction_read_only") && text_equal(own, "on")))
            return true;
    }
    return run->options->role != NULL || run->options->statement_timeout != 0;
}

static void settings_remember(migen *run, const driver_result *path, const driver_result *set)
{
    sql_writer undo = sql_new(run->memory);
    sql_words(&undo,
              "SELECT set_config(name, reset_val, false) FROM pg_catalog.pg_settings WHERE name IN ('role'");
    if (path->row_count != 0) {
        sql_comma(&undo);
        sql_string(&undo, "search_path");
    }
    for (size_t i = 0; i < set->row_count; i++) {
        sql_comma(&undo);
        sql_string(&undo, driver_value(set, i, 0));
    }
    sql_close(&undo);
    run->settings = (driver_settings){
        .begin = run->is_standby ? NULL : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        .local = settings_again(run, path, set, "true"),
    };
    run->session_settings = settings_again(run, path, set, "false");
    run->session_undo = sql_text(&undo);
    if (path->row_count != 0 || settings_are_needed(run, set)) {
        run->settings.set = run->session_settings;
        run->settings.undo = run->session_undo;
    }
}

/* A pooler answers with a process number of its own. */
static bool connect_is_pooled(const migen *run, const driver_result *facts)
{
    const char *process = driver_value(facts, 0, 0);
    return process == NULL || strtol(process, NULL, 10) != driver_backend_pid(run->driver);
}

/* Whether the key is one of those, which stand between commas. */
static bool connect_is_locked(const char *held, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = held; at != NULL; at = strchr(at, ','), at = at == NULL ? NULL : at + 1)
        if (strncmp(at, key, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* What the first round trip asks, and what it answers. */
static status connect_learn(migen *run, const driver_result *path, const driver_result *set,
                            const driver_result *facts)
{
    const char *current = run->scope.current = driver_value(facts, 0, 2);
    if (current == NULL || text_starts_with(current, "pg_temp_")) {
        status s = error_set(&run->error, STATUS_CONFIGURATION, "no schema of the search path exists");
        error_hint(&run->error, "create one, or set search_path for this role or in the URL's options");
        return s;
    }
    run->pooled = connect_is_pooled(run, facts);
    run->is_standby = text_equal(driver_value(facts, 0, 1), "t");
    settings_remember(run, path, set);
    if (run->pooled)
        driver_use_settings(run->driver, &run->settings);
    run->history_schema = arena_string(run->memory, driver_value(facts, 0, 3));
    run->lease_exists = text_equal(driver_value(facts, 0, 4), "t");
    (void)lock_key(run);
    run->is_taken_back = connect_is_locked(driver_value(facts, 0, 5), run->proof.down_key);
    if (list_contains(run->scope.schemas, current) ||
        release_refers_to_schema(run->memory, run->release, current))
        run->release = release_in_schema(run->memory, run->release, current);
    return STATUS_OK;
}

static driver_statement connect_facts(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 3);
    parameters[0] = name_text(run->memory, run->history.table);
    parameters[1] = run->history.table.schema;
    parameters[2] = name_text(run->memory, postgres_lease_table(run));
    return (driver_statement){
        .sql =
            "SELECT pg_backend_pid(), pg_is_in_recovery(), current_schema(), coalesce((SELECT n.nspname FROM"
            " pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid ="
            " to_regclass($1::text)::oid), $2::text, current_schema()), to_regclass($3::text) IS NOT NULL,"
            /* Looked before the history is read: a way down that is gone by then has its entries there. */
            " (SELECT string_agg((l.classid::bigint << 32 | l.objid::bigint)::text, ',') FROM"
            " pg_catalog.pg_locks l WHERE " LOCK_IS_HELD ")",
        .parameters = parameters,
        .parameter_count = 3,
        .sync_after = true};
}

/* Linux has no process of such a number: it is a pooler's invention. */
static bool connect_is_pooled_surely(const migen *run)
{
    int process = driver_backend_pid(run->driver);
    return process <= 0 || process > 4194304;
}

/* A schema in front of pg_catalog could have functions of the catalogue's names, and make the statements behind this one run
 * them with this role's rights. Out of the list, pg_catalog is the first in the search path by itself. pg_temp in front of another schema
 * would have all that is made be gone with the session. A row: what was set. */
static driver_statement session_own_catalogue(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = arena_format(run->memory, "%d", driver_backend_pid(run->driver));
    return (driver_statement){
        .sql = "SELECT 'search_path', pg_catalog.set_config('search_path', "
               "pg_catalog.btrim(pg_catalog.regexp_replace(pg_catalog.regexp_replace("
               "pg_catalog.current_setting('search_path'), '(^|,)\\s*\"?pg_catalog\"?\\s*(?=,|$)', '', 'gi'),"
               " '(^|,)\\s*\"?pg_temp\"?\\s*(?=,)', '', 'gi'), ', '),"
               " pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) $1::pg_catalog.int4) WHERE"
               " pg_catalog.regexp_match(pg_catalog.current_setting('search_path'), "
               "'pg_catalog|pg_temp\"?\\s*,', 'i') IS NOT NULL",
        .parameters = parameters,
        .parameter_count = 1};
}

status postgres_begin_session(migen *run)
{
    driver_statement statements[6];
    size_t count = 0;
    size_t path = count;
    statements[count++] = session_own_catalogue(run);
    if (run->options->role != NULL)
        statements[count++] = session_role(run);
    size_t set = count;
    statements[count++] = session_settings(run);
    size_t facts = count;
    statements[count++] = connect_facts(run);
    bool apart = connect_is_pooled_surely(run);
    if (!apart) {
        statements[count++] = postgres_read_patience(run);
        statements[count++] = history_read_statement(run->memory, run->engine, run->history.table);
    }
    driver_result results[6];
    memset(results, 0, sizeof results);
    status s = driver_run(run->driver, statements, count, run->memory, results, &run->error);
    if (!apart && results[facts].done && connect_is_pooled(run, &results[facts]) &&
        driver_is_alive(run->driver)) {
        apart = true; /* the history was read in a session without these settings */
        error_clear(&run->error);
    } else if (s == STATUS_OK) {
        if (!apart)
            history_load(run->memory, &run->history, &results[count - 1]);
    } else if (results[facts].done && history_is_missing(&run->error)) {
        error_clear(&run->error);
    } else {
        if (run->options->role != NULL && !results[1].done && s == STATUS_FAILED)
            s = run->error.code = STATUS_CONFIGURATION; /* there is no such role */
        return results[facts].done ? history_explain_failure(&run->error, run->history.table, "history") : s;
    }
    s = connect_learn(run, &results[path], &results[set], &results[facts]);
    if (s == STATUS_OK &&
        run->lease_exists) { /* who has it stands in a table: looked before the history too */
        lock_owner lease = {0};
        run->is_taken_back =
            run->is_taken_back || (lock_find_lease(run, &lease) && lock_lease_goes_down(&lease));
        apart = true;
    }
    return s == STATUS_OK && apart ? run_read_history(run) : s;
}

char *postgres_process_name(migen *run)
{
    char host[64] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    return arena_format(run->memory, "migen/%s/%s %ld@%s", run->release->project, run->release->release,
                        (long)getpid(), host);
}

status postgres_open_second(migen *run, driver **out)
{
    status s = run_open_connection(run, out);
    if (s == STATUS_OK)
        driver_use_settings(*out, &run->settings);
    return s;
}

status postgres_reconnect(migen *run, double until)
{
    double pause = 100;
    run_disconnect(run);
    status s = run_open_connection(run, &run->driver);
    while ((s == STATUS_NO_CONNECTION || s == STATUS_STOPPED) && clock_milliseconds() < until &&
           !driver_interrupted() && !run_is_without_memory(run)) {
        error_clear(&run->error);
        run_sleep(run_jitter(pause));
        pause = pause < 1000 ? pause * 2 : pause;
        s = run_open_connection(run, &run->driver);
    }
    if (s != STATUS_OK)
        return s;
    if (run->pooled)
        driver_use_settings(run->driver, &run->settings);
    else
        s = driver_query(run->driver, run->session_settings, run->memory, NULL, &run->error);
    return s;
}

status postgres_read_history(migen *run)
{
    const driver_statement read[] = {postgres_read_patience(run),
                                     history_read_statement(run->memory, run->engine, run->history.table)};
    driver_result results[2];
    status s = driver_run(run->driver, read, 2, run->memory, results, &run->error);
    if (s == STATUS_OK) {
        history_load(run->memory, &run->history, &results[1]);
    } else if (history_is_missing(&run->error)) {
        error_clear(&run->error);
        return STATUS_OK;
    } else {
        s = history_explain_failure(&run->error, run->history.table, "history");
    }
    return s;
}

driver_statement postgres_read_patience(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 2);
    parameters[0] = arena_format(run->memory, "%lld", (long long)run->options->ddl_lock_timeout);
    parameters[1] = arena_format(run->memory, "%lld", (long long)run->options->index_wait);
    return (driver_statement){.sql =
                                  "SELECT set_config('lock_timeout', $1, true) FROM pg_catalog.pg_settings s"
                                  " WHERE s.name = 'lock_timeout' AND s.setting IN ('0', $2::text)",
                              .parameters = parameters,
                              .parameter_count = 2};
}

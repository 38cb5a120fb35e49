/*
 * The migration lock as a lease: a row that says who has it and until when. It is taken, put off and given back by one
 * UPDATE each, by the server's clock; each taking raises the token, by which a holder that was given up for dead, and is
 * not, is told apart: before each COMMIT it must find its token in the row, and the row stays locked until then.
 */
#include "lock_parts.h"
#include "session.h"

#include "duration.h"
#include "sql_writer.h"
#include "text.h"

#include <string.h>
#include <unistd.h>

#define LEASE_TIME   "20 s"
#define LEASE_LENGTH 20000.0
#define LEASE_PERIOD 4000.0

object_name postgres_lease_table(migen *run)
{
    return (object_name){.schema = run->history.table.schema,
                         .name = arena_format(run->memory, "%s" NAME_LEASE_ENDING, run->history.table.name)};
}

/* An UPDATE of the row that waits for nobody long. */
static driver_statement lease_update(migen *run, const char *words, const char *const *parameters,
                                     size_t count)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "UPDATE");
    sql_object(&w, postgres_lease_table(run));
    sql_words(&w, "SET");
    sql_expression(&w, words);
    return (driver_statement){.sql = sql_text(&w), .parameters = parameters, .parameter_count = count};
}

static status lease_run(driver *d, migen *run, driver_statement update, driver_result *result, error *e)
{
    driver_statement statements[2] = {{.sql = "SELECT set_config('lock_timeout', '1000', true)"}, update};
    driver_result results[2] = {{0}};
    status s = driver_run(d, statements, 2, run->memory, results, e);
    *result = results[1];
    return s;
}

/* The table and its row; another process may be making them too. */
static status lease_make(migen *run)
{
    static const char *const raced[] = {"42P07", "42P06", "23505", "42710", NULL};
    driver_statement statements[3];
    size_t count = history_schema_statements(run->memory, run->engine, run->history.table, statements);
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "CREATE TABLE IF NOT EXISTS");
    sql_object(&w, postgres_lease_table(run));
    sql_words(&w,
              "(id int PRIMARY KEY CHECK (id = 1), token bigint NOT NULL, holder text, process text, release "
              "text, since timestamptz, until timestamptz NOT NULL)");
    statements[count++] = (driver_statement){.sql = sql_text(&w)};
    sql_writer row = sql_new(run->memory);
    sql_words(&row, "INSERT INTO");
    sql_object(&row, postgres_lease_table(run));
    sql_words(&row, "(id, token, until) VALUES (1, 0, clock_timestamp()) ON CONFLICT DO NOTHING");
    statements[count++] = (driver_statement){.sql = sql_text(&row)};
    status s = driver_run(run->driver, statements, count, run->memory, NULL, &run->error);
    if (s != STATUS_OK && run->error.sqlstate != NULL && list_contains(raced, run->error.sqlstate)) {
        error_clear(&run->error);
        return STATUS_OK; /* the next try finds it */
    }
    if (s == STATUS_OK)
        run->lease_exists = true;
    return s == STATUS_FAILED ? history_explain_failure(&run->error, postgres_lease_table(run), "lock") : s;
}

/* What puts the lease off while the other connection works. There may be no place for it just now: it is tried again. */
static void lease_open_keeper(migen *run)
{
    error ignored = error_new(run->memory);
    error before = run->error;
    run->error = ignored;
    if (run->keeper != NULL && !driver_is_alive(run->keeper)) {
        driver_close(run->keeper);
        run->keeper = NULL;
    }
    if (run->keeper == NULL && postgres_open_second(run, &run->keeper) != STATUS_OK)
        run->keeper = NULL;
    run->error = before;
}

static void lease_release(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = run->proof.token;
    driver_statement give = lease_update(
        run, "holder = NULL, process = NULL, until = clock_timestamp() WHERE id = 1 AND token = $1::bigint",
        parameters, 1);
    driver_result result = {0};
    error ignored = error_new(run->memory);
    status s = STATUS_STOPPED;
    if (run->driver != NULL && driver_is_alive(run->driver) && !driver_in_transaction(run->driver))
        s = lease_run(run->driver, run, give, &result, &ignored);
    if (s != STATUS_OK)
        lease_open_keeper(run);
    if (s != STATUS_OK && run->keeper != NULL)
        s = lease_run(run->keeper, run, give, &result, &ignored);
    (void)s; /* it ends by itself */
    driver_close(run->keeper);
    run->keeper = NULL;
}

/* The process of a holder on this machine that is gone: its lease is nobody's. */
static const char *lease_dead_process(migen *run)
{
    lock_owner owner = {0};
    if (!run->lock_was_tried || !lock_find_lease(run, &owner) ||
        !lock_process_is_gone(run->memory, owner.process))
        return NULL;
    return owner.process;
}

static status lease_attempt(migen *run, bool *got)
{
    status s = run->lease_exists ? STATUS_OK : lease_make(run);
    if (s != STATUS_OK)
        return s;
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 4);
    parameters[0] =
        arena_format(run->memory, "%s%s", postgres_process_name(run), run->goes_down ? LOCK_GOES_DOWN : "");
    parameters[1] = lock_process_mark(run->memory);
    parameters[2] = run->release->release;
    parameters[3] = lease_dead_process(run);
    driver_result result = {0};
    s = lease_run(run->driver, run,
                  lease_update(run,
                               "token = token + 1, holder = $1, process = $2, release = $3, since = "
                               "clock_timestamp(), until = clock_timestamp() + interval '" LEASE_TIME
                               "' WHERE id = 1 AND (holder IS NULL OR until < clock_timestamp() OR process = "
                               "$4) RETURNING token",
                               parameters, 4),
                  &result, &run->error);
    if (s == STATUS_BUSY) { /* its holder is about to commit */
        error_clear(&run->error);
        return STATUS_OK;
    }
    if (s == STATUS_FAILED && text_equal(run->error.sqlstate, "42P01")) {
        error_clear(&run->error);
        run->lease_exists = false;
        return STATUS_OK;
    }
    if (s == STATUS_FAILED)
        return history_explain_failure(&run->error, postgres_lease_table(run), "lock");
    if (s != STATUS_OK || result.row_count == 0)
        return s;
    run->proof.token = arena_string(run->memory, driver_value(&result, 0, 0));
    run->proof.kept = run->proof.asked = clock_milliseconds();
    *got = true;
    lock_owner other = {0};
    if (lock_find_session(run, &other)) {
        lease_release(run);
        *got = false;
        return STATUS_OK;
    }
    lease_open_keeper(run);
    return lock_read_all(run);
}

static void lease_prove(migen *run)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = run->proof.token;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT 1 / count(*) FROM (SELECT 1 FROM");
    sql_object(&w, postgres_lease_table(run));
    sql_words(&w, "WHERE id = 1 AND token = $1::bigint FOR SHARE) AS held");
    batch_push(run, (driver_statement){.sql = sql_text(&w), .parameters = parameters, .parameter_count = 1},
               NO_STATEMENT, false);
    run->batch.items[run->batch.count - 1].fence = true;
}

/* A beat that finds another token has lost the lease; one that cannot be sent has until the lease's end. */
static status lease_keep(migen *run, error *e)
{
    lease_open_keeper(run);
    driver_result result = {0};
    error found = error_new(run->memory);
    status s = STATUS_STOPPED;
    if (run->keeper != NULL) {
        const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
        parameters[0] = run->proof.token;
        s = lease_run(run->keeper, run,
                      lease_update(run,
                                   "until = clock_timestamp() + interval '" LEASE_TIME
                                   "' WHERE id = 1 AND token = $1::bigint RETURNING token",
                                   parameters, 1),
                      &result, &found);
    }
    if (s == STATUS_OK && result.row_count != 0)
        run->proof.kept = clock_milliseconds();
    if ((s == STATUS_OK && result.row_count == 0) || clock_milliseconds() - run->proof.kept > LEASE_LENGTH)
        return postgres_lock_is_lost(run, e);
    return STATUS_OK;
}

status lock_lease_free(migen *run, const char *token, bool *freed)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 1);
    parameters[0] = token;
    driver_result result = {0};
    status s = lease_run(run->driver, run,
                         lease_update(run,
                                      "token = token + 1, holder = NULL, process = NULL, until = "
                                      "clock_timestamp() WHERE id = 1 AND token = $1::bigint RETURNING token",
                                      parameters, 1),
                         &result, &run->error);
    *freed = s == STATUS_OK && result.row_count != 0;
    return s;
}

const lock_kind lock_by_lease = {.name = "lease",
                                 .attempt = lease_attempt,
                                 .release = lease_release,
                                 .commit = lease_prove,
                                 .keep = lease_keep,
                                 .period = LEASE_PERIOD};

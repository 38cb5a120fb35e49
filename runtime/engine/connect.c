/* Connecting, and reading history and catalogue. */
#include "lock.h"
#include "postgres_trace.h"
#include "session.h"

#include "duration.h"
#include "text.h"

#include <string.h>

/* How often in one run a lost connection is made again, and how long it is tried: a server that was restarted, or gave
 * its place to another, is there again by then. */
#define CONNECT_LOSSES   3
#define CONNECT_PATIENCE 15000

/* Milliseconds: how long one try waits for a server that is silent, and how long at least where only less is left. */
#define CONNECT_SILENCE       10000.0
#define CONNECT_LEAST_SILENCE 500.0

/* How often the catalogue is read again when another session's DROP came between a view and the text of it. */
#define CONNECT_UPSETS 6

status run_read_history(migen *run)
{
    run->history.exists = false;
    history_clear(run->memory, &run->history);
    return ENGINE_OWN(run->engine, read_history)(run);
}

static int64_t connect_silence(const migen *run)
{
    double left = run->connect_until - clock_milliseconds();
    if (run->connect_until <= 0 || left > CONNECT_SILENCE)
        return (int64_t)CONNECT_SILENCE;
    return (int64_t)(left < CONNECT_LEAST_SILENCE ? CONNECT_LEAST_SILENCE : left);
}

status run_open_connection(migen *run, driver **out)
{
    const driver_options options = {.application_name =
                                        ENGINE_IS_POSTGRES(run->engine) ? postgres_process_name(run) : NULL,
                                    .connect_timeout = connect_silence(run),
                                    .busy_timeout = 250,
                                    .statement_timeout = run->options->statement_timeout,
                                    .read_only = run->reads_only,
                                    .must_exist = run->needs_database};
    return driver_open(run->target, &options, out, &run->error);
}

/* The server, or the pooler before it, has no place for one more: others will leave one. */
static bool connect_is_crowded(const error *e)
{
    static const char *const words[] = {"no more connections allowed", "too many clients",
                                        "remaining connection slots", "too many connections"};
    if (text_equal(e->sqlstate, "53300"))
        return true;
    for (size_t i = 0; e->message != NULL && i < sizeof words / sizeof *words; i++)
        if (strstr(e->message, words[i]) != NULL)
            return true;
    return false;
}

bool run_is_without_memory(const migen *run)
{
    return text_equal(run->error.sqlstate, "53200");
}

/* Somebody has the history's table to himself. */
static bool connect_is_kept_out(const migen *run)
{
    return ENGINE_IS_POSTGRES(run->engine) && text_equal(run->error.sqlstate, "55P03");
}

/* Whether that will pass by itself: others will leave a place, the file, or the history's table. */
static bool connect_may_find_place(const migen *run)
{
    return connect_is_crowded(&run->error) || connect_is_kept_out(run) ||
           (ENGINE_IS_SQLITE(run->engine) && run->error.code == STATUS_BUSY);
}

static status connect_once(migen *run)
{
    status s = run_open_connection(run, &run->driver);
    if (s == STATUS_OK)
        s = ENGINE_OWN(run->engine, begin_session)(run);
    if (ENGINE_IS_POSTGRES(run->engine) && s == STATUS_BUSY)
        postgres_trace_name_blockers(run);
    if (s != STATUS_OK && run->driver != NULL && connect_may_find_place(run))
        run_disconnect(run); /* a pooler said so, in the server's place; or SQLite's file is in use */
    return s;
}

static status connect_within(migen *run, int64_t patience)
{
    double begun = clock_milliseconds();
    double pause = 50;
    lock_patience waiting = {.begun = begun};
    /* What waits for the migration lock may as well wait for a place at the server, or for a file that is written just now. */
    int64_t for_a_place = patience;
    bool waits = !run->reads_only || ENGINE_IS_SQLITE(run->engine);
    if (waits && run->options->lock_timeout > patience)
        for_a_place = run->options->lock_timeout;
    run->history.table =
        history_table_name(run->memory, ENGINE_IS_POSTGRES(run->engine) ? run->options->schema : NULL,
                           run->options->history_table);
    history_clear(run->memory, &run->history);
    run->scope.history_prefix = run->history.table.name;
    if (patience > 0 && run->connect_until <= 0)
        run->connect_until = begun + (double)patience;
    status s = connect_once(run);
    while (s != STATUS_OK && !driver_interrupted()) {
        bool crowded = connect_may_find_place(run);
        double waited = clock_milliseconds() - begun;
        bool may_pass = (s == STATUS_NO_CONNECTION && !run_is_without_memory(run)) || crowded;
        if (!may_pass || waited >= (double)(crowded ? for_a_place : patience)) {
            if (ENGINE_IS_SQLITE(run->engine) && crowded)
                sqlite_name_holder(run);
            return s;
        }
        if (connect_is_kept_out(run))
            report_message(run->report, "info", "%s: tried again", run->error.message);
        error_clear(&run->error);
        if (ENGINE_IS_SQLITE(run->engine) && crowded)
            run_say_waiting(run, "the database", &waiting);
        run_sleep(run_jitter(pause));
        pause = pause < 1000 ? pause * 2 : pause;
        s = connect_once(run);
    }
    return s;
}

/* The server took the connection and was gone before anything was begun: as good as none, and tried as often. */
static status connect_in_turn(migen *run, int64_t patience)
{
    status s = connect_within(run, patience);
    for (int tries = 0; s != STATUS_OK && run_has_lost_connection(run) && tries < 2; tries++) {
        run_disconnect(run);
        error_clear(&run->error);
        run_sleep(run_jitter(100));
        s = connect_within(run, patience);
    }
    return s;
}

status run_connect(migen *run)
{
    return connect_in_turn(run, run->options->wait);
}

bool run_has_lost_connection(const migen *run)
{
    return run->error.code == STATUS_STOPPED && !driver_interrupted() && run->driver != NULL &&
           !driver_is_alive(run->driver) && !text_equal(run->error.sqlstate, "57P01") &&
           !run_is_without_memory(run);
}

bool run_connect_again(migen *run)
{
    if (!run_has_lost_connection(run) || run->losses >= CONNECT_LOSSES)
        return false;
    run->losses++;
    error first = run->error;
    run_rollback(run);
    run_unlock(run);
    run_disconnect(run);
    run->rows = map_new(run->memory);
    run->unproven = (unproven_constraint){0}; /* the next session may find it finished by another */
    run->lock_is_lost = false;
    run_is_fresh(run);
    report_message(run->report, "warning", "%s: connecting again", first.message);
    error_clear(&run->error);
    int64_t patience = run->options->wait > CONNECT_PATIENCE ? run->options->wait : CONNECT_PATIENCE;
    run->connect_until = 0;
    if (connect_in_turn(run, patience) == STATUS_OK)
        return true;
    if (run->error.message != NULL && !driver_interrupted())
        error_detail(&first, "and then: %s", run->error.message);
    run->error = first;
    return false;
}

void run_disconnect(migen *run)
{
    driver_close(run->driver);
    run->driver = NULL;
}

bool run_read_was_upset(const migen *run)
{
    /* A relation that is gone by now; a deadlock with the one who works, in which this session gave way. */
    bool upset = text_equal(run->error.sqlstate, "XX000") || text_equal(run->error.sqlstate, "40P01");
    return upset && ENGINE_IS_POSTGRES(run->engine) && !driver_in_transaction(run->driver) &&
           driver_is_alive(run->driver);
}

status run_read_live(migen *run)
{
    status s = STATUS_OK;
    for (int tries = 0; tries < CONNECT_UPSETS; tries++) {
        error_clear(&run->error);
        run_is_fresh(run);
        s = catalog_read(run->driver, &run->scope, run->expected, run->memory, &run->live, &run->error);
        if (!run_read_was_upset(run) || driver_interrupted())
            break;
        run_sleep(run_jitter(20 << tries));
    }
    if (ENGINE_IS_POSTGRES(run->engine) && s == STATUS_BUSY)
        postgres_trace_name_blockers(run);
    return s;
}

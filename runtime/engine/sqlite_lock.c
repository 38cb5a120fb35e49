/* SQLite's migration lock: the file itself, by BEGIN IMMEDIATE. It goes with the transaction, or with the process. */
#include "lock.h"
#include "session.h"
#include "version.h"

#include "duration.h"

status sqlite_take_lock(migen *run)
{
    double begun = clock_milliseconds();
    double until = begun + (double)run->options->lock_timeout;
    double pause = 10;
    status s = driver_query(run->driver, "PRAGMA foreign_keys = OFF", run->memory, NULL, &run->error);
    if (s != STATUS_OK)
        return s;
    s = driver_query(run->driver, "BEGIN IMMEDIATE", run->memory, NULL, &run->error);
    while (s == STATUS_BUSY && clock_milliseconds() < until && !driver_interrupted()) {
        error_clear(&run->error);
        run_sleep(run_jitter(pause));
        pause = pause < 200 ? pause * 2 : pause;
        s = driver_query(run->driver, "BEGIN IMMEDIATE", run->memory, NULL, &run->error);
    }
    if (s == STATUS_BUSY)
        error_hint(&run->error, "another process writes to this file; wait longer with --lock-timeout");
    if (s != STATUS_OK)
        return s;
    run->in_transaction = true;
    run->locked = true;
    run->entry_trace.waited = clock_milliseconds() - begun;
    s = run_read_history(run);
    if (s != STATUS_OK)
        return s;
    /* SQLite's enums are in the history, not in the catalogue. */
    run->expected = version_schema(run, version_applied, NULL);
    return run_read_live(run);
}

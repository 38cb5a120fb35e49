/* Connecting, and reading history and catalogue. */
#include "lock.h"
#include "session.h"

#include "duration.h"

status run_read_history(migen *run)
{
    run->history.exists = false;
    run->history.entries.count = 0;
    run->history.applied = map_new(run->memory);
    run->history.journal = map_new(run->memory);
    return ENGINE_OWN(run->engine, read_history)(run);
}

static status connect_once(migen *run)
{
    const driver_options options = {
        .application_name =
            arena_format(run->memory, "migen/%s/%s", run->release->project, run->release->release),
        .connect_timeout = 10000,
        .busy_timeout = 250,
        .read_only = run->reads_only};
    return driver_open(run->target, &options, &run->driver, &run->error);
}

status run_connect(migen *run)
{
    double until = clock_milliseconds() + (double)run->options->wait;
    double pause = 50;
    status s = connect_once(run);
    while (s == STATUS_NO_CONNECTION && clock_milliseconds() < until && !driver_interrupted()) {
        error_clear(&run->error);
        run_sleep(run_jitter(pause));
        pause = pause < 1000 ? pause * 2 : pause;
        s = connect_once(run);
    }
    if (s != STATUS_OK)
        return s;
    run->history.table =
        history_table_name(run->memory, ENGINE_IS_POSTGRES(run->engine) ? run->options->schema : NULL,
                           run->options->history_table);
    run->history.applied = map_new(run->memory);
    run->history.journal = map_new(run->memory);
    run->scope.history_prefix = run->history.table.name;
    return ENGINE_OWN(run->engine, begin_session)(run);
}

void run_disconnect(migen *run)
{
    driver_close(run->driver);
    run->driver = NULL;
}

status run_read_live(migen *run)
{
    run_is_fresh(run);
    return catalog_read(run->driver, &run->scope, run->expected, run->memory, &run->live, &run->error);
}

#include "lock.h"

#include "duration.h"

#include <stdlib.h>
#include <time.h>

/* Sleeps without holding anything; a signal ends it. */
void run_sleep(double milliseconds)
{
    struct timespec time = {.tv_sec = (time_t)(milliseconds / 1000),
                            .tv_nsec = (long)((long long)(milliseconds * 1000000) % 1000000000LL)};
    (void)nanosleep(&time, NULL);
}

double run_jitter(double milliseconds)
{
    return milliseconds / 2 + milliseconds * ((double)rand() / (double)RAND_MAX);
}

status run_refuse_read_only(migen *run)
{
    if (ENGINE_IS_SQLITE(run->engine))
        return driver_refuse_read_only(run->driver, &run->error);
    if (!run->is_standby)
        return STATUS_OK;
    status s =
        error_set(&run->error, STATUS_CONFIGURATION, "this server is a standby, which takes no changes");
    error_hint(&run->error,
               "give the primary's URL; target_session_attrs=read-write finds it among several hosts");
    return s;
}

status run_lock(migen *run)
{
    status s = run_refuse_read_only(run);
    return s == STATUS_OK ? ENGINE_OWN(run->engine, take_lock)(run) : s;
}

void run_say_waiting(migen *run, const char *what, lock_patience *patience)
{
    double now = clock_milliseconds();
    bool first = patience->said <= patience->begun;
    if (now - (first ? patience->begun : patience->said) < (first ? 1000 : 10000))
        return;
    patience->said = now;
    const char *holder = run_lock_holder(run);
    report_message(run->report, "info", "waiting for %s, held by %s", what,
                   holder != NULL                  ? holder
                   : ENGINE_IS_SQLITE(run->engine) ? "another process"
                                                   : "another session");
}

void run_unlock(migen *run)
{
    if (ENGINE_IS_POSTGRES(run->engine)) /* SQLite's went with the transaction */
        postgres_unlock(run);
    run->locked = false;
}

status run_keep_lock(migen *run)
{
    return ENGINE_IS_POSTGRES(run->engine) ? postgres_keep_lock(run) : STATUS_OK;
}

char *run_lock_holder(migen *run)
{
    return ENGINE_OWN(run->engine, lock_holder)(run);
}

status engine_unlock(migen *run)
{
    if (ENGINE_IS_POSTGRES(run->engine))
        return postgres_free_lease(run);
    const char *holder = run_lock_holder(run);
    if (holder != NULL)
        report_print(run->report, "%s works on it", holder);
    report_print(run->report, "the lock of a SQLite file belongs to a process, and is gone when that ends");
    report_end(run->report, "unlock", "ok", "nothing to free");
    return STATUS_OK;
}

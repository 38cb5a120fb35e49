#include "lock.h"

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

status run_lock(migen *run)
{
    return ENGINE_OWN(run->engine, take_lock)(run);
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
    return ENGINE_IS_POSTGRES(run->engine) ? postgres_lock_holder(run) : NULL;
}

status engine_unlock(migen *run)
{
    if (ENGINE_IS_POSTGRES(run->engine))
        return postgres_free_lease(run);
    report_print(run->report, "the lock of a SQLite file belongs to a process, and is gone when that ends");
    report_print(run->report, "unlock: ok nothing to free");
    return STATUS_OK;
}

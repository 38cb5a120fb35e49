/* PostgreSQL: races with other sessions that change the schema. */
#include "run.h"

#include "text.h"

#include <string.h>

bool postgres_lost_a_race(const migen *run)
{
    static const char *const states[] = {"42P07", "42P06", "42701", "42710", "42704", "42P01",
                                         "42703", "3F000", "22023", "55000", NULL};
    if (!run->has_failed && text_equal(run->error.sqlstate, "XX000"))
        return true; /* reading the catalogue: run_read_was_upset, in a transaction */
    if (!run->has_failed || !run->failed.structural || run->error.sqlstate == NULL)
        return false;
    if (text_equal(run->error.sqlstate, "23505"))
        return text_equal(run->error.schema, "pg_catalog");
    if (text_equal(run->error.sqlstate, "XX000"))
        return strstr(run->error.message, "concurrently") != NULL;
    return list_contains(states, run->error.sqlstate);
}

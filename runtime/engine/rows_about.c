#include "rows_about.h"

#include "session.h"

#include <stdlib.h>

int64_t rows_about_answer(migen *run, const driver_statement *ask, size_t count)
{
    driver_result results[2] = {0};
    error ignored = error_new(run->memory);
    if (driver_run(run->driver, ask, count, run->memory, results, &ignored) != STATUS_OK)
        return -1;
    const driver_result *last = &results[count - 1];
    const char *value = last->row_count == 0 ? NULL : driver_value(last, 0, 0);
    return value == NULL ? -1 : strtoll(value, NULL, 10);
}

int64_t run_rows_about(migen *run, const char *object)
{
    if (run->live == NULL || schema_find_table(run->live, object) == NULL)
        return -1;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT count(*) FROM (SELECT 1 FROM");
    sql_object_text(&w, object);
    sql_words(&w, "LIMIT");
    sql_integer(&w, ROWS_ABOUT_MOST + 1);
    sql_words(&w, ") AS counted");
    const driver_statement count = {.sql = sql_text(&w)};
    if (ENGINE_IS_POSTGRES(run->engine)) {
        int64_t estimated = postgres_rows_estimated(run, object);
        const driver_statement patient[] = {postgres_read_patience(run), count};
        return estimated > 0 ? estimated : rows_about_answer(run, patient, 2);
    }
    return rows_about_answer(run, &count, 1);
}

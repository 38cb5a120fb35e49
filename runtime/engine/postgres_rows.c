/* The server's own estimate of a table's rows. */
#include "rows_about.h"

int64_t postgres_rows_estimated(migen *run, const char *object)
{
    sql_writer name = sql_new(run->memory);
    sql_object_text(&name, object);
    const char *parameters[] = {sql_text(&name)};
    const driver_statement ask = {.sql =
                                      "SELECT CASE WHEN c.reltuples > 0 THEN c.reltuples::bigint END"
                                      " FROM pg_catalog.pg_class c WHERE c.oid = to_regclass($1::text)::oid",
                                  .parameters = parameters,
                                  .parameter_count = 1};
    return rows_about_answer(run, &ask, 1);
}

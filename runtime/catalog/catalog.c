/*
 * catalog.c: each engine's catalogue behind one door.
 */
#include "catalog.h"

#include "postgres_catalog.h"
#include "sqlite_catalog.h"

void catalog_statements(migen_engine engine, const catalog_scope *scope, arena *a,
                        driver_statement statements[CATALOG_STATEMENTS])
{
    statements[0] = (driver_statement){.sql = "SELECT 1"};
#ifndef MIGEN_NO_POSTGRES
    if (engine == MIGEN_POSTGRES)
        statements[0] = postgres_catalog_statement(scope, a);
#endif
#ifndef MIGEN_NO_SQLITE
    if (engine == MIGEN_SQLITE)
        sqlite_catalog_statements(scope, a, statements);
#endif
    (void)engine;
    (void)scope;
    (void)a;
}

status catalog_load(migen_engine engine, const catalog_scope *scope,
                    const driver_result results[CATALOG_STATEMENTS], const schema *known, arena *memory,
                    schema **out, error *e)
{
#ifndef MIGEN_NO_POSTGRES
    if (engine == MIGEN_POSTGRES)
        return postgres_catalog_load(&results[0], memory, out, e);
#endif
#ifndef MIGEN_NO_SQLITE
    if (engine == MIGEN_SQLITE)
        return sqlite_catalog_load(scope, results, known, memory, out, e);
#endif
    (void)engine;
    (void)scope;
    (void)results;
    (void)known;
    (void)memory;
    (void)out;
    return error_set(e, STATUS_CONFIGURATION, "this program is built without that engine");
}

status catalog_read(driver *d, const catalog_scope *scope, const schema *known, arena *memory, schema **out,
                    error *e)
{
    driver_statement statements[CATALOG_STATEMENTS];
    driver_result results[CATALOG_STATEMENTS] = {{0}};
    arena *a = arena_new();
    catalog_statements(driver_engine(d), scope, a, statements);
    status s = driver_run(d, statements, CATALOG_STATEMENTS, a, results, e);
    if (s == STATUS_OK)
        s = catalog_load(driver_engine(d), scope, results, known, memory, out, e);
    arena_free(a);
    return s;
}

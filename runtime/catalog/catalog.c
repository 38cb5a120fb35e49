/*
 * catalog.c: each engine's catalogue behind one door.
 */
#include "catalog.h"

#include "postgres_catalog.h"
#include "sqlite_catalog.h"
#include "sqlite_ddl.h"

void catalog_statements(migen_engine engine, const catalog_scope *scope, arena *a,
                        driver_statement statements[CATALOG_STATEMENTS])
{
    statements[0] = ENGINE_OWN(engine, catalog_statement)(scope, a);
}

status catalog_load(migen_engine engine, const catalog_scope *scope,
                    const driver_result results[CATALOG_STATEMENTS], const schema *known, arena *memory,
                    schema **out, error *e)
{
    if (ENGINE_IS_SQLITE(engine))
        return sqlite_catalog_load(scope, &results[0], known, memory, out, e);
    status s = postgres_catalog_load(&results[0], memory, out, e);
    if (s == STATUS_OK)
        (*out)->current = scope->current;
    return s;
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

/* Without a server that prints expressions there are no answers: the questions are marked as not to be asked. */
static void catalog_give_up(expression_memo *memo)
{
    for (size_t i = 0; i < memo->questions.count; i++)
        map_set(&memo->answers, memo->questions.items[i].key, arena_string(memo->memory, ""));
}

status catalog_learn(driver *d, const schema *wanted, expression_memo *memo, error *e)
{
    status s = STATUS_OK;
    (void)wanted; /* each question brings its own table */
    if (memo->questions.count == 0)
        return STATUS_OK;
    if (ENGINE_IS_SQLITE(driver_engine(d))) {
        catalog_give_up(memo);
    } else {
        uint64_t writes = driver_statement_count(d);
        s = postgres_learn(d, memo, e);
        driver_forget_statements(d, writes); /* temporary tables in a transaction that was rolled back */
    }
    if (s == STATUS_OK)
        memo->questions.count = 0;
    return s;
}

void catalog_settle_table(schema *live, const char *object, const schema *known)
{
    const schema_table *t = schema_find_table(live, object);
    if (ENGINE_IS_SQLITE(live->engine) && t != NULL && !t->is_virtual)
        sqlite_settle_types(live->memory, live, schema_change_table(live, t), known);
}

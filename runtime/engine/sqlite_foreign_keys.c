/*
 * SQLite: foreign_keys is off while migrating (a rebuild needs it), so foreign keys are looked at by hand. Rows that were
 * orphans before are not our doing.
 *
 * What a rebuild has broken is asked for before the commit. What a seed or a backfill puts into a foreign key's columns must be
 * there, as on PostgreSQL: the table is asked before and behind the step.
 */
#include "run.h"

#include "sql_writer.h"

#include <stdlib.h>

/* SQLite: before the first rebuild, how many foreign keys are broken already: those are not our doing. */
status sqlite_before_rebuild(migen *run)
{
    if (run->rebuilds)
        return STATUS_OK;
    driver_result broken = {0};
    batch_begin(run);
    status s = batch_flush(run, false, NULL);
    if (s == STATUS_OK)
        s = driver_query(run->driver, "PRAGMA foreign_key_check", run->memory, &broken, &run->error);
    run->violations_before = broken.row_count;
    run->rebuilds = s == STATUS_OK;
    return s;
}

status sqlite_check_foreign_keys(migen *run)
{
    if (!run->rebuilds)
        return STATUS_OK;
    driver_result broken = {0};
    status s = batch_flush(run, false, NULL);
    if (s == STATUS_OK)
        s = driver_query(run->driver, "PRAGMA foreign_key_check", run->memory, &broken, &run->error);
    if (s != STATUS_OK || broken.row_count <= run->violations_before)
        return s;
    s = error_set(&run->error, STATUS_FAILED,
                  "foreign keys would be broken: %s refers to a row of %s that is not there",
                  driver_value(&broken, 0, 0), driver_value(&broken, 0, 2));
    error_detail(&run->error, "%zu row%s; PRAGMA foreign_key_check lists them", broken.row_count,
                 broken.row_count == 1 ? "" : "s");
    run->broken_table = driver_value(&broken, 0, 0);
    return s;
}

static bool orphans_can_be(const schema_table *t, const char *const *columns)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        if (k->kind != MIGEN_FOREIGN_KEY)
            continue;
        for (size_t j = 0; k->columns[j] != NULL; j++)
            if (list_contains(columns, k->columns[j]))
                return true;
    }
    return false;
}

/* How many rows refer to what is not there. A key that SQLite cannot check (its target is not unique) has none. */
static status orphans_count(migen *run, const char *object, int64_t *count, const char **parent)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT count(*), max(parent) FROM pragma_foreign_key_check(");
    w.space_due = false;
    sql_string(&w, name_parse(run->memory, object).name);
    sql_close(&w);
    status s = batch_flush(run, false, NULL);
    driver_result found = {0};
    error unchecked = error_new(run->memory);
    if (s != STATUS_OK ||
        driver_query(run->driver, sql_text(&w), run->memory, &found, &unchecked) != STATUS_OK)
        return s;
    *count = strtoll(driver_value(&found, 0, 0), NULL, 10);
    *parent = driver_value(&found, 0, 1);
    return s;
}

static bool orphans_are_asked(const migen *run, const migen_step *step, const char *object)
{
    if (step->operation != MIGEN_SEED && step->operation != MIGEN_BACKFILL)
        return false;
    const schema_table *t = schema_find_table(run->live, object);
    return t != NULL &&
           orphans_can_be(t, step->operation == MIGEN_SEED ? step->seed->columns : step->backfill->columns);
}

status sqlite_orphans_before(migen *run, const migen_step *step, const char *object, int64_t *before)
{
    const char *parent = NULL;
    *before = -1;
    if (!orphans_are_asked(run, step, object))
        return STATUS_OK;
    *before = 0;
    return orphans_count(run, object, before, &parent);
}

status sqlite_orphans_behind(migen *run, const char *object, int64_t before)
{
    int64_t behind = before;
    const char *parent = NULL;
    status s = orphans_count(run, object, &behind, &parent);
    if (s != STATUS_OK || behind <= before)
        return s;
    s = error_set(&run->error, STATUS_FAILED, "%s would refer to rows of %s that are not there", object,
                  parent);
    error_detail(&run->error, "%lld row%s; PRAGMA foreign_key_check lists such", (long long)(behind - before),
                 behind - before == 1 ? "" : "s");
    return s;
}

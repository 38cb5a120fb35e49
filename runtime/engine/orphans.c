/*
 * SQLite: what a seed or a backfill puts into a foreign key's columns must be there, as on PostgreSQL. foreign_keys is
 * off while migrating (a rebuild needs it), so the table is asked before and behind the step. Rows that were orphans
 * before are not the step's doing.
 */
#include "run.h"

#include "sql_writer.h"

#include <stdlib.h>

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

bool orphans_are_asked(const migen *run, const migen_step *step, const char *object)
{
    if (run->engine != MIGEN_SQLITE || (step->operation != MIGEN_SEED && step->operation != MIGEN_BACKFILL))
        return false;
    const schema_table *t = schema_find_table(run->live, object);
    return t != NULL &&
           orphans_can_be(t, step->operation == MIGEN_SEED ? step->seed->columns : step->backfill->columns);
}

status orphans_before(migen *run, const char *object, int64_t *before)
{
    const char *parent = NULL;
    return orphans_count(run, object, before, &parent);
}

status orphans_behind(migen *run, const char *object, int64_t before)
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

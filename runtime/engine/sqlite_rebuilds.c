/*
 * SQLite: rebuilds wait for others of their table, and go out as one (rebuild_queue.h).
 *
 * A savepoint is before joined ones: where they cannot be they are carried out singly, each for its own step. So the step
 * that cannot be is the one that is named, and what is possible step by step is done.
 */
#include "run.h"

static void rebuilds_push(migen *run, const char *words, const batch_part *parts)
{
    batch_item item = {.statement = {.sql = words}, .row = NO_STATEMENT, .parts = parts};
    vector_push(run->memory, &run->batch, item);
}

static batch_part *rebuilds_singly(migen *run)
{
    batch_part *parts = ARENA_NEW(run->memory, batch_part);
    for (size_t i = 0; i < run->waiting.parts.count; i++) {
        const rebuild_part *part = &run->waiting.parts.items[i];
        sql_list list = {0};
        table_rebuild_write(run->memory, part->rebuild, &list);
        for (size_t k = 0; k < list.count; k++) {
            batch_item item = {
                .statement = {.sql = list.items[k].text}, .row = part->row, .structural = true};
            vector_push(run->memory, &parts->items, item);
        }
    }
    return parts;
}

void sqlite_release_rebuilds(migen *run)
{
    rebuild_queue waiting = run->waiting;
    const batch_part *singly = rebuilds_singly(run);
    run->waiting = (rebuild_queue){0};
    if (waiting.parts.count == waiting.joined.count) {
        for (size_t i = 0; i < singly->items.count; i++)
            vector_push(run->memory, &run->batch, singly->items.items[i]);
        return;
    }
    rebuilds_push(run, "SAVEPOINT _migen_rebuilds", NULL);
    for (size_t i = 0; i < waiting.joined.count; i++) {
        sql_list list = {0};
        table_rebuild_write(run->memory, waiting.joined.items[i], &list);
        for (size_t k = 0; k < list.count; k++)
            rebuilds_push(run, list.items[k].text, singly);
    }
    rebuilds_push(run, "RELEASE _migen_rebuilds", NULL);
}

status sqlite_wait_with_rebuild(migen *run, const table_rebuild *rebuild)
{
    status s = sqlite_before_rebuild(run);
    if (s != STATUS_OK) /* what went before it has failed: it is not to be tried, and not to be named */
        return s;
    batch_begin(run);
    if (rebuild_queue_add(run->memory, &run->waiting, rebuild, run->row))
        return s;
    sqlite_release_rebuilds(run);
    (void)rebuild_queue_add(run->memory, &run->waiting, rebuild, run->row); /* an empty one takes it */
    return s;
}

bool sqlite_goes_beside(migen *run, const sql_statement *statement)
{
    if (statement->beside == NULL || rebuild_queue_has(&run->waiting, statement->beside))
        return false;
    batch_item item = {.statement = {.sql = statement->text}, .row = run->row, .structural = true};
    vector_push(run->memory, &run->batch, item);
    return true;
}

bool sqlite_fall_back(migen *run, status s, const driver_result *results, size_t count)
{
    size_t failed = run->error.statement_index;
    if (s != STATUS_FAILED || failed >= count || run->batch.items[failed].parts == NULL)
        return false;
    const batch_part *parts = run->batch.items[failed].parts;
    error first = run->error;
    const driver_statement back[] = {{.sql = "ROLLBACK TO _migen_rebuilds"},
                                     {.sql = "RELEASE _migen_rebuilds"}};
    error_clear(&run->error);
    if (driver_run(run->driver, back, 2, run->memory, NULL, &run->error) != STATUS_OK) {
        run->error = first;
        return false;
    }
    for (size_t i = 0; i < failed; i++)
        if (run->batch.items[i].rows != NULL && results[i].done)
            *run->batch.items[i].rows += results[i].affected;
    size_t behind = failed;
    while (run->batch.items[behind].parts == parts)
        behind++;
    VECTOR(batch_item) again = {0};
    for (size_t i = 0; i < parts->items.count; i++)
        vector_push(run->memory, &again, parts->items.items[i]);
    for (size_t i = behind + 1; i < count; i++) /* behind the RELEASE */
        vector_push(run->memory, &again, run->batch.items[i]);
    run->batch.count = 0;
    for (size_t i = 0; i < again.count; i++)
        vector_push(run->memory, &run->batch, again.items[i]);
    return true;
}

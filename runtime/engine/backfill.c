/*
 * Backfills in batches: rows in the order of a key, so many at a time, each batch a short transaction of its own, so that
 * nobody waits long for a row, and a run that is killed goes on where it was.
 *
 * Progress is the key of the last row that is done. It stands in the journal's row (history.h), in `reason`, and is
 * written in the batch's own transaction: each row is changed exactly once, also by a backfill that would change it
 * again (n = n + 1). On SQLite another process may work between two batches: what the journal says then counts.
 */
#include "lock.h"
#include "run.h"
#include "version.h"

#include "duration.h"
#include "sql_writer.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BACKFILL_BATCH         5000
#define BACKFILL_PROGRESS_TIME 5000.0 /* milliseconds */

typedef struct backfill {
    migen *run;
    const migen_backfill *what;
    const char *object, *key;
    const char *mark;  /* begins what the journal says of it */
    const char *after; /* the last key that is done; NULL: none is */
    int64_t done_rows; /* in all runs */
    bool done;
    bool nulls;         /* the key may be null */
    bool lost;          /* SQLite: another process has done it, or goes on with it */
    size_t intent_step; /* as the journal's row has it */
    int64_t about;
    double said;
} backfill;

/* "key" > $1 */
static void backfill_bound(sql_writer *w, const backfill *b, const char *sign, const char *place)
{
    sql_name(w, b->key);
    sql_words(w, sign);
    sql_expression(w, place);
}

static driver_statement backfill_with(migen *run, const sql_writer *w, const char *first, const char *second,
                                      size_t count)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 2);
    parameters[0] = first;
    parameters[1] = second;
    sql_writer text = *w;
    return (driver_statement){.sql = sql_text(&text), .parameters = parameters, .parameter_count = count};
}

/* Where the next batch ends: the key of its last row. No row: what is left is less than a batch. */
static driver_statement backfill_edge(const backfill *b)
{
    sql_writer w = sql_new(b->run->memory);
    sql_words(&w, "SELECT");
    sql_name(&w, b->key);
    sql_words(&w, "FROM");
    sql_object_text(&w, b->object);
    sql_words(&w, "WHERE");
    sql_in_brackets(&w, b->what->where);
    sql_words(&w, "AND");
    if (b->after != NULL)
        backfill_bound(&w, b, ">", "$1");
    else
        backfill_bound(&w, b, "IS NOT NULL", "");
    sql_words(&w, "ORDER BY");
    sql_name(&w, b->key);
    sql_words(&w, "LIMIT 1 OFFSET");
    sql_integer(&w, (b->what->batch > 0 ? b->what->batch : BACKFILL_BATCH) - 1);
    return backfill_with(b->run, &w, b->after, NULL, b->after == NULL ? 0 : 1);
}

/* The rows up to `edge`; all that are left without one, with those whose key is null. */
static driver_statement backfill_update(const backfill *b, const char *edge)
{
    sql_writer w = sql_new(b->run->memory);
    dialect_backfill_update(&w, b->object, b->what);
    if (edge != NULL) {
        sql_words(&w, "AND");
        backfill_bound(&w, b, "<=", "$1");
    }
    if (b->after != NULL) {
        sql_words(&w, "AND");
        sql_open(&w);
        backfill_bound(&w, b, ">", edge == NULL ? "$1" : "$2");
        if (edge == NULL && b->nulls) {
            sql_words(&w, "OR");
            sql_name(&w, b->key);
            sql_words(&w, "IS NULL");
        }
        sql_close(&w);
    }
    size_t count = (edge != NULL ? 1u : 0u) + (b->after != NULL ? 1u : 0u);
    return backfill_with(b->run, &w, edge != NULL ? edge : b->after, b->after, count);
}

/* Notes in the journal's row how far it is; after NULL: to the end. */
static driver_statement backfill_note(const backfill *b, int64_t rows, const char *after)
{
    migen *run = b->run;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "UPDATE");
    sql_object(&w, run->history.table);
    sql_words(&w, "SET reason = $1 WHERE seq = (SELECT max(seq) FROM");
    sql_object(&w, run->history.table);
    sql_words(&w, "WHERE direction = 'intent' AND id = $2)");
    const char *text = after == NULL
                           ? arena_format(run->memory, "%s rows=%" PRId64 " done", b->mark, rows)
                           : arena_format(run->memory, "%s rows=%" PRId64 " after=%s", b->mark, rows, after);
    return backfill_with(run, &w, text, run->migration->id, 2);
}

/* What a journal's row says of this backfill; false when it says nothing of it. */
static bool backfill_read_note(backfill *b, const char *note)
{
    if (note == NULL || !text_starts_with(note, b->mark) ||
        !text_starts_with(note + strlen(b->mark), " rows="))
        return false;
    char *end = NULL;
    b->done_rows = strtoll(note + strlen(b->mark) + strlen(" rows="), &end, 10);
    b->done = text_equal(end, " done");
    if (text_starts_with(end, " after="))
        b->after = arena_string(b->run->memory, end + strlen(" after="));
    return b->done || b->after != NULL;
}

/* SQLite, inside a batch's transaction: another process may have gone on with this migration in the meantime. */
static status backfill_look_again(backfill *b)
{
    migen *run = b->run;
    if (!ENGINE_IS_SQLITE(run->engine))
        return STATUS_OK;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT direction, step, reason FROM");
    sql_object(&w, run->history.table);
    sql_words(&w, "WHERE id = $1 AND direction <> 'failed' ORDER BY seq DESC LIMIT 1");
    driver_statement ask = backfill_with(run, &w, run->migration->id, NULL, 1);
    driver_result found = {0};
    status s = driver_run(run->driver, &ask, 1, run->memory, &found, &run->error);
    if (s != STATUS_OK)
        return s;
    const char *step = found.row_count == 0 ? NULL : driver_value(&found, 0, 1);
    if (step == NULL || !text_equal(driver_value(&found, 0, 0), "intent") ||
        strtoul(step, NULL, 10) != b->intent_step) {
        b->lost = true;
        return error_set(&run->error, STATUS_BUSY, "another process has gone on with %s", run->migration->id);
    }
    (void)backfill_read_note(b, driver_value(&found, 0, 2));
    return STATUS_OK;
}

/* "backfill of users: 40000 of about 100000 rows", every few seconds. What is left is counted once, and only when it
 * takes that long. */
static void backfill_progress(backfill *b)
{
    migen *run = b->run;
    double now = clock_milliseconds();
    if (now - b->said < BACKFILL_PROGRESS_TIME)
        return;
    b->said = now;
    if (b->about < 0 && ENGINE_IS_POSTGRES(run->engine)) {
        sql_writer w = sql_new(run->memory);
        sql_words(&w, "SELECT count(*) FROM");
        sql_object_text(&w, b->object);
        sql_words(&w, "WHERE");
        sql_in_brackets(&w, b->what->where);
        sql_words(&w, "AND");
        backfill_bound(&w, b, ">", "$1");
        driver_statement ask = backfill_with(run, &w, b->after, NULL, 1);
        driver_result found = {0};
        error ignored = error_new(run->memory); /* then it is not known how much is left */
        if (driver_run(run->driver, &ask, 1, run->memory, &found, &ignored) == STATUS_OK &&
            found.row_count != 0)
            b->about = b->done_rows + strtoll(driver_value(&found, 0, 0), NULL, 10);
    }
    if (b->about >= b->done_rows)
        report_message(run->report, "info", "  backfill of %s: %" PRId64 " of about %" PRId64 " rows",
                       b->object, b->done_rows, b->about);
    else
        report_message(run->report, "info", "  backfill of %s: %" PRId64 " rows", b->object, b->done_rows);
}

/* One batch. On SQLite the last one's transaction stays open: it is the one in which the migration goes on. */
static status backfill_batch(backfill *b)
{
    migen *run = b->run;
    batch_begin(run);
    status s = batch_flush(run, false, NULL);
    if (s == STATUS_OK)
        s = backfill_look_again(b);
    if (s != STATUS_OK || b->done)
        return s;
    run->locked = true;
    driver_result found = {0};
    batch_push(run, backfill_edge(b), run->row, false);
    s = batch_flush(run, false, &found);
    if (s != STATUS_OK)
        return s;
    const char *edge = found.row_count == 0 ? NULL : driver_value(&found, 0, 0);
    int64_t rows = 0;
    batch_push(run, backfill_update(b, edge), run->row, false);
    run->batch.items[run->batch.count - 1].rows = &rows;
    s = batch_flush(run, false, NULL);
    if (s != STATUS_OK)
        return s;
    batch_push(run, backfill_note(b, b->done_rows + rows, edge), run->row, false);
    if (ENGINE_IS_POSTGRES(run->engine) || edge != NULL)
        batch_commit(run);
    s = batch_flush(run, false, NULL);
    if (s != STATUS_OK)
        return s;
    b->done_rows += rows;
    b->after = edge;
    b->done = edge == NULL;
    return STATUS_OK;
}

/* A batch that meets another's lock, or is in a deadlock with it, has changed nothing, and is tried again. */
static status backfill_all(backfill *b)
{
    migen *run = b->run;
    double pause = 100;
    for (int64_t tries = 0; !b->done;) {
        status s = backfill_batch(b);
        bool again =
            s == STATUS_BUSY && !b->lost && tries++ < run->options->ddl_retries && !driver_interrupted();
        if (s != STATUS_OK && !again)
            return s;
        if (again) {
            run_rollback(run);
            error_clear(&run->error);
            run->has_failed = false;
            run_sleep(run_jitter(pause));
            pause = pause < 5000 ? pause * 2 : pause;
            continue;
        }
        tries = 0;
        pause = 100;
        if (b->done)
            break;
        backfill_progress(b);
        double until = clock_milliseconds() + (double)b->what->pause;
        for (double left = (double)b->what->pause; left > 0 && !driver_interrupted();
             left = until - clock_milliseconds())
            run_sleep(left < 200 ? left : 200);
    }
    return STATUS_OK;
}

/* Commits what stands before the first batch, with the intent to do what follows; behind an interruption the intent is
 * there, and what it says is taken over. */
static status backfill_begin(backfill *b)
{
    migen *run = b->run;
    const history_entry *journal = run_journal(run);
    if (journal != NULL && journal->at == run->row && backfill_read_note(b, journal->reason)) {
        b->intent_step = ((const history_entry *)map_get(&run->history.journal, run->migration->id))->step;
        report_message(run->report, "info", "  backfill of %s: going on behind %" PRId64 " rows", b->object,
                       b->done_rows);
        if (ENGINE_IS_SQLITE(run->engine) && b->done)
            return STATUS_OK;
        batch_commit(run);
        return batch_flush(run, false, NULL);
    }
    status s = STATUS_OK;
    if (ENGINE_IS_SQLITE(run->engine))
        s = sqlite_check_foreign_keys(run);
    if (s != STATUS_OK)
        return s;
    run->rebuilds = false;
    b->intent_step = run->row;
    carry_split(run, run->row);
    return batch_flush(run, false, NULL);
}

/* Whether there is more than a batch: what is less is as well done with the rest of the migration. */
static status backfill_is_large(backfill *b, bool *large)
{
    migen *run = b->run;
    driver_result found = {0};
    batch_begin(run);
    batch_push(run, backfill_edge(b), run->row, false);
    status s = batch_flush(run, false, &found);
    *large = s == STATUS_OK && found.row_count != 0;
    return s;
}

/* One transaction for all: what batches of an interrupted run have left is done at once. */
static status backfill_rest(backfill *b, const char *note, int64_t *rows, bool *done)
{
    migen *run = b->run;
    if (!backfill_read_note(b, note))
        return STATUS_OK;
    *done = true;
    *rows += b->done_rows;
    report_message(run->report, "info", "  backfill of %s: going on behind %" PRId64 " rows", b->object,
                   b->done_rows);
    if (b->done)
        return STATUS_OK;
    batch_begin(run);
    batch_push(run, backfill_update(b, NULL), run->row, false);
    run->batch.items[run->batch.count - 1].rows = rows;
    return batch_flush(run, false, NULL);
}

status backfill_batches(migen *run, const sql_statement *statement, int64_t *rows, bool *done)
{
    const migen_backfill *what = statement->batches;
    const schema_table *t = schema_find_table(run->live, statement->batches_of);
    const char *key = dialect_backfill_key(t, what);
    *done = false;
    if (key == NULL)
        return STATUS_OK;
    const migen_column *column = table_find_column(t, key);
    backfill b = {.run = run,
                  .what = what,
                  .object = statement->batches_of,
                  .key = key,
                  .mark = arena_format(run->memory, "backfill of %s (%s) by %s", statement->batches_of,
                                       list_join(run->memory, what->columns, ", "), key),
                  .nulls = column == NULL || !column->not_null,
                  .about = -1,
                  .said = clock_milliseconds()};
    status s = STATUS_OK;
    if (ENGINE_IS_SQLITE(run->engine)) {
        /* SQLite compares no blob with the text that a parameter is. */
        bool large = column != NULL && column->type.kind != MIGEN_TYPE_BYTES;
        const history_entry *journal = run_journal(run);
        bool begun = journal != NULL && journal->at == run->row && journal->reason != NULL;
        if (run_is_one_transaction(run))
            return begun ? backfill_rest(&b, journal->reason, rows, done) : STATUS_OK;
        if (large && !begun)
            s = backfill_is_large(&b, &large);
        if (s != STATUS_OK || !large)
            return s;
    }
    *done = true;
    s = backfill_begin(&b);
    if (s == STATUS_OK)
        run->durable =
            "what stands before its backfill, and the batches that are done, are committed and journalled:"
            " the next run goes on behind them";
    if (s == STATUS_OK && !b.done)
        s = backfill_all(&b);
    *rows += b.done_rows;
    run->stale = run->stale || ENGINE_IS_SQLITE(run->engine);
    return s;
}

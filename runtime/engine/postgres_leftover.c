/* PostgreSQL: what a recipe in several transactions leaves when it fails, or is killed between two of them. */
#include "lock.h"
#include "run.h"
#include "version.h"

#include "sql_writer.h"
#include "text.h"

static bool leftover_run(migen *run, const driver_statement *statement, driver_result *result)
{
    error ignored = error_new(run->memory);
    return driver_run(run->driver, statement, 1, run->memory, result, &ignored) == STATUS_OK;
}

/* ---- constraints that are NOT VALID ---- */

static char *leftover_drop_text(migen *run, const char *table, const char *constraint)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "ALTER TABLE IF EXISTS");
    sql_object_text(&w, table);
    sql_words(&w, "DROP CONSTRAINT IF EXISTS");
    sql_name(&w, constraint);
    return sql_text(&w);
}

/* In a transaction of its own, which is no part of any migration. */
static status leftover_drop_constraint(migen *run, const char *table, const char *constraint)
{
    bool has_committed = run->has_committed, in_doubt = run->in_doubt;
    batch_begin(run);
    batch_push(run, (driver_statement){.sql = leftover_drop_text(run, table, constraint)}, NO_STATEMENT,
               false);
    batch_commit(run);
    status s = batch_flush(run, false, NULL);
    run->has_committed = has_committed;
    run->in_doubt = in_doubt;
    return s;
}

/* The failed run's constraint. Others may use the table just now: it is tried again, but not when the run was told to end. */
static void leftover_drop_unproven(migen *run)
{
    const sql_statement *what = run->unproven.durable;
    const error first = run->error;
    const unproven_constraint none = {0};
    int64_t tries = first.code == STATUS_FAILED ? run->options->ddl_retries : 0;
    double pause = 100;
    status s = STATUS_OK;
    for (;; tries--) {
        error_clear(&run->error);
        s = leftover_drop_constraint(run, what->lock_object, what->unproven);
        if (s != STATUS_BUSY || tries <= 0 || driver_interrupted())
            break;
        run_rollback(run);
        run_sleep(run_jitter(pause));
        pause = pause < 5000 ? pause * 2 : pause;
    }
    if (s != STATUS_OK)
        run_rollback(run);
    else
        run->unproven = none;
    run->error = first;
    if (s != STATUS_OK)
        run->left_behind = arena_format(run->memory,
                                        "the constraint %s on %s is left NOT VALID and refuses rows, until "
                                        "the next run takes it away or finishes it",
                                        what->unproven, what->lock_object);
}

/* ---- an INVALID index ---- */

/* Whether the failed statement has made it: there, INVALID, and nobody is still building it. */
static bool leftover_is_there(migen *run, const char *index)
{
    sql_writer name = sql_new(run->memory);
    sql_object_text(&name, index);
    const char *parameters[] = {sql_text(&name)};
    driver_statement ask = {.sql = "SELECT 1 FROM pg_catalog.pg_index i WHERE i.indexrelid = "
                                   "to_regclass($1::text)::oid AND NOT i.indisvalid"
                                   " AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p"
                                   " WHERE p.index_relid = i.indexrelid)",
                            .parameters = parameters,
                            .parameter_count = 1};
    driver_result found = {0};
    return leftover_run(run, &ask, &found) && found.row_count != 0;
}

static void leftover_drop_index(migen *run, const sql_statement *what)
{
    if (!leftover_is_there(run, what->half_made))
        return;
    /* The settings stay in no session: there may be a pooler. */
    driver_settings patient = run->settings;
    patient.set = arena_format(run->memory, "%s, pg_catalog.set_config('lock_timeout', '%lld', false)",
                               run->session_settings, (long long)run->options->ddl_lock_timeout);
    patient.undo = run->session_undo;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "DROP INDEX CONCURRENTLY IF EXISTS");
    sql_object_text(&w, what->half_made);
    driver_statement drop = {.sql = sql_text(&w), .outside = true};
    driver_use_settings(run->driver, &patient);
    bool dropped = leftover_run(run, &drop, NULL);
    driver_use_settings(run->driver, run->pooled ? &run->settings : NULL);
    bool unique = text_starts_with(what->text, "CREATE UNIQUE");
    if (!dropped)
        run->left_behind =
            arena_format(run->memory, "the INVALID index %s is left, which the next run takes away%s",
                         what->half_made, unique ? ": until then it may refuse rows" : "");
}

void postgres_drop_half_made(migen *run)
{
    if (!run->locked || run->lock_is_lost || run->driver == NULL || !driver_is_alive(run->driver))
        return;
    const sql_statement *what = run->has_failed ? run->failed.what : NULL;
    if (what != NULL && what->half_made != NULL)
        leftover_drop_index(run, what);
    /* An earlier run has put it there, and was interrupted. */
    const history_entry *journal = what == NULL || run->migration == NULL ? NULL : run_journal(run);
    if (journal != NULL && what->unproven != NULL && run->unproven.durable == NULL &&
        journal->at == run->failed.row && !journal->is_other)
        run->unproven.durable = what;
    if (run->unproven.durable != NULL && driver_is_alive(run->driver))
        leftover_drop_unproven(run);
}

/* ---- what a killed run has left ---- */

static bool leftover_names(migen *run, const migen_step *rows, size_t count, const char *table)
{
    for (size_t i = 0; i < count; i++) {
        const char *object = rows[i].table != NULL ? rows[i].table->name : rows[i].object;
        if (object == NULL)
            continue;
        object_name renamed = name_parse(run->memory, object);
        renamed.name = rows[i].new_name;
        if (text_equal(object, table) ||
            (rows[i].operation == MIGEN_RENAME_TABLE && text_equal(name_text(run->memory, renamed), table)))
            return true;
    }
    return false;
}

/* Whether the release, or what it knows of a newer one, works on the table: else it may be the proof of another project's run. */
static bool leftover_is_ours(migen *run, const schema_proof *proof)
{
    const char *table = name_text(run->memory, proof->table);
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *m = run->release->migrations[i];
        if (leftover_names(run, m->up, m->up_count, table) ||
            leftover_names(run, m->down, m->down_count, table))
            return true;
    }
    return false;
}

status postgres_drop_leftovers(migen *run)
{
    status s = STATUS_OK;
    for (size_t i = 0; run->live != NULL && i < run->live->proofs.count && s == STATUS_OK; i++) {
        const schema_proof *proof = &run->live->proofs.items[i];
        if (!leftover_is_ours(run, proof))
            continue;
        const char *table = name_text(run->memory, proof->table);
        run->migration = NULL;
        s = leftover_drop_constraint(run, table, proof->name);
        if (s == STATUS_OK)
            report_message(run->report, "info",
                           "  the check %s, which an interrupted run has left on %s, is taken away",
                           proof->name, table);
    }
    if (s == STATUS_OK && run->live != NULL)
        run->live->proofs.count = 0;
    return s;
}

leftover_list postgres_leftovers(migen *run)
{
    leftover_list list = {0};
    for (size_t i = 0; run->live != NULL && i < run->live->proofs.count; i++) {
        const schema_proof *proof = &run->live->proofs.items[i];
        const char *table = name_text(run->memory, proof->table);
        if (!leftover_is_ours(run, proof))
            continue;
        leftover one = {.object = arena_format(run->memory, "constraint %s on %s", proof->name, table),
                        .drop = leftover_drop_text(run, table, proof->name)};
        one.words = arena_format(run->memory,
                                 "an interrupted run has left it, and it refuses rows (%s): the next run "
                                 "that changes something takes it away, or %s",
                                 proof->expression, one.drop);
        vector_push(run->memory, &list, one);
    }
    return list;
}

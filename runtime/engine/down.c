/* The state machine of run.h, on the way down; redo. */
#include "engine.h"
#include "journal.h"
#include "lock.h"
#include "retries.h"
#include "version.h"
#include "ways.h"

#include "text.h"

/* Every way back is there before the first is gone. */
static status down_check_ways(migen *run, const position_list *positions)
{
    for (size_t i = 0; i < positions->count; i++) {
        const migen_migration *m = run->release->migrations[positions->items[i]];
        if (journal_is_in_doubt(run->memory, &run->history, m, true)) {
            status s =
                error_set(&run->error, STATUS_FAILED,
                          "%s was begun and not finished, and its way down runs SQL of its own", m->id);
            const history_entry *begun = map_get(&run->history.journal, m->id);
            if (positions->items[i] >= run->known_count && begun != NULL)
                error_hint(&run->error,
                           "nothing was changed; finish it with `up` of release %s, then go down",
                           begun->release);
            else
                error_hint(&run->error, "nothing was changed; finish it with `up`, then go down");
            return s;
        }
        if (m->down_never == NULL)
            continue;
        status s = error_set(&run->error, STATUS_FAILED, "%s has no way down: %s", m->id, m->down_never);
        if (positions->items[i] >= run->known_count)
            error_hint(&run->error,
                       "nothing was changed; go down with the binary of the release that applied it");
        else
            error_hint(&run->error,
                       "nothing was changed; restore a backup, or write a migration that leads forward");
        return s;
    }
    return STATUS_OK;
}

/* Under the lock, where another may have gone up or down since the question: what was agreed to is what is left of it. */
static status down_check_confirmed(migen *run, const position_list *positions)
{
    size_t done = run->report->reverted, count = run->confirmed.count;
    bool same = count == 0 || positions->count + done == count;
    for (size_t i = 0; same && count != 0 && i < positions->count; i++)
        same = text_equal(run->release->migrations[positions->items[i]]->id, run->confirmed.items[done + i]);
    if (same)
        return STATUS_OK;
    VECTOR(const char *) now = {0};
    for (size_t i = 0; i < positions->count; i++)
        vector_push(run->memory, &now, run->release->migrations[positions->items[i]]->id);
    vector_push(run->memory, &now, NULL);
    run->is_other_than_confirmed = true;
    status s = error_set(&run->error, STATUS_BUSY,
                         "another session has changed the history meanwhile: what would be taken back now is "
                         "%s, no longer what was chosen before",
                         positions->count == 0 ? "nothing" : list_join(run->memory, now.items, ", "));
    error_hint(&run->error, done == 0 ? "nothing was changed; `status` shows what is applied"
                                      : "`status` shows what is applied");
    return s;
}

static void down_confirm(migen *run, const position_list *positions)
{
    for (size_t i = 0; i < positions->count; i++)
        vector_push(run->memory, &run->confirmed, run->release->migrations[positions->items[i]]->id);
}

static status down_carry(migen *run, const char *target)
{
    position_list positions = {0};
    status s = ways_know(run);
    if (s == STATUS_OK)
        s = engine_select_down(run, target, &positions);
    if (s == STATUS_USAGE && run->confirmed.count != 0) { /* the target was applied when it was chosen */
        error_clear(&run->error);
        s = STATUS_OK;
    }
    if (s == STATUS_OK)
        s = down_check_confirmed(run, &positions);
    if (s == STATUS_OK)
        s = down_check_ways(run, &positions);
    if (s != STATUS_OK)
        return s;
    run->going_down = true;
    run->expected = version_schema(run, version_applied, run->live);
    run->final = run->expected;
    s = rehearse(run, &positions);
    for (size_t i = 0; i < positions.count && s == STATUS_OK; i++) {
        run->last = i + 1 == positions.count;
        size_t position = positions.items[i];
        if (ENGINE_IS_SQLITE(run->engine) && !run->in_transaction)
            s = sqlite_begin_next(run, position, true);
        if (s != STATUS_OK || !(version_applied(run, position) || version_is_begun(run, position)))
            continue;
        s = carry_migration(run, positions.items[i], true);
    }
    if (s == STATUS_OK && run->in_transaction) {
        batch_commit(run);
        s = batch_flush(run, false, NULL);
    }
    run->migration = s == STATUS_OK ? NULL : run->migration;
    return s;
}

static status down_or_redo(migen *run, const char *target, const char *command)
{
    position_list positions = {0};
    run->needs_database = true;
    status s = run_connect(run);
    run->takes_newer = text_equal(command, "down");
    if (s == STATUS_OK)
        s = ways_know(run);
    if (s == STATUS_OK)
        s = engine_select_down(run, target, &positions);
    if (s == STATUS_OK) {
        engine_header(run, NULL, 0);
        s = engine_check_history(run);
    }
    if (s == STATUS_OK)
        s = down_check_ways(run, &positions);
    if (s == STATUS_OK && positions.count != 0)
        s = run_refuse_read_only(run);
    bool above =
        target != NULL && *target != '-' && !text_equal(target, "base") && !text_equal(target, "none");
    bool redo = text_equal(command, "redo");
    agreement answer = positions.count == 0                   ? AGREEMENT_REFUSED
                       : s != STATUS_OK || run->agree == NULL ? AGREEMENT_UNASKED
                                                              : run->agree(run, &positions);
    bool agreed = answer != AGREEMENT_REFUSED;
    if (answer == AGREEMENT_GIVEN || redo) /* `redo` makes again what it has chosen */
        down_confirm(run, &positions);
    run->goes_down = true;
    if (s == STATUS_OK && agreed)
        s = run_with_retries(run, target, down_carry);
    run->goes_down = false;
    if (s == STATUS_OK && positions.count == 0)
        report_message(run->report, "info", "nothing to do: nothing%s%s is applied", above ? " above " : "",
                       above ? target : "");
    else if (s == STATUS_OK && !agreed && driver_interrupted())
        s = error_set(&run->error, STATUS_STOPPED, "stopped by a signal, before anything was changed");
    else if (s == STATUS_OK && !agreed)
        report_message(run->report, "info", "nothing was changed");
    for (size_t i = positions.count; redo && agreed && i-- > 0 && s == STATUS_OK;) {
        run->going_down = false;
        if (!version_applied(run, positions.items[i]))
            s = engine_try_up(run, run->release->migrations[positions.items[i]]->id);
    }
    if (s != STATUS_OK)
        engine_report_failure(run);
    report_result(run->report, command, s);
    return s;
}

status engine_down(migen *run, const char *target)
{
    return down_or_redo(run, target, "down");
}

status engine_redo(migen *run, const char *target)
{
    return down_or_redo(run, target, "redo");
}

/* The state machine of run.h, on the way up; and what is said of any failure. */
#include "adopt.h"
#include "engine.h"
#include "failure.h"
#include "journal.h"
#include "lock.h"
#include "offenders.h"
#include "retries.h"
#include "strict.h"
#include "verify.h"
#include "version.h"
#include "ways.h"

#include "duration.h"
#include "text.h"

migen *engine_new(arena *a, const migen_release *release, const run_options *options, const target *t,
                  report *r)
{
    migen *run = ARENA_NEW(a, migen);
    run->memory = a;
    run->release = run->own = release;
    run->options = options;
    run->target = t;
    run->report = r;
    run->engine = t->engine;
    run->error = error_new(a);
    run->memo = expression_memo_new(a);
    run->rows = map_new(a);
    run->differences_said = map_new(a);
    run->known_count = release->migration_count;
    run->scope.lock_timeout = options->ddl_lock_timeout;
    run_scope_add(run, NULL, 0);
    for (size_t i = 0; i < release->migration_count; i++)
        run_scope_add(run, release->migrations[i]->up, release->migrations[i]->up_count);
    return run;
}

void engine_free(migen *run)
{
    run_unlock(run);
    run_disconnect(run);
}

/* The database itself is damaged: no migration is wrong. */
static bool up_is_damage(const migen *run)
{
    static const char *const states[] = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002"};
    for (size_t i = 0; run->error.sqlstate != NULL && i < sizeof states / sizeof *states; i++)
        if (text_starts_with(run->error.sqlstate, states[i]))
            return true;
    return false;
}

static size_t up_failed_row(const migen *run)
{
    return run->has_failed && run->failed.row != NO_STATEMENT ? run->failed.row : run->row;
}

/* Whether the migration has a `run` or `call` without a condition that is done and committed: an edit would repeat it. */
static bool up_has_run(const migen *run)
{
    if (run->durable == NULL || run->going_down || run->migration == NULL)
        return false;
    size_t row = up_failed_row(run);
    for (size_t i = 0; i < row && i < run->migration->up_count; i++)
        if (flow_is_unguarded(run->migration->up, i))
            return true;
    return false;
}

static const char *up_next_behind_failure(const migen *run)
{
    const char *file = run->migration->file;
    bool of_rows = offenders_are_meant(run), repeats = up_has_run(run);
    if (of_rows && repeats)
        return arena_format(
            run->memory,
            "mend these rows, and run it again (with an edit %s is carried out from its first "
            "step, each `run` and `call` without a condition once more)",
            file);
    if (of_rows)
        return arena_format(run->memory,
                            "mend these rows (or %s, and build the release again), and run it again", file);
    return arena_format(run->memory, "mend %s%s, build the release again, and run it again", file,
                        repeats
                            ? " (it is carried out from its first step then: give a `run` or `call` that is "
                              "done already a condition)"
                            : "");
}

/* What is said when a run fails: the place, what stands, and what to do next. */
void engine_report_failure(migen *run)
{
    offenders_tell(run);
    const migen_migration *m = run->migration;
    const char *place = NULL;
    const char *state = NULL;
    const bool of_history = run->has_failed && run->failed.of_history;
    if (of_history) {
        state = "nothing was changed";
        /* A hint of the server's is better, unless it says that the name is taken: there is another one. */
        if (run->error.hint == NULL || text_starts_with(run->error.sqlstate, "427"))
            error_hint(
                &run->error,
                "it keeps its history there: --history-table NAME and --schema NAME take another place, "
                "--role NAME another role");
    } else if (m != NULL) {
        size_t row = up_failed_row(run);
        const unsigned *lines = run->going_down ? m->down_lines : m->up_lines;
        size_t count = run->going_down ? m->down_count : m->up_count;
        place =
            lines != NULL && row < count ? arena_format(run->memory, "%s:%u", m->file, lines[row]) : m->file;
        size_t done = run->going_down ? run->report->reverted : run->report->applied;
        if (run->is_rehearsing && done == 0 && !run->has_committed && run->durable == NULL)
            state = "no migration was begun";
        else if (run->in_doubt)
            state = arena_format(
                run->memory,
                "the connection was lost while %s was committed: the history says whether it is %s; "
                "%zu before it in this run are",
                m->id, run->going_down ? "reverted" : "applied", done);
        else if (run_is_one_transaction(run) && !run->has_committed && run->durable == NULL)
            state = "all of this run was rolled back: the database is as it was before";
        else if (run_is_one_transaction(run) && run->durable == NULL)
            state = "rolled back to the last commit of this run: the next run goes on behind it";
        else if (run->durable != NULL)
            state = arena_format(run->memory, "%s: %s", m->id, run->durable);
        else if (done == 0)
            state = arena_format(run->memory, "%s was rolled back whole", m->id);
        else
            state =
                arena_format(run->memory, "%s was rolled back whole; the %s before it in this run stay%s %s",
                             m->id, done == 1 ? "one" : arena_format(run->memory, "%zu", done),
                             done == 1 ? "s" : "", run->going_down ? "reverted" : "applied");
        if (run->cleared != NULL && run->left_behind == NULL)
            state = arena_format(run->memory, "%s; the INVALID index %s, which was there before, is gone",
                                 state, run->cleared);
        if (run->left_behind != NULL)
            state = arena_format(run->memory, "%s; %s", state, run->left_behind);
    }
    const char *next = NULL;
    switch (run->error.code) {
    case STATUS_BUSY:
    case STATUS_STOPPED:
    case STATUS_NO_CONNECTION:
        next = run->error.code == STATUS_NO_CONNECTION && ENGINE_IS_SQLITE(run->engine)
                   ? "mend that, and run it again" /* a path does not mend itself */
               : (m == NULL || run->is_rehearsing) && !run->has_committed
                   ? "run it again"
                   : "run it again; it goes on where it stands";
        break;
    case STATUS_FAILED:
        next = up_is_damage(run)         ? "mend the database or restore a backup of it, then run it again"
               : m == NULL || of_history ? NULL
                                         : up_next_behind_failure(run);
        break;
    case STATUS_NOT_PERMITTED:
        next = text_starts_with(run->error.sqlstate, "28") /* it did not even get in */
                   ? "mend the URL, or the server's rules for it, and run it again"
                   : ENGINE_IS_SQLITE(run->engine)
                         ? "mend that, and run it again"
                         : "give the role that right, or take another one, and run it again";
        break;
    case STATUS_DRIFT:
        next = text_starts_with(run->error.message, "edited ")
                   ? "take the edit back, build the release again, and run it again"
                   : "look at the difference: `verify` lists all of them";
        break;
    default:
        break;
    }
    run->report->operation = m == NULL || of_history ? NULL : run_operation(run, up_failed_row(run));
    report_failure(run->report, &run->error, place, state, next);
    run->report->operation = NULL;
    failure_record(run);
}

/* Queues the history's table, and the record of the version at which a database without history proves to be. */
static status up_record(migen *run)
{
    bool empty_history = history_is_empty(&run->history);
    adoption adopted = {0};
    run->last = run->options->strict; /* what begins here may become the one transaction of all of them */
    if (empty_history) {
        status s = adopt_find(run, &adopted);
        if (s != STATUS_OK)
            return s;
        if (!adopted.proven)
            report_message(run->report, "info",
                           "a database without history, at no version's schema: what is there is skipped");
    }
    size_t before = run->batch.count;
    engine_make_history(run);
    if (run->batch.count != before && adopted.count == 0 && !run_is_one_transaction(run) &&
        !run->options->strict)
        batch_commit(run); /* with --strict it is made by the first migration, or not at all */
    if (adopted.count != 0)
        adopt_record(run, &adopted);
    for (size_t i = 0; i < run->batch.count; i++)
        run->batch.items[i].commits = false; /* nothing of a migration stands behind it */
    return STATUS_OK;
}

/* Of SQL and C in a migration that is begun, and was left on its way down, it has to be known whether they are to be repeated. */
static status up_check_turning(migen *run, const position_list *pending)
{
    for (size_t i = 0; i < pending->count; i++) {
        const migen_migration *m = run->release->migrations[pending->items[i]];
        if (!journal_is_in_doubt(run->memory, &run->history, m, false))
            continue;
        status s = error_set(
            &run->error, STATUS_FAILED,
            "the way down of %s was begun and not finished, and SQL of its own may have been taken back",
            m->id);
        error_hint(&run->error, "nothing was changed; finish it with `down`, then go up");
        return s;
    }
    return STATUS_OK;
}

/* How many of this release's migrations are applied, by whomever: also by the session that this one waited for. */
static size_t up_count_applied(const migen *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->known_count; i++)
        count += version_applied(run, i) ? 1 : 0;
    return count;
}

/* From locked to carried out. */
static status up_carry(migen *run, const char *target)
{
    position_list pending = {0};
    run->going_down = false;
    run->expected = version_schema(run, version_applied, run->live);
    rehearse_prepare(run);
    status s = up_record(run);
    if (s == STATUS_OK)
        s = engine_check_history(run);
    if (s == STATUS_OK)
        s = engine_check_reverting(run);
    if (s == STATUS_OK)
        s = engine_select_up(run, target, &pending);
    if (s == STATUS_OK)
        s = up_check_turning(run, &pending);
    if (s != STATUS_OK)
        return s;
    run->report->already = up_count_applied(run) - run->report->applied;
    run->expected = version_schema(run, version_applied, run->live);
    if (ENGINE_IS_SQLITE(
            run->engine)) /* again, with the enums of the version that it is known to be at now */
        s = run_read_live(run);
    if (s == STATUS_OK)
        s = rehearse(run, &pending);
    if (s == STATUS_OK)
        s = strict_look(run, &pending);
    /* The history's table, and what was adopted: where nobody waits for it, it goes out with the first migration. */
    if (s == STATUS_OK && run->batch.count != 0 && (pending.count == 0 || ENGINE_IS_SQLITE(run->engine)))
        s = batch_flush(run, false, NULL);
    for (size_t i = 0; i < pending.count && s == STATUS_OK; i++) {
        run->last = i + 1 == pending.count;
        if (ENGINE_IS_SQLITE(run->engine) && !run->in_transaction)
            s = sqlite_begin_next(run, pending.items[i], false);
        if (s != STATUS_OK || version_applied(run, pending.items[i]))
            continue;
        s = carry_migration(run, pending.items[i], false);
    }
    if (s == STATUS_OK && run->in_transaction) { /* only adopted, or nothing was left to do under the lock */
        batch_commit(run);
        s = batch_flush(run, false, NULL);
    }
    run->migration = s == STATUS_OK ? NULL : run->migration;
    return s;
}

static status up_verify(migen *run)
{
    if (run->options->verify == VERIFY_OFF || run->report->applied == 0)
        return STATUS_OK;
    size_t count = 0;
    status s = verify_database(run, version_applied, false, &count);
    if (s != STATUS_OK || count == 0)
        return s;
    if (run->options->verify == VERIFY_STRICT)
        return error_set(&run->error, STATUS_DRIFT,
                         "the database differs from this release's schema in %zu place%s", count,
                         count == 1 ? "" : "s");
    report_message(run->report, "warning", "verify: %zu difference%s left as found", count,
                   count == 1 ? "" : "s");
    return STATUS_OK;
}

static void up_say_nothing(migen *run, const char *target)
{
    size_t pending = engine_count_pending(run);
    if (pending != 0 && target != NULL)
        report_message(run->report, "info", "nothing to do: %s is applied; %zu later migration%s pending",
                       target, pending, pending == 1 ? " is" : "s are");
    else
        report_message(run->report, "info", "nothing to do: %s",
                       run->known_count == 0 ? "this release has no migrations"
                                             : "every migration of this release is applied");
}

/* Where another session has done it all, there is no lock to wait for. */
status engine_try_up(migen *run, const char *target)
{
    run->lock_is_optional = true;
    status s = run_with_retries(run, target, up_carry);
    run->lock_is_optional = false;
    if (s == STATUS_OK)
        run->report->already = up_count_applied(run) - run->report->applied;
    return s;
}

status engine_up(migen *run, const char *target)
{
    position_list pending = {0};
    status s = select_check_up(run->release, target, &run->error); /* before SQLite makes a file for it */
    if (s == STATUS_OK)
        s = run_connect(run);
    if (s == STATUS_OK)
        s = engine_select_up(run, target, &pending);
    if (s == STATUS_OK) {
        engine_header(run, target, pending.count);
        run->report->already = up_count_applied(run);
        s = engine_check_history(run);
    }
    /* Where somebody goes down just now, or a server does so for a client that was killed, something may be due behind it. */
    if (s == STATUS_OK && (pending.count != 0 || run->is_taken_back))
        s = engine_try_up(run, target);
    if (s == STATUS_OK)
        s = up_verify(run);
    while (s != STATUS_OK && run_goes_on_connected(run))
        s = up_verify(run);
    if (s != STATUS_OK)
        engine_report_failure(run);
    else if (run->report->applied == 0)
        up_say_nothing(run, target);
    report_result(run->report, "up", s);
    return s;
}

/* stamp: the history is told where the database is, without running and without proof. */
#include "engine.h"
#include "lock.h"
#include "version.h"
#include "way_text.h"

#include "text.h"

typedef struct stamp_request {
    const char *target;
    const char *reason;
} stamp_request;

static void stamp_entry(migen *run, const migen_migration *m, bool up, const char *reason)
{
    history_entry entry = {.id = m->id,
                           .hash = m->hash,
                           .release = run->release->release,
                           .direction = up ? "up" : "down",
                           .outcome = "stamped",
                           .duration_ms = "0",
                           .who = history_who(run->memory),
                           .branches = "",
                           .reason = reason,
                           .way_down = up ? way_text(run->memory, m) : NULL};
    batch_push(run, history_insert_statement(run->memory, run->engine, &run->history, &entry), NO_STATEMENT,
               false);
}

/* Where a migration is begun, either word of the history is another one. */
static bool stamp_is_due(const migen *run, size_t position, size_t wanted)
{
    bool shall = wanted != NOT_FOUND && version_is_ancestor(run->release, position, wanted);
    return version_is_begun(run, position) || version_applied(run, position) != shall;
}

/* A part of it stands, which the history knows no more. */
static void stamp_warn_begun(migen *run, const migen_migration *m, bool up)
{
    const history_entry *begun = map_get(&run->history.journal, m->id);
    report_message(run->report, "warning", "%s was %s by release %s (%s) and not finished: %s", m->id,
                   begun->going_down ? "half taken back" : "begun",
                   begun->release == NULL ? "?" : begun->release, begun->applied_at,
                   up ? "what is missing of it stays missing, and `verify` shows that"
                      : "what there is of it stays, and the next `up` carries it out from its first step");
}

static status stamp_carry(migen *run, const stamp_request *request)
{
    size_t wanted = NOT_FOUND;
    if (!text_equal(request->target, "base") && !text_equal(request->target, "none")) {
        wanted = version_find(run->release, request->target, &run->error);
        if (wanted == NOT_FOUND)
            return run->error.code;
    }
    batch_begin(run);
    engine_make_history(run);
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *m = run->release->migrations[i];
        bool up = wanted != NOT_FOUND && version_is_ancestor(run->release, i, wanted);
        if (!stamp_is_due(run, i, wanted))
            continue;
        if (version_is_begun(run, i))
            stamp_warn_begun(run, m, up);
        stamp_entry(run, m, up, request->reason);
    }
    run->last = true;
    batch_commit(run);
    status s = batch_flush(run, false, NULL);
    for (size_t i = 0; s == STATUS_OK && i < run->release->migration_count; i++) {
        bool up = wanted != NOT_FOUND && version_is_ancestor(run->release, i, wanted);
        if (!stamp_is_due(run, i, wanted))
            continue;
        run->report->counts[OUTCOME_STAMPED]++;
        report_message(run->report, "info", "%s  stamped %s", run->release->migrations[i]->id,
                       up ? "as applied" : "as not applied");
    }
    return s;
}

status engine_stamp(migen *run, const char *target, const char *reason)
{
    stamp_request request = {.target = target, .reason = reason};
    run->needs_database = true;
    status s = run_connect(run);
    if (s == STATUS_OK)
        engine_header(run, NULL, 0);
    if (s == STATUS_OK)
        s = run_lock(run);
    if (s == STATUS_OK && !run->locked)
        s = error_set(&run->error, STATUS_BUSY, "another process works on this database");
    if (ENGINE_IS_POSTGRES(run->engine) && s == STATUS_OK)
        s = postgres_drop_leftovers(run);
    if (s == STATUS_OK)
        s = stamp_carry(run, &request);
    if (s != STATUS_OK) {
        error first = run->error;
        run_rollback(run);
        run->error = first;
        engine_report_failure(run);
    } else if (run->report->counts[OUTCOME_STAMPED] == 0) {
        report_message(run->report, "info", "nothing to do: the history says so already");
    }
    report_result(run->report, "stamp", s);
    return s;
}

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

static bool stamp_is_due(const migen *run, size_t position, size_t wanted)
{
    bool shall = wanted != NOT_FOUND && version_is_ancestor(run->release, position, wanted);
    return version_applied(run, position) != shall;
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
    for (size_t i = 0; i < run->release->migration_count; i++)
        if (stamp_is_due(run, i, wanted))
            stamp_entry(run, run->release->migrations[i], !version_applied(run, i), request->reason);
    run->last = true;
    batch_commit(run);
    status s = batch_flush(run, false, NULL);
    for (size_t i = 0; s == STATUS_OK && i < run->release->migration_count; i++) {
        if (!stamp_is_due(run, i, wanted))
            continue;
        run->report->counts[OUTCOME_STAMPED]++;
        report_message(run->report, "info", "%s  stamped %s", run->release->migrations[i]->id,
                       version_applied(run, i) ? "as not applied" : "as applied");
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

/* gate: for the containers of an application: waits until the database is at a version, with read rights alone. */
#include "cli.h"

#include "duration.h"
#include "lock.h"
#include "text.h"
#include "version.h"

#define GATE_LEAST 200.0 /* milliseconds: a look waits so long for the history's table, where less is left */

/* What was seen last, in an arena of its own. */
typedef struct gate_look {
    arena *memory;
    size_t missing;     /* migrations that are still to come */
    const char *detail; /* what is known of the first of them; NULL: nothing */
    bool answers;
    bool has_answered; /* once, in this or an earlier look */
    error error;       /* why it does not answer */
} gate_look;

static bool gate_is_wanted(const invocation *i, size_t wanted, size_t position)
{
    return wanted == NOT_FOUND || version_is_ancestor(i->release, position, wanted);
}

/* Why the first of those that are missing is not there yet, as far as the history knows. */
static const char *gate_reason(migen *run, const char *id)
{
    const history_entry *failed = map_get(&run->history.failed, id);
    const char *who = failed == NULL || failed->who == NULL ? "somebody" : failed->who;
    if (failed != NULL)
        return arena_format(run->memory, "%s %s has failed: %s (run of %s, %s)",
                            failed->going_down ? "taking back" : "applying", id,
                            text_is_empty(failed->reason) ? "not known why" : failed->reason, who,
                            failed->applied_at);
    if (version_is_reverting(run, id))
        return arena_format(run->memory, "%s is half taken back: `up` makes it again, `down` goes on", id);
    if (map_has(&run->history.journal, id))
        return arena_format(run->memory, "%s is begun, and not finished", id);
    return NULL;
}

/* One look, with a connection of its own: the database may come, go and move between two of them. */
static status gate_look_once(invocation *i, size_t wanted, double until, gate_look *look)
{
    double left = until - clock_milliseconds();
    const bool is_last = left <= 5;
    arena_free(look->memory);
    arena *a = look->memory = arena_new();
    run_options options = i->options;
    options.lock_timeout = 0; /* it is looked again */
    if (left < (double)options.ddl_lock_timeout)
        options.ddl_lock_timeout = left < GATE_LEAST ? (int64_t)GATE_LEAST : (int64_t)left;
    migen *run = engine_new(a, i->release, &options, &i->target, &i->report);
    run->reads_only = true;
    run->connect_until = until;
    status s = run_connect(run);
    look->answers = s == STATUS_OK;
    look->has_answered = look->has_answered || look->answers;
    look->error = run->error;
    look->detail = NULL;
    look->missing = 0;
    for (size_t k = 0; s == STATUS_OK && k < i->release->migration_count; k++) {
        if (!gate_is_wanted(i, wanted, k) || version_applied(run, k))
            continue;
        look->missing++;
        look->detail = look->detail == NULL ? gate_reason(run, i->release->migrations[k]->id) : look->detail;
    }
    if (s == STATUS_OK && driver_is_stand_in(run->driver))
        look->detail = arena_format(a, "there is no file %s", i->target.path);
    if (is_last && look->missing != 0 && look->detail == NULL) {
        const char *holder = run_lock_holder(run);
        look->detail = holder == NULL ? NULL : arena_format(a, "%s works on it", holder);
    }
    if (run->is_taken_back)
        look->detail = "another session is taking migrations back";
    bool may_come =
        s == STATUS_NO_CONNECTION || s == STATUS_BUSY || (s == STATUS_STOPPED && !driver_interrupted());
    if (s != STATUS_OK && !may_come)
        engine_report_failure(run);
    if (s == STATUS_OK && run->is_taken_back)
        s = STATUS_PENDING; /* what is applied may not last */
    engine_free(run);
    return may_come ? STATUS_BUSY : s;
}

/* Why nothing answers is the message of the last try; who has met the database once waits for its version, not for it. */
static status gate_timed_out(invocation *i, const gate_look *look, const char *version)
{
    status s;
    if (!look->answers) {
        status code =
            look->has_answered || look->error.code == STATUS_BUSY ? STATUS_BUSY : STATUS_NO_CONNECTION;
        s = error_set(&i->error, code, "gate: the database %s within %s: %s",
                      look->error.code == STATUS_BUSY ? "was not to be looked at"
                      : look->has_answered            ? "has stopped answering, and was not there again"
                                                      : "did not answer",
                      i->values.timeout, look->error.message);
        i->error.sqlstate = look->error.sqlstate;
        i->error.detail = look->error.detail;
        i->error.hint = look->error.hint;
    } else {
        s = error_set(&i->error, STATUS_BUSY, "gate: after %s the database is not at %s yet: %zu to come",
                      i->values.timeout, version, look->missing);
        i->error.detail = look->detail;
        error_hint(&i->error, "`up` of this release's binary brings it there; a longer wait is --timeout");
    }
    report_failure(&i->report, &i->error, NULL, NULL, NULL);
    return s;
}

static status gate_wait(invocation *i, size_t wanted, const char *version, gate_look *look)
{
    double until = clock_milliseconds() + (double)i->options.timeout;
    double pause = 100;
    for (;;) {
        status s = gate_look_once(i, wanted, until, look);
        if (s != STATUS_OK && s != STATUS_BUSY && s != STATUS_PENDING)
            return s;
        if (s == STATUS_OK && look->missing == 0)
            return s;
        double left = until - clock_milliseconds();
        if (left <= 0)
            return gate_timed_out(i, look, version);
        double nap = run_jitter(pause);
        run_sleep(nap < left ? nap : left);
        pause = pause < 1500 ? pause * 1.5 : pause;
        if (driver_interrupted()) {
            s = error_set(&i->error, STATUS_STOPPED, "gate: stopped while waiting");
            report_failure(&i->report, &i->error, NULL, NULL, "run it again");
            return s;
        }
    }
}

status command_gate(invocation *i)
{
    status s = invocation_target(i);
    if (s != STATUS_OK)
        return s;
    size_t wanted = NOT_FOUND;
    if (i->values.at_least != NULL && !text_equal(i->values.at_least, "head")) {
        wanted = version_find(i->release, i->values.at_least, &i->error);
        if (wanted == NOT_FOUND) {
            report_failure(&i->report, &i->error, NULL, NULL, NULL);
            return i->error.code;
        }
    }
    const char *version = wanted == NOT_FOUND ? "this release's version" : i->release->migrations[wanted]->id;
    gate_look look = {0};
    s = gate_wait(i, wanted, version, &look);
    arena_free(look.memory);
    if (s == STATUS_OK)
        report_end(&i->report, "gate", "ok", "the database is at %s", version);
    return s;
}

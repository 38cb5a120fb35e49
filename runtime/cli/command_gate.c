/* gate: for the containers of an application: waits until the database is at a version, with read rights alone. */
#include "cli.h"

#include "duration.h"
#include "lock.h"
#include "text.h"
#include "version.h"

typedef struct gate_look {
    size_t missing; /* migrations that are still to come */
    bool answers;
} gate_look;

static bool gate_is_wanted(const invocation *i, size_t wanted, size_t position)
{
    return wanted == NOT_FOUND || version_is_ancestor(i->release, position, wanted);
}

/* One look, with a connection of its own: the database may come, go and move between two of them. */
static status gate_look_once(invocation *i, size_t wanted, gate_look *look)
{
    arena *a = arena_new();
    run_options options = i->options;
    options.lock_timeout = 0; /* it is looked again */
    migen *run = engine_new(a, i->release, &options, &i->target, &i->report);
    run->reads_only = true;
    status s = run_connect(run);
    look->answers = s == STATUS_OK;
    look->missing = 0;
    for (size_t k = 0; s == STATUS_OK && k < i->release->migration_count; k++)
        if (gate_is_wanted(i, wanted, k) && !version_applied(run, k))
            look->missing++;
    bool may_come =
        s == STATUS_NO_CONNECTION || s == STATUS_BUSY || (s == STATUS_STOPPED && !driver_interrupted());
    if (s != STATUS_OK && !may_come)
        engine_report_failure(run);
    engine_free(run);
    arena_free(a);
    return may_come ? STATUS_BUSY : s;
}

static status gate_timed_out(invocation *i, const gate_look *look, const char *version)
{
    status s;
    if (!look->answers)
        s = error_set(&i->error, STATUS_BUSY, "gate: the database did not answer within %s",
                      i->values.timeout);
    else
        s = error_set(&i->error, STATUS_BUSY, "gate: after %s the database is not at %s yet: %zu to come",
                      i->values.timeout, version, look->missing);
    error_hint(&i->error, "`up` of this release's binary brings it there; a longer wait is --timeout");
    report_failure(&i->report, &i->error, NULL, NULL, NULL);
    return s;
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
    double until = clock_milliseconds() + (double)i->options.timeout;
    double pause = 100;
    gate_look look = {0};
    for (;;) {
        s = gate_look_once(i, wanted, &look);
        if (s != STATUS_OK && s != STATUS_BUSY)
            return s;
        if (s == STATUS_OK && look.missing == 0)
            break;
        double left = until - clock_milliseconds();
        if (left <= 0)
            return gate_timed_out(i, &look, version);
        double nap = run_jitter(pause);
        run_sleep(nap < left ? nap : left);
        pause = pause < 1500 ? pause * 1.5 : pause;
        if (driver_interrupted()) {
            s = error_set(&i->error, STATUS_STOPPED, "gate: stopped while waiting");
            report_failure(&i->report, &i->error, NULL, NULL, "run it again");
            return s;
        }
    }
    report_print(&i->report, "gate: ok the database is at %s", version);
    return STATUS_OK;
}

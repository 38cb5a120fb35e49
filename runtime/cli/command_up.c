/* up, down, redo, stamp, adopt, wait: the commands that change a database, and the one that waits for it. */
#include "cli.h"

#include "text.h"

#include <stdio.h>
#include <unistd.h>

typedef status (*up_action)(migen *run, const char *target);

#define DOWN_SHOWN 12

/* Asks on a terminal, unless --yes; elsewhere nobody is there to answer. */
static agreement down_is_agreed(migen *run, const position_list *positions)
{
    if (run->options->yes || isatty(STDIN_FILENO) == 0)
        return AGREEMENT_UNASKED;
    fprintf(stderr, "to be taken back on %s:\n", run->target->display);
    for (size_t k = 0; k < positions->count && k < DOWN_SHOWN; k++) {
        const migen_migration *m = run->release->migrations[positions->items[k]];
        fprintf(stderr, "  %s  %s\n", m->id, m->title);
    }
    if (positions->count > DOWN_SHOWN)
        fprintf(stderr, "  and %zu more\n", positions->count - DOWN_SHOWN);
    fprintf(stderr, "Data of what is dropped does not come back. Go on? [y/N] ");
    fflush(stderr);
    char answer[16];
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return AGREEMENT_REFUSED;
    return answer[0] == 'y' || answer[0] == 'Y' ? AGREEMENT_GIVEN : AGREEMENT_REFUSED;
}

static status command_with_run(invocation *i, up_action action)
{
    status s = invocation_target(i);
    if (s != STATUS_OK)
        return s;
    migen *run = engine_new(i->memory, i->release, &i->options, &i->target, &i->report);
    run->agree = down_is_agreed;
    s = action(run, i->argument);
    engine_free(run);
    return s;
}

status command_up(invocation *i)
{
    if (i->values.sql != NULL)
        return command_sql(i);
    if (i->options.dry_run)
        return command_plan(i);
    return command_with_run(i, engine_up);
}

status command_down(invocation *i)
{
    return i->options.dry_run ? command_plan(i) : command_with_run(i, engine_down);
}

status command_redo(invocation *i)
{
    return command_with_run(i, engine_redo);
}

static status stamp_action(migen *run, const char *target)
{
    return engine_stamp(run, target, run->options->reason);
}

status command_stamp(invocation *i)
{
    if (i->argument == NULL || text_is_empty(i->options.reason)) {
        status s = error_set(&i->error, STATUS_USAGE, "stamp needs an id and --reason TEXT");
        error_hint(&i->error, "it records without running and without proof: say why");
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    return command_with_run(i, stamp_action);
}

status command_adopt(invocation *i)
{
    return command_with_run(i, engine_adopt);
}

status command_wait(invocation *i)
{
    if (i->options.wait < i->options.timeout)
        i->options.wait = i->options.timeout;
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    report_end(&i->report, "wait", "ok", "%s answers", i->target.display);
    engine_free(run);
    return STATUS_OK;
}

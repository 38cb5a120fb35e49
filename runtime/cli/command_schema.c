/* verify, summary, schema: the live schema, a table of it, and the one that is expected. */
#include "cli.h"

#include "summary.h"
#include "text.h"
#include "verify.h"
#include "version.h"

#include <stdio.h>

/* Held against this release's schema, with what is still to come; or, for `current`, against that of what the history
 * says. */
static status verify_with(migen *run, const char *target, size_t *count)
{
    bool current = text_equal(target, "current");
    if (target != NULL && !current && !text_equal(target, "head") && !text_equal(target, "heads"))
        return error_set(&run->error, STATUS_USAGE,
                         "verify takes head (this release's schema, as without it) or current, not \"%s\"",
                         target);
    bool (*counts)(const migen *, size_t) = current ? version_applied : version_all;
    run->expected = version_schema(run, counts, NULL);
    status s = run_read_live(run);
    if (s != STATUS_OK)
        return s;
    run->expected =
        version_schema(run, counts, run->live); /* it answers the conditions that no run has met yet */
    return verify_database(run, counts, true, count);
}

status command_verify(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    engine_header(run, NULL, 0);
    if (engine_unknown(run)[0] != NULL)
        report_message(&i->report, "warning",
                       "the database is newer than this release, by %s: what that changed differs here",
                       list_join(run->memory, engine_unknown(run), ", "));
    size_t pending = engine_count_pending(run), count = 0;
    s = verify_with(run, i->argument, &count);
    if (s != STATUS_OK)
        engine_report_failure(run);
    else if (count != 0)
        s = STATUS_DRIFT;
    if (run->error.code == STATUS_OK)
        report_end(&i->report, "verify", count == 0 ? "ok" : "differs", "differences=%zu%s", count,
                   pending == 0 ? "" : arena_format(run->memory, " pending=%zu", pending));
    engine_free(run);
    return s;
}

status command_summary(invocation *i)
{
    if (i->argument == NULL) {
        status usage = error_set(&i->error, STATUS_USAGE, "summary needs a table");
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return usage;
    }
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    run->expected = version_schema(run, version_applied, NULL);
    s = run_read_live(run);
    if (s != STATUS_OK)
        engine_report_failure(run);
    else if (!summary_print(run, i->argument, true))
        s = STATUS_FAILED;
    engine_free(run);
    return s;
}

status command_schema(invocation *i)
{
    migen_engine engine = (i->release->engines & MIGEN_POSTGRES) != 0 ? MIGEN_POSTGRES : MIGEN_SQLITE;
    if (i->options.engine != NULL) {
        engine = text_equal(i->options.engine, "sqlite") ? MIGEN_SQLITE : MIGEN_POSTGRES;
    } else {
        target_options sources = invocation_sources(i);
        if (target_find(i->memory, &sources, &i->target, &i->error) == STATUS_OK)
            engine = i->target.engine;
    }
    schema *s = schema_new(i->memory, engine);
    for (size_t k = 0; k < i->release->migration_count; k++)
        version_play(s, i->release, k, NULL, NULL);
    const char *dump = schema_dump(i->memory, s);
    dump = text_trim(i->memory, dump);
    if (i->options.json)
        report_emit(
            &i->report, true,
            &(report_event){.level = "info", .event = "schema", .operation = "schema", .message = dump});
    else
        report_print(&i->report, "%s", dump);
    return STATUS_OK;
}

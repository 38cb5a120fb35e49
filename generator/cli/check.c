/*
 * check.c: `migen check`.
 */
#include "rehearsal.h"
#include "tool.h"

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static size_t engine_count(unsigned engines)
{
    return (size_t)((engines & MIGEN_POSTGRES) != 0) + (size_t)((engines & MIGEN_SQLITE) != 0);
}

int command_check(tool *t)
{
    if (t->words.count)
        return tool_usage(t, "it looks at the whole project", "`migen check` takes no \"%s\"",
                          t->words.items[0]);
    diagnostics d = diagnostics_new(t->memory);
    const checked_release *r = release_load(t->memory, t->folder, &d);
    if (r && d.error_count == 0)
        rehearse_release(r, &d);
    tool_show(t, &d);
    FILE *where = t->json || t->sarif ? t->err : t->out; /* nothing may stand beside a document */
    if (d.error_count) {
        fprintf(t->err, "check: failed %zu error%s, %zu warning%s\n", d.error_count, plural(d.error_count),
                d.warning_count, plural(d.warning_count));
        return tool_exit_of(&d);
    }
    size_t engines = engine_count(r->project->engines);
    fprintf(where, "check: ok %zu migration%s, %zu engine%s, %zu warning%s\n", r->migrations.count,
            plural(r->migrations.count), engines, plural(engines), d.warning_count, plural(d.warning_count));
    return STATUS_OK;
}

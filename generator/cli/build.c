/*
 * build.c: `migen build` and `migen emit`: both refuse a release that the check finds wrong, before anything
 * is written.
 */
#include "build.h"
#include "duration.h"
#include "tool.h"

int command_build(tool *t)
{
    if (t->words.count)
        return tool_usage(t, "-o FILE says where to write", "`migen build` takes no \"%s\"",
                          t->words.items[0]);
    int code = STATUS_OK;
    checked_release *r = tool_load_checked(t, &code);
    if (!r)
        return code;
    build_options options = {
        .output = t->output, .release_version = t->version, .engines = tool_engines(t, r)};
    if (!options.engines)
        return STATUS_USAGE;
    build_report report = {0};
    error e = error_new(t->memory);
    status built = build_release(t->memory, r, &options, &report, &e);
    if (built != STATUS_OK) {
        tool_fail(t, built, "%s", e.message ? e.message : "the build failed");
        if (e.detail)
            fprintf(t->err, "%s\n", e.detail);
        if (e.hint)
            fprintf(t->err, "  help: %s\n", e.hint);
        return (int)built;
    }
    for (size_t i = 0; i < report.notes.count; i++)
        fprintf(t->err, "note: %s\n", report.notes.items[i]);
    fprintf(t->out, "built    %s\nsize     %zu bytes\nsha256   %s\ntook     %s\n", report.path, report.size,
            report.hash, duration_text(t->memory, report.milliseconds));
    return STATUS_OK;
}

int command_emit(tool *t)
{
    if (t->words.count)
        return tool_usage(t, "-o FILE says where to write", "`migen emit` takes no \"%s\"",
                          t->words.items[0]);
    int code = STATUS_OK;
    checked_release *r = tool_load_checked(t, &code);
    if (!r)
        return code;
    unsigned engines = tool_engines(t, r);
    if (!engines)
        return STATUS_USAGE;
    char *text = build_emit(t->memory, r, t->version, engines);
    if (!t->output || text_equal(t->output, "-"))
        return fputs(text, t->out) < 0 ? tool_fail(t, STATUS_FAILED, "the output could not be written")
                                       : STATUS_OK;
    const char *problem = file_write(t->memory, t->output, text, strlen(text));
    if (problem)
        return tool_fail(t, STATUS_FAILED, "%s", problem);
    fprintf(t->err, "wrote    %s (%zu bytes)\n", t->output, strlen(text));
    return STATUS_OK;
}

/*
 * test.c: `migen test`.
 */
#include "test.h"
#include "tool.h"

#include <stdlib.h>
#include <unistd.h>

static bool colors(const tool *t)
{
    const char *no_color = getenv("NO_COLOR");
    if (text_equal(t->color, "always"))
        return true;
    return !text_equal(t->color, "never") && text_is_empty(no_color) && isatty(fileno(t->out)) == 1;
}

/* --url, or what CI keeps in a variable because it has a password. */
static const char *const *servers(tool *t)
{
    const char *variable = getenv("MIGEN_TEST_URL");
    if (t->urls.count == 0 && !text_is_empty(variable))
        vector_push(t->memory, &t->urls, arena_string(t->memory, variable));
    vector_push(t->memory, &t->urls, NULL);
    return t->urls.items;
}

static int finish(tool *t, const test_report *report, status s, const error *e, bool must_have_all)
{
    int code = s == STATUS_OK && report->failed > 0 ? STATUS_FAILED : (int)s;
    if (s != STATUS_OK) {
        tool_fail(t, s, "%s", e->message == NULL ? "the test failed" : e->message);
        if (e->detail != NULL)
            fprintf(t->err, "%s\n", e->detail);
        if (e->hint != NULL)
            fprintf(t->err, "  help: %s\n", e->hint);
    } else if (code == STATUS_OK && report->engine_missing && (must_have_all || report->passed == 0)) {
        code =
            tool_fail(t, STATUS_CONFIGURATION, "PostgreSQL is an engine that was to be tested, and was not");
        fprintf(t->err,
                "  help: install a server, name its programs' folder with --postgres DIR, or a server with "
                "--url\n");
    }
    if (t->json)
        fputs(test_json(t->memory, report, (status)code), t->out);
    fputs(t->json ? "" : "\n", t->out);
    if (t->junit != NULL) {
        const char *text = test_junit(t->memory, report, report->failed > 0 ? STATUS_OK : (status)code);
        const char *problem = file_write(t->memory, t->junit, text, strlen(text));
        if (problem != NULL)
            code = tool_fail(t, STATUS_FAILED, "%s", problem);
    }
    test_show_result(t->memory, report, (status)code, t->json ? t->err : t->out);
    return code;
}

int command_test(tool *t)
{
    if (t->words.count)
        return tool_usage(t, "it tests the whole project; --engine and --url choose where",
                          "`migen test` takes no \"%s\"", t->words.items[0]);
    int code = STATUS_OK;
    checked_release *r = tool_load_checked(t, &code);
    if (!r)
        return code;
    unsigned engines = tool_engines(t, r);
    if (!engines)
        return STATUS_USAGE;
    test_options options = {.engines = engines,
                            .urls = servers(t),
                            .programs = t->postgres,
                            .full = t->full,
                            .out = t->json ? NULL : t->out,
                            .color = colors(t)};
    test_report report;
    error e = error_new(t->memory);
    status s = test_release(t->memory, r, &options, &report, &e);
    return finish(t, &report, s, &e, t->strict || t->engines.count > 0);
}

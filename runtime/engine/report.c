#include "report.h"

#include "duration.h"
#include "json.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool report_wants_color(const char *color)
{
    if (text_equal(color, "always"))
        return true;
    if (text_equal(color, "never") || !text_is_empty(getenv("NO_COLOR")))
        return false;
    return isatty(STDERR_FILENO) == 1;
}

report report_new(bool json, bool quiet, bool verbose, const char *color)
{
    return (report){.out = stdout,
                    .log = stderr,
                    .json = json,
                    .quiet = quiet,
                    .verbose = verbose,
                    .color = !json && report_wants_color(color),
                    .started = clock_milliseconds()};
}

void report_header(report *r, const char *text)
{
    if (r->json)
        report_emit(r, false, &(report_event){.level = "info", .event = "start", .message = text});
    else if (!r->quiet)
        fprintf(r->log, "%s\n", text);
}

void report_migration(report *r, const char *id, const char *title)
{
    bool again = r->begun != NULL && strcmp(r->begun, id) == 0; /* it is tried again */
    r->migration = r->begun = id;
    if (again)
        return;
    if (r->json)
        report_emit(r, false, &(report_event){.level = "info", .event = "migration", .message = title});
    else if (!r->quiet)
        fprintf(r->log, "%s  %s\n", id, title);
}

static const char *report_color_of(outcome o)
{
    switch (o) {
    case OUTCOME_DIFFERS:
        return "\033[33m";
    case OUTCOME_SKIPPED:
    case OUTCOME_NOTE:
    case OUTCOME_KEPT:
        return "\033[2m";
    default:
        return "\033[32m";
    }
}

/* In one line: a view's text, or a function's, is more than one. */
static const char *report_one_line(arena *a, const char *text)
{
    if (text == NULL || strpbrk(text, "\n\t") == NULL)
        return text;
    builder b = builder_new(a);
    for (const char *c = text; *c != '\0'; c++) {
        bool blank = strchr(" \n\r\t", *c) != NULL;
        if (!blank)
            builder_add_character(&b, *c);
        else if (b.length != 0 && b.bytes[b.length - 1] != ' ')
            builder_add_character(&b, ' ');
    }
    return b.bytes;
}

/* What stands behind the outcome: "table user_groups, already there". */
static char *report_line_text(arena *a, const decision_line *line, int64_t rows, bool rows_known)
{
    builder b = builder_new(a);
    builder_add(&b, line->object == NULL ? "" : line->object);
    if (line->wanted != NULL)
        builder_add_format(&b, ": wanted %s, found %s", report_one_line(a, line->wanted),
                           report_one_line(a, line->found));
    if (line->detail != NULL)
        builder_add_format(&b, ", %s", line->detail);
    if (rows_known)
        builder_add_format(&b, " (%" PRId64 " row%s)", rows, rows == 1 ? "" : "s");
    return b.bytes;
}

void report_line(report *r, const decision_line *line, int64_t rows, bool rows_known)
{
    r->counts[line->outcome]++;
    arena *a = arena_new();
    char *text = report_line_text(a, line, rows, rows_known);
    const char *word = outcome_word(line->outcome);
    if (r->json) {
        const char *message = line->wanted != NULL
                                  ? arena_format(a, "wanted %s, found %s", line->wanted, line->found)
                                  : line->detail;
        report_emit(r, false,
                    &(report_event){.level = line->outcome == OUTCOME_DIFFERS ? "warning" : "info",
                                    .event = "operation",
                                    .operation = line->operation,
                                    .object = line->object,
                                    .outcome = word,
                                    .message = message,
                                    .has_rows = rows_known,
                                    .rows = rows});
    } else if (!r->quiet || line->outcome == OUTCOME_DIFFERS) {
        if (r->color)
            fprintf(r->log, "  %s%-8s\033[0m %s\n", report_color_of(line->outcome), word, text);
        else
            fprintf(r->log, "  %-8s %s\n", word, text);
    }
    arena_free(a);
}

void report_migration_end(report *r, const char *word, double milliseconds)
{
    const size_t begin = report_held_length(r);
    arena *a = arena_new();
    if (r->json)
        report_emit(r, false,
                    &(report_event){.level = "info", .event = word, .has_ms = true, .ms = milliseconds});
    else if (!r->quiet)
        fprintf(r->log, "  %s in %s\n", word, duration_text(a, milliseconds));
    report_hold_end(r, begin, milliseconds);
    r->migration = r->begun = NULL;
    arena_free(a);
}

void report_commit(report *r)
{
    report_release(r, true);
    memcpy(r->standing.counts, r->counts, sizeof r->counts);
    r->standing.applied = r->applied;
    r->standing.reverted = r->reverted;
}

void report_rollback(report *r)
{
    report_release(r, false);
    memcpy(r->counts, r->standing.counts, sizeof r->counts);
    r->applied = r->standing.applied;
    r->reverted = r->standing.reverted;
}

void report_message(report *r, const char *level, const char *format, ...)
{
    arena *a = arena_new();
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(a, format, arguments);
    va_end(arguments);
    bool warning = strcmp(level, "warning") == 0;
    if (r->json)
        report_emit(r, false, &(report_event){.level = level, .event = "message", .message = text});
    else if (warning)
        fprintf(r->log, r->color ? "\033[33mwarning:\033[0m %s\n" : "warning: %s\n", text);
    else if (!r->quiet)
        fprintf(r->log, "%s\n", text);
    arena_free(a);
}

/* One labelled line of a failure; the following lines of a text stand under its first. */
static void report_labelled(const report *r, const char *label, const char *text)
{
    if (text_is_empty(text))
        return;
    fprintf(r->log, "  %-10s ", label);
    for (const char *c = text; *c != '\0'; c++) {
        fputc(*c, r->log);
        if (*c == '\n')
            fprintf(r->log, "  %-10s ", "");
    }
    fputc('\n', r->log);
}

/* The statement's line that the server's position points into, with a caret below it. */
static void report_statement(const report *r, const error *e)
{
    if (e->statement == NULL)
        return;
    size_t position = e->position > 0 ? (size_t)e->position - 1 : 0;
    if (e->position <= 0 || position >= strlen(e->statement)) {
        report_labelled(r, "statement:", e->statement);
        return;
    }
    const char *at = e->statement + position;
    const char *begin = at;
    while (begin > e->statement && begin[-1] != '\n')
        begin--;
    size_t length = strcspn(begin, "\n");
    fprintf(r->log, "  %-10s %.*s\n", "statement:", (int)length, begin);
    fprintf(r->log, "  %-10s %*s^\n", "", (int)(at - begin), "");
}

/* A text's beginning, cut between two characters. */
static void report_keep(char *to, size_t size, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0u) == 0x80u)
            length--;
    }
    if (length != 0)
        memcpy(to, text, length);
    to[length] = '\0';
}

/* All of a failure but its statement, in one line. */
static char *report_failure_text(arena *a, const error *e, const char *place, const char *state,
                                 const char *next)
{
    builder b = builder_new(a);
    builder_add(&b, e->message == NULL ? "failed" : e->message);
    if (place != NULL)
        builder_add_format(&b, " (%s)", place);
    if (e->detail != NULL)
        builder_add_format(&b, "; %s", e->detail);
    if (state != NULL)
        builder_add_format(&b, "; %s", state);
    if (next != NULL)
        builder_add_format(&b, "; next: %s", next);
    return b.bytes;
}

/* Its parts, each in a key of its own. */
static char *report_failure_parts(arena *a, const error *e, const char *place, const char *state,
                                  const char *next)
{
    const json_text texts[] = {{"place", place},
                               {"statement", e->statement},
                               {"detail", e->detail},
                               {"state", state},
                               {"next", next}};
    builder b = builder_new(a);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_text_members(&w, texts, sizeof texts / sizeof *texts);
    if (e->position > 0)
        json_integer_member(&w, "position", e->position);
    else
        json_null_member(&w, "position");
    json_integer_member(&w, "exit", (int64_t)e->code);
    json_object_end(&w);
    return b.bytes;
}

void report_failure(report *r, const error *e, const char *place, const char *state, const char *next)
{
    report_release(r, false);
    arena *a = arena_new();
    char *text = report_failure_text(a, e, place, state, next);
    report_keep(r->failure.migration, sizeof r->failure.migration, r->migration);
    report_keep(r->failure.message, sizeof r->failure.message, text);
    report_keep(r->failure.sqlstate, sizeof r->failure.sqlstate, e->sqlstate);
    report_keep(r->failure.hint, sizeof r->failure.hint, e->hint);
    if (r->json) {
        report_emit(r, false,
                    &(report_event){.level = "error",
                                    .event = "failure",
                                    .operation = r->operation,
                                    .message = e->message == NULL ? "failed" : e->message,
                                    .sqlstate = e->sqlstate,
                                    .hint = e->hint != NULL ? e->hint : next,
                                    .more = report_failure_parts(a, e, place, state, next)});
    } else {
        const char *code = e->sqlstate == NULL ? "" : arena_format(a, " [%s]", e->sqlstate);
        fprintf(r->log, "%serror%s%s: %s\n", r->color ? "\033[31m" : "", code, r->color ? "\033[0m" : "",
                e->message == NULL ? "failed" : e->message);
        report_labelled(r, "at:", place);
        report_statement(r, e);
        report_labelled(r, "detail:", e->detail);
        report_labelled(r, "hint:", e->hint);
        report_labelled(r, "state:", state);
        report_labelled(r, "next:", next);
    }
    arena_free(a);
}

void report_result(report *r, const char *command, status code)
{
    arena *a = arena_new();
    builder b = builder_new(a);
    builder_add_format(&b, "%s: %s", command, code == STATUS_OK ? "ok" : "failed");
    if (code != STATUS_OK)
        builder_add_format(&b, " exit=%d", (int)code);
    const bool redo = strcmp(command, "redo") == 0;
    const bool down = redo || r->reverted != 0 || strcmp(command, "down") == 0;
    if (down)
        builder_add_format(&b, " reverted=%zu", r->reverted);
    if (redo || !down)
        builder_add_format(&b, " applied=%zu", r->applied);
    builder_add_format(&b, " already=%zu", r->already);
    static const struct {
        outcome outcome;
        bool counted;
    } outcomes[] = {
#define OUTCOME(name, word, counted) {OUTCOME_##name, counted},
#include "outcomes.def"
#undef OUTCOME
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        size_t count = r->counts[outcomes[i].outcome];
        bool always = outcomes[i].outcome == OUTCOME_CREATED || outcomes[i].outcome == OUTCOME_SKIPPED ||
                      outcomes[i].outcome == OUTCOME_DIFFERS;
        if (outcomes[i].counted && (always || count != 0))
            builder_add_format(&b, " %s=%zu", outcome_word(outcomes[i].outcome), count);
    }
    double took = clock_milliseconds() - r->started;
    builder_add_format(&b, " took=%.2fs", took / 1000);
    r->migration = NULL;
    if (r->json)
        report_emit(r, true,
                    &(report_event){.level = code == STATUS_OK ? "info" : "error",
                                    .event = "result",
                                    .operation = command,
                                    .outcome = code == STATUS_OK ? "ok" : "failed",
                                    .has_ms = true,
                                    .ms = took,
                                    .message = b.bytes});
    else
        fprintf(r->out, "%s\n", b.bytes);
    fflush(r->out);
    arena_free(a);
}

void report_print(report *r, const char *format, ...)
{
    arena *a = arena_new();
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(a, format, arguments);
    va_end(arguments);
    if (r->json)
        report_emit(r, true, &(report_event){.level = "info", .event = "result", .message = text});
    else
        fprintf(r->out, "%s\n", text);
    arena_free(a);
}

void report_end(report *r, const char *command, const char *outcome, const char *format, ...)
{
    arena *a = arena_new();
    va_list arguments;
    va_start(arguments, format);
    const char *text =
        arena_format(a, "%s: %s %s", command, outcome, arena_format_list(a, format, arguments));
    va_end(arguments);
    if (r->json)
        report_emit(r, true,
                    &(report_event){.level = "info",
                                    .event = "result",
                                    .operation = command,
                                    .outcome = outcome,
                                    .message = text});
    else
        fprintf(r->out, "%s\n", text);
    arena_free(a);
}

void report_finding(report *r, bool is_result, const char *level, const char *outcome, const char *object,
                    const char *message)
{
    const report_event event = {
        .level = level, .event = "finding", .object = object, .outcome = outcome, .message = message};
    if (r->json) {
        report_emit(r, is_result, &event);
        return;
    }
    arena *a = arena_new();
    const char *text = report_one_line(a, message);
    if (is_result)
        fprintf(r->out, "  %-8s %s: %s\n", outcome, object, text);
    else
        report_message(r, level, "%-8s %s: %s", outcome, object, text);
    arena_free(a);
}

/*
 * check.c: a check's begin and end, its line, its failure.
 */
#include "test_parts.h"

#include "diagnostic.h"
#include "duration.h"
#include "text.h"

#include <stdarg.h>

#define NAME_WIDTH 58

test_check *test_begin(test_run *run, const char *name)
{
    test_check *c = ARENA_NEW(run->memory, test_check);
    *c = (test_check){.name = name};
    run->check_started = clock_milliseconds();
    return c;
}

void test_note(test_run *run, test_check *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_format_list(run->memory, format, arguments);
    va_end(arguments);
    c->note = c->note == NULL ? text : arena_format(run->memory, "%s; %s", c->note, text);
}

void test_fail(test_run *run, test_check *c, span place, const char *format, ...)
{
    if (c->outcome == CHECK_FAILED)
        return; /* the first one tells most */
    va_list arguments;
    va_start(arguments, format);
    c->message = arena_format_list(run->memory, format, arguments);
    va_end(arguments);
    c->outcome = CHECK_FAILED;
    c->place = place;
}

void test_detail(test_check *c, const char *detail, const char *hint)
{
    if (c->detail == NULL)
        c->detail = detail;
    if (c->hint == NULL)
        c->hint = hint;
}

void test_fail_command(test_run *run, test_check *c, const test_command *command, const char *what)
{
    if (c->outcome == CHECK_FAILED || test_is_stopped())
        return;
    if (command->message != NULL)
        test_fail(run, c, command->place, "%s: %s", what, command->message);
    else
        test_fail(run, c, command->place, "%s ended with exit %d", what, command->code);
    test_detail(c, command->end, NULL);
}

bool test_look(test_run *run, test_check *c, const test_database *d, size_t version, live_snapshot *out)
{
    error e = error_new(run->memory);
    if (live_look(run->memory, &d->live, version, out, &e) == STATUS_OK)
        return true;
    if (!test_is_stopped())
        test_fail(run, c, (span){0}, "the database cannot be read: %s", e.message);
    return false;
}

/* How wide a text is, in characters. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void show_failure(test_run *run, const test_check *c)
{
    FILE *out = run->options->out;
    diagnostics d = diagnostics_new(run->memory);
    diagnostic *one = report_error(&d, "test", c->place, "%s: %s", run->suite->engine, c->message);
    if (c->hint != NULL)
        diagnostic_hint(&d, one, "%s", c->hint);
    diagnostics_show(&d, out, "text", run->options->color);
    for (const char *line = c->detail == NULL ? "" : c->detail; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        fprintf(out, "     | %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void show_check(test_run *run, const test_check *c)
{
    static const char *const words[] = {"ok", "FAILED", "skipped"};
    static const char *const colors[] = {"\033[32m", "\033[31m", "\033[33m"};
    FILE *out = run->options->out;
    if (out == NULL)
        return;
    const char *text = c->note == NULL ? c->name : arena_format(run->memory, "%s (%s)", c->name, c->note);
    size_t width = width_of(text);
    fprintf(out, "  %s%-8s%s %s", run->options->color ? colors[c->outcome] : "", words[c->outcome],
            run->options->color ? "\033[0m" : "", text);
    if (c->outcome == CHECK_SKIPPED)
        fprintf(out, ": %s\n", c->message);
    else
        fprintf(out, "%*s %s\n", (int)(width < NAME_WIDTH ? NAME_WIDTH - width : 0), "",
                duration_text(run->memory, c->milliseconds));
    if (c->outcome == CHECK_SKIPPED && c->hint != NULL)
        fprintf(out, "           = help: %s\n", c->hint);
    if (c->outcome == CHECK_FAILED)
        show_failure(run, c);
    fflush(out);
}

static void enter(test_run *run, test_check *c)
{
    vector_push(run->memory, &run->suite->checks, c);
    run->report->passed += c->outcome == CHECK_PASSED;
    run->report->failed += c->outcome == CHECK_FAILED;
    run->report->skipped += c->outcome == CHECK_SKIPPED;
    show_check(run, c);
}

void test_end(test_run *run, test_check *c)
{
    if (test_is_stopped())
        return; /* what it found is not to be trusted */
    c->milliseconds = clock_milliseconds() - run->check_started;
    enter(run, c);
}

void test_skip(test_run *run, const char *name, const char *why, const char *hint)
{
    test_check *c = ARENA_NEW(run->memory, test_check);
    *c = (test_check){.name = name, .outcome = CHECK_SKIPPED, .message = why, .hint = hint};
    enter(run, c);
}

void test_tally_begin(test_run *run, test_tally *t, const char *name)
{
    if (t->check == NULL) {
        t->check = ARENA_NEW(run->memory, test_check);
        *t->check = (test_check){.name = name};
    }
    run->check_started = clock_milliseconds();
}

void test_tally_end(test_run *run, test_tally *t, bool good)
{
    t->check->milliseconds += clock_milliseconds() - run->check_started;
    t->tried++;
    t->failed += !good;
}

/* A migration that fails by itself fails in every way that leads through it: said once in full. */
static void refer_to_its_own(test_run *run, test_check *c)
{
    for (size_t i = 0; i < run->suite->checks.count; i++) {
        const test_check *one = run->suite->checks.items[i];
        if (one->outcome != CHECK_FAILED || one->place.file == NULL || one->place.file != c->place.file ||
            one->place.start != c->place.start)
            continue;
        c->message = arena_format(run->memory, "%s (%s fails by itself, see there)", c->message, one->name);
        c->detail = c->hint = NULL;
        return;
    }
}

void test_tally_show(test_run *run, test_tally *t, const char *of)
{
    if (t->check == NULL || test_is_stopped())
        return;
    if (t->failed > 0)
        refer_to_its_own(run, t->check);
    if (t->failed > 0)
        test_note(run, t->check, "%zu of %zu %s failed", t->failed, t->tried, of);
    else if (t->of > t->tried)
        test_note(run, t->check, "%zu of %zu %s", t->tried, t->of, of);
    else
        test_note(run, t->check, "%zu %s", t->tried, of);
    enter(run, t->check);
}

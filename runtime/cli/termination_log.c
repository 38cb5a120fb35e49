/*
 * The last word of an invocation, for what started it: one JSON object in a file that is named by --termination-log (Kubernetes
 * shows /dev/termination-log, at most 4,096 bytes of it, in the pod's status). It is written on success and on failure. That it
 * cannot be written changes no exit code.
 */
#include "cli.h"

#include "duration.h"
#include "json.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TERMINATION_LOG_SIZE 4096

/* A text's beginning, of at most so many bytes, cut between two characters. */
static const char *termination_cut(arena *a, const char *text, size_t limit)
{
    if (text_is_empty(text) || strlen(text) <= limit)
        return text_is_empty(text) ? NULL : text;
    size_t length = limit;
    while (length > 0 && ((unsigned char)text[length] & 0xC0u) == 0x80u)
        length--;
    return arena_copy(a, text, length);
}

static char *termination_line(invocation *i, status code, size_t limit)
{
    const report *r = &i->report;
    const struct {
        const char *key, *value;
    } texts[] = {{"project", i->release->project},
                 {"release", i->release->release},
                 {"command", i->command},
                 {"database", i->has_target ? i->target.display : NULL},
                 {"outcome", code == STATUS_OK        ? "ok"
                             : code == STATUS_PENDING ? "pending"
                                                      : "failed"},
                 {"meaning", status_meaning(code)},
                 {"migration", r->failure.migration},
                 {"message", r->failure.message},
                 {"sqlstate", r->failure.sqlstate},
                 {"hint", r->failure.hint}};
    builder b = builder_new(i->memory);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_string_member(&w, "event", "end");
    json_integer_member(&w, "exit", (int64_t)code);
    json_bool_member(&w, "again", status_worth_trying_again(code));
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        json_string_member(&w, texts[k].key, termination_cut(i->memory, texts[k].value, limit));
    }
    json_integer_member(&w, "applied", (int64_t)r->applied);
    json_integer_member(&w, "reverted", (int64_t)r->reverted);
    json_decimal_member(&w, "ms", clock_milliseconds() - r->started);
    json_object_end(&w);
    builder_add(&b, "\n");
    return b.bytes;
}

void termination_log_write(invocation *i, status code)
{
    const char *path = i->values.termination_log;
    if (text_is_empty(path))
        return;
    /* Escapes make texts longer, so the limit is found by trying. */
    size_t limit = TERMINATION_LOG_SIZE;
    char *line = termination_line(i, code, limit);
    while (strlen(line) > TERMINATION_LOG_SIZE && limit > 16)
        line = termination_line(i, code, limit /= 2);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
    size_t length = strlen(line);
    bool written = file >= 0 && write(file, line, length) == (ssize_t)length;
    if (file >= 0 && close(file) != 0)
        written = false;
    if (!written)
        report_message(&i->report, "warning", "the termination log %s cannot be written", path);
}

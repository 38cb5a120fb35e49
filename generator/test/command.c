/*
 * command.c: running the release binary, and what it said.
 */
#include "test_parts.h"

#include "process.h"
#include "text.h"

#include <stdlib.h>

typedef VECTOR(const char *) word_vector;

/* The rest of the first line that begins with these words; NULL: there is none. */
static char *line_after(arena *a, const char *output, const char *words)
{
    for (const char *line = output; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (text_starts_with(line, words))
            return text_trim(a, arena_copy(a, line + strlen(words), length - strlen(words)));
        line += length + (line[length] == '\n');
    }
    return NULL;
}

/* What it said from the last migration on that it began: what stood before went well. */
static const char *end_of(test_run *run, const char *output)
{
    const char *from = output;
    for (const char *line = output; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        for (size_t i = 0; i < run->release->migrations.count && line[0] >= '0' && line[0] <= '9'; i++) {
            const char *id = run->release->migrations.items[i]->migration.id;
            if (text_starts_with(line, id) && line[strlen(id)] == ' ')
                from = line;
        }
        line += length + (line[length] == '\n');
    }
    return from;
}

/* The words of its error: "error [42P01]: …" and "error: …", with the detail. */
static const char *message_of(test_run *run, const char *output)
{
    arena *a = run->memory;
    char *text = line_after(a, output, "error");
    if (text == NULL)
        return NULL;
    const char *colon = strstr(text, ": ");
    text = arena_string(a, colon == NULL ? text : colon + 2);
    const char *detail = line_after(a, output, "  detail:");
    return detail == NULL ? text : arena_format(a, "%s (%s)", text, detail);
}

static test_command run_program(test_run *run, const char *program, const test_database *d, const char *words,
                                const char *const *environment)
{
    arena *a = run->memory;
    word_vector arguments = {0};
    vector_push(a, &arguments, program);
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        const char *word = arena_copy(a, words, length);
        vector_push(a, &arguments, word);
        words += length + strspn(words + length, " ");
    }
    vector_push(a, &arguments, "--yes");
    vector_push(a, &arguments, NULL);
    (void)d;
    process_result result = process_run_with(a, run->folder, arguments.items, environment);
    test_command c = {.code = result.started ? result.code : (int)STATUS_FAILED, .output = result.output};
    c.message = result.started ? message_of(run, result.output)
                               : arena_format(a,
                                              "%s cannot be started: is its folder mounted noexec? TMPDIR "
                                              "names another",
                                              program);
    c.end = end_of(run, result.output);
    const char *at = line_after(a, result.output, "  at:");
    if (at != NULL)
        c.place = test_place_of_text(run, at);
    return c;
}

test_command test_run_command(test_run *run, const test_database *d, const char *words)
{
    const char *environment[] = {arena_format(run->memory, "MIGEN_URL=%s", d->url), NULL};
    return run_program(run, run->program, d, words, environment);
}

test_command test_run_killed(test_run *run, const test_database *d, const char *words, size_t point,
                             size_t *points)
{
    const char *environment[] = {arena_format(run->memory, "MIGEN_URL=%s", d->url),
                                 arena_format(run->memory, "MIGEN_FAULT=%zu", point),
                                 point == 0 ? "MIGEN_FAULT_KIND=count" : "MIGEN_FAULT_KIND=kill", NULL};
    test_command c = run_program(run, run->faulty, d, words, environment);
    const char *count = points == NULL ? NULL : line_after(run->memory, c.output, "fault points:");
    if (count != NULL)
        *points = strtoul(count, NULL, 10);
    return c;
}

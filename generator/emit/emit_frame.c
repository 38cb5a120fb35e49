/*
 * emit_frame.c: templates/emit, filled in.
 *
 * Idea       A template is C that reads as C. A name between two @ is replaced by its text, made safe for the
 * comment or number in which it stands; the line with a comment of "@insert" and a name is replaced by the
 * block of that name. Invariant  What is inserted is not looked at again: an @ in a migration is no insertion
 * point.
 */
#include "emitter.h"

#include <string.h>

static const frame_value *find(const frame_value *values, size_t count, view name)
{
    for (size_t i = 0; i < count; i++) {
        if (view_is(name, values[i].name))
            return &values[i];
    }
    return NULL;
}

/* The name of an insertion line, or the empty view. */
static view insertion(view line)
{
    static const char start[] = "/* @insert ", end[] = " */";
    if (line.length <= strlen(start) + strlen(end) || strncmp(line.bytes, start, strlen(start)) != 0 ||
        strncmp(line.bytes + line.length - strlen(end), end, strlen(end)) != 0)
        return (view){NULL, 0};
    return (view){line.bytes + strlen(start), line.length - strlen(start) - strlen(end)};
}

static void write_line(emitter *e, view line, const frame_value *values, size_t count)
{
    builder *out = &e->out.text;
    for (size_t at = 0; at < line.length;) {
        const char *from = line.bytes + at, *end = NULL;
        if (*from == '@')
            end = memchr(from + 1, '@', line.length - at - 1);
        const frame_value *value = NULL;
        if (end != NULL)
            value = find(values, count, (view){from + 1, (size_t)(end - from) - 1});
        if (value == NULL) {
            builder_add_character(out, *from);
            at++;
            continue;
        }
        builder_add(out, c_comment_text(e->memory, value->text));
        at += (size_t)(end - from) + 1;
    }
    builder_add_character(out, '\n');
}

void emit_frame(emitter *e, view frame, const frame_value *values, size_t count)
{
    for (size_t at = 0; at < frame.length;) {
        const char *start = frame.bytes + at, *stop = memchr(start, '\n', frame.length - at);
        view line = {start, stop == NULL ? frame.length - at : (size_t)(stop - start)};
        view name = insertion(line);
        const frame_value *block = name.length == 0 ? NULL : find(values, count, name);
        if (block != NULL)
            c_write_source(&e->out, block->block);
        else
            write_line(e, line, values, count);
        at += line.length + 1;
    }
}

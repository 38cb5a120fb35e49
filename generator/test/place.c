/*
 * place.c: where in a migration's file something belongs.
 */
#include "test_parts.h"

#include "text.h"

#include <stdlib.h>

span test_place_of_line(const checked_migration *m, size_t line)
{
    const source_file *file = m->file->source;
    if (line == 0 || line > file->line_count)
        line = 1;
    size_t start = file->line_starts[line - 1];
    view text = source_line(file, line);
    while (text.length > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
        text.bytes++;
        text.length--;
        start++;
    }
    return (span){.file = file, .start = start, .end = start + text.length};
}

span test_place_of_text(const test_run *run, const char *text)
{
    for (size_t i = 0; i < run->release->migrations.count; i++) {
        const checked_migration *m = run->release->migrations.items[i];
        size_t length = strlen(m->migration.file);
        if (text_starts_with(text, m->migration.file) && (text[length] == ':' || text[length] == '\0'))
            return test_place_of_line(m, text[length] == ':' ? strtoul(text + length + 1, NULL, 10) : 1);
    }
    return (span){0};
}

/* The first statement whose way back is not derived from the schema. */
static const ast_statement *first_raw(const ast_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const ast_statement *s = list->items[i];
        if (s->kind == AST_STEP && (s->step.operation == MIGEN_RUN || s->step.operation == MIGEN_CALL))
            return s;
        const ast_statement *inside = first_raw(&s->then);
        if (inside == NULL)
            inside = first_raw(&s->otherwise);
        if (inside != NULL)
            return inside;
    }
    return NULL;
}

span test_place_of_raw(const checked_migration *m)
{
    const ast_statement *raw = first_raw(&m->file->statements);
    return test_place_of_line(m, source_line_of(raw != NULL ? raw->place : m->file->title_place));
}

span test_place_of_down(const checked_migration *m)
{
    return m->file->down == DOWN_BLOCK ? test_place_of_line(m, source_line_of(m->file->down_place))
                                       : test_place_of_raw(m);
}

/*
 * place.c: where in a migration's file something belongs.
 */
#include "test_parts.h"

#include "row_value.h"
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

/* The last statement that names this word: raw SQL that has it, or a step on an object of that name. */
static const ast_statement *naming(arena *a, const ast_list *list, const char *word)
{
    const ast_statement *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const ast_statement *s = list->items[i];
        const ast_statement *then = naming(a, &s->then, word), *otherwise = naming(a, &s->otherwise, word);
        bool raw = false;
        for (size_t k = 0; s->step.sql != NULL && s->step.sql[k] != NULL; k++)
            raw = raw || row_value_mentions(a, s->step.sql[k], word);
        if (then != NULL || otherwise != NULL)
            found = otherwise != NULL ? otherwise : then;
        else if (raw || text_equal(s->step.object, word) || text_equal(s->step.part, word))
            found = s;
    }
    return found;
}

span test_place_of_raw(const checked_migration *m)
{
    const ast_statement *raw = first_raw(&m->file->statements);
    return test_place_of_line(m, source_line_of(raw != NULL ? raw->place : m->file->title_place));
}

/* The words of a difference's lines: "column nick text" is about nick, under "table users". */
static const ast_statement *statement_of(arena *a, const checked_migration *m, const char *difference)
{
    for (const char *line = difference; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *at = line + 1;
        at += strspn(at, " ");
        if (*line == ' ')
            continue;
        const char *kind = at;
        at += strcspn(at, " \n");
        if (strncmp(kind, "materialized", 12) == 0)
            at += 1 + strcspn(at + 1, " \n");
        at += *at == ' ';
        const ast_statement *found = naming(a, &m->file->statements, arena_copy(a, at, strcspn(at, " \n")));
        if (found != NULL)
            return found;
    }
    return NULL;
}

span test_place_of_difference(arena *a, const checked_migration *m, const char *difference)
{
    const ast_statement *s = m->file->down == DOWN_BLOCK ? NULL : statement_of(a, m, difference);
    return s != NULL ? test_place_of_line(m, source_line_of(s->place)) : test_place_of_down(m);
}

span test_place_of_down(const checked_migration *m)
{
    return m->file->down == DOWN_BLOCK ? test_place_of_line(m, source_line_of(m->file->down_place))
                                       : test_place_of_raw(m);
}

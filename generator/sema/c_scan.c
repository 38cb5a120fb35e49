/*
 * c_scan.c: C, read as far as its brackets.
 */
#include "c_scan.h"

#include <ctype.h>
#include <string.h>

typedef struct c_reader {
    arena *memory;
    const source_file *file;
    size_t at;
    c_scan found;
    /* of the declaration outside of braces that is being read */
    c_found last;     /* the identifier before the bracket that is next */
    c_found function; /* the first identifier that a bracket follows, but for attributes */
    bool has_value;   /* an = stands in it: braces are an initialiser */
} c_reader;

static char c_at(const c_reader *r, size_t ahead)
{
    return r->at + ahead < r->file->length ? r->file->bytes[r->at + ahead] : '\0';
}

/* Behind a comment or a literal that begins here; false when none does. */
static bool c_skip_text(c_reader *r)
{
    char first = c_at(r, 0);
    if (first == '/' && c_at(r, 1) == '/') {
        while (r->at < r->file->length && c_at(r, 0) != '\n')
            r->at += c_at(r, 0) == '\\' && r->at + 1 < r->file->length ? 2 : 1;
        return true;
    }
    if (first == '/' && c_at(r, 1) == '*') {
        const char *end = strstr(r->file->bytes + r->at + 2, "*/");
        r->at = end == NULL ? r->file->length : (size_t)(end - r->file->bytes) + 2;
        return true;
    }
    if (first != '"' && first != '\'')
        return false;
    for (r->at++; r->at < r->file->length && c_at(r, 0) != first && c_at(r, 0) != '\n'; r->at++)
        if (c_at(r, 0) == '\\')
            r->at++;
    r->at += c_at(r, 0) == first; /* one that is not closed ends with its line */
    return true;
}

static bool c_is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static c_found c_take_word(c_reader *r)
{
    size_t start = r->at;
    while (c_is_word(c_at(r, 0)))
        r->at++;
    return (c_found){.name = arena_copy(r->memory, r->file->bytes + start, r->at - start),
                     .place = {.file = r->file, .start = start, .end = r->at}};
}

static void c_skip_blanks(c_reader *r)
{
    while (c_at(r, 0) == ' ' || c_at(r, 0) == '\t')
        r->at++;
}

static void c_take_include(c_reader *r, size_t line_start)
{
    char close = c_at(r, 0) == '<' ? '>' : '"';
    if (c_at(r, 0) != '<' && c_at(r, 0) != '"')
        return;
    size_t start = r->at++;
    while (r->at < r->file->length && c_at(r, 0) != close && c_at(r, 0) != '\n')
        r->at++;
    c_found include = {.name = arena_copy(r->memory, r->file->bytes + start + 1, r->at - start - 1),
                       .place = {.file = r->file, .start = start, .end = r->at + 1}};
    r->at += c_at(r, 0) == close;
    if (text_equal(include.name, "migen.h") || text_equal(include.name, "migen/migen.h")) {
        include.place.start = line_start;
        vector_push(r->memory, &r->found.own, include);
    } else if (close == '"') {
        vector_push(r->memory, &r->found.foreign, include);
    }
}

/* A line that begins with #, with those that a backslash joins to it. */
static void c_take_directive(c_reader *r)
{
    size_t line_start = r->at++;
    c_skip_blanks(r);
    c_found word = c_take_word(r);
    c_skip_blanks(r);
    if (text_equal(word.name, "include")) {
        c_take_include(r, line_start);
    } else if (text_equal(word.name, "define")) {
        c_found macro = c_take_word(r);
        vector_push(r->memory, &r->found.macros, macro);
    }
    while (r->at < r->file->length && c_at(r, 0) != '\n') {
        if (c_at(r, 0) == '\\')
            r->at += c_at(r, 1) == '\r' ? 2 : 1;
        else if (c_skip_text(r))
            continue;
        r->at += r->at < r->file->length;
    }
}

static void c_new_declaration(c_reader *r)
{
    r->last = r->function = (c_found){0};
    r->has_value = false;
}

/* Behind the bracket that closes the one that stands here. */
static void c_skip_brackets(c_reader *r, char open, char close)
{
    size_t depth = 0;
    while (r->at < r->file->length) {
        if (c_skip_text(r))
            continue;
        char c = r->file->bytes[r->at++];
        depth += c == open ? 1 : 0;
        if (c == close && --depth == 0)
            return;
    }
}

static void c_take_other(c_reader *r)
{
    char c = c_at(r, 0);
    if (c == '(') {
        if (r->function.name == NULL && r->last.name != NULL && !text_starts_with(r->last.name, "__"))
            r->function = r->last;
        c_skip_brackets(r, '(', ')');
        return;
    }
    if (c == '{') {
        if (r->function.name != NULL && !r->has_value) {
            vector_push(r->memory, &r->found.functions, r->function);
            c_skip_brackets(r, '{', '}');
            c_new_declaration(r);
            return;
        }
        c_skip_brackets(r, '{', '}');
        return;
    }
    if (c == ';')
        c_new_declaration(r);
    r->has_value = r->has_value || c == '=';
    if (!isspace((unsigned char)c))
        r->last = (c_found){0};
    r->at++;
}

c_scan c_scan_file(arena *a, const source_file *file)
{
    c_reader r = {.memory = a, .file = file};
    bool line_begins = true;
    while (r.at < file->length) {
        char c = c_at(&r, 0);
        if (line_begins && c == '#') {
            c_take_directive(&r);
            continue;
        }
        line_begins = c == '\n' || (line_begins && isspace((unsigned char)c));
        if (c_skip_text(&r))
            continue;
        if (c_is_word(c))
            r.last = c_take_word(&r);
        else
            c_take_other(&r);
    }
    return r.found;
}

/*
 * c_text.c: texts from outside as literals, identifiers and comments.
 */
#include "c_writer.h"
#include "c_parts.h"
#include "utf8.h"

#include <string.h>

/* Characters that change how the text around them is shown (Unicode TR 9, and the separators and marks that
 * editors treat alike): written as escapes, so that a reviewer sees them, and -Wbidi-chars has nothing to
 * say. */
static bool turns_text(uint32_t code)
{
    return code == 0x061C || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0x80 && code <= 0x9F) ||
           (code >= 0xE0000 && code <= 0xE007F);
}

static void add_octal(builder *b, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        char escape[4] = {'\\', (char)('0' + (c >> 6)), (char)('0' + ((c >> 3) & 7)), (char)('0' + (c & 7))};
        builder_add_bytes(b, escape, sizeof escape);
    }
}

/* One character of the text, escaped. previous: the byte before it, for trigraphs. */
static void add_character(builder *b, const char *bytes, size_t length, char previous)
{
    if (length > 1) {
        uint32_t code = 0;
        utf8_character(bytes, length, &code);
        if (turns_text(code))
            add_octal(b, bytes, length);
        else
            builder_add_bytes(b, bytes, length);
        return;
    }
    unsigned char c = (unsigned char)bytes[0];
    if (c == '\n')
        builder_add(b, "\\n");
    else if (c == '\t')
        builder_add(b, "\\t");
    else if (c == '\r')
        builder_add(b, "\\r");
    else if (c == '"' || c == '\\' || (c == '?' && previous == '?')) {
        builder_add_character(b, '\\');
        builder_add_character(b, (char)c);
    } else if (c < 0x20 || c >= 0x7F) {
        add_octal(b, bytes, 1);
    } else {
        builder_add_character(b, (char)c);
    }
}

/* The length of the character at text; a byte that is no UTF-8 counts as one. */
static size_t character_length(const char *text, size_t length)
{
    size_t n = utf8_character(text, length, NULL);
    return n == 0 ? 1 : n;
}

/* Where the literal that starts at `start` ends: behind its line end, or, of a long line, behind the last
 * blank within `columns` (or there, where it has none), and never inside a character. */
static size_t literal_end(const char *text, size_t start, size_t length, size_t columns)
{
    size_t at = start, blank = 0, width = 0;
    while (at < length) {
        size_t n = character_length(text + at, length - at);
        at += n;
        width++;
        if (text[at - 1] == '\n')
            return at;
        if (text[at - 1] == ' ')
            blank = at;
        if (width >= columns && at < length)
            return blank > start ? blank : at;
    }
    return length;
}

char *c_literal(arena *a, const char *text, size_t length)
{
    builder b = builder_new(a);
    builder_add_character(&b, '"');
    char previous = '\0';
    for (size_t at = 0; at < length;) {
        size_t n = character_length(text + at, length - at);
        add_character(&b, text + at, n, previous);
        previous = text[at + n - 1];
        at += n;
    }
    builder_add_character(&b, '"');
    return b.bytes;
}

void c_literal_lines(c_writer *w, c_node *node, const char *text, size_t length)
{
    size_t start = 0;
    do {
        size_t end = literal_end(text, start, length, C_COLUMNS - 30);
        const char *literal = c_literal(w->memory, text + start, end - start);
        vector_push(w->memory, &node->lines, view_of(literal));
        start = end;
    } while (start < length);
}

bool c_fits_literal(const char *text)
{
    return text == NULL || strlen(text) <= C_LONGEST_LITERAL;
}

/* The end of the part that starts at `start`: behind the last line end that fits, or else the last character.
 */
static size_t part_end(const char *text, size_t start, size_t length)
{
    if (length - start <= C_LONGEST_LITERAL)
        return length;
    size_t line_end = 0, at = start;
    while (at < length) {
        size_t n = character_length(text + at, length - at);
        if (at + n - start > C_LONGEST_LITERAL)
            break;
        at += n;
        if (text[at - 1] == '\n')
            line_end = at;
    }
    return line_end > start ? line_end : at;
}

void c_long_text(c_writer *w, const char *name, const char *text)
{
    size_t length = strlen(text);
    c_node *values = c_braces(w);
    values->one_per_line = true;
    c_write_line(w, "static const struct {");
    unsigned long number = 1;
    for (size_t start = 0; start < length; number++) {
        size_t end = part_end(text, start, length);
        c_write_format(w, end == length ? "    char part_%U[%U + 1];" : "    char part_%U[%U];", number,
                       (unsigned long)(end - start));
        c_node *part = ARENA_NEW(w->memory, c_node);
        part->kind = C_STRING;
        c_literal_lines(w, part, text + start, end - start);
        part->width = C_NEVER_FLAT;
        c_add(w, values, part);
        start = end;
    }
    builder head = builder_new(w->memory);
    builder_add(&head, "} ");
    builder_add(&head, name);
    c_write_definition(w, head.bytes, values);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char *c_identifier(arena *a, const char *prefix, const char *name, map *taken)
{
    builder b = builder_new(a);
    builder_add(&b, prefix);
    size_t length = strlen(name);
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t n = utf8_character(name + at, length - at, &code);
        if (n > 1)
            builder_add_format(&b, "u%04x", (unsigned)code);
        else
            builder_add_character(&b, is_letter(name[at]) || is_digit(name[at]) ? name[at] : '_');
        at += n == 0 ? 1 : n;
    }
    if (b.length == 0 || is_digit(b.bytes[0])) { /* an identifier does not begin with a digit */
        const char *bare = b.bytes == NULL ? "" : b.bytes;
        b = builder_new(a);
        builder_add_character(&b, '_');
        builder_add(&b, bare);
    }
    if (taken == NULL)
        return b.bytes;
    char *free_name = b.bytes;
    for (unsigned number = 2; map_has(taken, free_name); number++)
        free_name = arena_format(a, "%s_%u", b.bytes, number);
    map_set(taken, free_name, free_name);
    return free_name;
}

bool c_is_identifier(const char *text)
{
    static const char *const keywords[] = {
        "auto",   "break",    "case",     "char",     "const", "continue", "default", "do",     "double",
        "else",   "enum",     "extern",   "float",    "for",   "goto",     "if",      "inline", "int",
        "long",   "register", "restrict", "return",   "short", "signed",   "sizeof",  "static", "struct",
        "switch", "typedef",  "union",    "unsigned", "void",  "volatile", "while",   "main",   NULL};
    if (text == NULL || !is_letter(text[0]))
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_letter(*c) && !is_digit(*c))
            return false;
    }
    return !list_contains(keywords, text);
}

char *c_comment_text(arena *a, const char *text)
{
    builder b = builder_new(a);
    size_t length = text == NULL ? 0 : strlen(text);
    char previous = '\0';
    builder_add(&b, "");
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t n = utf8_character(text + at, length - at, &code);
        char c = text[at];
        if (n == 0 || (n > 1 && turns_text(code))) {
            builder_add_character(&b, '?');
            c = ' '; /* what follows is not the end of a trigraph that stood there */
        } else if (n > 1) {
            builder_add_bytes(&b, text + at, n);
        } else if ((unsigned char)c < 0x20 || c == 0x7F) {
            builder_add_character(&b, ' ');
        } else {
            if ((previous == '*' && c == '/') || (previous == '/' && c == '*') ||
                (previous == '?' && c == '?'))
                builder_add_character(&b, ' ');
            builder_add_character(&b, c);
        }
        previous = c;
        at += n == 0 ? 1 : n;
    }
    return b.bytes;
}

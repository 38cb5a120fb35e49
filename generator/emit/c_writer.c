/*
 * c_writer.c: nodes, and how they are laid out.
 */
#include "c_writer.h"
#include "c_parts.h"
#include "utf8.h"

#include <stdarg.h>
#include <string.h>

c_writer c_writer_new(arena *a)
{
    return (c_writer){.memory = a, .text = builder_new(a)};
}

char *c_writer_text(c_writer *w)
{
    builder_add(&w->text, "");
    return w->text.bytes;
}

void c_write_line(c_writer *w, const char *text)
{
    builder_add(&w->text, text);
    builder_add_character(&w->text, '\n');
}

void c_write_format(c_writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '%' || strchr("ISCU", c[1]) == NULL || c[1] == '\0') {
            builder_add_character(&w->text, *c);
            continue;
        }
        c++;
        if (*c == 'U') {
            builder_add_format(&w->text, "%lu", va_arg(arguments, unsigned long));
            continue;
        }
        const char *text = va_arg(arguments, const char *);
        if (*c == 'I')
            builder_add(&w->text, text);
        else if (*c == 'S')
            builder_add(&w->text, text == NULL ? "NULL" : c_literal(w->memory, text, strlen(text)));
        else
            builder_add(&w->text, c_comment_text(w->memory, text));
    }
    va_end(arguments);
    builder_add_character(&w->text, '\n');
}

void c_write_source(c_writer *w, view source)
{
    builder_add_bytes(&w->text, source.bytes, source.length);
    if (source.length > 0 && source.bytes[source.length - 1] != '\n')
        builder_add_character(&w->text, '\n');
}

static c_node *node_new(c_writer *w, c_kind kind, const char *words, const char *close)
{
    c_node *node = ARENA_NEW(w->memory, c_node);
    node->kind = kind;
    node->words = words;
    node->close = close;
    node->width = strlen(words) + strlen(close);
    return node;
}

c_node *c_words(c_writer *w, const char *words)
{
    return node_new(w, C_WORDS, arena_string(w->memory, words), "");
}

c_node *c_string(c_writer *w, const char *text)
{
    if (text == NULL)
        return c_words(w, "NULL");
    c_node *node = node_new(w, C_STRING, "", "");
    c_literal_lines(w, node, text, strlen(text));
    node->width = utf8_count(node->lines.items[0].bytes, node->lines.items[0].length);
    if (node->lines.count > 1)
        node->width = C_NEVER_FLAT;
    return node;
}

c_node *c_unsigned(c_writer *w, unsigned long number)
{
    return node_new(w, C_WORDS, arena_format(w->memory, "%lu", number), "");
}

c_node *c_signed(c_writer *w, long number)
{
    /* -9223372036854775808 is no literal of C, but an expression of two. */
    if (number == -__LONG_MAX__ - 1)
        return node_new(w, C_WORDS, arena_format(w->memory, "(-%ld - 1)", __LONG_MAX__), "");
    return node_new(w, C_WORDS, arena_format(w->memory, "%ld", number), "");
}

c_node *c_call(c_writer *w, const char *function)
{
    builder b = builder_new(w->memory);
    builder_add(&b, function);
    builder_add_character(&b, '(');
    return node_new(w, C_LIST, b.bytes, ")");
}

c_node *c_braces(c_writer *w)
{
    return node_new(w, C_LIST, "{", "}");
}

void c_add(c_writer *w, c_node *list, c_node *item)
{
    if (list->items.count > 0)
        list->width += strlen(", ");
    list->width += item->width;
    vector_push(w->memory, &list->items, item);
}

void c_add_field(c_writer *w, c_node *list, const char *field, c_node *item)
{
    builder b = builder_new(w->memory);
    builder_add_character(&b, '.');
    builder_add(&b, field);
    builder_add(&b, " = ");
    item->field = b.bytes;
    item->width += b.length;
    c_add(w, list, item);
}

static void write_flat(builder *b, const c_node *node)
{
    if (node->field != NULL)
        builder_add(b, node->field);
    if (node->kind == C_STRING) {
        for (size_t i = 0; i < node->lines.count; i++) {
            if (i > 0)
                builder_add_character(b, ' ');
            builder_add_bytes(b, node->lines.items[i].bytes, node->lines.items[i].length);
        }
        return;
    }
    builder_add(b, node->words);
    for (size_t i = 0; i < node->items.count; i++) {
        if (i > 0)
            builder_add(b, ", ");
        write_flat(b, node->items.items[i]);
    }
    if (node->kind == C_LIST)
        builder_add(b, node->close);
}

static void new_line(builder *b, size_t indent)
{
    builder_add_character(b, '\n');
    builder_add_repeated(b, ' ', indent);
}

static bool stays_on_line(const c_node *node, size_t column, size_t behind)
{
    return column + node->width + behind <= C_COLUMNS || node->kind == C_WORDS ||
           (node->kind == C_STRING && node->lines.count == 1);
}

static size_t write_node(builder *b, const c_node *node, size_t indent, size_t column, size_t behind);

/* Whether the item i of an opened list begins a line: what spans lines has its lines for itself. */
static bool begins_line(const c_node *list, size_t i, size_t column, size_t due, bool previous_was_open)
{
    if (i == 0)
        return false;
    if (list->one_per_line || previous_was_open || column + 1 + list->items.items[i]->width + due > C_COLUMNS)
        return true;
    return list->group > 0 && i >= list->group_offset && (i - list->group_offset) % list->group == 0;
}

/* A list, opened up: its items on lines of their own, four columns further in. The column behind it. */
static size_t write_open(builder *b, const c_node *list, size_t indent, size_t behind)
{
    size_t inner = indent + 4, column = inner;
    bool was_open = false;
    builder_add(b, list->words);
    new_line(b, inner);
    for (size_t i = 0; i < list->items.count; i++) {
        const c_node *item = list->items.items[i];
        bool last = i + 1 == list->items.count;
        size_t due = last ? strlen(list->close) + behind : 1; /* what stands behind it on its line */
        if (begins_line(list, i, column, due, was_open)) {
            new_line(b, inner);
            column = inner;
        } else if (i > 0) {
            builder_add_character(b, ' ');
            column++;
        }
        was_open = !stays_on_line(item, column, due);
        column = write_node(b, item, inner, column, due);
        if (!last) {
            builder_add_character(b, ',');
            column++;
        }
    }
    builder_add(b, list->close);
    return column + strlen(list->close);
}

static size_t write_node(builder *b, const c_node *node, size_t indent, size_t column, size_t behind)
{
    if (stays_on_line(node, column, behind)) {
        write_flat(b, node);
        return column + node->width;
    }
    if (node->field != NULL) /* what ends a line has no blank behind it */
        builder_add_bytes(b, node->field, strlen(node->field) - (node->kind == C_STRING ? 1 : 0));
    if (node->kind == C_LIST)
        return write_open(b, node, indent, behind);
    /* A string of several lines: under each other, and under its field's name where it has one. */
    size_t inner = node->field == NULL ? indent : indent + 4;
    for (size_t i = 0; i < node->lines.count; i++) {
        if (i > 0 || node->field != NULL)
            new_line(b, inner);
        view line = node->lines.items[i];
        builder_add_bytes(b, line.bytes, line.length);
        column = inner + utf8_count(line.bytes, line.length);
    }
    return column;
}

void c_write_node(c_writer *w, size_t depth, c_node *node, const char *behind)
{
    builder_add_repeated(&w->text, ' ', depth * 4);
    write_node(&w->text, node, depth * 4, depth * 4, strlen(behind));
    builder_add(&w->text, behind);
    builder_add_character(&w->text, '\n');
}

void c_write_definition(c_writer *w, const char *head, c_node *value)
{
    builder opening = builder_new(w->memory);
    builder_add(&opening, head);
    builder_add(&opening, " = ");
    builder_add(&opening, value->words);
    value->width += opening.length - strlen(value->words);
    value->words = opening.bytes;
    c_write_node(w, 0, value, ";");
}

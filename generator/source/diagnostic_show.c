/* The form for people: message, source line, caret, second place, hint. */
#include "diagnostic_show.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_BEFORE 60 /* bytes of a long line that are shown before the caret, and behind it */
#define WINDOW_BEHIND 80
#define TAB_STOP      8

typedef struct painter {
    arena *memory;
    FILE *out;
    bool color;
} painter;

#define COLOR_OFF     "\033[0m"
#define COLOR_BOLD    "\033[1m"
#define COLOR_ERROR   "\033[1;31m"
#define COLOR_WARNING "\033[1;33m"
#define COLOR_NOTE    "\033[1;36m"
#define COLOR_GUTTER  "\033[1;34m"

static void paint(const painter *p, const char *color)
{
    if (p->color)
        fputs(color, p->out);
}

const char *severity_word(severity s)
{
    return s == SEVERITY_ERROR ? "error" : s == SEVERITY_WARNING ? "warning" : "note";
}

static const char *severity_color(severity s)
{
    return s == SEVERITY_ERROR ? COLOR_ERROR : s == SEVERITY_WARNING ? COLOR_WARNING : COLOR_NOTE;
}

/* What is shown of a text: no control character reaches the terminal. *width is the terminal column, which a
 * tab moves. */
static void add_visible(builder *b, const char *bytes, size_t length, size_t *width)
{
    for (size_t i = 0; i < length;) {
        size_t step = utf8_character(bytes + i, length - i, NULL);
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\t') {
            size_t spaces = TAB_STOP - *width % TAB_STOP;
            builder_add_repeated(b, ' ', spaces);
            *width += spaces;
        } else {
            bool shown =
                step != 0 && c >= 0x20 && c != 0x7f && !(c == 0xc2 && (unsigned char)bytes[i + 1] < 0xa0);
            if (shown)
                builder_add_bytes(b, bytes + i, step);
            else
                builder_add(b, "\xEF\xBF\xBD");
            *width += 1;
        }
        i += step == 0 ? 1 : step;
    }
}

static char *visible(arena *a, const char *text)
{
    builder b = builder_new(a);
    size_t width = 0;
    const char *rest = text;
    for (const char *newline; (newline = strchr(rest, '\n')) != NULL; rest = newline + 1) {
        add_visible(&b, rest, (size_t)(newline - rest), &width);
        builder_add_character(&b, ' ');
    }
    add_visible(&b, rest, strlen(rest), &width);
    return b.bytes;
}

static bool is_continuation_byte(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The source line of a place, and a mark under its span. */
static void show_line(const painter *p, span place, char mark, const char *mark_color, const char *label)
{
    size_t line = source_line_of(place);
    view text = source_line(place.file, line);
    size_t line_start = place.file->line_starts[line - 1];
    size_t start = place.start - line_start, end = place.end > place.start ? place.end - line_start : start;
    if (start > text.length)
        start = text.length;
    if (end > text.length)
        end = text.length;
    size_t from = 0, to = text.length;
    if (start > WINDOW_BEFORE + TAB_STOP) {
        from = start - WINDOW_BEFORE;
        while (from > 0 && is_continuation_byte(text.bytes[from]))
            from--;
    }
    if (to - start > WINDOW_BEHIND + TAB_STOP) {
        to = start + WINDOW_BEHIND;
        while (to < text.length && is_continuation_byte(text.bytes[to]))
            to++;
    }
    if (end > to)
        end = to;
    builder shown = builder_new(p->memory);
    size_t width = 0, caret, caret_end;
    if (from > 0) {
        builder_add(&shown, "…");
        width = 1;
    }
    add_visible(&shown, text.bytes + from, start - from, &width);
    caret = width;
    add_visible(&shown, text.bytes + start, end - start, &width);
    caret_end = width;
    add_visible(&shown, text.bytes + end, to - end, &width);
    if (to < text.length)
        builder_add(&shown, "…");
    builder marks = builder_new(p->memory);
    builder_add_repeated(&marks, ' ', caret);
    builder under = builder_new(p->memory);
    builder_add_repeated(&under, mark, caret_end > caret ? caret_end - caret : 1);
    paint(p, COLOR_GUTTER);
    fprintf(p->out, "%4zu |", line);
    paint(p, COLOR_OFF);
    fprintf(p->out, "%s%s\n", shown.length == 0 ? "" : " ", shown.bytes);
    paint(p, COLOR_GUTTER);
    int digits = snprintf(NULL, 0, "%4zu", line);
    fprintf(p->out, "%*s |", digits, "");
    paint(p, COLOR_OFF);
    fprintf(p->out, " %s", marks.bytes);
    paint(p, mark_color);
    fputs(under.bytes, p->out);
    if (label != NULL)
        fprintf(p->out, " %s", visible(p->memory, label));
    paint(p, COLOR_OFF);
    fputc('\n', p->out);
}

static void show_second(const painter *p, const diagnostic *d)
{
    if (d->second_place.file != d->place.file) {
        size_t line, column;
        source_place(d->second_place.file, d->second_place.start, &line, &column);
        fprintf(p->out, "     > %s:%zu:%zu\n", visible(p->memory, d->second_place.file->path), line, column);
    }
    show_line(p, d->second_place, '-', COLOR_NOTE, d->second_label);
}

static void show_one(const painter *p, const diagnostic *d)
{
    bool second_first = d->second_place.file != NULL && d->second_place.file == d->place.file &&
                        source_line_of(d->second_place) < source_line_of(d->place);
    paint(p, COLOR_BOLD);
    if (d->place.file != NULL) {
        size_t line, column;
        source_place(d->place.file, d->place.start, &line, &column);
        fprintf(p->out, "%s:%zu:%zu: ", visible(p->memory, d->place.file->path), line, column);
    }
    paint(p, COLOR_OFF);
    paint(p, severity_color(d->severity));
    fprintf(p->out, "%s[%s]", severity_word(d->severity), d->code);
    paint(p, COLOR_OFF);
    fprintf(p->out, ": %s\n", visible(p->memory, d->message));
    if (second_first)
        show_second(p, d);
    if (d->place.file != NULL)
        show_line(p, d->place, '^', severity_color(d->severity), NULL);
    if (d->second_place.file != NULL && !second_first)
        show_second(p, d);
    if (d->hint != NULL) {
        paint(p, COLOR_GUTTER);
        fputs("     =", p->out);
        paint(p, COLOR_OFF);
        fprintf(p->out, " help: %s\n", visible(p->memory, d->hint));
    }
}

static void show_text(const sorted_diagnostics *d, FILE *out, bool color)
{
    painter p = {.memory = d->memory, .out = out, .color = color};
    size_t i = 0;
    while (i < d->count) {
        const source_file *file = d->items[i]->place.file;
        size_t shown = 0, left_out = 0;
        for (; i < d->count && d->items[i]->place.file == file; i++) {
            if (file != NULL && shown == MOST_ERRORS) {
                left_out++;
                continue;
            }
            show_one(&p, d->items[i]);
            shown++;
        }
        if (left_out > 0)
            fprintf(out, "%s: and %zu more\n", visible(d->memory, file->path), left_out);
    }
}

/* By file, then by place; those of the project as a whole come last. Equal ones stay in the order of their
 * coming, which is the order of their addresses. */
static int compare_places(const void *left, const void *right)
{
    const diagnostic *a = *(const diagnostic *const *)left, *b = *(const diagnostic *const *)right;
    if (a->place.file != b->place.file) {
        if (a->place.file == NULL || b->place.file == NULL)
            return a->place.file == NULL ? 1 : -1;
        int by_path = strcmp(a->place.file->path, b->place.file->path);
        if (by_path != 0)
            return by_path;
        return a->place.file < b->place.file ? -1 : 1;
    }
    if (a->place.file != NULL && a->place.start != b->place.start)
        return a->place.start < b->place.start ? -1 : 1;
    return a < b ? -1 : a > b;
}

void diagnostics_show(const diagnostics *d, FILE *out, const char *format, bool color)
{
    const diagnostic **items = ARENA_NEW_ARRAY(d->memory, const diagnostic *, d->list.count + 1);
    for (size_t i = 0; i < d->list.count; i++)
        items[i] = &d->list.items[i];
    qsort(items, d->list.count, sizeof *items, compare_places);
    sorted_diagnostics sorted = {.memory = d->memory, .items = items, .count = d->list.count};
    if (text_equal(format, "json"))
        show_json(&sorted, out);
    else if (text_equal(format, "sarif"))
        show_sarif(&sorted, out);
    else if (text_equal(format, "github"))
        show_github(&sorted, out);
    else
        show_text(&sorted, out, color);
}

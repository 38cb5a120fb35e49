/*
 * difference.c: how two looks at a database differ.
 */
#include "database.h"

#include "text.h"

typedef VECTOR(view) line_views;

static line_views lines_of(arena *a, const char *text)
{
    line_views lines = {0};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        view line = {text, length};
        vector_push(a, &lines, line);
        text += length + (text[length] == '\n');
    }
    return lines;
}

static void say_line(builder *b, char sign, view line)
{
    builder_add_format(b, "%c%.*s\n", sign, (int)line.length, line.bytes);
}

/* The line that a dump's indented line stands under. */
static view head_of(const line_views *lines, size_t at)
{
    while (at > 0 && lines->items[at].length > 0 && lines->items[at].bytes[0] == ' ')
        at--;
    return lines->items[at];
}

typedef struct differ {
    builder out;
    const line_views *x, *y;
    view head; /* said last */
} differ;

static void say_group(differ *d, char sign, const line_views *lines, size_t at)
{
    view head = head_of(lines, at);
    bool is_head = head.bytes == lines->items[at].bytes;
    if (!is_head && !view_equal(head, d->head))
        say_line(&d->out, ' ', head);
    d->head = head;
    say_line(&d->out, sign, lines->items[at]);
}

/* Both are walked at once: a line of one that comes again in the other is what the two have in common next. Dumps are
 * sorted, so that the nearest is the right one. */
static size_t next_common(const line_views *in, size_t from, view line)
{
    for (size_t i = from; i < in->count && i < from + 500; i++)
        if (view_equal(in->items[i], line))
            return i;
    return in->count;
}

char *live_difference(arena *a, const char *first, const char *second)
{
    line_views x = lines_of(a, first), y = lines_of(a, second);
    differ d = {.out = builder_new(a), .x = &x, .y = &y};
    size_t i = 0, k = 0;
    while (i < x.count || k < y.count) {
        if (i < x.count && k < y.count && view_equal(x.items[i], y.items[k])) {
            i++;
            k++;
            continue;
        }
        size_t in_y = i < x.count ? next_common(&y, k, x.items[i]) : y.count;
        size_t in_x = k < y.count ? next_common(&x, i, y.items[k]) : x.count;
        if (i < x.count && (in_y == y.count || (in_x < x.count && in_x - i <= in_y - k))) {
            say_group(&d, '-', &x, i++);
        } else {
            say_group(&d, '+', &y, k++);
        }
    }
    return d.out.length == 0 ? NULL : d.out.bytes;
}

static const live_table *table_of(const live_snapshot *s, const char *name)
{
    for (size_t i = 0; i < s->tables.count; i++)
        if (text_equal(s->tables.items[i].name, name))
            return &s->tables.items[i];
    return NULL;
}

static size_t column_of(const live_table *t, const char *name)
{
    size_t i = 0;
    while (i < t->column_count && !text_equal(t->columns[i], name))
        i++;
    return i;
}

static bool is_ignored(arena *a, const map *ignored, const live_table *t, const char *column)
{
    return ignored != NULL && map_has(ignored, arena_format(a, "%s.%s", t->name, column));
}

/* A row as one text, of the columns of `by` that count. */
static char *row_text(arena *a, const live_table *by, const live_table *t, size_t row, const map *ignored)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < by->column_count; i++) {
        size_t at = column_of(t, by->columns[i]);
        if (at == t->column_count || is_ignored(a, ignored, by, by->columns[i]))
            continue;
        const char *value = t->rows.items[row][at];
        builder_add_format(&b, "%s%s=%s", b.length == 0 ? "" : " ", by->columns[i],
                           value == NULL ? "NULL" : value);
    }
    return b.length == 0 ? "" : b.bytes;
}

static size_t how_often(const map *counts, const char *key)
{
    const size_t *count = map_get(counts, key);
    return count == NULL ? 0 : *count;
}

static map count_rows(arena *a, const live_table *by, const live_table *t, const map *ignored)
{
    map counts = map_new(a);
    for (size_t i = 0; i < t->rows.count; i++) {
        const char *key = row_text(a, by, t, i, ignored);
        size_t *count = ARENA_NEW(a, size_t);
        *count = how_often(&counts, key) + 1;
        map_set(&counts, key, count);
    }
    return counts;
}

/* The first row that x has more often than y. */
static const char *row_beyond(const map *x, const map *y)
{
    for (size_t i = 0; i < x->count; i++)
        if (how_often(x, x->entries[i].key) > how_often(y, x->entries[i].key))
            return x->entries[i].key;
    return NULL;
}

char *live_rows_difference(arena *a, const live_snapshot *before, const live_snapshot *after,
                           const map *ignored)
{
    for (size_t i = 0; i < before->tables.count; i++) {
        const live_table *x = &before->tables.items[i];
        const live_table *y = table_of(after, x->name);
        if (y == NULL)
            continue; /* the schemas' difference says so */
        map one = count_rows(a, x, x, ignored), other = count_rows(a, x, y, ignored);
        const char *gone = row_beyond(&one, &other), *come = row_beyond(&other, &one);
        if (gone == NULL && come == NULL)
            continue;
        builder b = builder_new(a);
        builder_add_format(&b, " table %s: %zu row%s, and %zu\n", x->name, x->rows.count,
                           x->rows.count == 1 ? "" : "s", y->rows.count);
        if (gone != NULL)
            builder_add_format(&b, "-  %s\n", gone);
        if (come != NULL)
            builder_add_format(&b, "+  %s\n", come);
        return b.bytes;
    }
    return NULL;
}

static size_t values_in(const live_table *t, size_t column)
{
    size_t count = 0;
    for (size_t i = 0; i < t->rows.count; i++)
        count += t->rows.items[i][column] != NULL;
    return count;
}

char *live_rows_lost(arena *a, const live_snapshot *before, const live_snapshot *after)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < before->tables.count; i++) {
        const live_table *x = &before->tables.items[i];
        const live_table *y = table_of(after, x->name);
        if (y == NULL)
            continue;
        if (y->rows.count < x->rows.count) {
            builder_add_format(&b, " table %s: %zu row%s before, %zu afterwards\n", x->name, x->rows.count,
                               x->rows.count == 1 ? "" : "s", y->rows.count);
            continue;
        }
        for (size_t k = 0; k < x->column_count; k++) {
            size_t at = column_of(y, x->columns[k]);
            size_t had = values_in(x, k), has = at < y->column_count ? values_in(y, at) : had;
            if (has < had)
                builder_add_format(&b, " column %s.%s: %zu value%s before, %zu afterwards\n", x->name,
                                   x->columns[k], had, had == 1 ? "" : "s", has);
        }
    }
    return b.length == 0 ? NULL : b.bytes;
}

void live_note_volatile(const live_snapshot *one, const live_snapshot *other, map *ignored)
{
    arena *a = ignored->memory;
    for (size_t i = 0; i < one->tables.count; i++) {
        const live_table *x = &one->tables.items[i];
        const live_table *y = table_of(other, x->name);
        for (size_t k = 0; y != NULL && k < x->column_count; k++) {
            live_table alone = {.name = x->name, .columns = &x->columns[k], .column_count = 1};
            map xs = count_rows(a, &alone, x, NULL), ys = count_rows(a, &alone, y, NULL);
            const char *key = arena_format(a, "%s.%s", x->name, x->columns[k]);
            if (row_beyond(&xs, &ys) != NULL || row_beyond(&ys, &xs) != NULL)
                map_set(ignored, key, ignored);
        }
    }
}

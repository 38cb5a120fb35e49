#include "text.h"

#include "vector.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

view view_of(const char *string)
{
    return (view){string, string == NULL ? 0 : strlen(string)};
}

bool view_equal(view a, view b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

bool view_is(view a, const char *string)
{
    return view_equal(a, view_of(string));
}

bool view_is_word(view a, const char *word)
{
    size_t length = strlen(word);
    return a.length == length && (length == 0 || strncasecmp(a.bytes, word, length) == 0);
}

bool text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

bool text_equal_word(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcasecmp(a, b) == 0;
}

bool text_truth(const char *said, bool *value)
{
    static const char *const words[][2] = {{"true", "false"}, {"t", "f"},    {"yes", "no"},
                                           {"y", "n"},        {"on", "off"}, {"1", "0"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t k = 0; k < 2; k++)
            if (text_equal_word(said, words[i][k])) {
                *value = k == 0;
                return true;
            }
    return false;
}

bool text_starts_with(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_has_word(const char *words, char separator, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; at != NULL && *at != '\0';) {
        const char *end = strchr(at, separator);
        size_t here = end == NULL ? strlen(at) : (size_t)(end - at);
        if (here == length && strncmp(at, word, length) == 0)
            return true;
        at = end == NULL ? NULL : end + 1;
    }
    return false;
}

bool text_ends_with(const char *text, const char *suffix)
{
    if (text == NULL)
        return false;
    size_t length = strlen(text);
    size_t tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool text_is_empty(const char *text)
{
    return text == NULL || *text == '\0';
}

char *text_lower(arena *a, const char *text)
{
    char *copy = arena_string(a, text);
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

static bool text_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

char *text_trim(arena *a, const char *text)
{
    while (text_is_space(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && text_is_space(text[length - 1]))
        length--;
    return arena_copy(a, text, length);
}

size_t list_length(const char *const *list)
{
    size_t count = 0;
    while (list != NULL && list[count] != NULL)
        count++;
    return count;
}

bool list_contains(const char *const *list, const char *text)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        if (text_equal(list[i], text))
            return true;
    return false;
}

bool list_equal(const char *const *a, const char *const *b)
{
    size_t count = list_length(a);
    if (count != list_length(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!text_equal(a[i], b[i]))
            return false;
    return true;
}

char *list_join(arena *a, const char *const *list, const char *separator)
{
    builder b = builder_new(a);
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (i != 0)
            builder_add(&b, separator);
        builder_add(&b, list[i]);
    }
    return b.bytes;
}

builder builder_new(arena *a)
{
    return (builder){.memory = a, .bytes = arena_allocate(a, 64), .length = 0, .capacity = 64};
}

static void builder_reserve(builder *b, size_t more)
{
    if (b->capacity - b->length > more)
        return;
    size_t wider = b->capacity * 2;
    while (wider - b->length <= more)
        wider *= 2;
    char *grown = arena_allocate(b->memory, wider);
    memcpy(grown, b->bytes, b->length + 1);
    b->bytes = grown;
    b->capacity = wider;
}

void builder_add_bytes(builder *b, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    builder_reserve(b, length);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
    b->bytes[b->length] = '\0';
}

void builder_add(builder *b, const char *string)
{
    builder_add_bytes(b, string, strlen(string));
}

void builder_add_character(builder *b, char c)
{
    builder_add_bytes(b, &c, 1);
}

void builder_add_repeated(builder *b, char c, size_t times)
{
    for (size_t i = 0; i < times; i++)
        builder_add_character(b, c);
}

void builder_add_format(builder *b, const char *format, ...)
{
    if (format == NULL) /* never: as in arena.c */
        return;
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        builder_reserve(b, (size_t)length);
        vsnprintf(b->bytes + b->length, (size_t)length + 1, format, again);
        b->length += (size_t)length;
    }
    va_end(again);
}

void builder_add_quoted(builder *b, const char *text, char quote)
{
    builder_add_character(b, quote);
    for (const char *c = text == NULL ? "" : text; *c != '\0'; c++) {
        if (*c == quote)
            builder_add_character(b, quote);
        builder_add_character(b, *c);
    }
    builder_add_character(b, quote);
}

char *text_quoted(arena *a, const char *text)
{
    builder b = builder_new(a);
    builder_add_quoted(&b, text, '\'');
    return b.bytes;
}

#define DISTANCE_LONGEST 63

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower_character(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

size_t text_distance(const char *a, const char *b)
{
    size_t rows = strlen(a);
    size_t columns = strlen(b);
    if (rows > DISTANCE_LONGEST || columns > DISTANCE_LONGEST)
        return rows > columns ? rows : columns;
    size_t d[DISTANCE_LONGEST + 1][DISTANCE_LONGEST + 1];
    for (size_t i = 0; i <= rows; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= columns; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= rows; i++) {
        for (size_t j = 1; j <= columns; j++) {
            char x = lower_character(a[i - 1]);
            char y = lower_character(b[j - 1]);
            size_t best = d[i - 1][j - 1] + (x == y ? 0 : 1);
            best = smaller(best, smaller(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && x == lower_character(b[j - 2]) && lower_character(a[i - 2]) == y)
                best = smaller(best, d[i - 2][j - 2] + 1);
            d[i][j] = best;
        }
    }
    return d[rows][columns];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(word) < 3 ? 1 : (strlen(word) + 1) / 3;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_distance(word, candidates[i]);
        if (distance <= best && distance < strlen(word) && (nearest == NULL || distance < best)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

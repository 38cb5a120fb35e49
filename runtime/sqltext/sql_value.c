#include "sql_token.h"

#include <stdint.h>
#include <string.h>

/* What quoted tokens say: sql_token_value. The lexer has seen that they are closed. */

static void value_add_character(builder *b, uint32_t code)
{
    if (code < 0x80) {
        builder_add_character(b, (char)code);
    } else if (code < 0x800) {
        builder_add_character(b, (char)(0xC0 | code >> 6));
        builder_add_character(b, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        builder_add_character(b, (char)(0xE0 | code >> 12));
        builder_add_character(b, (char)(0x80 | (code >> 6 & 0x3F)));
        builder_add_character(b, (char)(0x80 | (code & 0x3F)));
    } else {
        builder_add_character(b, (char)(0xF0 | (code >> 18 & 0x07)));
        builder_add_character(b, (char)(0x80 | (code >> 12 & 0x3F)));
        builder_add_character(b, (char)(0x80 | (code >> 6 & 0x3F)));
        builder_add_character(b, (char)(0x80 | (code & 0x3F)));
    }
}

static int value_digit(char c, unsigned base)
{
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;
    return digit < (int)base ? digit : -1;
}

/* Up to `most` digits at text; how many there were. */
static size_t value_number(view text, unsigned base, size_t most, uint32_t *number)
{
    size_t count = 0;
    *number = 0;
    while (count < most && count < text.length && value_digit(text.bytes[count], base) >= 0)
        *number = *number * base + (uint32_t)value_digit(text.bytes[count++], base);
    return count;
}

static view value_rest(view text, size_t from)
{
    return from >= text.length ? (view){NULL, 0} : (view){text.bytes + from, text.length - from};
}

/* A code point that was written in two halves (UTF-16) is put together. */
static void value_add_unicode(builder *b, uint32_t code, uint32_t *high)
{
    if (code >= 0xD800 && code < 0xDC00) {
        *high = code;
        return;
    }
    if (code >= 0xDC00 && code < 0xE000 && *high != 0)
        code = 0x10000 + ((*high - 0xD800) << 10) + (code - 0xDC00);
    *high = 0;
    if (code != 0 && code <= 0x10FFFF)
        value_add_character(b, code);
}

/* The escape whose backslash is before text; how many bytes of text it takes. */
static size_t value_escape(builder *b, view text, uint32_t *high)
{
    static const char letters[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    if (text.length == 0)
        return 0;
    char c = text.bytes[0];
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    uint32_t number;
    size_t digits;
    if (letter != NULL) {
        builder_add_character(b, meanings[letter - letters]);
        return 1;
    }
    if (c == 'x' && (digits = value_number(value_rest(text, 1), 16, 2, &number)) > 0) {
        builder_add_character(b, (char)(unsigned char)number);
        return 1 + digits;
    }
    if ((c == 'u' || c == 'U') &&
        (digits = value_number(value_rest(text, 1), 16, c == 'u' ? 4 : 8, &number)) > 0) {
        value_add_unicode(b, number, high);
        return 1 + digits;
    }
    if ((digits = value_number(text, 8, 3, &number)) > 0) {
        builder_add_character(b, (char)(unsigned char)number);
        return digits;
    }
    builder_add_character(b, c);
    return 1;
}

/* U&'…': \XXXX, \+XXXXXX, and \\. */
static size_t value_unicode_escape(builder *b, view text, uint32_t *high)
{
    uint32_t number;
    if (text.length > 0 && text.bytes[0] == '\\') {
        builder_add_character(b, '\\');
        return 1;
    }
    if (text.length > 0 && text.bytes[0] == '+') {
        size_t digits = value_number(value_rest(text, 1), 16, 6, &number);
        value_add_unicode(b, number, high);
        return 1 + digits;
    }
    size_t digits = value_number(text, 16, 4, &number);
    value_add_unicode(b, number, high);
    return digits;
}

/* Between its quotes, which are doubled in it. */
static char *value_unquote(arena *a, view inside, char quote, char prefix)
{
    builder b = builder_new(a);
    uint32_t high = 0;
    for (size_t i = 0; i < inside.length; i++) {
        char c = inside.bytes[i];
        if (c == '\\' && prefix == 'e') {
            i += value_escape(&b, value_rest(inside, i + 1), &high);
        } else if (c == '\\' && prefix == 'u') {
            i += value_unicode_escape(&b, value_rest(inside, i + 1), &high);
        } else {
            builder_add_character(&b, c);
            if (c == quote && i + 1 < inside.length && inside.bytes[i + 1] == quote)
                i++;
        }
    }
    return b.bytes;
}

static char *value_lower(arena *a, view text)
{
    return text_lower(a, arena_copy(a, text.bytes, text.length));
}

char *sql_token_value(arena *a, sql_token t)
{
    view text = t.text;
    if (t.kind == TOKEN_WORD)
        return value_lower(a, text);
    if ((t.kind != TOKEN_STRING && t.kind != TOKEN_QUOTED_NAME) || text.length < 2)
        return arena_copy(a, text.bytes, text.length);
    if (text.bytes[0] == '[')
        return arena_copy(a, text.bytes + 1, text.length - 2);
    if (text.bytes[0] == '$') {
        const char *tag_end = memchr(text.bytes + 1, '$', text.length - 1);
        size_t tag = tag_end == NULL ? 0 : (size_t)(tag_end - text.bytes) + 1;
        return arena_copy(a, text.bytes + tag, text.length < 2 * tag ? 0 : text.length - 2 * tag);
    }
    size_t open = 0;
    while (open < 2 && text.bytes[open] != '\'' && text.bytes[open] != '"' && text.bytes[open] != '`')
        open++;
    char prefix = open == 0 ? '\0' : (char)(text.bytes[0] | 0x20);
    view inside = {text.bytes + open + 1, text.length < open + 2 ? 0 : text.length - open - 2};
    return value_unquote(a, inside, text.bytes[open], prefix);
}

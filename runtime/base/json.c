#include "json.h"

#include "utf8.h"

#include <inttypes.h>
#include <string.h>

json_writer json_new(builder *out)
{
    return (json_writer){.out = out, .needs_comma = false};
}

static void json_before_value(json_writer *w)
{
    if (w->needs_comma)
        builder_add_character(w->out, ',');
    w->needs_comma = true;
}

static void json_open(json_writer *w, char bracket)
{
    json_before_value(w);
    builder_add_character(w->out, bracket);
    w->needs_comma = false;
}

static void json_close(json_writer *w, char bracket)
{
    builder_add_character(w->out, bracket);
    w->needs_comma = true;
}

void json_object_begin(json_writer *w)
{
    json_open(w, '{');
}

void json_object_end(json_writer *w)
{
    json_close(w, '}');
}

void json_array_begin(json_writer *w)
{
    json_open(w, '[');
}

void json_array_end(json_writer *w)
{
    json_close(w, ']');
}

static void json_quoted(builder *out, const char *text)
{
    size_t length = strlen(text);
    builder_add_character(out, '"');
    for (size_t at = 0; at < length;) {
        size_t size = utf8_character(text + at, length - at, NULL);
        unsigned char c = (unsigned char)text[at];
        if (size == 0) {
            builder_add(out, "\xEF\xBF\xBD");
            at++;
            continue;
        }
        if (c == '"' || c == '\\')
            builder_add_format(out, "\\%c", c);
        else if (c == '\n')
            builder_add(out, "\\n");
        else if (c < 0x20 || c == 0x7F)
            builder_add_format(out, "\\u%04x", c);
        else
            builder_add_bytes(out, text + at, size);
        at += size;
    }
    builder_add_character(out, '"');
}

void json_key(json_writer *w, const char *key)
{
    json_before_value(w);
    json_quoted(w->out, key);
    builder_add_character(w->out, ':');
    w->needs_comma = false;
}

void json_string(json_writer *w, const char *text)
{
    if (text == NULL) {
        json_null(w);
        return;
    }
    json_before_value(w);
    json_quoted(w->out, text);
}

void json_integer(json_writer *w, int64_t number)
{
    json_before_value(w);
    builder_add_format(w->out, "%" PRId64, number);
}

void json_decimal(json_writer *w, double number)
{
    json_before_value(w);
    builder_add_format(w->out, "%.3f", number);
}

void json_bool(json_writer *w, bool value)
{
    json_before_value(w);
    builder_add(w->out, value ? "true" : "false");
}

void json_null(json_writer *w)
{
    json_before_value(w);
    builder_add(w->out, "null");
}

void json_string_member(json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_string(w, text);
}

void json_integer_member(json_writer *w, const char *key, int64_t number)
{
    json_key(w, key);
    json_integer(w, number);
}

void json_decimal_member(json_writer *w, const char *key, double number)
{
    json_key(w, key);
    json_decimal(w, number);
}

void json_bool_member(json_writer *w, const char *key, bool value)
{
    json_key(w, key);
    json_bool(w, value);
}

void json_null_member(json_writer *w, const char *key)
{
    json_key(w, key);
    json_null(w);
}

void json_text_members(json_writer *w, const json_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_string_member(w, texts[i].key, texts[i].text);
}

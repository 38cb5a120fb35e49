/*
 * json.h: writes JSON (RFC 8259) into a builder, one value after the other.
 *
 * Usage      json_writer w = json_new(&b);  json_object_begin(&w);  json_key(&w, "a");  json_string(&w, "x");
 *            json_object_end(&w);
 * Invariant  Commas are set by the writer. Bytes that are no UTF-8 become U+FFFD.
 */
#ifndef MIGEN_BASE_JSON_H
#define MIGEN_BASE_JSON_H

#include "text.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct json_writer {
    builder *out;
    bool needs_comma;
} json_writer;

json_writer json_new(builder *out);
void json_object_begin(json_writer *w);
void json_object_end(json_writer *w);
void json_array_begin(json_writer *w);
void json_array_end(json_writer *w);
void json_key(json_writer *w, const char *key);
void json_string(json_writer *w, const char *text); /* NULL writes null */
void json_integer(json_writer *w, int64_t number);
void json_decimal(json_writer *w, double number); /* with three places */
void json_bool(json_writer *w, bool value);
void json_null(json_writer *w);

/* A key and its value. */
void json_string_member(json_writer *w, const char *key, const char *text);
void json_integer_member(json_writer *w, const char *key, int64_t number);
void json_decimal_member(json_writer *w, const char *key, double number);
void json_bool_member(json_writer *w, const char *key, bool value);
void json_null_member(json_writer *w, const char *key);

typedef struct json_text {
    const char *key, *text;
} json_text;

void json_text_members(json_writer *w, const json_text *texts, size_t count);

#endif

/*
 * text.h: views of text, and a builder that makes it.
 *
 * Idea       A view is a pointer and a length into somebody else's bytes. A builder grows in an arena.
 * Invariant  A builder's bytes always end with a NUL that its length does not count.
 * Usage      builder b = builder_new(a);  builder_add(&b, "x = ");  builder_add_format(&b, "%d", 5);
 *            const char *done = b.bytes;
 */
#ifndef MIGEN_BASE_TEXT_H
#define MIGEN_BASE_TEXT_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct view {
    const char *bytes;
    size_t length;
} view;

typedef struct builder {
    arena *memory;
    char *bytes;
    size_t length;
    size_t capacity;
} builder;

view view_of(const char *string); /* NULL gives the empty view */
bool view_equal(view a, view b);
bool view_is(view a, const char *string);
bool view_is_word(view a, const char *word); /* ASCII case is ignored */

/* Null-safe comparisons of C strings; NULL equals NULL only. */
bool text_equal(const char *a, const char *b);
bool text_equal_word(const char *a, const char *b); /* ASCII case is ignored */
/* true, t, yes, y, on, 1 and their opposites, in capitals or not. False: `said` is no truth value, *value stays. */
bool text_truth(const char *said, bool *value);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/* Whether it is one of the words, which stand between separators; NULL has none. */
bool text_has_word(const char *words, char separator, const char *word);
bool text_is_empty(const char *text); /* NULL, or no character */

/* A copy with ASCII capitals made small. */
char *text_lower(arena *a, const char *text);

/* A copy without white space at both ends. */
char *text_trim(arena *a, const char *text);

/* The NULL-terminated list's length; NULL counts 0. */
size_t list_length(const char *const *list);
bool list_contains(const char *const *list, const char *text);
bool list_equal(const char *const *a, const char *const *b);

/* "a, b, c" */
char *list_join(arena *a, const char *const *list, const char *separator);

builder builder_new(arena *a);
void builder_add(builder *b, const char *string);
void builder_add_bytes(builder *b, const char *bytes, size_t length);
void builder_add_character(builder *b, char c);
void builder_add_repeated(builder *b, char c, size_t times);
void builder_add_format(builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text between two of that quote, each of its own doubled, as SQL and the language write a literal and a name. */
void builder_add_quoted(builder *b, const char *text, char quote);
/* 'it''s': the literal of a text. */
char *text_quoted(arena *a, const char *text);

/* The edit distance of two words (Damerau-Levenshtein, ASCII case ignored), for "did you mean". */
size_t text_distance(const char *a, const char *b);

/* The candidate nearest to word, or NULL when none is near enough to be meant. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

#endif

/*
 * c_writer.h: the only way in which C text is made.
 *
 * Idea       What is to be written is a tree of nodes: words of our own source, string literals, and
 *            lists in brackets (calls, initialisers). The writer lays it out as clang-format would: on
 *            one line where it fits, else opened up, so that the code that people review is formatted
 *            without a second tool.
 * Invariant  Text from outside reaches C only as c_string (every byte is escaped as it needs),
 *            c_comment_text or an identifier of c_identifier. The result is ASCII but for valid UTF-8
 *            inside literals and comments, where no character can turn the direction of what a
 *            reviewer sees. Equal input gives equal bytes.
 * Limits     ISO C promises 4,095 bytes in a literal (C11 5.2.4.1), and -Wpedantic holds compilers to
 *            it: c_fits_literal tells which texts must be written in parts (c_long_text).
 * Usage      c_writer w = c_writer_new(a); c_node *row = c_call(&w, "SAFE_DROP_COLUMN"); c_add(&w,
 *            row, c_string(&w, "users")); c_add(&w, row, c_string(&w, "api_key")); c_write_node(&w, 1,
 *            row, ","); // ····SAFE_DROP_COLUMN("users", "api_key"),
 */
#ifndef MIGEN_EMIT_C_WRITER_H
#define MIGEN_EMIT_C_WRITER_H

#include "map.h"
#include "text.h"
#include "vector.h"

#include <stdbool.h>

/* Where lines end, and the longest literal that one string becomes. */
#define C_COLUMNS         110
#define C_LONGEST_LITERAL 4000

typedef enum c_kind { C_WORDS, C_STRING, C_LIST } c_kind;

typedef struct c_node c_node;
typedef VECTOR(c_node *) c_node_list;

struct c_node {
    c_kind kind;
    const char *field; /* ".name = " before it, or NULL */
    const char *words; /* C_WORDS: the words. C_LIST: what opens it: "NAMES(", "{" */
    const char *close; /* C_LIST */
    c_node_list items; /* C_LIST */
    bool one_per_line; /* C_LIST: where it is opened up, each item has its own line */
    size_t group; /* C_LIST: where it is opened up, so many items share a line (rows of data); 0: as many as
                     fit */
    size_t group_offset; /* C_LIST: so many items stand before the first group */
    VECTOR(view) lines;  /* C_STRING: the text as literals, one each, quotes and escapes included */
    size_t width;        /* on one line, field included; C_NEVER_FLAT where it must be opened up */
};

#define C_NEVER_FLAT ((size_t)1 << 40)

typedef struct c_writer {
    arena *memory;
    builder text;
} c_writer;

c_writer c_writer_new(arena *a);
char *c_writer_text(c_writer *w);

/* Lines of our own source: text holds no byte from outside. Each gets a line end. */
void c_write_line(c_writer *w, const char *text);

/* A line of our own source with %I for an identifier (char *, made by c_identifier or checked), %S for a text
 * from outside that becomes a literal, %C for one inside a comment, %U for an unsigned long. */
void c_write_format(c_writer *w, const char *format, ...);

/* Text that is C already (the runtime's copy), as it stands, with a line end behind it where it has none. */
void c_write_source(c_writer *w, view source);

/* A node, indented by `depth` levels, with `behind` ("," or ";") and a line end. */
void c_write_node(c_writer *w, size_t depth, c_node *node, const char *behind);

/* `head = {…};`: head is of our own source and identifiers, value a list. */
void c_write_definition(c_writer *w, const char *head, c_node *value);

/* Nodes. Words are of our own source, or made by c_identifier. */
c_node *c_words(c_writer *w, const char *words);
c_node *c_string(c_writer *w, const char *text); /* NULL gives the word NULL */
c_node *c_unsigned(c_writer *w, unsigned long number);
c_node *c_signed(c_writer *w, long number);
c_node *c_call(c_writer *w, const char *function); /* function(…) */
c_node *c_braces(c_writer *w);                     /* {…} */
void c_add(c_writer *w, c_node *list, c_node *item);
void c_add_field(c_writer *w, c_node *list, const char *field, c_node *item); /* .field = item */

/* Whether the text can be one literal. */
bool c_fits_literal(const char *text);

/*
 * static const struct { char part_1[4000]; … char part_n[m + 1]; } NAME = {…}; for a text that cannot. Its
 * bytes are in a row (arrays of char have no padding), each part but the last without a NUL, so (const char
 * *)&NAME is the text.
 */
void c_long_text(c_writer *w, const char *name, const char *text);

/* prefix and the name, as an identifier: letters, digits and underscores as they are, other ASCII as _,
 * others as uXXXX. With `taken` (keys are those given so far) a number is put behind it until it is new. */
char *c_identifier(arena *a, const char *prefix, const char *name, map *taken);

/* Whether it is an identifier of C, and no keyword. */
bool c_is_identifier(const char *text);

/* The text for the inside of a comment: it cannot end it, nor begin another, nor a line. */
char *c_comment_text(arena *a, const char *text);

#endif

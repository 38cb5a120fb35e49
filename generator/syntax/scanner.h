/*
 * scanner.h: the characters of a file as words, quoted texts and signs; where a statement ends.
 *
 * Idea       A lexeme says no more than its kind and where it stands: whether a word is a keyword, and
 *            quotes hold a name or a text, is known to the grammar alone. The one rule that needs
 *            columns (a line further right goes on with the statement above it) is in here, and shows
 *            as a LEX_END.
 * Invariant  A scanner is a value: a copy of it looks ahead. The file is UTF-8 without zero bytes.
 * Usage      lexeme l = scan_peek(&s); if (l.kind == LEX_WORD) scan_take(&s);
 */
#ifndef MIGEN_SYNTAX_SCANNER_H
#define MIGEN_SYNTAX_SCANNER_H

#include "source.h"

#include <stdbool.h>

typedef enum lex_kind {
    LEX_END,  /* of the statement, column or row: a newline, ; or } outside of brackets, or the file's end */
    LEX_WORD, /* a keyword or bare name; letters beyond ASCII and $ come along, for the grammar to complain of
               */
    LEX_QUOTED, /* "…" */
    LEX_STRING, /* '…' */
    LEX_NUMBER, /* what begins with a digit: a number, a duration, an id */
    LEX_SYMBOL, /* one character, or -> */
    LEX_BAD     /* an unclosed quote, to the end of its line */
} lex_kind;

typedef struct lexeme {
    lex_kind kind;
    size_t start, end;
    char symbol; /* of a LEX_SYMBOL; '>' for -> is SYMBOL_ARROW */
} lexeme;

#define SYMBOL_ARROW '\1'

/* What the newline rule of language.md 2 depends on: the statement, column or row that is being read. */
typedef struct thing {
    size_t column;     /* of its first character, from 0 */
    bool tail_words;   /* a newline before else, when, unless, undo does not end it */
    unsigned brackets; /* open ( and [ : in them a newline is a blank */
} thing;

typedef struct scanner {
    const source_file *file;
    const char *bytes;
    size_t length;
    size_t at;           /* where the next lexeme is looked for */
    size_t previous_end; /* behind the last one that was taken */
    thing now;
    lexeme ahead;
    bool has_ahead;
    size_t memo_offset, memo_column; /* a column that is known */
} scanner;

scanner scanner_new(const source_file *file);

lexeme scan_peek(scanner *s);
lexeme scan_take(scanner *s);

/* The text of a lexeme. */
view scan_text(const scanner *s, lexeme l);

/* Goes to an offset; what was seen ahead is forgotten. */
void scan_go(scanner *s, size_t offset);

void scan_open_bracket(scanner *s);
void scan_close_bracket(scanner *s);

/* Over blanks, newlines, comments and ; to where the next thing of a block begins, or to } or the file's end.
 * False there. */
bool scan_to_thing(scanner *s);

/* Begins the thing at the place of the scanner, and gives back the one that it stands in, for scan_end_thing.
 */
thing scan_begin_thing(scanner *s, bool tail_words);
void scan_end_thing(scanner *s, thing outer);

/* The column of an offset, from 0: characters, a tab goes to the next multiple of 8. */
size_t scan_column(scanner *s, size_t offset);

/* The end of the line that holds offset: where its newline stands, or the file's end. */
size_t scan_line_end(const scanner *s, size_t offset);

#endif

/*
 * source.h: a file's text, and places in it.
 *
 * Invariant  Bytes are as read, without a byte-order mark, with a NUL behind them; CRLF stays (the lexer takes it
 *            as one line end). A span is a half-open range of byte offsets.
 */
#ifndef MIGEN_SOURCE_SOURCE_H
#define MIGEN_SOURCE_SOURCE_H

#include "arena.h"
#include "text.h"

typedef struct source_file {
    const char *path; /* as shown: relative to the project where it is inside */
    const char *bytes;
    size_t length;
    size_t *line_starts;
    size_t line_count;
} source_file;

typedef struct span {
    const source_file *file;
    size_t start, end;
} span;

/* A file of these bytes (copied). */
source_file *source_from(arena *a, const char *path, const char *bytes, size_t length);

/* Reads a file; NULL with *problem (a message) when it cannot be read or is over 64 MB. */
source_file *source_read(arena *a, const char *path, const char *shown_path, const char **problem);

/* 1-based line, and column in characters (a tab is one). */
void source_place(const source_file *f, size_t offset, size_t *line, size_t *column);
view source_line(const source_file *f, size_t line); /* without its line end */
size_t source_line_of(span s);

#endif

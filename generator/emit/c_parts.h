/*
 * c_parts.h: what the files of the C writer share, and nobody else uses.
 */
#ifndef MIGEN_EMIT_C_PARTS_H
#define MIGEN_EMIT_C_PARTS_H

#include "c_writer.h"

/* length bytes as one literal, quotes included. */
char *c_literal(arena *a, const char *text, size_t length);

/* The same as several literals, one for each line of the text, and long lines cut at blanks. */
void c_literal_lines(c_writer *w, c_node *node, const char *text, size_t length);

#endif

/*
 * emitter.h: what the files of this floor share while one release is being written.
 *
 * Invariant  A row is built as nodes before any line of its table is written, because a text too long for a
 * literal is written as a definition of its own, before the table, at the moment when it is met.
 */
#ifndef MIGEN_EMIT_EMITTER_H
#define MIGEN_EMIT_EMITTER_H

#include "c_writer.h"
#include "migen_step.h"

typedef struct emitter {
    arena *memory;
    c_writer out;
    map identifiers; /* all that this file has defined */
    unsigned long long_texts;
} emitter;

/* A text as a node: a literal, or the address of its parts. */
c_node *emit_text(emitter *e, const char *text);

/* NAMES("a", "b"), or whatever `words` says; an empty list is EMPTY_LIST, NULL is NULL. */
c_node *emit_list(emitter *e, const char *words, const char *const *list);

/* {.name = …, .type = …}: parts of steps. `list` gets the fields that are not zero. */
void emit_column_fields(emitter *e, c_node *list, const migen_column *column);
void emit_index_fields(emitter *e, c_node *list, const migen_index *index);
void emit_alteration_fields(emitter *e, c_node *list, const migen_alteration *alteration);
void emit_seed_fields(emitter *e, c_node *list, const migen_seed *seed);
void emit_backfill_fields(emitter *e, c_node *list, const migen_backfill *backfill);
c_node *emit_constraint(emitter *e, const migen_constraint *constraint);
c_node *emit_columns(emitter *e, const char *words, const migen_column *columns, size_t count);

/* Writes `static const migen_table NAME = {…};` and gives NAME. */
const char *emit_table_definition(emitter *e, const migen_table *table);

/* One step as a row. definition: the name of its table's definition, where it has one. */
c_node *emit_row(emitter *e, const migen_step *step, const char *definition);

/* What goes into a frame: a text at each @NAME@ (as in a comment), or a block in the place of a whole line
 * that says "insert name" behind an @, in a comment. */
typedef struct frame_value {
    const char *name;
    const char *text;
    view block;
} frame_value;

/* Writes a template with the values in their places. */
void emit_frame(emitter *e, view frame, const frame_value *values, size_t count);

#endif

/*
 * way_fields.h: the tables of fields from which way_text.c writes and reads steps.
 *
 * Invariant  A new field of migen_step.h gets its line here. A name that was given once keeps its meaning for ever.
 * Usage      way_shape_migration is where a text begins.
 */
#ifndef MIGEN_SCHEMA_WAY_FIELDS_H
#define MIGEN_SCHEMA_WAY_FIELDS_H

#include "migen_step.h"

typedef enum way_kind {
    WAY_TEXT,      /* const char * */
    WAY_LIST,      /* const char *const *, ends with NULL */
    WAY_CELLS,     /* of a seed: row_count × the number of columns */
    WAY_FLAG,      /* bool */
    WAY_NUMBER,    /* int, unsigned, long, size_t, an enum: by its width */
    WAY_OPERATION, /* by its name in ops.def */
    WAY_TYPE,      /* by its name in types.def */
    WAY_PART,      /* a struct inside the struct */
    WAY_POINTER,   /* a struct elsewhere, or NULL */
    WAY_MANY       /* an array of structs, and its count */
} way_kind;

typedef struct way_shape way_shape;

typedef struct way_field {
    const char *name;
    way_kind kind;
    size_t offset, width;
    size_t counter; /* WAY_MANY: the offset of its count (size_t) */
    const way_shape *shape;
} way_field;

struct way_shape {
    const way_field *fields;
    size_t count;
    size_t size; /* of the struct */
};

extern const way_shape way_shape_migration;
extern const way_shape way_shape_step;

#endif

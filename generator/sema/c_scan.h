/*
 * c_scan.h: what a C file of `call` defines and includes, as far as `migen check` has to know it.
 *
 * Idea       No C is parsed here: comments, strings and brackets are told apart, and what stands outside of braces
 *            is looked at. The compiler has the last word; this is for messages that come before it.
 * Invariant  Everything found has its place in the file.
 */
#ifndef MIGEN_SEMA_C_SCAN_H
#define MIGEN_SEMA_C_SCAN_H

#include "source.h"
#include "vector.h"

typedef struct c_found {
    const char *name;
    span place;
} c_found;

typedef VECTOR(c_found) c_found_list;

typedef struct c_scan {
    c_found_list functions; /* with a body */
    c_found_list macros;    /* #define */
    c_found_list own;       /* #include of migen's header, whatever it is written like: the whole line */
    c_found_list foreign;   /* #include "…" of other files */
} c_scan;

c_scan c_scan_file(arena *a, const source_file *file);

#endif

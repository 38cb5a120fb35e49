/*
 * emit.h: a checked release to C.
 *
 * Idea       One self-contained C11 file: which runtime (an installed one of the same version, or the
 *            copy that follows), the tables of steps, main. Rows read like the calls they stand for
 *            (migen_words.h); the same release gives the same bytes.
 * Invariant  The file compiles without a warning under -std=c11 -Wall -Wextra -Wpedantic with gcc and
 *            clang, with both engines and with either left out, and its structs equal the checked ones
 *            field by field.
 */
#ifndef MIGEN_EMIT_EMIT_H
#define MIGEN_EMIT_EMIT_H

#include "release.h"

/* templates/emit/NAME.c: the file's frame, C that reads as C, with insertion points (emit_frame.c). */
typedef struct emit_templates {
    view release;     /* the whole file */
    view runtime;     /* which runtime */
    view precompiled; /* the same with without_runtime */
    view long_texts;  /* before the migrations, when a text is too long for a literal */
} emit_templates;

typedef struct emit_options {
    emit_templates templates;
    const char *release_version; /* --release; NULL: "0" */
    bool without_runtime;        /* `migen build` links the precompiled one: the copy is left out */
    unsigned engines;            /* a part of the release's; 0: all of them */
    view runtime;                /* migen_runtime.c, the amalgamation: what is copied */
    view words;                  /* migen_words.h */
} emit_options;

/* The whole file. generator/build has a form that fills in templates, runtime and words with what migen
 * carries. */
char *emit_release(arena *a, const checked_release *r, const emit_options *options);

#endif

/*
 * embedded.h: the files that the program migen carries inside itself.
 *
 * Idea       migen is one file that can be copied anywhere: the runtime's copy for emitted C, the
 *            compiled runtime for `migen build`, and templates/ are in it.
 * Names      migen_runtime.c, migen_api.h, migen_words.h; runtime_both.o, runtime_sqlite.o,
 *            runtime_postgres.o; runtime_faults.o; libmigen_stubs.a; templates/<folder>/<file>.
 * Invariant  Sorted by name. Bytes are static, and not followed by a NUL that counts.
 */
#ifndef MIGEN_BUILD_EMBEDDED_H
#define MIGEN_BUILD_EMBEDDED_H

#include "text.h"

typedef struct embedded_file {
    const char *name;
    const char *bytes;
    const char *end;
} embedded_file;

/* All of them; the list is made by scripts/cmake/program.cmake. */
extern const embedded_file embedded_files[];
extern const size_t embedded_file_count;

/* One of them, or NULL. */
const embedded_file *embedded_find(const char *name);

/* Its bytes; of no file, the empty view. */
view embedded_view(const embedded_file *f);

#endif

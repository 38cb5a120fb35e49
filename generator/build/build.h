/*
 * build.h: from a checked release to its release binary: emit, compile, link, prove.
 *
 * Idea       Only the rows are compiled: the runtime lies compiled inside migen (embedded.h). The link
 *            is glibc's static-pie with the distribution's own archives, and stubs of ours for what
 *            those leave open. Where the compiled runtime does not fit the compiler, the runtime's
 *            copy is compiled instead, and a note says so.
 * Invariant  The result is a static position-independent program without an interpreter: it is read
 *            back and refused otherwise. Equal releases, options and tools give equal bytes, wherever
 *            they are built. No shell is involved. The output appears whole or not at all.
 * Usage      build_report report; status s = build_release(a, r, &(build_options){.release_version =
 *            "1.4.0"}, &report, &e);
 */
#ifndef MIGEN_BUILD_BUILD_H
#define MIGEN_BUILD_BUILD_H

#include "embedded.h"
#include "emit.h"
#include "error.h"

typedef struct build_options {
    const char *output;          /* NULL: <project>-migrate in the working directory */
    const char *release_version; /* --release; NULL: "0" */
    unsigned engines;            /* a part of the project's; 0: all of them */
    const char *c_file;   /* where the emitted C, complete with the runtime, is kept too; NULL: nowhere */
    const char *compiler; /* NULL: $CC, or cc. Blanks separate its own arguments ("ccache gcc") */
    bool
        with_faults; /* with the fault points of driver_fault.c: to be killed by `migen test`, never shipped */
} build_options;

typedef VECTOR(const char *) note_list;

typedef struct build_report {
    const char *path;
    size_t size;
    char hash[65]; /* SHA-256 of the file, in hexadecimal digits */
    double milliseconds;
    unsigned engines;
    bool runtime_compiled; /* the compiled runtime did not fit */
    note_list notes;       /* what the linker said, without what migen answers for */
} build_report;

/* Builds. STATUS_CONFIGURATION with the packages to install when something is missing; STATUS_FAILED with the
 * compiler's words in the error's detail. */
status build_release(arena *a, const checked_release *r, const build_options *options, build_report *report,
                     error *e) MUST_USE;

/* The emitted file, complete: emit_release with the embedded runtime. */
char *build_emit(arena *a, const checked_release *r, const char *release_version, unsigned engines);

#endif

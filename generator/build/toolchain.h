/*
 * toolchain.h: the compiler and the static libraries that a release binary is made with.
 *
 * Idea       Looked for before anything is written, so that what is missing is said at once and whole, with
 * the command that installs it.
 */
#ifndef MIGEN_BUILD_TOOLCHAIN_H
#define MIGEN_BUILD_TOOLCHAIN_H

#include "error.h"
#include "vector.h"

#include <stdbool.h>

typedef VECTOR(const char *) argument_list;

typedef struct toolchain {
    argument_list compiler; /* the program and its own arguments */
    const char
        *postgres_folder; /* where libpgcommon.a and libpgport.a are; NULL: where the compiler looks anyway */
    bool has_helper_archives; /* there are such archives at all (Alpine's libpq.a has them inside) */
} toolchain;

/* Finds all that `engines` need. compiler: NULL is $CC, or cc. STATUS_CONFIGURATION with what is missing. */
status toolchain_find(arena *a, const char *compiler, unsigned engines, toolchain *out, error *e) MUST_USE;

/* compiler + arguments, NULL-terminated. */
const char *const *toolchain_command(arena *a, const toolchain *t, const argument_list *arguments);

#endif

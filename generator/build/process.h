/*
 * process.h: another program, run without a shell.
 *
 * Usage      process_result result = process_run(a, folder, arguments);
 *            if (!result.started) … else if (result.code != 0) … result.output …
 */
#ifndef MIGEN_BUILD_PROCESS_H
#define MIGEN_BUILD_PROCESS_H

#include "arena.h"

#include <stdbool.h>

typedef struct process_result {
    bool started;       /* false: there is no such program */
    int code;           /* its exit code; 128 + the signal that ended it */
    const char *output; /* what it said, on both of its outputs */
} process_result;

/* Runs arguments[0] (looked for in PATH) with `folder` as its working directory (NULL: ours), nothing to
 * read, and LC_ALL=C. */
process_result process_run(arena *a, const char *folder, const char *const *arguments);

/* The same with more variables: "NAME=value", NULL-terminated. */
process_result process_run_with(arena *a, const char *folder, const char *const *arguments,
                                const char *const *environment);

/* Sends a signal to the program that is running, if one is. Async-signal-safe. */
void process_signal(int number);

#endif

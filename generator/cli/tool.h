/*
 * tool.h: migen's commands.
 *
 * Idea       A command is a line of tool_commands.def and a file; an option is a line of
 *            tool_options.def. Parser, help and "did you mean" are made from the two tables.
 * Invariant  Results go to `out`, diagnostics and talk to `err`. A command returns its exit code;
 *            nobody calls exit.
 * Usage      return tool_main(argc, argv, stdout, stderr);
 */
#ifndef MIGEN_TOOL_TOOL_H
#define MIGEN_TOOL_TOOL_H

#include "error.h"
#include "release.h"

typedef VECTOR(const char *) word_list;

typedef struct tool {
    arena *memory;
    FILE *out, *err;
    const char *folder; /* the working directory, or -C's */
    word_list words;    /* what is neither command nor option */
    /* tool_options.def fills these */
    bool help, json, sarif, github, strict, verbose, list, edit, full;
    const char *output, *version, *template_name, *color, *message, *junit, *postgres;
    word_list engines, urls;
} tool;

/* The whole program. */
int tool_main(int argc, char **argv, FILE *out, FILE *err);

/* The commands: tool_commands.def. */
#define COMMAND(name, function, arguments, summary, text) int function(tool *t);
#define COMMAND_LATER(name, summary)
#include "tool_commands.def"
#undef COMMAND
#undef COMMAND_LATER

/* options.c: fills t; STATUS_USAGE after saying what is wrong. */
status tool_read_options(tool *t, const char *command, int argc, char **argv);
void tool_print_options(tool *t, const char *command);

/* Says "migen: …" and a hint on err; returns STATUS_USAGE. */
int tool_usage(tool *t, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));
int tool_fail(tool *t, status code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Shows what was found, in the form that was asked for; on err as text, on out in a form for programs. */
void tool_show(tool *t, diagnostics *d);

/* What a run with errors ends with: 78 when migen.project is at fault, else 1. */
int tool_exit_of(const diagnostics *d);

/* The release, checked, with everything shown; NULL with *code when it has errors. */
checked_release *tool_load_checked(tool *t, int *code);

/* The graph; NULL with *code. With allow_heads several heads are no error. */
checked_release *tool_load_graph(tool *t, bool allow_heads, int *code);

/* The engines that --engine chose, or all of the project; 0 after saying what is wrong. */
unsigned tool_engines(tool *t, const checked_release *r);

/* The one migration that text means; NULL after saying why not. */
const checked_migration *tool_find(tool *t, const checked_release *r, const char *text);

/* files.c. Paths are as given, or below folder. */
bool file_exists(arena *a, const char *folder, const char *name);
const char *file_path(arena *a, const char *folder, const char *name);
/* Writes a file whole or not at all; NULL, or what went wrong. Folders above it are made. */
const char *file_write(arena *a, const char *path, const char *bytes, size_t length);

#endif

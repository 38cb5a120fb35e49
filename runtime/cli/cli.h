/*
 * cli.h: the release binary's command line.
 *
 * Idea       Options are read from the command line, then variables (MIGEN_LOCK_TIMEOUT), then the project's
 * settings, then their defaults, all by the one table binary_options.def. Commands are functions of an
 * invocation.
 */
#ifndef MIGEN_CLI_CLI_H
#define MIGEN_CLI_CLI_H

#include "engine.h"
#include "run_options.h"

/* The raw values of all options, as text; NULL where none was said. Flags have "1". */
typedef struct binary_values {
#define BINARY_OPTION(name, field, kind, argument, initial, help) const char *field;
#include "binary_options.def"
#undef BINARY_OPTION
} binary_values;

typedef struct invocation {
    arena *memory;
    const migen_release *release;
    const char *command;  /* its name, not an alias */
    const char *argument; /* TARGET, ID, TABLE; NULL: none */
    binary_values values;
    run_options options;
    report report;
    error error;
    bool has_target;
    target target;
} invocation;

/* Reads the command line. STATUS_USAGE or STATUS_CONFIGURATION with an error. */
status options_parse(invocation *i, int argc, char **argv) MUST_USE;

/* The command of that name or alias; NULL: none. STATUS_USAGE, with the nearest one. */
const char *option_command(const char *said);
status option_unknown_command(invocation *i, const char *said) MUST_USE;

/* Where a URL is looked for. */
target_options invocation_sources(const invocation *i);

/* Finds the database; a failure is reported. */
status invocation_target(invocation *i) MUST_USE;

/* A run on it, connected; NULL with the failure reported and *code set. The caller calls engine_free. */
migen *invocation_connect(invocation *i, status *code);

#define BINARY_COMMAND(name, aliases, argument, options, help) status command_##name(invocation *i) MUST_USE;
#include "binary_commands.def"
#undef BINARY_COMMAND

/* Writes the last word to the file of --termination-log, where one is named. */
void termination_log_write(invocation *i, status code);

/* binary_help.c: of a command, or of all where it is NULL or none, to stdout. */
void help_say(invocation *i, const char *command);
void help_overview(const migen_release *release, FILE *out);

#endif

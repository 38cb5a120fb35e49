#include "cli.h"

#include "text.h"

#include <string.h>

static const struct {
    const char *name, *aliases, *argument, *help;
} help_commands[] = {
#define BINARY_COMMAND(name, aliases, argument, help) {#name, aliases, argument, help},
#include "binary_commands.def"
#undef BINARY_COMMAND
};

static const struct {
    const char *name, *argument, *initial, *help;
} help_options[] = {
#define BINARY_OPTION(name, field, kind, argument, initial, help) {name, argument, initial, help},
#include "binary_options.def"
#undef BINARY_OPTION
};

static void help_print_options(FILE *out)
{
    fputs("\noptions, in any order (each has a variable: --lock-timeout is MIGEN_LOCK_TIMEOUT):\n", out);
    for (size_t i = 0; i < sizeof help_options / sizeof *help_options; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", help_options[i].name,
                 help_options[i].argument == NULL ? "" : " ",
                 help_options[i].argument == NULL ? "" : help_options[i].argument);
        fprintf(out, "  %-28s %s", left, help_options[i].help);
        if (help_options[i].initial != NULL)
            fprintf(out, " (default %s)", help_options[i].initial);
        fputc('\n', out);
    }
}

void help_overview(const migen_release *release, FILE *out)
{
    fprintf(out, "%s-migrate %s: brings a database to this release's schema.\n\n", release->project,
            release->release);
    fprintf(out, "usage: %s-migrate COMMAND [ARGUMENT] [OPTION...]\n\n", release->project);
    for (size_t i = 0; i < sizeof help_commands / sizeof *help_commands; i++) {
        char left[32];
        snprintf(left, sizeof left, "%s %s", help_commands[i].name,
                 help_commands[i].argument == NULL ? "" : help_commands[i].argument);
        fprintf(out, "  %-18s %s\n", left, help_commands[i].help);
    }
    help_print_options(out);
    fputs("\nThe URL: --url, --url-file, MIGEN_URL, MIGEN_URL_FILE, DATABASE_URL, DATABASE_URL_FILE, or "
          "libpq's PG* variables.\n",
          out);
    fputs("\nexit codes:\n", out);
#define EXIT(name, code, meaning, again)                                                                     \
    fprintf(out, "  %3d  %s%s\n", code, meaning, (again) ? " (worth trying again)" : "");
#include "exits.def"
#undef EXIT
}

bool help_command(const migen_release *release, const char *command, FILE *out)
{
    for (size_t i = 0; i < sizeof help_commands / sizeof *help_commands; i++) {
        if (!text_equal(help_commands[i].name, command))
            continue;
        fprintf(out, "%s-migrate %s %s\n\n  %s\n", release->project, command,
                help_commands[i].argument == NULL ? "" : help_commands[i].argument, help_commands[i].help);
        if (*help_commands[i].aliases != '\0')
            fprintf(out, "  also: %s\n", help_commands[i].aliases);
        help_print_options(out);
        return true;
    }
    return false;
}

status command_help(invocation *i)
{
    if (i->argument == NULL || !help_command(i->release, i->argument, stdout))
        help_overview(i->release, stdout);
    return STATUS_OK;
}

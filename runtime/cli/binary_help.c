#include "cli.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *aliases, *argument, *options, *help;
} help_commands[] = {
#define BINARY_COMMAND(name, aliases, argument, options, help) {#name, aliases, argument, options, help},
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

/* What all commands heed; what those that connect do; and those that work under the migration lock. */
static const char help_always[] = "format quiet verbose color termination-log json help";
static const char help_database[] = "url url-file wait schema role history-table statement-timeout";
static const char help_work[] =
    "lock lock-timeout ddl-lock-timeout ddl-retries index-wait transaction ahead edited";

/* options: a command's, as binary_commands.def has them; NULL: all. */
static bool help_has_option(const char *options, const char *name)
{
    return options == NULL || text_has_word(options, ' ', name) || text_has_word(help_always, ' ', name) ||
           (text_has_word(options, ' ', "database") && text_has_word(help_database, ' ', name)) ||
           (text_has_word(options, ' ', "work") && text_has_word(help_work, ' ', name));
}

static void help_print_options(const char *options, FILE *out)
{
    fputs("\noptions, in any order (each has a variable: --lock-timeout is MIGEN_LOCK_TIMEOUT):\n", out);
    for (size_t i = 0; i < sizeof help_options / sizeof *help_options; i++) {
        if (!help_has_option(options, help_options[i].name))
            continue;
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
    help_print_options(NULL, out);
    fputs("\nThe URL: --url, --url-file, MIGEN_URL, MIGEN_URL_FILE, DATABASE_URL, DATABASE_URL_FILE, or "
          "libpq's PG* variables.\n",
          out);
    fputs("\nexit codes:\n", out);
#define EXIT(name, code, meaning, again)                                                                     \
    fprintf(out, "  %3d  %s%s\n", code, meaning, (again) ? " (worth trying again)" : "");
#include "exits.def"
#undef EXIT
}

static bool help_command(const migen_release *release, const char *command, FILE *out)
{
    for (size_t i = 0; i < sizeof help_commands / sizeof *help_commands; i++) {
        if (!text_equal(help_commands[i].name, command) &&
            !text_has_word(help_commands[i].aliases, ' ', command))
            continue;
        fprintf(out, "%s-migrate %s %s\n\n  %s\n", release->project, help_commands[i].name,
                help_commands[i].argument == NULL ? "" : help_commands[i].argument, help_commands[i].help);
        if (*help_commands[i].aliases != '\0')
            fprintf(out, "  also: %s\n", help_commands[i].aliases);
        help_print_options(help_commands[i].options, out);
        return true;
    }
    return false;
}

void help_say(invocation *i, const char *command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = i->options.json ? open_memstream(&text, &size) : stdout;
    if (out == NULL)
        return;
    if (command == NULL || !help_command(i->release, command, out))
        help_overview(i->release, out);
    if (!i->options.json)
        return;
    (void)fclose(out);
    report_emit(
        &i->report, true,
        &(report_event){
            .level = "info", .event = "help", .operation = "help", .object = command, .message = text});
    free(text);
}

status command_help(invocation *i)
{
    if (i->argument != NULL && option_command(i->argument) == NULL) {
        status s = option_unknown_command(i, i->argument);
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    help_say(i, i->argument);
    return STATUS_OK;
}

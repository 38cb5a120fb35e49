/* migen_main: one invocation of the release binary. */
#include "cli.h"

#include "migen.h"
#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct main_command {
    const char *name;
    status (*run)(invocation *i);
} main_command;

static const main_command main_commands[] = {
#define BINARY_COMMAND(name, aliases, argument, options, help) {#name, command_##name},
#include "binary_commands.def"
#undef BINARY_COMMAND
};

static void main_on_signal(int number)
{
    (void)number;
    driver_interrupt();
}

/* A first signal ends the run cleanly: what runs is cancelled and rolled back (exit 3). A closed output does
 * not kill. */
static void main_catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = main_on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL); /* a file that may not grow is a full disk to the one who writes */
}

target_options invocation_sources(const invocation *i)
{
    target_options options = {.url = i->options.url, .url_file = i->options.url_file};
    for (size_t k = 0; k < i->release->setting_count; k++) {
        const migen_setting *setting = &i->release->settings[k];
        if (text_equal(setting->name, "url"))
            options.own_url = setting->value;
        else if (text_equal(setting->name, "url-file"))
            options.own_url_file = setting->value;
    }
    return options;
}

status invocation_target(invocation *i)
{
    if (i->has_target)
        return STATUS_OK;
    target_options options = invocation_sources(i);
    status s = target_find(i->memory, &options, &i->target, &i->error);
    if (s == STATUS_OK && (i->target.engine & i->release->engines) == 0) {
        s = error_set(&i->error, STATUS_CONFIGURATION, "this release was not made for %s",
                      ENGINE_IS_POSTGRES(i->target.engine) ? "PostgreSQL" : "SQLite");
        error_hint(&i->error, "migen.project names the engines of the project");
    }
    i->has_target = s == STATUS_OK;
    if (s != STATUS_OK)
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
    return s;
}

migen *invocation_connect(invocation *i, status *code)
{
    *code = invocation_target(i);
    if (*code != STATUS_OK)
        return NULL;
    migen *run = engine_new(i->memory, i->release, &i->options, &i->target, &i->report);
    run->reads_only = true;
    *code = run_connect(run);
    if (*code == STATUS_OK && driver_is_stand_in(run->driver))
        report_message(&i->report, "warning", "there is no file %s: it is read as an empty database",
                       i->target.path);
    if (*code == STATUS_OK)
        return run;
    engine_report_failure(run);
    engine_free(run);
    return NULL;
}

static status main_run(invocation *i, int argc, char **argv)
{
    status s = options_parse(i, argc, argv);
    i->report = report_new(i->options.json, i->options.quiet, i->options.verbose, i->options.color);
    if (s == STATUS_OK && i->release->abi != MIGEN_ABI)
        s = error_set(&i->error, STATUS_CONFIGURATION,
                      "this release was generated for runtime ABI %d, and this is %d", i->release->abi,
                      MIGEN_ABI);
    if (s != STATUS_OK) {
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    if (i->values.help != NULL) {
        help_say(i, i->command);
        return STATUS_OK;
    }
    if (i->command == NULL) {
        s = error_set(&i->error, STATUS_USAGE, "no command is given");
        error_hint(&i->error, "`help` lists them");
        if (!i->options.json)
            help_overview(i->release, stderr);
        report_failure(&i->report, &i->error, NULL, NULL, NULL);
        return s;
    }
    for (size_t k = 0; k < sizeof main_commands / sizeof *main_commands; k++)
        if (text_equal(main_commands[k].name, i->command))
            return main_commands[k].run(i);
    return STATUS_USAGE;
}

int migen_main(const migen_release *release, int argc, char **argv)
{
    main_catch_signals();
    arena *a = arena_new();
    migen_release own = *release; /* for the engines that this program has */
    own.engines &= ENGINES_HERE;
    invocation i = {.memory = a, .release = &own, .error = error_new(a)};
    i.report = report_new(false, false, false, "auto");
    status s = main_run(&i, argc, argv);
    /* A result that could not be written is no success. */
    bool written = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (!written && s == STATUS_OK) {
        s = error_set(&i.error, STATUS_STOPPED,
                      "it is done, but its result could not be written to the standard output");
        report_failure(&i.report, &i.error, NULL, NULL, NULL);
    }
    termination_log_write(&i, s);
    arena_free(a);
    return (int)s;
}

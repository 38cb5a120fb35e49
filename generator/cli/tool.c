/*
 * tool.c: finds the command, and what all commands share.
 */
#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct command {
    const char *name;
    int (*run)(tool *t);
} command;

static const command commands[] = {
#define COMMAND(name, function, arguments, summary, text) {name, function},
#define COMMAND_LATER(name, summary)                      {name, NULL},
#include "tool_commands.def"
#undef COMMAND
#undef COMMAND_LATER
};
static const size_t command_count = sizeof commands / sizeof *commands;

static void say(tool *t, const char *format, va_list arguments)
{
    fputs("migen: ", t->err);
    vfprintf(t->err, format, arguments);
    fputc('\n', t->err);
}

int tool_usage(tool *t, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(t, format, arguments);
    va_end(arguments);
    if (hint)
        fprintf(t->err, "  help: %s\n", hint);
    return STATUS_USAGE;
}

int tool_fail(tool *t, status code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(t, format, arguments);
    va_end(arguments);
    return (int)code;
}

static bool wants_color(const tool *t)
{
    if (text_equal(t->color, "always"))
        return true;
    const char *no_color = getenv("NO_COLOR");
    if (text_equal(t->color, "never") || (no_color && *no_color))
        return false;
    return isatty(fileno(t->err)) == 1;
}

/* What mends the errors whose message says all there is to say. */
static const char *usual_hint(const char *code)
{
    static const char *const lines[][2] = {
        {"said-twice", "take one of the two out"},
        {"duplicate-column", "take one of them out, or give it another name"},
        {"duplicate-value", "take one of them out"},
        {"duplicate-key", "the key tells rows apart: change it, or take one of the rows out"},
        {"null-key", "the key tells rows apart: give it a value, or choose another key (…)"},
        {"unclosed-quote", "close it with the quote it begins with; inside, that quote is doubled"},
        {"unclosed-bracket", "close it with the bracket that belongs to it"},
        {"sql", "brackets and quotes must close inside the { } or ( ) of the SQL"},
        {"empty-sql", "write the SQL between the braces, or take the statement out"},
        {"empty-block", "write what belongs between the braces, or take the statement out"},
        {"one-statement", "take the others out, or put them into statements of their own"},
        {"misplaced-down", "a file has one `down`, and it stands last"},
        {"stray-brace", "take it out, or write the { that is missing above"},
        {"long-name", "choose a name of at most 63 bytes"},
        {"bad-number", "numbers are written so: 12, -1.5, .5, 2e10"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (text_equal(code, lines[i][0]))
            return lines[i][1];
    return NULL;
}

/* An error that has no hint of its own leads to the words about its code: nobody is left with nothing to do. */
static void add_missing_hints(diagnostics *d)
{
    for (size_t i = 0; i < d->list.count; i++) {
        diagnostic *one = &d->list.items[i];
        if (one->severity != SEVERITY_ERROR || one->hint)
            continue;
        const char *usual = usual_hint(one->code);
        diagnostic_hint(d, one, "%s%s%s%s", usual ? usual : "", usual ? "" : "`migen help ",
                        usual ? "" : one->code, usual ? "" : "` says more");
    }
}

void tool_show(tool *t, diagnostics *d)
{
    for (size_t i = 0; t->strict && i < d->list.count; i++) {
        if (d->list.items[i].severity != SEVERITY_WARNING)
            continue;
        d->list.items[i].severity = SEVERITY_ERROR;
        d->error_count++;
        d->warning_count--;
    }
    if (!t->json && !t->sarif && !t->github)
        add_missing_hints(d);
    if (t->json || t->sarif || t->github)
        diagnostics_show(d, t->out, t->json ? "json" : t->sarif ? "sarif" : "github", false);
    else
        diagnostics_show(d, t->err, "text", wants_color(t));
}

int tool_exit_of(const diagnostics *d)
{
    for (size_t i = 0; i < d->list.count; i++) {
        const diagnostic *one = &d->list.items[i];
        if (one->severity != SEVERITY_ERROR)
            continue;
        if (text_equal(one->code, "no-project") || !one->place.file ||
            text_equal(one->place.file->path, "migen.project"))
            return STATUS_CONFIGURATION;
    }
    return STATUS_FAILED;
}

checked_release *tool_load_checked(tool *t, int *code)
{
    diagnostics d = diagnostics_new(t->memory);
    checked_release *r = release_load(t->memory, t->folder, &d);
    size_t kept = 0; /* warnings are `check`'s to say, unless they stop this command too */
    for (size_t i = 0; !t->strict && i < d.list.count; i++)
        if (d.list.items[i].severity == SEVERITY_ERROR)
            d.list.items[kept++] = d.list.items[i];
    if (!t->strict)
        d.list.count = kept;
    tool_show(t, &d);
    *code = d.error_count ? tool_exit_of(&d) : STATUS_OK;
    return d.error_count ? NULL : r;
}

checked_release *tool_load_graph(tool *t, bool allow_heads, int *code)
{
    diagnostics d = diagnostics_new(t->memory);
    checked_release *r = release_load_graph(t->memory, t->folder, &d);
    size_t kept = 0, errors = 0;
    for (size_t i = 0; i < d.list.count; i++) {
        /* Several heads are what `merge` and `new` are there for; errors inside of files are `check`'s
         * business. */
        static const char *const graphs[] = {"two-heads", "cycle",      "unknown-parent",  "ambiguous-parent",
                                             "bad-id",    "no-project", "unreadable-file", NULL};
        const diagnostic *one = &d.list.items[i];
        bool in_project = !one->place.file || text_equal(one->place.file->path, "migen.project");
        bool keep = in_project || list_contains(graphs, one->code);
        if (allow_heads && text_equal(one->code, "two-heads"))
            keep = false;
        if (!keep)
            continue;
        errors += one->severity == SEVERITY_ERROR;
        d.list.items[kept++] = *one;
    }
    d.list.count = kept;
    d.error_count = errors;
    tool_show(t, &d);
    *code = errors ? tool_exit_of(&d) : STATUS_OK;
    return errors ? NULL : r;
}

unsigned tool_engines(tool *t, const checked_release *r)
{
    unsigned chosen = 0;
    for (size_t i = 0; i < t->engines.count; i++) {
        const char *name = t->engines.items[i];
        unsigned engine = text_equal(name, "postgres") || text_equal(name, "postgresql") ? MIGEN_POSTGRES
                          : text_equal(name, "sqlite")                                   ? MIGEN_SQLITE
                                                                                         : 0;
        if (!engine) {
            static const char *const names[] = {"postgres", "sqlite"};
            const char *nearest = text_nearest(name, names, 2);
            tool_usage(t, nearest ? arena_format(t->memory, "did you mean \"%s\"?", nearest) : NULL,
                       "--engine is postgres or sqlite, not \"%s\"", name);
            return 0;
        }
        if (!(r->project->engines & engine)) {
            tool_usage(t, "add it to the line `engines` of migen.project", "%s is no engine of this project",
                       name);
            return 0;
        }
        chosen |= engine;
    }
    return chosen ? chosen : r->project->engines;
}

const checked_migration *tool_find(tool *t, const checked_release *r, const char *text)
{
    const checked_migration *found = NULL;
    if (text_equal(text, "head") && r->heads.count == 1)
        text = r->heads.items[0];
    size_t hits = release_find(r, text, &found);
    if (hits == 1)
        return found;
    if (hits > 1) {
        tool_usage(t, "write the whole id", "\"%s\" may be any of %zu migrations:", text, hits);
        for (size_t i = 0; i < r->migrations.count; i++) {
            const char *id = r->migrations.items[i]->migration.id;
            const char *name = strchr(id, '_');
            if (text_starts_with(id, text) || (name && text_equal(name + 1, text)))
                fprintf(t->err, "  %s\n", id);
        }
        return NULL;
    }
    const char **ids = ARENA_NEW_ARRAY(t->memory, const char *, 2 * r->migrations.count + 1);
    for (size_t i = 0; i < r->migrations.count; i++) {
        ids[2 * i] = r->migrations.items[i]->migration.id;
        ids[2 * i + 1] = strchr(ids[2 * i], '_') + 1;
    }
    const char *nearest = text_nearest(text, ids, 2 * r->migrations.count);
    tool_usage(
        t, nearest ? arena_format(t->memory, "did you mean \"%s\"?", nearest) : "`migen history` lists them",
        "there is no migration \"%s\"", text);
    return NULL;
}

static int unknown_command(tool *t, const char *name)
{
    const char *names[sizeof commands / sizeof *commands];
    for (size_t i = 0; i < command_count; i++)
        names[i] = commands[i].name;
    const char *nearest = text_nearest(name, names, command_count);
    return tool_usage(
        t, nearest ? arena_format(t->memory, "did you mean \"%s\"?", nearest) : "`migen help` lists them",
        "there is no command \"%s\"", name);
}

static int run_command(tool *t, int argc, char **argv)
{
    if (argc < 2) {
        t->out = t->err;
        command_help(t);
        return STATUS_USAGE;
    }
    const char *name = argv[1];
    if (text_equal(name, "--help") || text_equal(name, "-h"))
        name = "help";
    if (text_equal(name, "--version") || text_equal(name, "-V"))
        name = "version";
    for (size_t i = 0; i < command_count; i++) {
        if (!text_equal(commands[i].name, name))
            continue;
        if (!commands[i].run)
            return tool_usage(t, "`migen help` lists the commands that it has",
                              "this version has no `migen %s` yet", name);
        status read = tool_read_options(t, name, argc - 2, argv + 2);
        if (read != STATUS_OK)
            return (int)read;
        if (t->help && commands[i].run != command_help) {
            t->words.count = 0;
            vector_push(t->memory, &t->words, name);
            return command_help(t);
        }
        return commands[i].run(t);
    }
    return unknown_command(t, name);
}

int tool_main(int argc, char **argv, FILE *out, FILE *err)
{
    tool t = {.memory = arena_new(), .out = out, .err = err, .folder = ".", .color = "auto"};
    int code = run_command(&t, argc, argv);
    if (fflush(out) != 0 && code == STATUS_OK)
        code = tool_fail(&t, STATUS_FAILED, "the output could not be written");
    arena_free(t.memory);
    return code;
}

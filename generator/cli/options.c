/*
 * options.c: reads a command's options, which may stand anywhere behind it.
 */
#include "tool.h"

#include <stddef.h>

typedef enum option_kind { OPTION_FLAG, OPTION_VALUE, OPTION_LIST, OPTION_EACH } option_kind;

typedef struct option {
    option_kind kind;
    const char *name;
    char letter;
    size_t field;
    const char *argument, *commands, *help;
} option;

static const option options[] = {
#define FLAG(name, letter, field, commands, help)                                                            \
    {OPTION_FLAG, name, letter, offsetof(tool, field), NULL, commands, help},
#define VALUE(name, letter, field, argument, commands, help)                                                 \
    {OPTION_VALUE, name, letter, offsetof(tool, field), argument, commands, help},
#define LIST(name, letter, field, argument, commands, help)                                                  \
    {OPTION_LIST, name, letter, offsetof(tool, field), argument, commands, help},
#define EACH(name, letter, field, argument, commands, help)                                                  \
    {OPTION_EACH, name, letter, offsetof(tool, field), argument, commands, help},
#include "tool_options.def"
#undef FLAG
#undef VALUE
#undef LIST
#undef EACH
};
static const size_t option_count = sizeof options / sizeof *options;

static bool is_for(const option *o, const char *command, arena *a)
{
    return text_equal(o->commands, "*") || strstr(o->commands, arena_format(a, " %s ", command));
}

/* The option that a text begins with ("--engine=x", "-e"), for this command; NULL: none. */
static const option *find(tool *t, const char *command, const char *text, size_t length)
{
    for (size_t i = 0; i < option_count; i++) {
        const option *o = &options[i];
        if (!is_for(o, command, t->memory))
            continue;
        if (length == 2 && text[1] == o->letter && o->letter)
            return o;
        if (length == strlen(o->name) + 2 && text[1] == '-' && strncmp(text + 2, o->name, length - 2) == 0)
            return o;
    }
    return NULL;
}

static status unknown_option(tool *t, const char *command, const char *text, size_t length)
{
    const char *names[sizeof options / sizeof *options];
    size_t count = 0;
    const char *shown = arena_copy(t->memory, text, length);
    for (size_t i = 0; i < option_count; i++) {
        bool fits = is_for(&options[i], command, t->memory);
        if (fits)
            names[count++] = arena_format(t->memory, "--%s", options[i].name);
        else if (text_equal(shown + (length > 2 ? 2 : 0), options[i].name)) {
            tool_usage(t, arena_format(t->memory, "`migen help %s` lists its options", command),
                       "`migen %s` has no option %s", command, shown);
            return STATUS_USAGE;
        }
    }
    const char *nearest = text_nearest(shown, names, count);
    const char *hint = nearest ? arena_format(t->memory, "did you mean %s?", nearest)
                               : arena_format(t->memory, "`migen help %s` lists its options", command);
    tool_usage(t, hint, "there is no option %s", shown);
    return STATUS_USAGE;
}

static void set(tool *t, const option *o, const char *value)
{
    char *field = (char *)t + o->field;
    if (o->kind == OPTION_FLAG) {
        *(bool *)(void *)field = true;
    } else if (o->kind == OPTION_VALUE) {
        *(const char **)(void *)field = value;
    } else {
        word_list *list = (word_list *)(void *)field;
        const char *comma;
        for (; o->kind == OPTION_LIST && (comma = strchr(value, ',')) != NULL; value = comma + 1)
            vector_push(t->memory, list, arena_copy(t->memory, value, (size_t)(comma - value)));
        vector_push(t->memory, list, value);
    }
}

static status check_values(tool *t)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    if (!list_contains(colors, t->color)) {
        tool_usage(t, NULL, "--color is auto, always or never, not \"%s\"", t->color);
        return STATUS_USAGE;
    }
    if (t->json + t->sarif + t->github > 1) {
        tool_usage(t, NULL, "only one of --json, --sarif and --github can be given");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

status tool_read_options(tool *t, const char *command, int argc, char **argv)
{
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        if (only_words || text[0] != '-' || text[1] == '\0') {
            vector_push(t->memory, &t->words, text);
            continue;
        }
        if (text_equal(text, "--")) {
            only_words = true;
            continue;
        }
        const char *equals = text[1] == '-' ? strchr(text, '=') : NULL;
        size_t length = equals ? (size_t)(equals - text) : strlen(text);
        const option *o = find(t, command, text, length);
        if (!o)
            return unknown_option(t, command, text, length);
        const char *value = equals ? equals + 1 : NULL;
        if (o->kind == OPTION_FLAG && value) {
            tool_usage(t, NULL, "--%s takes no value", o->name);
            return STATUS_USAGE;
        }
        if (o->kind != OPTION_FLAG && !value) {
            if (i + 1 >= argc) {
                tool_usage(t, NULL, "--%s needs a value: --%s %s", o->name, o->name, o->argument);
                return STATUS_USAGE;
            }
            value = argv[++i];
        }
        set(t, o, value);
    }
    return check_values(t);
}

void tool_print_options(tool *t, const char *command)
{
    for (size_t i = 0; i < option_count; i++) {
        const option *o = &options[i];
        if (!is_for(o, command, t->memory))
            continue;
        char letter[] = {o->letter ? '-' : ' ', o->letter ? o->letter : ' ', o->letter ? ',' : ' ', '\0'};
        const char *name = arena_format(t->memory, "--%s%s%s", o->name, o->argument ? " " : "",
                                        o->argument ? o->argument : "");
        fprintf(t->out, "  %s %-18s %s\n", letter, name, o->help);
    }
}

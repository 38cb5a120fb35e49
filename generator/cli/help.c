/*
 * help.c: `migen help`, from tool_commands.def, tool_options.def and diagnostics.def.
 */
#include "tool.h"

typedef struct help_page {
    const char *name, *arguments, *summary, *text;
} help_page;

static const help_page pages[] = {
#define COMMAND(name, function, arguments, summary, text) {name, arguments, summary, text},
#define COMMAND_LATER(name, summary)
#include "tool_commands.def"
#undef COMMAND
#undef COMMAND_LATER
};
static const size_t page_count = sizeof pages / sizeof *pages;

static void print_overview(tool *t)
{
    fputs("migen: migrations for PostgreSQL and SQLite, from a small language to one static program\n\n"
          "usage: migen COMMAND [OPTIONS]\n\n",
          t->out);
    for (size_t i = 0; i < page_count; i++) {
        const char *usage = arena_format(t->memory, "%s %s", pages[i].name, pages[i].arguments);
        fprintf(t->out, "  %-30s %s\n", usage, pages[i].summary);
    }
    fputs("\nTo begin:\n"
          "  migen init shop\n"
          "  migen new create users email:varchar:255:unique\n"
          "  migen check && migen build\n"
          "  ./shop-migrate up --url sqlite:shop.db\n"
          "\n`migen help COMMAND` tells more.\n",
          t->out);
}

static void print_page(tool *t, const help_page *page)
{
    fprintf(t->out, "migen %s: %s\n\nusage: migen %s%s%s [OPTIONS]\n", page->name, page->summary, page->name,
            *page->arguments ? " " : "", page->arguments);
    if (*page->text)
        fprintf(t->out, "\n%s", page->text);
    fputs("\nOptions\n", t->out);
    tool_print_options(t, page->name);
}

/* A long meaning, broken into lines. */
static void print_wrapped(tool *t, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > 90) {
            fputc('\n', t->out);
            column = 0;
        }
        column += (size_t)fprintf(t->out, "%s%.*s", column ? " " : "", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', t->out);
}

int command_help(tool *t)
{
    if (t->words.count == 0) {
        print_overview(t);
        return STATUS_OK;
    }
    const char *topic = t->words.items[0];
    const char *names[sizeof pages / sizeof *pages];
    for (size_t i = 0; i < page_count; i++) {
        names[i] = pages[i].name;
        if (text_equal(pages[i].name, topic)) {
            print_page(t, &pages[i]);
            return STATUS_OK;
        }
    }
    const char *meaning = diagnostic_code_meaning(topic);
    if (meaning) {
        fprintf(t->out, "%s\n\n", topic);
        print_wrapped(t, meaning);
        return STATUS_OK;
    }
    const char *nearest = text_nearest(topic, names, page_count);
    return tool_usage(t,
                      nearest ? arena_format(t->memory, "did you mean \"%s\"?", nearest)
                              : "`migen help` lists the commands",
                      "there is no command, and no code of a diagnostic, \"%s\"", topic);
}

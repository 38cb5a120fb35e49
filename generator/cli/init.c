/*
 * init.c: `migen init`: a project, ready for its first migration.
 *
 * Invariant  What is there already is never written over.
 */
#include "scaffold.h"

#include <ctype.h>
#include <stdlib.h>

static bool is_project_name(const char *name)
{
    if (!islower((unsigned char)*name))
        return false;
    for (; *name; name++)
        if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '_' && *name != '-')
            return false;
    return true;
}

/* The folder's own name, made to fit. */
static const char *name_of_folder(tool *t)
{
    char *real = realpath(t->folder, NULL);
    const char *last = real ? strrchr(real, '/') : NULL;
    builder name = builder_new(t->memory);
    for (const char *c = last ? last + 1 : ""; *c; c++) {
        bool fits = isalnum((unsigned char)*c) || ((*c == '_' || *c == '-') && name.length);
        if (fits && (name.length || isalpha((unsigned char)*c)))
            builder_add_character(&name, (char)tolower((unsigned char)*c));
    }
    free(real);
    return name.length ? name.bytes : "app";
}

static int write_one(tool *t, const char *file, const char *own, const scaffold_value *values)
{
    if (file_exists(t->memory, t->folder, file)) {
        fprintf(t->out, "kept     %s\n", file);
        return STATUS_OK;
    }
    const char *text = scaffold_fill(t->memory, scaffold_own(own), values);
    const char *problem = file_write(t->memory, file_path(t->memory, t->folder, file), text, strlen(text));
    if (problem)
        return tool_fail(t, STATUS_FAILED, "%s", problem);
    fprintf(t->out, "created  %s\n", file);
    return STATUS_OK;
}

int command_init(tool *t)
{
    static const char *const files[][2] = {
        {"migen.project", "templates/project/migen.project.tmpl"},
        {"migrations/.gitkeep", "templates/project/gitkeep.tmpl"},
        {"Dockerfile", "templates/docker/Dockerfile.tmpl"},
        {".github/workflows/migrations.yml", "templates/project/migrations.yml.tmpl"},
        {".gitignore", "templates/project/gitignore.tmpl"}};
    if (t->words.count > 1)
        return tool_usage(t, NULL, "`migen init` takes one NAME, not also \"%s\"", t->words.items[1]);
    const char *name = t->words.count ? t->words.items[0] : name_of_folder(t);
    if (!is_project_name(name))
        return tool_usage(t, "small letters, digits, _ and -, a letter first",
                          "\"%s\" is no name for a project", name);
    const scaffold_value values[] = {{"project", name}, {NULL, NULL}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int code = write_one(t, files[i][0], files[i][1], values);
        if (code != STATUS_OK)
            return code;
    }
    fprintf(t->out, "\nnext: migen new create users email:varchar:255:unique\n");
    return STATUS_OK;
}

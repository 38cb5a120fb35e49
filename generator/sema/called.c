/*
 * called.c: the C files that migrations call.
 *
 * Idea       `call f from "x.c"` takes x.c from beside the migration, or else from the project's root. A file is read
 *            once, whoever calls it. All of them become one C file with the release, so that no two may
 *            define a function of one name.
 */
#include "c_scan.h"
#include "sema.h"

#include <unistd.h>

typedef struct call_site {
    arena *memory;
    checked_release *release;
    checked_migration *migration;
    const char *folder; /* of the migrations, as shown */
    diagnostics *out;
    const ast_statement *statement;
    span place;
} call_site;

static const char *called_path(const call_site *c, const char *shown)
{
    return *shown == '/' ? shown : arena_format(c->memory, "%s/%s", c->release->project->root, shown);
}

/* The file's name as it is shown; NULL when it is nowhere, or outside of the project. */
static const char *called_find(const call_site *c)
{
    const char *name = c->statement->call_file;
    bool leaves = *name == '/' || text_starts_with(name, "../") || strstr(name, "/../") != NULL;
    if (leaves) {
        diagnostic *d =
            report_error(c->out, "unreadable-file", c->place, "the C file must lie in the project");
        diagnostic_hint(c->out, d, "its name is looked for beside the migration, then at the project's root");
        return NULL;
    }
    const char *beside = arena_format(c->memory, "%s/%s", c->folder, name);
    if (access(called_path(c, beside), F_OK) == 0)
        return beside;
    if (access(called_path(c, name), F_OK) == 0)
        return name;
    diagnostic *d = report_error(c->out, "unreadable-file", c->place, "there is no file \"%s\"", name);
    diagnostic_hint(c->out, d, "it is looked for in %s/, then at the project's root", c->folder);
    return NULL;
}

static const c_found *called_function(const c_found_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

/* What a file defines that another one has, or that the release itself has. */
static void called_check(const call_site *c, const called_file *file)
{
    for (size_t i = 0; i < file->scan->foreign.count; i++) {
        const c_found *include = &file->scan->foreign.items[i];
        diagnostic *d = report_error(c->out, "c-file", include->place,
                                     "a release is one C file: \"%s\" would not be there", include->name);
        diagnostic_hint(c->out, d,
                        "put its text into this file; <…> of the system, and migen.h, can be included");
    }
    for (size_t i = 0; i < file->scan->functions.count; i++) {
        const c_found *function = &file->scan->functions.items[i];
        if (text_equal(function->name, "main"))
            report_error(c->out, "c-file", function->place, "the release's program has a main of its own");
        for (size_t k = 0; k < c->release->called_files.count; k++) {
            const called_file *other = c->release->called_files.items[k];
            const c_found *first = called_function(&other->scan->functions, function->name);
            if (first == NULL)
                continue;
            diagnostic *d = report_error(c->out, "c-file", function->place,
                                         "%s is defined in %s too, and both become one C file",
                                         function->name, other->name);
            diagnostic_second(d, first->place, "first here");
            diagnostic_hint(c->out, d, "call one of the two another name, also where they are static");
        }
    }
}

static called_file *called_load(const call_site *c, const char *name)
{
    for (size_t i = 0; i < c->release->called_files.count; i++)
        if (text_equal(c->release->called_files.items[i]->name, name))
            return c->release->called_files.items[i];
    const char *problem = NULL;
    source_file *source = source_read(c->memory, called_path(c, name), name, &problem);
    if (source == NULL) {
        report_error(c->out, "unreadable-file", c->place, "\"%s\": %s", name, problem);
        return NULL;
    }
    if (strlen(source->bytes) != source->length) {
        report_error(c->out, "nul-byte", c->place, "\"%s\" holds a zero byte", name);
        return NULL;
    }
    called_file *file = ARENA_NEW(c->memory, called_file);
    c_scan *scan = ARENA_NEW(c->memory, c_scan);
    *scan = c_scan_file(c->memory, source);
    *file = (called_file){.name = name, .source = source, .scan = scan};
    called_check(c, file);
    vector_push(c->memory, &c->release->called_files, file);
    return file;
}

static void called_need(const call_site *c, const called_file *file, const char *function)
{
    if (called_function(&file->scan->functions, function) != NULL)
        return;
    span place = ast_place_of(c->migration->file, function, c->place);
    diagnostic *d =
        report_error(c->out, "unknown-function", place, "%s defines no function %s", file->name, function);
    const char **names = ARENA_NEW_ARRAY(c->memory, const char *, file->scan->functions.count + 1);
    for (size_t i = 0; i < file->scan->functions.count; i++)
        names[i] = file->scan->functions.items[i].name;
    const char *nearest = text_nearest(function, names, file->scan->functions.count);
    if (nearest != NULL)
        diagnostic_hint(c->out, d, "did you mean \"%s\"?", nearest);
    else
        diagnostic_hint(c->out, d, "write there: int %s(migen *m) { … }", function);
}

static void called_statements(call_site *c, const ast_list *statements, bool is_up)
{
    for (size_t i = 0; i < statements->count; i++) {
        const ast_statement *st = statements->items[i];
        called_statements(c, &st->then, is_up);
        called_statements(c, &st->otherwise, is_up);
        if (st->kind != AST_STEP || st->step.operation != MIGEN_CALL || text_is_empty(st->call_file))
            continue;
        c->statement = st;
        c->place = ast_place_of(c->migration->file, st->call_file, st->place);
        const char *name = called_find(c);
        const called_file *file = name == NULL ? NULL : called_load(c, name);
        if (file == NULL)
            continue;
        called_need(c, file, st->step.text);
        if (st->undo != NULL && st->undo[0] != NULL)
            called_need(c, file, st->undo[0]);
        bool known = !is_up; /* the hash is of the way up */
        for (size_t k = 0; k < c->migration->called.count && !known; k++)
            known = c->migration->called.items[k] == file;
        if (!known)
            vector_push(c->memory, &c->migration->called, file);
    }
}

void sema_load_called(arena *a, checked_release *r, checked_migration *m, const char *folder, diagnostics *d)
{
    call_site c = {.memory = a, .release = r, .migration = m, .folder = folder, .out = d};
    called_statements(&c, &m->file->statements, true);
    called_statements(&c, &m->file->down_statements, false);
}

char *called_text(arena *a, const called_file *file, bool without_include)
{
    builder text = builder_new(a);
    builder_add(&text, "");
    size_t next = 0;
    for (size_t i = 0; i < file->source->length; i++) {
        const c_found_list *own = &file->scan->own;
        if (without_include && next < own->count && i == own->items[next].place.start) {
            i = own->items[next++].place.end - 1; /* the runtime stands above already */
            continue;
        }
        char c = file->source->bytes[i];
        if (c != '\r' || i + 1 >= file->source->length || file->source->bytes[i + 1] != '\n')
            builder_add_character(&text, c);
    }
    return text.bytes;
}

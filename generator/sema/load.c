/*
 * load.c: from a folder to parsed files.
 */
#include "sema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const span no_place = {0};

/* The folder at or above `folder` that holds migen.project; NULL when there is none. */
static const char *find_root(arena *a, const char *folder)
{
    char *real = realpath(folder, NULL);
    if (!real)
        return NULL;
    char *path = arena_string(a, real);
    free(real);
    for (;;) {
        const char *candidate = arena_format(a, "%s/migen.project", text_equal(path, "/") ? "" : path);
        if (access(candidate, F_OK) == 0)
            return path;
        char *slash = strrchr(path, '/');
        if (!slash || text_equal(path, "/"))
            return NULL;
        if (slash == path)
            path[1] = '\0';
        else
            *slash = '\0';
    }
}

typedef VECTOR(const char *) file_name_list;

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The .mig files of a folder, sorted; false when it cannot be read. */
static bool list_files(arena *a, const char *folder, file_name_list *names)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return false;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        /* Editors leave hidden copies beside the files that they have open. */
        if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, ".mig"))
            vector_push(a, names, arena_string(a, entry->d_name));
    }
    closedir(directory);
    if (names->count > 1)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    return true;
}

static project *load_project(arena *a, const char *root, diagnostics *d)
{
    const char *problem = NULL;
    source_file *source =
        source_read(a, arena_format(a, "%s/migen.project", root), "migen.project", &problem);
    if (!source) {
        report_error(d, "unreadable-file", no_place, "migen.project: %s", problem);
        return NULL;
    }
    size_t errors = d->error_count;
    project *p = parse_project(a, source, root, d);
    return d->error_count > errors ? NULL : p;
}

/* The line of the project file that begins with the key, or the file's beginning. */
static span place_of_key(const source_file *file, const char *key)
{
    for (size_t line = 1; line <= file->line_count; line++) {
        view text = source_line(file, line);
        size_t start = 0;
        while (start < text.length && (text.bytes[start] == ' ' || text.bytes[start] == '\t'))
            start++;
        size_t length = strlen(key);
        if (text.length < start + length || memcmp(text.bytes + start, key, length) != 0)
            continue;
        size_t at = file->line_starts[line - 1] + start;
        return (span){.file = file, .start = at, .end = at + length};
    }
    return (span){.file = file};
}

/* The folder of migrations, without a slash at its end. */
static const char *migrations_folder(arena *a, const project *p)
{
    char *folder = arena_string(a, p->migrations && *p->migrations ? p->migrations : "migrations");
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        folder[--length] = '\0';
    return folder;
}

static void load_one(arena *a, checked_release *r, const char *folder, const char *name, diagnostics *d,
                     sema *s)
{
    const project *p = r->project;
    const char *shown = arena_format(a, "%s/%s", folder, name);
    const char *path = *folder == '/' ? shown : arena_format(a, "%s/%s", p->root, shown);
    const char *problem = NULL;
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        report_error(d, "unreadable-file", (span){.file = source_from(a, shown, "", 0)},
                     "this is not a file");
        return;
    }
    source_file *source = source_read(a, path, shown, &problem);
    if (!source) {
        report_error(d, "unreadable-file", (span){.file = source_from(a, shown, "", 0)}, "%s", problem);
        return;
    }
    char *id = arena_copy(a, name, strlen(name) - strlen(".mig"));
    if (!id_is_valid(id)) {
        diagnostic *bad = report_error(d, "bad-id", (span){.file = source},
                                       "\"%s\" is no name for a migration's file", name);
        const char *part = id + strspn(id, "0123456789_");
        static const char *const reserved[] = {"head", "heads", "base", "none", NULL};
        if (part != id && list_contains(reserved, part))
            diagnostic_hint(
                d, bad, "\"%s\" is reserved: it names a place in the history; give it another name", part);
        else
            diagnostic_hint(d, bad,
                            "digits, then an underscore, then small letters, digits and underscores, as in "
                            "20261121043300_add_groups.mig (`migen new` makes one)");
        /* It is read all the same: what others take from it is there. */
    }
    size_t errors = d->error_count;
    checked_migration *m = ARENA_NEW(a, checked_migration);
    m->file = parse_migration(a, source, id, p->engines, d);
    m->migration.id = id;
    m->migration.title = m->file->title ? m->file->title : id;
    m->migration.file = shown;
    m->migration.transaction_none = m->file->transaction_none;
    sema_load_called(a, r, m, folder, d);
    vector_push(a, &r->migrations, m);
    if (s && d->error_count > errors)
        vector_push(a, &s->broken, m->file);
}

checked_release *sema_load_files(arena *a, const char *folder, diagnostics *d, sema *s)
{
    const char *root = find_root(a, folder);
    if (!root) {
        diagnostic *none =
            report_error(d, "no-project", no_place, "there is no migen.project here, nor in a folder above");
        diagnostic_hint(d, none, "`migen init` begins a project in this folder");
        return NULL;
    }
    project *p = load_project(a, root, d);
    if (!p)
        return NULL;
    checked_release *r = ARENA_NEW(a, checked_release);
    r->memory = a;
    r->project = p;
    const char *migrations = migrations_folder(a, p);
    const char *path = *migrations == '/' ? migrations : arena_format(a, "%s/%s", root, migrations);
    file_name_list names = {0};
    if (!list_files(a, path, &names)) {
        span place = place_of_key(p->source, "migrations");
        diagnostic *none =
            report_error(d, "unreadable-file", place, "the folder of migrations, \"%s\", cannot be read: %s",
                         migrations, strerror(errno));
        diagnostic_hint(d, none, "make it, or say another one in migen.project: migrations FOLDER");
        return NULL;
    }
    for (size_t i = 0; i < names.count; i++)
        load_one(a, r, migrations, names.items[i], d, s);
    return r;
}

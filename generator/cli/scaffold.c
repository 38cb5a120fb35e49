/*
 * scaffold.c: finds templates, fills them, and names the next migration.
 */
#include "scaffold.h"
#include "embedded.h"
#include "title.h"

#include <ctype.h>
#include <dirent.h>
#include <time.h>

static const char list_mark[] = "-- template:";

static const char own_folder[] = "templates/scaffold/";
static const char own_ending[] = ".mig.tmpl";

const char *scaffold_own(const char *name)
{
    const embedded_file *file = embedded_find(name);
    return file ? file->bytes : NULL; /* a NUL follows them */
}

/* The name of migen's own template at this place among the embedded files; NULL when that is none. */
static const char *own_name(arena *a, size_t at)
{
    const char *name = embedded_files[at].name;
    if (!text_starts_with(name, own_folder) || !text_ends_with(name, own_ending))
        return NULL;
    name += strlen(own_folder);
    return arena_copy(a, name, strlen(name) - strlen(own_ending));
}

const char *scaffold_nearest(arena *a, const char *name)
{
    const char **names = ARENA_NEW_ARRAY(a, const char *, embedded_file_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < embedded_file_count; i++) {
        const char *own = own_name(a, i);
        if (own)
            names[count++] = own;
    }
    return text_nearest(name, names, count);
}

const char *scaffold_find(arena *a, const char *root, const char *name)
{
    if (!strchr(name, '/')) {
        const char *problem = NULL;
        source_file *own =
            source_read(a, arena_format(a, "%s/templates/%s.mig.tmpl", root, name), name, &problem);
        if (own)
            return own->bytes;
    }
    return scaffold_own(arena_format(a, "%s%s%s", own_folder, name, own_ending));
}

/* What a template says of itself in its first line. */
static const char *description(arena *a, const char *text)
{
    if (!text || !text_starts_with(text, list_mark))
        return "";
    const char *words = text + strlen(list_mark);
    return text_trim(a, arena_copy(a, words, strcspn(words, "\n")));
}

void scaffold_list(tool *t, const char *root)
{
    map seen = map_new(t->memory);
    DIR *directory = root ? opendir(arena_format(t->memory, "%s/templates", root)) : NULL;
    for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
        if (entry->d_name[0] == '.' || !text_ends_with(entry->d_name, ".mig.tmpl"))
            continue;
        char *name = arena_copy(t->memory, entry->d_name, strlen(entry->d_name) - strlen(".mig.tmpl"));
        map_set(&seen, name, name);
        fprintf(t->out, "%-14s %s (templates/%s)\n", name,
                description(t->memory, scaffold_find(t->memory, root, name)), entry->d_name);
    }
    if (directory)
        closedir(directory);
    for (size_t i = 0; i < embedded_file_count; i++) {
        const char *name = own_name(t->memory, i);
        if (name && !map_has(&seen, name))
            fprintf(t->out, "%-14s %s\n", name, description(t->memory, embedded_files[i].bytes));
    }
}

const char *scaffold_fill(arena *a, const char *text, const scaffold_value *values)
{
    builder out = builder_new(a);
    if (text_starts_with(text, list_mark)) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    while (*text) {
        const char *open = strstr(text, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (!close) {
            builder_add(&out, text);
            break;
        }
        builder_add_bytes(&out, text, (size_t)(open - text));
        const char *name = text_trim(a, arena_copy(a, open + 2, (size_t)(close - open - 2)));
        const scaffold_value *v = values;
        while (v->name && !text_equal(v->name, name))
            v++;
        if (v->name)
            builder_add(&out, v->value);
        else
            builder_add_bytes(&out, open, (size_t)(close + 2 - open));
        text = close + 2;
    }
    return out.bytes ? out.bytes : "";
}

/* One more than a decimal number, as text. */
static char *one_more(arena *a, const char *digits)
{
    char *text = arena_string(a, digits);
    for (size_t i = strlen(text); i-- > 0;) {
        if (text[i] != '9') {
            text[i]++;
            return text;
        }
        text[i] = '0';
    }
    return arena_format(a, "1%s", text);
}

/* The present time, but behind every id that is there, so that ids grow however clocks go. */
static const char *next_digits(arena *a, const checked_release *r)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[32] = "19700101000000";
    if (gmtime_r(&now, &parts))
        strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts);
    const char *digits = arena_string(a, text);
    for (size_t i = 0; i < r->migrations.count; i++) {
        const char *id = r->migrations.items[i]->migration.id;
        const char *other = arena_copy(a, id, strspn(id, "0123456789"));
        if (strlen(other) == strlen(digits) && strcmp(other, digits) >= 0)
            digits = one_more(a, other);
    }
    return digits;
}

static const char *doubled_quotes(arena *a, const char *text)
{
    builder out = builder_new(a);
    for (; *text; text++)
        builder_add_repeated(&out, *text, *text == '"' ? 2 : 1);
    return out.bytes ? out.bytes : "";
}

static const char *after_all_heads(arena *a, const checked_release *r)
{
    builder out = builder_new(a);
    for (size_t i = 0; i < r->heads.count; i++)
        builder_add_format(&out, "%s%s", i ? ", " : "", r->heads.items[i]);
    return out.length ? out.bytes : "none";
}

/* The last migration that would follow this id for want of an `after`: a file without one follows the one before it by name. */
static const char *follower_by_name(const checked_release *r, const char *id)
{
    const char *last = NULL;
    for (size_t i = 0; i < r->migrations.count; i++) {
        const checked_migration *m = r->migrations.items[i];
        if (!m->file->has_after && strcmp(m->migration.id, last ? last : id) > 0)
            last = m->migration.id;
    }
    return last;
}

/* Its id, so that no other migration's parent becomes another one; NULL with *problem where there is none. */
static const char *next_id(arena *a, const checked_release *r, const char *title, const char **problem)
{
    const char *slug = title_slug(a, title);
    const char *id = arena_format(a, "%s_%s", next_digits(a, r), slug);
    const char *follower = follower_by_name(r, id);
    if (!follower)
        return id;
    id = arena_format(a, "%s_%s", one_more(a, arena_copy(a, follower, strspn(follower, "0123456789"))), slug);
    if (!follower_by_name(r, id))
        return id;
    *problem =
        arena_format(a,
                     "by its name the new file would stand before %s, which says no `after` and would follow "
                     "it: write `after` there, or give the files numbers of one length",
                     follower);
    return NULL;
}

const char *scaffold_write_migration(tool *t, const checked_release *r, const char *title, const char *text,
                                     const char **path)
{
    arena *a = t->memory;
    const char *no_id = NULL;
    const char *id = next_id(a, r, title, &no_id);
    if (!id)
        return no_id;
    const char *folder = r->project->migrations ? r->project->migrations : "migrations";
    const char *shown = arena_format(a, "%s/%s.mig", folder, id);
    const scaffold_value values[] = {{"title", doubled_quotes(a, title)},
                                     {"after", after_all_heads(a, r)},
                                     {"id", id},
                                     {"project", r->project->name},
                                     {NULL, NULL}};
    text = scaffold_fill(a, text, values);
    const char *full = *folder == '/' ? shown : arena_format(a, "%s/%s", r->project->root, shown);
    *path = full;
    const char *problem = file_write(a, full, text, strlen(text));
    if (!problem)
        fprintf(t->out, "created  %s\n", shown);
    return problem;
}

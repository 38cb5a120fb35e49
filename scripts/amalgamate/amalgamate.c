/*
 * amalgamate.c: the runtime as one C file.
 *
 * Idea       Release binaries must compile where no migen is installed (product.md 3): `migen emit` puts this
 *            file into the emitted C. All headers come first, floor by floor, each once and behind those that
 *            it includes; then all sources. So no header is first met inside an #ifdef of somebody's source.
 * Invariant  Own includes ("x.h") are resolved by their name alone, which is unique in the tree; a .def file is
 *            put in at every place that includes it, its head comment only at the first. A source with an
 *            engine's name stands behind that engine's #if (engines.h). The order is that of names: equal
 *            sources, equal bytes.
 * Usage      amalgamate OUT.c FLOOR-FOLDER...                  all of these folders, lowest floor first
 *            amalgamate --header NAME.h OUT.h FLOOR-FOLDER...  one header, with all that it includes
 */
#include "map.h"
#include "text.h"
#include "vector.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef VECTOR(const char *) path_list;

typedef struct amalgam {
    arena *memory;
    map headers; /* name → path of each .h and .def */
    map done;    /* names of headers that are in, and of .def files that were in once */
    builder out;
} amalgam;

static int fail(const char *what, const char *name)
{
    fprintf(stderr, "amalgamate: %s: %s\n", what, name);
    exit(EXIT_FAILURE); /* a build tool: nothing is to be cleaned up */
}

static char *read_whole(arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail("cannot be read", path);
    builder b = builder_new(a);
    builder_add(&b, "");
    char piece[8192];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        builder_add_bytes(&b, piece, n);
    fclose(f);
    return b.bytes;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All files below a folder, sorted. */
static void collect(amalgam *m, const char *folder, path_list *files)
{
    path_list entries = {0};
    DIR *d = opendir(folder);
    if (d == NULL)
        fail("cannot be opened", folder);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        const char *name = arena_string(m->memory, entry->d_name);
        if (name[0] != '.')
            vector_push(m->memory, &entries, name);
    }
    closedir(d);
    if (entries.count > 0)
        qsort(entries.items, entries.count, sizeof *entries.items, by_name);
    for (size_t i = 0; i < entries.count; i++) {
        const char *path = arena_format(m->memory, "%s/%s", folder, entries.items[i]);
        struct stat found;
        if (stat(path, &found) != 0)
            fail("cannot be looked at", path);
        if (S_ISDIR(found.st_mode))
            collect(m, path, files);
        else
            vector_push(m->memory, files, path);
    }
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The name of `#include "name"`, or NULL for any other line. */
static const char *own_include(arena *a, view line)
{
    size_t at = 0;
    while (at < line.length && (line.bytes[at] == ' ' || line.bytes[at] == '\t'))
        at++;
    static const char start[] = "#include \"";
    if (line.length < at + sizeof start || strncmp(line.bytes + at, start, sizeof start - 1) != 0)
        return NULL;
    const char *name = line.bytes + at + sizeof start - 1;
    return arena_copy(a, name, strcspn(name, "\"\n"));
}

static void add_file(amalgam *m, const char *path);

static void add_include(amalgam *m, const char *name, const char *includer)
{
    const char *path = map_get(&m->headers, name);
    if (path == NULL)
        fail(includer, arena_format(m->memory, "there is no \"%s\"", name));
    bool is_table = text_ends_with(name, ".def");
    bool was_in = map_has(&m->done, name);
    if (was_in && !is_table)
        return;
    map_set(&m->done, name, m);
    if (!is_table) {
        add_file(m, path);
        return;
    }
    const char *text = read_whole(m->memory, path), *end = strstr(text, "*/\n");
    if (was_in && text_starts_with(text, "/*") && end != NULL)
        text = end + strlen("*/\n");
    builder_add(&m->out, text);
}

/* The engine that a source is for alone (engines.h), or NULL. */
static const char *engine_of(const char *name)
{
    if (text_starts_with(name, "postgres_"))
        return "POSTGRES";
    return text_starts_with(name, "sqlite_") ? "SQLITE" : NULL;
}

static void add_file(amalgam *m, const char *path)
{
    const char *text = read_whole(m->memory, path);
    builder own = builder_new(m->memory); /* its lines; what it includes stands before them */
    builder_add(&own, "");
    bool is_header = text_ends_with(path, ".h");
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        length += line[length] == '\n';
        const char *name = own_include(m->memory, (view){line, length});
        if (name == NULL) {
            builder_add_bytes(&own, line, length);
        } else if (text_ends_with(name, ".def")) {
            builder before = m->out;
            m->out = own;
            add_include(m, name, path);
            own = m->out;
            m->out = before;
        } else if (is_header) {
            add_include(m, name, path);
        } else if (!map_has(&m->done, name)) {
            fail(path, arena_format(m->memory, "\"%s\" is no header of the runtime", name));
        }
        line += length;
    }
    const char *engine = is_header ? NULL : engine_of(name_of(path));
    if (engine != NULL)
        builder_add_format(&m->out, "\n#if HAS_%s", engine);
    builder_add_format(&m->out, "\n/* ---- %s ---- */\n", name_of(path));
    builder_add_bytes(&m->out, own.bytes, own.length);
    if (engine != NULL)
        builder_add_format(&m->out, "#endif /* HAS_%s */\n", engine);
}

static void write_whole(const char *path, const builder *b)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(b->bytes, 1, b->length, f) != b->length || fclose(f) != 0)
        fail("cannot be written", path);
}

int main(int argc, char **argv)
{
    arena *memory = arena_new();
    amalgam m = {
        .memory = memory, .headers = map_new(memory), .done = map_new(memory), .out = builder_new(memory)};
    const char *header = NULL;
    if (argc > 2 && strcmp(argv[1], "--header") == 0) {
        header = argv[2];
        argv += 2;
        argc -= 2;
    }
    if (argc < 3)
        fail("usage", "amalgamate [--header NAME.h] OUT FLOOR-FOLDER...");
    path_list files = {0};
    for (int i = 2; i < argc; i++)
        collect(&m, argv[i], &files);
    for (size_t i = 0; i < files.count; i++) {
        const char *name = name_of(files.items[i]);
        if (!text_ends_with(name, ".h") && !text_ends_with(name, ".def"))
            continue;
        if (map_has(&m.headers, name))
            fail("two headers of one name", name);
        map_set(&m.headers, name, arena_string(memory, files.items[i]));
    }
    builder_add(
        &m.out,
        header == NULL
            ? "/*\n * The runtime of migen, as one file. Made from runtime/: change that, not this.\n */\n"
            : "/* Made from runtime/include: change that, not this. */\n");
    if (header != NULL) {
        add_include(&m, header, "--header");
    } else {
        /* migen_words.h stands behind the runtime, in the emitted file itself: its words are short. */
        map_set(&m.done, "migen_words.h", &m);
        for (size_t i = 0; i < files.count; i++) {
            if (text_ends_with(files.items[i], ".h"))
                add_include(&m, name_of(files.items[i]), files.items[i]);
        }
        for (size_t i = 0; i < files.count; i++) {
            if (text_ends_with(files.items[i], ".c"))
                add_file(&m, files.items[i]);
        }
    }
    write_whole(argv[1], &m.out);
    arena_free(memory);
    return EXIT_SUCCESS;
}

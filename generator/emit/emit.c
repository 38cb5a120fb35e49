/*
 * emit.c: the file as a whole: header, runtime, migrations, release, main.
 */
#include "emit.h"

#include "c_scan.h"
#include "emitter.h"

#include <string.h>

static const char *version_or_zero(const emit_options *options)
{
    return options->release_version == NULL ? "0" : options->release_version;
}

/* "0.1.0" as a number that the preprocessor can compare: 0001000, three digits a part. */
static unsigned long version_number(const char *version)
{
    unsigned long number = 0, part = 0;
    for (const char *c = version;; c++) {
        if (*c >= '0' && *c <= '9') {
            part = part * 10 + (unsigned long)(*c - '0');
            continue;
        }
        number = number * 1000 + part;
        part = 0;
        if (*c != '.')
            return number;
    }
}

/* The runtime's part of the frame, with what goes into it. */
static void write_runtime(emitter *e, const emit_options *options)
{
    if (options->without_runtime) {
        emit_frame(e, options->templates.precompiled, NULL, 0);
        return;
    }
    char *version = arena_format(e->memory, "%lu", version_number(MIGEN_VERSION));
    char *abi = arena_format(e->memory, "%d", MIGEN_ABI);
    const frame_value values[] = {{.name = "VERSION_NUMBER", .text = version},
                                  {.name = "ABI", .text = abi},
                                  {.name = "copy", .block = options->runtime}};
    emit_frame(e, options->templates.runtime, values, sizeof values / sizeof values[0]);
}

static void write_words(emitter *e, const emit_options *options)
{
    c_writer *w = &e->out;
    if (options->without_runtime) {
        c_write_line(w, "#include \"migen_words.h\"");
        return;
    }
    /* Its own #include is of what stands above already. */
    const char *line = options->words.bytes, *end = line + options->words.length;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = stop == NULL ? (size_t)(end - line) : (size_t)(stop - line) + 1;
        if (length < strlen("#include \"") || strncmp(line, "#include \"", strlen("#include \"")) != 0)
            c_write_source(w, (view){line, length});
        line += length;
    }
}

/* The C functions that migrations call: declared here, defined at the file's end. A declaration as static
 * fits both a static definition and one without the word (C11 6.2.2). */
static void write_called_functions(emitter *e, const checked_release *r)
{
    const migen_release *release = &r->release;
    const char *line = r->called_files.count == 0 ? "extern int %I(migen *);" : "static int %I(migen *);";
    map seen = map_new(e->memory);
    for (size_t i = 0; i < release->migration_count; i++) {
        const migen_migration *m = release->migrations[i];
        for (size_t j = 0; j < m->up_count + m->down_count; j++) {
            const migen_step *step = j < m->up_count ? &m->up[j] : &m->down[j - m->up_count];
            if (step->operation != MIGEN_CALL || map_has(&seen, step->text))
                continue;
            map_set(&seen, step->text, e);
            c_write_format(&e->out, line, c_identifier(e->memory, "", step->text, NULL));
        }
    }
}

/* The project's C files, each under its own name and line numbers, for what a compiler has to say; a file's macros
 * end with it. They stand last, so that nothing of theirs reaches what migen wrote. */
static void write_called_files(emitter *e, const checked_release *r)
{
    c_writer *w = &e->out;
    for (size_t i = 0; i < r->called_files.count; i++) {
        const called_file *file = r->called_files.items[i];
        const char *text = called_text(e->memory, file, true);
        c_write_line(w, "");
        c_write_format(w, "/* ---- %C ---- */", file->name);
        c_write_format(w, "#line 1 %S", file->name);
        c_write_source(w, view_of(text));
        for (size_t k = 0; k < file->scan->macros.count; k++)
            c_write_format(w, "#undef %I", file->scan->macros.items[k].name);
    }
}

static bool is_opening(const migen_step *step)
{
    return step->operation == MIGEN_IF_EXISTS || step->operation == MIGEN_IF_SQL ||
           step->operation == MIGEN_IF_TAKEN || step->operation == MIGEN_ON_ENGINE;
}

static bool is_closing(const migen_step *step)
{
    return step->operation == MIGEN_END_IF || step->operation == MIGEN_END_ON;
}

static void write_way(emitter *e, const char *way, const char *id, const migen_step *steps,
                      const unsigned *lines, size_t count)
{
    c_writer *w = &e->out;
    if (count == 0)
        return; /* C has no empty array */
    c_node **rows = ARENA_NEW_ARRAY(e->memory, c_node *, count);
    for (size_t i = 0; i < count; i++)
        rows[i] =
            emit_row(e, &steps[i], steps[i].table == NULL ? NULL : emit_table_definition(e, steps[i].table));
    c_write_format(w, "static const migen_step %I_%I[] = {", way, id);
    size_t depth = 1;
    for (size_t i = 0; i < count; i++) {
        bool steps_back = is_closing(&steps[i]) || steps[i].operation == MIGEN_ELSE;
        if (steps_back && depth > 1)
            depth--;
        c_write_node(w, depth, rows[i], ",");
        if (is_opening(&steps[i]) || steps[i].operation == MIGEN_ELSE)
            depth++;
    }
    c_write_line(w, "};");
    c_node *numbers = c_braces(w);
    for (size_t i = 0; i < count; i++)
        c_add(w, numbers, c_unsigned(w, lines == NULL ? 0 : lines[i]));
    c_write_definition(w, arena_format(e->memory, "static const unsigned %s_lines_%s[]", way, id), numbers);
}

static void add_way_fields(emitter *e, c_node *fields, const char *way, const char *id, size_t count)
{
    if (count == 0)
        return;
    c_writer *w = &e->out;
    const char *rows = arena_format(e->memory, "%s_%s", way, id);
    c_node *row_count = c_call(w, "ROW_COUNT");
    c_add(w, row_count, c_words(w, rows));
    c_add_field(w, fields, way, c_words(w, rows));
    c_add_field(w, fields, arena_format(e->memory, "%s_lines", way),
                c_words(w, arena_format(e->memory, "%s_lines_%s", way, id)));
    c_add_field(w, fields, arena_format(e->memory, "%s_count", way), row_count);
}

static void write_migration(emitter *e, const migen_migration *m, const char *id)
{
    c_writer *w = &e->out;
    c_write_line(w, "");
    const char *slash = m->file == NULL ? NULL : strrchr(m->file, '/');
    c_write_format(w, "/* %C: %C */", slash == NULL ? m->file : slash + 1, m->title);
    write_way(e, "up", id, m->up, m->up_lines, m->up_count);
    write_way(e, "down", id, m->down, m->down_lines, m->down_count);
    c_node *fields = c_braces(w);
    c_add_field(w, fields, "id", emit_text(e, m->id));
    c_add_field(w, fields, "title", emit_text(e, m->title));
    c_add_field(w, fields, "file", emit_text(e, m->file));
    c_add_field(w, fields, "hash", emit_text(e, m->hash));
    c_add_field(w, fields, "after", emit_list(e, "NAMES", m->after));
    add_way_fields(e, fields, "up", id, m->up_count);
    add_way_fields(e, fields, "down", id, m->down_count);
    if (m->down_never != NULL)
        c_add_field(w, fields, "down_never", emit_text(e, m->down_never));
    if (m->transaction_none)
        c_add_field(w, fields, "transaction_none", c_words(w, "true"));
    fields->one_per_line = true;
    fields->width = C_NEVER_FLAT;
    c_write_definition(w, arena_format(e->memory, "static const migen_migration migration_%s", id), fields);
}

static const char *engine_words(unsigned engines)
{
    if (engines == MIGEN_POSTGRES)
        return "MIGEN_POSTGRES";
    return engines == MIGEN_SQLITE ? "MIGEN_SQLITE" : "MIGEN_POSTGRES | MIGEN_SQLITE";
}

static void write_list(emitter *e, const char *head, c_node *list)
{
    if (list->items.count == 0)
        return;
    list->width = C_NEVER_FLAT;
    list->one_per_line = true;
    c_write_definition(&e->out, head, list);
}

static void write_release(emitter *e, const migen_release *release, const emit_options *options,
                          const char *const *ids)
{
    c_writer *w = &e->out;
    c_node *settings = c_braces(w), *list = c_braces(w), *fields = c_braces(w);
    for (size_t i = 0; i < release->setting_count; i++) {
        c_node *setting = c_braces(w);
        c_add_field(w, setting, "name", emit_text(e, release->settings[i].name));
        c_add_field(w, setting, "value", emit_text(e, release->settings[i].value));
        c_add(w, settings, setting);
    }
    for (size_t i = 0; i < release->migration_count; i++)
        c_add(w, list, c_words(w, arena_format(e->memory, "&migration_%s", ids[i])));
    write_list(e, "static const migen_setting release_settings[]", settings);
    write_list(e, "static const migen_migration *const release_migrations[]", list);
    unsigned engines = options->engines == 0 ? release->engines : release->engines & options->engines;
    c_add_field(w, fields, "abi", c_unsigned(w, MIGEN_ABI));
    c_add_field(w, fields, "project", emit_text(e, release->project));
    c_add_field(w, fields, "release", emit_text(e, version_or_zero(options)));
    c_add_field(w, fields, "hash", emit_text(e, release->hash));
    c_add_field(w, fields, "engines", c_words(w, engine_words(engines)));
    if (release->setting_count > 0) {
        c_add_field(w, fields, "settings", c_words(w, "release_settings"));
        c_add_field(w, fields, "setting_count", c_words(w, "ROW_COUNT(release_settings)"));
    }
    if (release->migration_count > 0) {
        c_add_field(w, fields, "migrations", c_words(w, "release_migrations"));
        c_add_field(w, fields, "migration_count", c_words(w, "ROW_COUNT(release_migrations)"));
    }
    write_list(e, "static const migen_release release", fields);
}

/* All migrations; gives their identifiers. */
static const char *const *write_migrations(emitter *e, const migen_release *release)
{
    map ids = map_new(e->memory);
    const char **identifiers = ARENA_NEW_ARRAY(e->memory, const char *, release->migration_count + 1);
    for (size_t i = 0; i < release->migration_count; i++) {
        const char *id = release->migrations[i]->id;
        /* An id's leading digit is welcome: it always stands behind up_ or migration_. */
        const char *identifier = c_identifier(e->memory, "x", id, NULL) + 1;
        while (map_has(&ids, identifier))
            identifier = arena_format(e->memory, "%s_again", identifier);
        map_set(&ids, identifier, e);
        identifiers[i] = identifier;
        write_migration(e, release->migrations[i], identifier);
    }
    return identifiers;
}

/* One part of the file, as a block for its place in the frame. */
static view take_part(emitter *e)
{
    c_writer part = e->out;
    e->out = c_writer_new(e->memory);
    return (view){c_writer_text(&part), part.text.length};
}

char *emit_release(arena *a, const checked_release *r, const emit_options *options)
{
    emitter e = {.memory = a, .out = c_writer_new(a), .identifiers = map_new(a)};
    const migen_release *release = &r->release;
    write_runtime(&e, options);
    view runtime = take_part(&e);
    write_called_functions(&e, r);
    view functions = take_part(&e);
    write_words(&e, options);
    view words = take_part(&e);
    const char *const *identifiers = write_migrations(&e, release);
    view migrations = take_part(&e);
    write_release(&e, release, options, identifiers);
    view last = take_part(&e);
    write_called_files(&e, r);
    view called = take_part(&e);
    /* Only now is it known whether a text was too long for a literal. */
    if (e.long_texts > 0)
        emit_frame(&e, options->templates.long_texts, NULL, 0);
    c_write_source(&e.out, migrations);
    migrations = take_part(&e);
    char *count = arena_format(a, "%zu", release->migration_count);
    const frame_value values[] = {{.name = "PROJECT", .text = release->project},
                                  {.name = "RELEASE", .text = version_or_zero(options)},
                                  {.name = "COUNT", .text = count},
                                  {.name = "HASH", .text = release->hash},
                                  {.name = "MIGEN", .text = MIGEN_VERSION},
                                  {.name = "runtime", .block = runtime},
                                  {.name = "functions", .block = functions},
                                  {.name = "words", .block = words},
                                  {.name = "migrations", .block = migrations},
                                  {.name = "release", .block = last},
                                  {.name = "called", .block = called}};
    emit_frame(&e, options->templates.release, values, sizeof values / sizeof values[0]);
    return c_writer_text(&e.out);
}

/*
 * project_fixture.h: a project in a temporary folder, for the tests of sema.
 *
 * Usage      fixture f = fixture_new("sqlite, postgres");  fixture_add(&f, "001_a", "migration \"A\"\n…");
 *            fixture_check(&f);  assert_error(&f, "unknown-table", "usres");  fixture_end(&f);
 */
#ifndef MIGEN_TESTS_PROJECT_FIXTURE_H
#define MIGEN_TESTS_PROJECT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "release.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    arena *memory;
    const char *folder;
    VECTOR(const char *) files;
    diagnostics found;
    checked_release *release;
} fixture;

static inline void fixture_write(fixture *f, const char *name, const char *text)
{
    const char *path = arena_format(f->memory, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    vector_push(f->memory, &f->files, path);
}

static inline fixture fixture_new(const char *engines)
{
    fixture f = {.memory = arena_new()};
    char *folder = arena_string(f.memory, "/tmp/migen-sema-XXXXXX");
    assert_non_null(mkdtemp(folder));
    f.folder = folder;
    assert_int_equal(mkdir(arena_format(f.memory, "%s/migrations", folder), 0777), 0);
    fixture_write(&f, "migen.project", arena_format(f.memory, "project shop\nengines %s\n", engines));
    return f;
}

/* A migration; body is what stands behind its title. */
static inline void fixture_add(fixture *f, const char *id, const char *body)
{
    fixture_write(f, arena_format(f->memory, "migrations/%s.mig", id),
                  arena_format(f->memory, "migration \"%s\"\n%s\n", id, body));
}

static inline void fixture_check(fixture *f)
{
    f->found = diagnostics_new(f->memory);
    f->release = release_load(f->memory, f->folder, &f->found);
}

static inline void fixture_end(fixture *f)
{
    for (size_t i = 0; i < f->files.count; i++)
        unlink(f->files.items[i]);
    rmdir(arena_format(f->memory, "%s/migrations", f->folder));
    rmdir(f->folder);
    arena_free(f->memory);
}

static inline void show_found(const fixture *f)
{
    diagnostics_show(&f->found, stderr, "text", false);
}

static inline void assert_clean(const fixture *f)
{
    if (f->found.error_count)
        show_found(f);
    assert_int_equal(f->found.error_count, 0);
    assert_non_null(f->release);
}

static inline const diagnostic *find_diagnostic(const fixture *f, const char *code)
{
    for (size_t i = 0; i < f->found.list.count; i++)
        if (text_equal(f->found.list.items[i].code, code))
            return &f->found.list.items[i];
    return NULL;
}

/* There is a diagnostic of this code, and its caret stands under `under` (NULL: anywhere). */
static inline const diagnostic *assert_found(const fixture *f, const char *code, const char *under)
{
    const diagnostic *d = NULL;
    for (size_t i = 0; i < f->found.list.count; i++) {
        const diagnostic *one = &f->found.list.items[i];
        if (!text_equal(one->code, code))
            continue;
        d = one;
        const span *place = &one->place;
        if (!under || (place->file && place->end - place->start == strlen(under) &&
                       strncmp(place->file->bytes + place->start, under, strlen(under)) == 0))
            return one;
    }
    show_found(f);
    if (d)
        fail_msg("%s is found, but not at \"%s\"", code, under);
    fail_msg("there is no %s", code);
    return NULL;
}

static inline void assert_error_count(const fixture *f, size_t count)
{
    if (f->found.error_count != count)
        show_found(f);
    assert_int_equal(f->found.error_count, count);
}

static inline const migen_migration *migration_of(const fixture *f, const char *id)
{
    for (size_t i = 0; i < f->release->migrations.count; i++)
        if (text_equal(f->release->migrations.items[i]->migration.id, id))
            return &f->release->migrations.items[i]->migration;
    fail_msg("there is no migration %s", id);
    return NULL;
}

/* Rows as words: "drop column users.a; on sqlite {; …". */
static inline const char *rows_text(const fixture *f, const migen_step *rows, size_t count)
{
    builder b = builder_new(f->memory);
    for (size_t i = 0; i < count; i++) {
        const migen_step *s = &rows[i];
        if (i)
            builder_add(&b, "; ");
        switch (s->operation) {
        case MIGEN_IF_TAKEN:
            builder_add_format(&b, "if taken %u", s->branch);
            break;
        case MIGEN_ELSE:
            builder_add(&b, "else");
            break;
        case MIGEN_END_IF:
        case MIGEN_END_ON:
            builder_add(&b, "end");
            break;
        case MIGEN_ON_ENGINE:
            builder_add(&b, s->engines == MIGEN_SQLITE ? "on sqlite" : "on postgres");
            break;
        case MIGEN_SAY:
        case MIGEN_RUN:
            builder_add_format(&b, "%s <%s>", operation_words(s->operation), s->text ? s->text : s->sql[0]);
            break;
        default:
            builder_add_format(&b, "%s %s%s%s%s%s", operation_words(s->operation), s->object ? s->object : "",
                               s->part ? "." : "", s->part ? s->part : "", s->new_name ? " to " : "",
                               s->new_name ? s->new_name : "");
        }
    }
    return b.bytes ? b.bytes : "";
}

static inline void assert_down(const fixture *f, const char *id, const char *wanted)
{
    const migen_migration *m = migration_of(f, id);
    assert_string_equal(rows_text(f, m->down, m->down_count), wanted);
    for (size_t i = 0; i < m->down_count; i++)
        assert_true(m->down_lines[i] > 0);
}

#endif

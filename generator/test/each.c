/*
 * each.c: the walk through the versions: at each, rows in the tables, and the next migration up, down, up.
 */
#include "test_parts.h"

#include "flow.h"
#include "operation.h"
#include "rows.h"
#include "text.h"

#include <sys/stat.h>

typedef struct walk {
    test_run *run;
    test_database *at;
    size_t version;
} walk;

size_t test_first(const test_run *run)
{
    size_t count = run->release->migrations.count;
    return run->options->full || count <= MOST_MIGRATIONS ? 0 : count - MOST_MIGRATIONS;
}

bool test_is_sampled(const test_run *run, size_t version)
{
    size_t first = test_first(run), count = run->release->migrations.count - first;
    if (run->options->full || count <= MOST_VERSIONS)
        return true;
    /* evenly, the first and the last among them: where this version's share of them is another than that of the one before */
    size_t at = version - first;
    return at == 0 || at * MOST_VERSIONS / count != (at - 1) * MOST_VERSIONS / count;
}

/* tests/ID.sql, tests/ID.sqlite.sql, tests/ID.postgres.sql: rows of the user's own behind the migration ID. */
static const char *rows_file(const test_run *run, const char *id, const char *end)
{
    const char *path = arena_format(run->memory, "%s/tests/%s%s", run->release->project->root, id, end);
    struct stat about;
    return stat(path, &about) == 0 ? path : NULL;
}

static bool carry_rows_file(walk *w, test_check *c, const char *path, const char *shown)
{
    const char *problem = NULL;
    source_file *file = source_read(w->run->memory, path, shown, &problem);
    error e = error_new(w->run->memory);
    if (file == NULL) {
        test_fail(w->run, c, (span){0}, "%s cannot be read: %s", shown, problem);
        return false;
    }
    if (live_rows_carry(w->run->memory, &w->at->live, (view){file->bytes, file->length}, &e) == STATUS_OK)
        return true;
    const char *at = e.statement == NULL ? NULL : strstr(file->bytes, e.statement);
    size_t start = at == NULL ? 0 : (size_t)(at - file->bytes);
    size_t length = at == NULL ? 0 : strcspn(at, "\n");
    if (!test_is_stopped())
        test_fail(w->run, c, (span){.file = file, .start = start, .end = start + length}, "%s: %s", shown,
                  e.message);
    return false;
}

/* The user's rows of this version, where there are some. */
static bool carry_own_rows(walk *w, test_check *c)
{
    if (w->version == 0)
        return true;
    const char *id = w->run->release->migrations.items[w->version - 1]->migration.id;
    const char *ends[] = {".sql", arena_format(w->run->memory, ".%s.sql", w->run->suite->engine)};
    for (size_t i = 0; i < 2; i++) {
        const char *path = rows_file(w->run, id, ends[i]);
        if (path != NULL &&
            !carry_rows_file(w, c, path, arena_format(w->run->memory, "tests/%s%s", id, ends[i])))
            return false;
    }
    return true;
}

static void make_rows(walk *w, test_check *c)
{
    live_rows_report rows = {0};
    error e = error_new(w->run->memory);
    if (!carry_own_rows(w, c))
        return;
    if (live_rows_make(w->run->memory, &w->at->live, w->version, &rows, &e) != STATUS_OK &&
        !test_is_stopped())
        test_fail(w->run, c, (span){0}, "rows cannot be made: %s", e.message);
    if (rows.left_empty.count > 0) {
        vector_push(w->run->memory, &rows.left_empty, NULL);
        test_note(w->run, c, "no rows in %s", list_join(w->run->memory, rows.left_empty.items, ", "));
    }
}

static bool has_rows_file(const walk *w, size_t version)
{
    const char *id = w->run->release->migrations.items[version - 1]->migration.id;
    return rows_file(w->run, id, ".sql") != NULL ||
           rows_file(w->run, id, arena_format(w->run->memory, ".%s.sql", w->run->suite->engine)) != NULL;
}

/* The walk's database anew, up to a version; with_rows: with those of the user on the way there. */
static bool begin_at(walk *w, size_t version, bool with_rows)
{
    test_run *run = w->run;
    if (w->at != NULL)
        test_drop(run, w->at);
    w->at = test_make(run, "walk");
    w->version = 0;
    if (w->at == NULL)
        return false;
    while (w->version < version) {
        size_t next = w->version + 1;
        while (next < version && !(with_rows && has_rows_file(w, next)))
            next++;
        const char *words = arena_format(run->memory, "up +%zu", next - w->version);
        if (test_run_command(run, w->at, words).code != 0)
            return false;
        w->version = next;
        test_check ignored = {0};
        if (with_rows && next < version && !carry_own_rows(w, &ignored))
            return false;
    }
    return true;
}

static bool declares_loss(const ast_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const ast_statement *s = list->items[i];
        if (s->undo_none || declares_loss(&s->then) || declares_loss(&s->otherwise))
            return true;
    }
    return false;
}

/* What the way down leaves behind as the language says it does (values of an enum), as a difference of two schemas. */
static const char *declared_difference(walk *w, const checked_migration *m)
{
    arena *a = w->run->memory;
    const schema *before = live_expected(a, &w->at->live, w->version);
    schema *after = schema_copy(a, live_expected(a, &w->at->live, w->version + 1));
    flow f = flow_begin(m->migration.down, m->migration.down_count, after->engine);
    for (const migen_step *s; (s = flow_next(&f)) != NULL;) {
        violation v = {0};
        if (flow_is_condition(s))
            flow_choose(&f, true);
        else
            (void)schema_apply(after, s, &v);
    }
    return live_difference(a, schema_dump(a, before), schema_dump(a, after));
}

/* What going up and down has changed that going down should have brought back. */
static void compare_down(walk *w, test_check *c, const checked_migration *m, const live_snapshot *before,
                         const live_snapshot *after)
{
    arena *a = w->run->memory;
    const char *difference = live_difference(a, before->schema, after->schema);
    if (difference != NULL && !text_equal(difference, declared_difference(w, m))) {
        test_fail(w->run, c, test_place_of_difference(a, m, difference),
                  "after up and down the schema (+) is another than it was before (-)");
        test_detail(c, difference, "the way down has to lead back: mend the `undo` or the `down` block");
        return;
    }
    if (m->data_lost_by_down || declares_loss(&m->file->statements))
        return; /* said in the migration, and by `migen check` */
    const char *lost = live_rows_lost(a, before, after);
    if (lost != NULL) {
        test_fail(w->run, c, test_place_of_down(m), "up and down lose rows or values that were there before");
        test_detail(c, lost, "the way down has to keep them; `undo none` says that it is meant so");
    }
}

/* up, down, up. False: the database is not where the next migration begins. */
static bool up_down_up(walk *w, test_check *c, const checked_migration *m)
{
    test_run *run = w->run;
    live_snapshot before, up, down, again;
    if (!test_look(run, c, w->at, w->version, &before))
        return false;
    test_command command = test_run_command(run, w->at, "up +1");
    if (command.code != 0) {
        test_fail_command(run, c, &command, "up, with rows in the tables");
        if (w->version > 0)
            test_detail(c, NULL,
                        arena_format(run->memory,
                                     "production may have such rows: fill or change them first. Where your "
                                     "application cannot have them, put rows of your own into tests/%s.sql",
                                     run->release->migrations.items[w->version - 1]->migration.id));
        return false;
    }
    if (!test_look(run, c, w->at, w->version + 1, &up))
        return false;
    if (m->migration.down_never != NULL) {
        test_note(run, c, "no way down");
        return true;
    }
    command = test_run_command(run, w->at, "down -1");
    if (command.code != 0) {
        test_fail_command(run, c, &command, "down");
        return false;
    }
    if (!test_look(run, c, w->at, w->version, &down))
        return false;
    compare_down(w, c, m, &before, &down);
    command = test_run_command(run, w->at, "up +1");
    if (command.code != 0) {
        test_fail_command(run, c, &command, "up after down");
        return false;
    }
    if (!test_look(run, c, w->at, w->version + 1, &again))
        return false;
    const char *difference = live_difference(run->memory, up.schema, again.schema);
    if (difference != NULL) {
        test_fail(run, c, test_place_of_difference(run->memory, m, difference),
                  "the schema after up, down and up (+) is another than after the first up (-)");
        test_detail(c, difference, NULL);
    }
    return true;
}

static bool step(walk *w)
{
    test_run *run = w->run;
    const checked_migration *m = run->release->migrations.items[w->version];
    test_check *c = test_begin(run, m->migration.id);
    make_rows(w, c);
    if (c->outcome == CHECK_PASSED && test_is_sampled(run, w->version) && !test_is_stopped()) {
        size_t next = w->version + 1;
        while (next < run->release->migrations.count && !test_is_sampled(run, next))
            next++;
        test_from_version(run, w->at, w->version);
        test_killed(run, w->at, w->version, next - w->version);
        test_check again = *c;
        *(c = test_begin(run, m->migration.id)) = again;
    }
    if (test_is_stopped() || run->e->code != STATUS_OK)
        return false;
    bool there = c->outcome == CHECK_PASSED && up_down_up(w, c, m);
    test_end(run, c);
    if (there) {
        w->version++;
        return true;
    }
    if (test_is_stopped())
        return false;
    /* What failed has left it half way, and rows may be what it failed at: the rest is walked all the same. */
    size_t next = w->version + 1;
    return begin_at(w, next, true) || begin_at(w, next, false);
}

void test_each(test_run *run)
{
    walk w = {.run = run};
    size_t count = run->release->migrations.count;
    bool good = begin_at(&w, test_first(run), true);
    while (good && w.version < count)
        good = step(&w);
    if (good && count > 0 && !test_is_stopped()) {
        test_check ignored = {0};
        make_rows(&w, &ignored);
        test_from_version(run, w.at, count);
    }
    if (w.version < count && !test_is_stopped() && run->e->code == STATUS_OK)
        test_skip(run, "the migrations behind it", "the one before cannot be got past", NULL);
    if (w.at != NULL)
        test_drop(run, w.at);
}

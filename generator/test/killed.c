/*
 * killed.c: SIGKILL at the points between two statements, then `up`: as if nobody had disturbed it.
 */
#include "test_parts.h"

#include "text.h"

/* Whether one of these migrations is in no transaction: a kill can leave something of it, and each point counts. */
static bool is_outside(const test_run *run, size_t version, size_t steps)
{
    for (size_t i = version; i < version + steps; i++)
        if (run->release->migrations.items[i]->migration.transaction_none)
            return true;
    return false;
}

/* The number of points that are tried of so many. */
static size_t points_to_try(const test_run *run, size_t version, size_t steps, size_t points)
{
    size_t count = run->release->migrations.count - test_first(run);
    size_t segments = count < MOST_VERSIONS ? count : MOST_VERSIONS;
    size_t most = segments == 0 ? MOST_KILLS : (MOST_KILLS + segments - 1) / segments;
    if (is_outside(run, version, steps))
        most = MOST_KILLS;
    return run->options->full || points < most ? points : most;
}

/* PostgreSQL's numbers go on behind what was rolled back: columns that count, and those that refer to them, do not count. */
static void ignore_numbers(test_run *run, const test_database *d, size_t version, map *ignored)
{
    const schema *s = live_expected(run->memory, &d->live, version);
    for (size_t i = 0; run->engine == MIGEN_POSTGRES && i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (s->tables.entries[i].removed)
            continue;
        const char *name = name_text(run->memory, t->name);
        for (size_t k = 0; k < t->columns.count; k++) {
            migen_type_kind kind = t->columns.items[k].type.kind;
            if (kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL)
                map_set(ignored, arena_format(run->memory, "%s.%s", name, t->columns.items[k].name), run);
        }
        for (size_t k = 0; k < t->constraints.count; k++)
            for (size_t n = 0; t->constraints.items[k].kind == MIGEN_FOREIGN_KEY &&
                               t->constraints.items[k].columns[n] != NULL;
                 n++)
                map_set(ignored, arena_format(run->memory, "%s.%s", name, t->constraints.items[k].columns[n]),
                        run);
    }
}

typedef struct segment {
    test_run *run;
    const test_database *at;
    size_t version, steps; /* from there, so many migrations */
    const char *words;
    live_snapshot undisturbed;
    map ignored;
    bool learned;
} segment;

/* How the end differs from the undisturbed one; NULL: not at all. *what names the part. */
static const char *compare_end(segment *s, const live_snapshot *end, const char **what)
{
    arena *a = s->run->memory;
    const char *difference = live_difference(a, s->undisturbed.schema, end->schema);
    *what = "schema";
    if (difference == NULL) {
        *what = "history";
        difference = live_difference(a, s->undisturbed.history, end->history);
    }
    if (difference != NULL)
        return difference;
    *what = "state of the rows";
    difference = live_rows_difference(a, &s->undisturbed, end, &s->ignored);
    if (difference == NULL || s->learned)
        return difference;
    s->learned = true;
    test_learn_volatile(s->run, s->at, s->words, s->version + s->steps, &s->undisturbed, &s->ignored);
    return live_rows_difference(a, &s->undisturbed, end, &s->ignored);
}

/* One kill, and `up`. */
static bool kill_at(segment *s, test_check *c, size_t point, size_t points)
{
    test_run *run = s->run;
    test_database *d = test_copy(run, s->at, "killed");
    if (d == NULL)
        return false;
    test_command killed = test_run_killed(run, d, s->words, point, NULL);
    run->report->kills += killed.code == 128 + 9;
    /* What is applied already does not count for +N: the rest is what the killed run was to do. */
    live_snapshot now;
    error e = error_new(run->memory);
    size_t left = s->steps;
    if (live_look(run->memory, &d->live, s->version, &now, &e) == STATUS_OK) {
        size_t entries = 0, before = 0;
        for (const char *x = now.history; *x != '\0'; x++)
            entries += *x == '\n';
        for (const char *x = s->undisturbed.history; *x != '\0'; x++)
            before += *x == '\n';
        left = before - entries;
    }
    test_command up = {0};
    if (left > 0)
        up = test_run_command(run, d, arena_format(run->memory, "up +%zu", left));
    const char *id = run->release->migrations.items[s->version]->migration.id;
    const char *when = arena_format(run->memory, "killed at point %zu of %zu of `%s` from %s on", point,
                                    points, s->words, id);
    live_snapshot end;
    bool good = up.code == 0 && test_look(run, c, d, s->version + s->steps, &end);
    if (up.code != 0)
        test_fail_command(run, c, &up, arena_format(run->memory, "%s; `up` after it", when));
    const char *what = NULL;
    const char *difference = good ? compare_end(s, &end, &what) : NULL;
    if (difference != NULL && !test_is_stopped()) {
        test_fail(run, c, test_place_of_raw(run->release->migrations.items[s->version]),
                  "%s; the next `up` ends with another %s (+) than without the kill (-)", when, what);
        test_detail(c, difference,
                    "steps outside a transaction need a condition: they may be carried out twice");
    }
    test_drop(run, d);
    return good && difference == NULL;
}

void test_killed(test_run *run, const test_database *at, size_t version, size_t steps)
{
    segment s = {.run = run, .at = at, .version = version, .steps = steps, .ignored = map_new(run->memory)};
    s.words = arena_format(run->memory, "up +%zu", steps);
    test_database *d = test_is_stopped() ? NULL : test_copy(run, at, "killed");
    size_t points = 0;
    if (d == NULL)
        return;
    test_command whole = test_run_killed(run, d, s.words, 0, &points);
    error e = error_new(run->memory);
    bool good = whole.code == 0 && points > 0 &&
                live_look(run->memory, &d->live, version + steps, &s.undisturbed, &e) == STATUS_OK;
    test_drop(run, d);
    if (!good)
        return; /* a migration that fails is said where it is tried by itself */
    ignore_numbers(run, at, version + steps, &s.ignored);
    size_t wanted = points_to_try(run, version, steps, points);
    for (size_t i = 0; i < wanted && !test_is_stopped() && run->e->code == STATUS_OK; i++) {
        test_tally_begin(run, &run->kills, "killed, then up: the same schema, rows and history");
        size_t point = wanted < 2 ? 1 : 1 + i * (points - 1) / (wanted - 1);
        test_tally_end(run, &run->kills, kill_at(&s, run->kills.check, point, points));
    }
    run->kills.of += points;
}

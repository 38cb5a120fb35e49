/*
 * random_history.c: random valid histories, carried out on both engines.
 *
 * For each   up: each database has the schema that the model says; down to base: nothing is left; up again: the same.
 * A failing history is made smaller, one step less at a time for as long as it still fails, and printed.
 * Usage      random_history [HISTORIES [FIRST_SEED [sqlite|postgres]]]
 */
#include "matrix_bench.h"
#include "random_step.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_LONGEST 30
#define MIGRATIONS_MOST 4

typedef struct history_step {
    migen_step step;
    size_t migration;
} history_step;

typedef VECTOR(history_step) random_steps;

static const migen_engine both_engines[] = {MIGEN_POSTGRES, MIGEN_SQLITE};

/* Whether the step can be done in both models, and taken back in both; they have it then. */
static bool history_accept(arena *a, schema *models[2], const migen_step *step)
{
    schema *after[2];
    for (size_t i = 0; i < 2; i++) {
        violation v = {0};
        step_list back = {0};
        const char *why = NULL;
        if (!schema_inverse(models[i], step, a, &back, &why))
            return false;
        after[i] = schema_copy(a, models[i]);
        if (schema_apply(after[i], step, &v) != VIOLATION_NONE)
            return false;
    }
    models[0] = after[0];
    models[1] = after[1];
    return true;
}

static void history_models(arena *a, schema *models[2])
{
    for (size_t i = 0; i < 2; i++)
        models[i] = schema_new(a, both_engines[i]);
}

static random_steps history_random(arena *a, uint64_t seed)
{
    random_state r = {.seed = seed * 7919};
    random_steps steps = {0};
    schema *models[2];
    history_models(a, models);
    size_t wanted = 1 + random_below(&r, HISTORY_LONGEST);
    size_t migrations = 1 + random_below(&r, MIGRATIONS_MOST);
    for (size_t tries = 0; steps.count < wanted && tries < wanted * 10; tries++) {
        history_step s = {.migration = steps.count * migrations / wanted};
        if (random_step(&r, a, models[0], &s.step) && history_accept(a, models, &s.step))
            vector_push(a, &steps, s);
    }
    return steps;
}

/* The steps that can be done one after the other; others that needed a missing one are left out. */
static random_steps history_without(arena *a, const random_steps *steps, size_t left_out)
{
    random_steps kept = {0};
    schema *models[2];
    history_models(a, models);
    for (size_t i = 0; i < steps->count; i++)
        if (i != left_out && history_accept(a, models, &steps->items[i].step))
            vector_push(a, &kept, steps->items[i]);
    return kept;
}

static const char *history_check(bench *b, const migen_release *release, const char *when)
{
    const char *differences = bench_differences(b, release);
    if (*differences != '\0')
        return arena_format(b->memory, "%s: the database is not what the model says:\n%s", when, differences);
    return NULL;
}

/* Types that are one to SQLite need no change there. */
static size_t history_skipped(const bench *b, const bench_result *r)
{
    size_t harmless = 0;
    for (const char *at = r->log; b->engine == MIGEN_SQLITE && (at = strstr(at, ", already so\n")) != NULL;
         at++)
        harmless++;
    for (const char *at = r->log; (at = strstr(at, "\n  skipped  view ")) != NULL; at++)
        harmless++; /* a view that is made again with the text that it has */
    return r->counts[OUTCOME_SKIPPED] - harmless;
}

static const char *history_run(bench *b, const migen_release *release, bench_action action, const char *goal,
                               const char *when)
{
    bench_result r = bench_run(b, release, action, goal, false);
    if (r.code != STATUS_OK)
        return arena_format(b->memory, "%s: %s\n%s", when, r.message, r.log);
    if (r.counts[OUTCOME_DIFFERS] != 0 || history_skipped(b, &r) != 0)
        return arena_format(b->memory, "%s: a step is skipped, or differs:\n%s", when, r.log);
    return action == engine_up ? history_check(b, release, when) : NULL;
}

/* NULL when all is well; else what is not, in the bench's memory. */
static const char *history_fails(bench *b, const random_steps *steps)
{
    bench_begin(b);
    step_list migrations[MIGRATIONS_MOST] = {{0}};
    size_t count = 0;
    for (size_t i = 0; i < steps->count; i++) {
        if (i == 0 || steps->items[i].migration != steps->items[i - 1].migration)
            count++;
        vector_push(b->memory, &migrations[count - 1], steps->items[i].step);
    }
    const char *wrong = NULL;
    const migen_release *release = bench_release(b, migrations, count, &wrong);
    if (wrong == NULL)
        wrong = history_run(b, release, engine_up, NULL, "up");
    if (wrong != NULL || count == 0)
        return wrong;
    const char *first = bench_dump(b, release, false);
    wrong = history_run(b, release, engine_down, "base", "down");
    if (wrong == NULL) {
        const char *dump = bench_dump(b, release, false);
        if (*dump != '\0')
            return arena_format(b->memory, "down: something is left:\n%s", dump);
        wrong = history_run(b, release, engine_up, NULL, "up again");
    }
    const char *second = bench_dump(b, release, false);
    if (wrong == NULL && !text_equal(first, second))
        wrong =
            arena_format(b->memory, "up again: another schema than the first time:\n--- first\n%s--- now\n%s",
                         first, second);
    return wrong;
}

static void history_print(arena *a, const random_steps *steps, migen_engine engine)
{
    schema *s = schema_new(a, engine);
    for (size_t i = 0; i < steps->count; i++) {
        const migen_step *step = &steps->items[i].step;
        if (i > 0 && steps->items[i].migration != steps->items[i - 1].migration)
            printf("  -- the next migration\n");
        printf("  %s%s", step_words(a, step), step->cascade ? " cascade" : "");
        if (step->new_name != NULL)
            printf(" to %s", name_part_text(a, step->new_name));
        if (step->sql != NULL)
            printf(" as { %s }", step->sql[0]);
        if (step->constraint != NULL)
            printf(": %s", constraint_text(a, step->constraint));
        if (step->index != NULL)
            printf(": %s", index_text(a, step->index));
        for (size_t k = 0; k < step->column_count; k++)
            printf("%s %s%s", k == 0 ? ":" : ",", column_text(a, &step->columns[k]),
                   step->columns[k].references != NULL ? " -> …" : "");
        if (step->alteration != NULL && step->alteration->set_type)
            printf(" type %s", type_text(a, step->alteration->type));
        if (step->alteration != NULL)
            printf("%s%s%s%s%s", step->alteration->set_not_null ? " not null" : "",
                   step->alteration->drop_not_null ? " null" : "",
                   step->alteration->default_value != NULL ? " default " : "",
                   step->alteration->default_value != NULL ? step->alteration->default_value : "",
                   step->alteration->drop_default ? " drop default" : "");
        printf("\n");
        violation v = {0};
        (void)schema_apply(s, step, &v);
        const char *made = step->table != NULL ? step->table->name : NULL;
        if (made != NULL && schema_find_table(s, made) != NULL) {
            schema *alone = schema_new(a, engine);
            map_set(&alone->tables, made, schema_find_table(s, made));
            printf("%s", schema_dump(a, alone));
        }
    }
}

/* Takes out one step after the other for as long as it still fails, and prints what is left. */
static void history_shrink(bench *b, arena *a, uint64_t seed, random_steps steps)
{
    bool smaller = true;
    while (smaller) {
        smaller = false;
        for (size_t i = steps.count; i-- > 0 && !smaller;) {
            random_steps fewer = history_without(a, &steps, i);
            if (fewer.count >= steps.count || history_fails(b, &fewer) == NULL)
                continue;
            steps = fewer;
            smaller = true;
        }
    }
    const char *wrong = history_fails(b, &steps);
    printf("FAILED seed %llu on %s, %zu steps are enough:\n", (unsigned long long)seed,
           b->engine == MIGEN_POSTGRES ? "PostgreSQL" : "SQLite", steps.count);
    history_print(a, &steps, b->engine);
    printf("%s\n", wrong == NULL ? "(and now it does not fail)" : wrong);
}

int main(int count, char **words)
{
    unsigned long histories = count > 1 ? strtoul(words[1], NULL, 10) : 300;
    unsigned long first = count > 2 ? strtoul(words[2], NULL, 10) : 1;
    bench benches[2];
    bool there[2];
    size_t failures = 0, steps_in_all = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < 2; i++) {
        bool wanted = count < 4 || text_equal(words[3], i == 0 ? "postgres" : "sqlite");
        there[i] = wanted && bench_open(&benches[i], both_engines[i]);
        if (!there[i])
            printf("left out: %s\n", i == 0 ? "PostgreSQL" : "SQLite");
    }
    for (unsigned long seed = first; seed < first + histories; seed++) {
        arena *a = arena_new();
        random_steps steps = history_random(a, seed);
        steps_in_all += steps.count;
        for (size_t i = 0; i < 2; i++) {
            if (!there[i] || history_fails(&benches[i], &steps) == NULL)
                continue;
            failures++;
            history_shrink(&benches[i], a, seed, steps);
        }
        arena_free(a);
    }
    for (size_t i = 0; i < 2; i++)
        if (there[i])
            bench_close(&benches[i]);
    printf("random histories: %lu of %zu steps in all, %zu failures\n", histories, steps_in_all, failures);
    return failures == 0 ? 0 : 1;
}

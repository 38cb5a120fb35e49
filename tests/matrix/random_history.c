/*
 * random_history.c: random valid histories, carried out on both engines.
 *
 * For each   up to some migration, rows into all tables, up to the end: each database has the schema that the model says,
 *            and the rows that it had. Up again writes nothing. On SQLite each step as a migration of its own, where no
 *            rebuilds are joined, comes to the same rows. Down to the migration with rows, where they let it; down to base
 *            without rows: nothing is left; up again: the same schema.
 *            Rows may forbid a step (NOT NULL, UNIQUE …): then it is refused, on SQLite with everything as it was, and done
 *            once the rows are gone.
 * A failing history is made smaller, one step less at a time for as long as it still fails, and printed.
 * Usage      random_history [HISTORIES [FIRST_SEED [sqlite|postgres]]]
 */
#include "history_rows.h"
#include "matrix_bench.h"
#include "random_step.h"

#include "sql_normal.h"
#include "sql_writer.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_LONGEST 30
#define MIGRATIONS_MOST 4

/* What stands around a step. All of these are carried out. */
typedef enum history_wrap {
    WRAP_NOTHING,
    WRAP_IF,     /* if table there { … } */
    WRAP_IF_NOT, /* if not table nowhere { … } */
    WRAP_ELSE,   /* if table nowhere { say } else { … } */
    WRAP_SQL,    /* if { SELECT … } { … } */
    WRAP_ON,     /* on engine { … } */
    WRAP_COUNT
} history_wrap;

typedef struct history_step {
    migen_step step;
    size_t migration;
    unsigned engines;         /* on which it is a step at all */
    const char *const *needs; /* of what no model looks into, expressions and data: table, column, table … */
    history_wrap wrap;
    migen_kind asked; /* of the wrap: what, and which */
    const char *asked_object, *asked_part;
} history_step;

#include "found_histories.h"

typedef VECTOR(history_step) random_steps;
typedef VECTOR(const char *) string_list;

static const migen_engine both_engines[] = {MIGEN_POSTGRES, MIGEN_SQLITE};

static struct {
    size_t rows, refused, kept_down, refused_down, engine_steps, refused_data;
    size_t operations[MIGEN_OPERATION_COUNT];
} totals;

/* Why no history has a step of this operation; NULL where all together must have some. */
static const char *history_never(migen_operation operation)
{
    switch (operation) {
    case MIGEN_GIVEN_TABLE:
        return "somebody else's, which no history makes: the matrix has it";
    case MIGEN_CALL:
        return "a project's C: tests/scenario/call.sh";
    case MIGEN_IF_TAKEN:
        return "a row of derived ways down: tests/scenario/language.sh";
    default:
        return NULL;
    }
}

/* column NULL: the table or view as a whole; "()": a function */
static void history_add_need(arena *a, const char *object, const char *column, string_list *needs)
{
    vector_push(a, needs, arena_string(a, object));
    vector_push(a, needs, column == NULL ? "" : arena_string(a, column));
}

/* What an expression or a view's text names of the model: table, column, table … */
static void history_add_needs(arena *a, const schema *s, const char *text, const char *only,
                              string_list *needs)
{
    for (size_t i = 0; text != NULL && i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].removed ? NULL : s->tables.entries[i].value;
        if (t == NULL ||
            (only == NULL ? !sql_mentions(text, t->name.name, s->engine) : schema_find_table(s, only) != t))
            continue;
        history_add_need(a, name_text(a, t->name), NULL, needs);
        for (size_t k = 0; k < t->columns.count; k++)
            if (sql_mentions(text, t->columns.items[k].name, s->engine)) {
                history_add_need(a, name_text(a, t->name), t->columns.items[k].name, needs);
            }
    }
    for (size_t i = 0; text != NULL && only == NULL && i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].removed ? NULL : s->views.entries[i].value;
        if (view != NULL && sql_mentions(text, view->name.name, s->engine))
            history_add_need(a, name_text(a, view->name), NULL, needs);
    }
}

static void history_add_columns(arena *a, const char *object, const char *const *columns, string_list *needs)
{
    for (; columns != NULL && *columns != NULL; columns++)
        history_add_need(a, object, *columns, needs);
}

static const char *const *history_needs(arena *a, const schema *s, const migen_step *step)
{
    string_list needs = {0};
    if (step->operation == MIGEN_CREATE_VIEW || step->operation == MIGEN_CREATE_MATERIALIZED_VIEW)
        history_add_needs(a, s, step->sql[0], NULL, &needs);
    for (size_t i = 0; step->operation == MIGEN_CREATE_TRIGGER && i < s->functions.count; i++) {
        const schema_function *f = s->functions.entries[i].removed ? NULL : s->functions.entries[i].value;
        sql_writer called = sql_new(a);
        if (f != NULL)
            sql_object(&called, f->name);
        if (f != NULL && strstr(step->sql[0], sql_text(&called)) != NULL)
            history_add_need(a, name_text(a, f->name), "()", &needs);
    }
    if (step->operation == MIGEN_RUN) {
        history_add_needs(a, s, step->sql[0], NULL, &needs);
        history_add_needs(a, s, step->when != NULL ? step->when : step->unless, NULL, &needs);
    }
    if (step->seed != NULL)
        history_add_columns(a, step->object, step->seed->columns, &needs);
    if (step->backfill != NULL) {
        history_add_columns(a, step->object, step->backfill->columns, &needs);
        if (step->backfill->by != NULL)
            history_add_columns(a, step->object, (const char *const[]){step->backfill->by, NULL}, &needs);
    }
    if (step->operation == MIGEN_MIGRATION_SUMMARY)
        history_add_need(a, step->object, NULL, &needs);
    if (step->constraint != NULL)
        history_add_needs(a, s, step->constraint->expression, step->object, &needs);
    if (step->index != NULL)
        history_add_needs(a, s, step->index->where, step->object, &needs);
    for (size_t i = 0; step->index != NULL && i < step->index->item_count; i++)
        history_add_needs(a, s, step->index->items[i].expression, step->object, &needs);
    vector_push(a, &needs, NULL);
    return needs.items;
}

static bool history_has(const schema *s, const char *const *needs)
{
    for (size_t i = 0; needs != NULL && needs[i] != NULL; i += 2) {
        const schema_table *t = schema_find_table(s, needs[i]);
        if (text_equal(needs[i + 1], "()")) {
            if (schema_find_function(s, needs[i]) == NULL)
                return false;
            continue;
        }
        bool view = t == NULL && schema_find_view(s, needs[i]) != NULL;
        if (*needs[i + 1] == '\0' ? t == NULL && !view
                                  : t == NULL || table_find_column(t, needs[i + 1]) == NULL)
            return false;
    }
    return true;
}

/* A name in a schema, which PostgreSQL alone has. */
static bool history_has_schema(arena *a, const migen_step *step)
{
    const char *object = step->table != NULL ? step->table->name : step->object;
    bool has = object != NULL && name_parse(a, object).schema != NULL;
    for (size_t i = 0; i < step->column_count; i++)
        has = has || (step->columns[i].type.name != NULL &&
                      name_parse(a, step->columns[i].type.name).schema != NULL);
    return has;
}

/* Whether `ensure table` says what this engine's model has as it is there: steps of one engine alone, or ones that are left out
 * when a history is shrunk, may have changed it, and then a difference is due. */
static bool history_says_as_it_is(arena *a, const schema *model, const migen_step *step)
{
    const migen_table *wanted = step->table;
    const schema_table *t =
        step->operation == MIGEN_ENSURE_TABLE ? schema_find_table(model, wanted->name) : NULL;
    if (t == NULL)
        return true;
    const migen_table *there = schema_table_definition(a, t);
    bool same = true;
    for (size_t i = 0; i < there->column_count; i++)
        for (size_t k = 0; k < wanted->column_count; k++)
            same =
                same && (!text_equal(there->columns[i].name, wanted->columns[k].name) ||
                         text_equal(column_text(a, &there->columns[i]), column_text(a, &wanted->columns[k])));
    for (size_t i = 0; i < there->constraint_count; i++)
        for (size_t k = 0; k < wanted->constraint_count; k++)
            same = same && (!text_equal(there->constraints[i].name, wanted->constraints[k].name) ||
                            text_equal(constraint_text(a, &there->constraints[i]),
                                       constraint_text(a, &wanted->constraints[k])));
    for (size_t i = 0; i < there->index_count; i++)
        for (size_t k = 0; k < wanted->index_count; k++)
            same =
                same && (!text_equal(there->indexes[i].name, wanted->indexes[k].name) ||
                         text_equal(index_text(a, &there->indexes[i]), index_text(a, &wanted->indexes[k])));
    return same;
}

/* A function with the text that it has: the run says that it is there already. */
static bool history_replaces_nothing(const schema *model, const migen_step *step)
{
    const schema_function *there =
        step->operation == MIGEN_CREATE_FUNCTION ? schema_find_function(model, step->object) : NULL;
    return there != NULL && text_equal(there->sql, step->sql[0]);
}

/* Whether the step can be done in the models of its engines, and taken back there; they have it then. */
static bool history_accept(arena *a, schema *models[2], const history_step *wanted)
{
    const migen_step *step = &wanted->step;
    schema *after[2] = {models[0], models[1]};
    for (size_t i = 0; i < 2; i++) {
        if ((wanted->engines & (unsigned)both_engines[i]) == 0)
            continue;
        if (!history_has(models[i], wanted->needs) || !history_says_as_it_is(a, models[i], step) ||
            history_replaces_nothing(models[i], step) ||
            (wanted->wrap == WRAP_IF &&
             !schema_has(models[i], wanted->asked, wanted->asked_object, wanted->asked_part)))
            return false;
        violation v = {0};
        step_list back = {0};
        const char *why = NULL;
        if (step->operation != MIGEN_RUN && !schema_inverse(models[i], step, a, &back, &why))
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

/* What is asked of: a table, a column or an enum that is there. */
static void history_ask(random_state *r, const schema *s, history_step *step)
{
    const map *map = random_below(r, 4) == 0 ? &s->enums : &s->tables;
    const map_entry *entry = map->count == 0 ? NULL : &map->entries[random_below(r, (unsigned)map->count)];
    if (entry == NULL || entry->removed) {
        step->wrap = WRAP_SQL;
        return;
    }
    const schema_table *t = map == &s->enums ? NULL : entry->value;
    step->asked_object = entry->key;
    step->asked = t == NULL ? MIGEN_KIND_ENUM : MIGEN_KIND_TABLE;
    if (t != NULL && t->columns.count != 0 && random_below(r, 2) == 0) {
        step->asked = MIGEN_KIND_COLUMN;
        step->asked_part = t->columns.items[random_below(r, (unsigned)t->columns.count)].name;
    }
}

static void history_wrap_step(random_state *r, const schema *s, history_step *step)
{
    if (random_below(r, 12) != 0)
        return;
    step->wrap = (history_wrap)random_below(r, WRAP_COUNT);
    if (step->wrap == WRAP_IF)
        history_ask(r, s, step);
}

/* The rows of a step: itself, or with what stands around it. */
static void history_rows(arena *a, const history_step *s, step_list *rows, unsigned *branches)
{
    static const migen_step says = {.operation = MIGEN_SAY, .text = "this is not said"};
    static const migen_step otherwise = {.operation = MIGEN_ELSE};
    migen_step begins = {.operation = MIGEN_IF_EXISTS,
                         .kind = MIGEN_KIND_TABLE,
                         .object = "nowhere",
                         .negated = s->wrap == WRAP_IF_NOT};
    migen_step ends = {.operation = s->wrap == WRAP_ON ? MIGEN_END_ON : MIGEN_END_IF};
    if (s->wrap == WRAP_IF) {
        begins.kind = s->asked;
        begins.object = s->asked_object;
        begins.part = s->asked_part;
    } else if (s->wrap == WRAP_SQL) {
        begins = (migen_step){.operation = MIGEN_IF_SQL, .when = "SELECT 1"};
    } else if (s->wrap == WRAP_ON) {
        begins = (migen_step){.operation = MIGEN_ON_ENGINE, .engines = s->engines};
    }
    begins.branch = s->wrap == WRAP_ON ? 0 : ++*branches;
    if (s->wrap != WRAP_NOTHING)
        vector_push(a, rows, begins);
    if (s->wrap == WRAP_ELSE) {
        vector_push(a, rows, says);
        vector_push(a, rows, otherwise);
    }
    vector_push(a, rows, s->step);
    if (s->wrap != WRAP_NOTHING)
        vector_push(a, rows, ends);
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
        history_step s = {.migration = steps.count * migrations / wanted,
                          .engines = MIGEN_POSTGRES | MIGEN_SQLITE};
        size_t own = random_below(&r, 8); /* now and then what one engine alone has, or is asked for */
        bool made = own < 2 ? random_engine_step(&r, a, models[own], &s.step)
                            : random_step(&r, a, models[0], &s.step);
        if (own < 2)
            s.engines = (unsigned)both_engines[own];
        else if (made && history_has_schema(a, &s.step))
            s.engines = MIGEN_POSTGRES;
        s.needs = made ? history_needs(a, models[own < 2 ? own : 0], &s.step) : NULL;
        history_wrap_step(&r, models[own < 2 ? own : 0], &s);
        bool accepted = made && history_accept(a, models, &s);
        if (made && !accepted && own >= 2) { /* a table in a schema, or what the other one refuses */
            s.engines = MIGEN_POSTGRES;
            accepted = history_accept(a, models, &s);
        }
        if (accepted)
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
        if (i != left_out && history_accept(a, models, &steps->items[i]))
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
    if (strstr(r->log, "where an earlier run was interrupted") != NULL)
        return 0; /* rows forbade its end: what it had done is there */
    for (const char *at = r->log; b->engine == MIGEN_SQLITE && (at = strstr(at, ", already so\n")) != NULL;
         at++)
        harmless++;
    for (const char *at = r->log; (at = strstr(at, "\n  skipped  view ")) != NULL; at++)
        harmless++; /* a view that is made again with the text that it has */
    for (const char *at = r->log; (at = strstr(at, "\n  skipped  enum value ")) != NULL; at++)
        harmless++; /* no way down takes one back */
    for (const char *at = r->log; (at = strstr(at, ", its condition does not hold\n")) != NULL; at++)
        harmless++;
    for (const char *at = r->log; (at = strstr(at, ", all rows are there\n")) != NULL; at++)
        harmless++;
    return r->counts[OUTCOME_SKIPPED] - harmless;
}

/* Whether it was the rows that a step could not be done with. */
static bool history_refused(const bench_result *r)
{
    static const char *const words[] = {"constraint failed",
                                        "violates",
                                        "is violated",
                                        "contains null values",
                                        "would be broken",
                                        "holds numbers only",
                                        "could not create unique index",
                                        "is duplicated"};
    for (size_t i = 0; r->code == STATUS_FAILED && i < sizeof words / sizeof *words; i++)
        if (strstr(r->message, words[i]) != NULL)
            return true;
    /* 22P02, 22007, 22001, 22003: values that the type of the version to go to does not hold */
    return r->code == STATUS_FAILED && strstr(r->message, " TYPE ") != NULL &&
           (strstr(r->message, "invalid input syntax for type") != NULL ||
            strstr(r->message, "invalid input value for enum") != NULL ||
            strstr(r->message, "value too long for type") != NULL ||
            strstr(r->message, "out of range") != NULL);
}

static const char *history_run(bench *b, const migen_release *release, bench_action action, const char *goal,
                               const char *when, bool *refused)
{
    bench_result r = bench_run(b, release, action, goal, false);
    if (refused != NULL) {
        *refused = history_refused(&r);
        if (*refused)
            return NULL;
    }
    if (r.code != STATUS_OK)
        return arena_format(b->memory, "%s: %s\n%s", when, r.message, r.log);
    bool turned =
        strstr(r.log, "its way down was begun by") != NULL; /* rows forbade it: what stands is skipped */
    if (r.counts[OUTCOME_DIFFERS] != 0 || (!turned && history_skipped(b, &r) != 0))
        return arena_format(b->memory, "%s: a step is skipped, or differs:\n%s", when, r.log);
    return action == engine_up ? history_check(b, release, when) : NULL;
}

typedef struct history_play {
    bench *b;
    const random_steps *steps;
    size_t migrations, with_rows; /* how many; behind which one the rows are put in (0: none) */
    const migen_release *release;
    schema *models[2]; /* when the rows are put in, and at the end */
    watch_list rows;
    const char *content; /* of all tables, at the end; NULL: the rows forbade it */
    bool seeds;          /* rows come with the steps too */
    bool forbidden;      /* and those forbid a later step: the history cannot be played to its end */
} history_play;

static const char *history_id(history_play *p, size_t number)
{
    return arena_format(p->b->memory, "m%zu", number);
}

/* The release; singly: each step behind the rows is a migration of its own. */
static const char *history_release(history_play *p, bool singly)
{
    bench *b = p->b;
    size_t total = p->steps->count + 1, count = 0, last = (size_t)-1;
    step_list *migrations = ARENA_NEW_ARRAY(b->memory, step_list, total);
    const char *wrong = NULL;
    unsigned branches = 0;
    for (size_t i = 0; i < p->steps->count; i++) {
        const history_step *s = &p->steps->items[i];
        if ((s->engines & (unsigned)b->engine) == 0)
            continue;
        if (s->migration != last || (singly && count > p->with_rows)) {
            count++;
            branches = 0;
        }
        last = s->migration;
        p->seeds = p->seeds || s->step.operation == MIGEN_SEED;
        history_rows(b->memory, s, &migrations[count - 1], &branches);
    }
    p->migrations = count;
    p->with_rows = p->with_rows < count ? p->with_rows : count;
    p->release = bench_release(b, migrations, count, &wrong);
    for (size_t k = 0; k < 2; k++)
        p->models[k] = schema_new(b->memory, b->engine);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < migrations[m].count; i++) {
            violation v = {0};
            if (m < p->with_rows)
                (void)schema_apply(p->models[0], &migrations[m].items[i], &v);
            (void)schema_apply(p->models[1], &migrations[m].items[i], &v);
        }
    return wrong;
}

/* What is watched, behind the steps from the rows to the end. */
static void history_follow(history_play *p)
{
    bench *b = p->b;
    schema *s = schema_copy(b->memory, p->models[0]);
    for (size_t m = p->with_rows; m < p->release->migration_count; m++)
        for (size_t i = 0; i < p->release->migrations[m]->up_count; i++) {
            violation v = {0};
            const migen_step *step = &p->release->migrations[m]->up[i];
            schema *before = schema_copy(b->memory, s);
            (void)schema_apply(s, step, &v);
            rows_follow(b, &p->rows, before, s, step);
        }
}

/* A run that rows may forbid only where a seed has put them in: then there is nothing more to be seen. */
static const char *history_go(history_play *p, bench_action action, const char *goal, const char *when)
{
    bool refused = false;
    const char *wrong = history_run(p->b, p->release, action, goal, when, p->seeds ? &refused : NULL);
    p->forbidden = p->forbidden || refused;
    totals.refused_data += refused ? 1 : 0;
    return wrong;
}

/* Up to the end, with rows put in on the way. */
static const char *history_up(history_play *p, bool singly)
{
    bench *b = p->b;
    bool refused = false;
    bench_begin(b);
    p->content = NULL;
    const char *wrong = history_release(p, singly);
    if (wrong == NULL && p->with_rows != 0)
        wrong = history_go(p, engine_up, history_id(p, p->with_rows), "up to the rows");
    if (wrong != NULL || p->migrations == 0 || p->forbidden)
        return wrong;
    p->rows = p->with_rows == 0 ? (watch_list){0} : rows_insert(b, p->models[0]);
    const char *before = rows_of_all(b, p->models[0]);
    wrong = history_run(b, p->release, engine_up, NULL, "up", &refused);
    if (wrong == NULL && refused) {
        totals.refused += singly ? 0 : 1;
        if (b->engine == MIGEN_SQLITE && !text_equal(before, rows_of_all(b, p->models[0])))
            return arena_format(b->memory,
                                "up was refused, and the rows are not what they were:\n%s\nnow\n%s", before,
                                rows_of_all(b, p->models[0]));
        rows_delete(b);
        return history_go(p, engine_up, NULL, "up without the rows that forbade it");
    }
    if (wrong != NULL)
        return wrong;
    history_follow(p);
    totals.rows += p->rows.rows;
    p->content = rows_of_all(b, p->models[1]);
    wrong = rows_lost(b, &p->rows, false);
    bench_result again = bench_run(b, p->release, engine_up, NULL, false);
    if (wrong == NULL && (again.code != STATUS_OK || again.writes != 0))
        wrong = arena_format(b->memory, "up again: %s\n%s", again.message, again.log);
    return wrong;
}

/* Down to where the rows were put in, if they let it: what came through all is there. */
static const char *history_down_with_rows(history_play *p)
{
    bool refused = false;
    if (p->content == NULL || p->forbidden || p->with_rows == 0 || p->with_rows == p->migrations)
        return NULL;
    const char *wrong =
        history_run(p->b, p->release, engine_down, history_id(p, p->with_rows), "down with rows", &refused);
    if (wrong != NULL || refused) {
        totals.refused_down += refused ? 1 : 0;
        return wrong;
    }
    totals.kept_down++;
    return rows_lost(p->b, &p->rows, true);
}

/* The same step by step, where nothing can be joined. */
static const char *history_singly(bench *b, history_play *first)
{
    history_play p = *first;
    const char *content = first->content;
    arena *kept = b->memory; /* bench_begin would take what is compared */
    b->memory = arena_new();
    const char *wrong = history_up(&p, true);
    if (wrong != NULL)
        wrong = arena_format(kept, "step by step: %s", wrong);
    else if (p.content != NULL && !p.forbidden && !text_equal(p.content, content))
        wrong = arena_format(kept, "step by step, other rows:\n%s\ninstead of\n%s", p.content, content);
    arena_free(b->memory);
    b->memory = kept;
    return wrong;
}

/* NULL when all is well; else what is not, in the bench's memory. */
static const char *history_fails(bench *b, const random_steps *steps)
{
    size_t last = steps->count == 0 ? 0 : steps->items[steps->count - 1].migration + 1;
    history_play p = {.b = b, .steps = steps, .with_rows = last / 2};
    const char *wrong = history_up(&p, false);
    if (wrong == NULL)
        wrong = history_down_with_rows(&p);
    if (wrong != NULL || p.migrations == 0 || p.forbidden)
        return wrong;
    rows_delete(b);
    wrong = history_go(&p, engine_up, NULL, "up, without rows");
    if (wrong != NULL || p.forbidden)
        return wrong;
    const char *first = bench_dump(b, p.release, false);
    rows_delete(b); /* what seeds have put in */
    wrong = history_run(b, p.release, engine_down, "base", "down", NULL);
    if (wrong == NULL) {
        const char *dump = bench_dump(b, p.release, false);
        if (*dump != '\0')
            return arena_format(b->memory, "down: something is left:\n%s", dump);
        wrong = history_go(&p, engine_up, NULL, "up again");
    }
    if (wrong != NULL || p.forbidden)
        return wrong;
    const char *second = bench_dump(b, p.release, false);
    if (!text_equal(first, second))
        wrong =
            arena_format(b->memory, "up again: another schema than the first time:\n--- first\n%s--- now\n%s",
                         first, second);
    if (wrong == NULL && b->engine == MIGEN_SQLITE && p.content != NULL)
        wrong = history_singly(b, &p);
    return wrong;
}

static void history_print(arena *a, const random_steps *steps, migen_engine engine)
{
    schema *s = schema_new(a, engine);
    for (size_t i = 0; i < steps->count; i++) {
        const migen_step *step = &steps->items[i].step;
        if ((steps->items[i].engines & (unsigned)engine) == 0)
            continue;
        if (i > 0 && steps->items[i].migration != steps->items[i - 1].migration)
            printf("  -- the next migration\n");
        static const char *const wraps[] = {"",        "if ",       "if not nowhere ", "if nowhere else ",
                                            "if sql ", "on engine "};
        const char *asked = steps->items[i].asked_object;
        printf("  %s%s%s%s%s", wraps[steps->items[i].wrap], asked == NULL ? "" : asked,
               asked == NULL ? "" : ": ", step_words(a, step), step->cascade ? " cascade" : "");
        if (step->seed != NULL)
            printf(": %s (%s) %zu rows%s", step->object, list_join(a, step->seed->columns, ", "),
                   step->seed->row_count, step->seed->update ? " update" : "");
        if (step->backfill != NULL)
            printf(": %s where %s", list_join(a, step->backfill->columns, ", "), step->backfill->where);
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
        if (step->alteration != NULL && step->alteration->backfill != NULL)
            printf(" backfill %s", step->alteration->backfill);
        if (step->alteration != NULL && step->alteration->using_expression != NULL)
            printf(" using %s", step->alteration->using_expression);
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
            schema_put_table(alone, name_parse(a, made), schema_table_copy(a, schema_find_table(s, made)));
            printf("%s", schema_dump(a, alone));
        }
    }
}

/* Takes out one step after the other for as long as it still fails, and prints what is left. */
/* first: how all of it fails; a part of it may fail of something else. */
static void history_shrink(bench *b, arena *a, uint64_t seed, random_steps steps, const char *first)
{
    bool smaller = true;
    printf("seed %llu fails whole: %s\n", (unsigned long long)seed, first);
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

static void history_count(const random_steps *steps)
{
    arena *a = arena_new();
    for (size_t i = 0; i < steps->count; i++) {
        step_list rows = {0};
        unsigned branches = 0;
        totals.engine_steps += steps->items[i].engines != (MIGEN_POSTGRES | MIGEN_SQLITE) ? 1 : 0;
        history_rows(a, &steps->items[i], &rows, &branches);
        for (size_t k = 0; k < rows.count; k++)
            totals.operations[rows.items[k].operation]++;
    }
    arena_free(a);
}

/* How often each operation of ops.def was a step; false where one that can be was none, in as many histories as CI has. */
static bool history_tell_operations(unsigned long histories)
{
    bool all = true;
    printf("steps:");
    for (int operation = MIGEN_NOTHING + 1; operation < MIGEN_OPERATION_COUNT; operation++) {
        const char *words = operation_words((migen_operation)operation);
        const char *why = history_never((migen_operation)operation);
        if (why == NULL)
            printf(" %s %zu;", words, totals.operations[operation]);
        if (why == NULL && totals.operations[operation] == 0 && histories >= 300) {
            printf("\nFAILED no history has a step \"%s\"\nsteps:", words);
            all = false;
        }
    }
    printf("\n");
    for (int operation = MIGEN_NOTHING + 1; operation < MIGEN_OPERATION_COUNT; operation++)
        if (history_never((migen_operation)operation) != NULL)
            printf("left out: %s: %s\n", operation_words((migen_operation)operation),
                   history_never((migen_operation)operation));
    return all;
}

/* The small histories that are kept, because a random one has failed by them once. */
static size_t history_play_found(bench *b)
{
    size_t failures = 0;
    for (size_t i = 0; i < sizeof found_histories / sizeof *found_histories; i++) {
        arena *a = arena_new();
        random_steps given = {0};
        for (size_t k = 0; k < found_histories[i].count; k++) {
            history_step step = found_histories[i].steps[k];
            step.engines = step.engines == 0 ? MIGEN_POSTGRES | MIGEN_SQLITE : step.engines;
            vector_push(a, &given, step);
        }
        random_steps steps = history_without(a, &given, given.count);
        const char *wrong = steps.count == given.count ? history_fails(b, &steps) : "a step is refused";
        if (wrong != NULL) {
            failures++;
            printf("FAILED %s on %s:\n", found_histories[i].name,
                   b->engine == MIGEN_POSTGRES ? "PostgreSQL" : "SQLite");
            history_print(a, &steps, b->engine);
            printf("%s\n", wrong);
        }
        arena_free(a);
    }
    return failures;
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
    for (size_t i = 0; i < 2; i++)
        failures += there[i] ? history_play_found(&benches[i]) : 0;
    for (unsigned long seed = first; seed < first + histories; seed++) {
        arena *a = arena_new();
        random_steps steps = history_random(a, seed);
        steps_in_all += steps.count;
        history_count(&steps);
        for (size_t i = 0; i < 2; i++) {
            const char *wrong = there[i] ? history_fails(&benches[i], &steps) : NULL;
            if (wrong == NULL)
                continue;
            failures++;
            history_shrink(&benches[i], a, seed, steps, wrong);
        }
        arena_free(a);
        if ((seed - first + 1) % 500 == 0)
            printf("%lu histories, %zu failures\n", seed - first + 1, failures);
    }
    for (size_t i = 0; i < 2; i++)
        if (there[i])
            bench_close(&benches[i]);
    printf("rows that came through: %zu; runs that rows forbade: %zu; ways down with rows: %zu, forbidden: "
           "%zu; runs that seeds forbade: %zu; steps of one engine: %zu\n",
           totals.rows, totals.refused, totals.kept_down, totals.refused_down, totals.refused_data,
           totals.engine_steps);
    if (!history_tell_operations(histories))
        failures++;
    printf("random histories: %lu of %zu steps in all, %zu failures\n", histories, steps_in_all, failures);
    return failures == 0 ? 0 : 1;
}

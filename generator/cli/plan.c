/*
 * plan.c: `migen plan`: what each migration will do on each engine, from the migrations alone.
 *
 * Idea       The history is played once more, and before each step the dialect writes its statements for the
 * schema that is there then. A table that the same migration made is nobody else's yet: plain statements do,
 * and no lock matters.
 */
#include "compare.h"
#include "dialect_remade.h"
#include "tool.h"

typedef struct planner {
    tool *t;
    migen_engine engine;
    schema *model;
    map fresh;  /* tables of this migration */
    bool shown; /* this migration was asked for */
    bool open;  /* a transaction is */
    bool transaction_none;
    size_t segments;
} planner;

static const char *engine_word(migen_engine engine)
{
    return engine == MIGEN_POSTGRES ? "postgres" : "sqlite";
}

static void begin_segment(planner *p)
{
    if (p->open || p->transaction_none)
        return;
    fprintf(p->t->out, "    BEGIN\n");
    p->open = true;
    p->segments++;
}

static void end_segment(planner *p)
{
    if (p->open)
        fprintf(p->t->out, "    COMMIT\n");
    p->open = false;
}

/* A statement, its further lines indented as its first. */
static void print_sql(planner *p, const char *text, size_t indent)
{
    fprintf(p->t->out, "%*s", (int)indent, "");
    for (; *text; text++) {
        fputc(*text, p->t->out);
        if (*text == '\n')
            fprintf(p->t->out, "%*s", (int)indent, "");
    }
    fputs(";\n", p->t->out);
}

static void print_lock(planner *p, const sql_statement *s, size_t indent)
{
    const char *locks = p->engine == MIGEN_SQLITE ? "" : lock_text(p->t->memory, s);
    if (*locks)
        fprintf(p->t->out, "%*s-- lock: %s\n", (int)indent, "", locks);
    else if (s->rewrites)
        fprintf(p->t->out, "%*s-- rewrites the table\n", (int)indent, "");
}

static bool is_fresh(planner *p, const char *object)
{
    return object && map_has(&p->fresh, name_text(p->t->memory, name_parse(p->t->memory, object)));
}

static void print_statements(planner *p, const migen_step *step, const schema *before, size_t depth)
{
    sql_list list = {0};
    bool online = !is_fresh(p, step->object);
    dialect_request request = {.memory = p->t->memory,
                               .before = before,
                               .step = step,
                               .online = online,
                               .remade = dialect_remade(p->t->memory, before, step)};
    dialect_write(&request, &list);
    if (list.count == 0 ||
        (!list.items[0].outside && (list.items[0].batches == NULL || p->engine == MIGEN_SQLITE)))
        begin_segment(p);
    else
        end_segment(p);
    size_t indent = 4 + 2 * depth;
    fprintf(p->t->out, "%*s%s\n", (int)indent, "", step_words(p->t->memory, step));
    if (step->when || step->unless)
        print_sql(p,
                  arena_format(p->t->memory, "%s { %s }", step->when ? "when" : "unless",
                               step->when ? step->when : step->unless),
                  indent + 4);
    for (size_t i = 0; i < list.count; i++) {
        bool in_batches = list.items[i].batches != NULL && p->engine == MIGEN_POSTGRES;
        if (list.items[i].outside || in_batches)
            end_segment(p);
        else
            begin_segment(p);
        if (in_batches)
            fprintf(p->t->out, "%*s-- in batches, each a transaction of its own\n", (int)indent + 4, "");
        if (list.items[i].rebuild && (i == 0 || list.items[i - 1].rebuild != list.items[i].rebuild))
            fprintf(p->t->out, "%*s-- the table is rebuilt, with its rows\n", (int)indent + 4, "");
        print_sql(p, list.items[i].text, indent + 4);
        if (online)
            print_lock(p, &list.items[i], indent + 6);
        if (list.items[i].own_transaction)
            end_segment(p);
    }
}

static void plan_step(planner *p, const migen_step *step, size_t depth)
{
    violation v = {0};
    bool changes = step_changes_schema(step);
    schema *before = p->shown && changes ? schema_copy(p->t->memory, p->model) : p->model;
    violation_kind kind = changes ? schema_apply(p->model, step, &v) : VIOLATION_NONE;
    if (step->table && kind == VIOLATION_NONE)
        map_set(&p->fresh, name_text(p->t->memory, name_parse(p->t->memory, step->object)), (void *)1);
    if (!p->shown)
        return;
    if (step->operation == MIGEN_SAY || step->operation == MIGEN_MIGRATION_SUMMARY ||
        step->operation == MIGEN_CALL) {
        fprintf(p->t->out, "%*s%s\n", (int)(4 + 2 * depth), "", step_words(p->t->memory, step));
        return;
    }
    if (kind != VIOLATION_NONE) { /* of a branch, or of what raw SQL has made: only the database knows */
        begin_segment(p);
        fprintf(p->t->out, "%*s%s\n%*s-- depends on the database: %s\n", (int)(4 + 2 * depth), "",
                step_words(p->t->memory, step), (int)(8 + 2 * depth), "",
                v.message ? v.message : "as it finds it");
        return;
    }
    print_statements(p, step, before, depth);
}

/* The row of the ELSE (0: none) and of the END that belong to the row at `at`. */
static size_t find_end(const migen_step *rows, size_t count, size_t at, size_t *otherwise)
{
    size_t depth = 0;
    *otherwise = 0;
    for (size_t i = at; i < count; i++) {
        switch (rows[i].operation) {
        case MIGEN_IF_EXISTS:
        case MIGEN_IF_SQL:
        case MIGEN_IF_TAKEN:
        case MIGEN_ON_ENGINE:
            depth++;
            break;
        case MIGEN_ELSE:
            if (depth == 1)
                *otherwise = i;
            break;
        case MIGEN_END_IF:
        case MIGEN_END_ON:
            if (--depth == 0)
                return i;
            break;
        default:
            break;
        }
    }
    return count;
}

static void say_condition(planner *p, const char *text, size_t depth)
{
    if (!p->shown)
        return;
    begin_segment(p);
    fprintf(p->t->out, "%*s%s\n", (int)(4 + 2 * depth), "", text);
}

static void plan_rows(planner *p, const migen_step *rows, size_t count, size_t depth);

/* A branch that is not taken on the model must not change it. */
static void plan_branch(planner *p, const migen_step *rows, size_t count, size_t depth, bool taken)
{
    schema *model = p->model;
    if (!taken)
        p->model = schema_copy(p->t->memory, model);
    plan_rows(p, rows, count, depth);
    p->model = model;
}

static void plan_rows(planner *p, const migen_step *rows, size_t count, size_t depth)
{
    for (size_t i = 0; i < count; i++) {
        const migen_step *step = &rows[i];
        bool is_on = step->operation == MIGEN_ON_ENGINE;
        if (!is_on && step->operation != MIGEN_IF_EXISTS && step->operation != MIGEN_IF_SQL) {
            plan_step(p, step, depth);
            continue;
        }
        size_t otherwise = 0, end = find_end(rows, count, i, &otherwise);
        if (is_on) {
            if (step->engines & (unsigned)p->engine)
                plan_rows(p, rows + i + 1, end - i - 1, depth);
        } else {
            size_t first_end = otherwise ? otherwise : end;
            bool asks_sql = step->operation == MIGEN_IF_SQL;
            bool holds = !asks_sql && schema_answers(p->model, step) != step->negated;
            say_condition(p, step_words(p->t->memory, step), depth);
            plan_branch(p, rows + i + 1, first_end - i - 1, depth + 1, holds);
            if (otherwise) {
                say_condition(p, "else", depth);
                plan_branch(p, rows + otherwise + 1, end - otherwise - 1, depth + 1, !holds && !asks_sql);
            }
        }
        i = end;
    }
}

static void plan_migration(planner *p, const migen_migration *m)
{
    p->fresh = map_new(p->t->memory);
    p->transaction_none = m->transaction_none;
    p->open = false;
    p->segments = 0;
    if (p->shown)
        fprintf(p->t->out, "  %s%s\n", engine_word(p->engine),
                m->transaction_none ? " (transaction none)" : "");
    plan_rows(p, m->up, m->up_count, 0);
    if (!p->shown)
        return;
    end_segment(p);
    if (p->segments > 1)
        fprintf(p->t->out, "    -- %zu transactions\n", p->segments);
}

/* Which migrations were asked for, by their position; all without words. */
static bool *choose(tool *t, const checked_release *r)
{
    bool *chosen = ARENA_NEW_ARRAY(t->memory, bool, r->migrations.count + 1);
    for (size_t i = 0; i < r->migrations.count; i++)
        chosen[i] = t->words.count == 0;
    for (size_t w = 0; w < t->words.count; w++) {
        const checked_migration *found = tool_find(t, r, t->words.items[w]);
        if (!found)
            return NULL;
        for (size_t i = 0; i < r->migrations.count; i++)
            if (r->migrations.items[i] == found)
                chosen[i] = true;
    }
    return chosen;
}

int command_plan(tool *t)
{
    int code = STATUS_OK;
    checked_release *r = tool_load_checked(t, &code);
    if (!r)
        return code;
    unsigned engines = tool_engines(t, r);
    bool *chosen = engines ? choose(t, r) : NULL;
    if (!chosen)
        return STATUS_USAGE;
    planner planners[] = {{.t = t, .engine = MIGEN_POSTGRES}, {.t = t, .engine = MIGEN_SQLITE}};
    for (size_t e = 0; e < 2; e++)
        planners[e].model = schema_new(t->memory, planners[e].engine);
    for (size_t i = 0; i < r->migrations.count; i++) {
        const migen_migration *m = &r->migrations.items[i]->migration;
        if (chosen[i])
            fprintf(t->out, "%s  %s\n", m->id, m->title);
        for (size_t e = 0; e < 2; e++) {
            planners[e].shown = chosen[i];
            if (engines & (unsigned)planners[e].engine)
                plan_migration(&planners[e], m);
        }
        if (chosen[i])
            fputc('\n', t->out);
    }
    return STATUS_OK;
}

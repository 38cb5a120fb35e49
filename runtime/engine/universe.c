#include "universe.h"

#include "branch.h"
#include "text.h"

static void universe_add(migen *run, universe *u, migen_kind kind, const char *object)
{
    static char there[] = "1";
    const char *key = arena_format(run->memory, "%d %s", (int)kind, object);
    if (map_has(&u->known, key))
        return;
    map_set(&u->known, key, there);
    const schema_table *found = kind == MIGEN_KIND_TABLE ? schema_find_table(run->live, object) : NULL;
    if (found == NULL)
        return;
    /* On SQLite two names may find one table. */
    key = arena_format(run->memory, "found %s", name_text(run->memory, found->name));
    if (map_has(&u->known, key))
        return;
    map_set(&u->known, key, there);
    u->tables_there++;
}

static void universe_add_triggers(migen *run, universe *u, const char *object,
                                  const schema_triggers *triggers)
{
    for (size_t i = 0; i < triggers->count; i++)
        universe_add(run, u, MIGEN_KIND_TRIGGER,
                     arena_format(run->memory, "%s on %s",
                                  name_part_text(run->memory, triggers->items[i].name), object));
}

static void universe_add_table(migen *run, universe *u, const schema_table *t)
{
    if (t == NULL || t->given || t->maybe)
        return;
    arena *a = run->memory;
    const char *object = name_text(a, t->name);
    if (!t->materialized)
        universe_add(run, u, MIGEN_KIND_TABLE, object);
    for (size_t i = 0; i < t->columns.count; i++)
        universe_add(run, u, MIGEN_KIND_COLUMN,
                     arena_format(a, "%s.%s", object, name_part_text(a, t->columns.items[i].name)));
    for (size_t i = 0; i < t->constraints.count; i++)
        universe_add(run, u, MIGEN_KIND_CONSTRAINT,
                     arena_format(a, "%s on %s", name_part_text(a, t->constraints.items[i].name), object));
    for (size_t i = 0; i < t->indexes.count; i++)
        universe_add(run, u, MIGEN_KIND_INDEX,
                     arena_format(a, "%s on %s", name_part_text(a, t->indexes.items[i].name), object));
    universe_add_triggers(run, u, object, &t->triggers);
}

void universe_add_step(migen *run, universe *u, const schema *s, const migen_step *step)
{
    const char *object = step->table != NULL ? step->table->name : step->object;
    if (object == NULL)
        return;
    if (step->operation == MIGEN_RENAME_TABLE || step->operation == MIGEN_RENAME_ENUM) {
        object_name renamed = name_parse(run->memory, object);
        renamed.name = step->new_name;
        object = name_text(run->memory, renamed);
    }
    universe_add_table(run, u, schema_find_relation(s, object));
    if (schema_find_enum(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_ENUM, object);
    const schema_view *view = schema_find_view(s, object);
    if (view != NULL) {
        universe_add(run, u, view->materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW, object);
        universe_add_triggers(run, u, object, &view->triggers);
    }
    if (schema_find_function(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_FUNCTION, object);
    if (schema_find_sequence(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_SEQUENCE, object);
    if (step->operation == MIGEN_CREATE_SCHEMA)
        universe_add(run, u, MIGEN_KIND_SCHEMA, object);
    if (step->operation == MIGEN_CREATE_EXTENSION)
        universe_add(run, u, MIGEN_KIND_EXTENSION, object);
}

bool universe_branch(const schema *s, const migen_step *step, const schema *live)
{
    if (step->operation != MIGEN_IF_EXISTS)
        return false;
    bool there = schema_answers(s, step) || schema_answers(live, step);
    return there != step->negated;
}

/* What a branch that was not taken makes, where it is taken to be there. */
static void universe_add_assumed(migen *run, universe *u, const schema *s, flow rows)
{
    for (const migen_step *step; (step = flow_next(&rows)) != NULL;)
        if (flow_is_condition(step))
            flow_pass(&rows);
        else
            universe_add_step(run, u, s, step);
}

/* Plays one migration's way up on s, as version_play does; what each step makes is added to u. */
static void universe_play(migen *run, schema *s, size_t position, universe *u)
{
    const migen_migration *m = run->release->migrations[position];
    flow f = flow_begin(m->up, m->up_count, run->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (flow_is_condition(step)) {
            bool first = universe_branch(s, step, run->live);
            flow other = flow_branch(&f, !first);
            branch_choose(&f, s, first);
            universe_add_assumed(run, u, s, other);
            continue;
        }
        violation v = {0};
        (void)schema_apply(s, step, &v);
        universe_add_step(run, u, s, step);
    }
}

universe universe_of(migen *run, bool (*counts)(const migen *run, size_t position))
{
    universe u = {.known = map_new(run->memory)};
    schema *s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i < run->release->migration_count; i++)
        if (counts(run, i))
            universe_play(run, s, i, &u);
    return u;
}

static void universe_add_passed(migen *run, universe *u, schema *s, const schema_passed *passed)
{
    violation v = {0};
    if (passed == NULL)
        return;
    universe_add_passed(run, u, s, passed->before);
    if (schema_apply(s, passed->step, &v) == VIOLATION_NONE)
        universe_add_step(run, u, s, passed->step);
}

universe universe_of_passed(migen *run, const schema *s)
{
    universe u = {.known = map_new(run->memory)};
    universe_add_passed(run, &u, schema_copy(run->memory, s), s->passed);
    return u;
}

bool universe_knows(migen *run, const universe *u, migen_kind kind, const char *object)
{
    return map_has(&u->known, arena_format(run->memory, "%d %s", (int)kind, object));
}

#include "adopt.h"

#include "lock.h"
#include "text.h"
#include "verify.h"
#include "version.h"
#include "way_text.h"

/* All objects that some version has, as "kind object", and how many of its tables the database has. */
typedef struct adopt_universe {
    map known;
    size_t tables_there;
} adopt_universe;

static void universe_add(migen *run, adopt_universe *u, migen_kind kind, const char *object)
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

static void universe_add_table(migen *run, adopt_universe *u, const schema_table *t)
{
    if (t == NULL || t->given || t->maybe)
        return;
    arena *a = run->memory;
    const char *object = name_text(a, t->name);
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
    for (size_t i = 0; i < t->triggers.count; i++)
        universe_add(run, u, MIGEN_KIND_TRIGGER,
                     arena_format(a, "%s on %s", name_part_text(a, t->triggers.items[i].name), object));
}

/* Adds what a step has made or changed in s. */
static void universe_add_step(migen *run, adopt_universe *u, const schema *s, const migen_step *step)
{
    const char *object = step->table != NULL ? step->table->name : step->object;
    if (object == NULL)
        return;
    if (step->operation == MIGEN_RENAME_TABLE || step->operation == MIGEN_RENAME_ENUM) {
        object_name renamed = name_parse(run->memory, object);
        renamed.name = step->new_name;
        object = name_text(run->memory, renamed);
    }
    universe_add_table(run, u, schema_find_table(s, object));
    if (schema_find_enum(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_ENUM, object);
    const schema_view *view = schema_find_view(s, object);
    if (view != NULL)
        universe_add(run, u, view->materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW, object);
    if (schema_find_function(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_FUNCTION, object);
    if (schema_find_sequence(s, object) != NULL)
        universe_add(run, u, MIGEN_KIND_SEQUENCE, object);
    if (step->operation == MIGEN_CREATE_SCHEMA)
        universe_add(run, u, MIGEN_KIND_SCHEMA, object);
    if (step->operation == MIGEN_CREATE_EXTENSION)
        universe_add(run, u, MIGEN_KIND_EXTENSION, object);
}

static bool adopt_branch(const schema *s, const migen_step *step, const schema *live)
{
    if (step->operation != MIGEN_IF_EXISTS)
        return false;
    bool there = schema_has(s, step->kind, step->object, step->part) ||
                 schema_has(live, step->kind, step->object, step->part);
    return there != step->negated;
}

/* Plays one migration as version_play does, telling visit of each step. */
static void adopt_play(migen *run, schema *s, size_t position, adopt_universe *u)
{
    const migen_migration *m = run->release->migrations[position];
    flow f = flow_begin(m->up, m->up_count, run->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (flow_is_condition(step)) {
            flow_choose(&f, adopt_branch(s, step, run->live));
            continue;
        }
        violation v = {0};
        (void)schema_apply(s, step, &v);
        if (u != NULL)
            universe_add_step(run, u, s, step);
    }
}

static size_t adopt_count_tables(const schema *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->tables.count; i++) {
        const map_entry *entry = &s->tables.entries[i];
        const schema_table *table = entry->value;
        if (!entry->removed && !table->given && !table->maybe)
            count++;
    }
    return count;
}

/* How the database differs from a version: notes, and objects that no version knows, left out. */
static status adopt_differences(migen *run, const adopt_universe *u, schema *s, difference_list *out)
{
    difference_list all = {0};
    status result = STATUS_OK;
    out->count = 0;
    if (run->engine ==
        MIGEN_SQLITE) { /* its enums are read from the columns' checks, with the version's enums in mind */
        run->expected = s;
        result = run_read_live(run);
    }
    if (result == STATUS_OK)
        result = verify_differences(run, s, true, &all);
    for (size_t i = 0; result == STATUS_OK && i < all.count; i++) {
        const difference *x = &all.items[i];
        const char *key = arena_format(run->memory, "%d %s", (int)x->kind, x->object);
        if (!x->note && (x->wanted != NULL || map_has(&u->known, key)))
            vector_push(run->memory, out, *x);
    }
    return result;
}

static status adopt_fits(migen *run, const adopt_universe *u, schema *s, bool *fits)
{
    *fits = false;
    if (adopt_count_tables(s) != u->tables_there)
        return STATUS_OK;
    difference_list differences = {0};
    status result = adopt_differences(run, u, s, &differences);
    *fits = result == STATUS_OK && differences.count == 0;
    return result;
}

status adopt_find(migen *run, size_t *count, bool *proven)
{
    *count = 0;
    *proven = false;
    adopt_universe u = {.known = map_new(run->memory)};
    schema *s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i < run->release->migration_count; i++)
        adopt_play(run, s, i, &u);
    s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            adopt_play(run, s, i - 1, NULL);
        status result = adopt_fits(run, &u, s, proven);
        if (result != STATUS_OK || *proven) {
            *count = i;
            return result;
        }
    }
    return STATUS_OK;
}

/* How far away: a table that is missing, or too much, counts as all its columns. */
static size_t adopt_distance(const migen *run, const schema *s, const difference_list *differences)
{
    size_t distance = 0;
    for (size_t i = 0; i < differences->count; i++) {
        const difference *x = &differences->items[i];
        const schema_table *table = NULL;
        if (x->kind == MIGEN_KIND_TABLE && x->wanted == NULL)
            table = schema_find_table(run->live, x->object);
        else if (x->kind == MIGEN_KIND_TABLE && x->found == NULL)
            table = schema_find_table(s, x->object);
        distance += 1 + (table == NULL ? 0 : table->columns.count);
    }
    return distance;
}

status adopt_nearest(migen *run, size_t *count, difference_list *out)
{
    adopt_universe u = {.known = map_new(run->memory)};
    schema *s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i < run->release->migration_count; i++)
        adopt_play(run, s, i, &u);
    s = schema_new(run->memory, run->engine);
    size_t least = 0;
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            adopt_play(run, s, i - 1, NULL);
        difference_list differences = {0};
        status result = adopt_differences(run, &u, s, &differences);
        if (result != STATUS_OK)
            return result;
        size_t distance = adopt_distance(run, s, &differences);
        if (i == 0 || distance <= least) {
            least = distance;
            *count = i;
            *out = differences;
        }
    }
    return STATUS_OK;
}

/* The answers of the migration's conditions, as the history would have recorded them. */
static void adopt_branches(migen *run, const migen_migration *m, const schema *before, branch_list *out)
{
    flow f = flow_begin(m->up, m->up_count, run->engine);
    schema *s = schema_copy(run->memory, before);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (!flow_is_condition(step)) {
            violation v = {0};
            (void)schema_apply(s, step, &v);
            continue;
        }
        branch_taken taken = {.branch = step->branch, .first = adopt_branch(s, step, run->live)};
        vector_push(run->memory, out, taken);
        flow_choose(&f, taken.first);
    }
}

static bool adopt_has_conditions(const migen_migration *m)
{
    for (size_t i = 0; i < m->up_count; i++)
        if (flow_is_condition(&m->up[i]))
            return true;
    return false;
}

void adopt_record(migen *run, size_t count)
{
    schema *s = schema_new(run->memory, run->engine);
    batch_begin(run);
    for (size_t i = 0; i < count; i++) {
        const migen_migration *m = run->release->migrations[i];
        branch_list branches = {0};
        if (adopt_has_conditions(m))
            adopt_branches(run, m, s, &branches);
        adopt_play(run, s, i, NULL);
        history_entry entry = {.id = m->id,
                               .hash = m->hash,
                               .release = run->release->release,
                               .direction = "up",
                               .outcome = "adopted",
                               .duration_ms = "0",
                               .who = history_who(run->memory),
                               .branches = branches_text(run->memory, &branches),
                               .way_down = way_text(run->memory, m)};
        batch_push(run, history_insert_statement(run->memory, run->engine, run->history.table, &entry),
                   NO_STATEMENT, false);
        history_note(run->memory, &run->history, &entry);
        report_message(run->report, "info", "%s  adopted: the database has this version's schema", m->id);
        for (size_t k = 0; k < m->up_count; k++)
            if (m->up[k].operation == MIGEN_CALL ||
                (m->up[k].operation == MIGEN_RUN && m->up[k].when == NULL && m->up[k].unless == NULL))
                report_message(run->report, "warning", "%s:%u: not run, since it was adopted: %s", m->file,
                               m->up_lines == NULL ? 0 : m->up_lines[k],
                               m->up[k].text == NULL ? "SQL without a condition" : m->up[k].text);
    }
    if (!run_is_one_transaction(run))
        batch_commit(run);
}

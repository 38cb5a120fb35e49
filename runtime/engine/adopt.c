#include "adopt.h"

#include "lock.h"
#include "text.h"
#include "universe.h"
#include "verify.h"
#include "version.h"
#include "way_text.h"

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
static status adopt_differences(migen *run, const universe *u, schema *s, difference_list *out)
{
    difference_list all = {0};
    status result = STATUS_OK;
    out->count = 0;
    if (ENGINE_IS_SQLITE(
            run->engine)) { /* its enums are read from the columns' checks, with the version's enums in mind */
        run->expected = s;
        result = run_read_live(run);
    }
    if (result == STATUS_OK)
        result = verify_differences(run, s, true, &all);
    for (size_t i = 0; result == STATUS_OK && i < all.count; i++) {
        const difference *x = &all.items[i];
        if (!x->note && (x->wanted != NULL || universe_knows(run, u, x->kind, x->object)))
            vector_push(run->memory, out, *x);
    }
    return result;
}

static status adopt_fits(migen *run, const universe *u, schema *s, bool *fits)
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
    universe u = universe_of(run, version_all);
    schema *s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            universe_play(run, s, i - 1, NULL);
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
    universe u = universe_of(run, version_all);
    schema *s = schema_new(run->memory, run->engine);
    size_t least = 0;
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            universe_play(run, s, i - 1, NULL);
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
        branch_taken taken = {.branch = step->branch, .first = universe_branch(s, step, run->live)};
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
        universe_play(run, s, i, NULL);
        history_entry entry = {.id = m->id,
                               .hash = m->hash,
                               .release = run->release->release,
                               .direction = "up",
                               .outcome = "adopted",
                               .duration_ms = "0",
                               .who = history_who(run->memory),
                               .branches = branches_text(run->memory, &branches),
                               .way_down = way_text(run->memory, m)};
        batch_push(run, history_insert_statement(run->memory, run->engine, &run->history, &entry),
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
    if (!run_is_one_transaction(run) && !run->options->strict)
        batch_commit(run);
}

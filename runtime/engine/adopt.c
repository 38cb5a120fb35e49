#include "adopt.h"

#include "lock.h"
#include "pasts.h"
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

/* The first past whose schema the database has. */
static status adopt_fitting(migen *run, const universe *u, const past_list *pasts, past *out, bool *fits)
{
    *fits = false;
    for (size_t i = 0; i < pasts->count && !*fits; i++) {
        status s = adopt_fits(run, u, pasts->items[i].schema, fits);
        if (s != STATUS_OK)
            return s;
        if (*fits)
            *out = pasts->items[i];
    }
    return STATUS_OK;
}

/* All that some version has, on whichever branch. */
static universe adopt_universe(migen *run)
{
    universe u = {.known = map_new(run->memory)};
    past_list pasts = pasts_begin(run);
    for (size_t i = 0; i < run->release->migration_count; i++)
        pasts_play(run, &pasts, i, &u);
    return u;
}

/* What the migration may do unguarded; count: how many such steps, on this engine. */
static size_t adopt_count_unguarded(const migen *run, const migen_migration *m)
{
    size_t count = 0;
    flow f = flow_begin(m->up, m->up_count, run->engine);
    while (flow_next(&f) != NULL)
        count += flow_is_unguarded(m->up, flow_index(&f)) ? 1 : 0;
    return count;
}

/* Whether the migration drops a table or column of the schema that it leads back to: then its SQL may be what brings the
 * rows over, and has to be carried out with it. */
static bool adopt_moves_rows(const migen_migration *m, const schema *s)
{
    for (size_t i = 0; i < m->up_count; i++) {
        const migen_step *step = &m->up[i];
        const schema_table *t = step->object == NULL ? NULL : schema_find_table(s, step->object);
        if (t == NULL)
            continue;
        if (step->operation == MIGEN_DROP_TABLE)
            return true;
        if (step->operation != MIGEN_DROP_COLUMN && step->operation != MIGEN_DROP_COLUMNS)
            continue;
        if (step->part != NULL && table_find_column(t, step->part) != NULL)
            return true;
        for (size_t k = 0; step->values != NULL && step->values[k] != NULL; k++)
            if (table_find_column(t, step->values[k]) != NULL)
                return true;
    }
    return false;
}

static bool adopt_changes_schema(const migen_migration *m)
{
    for (size_t i = 0; i < m->up_count; i++)
        if (step_changes_schema(&m->up[i]) || flow_is_condition(&m->up[i]))
            return true;
    return false;
}

/* The later migrations that lead from the adopted schema to the same one, and do something unguarded. */
static status adopt_withhold(migen *run, const universe *u, adoption *adopted)
{
    past_list pasts = {0};
    past here = adopted->past, behind = {0};
    here.schema = schema_copy(run->memory, here.schema);
    vector_push(run->memory, &pasts, here);
    bool fits = true, is_known = true;
    size_t end = run->release->migration_count;
    while (end > adopted->count && adopt_count_unguarded(run, run->release->migrations[end - 1]) == 0)
        end--;
    for (size_t i = adopted->count; i < end; i++) {
        const migen_migration *m = run->release->migrations[i];
        bool is_asked = adopt_count_unguarded(run, m) != 0;
        status s = STATUS_OK;
        if (is_asked && !is_known)
            s = adopt_fitting(run, u, &pasts, &behind, &fits);
        bool before = fits;
        bool moves = pasts.count != 0 && adopt_moves_rows(m, pasts.items[0].schema);
        pasts_play(run, &pasts, i, NULL);
        is_known = (is_known || is_asked) && !adopt_changes_schema(m);
        if (s == STATUS_OK && is_asked && before && !is_known) {
            s = adopt_fitting(run, u, &pasts, &behind, &fits);
            is_known = true;
        }
        if (s != STATUS_OK)
            return s;
        if (is_asked && before && fits && !moves)
            vector_push(run->memory, &adopted->withheld, m->id);
    }
    return STATUS_OK;
}

status adopt_find(migen *run, adoption *out)
{
    *out = (adoption){0};
    universe u = adopt_universe(run);
    past_list pasts = pasts_begin(run);
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            pasts_play(run, &pasts, i - 1, NULL);
        status result = adopt_fitting(run, &u, &pasts, &out->past, &out->proven);
        if (result != STATUS_OK || out->proven) {
            out->count = i;
            return result == STATUS_OK && i != 0 ? adopt_withhold(run, &u, out) : result;
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
    universe u = adopt_universe(run);
    past_list pasts = pasts_begin(run);
    size_t least = 0;
    for (size_t i = 0; i <= run->release->migration_count; i++) {
        if (i != 0)
            pasts_play(run, &pasts, i - 1, NULL);
        for (size_t k = 0; k < pasts.count; k++) {
            difference_list differences = {0};
            status result = adopt_differences(run, &u, pasts.items[k].schema, &differences);
            if (result != STATUS_OK)
                return result;
            size_t distance = adopt_distance(run, pasts.items[k].schema, &differences);
            if ((i == 0 && k == 0) || distance < least || (distance == least && *count != i)) {
                least = distance;
                *count = i;
                *out = differences;
            }
        }
    }
    return STATUS_OK;
}

history_entry adopt_note(migen *run, const adoption *adopted, size_t i)
{
    const migen_migration *m = run->release->migrations[i];
    history_entry entry = {.id = m->id,
                           .hash = m->hash,
                           .release = run->release->release,
                           .direction = "up",
                           .outcome = "adopted",
                           .duration_ms = "0",
                           .who = history_who(run->memory),
                           .branches = past_branches(run, &adopted->past, i),
                           .way_down = way_text(run->memory, m)};
    if (i + 1 == adopted->count && adopted->withheld.count != 0) {
        VECTOR(const char *) ids = {0};
        for (size_t k = 0; k < adopted->withheld.count; k++)
            vector_push(run->memory, &ids, adopted->withheld.items[k]);
        vector_push(run->memory, &ids, NULL);
        entry.reason = history_withholding(run->memory, ids.items);
    }
    history_note(run->memory, &run->history, &entry);
    return entry;
}

/* What of an adopted migration nobody has run here: on the branches that it is taken to have gone. */
static void adopt_name_unguarded(migen *run, const migen_migration *m, const char *branches)
{
    flow f = flow_begin(m->up, m->up_count, run->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        size_t row = flow_index(&f);
        bool first = false;
        if (flow_is_condition(step)) {
            (void)branches_find(branches, step->branch, &first);
            flow_choose(&f, first);
        } else if (flow_is_unguarded(m->up, row)) {
            report_message(run->report, "warning", "%s:%u: not run, since it was adopted: %s", m->file,
                           m->up_lines == NULL ? 0 : m->up_lines[row],
                           step->text == NULL ? "SQL without a condition" : step->text);
        }
    }
}

void adopt_record(migen *run, const adoption *adopted)
{
    batch_begin(run);
    for (size_t i = 0; i < adopted->count; i++) {
        const migen_migration *m = run->release->migrations[i];
        history_entry entry = adopt_note(run, adopted, i);
        batch_push(run, history_insert_statement(run->memory, run->engine, &run->history, &entry),
                   NO_STATEMENT, false);
        report_message(run->report, "info", "%s  adopted: the database has this version's schema", m->id);
        adopt_name_unguarded(run, m, entry.branches);
    }
    for (size_t i = 0; i < adopted->withheld.count; i++)
        report_message(
            run->report, "warning",
            "%s has the same schema: its run and call without a condition may have been carried out, and "
            "are left out",
            adopted->withheld.items[i]);
    if (!run_is_one_transaction(run) && !run->options->strict)
        batch_commit(run);
}

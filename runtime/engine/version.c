#include "version.h"

#include "journal.h"

#include "branch.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

size_t version_position(const migen_release *release, const char *id)
{
    for (size_t i = 0; i < release->migration_count; i++)
        if (text_equal(release->migrations[i]->id, id))
            return i;
    return NOT_FOUND;
}

bool version_is_head(const migen_release *release, size_t position)
{
    for (size_t i = position + 1; i < release->migration_count; i++)
        if (list_contains(release->migrations[i]->after, release->migrations[position]->id))
            return false;
    return true;
}

/* 0: the whole id; 1: the part behind the digits; 2: a prefix. */
static bool version_matches(const char *id, const char *text, int way)
{
    if (way == 0)
        return text_equal(id, text);
    if (way == 1) {
        const char *name = id + strspn(id, "0123456789");
        return *name == '_' && text_equal(name + 1, text);
    }
    return *text != '\0' && text_starts_with(id, text);
}

static size_t version_find_head(const migen_release *release, error *e)
{
    size_t found = NOT_FOUND;
    for (size_t i = 0; i < release->migration_count; i++) {
        if (!version_is_head(release, i))
            continue;
        if (found != NOT_FOUND) {
            error_set(e, STATUS_USAGE, "this release has several heads: %s and %s",
                      release->migrations[found]->id, release->migrations[i]->id);
            return NOT_FOUND;
        }
        found = i;
    }
    return found;
}

size_t version_find(const migen_release *release, const char *text, error *e)
{
    if (text_equal(text, "head") || text_equal(text, "heads"))
        return version_find_head(release, e);
    for (int way = 0; way < 3; way++) {
        size_t hits = 0;
        size_t found = NOT_FOUND;
        builder list = builder_new(e->memory);
        for (size_t i = 0; i < release->migration_count; i++) {
            if (!version_matches(release->migrations[i]->id, text, way))
                continue;
            builder_add_format(&list, "%s%s", hits == 0 ? "" : ", ", release->migrations[i]->id);
            found = i;
            hits++;
        }
        if (hits == 1)
            return found;
        if (hits > 1) {
            error_set(e, STATUS_USAGE, "\"%s\" could be %s", text, list.bytes);
            return NOT_FOUND;
        }
    }
    error_set(e, STATUS_USAGE, "this release has no migration \"%s\"", text);
    const char **ids = ARENA_NEW_ARRAY(e->memory, const char *, release->migration_count * 2 + 1);
    size_t count = 0;
    for (size_t i = 0; i < release->migration_count; i++) {
        const char *id = release->migrations[i]->id;
        const char *name = id + strspn(id, "0123456789");
        ids[count++] = id;
        if (*name == '_')
            ids[count++] = name + 1;
    }
    const char *nearest = text_nearest(text, ids, count);
    if (nearest != NULL)
        error_hint(e, "did you mean \"%s\"?", nearest);
    else
        error_hint(e, "`history` lists them");
    return NOT_FOUND;
}

bool version_is_ancestor(const migen_release *release, size_t ancestor, size_t position)
{
    if (ancestor == position)
        return true;
    const char *const *parents = release->migrations[position]->after;
    for (size_t i = 0; parents != NULL && parents[i] != NULL; i++) {
        size_t parent = version_position(release, parents[i]);
        if (parent != NOT_FOUND && parent >= ancestor && version_is_ancestor(release, ancestor, parent))
            return true;
    }
    return false;
}

char *branches_text(arena *a, const branch_list *branches)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < branches->count; i++)
        builder_add_format(&b, "%s%u=%d", i == 0 ? "" : " ", branches->items[i].branch,
                           branches->items[i].first);
    return b.bytes;
}

bool branches_find(const char *text, unsigned branch, bool *first)
{
    for (const char *at = text; at != NULL && *at != '\0';) {
        unsigned number = 0;
        int taken = 0;
        if (sscanf(at, "%u=%d", &number, &taken) == 2 && number == branch) {
            *first = taken != 0;
            return true;
        }
        at = strchr(at, ' ');
        if (at != NULL)
            at++;
    }
    return false;
}

static bool version_condition(const schema *s, const migen_step *step, const char *branches,
                              const schema *there)
{
    bool first = false;
    if (branches_find(branches, step->branch, &first))
        return first;
    if (step->operation != MIGEN_IF_EXISTS)
        return false;
    bool holds = schema_answers(s, step) || (there != NULL && schema_answers(there, step));
    return holds != step->negated;
}

/* What a view will say that stands in a branch which is not answered yet, nobody knows. */
static void version_forget_views(schema *s, const migen_migration *m, const char *branches)
{
    size_t open = 0; /* blocks, from the first that is not answered on */
    for (size_t i = 0; i < m->up_count; i++) {
        const migen_step *step = &m->up[i];
        bool first = false, block = flow_is_condition(step) || step->operation == MIGEN_ON_ENGINE;
        bool asked = flow_is_condition(step) && !branches_find(branches, step->branch, &first);
        if (asked || (block && open != 0))
            open++;
        else if (open != 0 && (step->operation == MIGEN_END_IF || step->operation == MIGEN_END_ON))
            open--;
        const schema_view *view = open != 0 && (step->operation == MIGEN_CREATE_VIEW ||
                                                step->operation == MIGEN_CREATE_MATERIALIZED_VIEW)
                                      ? schema_find_view(s, step->object)
                                      : NULL;
        if (view != NULL)
            schema_change_view(s, view)->text_moved = true;
    }
}

/* Its first rows; of one that only the database knows, what is kept there of them. */
static void version_play_rows(schema *s, const migen_migration *m, size_t rows, const char *branches,
                              const schema *there)
{
    flow f = m->made_count != 0 ? flow_begin(m->made, m->made_count, s->engine)
                                : flow_begin(m->up, m->up_count, s->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL && flow_index(&f) < rows;) {
        if (flow_is_condition(step)) {
            branch_choose(&f, s, version_condition(s, step, branches, there));
            continue;
        }
        violation v = {0};
        (void)schema_apply(s, step,
                           &v); /* `migen check` has played it: what is no violation there is none here */
    }
    if (there != NULL) /* what is to be, not what was */
        version_forget_views(s, m, branches);
}

void version_play(schema *s, const migen_release *release, size_t position, const char *branches,
                  const schema *there)
{
    const migen_migration *m = release->migrations[position];
    version_play_rows(s, m, SIZE_MAX, branches, there);
}

bool version_all(const migen *run, size_t position)
{
    (void)run;
    (void)position;
    return true;
}

bool version_is_reverting(const migen *run, const char *id)
{
    const history_entry *journal = map_get(&run->history.journal, id);
    return journal != NULL && journal->going_down;
}

bool version_applied(const migen *run, size_t position)
{
    const char *id = run->release->migrations[position]->id;
    return history_is_applied(&run->history, id) && (run->going_down || !map_has(&run->history.journal, id));
}

bool version_is_begun(const migen *run, size_t position)
{
    return map_has(&run->history.journal, run->release->migrations[position]->id);
}

const history_entry *run_journal(migen *run)
{
    const history_entry *begun = map_get(&run->history.journal, run->migration->id);
    if (begun == NULL)
        return NULL;
    if (run->journal.begun != begun || run->journal.migration != run->migration ||
        run->journal.going_down != run->going_down)
        run->journal = (journal_found){
            .begun = begun,
            .migration = run->migration,
            .going_down = run->going_down,
            .here = journal_find(run->memory, &run->history, run->migration, run->going_down)};
    return run->journal.here;
}

bool run_withholds(const migen *run)
{
    return !run->going_down && map_has(&run->history.withheld, run->migration->id) &&
           flow_is_unguarded(run->migration->up, run->row);
}

schema *version_schema(migen *run, bool (*applied)(const migen *run, size_t position), const schema *there)
{
    schema *s = schema_new(run->memory, run->engine);
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *m = run->release->migrations[i];
        const history_entry *entry = map_get(&run->history.applied, m->id);
        if (applied(run, i)) {
            version_play(s, run->release, i, entry == NULL ? NULL : entry->branches, there);
        } else if (run->going_down && version_is_begun(run, i)) {
            entry = map_get(&run->history.journal, m->id);
            version_play_rows(s, m, journal_rows_done(run->memory, &run->history, m), entry->branches, there);
        }
    }
    return s;
}

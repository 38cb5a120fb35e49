/*
 * safe_reused.c: a table whose name is given to another one later in the release (posts is renamed to articles, and there is a new
 * posts), in a database that lost its history: what it has under the name is the later table.
 *
 * The rest of the history is played, as in safe_lineage.c, and the first table is followed. Where it has been renamed, the name is
 * there again, and the database has the later name with just the columns that it has there, it is that one. Where the
 * database has both names and the columns do not tell, nobody knows, and neither is touched.
 */
#include "safe_parts.h"

#include "branch.h"
#include "sql_normal.h"

typedef struct reuse {
    const safe_context *c;
    schema *model;
    const char *name, *object; /* of which table; what it is called where the walk is */
    bool now;                  /* it is called so by the step that is decided */
    bool again;                /* the name is there again */
    bool doubtful;             /* and live has the later name as well */
    const char *found;         /* what it is in live; NULL: not proven */
} reuse;

static const char *reuse_target(const safe_context *c, const migen_step *rename)
{
    object_name name = name_parse(c->memory, rename->object);
    name.name = rename->new_name;
    return name_text(c->memory, name);
}

static bool reuse_has_columns(const schema_table *t, const schema_table *live)
{
    bool same = t->columns.count == live->columns.count;
    for (size_t i = 0; i < t->columns.count && same; i++)
        same = table_find_column(live, t->columns.items[i].name) != NULL;
    return same;
}

/* Behind a step that was played. False: the walk is at its end. */
static bool reuse_look(reuse *r, const migen_step *step)
{
    const safe_context *c = r->c;
    if (step->operation == MIGEN_RENAME_TABLE && safe_same_name(c, step->object, r->object)) {
        r->object = reuse_target(c, step);
        r->now = false;
    }
    const schema_table *t = schema_find_table(r->model, r->object);
    if (t == NULL)
        return false;
    if (safe_same_name(c, r->object, r->name) || schema_find_table(r->model, r->name) == NULL)
        return true;
    r->again = true;
    bool other =
        !r->now && schema_find_table(c->expected, r->object) != NULL; /* a swap: it stands for another one */
    const schema_table *live = other ? NULL : schema_find_table(c->live, r->object);
    r->doubtful = r->doubtful || live != NULL;
    if (live != NULL && reuse_has_columns(t, live))
        r->found = r->object;
    return r->found == NULL;
}

static bool reuse_walk(reuse *r, const migen_migration *m, size_t row)
{
    flow f = flow_begin(m->up, m->up_count, r->c->engine);
    f.at = row;
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (step->operation == MIGEN_IF_EXISTS) {
            branch_choose(&f, r->model,
                          (schema_answers(r->model, step) || schema_answers(r->c->live, step)) !=
                              step->negated);
            continue;
        }
        if (!step_changes_schema(step))
            continue;
        violation v = {0};
        (void)schema_apply(r->model, step, &v);
        if (!reuse_look(r, step))
            return false;
    }
    return true;
}

/* Whether this step or a later one renames a table of that name, and live has both names. */
static bool reuse_may_be(const safe_context *c, const char *name)
{
    for (size_t i = 0; !c->going_down && c->renames != NULL && i < c->renames->count; i++) {
        const later_rename *r = &c->renames->items[i];
        bool later = r->position > c->position || (r->position == c->position && r->row >= c->row);
        if (later && r->step->operation == MIGEN_RENAME_TABLE && safe_same_name(c, r->step->object, name))
            return schema_find_table(c->live, name) != NULL;
    }
    return false;
}

static reuse reuse_of(const safe_context *c, const char *name)
{
    reuse r = {.c = c, .name = name, .object = name};
    if (c->expected == NULL || !reuse_may_be(c, name))
        return r;
    r.model = schema_copy(c->memory, c->expected); /* this step is played in it */
    if (c->step != NULL && c->step->operation == MIGEN_RENAME_TABLE &&
        safe_same_name(c, c->step->object, name)) {
        r.object = reuse_target(c, c->step);
        r.now = true;
    }
    if (schema_find_table(r.model, r.object) == NULL)
        return r;
    bool more = true;
    for (size_t i = c->position; i < c->release->migration_count && more; i++)
        if (i == c->position || !c->is_applied(c->owner, i))
            more = reuse_walk(&r, c->release->migrations[i], i == c->position ? c->row + 1 : 0);
    return r;
}

const char *safe_reused_now(const safe_context *c, const char *table)
{
    return reuse_of(c, table).found;
}

/* A table that the step works on, or a view reads, of which nobody knows which one it is; NULL: none. */
static const char *reuse_doubt(safe_context *c, const migen_step *step)
{
    bool view = step->operation == MIGEN_CREATE_VIEW || step->operation == MIGEN_CREATE_MATERIALIZED_VIEW;
    const char *table = step->table != NULL ? step->table->name : step->object;
    if (step->operation == MIGEN_CREATE_TABLE || step->operation == MIGEN_RENAME_TABLE)
        return NULL; /* these compare, and say "both names" */
    for (size_t i = 0; c->renames != NULL && i < c->renames->count; i++) {
        const migen_step *rename = c->renames->items[i].step;
        const char *name = rename->object;
        if (rename->operation != MIGEN_RENAME_TABLE ||
            (view ? !sql_mentions(step->sql[0], name_parse(c->memory, name).name, c->engine)
                  : table == NULL || !safe_same_name(c, table, name)))
            continue;
        reuse r = reuse_of(c, name);
        if (r.again && r.doubtful && r.found == NULL)
            return name;
    }
    return NULL;
}

status safe_leave_reused(safe_context *c, const migen_step *step, decision *d, bool *left, error *e)
{
    const char *table = reuse_doubt(c, step);
    *left = table != NULL;
    if (table == NULL)
        return STATUS_OK;
    difference_list differences = {0};
    difference x = {.kind = MIGEN_KIND_TABLE,
                    .object = table,
                    .wanted = arena_format(c->memory, "the one that is renamed later, for \"%s\"",
                                           step_words(c->memory, step)),
                    .found = "both names, and which is which the columns do not tell"};
    vector_push(c->memory, &differences, x);
    return safe_differences(c, d, &differences, e);
}

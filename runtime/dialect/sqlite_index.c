/* Indexes and constraints on SQLite. A UNIQUE that is added is a unique index of its name: it does the same
 * work. */
#include "sqlite_parts.h"

static void sqlite_rename_index(const dialect_request *r, sql_list *out)
{
    const schema_table *owner = NULL;
    const migen_index *found = schema_find_index(r->before, r->step->object, &owner);
    if (found == NULL)
        return;
    migen_index renamed = *found;
    renamed.name = r->step->new_name;
    sqlite_drop_index(r, owner, found->name, out);
    sqlite_create_index(r, owner->name, &renamed, out);
}

/* Whether the step's table is to be made again anyway: what is done to it is a part of that. */
static bool sqlite_index_waits(const dialect_request *r)
{
    const schema_table *t = NULL;
    const schema_table *owner = NULL;
    if (r->step->operation == MIGEN_DROP_INDEX || r->step->operation == MIGEN_RENAME_INDEX)
        (void)schema_find_index(r->before, r->step->object, &owner);
    else
        t = schema_find_table(r->before, r->step->object);
    t = owner != NULL ? owner : t;
    return t != NULL && rebuild_queue_has(r->waiting, t->name.name);
}

void sqlite_write_index(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    if (sqlite_index_waits(r)) {
        sqlite_rebuild_by_step(r, NULL, out);
        return;
    }
    if (step->operation == MIGEN_DROP_INDEX) {
        const schema_table *owner = NULL;
        (void)schema_find_index(r->before, step->object, &owner);
        sqlite_drop_index(r, owner, name_parse(r->memory, step->object).name, out);
        return;
    }
    if (step->operation == MIGEN_RENAME_INDEX) {
        sqlite_rename_index(r, out);
        return;
    }
    schema *scratch = dialect_scratch(r->before);
    const schema_table *t = dialect_own_table(scratch, step->object);
    migen_index plain = schema_plain_index(scratch, t, step->index);
    if (!t->is_virtual)
        sqlite_create_index(r, t->name, &plain, out);
    arena_free(scratch->memory);
}

static void sqlite_add_constraint(const dialect_request *r, sql_list *out)
{
    if (r->step->constraint->kind != MIGEN_UNIQUE) {
        sqlite_rebuild_by_step(r, NULL, out);
        return;
    }
    schema *scratch = dialect_scratch(r->before);
    const schema_table *t = dialect_own_table(scratch, r->step->object);
    violation v = {0};
    migen_constraint plain = schema_plain_constraint(scratch, t, r->step->constraint, &v);
    if (v.kind == VIOLATION_NONE)
        sqlite_create_constraint_index(r, t->name, &plain, out);
    arena_free(scratch->memory);
}

static void sqlite_rename_unique(const dialect_request *r, const schema_table *t,
                                 const migen_constraint *found, sql_list *out)
{
    migen_constraint renamed = *found;
    renamed.name = r->step->new_name;
    sqlite_drop_index(r, t, found->name, out);
    sqlite_create_constraint_index(r, t->name, &renamed, out);
}

/* What is no constraint of the table by that name, but an index of it that does the work of one. */
static void sqlite_constraint_as_index(const dialect_request *r, const schema_table *t,
                                       const migen_index *found, sql_list *out)
{
    sqlite_drop_index(r, t, found->name, out);
    if (r->step->operation != MIGEN_RENAME_CONSTRAINT)
        return;
    migen_index renamed = *found;
    renamed.name = r->step->new_name;
    sqlite_create_index(r, t->name, &renamed, out);
}

void sqlite_write_constraint(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_table *t = schema_find_table(r->before, step->object);
    if (t == NULL || t->is_virtual)
        return;
    if (sqlite_index_waits(r)) {
        sqlite_rebuild_by_step(r, NULL, out);
        return;
    }
    if (step->operation == MIGEN_ADD_CONSTRAINT) {
        sqlite_add_constraint(r, out);
        return;
    }
    const migen_constraint *found = table_find_constraint(t, step->part);
    const migen_index *index = table_find_index(t, step->part);
    if (found == NULL && index != NULL)
        sqlite_constraint_as_index(r, t, index, out);
    else if (found != NULL && found->is_index && step->operation == MIGEN_RENAME_CONSTRAINT)
        sqlite_rename_unique(r, t, found, out);
    else if (found != NULL && found->is_index && !step->cascade)
        sqlite_drop_index(r, t, found->name, out);
    else
        sqlite_rebuild_by_step(r, NULL, out);
}

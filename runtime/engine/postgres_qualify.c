/*
 * Names that say the current schema: where public is the first of the search path, public.users and users are one table. The
 * release's steps are rewritten to the short name, so that one object has one name in every model.
 */
#include "qualify.h"

#include "name.h"
#include "text.h"

#include <string.h>

typedef struct qualifier {
    arena *memory;
    const char *current;
} qualifier;

static const char *qualify_object(const qualifier *q, const char *object)
{
    if (object == NULL || strchr(object, '.') == NULL)
        return object;
    object_name name = name_parse(q->memory, object);
    if (!text_equal(name.schema, q->current))
        return object;
    name.schema = NULL;
    return name_text(q->memory, name);
}

static const migen_column *qualify_columns(const qualifier *q, const migen_column *columns, size_t count)
{
    migen_column *copy = ARENA_NEW_ARRAY(q->memory, migen_column, count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = columns[i];
        copy[i].references = qualify_object(q, columns[i].references);
        if (columns[i].type.kind == MIGEN_TYPE_ENUM)
            copy[i].type.name = qualify_object(q, columns[i].type.name);
    }
    return copy;
}

static const migen_constraint *qualify_constraints(const qualifier *q, const migen_constraint *constraints,
                                                   size_t count)
{
    migen_constraint *copy = ARENA_NEW_ARRAY(q->memory, migen_constraint, count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = constraints[i];
        copy[i].references = qualify_object(q, constraints[i].references);
    }
    return copy;
}

static const migen_table *qualify_table(const qualifier *q, const migen_table *table)
{
    migen_table *copy = ARENA_NEW(q->memory, migen_table);
    *copy = *table;
    copy->name = qualify_object(q, table->name);
    copy->columns = qualify_columns(q, table->columns, table->column_count);
    copy->constraints = qualify_constraints(q, table->constraints, table->constraint_count);
    return copy;
}

static const migen_step *qualify_steps(const qualifier *q, const migen_step *steps, size_t count)
{
    migen_step *copy = ARENA_NEW_ARRAY(q->memory, migen_step, count + 1);
    for (size_t i = 0; i < count; i++) {
        const migen_step *step = &steps[i];
        copy[i] = *step;
        bool is_name = step->operation == MIGEN_CREATE_SCHEMA || step->operation == MIGEN_CREATE_EXTENSION ||
                       step->operation == MIGEN_DROP_SCHEMA || step->operation == MIGEN_DROP_EXTENSION;
        if (!is_name)
            copy[i].object = qualify_object(q, step->object);
        if (step->table != NULL)
            copy[i].table = qualify_table(q, step->table);
        if (step->columns != NULL)
            copy[i].columns = qualify_columns(q, step->columns, step->column_count);
        if (step->constraint != NULL)
            copy[i].constraint = qualify_constraints(q, step->constraint, 1);
        if (step->alteration != NULL && step->alteration->type.kind == MIGEN_TYPE_ENUM) {
            migen_alteration *alteration = ARENA_NEW(q->memory, migen_alteration);
            *alteration = *step->alteration;
            alteration->type.name = qualify_object(q, step->alteration->type.name);
            copy[i].alteration = alteration;
        }
    }
    return copy;
}

static bool qualify_is_in(const char *prefix, const char *object)
{
    return object != NULL && strncmp(object, prefix, strlen(prefix)) == 0;
}

static bool qualify_column_refers(const char *prefix, const migen_column *column)
{
    return qualify_is_in(prefix, column->references) ||
           (column->type.kind == MIGEN_TYPE_ENUM && qualify_is_in(prefix, column->type.name));
}

static bool qualify_step_refers(const char *prefix, const migen_step *step)
{
    for (size_t i = 0; i < step->column_count; i++)
        if (qualify_column_refers(prefix, &step->columns[i]))
            return true;
    for (size_t i = 0; step->table != NULL && i < step->table->column_count; i++)
        if (qualify_column_refers(prefix, &step->table->columns[i]))
            return true;
    for (size_t i = 0; step->table != NULL && i < step->table->constraint_count; i++)
        if (qualify_is_in(prefix, step->table->constraints[i].references))
            return true;
    if (step->constraint != NULL && qualify_is_in(prefix, step->constraint->references))
        return true;
    return step->alteration != NULL && step->alteration->type.kind == MIGEN_TYPE_ENUM &&
           qualify_is_in(prefix, step->alteration->type.name);
}

bool release_refers_to_schema(arena *a, const migen_release *release, const char *schema)
{
    const char *prefix = arena_format(a, "%s.", name_part_text(a, schema));
    for (size_t i = 0; i < release->migration_count; i++)
        for (size_t k = 0; k < release->migrations[i]->up_count; k++)
            if (qualify_step_refers(prefix, &release->migrations[i]->up[k]))
                return true;
    return false;
}

const migen_release *release_in_schema(arena *a, const migen_release *release, const char *current)
{
    qualifier q = {.memory = a, .current = current};
    migen_release *copy = ARENA_NEW(a, migen_release);
    *copy = *release;
    const migen_migration **migrations =
        ARENA_NEW_ARRAY(a, const migen_migration *, release->migration_count + 1);
    for (size_t i = 0; i < release->migration_count; i++) {
        migen_migration *m = ARENA_NEW(a, migen_migration);
        *m = *release->migrations[i];
        m->up = qualify_steps(&q, m->up, m->up_count);
        m->down = qualify_steps(&q, m->down, m->down_count);
        migrations[i] = m;
    }
    copy->migrations = migrations;
    return copy;
}

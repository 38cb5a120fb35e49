/*
 * safe_later.c: what a step says under the names that later steps of the release give, where those have happened already
 * (language.md 5.3): what it refers to, and what it is held against.
 */
#include "safe_parts.h"

#include "sql_normal.h"

static const char *later_table(safe_context *c, const char *object)
{
    return object == NULL ? NULL : safe_object_now(c, MIGEN_KIND_TABLE, object);
}

static const char *const *later_columns(safe_context *c, const char *object, const char *const *names)
{
    if (names == NULL || object == NULL)
        return names;
    size_t count = list_length(names);
    const char **now = ARENA_NEW_ARRAY(c->memory, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        now[i] = safe_part_now(c, MIGEN_KIND_COLUMN, object, names[i]);
    return now;
}

/* An expression over the table's columns. */
static const char *later_expression(safe_context *c, const char *object, const char *text)
{
    for (size_t i = 0; text != NULL && object != NULL && i < c->renames->count; i++) {
        const migen_step *rename = c->renames->items[i].step;
        if (rename->operation != MIGEN_RENAME_COLUMN ||
            !sql_mentions(text, rename->part, (unsigned)c->engine))
            continue;
        const char *now = safe_part_now(c, MIGEN_KIND_COLUMN, object, rename->part);
        if (now != rename->part)
            text = sql_rename(c->memory, text, rename->part, now, (unsigned)c->engine);
    }
    return text;
}

static migen_column later_column(safe_context *c, const char *object, const migen_column *column)
{
    migen_column now = *column;
    if (now.type.kind == MIGEN_TYPE_ENUM)
        now.type.name = safe_object_now(c, MIGEN_KIND_ENUM, now.type.name);
    now.references = later_table(c, column->references);
    if (column->references != NULL && column->references_column != NULL)
        now.references_column =
            safe_part_now(c, MIGEN_KIND_COLUMN, column->references, column->references_column);
    now.check = later_expression(c, object, column->check);
    now.generated = later_expression(c, object, column->generated);
    now.backfill = later_expression(c, object, column->backfill);
    return now;
}

static migen_constraint later_constraint(safe_context *c, const char *object,
                                         const migen_constraint *constraint)
{
    migen_constraint now = *constraint;
    now.columns = later_columns(c, object, constraint->columns);
    now.expression = later_expression(c, object, constraint->expression);
    now.references = later_table(c, constraint->references);
    now.references_columns = later_columns(c, constraint->references, constraint->references_columns);
    return now;
}

static migen_index later_index(safe_context *c, const char *object, const migen_index *index)
{
    migen_index now = *index;
    migen_index_item *items = ARENA_NEW_ARRAY(c->memory, migen_index_item, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++) {
        items[i] = index->items[i];
        if (items[i].column != NULL)
            items[i].column = safe_part_now(c, MIGEN_KIND_COLUMN, object, items[i].column);
        items[i].expression = later_expression(c, object, items[i].expression);
    }
    now.items = items;
    now.include = later_columns(c, object, index->include);
    now.where = later_expression(c, object, index->where);
    return now;
}

static const migen_table *later_definition(safe_context *c, const migen_table *table)
{
    migen_table *now = ARENA_NEW(c->memory, migen_table);
    migen_column *columns = ARENA_NEW_ARRAY(c->memory, migen_column, table->column_count + 1);
    migen_constraint *constraints = ARENA_NEW_ARRAY(c->memory, migen_constraint, table->constraint_count + 1);
    *now = *table;
    for (size_t i = 0; i < table->column_count; i++)
        columns[i] = later_column(c, table->name, &table->columns[i]);
    for (size_t i = 0; i < table->constraint_count; i++)
        constraints[i] = later_constraint(c, table->name, &table->constraints[i]);
    now->columns = columns;
    now->constraints = constraints;
    return now;
}

static const migen_seed *later_seed(safe_context *c, const char *object, const migen_seed *seed)
{
    migen_seed *now = ARENA_NEW(c->memory, migen_seed);
    *now = *seed;
    now->columns = later_columns(c, object, seed->columns);
    now->key = later_columns(c, object, seed->key);
    return now;
}

static const migen_backfill *later_backfill(safe_context *c, const char *object,
                                            const migen_backfill *backfill)
{
    migen_backfill *now = ARENA_NEW(c->memory, migen_backfill);
    size_t count = list_length(backfill->expressions);
    const char **expressions = ARENA_NEW_ARRAY(c->memory, const char *, count + 1);
    *now = *backfill;
    now->columns = later_columns(c, object, backfill->columns);
    for (size_t i = 0; i < count; i++)
        expressions[i] = later_expression(c, object, backfill->expressions[i]);
    now->expressions = expressions;
    now->where = later_expression(c, object, backfill->where);
    if (backfill->by != NULL)
        now->by = safe_part_now(c, MIGEN_KIND_COLUMN, object, backfill->by);
    return now;
}

static const migen_alteration *later_alteration(safe_context *c, const char *object,
                                                const migen_alteration *alteration)
{
    migen_alteration *now = ARENA_NEW(c->memory, migen_alteration);
    *now = *alteration;
    if (now->set_type && now->type.kind == MIGEN_TYPE_ENUM)
        now->type.name = safe_object_now(c, MIGEN_KIND_ENUM, now->type.name);
    now->using_expression = later_expression(c, object, alteration->using_expression);
    now->backfill = later_expression(c, object, alteration->backfill);
    return now;
}

/* The text of a view, as the renames leave it. */
static const char *const *later_view(safe_context *c, const migen_step *step)
{
    const schema_view *view = schema_find_view(safe_expected_now(c), step->object);
    if (view == NULL || !view->text_moved)
        return step->sql;
    const char **sql = ARENA_NEW_ARRAY(c->memory, const char *, 2);
    sql[0] = view->sql;
    return sql;
}

const migen_step *safe_content_now(safe_context *c, const migen_step *step)
{
    if (c->going_down || c->renames == NULL || c->renames->count == 0)
        return step;
    migen_step *now = ARENA_NEW(c->memory, migen_step);
    *now = *step;
    if (step->table != NULL)
        now->table = later_definition(c, step->table);
    if (step->column_count != 0) {
        migen_column *columns = ARENA_NEW_ARRAY(c->memory, migen_column, step->column_count + 1);
        for (size_t i = 0; i < step->column_count; i++)
            columns[i] = later_column(c, step->object, &step->columns[i]);
        now->columns = columns;
    }
    if (step->constraint != NULL) {
        migen_constraint *constraint = ARENA_NEW(c->memory, migen_constraint);
        *constraint = later_constraint(c, step->object, step->constraint);
        now->constraint = constraint;
    }
    if (step->index != NULL) {
        migen_index *index = ARENA_NEW(c->memory, migen_index);
        *index = later_index(c, step->object, step->index);
        now->index = index;
    }
    if (step->seed != NULL)
        now->seed = later_seed(c, step->object, step->seed);
    if (step->backfill != NULL)
        now->backfill = later_backfill(c, step->object, step->backfill);
    if (step->operation == MIGEN_CREATE_VIEW || step->operation == MIGEN_CREATE_MATERIALIZED_VIEW)
        now->sql = later_view(c, step);
    if (step->alteration != NULL)
        now->alteration = later_alteration(c, step->object, step->alteration);
    return now;
}

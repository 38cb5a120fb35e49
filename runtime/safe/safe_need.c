/*
 * safe_need.c: what a step works on must be there (language.md 5.2).
 *
 * SQLite would not say it of a column: a name in double quotes that it does not know is a text to it, so that an index, a check or
 * the rows' values would be made of the column's name.
 */
#include "safe_parts.h"

#include "sql_normal.h"

typedef VECTOR(const char *) need_list;

const schema_table *safe_need_table(safe_context *c, const char *object, const migen_step *step, error *e)
{
    const schema_table *table = schema_find_table(c->live, object);
    if (table == NULL)
        error_set(e, STATUS_FAILED, "%s: there is no table %s", step_words(c->memory, step), object);
    return table;
}

static status need_column_missing(safe_context *c, const migen_step *step, const char *column, error *e)
{
    return error_set(e, STATUS_FAILED, "%s: there is no %s", step_words(c->memory, step),
                     safe_part_words(c, "column", step->object, column));
}

/* An expression over the step's table. What has a SELECT in it may mean the columns of others. */
static void need_add(safe_context *c, need_list *list, const char *expression)
{
    if (expression != NULL && !sql_says(c->memory, expression, "select", c->engine))
        vector_push(c->memory, list, expression);
}

static need_list need_expressions(safe_context *c, const migen_step *step)
{
    need_list list = {0};
    for (size_t i = 0; step->index != NULL && i < step->index->item_count; i++)
        need_add(c, &list, step->index->items[i].expression);
    if (step->index != NULL)
        need_add(c, &list, step->index->where);
    if (step->constraint != NULL)
        need_add(c, &list, step->constraint->expression);
    for (size_t i = 0; i < step->column_count; i++) {
        need_add(c, &list, step->columns[i].check);
        need_add(c, &list, step->columns[i].generated);
        need_add(c, &list, step->columns[i].backfill);
    }
    if (step->alteration != NULL) {
        need_add(c, &list, step->alteration->using_expression);
        need_add(c, &list, step->alteration->backfill);
    }
    for (size_t i = 0; step->backfill != NULL && step->backfill->expressions[i] != NULL; i++)
        need_add(c, &list, step->backfill->expressions[i]);
    if (step->backfill != NULL)
        need_add(c, &list, step->backfill->where);
    return list;
}

static bool need_is_added(const migen_step *step, const char *column)
{
    for (size_t i = 0; i < step->column_count; i++)
        if (text_equal_word(step->columns[i].name, column))
            return true;
    return false;
}

/* The index's own columns, which are all known by name. */
static const char *need_index_column(const schema_table *found, const migen_index *index)
{
    for (size_t i = 0; i < index->item_count; i++)
        if (index->items[i].column != NULL && table_find_column(found, index->items[i].column) == NULL)
            return index->items[i].column;
    for (size_t i = 0; index->include != NULL && index->include[i] != NULL; i++)
        if (table_find_column(found, index->include[i]) == NULL)
            return index->include[i];
    return NULL;
}

status safe_need_columns(safe_context *c, const migen_step *step, error *e)
{
    const schema_table *found = step->object == NULL ? NULL : schema_find_table(c->live, step->object);
    if (found == NULL || found->is_virtual) /* not known, or not its columns */
        return STATUS_OK;
    const char *missing =
        step->operation == MIGEN_CREATE_INDEX ? need_index_column(found, step->index) : NULL;
    for (size_t i = 0; step->backfill != NULL && missing == NULL && step->backfill->columns[i] != NULL; i++)
        if (table_find_column(found, step->backfill->columns[i]) == NULL)
            missing = step->backfill->columns[i];
    if (missing != NULL)
        return need_column_missing(c, step, missing, e);
    need_list expressions = need_expressions(c, step);
    if (expressions.count == 0)
        return STATUS_OK;
    /* Of the names in an expression those are known to be columns that the history has as such. */
    const schema_table *expected = schema_find_table(safe_expected_now(c), step->object);
    for (size_t i = 0; expected != NULL && i < expected->columns.count; i++) {
        const char *column = expected->columns.items[i].name;
        if (table_find_column(found, column) != NULL || need_is_added(step, column))
            continue;
        for (size_t k = 0; k < expressions.count; k++)
            if (sql_mentions(expressions.items[k], column, c->engine))
                return need_column_missing(c, step, column, e);
    }
    return STATUS_OK;
}

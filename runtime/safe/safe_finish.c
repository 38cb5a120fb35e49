/* What a step left half done: the constraints and indexes that a table still lacks, the rest of an `add column`. */
#include "safe_parts.h"

#include "sql_normal.h"
#include "sql_writer.h"

bool safe_constraint_is_on(const safe_context *c, const migen_constraint *constraint, const char *column)
{
    if (column == NULL)
        return true;
    if (constraint->kind == MIGEN_CHECK)
        return sql_mentions(constraint->expression, column, c->engine);
    return list_contains(constraint->columns, column);
}

bool safe_index_is_on(const migen_index *index, const char *column)
{
    return column == NULL || (index->item_count == 1 && text_equal(index->items[0].column, column));
}

/* Whether the live table has it whole. An index that waits to become the constraint is not it. */
static bool finish_constraint_is_whole(safe_context *c, const schema_table *found,
                                       const migen_constraint *wanted)
{
    const migen_constraint *named = table_find_constraint(found, wanted->name);
    if (named != NULL)
        return !named->half_done;
    if (c->resuming && table_find_index(found, wanted->name) != NULL)
        return false;
    difference_list ignored = {0};
    comparison x = safe_comparison(c, &ignored);
    return find_equal_constraint(&x, found, wanted) != NULL;
}

status safe_make_missing(safe_context *c, const char *object, const char *column, decision *d, bool *changed,
                         error *e)
{
    const schema_table *wanted = schema_find_table(c->expected, object);
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    status s = STATUS_OK;
    for (size_t i = 0; wanted != NULL && i < wanted->constraints.count && s == STATUS_OK; i++) {
        const schema_table *found = schema_find_table(c->live, now);
        migen_constraint *constraint = ARENA_NEW(c->memory, migen_constraint);
        *constraint = wanted->constraints.items[i];
        if (!safe_constraint_is_on(c, constraint, column) || finish_constraint_is_whole(c, found, constraint))
            continue;
        *changed = true;
        s = safe_add_constraint_to(c, object, found, constraint, d, e);
    }
    for (size_t i = 0; wanted != NULL && i < wanted->indexes.count && s == STATUS_OK; i++) {
        const schema_table *found = schema_find_table(c->live, now);
        migen_index *index = ARENA_NEW(c->memory, migen_index);
        *index = wanted->indexes.items[i];
        const migen_index *there = table_find_index(found, index->name);
        if (!safe_index_is_on(index, column) || (there != NULL && !there->half_done))
            continue;
        *changed = true;
        s = safe_add_index_to(c, object, found, index, d, e);
    }
    return s;
}

/* The rows that are still to be filled, and NOT NULL behind them. */
static status finish_backfill(safe_context *c, const char *now, const migen_column *column, decision *d,
                              error *e)
{
    migen_step *fill = ARENA_NEW(c->memory, migen_step);
    if (column->not_null) {
        migen_alteration *alteration = ARENA_NEW(c->memory, migen_alteration);
        *alteration = (migen_alteration){.set_not_null = true, .backfill = column->backfill};
        *fill = (migen_step){
            .operation = MIGEN_ALTER_COLUMN, .object = now, .part = column->name, .alteration = alteration};
        return safe_do_quietly(c, d, fill, e);
    }
    const char **lists = ARENA_NEW_ARRAY(c->memory, const char *, 4);
    lists[0] = column->name;
    lists[2] = column->backfill;
    sql_writer where = sql_new(c->memory);
    sql_name(&where, column->name);
    sql_words(&where, "IS NULL");
    migen_backfill *backfill = ARENA_NEW(c->memory, migen_backfill);
    *backfill = (migen_backfill){.columns = lists, .expressions = &lists[2], .where = sql_text(&where)};
    *fill = (migen_step){.operation = MIGEN_BACKFILL, .object = now, .backfill = backfill};
    return safe_do_quietly(c, d, fill, e);
}

status safe_finish_column(safe_context *c, const char *object, const migen_column *column, decision *d,
                          error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    const schema_table *table = schema_find_table(c->live, now);
    const migen_column *found = table_find_column(table, column->name);
    status s = STATUS_OK;
    safe_say(c, d, OUTCOME_NOTE, safe_part_words(c, "column", now, column->name),
             "begun by an interrupted run: it is finished");
    if (column->backfill != NULL && !found->not_null)
        s = finish_backfill(c, now, column, d, e);
    bool changed = false;
    if (s == STATUS_OK)
        s = safe_make_missing(c, object, column->name, d, &changed, e);
    if (s == STATUS_OK && column->comment != NULL && !text_equal(column->comment, found->comment)) {
        migen_step *comment = ARENA_NEW(c->memory, migen_step);
        *comment = (migen_step){.operation = MIGEN_COMMENT_ON_COLUMN,
                                .object = now,
                                .part = column->name,
                                .text = column->comment};
        s = safe_do_quietly(c, d, comment, e);
    }
    if (s == STATUS_OK)
        safe_say(c, d, OUTCOME_CREATED, safe_part_words(c, "column", now, column->name), NULL);
    return s;
}

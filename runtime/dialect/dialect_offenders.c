#include "dialect_offenders.h"

#include "text.h"

#include <string.h>

/* One part of a key: a column, or an expression. */
static void offender_part(sql_writer *w, const migen_index_item *item)
{
    if (item->column != NULL)
        sql_name(w, item->column);
    else
        sql_in_brackets(w, item->expression);
}

static void offender_parts(sql_writer *w, const migen_index_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            sql_comma(w);
        offender_part(w, &items[i]);
    }
}

static const char *offender_key_words(arena *a, const migen_index_item *items, size_t count)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < count; i++)
        builder_add_format(&b, "%s%s", i == 0 ? "" : ", ",
                           items[i].column != NULL ? items[i].column : items[i].expression);
    return count == 1 ? b.bytes : arena_format(a, "(%s)", b.bytes);
}

/* SELECT how many there are in all, how many each is, its parts. */
static sql_writer offender_select(arena *a, const migen_index_item *items, size_t count, bool grouped)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "SELECT count(*) OVER (),");
    sql_words(&w, grouped ? "count(*)" : "1");
    for (size_t i = 0; i < count; i++) {
        sql_comma(&w);
        sql_words(&w, "CAST");
        sql_open(&w);
        offender_part(&w, &items[i]);
        sql_words(&w, "AS text");
        sql_close(&w);
    }
    sql_words(&w, "FROM");
    return w;
}

static void offender_not_null(sql_writer *w, const migen_index_item *items, size_t count)
{
    sql_words(w, "WHERE");
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            sql_words(w, "AND");
        offender_part(w, &items[i]);
        sql_words(w, "IS NOT NULL");
    }
}

static void offender_end(sql_writer *w, const char *order)
{
    sql_words(w, "ORDER BY");
    sql_expression(w, order);
    sql_words(w, "LIMIT");
    sql_integer(w, OFFENDERS_SHOWN);
}

static void offenders_twice(arena *a, const char *table, const migen_index_item *items, size_t count,
                            const char *where, offender_query *out)
{
    sql_writer w = offender_select(a, items, count, true);
    sql_object_text(&w, table);
    offender_not_null(&w, items, count);
    if (where != NULL) {
        sql_words(&w, "AND");
        sql_in_brackets(&w, where);
    }
    sql_words(&w, "GROUP BY");
    offender_parts(&w, items, count);
    sql_words(&w, "HAVING count(*) > 1");
    offender_end(&w, "2 DESC, 3");
    *out = (offender_query){.kind = OFFENCE_TWICE,
                            .sql = sql_text(&w),
                            .table = table,
                            .key = offender_key_words(a, items, count)};
}

static bool offenders_orphans(arena *a, const schema *s, const char *table, const migen_constraint *c,
                              const migen_index_item *items, size_t count, offender_query *out)
{
    const schema_table *parent = schema_find_table(s, c->references);
    const migen_constraint *key = parent == NULL ? NULL : table_primary_key(parent);
    const char *const *target = c->references_columns != NULL ? c->references_columns
                                : key != NULL                 ? key->columns
                                                              : NULL;
    if (target == NULL || list_length(target) != count)
        return false;
    sql_writer w = offender_select(a, items, count, true);
    sql_object_text(&w, table);
    sql_words(&w, "AS \"_migen_child\"");
    offender_not_null(&w, items, count);
    sql_words(&w, "AND NOT EXISTS (SELECT 1 FROM");
    sql_object_text(&w, c->references);
    sql_words(&w, "AS \"_migen_parent\" WHERE");
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            sql_words(&w, "AND");
        sql_object(&w, (object_name){.schema = "_migen_parent", .name = target[i]});
        sql_words(&w, "=");
        sql_object(&w, (object_name){.schema = "_migen_child", .name = items[i].column});
    }
    sql_close(&w);
    sql_words(&w, "GROUP BY");
    offender_parts(&w, items, count);
    offender_end(&w, "2 DESC, 3");
    *out = (offender_query){.kind = OFFENCE_ORPHAN,
                            .sql = sql_text(&w),
                            .table = table,
                            .key = offender_key_words(a, items, count),
                            .target = c->references};
    return true;
}

/* Rows for which the condition holds; by their primary key where it is one column. */
static void offenders_rows(arena *a, const schema *s, const char *table, const char *condition,
                           offender_query *out)
{
    const schema_table *t = schema_find_table(s, table);
    const migen_constraint *primary = t == NULL ? NULL : table_primary_key(t);
    migen_index_item item = {0};
    if (primary != NULL && list_length(primary->columns) == 1)
        item.column = primary->columns[0];
    size_t count = item.column == NULL ? 0 : 1;
    sql_writer w = offender_select(a, &item, count, false);
    sql_object_text(&w, table);
    sql_words(&w, "AS \"_migen_row\" WHERE");
    sql_expression(&w, condition);
    sql_words(&w, "ORDER BY");
    if (count == 0)
        sql_words(&w, "1");
    else /* the column, not the text that is selected under its name */
        sql_object(&w, (object_name){.schema = "_migen_row", .name = item.column});
    sql_words(&w, "LIMIT");
    sql_integer(&w, OFFENDERS_SHOWN);
    *out = (offender_query){.sql = sql_text(&w), .table = table, .target = item.column};
}

static void offenders_against(arena *a, const schema *s, const char *table, const char *check,
                              offender_query *out)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "NOT");
    sql_in_brackets(&w, check);
    offenders_rows(a, s, table, sql_text(&w), out);
    out->kind = OFFENCE_CHECK;
}

/* "c" IS NULL and its backfill too, where it has one; of a column that the step makes the backfill alone. */
static void offenders_null_condition(sql_writer *w, const char *column, const char *backfill, bool is_new)
{
    if (!is_new) {
        sql_name(w, column);
        sql_words(w, "IS NULL");
    }
    if (!is_new && backfill != NULL)
        sql_words(w, "AND");
    if (backfill != NULL) {
        sql_in_brackets(w, backfill);
        sql_words(w, "IS NULL");
    }
}

static void offenders_null(arena *a, const schema *s, const migen_step *step, offender_query *out)
{
    sql_writer w = sql_new(a);
    offenders_null_condition(&w, step->part, step->alteration->backfill, false);
    offenders_rows(a, s, step->object, sql_text(&w), out);
    out->kind = OFFENCE_NULL;
    out->key = step->part;
}

/* The new columns that a row's backfill leaves empty. */
static bool offenders_of_columns(arena *a, const schema *s, const migen_step *step, offender_query *out)
{
    sql_writer w = sql_new(a);
    builder names = builder_new(a);
    for (size_t i = 0; i < step->column_count; i++) {
        const migen_column *column = &step->columns[i];
        if (!column->not_null || column->backfill == NULL)
            continue;
        builder_add_format(&names, "%s%s", names.length == 0 ? "" : " or ", column->name);
        if (names.length != strlen(column->name))
            sql_words(&w, "OR");
        offenders_null_condition(&w, column->name, column->backfill, true);
    }
    if (names.length == 0)
        return false;
    offenders_rows(a, s, step->object, sql_text(&w), out);
    out->kind = OFFENCE_NULL;
    out->key = names.bytes;
    return true;
}

static bool offenders_of_type(arena *a, const schema *s, const migen_step *step, offender_query *out)
{
    const schema_table *t = schema_find_table(s, step->object);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, step->part);
    if (column == NULL || !step->alteration->set_type)
        return false;
    sql_writer value = sql_new(a);
    if (step->alteration->using_expression != NULL)
        sql_in_brackets(&value, step->alteration->using_expression);
    else
        sql_name(&value, step->part);
    const char *holds = ENGINE_OWN(s->engine, type_holds)(a, s, column, sql_text(&value));
    if (holds == NULL)
        return false;
    offenders_against(a, s, step->object, holds, out);
    out->kind = OFFENCE_TYPE;
    out->key = arena_format(a, "%s in %s", type_text(a, column->type), step->part);
    return true;
}

static bool offenders_of_constraint(arena *a, const schema *s, const migen_step *step, offender_query *out)
{
    const migen_constraint *c = step->constraint;
    if (c->kind == MIGEN_CHECK) {
        offenders_against(a, s, step->object, c->expression, out);
        return true;
    }
    size_t count = list_length(c->columns);
    migen_index_item *items = ARENA_NEW_ARRAY(a, migen_index_item, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i].column = c->columns[i];
    if (c->kind == MIGEN_FOREIGN_KEY)
        return offenders_orphans(a, s, step->object, c, items, count, out);
    offenders_twice(a, step->object, items, count, NULL, out);
    return true;
}

bool dialect_offenders(arena *a, const schema *s, const migen_step *step, bool of_type, offender_query *out)
{
    switch (step->operation) {
    case MIGEN_ADD_CONSTRAINT:
        return offenders_of_constraint(a, s, step, out);
    case MIGEN_CREATE_INDEX:
        if (step->index->unique)
            offenders_twice(a, step->object, step->index->items, step->index->item_count, step->index->where,
                            out);
        return step->index->unique;
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        return offenders_of_columns(a, s, step, out);
    case MIGEN_ALTER_COLUMN:
        if (of_type)
            return offenders_of_type(a, s, step, out);
        if (step->alteration->set_not_null)
            offenders_null(a, s, step, out);
        return step->alteration->set_not_null;
    default:
        return false;
    }
}

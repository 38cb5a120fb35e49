/*
 * sorted.c: columns whose values have no order, in keys and indexes that need one.
 *
 * PostgreSQL's json is kept as its text, and has no operators that compare (manual, JSON Types: "jsonb … supports indexing"): no
 * operator class for any kind of index, so no primary key, no unique constraint, no index.
 */
#include "operation_parts.h"

#include "text.h"

static bool type_sorts(migen_engine engine, migen_type type)
{
    return engine != MIGEN_POSTGRES || type.kind != MIGEN_TYPE_JSON;
}

static bool key_sorts(const migen_constraint *key)
{
    return key->kind == MIGEN_PRIMARY_KEY || key->kind == MIGEN_UNIQUE;
}

static bool index_has(const migen_index *index, const char *column)
{
    for (size_t i = 0; i < index->item_count; i++)
        if (text_equal(index->items[i].column, column))
            return true;
    return false;
}

/* The name of a key or index of t that sorts the column; NULL: none does. */
static const char *sorted_by(const schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (key_sorts(&t->constraints.items[i]) && list_contains(t->constraints.items[i].columns, column))
            return t->constraints.items[i].name;
    for (size_t i = 0; i < t->indexes.count; i++)
        if (index_has(&t->indexes.items[i], column))
            return t->indexes.items[i].name;
    return NULL;
}

static violation_kind refuse_unsorted(const schema *s, violation *v, const char *column, const char *by)
{
    violate(s, v, VIOLATION_CONFLICT, column,
            "PostgreSQL cannot compare json, so column \"%s\" can be in no key and no index (\"%s\")", column,
            by);
    v->hint = "jsonb can";
    return v->kind;
}

violation_kind table_refuse_unsorted(const schema *s, violation *v, const schema_table *t)
{
    for (size_t i = 0; i < t->columns.count; i++) {
        const migen_column *column = &t->columns.items[i];
        const char *by = type_sorts(s->engine, column->type) ? NULL : sorted_by(t, column->name);
        if (by != NULL)
            return refuse_unsorted(s, v, column->name, by);
    }
    return VIOLATION_NONE;
}

violation_kind type_refuse_unsorted(const schema *s, violation *v, const schema_table *t, const char *column,
                                    migen_type type)
{
    const char *by = type_sorts(s->engine, type) ? NULL : sorted_by(t, column);
    return by == NULL ? VIOLATION_NONE : refuse_unsorted(s, v, column, by);
}

violation_kind key_refuse_unsorted(const schema *s, violation *v, const schema_table *t,
                                   const migen_constraint *key)
{
    for (size_t i = 0; key_sorts(key) && key->columns != NULL && key->columns[i] != NULL; i++) {
        const migen_column *column = table_find_column(t, key->columns[i]);
        if (column != NULL && !type_sorts(s->engine, column->type))
            return refuse_unsorted(s, v, key->columns[i], key->name);
    }
    return VIOLATION_NONE;
}

violation_kind index_refuse_unsorted(const schema *s, violation *v, const schema_table *t,
                                     const migen_index *index)
{
    for (size_t i = 0; i < index->item_count; i++) {
        const char *name = index->items[i].column;
        const migen_column *column = name == NULL ? NULL : table_find_column(t, name);
        if (column != NULL && !type_sorts(s->engine, column->type))
            return refuse_unsorted(s, v, name, index->name);
    }
    return VIOLATION_NONE;
}

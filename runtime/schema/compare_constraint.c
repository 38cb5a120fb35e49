/*
 * compare_constraint.c: constraints and indexes against each other.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <string.h>

static bool compare_same_foreign_key(const comparison *c, const migen_constraint *wanted,
                                     const migen_constraint *found)
{
    object_name target = name_parse(c->memory, wanted->references);
    object_name other = name_parse(c->memory, found->references);
    if (!compare_names(c, target.name, other.name) || !text_equal(target.schema, other.schema))
        return false;
    if (wanted->references_columns != NULL && found->references_columns != NULL &&
        !compare_lists(c, wanted->references_columns, found->references_columns))
        return false;
    return wanted->on_delete == found->on_delete && wanted->on_update == found->on_update;
}

/* What stands behind a constraint and has a meaning: a foreign key of SQLite's waits for the commit when it says so in
 * full; MATCH, NOT DEFERRABLE and all the others are read there, and do nothing. */
static const char *compare_extra(const comparison *c, const migen_constraint *k)
{
    static const char deferred[] = "deferrable initially deferred";
    if (!ENGINE_IS_SQLITE(c->engine) || k->kind != MIGEN_FOREIGN_KEY || k->extra == NULL)
        return k->extra;
    const char *normal = sql_normal(c->memory, k->extra, MIGEN_SQLITE);
    const char *at = strstr(normal, deferred);
    bool negated = at != NULL && text_ends_with(arena_copy(c->memory, normal, (size_t)(at - normal)), "not ");
    return at == NULL || negated ? NULL : deferred;
}

bool constraint_same(const comparison *c, const schema_table *table, const migen_constraint *wanted,
                     const migen_constraint *found)
{
    if (wanted->kind != found->kind ||
        !sql_same(compare_extra(c, wanted), compare_extra(c, found), c->engine))
        return false;
    if (wanted->kind == MIGEN_CHECK) {
        memo_question question = {.use = EXPRESSION_CHECK, .table = table, .text = wanted->expression};
        return compare_expressions(c, question, found->expression);
    }
    if (!compare_lists(c, wanted->columns, found->columns) || !constraint_same_collations(wanted, found))
        return false;
    return wanted->kind != MIGEN_FOREIGN_KEY || compare_same_foreign_key(c, wanted, found);
}

void compare_constraint(const comparison *c, const schema_table *table, const migen_constraint *wanted,
                        const migen_constraint *found)
{
    if (!found->half_done && constraint_same(c, table, wanted, found))
        return;
    compare_report(c, MIGEN_KIND_CONSTRAINT, compare_part_object(c, wanted->name, table),
                   constraint_text(c->memory, wanted), constraint_text(c->memory, found), false);
}

/* Whether the index says no more than that these columns are unique together. */
static bool compare_index_is_plain_unique(const migen_index *index)
{
    if (!index->unique || index->where != NULL || index->half_done)
        return false;
    for (size_t i = 0; i < index->item_count; i++)
        if (index->items[i].column == NULL || index->items[i].extra != NULL)
            return false;
    return true;
}

static const char *const *compare_index_columns(arena *a, const migen_index *index)
{
    const char **columns = ARENA_NEW_ARRAY(a, const char *, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++)
        columns[i] = index->items[i].column;
    return columns;
}

/* The constraint that a unique index is as good as. */
static const migen_constraint *compare_index_as_constraint(const comparison *c, const migen_index *index)
{
    migen_constraint *k = ARENA_NEW(c->memory, migen_constraint);
    *k = (migen_constraint){.kind = MIGEN_UNIQUE,
                            .name = index->name,
                            .columns = compare_index_columns(c->memory, index),
                            .is_index = true};
    return k;
}

const migen_constraint *find_equal_constraint(const comparison *c, const schema_table *table,
                                              const migen_constraint *wanted)
{
    return compare_find_constraint(c, table, table, wanted);
}

const migen_constraint *compare_find_constraint(const comparison *c, const schema_table *model,
                                                const schema_table *table, const migen_constraint *wanted)
{
    const migen_constraint *named = wanted->name != NULL ? table_find_constraint(table, wanted->name) : NULL;
    if (named != NULL && constraint_same(c, model, wanted, named))
        return named;
    comparison certain = *c; /* under another name only what is surely the same is taken for it */
    certain.certain = true;
    for (size_t i = 0; i < table->constraints.count; i++)
        if (constraint_same(&certain, model, wanted, &table->constraints.items[i]))
            return &table->constraints.items[i];
    if (wanted->kind != MIGEN_UNIQUE || wanted->extra != NULL || !constraint_same_collations(wanted, NULL))
        return NULL;
    for (size_t i = 0; i < table->indexes.count; i++) {
        const migen_index *index = &table->indexes.items[i];
        if (compare_index_is_plain_unique(index) &&
            compare_lists(c, wanted->columns, compare_index_columns(c->memory, index)))
            return compare_index_as_constraint(c, index);
    }
    return NULL;
}

static bool compare_same_item(const comparison *c, const migen_index_item *wanted,
                              const migen_index_item *found)
{
    if (wanted->descending != found->descending || !sql_same(wanted->extra, found->extra, c->engine))
        return false;
    if (wanted->column != NULL && found->column != NULL)
        return compare_names(c, wanted->column, found->column);
    /* an expression that is but a name is that column */
    const char *w = wanted->column != NULL ? name_part_text(c->memory, wanted->column) : wanted->expression;
    const char *f = found->column != NULL ? name_part_text(c->memory, found->column) : found->expression;
    return sql_same_expression(w, f, c->engine);
}

/* What no other way of writing could make equal: unique, method, number of items, plain columns. */
static bool compare_index_shape(const comparison *c, const migen_index *wanted, const migen_index *found)
{
    if (wanted->unique != found->unique || wanted->item_count != found->item_count ||
        (wanted->where == NULL) != (found->where == NULL))
        return false;
    for (size_t i = 0; i < wanted->item_count; i++) {
        const migen_index_item *w = &wanted->items[i], *f = &found->items[i];
        if (w->column != NULL && f->column != NULL && !compare_same_item(c, w, f))
            return false;
    }
    if (ENGINE_IS_SQLITE(c->engine))
        return true;
    const char *w = wanted->method != NULL ? wanted->method : "btree";
    const char *f = found->method != NULL ? found->method : "btree";
    return text_equal_word(w, f) && compare_lists(c, wanted->include, found->include);
}

bool compare_same_index(const comparison *c, const schema_table *table, const migen_index *wanted,
                        const migen_index *found)
{
    if (!compare_index_shape(c, wanted, found))
        return false;
    bool same = wanted->where == NULL || sql_same_expression(wanted->where, found->where, c->engine);
    for (size_t i = 0; same && i < wanted->item_count; i++)
        same = compare_same_item(c, &wanted->items[i], &found->items[i]);
    if (same)
        return true;
    memo_question question = {.use = EXPRESSION_INDEX,
                              .table = table,
                              .index = wanted,
                              .text = compare_index_definition(c->memory, wanted)};
    return compare_ask(c, question, compare_index_definition(c->memory, found));
}

const char *compare_find_index(const comparison *c, const schema_table *model, const schema_table *table,
                               const migen_index *wanted)
{
    comparison certain = *c;
    certain.certain = true;
    for (size_t i = 0; i < table->indexes.count; i++) {
        const migen_index *other = &table->indexes.items[i];
        if (!other->half_done && compare_same_index(&certain, model, wanted, other))
            return other->name;
    }
    if (!wanted->unique || wanted->where != NULL || list_length(wanted->include) > 0)
        return NULL;
    const char **columns = ARENA_NEW_ARRAY(c->memory, const char *, wanted->item_count + 1);
    for (size_t i = 0; i < wanted->item_count; i++) {
        if (wanted->items[i].column == NULL)
            return NULL;
        columns[i] = wanted->items[i].column;
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        const migen_constraint *k = &table->constraints.items[i];
        if (k->kind == MIGEN_UNIQUE && k->extra == NULL && compare_lists(c, columns, k->columns) &&
            constraint_same_collations(k, NULL))
            return k->name;
    }
    return NULL;
}

void compare_index(const comparison *c, const schema_table *table, const migen_index *wanted,
                   const migen_index *found)
{
    if (!found->half_done && compare_same_index(c, table, wanted, found))
        return;
    compare_report(c, MIGEN_KIND_INDEX, compare_part_object(c, wanted->name, table),
                   index_text(c->memory, wanted), index_text(c->memory, found), false);
}

/* Rebuilds of one table, as one: see rebuild_queue.h. */
#include "sqlite_parts.h"

#include "sql_normal.h"

#include <string.h>

static const rebuild_value *join_value(const table_rebuild *b, const char *column)
{
    for (size_t i = 0; i < b->values.count; i++)
        if (text_equal_word(b->values.items[i].column, column))
            return &b->values.items[i];
    return NULL;
}

/* Whether the column has in the new table what it had in the old one. */
static bool join_is_carried(const table_rebuild *b, const char *column)
{
    const migen_column *old = table_find_column(b->before, column);
    const migen_column *new = table_find_column(b->after, column);
    return old != NULL && new != NULL &&
           old->generated == NULL &&new->generated == NULL &&join_value(b, column) == NULL;
}

/* What a column of the first's new table is, over its old one, for an expression that reads it; NULL: it cannot be said,
 * since the value becomes another one when it is stored (text beside a number's affinity), or is compared in its own way
 * (a collation). */
static const char *join_readable(arena *a, const table_rebuild *first, const char *column)
{
    const rebuild_value *value = join_value(first, column);
    const migen_column *new = table_find_column(first->after, column);
    if (value == NULL || new == NULL || new->collate != NULL)
        return NULL;
    if (value->settled)
        return value->expression;
    if (!text_equal(sqlite_affinity(a, new->type), "TEXT"))
        return NULL;
    sql_writer w = sql_new(a);
    sql_words(&w, "CAST");
    dialect_open_call(&w);
    sql_in_brackets(&w, value->expression);
    sql_words(&w, "AS TEXT");
    sql_close(&w);
    return sql_text(&w);
}

/* An expression of the second over the first's old table; NULL: there is none. */
static const char *join_expression(arena *a, const table_rebuild *first, const char *expression)
{
    const char *read = NULL;
    for (size_t i = 0; i < first->after->columns.count; i++) {
        const char *column = first->after->columns.items[i].name;
        if (join_is_carried(first, column) || !sql_mentions(expression, column, MIGEN_SQLITE))
            continue;
        if (read != NULL) /* what stands for one may read the other */
            return NULL;
        read = column;
    }
    if (read == NULL)
        return expression;
    const char *value = join_readable(a, first, read);
    return value == NULL ? NULL : sql_insert_expression(a, expression, read, value, MIGEN_SQLITE);
}

/* What rows get in a column that is new: said, where the default will be another one, or the name an old one. */
static const char *join_default(arena *a, const table_rebuild *b, const migen_column *column)
{
    if (sqlite_is_rowid_column(b->after, column))
        return sqlite_rowid_word(b->before, b->after);
    sql_writer w = sql_new(a);
    dialect_literal(&w, MIGEN_SQLITE, column->type,
                    column->default_value == NULL ? "null" : column->default_value);
    return sql_text(&w);
}

/* Adds what the column gets in the joined rebuild; false when it cannot be said. */
static bool join_column(arena *a, const table_rebuild *first, const table_rebuild *second,
                        const migen_column *column, rebuild_values *out)
{
    const rebuild_value *own = join_value(second, column->name);
    const rebuild_value *old = join_value(first, column->name);
    rebuild_value value = {.column = column->name};
    if (own != NULL) {
        value.expression = join_expression(a, first, own->expression);
        value.settled = own->settled;
    } else if (table_find_column(second->before, column->name) == NULL) {
        value.expression = join_default(a, second, column);
    } else if (old != NULL) {
        value = *old;
    } else if (table_find_column(first->before, column->name) != NULL) {
        return true; /* as it was in all the three */
    } else {
        value.expression = join_default(a, first, table_find_column(first->after, column->name));
    }
    if (value.expression != NULL)
        vector_push(a, out, value);
    return value.expression != NULL;
}

table_rebuild *sqlite_join_rebuilds(arena *a, const table_rebuild *first, const table_rebuild *second)
{
    if (second->guarded != NULL && !join_is_carried(first, second->guarded))
        return NULL;
    table_rebuild *joined = ARENA_NEW(a, table_rebuild);
    *joined = (table_rebuild){
        .before = first->before, .after = second->after, .create = second->create, .ends = second->ends};
    for (size_t i = 0; i < second->after->columns.count; i++) {
        const migen_column *column = &second->after->columns.items[i];
        if (column->generated == NULL && !join_column(a, first, second, column, &joined->values))
            return NULL;
    }
    for (size_t i = 0; i < first->guards.count; i++)
        vector_push(a, &joined->guards, first->guards.items[i]);
    for (size_t i = 0; i < second->guards.count; i++)
        vector_push(a, &joined->guards, second->guards.items[i]);
    return joined;
}

/* Whether a value comes out of a query, whose tables may wait too. */
static bool join_reads_tables(const table_rebuild *b)
{
    for (size_t i = 0; i < b->values.count; i++) {
        const char *text = b->values.items[i].expression;
        sql_lexer l = sql_lexer_new(text, strlen(text), MIGEN_SQLITE);
        for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l))
            if (sql_token_is(t, "select"))
                return true;
    }
    return false;
}

static size_t join_find(const rebuild_queue *q, const char *table)
{
    size_t i = 0;
    while (i < q->joined.count && !text_equal_word(q->joined.items[i]->after->name.name, table))
        i++;
    return i;
}

bool rebuild_queue_has(const rebuild_queue *q, const char *table)
{
    return q != NULL && join_find(q, table) < q->joined.count;
}

bool rebuild_queue_add(arena *a, rebuild_queue *q, const table_rebuild *rebuild, size_t row)
{
    if (q->joined.count != 0 && join_reads_tables(rebuild))
        return false;
    size_t at = join_find(q, rebuild->before->name.name);
    if (at < q->joined.count) {
        const table_rebuild *joined = sqlite_join_rebuilds(a, q->joined.items[at], rebuild);
        if (joined == NULL)
            return false;
        q->joined.items[at] = joined;
    } else {
        vector_push(a, &q->joined, rebuild);
    }
    rebuild_part part = {.rebuild = rebuild, .row = row};
    vector_push(a, &q->parts, part);
    return true;
}

/*
 * dialect_remade.c: checks and indexes that PostgreSQL has to read anew when a column of theirs gets another type.
 */
#include "dialect_remade.h"

#include "sql_normal.h"
#include "vector.h"

static bool remade_is_integer(migen_type_kind kind)
{
    return kind == MIGEN_TYPE_SMALLINT || kind == MIGEN_TYPE_INT || kind == MIGEN_TYPE_BIGINT ||
           kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL;
}

bool dialect_is_read_anew(migen_type from, migen_type to)
{
    migen_type_kind x = from.kind, y = to.kind;
    bool texts = (x == MIGEN_TYPE_TEXT || x == MIGEN_TYPE_VARCHAR) &&
                 (y == MIGEN_TYPE_TEXT || y == MIGEN_TYPE_VARCHAR);
    bool named = x == MIGEN_TYPE_ENUM || x == MIGEN_TYPE_NATIVE;
    return from.array != to.array ||
           ((x != y || named) && !texts && !(remade_is_integer(x) && remade_is_integer(y)));
}

bool dialect_compares(const migen_constraint *check, const migen_index *index, const char *column)
{
    if (check != NULL)
        return check->kind == MIGEN_CHECK && sql_mentions(check->expression, column, MIGEN_POSTGRES);
    bool mentions = index->where != NULL && sql_mentions(index->where, column, MIGEN_POSTGRES);
    for (size_t i = 0; i < index->item_count && !mentions; i++)
        mentions = index->items[i].expression != NULL &&
                   sql_mentions(index->items[i].expression, column, MIGEN_POSTGRES);
    return mentions;
}

const char *const *dialect_remade(arena *a, const schema *before, const migen_step *step)
{
    bool types = ENGINE_IS_POSTGRES(before->engine) && step->alteration != NULL && step->alteration->set_type;
    const schema_table *t = types ? schema_find_table(before, step->object) : NULL;
    const migen_column *column = t == NULL ? NULL : table_find_column(t, step->part);
    if (column == NULL || !dialect_is_read_anew(column->type, step->alteration->type))
        return NULL;
    VECTOR(const char *) names = {0};
    for (size_t i = 0; i < t->constraints.count; i++)
        if (!t->constraints.items[i].maybe && dialect_compares(&t->constraints.items[i], NULL, column->name))
            vector_push(a, &names, t->constraints.items[i].name);
    for (size_t i = 0; i < t->indexes.count; i++)
        if (!t->indexes.items[i].maybe && dialect_compares(NULL, &t->indexes.items[i], column->name))
            vector_push(a, &names, t->indexes.items[i].name);
    vector_push(a, &names, NULL);
    return names.items;
}

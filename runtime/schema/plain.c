/*
 * plain.c: columns, constraints and indexes in the model's plain form.
 */
#include "plain_parts.h"

#include "sql_normal.h"
#include "text.h"

#include <string.h>

bool plain_column_alone(const schema *s, const migen_column *definition, migen_column *out, violation *v)
{
    *out = *definition;
    out->primary_key = out->unique = out->index = out->maybe = false;
    out->unique_name = out->index_name = out->check = out->check_name = NULL;
    out->references = out->references_column = out->references_name = out->backfill = NULL;
    out->on_delete = out->on_update = MIGEN_NO_ACTION;
    if (!plain_type(s, &out->type, definition->name, v) || !plain_default(s, out, v))
        return false;
    if (out->default_value != NULL && text_equal_word(out->default_value, "null"))
        out->default_value = NULL;
    if (type_numbers_itself(out->type) || definition->primary_key)
        out->not_null = true;
    return true;
}

migen_constraint plain_shorthand(const schema *s, const migen_column *definition, migen_constraint_kind kind)
{
    migen_constraint none = {0}, key = {.kind = kind, .columns = list_of(s->memory, definition->name)};
    switch (kind) {
    case MIGEN_PRIMARY_KEY:
        return definition->primary_key || definition->type.kind == MIGEN_TYPE_ID ? key : none;
    case MIGEN_UNIQUE:
        key.name = definition->unique_name;
        return definition->unique ? key : none;
    case MIGEN_CHECK:
        key.name = definition->check_name;
        key.columns = NULL;
        key.expression = definition->check;
        return definition->check != NULL ? key : none;
    case MIGEN_FOREIGN_KEY:
        key.name = definition->references_name;
        key.references = definition->references;
        if (definition->references_column != NULL)
            key.references_columns = list_of(s->memory, definition->references_column);
        key.on_delete = definition->on_delete;
        key.on_update = definition->on_update;
        return definition->references != NULL ? key : none;
    }
    return none;
}

bool plain_key_columns(const schema *s, const schema_table *t, const migen_constraint *key, violation *v)
{
    for (size_t i = 0; key->columns != NULL && key->columns[i] != NULL; i++) {
        if (table_find_column(t, key->columns[i]) == NULL && !t->maybe && !t->is_virtual) {
            violate_column(s, v, t, key->columns[i]);
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (!model_same_name(s, key->columns[k], key->columns[i]))
                continue;
            violate(s, v, VIOLATION_CONFLICT, key->columns[i], "the column \"%s\" is named twice",
                    key->columns[i]);
            return false;
        }
    }
    return true;
}

/* PostgreSQL names a check after its column when it mentions just one (AddRelationNewConstraints). */
static const char *const *plain_check_column(const schema *s, const schema_table *t,
                                             const migen_column *extra, const char *expression)
{
    const char *only = NULL;
    size_t count = 0;
    for (size_t i = 0; i <= t->columns.count; i++) {
        const migen_column *column = i < t->columns.count ? &t->columns.items[i] : extra;
        if (column == NULL || !sql_mentions(expression, column->name, s->engine))
            continue;
        if (only == NULL || !model_same_name(s, only, column->name))
            count++;
        only = column->name;
    }
    return count == 1 ? list_of(s->memory, only) : NULL;
}

const char *plain_default_name(const schema *s, const schema_table *t, const migen_column *extra,
                               const migen_constraint *key)
{
    switch (key->kind) {
    case MIGEN_PRIMARY_KEY:
        return schema_default_name(s, t, NULL, "pkey");
    case MIGEN_UNIQUE:
        return schema_default_name(s, t, key->columns, "key");
    case MIGEN_FOREIGN_KEY:
        return schema_default_name(s, t, key->columns, "fkey");
    case MIGEN_CHECK:
        break;
    }
    return schema_default_name(s, t, plain_check_column(s, t, extra, key->expression), "check");
}

bool schema_plain_column(schema *s, const schema_table *t, const migen_column *definition, plain_column *out,
                         violation *v)
{
    static const migen_constraint_kind kinds[] = {MIGEN_PRIMARY_KEY, MIGEN_UNIQUE, MIGEN_CHECK,
                                                  MIGEN_FOREIGN_KEY};
    *out = (plain_column){0};
    if (!plain_column_alone(s, definition, &out->column, v))
        return false;
    bool key_there = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        migen_constraint key = plain_shorthand(s, definition, kinds[i]);
        key_there = key_there || key.kind == MIGEN_PRIMARY_KEY;
        if (key.kind == 0 || (key.kind == MIGEN_UNIQUE && key_there)) /* PostgreSQL makes one of the two */
            continue;
        if (key.kind == MIGEN_FOREIGN_KEY && !plain_foreign_key(s, t, &out->column, &key, v))
            return false;
        key.expression = sql_unqualified(s->memory, key.expression, t->name.name, s->engine);
        if (key.name == NULL)
            key.name = plain_default_name(s, t, &out->column, &key);
        vector_push(s->memory, &out->constraints, key);
    }
    if (definition->index) {
        migen_index_item *item = ARENA_NEW(s->memory, migen_index_item);
        item->column = definition->name;
        migen_index index = {.name = definition->index_name, .items = item, .item_count = 1};
        vector_push(s->memory, &out->indexes, schema_plain_index(s, t, &index));
    }
    return true;
}

migen_constraint schema_plain_constraint(schema *s, const schema_table *t, const migen_constraint *c,
                                         violation *v)
{
    migen_constraint key = *c;
    violation ignored = {0};
    if (v == NULL)
        v = &ignored;
    key.maybe = false;
    key.expression = sql_unqualified(s->memory, c->expression, t->name.name, s->engine);
    if (plain_key_columns(s, t, c, v) && key.kind == MIGEN_FOREIGN_KEY)
        (void)plain_foreign_key(s, t, NULL, &key, v);
    if (key.name == NULL)
        key.name = plain_default_name(s, t, NULL, &key);
    return key;
}

migen_index schema_plain_index(const schema *s, const schema_table *t, const migen_index *index)
{
    migen_index plain = *index;
    plain.maybe = false;
    if (s->engine == MIGEN_SQLITE || text_equal_word(plain.method, "btree"))
        plain.method = NULL;
    if (s->engine == MIGEN_SQLITE || list_length(plain.include) == 0)
        plain.include = NULL;
    if (plain.name != NULL)
        return plain;
    const char **columns = ARENA_NEW_ARRAY(s->memory, const char *, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++)
        columns[i] = index->items[i].column != NULL
                         ? index->items[i].column
                         : default_name_of_expression(s->memory, index->items[i].expression);
    plain.name = schema_default_name(s, t, columns, "idx");
    return plain;
}

/* The collation that a key names for its column, or "". The order there means nothing to a key. */
static const char *constraint_collation(arena *a, const migen_constraint *key, size_t column)
{
    const char *extra = key == NULL || key->column_extras == NULL ? "" : key->column_extras[column];
    sql_lexer l = sql_lexer_new(extra, strlen(extra), MIGEN_SQLITE);
    return sql_token_is(sql_next(&l), "collate") ? sql_token_value(a, sql_next(&l)) : "";
}

bool constraint_same_collations(const migen_constraint *a, const migen_constraint *b)
{
    bool same = true;
    arena *scratch = arena_new();
    for (size_t i = 0; same && a->columns != NULL && a->columns[i] != NULL; i++)
        same = text_equal_word(constraint_collation(scratch, a, i), constraint_collation(scratch, b, i));
    arena_free(scratch);
    return same;
}

bool constraint_equal(const schema *s, const migen_constraint *a, const migen_constraint *b)
{
    if (a->kind != b->kind || !text_equal(a->extra, b->extra))
        return false;
    if (a->kind == MIGEN_CHECK)
        return sql_same_expression(a->expression, b->expression, s->engine);
    if (!list_equal(a->columns, b->columns) || !constraint_same_collations(a, b))
        return false;
    if (a->kind != MIGEN_FOREIGN_KEY)
        return true;
    return model_same_object(s, a->references, b->references) &&
           (a->references_columns == NULL || b->references_columns == NULL ||
            list_equal(a->references_columns, b->references_columns)) &&
           a->on_delete == b->on_delete && a->on_update == b->on_update;
}

bool index_equal(const schema *s, const migen_index *a, const migen_index *b)
{
    if (a->unique != b->unique || a->item_count != b->item_count || !text_equal_word(a->method, b->method) ||
        list_length(a->include) != list_length(b->include) || (a->where == NULL) != (b->where == NULL))
        return false;
    for (size_t i = 0; i < a->item_count; i++) {
        const migen_index_item *x = &a->items[i], *y = &b->items[i];
        bool same = x->column != NULL && y->column != NULL
                        ? model_same_name(s, x->column, y->column)
                        : x->expression != NULL && y->expression != NULL &&
                              sql_same_expression(x->expression, y->expression, s->engine);
        if (!same || x->descending != y->descending || !text_equal(x->extra, y->extra))
            return false;
    }
    for (size_t i = 0; i < list_length(a->include); i++)
        if (!model_same_name(s, a->include[i], b->include[i]))
            return false;
    return a->where == NULL || sql_same_expression(a->where, b->where, s->engine);
}

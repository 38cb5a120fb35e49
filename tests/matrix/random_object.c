#include "random_parts.h"

#include "sql_normal.h"
#include "sql_reserved.h"
#include "text.h"

#include <string.h>

bool make_enum(random_maker *m, migen_step *out)
{
    unsigned count = 1 + random_below(m->r, 3);
    const char **values = ARENA_NEW_ARRAY(m->a, const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        values[i] = new_part(m, "v");
    *out = (migen_step){.operation = MIGEN_CREATE_ENUM, .object = new_object(m, "e"), .values = values};
    return true;
}

bool change_enum(random_maker *m, migen_step *out)
{
    const schema_enum *e = any_enum(m);
    if (e == NULL || e->values.count == 0)
        return false;
    const char *object = name_text(m->a, e->name);
    const char *value = e->values.items[random_below(m->r, (unsigned)e->values.count)];
    switch (random_below(m->r, 5)) {
    case 4:
        *out = (migen_step){.operation = MIGEN_ADD_MULTIPLE_ENUM_VALUES,
                            .object = object,
                            .values = two_names(m, new_part(m, "v"), one_in(m, 2) ? new_part(m, "v") : NULL)};
        break;
    case 0:
        *out = (migen_step){.operation = MIGEN_DROP_ENUM, .object = object, .cascade = one_in(m, 3)};
        break;
    case 1:
        *out = (migen_step){.operation = MIGEN_RENAME_ENUM, .object = object, .new_name = new_part(m, "e")};
        break;
    case 2:
        *out = (migen_step){.operation = MIGEN_ADD_ENUM_VALUE, .object = object, .part = new_part(m, "v")};
        if (one_in(m, 2))
            out->before = value;
        else if (one_in(m, 2))
            out->after = value;
        break;
    default:
        *out = (migen_step){.operation = MIGEN_RENAME_ENUM_VALUE,
                            .object = object,
                            .part = value,
                            .new_name = new_part(m, "v")};
    }
    return true;
}

bool make_index(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    const migen_column *other = any_column(m, t);
    if (column == NULL || has_no_order(column) || has_no_order(other))
        return false;
    migen_index *index = ARENA_NEW(m->a, migen_index);
    migen_index_item *items = ARENA_NEW_ARRAY(m->a, migen_index_item, 2);
    items[0] = (migen_index_item){.column = column->name, .descending = one_in(m, 3)};
    if (is_text(column) && one_in(m, 3))
        items[0] = (migen_index_item){.expression =
                                          arena_format(m->a, "lower(%s)", sql_name_text(m->a, column->name))};
    index->items = items;
    index->item_count = 1;
    if (other != column && one_in(m, 2))
        items[index->item_count++] = (migen_index_item){.column = other->name, .descending = one_in(m, 4)};
    else if (other != column && one_in(m, 4))
        index->include = one_name(m, other->name);
    else if (!items[0].descending && one_in(m, 6))
        index->method = "hash";
    index->unique = index->method == NULL && one_in(m, 4) && is_distinct(column);
    if (one_in(m, 3))
        index->where = any_condition(m, other);
    if (one_in(m, 3))
        index->name = new_part(m, "ix");
    *out = (migen_step){.operation = MIGEN_CREATE_INDEX, .object = table_object(m, t), .index = index};
    return true;
}

bool change_index(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->indexes.count == 0)
        return false;
    const migen_index *index = &t->indexes.items[random_below(m->r, (unsigned)t->indexes.count)];
    const char *object = name_text(m->a, (object_name){.schema = t->name.schema, .name = index->name});
    if (one_in(m, 2))
        *out = (migen_step){.operation = MIGEN_DROP_INDEX, .object = object, .cascade = one_in(m, 3)};
    else
        *out = (migen_step){.operation = MIGEN_RENAME_INDEX, .object = object, .new_name = new_part(m, "ix")};
    return true;
}

bool make_constraint(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    migen_constraint *k = ARENA_NEW(m->a, migen_constraint);
    *out = (migen_step){.operation = MIGEN_ADD_CONSTRAINT, .object = table_object(m, t), .constraint = k};
    if (one_in(m, 2))
        k->name = new_part(m, "k");
    if (one_in(m, 3) && is_distinct(column)) {
        const migen_column *second = any_column(m, t);
        k->kind = table_primary_key(t) == NULL && one_in(m, 2) ? MIGEN_PRIMARY_KEY : MIGEN_UNIQUE;
        k->columns = two_names(m, column->name, second != column && one_in(m, 3) ? second->name : NULL);
        return !has_no_order(column) && !has_no_order(second) && column->generated == NULL;
    }
    if (one_in(m, 2)) {
        k->kind = MIGEN_CHECK;
        k->expression = any_condition(m, column);
        return true;
    }
    const schema_table *target = any_table(m);
    const migen_constraint *key = target == NULL ? NULL : table_primary_key(target);
    if (key == NULL || list_length(key->columns) != 1)
        return false;
    migen_type_kind kind = table_find_column(target, key->columns[0])->type.kind;
    bool fits = column->type.kind == MIGEN_TYPE_BIGINT ? kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_BIGINT
                                                       : column->type.kind == kind;
    k->kind = MIGEN_FOREIGN_KEY;
    k->columns = one_name(m, column->name);
    k->references = table_object(m, target);
    k->on_delete = one_in(m, 2) ? MIGEN_CASCADE : MIGEN_NO_ACTION;
    return fits;
}

bool change_constraint(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->constraints.count == 0)
        return false;
    const migen_constraint *k = &t->constraints.items[random_below(m->r, (unsigned)t->constraints.count)];
    if (k->kind == MIGEN_PRIMARY_KEY && /* an `id` without its key cannot be said */
        (!one_in(m, 4) || table_find_column(t, k->columns[0])->type.kind == MIGEN_TYPE_ID))
        return false;
    *out = (migen_step){.operation = MIGEN_DROP_CONSTRAINT, .object = table_object(m, t), .part = k->name};
    if (one_in(m, 2)) {
        out->operation = MIGEN_RENAME_CONSTRAINT;
        out->new_name = new_part(m, "k");
    } else {
        out->cascade = one_in(m, 2);
    }
    return true;
}

bool make_view(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *first = any_column(m, t), *second = any_column(m, t);
    const schema_view *there = one_in(m, 4) ? any_view(m) : NULL;
    if (first == NULL)
        return false;
    const char *x = sql_name_text(m->a, first->name), *y = sql_name_text(m->a, second->name);
    const char *table = sql_object_of(m, t->name);
    const char **sql = ARENA_NEW_ARRAY(m->a, const char *, 2);
    const schema_view *below = one_in(m, 5) ? any_view(m) : NULL;
    if (below != NULL && below != there) {
        sql[0] = arena_format(m->a, "SELECT count(*) AS n FROM %s", sql_object_of(m, below->name));
        *out = (migen_step){.operation = MIGEN_CREATE_VIEW, .object = new_object(m, "w"), .sql = sql};
        return true;
    }
    if (one_in(m, 3))
        sql[0] = arena_format(m->a, "SELECT a.%s AS x, b.%s AS y FROM %s a JOIN %s AS b ON a.%s = b.%s", x, y,
                              table, table, x, x);
    else
        sql[0] = arena_format(m->a, "SELECT %s, count(*) AS n FROM %s WHERE %s IS NOT NULL GROUP BY %s", x,
                              table, y, x);
    *out = (migen_step){.operation = MIGEN_CREATE_VIEW,
                        .object = there == NULL ? new_object(m, "w") : name_text(m->a, there->name),
                        .sql = sql};
    return !has_no_order(first) && (there == NULL || !there->materialized);
}

bool drop_view(random_maker *m, migen_step *out)
{
    const schema_view *v = any_view(m);
    if (v == NULL)
        return false;
    *out = (migen_step){.operation = v->materialized ? MIGEN_DROP_MATERIALIZED_VIEW : MIGEN_DROP_VIEW,
                        .object = name_text(m->a, v->name),
                        .cascade = one_in(m, 3)};
    return true;
}

static const schema_function *any_function(random_maker *m)
{
    if (m->s->functions.count == 0)
        return NULL;
    const map_entry *entry = &m->s->functions.entries[random_below(m->r, (unsigned)m->s->functions.count)];
    return entry->removed ? NULL : entry->value;
}

/* A function that does nothing, for triggers; now and then with another text than it has. */
bool make_function(random_maker *m, migen_step *out)
{
    static const char *const results[] = {"NEW", "OLD", "NULL"};
    const schema_function *there = one_in(m, 3) ? any_function(m) : NULL;
    const char *name = there == NULL ? new_object(m, "f") : name_text(m->a, there->name);
    const char *sql = arena_format(
        m->a,
        "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN %s; END $f$",
        sql_object_of(m, name_parse(m->a, name)), results[random_below(m->r, 3)]);
    *out = (migen_step){
        .operation = MIGEN_CREATE_FUNCTION, .object = name, .arguments = "()", .sql = one_name(m, sql)};
    return true;
}

/* What a function's body or a trigger's text says, the model does not look into: no cascade takes them along. */
static bool has_triggers(random_maker *m, const schema_function *f)
{
    const char *called = arena_format(m->a, "EXECUTE FUNCTION %s()", sql_object_of(m, f->name));
    for (size_t i = 0; i < m->s->tables.count; i++) {
        const schema_table *t = m->s->tables.entries[i].removed ? NULL : m->s->tables.entries[i].value;
        for (size_t k = 0; t != NULL && k < t->triggers.count; k++)
            if (strstr(t->triggers.items[k].sql, called) != NULL)
                return true;
    }
    return false;
}

bool drop_function(random_maker *m, migen_step *out)
{
    const schema_function *there = any_function(m);
    if (there == NULL || has_triggers(m, there))
        return false;
    *out = (migen_step){.operation = MIGEN_DROP_FUNCTION,
                        .object = name_text(m->a, there->name),
                        .arguments = one_in(m, 2) ? "()" : NULL,
                        .cascade = one_in(m, 2)};
    return true;
}

bool make_trigger(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL)
        return false;
    const schema_trigger *there =
        t->triggers.count != 0 && one_in(m, 2) ? &t->triggers.items[0] : NULL; /* it is replaced */
    const char *table = sql_object_of(m, t->name), *name = there == NULL ? new_part(m, "tr") : there->name;
    const char *quoted = sql_name_text(m->a, name), *when = one_in(m, 2) ? "INSERT" : "DELETE";
    if (there != NULL) /* another text than it has */
        when = strstr(there->sql, "AFTER INSERT") != NULL ? "DELETE" : "INSERT";
    const char *text =
        arena_format(m->a, "CREATE TRIGGER %s AFTER %s ON %s BEGIN SELECT 1; END", quoted, when, table);
    if (m->s->engine == MIGEN_POSTGRES) {
        const schema_function *f = any_function(m);
        if (f == NULL)
            return make_function(m, out);
        text = arena_format(m->a, "CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION %s()",
                            quoted, when, table, sql_object_of(m, f->name));
    }
    *out = (migen_step){.operation = MIGEN_CREATE_TRIGGER,
                        .object = table_object(m, t),
                        .part = name,
                        .sql = one_name(m, text)};
    return true;
}

bool drop_trigger(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->triggers.count == 0)
        return false;
    *out = (migen_step){.operation = MIGEN_DROP_TRIGGER,
                        .object = one_in(m, 3) ? NULL : table_object(m, t),
                        .part = t->triggers.items[0].name};
    return true;
}

static const char *any_key_of(random_maker *m, const map *map)
{
    if (map->count == 0)
        return NULL;
    const map_entry *entry = &map->entries[random_below(m->r, (unsigned)map->count)];
    return entry->removed ? NULL : entry->key;
}

bool make_sequence(random_maker *m, migen_step *out)
{
    const char *there = one_in(m, 3) ? any_key_of(m, &m->s->sequences) : NULL;
    *out = (migen_step){.operation = MIGEN_CREATE_SEQUENCE,
                        .object = new_object(m, "sq"),
                        .start = one_in(m, 2) ? 100 : 0,
                        .increment = one_in(m, 2) ? 5 : 0};
    if (there != NULL)
        *out = (migen_step){.operation = MIGEN_DROP_SEQUENCE, .object = there, .cascade = one_in(m, 2)};
    return true;
}

/* Schemas and extensions. */
bool make_space(random_maker *m, migen_step *out)
{
    static const char extension[] = "pgcrypto";
    bool has = schema_has(m->s, MIGEN_KIND_EXTENSION, extension, NULL);
    const char *there = one_in(m, 4) ? any_key_of(m, &m->s->schemas) : NULL;
    if (there != NULL)
        *out = (migen_step){.operation = MIGEN_DROP_SCHEMA, .object = there, .cascade = one_in(m, 2)};
    else if (one_in(m, 3))
        *out = (migen_step){.operation = has ? MIGEN_DROP_EXTENSION : MIGEN_CREATE_EXTENSION,
                            .object = extension};
    else
        *out = (migen_step){.operation = MIGEN_CREATE_SCHEMA, .object = object_of(m, new_part(m, "area"))};
    return true;
}

bool make_materialized_view(random_maker *m, migen_step *out)
{
    if (!make_view(m, out) || schema_find_view(m->s, out->object) != NULL)
        return false;
    out->operation = MIGEN_CREATE_MATERIALIZED_VIEW;
    return true;
}

bool make_comment(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    *out = (migen_step){.operation = MIGEN_COMMENT_ON_TABLE,
                        .object = table_object(m, t),
                        .text = new_part(m, "it's a comment")};
    if (one_in(m, 2)) {
        out->operation = MIGEN_COMMENT_ON_COLUMN;
        out->part = column->name;
    }
    return true;
}

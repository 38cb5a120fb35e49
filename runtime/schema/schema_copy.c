/*
 * schema_copy.c: see schema_copy.h.
 */
#include "schema_copy.h"

#include "text.h"

const char *const *copy_list(arena *a, const char *const *list)
{
    if (list == NULL)
        return NULL;
    size_t count = list_length(list);
    const char **copy = ARENA_NEW_ARRAY(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_string(a, list[i]);
    return copy;
}

object_name copy_name(arena *a, object_name name)
{
    return (object_name){.schema = arena_string(a, name.schema), .name = arena_string(a, name.name)};
}

migen_type copy_type(arena *a, migen_type type)
{
    type.name = arena_string(a, type.name);
    type.sqlite = arena_string(a, type.sqlite);
    return type;
}

migen_column copy_column(arena *a, const migen_column *column)
{
    migen_column copy = *column;
    copy.name = arena_string(a, column->name);
    copy.type = copy_type(a, column->type);
    copy.default_value = arena_string(a, column->default_value);
    copy.collate = arena_string(a, column->collate);
    copy.generated = arena_string(a, column->generated);
    copy.comment = arena_string(a, column->comment);
    copy.backfill = arena_string(a, column->backfill);
    copy.unique_name = arena_string(a, column->unique_name);
    copy.index_name = arena_string(a, column->index_name);
    copy.check = arena_string(a, column->check);
    copy.check_name = arena_string(a, column->check_name);
    copy.references = arena_string(a, column->references);
    copy.references_column = arena_string(a, column->references_column);
    copy.references_name = arena_string(a, column->references_name);
    copy.extra = arena_string(a, column->extra);
    return copy;
}

migen_constraint copy_constraint(arena *a, const migen_constraint *constraint)
{
    migen_constraint copy = *constraint;
    copy.name = arena_string(a, constraint->name);
    copy.columns = copy_list(a, constraint->columns);
    copy.expression = arena_string(a, constraint->expression);
    copy.references = arena_string(a, constraint->references);
    copy.references_columns = copy_list(a, constraint->references_columns);
    copy.extra = arena_string(a, constraint->extra);
    return copy;
}

migen_index copy_index(arena *a, const migen_index *index)
{
    migen_index copy = *index;
    copy.name = arena_string(a, index->name);
    copy.method = arena_string(a, index->method);
    migen_index_item *items = ARENA_NEW_ARRAY(a, migen_index_item, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++) {
        items[i] = index->items[i];
        items[i].column = arena_string(a, index->items[i].column);
        items[i].expression = arena_string(a, index->items[i].expression);
        items[i].extra = arena_string(a, index->items[i].extra);
    }
    copy.items = items;
    copy.include = copy_list(a, index->include);
    copy.where = arena_string(a, index->where);
    copy.sql = arena_string(a, index->sql);
    return copy;
}

schema_table *schema_table_copy(arena *memory, const schema_table *t)
{
    schema_table *copy = ARENA_NEW(memory, schema_table);
    *copy = *t;
    copy->name = copy_name(memory, t->name);
    copy->comment = arena_string(memory, t->comment);
    copy->sql = arena_string(memory, t->sql);
    copy->columns.items = NULL;
    copy->columns.count = copy->columns.capacity = 0;
    copy->constraints.items = NULL;
    copy->constraints.count = copy->constraints.capacity = 0;
    copy->indexes.items = NULL;
    copy->indexes.count = copy->indexes.capacity = 0;
    copy->triggers.items = NULL;
    copy->triggers.count = copy->triggers.capacity = 0;
    for (size_t i = 0; i < t->columns.count; i++)
        vector_push(memory, &copy->columns, copy_column(memory, &t->columns.items[i]));
    for (size_t i = 0; i < t->constraints.count; i++)
        vector_push(memory, &copy->constraints, copy_constraint(memory, &t->constraints.items[i]));
    for (size_t i = 0; i < t->indexes.count; i++)
        vector_push(memory, &copy->indexes, copy_index(memory, &t->indexes.items[i]));
    for (size_t i = 0; i < t->triggers.count; i++) {
        schema_trigger trigger = t->triggers.items[i];
        trigger.name = arena_string(memory, trigger.name);
        trigger.sql = arena_string(memory, trigger.sql);
        vector_push(memory, &copy->triggers, trigger);
    }
    return copy;
}

static void *copy_enum_value(arena *a, const void *value)
{
    const schema_enum *e = value;
    schema_enum *copy = ARENA_NEW(a, schema_enum);
    copy->name = copy_name(a, e->name);
    copy->maybe = e->maybe;
    for (size_t i = 0; i < e->values.count; i++)
        vector_push(a, &copy->values, arena_string(a, e->values.items[i]));
    for (size_t i = 0; i < e->maybe_values.count; i++)
        vector_push(a, &copy->maybe_values, arena_string(a, e->maybe_values.items[i]));
    return copy;
}

static void *copy_table_value(arena *a, const void *value)
{
    return schema_table_copy(a, value);
}

static void *copy_view_value(arena *a, const void *value)
{
    schema_view *copy = ARENA_NEW(a, schema_view);
    *copy = *(const schema_view *)value;
    copy->name = copy_name(a, copy->name);
    copy->sql = arena_string(a, copy->sql);
    return copy;
}

static void *copy_sequence_value(arena *a, const void *value)
{
    schema_sequence *copy = ARENA_NEW(a, schema_sequence);
    *copy = *(const schema_sequence *)value;
    copy->name = copy_name(a, copy->name);
    return copy;
}

static void *copy_function_value(arena *a, const void *value)
{
    schema_function *copy = ARENA_NEW(a, schema_function);
    *copy = *(const schema_function *)value;
    copy->name = copy_name(a, copy->name);
    copy->arguments = arena_string(a, copy->arguments);
    copy->sql = arena_string(a, copy->sql);
    return copy;
}

static void *copy_entry_value(arena *a, const void *value)
{
    schema_name_entry *copy = ARENA_NEW(a, schema_name_entry);
    *copy = *(const schema_name_entry *)value;
    copy->name = arena_string(a, copy->name);
    return copy;
}

static map copy_map(arena *a, const map *m, void *(*copy_value)(arena *, const void *))
{
    map copy = map_new(a);
    for (size_t i = 0; i < m->count; i++)
        if (!m->entries[i].removed)
            map_set(&copy, m->entries[i].key, copy_value(a, m->entries[i].value));
    return copy;
}

schema *schema_copy(arena *memory, const schema *s)
{
    schema *copy = ARENA_NEW(memory, schema);
    copy->memory = memory;
    copy->engine = s->engine;
    copy->tables = copy_map(memory, &s->tables, copy_table_value);
    copy->enums = copy_map(memory, &s->enums, copy_enum_value);
    copy->views = copy_map(memory, &s->views, copy_view_value);
    copy->sequences = copy_map(memory, &s->sequences, copy_sequence_value);
    copy->functions = copy_map(memory, &s->functions, copy_function_value);
    copy->schemas = copy_map(memory, &s->schemas, copy_entry_value);
    copy->extensions = copy_map(memory, &s->extensions, copy_entry_value);
    return copy;
}

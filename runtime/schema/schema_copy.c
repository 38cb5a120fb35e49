/*
 * schema_copy.c: see schema_copy.h; copies of models, and their parts that are changed.
 */
#include "schema_copy.h"
#include "schema_names.h"

#include "text.h"

#include <assert.h>

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
    copy.declared = arena_string(a, column->declared);
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
    copy.column_extras = copy_list(a, constraint->column_extras);
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

/* ---- copies of a model ---- */

/* No two models, and no model before and behind its copy, are of one edition. 0 is nobody's. */
static size_t copy_editions;

schema *schema_copy(arena *memory, const schema *s)
{
    schema *copy = ARENA_NEW(memory, schema);
    *copy = *s;
    copy->memory = memory;
    copy->tables = map_copy(memory, &s->tables);
    copy->enums = map_copy(memory, &s->enums);
    copy->views = map_copy(memory, &s->views);
    copy->relations = map_copy(memory, &s->relations);
    copy->sequences = map_copy(memory, &s->sequences);
    copy->functions = map_copy(memory, &s->functions);
    copy->schemas = map_copy(memory, &s->schemas);
    copy->extensions = map_copy(memory, &s->extensions);
    copy->edition = ARENA_NEW(memory, size_t);
    *copy->edition = ++copy_editions;
    *s->edition = ++copy_editions;
    copy->touched.items = NULL;
    copy->touched.count = copy->touched.capacity = 0;
    for (size_t i = 0; i < s->touched.count; i++)
        vector_push(memory, &copy->touched, s->touched.items[i]);
    return copy;
}

/* The texts stay shared, for they are never changed; the lists become the copy's own. */
#define COPY_LIST(memory, list)                                                                              \
    do {                                                                                                     \
        (list).items =                                                                                       \
            (void *)arena_copy((memory), (const char *)(list).items, (list).count * sizeof *(list).items);   \
        (list).capacity = (list).count;                                                                      \
    } while (0)

/* The entry that has the object: under its name, or (SQLite) under that name in other letters. */
static map_entry *copy_entry_of(arena *memory, map *m, object_name name, const void *value)
{
    map_entry *entry = map_entry_of(m, name_text(memory, name));
    for (size_t i = 0; (entry == NULL || entry->value != value) && i < m->count; i++)
        entry = &m->entries[i];
    assert(entry != NULL && entry->value == value);
    return entry;
}

schema_table *schema_change_table(schema *s, const schema_table *t)
{
    if (t == NULL)
        return NULL;
    map_entry *entry = copy_entry_of(s->memory, t->materialized ? &s->relations : &s->tables, t->name, t);
    if (!t->materialized)
        schema_names_touch(s, entry->key);
    if (t->edition == *s->edition)
        return entry->value;
    schema_table *own = ARENA_NEW(s->memory, schema_table);
    *own = *t;
    own->edition = *s->edition;
    COPY_LIST(s->memory, own->columns);
    COPY_LIST(s->memory, own->constraints);
    COPY_LIST(s->memory, own->indexes);
    COPY_LIST(s->memory, own->triggers);
    return entry->value = own;
}

schema_enum *schema_change_enum(schema *s, const schema_enum *e)
{
    if (e == NULL)
        return NULL;
    map_entry *entry = copy_entry_of(s->memory, &s->enums, e->name, e);
    if (e->edition == *s->edition)
        return entry->value;
    schema_enum *own = ARENA_NEW(s->memory, schema_enum);
    *own = *e;
    own->edition = *s->edition;
    COPY_LIST(s->memory, own->values);
    COPY_LIST(s->memory, own->maybe_values);
    return entry->value = own;
}

schema_view *schema_change_view(schema *s, const schema_view *view)
{
    if (view == NULL)
        return NULL;
    map_entry *entry = copy_entry_of(s->memory, &s->views, view->name, view);
    if (view->edition == *s->edition)
        return entry->value;
    schema_view *own = ARENA_NEW(s->memory, schema_view);
    *own = *view;
    own->edition = *s->edition;
    COPY_LIST(s->memory, own->triggers);
    return entry->value = own;
}

schema_table *schema_put_relation(schema *s, object_name view)
{
    const char *key = name_text(s->memory, view);
    schema_table *t = map_get(&s->relations, key);
    if (t != NULL)
        return t;
    t = ARENA_NEW(s->memory, schema_table);
    t->name = view;
    t->materialized = true;
    t->edition = *s->edition;
    map_set(&s->relations, key, t);
    return t;
}

void schema_put_view(schema *s, schema_view *view)
{
    map_set(&s->views, name_text(s->memory, view->name), view);
    if (view->materialized)
        (void)schema_put_relation(s, view->name);
    else
        map_remove(&s->relations, name_text(s->memory, view->name));
}

void schema_remove_view(schema *s, const char *key)
{
    map_remove(&s->views, key);
    map_remove(&s->relations, key);
}

schema_triggers *schema_change_triggers(schema *s, const char *object)
{
    schema_table *t = schema_change_table(s, schema_find_table(s, object));
    schema_view *v = t != NULL ? NULL : schema_change_view(s, schema_find_view(s, object));
    return t != NULL ? &t->triggers : v != NULL ? &v->triggers : NULL;
}

void schema_put_table(schema *s, object_name name, schema_table *t)
{
    const char *key = name_text(s->memory, name);
    schema_names_touch(s, key);
    map_set(&s->tables, key, t);
}

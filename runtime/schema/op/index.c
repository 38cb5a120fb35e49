/*
 * index.c: indexes.
 */
#include "operation_parts.h"

#include "schema_names.h"
#include "text.h"

static violation_kind index_columns_there(change *c, const schema_table *t, const migen_index *index)
{
    if (t->materialized) /* its columns are not known */
        return VIOLATION_NONE;
    for (size_t i = 0; i < index->item_count; i++)
        if (index->items[i].column != NULL && table_find_column(t, index->items[i].column) == NULL)
            return violate_column(c->s, c->v, t, index->items[i].column);
    for (size_t i = 0; i < list_length(index->include); i++)
        if (table_find_column(t, index->include[i]) == NULL)
            return violate_column(c->s, c->v, t, index->include[i]);
    return VIOLATION_NONE;
}

static const char *index_owner_words(const schema_table *t)
{
    return t->materialized ? "materialized view" : "table";
}

/* The name is free, or taken: by an index (nothing would change), or by something else. */
static violation_kind index_name_free(change *c, const schema_table *t, const migen_index *index)
{
    schema *s = c->s;
    if (c->step->index->name == NULL) {
        for (size_t i = 0; i < t->indexes.count; i++) {
            const migen_index *other = &t->indexes.items[i];
            if (!other->maybe && !other->half_done && index_equal(s, other, index))
                return violate(s, c->v, VIOLATION_ALREADY, c->step->object,
                               "%s \"%s\" has such an index already: \"%s\"", index_owner_words(t),
                               model_table_text(s, t), other->name);
        }
        return VIOLATION_NONE;
    }
    const char *name = c->step->index->name;
    const schema_table *owner = NULL;
    const char *object = name_text(s->memory, (object_name){t->name.schema, name});
    const migen_index *there = schema_find_index(s, object, &owner);
    if (there != NULL && !there->maybe)
        return violate(s, c->v, VIOLATION_ALREADY, name, "there is an index \"%s\" already, on %s \"%s\"",
                       name, index_owner_words(owner), model_table_text(s, owner));
    const char *taken = model_relation(s, NULL, (object_name){t->name.schema, name});
    if (taken == NULL)
        return VIOLATION_NONE;
    violate(s, c->v, VIOLATION_CONFLICT, name, "the name \"%s\" is taken by %s", name, taken);
    c->v->hint = "tables, views, indexes and sequences of a schema share their names";
    return c->v->kind;
}

violation_kind apply_safe_create_index(change *c)
{
    schema *s = c->s;
    const schema_table *found = schema_find_relation(s, c->step->object);
    schema_table *t = found != NULL && found->materialized ? schema_change_table(s, found) : NULL;
    violation_kind kind = t == NULL ? change_table(c, &t) : VIOLATION_NONE;
    if (t == NULL)
        return kind;
    kind = index_columns_there(c, t, c->step->index);
    if (kind != VIOLATION_NONE)
        return kind;
    migen_index index = schema_plain_index(s, t, c->step->index);
    kind = index_name_free(c, t, &index);
    if (kind == VIOLATION_NONE)
        kind = index_refuse_unsorted(s, c->v, t, &index);
    if (kind != VIOLATION_NONE)
        return kind;
    if (table_find_index(t, index.name) != NULL && c->maybe)
        return VIOLATION_NONE;
    table_remove_index(t, index.name);
    index.maybe = c->maybe;
    vector_push(s->memory, &t->indexes, index);
    return VIOLATION_NONE;
}

bool invert_safe_create_index(inversion *i)
{
    const schema_table *t = schema_find_relation(i->before, i->step->object);
    object_name name = name_parse(i->memory, i->step->object);
    name.name = i->step->index->name;
    if (name.name == NULL && t == NULL)
        return invert_fails(i, "an index without a name on a table that the migrations do not make");
    if (name.name == NULL)
        name.name = schema_plain_index(i->before, t, i->step->index).name;
    invert_push(i, (migen_step){.operation = MIGEN_DROP_INDEX, .object = name_text(i->memory, name)});
    return true;
}

/* A constraint whose index has that name. */
static const migen_constraint *index_constraint(const schema *s, object_name name, const schema_table **table)
{
    schema_holders h = schema_holders_of(s, name.name);
    for (const schema_table *t; (t = schema_holders_next(&h)) != NULL;) {
        if (!model_same_name(s, t->name.schema, name.schema))
            continue;
        const migen_constraint *key = table_find_constraint(t, name.name);
        if (key == NULL || (key->kind != MIGEN_PRIMARY_KEY && key->kind != MIGEN_UNIQUE))
            continue;
        *table = t;
        return key;
    }
    return NULL;
}

/* The index that a step names. NULL with VIOLATION_NONE: somebody else's. */
static violation_kind index_of_step(change *c, violation_kind absent, const migen_index **index,
                                    schema_table **t)
{
    schema *s = c->s;
    object_name name = name_parse(s->memory, c->step->object);
    const schema_table *found = NULL;
    if (schema_find_index(s, c->step->object, &found) != NULL) {
        *t = schema_change_table(s, found);
        *index = table_find_index(*t, name.name);
        return VIOLATION_NONE;
    }
    *index = NULL;
    const schema_table *owner = NULL;
    if (index_constraint(s, name, &owner) != NULL) {
        bool renames = c->step->operation == MIGEN_RENAME_INDEX;
        violate(s, c->v, VIOLATION_CONFLICT, c->step->object,
                "\"%s\" is the index of a constraint of table \"%s\"", c->step->object,
                model_table_text(s, owner));
        c->v->hint = arena_format(s->memory, "%s constraint %s%s on %s", renames ? "rename" : "drop",
                                  name_part_text(s->memory, name.name),
                                  renames ? arena_format(s->memory, " to %s", c->step->new_name) : "",
                                  model_table_text(s, owner));
        return c->v->kind;
    }
    if (model_is_outside(s, name))
        return VIOLATION_NONE;
    map names = map_new(s->memory);
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *other = s->tables.entries[i].value;
        for (size_t k = 0; other != NULL && k < other->indexes.count; k++)
            map_set(&names,
                    name_text(s->memory, (object_name){other->name.schema, other->indexes.items[k].name}), c);
    }
    violate_missing(s, c->v, c->step->object, &names, "there is no index \"%s\"", c->step->object);
    return c->v->kind = absent;
}

violation_kind apply_safe_drop_index(change *c)
{
    schema *s = c->s;
    const migen_index *index = NULL;
    schema_table *t = NULL;
    violation_kind kind = index_of_step(c, VIOLATION_ALREADY, &index, &t);
    if (index == NULL)
        return kind;
    /* A foreign key may stand on a unique index. */
    schema_table *without = schema_table_copy(s->memory, t);
    table_remove_index(without, index->name);
    dependent_keys broken = {0};
    dependents_of_unique(s, t, without, &broken, NULL);
    if (!c->step->cascade)
        kind = dependents_refuse(s, c->v, c->step->object,
                                 arena_format(s->memory, "index \"%s\"", c->step->object), &broken, NULL);
    if (kind != VIOLATION_NONE)
        return kind;
    table_remove_index(t, index->name);
    dependents_drop_keys(s, &broken);
    return VIOLATION_NONE;
}

bool invert_safe_drop_index(inversion *i)
{
    return invert_by_difference(i);
}

violation_kind apply_safe_rename_index(change *c)
{
    schema *s = c->s;
    object_name name = name_parse(s->memory, c->step->object);
    object_name renamed = {name.schema, c->step->new_name};
    const char *target = name_text(s->memory, renamed);
    const schema_table *owner = NULL;
    if (schema_find_index(s, c->step->object, NULL) == NULL && schema_find_index(s, target, NULL) != NULL)
        return violate(s, c->v, VIOLATION_ALREADY, c->step->object, "index \"%s\" is called \"%s\" already",
                       c->step->object, target);
    const migen_index *index = NULL;
    schema_table *t = NULL;
    violation_kind kind = index_of_step(c, VIOLATION_MISSING, &index, &t);
    if (index == NULL)
        return kind;
    const migen_index *other = schema_find_index(s, target, &owner);
    if (other != index) {
        kind = change_relation_free(c, renamed, c->step->new_name);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    const char *old = index->name;
    if (other != NULL && other->maybe && other != index)
        table_remove_index(schema_change_table(s, owner), other->name);
    migen_index *own = table_find_index(t, old);
    own->name = c->step->new_name;
    own->sql = NULL;
    return VIOLATION_NONE;
}

bool invert_safe_rename_index(inversion *i)
{
    object_name name = name_parse(i->memory, i->step->object);
    const char *renamed = name_text(i->memory, (object_name){name.schema, i->step->new_name});
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_INDEX, .object = renamed, .new_name = name.name});
    return true;
}

/*
 * schema.c: making a model, and looking things up in it.
 */
#include "schema.h"

#include "operation_parts.h"
#include "schema_names.h"
#include "text.h"

schema *schema_new(arena *memory, migen_engine engine)
{
    schema *s = ARENA_NEW(memory, schema);
    s->memory = memory;
    s->engine = engine;
    s->tables = map_new(memory);
    s->enums = map_new(memory);
    s->views = map_new(memory);
    s->sequences = map_new(memory);
    s->functions = map_new(memory);
    s->relations = map_new(memory);
    s->schemas = map_new(memory);
    s->extensions = map_new(memory);
    s->strangers = map_new(memory);
    s->edition = ARENA_NEW(memory, size_t);
    s->names = schema_names_new(memory);
    return s;
}

/* The value under an object's text, whatever the text's quotes; on SQLite also whatever its case. */
static void *schema_lookup(const schema *s, const map *m, const char *object)
{
    if (object == NULL || m->count == 0)
        return NULL;
    void *found = map_get(m, object);
    if (found != NULL)
        return found;
    arena *scratch = arena_new();
    object_name name = name_parse(scratch, object);
    found = map_get(m, name_text(scratch, name));
    for (size_t i = 0; found == NULL && s->engine == MIGEN_SQLITE && i < m->count; i++) {
        if (m->entries[i].removed)
            continue;
        object_name other = name_parse(scratch, m->entries[i].key);
        if (text_equal_word(other.name, name.name) && text_equal_word(other.schema, name.schema))
            found = m->entries[i].value;
    }
    arena_free(scratch);
    return found;
}

const schema_table *schema_find_table(const schema *s, const char *object)
{
    if (object == NULL)
        return NULL;
    const schema_table *found = map_get(&s->tables, object);
    if (found != NULL || s->tables.count == 0)
        return found;
    arena *scratch = arena_new();
    object_name name = name_parse(scratch, object);
    found = map_get(&s->tables, name_text(scratch, name));
    if (found == NULL && s->engine == MIGEN_SQLITE) {
        schema_holders h = schema_holders_of(s, name.name);
        do
            found = schema_holders_next(&h);
        while (found != NULL && !(text_equal_word(found->name.name, name.name) &&
                                  text_equal_word(found->name.schema, name.schema)));
    }
    arena_free(scratch);
    return found;
}

const schema_enum *schema_find_enum(const schema *s, const char *object)
{
    return schema_lookup(s, &s->enums, object);
}

const schema_view *schema_find_view(const schema *s, const char *object)
{
    return schema_lookup(s, &s->views, object);
}

const schema_table *schema_find_relation(const schema *s, const char *object)
{
    const schema_table *t = schema_find_table(s, object);
    return t != NULL ? t : schema_lookup(s, &s->relations, object);
}

const schema_function *schema_find_function(const schema *s, const char *object)
{
    return schema_lookup(s, &s->functions, object);
}

const schema_sequence *schema_find_sequence(const schema *s, const char *object)
{
    return schema_lookup(s, &s->sequences, object);
}

bool model_same_name(const schema *s, const char *a, const char *b)
{
    return s->engine == MIGEN_SQLITE ? text_equal_word(a, b) : text_equal(a, b);
}

const migen_index *schema_find_index(const schema *s, const char *object, const schema_table **table)
{
    if (object == NULL)
        return NULL;
    arena *scratch = arena_new();
    object_name wanted = name_parse(scratch, object);
    const migen_index *found = NULL;
    schema_holders h = schema_holders_of(s, wanted.name);
    for (const schema_table *t; found == NULL && (t = schema_holders_next(&h)) != NULL;) {
        if (!model_same_name(s, t->name.schema, wanted.schema))
            continue;
        found = table_find_index(t, wanted.name);
        if (found != NULL && table != NULL)
            *table = t;
    }
    arena_free(scratch);
    return found;
}

/* Tables that were read from SQLite carry their statement. */
static bool table_name_is(const schema_table *t, const char *a, const char *b)
{
    return t->without_case || t->sql != NULL ? text_equal_word(a, b) : text_equal(a, b);
}

#define TABLE_FIND(list, wanted)                                                                             \
    do {                                                                                                     \
        for (size_t i = 0; i < (list).count; i++)                                                            \
            if (table_name_is(t, (list).items[i].name, (wanted)))                                            \
                return &(list).items[i];                                                                     \
        return NULL;                                                                                         \
    } while (0)

migen_column *table_find_column(const schema_table *t, const char *name)
{
    TABLE_FIND(t->columns, name);
}

migen_constraint *table_find_constraint(const schema_table *t, const char *name)
{
    TABLE_FIND(t->constraints, name);
}

migen_index *table_find_index(const schema_table *t, const char *name)
{
    TABLE_FIND(t->indexes, name);
}

schema_trigger *table_find_trigger(const schema_table *t, const char *name)
{
    TABLE_FIND(t->triggers, name);
}

#undef TABLE_FIND

migen_constraint *table_primary_key(const schema_table *t)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].kind == MIGEN_PRIMARY_KEY)
            return &t->constraints.items[i];
    return NULL;
}

static const schema_trigger *schema_trigger_of(const schema *s, const schema_triggers *triggers,
                                               const char *name)
{
    for (size_t i = 0; i < triggers->count; i++)
        if (model_same_name(s, triggers->items[i].name, name))
            return &triggers->items[i];
    return NULL;
}

/* Tables and views share their names: one list of those that have the trigger, tables first. */
const schema_trigger *schema_find_trigger(const schema *s, const char *object, const char *name,
                                          object_name *owner)
{
    const schema_table *t = object == NULL ? NULL : schema_find_table(s, object);
    const schema_view *v = object == NULL ? NULL : schema_find_view(s, object);
    const schema_trigger *found = t == NULL ? NULL : schema_trigger_of(s, &t->triggers, name);
    found = found == NULL && v != NULL ? schema_trigger_of(s, &v->triggers, name) : found;
    for (size_t i = 0; object == NULL && found == NULL && i < s->tables.count; i++) {
        t = s->tables.entries[i].removed ? NULL : s->tables.entries[i].value;
        found = t == NULL ? NULL : schema_trigger_of(s, &t->triggers, name);
    }
    for (size_t i = 0; object == NULL && found == NULL && i < s->views.count; i++) {
        t = NULL;
        v = s->views.entries[i].removed ? NULL : s->views.entries[i].value;
        found = v == NULL ? NULL : schema_trigger_of(s, &v->triggers, name);
    }
    if (found != NULL && owner != NULL)
        *owner = t != NULL ? t->name : v->name;
    return found;
}

/* The name of a constraint is one of its table's: without the table, any that has one so called. */
static bool schema_has_constraint(const schema *s, const char *object, const char *part)
{
    if (part == NULL)
        return false;
    if (object != NULL) {
        const schema_table *t = schema_find_table(s, object);
        return t != NULL && table_find_constraint(t, part) != NULL;
    }
    for (size_t i = 0; i < s->tables.count; i++)
        if (!s->tables.entries[i].removed && table_find_constraint(s->tables.entries[i].value, part) != NULL)
            return true;
    return false;
}

/* part is the table that it must be on, as an object; NULL: any. */
static bool schema_has_index(const schema *s, const char *object, const char *part)
{
    const schema_table *owner = NULL;
    if (schema_find_index(s, object, &owner) == NULL)
        return false;
    return part == NULL || schema_find_relation(s, part) == owner;
}

static bool schema_has_value(const schema_enum *e, const char *value)
{
    for (size_t i = 0; e != NULL && i < e->values.count; i++)
        if (text_equal(e->values.items[i], value))
            return true;
    return false;
}

/* A schema or extension: its name may stand quoted. */
static bool schema_has_name(const schema *s, const map *names, const char *object)
{
    return schema_lookup(s, names, object) != NULL || map_has(names, name_unquoted(s->memory, object));
}

bool schema_has(const schema *s, migen_kind kind, const char *object, const char *part)
{
    const schema_table *t = object == NULL ? NULL : schema_find_table(s, object);
    const schema_view *view = object == NULL ? NULL : schema_find_view(s, object);
    switch (kind) {
    case MIGEN_KIND_SCHEMA:
        return s->engine == MIGEN_POSTGRES && schema_has_name(s, &s->schemas, object);
    case MIGEN_KIND_EXTENSION:
        return s->engine == MIGEN_POSTGRES && schema_has_name(s, &s->extensions, object);
    case MIGEN_KIND_ENUM:
        return schema_find_enum(s, object) != NULL;
    case MIGEN_KIND_ENUM_VALUE:
        return schema_has_value(schema_find_enum(s, object), part);
    case MIGEN_KIND_SEQUENCE:
        return schema_find_sequence(s, object) != NULL;
    case MIGEN_KIND_TABLE:
        return t != NULL;
    case MIGEN_KIND_COLUMN:
        return t != NULL && part != NULL && table_find_column(t, part) != NULL;
    case MIGEN_KIND_INDEX:
        return schema_has_index(s, object, part);
    case MIGEN_KIND_CONSTRAINT:
        return schema_has_constraint(s, object, part);
    case MIGEN_KIND_VIEW:
        return view != NULL && !view->materialized;
    case MIGEN_KIND_MATERIALIZED_VIEW:
        return view != NULL && view->materialized;
    case MIGEN_KIND_FUNCTION:
        return schema_find_function(s, object) != NULL;
    case MIGEN_KIND_TRIGGER:
        return schema_find_trigger(s, object, part, NULL) != NULL;
    }
    return false;
}

const char *kind_words(migen_kind kind)
{
    static const char *const words[] = {
        [MIGEN_KIND_SCHEMA] = "schema",
        [MIGEN_KIND_EXTENSION] = "extension",
        [MIGEN_KIND_ENUM] = "enum",
        [MIGEN_KIND_ENUM_VALUE] = "enum value",
        [MIGEN_KIND_SEQUENCE] = "sequence",
        [MIGEN_KIND_TABLE] = "table",
        [MIGEN_KIND_COLUMN] = "column",
        [MIGEN_KIND_INDEX] = "index",
        [MIGEN_KIND_CONSTRAINT] = "constraint",
        [MIGEN_KIND_VIEW] = "view",
        [MIGEN_KIND_MATERIALIZED_VIEW] = "materialized view",
        [MIGEN_KIND_FUNCTION] = "function",
        [MIGEN_KIND_TRIGGER] = "trigger",
    };
    return (size_t)kind < sizeof words / sizeof *words && words[kind] != NULL ? words[kind] : "object";
}

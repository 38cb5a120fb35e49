/*
 * namespace.c: schemas, extensions and sequences.
 */
#include "operation_parts.h"

#include "text.h"

static violation_kind namespace_unsupported(change *c, const char *what)
{
    return violate_sqlite(c->s, c->v, c->step->object, what);
}

static void namespace_enter(change *c, map *names, const char *name)
{
    schema_name_entry *entry = ARENA_NEW(c->s->memory, schema_name_entry);
    entry->name = name;
    entry->maybe = c->maybe;
    map_set(names, name, entry);
}

/* Enters a schema or an extension; there firmly already: nothing would change. */
static violation_kind namespace_create(change *c, map *names, const char *what)
{
    const char *name = name_unquoted(c->s->memory, c->step->object);
    const schema_name_entry *there = map_get(names, name);
    if (there != NULL && !there->maybe)
        return violate(c->s, c->v, VIOLATION_ALREADY, c->step->object, "there is a%s %s \"%s\" already",
                       *what == 'e' ? "n" : "", what, name);
    if (there == NULL || !c->maybe)
        namespace_enter(c, names, name);
    return VIOLATION_NONE;
}

violation_kind apply_safe_create_schema(change *c)
{
    if (c->s->engine == MIGEN_SQLITE)
        return namespace_unsupported(c, "schemas");
    return namespace_create(c, &c->s->schemas, "schema");
}

bool invert_safe_create_schema(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_DROP_SCHEMA, .object = i->step->object});
    return true;
}

typedef struct namespace_content {
    VECTOR(const schema_table *) tables;
    VECTOR(const char *) others; /* in words */
    dependent_keys keys;
    dependent_views views;
} namespace_content;

static bool namespace_is_in(const schema *s, object_name name, const char *schema_name)
{
    return name.schema != NULL && model_same_name(s, name.schema, schema_name);
}

/* The name of what stands in one of the maps: several functions of one name have their arguments in the key. */
static object_name namespace_name_at(const schema *s, const map *m, size_t i)
{
    if (m == &s->functions)
        return ((const schema_function *)m->entries[i].value)->name;
    return name_parse(s->memory, m->entries[i].key);
}

/* Everything in the schema, and what stands on it from outside. */
static namespace_content namespace_content_of(const schema *s, const char *name)
{
    namespace_content content = {0};
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (s->tables.entries[i].removed || !namespace_is_in(s, t->name, name))
            continue;
        vector_push(s->memory, &content.tables, t);
        dependents_add_keys(s, t, NULL, false, &content.keys);
        dependents_add_views(s, t->name, NULL, &content.views);
    }
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].value;
        if (s->views.entries[i].removed || !namespace_is_in(s, view->name, name))
            continue;
        vector_push(s->memory, &content.others,
                    arena_format(s->memory, "view \"%s\"", s->views.entries[i].key));
        if (!dependents_has_view(&content.views, view))
            vector_push(s->memory, &content.views, view);
    }
    const map *maps[] = {&s->enums, &s->functions, &s->sequences};
    static const char *const words[] = {"enum", "function", "sequence"};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++)
        for (size_t i = 0; i < maps[m]->count; i++)
            if (!maps[m]->entries[i].removed && namespace_is_in(s, namespace_name_at(s, maps[m], i), name))
                vector_push(s->memory, &content.others,
                            arena_format(s->memory, "%s \"%s\"", words[m], maps[m]->entries[i].key));
    return content;
}

static void namespace_remove_in(schema *s, map *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (!m->entries[i].removed && namespace_is_in(s, namespace_name_at(s, m, i), name))
            map_remove(m, m->entries[i].key);
}

/* What stands outside on the functions and sequences in the schema. */
static void namespace_let_go(change *c, const char *name)
{
    const schema *s = c->s;
    for (size_t i = 0; i < s->functions.count; i++)
        if (!s->functions.entries[i].removed &&
            namespace_is_in(s, namespace_name_at(s, &s->functions, i), name))
            (void)function_let_go(c, s->functions.entries[i].value);
    for (size_t i = 0; i < s->sequences.count; i++)
        if (!s->sequences.entries[i].removed &&
            namespace_is_in(s, namespace_name_at(s, &s->sequences, i), name))
            (void)sequence_let_go(c, s->sequences.entries[i].value);
}

violation_kind apply_safe_drop_schema(change *c)
{
    schema *s = c->s;
    if (s->engine == MIGEN_SQLITE)
        return namespace_unsupported(c, "schemas");
    const char *name = name_unquoted(s->memory, c->step->object);
    if (!map_has(&s->schemas, name)) /* no migration makes it: somebody else's */
        return VIOLATION_NONE;
    namespace_content content = namespace_content_of(s, name);
    if (!c->step->cascade && (content.tables.count > 0 || content.others.count > 0)) {
        const char *first =
            content.tables.count > 0
                ? arena_format(s->memory, "table \"%s\"", model_table_text(s, content.tables.items[0]))
                : content.others.items[0];
        violate(s, c->v, VIOLATION_CONFLICT, c->step->object, "schema \"%s\" is not empty: %s is in it", name,
                first);
        c->v->hint = "drop what is in it first, or say `cascade`";
        return c->v->kind;
    }
    dependents_drop_keys(s, &content.keys);
    dependents_drop_views(s, &content.views);
    namespace_remove_in(s, &s->tables, name);
    for (size_t i = 0; i < s->enums.count; i++) /* columns of other schemas' tables */
        if (!s->enums.entries[i].removed &&
            namespace_is_in(s, name_parse(s->memory, s->enums.entries[i].key), name))
            (void)enum_drop_columns(c, s->enums.entries[i].key);
    namespace_remove_in(s, &s->enums, name);
    namespace_let_go(c, name);
    namespace_remove_in(s, &s->functions, name);
    namespace_remove_in(s, &s->sequences, name);
    map_remove(&s->schemas, name);
    return VIOLATION_NONE;
}

bool invert_safe_drop_schema(inversion *i)
{
    return invert_by_difference(i);
}

violation_kind apply_safe_create_extension(change *c)
{
    if (c->s->engine == MIGEN_SQLITE) /* skipped there with a line */
        return VIOLATION_NONE;
    return namespace_create(c, &c->s->extensions, "extension");
}

bool invert_safe_create_extension(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_DROP_EXTENSION, .object = i->step->object});
    return true;
}

violation_kind apply_safe_drop_extension(change *c)
{
    const char *name = name_unquoted(c->s->memory, c->step->object);
    if (c->s->engine == MIGEN_SQLITE)
        return VIOLATION_NONE;
    if (!map_has(&c->s->extensions, name)) {
        violate_missing(c->s, c->v, c->step->object, &c->s->extensions, "there is no extension \"%s\"", name);
        return c->v->kind = VIOLATION_ALREADY;
    }
    map_remove(&c->s->extensions, name);
    return VIOLATION_NONE;
}

bool invert_safe_drop_extension(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_EXTENSION, .object = i->step->object});
    return true;
}

violation_kind apply_safe_create_sequence(change *c)
{
    schema *s = c->s;
    if (s->engine == MIGEN_SQLITE)
        return namespace_unsupported(c, "sequences");
    object_name name = name_parse(s->memory, c->step->object);
    const schema_sequence *there = schema_find_sequence(s, c->step->object);
    if (there != NULL && !there->maybe) {
        if (model_is_outside(s, name))
            return VIOLATION_NONE;
        return violate(s, c->v, VIOLATION_ALREADY, c->step->object, "there is a sequence \"%s\" already",
                       c->step->object);
    }
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    violation_kind kind = change_relation_free(c, name, c->step->object);
    if (kind != VIOLATION_NONE)
        return kind;
    schema_sequence *sequence = ARENA_NEW(s->memory, schema_sequence);
    *sequence = (schema_sequence){
        .name = name, .start = c->step->start, .increment = c->step->increment, .maybe = c->maybe};
    map_set(&s->sequences, name_text(s->memory, name), sequence);
    return VIOLATION_NONE;
}

bool invert_safe_create_sequence(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_DROP_SEQUENCE, .object = i->step->object});
    return true;
}

violation_kind apply_safe_drop_sequence(change *c)
{
    schema *s = c->s;
    if (s->engine == MIGEN_SQLITE)
        return namespace_unsupported(c, "sequences");
    object_name name = name_parse(s->memory, c->step->object);
    const schema_sequence *there = schema_find_sequence(s, c->step->object);
    if (there == NULL) {
        if (model_is_outside(s, name))
            return VIOLATION_NONE;
        violate_missing(s, c->v, c->step->object, &s->sequences, "there is no sequence \"%s\"",
                        c->step->object);
        return c->v->kind = VIOLATION_ALREADY;
    }
    violation_kind kind = sequence_let_go(c, there);
    if (kind == VIOLATION_NONE)
        map_remove(&s->sequences, name_text(s->memory, name));
    return kind;
}

bool invert_safe_drop_sequence(inversion *i)
{
    return invert_by_difference(i);
}

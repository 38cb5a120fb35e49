/*
 * plain_key.c: foreign keys: what they point at, and whether they can.
 */
#include "plain_parts.h"

#include "text.h"

typedef struct key_site {
    const schema *s;
    const schema_table *t; /* of the foreign key */
    migen_column *column;  /* one that is not in t yet; NULL: none */
    migen_constraint *key;
    const schema_table *target; /* NULL: somebody else's */
    bool lenient;               /* the target's definition is not known wholly */
    const char *word;           /* the target, in the step */
    violation *v;
} key_site;

static migen_column *key_own_column(const key_site *site, const char *name)
{
    if (site->column != NULL && model_same_name(site->s, site->column->name, name))
        return site->column;
    return table_find_column(site->t, name);
}

static const migen_column *key_target_column(const key_site *site, const char *name)
{
    if (site->target == site->t)
        return key_own_column(site, name);
    return table_find_column(site->target, name);
}

static bool lists_same_set(const schema *s, const char *const *a, const char *const *b)
{
    if (list_length(a) != list_length(b))
        return false;
    for (size_t i = 0; a[i] != NULL; i++)
        if (!list_has_name(s, b, a[i]))
            return false;
    return true;
}

bool index_is_plain_unique(const migen_index *index)
{
    bool plain = index->unique && index->where == NULL;
    for (size_t i = 0; i < index->item_count; i++)
        plain = plain && index->items[i].column != NULL;
    return plain;
}

/* How many constraints and indexes make the columns of t unique together. */
static size_t key_count_unique(const schema *s, const schema_table *t, const char *const *columns)
{
    size_t count = 0;
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        if ((k->kind == MIGEN_PRIMARY_KEY || k->kind == MIGEN_UNIQUE) &&
            lists_same_set(s, columns, k->columns) && constraint_same_collations(k, NULL))
            count++;
    }
    for (size_t i = 0; i < t->indexes.count; i++) {
        const migen_index *index = &t->indexes.items[i];
        if (!index_is_plain_unique(index))
            continue;
        const char **names = ARENA_NEW_ARRAY(s->memory, const char *, index->item_count + 1);
        for (size_t k = 0; k < index->item_count; k++)
            names[k] = index->items[k].column;
        if (lists_same_set(s, columns, names))
            count++;
    }
    return count;
}

bool table_is_unique(const schema *s, const schema_table *t, const char *const *columns)
{
    return key_count_unique(s, t, columns) != 0;
}

void dependents_of_unique(const schema *s, const schema_table *t, const schema_table *without,
                          dependent_keys *lost, dependent_keys *kept)
{
    dependent_keys keys = {0};
    dependents_add_keys(s, t, NULL, true, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const migen_constraint *key = table_find_constraint(keys.items[i].table, keys.items[i].name);
        if (key == NULL || key->references_columns == NULL)
            continue;
        size_t left = key_count_unique(s, without, key->references_columns);
        if (left >= key_count_unique(s, t, key->references_columns))
            continue;
        if (left == 0)
            vector_push(s->memory, lost, keys.items[i]);
        else if (kept != NULL)
            vector_push(s->memory, kept, keys.items[i]);
    }
}

const schema_table *schema_find_target(const schema *s, const char *references)
{
    const schema_table *t = schema_find_table(s, references);
    if (t != NULL || s->engine == MIGEN_SQLITE || s->current != NULL)
        return t;
    object_name name = name_parse(s->memory, references);
    if (name.schema != NULL && !text_equal(name.schema, "public"))
        return NULL;
    object_name other = {name.schema == NULL ? "public" : NULL, name.name};
    return schema_find_table(s, name_text(s->memory, other));
}

/* Finds the target. False with a violation. */
static bool key_find_target(key_site *site)
{
    const schema *s = site->s;
    object_name name = name_parse(s->memory, site->word);
    const char *object = name_text(s->memory, name);
    site->key->references = object;
    if (model_same_object(s, object, model_table_text(s, site->t)))
        site->target = site->t;
    else
        site->target = schema_find_table(s, object);
    if (site->target == NULL) {
        site->target = schema_find_target(s, object);
        site->lenient = site->target != NULL;
        if (site->target != NULL)
            return true;
    }
    if (site->target != NULL) {
        const schema_table *t = site->target;
        site->lenient = t->given || t->maybe || t->is_virtual;
        return true;
    }
    if (s->engine == MIGEN_SQLITE && name.schema != NULL) {
        violate_sqlite(
            s, site->v, site->word,
            arena_format(s->memory, "schemas: a foreign key cannot point at \"%s\" there", object));
        return false;
    }
    if (model_is_outside(s, name))
        return true;
    if (schema_find_view(s, object) != NULL)
        violate(s, site->v, VIOLATION_CONFLICT, site->word,
                "\"%s\" is a view: a foreign key points at a table", object);
    else
        violate_missing(s, site->v, site->word, &s->tables, "there is no table \"%s\"", object);
    if (map_has(&s->schemas, name.name)) /* -> auth.users is read as table.column */
        site->v->hint = arena_format(
            s->memory, "a table of the schema %s needs its column too: -> %s.TABLE.COLUMN", object, object);
    return false;
}

/* The columns of the target where the author says none: its primary key. */
static bool key_default_columns(key_site *site)
{
    const migen_constraint *primary = table_primary_key(site->target);
    if (primary != NULL) {
        site->key->references_columns = primary->columns;
        return true;
    }
    if (site->lenient && table_find_column(site->target, "id") != NULL) {
        site->key->references_columns = list_of(site->s->memory, "id");
        return true;
    }
    if (site->lenient)
        return true;
    violate(site->s, site->v, VIOLATION_CONFLICT, site->word, "table \"%s\" has no primary key to point at",
            model_table_text(site->s, site->target));
    site->v->hint = "say the column: -> table.column";
    return false;
}

static bool key_check_columns(key_site *site)
{
    const schema *s = site->s;
    migen_constraint *key = site->key;
    if (key->references_columns == NULL && !key_default_columns(site))
        return false;
    if (key->references_columns == NULL)
        return true;
    for (size_t i = 0; key->references_columns[i] != NULL; i++) {
        if (key_target_column(site, key->references_columns[i]) != NULL || site->target->is_virtual ||
            site->target->maybe)
            continue;
        violate_column(s, site->v, site->target, key->references_columns[i]);
        return false;
    }
    if (list_length(key->columns) != list_length(key->references_columns)) {
        violate(s, site->v, VIOLATION_CONFLICT, site->word,
                "a foreign key of %zu columns cannot point at %zu", list_length(key->columns),
                list_length(key->references_columns));
        return false;
    }
    if (!site->lenient && !table_is_unique(s, site->target, key->references_columns)) {
        violate(s, site->v, VIOLATION_CONFLICT, site->word, "there is no unique constraint matching %s (%s)",
                model_table_text(s, site->target), list_join(s->memory, key->references_columns, ", "));
        site->v->hint =
            "a foreign key points at a primary key or at what is unique: an error on both engines";
        return false;
    }
    return true;
}

static bool key_refuse_untyped(key_site *site, const char *name) /* name: as it stands in the step */
{
    violate(site->s, site->v, VIOLATION_CONFLICT, name, "the type of \"%s\" is not known: %s", name,
            site->target == NULL ? "its target is outside of the migrations" : "nor is its target's");
    site->v->hint = "say its type";
    return false;
}

/* Types of the columns: those not said are taken over, the others must fit. */
static bool key_check_types(key_site *site)
{
    const schema *s = site->s;
    const migen_constraint *key = site->key;
    for (size_t i = 0; key->columns[i] != NULL; i++) {
        migen_column *own = key_own_column(site, key->columns[i]);
        const migen_column *other = NULL;
        if (site->target != NULL && key->references_columns != NULL)
            other = key_target_column(site, key->references_columns[i]);
        if (own == NULL)
            continue;
        if (own->type.kind == MIGEN_TYPE_NONE) {
            if (other != NULL && other->type.kind != MIGEN_TYPE_NONE)
                own->type = type_of_reference(other->type);
            else if (other == NULL && site->lenient)
                own->type = (migen_type){.kind = MIGEN_TYPE_BIGINT};
            else
                return key_refuse_untyped(site, key->columns[i]);
        } else if (other != NULL && other->type.kind != MIGEN_TYPE_NONE &&
                   !type_can_reference(s->engine, own->type, other->type)) {
            violate(s, site->v, VIOLATION_CONFLICT, key->columns[i], "\"%s\" is %s, but \"%s.%s\" is %s",
                    own->name, type_text(s->memory, own->type), model_table_text(s, site->target),
                    other->name, type_text(s->memory, other->type));
            site->v->hint = "leave the type out: a foreign key's column takes its target's";
            return false;
        }
    }
    return true;
}

bool plain_foreign_key(const schema *s, const schema_table *t, migen_column *column, migen_constraint *key,
                       violation *v)
{
    key_site site = {.s = s, .t = t, .column = column, .key = key, .word = key->references, .v = v};
    if (!key_find_target(&site))
        return false;
    if (site.target != NULL && !key_check_columns(&site))
        return false;
    return key_check_types(&site);
}

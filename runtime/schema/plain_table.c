/*
 * plain_table.c: a table's definition to its plain form, and back.
 *
 * Idea       Columns first, then what makes rows unique, then checks and indexes, and foreign keys last, so that a table
 *            may point at itself whatever the order of its lines.
 */
#include "plain_parts.h"

#include "schema_copy.h"
#include "sql_normal.h"
#include "text.h"

typedef struct table_site {
    schema *s;
    const migen_table *definition;
    schema_table *t;
    violation *v;
} table_site;

static bool table_add_columns(table_site *site)
{
    for (size_t i = 0; i < site->definition->column_count; i++) {
        const migen_column *definition = &site->definition->columns[i];
        migen_column column;
        if (!plain_column_alone(site->s, definition, &column, site->v))
            return false;
        if (table_find_column(site->t, column.name) != NULL) {
            violate(site->s, site->v, VIOLATION_CONFLICT, definition->name,
                    "the column \"%s\" stands twice in the table", definition->name);
            if (site->s->engine == MIGEN_SQLITE)
                site->v->hint = "to SQLite, names that differ in their case alone are one name";
            return false;
        }
        vector_push(site->s->memory, &site->t->columns, column);
    }
    return true;
}

static void table_tighten_key(schema_table *t, const migen_constraint *key)
{
    for (size_t i = 0; key->columns[i] != NULL; i++) {
        migen_column *column = table_find_column(t, key->columns[i]);
        if (column != NULL)
            column->not_null = true;
    }
}

/* Whether the name of a constraint is free. */
static bool table_name_free(table_site *site, const migen_constraint *key)
{
    schema *s = site->s;
    bool relation = key->kind == MIGEN_PRIMARY_KEY || key->kind == MIGEN_UNIQUE;
    const char *taken = NULL;
    if (table_find_constraint(site->t, key->name) != NULL)
        taken = "another constraint";
    else if (relation)
        taken = model_relation(s, site->t, (object_name){site->t->name.schema, key->name});
    if (taken == NULL)
        return true;
    violate(s, site->v, VIOLATION_CONFLICT, key->name, "the name \"%s\" is taken by %s", key->name, taken);
    return false;
}

/* Whether the definition says this name; otherwise it is a default one. */
static bool table_says_name(const table_site *site, const char *name)
{
    const migen_table *definition = site->definition;
    for (size_t i = 0; i < definition->constraint_count; i++)
        if (text_equal(definition->constraints[i].name, name))
            return true;
    for (size_t i = 0; i < definition->column_count; i++)
        if (text_equal(definition->columns[i].unique_name, name))
            return true;
    return false;
}

/* What a name was said for keeps it when two constraints become one, as on PostgreSQL (transformIndexConstraints). */
static bool table_name_merged(table_site *site, migen_constraint *kept, const migen_constraint *left_out)
{
    if (left_out->name == NULL || table_says_name(site, kept->name))
        return true;
    if (!table_name_free(site, left_out))
        return false;
    kept->name = left_out->name;
    return true;
}

/* The constraint with its name, as one of the table. Two that make the same columns unique are one. */
static bool table_add_key(table_site *site, migen_constraint key)
{
    schema *s = site->s;
    schema_table *t = site->t;
    if (!plain_key_columns(s, t, &key, site->v))
        return false;
    for (size_t i = 0; key.kind == MIGEN_UNIQUE && i < t->constraints.count; i++) {
        const migen_constraint *other = &t->constraints.items[i];
        bool unique = other->kind == MIGEN_PRIMARY_KEY || other->kind == MIGEN_UNIQUE;
        if (unique && list_equal(other->columns, key.columns))
            return table_name_merged(site, &t->constraints.items[i], &key);
    }
    if (key.kind == MIGEN_FOREIGN_KEY && !plain_foreign_key(s, t, NULL, &key, site->v))
        return false;
    if (key.name == NULL)
        key.name = plain_default_name(s, t, NULL, &key);
    else if (!table_name_free(site, &key))
        return false;
    vector_push(s->memory, &t->constraints, key);
    if (key.kind == MIGEN_PRIMARY_KEY)
        table_tighten_key(t, &key);
    return true;
}

/* All constraints of a kind, the columns' first, one after the other; NULL behind the last. */
static bool table_constraint_at(table_site *site, migen_constraint_kind kind, size_t at,
                                migen_constraint *out)
{
    const migen_table *definition = site->definition;
    if (at < definition->column_count)
        *out = plain_shorthand(site->s, &definition->columns[at], kind);
    else if (at - definition->column_count < definition->constraint_count)
        *out = definition->constraints[at - definition->column_count];
    else
        return false;
    if (out->kind != kind)
        out->kind = 0;
    out->expression = sql_unqualified(site->s->memory, out->expression, site->t->name.name, site->s->engine);
    return true;
}

static bool table_add_primary_key(table_site *site)
{
    migen_constraint key = {0}, next;
    for (size_t i = 0; table_constraint_at(site, MIGEN_PRIMARY_KEY, i, &next); i++) {
        if (next.kind == 0)
            continue;
        if (key.kind != 0 && !list_equal(key.columns, next.columns)) {
            violate(site->s, site->v, VIOLATION_CONFLICT, next.columns[0],
                    "table \"%s\" would have two primary keys: (%s) and (%s)",
                    model_table_text(site->s, site->t), list_join(site->s->memory, key.columns, ", "),
                    list_join(site->s->memory, next.columns, ", "));
            site->v->hint =
                "an `id` is the primary key; one of several columns is said once: primary key (a, b)";
            return false;
        }
        if (key.kind == 0 || next.name != NULL)
            key = next;
    }
    return key.kind == 0 || table_add_key(site, key);
}

static bool table_add_kind(table_site *site, migen_constraint_kind kind)
{
    migen_constraint next;
    for (size_t i = 0; table_constraint_at(site, kind, i, &next); i++)
        if (next.kind != 0 && !table_add_key(site, next))
            return false;
    return true;
}

/* A foreign key to a column of the same table that has no type yet waits for that one. */
static bool table_add_foreign_keys(table_site *site)
{
    schema *s = site->s;
    size_t total = site->definition->column_count + site->definition->constraint_count;
    bool *done = ARENA_NEW_ARRAY(s->memory, bool, total + 1);
    for (bool progress = true; progress;) {
        progress = false;
        migen_constraint next;
        for (size_t i = 0; table_constraint_at(site, MIGEN_FOREIGN_KEY, i, &next); i++) {
            if (done[i] || next.kind == 0)
                continue;
            bool own = model_same_object(s, next.references, model_table_text(s, site->t));
            const migen_column *target = own && next.references_columns != NULL
                                             ? table_find_column(site->t, next.references_columns[0])
                                             : NULL;
            if (target != NULL && target->type.kind == MIGEN_TYPE_NONE)
                continue;
            if (!table_add_key(site, next))
                return false;
            done[i] = progress = true;
        }
    }
    for (size_t i = 0; i < site->t->columns.count; i++) {
        const migen_column *column = &site->t->columns.items[i];
        if (column->type.kind != MIGEN_TYPE_NONE)
            continue;
        violate(s, site->v, VIOLATION_CONFLICT, column->name, "the type of \"%s\" is not known",
                column->name);
        site->v->hint = "say its type";
        return false;
    }
    return true;
}

static bool table_add_index(table_site *site, const migen_index *definition)
{
    schema *s = site->s;
    schema_table *t = site->t;
    for (size_t i = 0; i < definition->item_count; i++) {
        const char *name = definition->items[i].column;
        if (name != NULL && table_find_column(t, name) == NULL) {
            violate_column(s, site->v, t, name);
            return false;
        }
    }
    for (size_t i = 0; i < list_length(definition->include); i++) {
        if (table_find_column(t, definition->include[i]) == NULL) {
            violate_column(s, site->v, t, definition->include[i]);
            return false;
        }
    }
    if (definition->name != NULL) {
        const char *taken = model_relation(s, t, (object_name){t->name.schema, definition->name});
        if (taken != NULL) {
            violate(s, site->v, VIOLATION_CONFLICT, definition->name, "the name \"%s\" is taken by %s",
                    definition->name, taken);
            return false;
        }
    }
    vector_push(s->memory, &t->indexes, schema_plain_index(s, t, definition));
    return true;
}

static bool table_add_indexes(table_site *site)
{
    const migen_table *definition = site->definition;
    for (size_t i = 0; i < definition->column_count; i++) {
        const migen_column *column = &definition->columns[i];
        migen_index_item *item = ARENA_NEW(site->s->memory, migen_index_item);
        item->column = column->name;
        migen_index index = {.name = column->index_name, .items = item, .item_count = 1};
        if (column->index && !table_add_index(site, &index))
            return false;
    }
    for (size_t i = 0; i < definition->index_count; i++)
        if (!table_add_index(site, &definition->indexes[i]))
            return false;
    return true;
}

schema_table *schema_table_from(schema *s, const migen_table *definition, violation *v)
{
    violation ignored = {0};
    schema_table *t = ARENA_NEW(s->memory, schema_table);
    table_site site = {.s = s, .definition = definition, .t = t, .v = v == NULL ? &ignored : v};
    t->name = name_parse(s->memory, definition->name);
    t->without_case = s->engine == MIGEN_SQLITE;
    t->strict = definition->strict && s->engine == MIGEN_SQLITE;
    t->without_rowid = definition->without_rowid && s->engine == MIGEN_SQLITE;
    if (!table_add_columns(&site) || !table_add_primary_key(&site) || !table_add_kind(&site, MIGEN_UNIQUE) ||
        !table_add_kind(&site, MIGEN_CHECK) || !table_add_indexes(&site) || !table_add_foreign_keys(&site))
        return NULL;
    return t;
}

/* Whether the column is an `id` whose type says the key already. */
static bool definition_implies_key(const schema_table *t, const migen_constraint *key)
{
    if (list_length(key->columns) != 1)
        return false;
    const migen_column *column = table_find_column(t, key->columns[0]);
    return column != NULL && column->type.kind == MIGEN_TYPE_ID;
}

const migen_table *schema_table_definition(arena *a, const schema_table *t)
{
    migen_table *definition = ARENA_NEW(a, migen_table);
    migen_column *columns = ARENA_NEW_ARRAY(a, migen_column, t->columns.count + 1);
    migen_constraint *constraints = ARENA_NEW_ARRAY(a, migen_constraint, t->constraints.count + 1);
    migen_index *indexes = ARENA_NEW_ARRAY(a, migen_index, t->indexes.count + 1);
    const migen_constraint *primary = table_primary_key(t);
    bool implied = primary != NULL && definition_implies_key(t, primary);
    for (size_t i = 0; i < t->columns.count; i++) {
        if (t->columns.items[i].maybe)
            continue;
        migen_column *column = &columns[definition->column_count++];
        *column = copy_column(a, &t->columns.items[i]);
        if (column->type.kind == MIGEN_TYPE_ID && !implied) /* a number, but no key */
            column->type.kind = MIGEN_TYPE_BIGINT;
    }
    schema *empty = schema_new(a, MIGEN_POSTGRES);
    schema_table bare = {.name = t->name};
    const char *default_key = schema_default_name(empty, &bare, NULL, "pkey");
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *key = &t->constraints.items[i];
        bool said = implied && key->kind == MIGEN_PRIMARY_KEY && text_equal(key->name, default_key);
        if (!key->maybe && !said)
            constraints[definition->constraint_count++] = copy_constraint(a, key);
    }
    for (size_t i = 0; i < t->indexes.count; i++)
        if (!t->indexes.items[i].maybe)
            indexes[definition->index_count++] = copy_index(a, &t->indexes.items[i]);
    definition->name = name_text(a, t->name);
    definition->columns = columns;
    definition->constraints = constraints;
    definition->indexes = indexes;
    definition->strict = t->strict;
    definition->without_rowid = t->without_rowid;
    return definition;
}

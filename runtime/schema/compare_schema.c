/*
 * compare_schema.c: two whole schemas, and what only the found one has.
 */
#include "compare_parts.h"

void compare_sequence(const comparison *c, const schema_sequence *wanted, const schema_sequence *found)
{
    long increment = wanted->increment != 0 ? wanted->increment : 1;
    long found_increment = found->increment != 0 ? found->increment : 1; /* 0: a step has not said it */
    bool start_differs = wanted->start != 0 && wanted->start != found->start;
    if (!start_differs && increment == found_increment)
        return;
    long start = wanted->start != 0 ? wanted->start : found->start;
    compare_report(c, MIGEN_KIND_SEQUENCE, name_text(c->memory, wanted->name),
                   arena_format(c->memory, "start %ld increment %ld", start, increment),
                   arena_format(c->memory, "start %ld increment %ld", found->start, found_increment), false);
}

/* What found has under a name, when it is of another kind. */
static const char *compare_other_kind(const schema *found, migen_kind kind, const char *object)
{
    return schema_name_taken(found, kind, name_parse(found->memory, object));
}

static char *compare_table_summary(arena *a, const schema_table *t)
{
    builder b = builder_new(a);
    builder_add(&b, "table (");
    for (size_t i = 0; i < t->columns.count; i++) {
        builder_add(&b, i > 0 ? ", " : "");
        builder_add(&b, name_part_text(a, t->columns.items[i].name));
    }
    builder_add(&b, ")");
    return b.bytes;
}

static void compare_all_tables(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < wanted->tables.count; i++) {
        const schema_table *t = wanted->tables.entries[i].value;
        if (map_has_at(&found->tables, i, t)) /* two copies of one model, and neither has changed it */
            continue;
        if (wanted->tables.entries[i].removed || t->given || t->maybe)
            continue;
        const char *object = wanted->tables.entries[i].key;
        const schema_table *there = schema_find_table(found, object);
        const char *other = there != NULL ? NULL : compare_other_kind(found, MIGEN_KIND_TABLE, object);
        if (there != NULL)
            compare_table(c, t, there);
        else
            compare_report(c, MIGEN_KIND_TABLE, object,
                           other != NULL ? "a table" : compare_table_summary(c->memory, t), other, false);
    }
}

static void compare_all_enums(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < wanted->enums.count; i++) {
        const schema_enum *e = wanted->enums.entries[i].value;
        if (wanted->enums.entries[i].removed || e->maybe)
            continue;
        const schema_enum *there = schema_find_enum(found, wanted->enums.entries[i].key);
        if (there != NULL)
            compare_enum(c, e, there);
        else
            compare_report(c, MIGEN_KIND_ENUM, wanted->enums.entries[i].key,
                           compare_enum_values(c->memory, e),
                           compare_other_kind(found, MIGEN_KIND_ENUM, wanted->enums.entries[i].key), false);
    }
}

static void compare_all_views(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < wanted->views.count; i++) {
        const schema_view *view = wanted->views.entries[i].value;
        if (wanted->views.entries[i].removed || view->maybe)
            continue;
        const char *object = wanted->views.entries[i].key;
        const schema_view *there = schema_find_view(found, object);
        const char *other = there != NULL ? NULL : compare_other_kind(found, MIGEN_KIND_VIEW, object);
        const char *text = other != NULL ? compare_other_kind(wanted, MIGEN_KIND_INDEX, object) : view->sql;
        const schema_table *relation = map_get(&wanted->relations, object);
        if (there != NULL) {
            compare_view(c, view, there);
            compare_triggers(c, NULL, view->name, &view->triggers, &there->triggers);
            if (there->materialized && relation != NULL)
                compare_table(c, relation, schema_find_relation(found, object)); /* its indexes */
        } else {
            compare_report(c, view->materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW, object,
                           text_trim(c->memory, text != NULL ? text : "a view"), other, false);
        }
    }
}

/* The found function of the wanted one's name and arguments: there may be several of one name. */
static const schema_function *compare_find_function(arena *a, const schema *found,
                                                    const schema_function *wanted)
{
    return schema_find_overload(found, name_text(a, wanted->name),
                                function_arguments(a, wanted->arguments, wanted->sql));
}

static void compare_all_functions(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < wanted->functions.count; i++) {
        const schema_function *f = wanted->functions.entries[i].value;
        if (wanted->functions.entries[i].removed || f->maybe)
            continue;
        const schema_function *there = compare_find_function(c->memory, found, f);
        if (there != NULL)
            compare_function(c, f, there);
        else
            compare_report(c, MIGEN_KIND_FUNCTION, wanted->functions.entries[i].key,
                           f->arguments != NULL ? arena_format(c->memory, "function %s", f->arguments)
                                                : "function",
                           NULL, false);
    }
}

static void compare_all_sequences(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < wanted->sequences.count; i++) {
        const schema_sequence *s = wanted->sequences.entries[i].value;
        if (wanted->sequences.entries[i].removed || s->maybe)
            continue;
        const schema_sequence *there = schema_find_sequence(found, wanted->sequences.entries[i].key);
        if (there != NULL)
            compare_sequence(c, s, there);
        else
            compare_report(c, MIGEN_KIND_SEQUENCE, wanted->sequences.entries[i].key, "sequence",
                           compare_other_kind(found, MIGEN_KIND_SEQUENCE, wanted->sequences.entries[i].key),
                           false);
    }
}

static void compare_all_names(const comparison *c, migen_kind kind, const map *wanted, const map *found)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const schema_name_entry *entry = wanted->entries[i].value;
        if (!wanted->entries[i].removed && !entry->maybe && !map_has(found, wanted->entries[i].key))
            compare_report(c, kind, wanted->entries[i].key, kind_words(kind), NULL, false);
    }
}

/* --- what only found has --- */

static void compare_unknown_in_map(const comparison *c, migen_kind kind, const map *wanted, const map *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (!found->entries[i].removed && !map_has(wanted, found->entries[i].key))
            compare_report(c, kind, found->entries[i].key, NULL, kind_words(kind), false);
}

/* Whether a wanted constraint or unique index is what this constraint does, under whatever name. */
static bool compare_unknown_constraint_is_wanted(const comparison *c, const schema_table *wanted,
                                                 const migen_constraint *k)
{
    if (k->name != NULL && table_find_constraint(wanted, k->name) != NULL)
        return true;
    for (size_t i = 0; i < wanted->constraints.count; i++)
        if (constraint_same(c, wanted, &wanted->constraints.items[i], k))
            return true;
    return k->kind == MIGEN_UNIQUE && compare_find_constraint(c, wanted, wanted, k) != NULL;
}

/* SQLite: the check of an enum's values on a column that is to be one: where it lacks some, the column's difference says it. */
static bool compare_unknown_is_enums(const comparison *c, const schema_table *wanted,
                                     const schema_table *found, const migen_constraint *k)
{
    const char *const *values = NULL;
    for (size_t i = 0; ENGINE_IS_SQLITE(c->engine) && i < wanted->columns.count; i++) {
        const migen_column *column = &wanted->columns.items[i];
        if (column->type.kind == MIGEN_TYPE_ENUM &&
            check_of_values(c->memory, wanted, found, column->name, &values) == k)
            return true;
    }
    return false;
}

static bool compare_unknown_index_is_wanted(const comparison *c, const schema_table *wanted,
                                            const schema_table *found, const migen_index *index)
{
    if (table_find_index(wanted, index->name) != NULL)
        return true;
    for (size_t i = 0; i < wanted->indexes.count; i++)
        if (table_find_index(found, wanted->indexes.items[i].name) == NULL &&
            compare_same_index(c, wanted, &wanted->indexes.items[i], index))
            return true;
    return index->unique && compare_find_index(c, wanted, wanted, index) != NULL;
}

static void compare_unknown_in_table(const comparison *c, const schema_table *wanted,
                                     const schema_table *found)
{
    for (size_t i = 0; i < found->columns.count; i++) {
        const migen_column *column = &found->columns.items[i];
        if (table_find_column(wanted, column->name) == NULL)
            compare_report(c, MIGEN_KIND_COLUMN, compare_column_object(c, found, column->name), NULL,
                           column_text(c->memory, column), false);
    }
    for (size_t i = 0; i < found->constraints.count; i++) {
        const migen_constraint *k = &found->constraints.items[i];
        if (!compare_unknown_constraint_is_wanted(c, wanted, k) &&
            !compare_unknown_is_enums(c, wanted, found, k))
            compare_report(c, MIGEN_KIND_CONSTRAINT,
                           compare_part_object(c, k->name != NULL ? k->name : "a constraint", found), NULL,
                           constraint_text(c->memory, k), false);
    }
    for (size_t i = 0; i < found->indexes.count; i++) {
        const migen_index *index = &found->indexes.items[i];
        if (!compare_unknown_index_is_wanted(c, wanted, found, index))
            compare_report(c, MIGEN_KIND_INDEX, compare_part_object(c, index->name, found), NULL,
                           index_text(c->memory, index), false);
    }
    compare_unknown_triggers(c, wanted->name, &wanted->triggers, &found->triggers);
}

static void compare_unknown_tables(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < found->tables.count; i++) {
        const schema_table *t = found->tables.entries[i].value;
        if (found->tables.entries[i].removed || map_has_at(&wanted->tables, i, t))
            continue;
        const schema_table *known = schema_find_table(wanted, found->tables.entries[i].key);
        if (known == NULL)
            compare_report(c, MIGEN_KIND_TABLE, found->tables.entries[i].key, NULL,
                           compare_table_summary(c->memory, t), false);
        else if (!known->given && !known->maybe && !t->is_virtual)
            compare_unknown_in_table(c, known, t);
    }
}

static void compare_unknown_functions(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < found->functions.count; i++) {
        const schema_function *f = found->functions.entries[i].value;
        if (!found->functions.entries[i].removed && compare_find_function(c->memory, wanted, f) == NULL)
            compare_report(c, MIGEN_KIND_FUNCTION, name_text(c->memory, f->name), NULL,
                           arena_format(c->memory, "function %s", f->arguments != NULL ? f->arguments : ""),
                           false);
    }
}

static void compare_unknown_views(const comparison *c, const schema *wanted, const schema *found)
{
    for (size_t i = 0; i < found->views.count; i++) {
        const schema_view *view = found->views.entries[i].value;
        if (found->views.entries[i].removed || view->outside)
            continue;
        const schema_view *known = schema_find_view(wanted, found->views.entries[i].key);
        const schema_table *relation = map_get(&wanted->relations, found->views.entries[i].key);
        const schema_table *there = map_get(&found->relations, found->views.entries[i].key);
        if (relation != NULL && there != NULL && !relation->maybe)
            compare_unknown_in_table(c, relation, there);
        if (known != NULL && !known->maybe)
            compare_unknown_triggers(c, known->name, &known->triggers, &view->triggers);
        else if (known == NULL)
            compare_report(c, view->materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW,
                           found->views.entries[i].key, NULL,
                           text_trim(c->memory, view->sql != NULL ? view->sql : ""), false);
    }
}

void compare_schemas(const comparison *given, const schema *wanted, const schema *found, bool unknown)
{
    comparison whole = *given;
    whole.model = wanted;
    const comparison *c = &whole;
    bool postgres =
        ENGINE_IS_POSTGRES(c->engine); /* SQLite has no schemas, extensions, sequences, functions */
    if (postgres) {
        compare_all_names(c, MIGEN_KIND_SCHEMA, &wanted->schemas, &found->schemas);
        compare_all_names(c, MIGEN_KIND_EXTENSION, &wanted->extensions, &found->extensions);
    }
    compare_all_enums(c, wanted, found);
    if (postgres)
        compare_all_sequences(c, wanted, found);
    compare_all_tables(c, wanted, found);
    compare_all_views(c, wanted, found);
    if (postgres)
        compare_all_functions(c, wanted, found);
    if (!unknown)
        return;
    if (postgres) {
        compare_unknown_in_map(c, MIGEN_KIND_SCHEMA, &wanted->schemas, &found->schemas);
        compare_unknown_in_map(c, MIGEN_KIND_EXTENSION, &wanted->extensions, &found->extensions);
        compare_unknown_in_map(c, MIGEN_KIND_SEQUENCE, &wanted->sequences, &found->sequences);
    }
    compare_unknown_in_map(c, MIGEN_KIND_ENUM, &wanted->enums, &found->enums);
    compare_unknown_tables(c, wanted, found);
    compare_unknown_views(c, wanted, found);
    if (postgres)
        compare_unknown_functions(c, wanted, found);
}

/*
 * restore.c: the way back of what takes things away: whatever is gone is made again.
 *
 * Idea       A drop may take much along (cascade). So it is played on a copy, and what the copy lacks is made again from
 *            the model: one way back for all drops. What the copy has more (ensure table) is dropped.
 * Invariant  Things are made after what they stand on: columns, keys, indexes, foreign keys, triggers, views.
 */
#include "operation_parts.h"

#include "schema_copy.h"
#include "sql_normal.h"
#include "text.h"

const char *invert_text(inversion *i, const char *text)
{
    return arena_string(i->memory, text);
}

const char *const *invert_sql(inversion *i, const char *sql)
{
    return list_of(i->memory, arena_string(i->memory, sql));
}

bool invert_fails(inversion *i, const char *why_not)
{
    i->why_not = why_not;
    return false;
}

void invert_push(inversion *i, migen_step step)
{
    step.object = invert_text(i, step.object);
    step.part = invert_text(i, step.part);
    step.new_name = invert_text(i, step.new_name);
    step.arguments = invert_text(i, step.arguments);
    step.text = invert_text(i, step.text);
    vector_push(i->memory, i->back, step);
}

void restore_trigger(inversion *i, object_name owner, const schema_trigger *trigger)
{
    if (trigger->sql != NULL && !trigger->maybe)
        invert_push(i, (migen_step){.operation = MIGEN_CREATE_TRIGGER,
                                    .object = name_text(i->memory, owner),
                                    .part = trigger->name,
                                    .sql = invert_sql(i, trigger->sql)});
}

void restore_view(inversion *i, const schema_view *view)
{
    invert_push(
        i, (migen_step){.operation = view->materialized ? MIGEN_CREATE_MATERIALIZED_VIEW : MIGEN_CREATE_VIEW,
                        .object = name_text(i->memory, view->name),
                        .sql = invert_sql(i, view->sql)});
    for (size_t k = 0; k < view->triggers.count; k++)
        restore_trigger(i, view->name, &view->triggers.items[k]);
}

void restore_index(inversion *i, const schema_table *t, const migen_index *index)
{
    migen_index *copy = ARENA_NEW(i->memory, migen_index);
    *copy = copy_index(i->memory, index);
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_INDEX,
                                .object = name_text(i->memory, t->name),
                                .index = copy});
}

void restore_constraint(inversion *i, const schema_table *t, const migen_constraint *constraint)
{
    migen_constraint *copy = ARENA_NEW(i->memory, migen_constraint);
    *copy = copy_constraint(i->memory, constraint);
    invert_push(i, (migen_step){.operation = MIGEN_ADD_CONSTRAINT,
                                .object = name_text(i->memory, t->name),
                                .constraint = copy});
}

void restore_comment(inversion *i, const schema_table *t, const char *column, const char *comment)
{
    if (comment == NULL || i->before->engine == MIGEN_SQLITE)
        return;
    invert_push(i,
                (migen_step){.operation = column == NULL ? MIGEN_COMMENT_ON_TABLE : MIGEN_COMMENT_ON_COLUMN,
                             .object = name_text(i->memory, t->name),
                             .part = column,
                             .text = comment});
}

bool restore_target_there(const schema *after, const schema_table *t, const migen_constraint *key)
{
    return key->kind != MIGEN_FOREIGN_KEY || schema_find_table(after, key->references) != NULL ||
           model_same_object(after, key->references, name_text(after->memory, t->name));
}

/* A CREATE TABLE takes two constraints that make the same columns unique for one: a second one was added later. */
static bool restore_would_merge(const schema_table *t, size_t at)
{
    const migen_constraint *k = &t->constraints.items[at];
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *other = &t->constraints.items[i];
        bool first = other->kind == MIGEN_PRIMARY_KEY || (other->kind == MIGEN_UNIQUE && i < at);
        if (first && i != at && k->kind == MIGEN_UNIQUE && list_equal(k->columns, other->columns))
            return true;
    }
    return false;
}

void restore_table(inversion *i, const schema *after, const schema_table *t)
{
    schema_table *copy = schema_table_copy(i->memory, t);
    for (size_t k = copy->constraints.count; k-- > 0;)
        if (!restore_target_there(after, t, &copy->constraints.items[k]) || restore_would_merge(copy, k))
            vector_remove(&copy->constraints, k);
    for (size_t k = 0; k < copy->columns.count; k++)
        copy->columns.items[k].comment = NULL;
    const migen_table *definition = schema_table_definition(i->memory, copy);
    invert_push(
        i, (migen_step){.operation = MIGEN_CREATE_TABLE, .object = definition->name, .table = definition});
    for (size_t k = 0; k < t->constraints.count; k++)
        if (restore_would_merge(t, k))
            restore_constraint(i, t, &t->constraints.items[k]);
    restore_comment(i, t, NULL, t->comment);
    for (size_t k = 0; k < t->columns.count; k++)
        restore_comment(i, t, t->columns.items[k].name, t->columns.items[k].comment);
    for (size_t k = 0; k < t->triggers.count; k++)
        restore_trigger(i, t->name, &t->triggers.items[k]);
}

static void restore_enum(inversion *i, const schema_enum *e)
{
    const char **values = ARENA_NEW_ARRAY(i->memory, const char *, e->values.count + 1);
    for (size_t k = 0; k < e->values.count; k++)
        values[k] = invert_text(i, e->values.items[k]);
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_ENUM,
                                .object = name_text(i->memory, e->name),
                                .values = values});
}

/* Behind what a function is made again: its arguments and its result may be rows of a table or view that is gone, too. */
typedef enum function_place { FUNCTION_FIRST, FUNCTION_BEHIND_TABLES, FUNCTION_BEHIND_VIEWS } function_place;

static bool restore_says_rows(const schema *s, const map *before, const map *after, const char *sql)
{
    for (size_t k = 0; k < before->count; k++)
        if (!before->entries[k].removed && !map_has(after, before->entries[k].key) &&
            sql_says_type(s, sql, true, name_parse(s->memory, before->entries[k].key)))
            return true;
    return false;
}

static function_place restore_place(const schema *s, const schema *after, const schema_function *f)
{
    if (restore_says_rows(s, &s->views, &after->views, f->sql))
        return FUNCTION_BEHIND_VIEWS;
    return restore_says_rows(s, &s->tables, &after->tables, f->sql) ? FUNCTION_BEHIND_TABLES : FUNCTION_FIRST;
}

/* False: a function's text is not known. */
static bool restore_functions(inversion *i, const schema *after, function_place place)
{
    const schema *s = i->before;
    for (size_t k = 0; k < s->functions.count; k++) {
        const schema_function *f = s->functions.entries[k].value;
        if (s->functions.entries[k].removed || f->maybe ||
            map_has(&after->functions, s->functions.entries[k].key) || restore_place(s, after, f) != place)
            continue;
        if (f->sql == NULL)
            return invert_fails(i, "dropping a function that raw SQL has made");
        invert_push(i, (migen_step){.operation = MIGEN_CREATE_FUNCTION,
                                    .object = name_text(i->memory, f->name),
                                    .arguments = f->arguments,
                                    .sql = invert_sql(i, f->sql)});
    }
    return true;
}

/* Schemas, extensions, sequences, enums. */
static void restore_namespace(inversion *i, const schema *after)
{
    const schema *s = i->before;
    for (size_t k = 0; k < s->schemas.count; k++)
        if (!s->schemas.entries[k].removed && !map_has(&after->schemas, s->schemas.entries[k].key))
            invert_push(i, (migen_step){.operation = MIGEN_CREATE_SCHEMA,
                                        .object = name_part_text(i->memory, s->schemas.entries[k].key)});
    for (size_t k = 0; k < s->sequences.count; k++) {
        const schema_sequence *sequence = s->sequences.entries[k].value;
        if (!s->sequences.entries[k].removed && !sequence->maybe &&
            !map_has(&after->sequences, s->sequences.entries[k].key))
            invert_push(i, (migen_step){.operation = MIGEN_CREATE_SEQUENCE,
                                        .object = name_text(i->memory, sequence->name),
                                        .start = sequence->start,
                                        .increment = sequence->increment});
    }
    for (size_t k = 0; k < s->enums.count; k++) {
        const schema_enum *e = s->enums.entries[k].value;
        if (!s->enums.entries[k].removed && !e->maybe && !map_has(&after->enums, s->enums.entries[k].key))
            restore_enum(i, e);
    }
}

static void restore_tables(inversion *i, const schema *after)
{
    const map *tables = &i->before->tables;
    for (size_t k = 0; k < tables->count; k++) {
        const schema_table *t = tables->entries[k].value;
        if (map_has_at(&after->tables, k, t)) /* what the step has not touched */
            continue;
        if (tables->entries[k].removed || t->maybe || t->given)
            continue;
        const schema_table *left = map_get(&after->tables, tables->entries[k].key);
        if (left == NULL) {
            restore_table(i, after, t);
            continue;
        }
        restore_left_table(i, after, t, left);
    }
    for (size_t k = 0; k < tables->count; k++) {
        const schema_table *t = tables->entries[k].value;
        if (!tables->entries[k].removed && !map_has_at(&after->tables, k, t) && !t->maybe && !t->given)
            restore_foreign_keys(i, after, t, map_get(&after->tables, tables->entries[k].key));
    }
}

/* The indexes that are gone from materialized views that stay. */
static void restore_relations(inversion *i, const schema *after)
{
    for (size_t k = 0; k < i->before->relations.count; k++) {
        const schema_table *t = i->before->relations.entries[k].value;
        const schema_table *left = map_get(&after->relations, i->before->relations.entries[k].key);
        if (t != NULL && left != NULL && left != t)
            restore_keys(i, t, left);
    }
}

/* A view stands behind those that it mentions. */
static void restore_views(inversion *i, const schema *after)
{
    const schema *s = i->before;
    VECTOR(const schema_view *) gone = {0};
    for (size_t k = 0; k < s->views.count; k++) {
        const schema_view *view = s->views.entries[k].value;
        if (s->views.entries[k].removed || view->maybe)
            continue;
        const schema_view *left = map_get(&after->views, s->views.entries[k].key);
        if (left == NULL)
            vector_push(i->memory, &gone, view);
        for (size_t n = 0; left != NULL && n < view->triggers.count; n++)
            if (schema_find_trigger(after, s->views.entries[k].key, view->triggers.items[n].name, NULL) ==
                NULL)
                restore_trigger(i, view->name, &view->triggers.items[n]);
    }
    while (gone.count > 0) {
        size_t next = 0;
        for (size_t k = 0; k < gone.count; k++) {
            bool waits = false;
            for (size_t n = 0; n < gone.count; n++)
                waits = waits ||
                        (n != k && sql_mentions(gone.items[k]->sql, gone.items[n]->name.name, s->engine));
            if (waits)
                continue;
            next = k;
            break;
        }
        restore_view(i, gone.items[next]);
        const schema_table *relation = map_get(&s->relations, name_text(i->memory, gone.items[next]->name));
        for (size_t k = 0; relation != NULL && k < relation->indexes.count; k++)
            if (!relation->indexes.items[k].maybe)
                restore_index(i, relation, &relation->indexes.items[k]);
        vector_remove(&gone, next);
    }
}

bool invert_by_difference(inversion *i)
{
    arena *scratch = arena_new();
    schema *after = schema_copy(scratch, i->before);
    violation v = {0};
    size_t pushed = i->back->count;
    bool way = true;
    if (schema_apply(after, i->step, &v) == VIOLATION_NONE) {
        restore_namespace(i, after);
        way = restore_functions(i, after, FUNCTION_FIRST);
        restore_tables(i, after);
        restore_relations(i, after);
        way = way && restore_functions(i, after, FUNCTION_BEHIND_TABLES);
        restore_views(i, after);
        way = way && restore_functions(i, after, FUNCTION_BEHIND_VIEWS);
        const char *object = step_object(i->step);
        bool outside = object != NULL && i->back->count == pushed &&
                       model_is_outside(i->before, name_parse(scratch, object)) &&
                       schema_find_table(i->before, object) == NULL;
        if (way && outside && text_starts_with(operation_words(i->step->operation), "drop"))
            way = invert_fails(i, "dropping what the migrations do not make");
    }
    arena_free(scratch);
    return way;
}

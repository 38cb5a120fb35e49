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

static void restore_trigger(inversion *i, object_name owner, const schema_trigger *trigger)
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

static void restore_index(inversion *i, const schema_table *t, const migen_index *index)
{
    migen_index *copy = ARENA_NEW(i->memory, migen_index);
    *copy = copy_index(i->memory, index);
    invert_push(i, (migen_step){.operation = MIGEN_CREATE_INDEX,
                                .object = name_text(i->memory, t->name),
                                .index = copy});
}

static void restore_constraint(inversion *i, const schema_table *t, const migen_constraint *constraint)
{
    migen_constraint *copy = ARENA_NEW(i->memory, migen_constraint);
    *copy = copy_constraint(i->memory, constraint);
    invert_push(i, (migen_step){.operation = MIGEN_ADD_CONSTRAINT,
                                .object = name_text(i->memory, t->name),
                                .constraint = copy});
}

static void restore_comment(inversion *i, const schema_table *t, const char *column, const char *comment)
{
    if (comment == NULL || i->before->engine == MIGEN_SQLITE)
        return;
    invert_push(i,
                (migen_step){.operation = column == NULL ? MIGEN_COMMENT_ON_TABLE : MIGEN_COMMENT_ON_COLUMN,
                             .object = name_text(i->memory, t->name),
                             .part = column,
                             .text = comment});
}

/* Whether a foreign key's target is there when the table is made: in `after`, or the table itself. */
static bool restore_target_there(const schema *after, const schema_table *t, const migen_constraint *key)
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

/* Whether a value that is the same in all rows would not do. */
static bool restore_must_differ(const schema *s, const schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].kind != MIGEN_CHECK &&
            list_has_name(s, t->constraints.items[i].columns, column))
            return true;
    for (size_t i = 0; i < t->indexes.count; i++)
        if (t->indexes.items[i].unique && index_uses_column(s, &t->indexes.items[i], column))
            return true;
    return false;
}

/*
 * The dropped values do not come back, but a column that was not null must be so again, in a table with rows: they get the
 * emptiest value of its type. NULL: there is none, or none is needed.
 */
static const char *restore_neutral_value(inversion *i, const schema_table *t, const migen_column *column)
{
    bool needed = column->not_null && column->default_value == NULL && column->generated == NULL;
    if (!needed || type_numbers_itself(column->type) || restore_must_differ(i->before, t, column->name))
        return NULL;
    if (column->type.array)
        return "'{}'";
    switch (type_family_of(column->type)) {
    case TYPE_FAMILY_NUMBER:
        return "0";
    case TYPE_FAMILY_BOOL:
        return "false";
    case TYPE_FAMILY_TEXT:
    case TYPE_FAMILY_BYTES:
        return "''";
    case TYPE_FAMILY_DATE:
        return "'1970-01-01'";
    case TYPE_FAMILY_TIME:
        return "'00:00:00'";
    case TYPE_FAMILY_JSON:
        return "'{}'";
    case TYPE_FAMILY_UUID:
        return "'00000000-0000-0000-0000-000000000000'";
    case TYPE_FAMILY_ENUM: {
        const schema_enum *e = schema_find_enum(i->before, column->type.name);
        if (e == NULL || e->values.count == 0 || strchr(e->values.items[0], '\'') != NULL)
            return NULL;
        return arena_format(i->memory, "'%s'", e->values.items[0]);
    }
    case TYPE_FAMILY_NATIVE:
        break;
    }
    return NULL;
}

static void restore_column(inversion *i, const schema_table *t, const migen_column *column)
{
    migen_column *copy = ARENA_NEW(i->memory, migen_column);
    *copy = copy_column(i->memory, column);
    copy->comment = NULL;
    copy->backfill = invert_text(i, restore_neutral_value(i, t, column));
    const char *object = name_text(i->memory, t->name);
    invert_push(
        i, (migen_step){.operation = MIGEN_ADD_COLUMN, .object = object, .columns = copy, .column_count = 1});
    restore_comment(i, t, column->name, column->comment);
}

/* The columns that are gone; those made of others come last. An `id` brings its key along. */
static void restore_columns(inversion *i, const schema *after, const schema_table *t,
                            const schema_table *left)
{
    for (int generated = 0; generated < 2; generated++)
        for (size_t k = 0; k < t->columns.count; k++) {
            const migen_column *column = &t->columns.items[k];
            if (!column->maybe && (column->generated != NULL) == (generated == 1) &&
                table_find_column(left, column->name) == NULL)
                restore_column(i, t, column);
        }
    const migen_constraint *key = table_primary_key(t);
    const migen_column *id =
        key != NULL && list_length(key->columns) == 1 ? table_find_column(t, key->columns[0]) : NULL;
    if (id == NULL || id->type.kind != MIGEN_TYPE_ID || table_find_column(left, id->name) != NULL)
        return;
    const char *made = schema_default_name(after, left, NULL, "pkey");
    if (!text_equal(made, key->name))
        invert_push(i, (migen_step){.operation = MIGEN_RENAME_CONSTRAINT,
                                    .object = name_text(i->memory, t->name),
                                    .part = made,
                                    .new_name = key->name});
}

/* The defaults that are gone from columns that are left. */
static void restore_defaults(inversion *i, const schema_table *t, const schema_table *left)
{
    for (size_t k = 0; k < t->columns.count; k++) {
        const migen_column *column = &t->columns.items[k], *now = table_find_column(left, column->name);
        if (now == NULL || column->maybe || column->default_value == NULL || now->default_value != NULL)
            continue;
        migen_alteration *alteration = ARENA_NEW(i->memory, migen_alteration);
        alteration->default_value = invert_text(i, column->default_value);
        invert_push(i, (migen_step){.operation = MIGEN_ALTER_COLUMN,
                                    .object = name_text(i->memory, t->name),
                                    .part = column->name,
                                    .alteration = alteration});
    }
}

/* Whether the constraint has come back with its `id`. */
static bool restore_key_is_implied(const schema_table *t, const schema_table *left,
                                   const migen_constraint *key)
{
    if (key->kind != MIGEN_PRIMARY_KEY || list_length(key->columns) != 1)
        return false;
    const migen_column *column = table_find_column(t, key->columns[0]);
    return column != NULL && column->type.kind == MIGEN_TYPE_ID &&
           table_find_column(left, column->name) == NULL;
}

static void restore_keys(inversion *i, const schema_table *t, const schema_table *left)
{
    for (size_t k = 0; k < t->constraints.count; k++) {
        const migen_constraint *key = &t->constraints.items[k];
        if (key->kind != MIGEN_FOREIGN_KEY && !key->maybe && table_find_constraint(left, key->name) == NULL &&
            !restore_key_is_implied(t, left, key))
            restore_constraint(i, t, key);
    }
    for (size_t k = 0; k < t->indexes.count; k++)
        if (!t->indexes.items[k].maybe && table_find_index(left, t->indexes.items[k].name) == NULL)
            restore_index(i, t, &t->indexes.items[k]);
    for (size_t k = 0; k < t->triggers.count; k++)
        if (table_find_trigger(left, t->triggers.items[k].name) == NULL)
            restore_trigger(i, t->name, &t->triggers.items[k]);
}

/* Foreign keys last: those that are gone from a table that is left, and those that a table could not be made with. */
static void restore_foreign_keys(inversion *i, const schema *after, const schema_table *t,
                                 const schema_table *left)
{
    for (size_t k = 0; k < t->constraints.count; k++) {
        const migen_constraint *key = &t->constraints.items[k];
        bool gone = left != NULL ? table_find_constraint(left, key->name) == NULL
                                 : !restore_target_there(after, t, key);
        if (key->kind == MIGEN_FOREIGN_KEY && !key->maybe && gone)
            restore_constraint(i, t, key);
    }
}

/* What came: an index or constraint that goes with its column is not dropped by itself. */
static void restore_drop_added(inversion *i, const schema_table *t, const schema_table *now)
{
    const char *object = name_text(i->memory, t->name);
    for (size_t k = now->indexes.count; k-- > 0;) {
        const migen_index *index = &now->indexes.items[k];
        const char *name = name_text(i->memory, (object_name){t->name.schema, index->name});
        bool with_column = false;
        for (size_t n = 0; n < now->columns.count; n++)
            with_column = with_column || (table_find_column(t, now->columns.items[n].name) == NULL &&
                                          index_uses_column(i->before, index, now->columns.items[n].name));
        if (table_find_index(t, index->name) == NULL && !with_column)
            invert_push(i, (migen_step){.operation = MIGEN_DROP_INDEX, .object = name});
    }
    for (size_t k = now->constraints.count; k-- > 0;) {
        const migen_constraint *key = &now->constraints.items[k];
        bool with_column = false;
        for (size_t n = 0; n < now->columns.count; n++)
            with_column = with_column || (table_find_column(t, now->columns.items[n].name) == NULL &&
                                          constraint_uses_column(i->before, key, now->columns.items[n].name));
        if (table_find_constraint(t, key->name) == NULL && !with_column)
            invert_push(
                i, (migen_step){.operation = MIGEN_DROP_CONSTRAINT, .object = object, .part = key->name});
    }
    for (size_t k = now->columns.count; k-- > 0;)
        if (table_find_column(t, now->columns.items[k].name) == NULL)
            invert_push(i, (migen_step){.operation = MIGEN_DROP_COLUMN,
                                        .object = object,
                                        .part = now->columns.items[k].name});
    for (size_t k = 0; k < now->columns.count; k++) { /* a key that was added made it not null */
        const migen_column *column = table_find_column(t, now->columns.items[k].name);
        if (column == NULL || column->not_null || !now->columns.items[k].not_null)
            continue;
        migen_alteration *alteration = ARENA_NEW(i->memory, migen_alteration);
        alteration->drop_not_null = true;
        invert_push(i, (migen_step){.operation = MIGEN_ALTER_COLUMN,
                                    .object = object,
                                    .part = column->name,
                                    .alteration = alteration});
    }
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
        restore_drop_added(i, t, left);
        restore_columns(i, after, t, left);
        restore_defaults(i, t, left);
        restore_keys(i, t, left);
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

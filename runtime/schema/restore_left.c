/*
 * restore_left.c: the way back for a table that stays: what is gone from it is made again, what came to it is dropped.
 */
#include "operation_parts.h"

#include "schema_copy.h"
#include "sql_normal.h"
#include "text.h"

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

void restore_keys(inversion *i, const schema_table *t, const schema_table *left)
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
void restore_foreign_keys(inversion *i, const schema *after, const schema_table *t, const schema_table *left)
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

void restore_left_table(inversion *i, const schema *after, const schema_table *t, const schema_table *left)
{
    restore_drop_added(i, t, left);
    restore_columns(i, after, t, left);
    restore_defaults(i, t, left);
    restore_keys(i, t, left);
}

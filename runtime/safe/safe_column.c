/* Columns: add, drop, rename, alter. */
#include "safe_parts.h"
#include "type_sql.h"

#include "catalog.h"
#include "default_value.h"
#include "dialect_parts.h"

/* How a column that is there differs from the wanted one. A difference that the release's end leaves as found
 * is none. */
static void column_differences(safe_context *c, const char *object, const char *part,
                               const schema_table *found, const migen_column *found_column,
                               difference_list *out)
{
    const schema_table *expected = schema_find_table(safe_expected_now(c), name_text(c->memory, found->name));
    const migen_column *wanted = expected == NULL ? NULL : table_find_column(expected, found_column->name);
    if (wanted == NULL) {
        expected = schema_find_table(c->expected, object);
        wanted = expected == NULL ? NULL : table_find_column(expected, part);
    }
    if (wanted == NULL)
        return;
    migen_column named = *wanted;
    named.name = found_column->name;
    difference_list now = {0};
    comparison x = safe_comparison(c, &now);
    compare_column(&x, expected, &named, found, found_column);
    const schema_table *last = c->final == NULL || c->going_down
                                   ? NULL
                                   : schema_find_table(c->final, name_text(c->memory, found->name));
    const migen_column *last_column = last == NULL ? NULL : table_find_column(last, found_column->name);
    if (now.count != 0 && last_column != NULL) {
        difference_list at_end = {0};
        x.out = &at_end;
        x.model = c->final;
        compare_column(&x, last, last_column, found, found_column);
        if (at_end.count == 0)
            return;
    }
    *out = now;
}

/* Whether the difference is that of a constraint or index which the column has brought along. */
static bool column_brings(safe_context *c, const schema_table *expected, const char *column,
                          const difference *x)
{
    const char *table = name_text(c->memory, expected->name);
    for (size_t i = 0; x->kind == MIGEN_KIND_CONSTRAINT && i < expected->constraints.count; i++) {
        const migen_constraint *k = &expected->constraints.items[i];
        if (safe_constraint_is_on(c, k, column) && text_equal(x->object, safe_on_words(c, k->name, table)))
            return true;
    }
    for (size_t i = 0; x->kind == MIGEN_KIND_INDEX && i < expected->indexes.count; i++) {
        const migen_index *index = &expected->indexes.items[i];
        if (safe_index_is_on(index, column) && text_equal(x->object, safe_on_words(c, index->name, table)))
            return true;
    }
    return false;
}

/* How the constraints and indexes that the column brought along differ from those of the found table. */
static status column_part_differences(safe_context *c, const char *object, const char *now,
                                      const char *column, decision *d, error *e)
{
    const schema_table *found = schema_find_table(c->live, now);
    const schema_table *expected = schema_find_table(safe_expected_now(c), name_text(c->memory, found->name));
    if (expected == NULL)
        expected = schema_find_table(c->expected, object);
    difference_list all = {0}, own = {0};
    safe_table_differences(c, object, found, &all);
    for (size_t i = 0; expected != NULL && i < all.count; i++)
        if (column_brings(c, expected, column, &all.items[i]))
            vector_push(c->memory, &own, all.items[i]);
    return safe_differences(c, d, &own, e);
}

static status decide_add_one_column(safe_context *c, const migen_step *step, const migen_column *column,
                                    decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const schema_table *found = safe_need_table(c, now, step, e);
    if (found == NULL)
        return e->code;
    const char *words = safe_part_words(c, "column", now, column->name);
    const char *name_now = safe_part_now(c, MIGEN_KIND_COLUMN, step->object, column->name);
    const migen_column *found_column = table_find_column(found, name_now);
    if (found_column == NULL) {
        migen_step *add = ARENA_NEW(c->memory, migen_step);
        *add =
            (migen_step){.operation = MIGEN_ADD_COLUMN, .object = now, .columns = column, .column_count = 1};
        return safe_do(c, d, add, OUTCOME_CREATED, words, e);
    }
    catalog_settle_table(c->live, now, c->expected);
    found = schema_find_table(c->live, now);
    found_column = table_find_column(found, name_now);
    if (c->resuming && name_now == column->name)
        return safe_finish_column(c, step->object, column, d, e);
    difference_list differences = {0};
    column_differences(c, step->object, column->name, found, found_column, &differences);
    size_t real = 0;
    for (size_t i = 0; i < differences.count; i++)
        real += differences.items[i].note ? 0 : 1;
    status s = safe_differences(c, d, &differences, e);
    if (s == STATUS_OK)
        s = column_part_differences(c, step->object, now, name_now, d, e);
    if (s == STATUS_OK && name_now != column->name)
        safe_say(c, d, OUTCOME_SKIPPED, words, "already renamed to %s", name_now);
    else if (s == STATUS_OK && real == 0)
        safe_say(c, d, OUTCOME_SKIPPED, words, "already there");
    return s;
}

static status decide_add_columns(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const schema_table *found = safe_need_table(c, now, step, e);
    if (found == NULL)
        return e->code;
    for (size_t i = 0; i < step->column_count; i++) {
        status s = decide_add_one_column(c, step, &step->columns[i], d, e);
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

static status decide_drop_columns(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const char *now = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const char *one[] = {step->part, NULL};
    const char *const *names = step->operation == MIGEN_DROP_COLUMN ? one : step->values;
    const schema_table *found = schema_find_table(c->live, now);
    VECTOR(const char *) there = {0};
    VECTOR(const char *) words = {0};
    for (size_t i = 0; names[i] != NULL; i++) {
        const char *word = safe_part_words(c, "column", now, names[i]);
        const char *name_now = safe_part_now(c, MIGEN_KIND_COLUMN, step->object, names[i]);
        if (found == NULL || table_find_column(found, name_now) == NULL) {
            safe_say(c, d, OUTCOME_SKIPPED, word, found == NULL ? "its table is not there" : "not there");
            continue;
        }
        vector_push(c->memory, &there, name_now);
        vector_push(c->memory, &words, word);
    }
    if (there.count == 0)
        return STATUS_OK;
    vector_push(c->memory, &there, NULL);
    migen_step *drop = ARENA_NEW(c->memory, migen_step);
    *drop = (migen_step){.operation = there.count == 2 ? MIGEN_DROP_COLUMN : MIGEN_DROP_COLUMNS,
                         .object = now,
                         .part = there.items[0],
                         .values = there.items,
                         .cascade = step->cascade};
    status s = safe_do(c, d, drop, OUTCOME_DROPPED, words.items[0], e);
    for (size_t i = 1; s == STATUS_OK && i < words.count; i++) /* together: one may stand on the other */
        safe_say(c, d, OUTCOME_DROPPED, words.items[i], NULL);
    return s;
}

/* now() is CURRENT_DATE, CURRENT_TIME or CURRENT_TIMESTAMP on SQLite, by the column's type. */
static bool same_default(safe_context *c, const migen_column *column, migen_type to)
{
    sql_writer as_found = sql_new(c->memory), as_wanted = sql_new(c->memory);
    if (column->default_value == NULL)
        return true;
    dialect_literal(&as_found, c->engine, column->type, column->default_value);
    dialect_literal(&as_wanted, c->engine, to, column->default_value);
    return text_equal(sql_text(&as_found), sql_text(&as_wanted));
}

/* SQLite: whether the column is declared as the type wants it. For a comparison INTEGER is as good as BIGINT, and any word
 * that tools have for a timestamp; who alters a type wants its own. */
static bool alteration_is_declared(const safe_context *c, migen_type wanted, const schema_table *found,
                                   const migen_column *column)
{
    if (!ENGINE_IS_SQLITE(c->engine) || wanted.kind == MIGEN_TYPE_NATIVE)
        return true;
    if (wanted.kind == MIGEN_TYPE_ENUM) /* which is its check; a comparison takes any text for it */
        return column->type.kind == MIGEN_TYPE_ENUM &&
               schema_find_enum(c->live, column->type.name) == schema_find_enum(c->live, wanted.name);
    if (found->strict)
        return true;
    return text_equal_word(type_sql(c->memory, MIGEN_SQLITE, wanted),
                           type_sql(c->memory, MIGEN_SQLITE, column->type));
}

/* What of an alteration is still to be done on the column as it was found; false when nothing is. */
static bool alteration_left(safe_context *c, const migen_step *step, const schema_table *found,
                            const migen_column *column, migen_alteration *left)
{
    const schema_table *expected = schema_find_table(c->expected, step->object);
    const migen_column *wanted = expected == NULL ? NULL : table_find_column(expected, step->part);
    *left = *step->alteration;
    if (left->set_not_null && column->not_null)
        left->set_not_null = false;
    if (left->drop_not_null && !column->not_null)
        left->drop_not_null = false;
    if (left->drop_default && column->default_value == NULL)
        left->drop_default = false;
    if (wanted != NULL && (left->set_type || left->default_value != NULL)) {
        difference_list differences = {0};
        comparison x = safe_comparison(c, &differences);
        migen_column same = *column; /* the found column, but for the one thing that is held against it */
        same.type = wanted->type;
        compare_column(&x, expected, &same, found, column);
        /* Here a note counts too: a length that is missing is just what the alteration is to bring. */
        if (differences.count == 0 && same_default(c, column, wanted->type) &&
            alteration_is_declared(c, wanted->type, found, column))
            left->set_type = false;
        bool retyped = left->set_type && !ENGINE_IS_SQLITE(c->engine); /* there, the default is set again */
        differences.count = 0;
        same = *column;
        same.default_value = retyped && left->default_value == NULL
                                 ? default_in_type(wanted->default_value, wanted->type, column->type)
                                 : left->default_value;
        compare_column(&x, expected, &same, found, column);
        if (retyped && left->default_value == NULL && !left->drop_default && differences.count == 0)
            left->default_value =
                wanted->default_value; /* as the migrations have it, not as the old type has read it */
        else if (!left->set_type && differences.count == 0)
            left->default_value =
                NULL; /* what the old type reads as the same may be another one in the new type */
    }
    return left->set_type || left->set_not_null || left->drop_not_null || left->drop_default ||
           left->default_value != NULL;
}

/* SQLite: an enum is one by its check. A text without it is read as the enum that the history says it is; but who alters its
 * type wants the check. */
static void alteration_settle(safe_context *c, const migen_step *now)
{
    if (!ENGINE_IS_SQLITE(c->engine) || !now->alteration->set_type ||
        now->alteration->type.kind != MIGEN_TYPE_ENUM)
        return;
    catalog_settle_table(c->live, now->object, c->expected);
    schema_table *t = schema_change_table(c->live, schema_find_table(c->live, now->object));
    for (size_t i = 0; i < t->columns.count; i++) {
        migen_column *column = &t->columns.items[i];
        if (!text_equal_word(column->name, now->part) || column->type.kind != MIGEN_TYPE_ENUM ||
            !column->type_unchecked)
            continue;
        column->type = (migen_type){.kind = MIGEN_TYPE_TEXT};
        column->type_unchecked = false;
    }
}

static status decide_alter_column(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const migen_step *now = safe_step_now(c, step);
    const schema_table *found = safe_need_table(c, now->object, step, e);
    if (found == NULL)
        return e->code;
    alteration_settle(c, now);
    found = schema_find_table(c->live, now->object);
    const char *words = safe_part_words(c, "column", now->object, now->part);
    const migen_column *column = table_find_column(found, now->part);
    if (column == NULL)
        return error_set(e, STATUS_FAILED, "%s: there is no %s", step_words(c->memory, step), words);
    migen_alteration *left = ARENA_NEW(c->memory, migen_alteration);
    if (!alteration_left(c, step, found, column, left)) {
        violation v = {
            0}; /* what is one type to SQLite is still another one to what will refer to the column */
        (void)schema_apply(c->live, now, &v);
        safe_say(c, d, OUTCOME_SKIPPED, words, "already so");
        return STATUS_OK;
    }
    migen_step *alter = ARENA_NEW(c->memory, migen_step);
    *alter = *now;
    alter->alteration = left;
    return safe_do(c, d, alter, OUTCOME_ALTERED, words, e);
}

status decide_column(safe_context *c, const migen_step *step, decision *d, error *e)
{
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        return decide_add_columns(c, step, d, e);
    case MIGEN_DROP_COLUMN:
    case MIGEN_DROP_COLUMNS:
        return decide_drop_columns(c, step, d, e);
    case MIGEN_RENAME_COLUMN:
        return safe_rename_part(c, step, d, MIGEN_KIND_COLUMN, e);
    default:
        return decide_alter_column(c, step, d, e);
    }
}

#include "random_parts.h"

#include "history_rows.h"
#include "sql_reserved.h"
#include "text.h"

static bool is_of_key(const schema_table *t, const char *column, migen_constraint_kind kind)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].kind == kind && list_contains(t->constraints.items[i].columns, column))
            return true;
    return false;
}

/* What is unique by itself in the rows that are put in, and by what a seed finds its rows. */
static const char *any_seed_key(random_maker *m, const schema_table *t)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        bool one = (k->kind == MIGEN_PRIMARY_KEY || k->kind == MIGEN_UNIQUE) && list_length(k->columns) == 1;
        if (one && (k->kind == MIGEN_PRIMARY_KEY || one_in(m, 3)))
            return k->columns[0];
    }
    return NULL;
}

/* Rows that are there and new ones. What a foreign key leads to may not be there: such a column stays out. */
bool make_seed(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const char *key = t == NULL ? NULL : any_seed_key(m, t);
    if (key == NULL || is_of_key(t, key, MIGEN_FOREIGN_KEY))
        return false;
    migen_seed *seed = ARENA_NEW(m->a, migen_seed);
    VECTOR(const char *) columns = {0};
    VECTOR(const char *) values = {0};
    for (size_t i = 0; i < t->columns.count; i++) {
        const migen_column *column = &t->columns.items[i];
        bool foreign = is_of_key(t, column->name, MIGEN_FOREIGN_KEY);
        if (foreign && column->not_null)
            return false;
        if (!foreign && column->generated == NULL && !column->type.array)
            vector_push(m->a, &columns, column->name);
    }
    seed->row_count = 1 + random_below(m->r, 3);
    for (size_t row = 0; row < seed->row_count; row++)
        for (size_t i = 0; i < columns.count; i++) {
            const migen_column *column = table_find_column(t, columns.items[i]);
            const char *value = rows_value(m->a, m->s, t, column, row == 0 ? 1 : 4 + (int)row);
            vector_push(m->a, &values, value);
            if (text_equal(column->name, key) && text_equal(value, "null"))
                return false;
        }
    vector_push(m->a, &columns, NULL);
    vector_push(m->a, &values, NULL);
    seed->columns = columns.items;
    seed->values = values.items;
    seed->key = one_name(m, key);
    seed->update = one_in(m, 2) && columns.count > 2;
    *out = (migen_step){.operation = MIGEN_SEED, .object = table_object(m, t), .seed = seed};
    return true;
}

bool make_backfill(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    const migen_constraint *key = t == NULL ? NULL : table_primary_key(t);
    if (column == NULL || key == NULL || list_length(key->columns) != 1 || column->generated != NULL ||
        is_of_key(t, column->name, MIGEN_FOREIGN_KEY) || is_of_key(t, column->name, MIGEN_UNIQUE) ||
        is_of_key(t, column->name, MIGEN_PRIMARY_KEY) || (!is_text(column) && !is_number(column)))
        return false;
    migen_backfill *b = ARENA_NEW(m->a, migen_backfill);
    const char *name = sql_name_text(m->a, column->name);
    *b = (migen_backfill){.columns = one_name(m, column->name),
                          .expressions = one_name(m, is_text(column) ? "'filled'" : "3"),
                          .where =
                              arena_format(m->a, one_in(m, 2) ? "%s IS NULL" : "%s IS NULL OR 1 = 1", name),
                          .by = one_in(m, 2) ? key->columns[0] : NULL,
                          .batch = one_in(m, 2) ? 2 : 0};
    *out = (migen_step){.operation = MIGEN_BACKFILL, .object = table_object(m, t), .backfill = b};
    return true;
}

/* SQL that changes no row that anybody looks at; now and then a table that comes and goes. */
bool make_run(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL || column->generated != NULL)
        return false;
    const char *table = sql_object_of(m, t->name), *name = sql_name_text(m->a, column->name);
    const char *own = sql_name_text(m->a, new_part(m, "passing"));
    const char *const *sql = one_name(
        m, arena_format(m->a, "UPDATE %s SET %s = NULL WHERE %s IS NULL AND 1 = 0", table, name, name));
    if (one_in(m, 3))
        sql = two_names(m, arena_format(m->a, "CREATE TABLE %s (a int)", own),
                        arena_format(m->a, "DROP TABLE %s", own));
    *out = (migen_step){.operation = MIGEN_RUN, .object = NULL, .text = "a run", .sql = sql};
    if (one_in(m, 3))
        out->when = arena_format(m->a, "SELECT count(*) FROM %s", table);
    else if (one_in(m, 2))
        out->unless = arena_format(m->a, "SELECT 1 FROM %s WHERE %s IS NOT NULL", table, name);
    return true;
}

bool make_saying(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    *out = (migen_step){.operation = MIGEN_SAY, .text = new_part(m, "it's said")};
    if (t != NULL && one_in(m, 2))
        *out = (migen_step){.operation = MIGEN_MIGRATION_SUMMARY, .object = table_object(m, t)};
    return true;
}

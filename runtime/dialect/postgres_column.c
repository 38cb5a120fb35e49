/* Columns on PostgreSQL: add, drop, rename. What alters one is in postgres_alter.c. */
#include "postgres_alter.h"
#include "postgres_parts.h"

#include "sql_normal.h"

/* ADD COLUMN …; with a backfill the rows that are there stay empty first, and new ones get the default
 * already. */
static void postgres_add_column_action(sql_writer *w, const migen_column *column)
{
    migen_column first = *column;
    if (column->backfill != NULL) {
        first.not_null = false;
        first.default_value = NULL;
    }
    sql_words(w, "ADD COLUMN");
    postgres_column(w, &first);
    if (column->backfill != NULL && column->default_value != NULL) {
        sql_comma(w);
        sql_words(w, "ALTER COLUMN");
        sql_name(w, column->name);
        sql_words(w, "SET DEFAULT");
        dialect_literal(w, MIGEN_POSTGRES, column->type, column->default_value);
    }
}

/* Fills and tightens the columns that say how. */
static void postgres_backfill_columns(const dialect_request *r, const char *object,
                                      const plain_column *columns, size_t count, bool online, sql_list *out)
{
    for (size_t i = 0; i < count; i++) {
        const migen_column *column = &columns[i].column;
        if (column->backfill == NULL)
            continue;
        postgres_fill_column(r, object, column->name, column->backfill, out);
        out->items[out->count - 1].own_transaction = online;
        if (column->not_null)
            postgres_set_not_null(r, object, column->name, out);
    }
}

static void postgres_add_column_parts(const dialect_request *r, const char *object, const schema_table *found,
                                      const plain_column *columns, size_t count, bool constraints,
                                      sql_list *out)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; constraints && j < columns[i].constraints.count; j++)
            postgres_add_constraint(r, object, found, &columns[i].constraints.items[j], out);
        for (size_t j = 0; j < columns[i].indexes.count; j++)
            postgres_add_index(r, object, found, &columns[i].indexes.items[j], out);
    }
}

void postgres_add_columns(const dialect_request *r, const char *object, const schema_table *found,
                          const plain_column *columns, size_t count, sql_list *out)
{
    sql_statement how = postgres_lock(r, object, LOCK_ACCESS_EXCLUSIVE);
    bool online = r->online && how.lock_object != NULL;
    bool filled = false, parts = false, in_one = !online;
    for (size_t i = 0; i < count; i++) {
        filled = filled || columns[i].column.backfill != NULL;
        parts = parts || columns[i].constraints.count != 0 || columns[i].indexes.count != 0;
        how.rewrites =
            how.rewrites || (how.lock_object != NULL && postgres_column_rewrites(&columns[i].column));
    }
    in_one = in_one && !filled;
    sql_writer w = postgres_alter_table(r, object);
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            sql_comma(&w);
        postgres_add_column_action(&w, &columns[i].column);
    }
    for (size_t i = 0; in_one && i < count; i++)
        for (size_t j = 0; j < columns[i].constraints.count; j++) {
            sql_comma(&w);
            sql_words(&w, "ADD");
            postgres_constraint(&w, &columns[i].constraints.items[j]);
            how.scans = how.lock_object != NULL;
            if (columns[i].constraints.items[j].kind == MIGEN_FOREIGN_KEY)
                postgres_lock_too(r, &how, columns[i].constraints.items[j].references,
                                  LOCK_SHARE_ROW_EXCLUSIVE);
        }
    how.scans = how.scans || how.rewrites;
    how.own_transaction = online && (filled || parts);
    dialect_push(r, out, &w, how);
    postgres_backfill_columns(r, object, columns, count, online, out);
    postgres_add_column_parts(r, object, found, columns, count, !in_one, out);
    for (size_t i = 0; i < count; i++)
        if (columns[i].column.comment != NULL)
            postgres_comment_on_column(r, object, columns[i].column.name, columns[i].column.comment, out);
}

/* Views whose star has taken the column in stand in the way without a need for it, and CASCADE would take them along. One that names it
 * is a fault that the server is to report; with CASCADE it alone goes: *kept are those that are made again. */
static view_list postgres_star_views(const dialect_request *r, const char *const *columns, view_list *kept)
{
    view_list none = {0}, all = dialect_views_on(r->memory, r->before, r->step->object, "*");
    schema *after = r->step->cascade ? dialect_after(r->before, r->step) : NULL;
    bool named = false;
    for (size_t i = 0; i < all.count; i++) {
        bool stays =
            after == NULL || schema_find_view(after, name_text(r->memory, all.items[i]->name)) != NULL;
        if (stays)
            vector_push(r->memory, kept, all.items[i]);
        for (size_t j = 0; stays && columns[j] != NULL; j++)
            named = named || sql_mentions(all.items[i]->sql, columns[j], MIGEN_POSTGRES);
    }
    if (after != NULL)
        arena_free(after->memory);
    if (!named)
        return all;
    kept->count = 0;
    return none;
}

static bool lists_meet(const char *const *a, const char *const *b)
{
    for (; a != NULL && *a != NULL; a++)
        if (list_contains(b, *a))
            return true;
    return false;
}

/* A foreign key of the table to itself goes first where it leads from one of these columns to another: the server goes with the
 * columns one after the other, and refuses to drop what a key that is still there points at (2BP01). */
static void postgres_drop_own_keys(const dialect_request *r, const schema_table *t,
                                   const char *const *columns, sql_writer *w)
{
    for (size_t i = 0; t != NULL && !r->step->cascade && i < t->constraints.count; i++) {
        const migen_constraint *key = &t->constraints.items[i];
        if (key->kind != MIGEN_FOREIGN_KEY || schema_find_table(r->before, key->references) != t ||
            !lists_meet(key->columns, columns) || !lists_meet(key->references_columns, columns))
            continue;
        sql_words(w, "DROP CONSTRAINT");
        sql_name(w, key->name);
        sql_comma(w);
    }
}

static void postgres_drop_columns(const dialect_request *r, const char *const *columns, sql_list *out)
{
    view_list kept = {0}, views = postgres_star_views(r, columns, &kept);
    postgres_drop_views(r, &views, out);
    const schema_table *found = schema_find_table(r->before, r->step->object);
    sql_writer w = postgres_alter_table(r, r->step->object);
    bool first = true;
    postgres_drop_own_keys(r, found, columns, &w);
    for (int pass = 0; pass < 2; pass++) /* generated ones first: they may stand on the others */
        for (size_t i = 0; columns[i] != NULL; i++) {
            const migen_column *column = found == NULL ? NULL : table_find_column(found, columns[i]);
            if ((column != NULL && column->generated != NULL) != (pass == 0))
                continue;
            if (!first)
                sql_comma(&w);
            first = false;
            sql_words(&w, "DROP COLUMN");
            sql_name(&w, columns[i]);
            if (r->step->cascade)
                sql_words(&w, "CASCADE");
        }
    sql_statement how = postgres_lock(r, r->step->object, LOCK_ACCESS_EXCLUSIVE);
    for (size_t i = 0; columns[i] != NULL; i++)
        postgres_lock_targets(r, &how, found, columns[i], LOCK_ACCESS_EXCLUSIVE);
    dialect_push(r, out, &w, how);
    postgres_make_views(r, &kept, out);
}

static void postgres_write_add_columns(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    schema *scratch = dialect_scratch(r->before);
    const schema_table *found = schema_find_table(r->before, step->object);
    plain_column_list plain = {0};
    if (dialect_plain_columns(scratch, step->object, step->columns, step->column_count, &plain) &&
        plain.count != 0)
        postgres_add_columns(r, step->object, found, plain.items, plain.count, out);
    arena_free(scratch->memory);
}

void postgres_write_column(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const char *const one[] = {step->part, NULL};
    sql_writer w;
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        postgres_write_add_columns(r, out);
        break;
    case MIGEN_DROP_COLUMN:
        postgres_drop_columns(r, one, out);
        break;
    case MIGEN_DROP_COLUMNS:
        postgres_drop_columns(r, step->values, out);
        break;
    case MIGEN_RENAME_COLUMN:
        w = postgres_alter_table(r, step->object);
        sql_words(&w, "RENAME COLUMN");
        sql_name(&w, step->part);
        sql_words(&w, "TO");
        sql_name(&w, step->new_name);
        dialect_push(r, out, &w, postgres_lock(r, step->object, LOCK_ACCESS_EXCLUSIVE));
        break;
    default:
        postgres_alter_column(r, out);
        break;
    }
}

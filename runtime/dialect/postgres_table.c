/* Tables on PostgreSQL. */
#include "postgres_parts.h"

#include "compare.h"

/* The locks that CREATE TABLE takes on others: those on the targets of its foreign keys. */
static sql_statement postgres_table_parents(const dialect_request *r, const schema_table *plain)
{
    sql_statement how = {.lock = LOCK_NONE};
    for (size_t i = 0; i < plain->constraints.count; i++) {
        const migen_constraint *c = &plain->constraints.items[i];
        if (c->kind == MIGEN_FOREIGN_KEY && schema_find_table(r->before, c->references) != NULL)
            postgres_lock_too(r, &how, c->references, LOCK_SHARE_ROW_EXCLUSIVE);
    }
    return how;
}

/* DROP TABLE takes the triggers of its foreign keys from their targets. */
static sql_statement postgres_table_going(const dialect_request *r)
{
    sql_statement how = postgres_lock(r, r->step->object, LOCK_ACCESS_EXCLUSIVE);
    postgres_lock_targets(r, &how, schema_find_table(r->before, r->step->object), NULL,
                          LOCK_ACCESS_EXCLUSIVE);
    return how;
}

static void postgres_create_table(const dialect_request *r, const schema_table *plain, sql_list *out)
{
    const char *object = dialect_table_text(r->memory, plain);
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "CREATE TABLE");
    sql_object(&w, plain->name);
    sql_open(&w);
    for (size_t i = 0; i < plain->columns.count; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_line(&w);
        postgres_column(&w, &plain->columns.items[i]);
    }
    for (size_t i = 0; i < plain->constraints.count; i++) {
        if (i != 0 || plain->columns.count != 0)
            sql_comma(&w);
        sql_line(&w);
        postgres_constraint(&w, &plain->constraints.items[i]);
    }
    dialect_last_line(&w);
    sql_close(&w);
    dialect_push(r, out, &w, postgres_table_parents(r, plain));
    dialect_request calm = *r; /* nobody else uses a table of this very step */
    calm.online = false;
    size_t first = out->count;
    for (size_t i = 0; i < plain->indexes.count; i++)
        postgres_add_index(&calm, object, NULL, &plain->indexes.items[i], out);
    for (size_t i = 0; i < plain->columns.count; i++)
        if (plain->columns.items[i].comment != NULL)
            postgres_comment_on_column(&calm, object, plain->columns.items[i].name,
                                       plain->columns.items[i].comment, out);
    for (size_t i = first; i < out->count; i++) {
        out->items[i].lock = LOCK_NONE;
        out->items[i].lock_object = NULL;
        out->items[i].scans = false;
    }
}

/* What is missing in a table that is there. */
static void postgres_complete_table(const dialect_request *r, const schema_table *found,
                                    const schema_table *wanted, const char *object, sql_list *out)
{
    arena *a = r->memory;
    plain_column_list missing = {0};
    for (size_t i = 0; i < wanted->columns.count; i++) {
        plain_column plain = {.column = wanted->columns.items[i]};
        if (table_find_column(found, plain.column.name) == NULL)
            vector_push(a, &missing, plain);
    }
    if (missing.count != 0)
        postgres_add_columns(r, object, found, missing.items, missing.count, out);
    comparison c = {.memory = a, .engine = MIGEN_POSTGRES};
    for (size_t i = 0; i < wanted->constraints.count; i++) {
        const migen_constraint *constraint = &wanted->constraints.items[i];
        const migen_constraint *there = table_find_constraint(found, constraint->name);
        if (there == NULL)
            there = find_equal_constraint(&c, found, constraint);
        if (there == NULL || there->half_done)
            postgres_add_constraint(r, object, found, constraint, out);
    }
    for (size_t i = 0; i < wanted->indexes.count; i++) {
        const migen_index *there = table_find_index(found, wanted->indexes.items[i].name);
        if (there == NULL || there->half_done)
            postgres_add_index(r, object, found, &wanted->indexes.items[i], out);
    }
}

static void postgres_make_table(const dialect_request *r, sql_list *out)
{
    const char *object = dialect_object(r->step);
    const schema_table *found =
        r->step->operation == MIGEN_ENSURE_TABLE ? schema_find_table(r->before, object) : NULL;
    schema *scratch = dialect_scratch(r->before);
    if (found != NULL) /* so that its own names are free for what is wanted */
        map_remove(&scratch->tables, name_text(scratch->memory, found->name));
    violation v = {0};
    const schema_table *plain = schema_table_from(scratch, r->step->table, &v);
    if (plain != NULL && found != NULL)
        postgres_complete_table(r, found, plain, object, out);
    else if (plain != NULL)
        postgres_create_table(r, plain, out);
    arena_free(scratch->memory);
}

void postgres_write_table(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    sql_writer w = sql_new(r->memory);
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
    case MIGEN_ENSURE_TABLE:
        postgres_make_table(r, out);
        break;
    case MIGEN_DROP_TABLE:
        sql_words(&w, "DROP TABLE");
        sql_object_text(&w, step->object);
        if (step->cascade)
            sql_words(&w, "CASCADE");
        dialect_push(r, out, &w, postgres_table_going(r));
        break;
    case MIGEN_RENAME_TABLE:
        w = postgres_alter_table(r, step->object);
        sql_words(&w, "RENAME TO");
        sql_name(&w, step->new_name);
        dialect_push(r, out, &w, postgres_lock(r, step->object, LOCK_ACCESS_EXCLUSIVE));
        break;
    default: /* a given table is somebody else's */
        break;
    }
}

/* Indexes on PostgreSQL: CONCURRENTLY where others use the table. */
#include "postgres_parts.h"

static void postgres_write_create_index(const dialect_request *r, const char *object,
                                        const migen_index *index, bool concurrently, sql_list *out)
{
    object_name name = {.schema = name_parse(r->memory, object).schema, .name = index->name};
    sql_writer w = sql_new(r->memory);
    sql_words(&w, index->unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    if (concurrently)
        sql_words(&w, "CONCURRENTLY");
    sql_name(&w, index->name);
    sql_words(&w, "ON");
    sql_object_text(&w, object);
    if (index->method != NULL) {
        sql_words(&w, "USING");
        sql_name(&w, index->method);
    }
    dialect_index_items(&w, index);
    if (index->include != NULL && index->include[0] != NULL) {
        sql_words(&w, "INCLUDE");
        sql_names(&w, index->include);
    }
    if (index->where != NULL) {
        sql_words(&w, "WHERE");
        sql_in_brackets(&w, index->where);
    }
    sql_statement how = postgres_lock(r, object, concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE);
    how.outside = concurrently;
    how.half_made = concurrently ? name_text(r->memory, name) : NULL;
    how.scans = how.lock_object != NULL;
    dialect_push(r, out, &w, how);
}

void postgres_create_index(const dialect_request *r, const char *object, const migen_index *index,
                           sql_list *out)
{
    postgres_write_create_index(r, object, index, false, out);
}

/* index is an object's text: it may say a schema. */
static void postgres_write_drop_index(const dialect_request *r, const char *index, const char *table,
                                      const schema_table *owner, const schema_table *without,
                                      bool concurrently, bool cascade, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "DROP INDEX");
    if (concurrently)
        sql_words(&w, "CONCURRENTLY");
    sql_object_text(&w, index);
    if (cascade)
        sql_words(&w, "CASCADE");
    sql_statement how =
        postgres_lock(r, table, concurrently ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
    how.outside = concurrently;
    postgres_drop_unique(r, owner, without, &w, how, out);
}

void postgres_add_index(const dialect_request *r, const char *object, const schema_table *found,
                        const migen_index *index, sql_list *out)
{
    const migen_index *there = found == NULL ? NULL : table_find_index(found, index->name);
    bool concurrently = r->online && found != NULL && !found->fresh && !found->partitioned;
    if (there != NULL) { /* an INVALID one, that a crash has left: it is made again */
        object_name name = {.schema = found->name.schema, .name = index->name};
        const char *left = name_text(r->memory, name);
        postgres_write_drop_index(r, left, object, NULL, NULL, concurrently, false, out);
        out->items[out->count - 1].clears = left;
    }
    postgres_write_create_index(r, object, index, concurrently, out);
}

/* Locks the index alone. */
static void postgres_rename_index(const dialect_request *r, const schema_table *owner, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER INDEX");
    sql_object_text(&w, r->step->object);
    sql_words(&w, "RENAME TO");
    sql_name(&w, r->step->new_name);
    sql_statement how = {.lock = LOCK_SHARE_UPDATE_EXCLUSIVE, .lock_object = r->step->object};
    if (owner != NULL && owner->fresh)
        how = (sql_statement){.lock = LOCK_NONE};
    dialect_push(r, out, &w, how);
}

void postgres_write_index(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    if (step->operation == MIGEN_CREATE_INDEX) {
        schema *scratch = dialect_scratch(r->before);
        const schema_table *found = dialect_own_table(scratch, step->object);
        migen_index plain = schema_plain_index(scratch, found, step->index);
        postgres_add_index(r, step->object, found, &plain, out);
        arena_free(scratch->memory);
        return;
    }
    const schema_table *owner = NULL;
    const migen_index *index = schema_find_index(r->before, step->object, &owner);
    const char *table = owner == NULL ? NULL : dialect_table_text(r->memory, owner);
    if (step->operation == MIGEN_RENAME_INDEX) {
        postgres_rename_index(r, owner, out);
        return;
    }
    schema_table *without = owner == NULL ? NULL : schema_table_copy(r->memory, owner);
    if (without != NULL)
        table_remove_index(without, index->name);
    /* CONCURRENTLY goes with no CASCADE, and not between two statements of one transaction. */
    bool concurrently = r->online && !step->cascade &&
                        (owner == NULL || (!owner->fresh && !owner->partitioned)) &&
                        (owner == NULL || !postgres_has_untied(r, owner, without));
    postgres_write_drop_index(r, step->object, table, owner, without, concurrently, step->cascade, out);
}

/* Constraints on PostgreSQL, and the lock-safe recipes for them. */
#include "postgres_parts.h"

#include <string.h>

/* is_wanted: the constraint itself is what the step makes, not the proof of something else. */
static void postgres_constraint_validate(const dialect_request *r, const char *object, const char *name,
                                         bool is_wanted, sql_list *out)
{
    sql_writer w = postgres_alter_table(r, object);
    sql_words(&w, "VALIDATE CONSTRAINT");
    sql_name(&w, name);
    sql_statement how = postgres_lock(r, object, LOCK_SHARE_UPDATE_EXCLUSIVE);
    how.scans = true;
    how.own_transaction = true;
    how.unproven = name;
    how.proves = is_wanted;
    dialect_push(r, out, &w, how);
}

void postgres_set_not_null(const dialect_request *r, const char *object, const char *column, sql_list *out)
{
    sql_statement how = postgres_lock(r, object, LOCK_ACCESS_EXCLUSIVE);
    bool recipe = r->online && how.lock_object != NULL;
    char *proof = NULL;
    if (recipe) {
        sql_writer seed = sql_new(r->memory);
        sql_object_text(&seed, object);
        sql_name(&seed, column);
        proof = dialect_own_name(r->memory, sql_text(&seed), "nn");
        sql_writer w = postgres_alter_table(r, object);
        sql_words(&w, "DROP CONSTRAINT IF EXISTS"); /* what a crash has left */
        sql_name(&w, proof);
        sql_comma(&w);
        sql_words(&w, "ADD CONSTRAINT");
        sql_name(&w, proof);
        sql_words(&w, "CHECK");
        sql_open(&w);
        sql_name(&w, column);
        sql_words(&w, "IS NOT NULL");
        sql_close(&w);
        sql_words(&w, "NOT VALID");
        sql_statement alone = how;
        alone.own_transaction = true;
        alone.unproven = proof;
        dialect_push(r, out, &w, alone);
        postgres_constraint_validate(r, object, proof, false, out);
    }
    sql_writer w = postgres_alter_table(r, object);
    sql_words(&w, "ALTER COLUMN");
    sql_name(&w, column);
    sql_words(&w, "SET NOT NULL");
    how.scans = !recipe && how.lock_object != NULL;
    dialect_push(r, out, &w, how);
    if (!recipe)
        return;
    /* A statement of its own: in one with SET NOT NULL it would be gone before it can be the proof. */
    w = postgres_alter_table(r, object);
    sql_words(&w, "DROP CONSTRAINT");
    sql_name(&w, proof);
    how.scans = false;
    how.unproven = proof;
    how.proves = true;
    dialect_push(r, out, &w, how);
}

static void postgres_constraint_plain(const dialect_request *r, const char *object,
                                      const migen_constraint *constraint, sql_list *out)
{
    sql_writer w = postgres_alter_table(r, object);
    sql_words(&w, "ADD");
    postgres_constraint(&w, constraint);
    bool foreign = constraint->kind == MIGEN_FOREIGN_KEY;
    sql_statement how = postgres_lock(r, object, foreign ? LOCK_SHARE_ROW_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
    how.scans = how.lock_object != NULL;
    if (foreign)
        postgres_lock_too(r, &how, constraint->references, LOCK_SHARE_ROW_EXCLUSIVE);
    dialect_push(r, out, &w, how);
}

/* CHECK and FOREIGN KEY: a short lock to put it there, a weak one to look at the rows. */
static void postgres_constraint_in_two(const dialect_request *r, const char *object,
                                       const migen_constraint *there, const migen_constraint *constraint,
                                       sql_list *out)
{
    if (there == NULL) {
        sql_writer w = postgres_alter_table(r, object);
        sql_words(&w, "ADD");
        postgres_constraint(&w, constraint);
        sql_words(&w, "NOT VALID");
        bool foreign = constraint->kind == MIGEN_FOREIGN_KEY;
        sql_statement how =
            postgres_lock(r, object, foreign ? LOCK_SHARE_ROW_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
        how.own_transaction = true;
        how.unproven = constraint->name;
        if (foreign)
            postgres_lock_too(r, &how, constraint->references, LOCK_SHARE_ROW_EXCLUSIVE);
        dialect_push(r, out, &w, how);
    }
    postgres_constraint_validate(r, object, constraint->name, true, out);
}

static migen_index postgres_constraint_index(arena *a, const migen_constraint *constraint)
{
    size_t count = list_length(constraint->columns);
    migen_index_item *items = ARENA_NEW_ARRAY(a, migen_index_item, count);
    for (size_t i = 0; i < count; i++)
        items[i].column = constraint->columns[i];
    return (migen_index){.name = constraint->name, .unique = true, .items = items, .item_count = count};
}

/* UNIQUE and PRIMARY KEY: the index first, in the background; then it becomes the constraint. */
static void postgres_constraint_by_index(const dialect_request *r, const char *object,
                                         const schema_table *found, const migen_constraint *constraint,
                                         sql_list *out)
{
    if (constraint->kind == MIGEN_PRIMARY_KEY)
        for (size_t i = 0; constraint->columns[i] != NULL; i++) {
            const migen_column *column = table_find_column(found, constraint->columns[i]);
            if (column == NULL || !column->not_null)
                postgres_set_not_null(r, object, constraint->columns[i], out);
        }
    const migen_index *there = table_find_index(found, constraint->name);
    if (there == NULL || there->half_done || !there->unique) {
        migen_index index = postgres_constraint_index(r->memory, constraint);
        postgres_add_index(r, object, found, &index, out);
    }
    sql_writer w = postgres_alter_table(r, object);
    sql_words(&w, "ADD CONSTRAINT");
    sql_name(&w, constraint->name);
    sql_words(&w, constraint->kind == MIGEN_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE");
    sql_words(&w, "USING INDEX");
    sql_name(&w, constraint->name);
    dialect_push(r, out, &w, postgres_lock(r, object, LOCK_ACCESS_EXCLUSIVE));
}

void postgres_add_constraint(const dialect_request *r, const char *object, const schema_table *found,
                             const migen_constraint *constraint, sql_list *out)
{
    const migen_constraint *there = found == NULL ? NULL : table_find_constraint(found, constraint->name);
    if (there != NULL && !there->half_done)
        there = NULL;
    bool online = r->online && found != NULL && !found->fresh;
    bool has_index = constraint->kind == MIGEN_PRIMARY_KEY || constraint->kind == MIGEN_UNIQUE;
    const migen_index *index = found == NULL || !has_index ? NULL : table_find_index(found, constraint->name);
    if (found != NULL && found->partitioned && constraint->kind != MIGEN_CHECK)
        online = false; /* neither CONCURRENTLY nor a key that is NOT VALID */
    bool index_waits = index != NULL && index->unique && !index->half_done; /* an interrupted recipe's */
    if (there != NULL && !has_index)
        postgres_constraint_in_two(r, object, there, constraint, out);
    else if ((!online && !index_waits) || constraint->extra != NULL)
        postgres_constraint_plain(r, object, constraint, out);
    else if (has_index)
        postgres_constraint_by_index(r, object, found, constraint, out);
    else
        postgres_constraint_in_two(r, object, NULL, constraint, out);
}

/*
 * PostgreSQL ties a foreign key to one of the indexes that make its target unique, the oldest. Where that one goes and another stays,
 * the key is made anew, on the other: without, DROP would be refused, or would take a key along that is to stay.
 */
typedef struct postgres_untied {
    const char *object;
    migen_constraint key;
} postgres_untied;

void postgres_drop_unique(const dialect_request *r, const schema_table *found, const schema_table *without,
                          sql_writer *drop, sql_statement how, sql_list *out)
{
    schema *scratch = dialect_scratch(r->before);
    dependent_keys lost = {0}, kept = {0};
    VECTOR(postgres_untied) untied = {0};
    if (found != NULL)
        dependents_of_unique(scratch, found, without, &lost, &kept);
    for (size_t i = 0; i < kept.count; i++) {
        const schema_table *t = kept.items[i].table;
        postgres_untied one = {.object = dialect_table_text(r->memory, t),
                               .key = *table_find_constraint(t, kept.items[i].name)};
        if (t->given)
            continue;
        sql_writer w = postgres_alter_table(r, one.object);
        sql_words(&w, "DROP CONSTRAINT");
        sql_name(&w, one.key.name);
        dialect_push(r, out, &w, postgres_lock(r, one.object, LOCK_ACCESS_EXCLUSIVE));
        vector_push(scratch->memory, &untied, one);
    }
    dialect_push(r, out, drop, how);
    for (size_t i = 0; i < untied.count; i++)
        postgres_constraint_plain(r, untied.items[i].object, &untied.items[i].key, out);
    arena_free(scratch->memory);
}

bool postgres_has_untied(const dialect_request *r, const schema_table *found, const schema_table *without)
{
    schema *scratch = dialect_scratch(r->before);
    dependent_keys lost = {0}, kept = {0};
    dependents_of_unique(scratch, found, without, &lost, &kept);
    arena_free(scratch->memory);
    return kept.count != 0;
}

static void postgres_drop_constraint(const dialect_request *r, const schema_table *found, sql_list *out)
{
    const migen_step *step = r->step;
    schema_table *without = found == NULL ? NULL : schema_table_copy(r->memory, found);
    sql_writer w = sql_new(r->memory);
    if (found != NULL && table_find_constraint(found, step->part) == NULL &&
        table_find_index(found, step->part) != NULL) {
        /* what does the constraint's work here is an index of its name */
        object_name name = {.schema = found->name.schema, .name = step->part};
        sql_words(&w, "DROP INDEX");
        sql_object(&w, name);
        table_remove_index(without, step->part);
    } else {
        w = postgres_alter_table(r, step->object);
        sql_words(&w, "DROP CONSTRAINT");
        sql_name(&w, step->part);
        if (without != NULL)
            table_remove_constraint(without, step->part);
    }
    if (step->cascade)
        sql_words(&w, "CASCADE");
    sql_statement how = postgres_lock(r, step->object, LOCK_ACCESS_EXCLUSIVE);
    const migen_constraint *going = found == NULL ? NULL : table_find_constraint(found, step->part);
    if (going != NULL && going->kind == MIGEN_FOREIGN_KEY)
        postgres_lock_too(r, &how, going->references, LOCK_ACCESS_EXCLUSIVE);
    postgres_drop_unique(r, found, without, &w, how, out);
}

void postgres_write_constraint(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_table *found = schema_find_table(r->before, step->object);
    if (step->operation == MIGEN_ADD_CONSTRAINT) {
        schema *scratch = dialect_scratch(r->before);
        const schema_table *own = dialect_own_table(scratch, step->object);
        violation v = {0};
        migen_constraint plain = schema_plain_constraint(scratch, own, step->constraint, &v);
        if (v.kind == VIOLATION_NONE)
            postgres_add_constraint(r, step->object, own, &plain, out);
        arena_free(scratch->memory);
        return;
    }
    if (step->operation == MIGEN_DROP_CONSTRAINT) {
        postgres_drop_constraint(r, found, out);
        return;
    }
    sql_writer w = postgres_alter_table(r, step->object);
    sql_words(&w, "RENAME CONSTRAINT");
    sql_name(&w, step->part);
    sql_words(&w, "TO");
    sql_name(&w, step->new_name);
    dialect_push(r, out, &w, postgres_lock(r, step->object, LOCK_ACCESS_EXCLUSIVE));
}

/* Tables on SQLite. */
#include "sqlite_parts.h"

static void sqlite_make_table(const dialect_request *r, sql_list *out)
{
    schema *scratch = dialect_scratch(r->before);
    violation v = {0};
    const schema_table *plain = schema_table_from(scratch, r->step->table, &v);
    if (plain != NULL) {
        sql_writer w = sql_new(r->memory);
        sqlite_create_table(&w, scratch, plain, plain->name.name);
        dialect_push(r, out, &w, (sql_statement){.beside = plain->name.name});
        for (size_t i = 0; i < plain->constraints.count; i++)
            if (plain->constraints.items[i].is_index)
                sqlite_create_constraint_index(r, plain->name, &plain->constraints.items[i], out);
        for (size_t i = 0; i < plain->indexes.count; i++)
            sqlite_create_index(r, plain->name, &plain->indexes.items[i], out);
    }
    arena_free(scratch->memory);
}

/* ensure table: what is missing, as the steps that add it. */
static void sqlite_ensure_table(const dialect_request *r, const schema_table *found, sql_list *out)
{
    schema *after = dialect_after(r->before, r->step);
    if (after == NULL)
        return;
    const schema_table *wanted = schema_find_table(after, dialect_object(r->step));
    bool rebuild =
        wanted->columns.count != found->columns.count || rebuild_queue_has(r->waiting, found->name.name);
    for (size_t i = 0; i < wanted->constraints.count && !rebuild; i++) {
        const migen_constraint *c = &wanted->constraints.items[i];
        rebuild = c->kind != MIGEN_UNIQUE && table_find_constraint(found, c->name) == NULL;
    }
    if (rebuild) {
        table_rebuild b = {.before = found, .after = wanted};
        sqlite_write_rebuild(r->memory, after, &b, out);
    } else {
        for (size_t i = 0; i < wanted->constraints.count; i++)
            if (table_find_constraint(found, wanted->constraints.items[i].name) == NULL)
                sqlite_create_constraint_index(r, found->name, &wanted->constraints.items[i], out);
        for (size_t i = 0; i < wanted->indexes.count; i++)
            if (table_find_index(found, wanted->indexes.items[i].name) == NULL)
                sqlite_create_index(r, found->name, &wanted->indexes.items[i], out);
    }
    arena_free(after->memory);
}

/* Dropping a table with CASCADE takes its views and the foreign keys that point at it along. */
static void sqlite_drop_table(const dialect_request *r, sql_list *out)
{
    if (r->step->cascade)
        sqlite_rebuild_by_step(r, NULL, out);
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "DROP TABLE");
    sql_object_text(&w, r->step->object);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

static void sqlite_rename_to(const dialect_request *r, const char *from, const char *to, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER TABLE");
    sql_name(&w, from);
    sql_words(&w, "RENAME TO");
    sql_name(&w, to);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* SQLite refuses a new name that differs in its case alone: "already another table with this name". */
static void sqlite_rename_table(const dialect_request *r, sql_list *out)
{
    const char *from = name_parse(r->memory, r->step->object).name;
    const char *to = r->step->new_name;
    if (text_equal_word(from, to)) {
        const char *between = dialect_own_name(r->memory, from, "case");
        sqlite_rename_to(r, from, between, out);
        from = between;
    }
    sqlite_rename_to(r, from, to, out);
}

void sqlite_write_table(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_table *found = schema_find_table(r->before, dialect_object(step));
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
        sqlite_make_table(r, out);
        break;
    case MIGEN_ENSURE_TABLE:
        if (found == NULL)
            sqlite_make_table(r, out);
        else if (!found->is_virtual)
            sqlite_ensure_table(r, found, out);
        break;
    case MIGEN_DROP_TABLE:
        sqlite_drop_table(r, out);
        break;
    case MIGEN_RENAME_TABLE:
        sqlite_rename_table(r, out);
        break;
    default: /* a given table is somebody else's */
        break;
    }
}

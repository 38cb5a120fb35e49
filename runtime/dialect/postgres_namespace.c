/* Schemas, extensions, sequences and enums on PostgreSQL: no lock on a table. */
#include "postgres_parts.h"

static void postgres_object_statement(const dialect_request *r, const char *words, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, words);
    sql_object_text(&w, r->step->object);
    if (r->step->cascade)
        sql_words(&w, "CASCADE");
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

static void postgres_create_sequence(const dialect_request *r, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "CREATE SEQUENCE");
    sql_object_text(&w, r->step->object);
    if (r->step->increment != 0) {
        sql_words(&w, "INCREMENT BY");
        sql_integer(&w, r->step->increment);
    }
    if (r->step->start != 0) {
        sql_words(&w, "START WITH");
        sql_integer(&w, r->step->start);
    }
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

void postgres_write_namespace(const dialect_request *r, sql_list *out)
{
    switch (r->step->operation) {
    case MIGEN_CREATE_SCHEMA:
        postgres_object_statement(r, "CREATE SCHEMA", out);
        break;
    case MIGEN_DROP_SCHEMA:
        postgres_object_statement(r, "DROP SCHEMA", out);
        break;
    case MIGEN_CREATE_EXTENSION:
        /* the one IF NOT EXISTS that asks for no rights where there is nothing to do */
        postgres_object_statement(r, "CREATE EXTENSION IF NOT EXISTS", out);
        break;
    case MIGEN_DROP_EXTENSION:
        postgres_object_statement(r, "DROP EXTENSION", out);
        break;
    case MIGEN_DROP_SEQUENCE:
        postgres_object_statement(r, "DROP SEQUENCE", out);
        break;
    default:
        postgres_create_sequence(r, out);
        break;
    }
}

static sql_writer postgres_alter_type(const dialect_request *r)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER TYPE");
    sql_object_text(&w, r->step->object);
    return w;
}

static void postgres_create_enum(const dialect_request *r, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "CREATE TYPE");
    sql_object_text(&w, r->step->object);
    sql_words(&w, "AS ENUM");
    sql_open(&w);
    for (size_t i = 0; r->step->values != NULL && r->step->values[i] != NULL; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_string(&w, r->step->values[i]);
    }
    sql_close(&w);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

static bool postgres_enum_has(const schema_enum *e, const char *value)
{
    for (size_t i = 0; e != NULL && i < e->values.count; i++)
        if (text_equal(e->values.items[i], value))
            return true;
    return false;
}

/* A value cannot be used before the transaction that added it has ended (55P04). */
static void postgres_add_enum_value(const dialect_request *r, const char *value, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_enum *found = schema_find_enum(r->before, step->object);
    if (postgres_enum_has(found, value))
        return;
    sql_writer w = postgres_alter_type(r);
    sql_words(&w, "ADD VALUE IF NOT EXISTS");
    sql_string(&w, value);
    const char *neighbour = step->before != NULL ? step->before : step->after;
    if (neighbour != NULL && (found == NULL || postgres_enum_has(found, neighbour))) {
        sql_words(&w, step->before != NULL ? "BEFORE" : "AFTER");
        sql_string(&w, neighbour);
    }
    dialect_push(r, out, &w, (sql_statement){.own_transaction = true});
}

void postgres_write_enum(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    sql_writer w;
    switch (step->operation) {
    case MIGEN_CREATE_ENUM:
        postgres_create_enum(r, out);
        break;
    case MIGEN_DROP_ENUM:
        postgres_object_statement(r, "DROP TYPE", out);
        break;
    case MIGEN_RENAME_ENUM:
        w = postgres_alter_type(r);
        sql_words(&w, "RENAME TO");
        sql_name(&w, step->new_name);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
        break;
    case MIGEN_RENAME_ENUM_VALUE:
        w = postgres_alter_type(r);
        sql_words(&w, "RENAME VALUE");
        sql_string(&w, step->part);
        sql_words(&w, "TO");
        sql_string(&w, step->new_name);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
        break;
    case MIGEN_ADD_ENUM_VALUE:
        postgres_add_enum_value(r, step->part, out);
        break;
    default:
        for (size_t i = 0; step->values[i] != NULL; i++)
            postgres_add_enum_value(r, step->values[i], out);
        break;
    }
}

/* Functions, triggers and comments on PostgreSQL. */
#include "postgres_parts.h"

#include "compare.h"
#include "sql_token.h"

#include <string.h>

/* CREATE [OR REPLACE] PROCEDURE … */
static bool postgres_is_procedure(const schema_function *f)
{
    if (f->sql == NULL)
        return false;
    sql_lexer l = sql_lexer_new(f->sql, strlen(f->sql), MIGEN_POSTGRES);
    for (int i = 0; i < 4; i++)
        if (sql_token_is(sql_next(&l), "procedure"))
            return true;
    return false;
}

/* A function under its schema's name, where that is known: pg_catalog stands before all others, and has many names. */
static void postgres_function_name(const dialect_request *r, sql_writer *w)
{
    object_name name = name_parse(r->memory, r->step->object);
    if (name.schema == NULL)
        name.schema = r->before->current;
    sql_object_text(w, name_text(r->memory, name));
}

static void postgres_drop_function(const dialect_request *r, sql_list *out)
{
    const schema_function *f = schema_find_overload(r->before, r->step->object, r->step->arguments);
    const char *arguments = f != NULL ? function_arguments(r->memory, f->arguments, f->sql)
                                      : function_arguments(r->memory, r->step->arguments, NULL);
    sql_writer w = sql_new(r->memory);
    sql_words(&w, f != NULL && postgres_is_procedure(f) ? "DROP PROCEDURE" : "DROP FUNCTION");
    postgres_function_name(r, &w);
    if (arguments != NULL) {
        w.space_due = false;
        sql_expression(&w, arguments);
    }
    if (r->step->cascade)
        sql_words(&w, "CASCADE");
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* The table or view of a trigger; a drop may leave it out. */
static const char *postgres_trigger_table(const dialect_request *r)
{
    object_name owner;
    if (r->step->object != NULL)
        return r->step->object;
    return schema_find_trigger(r->before, NULL, r->step->part, &owner) == NULL ? NULL
                                                                               : name_text(r->memory, owner);
}

static void postgres_drop_trigger(const dialect_request *r, sql_list *out)
{
    const char *table = postgres_trigger_table(r);
    if (table == NULL)
        return;
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "DROP TRIGGER");
    sql_name(&w, r->step->part);
    sql_words(&w, "ON");
    sql_object_text(&w, table);
    if (r->step->cascade)
        sql_words(&w, "CASCADE");
    dialect_push(r, out, &w, postgres_lock(r, table, LOCK_ACCESS_EXCLUSIVE));
}

void postgres_keep_trigger(const dialect_request *r, const char *object, const schema_trigger *trigger,
                           sql_statement how, sql_list *out)
{
    if (trigger->fires != NULL) {
        sql_writer w = postgres_alter_table(r, object);
        sql_words(&w, *trigger->fires == 'D'   ? "DISABLE TRIGGER"
                      : *trigger->fires == 'R' ? "ENABLE REPLICA TRIGGER"
                                               : "ENABLE ALWAYS TRIGGER");
        sql_name(&w, trigger->name);
        dialect_push(r, out, &w, how);
    }
    if (trigger->comment != NULL) {
        sql_writer w = sql_new(r->memory);
        sql_words(&w, "COMMENT ON TRIGGER");
        sql_name(&w, trigger->name);
        sql_words(&w, "ON");
        sql_object_text(&w, object);
        sql_words(&w, "IS");
        sql_string(&w, trigger->comment);
        dialect_push(r, out, &w, how);
    }
}

void postgres_write_routine(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    switch (step->operation) {
    case MIGEN_CREATE_FUNCTION:
        dialect_push_raw(r, out, step->sql, (sql_statement){.lock = LOCK_NONE});
        break;
    case MIGEN_DROP_FUNCTION:
        postgres_drop_function(r, out);
        break;
    case MIGEN_CREATE_TRIGGER:
        if (schema_find_trigger(r->before, step->object, step->part, NULL) != NULL)
            postgres_drop_trigger(r, out);
        dialect_push_raw(r, out, step->sql, postgres_lock(r, step->object, LOCK_SHARE_ROW_EXCLUSIVE));
        break;
    default:
        postgres_drop_trigger(r, out);
        break;
    }
}

void postgres_write_comment(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    if (step->operation == MIGEN_COMMENT_ON_COLUMN) {
        postgres_comment_on_column(r, step->object, step->part, step->text, out);
        return;
    }
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "COMMENT ON TABLE");
    sql_object_text(&w, step->object);
    sql_words(&w, "IS");
    if (step->text == NULL)
        sql_words(&w, "NULL");
    else
        sql_string(&w, step->text);
    dialect_push(r, out, &w, postgres_lock(r, step->object, LOCK_SHARE_UPDATE_EXCLUSIVE));
}

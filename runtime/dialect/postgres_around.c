/*
 * postgres_around.c: what holds a column's type fast beside views, triggers, checks and indexes.
 *
 * A generated column that is made of it is dropped and added again, with its indexes and constraints: the server has no other way. A
 * function whose body the server has parsed (BEGIN ATOMIC, RETURN) is given an empty one meanwhile, so that what stands on the
 * function, its owner and its rights stay.
 */
#include "postgres_alter.h"
#include "postgres_parts.h"

#include "compare.h"
#include "sql_normal.h"
#include "text.h"

#include <string.h>

const char *const *postgres_generated_of(const dialect_request *r)
{
    VECTOR(const char *) names = {0};
    const schema_table *t = schema_find_table(r->before, r->step->object);
    for (size_t i = 0; t != NULL && i < t->columns.count; i++) {
        const migen_column *column = &t->columns.items[i];
        if (column->generated != NULL && !text_equal(column->name, r->step->part) &&
            sql_mentions(column->generated, r->step->part, MIGEN_POSTGRES))
            vector_push(r->memory, &names, column->name);
    }
    if (names.count == 0)
        return NULL;
    vector_push(r->memory, &names, NULL);
    return names.items;
}

/* The schema between: without what others drop and make again. */
static schema *around_schema(const dialect_request *r, const view_list *views)
{
    schema *s = dialect_scratch(r->before);
    schema_table *t = dialect_own_table(s, r->step->object);
    for (size_t i = 0; i < views->count; i++)
        schema_remove_view(s, name_text(s->memory, views->items[i]->name));
    t->triggers.count = 0;
    for (size_t i = 0; r->remade != NULL && r->remade[i] != NULL; i++) {
        table_remove_constraint(t, r->remade[i]);
        table_remove_index(t, r->remade[i]);
    }
    return s;
}

static void around_step(const dialect_request *r, schema *s, const migen_step *step, sql_list *out)
{
    violation v = {0};
    if (out != NULL)
        postgres_write(&(dialect_request){.memory = r->memory, .before = s, .step = step}, out);
    (void)schema_apply(s, step, &v);
}

void postgres_drop_generated(const dialect_request *r, const char *const *names, sql_list *out)
{
    sql_writer w = postgres_alter_table(r, r->step->object);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_words(&w, "DROP COLUMN");
        sql_name(&w, names[i]);
    }
    if (names != NULL)
        dialect_push(r, out, &w, postgres_lock(r, r->step->object, LOCK_ACCESS_EXCLUSIVE));
}

void postgres_make_generated(const dialect_request *r, const char *const *names, const view_list *views,
                             sql_list *out)
{
    if (names == NULL)
        return;
    schema *s = around_schema(r, views);
    const migen_step drop = {
        .operation = MIGEN_DROP_COLUMNS, .object = r->step->object, .values = names, .cascade = true};
    step_list back = {0};
    const char *why_not = NULL;
    if (schema_inverse(s, &drop, r->memory, &back, &why_not)) {
        around_step(r, s, &drop, NULL);
        around_step(r, s, r->step, NULL);
        for (size_t i = 0; i < back.count; i++)
            around_step(r, s, &back.items[i], out);
    }
    arena_free(s->memory);
}

/* Whether the function's text names the table with its column, or one of the views that are made again. */
static bool around_function_uses(const dialect_request *r, const schema_function *f, const view_list *views)
{
    object_name table = name_parse(r->memory, r->step->object);
    if (sql_says(r->memory, f->sql, table.name, MIGEN_POSTGRES) &&
        (sql_says(r->memory, f->sql, r->step->part, MIGEN_POSTGRES) || strchr(f->sql, '*') != NULL))
        return true;
    for (size_t i = 0; i < views->count; i++)
        if (sql_says(r->memory, f->sql, views->items[i]->name.name, MIGEN_POSTGRES))
            return true;
    return false;
}

/* CREATE OR REPLACE … AS '', which is no function's text that could be carried out. */
static void around_empty_function(const dialect_request *r, const char *sql, const char *body, sql_list *out)
{
    const char *head = arena_copy(r->memory, sql, (size_t)(body - sql));
    sql_writer text = sql_new(r->memory), w = sql_new(r->memory);
    sql_words(&text, "DECLARE was text := pg_catalog.current_setting('check_function_bodies'); BEGIN PERFORM "
                     "pg_catalog.set_config('check_function_bodies', 'off', true); EXECUTE");
    sql_string(&text, arena_format(r->memory, "%sAS ''", head));
    sql_words(&text, "; PERFORM pg_catalog.set_config('check_function_bodies', was, true); END");
    sql_words(&w, "DO");
    sql_string(&w, sql_text(&text));
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

void postgres_functions_around(const dialect_request *r, const view_list *views, bool make, sql_list *out)
{
    for (size_t i = 0; i < r->before->functions.count; i++) {
        const map_entry *entry = &r->before->functions.entries[i];
        const schema_function *f = entry->removed ? NULL : entry->value;
        const char *body = f == NULL || f->sql == NULL ? NULL : function_parsed_body(r->memory, f->sql);
        if (body == NULL || !around_function_uses(r, f, views))
            continue;
        if (make)
            dialect_push_raw(r, out, (const char *const[]){f->sql, NULL}, (sql_statement){.lock = LOCK_NONE});
        else
            around_empty_function(r, f->sql, body, out);
    }
}

/* Views and triggers on SQLite. There is no OR REPLACE: what is there is dropped first. */
#include "sqlite_parts.h"

static void sqlite_drop(const dialect_request *r, const char *words, const char *object, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, words);
    sql_name(&w, name_parse(r->memory, object).name);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* Views of views are text: they need not be dropped, unless CASCADE says so. */
static void sqlite_drop_view(const dialect_request *r, sql_list *out)
{
    view_list on_it = {0};
    if (r->step->cascade)
        on_it = dialect_views_on(r->memory, r->before, r->step->object, NULL);
    for (size_t i = on_it.count; i-- > 0;)
        sqlite_drop(r, "DROP VIEW", name_text(r->memory, on_it.items[i]->name), out);
    sqlite_drop(r, "DROP VIEW", r->step->object, out);
}

void sqlite_make_view(arena *a, const schema_view *view, const char *select, sql_list *out)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "CREATE VIEW");
    sql_object_text(&w, name_text(a, view->name));
    sql_words(&w, "AS");
    sql_expression(&w, select);
    sql_statement made = {.text = sql_text(&w), .lock = LOCK_NONE};
    vector_push(a, out, made);
    for (size_t i = 0; i < view->triggers.count; i++) {
        sql_statement trigger = {.text = text_trim(a, view->triggers.items[i].sql), .lock = LOCK_NONE};
        vector_push(a, out, trigger);
    }
}

void sqlite_write_view(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    const schema_view *found = schema_find_view(r->before, step->object);
    schema_view absent = {.name = name_parse(r->memory, step->object)};
    switch (step->operation) {
    case MIGEN_CREATE_VIEW:
        if (found != NULL)
            sqlite_drop(r, "DROP VIEW", step->object, out);
        sqlite_make_view(r->memory, found != NULL ? found : &absent, step->sql[0], out);
        break;
    case MIGEN_DROP_VIEW:
        sqlite_drop_view(r, out);
        break;
    default: /* no materialized views there */
        break;
    }
}

void sqlite_write_routine(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    if (step->operation == MIGEN_CREATE_TRIGGER) {
        if (schema_find_trigger(r->before, step->object, step->part, NULL) != NULL)
            sqlite_drop(r, "DROP TRIGGER", name_part_text(r->memory, step->part), out);
        dialect_push_raw(r, out, step->sql, (sql_statement){.lock = LOCK_NONE});
    } else if (step->operation == MIGEN_DROP_TRIGGER) {
        sqlite_drop(r, "DROP TRIGGER", name_part_text(r->memory, step->part), out);
    }
}

/* SQLite keeps no comments. */
void sqlite_write_comment(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

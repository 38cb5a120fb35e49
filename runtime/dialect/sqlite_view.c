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

void sqlite_write_view(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    sql_writer w = sql_new(r->memory);
    switch (step->operation) {
    case MIGEN_CREATE_VIEW:
        if (schema_find_view(r->before, step->object) != NULL)
            sqlite_drop(r, "DROP VIEW", step->object, out);
        sql_words(&w, "CREATE VIEW");
        sql_object_text(&w, step->object);
        sql_words(&w, "AS");
        sql_expression(&w, step->sql[0]);
        dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
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
        sqlite_drop(r, "DROP TRIGGER IF EXISTS", name_part_text(r->memory, step->part), out);
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

/* Views on PostgreSQL. CREATE OR REPLACE takes no column away: what is there is dropped, with what stands on
 * it. */
#include "postgres_parts.h"

#include "scope.h"
#include "text.h"

#include <string.h>

static void postgres_drop_view(const dialect_request *r, const char *object, bool materialized, bool cascade,
                               sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, materialized ? "DROP MATERIALIZED VIEW" : "DROP VIEW");
    sql_object_text(&w, object);
    if (cascade)
        sql_words(&w, "CASCADE");
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_ACCESS_EXCLUSIVE, .lock_object = object});
}

static void postgres_make_view(const dialect_request *r, const char *object, bool materialized,
                               const char *select, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, materialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW");
    sql_object_text(&w, object);
    sql_words(&w, "AS");
    sql_expression(&w, select);
    dialect_push(r, out, &w, (sql_statement){.lock = LOCK_NONE});
}

/* What pg_get_viewdef() prints ends in a semicolon. */
static const char *postgres_view_select(arena *a, const char *sql)
{
    char *select = text_trim(a, sql);
    for (size_t length = view_of(select).length; length > 0 && select[length - 1] == ';'; length--)
        select[length - 1] = '\0';
    return select;
}

void postgres_drop_views(const dialect_request *r, const view_list *views, sql_list *out)
{
    for (size_t i = views->count; i-- > 0;)
        postgres_drop_view(r, name_text(r->memory, views->items[i]->name), views->items[i]->materialized,
                           false, out);
}

/* DO 'BEGIN EXECUTE ''…''; EXCEPTION WHEN undefined_column THEN NULL; END'; what: column, or object for a rule */
static const char *postgres_unless_gone(const dialect_request *r, const char *what, const char *statement)
{
    sql_writer body = sql_new(r->memory);
    sql_words(&body, "BEGIN EXECUTE");
    sql_string(&body, statement);
    sql_words(&body, arena_format(r->memory, "; EXCEPTION WHEN undefined_%s THEN NULL; END", what));
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "DO");
    sql_string(&w, sql_text(&body));
    return sql_text(&w);
}

static const char *postgres_index_comment(const dialect_request *r, const schema_table *t,
                                          const migen_index *index)
{
    object_name name = {.schema = t->name.schema, .name = index->name};
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "COMMENT ON INDEX");
    sql_object(&w, name);
    sql_words(&w, "IS");
    sql_string(&w, index->comment);
    return sql_text(&w);
}

static const char *postgres_index_cluster(const dialect_request *r, const schema_table *t,
                                          const migen_index *index)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "ALTER MATERIALIZED VIEW");
    sql_object(&w, t->name);
    sql_words(&w, "CLUSTER ON");
    sql_name(&w, index->name);
    return sql_text(&w);
}

/* An index of a materialized view that is new, with what was said of it. */
static void postgres_give_back_index(const dialect_request *r, const schema_table *t,
                                     const migen_index *index, bool replaced, sql_list *out)
{
    sql_list made = {0};
    const sql_statement how = {.lock = LOCK_NONE}; /* the view is new */
    if (index->sql != NULL)
        dialect_push_raw(r, &made, (const char *const[]){index->sql, NULL}, how);
    else
        postgres_create_index(r, name_text(r->memory, t->name), index, &made);
    if (index->comment != NULL)
        dialect_push_raw(r, &made, (const char *const[]){postgres_index_comment(r, t, index), NULL}, how);
    if (index->clustered)
        dialect_push_raw(r, &made, (const char *const[]){postgres_index_cluster(r, t, index), NULL}, how);
    builder all = builder_new(r->memory);
    for (size_t i = 0; i < made.count; i++) {
        builder_add(&all, i == 0 ? "" : "; ");
        builder_add(&all, made.items[i].text);
        if (!replaced)
            dialect_push_raw(r, out, (const char *const[]){made.items[i].text, NULL}, how);
    }
    if (replaced)
        dialect_push_raw(r, out, (const char *const[]){postgres_unless_gone(r, "column", all.bytes), NULL},
                         how);
}

/* What a view had besides its text. Where that is another now, a column may be gone, and what was said of it with it. */
static void postgres_give_back(const dialect_request *r, const schema_view *view, bool replaced,
                               sql_list *out)
{
    for (size_t i = 0; i < view->triggers.count; i++) {
        const schema_trigger *trigger = &view->triggers.items[i];
        dialect_push_raw(r, out, (const char *const[]){trigger->sql, NULL},
                         (sql_statement){.lock = LOCK_NONE});
        postgres_keep_trigger(r, name_text(r->memory, view->name), trigger,
                              (sql_statement){.lock = LOCK_NONE}, out);
    }
    for (const char *at = view->belongings; !text_is_empty(at);) {
        size_t length = strcspn(at, "\1");
        const char *statement = arena_copy(r->memory, at + 1, length - 1);
        if (replaced && *at != '-')
            statement = postgres_unless_gone(r, *at == '*' ? "column" : "object", statement);
        dialect_push_raw(r, out, (const char *const[]){statement, NULL}, (sql_statement){.lock = LOCK_NONE});
        at += length + (at[length] == '\0' ? 0 : 1);
    }
    const schema_table *t = map_get(&r->before->relations, name_text(r->memory, view->name));
    for (size_t i = 0; t != NULL && i < t->indexes.count; i++)
        postgres_give_back_index(r, t, &t->indexes.items[i], replaced, out);
}

void postgres_make_views(const dialect_request *r, const view_list *views, sql_list *out)
{
    for (size_t i = 0; i < views->count; i++) {
        const schema_view *view = views->items[i];
        /* Where columns go, or another view takes the place of one, a * means what is there then. */
        const char *sql =
            r->step->operation == MIGEN_ALTER_COLUMN ? view_spelled(r->before, view) : view->sql;
        postgres_make_view(r, name_text(r->memory, views->items[i]->name), views->items[i]->materialized,
                           postgres_view_select(r->memory, sql), out);
        postgres_give_back(r, views->items[i], views->items[i]->was_replaced, out);
    }
}

void postgres_write_view(const dialect_request *r, sql_list *out)
{
    const migen_step *step = r->step;
    bool materialized =
        step->operation == MIGEN_CREATE_MATERIALIZED_VIEW || step->operation == MIGEN_DROP_MATERIALIZED_VIEW;
    const schema_view *found = schema_find_view(r->before, step->object);
    if (step->operation == MIGEN_DROP_VIEW || step->operation == MIGEN_DROP_MATERIALIZED_VIEW) {
        postgres_drop_view(r, step->object, found == NULL ? materialized : found->materialized, step->cascade,
                           out);
        return;
    }
    view_list on_it = {0};
    if (found != NULL) {
        on_it = dialect_views_on(r->memory, r->before, step->object, NULL);
        postgres_drop_views(r, &on_it, out);
        postgres_drop_view(r, step->object, found->materialized, false, out);
    }
    postgres_make_view(r, step->object, materialized, step->sql[0], out);
    if (found != NULL)
        postgres_give_back(r, found, true, out);
    postgres_make_views(r, &on_it, out);
}

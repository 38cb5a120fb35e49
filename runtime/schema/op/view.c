/*
 * view.c: views and materialized views. What a view selects is not looked into: it is raw SQL.
 */
#include "operation_parts.h"

#include "text.h"

#include <string.h>

static const char *view_words(bool materialized)
{
    return materialized ? "materialized view" : "view";
}

/* How many columns a text with a * gives now: PostgreSQL's view keeps to those. 0: that cannot be told. */
static size_t view_column_count(const schema *s, const char *sql)
{
    if (s->engine != MIGEN_POSTGRES || strchr(sql, '*') == NULL)
        return 0;
    arena *scratch = arena_new();
    scope_reading reading = scope_read_query(scratch, s, sql);
    size_t count = reading.understood ? reading.column_count : 0;
    for (size_t i = 0; reading.understood && i < reading.tokens.count; i++) {
        const schema_table *t = reading.names[i].role == SCOPE_RELATION ? reading.names[i].table : NULL;
        if (sql_token_is(reading.tokens.items[i], "using") ||
            sql_token_is(reading.tokens.items[i], "natural"))
            count = 0; /* what the two share is there once */
        for (size_t k = 0; t != NULL && k < t->columns.count; k++)
            count = t->columns.items[k].maybe ? 0 : count;
    }
    arena_free(scratch);
    return count;
}

static violation_kind view_create(change *c, bool materialized)
{
    schema *s = c->s;
    const migen_step *step = c->step;
    if (materialized && s->engine == MIGEN_SQLITE)
        return violate_sqlite(s, c->v, step->object, "materialized views");
    object_name name = name_parse(s->memory, step->object);
    violation_kind kind = change_no_schema(c, name, "a view");
    schema_view *there = schema_change_view(s, schema_find_view(s, step->object));
    if (kind == VIOLATION_NONE && there == NULL)
        kind = change_relation_free(c, name, step->object);
    if (kind != VIOLATION_NONE)
        return kind;
    if (there != NULL && there->materialized != materialized && !there->maybe)
        return violate(s, c->v, VIOLATION_CONFLICT, step->object, "\"%s\" is a %s already", step->object,
                       view_words(there->materialized));
    if (there != NULL && c->maybe)
        return VIOLATION_NONE;
    if (there != NULL) {
        there->was_replaced = true;
    } else {
        there = ARENA_NEW(s->memory, schema_view);
        there->name = name;
    }
    there->materialized = materialized;
    schema_put_view(s, there);
    if (materialized)
        schema_change_table(s, schema_find_relation(s, step->object))->maybe = c->maybe;
    there->sql = step->sql != NULL && step->sql[0] != NULL ? step->sql[0] : "";
    there->maybe = c->maybe;
    there->column_count = view_column_count(s, there->sql);
    there->later = NULL;
    there->text_moved = false;
    there->is_authors = true;
    return VIOLATION_NONE;
}

static bool view_create_inverse(inversion *i, bool materialized)
{
    const schema_view *there = schema_find_view(i->before, i->step->object);
    if (there != NULL && !there->maybe) { /* it was replaced */
        restore_view(i, there);
        return true;
    }
    invert_push(i, (migen_step){.operation = materialized ? MIGEN_DROP_MATERIALIZED_VIEW : MIGEN_DROP_VIEW,
                                .object = i->step->object});
    return true;
}

static violation_kind view_drop(change *c, bool materialized)
{
    schema *s = c->s;
    const char *object = c->step->object;
    if (materialized && s->engine == MIGEN_SQLITE)
        return violate_sqlite(s, c->v, object, "materialized views");
    const schema_view *view = schema_find_view(s, object);
    if (view == NULL) {
        if (model_is_outside(s, name_parse(s->memory, object)))
            return VIOLATION_NONE;
        if (schema_find_table(s, object) != NULL)
            return violate(s, c->v, VIOLATION_CONFLICT, object, "\"%s\" is a table, no view", object);
        violate_missing(s, c->v, object, &s->views, "there is no %s \"%s\"", view_words(materialized),
                        object);
        return c->v->kind = VIOLATION_ALREADY;
    }
    if (view->materialized != materialized && !view->maybe) {
        violate(s, c->v, VIOLATION_CONFLICT, object, "\"%s\" is a %s", object,
                view_words(view->materialized));
        c->v->hint = view->materialized ? "say `drop materialized view`" : "say `drop view`";
        return c->v->kind;
    }
    dependent_views views = {0};
    dependents_add_views(s, view->name, NULL, &views);
    if (!c->step->cascade && !view->maybe) {
        violation_kind kind = dependents_refuse(
            s, c->v, object, arena_format(s->memory, "%s \"%s\"", view_words(materialized), object), NULL,
            &views);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    object_name name = view->name;
    const char *words = arena_format(s->memory, "%s \"%s\"", view_words(materialized), object);
    bool is_used = !view->maybe;
    violation_kind kind = !is_used || c->step->cascade ? VIOLATION_NONE : rows_let_go(c, name, words);
    if (kind != VIOLATION_NONE)
        return kind;
    dependents_drop_views(s, &views);
    if (is_used && c->step->cascade)
        (void)rows_let_go(c, name, words);
    schema_remove_view(s, name_text(s->memory, name));
    return VIOLATION_NONE;
}

violation_kind apply_safe_create_view(change *c)
{
    return view_create(c, false);
}

bool invert_safe_create_view(inversion *i)
{
    return view_create_inverse(i, false);
}

violation_kind apply_safe_drop_view(change *c)
{
    return view_drop(c, false);
}

bool invert_safe_drop_view(inversion *i)
{
    return invert_by_difference(i);
}

violation_kind apply_safe_create_materialized_view(change *c)
{
    return view_create(c, true);
}

bool invert_safe_create_materialized_view(inversion *i)
{
    return view_create_inverse(i, true);
}

violation_kind apply_safe_drop_materialized_view(change *c)
{
    return view_drop(c, true);
}

bool invert_safe_drop_materialized_view(inversion *i)
{
    return invert_by_difference(i);
}

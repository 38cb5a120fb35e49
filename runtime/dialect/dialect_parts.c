#include "dialect_parts.h"

#include "scope.h"
#include "sql_normal.h"

#include <string.h>

void dialect_push(const dialect_request *r, sql_list *out, sql_writer *w, sql_statement how)
{
    how.text = sql_text(w);
    if (how.lock_object != NULL)
        how.lock_object = arena_string(r->memory, how.lock_object);
    how.beside = arena_string(r->memory, how.beside); /* names may be of a scratch model */
    how.half_made = arena_string(r->memory, how.half_made);
    how.clears = arena_string(r->memory, how.clears);
    how.unproven = arena_string(r->memory, how.unproven);
    vector_push(r->memory, out, how);
}

void dialect_push_raw(const dialect_request *r, sql_list *out, const char *const *statements,
                      sql_statement how)
{
    for (size_t i = 0; statements != NULL && statements[i] != NULL; i++) {
        sql_writer w = sql_new(r->memory);
        sql_expression(&w, statements[i]);
        dialect_push(r, out, &w, how);
    }
}

const char *dialect_object(const migen_step *step)
{
    return step->object == NULL && step->table != NULL ? step->table->name : step->object;
}

schema *dialect_scratch(const schema *before)
{
    return schema_copy(arena_new(), before);
}

schema_table *dialect_own_table(schema *scratch, const char *object)
{
    schema_table *own = schema_change_table(scratch, schema_find_relation(scratch, object));
    if (own != NULL)
        return own;
    own = ARENA_NEW(scratch->memory, schema_table); /* somebody else's, which the model does not know */
    own->name = name_parse(scratch->memory, object);
    schema_put_table(scratch, own->name, own);
    return own;
}

schema *dialect_after(const schema *before, const migen_step *step)
{
    arena *memory = arena_new();
    schema *after = schema_copy(memory, before);
    violation v = {0};
    if (schema_apply(after, step, &v) == VIOLATION_NONE)
        return after;
    arena_free(memory);
    return NULL;
}

bool dialect_plain_columns(schema *scratch, const char *object, const migen_column *columns, size_t count,
                           plain_column_list *out)
{
    schema_table *t = dialect_own_table(scratch, object);
    for (size_t i = 0; i < count; i++) {
        plain_column plain = {0};
        violation v = {0};
        if (!schema_plain_column(scratch, t, &columns[i], &plain, &v))
            return false;
        plain.column.backfill = columns[i].backfill;
        vector_push(scratch->memory, &t->columns, plain.column);
        for (size_t j = 0; j < plain.constraints.count; j++)
            vector_push(scratch->memory, &t->constraints, plain.constraints.items[j]);
        for (size_t j = 0; j < plain.indexes.count; j++)
            vector_push(scratch->memory, &t->indexes, plain.indexes.items[j]);
        vector_push(scratch->memory, out, plain);
    }
    return true;
}

void dialect_open_call(sql_writer *w)
{
    w->space_due = false;
    sql_open(w);
}

void dialect_last_line(sql_writer *w)
{
    builder_add_character(&w->text, '\n');
    w->space_due = false;
}

static void dialect_action(sql_writer *w, const char *event, migen_action action)
{
    static const char *const words[] = {[MIGEN_RESTRICT] = "RESTRICT",
                                        [MIGEN_CASCADE] = "CASCADE",
                                        [MIGEN_SET_NULL] = "SET NULL",
                                        [MIGEN_SET_DEFAULT] = "SET DEFAULT"};
    if (action == MIGEN_NO_ACTION)
        return;
    sql_words(w, event);
    sql_words(w, words[action]);
}

void dialect_actions(sql_writer *w, const migen_constraint *constraint)
{
    dialect_action(w, "ON DELETE", constraint->on_delete);
    dialect_action(w, "ON UPDATE", constraint->on_update);
}

/* ("a", "b" COLLATE nocase DESC) */
static void dialect_key_columns(sql_writer *w, const migen_constraint *key)
{
    if (key->column_extras == NULL) {
        sql_names(w, key->columns);
        return;
    }
    sql_open(w);
    for (size_t i = 0; key->columns[i] != NULL; i++) {
        if (i != 0)
            sql_comma(w);
        sql_name(w, key->columns[i]);
        sql_expression(w, key->column_extras[i]);
    }
    sql_close(w);
}

void dialect_constraint_body(sql_writer *w, const migen_constraint *constraint)
{
    switch (constraint->kind) {
    case MIGEN_PRIMARY_KEY:
        sql_words(w, "PRIMARY KEY");
        dialect_key_columns(w, constraint);
        break;
    case MIGEN_UNIQUE:
        sql_words(w, "UNIQUE");
        dialect_key_columns(w, constraint);
        break;
    case MIGEN_CHECK:
        sql_words(w, "CHECK");
        sql_in_brackets(w, constraint->expression);
        break;
    case MIGEN_FOREIGN_KEY:
        sql_words(w, "FOREIGN KEY");
        sql_names(w, constraint->columns);
        sql_words(w, "REFERENCES");
        sql_object_text(w, constraint->references);
        if (constraint->references_columns != NULL)
            sql_names(w, constraint->references_columns);
        dialect_actions(w, constraint);
        break;
    }
    sql_expression(w, constraint->extra);
}

const char *dialect_table_text(arena *a, const schema_table *t)
{
    return name_text(a, t->name);
}

bool dialect_view_mentions(const schema *s, const schema_view *v, object_name name)
{
    return scope_query_uses(s, v->sql, name, NULL);
}

/* SELECT * names no column, and means them all. count(*) is none: it takes no column. */
static bool dialect_view_has_star(const schema *s, const schema_view *v)
{
    sql_lexer l = sql_lexer_new(v->sql, strlen(v->sql), s->engine);
    bool opened = false;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        if (sql_token_is(t, "*") && !opened)
            return true;
        opened = sql_token_is(t, "(");
    }
    return false;
}

static bool dialect_view_is_in(const view_list *list, const schema_view *v)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == v)
            return true;
    return false;
}

static bool dialect_view_stands_on(const schema *s, const schema_view *v, const view_list *others)
{
    for (size_t i = 0; i < others->count; i++)
        if (others->items[i] != v && dialect_view_mentions(s, v, others->items[i]->name))
            return true;
    return false;
}

/* Puts the views in an order in which they can be made: again and again those that stand on none of the rest.
 */
static view_list dialect_views_in_order(arena *a, const schema *s, view_list rest)
{
    view_list ordered = {0};
    while (rest.count > 0) {
        size_t pick = 0;
        for (size_t i = rest.count; i-- > 0;)
            if (!dialect_view_stands_on(s, rest.items[i], &rest))
                pick = i;
        vector_push(a, &ordered, rest.items[pick]);
        vector_remove(&rest, pick);
    }
    return ordered;
}

view_list dialect_views_on(arena *a, const schema *s, const char *object, const char *column)
{
    object_name name = name_parse(a, object);
    view_list found = {0};
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *v = s->views.entries[i].value;
        if (s->views.entries[i].removed || v->sql == NULL || !dialect_view_mentions(s, v, name))
            continue;
        if (text_equal(name_text(a, v->name), name_text(a, name)))
            continue;
        if (column == NULL || scope_query_uses(s, v->sql, name, column) || dialect_view_has_star(s, v))
            vector_push(a, &found, v);
    }
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < s->views.count; i++) {
            const schema_view *v = s->views.entries[i].value;
            if (s->views.entries[i].removed || v->sql == NULL || dialect_view_is_in(&found, v))
                continue;
            if (!dialect_view_stands_on(s, v, &found) ||
                text_equal(name_text(a, v->name), name_text(a, name)))
                continue;
            vector_push(a, &found, v);
            grown = true;
        }
    }
    return dialect_views_in_order(a, s, found);
}

bool dialect_index_uses(const schema *s, const migen_index *index, const char *column)
{
    for (size_t i = 0; i < index->item_count; i++) {
        const migen_index_item *item = &index->items[i];
        if (item->column != NULL && text_equal_word(item->column, column))
            return true;
        if (item->expression != NULL && sql_mentions(item->expression, column, s->engine))
            return true;
    }
    return list_contains(index->include, column) ||
           (index->where != NULL && sql_mentions(index->where, column, s->engine));
}

bool dialect_constraint_uses(const schema *s, const migen_constraint *constraint, const char *column)
{
    if (constraint->kind == MIGEN_CHECK)
        return sql_mentions(constraint->expression, column, s->engine);
    for (size_t i = 0; constraint->columns != NULL && constraint->columns[i] != NULL; i++)
        if (text_equal_word(constraint->columns[i], column))
            return true;
    return false;
}

/* NULLS … stands behind DESC, a collation or an operator class before it. */
static void dialect_index_item(sql_writer *w, const migen_index_item *item)
{
    const char *extra = item->extra == NULL ? "" : item->extra;
    const char *nulls = strstr(extra, "NULLS ");
    if (item->column != NULL)
        sql_name(w, item->column);
    else
        sql_in_brackets(w, item->expression);
    size_t before = nulls == NULL ? strlen(extra) : (size_t)(nulls - extra);
    sql_expression(w, text_trim(w->text.memory, arena_copy(w->text.memory, extra, before)));
    if (item->descending)
        sql_words(w, "DESC");
    sql_expression(w, nulls);
}

void dialect_index_items(sql_writer *w, const migen_index *index)
{
    sql_open(w);
    for (size_t i = 0; i < index->item_count; i++) {
        if (i != 0)
            sql_comma(w);
        dialect_index_item(w, &index->items[i]);
    }
    sql_close(w);
}

char *dialect_own_name(arena *a, const char *seed, const char *suffix)
{
    return arena_format(a, "_migen_%08x_%s", (unsigned)(hash_bytes(seed, strlen(seed)) & 0xffffffffu),
                        suffix);
}

char *dialect_rebuild_name(arena *a, const char *table)
{
    return dialect_own_name(a, table, "new");
}

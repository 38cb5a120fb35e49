/*
 * view_star.c: what a * in the text of a view stands for on PostgreSQL.
 *
 * Idea       The server makes columns of a * when the view is made, and keeps to them. A text with a * that is given again later would
 *            have those that came meanwhile, too: so the model notes which came behind a view, and spells the others.
 */
#include "operation_parts.h"

#include "sql_reserved.h"
#include "text.h"

#include <string.h>

void view_note_later(schema *s, const schema_table *t, const char *column)
{
    for (size_t i = 0; s->engine == MIGEN_POSTGRES && i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].removed ? NULL : s->views.entries[i].value;
        if (view == NULL || view->sql == NULL || strchr(view->sql, '*') == NULL)
            continue;
        schema_later *later = ARENA_NEW(s->memory, schema_later);
        *later = (schema_later){name_text(s->memory, t->name), column, view->later};
        schema_change_view(s, view)->later = later;
    }
}

/* column NULL: the table itself is renamed. */
void view_rename_later(schema *s, const schema_table *t, const char *column, const char *to)
{
    const char *table = name_text(s->memory, t->name);
    object_name name = {.schema = t->name.schema, .name = to};
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].removed ? NULL : s->views.entries[i].value;
        const schema_later *renamed = NULL;
        if (view == NULL || view->later == NULL)
            continue;
        for (const schema_later *at = view->later; at != NULL; at = at->before) {
            schema_later *later = ARENA_NEW(s->memory, schema_later);
            *later = (schema_later){at->table, at->column, renamed};
            bool meant = text_equal(at->table, table);
            if (meant && column == NULL)
                later->table = name_text(s->memory, name);
            else if (meant && text_equal(at->column, column))
                later->column = to;
            renamed = later;
        }
        schema_change_view(s, view)->later = renamed;
    }
}

bool view_came_before(const schema *s, const schema_view *view, const schema_table *t, const char *column)
{
    for (const schema_later *at = view->later; at != NULL; at = at->before)
        if (model_same_name(s, at->column, column) && model_same_object(s, at->table, model_table_text(s, t)))
            return true;
    return false;
}

/* Whether all that a * stands for can be said by names. */
static bool view_can_spell(const scope_reading *r)
{
    for (size_t i = 0; i < r->tokens.count; i++)
        if (r->names[i].role == SCOPE_SHARED)
            return false;
    for (size_t i = 0; i < r->asterisks.count; i++) {
        const scope_asterisk *asterisk = &r->asterisks.items[i];
        if (asterisk->opaque || asterisk->columns.count == 0)
            return false;
        for (size_t k = 0; k < asterisk->columns.count; k++)
            if (asterisk->columns.items[k].name == NULL || text_is_empty(asterisk->columns.items[k].alias))
                return false;
    }
    return r->understood && r->asterisks.count != 0;
}

static const scope_asterisk *view_asterisk_at(const scope_reading *r, size_t begin)
{
    for (size_t i = 0; i < r->asterisks.count; i++)
        if (r->asterisks.items[i].begin == begin)
            return &r->asterisks.items[i];
    return NULL;
}

const char *view_spelled(const schema *s, const schema_view *view)
{
    if (view->sql == NULL || strchr(view->sql, '*') == NULL)
        return view->sql;
    arena *scratch = arena_new();
    scope_reading r = scope_read_query(scratch, s, view->sql);
    builder b = builder_new(s->memory);
    size_t copied = 0;
    for (size_t i = 0; view_can_spell(&r) && i < r.tokens.count; i++) {
        const scope_asterisk *asterisk = view_asterisk_at(&r, i);
        if (asterisk == NULL)
            continue;
        builder_add_bytes(&b, view->sql + copied, r.tokens.items[i].offset - copied);
        size_t said = 0;
        for (size_t k = 0; k < asterisk->columns.count; k++) {
            const scope_asterisk_column *column = &asterisk->columns.items[k];
            if (column->table == NULL || !view_came_before(s, view, column->table, column->origin))
                builder_add_format(&b, "%s%s.%s", said++ == 0 ? "" : ", ",
                                   sql_name_text(scratch, column->alias),
                                   sql_name_text(scratch, column->name));
        }
        copied = r.tokens.items[asterisk->end - 1].offset + 1;
    }
    builder_add(&b, view->sql + copied);
    arena_free(scratch);
    return b.bytes;
}

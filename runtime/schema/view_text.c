/*
 * view_text.c: renaming a column in a view's text.
 *
 * Idea       A view may have several tables, with columns of one name. A name behind a qualifier is renamed when that is
 *            the table, or an alias of it; a bare one when no other table of the view has such a column.
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "sql_reserved.h"
#include "sql_token.h"
#include "text.h"

#include <string.h>

typedef VECTOR(sql_token) view_tokens;

static view_tokens view_tokens_of(arena *a, const schema *s, const char *sql)
{
    view_tokens tokens = {0};
    sql_lexer l = sql_lexer_new(sql, strlen(sql), s->engine);
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l))
        vector_push(a, &tokens, t);
    return tokens;
}

static bool view_is_name(sql_token t)
{
    return t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME;
}

static bool view_says(arena *a, const schema *s, sql_token t, const char *name)
{
    return view_is_name(t) && model_same_name(s, sql_token_value(a, t), name);
}

/* The names under which the view knows the table: its own, and each that stands behind it. */
static const char *const *view_aliases(arena *a, const schema *s, const view_tokens *tokens,
                                       const char *table)
{
    VECTOR(const char *) aliases = {0};
    vector_push(a, &aliases, table);
    for (size_t i = 0; i + 1 < tokens->count; i++) {
        if (!view_says(a, s, tokens->items[i], table))
            continue;
        size_t at = i + 1;
        if (sql_token_is(tokens->items[at], "as") && at + 1 < tokens->count)
            at++;
        sql_token t = tokens->items[at];
        bool word = t.kind == TOKEN_QUOTED_NAME ||
                    (t.kind == TOKEN_WORD && !sql_is_reserved(text_lower(a, sql_token_value(a, t))));
        if (word)
            vector_push(a, &aliases, sql_token_value(a, t));
    }
    vector_push(a, &aliases, NULL);
    return aliases.items;
}

/* Whether another table that the view mentions has a column of that name. */
static bool view_is_ambiguous(const schema *s, const char *sql, const schema_table *t, const char *column)
{
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *other = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && other != t && table_find_column(other, column) != NULL &&
            sql_mentions(sql, other->name.name, s->engine))
            return true;
    }
    return false;
}

/* Whether token i stands in the list of UPDATE OF a, b ON. */
static bool view_in_update_of(const view_tokens *tokens, size_t i)
{
    while (i > 0 && (sql_token_is(tokens->items[i - 1], ",") || view_is_name(tokens->items[i - 1]))) {
        if (sql_token_is(tokens->items[i - 1], "of"))
            return true;
        i--;
    }
    return false;
}

/* Only names that are surely the table's: behind it, or an alias of it; of a trigger of its own, behind NEW and OLD. */
static const char *view_rename_qualified(const schema *s, const char *sql, const schema_table *t,
                                         bool own_trigger, const char *from, const char *to)
{
    static const char *const rows[] = {"new", "old", NULL};
    arena *scratch = arena_new();
    view_tokens tokens = view_tokens_of(scratch, s, sql);
    const char *const *aliases = view_aliases(scratch, s, &tokens, t->name.name);
    builder b = builder_new(s->memory);
    size_t copied = 0;
    for (size_t i = 2; i < tokens.count; i++) {
        sql_token name = tokens.items[i];
        if (!view_says(scratch, s, name, from))
            continue;
        const char *before = sql_token_is(tokens.items[i - 1], ".") && view_is_name(tokens.items[i - 2])
                                 ? sql_token_value(scratch, tokens.items[i - 2])
                                 : NULL;
        bool is = before != NULL && list_has_name(s, aliases, before);
        if (own_trigger && !is)
            is = before != NULL ? list_contains(rows, text_lower(scratch, before))
                                : view_in_update_of(&tokens, i);
        if (!is)
            continue;
        builder_add_bytes(&b, sql + copied, name.offset - copied);
        builder_add(&b, sql_name_text(scratch, to));
        copied = name.offset + name.text.length;
    }
    builder_add(&b, sql + copied);
    arena_free(scratch);
    return b.bytes;
}

const char *view_rename_column(const schema *s, const char *sql, const schema_table *t, const char *from,
                               const char *to)
{
    if (!view_is_ambiguous(s, sql, t, from))
        return sql_rename(s->memory, sql, from, to, s->engine);
    return view_rename_qualified(s, sql, t, false, from, to);
}

const char *trigger_rename_column(const schema *s, const char *sql, const schema_table *t, bool own,
                                  const char *from, const char *to)
{
    if (!view_is_ambiguous(s, sql, t, from))
        return sql_rename(s->memory, sql, from, to, s->engine);
    return view_rename_qualified(s, sql, t, own, from, to);
}

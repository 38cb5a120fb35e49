/*
 * view_text.c: renaming a column in a view's text.
 *
 * Idea       A view may have several tables, with columns of one name. A name behind a qualifier is renamed when that is
 *            the table, or an alias of it; a bare one when no other table of the view has such a column. Views keep
 *            the names of their own columns: where the text does not say them, AS is added.
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "sql_reserved.h"
#include "sql_token.h"
#include "text.h"

#include <string.h>

view_tokens view_tokens_of(arena *a, const schema *s, const char *sql)
{
    view_tokens tokens = {0};
    sql_lexer l = sql_lexer_new(sql, strlen(sql), s->engine);
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l))
        vector_push(a, &tokens, t);
    return tokens;
}

bool view_is_name(sql_token t)
{
    return t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME;
}

bool view_says(arena *a, const schema *s, sql_token t, const char *name)
{
    return view_is_name(t) && model_same_name(s, sql_token_value(a, t), name);
}

const char *const *view_aliases(arena *a, const schema *s, const view_tokens *tokens, const char *table)
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

/* The first token of the list that names the view's columns; the number of tokens when there is none. */
static size_t view_output_at(const view_tokens *tokens)
{
    int depth = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (view_is(tokens->items[i].text, "("))
            depth++;
        else if (view_is(tokens->items[i].text, ")"))
            depth--;
        else if (depth == 0 && sql_token_is(tokens->items[i], "select"))
            return i + 1 < tokens->count && (sql_token_is(tokens->items[i + 1], "distinct") ||
                                             sql_token_is(tokens->items[i + 1], "all"))
                       ? i + 2
                       : i + 1;
    }
    return tokens->count;
}

/* The token behind the item of a list that begins at i. */
static size_t view_item_end(const view_tokens *tokens, size_t i)
{
    static const char *const ends[] = {",",     "from",   "union", "except", "intersect", "where",
                                       "group", "having", "order", "limit",  ";",         NULL};
    int depth = 0;
    for (; i < tokens->count; i++) {
        view text = tokens->items[i].text;
        if (view_is(text, "(") || view_is(text, "["))
            depth++;
        else if (view_is(text, ")") || view_is(text, "]"))
            depth--;
        for (size_t k = 0; depth == 0 && ends[k] != NULL; k++)
            if (sql_token_is(tokens->items[i], ends[k]))
                return i;
    }
    return tokens->count;
}

/* The token that names an item without AS: a column, also behind a qualifier and before casts; `end` when none does. */
static size_t view_item_name(const view_tokens *tokens, size_t i, size_t end)
{
    static const char *const of_types[] = {"precision", "varying", "zone", NULL};
    if (i + 2 < end && sql_token_is(tokens->items[i], "cast") && view_is(tokens->items[i + 1].text, "(")) {
        size_t name = view_item_name(tokens, i + 2, i + 3);
        while (name + 2 < end && view_is(tokens->items[name + 1].text, "."))
            name += 2;
        return name + 1 < end && sql_token_is(tokens->items[name + 1], "as") &&
                       view_is(tokens->items[end - 1].text, ")")
                   ? name
                   : end;
    }
    if (i >= end || !view_is_name(tokens->items[i]))
        return end;
    while (i + 2 < end && view_is(tokens->items[i + 1].text, ".") && view_is_name(tokens->items[i + 2]))
        i += 2;
    if (i + 1 == end)
        return i;
    if (!view_is(tokens->items[i + 1].text, "::"))
        return end;
    for (size_t k = i + 2; k < end; k++)
        if (sql_token_is(tokens->items[k], "as"))
            return end;
    sql_token last = tokens->items[end - 1];
    bool of_type = end - 1 == i + 2 || !view_is_name(last);
    for (size_t k = 0; of_types[k] != NULL; k++)
        of_type = of_type || sql_token_is(last, of_types[k]);
    return of_type || view_is(tokens->items[end - 2].text, ".") || view_is(tokens->items[end - 2].text, "::")
               ? i
               : end;
}

/* The renamed text with the names that the view's columns had. */
static const char *view_keep_output(const schema *s, const char *before, const char *renamed)
{
    arena *scratch = arena_new();
    view_tokens old = view_tokens_of(scratch, s, before), now = view_tokens_of(scratch, s, renamed);
    builder b = builder_new(s->memory);
    size_t copied = 0;
    for (size_t i = view_output_at(&now); old.count == now.count && i < now.count;) {
        size_t end = view_item_end(&now, i), name = view_item_name(&now, i, end);
        size_t as = end - 2; /* x AS id, and x becomes id: that says nothing more */
        if (end > i + 2 && sql_token_is(now.items[as], "as") && view_item_name(&now, i, as) == as - 1 &&
            view_says(scratch, s, now.items[as + 1], sql_token_value(scratch, now.items[as - 1])) &&
            !view_says(scratch, s, old.items[as - 1], sql_token_value(scratch, now.items[as - 1]))) {
            size_t at = now.items[as - 1].offset + now.items[as - 1].text.length;
            builder_add_bytes(&b, renamed + copied, at - copied);
            copied = now.items[as + 1].offset + now.items[as + 1].text.length;
        } else if (name < end) {
            const char *was = sql_token_value(scratch, old.items[name]);
            if (!text_equal(was, sql_token_value(scratch, now.items[name]))) {
                size_t at = now.items[end - 1].offset + now.items[end - 1].text.length;
                builder_add_bytes(&b, renamed + copied, at - copied);
                builder_add(&b, " AS ");
                builder_add(&b, sql_name_text(scratch, was));
                copied = at;
            }
        }
        if (end >= now.count || !view_is(now.items[end].text, ","))
            break;
        i = end + 1;
    }
    builder_add(&b, renamed + copied);
    arena_free(scratch);
    return b.bytes;
}

/* PostgreSQL: a lone * or alias.* as the columns that the table has, `to` still called `from`: that is what the server made of it. Where other tables stand in the view a bare * is left. */
static const char *view_expand_star(const schema *s, const char *sql, const schema_table *t, const char *from,
                                    const char *to)
{
    arena *scratch = arena_new();
    view_tokens tokens = view_tokens_of(scratch, s, sql);
    const char *const *aliases = view_aliases(scratch, s, &tokens, t->name.name);
    bool joins = false;
    for (size_t i = 0; i < tokens.count; i++)
        joins = joins || sql_token_is(tokens.items[i], "join");
    size_t begin = view_output_at(&tokens), end = view_item_end(&tokens, begin);
    const char *qualifier = NULL;
    if (begin + 2 < end && view_is(tokens.items[end - 1].text, "*") &&
        view_is(tokens.items[end - 2].text, "."))
        qualifier = sql_token_value(scratch, tokens.items[end - 3]);
    bool bare = begin + 1 == end && view_is(tokens.items[begin].text, "*") && !joins &&
                end + 1 < tokens.count && view_says(scratch, s, tokens.items[end + 1], t->name.name) &&
                (end + 2 >= tokens.count || !view_is(tokens.items[end + 2].text, ","));
    builder b = builder_new(s->memory);
    if (bare || (qualifier != NULL && list_has_name(s, aliases, qualifier))) {
        builder_add_bytes(&b, sql, tokens.items[begin].offset);
        for (size_t i = 0; i < t->columns.count; i++) {
            const char *name = t->columns.items[i].name;
            builder_add(&b, i == 0 ? "" : ", ");
            if (qualifier != NULL)
                builder_add_format(&b, "%s.", sql_name_text(scratch, qualifier));
            builder_add(&b, sql_name_text(scratch, text_equal(name, to) ? from : name));
        }
        sql = sql + tokens.items[end - 1].offset + 1;
    }
    builder_add(&b, sql);
    arena_free(scratch);
    return b.bytes;
}

const char *view_rename_column(const schema *s, const char *sql, const schema_table *t, const char *from,
                               const char *to)
{
    if (s->engine == MIGEN_POSTGRES)
        sql = view_expand_star(s, sql, t, from, to);
    const char *renamed = view_is_ambiguous(s, sql, t, from)
                              ? view_rename_qualified(s, sql, t, false, from, to)
                              : sql_rename(s->memory, sql, from, to, s->engine);
    return view_keep_output(s, sql, renamed);
}

const char *trigger_rename_column(const schema *s, const char *sql, const schema_table *t, bool own,
                                  const char *from, const char *to)
{
    if (!view_is_ambiguous(s, sql, t, from))
        return sql_rename(s->memory, sql, from, to, s->engine);
    return view_rename_qualified(s, sql, t, own, from, to);
}

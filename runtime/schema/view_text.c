/*
 * view_text.c: a column or a table renamed in the texts of views and triggers.
 *
 * Idea       What a name means is told by scope.h; those that mean what is renamed are written anew. Queries keep the names of
 *            their own columns, which others say: where a text does not say them, AS is added.
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

/* The names under which a text knows the table: its own, and each that stands behind it. */
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
size_t view_item_name(const view_tokens *tokens, size_t i, size_t end)
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

/* So many of the table's columns came behind the view, which had column_count of them when it was made (0: not known). */
static size_t view_later_columns(arena *scratch, const schema *s, const char *sql, size_t column_count)
{
    scope_reading now = scope_read_query(scratch, s, sql);
    return now.understood && column_count != 0 && now.column_count > column_count
               ? now.column_count - column_count
               : 0;
}

/* PostgreSQL: a lone * or alias.* as the columns that the table had: that is what the server made of it. Where other tables stand in
 * the view a bare * is left. */
static const char *view_expand_star(const schema *s, const char *sql, const schema_table *t,
                                    size_t column_count)
{
    arena *scratch = arena_new();
    size_t later = view_later_columns(scratch, s, sql, column_count);
    size_t taken = later < t->columns.count ? t->columns.count - later : t->columns.count;
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
        for (size_t i = 0; i < taken; i++) {
            const char *name = t->columns.items[i].name;
            builder_add(&b, i == 0 ? "" : ", ");
            if (qualifier != NULL)
                builder_add_format(&b, "%s.", sql_name_text(scratch, qualifier));
            builder_add(&b, sql_name_text(scratch, name));
        }
        sql = sql + tokens.items[end - 1].offset + 1;
    }
    builder_add(&b, sql);
    arena_free(scratch);
    return b.bytes;
}

/* A rename in a text: of a column of t, or (from NULL) of t. */
typedef struct view_change {
    const schema *s;
    const schema_table *t;
    const char *from, *to;
} view_change;

static bool view_moves(const view_change *c, const scope_reading *r, size_t i)
{
    if (c->from != NULL)
        return scope_is_column(c->s, r, i, c->t, c->from);
    return r->names[i].role == SCOPE_RELATION && r->names[i].table == c->t;
}

/* The item that ends with token i and was called by a column that moves: it keeps its name. */
static bool view_keeps(const view_change *c, const scope_reading *r, size_t i)
{
    for (size_t k = 0; k < r->items.count && c->from != NULL; k++)
        if (r->items.items[k].end == i + 1 && r->items.items[k].name < i + 1 &&
            view_moves(c, r, r->items.items[k].name))
            return true;
    return false;
}

/* x AS id at the end of an item, and x becomes id: that says nothing more. */
static bool view_says_again(arena *a, const view_change *c, const scope_reading *r, size_t i)
{
    for (size_t k = 0; k < r->items.count && c->from != NULL; k++) {
        scope_item item = r->items.items[k];
        if (item.end != i + 3 || i < item.begin || !view_moves(c, r, i) ||
            !sql_token_is(r->tokens.items[i + 1], "as"))
            continue;
        bool alone = i == item.begin || (i == item.begin + 2 && sql_token_is(r->tokens.items[i - 1], "."));
        return alone && view_says(a, c->s, r->tokens.items[i + 2], c->to);
    }
    return false;
}

static const char *view_renamed(const view_change *c, const scope_reading *r, const char *sql)
{
    arena *scratch = arena_new();
    builder b = builder_new(c->s->memory);
    size_t copied = 0;
    for (size_t i = 0; i < r->tokens.count; i++) {
        sql_token token = r->tokens.items[i];
        if (view_moves(c, r, i)) {
            builder_add_bytes(&b, sql + copied, token.offset - copied);
            builder_add(&b, sql_name_text(scratch, c->to));
            copied = token.offset + token.text.length;
            if (view_says_again(scratch, c, r, i))
                copied = r->tokens.items[i + 2].offset + r->tokens.items[i + 2].text.length;
        }
        if (view_keeps(c, r, i)) {
            size_t end = token.offset + token.text.length;
            builder_add_bytes(&b, sql + copied, end - copied);
            builder_add(&b, " AS ");
            builder_add(&b, sql_name_text(scratch, c->from));
            copied = end;
        }
    }
    builder_add(&b, sql + copied);
    arena_free(scratch);
    return b.bytes;
}

/* Whether a column in USING goes by the name: it is of two tables, and only one has another now. */
static bool view_shares(const view_change *c, const scope_reading *r)
{
    for (size_t i = 0; i < r->tokens.count; i++)
        if (c->from != NULL && r->names[i].role == SCOPE_SHARED &&
            model_same_name(c->s, r->names[i].column, c->from))
            return true;
    return false;
}

/* A text beyond the reader: what can only be the column is renamed, as far as the words tell. */
static const char *view_rename_words(const view_change *c, const char *sql)
{
    if (c->from == NULL)
        return sql_rename(c->s->memory, sql, c->t->name.name, c->to, c->s->engine);
    return view_is_ambiguous(c->s, sql, c->t, c->from)
               ? sql
               : sql_rename(c->s->memory, sql, c->from, c->to, c->s->engine);
}

static const char *view_change_text(const view_change *c, const char *sql, bool trigger)
{
    arena *scratch = arena_new();
    scope_reading r = trigger ? scope_read_trigger(scratch, c->s, sql) : scope_read_query(scratch, c->s, sql);
    const char *text =
        r.understood && !view_shares(c, &r) ? view_renamed(c, &r, sql) : view_rename_words(c, sql);
    arena_free(scratch);
    return text;
}

const char *view_rename_column(const schema *s, const schema_view *view, const schema_table *t,
                               const char *from, const char *to)
{
    view_change c = {s, t, from, to};
    const char *sql =
        s->engine == MIGEN_POSTGRES ? view_expand_star(s, view->sql, t, view->column_count) : view->sql;
    return view_change_text(&c, sql, false);
}

const char *view_rename_table(const schema *s, const char *sql, const schema_table *t, const char *to)
{
    view_change c = {s, t, NULL, to};
    return view_change_text(&c, sql, false);
}

bool trigger_says(const schema *s, const schema_trigger *trigger, const char *word)
{
    arena *scratch = arena_new();
    bool says = trigger->sql != NULL && sql_says(scratch, trigger->sql, word, s->engine);
    arena_free(scratch);
    return says;
}

const char *trigger_rename_column(const schema *s, const char *sql, const schema_table *t, const char *from,
                                  const char *to)
{
    view_change c = {s, t, from, to};
    return view_change_text(&c, sql, true);
}

const char *trigger_rename_table(const schema *s, const char *sql, const schema_table *t, const char *to)
{
    view_change c = {s, t, NULL, to};
    return view_change_text(&c, sql, true);
}

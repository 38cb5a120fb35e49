/*
 * enum_text.c: an enum's value renamed in expressions, views and triggers.
 *
 * Idea       PostgreSQL knows which literals are values of the enum, and prints them under the new name. Here it is told from what
 *            stands beside a literal: a column of the enum that it is compared with (=, IN, BETWEEN, CASE d WHEN …), a cast to
 *            the enum, or a result of an expression that gives the enum. Any other literal is text, and stays.
 */
#include "operation_parts.h"

#include "sql_normal.h"
#include "sql_reserved.h"
#include "sql_token.h"
#include "text.h"

#include <string.h>

#define NO_TOKEN ((size_t)-1)

/* What is looked through: one text; of a table's own, or with what its names mean. */
typedef struct value_text {
    const schema *s;
    arena *scratch;
    const char *object; /* the enum */
    const char *from;
    bool gives_value; /* the whole is of the enum: a default, a generated column */
    view_tokens tokens;
    scope_reading reading; /* of a view or a trigger */
    VECTOR(const schema_table *)
    tables; /* where that is not understood, or the text is a table's: those that it may speak of */
    const char *
        view; /* the query of the materialized view whose index the text is of: its columns' names are told there */
} value_text;

static value_text value_text_new(const schema *s, arena *scratch, const char *object, const char *from,
                                 const char *text)
{
    return (value_text){.s = s,
                        .scratch = scratch,
                        .object = object,
                        .from = from,
                        .tokens = view_tokens_of(scratch, s, text)};
}

/* A whole SELECT or CREATE TRIGGER. */
static value_text value_text_read(const schema *s, arena *scratch, const char *object, const char *from,
                                  const char *text, bool trigger)
{
    value_text x = value_text_new(s, scratch, object, from, text);
    x.reading = trigger ? scope_read_trigger(scratch, s, text) : scope_read_query(scratch, s, text);
    for (size_t i = 0; i < s->tables.count && !x.reading.understood; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && sql_mentions(text, t->name.name, s->engine))
            vector_push(scratch, &x.tables, t);
    }
    return x;
}

static bool value_is_enum(const value_text *x, const migen_column *column)
{
    return column != NULL && column->type.kind == MIGEN_TYPE_ENUM &&
           model_same_object(x->s, column->type.name, x->object);
}

/* What a materialized view's column is below: s of SELECT s AS state. */
static const char *value_below(const value_text *x, const char *name)
{
    view_tokens tokens = view_tokens_of(x->scratch, x->s, x->view);
    for (size_t i = 2; i < tokens.count; i++)
        if (sql_token_is(tokens.items[i - 1], "as") && view_is_name(tokens.items[i]) &&
            view_is_name(tokens.items[i - 2]) && view_says(x->scratch, x->s, tokens.items[i], name))
            return sql_token_value(x->scratch, tokens.items[i - 2]);
    return name;
}

/* Whether the name at token i is a column of the enum: in each table that has it, where several can be meant. */
static bool value_column(const value_text *x, size_t i)
{
    if (x->reading.understood) {
        const scope_name *name = &x->reading.names[i];
        return name->table != NULL && name->column != NULL &&
               value_is_enum(x, table_find_column(name->table, name->column));
    }
    bool is = true, known = false;
    const char *name = sql_token_value(x->scratch, x->tokens.items[i]);
    if (x->view != NULL)
        name = value_below(x, name);
    for (size_t k = 0; k < x->tables.count; k++) {
        const migen_column *column = table_find_column(x->tables.items[k], name);
        known = known || column != NULL;
        is = is && (column == NULL || value_is_enum(x, column));
    }
    return is && known;
}

static bool value_token_is(const value_text *x, size_t at, const char *word)
{
    return at < x->tokens.count && sql_token_is(x->tokens.items[at], word);
}

/* Whether a bracket behind token i is a function's, not one that stands around something. */
static bool value_is_call(const value_text *x, size_t i)
{
    sql_token t = x->tokens.items[i];
    return t.kind == TOKEN_QUOTED_NAME ||
           (t.kind == TOKEN_WORD && !sql_is_reserved(text_lower(x->scratch, sql_token_value(x->scratch, t))));
}

/* Whether the tokens up to `last` end in a column of the enum: d, t.d, (d); not d::text. */
static bool value_ends(const value_text *x, size_t last)
{
    if (last < x->tokens.count && last >= 2 && value_token_is(x, last, ")") &&
        value_token_is(x, last - 2, "(") && !(last >= 3 && value_is_call(x, last - 3)))
        last--;
    if (last >= x->tokens.count || !view_is_name(x->tokens.items[last]) || value_token_is(x, last - 1, "::"))
        return false;
    return value_column(x, last);
}

/* The same for the tokens from `first` on. */
static bool value_begins(const value_text *x, size_t first)
{
    if (value_token_is(x, first, "("))
        first++;
    if (first >= x->tokens.count || !view_is_name(x->tokens.items[first]))
        return false;
    while (value_token_is(x, first + 1, ".") && first + 2 < x->tokens.count)
        first += 2;
    return !value_token_is(x, first + 1, "::") && !value_token_is(x, first + 1, "(") && value_ends(x, first);
}

static bool value_is_one_of(const value_text *x, size_t at, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (value_token_is(x, at, words[i]))
            return true;
    return false;
}

static const char *const value_operators[] = {"=", "==", "<>", "!=", "<", ">", "<=", ">=", NULL};

/* The first token of the comparison that ends with token `last`; NO_TOKEN: it is none. */
static size_t value_comparison(const value_text *x, size_t last)
{
    if (value_is_one_of(x, last, value_operators) || value_token_is(x, last, "is"))
        return last;
    if (value_token_is(x, last, "between") || value_token_is(x, last, "in"))
        return value_token_is(x, last - 1, "not") ? last - 1 : last;
    if (value_token_is(x, last, "and") && last >= 2 && value_token_is(x, last - 2, "between"))
        return value_comparison(x, last - 2);
    size_t is = NO_TOKEN;
    if (value_token_is(x, last, "not"))
        is = last - 1;
    else if (value_token_is(x, last, "from") && value_token_is(x, last - 1, "distinct"))
        is = value_token_is(x, last - 2, "not") ? last - 3 : last - 2;
    return value_token_is(x, is, "is") ? is : NO_TOKEN;
}

static bool value_is_compared(const value_text *x, size_t last)
{
    size_t at = value_comparison(x, last);
    return at != NO_TOKEN && at > 0 && value_ends(x, at - 1);
}

/* The bracket or the CASE that stands open around token i; NO_TOKEN: none. */
static size_t value_opening(const value_text *x, size_t i, const char *const *opens,
                            const char *const *closes)
{
    int depth = 0;
    while (i-- > 0) {
        if (value_is_one_of(x, i, closes))
            depth++;
        else if (value_is_one_of(x, i, opens) && depth-- == 0)
            return i;
    }
    return NO_TOKEN;
}

/* In a list: d IN ('a', 'b'), d = ANY (ARRAY['a']), coalesce(d, 'a'). */
static bool value_in_list(const value_text *x, size_t i)
{
    static const char *const opens[] = {"(", "[", NULL}, *const closes[] = {")", "]", NULL};
    static const char *const functions[] = {"coalesce", "nullif", "ifnull", "greatest", "least", NULL};
    size_t open = value_opening(x, i, opens, closes);
    if (open == NO_TOKEN || open == 0)
        return false;
    if (value_token_is(x, open - 1, "in"))
        return value_is_compared(x, open - 1);
    if (value_is_one_of(x, open - 1, functions))
        return value_begins(x, open + 1);
    return value_token_is(x, open, "[") && value_token_is(x, open - 2, "(") && open >= 4 &&
           value_is_compared(x, open - 4);
}

static bool value_in_case(const value_text *x, size_t i)
{
    static const char *const opens[] = {"case", NULL}, *const closes[] = {"end", NULL};
    size_t open = value_opening(x, i, opens, closes);
    return open != NO_TOKEN && !value_token_is(x, open + 1, "when") && value_begins(x, open + 1);
}

/* The type that stands from token `at` on. */
static bool value_type(const value_text *x, size_t at)
{
    while (value_token_is(x, at + 1, "."))
        at += 2;
    return at < x->tokens.count &&
           view_says(x->scratch, x->s, x->tokens.items[at], name_parse(x->scratch, x->object).name);
}

/* What the whole gives: a literal alone, in brackets or behind THEN and ELSE. */
static bool value_is_result(const value_text *x, size_t i)
{
    if (!x->gives_value || value_token_is(x, i - 1, "then") || value_token_is(x, i - 1, "else"))
        return x->gives_value;
    for (size_t k = 0; k < x->tokens.count; k++)
        if (k != i && !value_token_is(x, k, "(") && !value_token_is(x, k, ")"))
            return false;
    return true;
}

static bool value_is_literal(const value_text *x, size_t i)
{
    if (x->tokens.items[i].kind != TOKEN_STRING ||
        !text_equal(sql_token_value(x->scratch, x->tokens.items[i]), x->from))
        return false;
    for (size_t k = 0; k < x->reading.values.count && x->reading.understood; k++)
        if (x->reading.values.items[k].token == i)
            return value_is_enum(
                x, table_find_column(x->reading.values.items[k].table, x->reading.values.items[k].column));
    if (value_token_is(x, i + 1, "::"))
        return value_type(x, i + 2);
    if (value_token_is(x, i - 2, "cast") && value_token_is(x, i + 1, "as"))
        return value_type(x, i + 2);
    size_t first = i, last = i; /* with the brackets that stand around it alone */
    while (first > 0 && value_token_is(x, first - 1, "(") && value_token_is(x, last + 1, ")") &&
           !(first >= 2 && value_is_call(x, first - 2)))
        first--, last++;
    if (value_is_result(x, i) || value_is_compared(x, first - 1) ||
        (value_is_one_of(x, last + 1, value_operators) && value_begins(x, last + 2)))
        return true;
    return value_token_is(x, i - 1, "when") ? value_in_case(x, i) : value_in_list(x, i);
}

/* The text with the value renamed; the very text where it is not in it. */
static const char *value_renamed(value_text *x, arena *a, const char *text, const char *to)
{
    builder b = builder_new(a);
    size_t copied = 0;
    for (size_t i = 0; i < x->tokens.count; i++) {
        sql_token t = x->tokens.items[i];
        if (!value_is_literal(x, i))
            continue;
        builder_add_bytes(&b, text + copied, t.offset - copied);
        builder_add(&b, text_quoted(x->scratch, to));
        copied = t.offset + t.text.length;
    }
    if (copied == 0)
        return text;
    builder_add(&b, text + copied);
    return b.bytes;
}

/* A rename as it is carried through the schema. */
typedef struct value_change {
    schema *s;
    arena *scratch;
    const char *object, *from, *to;
    const char *quoted; /* no text without it has the value */
    const char *view;   /* the query of a materialized view, when its indexes follow */
} value_change;

static const char *value_in_table(const value_change *c, const schema_table *t, const char *text,
                                  bool gives_value)
{
    if (text == NULL || strstr(text, c->quoted) == NULL)
        return text;
    value_text x = value_text_new(c->s, c->scratch, c->object, c->from, text);
    x.gives_value = gives_value;
    x.view = c->view;
    if (c->view == NULL)
        vector_push(c->scratch, &x.tables, t);
    for (size_t i = 0; i < c->s->tables.count && c->view != NULL; i++) {
        const schema_table *below = c->s->tables.entries[i].value;
        if (!c->s->tables.entries[i].removed && sql_mentions(c->view, below->name.name, c->s->engine))
            vector_push(c->scratch, &x.tables, below);
    }
    return value_renamed(&x, c->s->memory, text, c->to);
}

static void value_follow_indexes(const value_change *c, schema_table *t)
{
    for (size_t i = 0; i < t->indexes.count; i++) {
        migen_index *index = &t->indexes.items[i];
        const char *where = value_in_table(c, t, index->where, false);
        bool moved = where != index->where;
        migen_index_item *items = ARENA_NEW_ARRAY(c->s->memory, migen_index_item, index->item_count + 1);
        for (size_t k = 0; k < index->item_count; k++) {
            items[k] = index->items[k];
            items[k].expression = value_in_table(c, t, items[k].expression, false);
            moved = moved || items[k].expression != index->items[k].expression;
        }
        if (!moved)
            continue;
        index->items = items;
        index->where = where;
        index->sql = NULL; /* it says the old value */
    }
}

static bool value_in_indexes(const value_change *c, const schema_table *t)
{
    bool is = false;
    for (size_t i = 0; i < t->indexes.count && !is; i++) {
        const migen_index *index = &t->indexes.items[i];
        is = index->where != NULL && strstr(index->where, c->quoted) != NULL;
        for (size_t k = 0; k < index->item_count && !is; k++)
            is = index->items[k].expression != NULL && strstr(index->items[k].expression, c->quoted) != NULL;
    }
    return is;
}

static void value_follow_table(const value_change *c, const schema_table *found)
{
    schema_table *t = schema_change_table(c->s, found);
    for (size_t i = 0; i < t->columns.count; i++) {
        migen_column *column = &t->columns.items[i];
        bool is =
            column->type.kind == MIGEN_TYPE_ENUM && model_same_object(c->s, column->type.name, c->object);
        column->default_value = value_in_table(c, t, column->default_value, is);
        column->generated = value_in_table(c, t, column->generated, is);
    }
    for (size_t i = 0; i < t->constraints.count; i++)
        t->constraints.items[i].expression = value_in_table(c, t, t->constraints.items[i].expression, false);
    value_follow_indexes(c, t);
}

/* A trigger may write into any table: those of tables without the enum, and of views, too. */
static void value_follow_triggers(const value_change *c, const schema_triggers *triggers, const char *owner)
{
    for (size_t i = 0; i < triggers->count; i++) {
        const char *text = triggers->items[i].sql;
        if (text == NULL || strstr(text, c->quoted) == NULL)
            continue;
        value_text x = value_text_read(c->s, c->scratch, c->object, c->from, text, true);
        const char *renamed = value_renamed(&x, c->s->memory, text, c->to);
        if (renamed == text)
            continue;
        schema_triggers *own = schema_change_triggers(c->s, owner);
        own->items[i].sql = renamed;
        own->items[i].text_moved = true;
        triggers = own;
    }
}

static bool value_concerns(const value_change *c, const schema_table *t)
{
    for (size_t i = 0; i < t->columns.count; i++)
        if (t->columns.items[i].type.kind == MIGEN_TYPE_ENUM &&
            model_same_object(c->s, t->columns.items[i].type.name, c->object))
            return true;
    return false;
}

void enum_follow_value(schema *s, const char *object, const char *from, const char *to)
{
    arena *scratch = arena_new();
    value_change c = {s, scratch, object, from, to, text_quoted(scratch, from), NULL};
    for (size_t i = 0; i < s->relations.count; i++) {
        const schema_view *view = map_get(&s->views, s->relations.entries[i].key);
        if (s->relations.entries[i].removed || view == NULL || view->sql == NULL)
            continue;
        c.view = view->sql;
        const schema_table *t = s->relations.entries[i].value;
        if (value_in_indexes(&c, t))
            value_follow_indexes(&c, schema_change_table(s, t));
    }
    c.view = NULL;
    for (size_t i = 0; i < s->views.count; i++) {
        if (!s->views.entries[i].removed)
            value_follow_triggers(&c, &((const schema_view *)s->views.entries[i].value)->triggers,
                                  s->views.entries[i].key);
        const schema_view *found = s->views.entries[i].value;
        if (s->views.entries[i].removed || found->sql == NULL || strstr(found->sql, c.quoted) == NULL)
            continue;
        value_text x = value_text_read(s, scratch, object, from, found->sql, false);
        const char *sql = value_renamed(&x, s->memory, found->sql, to);
        if (sql == found->sql && s->engine == MIGEN_SQLITE)
            continue;
        schema_view *view = schema_change_view(s, found);
        view->sql = sql;
        view->text_moved = true;
    }
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (s->tables.entries[i].removed)
            continue;
        value_follow_triggers(&c, &t->triggers, s->tables.entries[i].key);
        t = s->tables.entries[i].value;
        if (value_concerns(&c, t))
            value_follow_table(&c, t);
    }
    arena_free(scratch);
}

/*
 * enum_name.c: an enum, or the type of a table's rows, renamed in the texts that say it: casts in expressions, views and triggers,
 * arguments of functions.
 *
 * Idea       PostgreSQL knows the type behind a name, and prints the new one from then on. Here it is told from where the name stands:
 *            behind ::, behind AS in a CAST, as the type of an argument or a result. Any other name is a column's or a table's.
 * Invariant  A function's body that is a string stays as it is, on the server too.
 */
#include "operation_parts.h"

#include "calls.h"
#include "sql_reserved.h"
#include "text.h"

#include <string.h>
#include <strings.h>

typedef struct type_rename {
    const schema *s;
    arena *memory; /* of what comes of it */
    arena *scratch;
    object_name from;
    const char *to; /* the bare name, quoted where needed */
} type_rename;

/* The place of an expression, or that of a function's arguments or result's columns, where a name stands before its type. */
typedef enum type_place { TYPE_IN_EXPRESSION, TYPE_IN_LIST } type_place;

static bool type_token_is(const view_tokens *tokens, size_t at, const char *word)
{
    return at < tokens->count && sql_token_is(tokens->items[at], word);
}

/* Whether the AS at `at` is that of CAST (… AS type). */
static bool type_is_cast(const view_tokens *tokens, size_t at)
{
    int depth = 0;
    for (size_t i = at; i-- > 0;) {
        depth += type_token_is(tokens, i, ")") ? 1 : type_token_is(tokens, i, "(") ? -1 : 0;
        if (depth < 0)
            return i > 0 && type_token_is(tokens, i - 1, "cast");
    }
    return false;
}

/* Whether a type stands at token i, whose name with its schema begins at `first`. */
static bool type_stands(const view_tokens *tokens, size_t first, size_t i, type_place place)
{
    if (first == 0 || type_token_is(tokens, i + 1, "(") || type_token_is(tokens, i + 1, "."))
        return false;
    size_t before = first - 1;
    if (type_token_is(tokens, before, "::") || type_token_is(tokens, before, "returns") ||
        type_token_is(tokens, before, "setof"))
        return true;
    if (type_token_is(tokens, before, "as"))
        return type_is_cast(tokens, before);
    bool ends = i + 1 < tokens->count &&
                (!view_is_name(tokens->items[i + 1]) || sql_token_is(tokens->items[i + 1], "default"));
    return place == TYPE_IN_LIST && ends;
}

/* Whether the text has the name at all: most have not, and need not be read. */
static bool type_may_stand(const char *text, const char *name)
{
    size_t length = strlen(name);
    if (strchr(name, '"') != NULL) /* it stands doubled */
        return true;
    for (; *text != '\0'; text++)
        if (strncasecmp(text, name, length) == 0)
            return true;
    return false;
}

/* The text with the enum renamed; the very text where it does not say it. */
static const char *type_renamed(const type_rename *r, const char *text, bool of_function)
{
    if (text == NULL || !type_may_stand(text, r->from.name))
        return text;
    view_tokens tokens = view_tokens_of(r->scratch, r->s, text);
    builder b = builder_new(r->memory);
    size_t copied = 0;
    int depth = 0;
    bool listed =
        of_function; /* the first brackets are the arguments', those behind RETURNS TABLE the result's columns */
    for (size_t i = 0; i < tokens.count; i++) {
        sql_token t = tokens.items[i];
        depth += sql_token_is(t, "(") ? 1 : sql_token_is(t, ")") ? -1 : 0;
        if (depth == 0 && sql_token_is(t, ")"))
            listed = false;
        if (of_function && sql_token_is(t, "table") && i > 0 && type_token_is(&tokens, i - 1, "returns"))
            listed = true;
        if (!view_says(r->scratch, r->s, t, r->from.name))
            continue;
        bool qualified = i >= 2 && type_token_is(&tokens, i - 1, ".") && view_is_name(tokens.items[i - 2]);
        const char *said = qualified ? sql_token_value(r->scratch, tokens.items[i - 2]) : NULL;
        if (!type_stands(&tokens, qualified ? i - 2 : i, i,
                         listed && depth > 0 ? TYPE_IN_LIST : TYPE_IN_EXPRESSION) ||
            name_is_meant(r->s, said, r->from.schema) == CALL_NO)
            continue;
        builder_add_bytes(&b, text + copied, t.offset - copied);
        builder_add(&b, r->to);
        copied = t.offset + t.text.length;
    }
    if (copied == 0)
        return text;
    builder_add(&b, text + copied);
    return b.bytes;
}

/* The index with the enum renamed in its expressions; false: it does not say it. */
static bool type_rename_index(const type_rename *r, migen_index *index)
{
    const char *where = type_renamed(r, index->where, false);
    bool moved = where != index->where;
    migen_index_item *items = ARENA_NEW_ARRAY(r->memory, migen_index_item, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++) {
        items[i] = index->items[i];
        items[i].expression = type_renamed(r, items[i].expression, false);
        moved = moved || items[i].expression != index->items[i].expression;
    }
    if (!moved)
        return false;
    index->items = items;
    index->where = where;
    index->sql = NULL; /* it says the old name */
    return true;
}

static void type_rename_in_table(schema *s, const type_rename *r, const schema_table *found)
{
    schema_table *t = schema_change_table(s, found);
    for (size_t i = 0; i < t->columns.count; i++) {
        t->columns.items[i].default_value = type_renamed(r, t->columns.items[i].default_value, false);
        t->columns.items[i].generated = type_renamed(r, t->columns.items[i].generated, false);
    }
    for (size_t i = 0; i < t->constraints.count; i++)
        t->constraints.items[i].expression = type_renamed(r, t->constraints.items[i].expression, false);
    for (size_t i = 0; i < t->indexes.count; i++)
        (void)type_rename_index(r, &t->indexes.items[i]);
    for (size_t i = 0; i < t->triggers.count; i++) {
        const char *sql = type_renamed(r, t->triggers.items[i].sql, false);
        t->triggers.items[i].text_moved = t->triggers.items[i].text_moved || sql != t->triggers.items[i].sql;
        t->triggers.items[i].sql = sql;
    }
}

static bool type_is_said(const type_rename *r, const char *text)
{
    return text != NULL && type_renamed(r, text, false) != text;
}

/* Whether the table has a text that says the enum: most have none, and stay shared. */
static bool type_concerns(const type_rename *r, const schema_table *t)
{
    bool says = false;
    for (size_t i = 0; i < t->columns.count && !says; i++)
        says = type_is_said(r, t->columns.items[i].default_value) ||
               type_is_said(r, t->columns.items[i].generated);
    for (size_t i = 0; i < t->constraints.count && !says; i++)
        says = type_is_said(r, t->constraints.items[i].expression);
    for (size_t i = 0; i < t->indexes.count && !says; i++) {
        migen_index copy = t->indexes.items[i];
        says = type_rename_index(r, &copy);
    }
    for (size_t i = 0; i < t->triggers.count && !says; i++)
        says = type_is_said(r, t->triggers.items[i].sql);
    return says;
}

static void type_rename_in_functions(schema *s, const type_rename *r)
{
    for (size_t i = 0; i < s->functions.count; i++) {
        const schema_function *f = s->functions.entries[i].value;
        if (s->functions.entries[i].removed)
            continue;
        schema_function moved = *f;
        moved.arguments = type_renamed(r, f->arguments, true);
        moved.sql = type_renamed(r, f->sql, true);
        if (moved.arguments == f->arguments && moved.sql == f->sql)
            continue;
        schema_function *own = ARENA_NEW(s->memory, schema_function); /* the other one may be shared */
        *own = moved;
        s->functions.entries[i].value = own;
    }
}

bool sql_says_type(const schema *s, const char *sql, bool of_function, object_name type)
{
    if (sql == NULL)
        return false;
    arena *scratch = arena_new();
    type_rename r = {s, scratch, scratch, type, "x"};
    bool says = type_renamed(&r, sql, of_function) != sql;
    arena_free(scratch);
    return says;
}

void type_follow_name(schema *s, object_name from, const char *to)
{
    if (s->engine != MIGEN_POSTGRES) /* SQLite knows no such type */
        return;
    arena *scratch = arena_new();
    type_rename r = {s, s->memory, scratch, from, sql_name_text(s->memory, to)};
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *found = s->views.entries[i].value;
        const char *sql = s->views.entries[i].removed ? NULL : type_renamed(&r, found->sql, false);
        if (sql == NULL || sql == found->sql)
            continue;
        schema_view *view = schema_change_view(s, found);
        view->sql = sql;
        view->text_moved = true;
    }
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && type_concerns(&r, t))
            type_rename_in_table(s, &r, t);
    }
    for (size_t i = 0; i < s->relations.count; i++) {
        const schema_table *t = s->relations.entries[i].value;
        if (!s->relations.entries[i].removed && type_concerns(&r, t))
            type_rename_in_table(s, &r, t);
    }
    type_rename_in_functions(s, &r);
    arena_free(scratch);
}

/*
 * compare_trigger.c: triggers: by text on SQLite; on PostgreSQL by what the statement says, however it was
 * written.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <string.h>

typedef struct compare_trigger_parts {
    const char *head; /* CREATE [CONSTRAINT] TRIGGER name, and what is not told below */
    VECTOR(const char *) events;
    const char *call; /* f('x') */
    const char *when; /* NULL: none */
    bool row;
} compare_trigger_parts;

/* A token in its plainest spelling: names bare where they can be, numbers as strings inside a call. */
static const char *compare_trigger_token(arena *a, sql_token t, bool in_call)
{
    if (t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME)
        return name_part_text(a, sql_token_value(a, t));
    if (in_call && t.kind == TOKEN_NUMBER)
        return arena_format(a, "'%s'", arena_copy(a, t.text.bytes, t.text.length));
    return arena_copy(a, t.text.bytes, t.text.length);
}

static void compare_trigger_add(builder *b, const char *token)
{
    builder_add(b, b->length > 0 ? " " : "");
    builder_add(b, token);
}

/* The events between BEFORE and ON, each with its columns; their order means nothing. */
static size_t compare_trigger_read_events(arena *a, const compare_tokens *tokens, size_t at,
                                          compare_trigger_parts *parts)
{
    builder event = builder_new(a);
    for (; at < tokens->count && !compare_word_at(tokens, at, "on"); at++) {
        if (!compare_word_at(tokens, at, "or")) {
            compare_trigger_add(&event, compare_trigger_token(a, tokens->items[at], false));
            continue;
        }
        vector_push(a, &parts->events, arena_string(a, event.bytes));
        event = builder_new(a);
    }
    vector_push(a, &parts->events, arena_string(a, event.bytes));
    return at;
}

/* WHEN ( … ): the offset behind it. */
static size_t compare_trigger_read_when(arena *a, const char *sql, const compare_tokens *tokens, size_t at,
                                        compare_trigger_parts *parts)
{
    int depth = 0;
    for (size_t i = at + 1; i < tokens->count; i++) {
        if (view_is(tokens->items[i].text, "("))
            depth++;
        else if (view_is(tokens->items[i].text, ")") && --depth == 0) {
            size_t from = tokens->items[at + 1].offset;
            parts->when = arena_copy(a, sql + from, tokens->items[i].offset + 1 - from);
            return i;
        }
    }
    return tokens->count;
}

static compare_trigger_parts compare_trigger_read(arena *a, const char *sql)
{
    compare_trigger_parts parts = {0};
    builder head = builder_new(a), call = builder_new(a);
    compare_tokens tokens = compare_tokens_of(a, sql, MIGEN_POSTGRES);
    bool in_call = false;
    for (size_t i = 0; i < tokens.count; i++) {
        const sql_token t = tokens.items[i];
        bool name_follows_dot = compare_word_at(&tokens, i + 1, ".");
        if (view_is(t.text, ";") || view_is(t.text, ".") || name_follows_dot)
            continue; /* schemas are not compared: the table is known, and the server leaves them out or not
                       */
        if (in_call) {
            compare_trigger_add(&call, compare_trigger_token(a, t, true));
        } else if (sql_token_is(t, "or") && compare_word_at(&tokens, i + 1, "replace")) {
            i++;
        } else if ((sql_token_is(t, "before") || sql_token_is(t, "after") || sql_token_is(t, "of")) &&
                   parts.events.count == 0) {
            compare_trigger_add(&head, compare_trigger_token(a, t, false));
            i = compare_trigger_read_events(a, &tokens, i + 1, &parts) - 1;
        } else if (sql_token_is(t, "when") && parts.events.count > 0) {
            i = compare_trigger_read_when(a, sql, &tokens, i, &parts);
        } else if (sql_token_is(t, "for") &&
                   (compare_word_at(&tokens, i + 1, "each") || compare_word_at(&tokens, i + 1, "row") ||
                    compare_word_at(&tokens, i + 1, "statement"))) {
            i += compare_word_at(&tokens, i + 1, "each") ? 2 : 1;
            parts.row = compare_word_at(&tokens, i, "row");
        } else if (sql_token_is(t, "execute")) {
            in_call = true;
            i++; /* FUNCTION or PROCEDURE: one and the same */
        } else if ((sql_token_is(t, "not") && compare_word_at(&tokens, i + 1, "deferrable")) ||
                   (sql_token_is(t, "initially") && compare_word_at(&tokens, i + 1, "immediate"))) {
            i++;
        } else {
            compare_trigger_add(&head, compare_trigger_token(a, t, false));
        }
    }
    parts.head = head.bytes;
    parts.call = call.bytes;
    return parts;
}

const char *trigger_condition(arena *a, const char *sql)
{
    return compare_trigger_read(a, sql).when;
}

static bool compare_trigger_same_events(const compare_trigger_parts *x, const compare_trigger_parts *y)
{
    if (x->events.count != y->events.count)
        return false;
    for (size_t i = 0; i < x->events.count; i++) {
        bool there = false;
        for (size_t j = 0; j < y->events.count; j++)
            there = there || text_equal(x->events.items[i], y->events.items[j]);
        if (!there)
            return false;
    }
    return true;
}

static bool compare_trigger_same(const comparison *c, const schema_table *table, const char *wanted,
                                 const char *found)
{
    if (text_equal(compare_plain_sql(c->memory, wanted, c->engine),
                   compare_plain_sql(c->memory, found, c->engine)))
        return true;
    if (ENGINE_IS_SQLITE(c->engine))
        return false;
    compare_trigger_parts w = compare_trigger_read(c->memory, wanted),
                          f = compare_trigger_read(c->memory, found);
    memo_question question = {.use = EXPRESSION_WHEN, .table = table, .text = w.when};
    return text_equal(w.head, f.head) && text_equal(w.call, f.call) && w.row == f.row &&
           compare_trigger_same_events(&w, &f) &&
           (table != NULL ? compare_expressions(c, question, f.when)
                          : sql_same(w.when, f.when, MIGEN_POSTGRES));
}

static char *compare_trigger_object(const comparison *c, const char *name, object_name owner)
{
    return arena_format(c->memory, "%s on %s", name_part_text(c->memory, name), name_text(c->memory, owner));
}

void compare_trigger(const comparison *c, const schema_table *table, object_name owner,
                     const schema_trigger *wanted, const schema_trigger *found)
{
    if (wanted->text_moved || wanted->sql == NULL || found->sql == NULL ||
        compare_trigger_same(c, table, wanted->sql, found->sql))
        return;
    compare_report(c, MIGEN_KIND_TRIGGER, compare_trigger_object(c, wanted->name, owner),
                   text_trim(c->memory, wanted->sql), text_trim(c->memory, found->sql), false);
}

static const schema_trigger *compare_find_trigger(const comparison *c, const schema_triggers *triggers,
                                                  const char *name)
{
    for (size_t i = 0; i < triggers->count; i++)
        if (compare_names(c, triggers->items[i].name, name))
            return &triggers->items[i];
    return NULL;
}

void compare_triggers(const comparison *c, const schema_table *table, object_name owner,
                      const schema_triggers *wanted, const schema_triggers *found)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const schema_trigger *trigger = &wanted->items[i];
        const schema_trigger *there = compare_find_trigger(c, found, trigger->name);
        if (there != NULL)
            compare_trigger(c, table, owner, trigger, there);
        else
            compare_report(c, MIGEN_KIND_TRIGGER, compare_trigger_object(c, trigger->name, owner),
                           trigger->sql, NULL, false);
    }
}

void compare_unknown_triggers(const comparison *c, object_name owner, const schema_triggers *wanted,
                              const schema_triggers *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (compare_find_trigger(c, wanted, found->items[i].name) == NULL)
            compare_report(c, MIGEN_KIND_TRIGGER, compare_trigger_object(c, found->items[i].name, owner),
                           NULL, text_trim(c->memory, found->items[i].sql), false);
}

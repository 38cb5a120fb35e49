/*
 * compare_function.c: functions: their bodies, languages and properties, however the statement was written.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <string.h>

typedef struct compare_function_parts {
    const char *language;
    const char *body; /* of AS '…', without white space at its ends; two strings with a comma between them */
    const char *sql_body; /* BEGIN ATOMIC … or RETURN …: the server prints it in its own words */
    const char *volatility, *parallel;
    bool strict, definer, leakproof;
} compare_function_parts;

/* The first token behind the argument list of CREATE FUNCTION name (…). */
static size_t compare_function_options_at(const compare_tokens *tokens)
{
    int depth = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (view_is(tokens->items[i].text, "("))
            depth++;
        else if (view_is(tokens->items[i].text, ")") && --depth == 0)
            return i + 1;
        else if (depth == 0 && view_is(tokens->items[i].text, "()"))
            return i + 1;
    }
    return tokens->count;
}

/* AS 'body', or AS 'object file', 'symbol' */
static const char *compare_function_body(arena *a, const compare_tokens *tokens, size_t at)
{
    builder b = builder_new(a);
    for (size_t i = at; i < tokens->count; i++) {
        if (tokens->items[i].kind == TOKEN_STRING)
            builder_add(&b, text_trim(a, sql_token_value(a, tokens->items[i])));
        else if (view_is(tokens->items[i].text, ","))
            builder_add(&b, ", ");
        else
            break;
    }
    return b.bytes;
}

/* One of the words that stand alone. */
static void compare_function_read_word(arena *a, const compare_tokens *tokens, size_t i,
                                       compare_function_parts *parts)
{
    const sql_token t = tokens->items[i];
    if (sql_token_is(t, "immutable") || sql_token_is(t, "stable") || sql_token_is(t, "volatile"))
        parts->volatility = text_lower(a, arena_copy(a, t.text.bytes, t.text.length));
    else if (sql_token_is(t, "strict") ||
             (sql_token_is(t, "returns") && compare_word_at(tokens, i + 1, "null")))
        parts->strict = true;
    else if (sql_token_is(t, "definer"))
        parts->definer = true;
    else if (sql_token_is(t, "leakproof"))
        parts->leakproof = !compare_word_at(tokens, i - 1, "not");
    else if (sql_token_is(t, "language") && i + 1 < tokens->count)
        parts->language = text_lower(a, sql_token_value(a, tokens->items[i + 1]));
    else if (sql_token_is(t, "parallel") && i + 1 < tokens->count)
        parts->parallel = text_lower(a, sql_token_value(a, tokens->items[i + 1]));
    else if (sql_token_is(t, "as") && i + 1 < tokens->count && tokens->items[i + 1].kind == TOKEN_STRING)
        parts->body = compare_function_body(a, tokens, i + 1);
}

static compare_function_parts compare_function_read(arena *a, const char *sql)
{
    compare_function_parts parts = {.language = "sql", .volatility = "volatile", .parallel = "unsafe"};
    compare_tokens tokens = compare_tokens_of(a, sql, MIGEN_POSTGRES);
    int depth = 0;
    for (size_t i = compare_function_options_at(&tokens); i < tokens.count; i++) {
        const sql_token t = tokens.items[i];
        if (view_is(t.text, "(")) {
            depth++;
        } else if (view_is(t.text, ")")) {
            depth--;
        } else if (depth == 0 && t.kind == TOKEN_WORD) {
            if ((sql_token_is(t, "begin") && compare_word_at(&tokens, i + 1, "atomic")) ||
                sql_token_is(t, "return")) {
                parts.sql_body = sql_normal(a, t.text.bytes, MIGEN_POSTGRES);
                break;
            }
            compare_function_read_word(a, &tokens, i, &parts);
        }
    }
    return parts;
}

static bool compare_result_differs(arena *a, const char *wanted, const char *found)
{
    const char *w = function_result(a, wanted), *f = function_result(a, found);
    return w != NULL && f != NULL && !text_equal(w, f);
}

bool function_is_made_anew(arena *a, const char *wanted, const char *found)
{
    return compare_result_differs(a, wanted, found) ||
           compare_arguments(a, wanted, found) == ARGUMENTS_REFUSED;
}

static bool compare_function_same(arena *a, const char *wanted, const char *found)
{
    if (sql_same(wanted, found, MIGEN_POSTGRES))
        return true;
    compare_function_parts w = compare_function_read(a, wanted), f = compare_function_read(a, found);
    if (!text_equal(w.language, f.language) || !text_equal(w.volatility, f.volatility) ||
        !text_equal(w.parallel, f.parallel) || w.strict != f.strict || w.definer != f.definer ||
        w.leakproof != f.leakproof || compare_result_differs(a, wanted, found) ||
        compare_arguments(a, wanted, found) != ARGUMENTS_SAME)
        return false;
    if (w.sql_body != NULL || f.sql_body != NULL) /* parsed when it was made: its text is gone */
        return (w.sql_body != NULL) == (f.sql_body != NULL);
    return text_equal(w.body, f.body);
}

void compare_function(const comparison *c, const schema_function *wanted, const schema_function *found)
{
    if (wanted->sql == NULL || found->sql == NULL ||
        compare_function_same(c->memory, wanted->sql, found->sql))
        return;
    compare_report(c, MIGEN_KIND_FUNCTION, name_text(c->memory, wanted->name),
                   text_trim(c->memory, wanted->sql), text_trim(c->memory, found->sql), false);
}

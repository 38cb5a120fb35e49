/*
 * postgres_definition.c: texts that the server prints, taken apart: arrays, and pg_get_constraintdef.
 */
#include "postgres_catalog.h"

#include "default_value.h"
#include "sql_token.h"
#include "text.h"
#include "vector.h"

#include <string.h>

/* One element at *at, which is moved behind it: bare, or in double quotes with backslashes. */
static const char *postgres_array_element(arena *a, const char **at)
{
    builder b = builder_new(a);
    const char *p = *at;
    bool quoted = *p == '"';
    if (quoted)
        p++;
    while (*p != '\0' && (quoted ? *p != '"' : *p != ',' && *p != '}')) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        builder_add_character(&b, *p++);
    }
    if (quoted && *p == '"')
        p++;
    *at = p;
    return !quoted && text_equal(b.bytes, "NULL") ? NULL : b.bytes;
}

const char *const *postgres_array(arena *a, const char *text, size_t *count)
{
    VECTOR(const char *) elements = {0};
    const char *at = text != NULL ? text : "";
    if (*at == '{')
        at++;
    while (*at != '\0' && *at != '}') {
        const char *element = postgres_array_element(a, &at);
        vector_push(a, &elements, element);
        if (*at == ',')
            at++;
        else if (*at != '}')
            break;
    }
    *count = elements.count;
    vector_push(a, &elements, NULL);
    return elements.items;
}

typedef VECTOR(sql_token) postgres_tokens;

static bool postgres_token_is(const postgres_tokens *tokens, size_t at, const char *word)
{
    return at < tokens->count && sql_token_is(tokens->items[at], word);
}

/* The offset behind the bracket that closes the first one at or after `at`. */
static size_t postgres_behind_brackets(const postgres_tokens *tokens, size_t at, size_t *open)
{
    int depth = 0;
    for (size_t i = at; i < tokens->count; i++) {
        if (view_is(tokens->items[i].text, "(")) {
            if (depth++ == 0)
                *open = i;
        } else if (view_is(tokens->items[i].text, ")") && --depth == 0) {
            return i + 1;
        }
    }
    *open = tokens->count;
    return tokens->count;
}

static void postgres_keep(builder *extra, view token)
{
    bool tight = view_is(token, ")") || view_is(token, ",") ||
                 (extra->length > 0 && text_ends_with(extra->bytes, "("));
    builder_add(extra, extra->length > 0 && !tight ? " " : "");
    builder_add_bytes(extra, token.bytes, token.length);
}

/* ON DELETE SET NULL and the like are in columns of the catalogue; SET NULL (a) names columns, which is not.
 * The number of tokens that the clause takes. */
static size_t postgres_skip_action(const postgres_tokens *tokens, size_t at)
{
    if (!postgres_token_is(tokens, at, "on") ||
        !(postgres_token_is(tokens, at + 1, "delete") || postgres_token_is(tokens, at + 1, "update")))
        return 0;
    bool two_words = postgres_token_is(tokens, at + 2, "set") || postgres_token_is(tokens, at + 2, "no");
    return two_words ? 4 : 3;
}

void postgres_read_constraint(arena *a, const char *definition, migen_constraint *constraint)
{
    postgres_tokens tokens = {0};
    builder extra = builder_new(a);
    sql_lexer lexer = sql_lexer_new(definition, strlen(definition), MIGEN_POSTGRES);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        vector_push(a, &tokens, t);
    size_t open = 0;
    size_t at = postgres_behind_brackets(&tokens, 0, &open);
    if (constraint->kind == MIGEN_CHECK && open < tokens.count) {
        size_t from = tokens.items[open].offset + 1;
        size_t to = tokens.items[at - 1].offset;
        constraint->expression =
            sql_without_brackets(a, arena_copy(a, definition + from, to - from), MIGEN_POSTGRES);
    }
    if (constraint->kind == MIGEN_UNIQUE) /* UNIQUE NULLS NOT DISTINCT (a) */
        for (size_t i = 1; i < open && i < tokens.count; i++)
            postgres_keep(&extra, tokens.items[i].text);
    if (constraint->kind == MIGEN_FOREIGN_KEY)
        at = postgres_behind_brackets(&tokens, at, &open);
    while (at < tokens.count) {
        size_t skipped = postgres_skip_action(&tokens, at);
        if (skipped == 0 && postgres_token_is(&tokens, at, "not") &&
            postgres_token_is(&tokens, at + 1, "valid"))
            skipped = 2;
        if (skipped == 0)
            postgres_keep(&extra, tokens.items[at++].text);
        at += skipped;
    }
    constraint->extra = extra.length > 0 ? extra.bytes : NULL;
}

#include "sql_printed.h"

#include "migen_step.h"
#include "sql_normal.h"
#include "sql_reserved.h"
#include "vector.h"

#include <string.h>

#define PRINTED_DEEPEST 150 /* brackets in each other; beyond that a text is taken as it stands */

typedef struct printed_text {
    arena *memory;
    VECTOR(sql_token) tokens;
    VECTOR(size_t) closes; /* of each opening bracket its closing one; of other tokens their own place */
    bool extract;
} printed_text;

static char *printed_range(const printed_text *t, size_t from, size_t to);
static char *printed_operation(const printed_text *t, size_t from, size_t to);

static bool printed_is(const printed_text *t, size_t at, const char *word_or_symbol)
{
    return at < t->tokens.count && sql_token_is(t->tokens.items[at], word_or_symbol);
}

static bool printed_read(printed_text *t, const char *text)
{
    VECTOR(size_t) open = {0};
    sql_lexer l = sql_lexer_new(text, strlen(text), MIGEN_POSTGRES);
    for (sql_token token = sql_next(&l); token.kind != TOKEN_END; token = sql_next(&l)) {
        size_t at = t->tokens.count;
        vector_push(t->memory, &t->tokens, token);
        vector_push(t->memory, &t->closes, at);
        if (sql_token_is(token, "(") || sql_token_is(token, "[")) {
            vector_push(t->memory, &open, at);
            if (open.count > PRINTED_DEEPEST)
                return false;
        } else if (sql_token_is(token, ")") || sql_token_is(token, "]")) {
            if (open.count == 0)
                return false;
            t->closes.items[open.items[--open.count]] = at;
        } else if (token.kind == TOKEN_ERROR) {
            return false;
        }
    }
    return open.count == 0;
}

/* The first such word in from … to - 1 that stands in no further brackets; `to` when there is none. */
static size_t printed_find(const printed_text *t, size_t from, size_t to, const char *word)
{
    for (size_t at = from; at < to; at = t->closes.items[at] + 1)
        if (printed_is(t, at, word))
            return at;
    return to;
}

/* Whether from … to - 1 is a name, a literal, a call, or something in brackets. */
static bool printed_is_one(const printed_text *t, size_t from, size_t to)
{
    bool call = from + 1 < to && printed_is(t, from + 1, "(") && t->tokens.items[from].kind != TOKEN_SYMBOL;
    return from < to && t->closes.items[call ? from + 1 : from] + 1 == to;
}

/* An argument, without brackets around all of it, and without its cast to text. */
static char *printed_argument(const printed_text *t, size_t from, size_t to)
{
    if (from + 2 < to && printed_is(t, to - 1, "text") && printed_is(t, to - 2, "::") &&
        printed_is_one(t, from, to - 2))
        return printed_argument(t, from, to - 2);
    if (from + 2 < to && printed_is(t, from, "(") && t->closes.items[from] + 1 == to &&
        printed_find(t, from + 1, to - 1, ",") == to - 1)
        return printed_argument(t, from + 1, to - 1);
    char *operation = printed_operation(t, from, to);
    return operation != NULL ? operation : printed_range(t, from, to);
}

/* name(arguments that stand between the words): from … to - 1 is what is in the brackets. */
static char *printed_split(const printed_text *t, const char *name, size_t from, size_t to,
                           const char *const *words)
{
    builder b = builder_new(t->memory);
    builder_add(&b, name);
    builder_add(&b, " (");
    for (;;) {
        size_t next = to;
        for (size_t i = 0; words[i] != NULL; i++) {
            size_t at = printed_find(t, from, to, words[i]);
            next = at < next ? at : next;
        }
        builder_add(&b, " ");
        builder_add(&b, printed_argument(t, from, next));
        if (next == to)
            break;
        builder_add(&b, " ,");
        from = next + 1;
    }
    builder_add(&b, " )");
    return b.bytes;
}

static char *printed_trim(const printed_text *t, size_t from, size_t to)
{
    const char *name = printed_is(t, from, "leading")    ? "ltrim"
                       : printed_is(t, from, "trailing") ? "rtrim"
                                                         : "btrim";
    from += printed_is(t, from, "both") || strcmp(name, "btrim") != 0;
    size_t word = printed_find(t, from, to, "from");
    if (word == to || word == from)
        return arena_format(t->memory, "%s ( %s )", name,
                            printed_argument(t, word == to ? from : from + 1, to));
    return arena_format(t->memory, "%s ( %s , %s )", name, printed_argument(t, word + 1, to),
                        printed_argument(t, from, word));
}

/* A call whose name stands at `at`, and its bracket behind; NULL where it is none. */
static char *printed_call(const printed_text *t, size_t at)
{
    static const char *const of_substring[] = {"from", "for", "similar", "escape", NULL};
    static const char *const of_overlay[] = {"placing", "from", "for", NULL};
    size_t from = at + 2, to = t->closes.items[at + 1];
    if (printed_is(t, at, "trim"))
        return printed_trim(t, from, to);
    if (printed_is(t, at, "substring") &&
        (printed_find(t, from, to, "from") != to || printed_find(t, from, to, "similar") != to))
        return printed_split(t, "\"substring\"", from, to, of_substring);
    if (printed_is(t, at, "overlay") && printed_find(t, from, to, ",") == to)
        return printed_split(t, "\"overlay\"", from, to, of_overlay);
    size_t word = printed_find(t, from, to, printed_is(t, at, "position") ? "in" : "from");
    if (printed_is(t, at, "position") && word != to)
        return arena_format(t->memory, "\"position\" ( %s , %s )", printed_argument(t, word + 1, to),
                            printed_argument(t, from, word));
    if (printed_is(t, at, "extract") && t->extract && word == from + 1)
        return arena_format(t->memory, "date_part ( '%s' , %s )",
                            sql_token_value(t->memory, t->tokens.items[from]),
                            printed_argument(t, word + 1, to));
    static const char *const commas[] = {",", NULL};
    sql_token name = t->tokens.items[at];
    char *value = sql_token_value(t->memory, name);
    if (from == to || (name.kind == TOKEN_WORD && sql_is_keyword(value, MIGEN_POSTGRES)))
        return NULL;
    return printed_split(t, arena_copy(t->memory, name.text.bytes, name.text.length), from, to, commas);
}

/* Whether from … to - 1 is one operand: no operator stands in it, and no word that is none of a name or type. */
static bool printed_is_operand(const printed_text *t, size_t from, size_t to)
{
    static const char *const words[] = {"and",     "or", "not",    "is",   "in",   "like",
                                        "between", "as", "select", "from", "when", "then"};
    for (size_t at = from; at < to; at = t->closes.items[at] + 1) {
        sql_token token = t->tokens.items[at];
        bool plain = token.kind != TOKEN_SYMBOL || sql_token_is(token, "(") || sql_token_is(token, "[") ||
                     sql_token_is(token, "::") || sql_token_is(token, ".");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            plain = plain && !sql_token_is(token, words[i]);
        if (!plain)
            return false;
    }
    return from < to;
}

/* What a pair of brackets is filled with, as a call; NULL where it is something else. */
static char *printed_operation(const printed_text *t, size_t from, size_t to)
{
    size_t at = printed_find(t, from, to, "at"), overlaps = printed_find(t, from, to, "overlaps");
    size_t is = printed_find(t, from, to, "is");
    if (at < to && printed_is(t, at + 1, "time") && printed_is(t, at + 2, "zone") &&
        printed_is_operand(t, from, at) && printed_is_operand(t, at + 3, to))
        return arena_format(t->memory, "timezone ( %s , %s )", printed_argument(t, at + 3, to),
                            printed_argument(t, from, at));
    if (overlaps < to && printed_is(t, from, "(") && t->closes.items[from] + 1 == overlaps &&
        printed_is(t, overlaps + 1, "(") && t->closes.items[overlaps + 1] + 1 == to)
        return arena_format(t->memory, "\"overlaps\" ( %s , %s )", printed_range(t, from + 1, overlaps - 1),
                            printed_range(t, overlaps + 2, to - 1));
    if (is + 2 == to && printed_is(t, is + 1, "normalized") && printed_is_operand(t, from, is))
        return arena_format(t->memory, "is_normalized ( %s )", printed_argument(t, from, is));
    return NULL;
}

/* How many tokens a cast takes that EXTRACT and date_part do not share; 0 where none stands at `at`. */
static size_t printed_number_cast(const printed_text *t, size_t at)
{
    if (!t->extract || !printed_is(t, at, "::"))
        return 0;
    if (printed_is(t, at + 1, "numeric") && !printed_is(t, at + 2, "("))
        return 2;
    return printed_is(t, at + 1, "double") && printed_is(t, at + 2, "precision") ? 3 : 0;
}

static char *printed_range(const printed_text *t, size_t from, size_t to)
{
    builder b = builder_new(t->memory);
    size_t next;
    for (size_t at = from; at < to; at = next) {
        sql_token token = t->tokens.items[at];
        bool name = token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME;
        char *text = name && at + 1 < to && printed_is(t, at + 1, "(") ? printed_call(t, at) : NULL;
        size_t cast = printed_number_cast(t, at);
        next = at + (cast > 0 ? cast : 1);
        if (cast > 0)
            continue;
        if (text != NULL) {
            next = t->closes.items[at + 1] + 1;
        } else if (sql_token_is(token, "(") || sql_token_is(token, "[")) {
            size_t close = t->closes.items[at];
            text = sql_token_is(token, "(") ? printed_operation(t, at + 1, close) : NULL;
            if (text == NULL)
                text = arena_format(t->memory, sql_token_is(token, "(") ? "( %s )" : "[ %s ]",
                                    printed_range(t, at + 1, close));
            next = close + 1;
        } else {
            text = arena_copy(t->memory, token.text.bytes, token.text.length);
        }
        builder_add(&b, b.length == 0 ? "" : " ");
        builder_add(&b, text);
    }
    return b.bytes;
}

char *sql_plain_calls(arena *a, const char *text, bool extract)
{
    printed_text t = {.memory = a, .extract = extract};
    if (!printed_read(&t, text))
        return arena_string(a, text);
    char *whole = printed_operation(&t, 0, t.tokens.count);
    return whole != NULL ? whole : printed_range(&t, 0, t.tokens.count);
}

bool sql_same_printed(const char *wanted, const char *found)
{
    arena *a = arena_new();
    bool same = false;
    bool extract =
        sql_says(a, wanted, "extract", MIGEN_POSTGRES) && sql_says(a, found, "date_part", MIGEN_POSTGRES);
    for (int with = 0; with <= (extract ? 1 : 0) && !same; with++) {
        const char *w = sql_normal_names(a, sql_plain_calls(a, wanted, with == 1), MIGEN_POSTGRES);
        const char *f = sql_normal_names(a, sql_plain_calls(a, found, with == 1), MIGEN_POSTGRES);
        same = sql_same_expression(w, f, MIGEN_POSTGRES);
    }
    arena_free(a);
    return same;
}

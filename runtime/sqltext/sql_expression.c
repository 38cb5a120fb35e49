#include "sql_expression.h"

#include "sql_normal.h"
#include "sql_split.h"

#include <string.h>

/* Above this an expression is compared by its tokens alone. */
#define SAME_MOST_TOKENS 5000
#define SAME_DEEPEST     150

same_node *same_make(same_parser *p, same_kind kind, const char *text)
{
    same_node *node = ARENA_NEW(p->memory, same_node);
    node->kind = kind;
    node->text = text;
    return node;
}

same_node *same_fail(same_parser *p)
{
    p->failed = true;
    return same_make(p, SAME_OTHER, "");
}

const char *same_join(same_parser *p, const char *const *pieces)
{
    return list_join(p->memory, pieces, "");
}

const char *same_text(same_parser *p, const same_node *node)
{
    if (node->text != NULL)
        return node->text;
    const char *between = node->kind == SAME_AND ? " and " : node->kind == SAME_OR ? " or " : ", ";
    builder b = builder_new(p->memory);
    builder_add(&b, node->kind == SAME_ARRAY ? "array[" : "(");
    for (size_t i = 0; i < node->parts.count; i++) {
        if (i != 0)
            builder_add(&b, between);
        builder_add(&b, same_text(p, node->parts.items[i]));
    }
    builder_add(&b, node->kind == SAME_ARRAY ? "]" : ")");
    return b.bytes;
}

bool same_at(const same_parser *p, const char *word_or_symbol)
{
    return sql_token_is(p->tokens.items[p->at], word_or_symbol);
}

static bool same_behind(const same_parser *p, const char *word_or_symbol)
{
    return sql_token_is(p->tokens.items[p->at + 1], word_or_symbol);
}

bool same_take(same_parser *p, const char *word_or_symbol)
{
    if (!same_at(p, word_or_symbol))
        return false;
    p->at++;
    return true;
}

bool same_expect(same_parser *p, const char *word_or_symbol)
{
    if (same_take(p, word_or_symbol))
        return true;
    p->failed = true;
    return false;
}

void same_items(same_parser *p, same_nodes *items, const char *close)
{
    do {
        same_node *item = same_expression(p, SAME_LEVEL_OR);
        vector_push(p->memory, items, item);
    } while (!p->failed && same_take(p, ","));
    same_expect(p, close);
}

static bool same_any(const same_parser *p, const char *const *list)
{
    for (; *list != NULL; list++)
        if (same_at(p, *list))
            return true;
    return false;
}

static int same_level_of_word(const same_parser *p)
{
    static const char *const tests[] = {"between", "in", "like", "ilike", "glob", "regexp", "match", NULL};
    static const char *const of_is[] = {"is", "isnull", "notnull", NULL};
    if (same_at(p, "or"))
        return SAME_LEVEL_OR;
    if (same_at(p, "and"))
        return SAME_LEVEL_AND;
    if (same_any(p, of_is))
        return SAME_LEVEL_IS;
    if (same_any(p, tests) || same_at(p, "not"))
        return p->engine == MIGEN_SQLITE ? SAME_LEVEL_IS : SAME_LEVEL_IN;
    if (same_at(p, "collate"))
        return SAME_LEVEL_COLLATE;
    if (same_at(p, "at") && p->engine == MIGEN_POSTGRES)
        return SAME_LEVEL_AT;
    return SAME_LEVEL_NONE;
}

/* The level of the infix operator that stands here. */
static int same_level(const same_parser *p)
{
    static const char *const equals[] = {"=", "==", "<>", "!=", NULL};
    static const char *const orders[] = {"<", "<=", ">", ">=", NULL};
    static const char *const sums[] = {"+", "-", NULL};
    static const char *const products[] = {"*", "/", "%", NULL};
    static const char *const texts[] = {"||", "->", "->>", NULL};
    static const char *const no_infix[] = {"(", ")", "]",  "{",  "}",  ",", ";",
                                           ".", ":", ":=", "\\", "=>", NULL};
    sql_token t = p->tokens.items[p->at];
    bool sqlite = p->engine == MIGEN_SQLITE;
    if (t.kind == TOKEN_WORD)
        return same_level_of_word(p);
    if (t.kind != TOKEN_SYMBOL || same_any(p, no_infix))
        return SAME_LEVEL_NONE;
    if (same_any(p, equals))
        return sqlite ? SAME_LEVEL_IS : SAME_LEVEL_COMPARISON;
    if (same_any(p, orders))
        return SAME_LEVEL_COMPARISON;
    if (same_any(p, sums))
        return SAME_LEVEL_SUM;
    if (same_any(p, products))
        return SAME_LEVEL_PRODUCT;
    if (sqlite)
        return same_any(p, texts) ? SAME_LEVEL_POWER : SAME_LEVEL_OPERATOR;
    if (same_at(p, "^"))
        return SAME_LEVEL_POWER;
    if (same_at(p, "["))
        return SAME_LEVEL_SUBSCRIPT;
    return same_at(p, "::") ? SAME_LEVEL_CAST : SAME_LEVEL_OPERATOR;
}

static bool same_is_constant(const same_node *node)
{
    return node->kind == SAME_STRING || node->kind == SAME_NUMBER;
}

/* A literal with the cast that was taken off it: between two literals it may decide what the operator does.
 */
static const char *same_full_text(same_parser *p, const same_node *node)
{
    if (node->cast == NULL)
        return same_text(p, node);
    return SAME_JOIN(p, "cast(", same_text(p, node), " as ", node->cast, ")");
}

static same_node *same_binary(same_parser *p, const same_node *left, const char *operation,
                              const same_node *right)
{
    bool constants = same_is_constant(left) && same_is_constant(right);
    return same_make(p, SAME_OTHER,
                     SAME_JOIN(p, "(", constants ? same_full_text(p, left) : same_text(p, left), " ",
                               operation, " ", constants ? same_full_text(p, right) : same_text(p, right),
                               ")"));
}

/* Both are associative, so that nested ones become one list. */
static same_node *same_chain(same_parser *p, same_kind kind, same_node *left, same_node *right)
{
    same_node *chain = same_make(p, kind, NULL);
    same_node *sides[] = {left, right};
    for (size_t i = 0; i < 2; i++) {
        if (sides[i]->kind != kind) {
            vector_push(p->memory, &chain->parts, sides[i]);
            continue;
        }
        for (size_t j = 0; j < sides[i]->parts.count; j++)
            vector_push(p->memory, &chain->parts, sides[i]->parts.items[j]);
    }
    return chain;
}

/* x in (a, b), from whichever form. PostgreSQL itself makes a single one to x = a. */
static same_node *same_in(same_parser *p, same_node *left, const same_nodes *items, bool negated)
{
    if (items->count == 1 && p->engine == MIGEN_POSTGRES)
        return same_binary(p, left, negated ? "<>" : "=", items->items[0]);
    same_node *list = same_make(p, SAME_LIST, NULL);
    list->parts = *items;
    return same_binary(p, left, negated ? "not in" : "in", list);
}

static same_node *same_between(same_parser *p, same_node *left, int level, bool negated)
{
    same_node *low = same_expression(p, level + 1);
    same_expect(p, "and");
    same_node *high = same_expression(p, level + 1);
    if (negated)
        return same_chain(p, SAME_OR, same_binary(p, left, "<", low), same_binary(p, left, ">", high));
    return same_chain(p, SAME_AND, same_binary(p, left, ">=", low), same_binary(p, left, "<=", high));
}

/* right side ANY (…), ALL (…) of an operator */
static same_node *same_quantified(same_parser *p, same_node *left, const char *operation)
{
    bool all = same_at(p, "all");
    p->at += 2;
    same_node *array = same_expression(p, SAME_LEVEL_OR);
    same_expect(p, ")");
    if (array->kind == SAME_ARRAY && array->parts.count > 0 && strcmp(operation, all ? "<>" : "=") == 0)
        return same_in(p, left, &array->parts, all);
    const char *right = SAME_JOIN(p, all ? "all(" : "any(", same_text(p, array), ")");
    return same_binary(p, left, operation, same_make(p, SAME_OTHER, right));
}

/* PostgreSQL's comparisons and tests do not chain: a < b < c is no expression. */
static same_node *same_unchained(same_parser *p, same_node *node, int level)
{
    if (p->engine == MIGEN_POSTGRES && same_level(p) == level)
        return same_fail(p);
    return node;
}

static same_node *same_right(same_parser *p, same_node *left, const char *operation, int level)
{
    static const char *const quantifiers[] = {"any", "all", "some", NULL};
    if (p->engine == MIGEN_POSTGRES && same_any(p, quantifiers) && same_behind(p, "("))
        return same_quantified(p, left, operation);
    same_node *right = same_expression(p, level + 1);
    if (!same_take(p, "escape"))
        return same_binary(p, left, operation, right);
    same_node *escape = same_expression(p, level + 1);
    return same_binary(
        p, left, operation,
        same_make(p, SAME_OTHER, SAME_JOIN(p, same_text(p, right), " escape ", same_text(p, escape))));
}

static same_node *same_symbol(same_parser *p, same_node *left, int level)
{
    static const char *const spellings[][2] = {{"!=", "<>"},        {"==", "="},      {"~~", "like"},
                                               {"!~~", "not like"}, {"~~*", "ilike"}, {"!~~*", "not ilike"}};
    sql_token t = p->tokens.items[p->at++];
    const char *operation = arena_copy(p->memory, t.text.bytes, t.text.length);
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (strcmp(operation, spellings[i][0]) == 0)
            operation = spellings[i][1];
    same_node *node = same_right(p, left, operation, level);
    return level == SAME_LEVEL_COMPARISON ? same_unchained(p, node, level) : node;
}

/* [not] between, in, like … ; SQLite's "not null" */
static same_node *same_test(same_parser *p, same_node *left, int level)
{
    bool negated = same_take(p, "not");
    if (negated && p->engine == MIGEN_SQLITE && same_take(p, "null"))
        return same_make(p, SAME_OTHER, SAME_JOIN(p, "(", same_text(p, left), " is not null)"));
    if (same_take(p, "between"))
        return same_unchained(p, same_between(p, left, level, negated), level);
    if (same_take(p, "in")) {
        same_nodes items = {0};
        same_expect(p, "(");
        if (!p->failed)
            same_items(p, &items, ")");
        return same_unchained(p, same_in(p, left, &items, negated), level);
    }
    static const char *const likes[][2] = {{"like", "not like"},
                                           {"ilike", "not ilike"},
                                           {"glob", "not glob"},
                                           {"regexp", "not regexp"},
                                           {"match", "not match"}};
    for (size_t i = 0; i < sizeof likes / sizeof *likes; i++)
        if (same_take(p, likes[i][0]))
            return same_unchained(p, same_right(p, left, likes[i][negated ? 1 : 0], level), level);
    return same_fail(p);
}

static same_node *same_is(same_parser *p, same_node *left)
{
    static const char *const words[] = {"null", "true", "false", "unknown"};
    const char *text = same_text(p, left);
    if (same_take(p, "isnull"))
        return same_make(p, SAME_OTHER, SAME_JOIN(p, "(", text, " is null)"));
    if (same_take(p, "notnull"))
        return same_make(p, SAME_OTHER, SAME_JOIN(p, "(", text, " is not null)"));
    p->at++;
    bool negated = same_take(p, "not");
    if (same_take(p, "distinct")) {
        same_expect(p, "from");
        same_node *right = same_expression(p, SAME_LEVEL_IS + 1);
        same_node *distinct = same_binary(p, left, "is distinct from", right);
        return negated ? same_make(p, SAME_OTHER, SAME_JOIN(p, "not(", same_text(p, distinct), ")"))
                       : distinct;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_take(p, words[i]))
            return same_make(p, SAME_OTHER,
                             SAME_JOIN(p, "(", text, negated ? " is not " : " is ", words[i], ")"));
    if (p->engine == MIGEN_POSTGRES)
        return same_fail(p);
    return same_binary(p, left, negated ? "is not" : "is", same_expression(p, SAME_LEVEL_IS + 1));
}

static same_node *same_collate(same_parser *p, same_node *left)
{
    builder name = builder_new(p->memory);
    p->at++;
    do {
        sql_token t = p->tokens.items[p->at++];
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED_NAME)
            return same_fail(p);
        const char *value = sql_token_value(p->memory, t);
        builder_add(&name, name.length == 0 ? "" : ".");
        builder_add(&name, p->engine == MIGEN_SQLITE ? text_lower(p->memory, value) : value);
    } while (same_take(p, "."));
    return same_make(p, SAME_OTHER, SAME_JOIN(p, "(", same_text(p, left), " collate ", name.bytes, ")"));
}

/* The operation that stands behind left. */
static same_node *same_infix(same_parser *p, same_node *left, int level)
{
    bool word = p->tokens.items[p->at].kind == TOKEN_WORD;
    if (word && (level == SAME_LEVEL_OR || level == SAME_LEVEL_AND)) {
        p->at++;
        return same_chain(p, level == SAME_LEVEL_OR ? SAME_OR : SAME_AND, left,
                          same_expression(p, level + 1));
    }
    if (same_at(p, "is") || same_at(p, "isnull") || same_at(p, "notnull"))
        return same_is(p, left);
    if (level == SAME_LEVEL_COLLATE)
        return same_collate(p, left);
    if (same_take(p, "at")) {
        same_expect(p, "time");
        same_expect(p, "zone");
        same_node *zone = same_expression(p, level + 1); /* which PostgreSQL 13 prints as the call */
        return same_make(p, SAME_OTHER,
                         SAME_JOIN(p, "timezone(", same_text(p, zone), ", ", same_text(p, left), ")"));
    }
    if (word)
        return same_test(p, left, level);
    if (level == SAME_LEVEL_CAST) {
        p->at++;
        return same_cast(p, left);
    }
    if (level == SAME_LEVEL_SUBSCRIPT) {
        p->at++;
        same_node *at = same_expression(p, SAME_LEVEL_OR);
        same_expect(p, "]");
        return same_make(p, SAME_OTHER, SAME_JOIN(p, same_text(p, left), "[", same_text(p, at), "]"));
    }
    return same_symbol(p, left, level);
}

static same_node *same_prefix(same_parser *p, int least)
{
    if (same_at(p, "not")) {
        if (least > SAME_LEVEL_NOT)
            return same_fail(p);
        p->at++;
        same_node *operand = same_expression(p, SAME_LEVEL_NOT);
        return same_make(p, SAME_OTHER, SAME_JOIN(p, "not(", same_text(p, operand), ")"));
    }
    bool bits = p->engine == MIGEN_SQLITE && same_at(p, "~");
    if (!bits && !same_at(p, "-") && !same_at(p, "+"))
        return same_primary(p);
    const char *sign = bits ? "~" : same_at(p, "-") ? "-" : "+";
    p->at++;
    same_node *operand = same_expression(p, SAME_LEVEL_SIGN);
    if (operand->kind != SAME_NUMBER || *sign != '-' || operand->text[0] == '-')
        return same_make(p, SAME_OTHER, SAME_JOIN(p, sign, "(", same_text(p, operand), ")"));
    same_node *number = same_make(p, SAME_NUMBER, SAME_JOIN(p, "-", operand->text));
    number->cast = operand->cast;
    return number;
}

same_node *same_expression(same_parser *p, int least)
{
    if (p->failed || ++p->depth > SAME_DEEPEST)
        return same_fail(p);
    same_node *node = same_prefix(p, least);
    for (int level = same_level(p); !p->failed && level != SAME_LEVEL_NONE && level >= least;
         level = same_level(p))
        node = same_infix(p, node, level);
    p->depth--;
    return node;
}

char *sql_canonical_expression(arena *a, const char *text, migen_engine engine)
{
    same_parser p = {.memory = a, .engine = engine};
    sql_lexer l = sql_lexer_new(text, strlen(text), engine);
    sql_token t;
    do {
        t = sql_next(&l);
        vector_push(a, &p.tokens, t);
        if (t.kind == TOKEN_ERROR || p.tokens.count > SAME_MOST_TOKENS)
            return NULL;
    } while (t.kind != TOKEN_END);
    for (int i = 0; i < 4; i++) /* what looks ahead finds the end again */
        vector_push(a, &p.tokens, t);
    same_node *node = same_expression(&p, SAME_LEVEL_OR);
    if (p.failed || p.tokens.items[p.at].kind != TOKEN_END)
        return NULL;
    return arena_string(a, same_text(&p, node));
}

/* Without the brackets around all of it. */
static char *same_without_brackets(arena *a, const char *text, unsigned engines)
{
    char *inside = text_trim(a, text);
    for (;;) {
        size_t length = strlen(inside);
        if (*inside != '(' || sql_find_close(inside, length, 0, engines, NULL) != length - 1)
            return inside;
        inside = text_trim(a, arena_copy(a, inside + 1, length - 2));
    }
}

bool sql_same_expression(const char *a, const char *b, unsigned engines)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (sql_same(a, b, engines))
        return true;
    arena *scratch = arena_new();
    bool same = true;
    for (unsigned engine = MIGEN_POSTGRES; engine <= MIGEN_SQLITE && same; engine <<= 1) {
        if ((engines & engine) == 0)
            continue;
        const char *left = sql_canonical_expression(scratch, a, (migen_engine)engine);
        const char *right = sql_canonical_expression(scratch, b, (migen_engine)engine);
        if (left != NULL && right != NULL)
            same = strcmp(left, right) == 0;
        else
            same = left == NULL && right == NULL &&
                   sql_same(same_without_brackets(scratch, a, engine),
                            same_without_brackets(scratch, b, engine), engine);
    }
    arena_free(scratch);
    return same;
}

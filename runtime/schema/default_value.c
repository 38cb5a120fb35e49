/*
 * default_value.c: see default_value.h.
 */
#include "default_value.h"

#include "sql_normal.h"
#include "sql_token.h"
#include "sql_writer.h"
#include "text.h"
#include "types.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>

typedef VECTOR(sql_token) default_tokens;

static default_tokens default_tokens_of(arena *a, const char *text, unsigned engines)
{
    default_tokens tokens = {0};
    sql_lexer lexer = sql_lexer_new(text, strlen(text), engines);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        vector_push(a, &tokens, t);
    return tokens;
}

/* Whether the bracket that opens the text is closed by its last token. */
static bool default_is_bracketed(const default_tokens *tokens)
{
    int depth = 0;
    if (tokens->count < 3 || !view_is(tokens->items[0].text, "("))
        return false;
    for (size_t i = 0; i < tokens->count; i++) {
        const sql_token *t = &tokens->items[i];
        if (t->kind == TOKEN_ERROR)
            return false;
        if (t->kind != TOKEN_SYMBOL)
            continue;
        if (view_is(t->text, "("))
            depth++;
        else if (view_is(t->text, ")") && --depth == 0 && i + 1 < tokens->count)
            return false;
    }
    return depth == 0 && view_is(tokens->items[tokens->count - 1].text, ")");
}

char *sql_without_brackets(arena *a, const char *text, unsigned engines)
{
    if (text == NULL)
        return NULL;
    char *plain = text_trim(a, text);
    for (;;) {
        default_tokens tokens = default_tokens_of(a, plain, engines);
        if (!default_is_bracketed(&tokens))
            return plain;
        size_t from = tokens.items[0].offset + 1;
        size_t to = tokens.items[tokens.count - 1].offset;
        plain = text_trim(a, arena_copy(a, plain + from, to - from));
    }
}

static char *default_quoted(arena *a, const char *content)
{
    sql_writer w = sql_new(a);
    sql_string(&w, content);
    return sql_text(&w);
}

static char *default_in_brackets(arena *a, const char *expression)
{
    return arena_format(a, "(%s)", expression);
}

/* Whether the tokens from `at` on are nothing, or casts: ::character varying(10)[] */
static bool default_only_casts(const default_tokens *tokens, size_t at)
{
    if (at == tokens->count)
        return true;
    if (!view_is(tokens->items[at].text, "::"))
        return false;
    for (size_t i = at; i < tokens->count; i++) {
        const sql_token *t = &tokens->items[i];
        bool type_part = t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED_NAME || t->kind == TOKEN_NUMBER;
        if (t->kind == TOKEN_SYMBOL)
            type_part = view_is(t->text, "::") || view_is(t->text, "(") || view_is(t->text, ")") ||
                        view_is(t->text, ",") || view_is(t->text, ".") || view_is(t->text, "[") ||
                        view_is(t->text, "]") || view_is(t->text, "[]");
        if (!type_part)
            return false;
    }
    return true;
}

/* A plain decimal number, with or without a sign, exponent allowed. */
static bool default_is_number(const char *text)
{
    const char *at = text;
    size_t digits = 0;
    if (*at == '-' || *at == '+')
        at++;
    for (; *at >= '0' && *at <= '9'; at++)
        digits++;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++)
            digits++;
    if (digits == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        if (*at == '-' || *at == '+')
            at++;
        if (*at < '0' || *at > '9')
            return false;
        while (*at >= '0' && *at <= '9')
            at++;
    }
    return *at == '\0';
}

static bool default_type_is_number(migen_type type)
{
    return !type.array && type_family_of(type) == TYPE_FAMILY_NUMBER;
}

static bool default_type_is_text(migen_type type)
{
    return !type.array && (type.kind == MIGEN_TYPE_TEXT || type.kind == MIGEN_TYPE_VARCHAR ||
                           type.kind == MIGEN_TYPE_CHAR || type.kind == MIGEN_TYPE_ENUM);
}

static bool default_type_is_time(migen_type type)
{
    return !type.array && (type.kind == MIGEN_TYPE_DATE || type.kind == MIGEN_TYPE_TIME ||
                           type.kind == MIGEN_TYPE_TIMESTAMP || type.kind == MIGEN_TYPE_TIMESTAMPTZ);
}

/* The literal of a string's content, in the type's own form. */
static char *default_of_string(arena *a, migen_engine engine, migen_type type, const char *content)
{
    if (default_type_is_number(type) && default_is_number(content))
        return arena_string(a, content);
    if (engine == MIGEN_POSTGRES && type.kind == MIGEN_TYPE_BYTES && text_starts_with(content, "\\x"))
        return arena_format(a, "x'%s'", content + 2);
    if (type.kind == MIGEN_TYPE_BOOL && !type.array) {
        if (text_equal_word(content, "t") || text_equal_word(content, "true"))
            return arena_string(a, "true");
        if (text_equal_word(content, "f") || text_equal_word(content, "false"))
            return arena_string(a, "false");
    }
    return default_quoted(a, content);
}

/* now() and its relatives, as far as they mean the moment in a column of this type. */
static bool default_is_now(migen_engine engine, migen_type type, const default_tokens *tokens)
{
    const sql_token *first = &tokens->items[0];
    if (first->kind != TOKEN_WORD)
        return false;
    if (tokens->count == 3 && view_is_word(first->text, "now") && view_is(tokens->items[1].text, "(") &&
        view_is(tokens->items[2].text, ")"))
        return true;
    if (tokens->count == 2 && view_is_word(first->text, "now") && view_is(tokens->items[1].text, "()"))
        return true;
    if (tokens->count != 1)
        return false;
    if (view_is_word(first->text, "current_timestamp"))
        return engine == MIGEN_POSTGRES || (type.kind != MIGEN_TYPE_DATE && type.kind != MIGEN_TYPE_TIME);
    if (view_is_word(first->text, "localtimestamp"))
        return engine == MIGEN_POSTGRES && type.kind == MIGEN_TYPE_TIMESTAMP;
    if (view_is_word(first->text, "current_date"))
        return type.kind == MIGEN_TYPE_DATE;
    if (view_is_word(first->text, "current_time") || view_is_word(first->text, "localtime"))
        return type.kind == MIGEN_TYPE_TIME;
    return false;
}

static bool default_is_call(const default_tokens *tokens, const char *function)
{
    return tokens->count >= 2 && tokens->count <= 3 && tokens->items[0].kind == TOKEN_WORD &&
           view_is_word(tokens->items[0].text, function) &&
           (view_is(tokens->items[1].text, "()") ||
            (tokens->count == 3 && view_is(tokens->items[1].text, "(") &&
             view_is(tokens->items[2].text, ")")));
}

/* Whether SQLite makes of the number the text that it is written as: of .5 it makes 0.5, of 1e3 1000.0, of 007 7. */
static bool default_is_own_text(const char *number)
{
    const char *digits = number + (*number == '-' ? 1 : 0);
    size_t whole = strspn(digits, "0123456789");
    const char *fraction = digits[whole] == '.' ? digits + whole + 1 : NULL;
    size_t length = strlen(number);
    if (whole == 0 || (whole > 1 && *digits == '0') || length > 15 || text_equal(number, "-0"))
        return false;
    if (fraction == NULL)
        return digits[whole] == '\0';
    return *fraction != '\0' && fraction[strspn(fraction, "0123456789")] == '\0' &&
           (number[length - 1] != '0' || text_equal(fraction, "0"));
}

/* A number, with its sign before it; NULL when the tokens are none. */
static char *default_of_number(arena *a, migen_engine engine, migen_type type, const default_tokens *tokens)
{
    size_t at = 0;
    const char *sign = "";
    if (tokens->items[0].kind == TOKEN_SYMBOL && tokens->count > 1 &&
        (view_is(tokens->items[0].text, "-") || view_is(tokens->items[0].text, "+"))) {
        sign = view_is(tokens->items[0].text, "-") ? "-" : "";
        at = 1;
    }
    if (tokens->items[at].kind != TOKEN_NUMBER || !default_only_casts(tokens, at + 1))
        return NULL;
    const char *digits = arena_copy(a, tokens->items[at].text.bytes, tokens->items[at].text.length);
    char *number = arena_format(a, "%s%s", sign, digits);
    if (!default_is_number(number))
        return NULL;
    if (!default_type_is_text(type))
        return number;
    return engine != MIGEN_SQLITE || default_is_own_text(number) ? default_quoted(a, number) : NULL;
}

static bool default_is_hex(view text)
{
    return text.length >= 3 && (text.bytes[0] == 'x' || text.bytes[0] == 'X') && text.bytes[1] == '\'';
}

/* The literal or call that the tokens are; NULL when they are some other expression. */
static char *default_of_tokens(arena *a, migen_engine engine, migen_type type, const default_tokens *tokens)
{
    const sql_token *first = &tokens->items[0];
    if (first->kind == TOKEN_STRING && default_only_casts(tokens, 1)) {
        if (default_is_hex(first->text))
            return text_lower(a, arena_copy(a, first->text.bytes, first->text.length));
        return default_of_string(a, engine, type, sql_token_value(a, *first));
    }
    if (first->kind == TOKEN_WORD && default_only_casts(tokens, 1)) {
        if (view_is_word(first->text, "true") || view_is_word(first->text, "false"))
            return text_lower(a, arena_copy(a, first->text.bytes, first->text.length));
        if (view_is_word(first->text, "null"))
            return arena_string(a, "null");
    }
    char *number = default_of_number(a, engine, type, tokens);
    if (number != NULL)
        return number;
    if (default_is_now(engine, type, tokens))
        return arena_string(a, "now()");
    if (default_is_call(tokens, "uuid") ||
        (engine == MIGEN_POSTGRES && default_is_call(tokens, "gen_random_uuid")))
        return arena_string(a, "uuid()");
    return NULL;
}

char *default_from_sql(arena *a, migen_engine engine, migen_type type, const char *sql)
{
    if (sql == NULL)
        return NULL;
    char *plain = sql_without_brackets(a, sql, engine);
    default_tokens tokens = default_tokens_of(a, plain, engine);
    if (tokens.count == 0)
        return NULL;
    char *value = default_of_tokens(a, engine, type, &tokens);
    if (text_equal(value, "null"))
        return NULL;
    return value != NULL ? value : default_in_brackets(a, plain);
}

char *default_normal(arena *a, migen_engine engine, migen_type type, const char *value)
{
    return default_from_sql(a, engine, type, value);
}

/* The digits of a number without what changes nothing: "+007.50" is "7.5", "-0" is "0". */
static char *default_plain_number(arena *a, const char *number)
{
    bool negative = *number == '-';
    if (*number == '-' || *number == '+')
        number++;
    while (number[0] == '0' && number[1] >= '0' && number[1] <= '9')
        number++;
    builder b = builder_new(a);
    if (*number == '.')
        builder_add_character(&b, '0');
    builder_add(&b, number);
    if (strchr(b.bytes, '.') != NULL && strpbrk(b.bytes, "eE") == NULL) {
        while (b.bytes[b.length - 1] == '0')
            b.length--;
        if (b.bytes[b.length - 1] == '.')
            b.length--;
        b.bytes[b.length] = '\0';
    }
    if (!negative || text_equal(b.bytes, "0"))
        return b.bytes;
    return arena_format(a, "-%s", b.bytes);
}

static bool default_numbers_equal(arena *a, const char *x, const char *y)
{
    if (strpbrk(x, "eE") != NULL || strpbrk(y, "eE") != NULL) {
        double difference = strtod(x, NULL) - strtod(y, NULL);
        return !(difference < 0) && !(difference > 0);
    }
    return text_equal(default_plain_number(a, x), default_plain_number(a, y));
}

/* The content of a literal: of a string without its quotes, of anything else as it stands; NULL of an
 * expression. */
static char *default_content(arena *a, const char *value)
{
    size_t length = strlen(value);
    if (*value == '(' || (length > 0 && value[length - 1] == ')'))
        return NULL;
    if (*value != '\'')
        return arena_string(a, value);
    sql_lexer lexer = sql_lexer_new(value, length, MIGEN_SQLITE);
    return sql_token_value(a, sql_next(&lexer));
}

/* JSON without white space outside of its strings. */
static char *default_plain_json(arena *a, const char *json)
{
    builder b = builder_new(a);
    bool inside = false;
    for (const char *at = json; *at != '\0'; at++) {
        if (*at == '"')
            inside = !inside;
        if (inside && *at == '\\' && at[1] != '\0')
            builder_add_character(&b, *at++);
        if (inside || strchr(" \t\r\n", *at) == NULL)
            builder_add_character(&b, *at);
    }
    return b.bytes;
}

/* The truth value that a literal of a text stands for; NULL: none. */
static const char *default_truth_of_text(const char *value)
{
    char content[8] = "";
    size_t length = strlen(value);
    if (length < 3 || length - 2 >= sizeof content || value[0] != '\'' || value[length - 1] != '\'')
        return NULL;
    memcpy(content, value + 1, length - 2);
    bool truth = false;
    return !text_truth(content, &truth) ? NULL : truth ? "true" : "false";
}

const char *default_in_type(const char *value, migen_type from, migen_type to)
{
    bool was_bool = from.kind == MIGEN_TYPE_BOOL && !from.array,
         is_bool = to.kind == MIGEN_TYPE_BOOL && !to.array;
    if (value == NULL || was_bool == is_bool)
        return value;
    bool is_true = text_equal_word(value, "true"), is_false = text_equal_word(value, "false");
    if (was_bool && default_type_is_number(to))
        return is_true ? "1" : is_false ? "0" : value;
    if (was_bool && default_type_is_text(to))
        return is_true ? "'true'" : is_false ? "'false'" : value;
    if (is_bool && default_type_is_number(from))
        return text_equal(value, "1") ? "true" : text_equal(value, "0") ? "false" : value;
    const char *truth = is_bool && default_type_is_text(from) ? default_truth_of_text(value) : NULL;
    return truth == NULL ? value : truth;
}

static default_verdict default_compare_literals(arena *a, migen_type type, const char *wanted,
                                                const char *found)
{
    bool wanted_truth, found_truth;
    if (type.kind == MIGEN_TYPE_BOOL && !type.array && text_truth(wanted, &wanted_truth) &&
        text_truth(found, &found_truth))
        return wanted_truth == found_truth ? DEFAULT_SAME : DEFAULT_DIFFERENT;
    if (default_type_is_text(type))
        return text_equal(wanted, found) ? DEFAULT_SAME : DEFAULT_DIFFERENT;
    if (default_is_number(wanted) && default_is_number(found) && default_numbers_equal(a, wanted, found))
        return DEFAULT_SAME;
    if (default_type_is_number(type))
        return default_is_number(wanted) && default_is_number(found) ? DEFAULT_DIFFERENT : DEFAULT_UNDECIDED;
    if (type.kind == MIGEN_TYPE_JSON || type.kind == MIGEN_TYPE_JSONB)
        if (text_equal(default_plain_json(a, wanted), default_plain_json(a, found)))
            return DEFAULT_SAME;
    return DEFAULT_UNDECIDED;
}

default_verdict default_compare(arena *a, migen_engine engine, migen_type type, const char *wanted,
                                const char *found)
{
    const char *x = default_normal(a, engine, type, wanted);
    const char *y = default_normal(a, engine, type, found);
    if (x == NULL || y == NULL)
        return x == y ? DEFAULT_SAME : DEFAULT_DIFFERENT;
    if (text_equal(x, y) || sql_same_expression(x, y, engine))
        return DEFAULT_SAME;
    if (engine == MIGEN_SQLITE && text_equal(x, "uuid()"))
        return strstr(text_lower(a, y), "randomblob") != NULL ? DEFAULT_SAME : DEFAULT_DIFFERENT;
    if (engine == MIGEN_SQLITE && text_equal(x, "now()") && default_type_is_time(type))
        return sql_same(y, "(datetime('now'))", engine) ? DEFAULT_SAME : DEFAULT_DIFFERENT;
    const char *wanted_content = default_content(a, x);
    const char *found_content = default_content(a, y);
    default_verdict verdict = DEFAULT_UNDECIDED;
    if (wanted_content != NULL && found_content != NULL)
        verdict = default_compare_literals(a, type, wanted_content, found_content);
    return verdict == DEFAULT_UNDECIDED && engine == MIGEN_SQLITE ? DEFAULT_DIFFERENT : verdict;
}

char *default_to_postgres(arena *a, const char *value)
{
    sql_writer w = sql_new(a);
    if (text_equal_word(value, "uuid()"))
        sql_words(&w, "gen_random_uuid()");
    else if (default_is_hex(view_of(value)))
        sql_string(&w, arena_format(a, "\\x%s", arena_copy(a, value + 2, strlen(value) - 3)));
    else
        sql_expression(&w, value);
    return sql_text(&w);
}

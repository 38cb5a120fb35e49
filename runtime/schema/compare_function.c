/*
 * compare_function.c: functions: their bodies, languages and properties, however the statement was written.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <stdlib.h>

/* One SET of a function. Without a value: what FROM CURRENT found when it was made, which may be anything. */
typedef struct compare_setting {
    const char *name, *value;
} compare_setting;
typedef VECTOR(compare_setting) compare_settings;

typedef struct compare_function_parts {
    const char *language;
    const char *body; /* of AS '…', without white space at its ends; two strings with a comma between them */
    const char *sql_body; /* BEGIN ATOMIC … or RETURN …, in the text: the server prints it in its own words */
    const char *volatility, *parallel;
    const char *cost, *rows; /* NULL: the server's own guess */
    bool strict, definer, leakproof;
    compare_settings settings;
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

/* What the words that have a spelling of their own set: SET TIME ZONE, SCHEMA, NAMES, SESSION AUTHORIZATION, XML OPTION. Any other
 * name is what it is, and has TO or = behind it. *at: its first token, then that of the value. */
static const char *compare_setting_name(arena *a, const compare_tokens *tokens, size_t *at)
{
    static const struct {
        const char *word, *second, *name;
    } own[] = {{"time", "zone", "timezone"},       {"session", "authorization", "session_authorization"},
               {"xml", "option", "xmloption"},     {"schema", NULL, "search_path"},
               {"names", NULL, "client_encoding"}, {"role", NULL, "role"}};
    size_t i = *at;
    bool given = compare_word_at(tokens, i + 1, "to") || compare_word_at(tokens, i + 1, "=");
    for (size_t k = 0; !given && k < sizeof own / sizeof *own; k++)
        if (compare_word_at(tokens, i, own[k].word) &&
            (own[k].second == NULL || compare_word_at(tokens, i + 1, own[k].second))) {
            *at = i + (own[k].second != NULL ? 2 : 1);
            return own[k].name;
        }
    builder name = builder_new(a);
    builder_add(&name, sql_token_value(a, tokens->items[i++]));
    for (; i + 1 < tokens->count && compare_word_at(tokens, i, "."); i += 2)
        builder_add_format(&name, ".%s", sql_token_value(a, tokens->items[i + 1]));
    if (compare_word_at(tokens, i, "to") || compare_word_at(tokens, i, "="))
        i++;
    *at = i;
    return text_lower(a, name.bytes); /* the server prints "TimeZone" */
}

/* The names whose values the server keeps apart from one another. 'a, b' of any other setting is the same as a, b. */
static bool compare_setting_is_list(const char *name)
{
    return text_has_word("search_path temp_tablespaces local_preload_libraries session_preload_libraries "
                         "shared_preload_libraries unix_socket_directories",
                         ' ', name);
}

/* The values from *at on, which is moved to the last token of them. */
static const char *compare_setting_value(arena *a, const compare_tokens *tokens, const char *name, size_t *at)
{
    const char *between = compare_setting_is_list(name) ? "\n" : ", ";
    builder value = builder_new(a);
    size_t i = *at;
    while (i < tokens->count) {
        bool sign = compare_word_at(tokens, i, "-") || compare_word_at(tokens, i, "+");
        if (sign && compare_word_at(tokens, i, "-"))
            builder_add(&value, "-");
        if (sign && i + 1 < tokens->count)
            i++;
        builder_add(&value, sql_token_value(a, tokens->items[i]));
        if (!compare_word_at(tokens, i + 1, ",") || i + 2 >= tokens->count)
            break;
        builder_add(&value, between);
        i += 2;
    }
    *at = i;
    return value.bytes;
}

static void compare_setting_forget(compare_settings *settings, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < settings->count; i++)
        if (name != NULL && !text_equal(settings->items[i].name, name))
            settings->items[kept++] = settings->items[i];
    settings->count = kept;
}

/* SET … or RESET … from token `at` on; its last token. */
static size_t compare_function_read_setting(arena *a, const compare_tokens *tokens, size_t at,
                                            compare_settings *settings)
{
    bool reset = compare_word_at(tokens, at, "reset");
    size_t i = at + 1;
    if (i >= tokens->count)
        return at;
    const char *name = compare_setting_name(a, tokens, &i);
    compare_setting_forget(settings, reset && text_equal(name, "all") ? NULL : name);
    if (reset)
        return i - 1;
    compare_setting s = {.name = name};
    if (compare_word_at(tokens, i, "from") || compare_word_at(tokens, i, "interval"))
        i++;
    else if (compare_word_at(tokens, i, "default") || compare_word_at(tokens, i, "local"))
        return i;
    else
        s.value = compare_setting_value(a, tokens, name, &i);
    vector_push(a, settings, s);
    return i;
}

static bool compare_settings_same(const compare_settings *wanted, const compare_settings *found)
{
    if (wanted->count != found->count)
        return false;
    for (size_t i = 0; i < wanted->count; i++) {
        const compare_setting *w = &wanted->items[i], *f = NULL;
        for (size_t k = 0; k < found->count; k++)
            if (text_equal(w->name, found->items[k].name))
                f = &found->items[k];
        if (f == NULL || (w->value != NULL && f->value != NULL && !text_equal(w->value, f->value)))
            return false;
    }
    return true;
}

/* COST and ROWS, where they are not what the server takes by itself, which it does not print. */
static const char *compare_function_guess(const char *number, double usual)
{
    return number == NULL || strtod(number, NULL) == usual ? NULL : number;
}

static void compare_function_settle_guesses(compare_function_parts *parts)
{
    bool native = text_equal(parts->language, "c") || text_equal(parts->language, "internal");
    parts->cost = compare_function_guess(parts->cost, native ? 1 : 100);
    parts->rows = compare_function_guess(parts->rows, 1000);
}

static bool compare_guess_same(const char *wanted, const char *found)
{
    return (wanted == NULL) == (found == NULL) &&
           (wanted == NULL || strtod(wanted, NULL) == strtod(found, NULL));
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
    else if (sql_token_is(t, "cost") && i + 1 < tokens->count)
        parts->cost = sql_token_value(a, tokens->items[i + 1]);
    else if (sql_token_is(t, "rows") && i + 1 < tokens->count)
        parts->rows = sql_token_value(a, tokens->items[i + 1]);
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
                parts.sql_body = t.text.bytes;
                break;
            }
            if (sql_token_is(t, "set") || sql_token_is(t, "reset"))
                i = compare_function_read_setting(a, &tokens, i, &parts.settings);
            else
                compare_function_read_word(a, &tokens, i, &parts);
        }
    }
    compare_function_settle_guesses(&parts);
    return parts;
}

const char *function_parsed_body(arena *a, const char *sql)
{
    return compare_function_read(a, sql).sql_body;
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
        w.leakproof != f.leakproof || !compare_guess_same(w.cost, f.cost) ||
        !compare_guess_same(w.rows, f.rows) || !compare_settings_same(&w.settings, &f.settings) ||
        compare_result_differs(a, wanted, found) || compare_arguments(a, wanted, found) != ARGUMENTS_SAME)
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

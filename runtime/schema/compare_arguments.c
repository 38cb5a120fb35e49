/*
 * compare_arguments.c: which of several functions of one name: the types of its arguments, as PostgreSQL prints them.
 *
 * Idea       The types are said behind the name, or stand in the CREATE FUNCTION, with names, modes and defaults that make no
 *            other function. What the result alone has (OUT) does not count.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <string.h>

/* One word of an argument's type, as PostgreSQL prints it. */
static const char *arguments_type_word(arena *a, view word)
{
    static const char *const names[][2] = {
        {"int", "integer"},
        {"int4", "integer"},
        {"int8", "bigint"},
        {"int2", "smallint"},
        {"bool", "boolean"},
        {"varchar", "character varying"},
        {"char", "character"},
        {"decimal", "numeric"},
        {"float8", "double precision"},
        {"float4", "real"},
        {"float", "double precision"},
        {"timestamptz", "timestamp with time zone"},
        {"timetz", "time with time zone"},
        {"varbit", "bit varying"},
        {"dec", "numeric"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (view_is_word(word, names[i][0]))
            return names[i][1];
    return text_lower(a, arena_copy(a, word.bytes, word.length));
}

/* Whether two words are the beginning of one type's name, so that the first is not the argument's own. */
static bool arguments_one_type(sql_token first, sql_token second)
{
    static const char *const pairs[][2] = {
        {"double", "precision"}, {"character", "varying"}, {"char", "varying"}, {"bit", "varying"},
        {"timestamp", "with"},   {"timestamp", "without"}, {"time", "with"},    {"time", "without"},
        {"national", "char"},    {"national", "character"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (sql_token_is(first, pairs[i][0]) && sql_token_is(second, pairs[i][1]))
            return true;
    return false;
}

/* The type's text out of tokens [at, end): no lengths, no schema that is always there, the server's words. */
static void arguments_add_type(arena *a, const compare_tokens *tokens, size_t at, size_t end, builder *b)
{
    int depth = 0;
    for (size_t i = at; i < end; i++) {
        const sql_token t = tokens->items[i];
        if (view_is(t.text, "("))
            depth++;
        if (view_is(t.text, "(") || depth > 0) {
            depth -= view_is(t.text, ")") ? 1 : 0;
            continue;
        }
        bool is_schema = HAS_POSTGRES && i + 1 < end && view_is(tokens->items[i + 1].text, ".") &&
                         (sql_token_is(t, "public") || sql_token_is(t, "pg_catalog"));
        if (is_schema || (sql_token_is(t, "without") && compare_word_at(tokens, i + 2, "zone"))) {
            i += is_schema ? 1 : 2;
            continue;
        }
        bool bare = t.kind == TOKEN_QUOTED_NAME && name_is_bare(sql_token_value(a, t));
        builder_add(b, t.kind == TOKEN_WORD ? arguments_type_word(a, t.text)
                       : bare               ? sql_token_value(a, t)
                                            : arena_copy(a, t.text.bytes, t.text.length));
        builder_add_character(b, ' ');
    }
}

/* One argument: [mode] [name] type [default]. False: it belongs to the result. */
static bool arguments_add(arena *a, const compare_tokens *tokens, size_t at, size_t end, builder *b)
{
    int depth = 0;
    for (size_t i = at; i < end; i++) { /* what stands behind DEFAULT or = */
        depth += view_is(tokens->items[i].text, "(") ? 1 : view_is(tokens->items[i].text, ")") ? -1 : 0;
        if (depth == 0 && (sql_token_is(tokens->items[i], "default") || view_is(tokens->items[i].text, "=") ||
                           view_is(tokens->items[i].text, ":=")))
            end = i;
    }
    if (at + 1 < end && sql_token_is(tokens->items[at], "out"))
        return false;
    if (at + 1 < end && (sql_token_is(tokens->items[at], "in") || sql_token_is(tokens->items[at], "inout") ||
                         sql_token_is(tokens->items[at], "variadic")))
        at++;
    bool two = at + 1 < end &&
               (tokens->items[at + 1].kind == TOKEN_WORD || tokens->items[at + 1].kind == TOKEN_QUOTED_NAME);
    if (two && !arguments_one_type(tokens->items[at], tokens->items[at + 1]) &&
        !sql_token_is(tokens->items[at + 1], "array"))
        at++; /* its name */
    arguments_add_type(a, tokens, at, end, b);
    return true;
}

/* The bracket list that begins at the first "(", as "integer , text "; NULL when there is none. */
static char *arguments_of(arena *a, const char *text)
{
    compare_tokens tokens = compare_tokens_of(a, text, MIGEN_POSTGRES);
    builder b = builder_new(a);
    size_t at = 0;
    while (at < tokens.count && !view_is(tokens.items[at].text, "(") && !view_is(tokens.items[at].text, "()"))
        at++;
    if (at == tokens.count)
        return NULL;
    if (view_is(tokens.items[at].text, "()"))
        return arena_string(a, "");
    int depth = 0;
    size_t begin = ++at;
    bool first = true;
    for (; at < tokens.count; at++) {
        view t = tokens.items[at].text;
        bool ends = depth == 0 && (view_is(t, ",") || view_is(t, ")"));
        depth += view_is(t, "(") ? 1 : view_is(t, ")") ? -1 : 0;
        if (!ends)
            continue;
        builder one = builder_new(a);
        if (at > begin && arguments_add(a, &tokens, begin, at, &one)) {
            builder_add(&b, first ? "" : ", ");
            builder_add(&b, text_trim(a, one.bytes));
            first = false;
        }
        if (view_is(t, ")"))
            break;
        begin = at + 1;
    }
    return b.bytes == NULL ? arena_string(a, "") : b.bytes;
}

const char *function_arguments(arena *a, const char *arguments, const char *sql)
{
    if (arguments == NULL && sql == NULL)
        return NULL;
    char *list = arguments_of(a, arguments != NULL ? arguments : sql);
    return list == NULL ? NULL : arena_format(a, "(%s)", list);
}

/* Whether a word begins what stands behind the result's type. */
static bool result_ends(sql_token t)
{
    static const char *const words[] = {"language", "as",    "immutable", "stable",   "volatile", "strict",
                                        "called",   "not",   "leakproof", "security", "external", "cost",
                                        "rows",     "set",   "parallel",  "window",   "support",  "transform",
                                        "return",   "begin", "returns"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (sql_token_is(t, words[i]))
            return true;
    return false;
}

/* The tokens of the result's type, without schemas. None: it says no type, or one that the server writes in another way. */
static compare_tokens result_tokens(arena *a, const char *sql)
{
    compare_tokens all = compare_tokens_of(a, sql, MIGEN_POSTGRES), result = {0}, none = {0};
    int depth = 0;
    bool inside = false;
    for (size_t i = 0; i < all.count; i++) {
        const sql_token t = all.items[i];
        if (depth == 0 && inside && (t.kind == TOKEN_END || result_ends(t)))
            break;
        depth += view_is(t.text, "(") ? 1 : view_is(t.text, ")") ? -1 : 0;
        if (view_is(t.text, "%") || (inside && (sql_token_is(t, "array") || sql_token_is(t, "national"))) ||
            (inside && sql_token_is(t, "float") && i + 1 < all.count &&
             view_is(all.items[i + 1].text, "(")) ||
            (inside && view_is(t.text, "[") && i + 1 < all.count && all.items[i + 1].kind == TOKEN_NUMBER))
            return none;
        if (inside && i + 1 < all.count && view_is(all.items[i + 1].text, "."))
            i++;
        else if (inside)
            vector_push(a, &result, t);
        inside =
            inside || (depth == 0 && sql_token_is(t, "returns") && !compare_word_at(&all, i + 1, "null"));
    }
    return result;
}

const char *function_result(arena *a, const char *sql)
{
    compare_tokens tokens = result_tokens(a, sql);
    if (tokens.count == 0)
        return NULL;
    builder b = builder_new(a);
    if (!sql_token_is(tokens.items[0], "table")) {
        arguments_add_type(a, &tokens, 0, tokens.count, &b);
        return text_trim(a, b.bytes);
    }
    builder_add(&b, "table");
    int depth = 0;
    size_t begin = 2;
    for (size_t i = 2; i < tokens.count; i++) { /* each column: its name, and its type */
        view t = tokens.items[i].text;
        bool ends = depth == 0 && (view_is(t, ",") || view_is(t, ")"));
        depth += view_is(t, "(") ? 1 : view_is(t, ")") ? -1 : 0;
        if (!ends)
            continue;
        builder_add(&b, begin == 2 ? " (" : ", ");
        builder_add(&b, sql_token_value(a, tokens.items[begin]));
        builder_add(&b, " ");
        arguments_add_type(a, &tokens, begin + 1, i, &b);
        begin = i + 1;
    }
    return text_trim(a, b.bytes);
}

schema_function *schema_find_overload(const schema *s, const char *object, const char *arguments)
{
    if (object == NULL)
        return NULL;
    arena *scratch = arena_new();
    const char *name = name_text(scratch, name_parse(scratch, object));
    const char *wanted = function_arguments(scratch, arguments, NULL);
    schema_function *found = NULL;
    for (size_t i = 0; i < s->functions.count && found == NULL; i++) {
        schema_function *f = s->functions.entries[i].value;
        if (s->functions.entries[i].removed || !text_equal(name_text(scratch, f->name), name))
            continue;
        const char *there = function_arguments(scratch, f->arguments, f->sql);
        if (wanted == NULL || there == NULL || text_equal(wanted, there))
            found = f;
    }
    arena_free(scratch);
    return found;
}

size_t schema_count_overloads(const schema *s, const char *object)
{
    arena *scratch = arena_new();
    const char *name = name_text(scratch, name_parse(scratch, object));
    size_t count = 0;
    for (size_t i = 0; i < s->functions.count; i++) {
        const schema_function *f = s->functions.entries[i].value;
        if (!s->functions.entries[i].removed && text_equal(name_text(scratch, f->name), name))
            count++;
    }
    arena_free(scratch);
    return count;
}

bool schema_answers(const schema *s, const migen_step *step)
{
    if (step->kind == MIGEN_KIND_FUNCTION)
        return schema_find_overload(s, step->object, step->arguments) != NULL;
    return schema_has(s, step->kind, step->object, step->part);
}

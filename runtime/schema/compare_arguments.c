/*
 * compare_arguments.c: which of several functions of one name: the types of its arguments, as PostgreSQL prints them.
 *
 * Idea       The types are said behind the name, or stand in the CREATE FUNCTION, with names, modes and defaults that make no
 *            other function. What the result alone has (OUT) does not count.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <stdlib.h>
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
        {"bpchar", "character"},
        {"nchar", "character"},
        {"bytes", "bytea"}, /* the language's own word, as double is */
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
        {"double", "precision"}, {"character", "varying"},  {"char", "varying"},    {"bit", "varying"},
        {"timestamp", "with"},   {"timestamp", "without"},  {"time", "with"},       {"time", "without"},
        {"national", "char"},    {"national", "character"}, {"interval", "year"},   {"interval", "month"},
        {"interval", "day"},     {"interval", "hour"},      {"interval", "minute"}, {"interval", "second"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (sql_token_is(first, pairs[i][0]) && sql_token_is(second, pairs[i][1]))
            return true;
    return false;
}

/* The word at token i of a type that ends at end; NULL for one that the server does not print. */
static const char *arguments_word_at(arena *a, const compare_tokens *tokens, size_t i, size_t end)
{
    const sql_token t = tokens->items[i];
    if (t.kind == TOKEN_QUOTED_NAME) { /* "char" is another type than char */
        const char *name = sql_token_value(a, t);
        bool bare = name_is_bare(name) && !text_equal(name, "double") &&
                    text_equal(arguments_type_word(a, view_of(name)), name);
        return bare ? name : arena_copy(a, t.text.bytes, t.text.length);
    }
    if (t.kind != TOKEN_WORD)
        return arena_copy(a, t.text.bytes, t.text.length);
    if (sql_token_is(t, "national") && i + 1 < end)
        return NULL;
    if (sql_token_is(t, "double") && !(i + 1 < end && sql_token_is(tokens->items[i + 1], "precision")))
        return "double precision";
    if (sql_token_is(t, "float") && i + 2 < end && view_is(tokens->items[i + 1].text, "(") &&
        strtol(tokens->items[i + 2].text.bytes, NULL, 10) <= 24)
        return "real";
    return arguments_type_word(a, t.text);
}

/* The type's text out of tokens [at, end): no lengths, no schema that is always there, the server's words. */
static void arguments_add_type(arena *a, const compare_tokens *tokens, size_t at, size_t end, builder *b)
{
    int depth = 0;
    bool interval = false;
    for (size_t i = at; i < end; i++) {
        const sql_token t = tokens->items[i];
        if (view_is(t.text, "("))
            depth++;
        if (view_is(t.text, "(") || depth > 0) {
            depth -= view_is(t.text, ")") ? 1 : 0;
            continue;
        }
        if (i > at && (view_is(t.text, "[") || view_is(t.text, "[]") || sql_token_is(t, "array"))) {
            builder_add(b, "[ ] "); /* of how many dimensions and elements ever */
            return;
        }
        bool is_schema = HAS_POSTGRES && i + 1 < end && view_is(tokens->items[i + 1].text, ".") &&
                         (sql_token_is(t, "public") || sql_token_is(t, "pg_catalog"));
        if (is_schema || (sql_token_is(t, "without") && compare_word_at(tokens, i + 2, "zone"))) {
            i += is_schema ? 1 : 2;
            continue;
        }
        const char *word = interval ? NULL : arguments_word_at(a, tokens, i, end); /* no DAY TO SECOND */
        interval = interval || sql_token_is(t, "interval");
        if (word == NULL)
            continue;
        builder_add(b, word);
        builder_add_character(b, ' ');
    }
}

/* One argument of a list. */
typedef struct function_argument {
    bool in, out;
    const char *name, *type, *default_value; /* NULL: none */
} function_argument;

typedef VECTOR(function_argument) function_argument_list;

/* in, out, inout or variadic at token i, where something stands behind it. */
static bool argument_mode(const compare_tokens *tokens, size_t i, size_t end, function_argument *argument)
{
    static const char *const words[] = {"in", "variadic", "inout", "out"};
    for (size_t k = 0; i + 1 < end && k < sizeof words / sizeof *words; k++)
        if (sql_token_is(tokens->items[i], words[k])) {
            argument->in = k < 3;
            argument->out = k >= 2;
            return true;
        }
    return false;
}

/* [mode] [name] type [default], or name mode type */
static function_argument argument_read(arena *a, const compare_tokens *tokens, size_t at, size_t end)
{
    function_argument argument = {.in = true};
    int depth = 0;
    for (size_t i = at; i < end; i++) { /* what stands behind DEFAULT or = */
        view t = tokens->items[i].text;
        depth += view_is(t, "(") ? 1 : view_is(t, ")") ? -1 : 0;
        bool is_default =
            depth == 0 && (sql_token_is(tokens->items[i], "default") || view_is(t, "=") || view_is(t, ":="));
        if (is_default && i + 1 < end) {
            const char *begin = tokens->items[i + 1].text.bytes;
            view last = tokens->items[end - 1].text;
            argument.default_value = arena_copy(a, begin, (size_t)(last.bytes + last.length - begin));
        }
        if (is_default)
            end = i;
    }
    if (argument_mode(tokens, at, end, &argument))
        at++;
    bool two = at + 1 < end &&
               (tokens->items[at + 1].kind == TOKEN_WORD || tokens->items[at + 1].kind == TOKEN_QUOTED_NAME);
    if (two && !arguments_one_type(tokens->items[at], tokens->items[at + 1]) &&
        !sql_token_is(tokens->items[at + 1], "array")) {
        const char *name = sql_token_value(a, tokens->items[at]);
        argument.name = tokens->items[at].kind == TOKEN_WORD ? text_lower(a, name) : name;
        at++;
        if (argument_mode(tokens, at, end, &argument))
            at++;
    }
    builder b = builder_new(a);
    arguments_add_type(a, tokens, at, end, &b);
    argument.type = text_trim(a, b.bytes == NULL ? "" : b.bytes);
    return argument;
}

/* The bracket list that begins at the first "(". False when there is none. */
static bool arguments_read(arena *a, const char *text, function_argument_list *out)
{
    compare_tokens tokens = compare_tokens_of(a, text, MIGEN_POSTGRES);
    size_t at = 0;
    while (at < tokens.count && !view_is(tokens.items[at].text, "(") && !view_is(tokens.items[at].text, "()"))
        at++;
    if (at == tokens.count)
        return false;
    if (view_is(tokens.items[at].text, "()"))
        return true;
    int depth = 0;
    size_t begin = ++at;
    for (; at < tokens.count; at++) {
        view t = tokens.items[at].text;
        bool ends = depth == 0 && (view_is(t, ",") || view_is(t, ")"));
        depth += view_is(t, "(") ? 1 : view_is(t, ")") ? -1 : 0;
        if (!ends)
            continue;
        if (at > begin)
            vector_push(a, out, argument_read(a, &tokens, begin, at));
        if (view_is(t, ")"))
            break;
        begin = at + 1;
    }
    return true;
}

/* "integer, text": of those that are put in; NULL when there is no list. */
static char *arguments_of(arena *a, const char *text)
{
    function_argument_list list = {0};
    if (!arguments_read(a, text, &list))
        return NULL;
    builder b = builder_new(a);
    bool first = true;
    for (size_t i = 0; i < list.count; i++) {
        if (!list.items[i].in)
            continue;
        builder_add(&b, first ? "" : ", ");
        builder_add(&b, list.items[i].type);
        first = false;
    }
    return b.bytes == NULL ? arena_string(a, "") : b.bytes;
}

/* Types that the server writes in other words. */
static bool argument_type_differs(const function_argument *wanted, const function_argument *found)
{
    static const char *const words[] = {"%", "array", "national", "float", "interval ", ".", "[", NULL};
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(wanted->type, words[i]) != NULL)
            return false;
    return !text_equal(wanted->type, found->type);
}

/* What comes out: of several, each has a name of the row that they are. */
static bool arguments_out_differ(arena *a, const function_argument_list *wanted,
                                 const function_argument_list *found)
{
    function_argument_list out[2] = {0};
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->items[i].out)
            vector_push(a, &out[0], wanted->items[i]);
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].out)
            vector_push(a, &out[1], found->items[i]);
    if (out[0].count != out[1].count)
        return true;
    for (size_t i = 0; i < out[0].count; i++)
        if (argument_type_differs(&out[0].items[i], &out[1].items[i]) ||
            (out[0].count > 1 && !text_equal(out[0].items[i].name, out[1].items[i].name)))
            return true;
    return false;
}

/* Only a plain number or word is told from another: the server prints its own words for the rest. */
static bool argument_default_differs(arena *a, const char *wanted, const char *found)
{
    compare_tokens w = compare_tokens_of(a, wanted, MIGEN_POSTGRES),
                   f = compare_tokens_of(a, found, MIGEN_POSTGRES);
    if (w.count == 0 || f.count == 0 || (w.count > 1 && w.items[1].kind != TOKEN_END))
        return false;
    bool plain = sql_token_is(w.items[0], "true") || sql_token_is(w.items[0], "false") ||
                 sql_token_is(w.items[0], "null") ||
                 strspn(w.items[0].text.bytes, "0123456789") == w.items[0].text.length;
    bool cast = f.count == 1 || f.items[1].kind == TOKEN_END || view_is(f.items[1].text, "::");
    return plain && cast &&
           !text_equal(text_lower(a, sql_token_value(a, w.items[0])),
                       text_lower(a, sql_token_value(a, f.items[0])));
}

argument_difference compare_arguments(arena *a, const char *wanted, const char *found)
{
    function_argument_list w = {0}, f = {0};
    if (!arguments_read(a, wanted, &w) || !arguments_read(a, found, &f))
        return ARGUMENTS_SAME;
    if (arguments_out_differ(a, &w, &f))
        return ARGUMENTS_REFUSED;
    bool differ = false;
    for (size_t i = 0, k = 0; i < w.count; i++) {
        if (!w.items[i].in)
            continue;
        while (k < f.count && !f.items[k].in)
            k++;
        if (k == f.count)
            break; /* another function */
        const function_argument *x = &w.items[i], *y = &f.items[k++];
        if ((y->name != NULL && !text_equal(x->name, y->name)) ||
            (y->default_value != NULL && x->default_value == NULL))
            return ARGUMENTS_REFUSED;
        differ =
            differ || !text_equal(x->name, y->name) ||
            (x->default_value != NULL &&
             (y->default_value == NULL || argument_default_differs(a, x->default_value, y->default_value)));
    }
    return differ ? ARGUMENTS_DIFFER : ARGUMENTS_SAME;
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

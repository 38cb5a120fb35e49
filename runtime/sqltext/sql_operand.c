#include "sql_expression.h"

#include "name.h"
#include "sql_reserved.h"

#include <string.h>

/* The operands of an expression: literals, names, calls, CASE, and types behind casts. */

static same_node *operand_string(same_parser *p, sql_token t)
{
    const char *value = sql_token_value(p->memory, t);
    char first = (char)(t.text.bytes[0] | 0x20);
    if (first == 'x' || first == 'b')
        return same_make(p, SAME_OTHER,
                         text_lower(p->memory, arena_copy(p->memory, t.text.bytes, t.text.length)));
    if (memchr(t.text.bytes, '\0', t.text.length) != NULL)
        return same_fail(p);
    same_node *node = same_make(p, SAME_STRING, text_quoted(p->memory, value));
    node->value = value;
    return node;
}

static bool operand_is_integer(const char *text)
{
    text += *text == '-' ? 1 : 0;
    return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool operand_is_number(const char *text)
{
    text += *text == '-' ? 1 : 0;
    size_t whole = strspn(text, "0123456789");
    text += whole;
    size_t fraction = *text == '.' ? strspn(text + 1, "0123456789") : 0;
    text += *text == '.' ? fraction + 1 : 0;
    return *text == '\0' && whole + fraction > 0;
}

static bool operand_is_one_of(const char *text, const char *const *list)
{
    return list_contains(list, text);
}

static bool operand_is_numeric_type(const char *type, bool *whole)
{
    static const char *const wholes[] = {"smallint", "integer", "bigint", NULL};
    static const char *const others[] = {"numeric", "real", "double precision", NULL};
    *whole = operand_is_one_of(type, wholes);
    return *whole || operand_is_one_of(type, others);
}

static bool operand_is_text_type(const char *type)
{
    static const char *const texts[] = {"text", "character varying", "bpchar", NULL};
    return operand_is_one_of(type, texts);
}

/* A string literal behind which its type stood: 't'::boolean, '-1'::integer, 'x'::text. NULL when the cast
 * matters. */
static same_node *operand_cast_string(same_parser *p, const same_node *node, const char *type)
{
    static const char *const yes[] = {"t", "true", NULL};
    static const char *const no[] = {"f", "false", NULL};
    bool whole;
    same_node *cast;
    if (strcmp(type, "boolean") == 0 && operand_is_one_of(node->value, yes))
        return same_make(p, SAME_LITERAL, "true");
    if (strcmp(type, "boolean") == 0 && operand_is_one_of(node->value, no))
        return same_make(p, SAME_LITERAL, "false");
    if (operand_is_numeric_type(type, &whole)) {
        if (whole ? !operand_is_integer(node->value) : !operand_is_number(node->value))
            return NULL;
        cast = same_make(p, SAME_NUMBER, node->value);
    } else {
        /* a cast that would cut off a time of day, or a name's end, is none to take off */
        if ((strcmp(type, "date") == 0 && strlen(node->value) > 10) || strcmp(type, "character") == 0 ||
            strcmp(type, "name") == 0)
            return NULL;
        cast = same_make(p, SAME_STRING, node->text);
        cast->value = node->value;
    }
    cast->cast = type;
    return cast;
}

/* What is left when the cast says nothing new; NULL when it does. */
static same_node *operand_without_cast(same_parser *p, same_node *node, const char *type)
{
    bool whole;
    if (node->kind == SAME_STRING)
        return operand_cast_string(p, node, type);
    if (node->kind == SAME_NUMBER) {
        if (!operand_is_numeric_type(type, &whole) || (whole && !operand_is_integer(node->text)))
            return NULL;
        same_node *cast = same_make(p, SAME_NUMBER, node->text);
        cast->cast = type;
        return cast;
    }
    if (node->kind == SAME_LITERAL)
        return strcmp(node->text, "null") == 0 || strcmp(type, "boolean") == 0 ? node : NULL;
    if (node->kind == SAME_NAME)
        return operand_is_text_type(type) ? node : NULL;
    if (node->kind == SAME_ARRAY) {
        bool literals = true;
        for (size_t i = 0; i < node->parts.count; i++)
            literals = literals && node->parts.items[i]->kind == SAME_STRING;
        bool texts = strcmp(type, "text[]") == 0 || strcmp(type, "character varying[]") == 0;
        return literals && texts ? node : NULL;
    }
    return NULL;
}

same_node *same_cast_to(same_parser *p, same_node *node, const char *type, bool modified)
{
    /* SQLite's casts convert: they always count */
    if (p->engine == MIGEN_POSTGRES && !modified) {
        same_node *bare = operand_without_cast(p, node, type);
        if (bare != NULL)
            return bare;
    }
    return same_make(p, SAME_OTHER, SAME_JOIN(p, "cast(", same_text(p, node), " as ", type, ")"));
}

/* The type's name as PostgreSQL prints it. */
static const char *operand_type_alias(const char *word)
{
    static const char *const aliases[][2] = {{"int2", "smallint"},
                                             {"int4", "integer"},
                                             {"int", "integer"},
                                             {"int8", "bigint"},
                                             {"bool", "boolean"},
                                             {"float4", "real"},
                                             {"float8", "double precision"},
                                             {"float", "double precision"},
                                             {"decimal", "numeric"},
                                             {"varchar", "character varying"},
                                             {"char", "character"},
                                             {"timestamptz", "timestamp with time zone"},
                                             {"timestamp", "timestamp without time zone"},
                                             {"timetz", "time with time zone"},
                                             {"time", "time without time zone"}};
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(word, aliases[i][0]) == 0)
            return aliases[i][1];
    return word;
}

static const char *operand_type_name(same_parser *p)
{
    builder name = builder_new(p->memory);
    bool quoted = false;
    do {
        sql_token t = p->tokens.items[p->at];
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED_NAME) {
            p->failed = true;
            return "";
        }
        p->at++;
        quoted = quoted || t.kind == TOKEN_QUOTED_NAME;
        builder_add(&name, name.length == 0 ? "" : ".");
        builder_add(&name, t.kind == TOKEN_WORD ? sql_token_value(p->memory, t)
                                                : name_part_text(p->memory, sql_token_value(p->memory, t)));
    } while (same_take(p, "."));
    if (quoted)
        return SAME_JOIN(p, "\"", name.bytes, "\""); /* "char" is not char */
    if (strcmp(name.bytes, "double") == 0)
        return same_take(p, "precision") ? "double precision" : name.bytes;
    if ((strcmp(name.bytes, "character") == 0 || strcmp(name.bytes, "char") == 0) && same_take(p, "varying"))
        return "character varying";
    return p->engine == MIGEN_SQLITE ? name.bytes : operand_type_alias(name.bytes);
}

same_node *same_cast(same_parser *p, same_node *node)
{
    const char *type = operand_type_name(p);
    bool modified = false;
    if (same_take(p, "(")) {
        same_nodes numbers = {0};
        same_items(p, &numbers, ")");
        same_node *list = same_make(p, SAME_LIST, NULL);
        list->parts = numbers;
        type = SAME_JOIN(p, type, same_text(p, list));
        modified = true;
    }
    bool with = same_at(p, "with");
    if (text_starts_with(type, "time") && (with || same_at(p, "without"))) {
        p->at++;
        same_expect(p, "time");
        same_expect(p, "zone");
        size_t word = strcspn(type, " (");
        const char *precision = strchr(type, '(');
        type = SAME_JOIN(p, arena_copy(p->memory, type, word),
                         with ? " with time zone" : " without time zone", precision == NULL ? "" : precision);
    }
    while (same_at(p, "[") && !p->failed) {
        p->at++;
        same_expect(p, "]");
        type = SAME_JOIN(p, type, "[]");
    }
    return p->failed ? node : same_cast_to(p, node, type, modified);
}

static same_node *operand_case(same_parser *p)
{
    builder b = builder_new(p->memory);
    builder_add(&b, "case");
    if (!same_at(p, "when")) {
        builder_add(&b, " ");
        builder_add(&b, same_text(p, same_expression(p, 1)));
    }
    while (!p->failed && same_take(p, "when")) {
        builder_add(&b, " when ");
        builder_add(&b, same_text(p, same_expression(p, 1)));
        same_expect(p, "then");
        builder_add(&b, " then ");
        builder_add(&b, same_text(p, same_expression(p, 1)));
    }
    if (same_take(p, "else")) {
        const char *otherwise = same_text(p, same_expression(p, 1));
        if (strcmp(otherwise, "null") != 0) { /* which is what a CASE without ELSE gives */
            builder_add(&b, " else ");
            builder_add(&b, otherwise);
        }
    }
    same_expect(p, "end");
    builder_add(&b, " end");
    return same_make(p, SAME_OTHER, b.bytes);
}

/* PostgreSQL: TRIM(BOTH 'x' FROM y) is btrim(y, 'x'), and prints so. */
static same_node *operand_trim(same_parser *p)
{
    const char *function = "btrim(";
    if (same_take(p, "leading"))
        function = "ltrim(";
    else if (same_take(p, "trailing"))
        function = "rtrim(";
    else
        same_take(p, "both");
    const char *first = same_at(p, "from") ? NULL : same_text(p, same_expression(p, 1));
    const char *second = NULL;
    if (same_take(p, "from")) {
        second = first;
        first = same_text(p, same_expression(p, 1));
    } else if (same_take(p, ",")) {
        second = same_text(p, same_expression(p, 1));
    }
    same_expect(p, ")");
    if (second == NULL)
        return same_make(p, SAME_OTHER, SAME_JOIN(p, function, first, ")"));
    return same_make(p, SAME_OTHER, SAME_JOIN(p, function, first, ", ", second, ")"));
}

/* position(a IN b): IN is no test here, and binds its sides as one would. */
static same_node *operand_position(same_parser *p)
{
    const char *part = same_text(p, same_expression(p, SAME_LEVEL_OPERATOR));
    same_expect(p, "in");
    const char *whole = same_text(p, same_expression(p, SAME_LEVEL_OPERATOR));
    same_expect(p, ")");
    return same_make(p, SAME_OTHER, SAME_JOIN(p, "position(", part, " in ", whole, ")"));
}

/* Behind the name and the opening bracket. Some functions have words between their arguments. */
static same_node *operand_call(same_parser *p, const char *name)
{
    static const char *const between[] = {"from", "for", "placing", "using"};
    if (p->engine == MIGEN_POSTGRES && strcmp(name, "trim") == 0)
        return operand_trim(p);
    if (p->engine == MIGEN_POSTGRES && strcmp(name, "position") == 0)
        return operand_position(p);
    builder b = builder_new(p->memory);
    builder_add(&b, name);
    builder_add(&b, "(");
    if (same_take(p, "*")) {
        builder_add(&b, "*");
    } else if (!same_at(p, ")")) {
        bool more = true;
        while (more && !p->failed) {
            builder_add(&b, same_text(p, same_expression(p, 1)));
            more = same_take(p, ",");
            builder_add(&b, more ? ", " : "");
            for (size_t i = 0; i < sizeof between / sizeof *between && !more; i++) {
                more = same_take(p, between[i]);
                if (more)
                    builder_add_format(&b, " %s ", between[i]);
            }
        }
    }
    same_expect(p, ")");
    builder_add(&b, ")");
    if (strcmp(b.bytes, "now()") == 0 ||
        (p->engine == MIGEN_POSTGRES && strcmp(b.bytes, "transaction_timestamp()") == 0))
        return same_make(p, SAME_OTHER, "now()");
    return same_make(p, SAME_OTHER, b.bytes);
}

/* A quoted name whose bare word would be something else keeps its quotes. */
static const char *operand_quoted_name(same_parser *p, const char *value)
{
    static const char *const values[] = {"true", "false", "current_date", "current_time", "current_timestamp",
                                         NULL};
    if (sql_is_keyword(value, p->engine) || operand_is_one_of(value, values))
        return sql_name_text(p->memory, value);
    return name_part_text(p->memory, value);
}

/* A name, with its qualifiers, or the call of a function. */
static same_node *operand_name(same_parser *p)
{
    builder name = builder_new(p->memory);
    builder function = builder_new(p->memory);
    do {
        sql_token t = p->tokens.items[p->at];
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED_NAME)
            return same_fail(p);
        p->at++;
        const char *value = sql_token_value(p->memory, t);
        if (p->engine == MIGEN_SQLITE)
            value = text_lower(p->memory, value);
        builder_add(&name, name.length == 0 ? "" : ".");
        builder_add(&function, function.length == 0 ? "" : ".");
        builder_add(&function, name_part_text(p->memory, value));
        builder_add(&name,
                    t.kind == TOKEN_WORD ? name_part_text(p->memory, value) : operand_quoted_name(p, value));
    } while (same_take(p, "."));
    if (same_take(p, "("))
        return operand_call(p, function.bytes);
    return same_make(p, SAME_NAME, name.bytes);
}

static same_node *operand_word(same_parser *p, sql_token t)
{
    static const char *const constants[] = {"null", "true", "false", NULL};
    static const char *const values[] = {"current_date", "current_time", "current_user",
                                         "current_role", "localtime",    "localtimestamp",
                                         "session_user", "user",         NULL};
    const char *word = sql_token_value(p->memory, t);
    sql_token behind = p->tokens.items[p->at + 1];
    if (sql_token_is(behind, "(") && !sql_is_keyword(word, p->engine))
        return operand_name(p);
    p->at++;
    if (operand_is_one_of(word, constants))
        return same_make(p, SAME_LITERAL, word);
    if (strcmp(word, "case") == 0)
        return operand_case(p);
    if (strcmp(word, "cast") == 0 && same_expect(p, "(")) {
        same_node *node = same_expression(p, 1);
        same_expect(p, "as");
        node = p->failed ? node : same_cast(p, node);
        same_expect(p, ")");
        return node;
    }
    if (strcmp(word, "array") == 0 && same_expect(p, "[")) {
        same_node *array = same_make(p, SAME_ARRAY, NULL);
        if (!same_take(p, "]"))
            same_items(p, &array->parts, "]");
        return array;
    }
    bool call = sql_token_is(behind, "(");
    if (strcmp(word, "current_timestamp") == 0 && !call)
        return same_make(p, SAME_OTHER, "now()");
    p->at--;
    if (p->engine == MIGEN_POSTGRES && behind.kind == TOKEN_STRING && !sql_is_keyword(word, p->engine)) {
        p->at += 2; /* date '2020-01-01' */
        return same_cast_to(p, operand_string(p, behind), operand_type_alias(word), false);
    }
    bool sqlite_value = strcmp(word, "current_date") == 0 || strcmp(word, "current_time") == 0;
    if (!call && (p->engine == MIGEN_SQLITE ? sqlite_value : operand_is_one_of(word, values))) {
        p->at++;
        return same_make(p, SAME_OTHER, SAME_JOIN(p, word, " ")); /* no name: "user" is a column */
    }
    bool function = call && (strcmp(word, "left") == 0 || strcmp(word, "right") == 0 ||
                             operand_is_one_of(word, values) || strcmp(word, "current_timestamp") == 0 ||
                             strcmp(word, "glob") == 0 || strcmp(word, "like") == 0);
    if (!sql_is_keyword(word, p->engine) || function)
        return operand_name(p);
    return same_fail(p);
}

same_node *same_primary(same_parser *p)
{
    sql_token t = p->tokens.items[p->at];
    switch (t.kind) {
    case TOKEN_WORD:
        return operand_word(p, t);
    case TOKEN_QUOTED_NAME:
        return operand_name(p);
    case TOKEN_STRING:
        p->at++;
        return operand_string(p, t);
    case TOKEN_NUMBER:
        p->at++;
        return same_make(p, SAME_NUMBER,
                         text_lower(p->memory, arena_copy(p->memory, t.text.bytes, t.text.length)));
    case TOKEN_PARAMETER:
        p->at++;
        return same_make(p, SAME_OTHER, arena_copy(p->memory, t.text.bytes, t.text.length));
    default:
        break;
    }
    if (!same_take(p, "("))
        return same_fail(p);
    same_node *list = same_make(p, SAME_LIST, NULL);
    same_items(p, &list->parts, ")");
    return list->parts.count == 1 ? list->parts.items[0] : list;
}

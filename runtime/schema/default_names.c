/*
 * default_names.c: the names that PostgreSQL gives where the author says none.
 *
 * Idea       Its own way, so that what an ORM or a person made without names is found under the same ones:
 *            two parts and a label, cut to 63 bytes at the longer part's end, and a number behind the label until
 *            nothing else has the name.
 */
#include "operation_parts.h"
#include "schema_names.h"

#include "sql_token.h"
#include "text.h"
#include "utf8.h"

#include <string.h>

/* The longest length up to `most` that ends no character half-way. */
static size_t default_name_clip(const char *text, size_t most)
{
    size_t length = 0;
    while (length < most && text[length] != '\0') {
        size_t character = utf8_character(text + length, strlen(text + length), NULL);
        if (character == 0)
            character = 1;
        if (length + character > most)
            break;
        length += character;
    }
    return length;
}

static char *default_name_make(arena *a, const char *first, const char *second, const char *label)
{
    size_t left = strlen(first), right = second == NULL ? 0 : strlen(second);
    size_t overhead = strlen(label) + 1 + (second == NULL ? 0 : 1);
    size_t room = overhead < NAME_LONGEST ? NAME_LONGEST - overhead : 0;
    while (left + right > room) {
        if (left > right)
            left--;
        else
            right--;
    }
    builder b = builder_new(a);
    builder_add_bytes(&b, first, default_name_clip(first, left));
    if (second != NULL) {
        builder_add_character(&b, '_');
        builder_add_bytes(&b, second, default_name_clip(second, right));
    }
    builder_add_character(&b, '_');
    builder_add(&b, label);
    return b.bytes;
}

/* Column names of an index, each but once: a second "expr" is "expr1". */
static const char *const *default_name_distinct(arena *a, const char *const *columns)
{
    size_t count = list_length(columns);
    const char **distinct = ARENA_NEW_ARRAY(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = columns[i];
        for (int number = 1; list_contains(distinct, name); number++) {
            char *tail = arena_format(a, "%d", number);
            size_t room = NAME_LONGEST - strlen(tail);
            const char *head = arena_copy(a, columns[i], default_name_clip(columns[i], room));
            name = arena_format(a, "%s%s", head, tail);
        }
        distinct[i] = name;
    }
    return distinct;
}

/* The columns with _ between them; once there is more than fits, the others are left out. */
static char *default_name_join(arena *a, const char *const *columns)
{
    builder b = builder_new(a);
    for (size_t i = 0; columns[i] != NULL && b.length <= NAME_LONGEST; i++) {
        if (i > 0)
            builder_add_character(&b, '_');
        builder_add(&b, columns[i]);
    }
    return b.bytes;
}

static bool default_name_in_table(const schema *s, const schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (!t->constraints.items[i].maybe && model_same_name(s, t->constraints.items[i].name, name))
            return true;
    return false;
}

/* A constraint of that name in the table's schema. */
static bool default_name_is_constraint(const schema *s, const schema_table *t, const char *name)
{
    if (default_name_in_table(s, t, name))
        return true;
    schema_holders h = schema_holders_of(s, name);
    for (const schema_table *other; (other = schema_holders_next(&h)) != NULL;)
        if (model_same_name(s, other->name.schema, t->name.schema) && default_name_in_table(s, other, name))
            return true;
    return false;
}

char *schema_default_name(const schema *s, const schema_table *t, const char *const *columns,
                          const char *suffix)
{
    arena *scratch = arena_new();
    bool index = text_equal(suffix, "idx");
    bool relation = index || text_equal(suffix, "key") || text_equal(suffix, "pkey");
    const char *second = NULL;
    if (columns != NULL && columns[0] != NULL && !text_equal(suffix, "pkey"))
        second = default_name_join(scratch, relation ? default_name_distinct(scratch, columns) : columns);
    char *name = default_name_make(s->memory, t->name.name, second, suffix);
    for (int number = 1;; number++) {
        bool taken = relation && model_relation(s, t, (object_name){t->name.schema, name}) != NULL;
        taken = taken || (!index && default_name_is_constraint(s, t, name));
        if (!taken)
            break;
        name =
            default_name_make(s->memory, t->name.name, second, arena_format(scratch, "%s%d", suffix, number));
    }
    arena_free(scratch);
    return name;
}

/* The position of the bracket that closes tokens[open]; count where none does. */
static size_t default_name_close(const sql_token *tokens, size_t count, size_t open)
{
    size_t depth = 0;
    for (size_t i = open; i < count; i++) {
        if (sql_token_is(tokens[i], "("))
            depth++;
        else if (sql_token_is(tokens[i], ")") && --depth == 0)
            return i;
    }
    return count;
}

/* The name of tokens[from, to): see default_name_of_expression. NULL: none of its own. */
static const char *default_name_of_tokens(arena *a, const sql_token *tokens, size_t from, size_t to)
{
    while (from < to && sql_token_is(tokens[from], "(") && default_name_close(tokens, to, from) == to - 1) {
        from++;
        to--;
    }
    for (size_t i = to; i-- > from + 1;) /* the column below casts: a::int, (a)::varchar(10) */
        if (sql_token_is(tokens[i], "::")) {
            to = i;
            return default_name_of_tokens(a, tokens, from, to);
        }
    size_t last = from;
    while (last + 2 < to && sql_token_is(tokens[last + 1], "."))
        last += 2;
    bool named = last < to && (tokens[last].kind == TOKEN_WORD || tokens[last].kind == TOKEN_QUOTED_NAME);
    if (!named)
        return NULL;
    if (last + 1 == to)
        return sql_token_value(a, tokens[last]);
    bool call = sql_token_is(tokens[last + 1], "(") && default_name_close(tokens, to, last + 1) == to - 1;
    return call ? sql_token_value(a, tokens[last]) : NULL;
}

const char *default_name_of_expression(arena *a, const char *expression)
{
    VECTOR(sql_token) tokens = {0};
    sql_lexer lexer = sql_lexer_new(expression, strlen(expression), MIGEN_POSTGRES);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        vector_push(a, &tokens, t);
    const char *name = default_name_of_tokens(a, tokens.items, 0, tokens.count);
    return name == NULL ? "expr" : name;
}

#include "sql_normal.h"

#include "migen_step.h"
#include "sql_reserved.h"
#include "vector.h"

#include <string.h>

typedef VECTOR(sql_token) normal_tokens;

/* All tokens; a TOKEN_END stands before the first and behind the last, so that neighbours can be asked. */
static normal_tokens normal_read(arena *a, const char *text, unsigned engines)
{
    normal_tokens tokens = {0};
    sql_lexer l = sql_lexer_new(text, strlen(text), engines);
    sql_token t = {.kind = TOKEN_END, .text = {text, 0}};
    vector_push(a, &tokens, t);
    do {
        t = sql_next(&l);
        vector_push(a, &tokens, t);
    } while (t.kind != TOKEN_END);
    return tokens;
}

static void normal_add_lower(builder *b, view word)
{
    for (size_t i = 0; i < word.length; i++) {
        char c = word.bytes[i];
        builder_add_character(b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

static char *normal_write(arena *a, const char *text, unsigned engines, bool bare_names)
{
    builder b = builder_new(a);
    sql_lexer l = sql_lexer_new(text, strlen(text), engines);
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        if (b.length != 0)
            builder_add_character(&b, ' ');
        if (t.kind == TOKEN_WORD)
            normal_add_lower(&b, t.text);
        else if (t.kind == TOKEN_QUOTED_NAME && bare_names)
            builder_add(&b, sql_name_text(a, sql_token_value(a, t)));
        else
            builder_add_bytes(&b, t.text.bytes, t.text.length);
    }
    return b.bytes;
}

char *sql_normal(arena *a, const char *text, unsigned engines)
{
    return normal_write(a, text, engines, false);
}

char *sql_normal_names(arena *a, const char *text, unsigned engines)
{
    return normal_write(a, text, engines, true);
}

bool sql_same(const char *a, const char *b, unsigned engines)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (strcmp(a, b) == 0)
        return true;
    sql_lexer left = sql_lexer_new(a, strlen(a), engines);
    sql_lexer right = sql_lexer_new(b, strlen(b), engines);
    for (;;) {
        sql_token l = sql_next(&left);
        sql_token r = sql_next(&right);
        if (l.kind != r.kind || l.text.length != r.text.length)
            return false;
        if (l.kind == TOKEN_END)
            return true;
        for (size_t i = 0; i < l.text.length; i++) {
            char x = l.text.bytes[i];
            char y = r.text.bytes[i];
            bool letters =
                l.kind == TOKEN_WORD && (x | 0x20) == (y | 0x20) && (x | 0x20) >= 'a' && (x | 0x20) <= 'z';
            if (x != y && !letters)
                return false;
        }
    }
}

/* Whether token t says this name: folded as the engine does it. */
static bool normal_says(arena *a, sql_token t, const char *name, unsigned engines)
{
    if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED_NAME)
        return false;
    bool without_case = (engines & MIGEN_POSTGRES) == 0;
    if (t.kind == TOKEN_WORD && t.text.length != strlen(name))
        return false;
    if (t.kind == TOKEN_WORD && sql_is_keyword(sql_token_value(a, t), engines))
        return false;
    const char *value = sql_token_value(a, t);
    return without_case ? text_equal_word(value, name) : text_equal(value, name);
}

static bool normal_any(sql_token t, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sql_token_is(t, *words))
            return true;
    return false;
}

/* A bare word that stands for something else than a column: a type, a keyword, an argument's name. */
static bool normal_is_other(const normal_tokens *tokens, size_t i)
{
    static const char *const time_of_type[] = {"with", "without", "at", NULL};
    static const char *const before_type[] = {"::", "as", "collate", NULL};
    sql_token word = tokens->items[i];
    sql_token before = tokens->items[i - 1];
    sql_token behind = tokens->items[i + 1];
    if (normal_any(before, before_type) || behind.kind == TOKEN_STRING || sql_token_is(behind, "=>"))
        return true;
    if (sql_token_is(word, "time") && normal_any(before, time_of_type))
        return true;
    if ((sql_token_is(word, "zone") && sql_token_is(before, "time")) ||
        (sql_token_is(word, "precision") && sql_token_is(before, "double")) ||
        (sql_token_is(word, "varying") && sql_token_is(before, "character")))
        return true;
    return i >= 2 && sql_token_is(before, "(") && sql_token_is(tokens->items[i - 2], "extract");
}

/* Whether token i is `name` used as a column's name (or as a qualifier of one). */
static bool normal_is_name(arena *a, const normal_tokens *tokens, size_t i, const char *name,
                           unsigned engines)
{
    sql_token t = tokens->items[i];
    if (!normal_says(a, t, name, engines))
        return false;
    sql_token behind = tokens->items[i + 1];
    if (sql_token_is(behind, "("))
        return false;
    if (t.kind == TOKEN_WORD && normal_is_other(tokens, i))
        return false;
    /* "status.status": the first is the table that is called like its column */
    return !(sql_token_is(behind, ".") && normal_says(a, tokens->items[i + 2], name, engines));
}

bool sql_mentions(const char *expression, const char *name, unsigned engines)
{
    if (expression == NULL)
        return false;
    arena *a = arena_new();
    normal_tokens tokens = normal_read(a, expression, engines);
    bool found = false;
    for (size_t i = 1; i + 1 < tokens.count && !found; i++)
        found = normal_is_name(a, &tokens, i, name, engines);
    arena_free(a);
    return found;
}

/* Each name that is `from`, replaced; of one that stands behind a dot *qualified tells. */
static char *normal_replace(arena *a, const char *text, const char *from, const char *by, unsigned engines,
                            bool *qualified)
{
    arena *scratch = arena_new();
    normal_tokens tokens = normal_read(scratch, text, engines);
    builder b = builder_new(a);
    size_t copied = 0;
    for (size_t i = 1; i + 1 < tokens.count; i++) {
        if (!normal_is_name(scratch, &tokens, i, from, engines))
            continue;
        sql_token t = tokens.items[i];
        *qualified = *qualified || sql_token_is(tokens.items[i - 1], ".");
        builder_add_bytes(&b, text + copied, t.offset - copied);
        builder_add(&b, by);
        copied = t.offset + t.text.length;
    }
    builder_add(&b, text + copied);
    arena_free(scratch);
    return b.bytes;
}

char *sql_rename(arena *a, const char *text, const char *from, const char *to, unsigned engines)
{
    bool qualified = false;
    return text == NULL ? NULL : normal_replace(a, text, from, sql_name_text(a, to), engines, &qualified);
}

char *sql_insert_expression(arena *a, const char *text, const char *name, const char *expression,
                            unsigned engines)
{
    bool qualified = false;
    char *replaced = normal_replace(a, text, name, arena_format(a, "(%s)", expression), engines, &qualified);
    return qualified ? NULL : replaced;
}

bool sql_says(arena *a, const char *statement, const char *name, unsigned engines)
{
    sql_lexer lexer = sql_lexer_new(statement, strlen(statement), engines);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        if ((t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME) &&
            text_equal_word(sql_token_value(a, t), name))
            return true;
    return false;
}

bool sql_leaves_schema(const char *statement, unsigned engines)
{
    static const char *const changes_rows[] = {"insert", "update", "delete", "merge", "replace"};
    sql_lexer l = sql_lexer_new(statement, strlen(statement), engines);
    bool decided = false;
    bool leaves = false;
    bool behind_with = false;
    size_t depth = 0;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        if (t.kind == TOKEN_ERROR || (decided && sql_token_is(t, ";")))
            return decided && leaves && t.kind != TOKEN_ERROR && sql_next(&l).kind == TOKEN_END;
        if (sql_token_is(t, "("))
            depth++;
        else if (sql_token_is(t, ")") && depth > 0)
            depth--;
        if (decided || depth != 0 || t.kind != TOKEN_WORD)
            continue;
        for (size_t i = 0; i < sizeof changes_rows / sizeof *changes_rows; i++)
            leaves = leaves || sql_token_is(t, changes_rows[i]);
        if (sql_token_is(t, "with"))
            behind_with = true;
        else
            decided = leaves || !behind_with || sql_token_is(t, "select") || sql_token_is(t, "values");
    }
    return leaves;
}

/* Whether the names that stand before a point are the table's: its own, or its schema's and its own. */
static bool normal_is_table(arena *a, const sql_token *names, size_t count, const char *table,
                            unsigned engines)
{
    if (count == 0 || count > 2)
        return false;
    char *name = sql_token_value(a, names[count - 1]);
    return engines == MIGEN_SQLITE ? text_equal_word(name, table) : text_equal(name, table);
}

const char *sql_unqualified(arena *a, const char *text, const char *table, unsigned engines)
{
    if (text == NULL || strchr(text, '.') == NULL)
        return text;
    builder b = builder_new(a);
    sql_lexer l = sql_lexer_new(text, strlen(text), engines);
    sql_token names[3] = {0}; /* a.b.c: what stands before its last point */
    size_t count = 0, copied = 0;
    bool pointed = false, loose = false; /* behind a point; which nothing but a name stands before */
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        bool name = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME;
        if (sql_token_is(t, ".")) {
            loose = loose || count == 0;
            pointed = true;
            continue;
        }
        if (pointed && name && !loose && normal_is_table(a, names, count, table, engines)) {
            builder_add_bytes(&b, text + copied, names[0].offset - copied);
            copied = t.offset;
        }
        if (!pointed || !name || loose)
            count = 0;
        loose = loose && pointed && name;
        if (name && !loose && count < 3)
            names[count++] = t;
        pointed = false;
    }
    builder_add(&b, text + copied);
    return b.bytes;
}

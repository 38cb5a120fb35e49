/*
 * compare_view.c: views against each other.
 */
#include "compare_parts.h"

#include "sql_printed.h"

#include <string.h>

typedef VECTOR(const char *) compare_items;

bool compare_view_has_star(arena *a, const char *sql)
{
    compare_tokens tokens = compare_tokens_of(a, sql, MIGEN_POSTGRES);
    for (size_t i = 1; i < tokens.count; i++)
        if (sql_token_is(tokens.items[i], "*") &&
            (compare_word_at(&tokens, i - 1, "select") || compare_word_at(&tokens, i - 1, ".") ||
             compare_word_at(&tokens, i - 1, ",") || compare_word_at(&tokens, i - 1, "distinct") ||
             compare_word_at(&tokens, i - 1, "all")))
            return true;
    return false;
}

/* The offset of the first FROM outside of brackets in a normal text; its length when there is none. */
static size_t compare_view_from_offset(const char *normal)
{
    int depth = 0;
    sql_lexer lexer = sql_lexer_new(normal, strlen(normal), MIGEN_POSTGRES);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer)) {
        if (view_is(t.text, "("))
            depth++;
        else if (view_is(t.text, ")"))
            depth--;
        else if (depth == 0 && sql_token_is(t, "from"))
            return t.offset;
    }
    return strlen(normal);
}

/* What a normal text selects: the texts between SELECT and FROM. */
static compare_items compare_view_items(arena *a, const char *normal)
{
    compare_items items = {0};
    size_t from = compare_view_from_offset(normal), begin = 0;
    int depth = 0;
    sql_lexer lexer = sql_lexer_new(normal, from, MIGEN_POSTGRES);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer)) {
        depth += view_is(t.text, "(") ? 1 : view_is(t.text, ")") ? -1 : 0;
        if (depth != 0 || !view_is(t.text, ","))
            continue;
        vector_push(a, &items, text_trim(a, arena_copy(a, normal + begin, t.offset - begin)));
        begin = t.offset + 1;
    }
    vector_push(a, &items, text_trim(a, arena_copy(a, normal + begin, from - begin)));
    return items;
}

/* A view made of * keeps the columns that were there then: `count` at least, or (0) not known how many. Columns that came later are
 * no difference. */
static bool compare_view_same_but_later_columns(arena *a, const char *answer, const char *found, size_t count)
{
    if (!text_equal(answer + compare_view_from_offset(answer), found + compare_view_from_offset(found)))
        return false;
    compare_items now = compare_view_items(a, answer), then = compare_view_items(a, found);
    size_t same = 0;
    for (size_t i = 0; i < now.count && same < then.count; i++)
        if (text_equal(now.items[i], then.items[same]))
            same++;
        else if (count == 0)
            return false;
    return same == then.count && then.count >= count;
}

static bool compare_view_same(const comparison *c, const schema_view *wanted, const schema_view *found)
{
    const char *w = compare_plain_sql(c->memory, wanted->sql, c->engine);
    const char *f = compare_plain_sql(c->memory, found->sql, c->engine);
    if (text_equal(w, f))
        return true;
    if (ENGINE_IS_SQLITE(c->engine))
        return false;
    if (c->memo == NULL)
        return true;
    if (found
            ->is_authors) /* made in this run: the server has not printed it yet, and cannot be asked for both */
        return false;
    memo_question question = {.use = EXPRESSION_VIEW, .text = wanted->sql};
    const char *answer = compare_answer(c, question);
    if (answer == NULL)
        return true;
    if (*answer == '\0')
        return c->memo->mute != NULL && c->lenient;
    const char *plain = compare_plain_sql(c->memory, answer, c->engine);
    return sql_same_printed(plain, f) ||
           (compare_view_has_star(c->memory, wanted->sql) &&
            compare_view_same_but_later_columns(c->memory, plain, f, wanted->column_count)) ||
           compare_ask_again(c, question, answer, f);
}

void compare_view(const comparison *c, const schema_view *wanted, const schema_view *found)
{
    migen_kind kind = wanted->materialized ? MIGEN_KIND_MATERIALIZED_VIEW : MIGEN_KIND_VIEW;
    const char *object = name_text(c->memory, wanted->name);
    if (wanted->materialized != found->materialized) {
        compare_report(c, kind, object, wanted->materialized ? "a materialized view" : "a view",
                       found->materialized ? "a materialized view" : "a view", false);
        return;
    }
    if (wanted->text_moved || wanted->sql == NULL || found->sql == NULL ||
        compare_view_same(c, wanted, found))
        return;
    compare_report(c, kind, object, text_trim(c->memory, wanted->sql), text_trim(c->memory, found->sql),
                   false);
}

/*
 * compare_memo.c: reporting a difference, and asking what text alone does not decide.
 */
#include "compare_parts.h"

#include "sql_normal.h"
#include "sql_printed.h"
#include "type_sql.h"

#include <inttypes.h>
#include <string.h>

expression_memo expression_memo_new(arena *a)
{
    return (expression_memo){.memory = a, .answers = map_new(a)};
}

void compare_report(const comparison *c, migen_kind kind, const char *object, const char *wanted,
                    const char *found, bool note)
{
    if (c->out == NULL)
        return;
    difference x = {.kind = kind, .object = object, .wanted = wanted, .found = found, .note = note};
    vector_push(c->memory, c->out, x);
}

char *compare_column_object(const comparison *c, const schema_table *table, const char *column)
{
    return arena_format(c->memory, "%s.%s", name_text(c->memory, table->name),
                        name_part_text(c->memory, column));
}

char *compare_part_object(const comparison *c, const char *part, const schema_table *table)
{
    return arena_format(c->memory, "%s on %s", name_part_text(c->memory, part),
                        name_text(c->memory, table->name));
}

bool compare_names(const comparison *c, const char *x, const char *y)
{
    return ENGINE_IS_SQLITE(c->engine) ? text_equal_word(x, y) : text_equal(x, y);
}

bool compare_lists(const comparison *c, const char *const *x, const char *const *y)
{
    size_t count = list_length(x);
    if (count != list_length(y))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!compare_names(c, x[i], y[i]))
            return false;
    return true;
}

void expression_memo_forget_views(expression_memo *memo)
{
    arena *scratch = arena_new();
    const char *views = arena_format(scratch, "%d|", (int)EXPRESSION_VIEW);
    for (size_t i = 0; i < memo->answers.count; i++) {
        map_entry *entry = &memo->answers.entries[i];
        if (!entry->removed && strncmp(entry->key, views, strlen(views)) == 0)
            map_remove(&memo->answers, entry->key);
    }
    arena_free(scratch);
}

/* The columns' names and types: with others, the server may print the same text in another way. */
static uint64_t compare_table_hash(arena *a, const schema_table *table)
{
    builder b = builder_new(a);
    for (size_t i = 0; table != NULL && i < table->columns.count; i++) {
        const migen_column *column = &table->columns.items[i];
        builder_add(&b, column->name);
        builder_add_character(&b, ' ');
        builder_add(&b, type_sql(a, MIGEN_POSTGRES, column->type));
        builder_add(&b, column->collate != NULL ? column->collate : "");
        builder_add_character(&b, ',');
    }
    return hash_bytes(b.bytes, b.length);
}

static char *compare_key(const comparison *c, const memo_question *q)
{
    arena *a = c->memo->memory;
    const char *table = q->table != NULL ? name_text(a, q->table->name) : "";
    const char *type = q->column != NULL ? type_sql(a, MIGEN_POSTGRES, q->column->type) : "";
    return arena_format(a, "%d|%s|%016" PRIx64 "|%s|%s", (int)q->use, table, compare_table_hash(a, q->table),
                        type, q->text);
}

const char *compare_answer(const comparison *c, memo_question question)
{
    question.key = compare_key(c, &question);
    const char *answer = map_get(&c->memo->answers, question.key);
    if (answer != NULL)
        return answer;
    for (size_t i = 0; i < c->memo->questions.count; i++)
        if (text_equal(c->memo->questions.items[i].key, question.key))
            return NULL;
    /* It is asked later, when the caller's own copies of what it compares may be gone. */
    if (question.index != NULL) {
        migen_index *index = ARENA_NEW(c->memo->memory, migen_index);
        *index = *question.index;
        question.index = index;
    }
    if (question.column != NULL) {
        migen_column *column = ARENA_NEW(c->memo->memory, migen_column);
        *column = *question.column;
        question.column = column;
    }
    vector_push(c->memo->memory, &c->memo->questions, question);
    return NULL;
}

bool compare_ask_again(const comparison *c, memo_question question, const char *answer, const char *found)
{
    if (question.use == EXPRESSION_INDEX || question.use == EXPRESSION_TYPE)
        return false;
    question.text = arena_string(c->memo->memory, answer);
    const char *again = compare_answer(c, question);
    return again == NULL ? !c->certain : *again != '\0' && sql_same_printed(again, found);
}

bool compare_ask(const comparison *c, memo_question question, const char *found)
{
    if (ENGINE_IS_SQLITE(c->engine))
        return false;
    if (c->memo == NULL)
        return !c->certain;
    const char *answer = compare_answer(c, question);
    if (answer == NULL)
        return !c->certain;
    if (*answer == '\0')
        return c->memo->mute != NULL && c->lenient;
    return sql_same(answer, found, MIGEN_POSTGRES) || sql_same_printed(answer, found) ||
           compare_ask_again(c, question, answer, found);
}

bool compare_expressions(const comparison *c, memo_question question, const char *found)
{
    if (question.text == NULL || found == NULL)
        return question.text == NULL && found == NULL;
    return sql_same_expression(question.text, found, c->engine) || compare_ask(c, question, found);
}

compare_tokens compare_tokens_of(arena *a, const char *sql, unsigned engines)
{
    compare_tokens tokens = {0};
    sql_lexer lexer = sql_lexer_new(sql, strlen(sql), engines);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        vector_push(a, &tokens, t);
    return tokens;
}

bool compare_word_at(const compare_tokens *tokens, size_t at, const char *word)
{
    return at < tokens->count && sql_token_is(tokens->items[at], word);
}

char *compare_plain_sql(arena *a, const char *sql, unsigned engines)
{
    char *plain = text_trim(a, sql != NULL ? sql : "");
    size_t length = strlen(plain);
    while (length > 0 && plain[length - 1] == ';') {
        plain[length - 1] = '\0';
        plain = text_trim(a, plain);
        length = strlen(plain);
    }
    return sql_normal_names(a, plain, engines);
}

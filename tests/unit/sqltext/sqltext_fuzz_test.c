#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "sql_expression.h"
#include "sql_normal.h"
#include "sql_split.h"

#include <stdlib.h>
#include <string.h>

/* Texts put together at random from what SQL quotes and nests with, the same ones each time. */

static uint32_t fuzz_seed;

static uint32_t fuzz_random(uint32_t below)
{
    fuzz_seed = fuzz_seed * 1664525u + 1013904223u;
    return (fuzz_seed >> 8) % below;
}

static const char *const fuzz_pieces[] = {
    "(",       ")",       "[",      "]",        "{",      "}",     "'",        "''",   "\"",   "`",
    "$$",      "$a$",     "$1",     "--",       "\n",     "/*",    "*/",       ";",    "\\",   "E'",
    "U&'",     "\\u00e9", "x'",     "begin",    "end",    "case",  "when",     "then", "else", " ",
    "create",  "trigger", "atomic", "function", "a",      "B",     "1",        ".5",   "1e",   "::",
    ":",       "int",     "and",    "or",       "not",    "in",    "between",  "like", "is",   "null",
    "any",     "array",   "cast",   "as",       "-",      "+",     "||",       "<>",   "~~",   "copy",
    "from",    "stdin",   "with",   "select",   "insert", "\xff",  "\xc3\xa9", ",",    ".",    "now()",
    "collate", "at",      "time",   "zone",     "escape", "trim(", "distinct",
};

static char *fuzz_text(char *text, size_t size)
{
    size_t length = 0;
    for (uint32_t count = fuzz_random(30); count > 0; count--) {
        const char *piece = fuzz_pieces[fuzz_random(sizeof fuzz_pieces / sizeof *fuzz_pieces)];
        size_t more = strlen(piece);
        if (length + more + 2 > size)
            break;
        memcpy(text + length, piece, more);
        length += more;
        if (fuzz_random(3) != 0)
            text[length++] = ' ';
    }
    text[length] = '\0';
    return text;
}

/* A copy that ends with its allocation, so that a byte read behind it is seen. */
static char *fuzz_exact(const char *text, size_t length)
{
    char *exact = malloc(length == 0 ? 1 : length);
    memcpy(exact, text, length);
    return exact;
}

static void any_text_is_survived(void **state)
{
    (void)state;
    char text[400];
    for (fuzz_seed = 1; fuzz_seed != 0;) {
        static int rounds;
        if (++rounds > 20000)
            break;
        unsigned engines = 1 + fuzz_random(3);
        size_t length = strlen(fuzz_text(text, sizeof text));
        char *exact = fuzz_exact(text, length);
        arena *a = arena_new();
        size_t end = 0;
        sql_lexer l = sql_lexer_new(exact, length, engines);
        for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
            assert_true(t.text.length > 0 && t.offset >= end && t.offset + t.text.length <= length);
            assert_true((t.kind == TOKEN_ERROR) == (t.problem != NULL));
            sql_token_value(a, t);
            end = t.offset + t.text.length;
        }
        sql_problem problem;
        sql_piece_list pieces = sql_split(a, (view){exact, length}, engines, &problem);
        for (size_t i = 0; i < pieces.count; i++)
            assert_true(pieces.items[i].text.length > 0);
        assert_true(problem.offset + problem.length <= length);
        size_t close = sql_find_close(exact, length, 0, engines, &problem);
        assert_true(close <= length && (close == length) == (problem.message != NULL || length == 0));
        free(exact);

        /* normalising again changes nothing, and everything is the same as itself */
        char *normal = sql_normal(a, text, engines);
        assert_string_equal(sql_normal(a, normal, engines), normal);
        assert_true(sql_same(text, normal, engines));
        assert_true(sql_same_expression(text, normal, engines));
        sql_leaves_schema(text, engines);
        assert_string_equal(sql_rename(a, text, "nothing like it", "x", engines), text);
        char *renamed = sql_rename(a, text, "a", "a9", engines);
        assert_false(sql_mentions(renamed, "a", engines) && !sql_mentions(text, "a", engines));
        const char *canonical =
            engines == 3 ? NULL : sql_canonical_expression(a, text, (migen_engine)engines);
        if (canonical != NULL) { /* its own form stands for itself */
            const char *again = sql_canonical_expression(a, canonical, (migen_engine)engines);
            if (again != NULL)
                assert_string_equal(again, canonical);
        }
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

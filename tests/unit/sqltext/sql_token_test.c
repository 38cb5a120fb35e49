#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "migen_step.h"
#include "sql_token.h"

#include <stdio.h>
#include <string.h>

#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

static const char kind_letters[] = "-wqsnpye";

/* "w:select y:( …": the tokens, one letter for each kind. */
static char *tokens_of(arena *a, const char *text, unsigned engines)
{
    builder b = builder_new(a);
    sql_lexer l = sql_lexer_new(text, strlen(text), engines);
    size_t end = 0;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        assert_true(t.offset >= end);
        assert_true(t.text.bytes == text + t.offset);
        end = t.offset + t.text.length;
        if (b.length != 0)
            builder_add(&b, " ");
        builder_add_character(&b, kind_letters[t.kind]);
        builder_add_character(&b, ':');
        builder_add_bytes(&b, t.text.bytes, t.text.length);
    }
    assert_true(sql_next(&l).kind == TOKEN_END);
    return b.bytes;
}

static void text_becomes_tokens(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *text, *tokens;
    } cases[] = {
        {BOTH, "", ""},
        {BOTH, " \t\r\n-- x\n/* y */", ""},
        {BOTH, "select a.b", "w:select w:a y:. w:b"},
        {BOTH, "'it''s' x", "s:'it''s' w:x"},
        {MIGEN_POSTGRES, "E'a\\'b' x", "s:E'a\\'b' w:x"},
        {MIGEN_SQLITE, "E'a\\' x", "w:E s:'a\\' w:x"},
        {MIGEN_POSTGRES, "'a\\' x", "s:'a\\' w:x"},
        {BOTH, "x'0aFF' X'00'", "s:x'0aFF' s:X'00'"},
        {MIGEN_POSTGRES, "U&'\\0041' U&\"d\\0061t\"", "s:U&'\\0041' q:U&\"d\\0061t\""},
        {MIGEN_POSTGRES, "u & 'x'", "w:u y:& s:'x'"},
        {BOTH, "\"a \"\"b\" c", "q:\"a \"\"b\" w:c"},
        {MIGEN_SQLITE, "[a b]] `c``d`", "q:[a b] y:] q:`c``d`"},
        {BOTH, "a[1] `c`", "w:a y:[ n:1 y:] q:`c`"},
        {MIGEN_POSTGRES, "a[1:2]", "w:a y:[ n:1 y:: n:2 y:]"},
        {MIGEN_POSTGRES, "$$a;'b$$ $t$ $$ $t$ $1", "s:$$a;'b$$ s:$t$ $$ $t$ p:$1"},
        {MIGEN_POSTGRES, "a$b$c$b$", "w:a$b$c$b$"},
        {MIGEN_POSTGRES, "$1a$", "p:$1 w:a$"},
        {MIGEN_SQLITE, "$$ $name", "y:$ y:$ p:$name"},
        {MIGEN_SQLITE, "? ?12 :a @b", "p:? p:?12 p::a p:@b"},
        {MIGEN_POSTGRES, "a ? 'b' @> c", "w:a y:? s:'b' y:@> w:c"},
        {MIGEN_POSTGRES, "a::int->>'b'", "w:a y::: w:int y:->> s:'b'"},
        {MIGEN_POSTGRES, "a=-1", "w:a y:= y:- n:1"},
        {MIGEN_POSTGRES, "a@-1", "w:a y:@- n:1"},
        {MIGEN_SQLITE, "a||-1", "w:a y:|| y:- n:1"},
        {BOTH, "a--b\n+c", "w:a y:+ w:c"},
        {BOTH, "a*/*x*/b", "w:a y:* w:b"},
        {BOTH, "a+--b\nc", "w:a y:+ w:c"},
        {MIGEN_POSTGRES, "/* a /* b */ c */ d", "w:d"},
        {MIGEN_SQLITE, "/* a /* b */ c", "w:c"},
        {BOTH, "1.5e-3 .5 1. 1e 0x1F 12ab", "n:1.5e-3 n:.5 n:1. n:1 w:e n:0x1F n:12 w:ab"},
        {BOTH, "1..10", "n:1 y:. n:.10"},
        {BOTH, "(){},;", "y:( y:) y:{ y:} y:, y:;"},
        {BOTH, "((a)<>(b))", "y:( y:( w:a y:) y:<> y:( w:b y:) y:)"},
        {BOTH, "a#b", "w:a y:# w:b"},
        {BOTH, "caf\xc3\xa9 = 1", "w:caf\xc3\xa9 y:= n:1"},
        {MIGEN_POSTGRES, "\\d x", "y:\\ w:d w:x"},
        {BOTH, "a := b", "w:a y::= w:b"},
        {BOTH, "'abc", "e:'abc"},
        {BOTH, "a \"b ' c", "w:a e:\"b ' c"},
        {MIGEN_POSTGRES, "$a$ b $a b", "e:$a$ b $a b"},
        {MIGEN_POSTGRES, "x /* /* */", "w:x e:/* /* */"},
        {MIGEN_SQLITE, "[abc", "e:[abc"},
        {MIGEN_SQLITE, "`abc", "e:`abc"},
        {MIGEN_POSTGRES, "E'abc\\'", "e:E'abc\\'"},
        {MIGEN_POSTGRES, "E'abc\\", "e:E'abc\\"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(tokens_of(a, cases[i].text, cases[i].engines), cases[i].tokens);
    arena_free(a);
}

static void nul_bytes_are_tokens_too(void **state)
{
    (void)state;
    static const char text[] = "a\0'\0'$\0";
    sql_lexer l = sql_lexer_new(text, sizeof text - 1, BOTH);
    assert_int_equal(sql_next(&l).kind, TOKEN_WORD);
    assert_int_equal(sql_next(&l).kind, TOKEN_SYMBOL);
    assert_int_equal(sql_next(&l).kind, TOKEN_STRING);
    assert_int_equal(sql_next(&l).kind, TOKEN_SYMBOL);
    assert_int_equal(sql_next(&l).kind, TOKEN_SYMBOL);
    assert_int_equal(sql_next(&l).kind, TOKEN_END);
}

static void tokens_say_what_they_mean(void **state)
{
    (void)state;
    static const struct {
        unsigned engines;
        const char *text, *value;
    } cases[] = {
        {BOTH, "SELECT", "select"},
        {BOTH, "\"Ab\"\"c\"", "Ab\"c"},
        {MIGEN_SQLITE, "[a \"b\"]", "a \"b\""},
        {MIGEN_SQLITE, "`a``b`", "a`b"},
        {BOTH, "'it''s'", "it's"},
        {BOTH, "''", ""},
        {BOTH, "''''", "'"},
        {MIGEN_POSTGRES, "'a\\n'", "a\\n"},
        {MIGEN_POSTGRES, "E'a\\n\\t\\\\\\'''x'", "a\n\t\\''x"},
        {MIGEN_POSTGRES, "e'\\101\\x42\\u00e9\\U0001F600\\q'", "AB\xc3\xa9\xf0\x9f\x98\x80q"},
        {MIGEN_POSTGRES, "E'\\uD83D\\uDE00'", "\xf0\x9f\x98\x80"},
        {MIGEN_POSTGRES, "U&'d\\0061t\\+000061\\\\'", "data\\"},
        {MIGEN_POSTGRES, "U&\"d\\0061t\"\"\"", "dat\""},
        {MIGEN_POSTGRES, "$$a'b$$", "a'b"},
        {MIGEN_POSTGRES, "$tag$$$ $tag$", "$$ "},
        {MIGEN_POSTGRES, "$$$$", ""},
        {BOTH, "x'0aFF'", "0aFF"},
        {BOTH, "12.5", "12.5"},
        {BOTH, "<>", "<>"},
    };
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sql_lexer l = sql_lexer_new(cases[i].text, strlen(cases[i].text), cases[i].engines);
        sql_token t = sql_next(&l);
        assert_string_equal(sql_token_value(a, t), cases[i].value);
        assert_int_equal(sql_next(&l).kind, TOKEN_END);
    }
    arena_free(a);
}

static void quoted_names_are_no_keywords(void **state)
{
    (void)state;
    sql_lexer l = sql_lexer_new("Begin \"begin\" 'begin' ;", 23, BOTH);
    assert_true(sql_token_is(sql_next(&l), "BEGIN"));
    assert_false(sql_token_is(sql_next(&l), "begin"));
    assert_false(sql_token_is(sql_next(&l), "begin"));
    assert_true(sql_token_is(sql_next(&l), ";"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_tokens),
        cmocka_unit_test(nul_bytes_are_tokens_too),
        cmocka_unit_test(tokens_say_what_they_mean),
        cmocka_unit_test(quoted_names_are_no_keywords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

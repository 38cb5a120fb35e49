/*
 * parse_support.h: what the tests of the parser share.
 *
 * Usage      setup and teardown with parse_set_up, parse_tear_down; then parse_text("create …") in each test.
 */
#ifndef MIGEN_TESTS_PARSE_SUPPORT_H
#define MIGEN_TESTS_PARSE_SUPPORT_H

#include "parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

static arena *memory;
static diagnostics found;

static inline int parse_set_up(void **state)
{
    (void)state;
    memory = arena_new();
    found = diagnostics_new(memory);
    return 0;
}

static inline int parse_tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

/* A whole file. */
static inline ast_file *parse_file(const char *text)
{
    found = diagnostics_new(memory);
    source_file *source = source_from(memory, "a.mig", text, strlen(text));
    return parse_migration(memory, source, "1_a", BOTH, &found);
}

/* Statements, below a title of their own line, which does not go on with an indented one: it ends with a ;.
 */
static inline ast_file *parse_body(const char *body)
{
    return parse_file(arena_format(memory, "migration \"x\";\n%s", body));
}

static inline void assert_no_errors(const char *text)
{
    if (found.list.count == 0)
        return;
    print_error("in: %s\n", text);
    diagnostics_show(&found, stderr, "text", false);
    fail();
}

/* A body that must be understood. */
static inline ast_file *parse_fine(const char *body)
{
    ast_file *f = parse_body(body);
    assert_no_errors(body);
    return f;
}

static inline const migen_step *only_step(const char *body)
{
    ast_file *f = parse_fine(body);
    assert_int_equal(f->statements.count, 1);
    return &f->statements.items[0]->step;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, parse_set_up, parse_tear_down)

#endif

/*
 * compare_fixture.h: what the tests of the comparison share: tables made by hand, and what was reported.
 *
 * Usage      #include it once, first; CASE(function) in the list of tests.
 */
#ifndef MIGEN_TESTS_COMPARE_FIXTURE_H
#define MIGEN_TESTS_COMPARE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compare.h"
#include "default_value.h"
#include "text.h"
#include "type_sql.h"

#include "migen_words.h"

static arena *memory;
static difference_list found_differences;

static inline int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    found_differences = (difference_list){0};
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

static inline comparison comparing(migen_engine engine, expression_memo *memo)
{
    found_differences = (difference_list){0};
    return (comparison){.memory = memory, .engine = engine, .memo = memo, .out = &found_differences};
}

static inline size_t count_of(bool note)
{
    size_t count = 0;
    for (size_t i = 0; i < found_differences.count; i++)
        if (found_differences.items[i].note == note)
            count++;
    return count;
}

static inline schema_table *table_of(const char *name)
{
    schema_table *t = ARENA_NEW(memory, schema_table);
    t->name = name_parse(memory, name);
    return t;
}

static inline void add_column(schema_table *t, migen_column column)
{
    vector_push(memory, &t->columns, column);
}

static inline void add_constraint(schema_table *t, migen_constraint k)
{
    vector_push(memory, &t->constraints, k);
}

static inline void add_index(schema_table *t, migen_index index)
{
    vector_push(memory, &t->indexes, index);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif

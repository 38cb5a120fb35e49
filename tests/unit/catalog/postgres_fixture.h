/*
 * postgres_fixture.h: what the tests on a PostgreSQL server share: a connection, a schema of their own,
 * differences.
 *
 * Usage      #include it once, first; NEEDS_SERVER opens a test; MAIN lists them.
 */
#ifndef MIGEN_TESTS_POSTGRES_FIXTURE_H
#define MIGEN_TESTS_POSTGRES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "catalog.h"
#include "postgres_catalog.h"
#include "postgres_server.h"
#include "target.h"
#include "text.h"

#include "migen_words.h"

static arena *memory;
static error problem;
static driver *connection;
static const char *server;
static difference_list differences;

static inline driver *open_as(const char *database, const char *user)
{
    target t = {0};
    driver *d = NULL;
    driver_options options = {.application_name = "migen/test", .connect_timeout = 10000};
    assert_int_equal(target_parse(memory, postgres_server_url(database, user), "test", &t, &problem),
                     STATUS_OK);
    if (driver_open(&t, &options, &d, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    return d;
}

static inline void run(const char *sql)
{
    driver_result result = {0};
    if (driver_query(connection, sql, memory, &result, &problem) != STATUS_OK)
        fail_msg("%s: %s", sql, problem.message);
}

static inline void run_all(const char *const *statements)
{
    for (size_t i = 0; statements[i] != NULL; i++)
        run(statements[i]);
}

#define RUN(...) run_all((const char *const[]){__VA_ARGS__, NULL})

static inline int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    problem = error_new(memory);
    differences = (difference_list){0};
    if (server == NULL)
        server = postgres_server_start();
    if (server == NULL)
        return 0;
    connection = open_as("postgres", "postgres");
    RUN("SET client_min_messages = warning", "DROP SCHEMA IF EXISTS here CASCADE",
        "DROP SCHEMA IF EXISTS auth CASCADE", "CREATE SCHEMA here", "SET search_path = here, public");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    driver_close(connection);
    connection = NULL;
    arena_free(memory);
    return 0;
}

/* Where there is no server there is nothing to be tested. */
#define NEEDS_SERVER                                                                                         \
    (void)state;                                                                                             \
    if (server == NULL)                                                                                      \
        fail_msg("PostgreSQL could not be started (./scripts/setup --tests installs it)");

static inline schema *read_scope(const char *const *schemas)
{
    catalog_scope scope = {.schemas = schemas, .history_prefix = "migen_history"};
    schema *s = NULL;
    if (catalog_read(connection, &scope, NULL, memory, &s, &problem) != STATUS_OK)
        fail_msg("%s (%s)", problem.message, problem.detail != NULL ? problem.detail : "");
    return s;
}

static inline schema *read_all(void)
{
    return read_scope(NULL);
}

static inline comparison comparing(expression_memo *memo)
{
    differences = (difference_list){0};
    return (comparison){.memory = memory, .engine = MIGEN_POSTGRES, .memo = memo, .out = &differences};
}

static inline void learn(expression_memo *memo)
{
    if (catalog_learn(connection, NULL, memo, &problem) != STATUS_OK)
        fail_msg("%s", problem.message);
    assert_int_equal(memo->questions.count, 0);
}

/* The differences that are none but notes, after the server was asked. */
static inline size_t differs(const schema_table *wanted, const schema_table *found)
{
    expression_memo memo = expression_memo_new(memory);
    comparison c = comparing(&memo);
    size_t count = 0;
    compare_table(&c, wanted, found);
    for (int round = 0; round < 2 && memo.questions.count > 0;
         round++) { /* its words, and what it makes of these */
        learn(&memo);
        c = comparing(&memo);
        compare_table(&c, wanted, found);
    }
    assert_int_equal(memo.questions.count, 0);
    for (size_t i = 0; i < differences.count; i++)
        count += differences.items[i].note ? 0 : 1;
    return count;
}

static inline void assert_same(const schema_table *wanted, const schema_table *found)
{
    if (differs(wanted, found) == 0)
        return;
    for (size_t i = 0; i < differences.count; i++)
        fprintf(stderr, "  %s: wanted %s, found %s\n", differences.items[i].object,
                differences.items[i].wanted,
                differences.items[i].found != NULL ? differences.items[i].found : "nothing");
    fail_msg("%s is not as wanted", wanted->name.name);
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

static inline const schema_table *found_table(const schema *s, const char *name)
{
    const schema_table *t = schema_find_table(s, name);
    if (t == NULL)
        fail_msg("no table %s", name);
    return t;
}

static inline int group_down(void **state)
{
    (void)state;
    postgres_server_stop();
    return 0;
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif

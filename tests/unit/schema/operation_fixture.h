/*
 * operation_fixture.h: what the tests of the operations share: a small shop as a model, steps played on it.
 *
 * Usage      #include it once, first; schema *s = shop(MIGEN_SQLITE);  PLAY(s, SAFE_DROP_TABLE("notes"));
 */
#ifndef MIGEN_TESTS_OPERATION_FIXTURE_H
#define MIGEN_TESTS_OPERATION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "operation.h"
#include "text.h"

#include "migen_words.h"

static arena *memory;

static inline int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static const migen_engine engines[] = {MIGEN_POSTGRES, MIGEN_SQLITE};
#define EACH_ENGINE(e) for (size_t e = 0; e < 2; e++)

static const migen_table users_table = {
    .name = "users",
    COLUMNS(
        {.name = "id", .type = ID}, {.name = "email", .type = VARCHAR(255), .not_null = true, .unique = true},
        {.name = "name", .type = TEXT, .not_null = true}, {.name = "age", .type = INT, .check = "age >= 0"},
        {.name = "state", .type = ENUM("status"), .not_null = true, .default_value = "'new'"},
        {.name = "manager_id", .references = "users", .on_delete = MIGEN_SET_NULL},
        {.name = "label", .type = TEXT, .generated = "upper(name)", .stored = true}),
    INDEXES({.name = "users_by_name", ITEMS({.column = "name", .descending = true}), .where = "age > 17"}),
};

static const migen_table orders_table = {
    .name = "orders",
    COLUMNS({.name = "id", .type = BIGSERIAL, .primary_key = true},
            {.name = "user_id",
             .not_null = true,
             .references = "users",
             .references_column = "id",
             .index = true},
            {.name = "number", .type = INT, .not_null = true}, {.name = "total", .type = NUMERIC_OF(10, 2)}),
    CONSTRAINTS(UNIQUE(.columns = NAMES("user_id", "number")),
                CHECK(.name = "total_sane", .expression = "total < 1e6")),
};

static const migen_table items_table = {
    .name = "items",
    COLUMNS({.name = "user_id", .type = BIGINT}, {.name = "number", .type = INT},
            {.name = "place", .type = SMALLINT}),
    CONSTRAINTS(PRIMARY_KEY(.columns = NAMES("user_id", "number", "place")),
                FOREIGN_KEY(.columns = NAMES("user_id", "number"), .references = "orders",
                            .references_columns = NAMES("user_id", "number"), .on_delete = MIGEN_CASCADE)),
};

static const migen_table notes_table = {
    .name = "notes",
    COLUMNS({.name = "id", .type = SERIAL, .primary_key = true}, {.name = "body", .type = TEXT}),
};

static const migen_table bare_table = {
    .name = "bare",
    COLUMNS({.name = "a", .type = INT, .not_null = true}, {.name = "b", .type = TEXT}),
};

static const migen_step shop_steps[] = {
    SAFE_CREATE_ENUM("status", "new", "active", "gone"),
    SAFE_CREATE_TABLE(&users_table),
    SAFE_CREATE_TABLE(&orders_table),
    SAFE_CREATE_TABLE(&items_table),
    SAFE_CREATE_TABLE(&notes_table),
    SAFE_CREATE_TABLE(&bare_table),
    SAFE_CREATE_VIEW("adults", "SELECT id, name FROM users WHERE age > 17"),
    SAFE_CREATE_VIEW("adult_names", "SELECT a.name FROM adults a"),
    SAFE_CREATE_TRIGGER("notes_touch", "notes",
                        "CREATE TRIGGER notes_touch AFTER UPDATE ON notes BEGIN SELECT 1; END"),
};

static const migen_step shop_steps_postgres[] = {
    SAFE_CREATE_SCHEMA("auth"),
    SAFE_CREATE_ENUM("auth.role", "admin", "user"),
    SAFE_CREATE_SEQUENCE("numbers", .start = 5, .increment = 2),
    SAFE_CREATE_EXTENSION("pgcrypto"),
    SAFE_CREATE_TABLE(&(const migen_table){
        .name = "auth.accounts",
        COLUMNS({.name = "id", .type = ID}, {.name = "role", .type = ENUM("auth.role")},
                {.name = "user_id", .references = "users"}, {.name = "tags", .type = ARRAY_OF(TEXT)})}),
    SAFE_CREATE_FUNCTION(
        "touch", .arguments = "(int)",
        .sql = STATEMENTS("CREATE OR REPLACE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 1'")),
    SAFE_CREATE_MATERIALIZED_VIEW("totals",
                                  "SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id"),
    SAFE_COMMENT_ON_TABLE("notes", "scribbles"),
    SAFE_COMMENT_ON_COLUMN("notes", "body", "the text"),
};

/* Plays a step that must be possible. */
static inline void play(schema *s, const migen_step *step, const char *file, int line)
{
    violation v = {0};
    if (schema_apply(s, step, &v) == VIOLATION_NONE)
        return;
    print_error("%s: %s\n", step_words(memory, step), v.message);
    _fail(file, line);
}

#define PLAY(s, ...) play((s), &(const migen_step)__VA_ARGS__, __FILE__, __LINE__)

static inline schema *shop(migen_engine engine)
{
    schema *s = schema_new(memory, engine);
    for (size_t i = 0; i < ROW_COUNT(shop_steps); i++)
        play(s, &shop_steps[i], __FILE__, __LINE__);
    for (size_t i = 0; engine == MIGEN_POSTGRES && i < ROW_COUNT(shop_steps_postgres); i++)
        play(s, &shop_steps_postgres[i], __FILE__, __LINE__);
    return s;
}

/* A step that must be refused, without a trace. */
static inline violation refuse(schema *s, const migen_step *step, violation_kind kind, const char *message,
                               const char *file, int line)
{
    violation v = {0};
    const char *before = schema_dump(memory, s);
    violation_kind found = schema_apply(s, step, &v);
    if (found != kind || v.kind != kind || strstr(v.message == NULL ? "" : v.message, message) == NULL) {
        print_error("%s: %d instead of %d: %s\n", step_words(memory, step), (int)found, (int)kind,
                    v.message == NULL ? "nothing is wrong" : v.message);
        _fail(file, line);
    }
    if (strcmp(before, schema_dump(memory, s)) != 0) {
        print_error("%s: refused, but it changed the model\n", step_words(memory, step));
        _fail(file, line);
    }
    return v;
}

#define REFUSE(s, kind, message, ...)                                                                        \
    refuse((s), &(const migen_step)__VA_ARGS__, VIOLATION_##kind, (message), __FILE__, __LINE__)

#endif

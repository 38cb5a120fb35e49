#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "catalog.h"
#include "driver.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* What cannot be said before 3.37 is not read before it either. */
#if SQLITE_VERSION_NUMBER >= 3037000
#define TIGHT_OPTIONS "STRICT"
#else
#define TIGHT_OPTIONS ""
#endif

static const char *const script[] = {
    "CREATE TABLE Users (Id INTEGER PRIMARY KEY, email VARCHAR(255) NOT NULL)",
    "CREATE TABLE child (a INT REFERENCES users, b INT REFERENCES USERS (ID) ON DELETE CASCADE, c INT "
    "REFERENCES later, "
    "d INT REFERENCES nowhere (x))",
    "CREATE TABLE later (k TEXT PRIMARY KEY)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT NOT NULL DEFAULT 'new' CHECK (\"state\" IN "
    "('new', "
    "'paid')), kind TEXT CHECK (kind IN ('x')), note TEXT, CHECK (length(state) > 2))",
    "CREATE TABLE tight (id INTEGER PRIMARY KEY, flag INTEGER DEFAULT 1 CHECK (\"flag\" IN (0, 1)), at TEXT, "
    "name TEXT) " TIGHT_OPTIONS,
    "CREATE TABLE migen_history (id TEXT)",
    "CREATE TABLE _migen_new_users (id TEXT)",
    "CREATE INDEX ix_email ON users (lower(email) DESC) WHERE email <> ''",
    "CREATE UNIQUE INDEX ix_unique ON child (a, b)",
    "CREATE INDEX ix_history ON migen_history (id)",
    "CREATE VIEW v AS SELECT id FROM users",
    "CREATE TRIGGER tr AFTER INSERT ON users BEGIN UPDATE users SET email = lower(email); END",
    "CREATE TRIGGER tv INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    "CREATE TABLE autoinc (id INTEGER PRIMARY KEY AUTOINCREMENT, u TEXT UNIQUE)",
};

static driver *open_with_script(arena *a)
{
    error e = error_new(a);
    target t;
    driver *d = NULL;
    driver_options options = {.application_name = "test"};
    assert_int_equal(target_parse(a, "sqlite::memory:", "test", &t, &e), STATUS_OK);
    assert_int_equal(driver_open(&t, &options, &d, &e), STATUS_OK);
    for (size_t i = 0; i < sizeof script / sizeof *script; i++) {
        driver_result result;
        if (driver_query(d, script[i], a, &result, &e) != STATUS_OK)
            fail_msg("%s", e.message);
    }
    return d;
}

static schema *read_schema(arena *a, driver *d, const schema *known)
{
    static const catalog_scope scope = {.history_prefix = "migen_history"};
    error e = error_new(a);
    schema *s = NULL;
    if (catalog_read(d, &scope, known, a, &s, &e) != STATUS_OK)
        fail_msg("%s", e.message);
    return s;
}

static const schema_table *table_of(const schema *s, const char *key)
{
    const schema_table *t = map_get(&s->tables, key);
    assert_non_null(t);
    return t;
}

static void objects_are_found_and_ours_left_out(void **state)
{
    (void)state;
    arena *a = arena_new();
    driver *d = open_with_script(a);
    schema *s = read_schema(a, d, NULL);
    assert_null(map_get(&s->tables, "migen_history"));
    assert_null(map_get(&s->tables, "_migen_new_users"));
    assert_null(map_get(&s->tables, "sqlite_sequence"));
    const schema_table *users = table_of(s, "\"Users\"");
    assert_int_equal(users->columns.count, 2);
    assert_true(users->columns.items[1].type_unchecked);
    assert_int_equal(users->indexes.count, 1);
    assert_string_equal(users->indexes.items[0].items[0].expression, "lower(email)");
    assert_true(users->indexes.items[0].items[0].descending);
    assert_string_equal(users->indexes.items[0].where, "email <> ''");
    assert_int_equal(users->triggers.count, 1);
    assert_string_equal(users->triggers.items[0].sql, script[11]);
    const schema_view *v = map_get(&s->views, "v");
    assert_non_null(v);
    assert_string_equal(v->sql, "SELECT id FROM users");
    assert_int_equal(v->triggers.count, 1);
    assert_string_equal(v->triggers.items[0].name, "tv");
    assert_true(table_of(s, "autoinc")->autoincrement);
    assert_int_equal(table_of(s, "autoinc")->indexes.count, 0);
    assert_true(table_of(s, "child")->indexes.items[0].unique);
    driver_close(d);
    arena_free(a);
}

static void foreign_keys_name_their_targets(void **state)
{
    (void)state;
    arena *a = arena_new();
    driver *d = open_with_script(a);
    const schema_table *child = table_of(read_schema(a, d, NULL), "child");
    static const struct {
        const char *references, *column;
    } keys[] = {{"\"Users\"", "Id"}, {"\"Users\"", "Id"}, {"later", "k"}, {"nowhere", "x"}};
    assert_int_equal(child->constraints.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(child->constraints.items[i].references, keys[i].references);
        assert_string_equal(child->constraints.items[i].references_columns[0], keys[i].column);
    }
    driver_close(d);
    arena_free(a);
}

/* A history's model: orders with two enums, tight with the types that STRICT cannot say. */
static schema *known_schema(arena *a, const char *first, const char *second)
{
    schema *s = schema_new(a, MIGEN_SQLITE);
    schema_enum *e = ARENA_NEW(a, schema_enum);
    e->name = (object_name){NULL, "order_state"};
    vector_push(a, &e->values, first);
    vector_push(a, &e->values, second);
    map_set(&s->enums, "order_state", e);
    static const migen_column columns[] = {
        {.name = "state", .type = {.kind = MIGEN_TYPE_ENUM, .name = "order_state"}},
        {.name = "kind", .type = {.kind = MIGEN_TYPE_ENUM, .name = "order_state"}},
        {.name = "flag", .type = {.kind = MIGEN_TYPE_BOOL}},
        {.name = "at", .type = {.kind = MIGEN_TYPE_TIMESTAMPTZ}},
        {.name = "name", .type = {.kind = MIGEN_TYPE_VARCHAR, .length = 9}},
    };
    static const char *const names[] = {"orders", "tight"};
    for (size_t i = 0; i < 2; i++) {
        schema_table *t = ARENA_NEW(a, schema_table);
        t->name = (object_name){NULL, names[i]};
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
            vector_push(a, &t->columns, columns[j]);
        map_set(&s->tables, names[i], t);
    }
    return s;
}

static void enums_are_known_by_their_history(void **state)
{
    (void)state;
    arena *a = arena_new();
    driver *d = open_with_script(a);
    const schema_table *orders = table_of(read_schema(a, d, NULL), "orders");
    assert_int_equal(orders->columns.items[1].type.kind, MIGEN_TYPE_TEXT);
    assert_string_equal(orders->constraints.items[1].name, "orders_state_check");
    assert_string_equal(orders->constraints.items[3].name, "orders_state_check1");

    schema *s = read_schema(a, d, known_schema(a, "new", "paid"));
    orders = table_of(s, "orders");
    assert_int_equal(orders->columns.items[1].type.kind, MIGEN_TYPE_ENUM);
    assert_string_equal(orders->columns.items[1].type.name, "order_state");
    assert_int_equal(orders->columns.items[2].type.kind,
                     MIGEN_TYPE_TEXT); /* another list: it stays a check */
    assert_int_equal(orders->constraints.count, 3);
    assert_string_equal(orders->constraints.items[1].name, "orders_kind_check");
    assert_string_equal(orders->constraints.items[2].name, "orders_state_check"); /* the number has gone */
    const schema_enum *e = map_get(&s->enums, "order_state");
    assert_int_equal(e->values.count, 2);
    assert_string_equal(e->values.items[1], "paid");

    orders = table_of(read_schema(a, d, known_schema(a, "new", "shipped")), "orders");
    assert_int_equal(orders->columns.items[1].type.kind, MIGEN_TYPE_TEXT);
    assert_int_equal(orders->constraints.count, 4);
    driver_close(d);
    arena_free(a);
}

/* Default names follow a rename of the table, given ones do not: the history knows what the constraint is called. */
static void constraints_are_called_as_their_history_says(void **state)
{
    (void)state;
    arena *a = arena_new();
    driver *d = open_with_script(a);
    schema *known = schema_new(a, MIGEN_SQLITE);
    schema_table *t = ARENA_NEW(a, schema_table);
    static const char *const id[] = {"Id", NULL}, *const b[] = {"b", NULL}, *const c[] = {"c", NULL};
    const migen_constraint key = {.kind = MIGEN_PRIMARY_KEY, .name = "people_pkey", .columns = id};
    t->name = (object_name){NULL, "Users"};
    vector_push(a, &t->constraints, key);
    map_set(&known->tables, "\"Users\"", t);
    schema_table *child = ARENA_NEW(a, schema_table);
    child->name = (object_name){NULL, "child"};
    migen_constraint foreign = {.kind = MIGEN_FOREIGN_KEY,
                                .name = "kids_b_fkey",
                                .columns = b,
                                .references = "\"Users\"",
                                .references_columns = id,
                                .on_delete = MIGEN_CASCADE};
    vector_push(a, &child->constraints, foreign);
    foreign.name = "kids_c_fkey";
    foreign.columns = c; /* another one: what is found refers to another table */
    vector_push(a, &child->constraints, foreign);
    map_set(&known->tables, "child", child);

    schema *s = read_schema(a, d, known);
    assert_string_equal(table_primary_key(table_of(s, "\"Users\""))->name, "people_pkey");
    assert_true(table_primary_key(table_of(s, "\"Users\""))->name_is_implied);
    assert_non_null(table_find_constraint(table_of(s, "child"), "kids_b_fkey"));
    assert_non_null(table_find_constraint(table_of(s, "child"), "child_a_fkey"));
    assert_non_null(table_find_constraint(table_of(s, "child"), "child_c_fkey"));
    driver_close(d);
    arena_free(a);
}

static void strict_tables_take_their_types_from_the_history(void **state)
{
    (void)state;
    arena *a = arena_new();
    driver *d = open_with_script(a);
    const schema_table *tight = table_of(read_schema(a, d, NULL), "tight");
    if (SQLITE_VERSION_NUMBER < 3037000) {
        printf("STRICT is not tried: it needs SQLite 3.37, and this is %s\n", SQLITE_VERSION);
        assert_false(tight->strict);
        driver_close(d);
        arena_free(a);
        return;
    }
    assert_true(tight->strict);
    /* no history: the check tells what is meant */
    assert_int_equal(tight->columns.items[1].type.kind, MIGEN_TYPE_BOOL);
    assert_int_equal(tight->columns.items[2].type.kind, MIGEN_TYPE_TEXT);
    assert_int_equal(tight->constraints.count, 1);
    tight = table_of(read_schema(a, d, known_schema(a, "a", "b")), "tight");
    assert_int_equal(tight->columns.items[1].type.kind, MIGEN_TYPE_BOOL);
    assert_string_equal(tight->columns.items[1].default_value, "true");
    assert_false(tight->columns.items[1].type_unchecked);
    assert_int_equal(tight->columns.items[2].type.kind, MIGEN_TYPE_TIMESTAMPTZ);
    assert_int_equal(tight->columns.items[3].type.kind, MIGEN_TYPE_TEXT); /* nothing holds it to a length */
    assert_int_equal(tight->constraints.count, 1);
    driver_close(d);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_found_and_ours_left_out),
        cmocka_unit_test(foreign_keys_name_their_targets),
        cmocka_unit_test(enums_are_known_by_their_history),
        cmocka_unit_test(constraints_are_called_as_their_history_says),
        cmocka_unit_test(strict_tables_take_their_types_from_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* schema_copy_test.c: copies share what nobody changes, and nobody sees what another changes; names are found after any change. */
#include "operation_fixture.h"

#include "operation_parts.h"

static const migen_table users_again = {.name = "users",
                                        COLUMNS({.name = "nick", .type = TEXT, .unique = true})};

static const migen_step copy_changes[] = {
    SAFE_ADD_COLUMN("users", .name = "nick", .type = TEXT, .unique = true),
    SAFE_DROP_COLUMN("users", "email"),
    SAFE_DROP_COLUMN("users", "id", .cascade = true),
    SAFE_RENAME_COLUMN("users", "id", "number"),
    SAFE_ALTER_COLUMN("users", "age", .set_not_null = true),
    SAFE_RENAME_TABLE("users", "people"),
    SAFE_DROP_TABLE("users", .cascade = true),
    SAFE_ENSURE_TABLE(&users_again),
    SAFE_CREATE_INDEX("users", .name = "by_age", ITEMS({.column = "age"})),
    SAFE_DROP_INDEX("users_by_name"),
    SAFE_RENAME_INDEX("users_by_name", "by_name"),
    SAFE_ADD_CONSTRAINT("users", CHECK(.name = "grown", .expression = "age > 17")),
    SAFE_DROP_CONSTRAINT("orders", "total_sane"),
    SAFE_RENAME_CONSTRAINT("orders", "total_sane", "sane"),
    SAFE_ADD_ENUM_VALUE("status", "late"),
    SAFE_RENAME_ENUM_VALUE("status", "new", "fresh"),
    SAFE_RENAME_ENUM("status", "state"),
    SAFE_CREATE_TRIGGER("users", "watch", "CREATE TRIGGER watch AFTER INSERT ON users EXECUTE FUNCTION f()"),
    SAFE_COMMENT_ON_TABLE("users", "people"),
    SAFE_CREATE_VIEW("grown_ups", "SELECT id, age FROM users"),
};

static void nobody_sees_what_another_changes(void **state)
{
    (void)state;
    const size_t count = sizeof copy_changes / sizeof *copy_changes;
    EACH_ENGINE(e)
    {
        for (size_t i = 0; i < count; i++) {
            schema *s = shop(engines[e]);
            PLAY(s, SAFE_CREATE_VIEW("emails", "SELECT id, email FROM users WHERE age > 3"));
            if (copy_changes[i].operation == MIGEN_DROP_COLUMN)
                PLAY(s, SAFE_DROP_VIEW("emails"));
            const char *before = schema_dump(memory, s);
            schema *copy = schema_copy(memory, s), *second = schema_copy(memory, copy);
            violation v = {0};
            (void)schema_apply(copy, &copy_changes[i], &v);
            const char *after = schema_dump(memory, copy);
            assert_string_equal(before, schema_dump(memory, s));
            assert_string_equal(before, schema_dump(memory, second));
            /* And the other way about: the original changes, and a copy that was made before stays. */
            (void)schema_apply(s, &copy_changes[i], &v);
            assert_string_equal(after, schema_dump(memory, s));
            assert_string_equal(after, schema_dump(memory, copy));
            assert_string_equal(before, schema_dump(memory, second));
        }
    }
}

static void what_is_not_changed_is_shared(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES), *copy = schema_copy(memory, s);
    assert_ptr_equal(schema_find_table(s, "notes"), schema_find_table(copy, "notes"));
    PLAY(copy, SAFE_COMMENT_ON_TABLE("notes", "of somebody"));
    assert_ptr_not_equal(schema_find_table(s, "notes"), schema_find_table(copy, "notes"));
    assert_ptr_equal(schema_find_table(s, "orders"), schema_find_table(copy, "orders"));
    /* What is the copy's own is not copied again. */
    const schema_table *own = schema_find_table(copy, "notes");
    PLAY(copy, SAFE_COMMENT_ON_TABLE("notes", "of nobody"));
    assert_ptr_equal(own, schema_find_table(copy, "notes"));
}

static const char *relation(const schema *s, const char *name)
{
    return model_relation(s, NULL, (object_name){NULL, name});
}

static void names_are_found(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        assert_string_equal(relation(s, "users_by_name"), "an index");
        assert_string_equal(relation(s, "users_email_key"), "a constraint's index");
        PLAY(s, SAFE_RENAME_INDEX("users_by_name", "by_name"));
        assert_null(relation(s, "users_by_name"));
        assert_string_equal(relation(s, "by_name"), "an index");
        PLAY(s, SAFE_RENAME_TABLE("users", "people"));
        assert_null(relation(s, "users"));
        assert_string_equal(relation(s, "people"), "a table");
        assert_string_equal(relation(s, "by_name"), "an index");
        /* A name of a copy is none of the original's, and none of what was dropped. */
        schema *copy = schema_copy(memory, s);
        PLAY(copy, SAFE_CREATE_INDEX("notes", .name = "by_body", ITEMS({.column = "body"})));
        assert_string_equal(relation(copy, "by_body"), "an index");
        assert_null(relation(s, "by_body"));
        PLAY(copy, SAFE_DROP_INDEX("by_body"));
        assert_null(relation(copy, "by_body"));
        /* The case of letters counts on PostgreSQL only. */
        assert_int_equal(schema_find_table(s, "\"People\"") != NULL, engines[e] == MIGEN_SQLITE);
        assert_int_equal(relation(s, "By_Name") != NULL, engines[e] == MIGEN_SQLITE);
        const schema_table *t = NULL;
        assert_non_null(schema_find_index(s, "by_name", &t));
        assert_string_equal(t->name.name, "people");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(nobody_sees_what_another_changes),
                                       CASE(what_is_not_changed_is_shared), CASE(names_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Each operation and its way back: played one after the other they leave the model as it was. */
#include "operation_fixture.h"

#define BOTH (MIGEN_POSTGRES | MIGEN_SQLITE)

typedef struct inverse_case {
    unsigned engines;
    migen_step step;
    bool leaves_values; /* an enum's value stays */
} inverse_case;

static const migen_table boxes_table = {
    .name = "boxes",
    COLUMNS({.name = "id", .type = ID},
            {.name = "item", .type = TEXT, .unique = true, .unique_name = "one_box"}),
};
static const migen_table users_more = {
    .name = "users",
    COLUMNS({.name = "id", .type = ID}, {.name = "name", .type = TEXT, .not_null = true},
            {.name = "age", .type = INT}, {.name = "nick", .type = TEXT, .unique = true, .index = true}),
    CONSTRAINTS(CHECK(.name = "users_grown", .expression = "age < 200")),
    INDEXES({.name = "users_age", ITEMS({.column = "age"})},
            {.name = "users_nick_low", ITEMS({.expression = "lower(nick)"})}),
};

static const inverse_case cases[] = {
    {MIGEN_POSTGRES, SAFE_CREATE_SCHEMA("extra"), false},
    {MIGEN_POSTGRES, SAFE_DROP_SCHEMA("auth", .cascade = true), false},
    {MIGEN_POSTGRES, SAFE_CREATE_EXTENSION("citext"), false},
    {MIGEN_POSTGRES, SAFE_DROP_EXTENSION("pgcrypto"), false},
    {BOTH, SAFE_CREATE_ENUM("color", "red", "green"), false},
    {MIGEN_POSTGRES, SAFE_DROP_ENUM("status", .cascade = true), false},
    {MIGEN_POSTGRES, SAFE_DROP_ENUM("auth.role", .cascade = true), false},
    {BOTH, SAFE_RENAME_ENUM("status", "user_status"), false},
    {BOTH, SAFE_ADD_ENUM_VALUE("status", "late", .before = "gone"), true},
    {BOTH, SAFE_ADD_MULTIPLE_ENUM_VALUES("status", "x", "y"), true},
    {BOTH, SAFE_RENAME_ENUM_VALUE("status", "new", "fresh"), false},
    {MIGEN_POSTGRES, SAFE_CREATE_SEQUENCE("more_numbers", .increment = 3), false},
    {MIGEN_POSTGRES, SAFE_DROP_SEQUENCE("numbers"), false},
    {BOTH, SAFE_CREATE_TABLE(&boxes_table), false},
    {BOTH, SAFE_ENSURE_TABLE(&boxes_table), false},
    {BOTH, SAFE_ENSURE_TABLE(&users_more), false},
    {BOTH, SAFE_DROP_TABLE("notes"), false},
    {BOTH, SAFE_DROP_TABLE("items"), false},
    {BOTH, SAFE_DROP_TABLE("users", .cascade = true), false},
    {BOTH, SAFE_DROP_TABLE("orders", .cascade = true), false},
    {BOTH, SAFE_RENAME_TABLE("users", "people"), false},
    {BOTH, SAFE_RENAME_TABLE("orders", "order"), false},
    {MIGEN_POSTGRES, SAFE_RENAME_TABLE("auth.accounts", "logins"), false},
    {BOTH, SAFE_ADD_COLUMN("notes", .name = "title", .type = TEXT, .not_null = true), false},
    {BOTH,
     SAFE_ADD_COLUMN("notes", .name = "user_id", .references = "users", .unique = true, .index = true,
                     .check = "user_id > 0"),
     false},
    {BOTH,
     SAFE_ADD_COLUMNS("notes", {.name = "a", .type = INT}, {.name = "b", .type = INT, .check = "b > a"}),
     false},
    {BOTH, SAFE_DROP_COLUMN("notes", "body"), false},
    {BOTH, SAFE_DROP_COLUMN("notes", "id"), false},
    {BOTH, SAFE_DROP_COLUMN("users", "email"), false},
    {BOTH, SAFE_DROP_COLUMN("users", "state"), false},
    {BOTH, SAFE_DROP_COLUMN("users", "manager_id"), false},
    {BOTH, SAFE_DROP_COLUMN("users", "name", .cascade = true), false},
    {BOTH, SAFE_DROP_COLUMN("users", "age", .cascade = true), false},
    {BOTH, SAFE_DROP_COLUMN("users", "id", .cascade = true), false},
    {BOTH, SAFE_DROP_COLUMN("orders", "number", .cascade = true), false},
    {BOTH, SAFE_DROP_COLUMNS("users", NAMES("label", "name"), .cascade = true), false},
    {BOTH, SAFE_DROP_COLUMNS("items", NAMES("place", "number")), false},
    {BOTH, SAFE_RENAME_COLUMN("users", "name", "full_name"), false},
    {BOTH, SAFE_RENAME_COLUMN("users", "age", "order"), false},
    {BOTH, SAFE_RENAME_COLUMN("orders", "number", "no"), false},
    {BOTH,
     SAFE_ALTER_COLUMN("notes", "body", TO_TYPE(VARCHAR(50)), .set_not_null = true, .default_value = "''"),
     false},
    {BOTH, SAFE_ALTER_COLUMN("users", "state", .drop_default = true, .drop_not_null = true), false},
    {BOTH, SAFE_ALTER_COLUMN("users", "state", .default_value = "'active'"), false},
    {BOTH, SAFE_ALTER_COLUMN("notes", "id", TO_TYPE(BIGINT)), false},
    {BOTH, SAFE_CREATE_INDEX("notes", ITEMS({.column = "body"})), false},
    {BOTH,
     SAFE_CREATE_INDEX("notes", .name = "ux", .unique = true,
                       ITEMS({.expression = "lower(body)"}, {.column = "id"})),
     false},
    {BOTH, SAFE_DROP_INDEX("users_by_name"), false},
    {BOTH, SAFE_RENAME_INDEX("users_by_name", "ix_users_name"), false},
    {BOTH, SAFE_ADD_CONSTRAINT("notes", UNIQUE(.columns = NAMES("body"))), false},
    {BOTH, SAFE_ADD_CONSTRAINT("notes", CHECK(.expression = "length(body) < 10")), false},
    {BOTH, SAFE_ADD_CONSTRAINT("bare", PRIMARY_KEY(.columns = NAMES("a", "b"))), false},
    {BOTH, SAFE_ADD_CONSTRAINT("orders", FOREIGN_KEY(.columns = NAMES("number"), .references = "notes")),
     false},
    {BOTH, SAFE_DROP_CONSTRAINT("notes", "notes_pkey"), false},
    {BOTH, SAFE_DROP_CONSTRAINT("users", "users_pkey", .cascade = true), false},
    {BOTH, SAFE_DROP_CONSTRAINT("orders", "orders_user_id_number_key", .cascade = true), false},
    {BOTH, SAFE_DROP_CONSTRAINT("users", "users_age_check"), false},
    {BOTH, SAFE_DROP_CONSTRAINT("orders", "orders_user_id_fkey"), false},
    {BOTH, SAFE_RENAME_CONSTRAINT("users", "users_email_key", "one_email"), false},
    {BOTH, SAFE_RENAME_CONSTRAINT("users", "users_pkey", "users_key"), false},
    {BOTH, SAFE_CREATE_VIEW("minors", "SELECT 1"), false},
    {BOTH, SAFE_CREATE_VIEW("adults", "SELECT id, name FROM users WHERE age > 20"), false},
    {BOTH, SAFE_DROP_VIEW("adult_names"), false},
    {BOTH, SAFE_DROP_VIEW("adults", .cascade = true), false},
    {MIGEN_POSTGRES, SAFE_CREATE_MATERIALIZED_VIEW("more", "SELECT 1"), false},
    {MIGEN_POSTGRES, SAFE_DROP_MATERIALIZED_VIEW("totals"), false},
    {MIGEN_POSTGRES, SAFE_CREATE_FUNCTION("tell", .sql = STATEMENTS("CREATE OR REPLACE FUNCTION tell() …")),
     false},
    {MIGEN_POSTGRES,
     SAFE_CREATE_FUNCTION("touch", .arguments = "(int)", .sql = STATEMENTS("CREATE OR REPLACE FUNCTION 2")),
     false},
    {MIGEN_POSTGRES,
     SAFE_CREATE_FUNCTION("touch", .arguments = "(text)", .sql = STATEMENTS("CREATE OR REPLACE FUNCTION 3")),
     false},
    {MIGEN_POSTGRES, SAFE_DROP_FUNCTION("touch"), false},
    {BOTH, SAFE_CREATE_TRIGGER("new_one", "users", "CREATE TRIGGER new_one …"), false},
    {BOTH, SAFE_CREATE_TRIGGER("notes_touch", "notes", "CREATE TRIGGER notes_touch BEFORE …"), false},
    {BOTH, SAFE_DROP_TRIGGER("notes_touch", "notes"), false},
    {BOTH, SAFE_DROP_TRIGGER("notes_touch", NULL), false},
    {MIGEN_POSTGRES, SAFE_COMMENT_ON_TABLE("users", "who buys"), false},
    {MIGEN_POSTGRES, SAFE_COMMENT_ON_TABLE("notes", NULL), false},
    {MIGEN_POSTGRES, SAFE_COMMENT_ON_COLUMN("notes", "body", "other"), false},
    {MIGEN_POSTGRES, SAFE_DROP_TABLE("auth.accounts"), false},
};

static void there_and_back(schema *s, const inverse_case *x)
{
    const char *before = schema_dump(memory, s);
    const char *words = step_words(memory, &x->step);
    step_list back = {0};
    const char *why_not = NULL;
    if (!schema_inverse(s, &x->step, memory, &back, &why_not))
        fail_msg("%s: no way back: %s", words, why_not);
    assert_string_equal(before, schema_dump(memory, s)); /* asking changes nothing */
    play(s, &x->step, __FILE__, __LINE__);
    const char *after = schema_dump(memory, s);
    if (strcmp(before, after) == 0)
        fail_msg("%s: changes nothing", words);
    for (size_t i = 0; i < back.count; i++)
        play(s, &back.items[i], __FILE__, __LINE__);
    assert_int_equal(back.count == 0, x->leaves_values);
    const char *end = schema_dump(memory, s);
    if (strcmp(x->leaves_values ? after : before, end) != 0)
        fail_msg("%s: the way back leads elsewhere:\n%s\ninstead of\n%s", words, end, before);
}

static void every_operation_leads_back(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        for (size_t i = 0; i < ROW_COUNT(cases); i++)
            if ((cases[i].engines & (unsigned)engines[e]) != 0)
                there_and_back(shop(engines[e]), &cases[i]);
    }
}

/* Each operation of ops.def that changes the schema is among the cases, so that a new one cannot be forgotten. */
static void no_operation_is_forgotten(void **state)
{
    (void)state;
    for (int operation = MIGEN_NOTHING + 1; operation < MIGEN_OPERATION_COUNT; operation++) {
        migen_step step = {.operation = (migen_operation)operation};
        bool found = !step_changes_schema(&step) || operation == MIGEN_GIVEN_TABLE;
        for (size_t i = 0; i < ROW_COUNT(cases); i++)
            found = found || cases[i].step.operation == step.operation;
        if (!found)
            fail_msg("%s has no case", operation_words(step.operation));
    }
}

static void several_steps_lead_back_in_reverse(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        const char *before = schema_dump(memory, s);
        static const migen_step steps[] = {
            SAFE_RENAME_TABLE("users", "people"),
            SAFE_RENAME_COLUMN("people", "name", "full name"),
            SAFE_DROP_COLUMN("people", "full name", .cascade = true),
            SAFE_DROP_TABLE("people", .cascade = true),
            SAFE_RENAME_ENUM_VALUE("status", "new", "it's new"),
            SAFE_RENAME_ENUM("status", "states"),
        };
        step_list back[ROW_COUNT(steps)];
        for (size_t i = 0; i < ROW_COUNT(steps); i++) {
            const char *why_not = NULL;
            back[i] = (step_list){0};
            assert_true(schema_inverse(s, &steps[i], memory, &back[i], &why_not));
            play(s, &steps[i], __FILE__, __LINE__);
        }
        for (size_t i = ROW_COUNT(steps); i-- > 0;)
            for (size_t k = 0; k < back[i].count; k++)
                play(s, &back[i].items[k], __FILE__, __LINE__);
        assert_string_equal(before, schema_dump(memory, s));
    }
}

static bool has_way(schema *s, const migen_step *step, step_list *back, const char **why_not)
{
    *back = (step_list){0};
    return schema_inverse(s, step, memory, back, why_not);
}

static void where_there_is_no_way(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    step_list back;
    const char *why_not = NULL;
    assert_false(has_way(s, &(const migen_step)EXECUTE_SQL("x"), &back, &why_not));
    assert_non_null(strstr(why_not, "undo"));
    assert_false(has_way(s, &(const migen_step){.operation = MIGEN_CALL, .text = "f"}, &back, &why_not));
    assert_false(has_way(s, &(const migen_step)SAFE_DROP_FUNCTION("unknown"), &back, &why_not));
    assert_false(has_way(s, &(const migen_step)SAFE_DROP_TRIGGER("t", "other.users"), &back, &why_not));
    assert_false(has_way(s, &(const migen_step)SAFE_DROP_TABLE("other.users"), &back, &why_not));
    assert_true(has_way(s, &(const migen_step)SAY("x"), &back, &why_not));
    assert_true(has_way(s, &(const migen_step)MIGRATION_SUMMARY("x"), &back, &why_not));
    assert_int_equal(back.count, 0);
    assert_true(has_way(s, &(const migen_step)SAFE_DROP_TABLE("not_there"), &back, &why_not));
    assert_int_equal(back.count, 0);
}

/* A column that must not be null comes back to a table that has rows. */
static void restored_columns_can_be_filled(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    step_list back;
    const char *why_not = NULL;
    assert_true(has_way(s, &(const migen_step)SAFE_DROP_COLUMN("notes", "body"), &back, &why_not));
    assert_null(back.items[0].columns[0].backfill); /* it may be null */
    PLAY(s, SAFE_ADD_COLUMN("notes", .name = "kind", .type = TEXT, .not_null = true));
    assert_true(has_way(s, &(const migen_step)SAFE_DROP_COLUMN("notes", "kind"), &back, &why_not));
    assert_string_equal(back.items[0].columns[0].backfill, "''");
    assert_true(has_way(s, &(const migen_step)SAFE_DROP_COLUMN("users", "state"), &back, &why_not));
    assert_null(back.items[0].columns[0].backfill); /* it has a default */
    assert_true(has_way(s, &(const migen_step)SAFE_DROP_COLUMN("users", "email"), &back, &why_not));
    assert_null(back.items[0].columns[0].backfill); /* it must differ from row to row */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_operation_leads_back),         CASE(no_operation_is_forgotten),
        CASE(several_steps_lead_back_in_reverse), CASE(where_there_is_no_way),
        CASE(restored_columns_can_be_filled),
    };
    return cmocka_run_group_tests_name("inverses", tests, NULL, NULL);
}

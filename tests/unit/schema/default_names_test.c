/* PostgreSQL's default names. The long ones were read from a PostgreSQL 15. */
#include "operation_parts.h"
#include "operation_fixture.h"

static const char *name_of(const char *table, const char *const *columns, const char *suffix)
{
    schema_table t = {.name = {.name = table}};
    return schema_default_name(schema_new(memory, MIGEN_POSTGRES), &t, columns, suffix);
}

#define LONG_TABLE  "a_table_whose_name_is_rather_long_for_what_it_is_about_really"
#define LONG_COLUMN "a_column_whose_name_is_rather_long_for_what_it_holds"

static void plain_names(void **state)
{
    (void)state;
    assert_string_equal(name_of("users", NULL, "pkey"), "users_pkey");
    assert_string_equal(name_of("users", NAMES("id"), "pkey"), "users_pkey");
    assert_string_equal(name_of("users", NAMES("email"), "key"), "users_email_key");
    assert_string_equal(name_of("users", NAMES("a", "b", "c"), "key"), "users_a_b_c_key");
    assert_string_equal(name_of("users", NAMES("a", "b"), "fkey"), "users_a_b_fkey");
    assert_string_equal(name_of("users", NAMES("age"), "check"), "users_age_check");
    assert_string_equal(name_of("users", NULL, "check"), "users_check");
    assert_string_equal(name_of("users", NAMES("email"), "idx"), "users_email_idx");
    assert_string_equal(name_of("users", NAMES("expr"), "idx"), "users_expr_idx");
    assert_string_equal(name_of("users", NAMES("expr", "expr", "expr"), "idx"), "users_expr_expr1_expr2_idx");
    assert_string_equal(name_of("users", NAMES("Weird Name"), "idx"), "users_Weird Name_idx");
}

static void cut_to_63_bytes(void **state)
{
    (void)state;
    const char *names[] = {
        name_of(LONG_TABLE, NULL, "pkey"),
        name_of(LONG_TABLE, NAMES("b"), "key"),
        name_of(LONG_TABLE, NAMES(LONG_COLUMN), "key"),
        name_of("t", NAMES(LONG_COLUMN, LONG_COLUMN "2"), "idx"),
    };
    assert_string_equal(names[0], "a_table_whose_name_is_rather_long_for_what_it_is_about_rea_pkey");
    assert_string_equal(names[1], "a_table_whose_name_is_rather_long_for_what_it_is_about_re_b_key");
    assert_string_equal(names[2], "a_table_whose_name_is_rather__a_column_whose_name_is_rather_key");
    assert_string_equal(names[3], "t_a_column_whose_name_is_rather_long_for_what_it_holds_a_co_idx");
    for (size_t i = 0; i < ROW_COUNT(names); i++)
        assert_true(strlen(names[i]) <= NAME_LONGEST);
}

static void no_character_is_cut(void **state)
{
    (void)state;
    /* 40 characters of two bytes: 80 bytes, of which 58 are left for the name */
    char table[81] = "";
    for (int i = 0; i < 40; i++)
        strcat(table, "\303\244");
    const char *name = name_of(table, NULL, "pkey");
    assert_int_equal(strlen(name), 58 + 5);
    name = name_of(table, NAMES("ab"), "key"); /* 56 left */
    assert_int_equal(strlen(name), 56 + 1 + 2 + 4);
    name = name_of(table, NAMES("a"), "idx"); /* 57: the last character would be half of one */
    assert_int_equal(strlen(name), 56 + 1 + 1 + 4);
}

static void numbers_where_taken(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    PLAY(s, SAFE_CREATE_INDEX("notes", ITEMS({.column = "body"})));
    PLAY(s, SAFE_CREATE_INDEX("notes", .unique = true, ITEMS({.column = "body"})));
    assert_non_null(schema_find_index(s, "notes_body_idx", NULL));
    assert_non_null(schema_find_index(s, "notes_body_idx1", NULL));
    /* relations of all kinds are in the way of an index */
    PLAY(s, SAFE_CREATE_VIEW("notes_id_idx", "SELECT 1"));
    PLAY(s, SAFE_CREATE_INDEX("notes", ITEMS({.column = "id"})));
    assert_non_null(schema_find_index(s, "notes_id_idx1", NULL));
    /* a constraint of another table is in the way of a foreign key's name */
    PLAY(s, SAFE_ADD_CONSTRAINT("notes", CHECK(.name = "items_place_fkey", .expression = "true")));
    PLAY(s, SAFE_ADD_CONSTRAINT("items", FOREIGN_KEY(.columns = NAMES("place"), .references = "notes")));
    assert_non_null(table_find_constraint(schema_find_table(s, "items"), "items_place_fkey1"));
    /* names of another schema are not */
    PLAY(s,
         SAFE_CREATE_TABLE(&(const migen_table){.name = "auth.users", COLUMNS({.name = "id", .type = ID})}));
    assert_string_equal(table_primary_key(schema_find_table(s, "auth.users"))->name, "users_pkey");
}

static void checks_are_named_after_their_only_column(void **state)
{
    (void)state;
    schema *s = schema_new(memory, MIGEN_POSTGRES);
    PLAY(s, SAFE_CREATE_TABLE(&(const migen_table){
                .name = "t",
                COLUMNS({.name = "a", .type = INT, .check = "a > 0"},
                        {.name = "b", .type = INT, .check = "b > a"},
                        {.name = "length", .type = INT, .check = "length(a::text) > 0"}),
                CONSTRAINTS(CHECK(.expression = "b > 3"), CHECK(.expression = "1 > 0"))}));
    static const char *const names[] = {"t_a_check", "t_check", "t_a_check1", "t_b_check", "t_check1"};
    const schema_table *t = schema_find_table(s, "t");
    assert_int_equal(t->constraints.count, ROW_COUNT(names));
    for (size_t i = 0; i < ROW_COUNT(names); i++)
        assert_string_equal(t->constraints.items[i].name, names[i]);
}

static void renames_change_no_names(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_SQLITE);
    PLAY(s, SAFE_RENAME_TABLE("users", "people"));
    PLAY(s, SAFE_RENAME_COLUMN("people", "email", "mail"));
    const schema_table *t = schema_find_table(s, "people");
    assert_non_null(table_find_constraint(t, "users_pkey"));
    assert_non_null(table_find_constraint(t, "users_email_key"));
    assert_non_null(table_find_index(t, "users_by_name"));
}

/* As PostgreSQL 15 names CREATE INDEX ON zz (…) without a name. */
static void expressions_are_named_as_postgres_names_them(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *name;
    } cases[] = {{"lower(a)", "lower"},
                 {"(lower(a))", "lower"},
                 {"a || b", "expr"},
                 {"a::int", "a"},
                 {"(a)::varchar(10)", "a"},
                 {"coalesce(a, b)", "coalesce"},
                 {"pg_catalog.upper(a)", "upper"},
                 {"lower(a) || b", "expr"},
                 {"data->>'x'", "expr"}};
    arena *a = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(default_name_of_expression(a, cases[i].expression), cases[i].name);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_named_as_postgres_names_them),
        CASE(plain_names),
        CASE(cut_to_63_bytes),
        CASE(no_character_is_cut),
        CASE(numbers_where_taken),
        CASE(checks_are_named_after_their_only_column),
        CASE(renames_change_no_names),
    };
    return cmocka_run_group_tests_name("default names", tests, NULL, NULL);
}

/*
 * derive_test.c: ways down, and hashes.
 */
#include "sema/project_fixture.h"

static const char users[] = "create table users {\n"
                            "  id id\n"
                            "  email varchar(255) not null unique\n"
                            "  role text\n"
                            "}";

static void statements_are_reversed(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(
        &f, "002_a",
        "create table groups {\n  id id\n}\nadd column users.a text\ncreate index ix_users_a on users (a)\n"
        "rename column users.role to part\nrename table groups to teams\nsay 'x'\nsummary users\n"
        "seed users (email) key (email) {\n  'a'\n}");
    fixture_check(&f);
    assert_clean(&f);
    assert_down(&f, "001_users", "drop table users");
    assert_down(&f, "002_a",
                "rename table teams to groups; rename column users.part to role; drop index ix_users_a; "
                "drop column users.a; drop table groups");
    fixture_end(&f);
}

static size_t count_lost(const fixture *f, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < f->found.list.count; i++)
        if (text_equal(f->found.list.items[i].code, "data-lost") &&
            strstr(f->found.list.items[i].message, words) != NULL)
            count++;
    return count;
}

static void what_was_dropped_is_made_again(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a", "drop column users.role");
    fixture_add(&f, "003_b", "drop table users");
    fixture_check(&f);
    assert_clean(&f);
    assert_down(&f, "002_a", "add column users");
    assert_down(&f, "003_b", "create table users");
    const migen_migration *m = migration_of(&f, "003_b");
    assert_int_equal(m->down[0].table->column_count, 2); /* as it was then: without role */
    assert_found(&f, "data-lost", NULL);
    fixture_end(&f);
}

/* Rows of another table may refer to those that are gone: the author is told which keys they refuse. */
static void keys_upon_what_is_lost_are_named(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(
        &f, "002_teams",
        "create table teams {\n  id id\n  code text unique\n  parent_id -> teams.id index\n}\n"
        "create table members {\n  id id\n  team_id -> teams.id index\n  code text -> teams.code index\n}");
    fixture_add(&f, "003_own", "drop column teams.parent_id");
    fixture_check(&f);
    assert_clean(&f);
    assert_int_equal(count_lost(&f, "members_"), 0);
    fixture_end(&f);
    f = fixture_new("sqlite, postgres");
    fixture_add(
        &f, "001_teams",
        "create table teams {\n  id id\n  code text unique\n}\n"
        "create table members {\n  id id\n  team_id -> teams.id index\n  code text -> teams.code index\n}");
    fixture_add(&f, "002_column", "drop column teams.code cascade");
    fixture_add(&f, "003_table", "drop table teams cascade");
    fixture_check(&f);
    assert_clean(&f);
    assert_int_equal(count_lost(&f, "makes members_code_fkey of members again"), 1);
    assert_int_equal(count_lost(&f, "makes members_team_id_fkey of members again"), 1);
    fixture_end(&f);
}

static void branches_are_taken_back_as_they_were_taken(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a",
                "if table users {\n  add column users.a text\n} else {\n  say 'no'\n}\n"
                "if { SELECT 1 } {\n  say 'nothing to take back'\n}\n"
                "if { SELECT 1 } {\n  say 'x'\n} else {\n  add column users.b text\n}");
    fixture_check(&f);
    assert_clean(&f);
    assert_down(&f, "002_a",
                "if taken 3; else; drop column users.b; end; if taken 1; drop column users.a; end");
    fixture_end(&f);
}

static void engines_share_what_is_the_same(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a",
                "on postgres {\n  add column users.p text\n  add column users.q text\n}\n"
                "add column users.r text\non sqlite {\n  add column users.s text\n}");
    fixture_check(&f);
    assert_clean(&f);
    assert_down(&f, "002_a",
                "on sqlite; drop column users.s; end; drop column users.r; "
                "on postgres; drop column users.q; drop column users.p; end");
    fixture_end(&f);
}

static void raw_sql_needs_its_own_way_back(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a", "run \"one\" { UPDATE users SET role = 'a' }");
    fixture_add(&f, "003_b",
                "run \"two\" { UPDATE users SET role = 'b' } undo { UPDATE users SET role = 'a' }\n"
                "run { UPDATE users SET role = 'c' } undo none");
    fixture_add(&f, "004_c", "run \"three\" { UPDATE users SET role = 'd' }\ndown never \"roles are gone\"");
    fixture_check(&f);
    assert_found(&f, "no-way-down", NULL);
    assert_error_count(&f, 1);
    assert_down(&f, "003_b", "run <undo: two>");
    assert_string_equal(migration_of(&f, "004_c")->down_never, "roles are gone");
    fixture_end(&f);
}

static void enum_values_stay_with_a_line(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_a", "create enum status ('a', 'b')");
    fixture_add(&f, "002_b", "add enum value status 'c'");
    fixture_check(&f);
    assert_clean(&f);
    assert_down(&f, "002_b", "say <enum value c of status stays: PostgreSQL cannot take one back>");
    fixture_end(&f);
}

static void a_down_block_is_played_too(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_good", "add column users.a text\ndown {\n  drop column users.a\n}");
    fixture_add(&f, "003_typo", "add column users.b text\ndown {\n  rename column usres.b to c\n}");
    fixture_add(&f, "004_short",
                "add column users.c text\nadd column users.d text\ndown {\n  drop column users.d\n}");
    fixture_check(&f);
    assert_found(&f, "unknown-table", "usres");
    assert_error_count(&f, 1);
    const diagnostic *d = assert_found(&f, "down-differs", NULL);
    assert_non_null(strstr(d->message, "users.c"));
    assert_down(&f, "002_good", "drop column users.a");
    fixture_end(&f);
}

static const char *hash_of(const char *body)
{
    static char hash[2][80];
    static int turn;
    fixture f = fixture_new("sqlite, postgres");
    fixture_write(&f, "migrations/001_a.mig", body);
    fixture_check(&f);
    assert_clean(&f);
    turn = !turn;
    snprintf(hash[turn], sizeof hash[turn], "%s", migration_of(&f, "001_a")->hash);
    fixture_end(&f);
    return hash[turn];
}

static void hashes_are_of_what_is_done(void **state)
{
    (void)state;
    static const char plain[] = "migration \"A\"\ncreate table t {\n  id id\n  a text default 'x'\n}\n";
    static const char dressed[] =
        "-- a comment\nmigration \"Another title\"\nafter none\n\nCREATE TABLE t {\r\n\tid  ID -- key\n"
        "\ta   TEXT  default 'x'\n}\nsay 'hello'\nsummary t\ndown never \"no\"\n";
    assert_true(text_starts_with(hash_of(plain), "m1:"));
    assert_int_equal(strlen(hash_of(plain)), 3 + 64);
    assert_string_equal(hash_of(plain), hash_of(dressed));
    assert_string_not_equal(hash_of(plain),
                            hash_of("migration \"A\"\ncreate table t {\n  id id\n  a text default 'X'\n}\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_reversed),
        cmocka_unit_test(what_was_dropped_is_made_again),
        cmocka_unit_test(keys_upon_what_is_lost_are_named),
        cmocka_unit_test(branches_are_taken_back_as_they_were_taken),
        cmocka_unit_test(engines_share_what_is_the_same),
        cmocka_unit_test(raw_sql_needs_its_own_way_back),
        cmocka_unit_test(enum_values_stay_with_a_line),
        cmocka_unit_test(a_down_block_is_played_too),
        cmocka_unit_test(hashes_are_of_what_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

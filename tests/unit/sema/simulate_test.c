/*
 * simulate_test.c: what a history's play finds, and where.
 */
#include "sema/project_fixture.h"

static const char users[] = "create table users {\n"
                            "  id id\n"
                            "  email varchar(255) not null unique\n"
                            "  role text\n"
                            "}";

typedef struct one_case {
    const char *body, *code, *under;
} one_case;

/* Each body on its own, after `users`. */
static void mistakes_have_their_places(void **state)
{
    (void)state;
    static const one_case cases[] = {
        {"add column usres.api_key varchar(255)", "unknown-table", "usres"},
        {"add column Users.x text", "capital-name", "Users"},
        {"create index ix on users (nope)", "unknown-column", "nope"},
        {"add column users.email text", "already-there", "email"},
        {"create index ix on users (emial)", "unknown-column", "emial"},
        {"create table posts {\n  id id\n  author_id -> nowhere.id\n}", "unknown-table", "nowhere"},
        {"create table posts {\n  id id\n  author_id -> users.idd\n}", "unknown-column", "idd"},
        {"create table users {\n  id id\n}", "already-there", NULL},
        {"drop column users.nothing", "already-there", "nothing"},
        {"drop table nothing", "already-there", "nothing"},
        {"seed usres (email) key (email) {\n  'a'\n}", "unknown-table", "usres"},
        {"seed users (emial) key (emial) {\n  'a'\n}", "unknown-column", "emial"},
        {"summary usres", "unknown-table", "usres"},
        {"rename column users.nothing to other", NULL, NULL},
        {"on sqlite {\n  add column usres.x text\n}", "unknown-table", "usres"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f = fixture_new("sqlite, postgres");
        fixture_add(&f, "001_users", users);
        fixture_add(&f, "002_case", cases[i].body);
        fixture_check(&f);
        print_message("%s\n", cases[i].body);
        if (cases[i].code)
            assert_found(&f, cases[i].code, cases[i].under);
        for (size_t k = 0; k < f.found.list.count; k++)
            assert_true(f.found.list.items[k].severity != SEVERITY_ERROR ||
                        f.found.list.items[k].hint != NULL);
        assert_error_count(&f, 1); /* once for both engines, and nothing that follows from it */
        fixture_end(&f);
    }
}

static void a_mistake_silences_its_followers(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_posts", "create table posts {\n  id id\n  author_id -> usres.id\n}");
    fixture_add(&f, "003_more", "add column posts.title text\ncreate index ix_posts_title on posts (title)");
    fixture_add(&f, "004_again", "add column usres.x text\ncreate index ix_x on usres (x)");
    fixture_check(&f);
    assert_found(&f, "unknown-table", "usres");
    assert_error_count(&f, 1);
    fixture_end(&f);
}

static void a_file_with_errors_does_not_blame_the_next(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_users", "create tabel users {\n  id id\n}");
    fixture_add(&f, "002_more", "add column users.email text\nadd column other.x text");
    fixture_check(&f);
    assert_found(&f, "unknown-table", "other");
    for (size_t i = 0; i < f.found.list.count; i++)
        assert_false(text_equal(f.found.list.items[i].code, "unknown-table") &&
                     strstr(f.found.list.items[i].message, "users"));
    fixture_end(&f);
}

static void in_an_if_nothing_is_missing(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_if",
                "if table legacy {\n  drop column legacy.x\n  add column legacy.y text\n} else {\n  add "
                "column users.a text\n}\n"
                "if not column users.email {\n  add column users.email text\n}\n"
                "if column users.role {\n  add column users.role text\n}");
    fixture_check(&f);
    assert_clean(&f);
    assert_non_null(table_find_column(schema_find_table(f.release->final_schema[0], "users"), "a"));
    assert_non_null(table_find_column(schema_find_table(f.release->final_schema[1], "users"), "a"));
    const migen_migration *m = migration_of(&f, "002_if");
    assert_int_equal(m->up[0].branch, 1);
    assert_int_equal(m->up[6].branch, 2);
    fixture_end(&f);
}

static void what_a_branch_may_have_made_can_be_named(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(
        &f, "002_if",
        "if { SELECT count(*) FROM users } {\n  create table extra {\n    id id\n    note text\n  }\n}");
    fixture_add(&f, "003_more", "create index ix_extra_note on extra (note)");
    fixture_check(&f);
    assert_clean(&f);
    fixture_end(&f);
}

static void engines_are_told_apart(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_a", "create table t {\n  id id\n  tags text[]\n}");
    fixture_check(&f);
    assert_error_count(&f, 1);
    assert_non_null(find_diagnostic(&f, "unsupported"));
    fixture_end(&f);
    f = fixture_new("postgres");
    fixture_add(&f, "001_a", "create table t {\n  id id\n  tags text[]\n}");
    fixture_check(&f);
    assert_clean(&f);
    fixture_end(&f);
    f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_a",
                "on postgres {\n  create schema auth\n}\nif schema auth {\n  say 'auth is there'\n}");
    fixture_check(&f);
    assert_clean(&f);
    fixture_end(&f);
}

static void raw_sql_may_have_made_it(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_raw",
                "run { CREATE TABLE old (id integer primary key, note text) } undo { DROP TABLE old }");
    fixture_add(&f, "002_more",
                "create table child {\n  id id\n  old_id bigint -> old.id\n}\ncreate index ix_child on child "
                "(old_id)\n"
                "create index ix_old_note on old (note)\nseed old (id, note) key (id) {\n  1, 'x'\n}");
    fixture_add(&f, "003_typo", "create index ix_odl on odl (note)");
    fixture_check(&f);
    assert_found(&f, "unknown-table", "odl");
    assert_error_count(&f, 1);
    assert_non_null(schema_find_table(f.release->final_schema[0], "child"));
    fixture_end(&f);
}

static void somebody_elses_schema_is_taken_as_written(void **state)
{
    (void)state;
    fixture f = fixture_new("postgres");
    fixture_add(&f, "001_a", "add column auth.users.x text\nseed auth.users (x) key (x) {\n  'a'\n}");
    fixture_check(&f);
    assert_clean(&f);
    fixture_end(&f);
}

static void outside_a_transaction_a_run_needs_a_condition(void **state)
{
    (void)state;
    fixture f = fixture_new("postgres");
    fixture_write(
        &f, "migrations/001_a.mig",
        "migration \"A\"\ntransaction none\nrun { VACUUM } undo none\n"
        "run { VACUUM } when { SELECT 1 } undo none\nif { SELECT 1 } {\n  run { VACUUM } undo none\n}\n");
    fixture_check(&f);
    assert_found(&f, "run-needs-condition", NULL);
    assert_error_count(&f, 1);
    fixture_end(&f);
}

static void colliding_names_and_missing_types_are_filled_in(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_a",
                "create table parents {\n  id id\n}\ncreate table t {\n  id id\n  a text unique index\n"
                "  parent_id -> parents on delete cascade\n  check (a <> '')\n  check (a <> 'x')\n}");
    fixture_add(
        &f, "002_b",
        "create index on t (a)\nadd column t.b text\nadd unique t_b_key on t (a, b)\nadd unique on t (b)");
    fixture_check(&f);
    assert_clean(&f);
    const migen_migration *m = migration_of(&f, "001_a");
    const migen_table *t = m->up[1].table;
    assert_null(t->columns[1].unique_name); /* the plain default name says itself */
    assert_null(t->columns[1].index_name);
    assert_int_equal(t->columns[2].type.kind, MIGEN_TYPE_BIGINT);
    assert_string_equal(t->columns[2].references_column, "id");
    assert_null(t->constraints[0].name);
    assert_non_null(t->constraints[1].name);
    assert_string_equal(migration_of(&f, "002_b")->up[0].index->name, "t_a_idx1");
    assert_string_equal(migration_of(&f, "002_b")->up[3].constraint->name, "t_b_key1");
    fixture_end(&f);
}

static void allow_silences_its_rule_for_one_statement(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a", "allow drop-column \"nobody reads it\"\ndrop column users.role");
    fixture_check(&f);
    assert_clean(&f);
    assert_int_equal(f.found.warning_count, 0);
    fixture_end(&f);
    f = fixture_new("sqlite, postgres");
    fixture_add(&f, "001_users", users);
    fixture_add(&f, "002_a",
                "allow drop-colum \"a slip\"\ndrop column users.role\nadd column users.x text not null");
    fixture_check(&f);
    assert_clean(&f);
    assert_found(&f, "unknown-rule", NULL);
    assert_found(&f, "drop-column", NULL);
    assert_found(&f, "required-column", "x");
    assert_int_equal(f.found.warning_count, 3);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_have_their_places),
        cmocka_unit_test(a_mistake_silences_its_followers),
        cmocka_unit_test(a_file_with_errors_does_not_blame_the_next),
        cmocka_unit_test(in_an_if_nothing_is_missing),
        cmocka_unit_test(what_a_branch_may_have_made_can_be_named),
        cmocka_unit_test(engines_are_told_apart),
        cmocka_unit_test(raw_sql_may_have_made_it),
        cmocka_unit_test(somebody_elses_schema_is_taken_as_written),
        cmocka_unit_test(outside_a_transaction_a_run_needs_a_condition),
        cmocka_unit_test(colliding_names_and_missing_types_are_filled_in),
        cmocka_unit_test(allow_silences_its_rule_for_one_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

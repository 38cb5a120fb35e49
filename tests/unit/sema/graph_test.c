/*
 * graph_test.c: references, order, heads, circles.
 */
#include "sema/project_fixture.h"

static const char nothing[] = "say 'x'";

static const char *order_of(const fixture *f)
{
    builder b = builder_new(f->memory);
    for (size_t i = 0; i < f->release->migrations.count; i++)
        builder_add_format(&b, "%s%s", i ? " " : "", f->release->migrations.items[i]->migration.id);
    return b.bytes;
}

static void without_after_a_file_follows_the_one_before(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite, postgres");
    fixture_add(&f, "003_c", nothing);
    fixture_add(&f, "001_a", nothing);
    fixture_add(&f, "002_b", nothing);
    fixture_check(&f);
    assert_clean(&f);
    assert_string_equal(order_of(&f), "001_a 002_b 003_c");
    assert_int_equal(list_length(migration_of(&f, "001_a")->after), 0);
    assert_string_equal(migration_of(&f, "003_c")->after[0], "002_b");
    assert_int_equal(f.release->heads.count, 1);
    assert_string_equal(f.release->heads.items[0], "003_c");
    fixture_end(&f);
}

static void parents_come_first_then_ids(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_merge", "after 003_right, left");
    fixture_add(&f, "002_root", "after none");
    fixture_add(&f, "003_right", "after root");
    fixture_add(&f, "004_left", "after 002");
    fixture_check(&f);
    assert_clean(&f);
    assert_string_equal(order_of(&f), "002_root 003_right 004_left 001_merge");
    fixture_end(&f);
}

static void a_whole_id_wins_over_a_name_and_that_over_a_prefix(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "10_1_x", "after none"); /* its name part, 1_x, is the next one's whole id */
    fixture_add(&f, "1_x", "after 10_1_x");
    fixture_add(&f, "20_last", "after 1_x");
    fixture_check(&f);
    assert_clean(&f);
    assert_string_equal(migration_of(&f, "20_last")->after[0], "1_x");
    const checked_migration *found = NULL;
    assert_int_equal(release_find(f.release, "last", &found), 1);
    assert_string_equal(found->migration.id, "20_last");
    assert_int_equal(release_find(f.release, "1", &found), 2);
    assert_int_equal(release_find(f.release, "nothing", &found), 0);
    assert_null(found);
    fixture_end(&f);
}

static void two_heads_are_named_both(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_root", nothing);
    fixture_add(&f, "002_left", "after root");
    fixture_add(&f, "003_right", "after root");
    fixture_check(&f);
    const diagnostic *d = assert_found(&f, "two-heads", NULL);
    assert_non_null(strstr(d->message, "002_left"));
    assert_non_null(strstr(d->message, "003_right"));
    assert_non_null(strstr(d->hint, "migen merge"));
    assert_error_count(&f, 1);
    fixture_end(&f);
}

static void a_circle_is_shown_with_its_way(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_a", "after c");
    fixture_add(&f, "002_b", "after a");
    fixture_add(&f, "003_c", "after b");
    fixture_add(&f, "004_tail", "after c");
    fixture_check(&f);
    const diagnostic *d = assert_found(&f, "cycle", NULL);
    assert_non_null(strstr(d->message, "001_a after 003_c after 002_b after 001_a"));
    assert_null(strstr(d->message, "004_tail"));
    assert_error_count(&f, 1);
    fixture_end(&f);
}

static void an_unknown_parent_gets_a_guess(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_add_groups", nothing);
    fixture_add(&f, "002_b", "after add_gruops");
    fixture_check(&f);
    const diagnostic *d = assert_found(&f, "unknown-parent", "add_gruops");
    assert_non_null(strstr(d->hint, "add_groups"));
    assert_error_count(&f, 1); /* and no word of two heads, which only follow from it */
    fixture_end(&f);
}

static void an_ambiguous_parent_is_listed(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "2026_a", nothing);
    fixture_add(&f, "2027_b", "after 202");
    fixture_check(&f);
    const diagnostic *d = assert_found(&f, "ambiguous-parent", "202");
    assert_non_null(strstr(d->message, "2026_a, 2027_b"));
    fixture_end(&f);
}

static void nobody_comes_after_itself(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_a", "after 001_a");
    fixture_check(&f);
    assert_found(&f, "cycle", "001_a");
    assert_error_count(&f, 1);
    fixture_end(&f);
}

static void a_bad_file_name_is_said(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_a", nothing);
    fixture_add(&f, "x_2", nothing);
    fixture_add(&f, "002_head", nothing);
    fixture_check(&f);
    assert_found(&f, "bad-id", NULL);
    assert_error_count(&f, 2);
    fixture_end(&f);
}

static void no_project_is_an_error(void **state)
{
    (void)state;
    arena *a = arena_new();
    diagnostics d = diagnostics_new(a);
    assert_null(release_load(a, "/nowhere/at/all", &d));
    assert_int_equal(d.error_count, 1);
    assert_string_equal(d.list.items[0].code, "no-project");
    arena_free(a);
}

static void the_graph_alone_says_nothing_of_statements(void **state)
{
    (void)state;
    fixture f = fixture_new("sqlite");
    fixture_add(&f, "001_a", "add column nowhere.x text");
    f.found = diagnostics_new(f.memory);
    f.release = release_load_graph(f.memory, arena_format(f.memory, "%s/migrations", f.folder), &f.found);
    assert_clean(&f);
    assert_int_equal(f.release->heads.count, 1);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_after_a_file_follows_the_one_before),
        cmocka_unit_test(parents_come_first_then_ids),
        cmocka_unit_test(a_whole_id_wins_over_a_name_and_that_over_a_prefix),
        cmocka_unit_test(two_heads_are_named_both),
        cmocka_unit_test(a_circle_is_shown_with_its_way),
        cmocka_unit_test(an_unknown_parent_gets_a_guess),
        cmocka_unit_test(an_ambiguous_parent_is_listed),
        cmocka_unit_test(nobody_comes_after_itself),
        cmocka_unit_test(a_bad_file_name_is_said),
        cmocka_unit_test(no_project_is_an_error),
        cmocka_unit_test(the_graph_alone_says_nothing_of_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

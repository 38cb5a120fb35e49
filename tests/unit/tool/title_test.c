/*
 * title_test.c: what `migen new` reads in a title.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "title.h"

/* Arguments with | between them; the statements, NULL for a title that says nothing known. */
static void assert_reads(const char *arguments, const char *wanted)
{
    arena *a = arena_new();
    const char *list[32];
    size_t count = 0;
    for (char *at = arena_string(a, arguments); at;) {
        list[count++] = at;
        at = strchr(at, '|');
        if (at)
            *at++ = '\0';
    }
    const char *problem = NULL;
    scaffold s = title_read(a, list, count, &problem);
    assert_null(problem);
    if (wanted) {
        assert_non_null(s.statements);
        assert_string_equal(s.statements, wanted);
    } else {
        assert_null(s.statements);
    }
    arena_free(a);
}

static void assert_problem(const char *argument, const char *said)
{
    arena *a = arena_new();
    const char *list[] = {"create", "t", argument};
    const char *problem = NULL;
    title_read(a, list, 3, &problem);
    assert_non_null(problem);
    assert_non_null(strstr(problem, said));
    arena_free(a);
}

static void tables(void **state)
{
    (void)state;
    assert_reads("create|groups|name:varchar:50",
                 "create table groups {\n  id    id\n  name  varchar(50)\n}\n");
    assert_reads("Create table groups|name:varchar:50:not_null:unique",
                 "create table groups {\n  id    id\n  name  varchar(50) not null unique\n}\n");
    assert_reads("create|links|code:char:8:primary_key",
                 "create table links {\n  code  char(8) primary key\n}\n");
    assert_reads(
        "create|groups",
        "create table groups {\n  id          id\n  created_at  timestamptz not null default now()\n}\n");
    assert_reads("drop|groups", "drop table groups\n");
    assert_reads("drop|table|groups", "drop table groups\n");
    assert_reads("rename|users|to|people", "rename table users to people\n");
    assert_reads("create|enum|status|pending|active", "create enum status ('pending', 'active')\n");
}

static void columns(void **state)
{
    (void)state;
    assert_reads("add|api_key|to|users|api_key:varchar:255:unique",
                 "add column users.api_key varchar(255) unique\n");
    assert_reads("Add bio and avatar to users", "add columns users {\n  bio     text\n  avatar  text\n}\n");
    assert_reads("add|profile|to|users|bio:text|price:numeric:10:2:default=0",
                 "add columns users {\n  bio    text\n  price  numeric(10,2) default 0\n}\n");
    assert_reads("drop|bio|from|users", "drop column users.bio\n");
    assert_reads("remove|column|bio,|avatar|from|users", "drop columns users (bio, avatar)\n");
    assert_reads("drop|column|users.bio", "drop column users.bio\n");
    assert_reads("rename|a|to|b|in|users", "rename column users.a to b\n");
    assert_reads("rename|users.a|to|b", "rename column users.a to b\n");
}

static void indexes(void **state)
{
    (void)state;
    assert_reads("add|index|on|users|email", "create index on users (email)\n");
    assert_reads("add|unique|index|on|users|email|name", "create unique index on users (email, name)\n");
    assert_reads("add|unique|on|users|email", "add unique on users (email)\n");
    assert_reads("drop|index|ix_users_email", "drop index ix_users_email\n");
}

static void references(void **state)
{
    (void)state;
    assert_reads("add|author|to|posts|author:references", "add column posts.author_id -> authors index\n");
    assert_reads("add|owner|to|posts|owner_id:references:users:index",
                 "add column posts.owner_id -> users index\n");
    assert_reads("add|owner|to|posts|owner_id:bigint:not_null:references:users",
                 "add column posts.owner_id bigint -> users not null index\n");
    assert_reads("add|c|to|posts|category:references:not_null",
                 "add column posts.category_id -> categories not null index\n");
}

static void other_titles_say_nothing(void **state)
{
    (void)state;
    assert_reads("Move the admins", NULL);
    assert_reads("drop support for old clients", NULL);
    assert_reads("create a better world", NULL);
    assert_reads("rename things", NULL);
    assert_reads("Fix: the thing", NULL);
}

static void bad_fields_are_said(void **state)
{
    (void)state;
    assert_problem("name:text:uniqe", "did you mean unique");
    assert_problem("name::text", "nothing between");
    assert_problem("na-me:text", "no name");
    arena *a = arena_new();
    const char *list[] = {"move", "things", "name:text"}, *problem = NULL;
    title_read(a, list, 3, &problem);
    assert_non_null(problem);
    arena_free(a);
}

static void slugs(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_string_equal(title_slug(a, "Add api_key to users"), "add_api_key_to_users");
    assert_string_equal(title_slug(a, "  Groups, and who?!  "), "groups_and_who");
    assert_string_equal(title_slug(a, "Head"), "head_migration");
    assert_string_equal(title_slug(a, "\xc3\x9c"), "migration");
    assert_true(
        strlen(title_slug(
            a, "a very long title that goes on and on and on, further than any file's name ought to")) <= 61);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(columns),
        cmocka_unit_test(indexes),
        cmocka_unit_test(references),
        cmocka_unit_test(slugs),
        cmocka_unit_test(other_titles_say_nothing),
        cmocka_unit_test(bad_fields_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * small_release.h: a release of one migration, made by hand, for the tests that build.
 */
#ifndef TEST_SMALL_RELEASE_H
#define TEST_SMALL_RELEASE_H

#include "release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static checked_release *small_release(arena *a)
{
    static const migen_column columns[] = {
        {.name = "id", .type = {.kind = MIGEN_TYPE_ID}},
        {.name = "name", .type = {.kind = MIGEN_TYPE_TEXT}, .not_null = true}};
    static const migen_table table = {.name = "groups", .columns = columns, .column_count = 2};
    static const migen_step up[] = {{.operation = MIGEN_CREATE_TABLE, .object = "groups", .table = &table},
                                    {.operation = MIGEN_SAY, .text = "made"}};
    static const migen_step down[] = {{.operation = MIGEN_DROP_TABLE, .object = "groups"}};
    static const unsigned lines[] = {2, 6};
    static const char *const no_parent[] = {NULL};
    static const migen_migration migration = {
        .id = "20261121_add_groups",
        .title = "Groups",
        .file = "migrations/20261121_add_groups.mig",
        .hash = "m1:00000000000000000000000000000000000000000000000000000000000000ff",
        .after = no_parent,
        .up = up,
        .up_lines = lines,
        .up_count = 2,
        .down = down,
        .down_lines = lines,
        .down_count = 1};
    static const migen_migration *const list[] = {&migration};
    checked_release *r = ARENA_NEW(a, checked_release);
    r->memory = a;
    r->release =
        (migen_release){.abi = MIGEN_ABI,
                        .project = "small",
                        .hash = "m1:00000000000000000000000000000000000000000000000000000000000000aa",
                        .engines = MIGEN_POSTGRES | MIGEN_SQLITE,
                        .migrations = list,
                        .migration_count = 1};
    return r;
}

static inline char *new_folder_for_test(arena *a)
{
    char *folder = arena_string(a, "/tmp/migen-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static inline void write_for_test(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

#endif

/*
 * emitted_alone_test.c: the emitted C compiles alone, without a warning, with each compiler that is here, for
 * both engines and with either left out; and takes an installed runtime only of its own version.
 */
#include "build.h"
#include "process.h"
#include "small_release.h"

#define WARNINGS "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"

static const char *const defines[] = {"-DMIGEN", "-DMIGEN_NO_POSTGRES", "-DMIGEN_NO_SQLITE"};

static void expect_success(arena *a, const char *folder, const char *const *command)
{
    process_result r = process_run(a, folder, command);
    if (!r.started || r.code != 0)
        fail_msg("%s", r.output);
}

static char *emitted_in(arena *a, const char *folder)
{
    char *path = arena_format(a, "%s/release.c", folder);
    write_for_test(path, build_emit(a, small_release(a), "1.4.0", 0), 0600);
    return path;
}

static void it_compiles_everywhere(void **state)
{
    (void)state;
    static const char *const compilers[] = {"gcc", "clang"};
    arena *a = arena_new();
    char *folder = new_folder_for_test(a), *path = emitted_in(a, folder);
    size_t compiled = 0;
    for (size_t i = 0; i < 2; i++) {
        if (!process_run(a, NULL, (const char *const[]){compilers[i], "--version", NULL}).started)
            continue;
        for (size_t j = 0; j < 3; j++, compiled++)
            expect_success(
                a, folder,
                (const char *const[]){compilers[i], WARNINGS, defines[j], "-fsyntax-only", path, NULL});
    }
    assert_true(compiled >= 3);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

static void it_links_with_shared_libraries(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a), *path = emitted_in(a, folder);
    const char *program = arena_format(a, "%s/program", folder);
    expect_success(a, folder,
                   (const char *const[]){"cc", WARNINGS, path, "-o", program, "-lsqlite3", "-lpq", NULL});
    process_result r = process_run(a, folder, (const char *const[]){program, "version", NULL});
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.output, "1.4.0"));
    unlink(program);
    expect_success(a, folder,
                   (const char *const[]){"cc", WARNINGS, defines[1], path, "-o", program, "-lsqlite3", NULL});
    unlink(program);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

/* An installed runtime that says #error: taken when its numbers are ours, passed by otherwise. */
static void the_installed_runtime_must_be_ours(void **state)
{
    (void)state;
    static const struct {
        const char *numbers, *option;
        bool taken;
    } cases[] = {
        {"#define MIGEN_INSTALLED_VERSION 1000\n#define MIGEN_INSTALLED_ABI %d\n", "-DX", true},
        {"#define MIGEN_INSTALLED_VERSION 1000\n#define MIGEN_INSTALLED_ABI %d\n", "-DMIGEN_BUNDLED_RUNTIME",
         false},
        {"#define MIGEN_INSTALLED_VERSION 2000\n#define MIGEN_INSTALLED_ABI %d\n", "-DX", false},
        {"#define MIGEN_INSTALLED_VERSION 1000\n#define MIGEN_INSTALLED_ABI (%d + 1)\n", "-DX", false},
    };
    arena *a = arena_new();
    char *folder = new_folder_for_test(a), *path = emitted_in(a, folder);
    assert_string_equal(MIGEN_VERSION, "0.1.0"); /* else: the numbers above */
    const char *installed = arena_format(a, "%s/migen", folder);
    const char *version = arena_format(a, "%s/migen_version.h", installed);
    const char *runtime = arena_format(a, "%s/migen_runtime.c", installed);
    assert_int_equal(mkdir(installed, 0700), 0);
    write_for_test(runtime, "#error installed\n", 0600);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        builder numbers = builder_new(a);
        for (const char *c = cases[i].numbers; *c != '\0'; c++) {
            if (*c == '%')
                builder_add_format(&numbers, "%d", MIGEN_ABI);
            else if (!(*c == 'd' && c[-1] == '%'))
                builder_add_character(&numbers, *c);
        }
        write_for_test(version, numbers.bytes, 0600);
        process_result r = process_run(a, folder,
                                       (const char *const[]){"cc", WARNINGS, "-I", folder, cases[i].option,
                                                             "-fsyntax-only", path, NULL});
        assert_int_equal(r.code != 0 && strstr(r.output, "#error installed") != NULL, cases[i].taken);
        assert_int_equal(r.code == 0, !cases[i].taken);
    }
    unlink(version);
    unlink(runtime);
    rmdir(installed);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_compiles_everywhere),
        cmocka_unit_test(it_links_with_shared_libraries),
        cmocka_unit_test(the_installed_runtime_must_be_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * build_release_test.c: a release binary is made, is what it should be, and is made the same again.
 */
#include "build.h"
#include "process.h"
#include "small_release.h"

/* The lines that the project holds itself to, in bytes. */
#define LARGEST_BOTH   7500000
#define LARGEST_SQLITE 2900000

static build_report build_it(arena *a, const build_options *options)
{
    build_report report;
    error e = error_new(a);
    if (build_release(a, small_release(a), options, &report, &e) != STATUS_OK)
        fail_msg("%s\n%s\n%s", e.message, e.detail == NULL ? "" : e.detail, e.hint == NULL ? "" : e.hint);
    for (size_t i = 0; i < report.notes.count; i++)
        print_message("note: %s\n", report.notes.items[i]);
    print_message("%s: %zu bytes, %.0f ms\n", report.path, report.size, report.milliseconds);
    return report;
}

static void expect_version(arena *a, const char *program, const char *version)
{
    process_result r = process_run(a, "/", (const char *const[]){program, "version", NULL});
    assert_true(r.started);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.output, version));
}

static void a_release_of_both_engines(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a), *other = new_folder_for_test(a);
    const char *first = arena_format(a, "%s/one", folder), *second = arena_format(a, "%s/two", other);
    build_report one = build_it(a, &(build_options){.output = first, .release_version = "1.4.0"});
    assert_int_equal(one.notes.count, 0);
    assert_false(one.runtime_compiled);
    assert_true(one.size <= LARGEST_BOTH);
    expect_version(a, first, "1.4.0");
    assert_int_equal(setenv("TMPDIR", other, 1), 0); /* built in another place: the same bytes */
    build_report two = build_it(a, &(build_options){.output = second, .release_version = "1.4.0"});
    unsetenv("TMPDIR");
    assert_string_equal(one.hash, two.hash);
    build_report three = build_it(a, &(build_options){.output = second, .release_version = "1.4.1"});
    assert_string_not_equal(one.hash, three.hash);
    unlink(first);
    unlink(second);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rmdir(other), 0); /* nothing was left behind */
    arena_free(a);
}

static void a_release_of_one_engine(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a);
    const char *program = arena_format(a, "%s/one", folder), *database = arena_format(a, "%s/x.db", folder);
    build_report report = build_it(a, &(build_options){.output = program, .engines = MIGEN_SQLITE});
    assert_true(report.size <= LARGEST_SQLITE);
    process_result r = process_run(
        a, folder,
        (const char *const[]){program, "up", "--url", arena_format(a, "sqlite:%s", database), NULL});
    assert_true(r.started);
    if (r.code != 0)
        fail_msg("%s", r.output);
    unlink(database);
    report = build_it(a, &(build_options){.output = program, .engines = MIGEN_POSTGRES});
    assert_int_equal(report.engines, MIGEN_POSTGRES);
    expect_version(a, program, "small");
    unlink(program);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

/* A compiler that refuses the first link: the runtime's copy is compiled, and that is said. */
static void the_runtimes_copy_is_the_fallback(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a);
    const char *program = arena_format(a, "%s/one", folder), *compiler = arena_format(a, "%s/cc", folder);
    write_for_test(
        compiler,
        "#!/bin/sh\ncase \"$*\" in *-static-pie*) test -f migen_runtime.c || { echo no; exit 1; };; esac\n"
        "exec cc \"$@\"\n",
        0700);
    build_report report =
        build_it(a, &(build_options){.output = program, .engines = MIGEN_SQLITE, .compiler = compiler});
    assert_true(report.runtime_compiled);
    assert_int_equal(report.notes.count, 1);
    expect_version(a, program, "small");
    unlink(program);
    unlink(compiler);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

/* Compilers that fail, or make something else: an error, and no output. */
static void bad_compilers_leave_nothing(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a);
    const char *program = arena_format(a, "%s/one", folder), *compiler = arena_format(a, "%s/cc", folder);
    static const struct {
        const char *script, *message;
    } cases[] = {
        {"case \"$*\" in *-print-file*|*--version*) exec cc \"$@\";; esac\necho 'x.c:1: error: no'\nexit 1\n",
         "could not be compiled"},
        {"case \"$*\" in *-static-pie*) echo 'int main(void){return 0;}' > m.c; cc m.c -o result; rm m.c;; "
         "*) exec cc \"$@\";; esac\n",
         "INTERP"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_for_test(compiler, arena_format(a, "#!/bin/sh\n%s", cases[i].script), 0700);
        build_report report;
        error e = error_new(a);
        build_options options = {.output = program, .engines = MIGEN_SQLITE, .compiler = compiler};
        assert_int_equal(build_release(a, small_release(a), &options, &report, &e), STATUS_FAILED);
        assert_non_null(strstr(e.message, cases[i].message));
        assert_int_not_equal(access(program, F_OK), 0);
    }
    unlink(compiler);
    assert_int_equal(rmdir(folder), 0);
    arena_free(a);
}

static void wrong_engines_and_places(void **state)
{
    (void)state;
    arena *a = arena_new();
    checked_release *r = small_release(a);
    r->release.engines = MIGEN_POSTGRES;
    build_report report;
    error e = error_new(a);
    assert_int_equal(build_release(a, r, &(build_options){.engines = MIGEN_SQLITE}, &report, &e),
                     STATUS_USAGE);
    error_clear(&e);
    r->release.engines = MIGEN_SQLITE;
    build_options options = {.output = "/no/such/folder/x"};
    assert_int_equal(build_release(a, r, &options, &report, &e), STATUS_FAILED);
    assert_non_null(strstr(e.message, "/no/such/folder/x"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_of_both_engines),         cmocka_unit_test(a_release_of_one_engine),
        cmocka_unit_test(the_runtimes_copy_is_the_fallback), cmocka_unit_test(bad_compilers_leave_nothing),
        cmocka_unit_test(wrong_engines_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

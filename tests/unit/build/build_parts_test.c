/*
 * build_parts_test.c: other programs, what a binary is, what is carried inside, and what is missing.
 */
#include "binary.h"
#include "build.h"
#include "process.h"
#include "small_release.h"
#include "toolchain.h"

static void programs_are_run(void **state)
{
    (void)state;
    arena *a = arena_new();
    process_result r =
        process_run(a, "/", (const char *const[]){"sh", "-c", "pwd; echo bad >&2; cat; exit 3", NULL});
    assert_true(r.started);
    assert_int_equal(r.code, 3);
    assert_string_equal(r.output, "/\nbad\n"); /* and cat found nothing to read */
    r = process_run(a, NULL, (const char *const[]){"sh", "-c", "kill -9 $$", NULL});
    assert_true(r.started);
    assert_int_equal(r.code, 128 + 9);
    r = process_run(a, NULL, (const char *const[]){"no-such-program-here", NULL});
    assert_false(r.started);
    r = process_run(a, "/no/such/folder", (const char *const[]){"true", NULL});
    assert_false(r.started);
    r = process_run(a, NULL,
                    (const char *const[]){"sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x", NULL});
    assert_int_equal(strlen(r.output), 300000);
    arena_free(a);
}

static view file_bytes(arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    builder b = builder_new(a);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        builder_add_bytes(&b, piece, n);
    fclose(f);
    return (view){b.bytes, b.length};
}

static void dynamic_programs_are_refused(void **state)
{
    (void)state;
    arena *a = arena_new();
    view self = file_bytes(a, "/proc/self/exe");
    assert_non_null(binary_problem(self));
    assert_non_null(strstr(binary_problem(self), "INTERP"));
    assert_non_null(binary_problem(view_of("")));
    assert_non_null(binary_problem(view_of("#!/bin/sh\n")));
    for (size_t length = 0; length < 2048 && length < self.length;
         length++) /* cut off anywhere: never read beyond */
        assert_non_null(binary_problem((view){arena_copy(a, self.bytes, length), length}));
    arena_free(a);
}

static void hash_is_sha256(void **state)
{
    (void)state;
    char hash[65];
    binary_hash(view_of("abc"), hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void everything_is_carried(void **state)
{
    (void)state;
    static const char *const names[] = {"migen_runtime.c",  "migen_api.h",      "migen_words.h",
                                        "runtime_both.o",   "runtime_sqlite.o", "runtime_postgres.o",
                                        "runtime_faults.o", "libmigen_stubs.a"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const embedded_file *f = embedded_find(names[i]);
        assert_non_null(f);
        assert_string_equal(f->name, names[i]);
        assert_true(embedded_view(f).length > 500);
    }
    for (size_t i = 0; i < embedded_file_count; i++)
        assert_ptr_equal(embedded_find(embedded_files[i].name),
                         &embedded_files[i]); /* which needs them sorted */
    assert_null(embedded_find("migen_runtime"));
    assert_null(embedded_find(""));
    assert_null(embedded_find("zzz"));
    assert_int_equal(embedded_view(NULL).length, 0);
}

static void missing_compiler_is_said(void **state)
{
    (void)state;
    arena *a = arena_new();
    error e = error_new(a);
    toolchain t;
    assert_int_equal(toolchain_find(a, "no-such-compiler -O", MIGEN_SQLITE, &t, &e), STATUS_CONFIGURATION);
    assert_non_null(strstr(e.message, "no-such-compiler"));
    assert_string_equal(e.hint, "apt-get install gcc libc6-dev");
    arena_free(a);
}

/* A compiler that knows no library. */
static void missing_libraries_are_said_together(void **state)
{
    (void)state;
    arena *a = arena_new();
    char *folder = new_folder_for_test(a);
    const char *compiler = arena_format(a, "%s/bare-cc", folder);
    write_for_test(compiler, "#!/bin/sh\necho \"${1#-print-file-name=}\"\n", 0700);
    error e = error_new(a);
    toolchain t;
    assert_int_equal(toolchain_find(a, compiler, MIGEN_POSTGRES | MIGEN_SQLITE, &t, &e),
                     STATUS_CONFIGURATION);
    assert_non_null(strstr(e.message, "libc.a, libpq.a, libssl.a, libcrypto.a, libsqlite3.a"));
    assert_string_equal(e.hint, "apt-get install libc6-dev libpq-dev libssl-dev libsqlite3-dev");
    error_clear(&e);
    assert_int_equal(toolchain_find(a, compiler, MIGEN_SQLITE, &t, &e), STATUS_CONFIGURATION);
    assert_string_equal(e.hint, "apt-get install libc6-dev libsqlite3-dev");
    unlink(compiler);
    rmdir(folder);
    arena_free(a);
}

static void compilers_have_arguments(void **state)
{
    (void)state;
    arena *a = arena_new();
    error e = error_new(a);
    toolchain t;
    assert_int_equal(toolchain_find(a, " env  LC_ALL=C cc ", MIGEN_POSTGRES | MIGEN_SQLITE, &t, &e),
                     STATUS_OK);
    assert_int_equal(t.compiler.count, 3);
    assert_string_equal(t.compiler.items[2], "cc");
    assert_true(t.has_helper_archives);
    argument_list one = {0};
    vector_push(a, &one, "-c");
    const char *const *command = toolchain_command(a, &t, &one);
    assert_string_equal(command[3], "-c");
    assert_null(command[4]);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_run),         cmocka_unit_test(dynamic_programs_are_refused),
        cmocka_unit_test(hash_is_sha256),           cmocka_unit_test(everything_is_carried),
        cmocka_unit_test(missing_compiler_is_said), cmocka_unit_test(missing_libraries_are_said_together),
        cmocka_unit_test(compilers_have_arguments),
    };
    (void)small_release;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

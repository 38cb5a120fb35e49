/* Files as text: lines, places, byte-order marks, what cannot be read. */
#include "source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static arena *memory;

static int set_up(void **state)
{
    (void)state;
    memory = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

static source_file *text(const char *bytes)
{
    return source_from(memory, "a.mig", bytes, strlen(bytes));
}

static void assert_place(const source_file *f, size_t offset, size_t line, size_t column)
{
    size_t found_line, found_column;
    source_place(f, offset, &found_line, &found_column);
    assert_int_equal(found_line, line);
    assert_int_equal(found_column, column);
}

static void assert_line(const source_file *f, size_t line, const char *expected)
{
    view found = source_line(f, line);
    assert_int_equal(found.length, strlen(expected));
    assert_memory_equal(found.bytes, expected, found.length);
}

static void test_lines(void **state)
{
    (void)state;
    source_file *f = text("one\ntwo\r\n\nfour");
    assert_int_equal(f->line_count, 4);
    assert_line(f, 1, "one");
    assert_line(f, 2, "two");
    assert_line(f, 3, "");
    assert_line(f, 4, "four");
    assert_line(f, 0, "");
    assert_line(f, 5, "");
    assert_int_equal(source_line_of((span){f, 4, 5}), 2);
    assert_int_equal(source_line_of((span){NULL, 0, 0}), 0);
}

static void test_places(void **state)
{
    (void)state;
    source_file *f = text("\xC3\xBC\xE2\x82\xAC\tx\nab\n");
    assert_place(f, 0, 1, 1);
    assert_place(f, 2, 1, 2);
    assert_place(f, 5, 1, 3); /* a tab is one */
    assert_place(f, 6, 1, 4);
    assert_place(f, 8, 2, 1);
    assert_place(f, 11, 3, 1);
    assert_place(f, 999, 3, 1); /* behind the end is the end */
}

static void test_empty(void **state)
{
    (void)state;
    source_file *f = source_from(memory, "a.mig", NULL, 0);
    assert_int_equal(f->length, 0);
    assert_int_equal(f->line_count, 1);
    assert_line(f, 1, "");
    assert_place(f, 0, 1, 1);
}

static void test_byte_order_mark(void **state)
{
    (void)state;
    source_file *f = text("\xEF\xBB\xBFx");
    assert_string_equal(f->bytes, "x");
    assert_int_equal(f->length, 1);
}

static void test_reading(void **state)
{
    (void)state;
    char path[] = "/tmp/migen_source_XXXXXX";
    const char *problem = "untouched";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "a\0b\n", 4), 4);
    close(file);
    source_file *f = source_read(memory, path, "shown.mig", &problem);
    assert_non_null(f);
    assert_null(problem);
    assert_string_equal(f->path, "shown.mig");
    assert_int_equal(f->length, 4);
    assert_memory_equal(f->bytes, "a\0b\n", 5);
    assert_int_equal(truncate(path, (off_t)64 * 1024 * 1024 + 1), 0);
    assert_null(source_read(memory, path, path, &problem));
    assert_non_null(strstr(problem, "64 MB"));
    unlink(path);
    assert_null(source_read(memory, path, path, &problem));
    assert_non_null(problem);
    assert_null(source_read(memory, "/tmp", "/tmp", &problem));
    assert_non_null(strstr(problem, "folder"));
    assert_null(source_read(memory, "/dev/zero", "/dev/zero", &problem)); /* would never end */
    assert_non_null(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_byte_order_mark, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

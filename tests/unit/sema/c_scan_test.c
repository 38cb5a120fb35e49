/*
 * c_scan_test.c: what a C file defines and includes, told apart from what only looks like it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "c_scan.h"

#include <string.h>

static char *names(arena *a, const c_found_list *list)
{
    builder b = builder_new(a);
    builder_add(&b, "");
    for (size_t i = 0; i < list->count; i++) {
        const c_found *found = &list->items[i];
        builder_add(&b, i == 0 ? "" : " ");
        builder_add(&b, found->name);
        assert_true(found->place.end > found->place.start);
    }
    return b.bytes;
}

static void expect(const char *text, const char *functions, const char *macros, size_t own,
                   const char *foreign)
{
    arena *a = arena_new();
    c_scan found = c_scan_file(a, source_from(a, "x.c", text, strlen(text)));
    assert_string_equal(names(a, &found.functions), functions);
    assert_string_equal(names(a, &found.macros), macros);
    assert_int_equal(found.own.count, own);
    assert_string_equal(names(a, &found.foreign), foreign);
    arena_free(a);
}

static void functions_are_those_with_a_body(void **state)
{
    (void)state;
    expect("int f(migen *m);\nint g(migen *m)\n{\n  return h(m);\n}\nstatic int a[] = {1, 2};\n"
           "struct s { int x; } s;\nstatic const int b = 3, c(int);\nvoid __attribute__((cold)) k(void) {}\n"
           "static struct s l(void) { struct s t = {0}; return t; }\nint x = (1), y[] = { (2) };\n",
           "g k l", "", 0, "");
}

static void text_and_comments_hide(void **state)
{
    (void)state;
    expect("/* int f(void) { */ int g(void) { return '{' + \"}{\"[0] + '\\''; } // int h(void) {\n"
           "// joined \\\nint i(void) {}\nint j(void) { /* } */ }\nchar *t = \"\\\" int k(void) {\";\nint "
           "l(void) {}",
           "g j l", "", 0, "");
}

static void directives(void **state)
{
    (void)state;
    expect(
        "#include \"migen.h\"\n  #  include <migen/migen.h>\r\n#include <stdio.h>\n#include \"a.h\"\n"
        "#define A \\\n  int f(void) {\n#define B(x) (x) /* goes\n on */\n#ifdef A\nint g(void) {}\n#endif\n",
        "g", "A B", 2, "a.h");
}

static void damaged_files_end(void **state)
{
    (void)state;
    static const char *const texts[] = {"int f(",
                                        "int f(void) {",
                                        "\"abc",
                                        "'",
                                        "/*",
                                        "#include <",
                                        "#define",
                                        "#",
                                        "#include \"",
                                        "\\",
                                        "int f(void) { \"\\",
                                        "#define A \\",
                                        "//\\",
                                        "))}}f(){}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        arena *a = arena_new();
        (void)c_scan_file(a, source_from(a, "x.c", texts[i], strlen(texts[i])));
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_those_with_a_body),
        cmocka_unit_test(text_and_comments_hide),
        cmocka_unit_test(directives),
        cmocka_unit_test(damaged_files_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

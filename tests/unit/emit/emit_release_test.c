/*
 * emit_release_test.c: what is emitted compiles without a warning, and its structs equal the checked ones.
 */
#include "c_writer.h"
#include "emit.h"
#include "sample_release.h"
#include "utf8.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WARNINGS "-std=c11 -Wall -Wextra -Wpedantic -Werror"

static unsigned sample_lines[128];
static char *long_sql;

/* 9,000 bytes: some lines, then one line without a blank, of characters of two bytes. */
static char *make_long_sql(void)
{
    char *text = calloc(1, 9100);
    assert_non_null(text);
    size_t at = 0;
    while (at < 4500)
        at += (size_t)sprintf(text + at,
                              "INSERT INTO \"t\" VALUES ('line?"
                              "?! \\ %zu');\n",
                              at);
    text[at++] = '\'';
    while (at < 9000) {
        memcpy(text + at, "\303\274", 2);
        at += 2;
    }
    text[at] = '\'';
    return text;
}

static checked_release *sample(arena *a)
{
    static migen_migration first, second;
    static const migen_migration *list[] = {&first, &second};
    static migen_step long_step[1];
    static const char *statements[2];
    static const char *const no_parent[] = {NULL}, *const parent[] = {"20261121043300_add_groups", NULL};
    for (unsigned i = 0; i < 128; i++)
        sample_lines[i] = i * 7 + 1;
    first = (migen_migration){.id = "20261121043300_add_groups",
                              .title = "Groups, and */ who belongs to them \342\200\256",
                              .file = "migrations/20261121043300_add_groups.mig",
                              .hash = "m1:00ff",
                              .after = no_parent,
                              .up = sample_up,
                              .up_lines = sample_lines,
                              .up_count = sizeof sample_up / sizeof sample_up[0],
                              .down = sample_down,
                              .down_lines = sample_lines + 3,
                              .down_count = sizeof sample_down / sizeof sample_down[0]};
    statements[0] = long_sql;
    long_step[0] = (migen_step){.operation = MIGEN_RUN, .text = "long", .sql = statements, .when = long_sql};
    second = (migen_migration){.id = "20261122_long",
                               .title = "Long",
                               .file = "migrations/20261122_long.mig",
                               .hash = "m1:01",
                               .after = parent,
                               .up = long_step,
                               .up_lines = sample_lines,
                               .up_count = 1,
                               .down_never = "no \"way\"",
                               .transaction_none = true};
    checked_release *r = ARENA_NEW(a, checked_release);
    static const migen_setting settings[] = {{"history-table", "shop_history"}, {"ddl-lock-timeout", "3s"}};
    r->release = (migen_release){.abi = MIGEN_ABI,
                                 .project = "shop",
                                 .hash = "m1:abc",
                                 .engines = MIGEN_POSTGRES | MIGEN_SQLITE,
                                 .settings = settings,
                                 .setting_count = 2,
                                 .migrations = list,
                                 .migration_count = 2};
    return r;
}

/* templates/emit/NAME.c */
static view template_of(arena *a, const char *name)
{
    FILE *f = fopen(arena_format(a, "%s/templates/emit/%s.c", TEST_SOURCE_FOLDER, name), "rb");
    assert_non_null(f);
    char *bytes = arena_allocate(a, 65536);
    size_t length = fread(bytes, 1, 65535, f);
    fclose(f);
    assert_true(length > 0);
    return (view){bytes, length};
}

static const char *emitted(arena *a, emit_options options)
{
    options.templates = (emit_templates){.release = template_of(a, "release"),
                                         .runtime = template_of(a, "runtime"),
                                         .precompiled = template_of(a, "precompiled"),
                                         .long_texts = template_of(a, "long_texts")};
    return emit_release(a, sample(a), &options);
}

/* ---- equality, field by field ---- */

#define SAME_TEXT(a, b)                                                                                      \
    do {                                                                                                     \
        if ((a) == NULL || (b) == NULL)                                                                      \
            assert_true((a) == NULL && (b) == NULL);                                                         \
        else                                                                                                 \
            assert_string_equal((a), (b));                                                                   \
    } while (0)

static void same_list(const char *const *a, const char *const *b)
{
    if (a == NULL || b == NULL) {
        assert_true(a == NULL && b == NULL);
        return;
    }
    size_t i = 0;
    for (; a[i] != NULL && b[i] != NULL; i++)
        assert_string_equal(a[i], b[i]);
    assert_true(a[i] == NULL && b[i] == NULL);
}

static void same_type(migen_type a, migen_type b)
{
    assert_int_equal(a.kind, b.kind);
    assert_int_equal(a.length, b.length);
    assert_int_equal(a.scale, b.scale);
    assert_int_equal(a.array, b.array);
    SAME_TEXT(a.name, b.name);
    SAME_TEXT(a.sqlite, b.sqlite);
}

static void same_columns(const migen_column *a, const migen_column *b, size_t count)
{
    for (size_t i = 0; i < count; i++, a++, b++) {
        same_type(a->type, b->type);
        SAME_TEXT(a->name, b->name);
        SAME_TEXT(a->default_value, b->default_value);
        SAME_TEXT(a->collate, b->collate);
        SAME_TEXT(a->generated, b->generated);
        SAME_TEXT(a->comment, b->comment);
        SAME_TEXT(a->backfill, b->backfill);
        SAME_TEXT(a->unique_name, b->unique_name);
        SAME_TEXT(a->index_name, b->index_name);
        SAME_TEXT(a->check, b->check);
        SAME_TEXT(a->check_name, b->check_name);
        SAME_TEXT(a->references, b->references);
        SAME_TEXT(a->references_column, b->references_column);
        SAME_TEXT(a->references_name, b->references_name);
        SAME_TEXT(a->extra, b->extra);
        assert_int_equal(a->not_null, b->not_null);
        assert_int_equal(a->stored, b->stored);
        assert_int_equal(a->primary_key, b->primary_key);
        assert_int_equal(a->unique, b->unique);
        assert_int_equal(a->index, b->index);
        assert_int_equal(a->on_delete, b->on_delete);
        assert_int_equal(a->on_update, b->on_update);
        assert_int_equal(a->type_unchecked, b->type_unchecked);
    }
}

static void same_constraints(const migen_constraint *a, const migen_constraint *b, size_t count)
{
    for (size_t i = 0; i < count; i++, a++, b++) {
        assert_int_equal(a->kind, b->kind);
        SAME_TEXT(a->name, b->name);
        same_list(a->columns, b->columns);
        SAME_TEXT(a->expression, b->expression);
        SAME_TEXT(a->references, b->references);
        same_list(a->references_columns, b->references_columns);
        assert_int_equal(a->on_delete, b->on_delete);
        assert_int_equal(a->on_update, b->on_update);
        assert_int_equal(a->half_done, b->half_done);
        assert_int_equal(a->name_is_implied, b->name_is_implied);
        assert_int_equal(a->is_index, b->is_index);
        SAME_TEXT(a->extra, b->extra);
    }
}

static void same_indexes(const migen_index *a, const migen_index *b, size_t count)
{
    for (size_t i = 0; i < count; i++, a++, b++) {
        SAME_TEXT(a->name, b->name);
        assert_int_equal(a->unique, b->unique);
        SAME_TEXT(a->method, b->method);
        assert_int_equal(a->item_count, b->item_count);
        for (size_t j = 0; j < a->item_count; j++) {
            SAME_TEXT(a->items[j].column, b->items[j].column);
            SAME_TEXT(a->items[j].expression, b->items[j].expression);
            SAME_TEXT(a->items[j].extra, b->items[j].extra);
            assert_int_equal(a->items[j].descending, b->items[j].descending);
        }
        same_list(a->include, b->include);
        SAME_TEXT(a->where, b->where);
        assert_int_equal(a->half_done, b->half_done);
        SAME_TEXT(a->sql, b->sql);
    }
}

static void same_table(const migen_table *a, const migen_table *b)
{
    SAME_TEXT(a->name, b->name);
    assert_int_equal(a->column_count, b->column_count);
    assert_int_equal(a->constraint_count, b->constraint_count);
    assert_int_equal(a->index_count, b->index_count);
    same_columns(a->columns, b->columns, a->column_count);
    same_constraints(a->constraints, b->constraints, a->constraint_count);
    same_indexes(a->indexes, b->indexes, a->index_count);
    assert_int_equal(a->strict, b->strict);
    assert_int_equal(a->without_rowid, b->without_rowid);
}

static void same_data(const migen_step *a, const migen_step *b)
{
    assert_int_equal(a->seed == NULL, b->seed == NULL);
    if (a->seed != NULL) {
        same_list(a->seed->columns, b->seed->columns);
        same_list(a->seed->key, b->seed->key);
        SAME_TEXT(a->seed->from, b->seed->from);
        assert_int_equal(a->seed->update, b->seed->update);
        assert_int_equal(a->seed->row_count, b->seed->row_count);
        same_list(a->seed->values, b->seed->values);
    }
    assert_int_equal(a->backfill == NULL, b->backfill == NULL);
    if (a->backfill != NULL) {
        same_list(a->backfill->columns, b->backfill->columns);
        same_list(a->backfill->expressions, b->backfill->expressions);
        SAME_TEXT(a->backfill->where, b->backfill->where);
        SAME_TEXT(a->backfill->by, b->backfill->by);
        assert_int_equal(a->backfill->batch, b->backfill->batch);
        assert_int_equal(a->backfill->pause, b->backfill->pause);
    }
    assert_int_equal(a->alteration == NULL, b->alteration == NULL);
    if (a->alteration != NULL) {
        same_type(a->alteration->type, b->alteration->type);
        SAME_TEXT(a->alteration->using_expression, b->alteration->using_expression);
        SAME_TEXT(a->alteration->backfill, b->alteration->backfill);
        SAME_TEXT(a->alteration->default_value, b->alteration->default_value);
        assert_int_equal(a->alteration->set_type, b->alteration->set_type);
        assert_int_equal(a->alteration->set_not_null, b->alteration->set_not_null);
        assert_int_equal(a->alteration->drop_not_null, b->alteration->drop_not_null);
        assert_int_equal(a->alteration->drop_default, b->alteration->drop_default);
    }
}

static void same_steps(const migen_step *a, const migen_step *b, size_t count)
{
    for (size_t i = 0; i < count; i++, a++, b++) {
        assert_int_equal(a->operation, b->operation);
        SAME_TEXT(a->object, b->object);
        SAME_TEXT(a->part, b->part);
        SAME_TEXT(a->new_name, b->new_name);
        SAME_TEXT(a->arguments, b->arguments);
        assert_int_equal(a->table == NULL, b->table == NULL);
        if (a->table != NULL)
            same_table(a->table, b->table);
        assert_int_equal(a->column_count, b->column_count);
        same_columns(a->columns, b->columns, a->column_count);
        same_constraints(a->constraint, b->constraint, a->constraint == NULL ? 0 : 1);
        same_indexes(a->index, b->index, a->index == NULL ? 0 : 1);
        same_data(a, b);
        same_list(a->values, b->values);
        SAME_TEXT(a->before, b->before);
        SAME_TEXT(a->after, b->after);
        SAME_TEXT(a->text, b->text);
        same_list(a->sql, b->sql);
        SAME_TEXT(a->when, b->when);
        SAME_TEXT(a->unless, b->unless);
        assert_int_equal(a->start, b->start);
        assert_int_equal(a->increment, b->increment);
        assert_int_equal(a->cascade, b->cascade);
        assert_int_equal(a->negated, b->negated);
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->engines, b->engines);
        assert_int_equal(a->branch, b->branch);
    }
}

static void same_migration(const migen_migration *a, const migen_migration *b)
{
    SAME_TEXT(a->id, b->id);
    SAME_TEXT(a->title, b->title);
    SAME_TEXT(a->file, b->file);
    SAME_TEXT(a->hash, b->hash);
    same_list(a->after, b->after);
    assert_int_equal(a->up_count, b->up_count);
    assert_int_equal(a->down_count, b->down_count);
    same_steps(a->up, b->up, a->up_count);
    same_steps(a->down, b->down, a->down_count);
    for (size_t i = 0; i < a->up_count; i++)
        assert_int_equal(a->up_lines[i], b->up_lines[i]);
    for (size_t i = 0; i < a->down_count; i++)
        assert_int_equal(a->down_lines[i], b->down_lines[i]);
    SAME_TEXT(a->down_never, b->down_never);
    assert_int_equal(a->transaction_none, b->transaction_none);
}

/* ---- compiling it ---- */

static char *in_folder(arena *a, const char *folder, const char *name)
{
    return arena_format(a, "%s/%s", folder, name);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
}

static void compile(arena *a, const char *compiler, const char *folder, const char *options)
{
    const char *command =
        arena_format(a, "%s " WARNINGS " -I%s/runtime/include -I%s/runtime/schema/tables %s", compiler,
                     TEST_SOURCE_FOLDER, TEST_SOURCE_FOLDER, arena_format(a, options, folder, folder));
    if (system(command) != 0)
        fail_msg("%s", command);
}

static char *new_folder(arena *a)
{
    char *folder = arena_string(a, "/tmp/migen-emit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void remove_folder(arena *a, const char *folder)
{
    static const char *const names[] = {"release.c", "release.so", "migen_api.h", "migen_words.h"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_folder(a, folder, names[i]));
    assert_int_equal(rmdir(folder), 0);
}

static void emitted_equals_checked(void **state)
{
    (void)state;
    arena *a = arena_new();
    checked_release *r = sample(a);
    const char *text = emitted(a, (emit_options){.without_runtime = true, .release_version = "1.4.0 \"x\""});
    char *folder = new_folder(a);
    write_file(in_folder(a, folder, "migen_api.h"),
               "#include \"migen_step.h\"\n"
               "int migen_main(const migen_release *release, int argc, char **argv);\n"
               "const migen_release *the_release(void);\n");
    write_file(in_folder(a, folder, "release.c"),
               arena_format(a,
                            "%s\nconst migen_release *the_release(void)\n{\n    return &release;\n}\n"
                            "int migen_main(const migen_release *r, int argc, char **argv)\n{\n"
                            "    (void)argv;\n    return r == NULL ? argc : 0;\n}\n",
                            text));
    compile(a, "gcc", folder, "-fsyntax-only %s/release.c");
    if (system("command -v clang >/dev/null") == 0)
        compile(a, "clang", folder, "-fsyntax-only %s/release.c");
    compile(a, "cc", folder, "-shared -fPIC %s/release.c -o %s/release.so");
    void *library = dlopen(in_folder(a, folder, "release.so"), RTLD_NOW);
    assert_non_null(library);
    const migen_release *(*the_release)(void) = NULL;
    *(void **)&the_release = dlsym(library, "the_release");
    assert_non_null(*(void **)&the_release);
    const migen_release *compiled = the_release();
    assert_int_equal(compiled->abi, MIGEN_ABI);
    assert_string_equal(compiled->project, "shop");
    assert_string_equal(compiled->release, "1.4.0 \"x\"");
    assert_string_equal(compiled->hash, "m1:abc");
    assert_int_equal(compiled->engines, MIGEN_POSTGRES | MIGEN_SQLITE);
    assert_int_equal(compiled->setting_count, 2);
    assert_string_equal(compiled->settings[1].name, "ddl-lock-timeout");
    assert_string_equal(compiled->settings[1].value, "3s");
    assert_int_equal(compiled->migration_count, 2);
    same_migration(compiled->migrations[0], r->release.migrations[0]);
    same_migration(compiled->migrations[1], r->release.migrations[1]);
    dlclose(library);
    remove_folder(a, folder);
    arena_free(a);
}

static void same_release_same_bytes(void **state)
{
    (void)state;
    arena *a = arena_new(), *b = arena_new();
    emit_options options = {.without_runtime = true};
    assert_string_equal(emitted(a, options), emitted(b, options));
    arena_free(a);
    arena_free(b);
}

/* What a reviewer sees: no line is too long, no byte turns the text, nothing ends a comment early. */
static void text_is_readable(void **state)
{
    (void)state;
    arena *a = arena_new();
    const char *text = emitted(a, (emit_options){.without_runtime = true});
    size_t depth_lines = 0;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        view v = {line, length};
        size_t columns = utf8_count(line, length);
        if (columns > C_COLUMNS && strncmp(line, " * ", 3) != 0)
            fail_msg("%zu columns: %.*s", columns, (int)v.length, v.bytes);
        if (length > 0 && line[length - 1] == ' ')
            fail_msg("a blank ends: %.*s", (int)v.length, v.bytes);
        depth_lines += strncmp(line, "            SAY(\"in\"),", 22) == 0;
        line += length + (line[length] == '\n');
    }
    assert_int_equal(depth_lines, 1); /* inside two conditions */
    assert_null(strstr(text, "\342\200\256"));
    assert_null(strstr(text, "??"));
    assert_non_null(
        strstr(text, "/* 20261121043300_add_groups.mig: Groups, and * / who belongs to them ? */"));
    assert_non_null(strstr(text, "    SAFE_CREATE_TABLE(&definition_of_groups, .object = \"groups\"),"));
    assert_non_null(strstr(text, "&definition_of_groups_2"));
    assert_non_null(strstr(
        text, "    SAFE_ADD_COLUMN(\"users\", .name = \"name\", .type = VARCHAR(50), .not_null = true, "
              ".unique = true),\n"));
    assert_non_null(strstr(text,
                           "    EXECUTE_SQL_IF_CONDITION(\n        \"moving\",\n        .sql = STATEMENTS(\n"
                           "            \"INSERT INTO t\\n\"\n            \"  SELECT *\\n\"\n"
                           "            \"  FROM u\"),\n        .when =\n            \"SELECT 1\\n\"\n"
                           "            \"WHERE true\"),\n"));
    arena_free(a);
}

static void an_engine_may_be_left_out(void **state)
{
    (void)state;
    arena *a = arena_new();
    emit_options options = {.without_runtime = true, .engines = MIGEN_SQLITE};
    const char *text = emitted(a, options);
    assert_non_null(strstr(text, ".engines = MIGEN_SQLITE,"));
    assert_non_null(strstr(text, ".release = \"0\","));
    /* A version that looks like an insertion point, or the end of a comment, is a text. */
    options.release_version = "@HASH@ */ int x; /* @insert words */";
    text = emitted(a, options);
    assert_non_null(
        strstr(text, " * shop-migrate @HASH@ * / int x; / * @insert words * /: 2 migrations of shop"));
    assert_null(strstr(text, "*/ int x;\n"));
    arena_free(a);
}

static void runtime_and_words_are_copied(void **state)
{
    (void)state;
    arena *a = arena_new();
    emit_options options = {.runtime = view_of("int the_runtime;"),
                            .words = view_of("#include \"migen_step.h\"\n#define THE_WORD 1\n")};
    const char *text = emitted(a, options);
    const char *runtime = strstr(text, "#else\nint the_runtime;\n#endif /*"),
               *words = strstr(text, "#define THE_WORD 1\n");
    assert_non_null(runtime);
    assert_non_null(words);
    assert_true(strstr(text, "#define _DEFAULT_SOURCE") < runtime && runtime < words);
    assert_null(strstr(text, "#include \"migen_step.h\""));
    assert_non_null(strstr(text, "#if MIGEN_INSTALLED_VERSION == 1000 && MIGEN_INSTALLED_ABI == "));
    arena_free(a);
}

static int set_up(void **state)
{
    (void)state;
    long_sql = make_long_sql();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(long_sql);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emitted_equals_checked),
        cmocka_unit_test(same_release_same_bytes),
        cmocka_unit_test(text_is_readable),
        cmocka_unit_test(an_engine_may_be_left_out),
        cmocka_unit_test(runtime_and_words_are_copied),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

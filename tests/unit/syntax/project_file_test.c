/* migen.project. */
#include "syntax/parse_support.h"

static project *parse(const char *text)
{
    found = diagnostics_new(memory);
    return parse_project(memory, source_from(memory, "migen.project", text, strlen(text)), "/root", &found);
}

static void test_the_contract(void **state)
{
    (void)state;
    project *p = parse("project shop\n"
                       "engines sqlite, postgres          -- every migration is checked for each of them\n"
                       "migrations migrations             -- folder; default \"migrations\"\n"
                       "history_table migen_history       -- default as here\n"
                       "ddl_lock_timeout 3s\n");
    assert_no_errors("the contract's example");
    assert_string_equal(p->name, "shop");
    assert_string_equal(p->root, "/root");
    assert_int_equal(p->engines, BOTH);
    assert_string_equal(p->migrations, "migrations");
    assert_int_equal(p->settings.count, 2);
    assert_string_equal(p->settings.items[0].name, "history-table");
    assert_string_equal(p->settings.items[0].value, "migen_history");
    assert_string_equal(p->settings.items[1].name, "ddl-lock-timeout");
    assert_string_equal(p->settings.items[1].value, "3s");
}

static void test_forms(void **state)
{
    (void)state;
    project *p =
        parse("\xEF\xBB\xBF# comment\r\nPROJECT \"my-shop_2\"; engines postgres\r\nmigrations 'db/my "
              "migrations/'\r\n"
              "strict\nquiet off\nlock-timeout 1.5s # x\nschema \"My Schema\"\nddl_retries 8\nverify strict\n"
              "url sqlite:///a/b.db?x=1\nedited warn\n");
    assert_no_errors("forms");
    assert_string_equal(p->name, "my-shop_2");
    assert_int_equal(p->engines, MIGEN_POSTGRES);
    assert_string_equal(p->migrations, "db/my migrations");
    static const char *const settings[][2] = {
        {"strict", "true"},   {"quiet", "false"},   {"lock-timeout", "1.5s"},        {"schema", "My Schema"},
        {"ddl-retries", "8"}, {"verify", "strict"}, {"url", "sqlite:///a/b.db?x=1"}, {"edited", "warn"}};
    assert_int_equal(p->settings.count, sizeof settings / sizeof *settings);
    for (size_t i = 0; i < p->settings.count; i++) {
        assert_string_equal(p->settings.items[i].name, settings[i][0]);
        assert_string_equal(p->settings.items[i].value, settings[i][1]);
    }
    p = parse("project x");
    assert_no_errors("defaults");
    assert_int_equal(p->engines, BOTH);
    assert_string_equal(p->migrations, "migrations");
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
        size_t line, column;
    } list[] = {
        {"", "project-key", 1, 1},
        {"engines sqlite", "project-key", 1, 1},
        {"project", "syntax", 1, 8},
        {"project Shop", "project-value", 1, 9},
        {"project \"\"", "project-value", 1, 9},
        {"project a b", "syntax", 1, 11},
        {"project a\nproject b", "said-twice", 2, 1},
        {"project a\nengines mysql", "project-value", 2, 9},
        {"project a\nengines sqlite postgres", "syntax", 2, 16},
        {"project a\nengines sqlite,", "syntax", 2, 16},
        {"project a\nengines sqlite, sqlite", "said-twice", 2, 17},
        {"project a\nhistory_tabel x", "project-key", 2, 1},
        {"project a\nlock_timeout soon", "project-value", 2, 14},
        {"project a\nddl_retries many", "project-value", 2, 13},
        {"project a\nahead maybe", "project-value", 2, 7},
        {"project a\nstrict perhaps", "project-value", 2, 8},
        {"project a\nlock_timeout 1s\nlock-timeout 2s", "said-twice", 3, 1},
        {"project a\n}", "stray-brace", 2, 1},
        {"project a\n= b", "syntax", 2, 1},
        {"project \"a", "unclosed-quote", 1, 9},
        {"project a\xff", "not-utf8", 1, 10},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        size_t line = 0, column = 0;
        parse(list[i].text);
        if (found.list.count != 1)
            print_error("in: %s\n", list[i].text);
        assert_true(found.list.count >= 1);
        source_place(found.list.items[0].place.file, found.list.items[0].place.start, &line, &column);
        if (line != list[i].line || column != list[i].column)
            print_error("in: %s\n", list[i].text);
        assert_string_equal(found.list.items[0].code, list[i].code);
        assert_int_equal(line, list[i].line);
        assert_int_equal(column, list[i].column);
    }
    parse("project a\nhistory_tabel x");
    assert_string_equal(found.list.items[0].hint, "did you mean \"history_table\"?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_the_contract), TEST(test_forms), TEST(test_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The URL in all of its forms, and that no message ever shows a piece of a password. */
#include "target.h"
#include "text.h"

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

static const char *word(const target *t, const char *keyword)
{
    const char *value = NULL;
    for (size_t i = 0; t->keywords != NULL && t->keywords[i] != NULL; i++)
        if (strcmp(t->keywords[i], keyword) == 0)
            value = t->values[i];
    return value;
}

static void assert_text(const char *found, const char *wanted, const char *of)
{
    if (!text_equal(found, wanted))
        fail_msg("%s: wanted %s, found %s", of, wanted == NULL ? "nothing" : wanted,
                 found == NULL ? "nothing" : found);
}

/* ---- PostgreSQL ---- */

typedef struct url_case {
    const char *url, *user, *password, *host, *port, *database, *display;
} url_case;

static const url_case url_cases[] = {
    {"postgres://app:secret@db:5432/shop", "app", "secret", "db", "5432", "shop",
     "postgres://app@db:5432/shop"},
    {"postgresql://app@db/shop", "app", NULL, "db", NULL, "shop", "postgres://app@db/shop"},
    {"postgresql+asyncpg://app:s@db/shop", "app", "s", "db", NULL, "shop", "postgres://app@db/shop"},
    {"postgresql+psycopg2://app:s@db/shop", "app", "s", "db", NULL, "shop", NULL},
    {"POSTGRES://app:s@db/shop", "app", "s", "db", NULL, "shop", NULL},
    {"postgres://", NULL, NULL, NULL, NULL, NULL, "postgres://"},
    {"postgres:///shop", NULL, NULL, NULL, NULL, "shop", "postgres:///shop"},
    {"postgres://db", NULL, NULL, "db", NULL, NULL, "postgres://db"},
    {"postgres://db:6000", NULL, NULL, "db", "6000", NULL, NULL},
    {"postgres://app:s@/shop", "app", "s", NULL, NULL, "shop", "postgres://app@/shop"},
    {"  postgres://app:s@db/shop\r\n", "app", "s", "db", NULL, "shop", NULL},
    /* hosts */
    {"postgres://app:s@one:1,two:2/shop", "app", "s", "one,two", "1,2", "shop",
     "postgres://app@one:1,two:2/shop"},
    {"postgres://app:s@one,two/shop", "app", "s", "one,two", NULL, "shop", "postgres://app@one,two/shop"},
    {"postgres://app:s@one,two:7/shop", "app", "s", "one,two", ",7", "shop", "postgres://app@one,two:7/shop"},
    {"postgres://app:s@[::1]:5433/shop", "app", "s", "::1", "5433", "shop", "postgres://app@[::1]:5433/shop"},
    {"postgres://[fe80::1]", NULL, NULL, "fe80::1", NULL, NULL, NULL},
    {"postgres://app:s@[::1],[::2]:9/x", "app", "s", "::1,::2", ",9", "x", NULL},
    {"postgres://app@%2Fvar%2Frun%2Fpg/shop", "app", NULL, "/var/run/pg", NULL, "shop",
     "postgres://app@/var/run/pg/shop"},
    {"postgres://app:s@/shop?host=/var/run/pg", "app", "s", "/var/run/pg", NULL, "shop", NULL},
    {"postgres:///shop?host=/cloudsql/a:b:c&user=app", "app", NULL, "/cloudsql/a:b:c", NULL, "shop", NULL},
    /* raw passwords */
    {"postgres://app:p@ss@db/shop", "app", "p@ss", "db", NULL, "shop", "postgres://app@db/shop"},
    {"postgres://app:p@@@db/shop", "app", "p@@", "db", NULL, "shop", NULL},
    {"postgres://app:p/ss@db/shop", "app", "p/ss", "db", NULL, "shop", NULL},
    {"postgres://app:p@s/word@db:1/shop", "app", "p@s/word", "db", "1", "shop", NULL},
    {"postgres://app:p#ss@db/shop", "app", "p#ss", "db", NULL, "shop", NULL},
    {"postgres://app:p:ss:@db/shop", "app", "p:ss:", "db", NULL, "shop", NULL},
    {"postgres://app:p?ss@db/shop", "app", "p?ss", "db", NULL, "shop", NULL},
    {"postgres://app:p?s=s@db/shop", "app", "p?s=s", "db", NULL, "shop", NULL},
    {"postgres://app:?@db/shop?sslmode=require", "app", "?", "db", NULL, "shop", NULL},
    {"postgres://app:p?x&y=z@db/shop?sslmode=require", "app", "p?x&y=z", "db", NULL, "shop", NULL},
    {"postgres://app:100%@db/shop", "app", "100%", "db", NULL, "shop", NULL},
    {"postgres://app:%zz%4@db/shop", "app", "%zz%4", "db", NULL, "shop", NULL},
    {"postgres://app:p%40%2f%3A%25@db/shop", "app", "p@/:%", "db", NULL, "shop", NULL},
    {"postgres://app:[x]@db/shop", "app", "[x]", "db", NULL, "shop", NULL},
    {"postgres://app:a b+c@db/shop", "app", "a b+c", "db", NULL, "shop", NULL},
    {"postgres://app:\xc3\xa4\xe2\x82\xac@db/shop", "app", "\xc3\xa4\xe2\x82\xac", "db", NULL, "shop", NULL},
    {"postgres://a%40corp:s@db/shop", "a@corp", "s", "db", NULL, "shop", NULL},
    {"postgres://app:@db/shop", "app", NULL, "db", NULL, "shop", NULL},
    /* an '@' in the query */
    {"postgres://app:s@db/shop?application_name=me@home", "app", "s", "db", NULL, "shop", NULL},
    {"postgres://app:p@ss@db/shop?application_name=me@home", "app", "p@ss", "db", NULL, "shop", NULL},
    {"postgres://db/shop?user=me@corp&password=x@y", "me@corp", "x@y", "db", NULL, "shop",
     "postgres://me@corp@db/shop"},
    {"postgres://db/shop?password=p%26w", NULL, "p&w", "db", NULL, "shop", NULL},
    {"postgres://app:s@db/shop?", "app", "s", "db", NULL, "shop", NULL},
    {"postgres://app:s@db/my%20shop", "app", "s", "db", NULL, "my shop", NULL},
    {"postgres://app:s@db?dbname=shop", "app", "s", "db", NULL, "shop", NULL},
    /* libpq's words */
    {"host=db port=5432 dbname=shop user=app password=secret", "app", "secret", "db", "5432", "shop",
     "postgres://app@db:5432/shop"},
    {"host = db  password = 'a b\\'c\\\\d://'", NULL, "a b'c\\d://", "db", NULL, NULL, "postgres://db"},
    {"dbname=shop", NULL, NULL, NULL, NULL, "shop", "postgres:///shop"},
};

static void test_postgres_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof url_cases / sizeof url_cases[0]; i++) {
        const url_case *c = &url_cases[i];
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        if (target_parse(a, c->url, "--url", &t, &e) != STATUS_OK)
            fail_msg("%s: %s", c->url, e.message);
        assert_int_equal(t.engine, MIGEN_POSTGRES);
        assert_string_equal(t.source, "--url");
        assert_text(word(&t, "user"), c->user, c->url);
        assert_text(word(&t, "password"), c->password, c->url);
        assert_text(word(&t, "host"), c->host, c->url);
        assert_text(word(&t, "port"), c->port, c->url);
        assert_text(word(&t, "dbname"), c->database, c->url);
        if (c->display != NULL)
            assert_text(t.display, c->display, c->url);
        arena_free(a);
    }
}

static void test_postgres_options(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"postgres://db/x?sslmode=verify-full", "sslmode", "verify-full"},
        {"postgres://db/x?ssl=require", "sslmode", "require"},
        {"postgres://db/x?ssl=true", "sslmode", "require"},
        {"postgres://db/x?ssl=verify-ca", "sslmode", "verify-ca"},
        {"postgres://db/x?options=-c%20a%3Db", "options", "-c a=b"},
        {"postgres://db/x?sslrootcert=/a+b&&connect_timeout=3&", "sslrootcert", "/a+b"},
        {"postgres://u:p@db/x?target_session_attrs=read-write", "target_session_attrs", "read-write"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        assert_int_equal(target_parse(a, cases[i][0], "--url", &t, &e), STATUS_OK);
        assert_text(word(&t, cases[i][1]), cases[i][2], cases[i][0]);
        arena_free(a);
    }
}

static void encode(char *out, const char *text)
{
    for (; *text != '\0'; text++)
        out += sprintf(out, "%%%02x", (unsigned)(unsigned char)*text);
}

static void assert_password(const char *written, const char *password)
{
    static const char *const tails[] = {"@db:5432/shop", "@db", "@one:1,two:2/shop?sslmode=require",
                                        "@[::1]/shop", "@/shop?host=/run/x&application_name=a@b"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        const char *url = arena_format(a, "postgres://app:%s%s", written, tails[i]);
        if (target_parse(a, url, "x", &t, &e) != STATUS_OK)
            fail_msg("%s: %s", url, e.message);
        assert_text(word(&t, "password"), password, url);
        assert_text(word(&t, "user"), "app", url);
        if (strlen(password) > 6)
            assert_null(strstr(t.display, password));
        arena_free(a);
    }
}

/* Every printable character, at the beginning, in the middle and at the end, twice, raw and encoded. */
static void test_every_character_in_a_password(void **state)
{
    (void)state;
    static const char *const forms[] = {"%c", "%cx", "x%c", "p%cq", "p%cq%c", "%c%c", "a1%c%cz2", "p%cw=1"};
    char all[128] = {0};
    for (int c = 32; c < 127; c++) {
        all[c - 32] = (char)c;
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            char password[32];
            char written[128];
            int length = 0;
            for (const char *f = forms[i]; *f != '\0'; f++) {
                bool place = *f == '%';
                password[length++] = place ? (char)c : *f;
                f += place ? 1 : 0;
            }
            password[length] = '\0';
            assert_password(password, password);
            encode(written, password);
            assert_password(written, password);
        }
    }
    char written[512];
    assert_password(all, all);
    encode(written, all);
    assert_password(written, all);
}

/* Passwords as generators make them. A raw '%' before two hexadecimal digits cannot be told from an encoding.
 */
static void test_random_passwords(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 3000; i++) {
        char password[25] = {0};
        for (int j = 0; j < 24; j++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            password[j] = (char)(33 + seed % 94);
        }
        for (char *c = strchr(password, '%'); c != NULL; c = strchr(c + 1, '%'))
            if (c[1] != '\0')
                c[1] = '~';
        assert_password(password, password);
        char written[128];
        encode(written, password);
        assert_password(written, password);
    }
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
    (void)state;
    /* the URL, what the message or the hint must say, what neither may */
    static const char *const cases[][3] = {
        {"", "empty", NULL},
        {"shop.db", "sqlite:PATH", NULL},
        {"/data/shop.sqlite3", "sqlite:PATH", NULL},
        {"file:shop.db", "sqlite:PATH", NULL},
        {"sqlite:file:shop.db", "file: URI", NULL},
        {"mysql://root:hunter2@db/x", "engine", "hunter2"},
        {"jdbc:postgresql://db/x?password=hunter2", "JDBC", "hunter2"},
        {"\"postgres://u:hunter2@db/x\"", "quote", "hunter2"},
        {"hunter2", "sqlite:PATH", "hunter2"},
        {"postgres:/u:hunter2@db/x", "//", "hunter2"},
        {"postgres://u:hunter2/x", "port", "hunter2"},
        {"postgres://u:hunter2", "port", "hunter2"},
        {"postgres://u:hunter2@db:port/x", "port", "hunter2"},
        {"postgres://u:hunter2@db:0/x", "port", "hunter2"},
        {"postgres://u:hunter2@db:65536/x", "port", "hunter2"},
        {"postgres://u:hunter2@db:99999999999999999999/x", "port", "hunter2"},
        {"postgres://u:hunter2@[::1/x", "]", "hunter2"},
        {"postgres://u:hunter2@[::1]x/x", "]", "hunter2"},
        {"postgres://u:hunter2%00@db/x", "%00", "hunter2"},
        {"postgres://u:hunter2@db/x?pgbouncer=true1234", "pgbouncer", "true1234"},
        {"postgres://u:hunter2@db/x?prepared_statement_cache_size=1234", "prepared_statement_cache_size",
         "1234"},
        {"postgres://u:hunter2@db/x?sslmode", "none of PostgreSQL's", "hunter2"},
        {"postgres://u:p?hunter2=1", "port", "hunter2"},
        {"postgres://u:p@h?hunter2=@db/x", "none of PostgreSQL's", "hunter2"},
        {"postgres://u:hunter2@db/x?ssl=maybe", "sslmode", "maybe"},
        {"host=db password=hunter2 nonsense=1", "key=value", "hunter2"},
        {"host=db password='hunter2", "key=value", "hunter2"},
        {"password=x hunter2", "key=value", "hunter2"},
        {"sqlite:", "names no file", NULL},
        {"sqlite://", "names no file", NULL},
        {"sqlite:x.db?cache=shared", "cache", NULL},
        {"sqlite:x.db?mode=fast", "mode", NULL},
        {"sqlite:x%00.db", "%00", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        assert_int_equal(target_parse(a, cases[i][0], "--url", &t, &e), STATUS_CONFIGURATION);
        const char *all = arena_format(a, "%s / %s / %s", e.message, e.hint == NULL ? "" : e.hint,
                                       e.detail == NULL ? "" : e.detail);
        if (strstr(all, cases[i][1]) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i][0], all, cases[i][1]);
        if (cases[i][2] != NULL && strstr(all, cases[i][2]) != NULL)
            fail_msg("%s: \"%s\" shows \"%s\"", cases[i][0], all, cases[i][2]);
        arena_free(a);
    }
}

/* Cut off anywhere, a URL is read or refused, and never shown; but an option's name is ("Xy" where all before
 * it is a URL by itself). */
static void test_cut_urls_show_nothing(void **state)
{
    (void)state;
    static const char whole[] =
        "postgresql+x://app:Zq@Wv/Kj?Xy=Qz#Jw%Vq:Zk@db:5432/shop?sslmode=require&options=Zq";
    for (size_t length = 0; length < sizeof whole; length++) {
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        if (target_parse(a, arena_copy(a, whole, length), "--url", &t, &e) != STATUS_OK) {
            const char *all = arena_format(a, "%s %s", e.message, e.hint == NULL ? "" : e.hint);
            static const char *const pieces[] = {"Zq", "Wv", "Kj", "Qz", "Jw", "Vq", "Zk"};
            for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
                if (strstr(all, pieces[i]) != NULL)
                    fail_msg("%.*s: %s", (int)length, whole, all);
        }
        arena_free(a);
    }
}

/* ---- SQLite ---- */

static char folder[] = "/tmp/migen-target-XXXXXX";

static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void test_sqlite_urls(void **state)
{
    (void)state;
    static const struct {
        const char *url, *path;
        bool read_only, must_exist;
    } cases[] = {
        {"sqlite:shop.db", "shop.db", false, false},
        {"sqlite3:shop.db", "shop.db", false, false},
        {"sqlite+aiosqlite:///./shop.db", "./shop.db", false, false},
        {"sqlite:../shop.db", "../shop.db", false, false},
        {"sqlite:/abs/shop.db", "/abs/shop.db", false, false},
        {"sqlite://shop.db", "shop.db", false, false},
        {"sqlite:///abs/shop.db", "/abs/shop.db", false, false},
        {"sqlite:////abs/shop.db", "/abs/shop.db", false, false},
        {"sqlite::memory:", ":memory:", false, false},
        {"sqlite:///:memory:", ":memory:", false, false},
        {"sqlite://:memory:", ":memory:", false, false},
        {"sqlite:my%20shop.db", "my shop.db", false, false},
        {"sqlite:my shop.db", "my shop.db", false, false},
        {"sqlite:100%.db", "100%.db", false, false},
        {"sqlite:what%3f.db", "what?.db", false, false},
        {"sqlite:a#b@c:d.db", "a#b@c:d.db", false, false},
        {"sqlite:shop.db?mode=ro", "shop.db", true, true},
        {"sqlite:shop.db?mode=rw", "shop.db", false, true},
        {"sqlite:///abs/shop.db?mode=rwc", "/abs/shop.db", false, false},
        {"sqlite:x?mode=memory", ":memory:", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena *a = arena_new();
        error e = error_new(a);
        target t;
        if (target_parse(a, cases[i].url, "--url", &t, &e) != STATUS_OK)
            fail_msg("%s: %s", cases[i].url, e.message);
        assert_int_equal(t.engine, MIGEN_SQLITE);
        assert_text(t.path, cases[i].path, cases[i].url);
        assert_text(t.display, arena_format(a, "sqlite:%s", cases[i].path), cases[i].url);
        assert_int_equal(t.read_only, cases[i].read_only);
        assert_int_equal(t.must_exist, cases[i].must_exist);
        arena_free(a);
    }
}

/* sqlite:///x is absolute; where only the relative file is there, both are named. */
static void test_sqlite_slashes_are_never_guessed(void **state)
{
    (void)state;
    arena *a = arena_new();
    error e = error_new(a);
    target t;
    touch("only-here.db");
    assert_int_equal(target_parse(a, "sqlite:///only-here.db", "--url", &t, &e), STATUS_CONFIGURATION);
    assert_non_null(strstr(e.message, "\"/only-here.db\""));
    assert_non_null(strstr(e.message, "\"only-here.db\""));
    error_clear(&e);
    assert_int_equal(target_parse(a, "sqlite:////only-here.db", "--url", &t, &e), STATUS_OK);
    assert_string_equal(t.path, "/only-here.db");
    /* both are there */
    assert_int_equal(mkdir("tmp", 0700), 0);
    const char *path = arena_format(a, "%s/both.db", folder + 1);
    assert_int_equal(target_parse(a, arena_format(a, "sqlite:///%s", path), "--url", &t, &e), STATUS_OK);
    touch(arena_format(a, "%s/both.db", folder));
    assert_int_equal(target_parse(a, arena_format(a, "sqlite:///%s", path), "--url", &t, &e), STATUS_OK);
    assert_string_equal(t.path, arena_format(a, "%s/both.db", folder));
    arena_free(a);
}

/* ---- where it comes from ---- */

static const char *variables[16][2];
static size_t variable_count;

static const char *variable(const char *name)
{
    for (size_t i = 0; i < variable_count; i++)
        if (strcmp(variables[i][0], name) == 0)
            return variables[i][1];
    return NULL;
}

static void set(const char *name, const char *value)
{
    variables[variable_count][0] = name;
    variables[variable_count++][1] = value;
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void test_order_of_sources(void **state)
{
    (void)state;
    arena *a = arena_new();
    error e = error_new(a);
    target t;
    target_options o = {.environment = variable};
    write_file("url-a", "sqlite:a.db \t\r\nsqlite:b.db\n");
    write_file("url-b", "\xef\xbb\xbfsqlite:b.db");
    variable_count = 0;
    assert_int_equal(target_find(a, &o, &t, &e), STATUS_CONFIGURATION);
    assert_non_null(strstr(e.hint, "DATABASE_URL_FILE"));
    assert_non_null(strstr(e.hint, "--url-file"));
    error_clear(&e);

    static const struct {
        const char *name, *value, *source, *display;
    } ladder[] = {
        {"PGUSER", "app", "PG* variables", "postgres://app@"},
        {"PGHOST", "db", "PG* variables", "postgres://app@db"},
        {"the project's file", "url-b", "migen.project", "sqlite:b.db"},
        {"the project's URL", "sqlite:p.db", "migen.project", "sqlite:p.db"},
        {"DATABASE_URL_FILE", "url-b", "DATABASE_URL_FILE", "sqlite:b.db"},
        {"DATABASE_URL", "sqlite:c.db", "DATABASE_URL", "sqlite:c.db"},
        {"MIGEN_URL_FILE", "url-a", "MIGEN_URL_FILE", "sqlite:a.db"},
        {"MIGEN_URL", "sqlite:d.db", "MIGEN_URL", "sqlite:d.db"},
    };
    for (size_t i = 0; i < sizeof ladder / sizeof ladder[0]; i++) {
        if (strcmp(ladder[i].name, "the project's file") == 0)
            o.own_url_file = ladder[i].value;
        else if (strcmp(ladder[i].name, "the project's URL") == 0)
            o.own_url = ladder[i].value;
        else
            set(ladder[i].name, ladder[i].value);
        assert_int_equal(target_find(a, &o, &t, &e), STATUS_OK);
        assert_string_equal(t.source, ladder[i].source);
        assert_string_equal(t.display, ladder[i].display);
    }
    o.url_file = "url-b";
    assert_int_equal(target_find(a, &o, &t, &e), STATUS_OK);
    assert_string_equal(t.source, "--url-file url-b");
    assert_string_equal(t.path, "b.db");
    o.url = "sqlite:e.db";
    assert_int_equal(target_find(a, &o, &t, &e), STATUS_OK);
    assert_string_equal(t.source, "--url");
    assert_string_equal(t.path, "e.db");
    arena_free(a);
}

static void assert_find_fails(const target_options *o, const char *says)
{
    arena *a = arena_new();
    error e = error_new(a);
    target t;
    assert_int_equal(target_find(a, o, &t, &e), STATUS_CONFIGURATION);
    const char *all = arena_format(a, "%s / %s", e.message, e.detail == NULL ? "" : e.detail);
    if (strstr(all, says) == NULL || strstr(all, "hunter2") != NULL)
        fail_msg("\"%s\" does not say \"%s\", or too much", all, says);
    arena_free(a);
}

static void test_sources_that_fail(void **state)
{
    (void)state;
    variable_count = 0;
    assert_find_fails(&(target_options){.url = "", .environment = variable}, "--url");
    assert_find_fails(&(target_options){.url_file = "not-there", .environment = variable}, "\"not-there\"");
    assert_find_fails(&(target_options){.url_file = ".", .environment = variable}, "\".\"");
    write_file("empty", "");
    assert_find_fails(&(target_options){.url_file = "empty", .environment = variable}, "\"empty\"");
    write_file("blank", "  \nsqlite:x.db\n");
    assert_find_fails(&(target_options){.url_file = "blank", .environment = variable}, "\"blank\"");
    set("DATABASE_URL", ""); /* as good as not set */
    assert_find_fails(&(target_options){.environment = variable}, "no database is named");
    variable_count = 0;
    set("DATABASE_URL", "postgres://u:hunter2@db:x/");
    assert_find_fails(&(target_options){.environment = variable}, "DATABASE_URL");
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postgres_urls),
        cmocka_unit_test(test_postgres_options),
        cmocka_unit_test(test_every_character_in_a_password),
        cmocka_unit_test(test_random_passwords),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cut_urls_show_nothing),
        cmocka_unit_test(test_sqlite_urls),
        cmocka_unit_test(test_sqlite_slashes_are_never_guessed),
        cmocka_unit_test(test_order_of_sources),
        cmocka_unit_test(test_sources_that_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

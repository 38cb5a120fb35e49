/* SQLite behind driver.h: results, errors, locks, interruption, and files that cannot be opened. */
#include "duration.h"
#include "driver.h"
#include "text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/migen-sqlite-XXXXXX";

static status open_with(const char *path, driver_options options, bool must_exist, driver **out, error *e)
{
    target t = {
        .engine = MIGEN_SQLITE, .path = path, .display = path, .source = "--url", .must_exist = must_exist};
    return driver_open(&t, &options, out, e);
}

static driver *open_ok(const char *path)
{
    arena *a = arena_new();
    error e = error_new(a);
    driver *d = NULL;
    if (open_with(path, (driver_options){.busy_timeout = 200}, false, &d, &e) != STATUS_OK)
        fail_msg("%s", e.message);
    arena_free(a);
    return d;
}

static void run_ok(driver *d, const char *sql)
{
    arena *a = arena_new();
    error e = error_new(a);
    if (driver_query(d, sql, a, NULL, &e) != STATUS_OK)
        fail_msg("%s: %s", sql, e.message);
    arena_free(a);
}

static void assert_value(driver *d, const char *sql, const char *wanted)
{
    arena *a = arena_new();
    error e = error_new(a);
    driver_result r;
    if (driver_query(d, sql, a, &r, &e) != STATUS_OK)
        fail_msg("%s: %s", sql, e.message);
    const char *found = driver_value(&r, 0, 0);
    if (!text_equal(found, wanted))
        fail_msg("%s: wanted %s, found %s", sql, wanted == NULL ? "NULL" : wanted,
                 found == NULL ? "NULL" : found);
    arena_free(a);
}

static void test_values(void **state)
{
    (void)state;
    driver *d = open_ok(":memory:");
    arena *a = arena_new();
    error e = error_new(a);
    assert_int_equal(driver_engine(d), MIGEN_SQLITE);
    assert_true(driver_server_version(d) >= 3031000);
    assert_int_equal(driver_backend_pid(d), 0);
    assert_true(driver_is_alive(d));
    const char *parameters[] = {"it's; -- \"x\"", NULL, "7"};
    driver_statement s[] = {
        {.sql = "create table t (a text, b text, c integer, d blob)"},
        {.sql = "insert into t values (?1, ?2, ?3, x'00fF'), (null, '', 1.5, null)",
         .parameters = parameters,
         .parameter_count = 3},
        {.sql = "select a, b, c, d from t"},
        {.sql = "update t set b = 'x' where c = 7"},
        {.sql = "delete from t"},
        {.sql = "select 1 where 0"},
        {.sql = " -- nothing \n ; "},
        {.sql = "with x as (select 1) insert into t (a) select * from x; -- the end"},
        {.sql = "create table u as select * from t"},
    };
    driver_result r[9];
    if (driver_run(d, s, 9, a, r, &e) != STATUS_OK)
        fail_msg("%s", e.message);
    assert_int_equal(r[1].affected, 2);
    assert_int_equal(r[2].row_count, 2);
    assert_int_equal(r[2].column_count, 4);
    assert_int_equal(r[2].affected, 0);
    assert_string_equal(driver_value(&r[2], 0, 0), parameters[0]);
    assert_null(driver_value(&r[2], 0, 1));
    assert_string_equal(driver_value(&r[2], 0, 2), "7");
    assert_string_equal(driver_value(&r[2], 0, 3), "x'00ff'");
    assert_string_equal(driver_value(&r[2], 1, 1), "");
    assert_string_equal(driver_value(&r[2], 1, 2), "1.5");
    assert_null(driver_value(&r[2], 2, 0));
    assert_null(driver_value(&r[2], 0, 4));
    assert_int_equal(r[3].affected, 1);
    assert_int_equal(r[4].affected, 2);
    assert_int_equal(r[5].row_count, 0);
    assert_int_equal(r[5].column_count, 1);
    assert_true(r[6].done);
    assert_int_equal(r[7].affected, 1);
    assert_int_equal(r[8].affected, 0);
    assert_int_equal(driver_statement_count(d), 6);
    arena_free(a);
    driver_close(d);
}

static void test_settings(void **state)
{
    (void)state;
    driver *d = open_ok("settings.db");
    assert_value(d, "pragma temp_store", "2");
    assert_value(d, "pragma synchronous", "2");
    arena *a = arena_new();
    error e = error_new(a);
    assert_int_equal(driver_refuse_read_only(d, &e), STATUS_OK);
    arena_free(a);
    assert_false(driver_in_transaction(d));
    run_ok(d, "begin immediate");
    assert_true(driver_in_transaction(d));
    run_ok(d, "rollback");
    assert_int_equal(driver_statement_count(d), 0);
    driver_close(d);
}

static void test_first_error_ends_the_run(void **state)
{
    (void)state;
    driver *d = open_ok(":memory:");
    arena *a = arena_new();
    error e = error_new(a);
    driver_statement s[] = {{.sql = "create table t (a unique)"},
                            {.sql = "insert into t values (1)", .sync_after = true},
                            {.sql = "insert into t values (1)", .sync_after = true},
                            {.sql = "insert into t values (2)"}};
    driver_result r[4];
    assert_int_equal(driver_run(d, s, 4, a, r, &e), STATUS_FAILED);
    assert_true(r[1].done);
    assert_false(r[2].done);
    assert_false(r[3].done);
    assert_int_equal(e.statement_index, 2);
    assert_string_equal(e.statement, s[2].sql);
    assert_string_equal(e.sqlstate, "SQLITE_CONSTRAINT_UNIQUE");
    assert_non_null(strstr(e.message, "t.a"));
    assert_value(d, "select count(*) from t", "1");
    /* a second error does not take the first one's place, but its status is its own */
    assert_int_equal(driver_query(d, "selec 1", a, NULL, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "SQLITE_CONSTRAINT_UNIQUE");
    error_clear(&e);
    assert_int_equal(driver_query(d, "select '\xc3\xa4', nope from t", a, NULL, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "SQLITE_ERROR");
    assert_int_equal(e.position, driver_server_version(d) >= 3038000 ? 13 : 0);
    error_clear(&e);
    assert_int_equal(driver_query(d, "select 1; select 2", a, NULL, &e), STATUS_FAILED);
    assert_non_null(strstr(e.message, "more than one statement"));
    error_clear(&e);
    const char *two[] = {"1", "2"};
    driver_statement extra = {.sql = "select ?1", .parameters = two, .parameter_count = 2};
    assert_int_equal(driver_run(d, &extra, 1, a, NULL, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "SQLITE_RANGE");
    error_clear(&e);
    /* as on PostgreSQL: a number is a number, wherever it is mentioned first */
    driver_result swapped = {0};
    driver_statement numbered = {.sql = "select $2 || $1 || $2", .parameters = two, .parameter_count = 2};
    assert_int_equal(driver_run(d, &numbered, 1, a, &swapped, &e), STATUS_OK);
    assert_string_equal(driver_value(&swapped, 0, 0), "212");
    arena_free(a);
    driver_close(d);
}

static void test_busy(void **state)
{
    (void)state;
    driver *one = open_ok("busy.db");
    driver *two = open_ok("busy.db");
    arena *a = arena_new();
    error e = error_new(a);
    run_ok(one, "create table t (a)");
    run_ok(one, "begin immediate");
    double began = clock_milliseconds();
    assert_int_equal(driver_query(two, "begin immediate", a, NULL, &e), STATUS_BUSY);
    double took = clock_milliseconds() - began;
    assert_true(took >= 190 && took < 2000);
    assert_string_equal(e.sqlstate, "SQLITE_BUSY");
    error_clear(&e);
    run_ok(one, "insert into t values (1)");
    run_ok(one, "commit");
    run_ok(two, "begin immediate");
    run_ok(two, "rollback");
    driver_close(one);
    /* in WAL, a reader that wants to write after another has written */
    one = open_ok("busy.db");
    run_ok(one, "pragma journal_mode = wal");
    run_ok(two, "begin");
    assert_value(two, "select count(*) from t", "1");
    run_ok(one, "insert into t values (2)");
    assert_int_equal(driver_query(two, "insert into t values (3)", a, NULL, &e), STATUS_BUSY);
    assert_string_equal(e.sqlstate, "SQLITE_BUSY_SNAPSHOT");
    arena_free(a);
    driver_close(one);
    driver_close(two);
}

static void alarm_handler(int number)
{
    (void)number;
    driver_interrupt();
}

static void interrupt_after(long milliseconds)
{
    struct sigaction action = {.sa_handler = alarm_handler};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    struct itimerval timer = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000}};
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static const char endless[] =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

static void test_interruption(void **state)
{
    (void)state;
    driver *d = open_ok("interrupt.db");
    arena *a = arena_new();
    error e = error_new(a);
    run_ok(d, "begin immediate");
    run_ok(d, "create table t (a)");
    interrupt_after(100);
    assert_int_equal(driver_query(d, endless, a, NULL, &e), STATUS_STOPPED);
    assert_string_equal(e.message, "interrupted");
    error_clear(&e);
    assert_true(driver_interrupted());
    assert_int_equal(driver_query(d, "select 1", a, NULL, &e), STATUS_STOPPED);
    driver_resume();
    error_clear(&e);
    if (driver_in_transaction(d))
        run_ok(d, "rollback");
    assert_value(d, "select count(*) from sqlite_schema", "0");

    /* while it waits for a lock */
    driver *other = open_ok("interrupt.db");
    run_ok(other, "begin immediate");
    driver_close(d);
    target t = {.engine = MIGEN_SQLITE, .path = "interrupt.db", .display = "x"};
    assert_int_equal(driver_open(&t, &(driver_options){.busy_timeout = 60000}, &d, &e), STATUS_OK);
    interrupt_after(100);
    double began = clock_milliseconds();
    assert_int_equal(driver_query(d, "begin immediate", a, NULL, &e), STATUS_STOPPED);
    assert_true(clock_milliseconds() - began < 5000);
    driver_resume();
    driver_close(d);
    driver_close(other);
    arena_free(a);
}

/* At any moment, before a statement too: no interruption is ever forgotten. */
static void test_interruption_is_never_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++) {
        driver *d = open_ok(":memory:");
        arena *a = arena_new();
        error e = error_new(a);
        interrupt_after(1);
        while (driver_query(d, "select 1", a, NULL, &e) == STATUS_OK)
            ;
        assert_int_equal(e.code, STATUS_STOPPED);
        driver_resume();
        driver_close(d);
        arena_free(a);
    }
    for (int i = 0; i < 200; i++) { /* a signal while it is opened and closed */
        arena *a = arena_new();
        error e = error_new(a);
        driver *d = NULL;
        interrupt_after(1);
        for (int j = 0; j < 20 && open_with(":memory:", (driver_options){0}, false, &d, &e) == STATUS_OK; j++)
            driver_close(d);
        while (!driver_interrupted())
            usleep(100);
        driver_resume();
        arena_free(a);
    }
}

static void assert_open_fails(const char *path, driver_options options, bool must_exist, status wanted,
                              const char *says)
{
    arena *a = arena_new();
    error e = error_new(a);
    driver *d = NULL;
    status found = open_with(path, options, must_exist, &d, &e);
    if (found != wanted || d != NULL || strstr(e.message, says) == NULL)
        fail_msg("%s: wanted %d \"%s\", found %d \"%s\"", path, wanted, says, found,
                 e.message == NULL ? "" : e.message);
    arena_free(a);
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void test_files_that_cannot_be_opened(void **state)
{
    (void)state;
    driver_options none = {0};
    assert_int_equal(mkdir("a-folder", 0755), 0);
    assert_open_fails("a-folder", none, false, STATUS_CONFIGURATION, "is a folder");
    assert_open_fails("missing/x.db", none, false, STATUS_NO_CONNECTION,
                      "the folder \"missing\" is not there");
    assert_open_fails("/missing-folder/x.db", none, false, STATUS_NO_CONNECTION, "\"/missing-folder\"");
    assert_open_fails("missing/x.db", (driver_options){.read_only = true}, false, STATUS_NO_CONNECTION,
                      "missing");
    assert_open_fails("not-there.db", none, true, STATUS_NO_CONNECTION, "\"not-there.db\" is not there");
    assert_int_not_equal(access("not-there.db", F_OK), 0);
    write_file("garbage.db",
               "This is no database, but it is long enough to be looked at as one by whoever opens it. "
               "More than a hundred bytes it is.");
    assert_open_fails("garbage.db", none, false, STATUS_CONFIGURATION, "is not a SQLite database");
    write_file("empty.db", "");
    driver_close(open_ok("empty.db"));
}

static void test_read_only(void **state)
{
    (void)state;
    arena *a = arena_new();
    error e = error_new(a);
    driver *d = NULL;
    /* no file: an empty database stands in, and nothing is made */
    assert_int_equal(open_with("fresh.db", (driver_options){.read_only = true}, false, &d, &e), STATUS_OK);
    assert_true(driver_is_stand_in(d));
    assert_value(d, "select count(*) from sqlite_schema", "0");
    assert_int_equal(driver_query(d, "create table t (a)", a, NULL, &e), STATUS_NOT_PERMITTED);
    driver_close(d);
    assert_int_not_equal(access("fresh.db", F_OK), 0);
    error_clear(&e);
    /* in WAL, nothing is left behind */
    d = open_ok("wal.db");
    run_ok(d, "pragma journal_mode = wal");
    run_ok(d, "create table t (a)");
    driver_close(d);
    assert_int_equal(open_with("wal.db", (driver_options){.read_only = true}, false, &d, &e), STATUS_OK);
    assert_false(driver_is_stand_in(d));
    assert_value(d, "select count(*) from sqlite_schema", "1");
    assert_int_equal(driver_query(d, "insert into t values (1)", a, NULL, &e), STATUS_NOT_PERMITTED);
    assert_string_equal(e.sqlstate, "SQLITE_READONLY");
    driver_close(d);
    assert_int_not_equal(access("wal.db-wal", F_OK), 0);
    assert_int_not_equal(access("wal.db-shm", F_OK), 0);
    arena_free(a);
}

/* The exit code of a child that has given up its rights: root may do everything. */
static int without_rights(int (*check)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(100);
        _exit(check());
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    return WEXITSTATUS(result);
}

static int check_locked_folder(void)
{
    arena *a = arena_new();
    error e = error_new(a);
    driver *d = NULL;
    driver_result r;
    target t = {.engine = MIGEN_SQLITE, .path = "locked/new.db", .display = "x"};
    driver_options none = {0};
    if (driver_open(&t, &none, &d, &e) != STATUS_NOT_PERMITTED || strstr(e.message, "not writable") == NULL)
        return 1;
    error_clear(&e);
    t.path = "locked/secret.db";
    if (driver_open(&t, &none, &d, &e) != STATUS_NOT_PERMITTED || strstr(e.message, "cannot be read") == NULL)
        return 2;
    error_clear(&e);
    static const char *const readable[] = {"locked/journal.db", "locked/wal.db"};
    for (int i = 0; i < 2; i++) {
        t.path = readable[i];
        if (driver_open(&t, &none, &d, &e) != STATUS_OK)
            return 10 + i;
        if (driver_refuse_read_only(d, &e) != STATUS_NOT_PERMITTED)
            return 40 + i;
        error_clear(&e);
        if (driver_query(d, "select a from t", a, &r, &e) != STATUS_OK ||
            !text_equal(driver_value(&r, 0, 0), "5"))
            return 20 + i;
        if (driver_query(d, "insert into t values (6)", a, NULL, &e) != STATUS_NOT_PERMITTED ||
            e.hint == NULL)
            return 30 + i;
        error_clear(&e);
        driver_close(d);
    }
    arena_free(a);
    return 0;
}

static void test_without_rights(void **state)
{
    (void)state;
    assert_int_equal(mkdir("locked", 0755), 0);
    static const char *const paths[] = {"locked/journal.db", "locked/wal.db", "locked/secret.db"};
    for (int i = 0; i < 3; i++) {
        driver *d = open_ok(paths[i]);
        if (i == 1)
            run_ok(d, "pragma journal_mode = wal");
        run_ok(d, "create table t (a)");
        run_ok(d, "insert into t values (5)");
        driver_close(d);
        assert_int_equal(chmod(paths[i], i == 2 ? 0 : 0444), 0);
    }
    assert_int_equal(chmod("locked", 0555), 0);
    assert_int_equal(without_rights(check_locked_folder), 0);
    assert_int_equal(chmod("locked", 0755), 0);
    assert_int_not_equal(access("locked/wal.db-shm", F_OK), 0);
}

static void test_library_versions(void **state)
{
    (void)state;
    arena *a = arena_new();
    assert_true(text_starts_with(driver_library_versions(a), "SQLite 3."));
    arena_free(a);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL && chmod(folder, 0755) == 0 && chdir(folder) == 0 ? 0 : -1;
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
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_first_error_ends_the_run),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_interruption),
        cmocka_unit_test(test_interruption_is_never_lost),
        cmocka_unit_test(test_files_that_cannot_be_opened),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_without_rights),
        cmocka_unit_test(test_library_versions),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

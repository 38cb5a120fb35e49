/* PostgreSQL behind driver.h, against a server of its own. Skipped where the server's programs are not
 * installed. */
#include "duration.h"
#include "driver.h"
#include "text.h"

#include <arpa/inet.h>
#include <glob.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/migen-postgres-XXXXXX";
static char programs[256];
static bool server_runs;
static int port;
static arena *memory;

#define SECRET "hunter2-Zq"

/* ---- the server ---- */

static int listen_somewhere(int *socket_out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&address, sizeof address) != 0 || listen(s, 5) != 0 ||
        getsockname(s, (struct sockaddr *)&address, &length) != 0)
        abort();
    *socket_out = s;
    return ntohs(address.sin_port);
}

static int shell(const char *command)
{
    /* the server's programs refuse to run as root */
    const char *prefix = geteuid() == 0 ? "runuser -u postgres -- sh -c " : "sh -c ";
    return system(
        arena_format(memory, "cd %s && %s '%s' >>%s/setup.log 2>&1", folder, prefix, command, folder));
}

static int start_server(void **state)
{
    (void)state;
    memory = arena_new();
    glob_t found;
    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) != 0)
        return 0;
    snprintf(programs, sizeof programs, "%s", found.gl_pathv[found.gl_pathc - 1]);
    *strrchr(programs, '/') = '\0';
    globfree(&found);
    int s;
    port = listen_somewhere(&s);
    close(s);
    if (mkdtemp(folder) == NULL || chmod(folder, 0777) != 0)
        return -1;
    const char *script = arena_format(
        memory,
        "set -e; %s/initdb -D %s/data -U admin -A trust --no-sync -E UTF8 --no-locale; cd %s/data; "
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=db.example "
        "-keyout server.key -out server.crt; chmod 600 server.key; "
        "printf \"local all all trust\\nhost all admin all trust\\nhost all all all scram-sha-256\\n\" "
        ">pg_hba.conf; "
        "printf "
        "\"port=%d\\nunix_socket_directories=\\047%s\\047\\nlisten_addresses=\\047127.0.0.1\\047\\nfsync="
        "off\\nssl=on\\n\" "
        ">>postgresql.conf; %s/pg_ctl -D %s/data -l %s/server.log -w start",
        programs, folder, folder, port, folder, programs, folder, folder);
    if (shell(script) != 0) {
        (void)!system(
            arena_format(memory, "cat %s/setup.log %s/server.log; rm -rf %s", folder, folder, folder));
        return -1;
    }
    server_runs = true;
    return shell(arena_format(
        memory,
        "psql -q -h %s -p %d -U admin -d postgres -c \"create role app login password \\$\\$" SECRET
        "\\$\\$\" -c \"create database shop owner app\"",
        folder, port));
}

static int stop_server(void **state)
{
    (void)state;
    int result = 0;
    if (server_runs) {
        result = shell(arena_format(memory, "%s/pg_ctl -D %s/data -w -m immediate stop", programs, folder));
        (void)!system(arena_format(memory, "rm -rf %s", folder));
    }
    arena_free(memory);
    return result;
}

static void need_server(void)
{
    if (!server_runs)
        fail_msg("PostgreSQL could not be started (./scripts/setup --tests installs it)");
}

static status open_url(const char *url, int64_t timeout, driver **out, error *e)
{
    target t;
    status s = target_parse(memory, url, "--url", &t, e);
    if (s != STATUS_OK)
        return s;
    return driver_open(&t, &(driver_options){.application_name = "migen/test", .connect_timeout = timeout},
                       out, e);
}

static driver *open_ok(const char *url)
{
    error e = error_new(memory);
    driver *d = NULL;
    if (open_url(url, 10000, &d, &e) != STATUS_OK)
        fail_msg("%s (%s)", e.message, e.detail == NULL ? "" : e.detail);
    return d;
}

static driver *open_shop(void)
{
    return open_ok(arena_format(memory, "postgres://app@:%d/shop?host=%s", port, folder));
}

static char *tcp_url(const char *user, const char *rest)
{
    return arena_format(memory, "postgres://%s@127.0.0.1:%d/%s", user, port, rest);
}

static void run_ok(driver *d, const char *sql)
{
    error e = error_new(memory);
    if (driver_query(d, sql, memory, NULL, &e) != STATUS_OK)
        fail_msg("%s: %s", sql, e.message);
}

static void assert_value(driver *d, const char *sql, const char *wanted)
{
    error e = error_new(memory);
    driver_result r;
    if (driver_query(d, sql, memory, &r, &e) != STATUS_OK)
        fail_msg("%s: %s", sql, e.message);
    const char *found = driver_value(&r, 0, 0);
    if (!text_equal(found, wanted))
        fail_msg("%s: wanted %s, found %s", sql, wanted == NULL ? "NULL" : wanted,
                 found == NULL ? "NULL" : found);
}

/* ---- running ---- */

static void test_values(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    error e = error_new(memory);
    assert_int_equal(driver_engine(d), MIGEN_POSTGRES);
    assert_true(driver_server_version(d) >= 90600);
    assert_true(driver_is_alive(d));
    const char *parameters[] = {"it's; -- \"x\"", NULL, "7"};
    driver_statement s[] = {
        {.sql = "create temp table t (a text, b text, c int, d bytea)"},
        {.sql = "insert into t values ($1, $2, $3, '\\x00ff'), (null, '', 8, null)",
         .parameters = parameters,
         .parameter_count = 3},
        {.sql = "select a, b, c, d from t order by c"},
        {.sql = "update t set b = 'x' where c = 7"},
        {.sql = "delete from t"},
        {.sql = "select 1 where false"},
        {.sql = " -- nothing"},
        {.sql = "create temp table u as select generate_series(1, 5)"},
        {.sql = "do $$ begin raise notice 'to be dropped'; end $$"},
    };
    driver_result r[9];
    if (driver_run(d, s, 9, memory, r, &e) != STATUS_OK)
        fail_msg("%s", e.message);
    assert_int_equal(r[1].affected, 2);
    assert_int_equal(r[2].row_count, 2);
    assert_int_equal(r[2].column_count, 4);
    assert_int_equal(r[2].affected, 0);
    assert_string_equal(driver_value(&r[2], 0, 0), parameters[0]);
    assert_null(driver_value(&r[2], 0, 1));
    assert_string_equal(driver_value(&r[2], 0, 3), "\\x00ff");
    assert_string_equal(driver_value(&r[2], 1, 1), "");
    assert_int_equal(r[3].affected, 1);
    assert_int_equal(r[4].affected, 2);
    assert_int_equal(r[5].row_count, 0);
    assert_true(r[6].done);
    assert_int_equal(r[7].affected, 0);
    assert_int_equal(driver_statement_count(d), 6);
    assert_value(d, "show client_encoding", "UTF8");
    assert_value(d, "show application_name", "migen/test");
    assert_value(d, "select pg_backend_pid()", arena_format(memory, "%d", driver_backend_pid(d)));
    driver_close(d);
}

static void test_ten_thousand_statements(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    error e = error_new(memory);
    enum { COUNT = 10000 };
    driver_statement *s = ARENA_NEW_ARRAY(memory, driver_statement, COUNT);
    driver_result *r = ARENA_NEW_ARRAY(memory, driver_result, COUNT);
    char *padding = arena_allocate(memory, 2001);
    memset(padding, 'x', 2000);
    for (size_t i = 0; i < COUNT; i++)
        s[i] = (driver_statement){
            .sql = arena_format(memory, "select %zu, repeat('y', 2000) /* %s */", i, padding),
            .sync_after = i % 7 == 0};
    assert_int_equal(driver_run(d, s, COUNT, memory, r, &e), STATUS_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(r[i].done);
        assert_int_equal(strtol(driver_value(&r[i], 0, 0), NULL, 10), i);
        assert_int_equal(strlen(driver_value(&r[i], 0, 1)), 2000);
    }
    assert_value(d, "select 1", "1");
    driver_close(d);
}

static void test_big_results(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    error e = error_new(memory);
    arena *a = arena_new();
    driver_statement s[] = {
        {.sql = "select g, md5(g::text) from generate_series(1, 200000) g"},
        {.sql = "select repeat('z', 50000000)"},
        {.sql = arena_format(a, "select length('%s')",
                             (char *)memset(arena_allocate(a, 20000001), 'w', 20000000))},
        {.sql = "select 5"},
    };
    driver_result r[4];
    assert_int_equal(driver_run(d, s, 4, a, r, &e), STATUS_OK);
    assert_int_equal(r[0].row_count, 200000);
    assert_string_equal(driver_value(&r[0], 199999, 0), "200000");
    assert_int_equal(strlen(driver_value(&r[1], 0, 0)), 50000000);
    assert_string_equal(driver_value(&r[2], 0, 0), "20000000");
    assert_string_equal(driver_value(&r[3], 0, 0), "5");
    arena_free(a);
    driver_close(d);
}

static void test_error_in_the_middle(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    error e = error_new(memory);
    run_ok(d, "create table middle (a int unique)");
    driver_statement s[] = {{.sql = "insert into middle values (1)"},
                            {.sql = "insert into middle values (2)"},
                            {.sql = "select '\xc3\xa4', nope from middle"},
                            {.sql = "insert into middle values (3)"},
                            {.sql = "select 1/0"}};
    driver_result r[5];
    assert_int_equal(driver_run(d, s, 5, memory, r, &e), STATUS_FAILED);
    assert_true(r[1].done);
    for (int i = 2; i < 5; i++)
        assert_false(r[i].done);
    assert_int_equal(e.statement_index, 2);
    assert_string_equal(e.statement, s[2].sql);
    assert_string_equal(e.sqlstate, "42703");
    assert_int_equal(e.position, 13);
    assert_value(d, "select count(*) from middle", "0"); /* one implicit transaction up to the Sync */
    assert_false(driver_in_transaction(d));
    error_clear(&e);
    /* with a Sync behind each, the others run */
    for (int i = 0; i < 5; i++)
        s[i].sync_after = true;
    assert_int_equal(driver_run(d, s, 5, memory, r, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "42703");
    assert_true(r[0].done && r[1].done && !r[2].done && r[3].done && !r[4].done);
    assert_value(d, "select count(*) from middle", "3");
    error_clear(&e);
    /* an explicit transaction stays failed over Syncs */
    driver_statement t[] = {{.sql = "begin"},
                            {.sql = "delete from middle", .sync_after = true},
                            {.sql = "insert into middle values (9), (9)", .sync_after = true},
                            {.sql = "insert into middle values (10)"}};
    assert_int_equal(driver_run(d, t, 4, memory, r, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "23505");
    assert_string_equal(e.schema, "public");
    assert_non_null(strstr(e.detail, "(9)"));
    assert_false(r[3].done);
    assert_true(driver_in_transaction(d));
    run_ok(d, "rollback");
    assert_false(driver_in_transaction(d));
    assert_value(d, "select count(*) from middle", "3");
    run_ok(d, "drop table middle");
    driver_close(d);
}

static void test_statuses(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    static const struct {
        const char *sqlstate;
        status wanted;
    } cases[] = {{"55P03", STATUS_BUSY},    {"40P01", STATUS_BUSY},          {"40001", STATUS_BUSY},
                 {"53300", STATUS_BUSY},    {"42501", STATUS_NOT_PERMITTED}, {"57P01", STATUS_STOPPED},
                 {"08006", STATUS_STOPPED}, {"57014", STATUS_STOPPED},       {"53100", STATUS_STOPPED},
                 {"53200", STATUS_STOPPED}, {"58030", STATUS_STOPPED},       {"XX001", STATUS_FAILED},
                 {"23505", STATUS_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error e = error_new(memory);
        const char *sql = arena_format(
            memory, "do $$ begin raise exception 'no' using errcode = '%s', hint = 'mend'; end $$",
            cases[i].sqlstate);
        if (driver_query(d, sql, memory, NULL, &e) != cases[i].wanted)
            fail_msg("%s gives %d", cases[i].sqlstate, e.code);
        assert_string_equal(e.sqlstate, cases[i].sqlstate);
        assert_string_equal(e.hint, "mend");
        assert_string_equal(e.message, "no");
    }
    error e = error_new(memory);
    assert_int_equal(driver_query(d, "select pg_read_file('/etc/passwd')", memory, NULL, &e),
                     STATUS_NOT_PERMITTED);
    error_clear(&e);
    assert_int_equal(driver_query(d, "select 1; select 2", memory, NULL, &e), STATUS_FAILED);
    assert_string_equal(e.sqlstate, "42601");
    driver_close(d);
}

static void test_copy_is_refused(void **state)
{
    (void)state;
    need_server();
    static const char *const copies[] = {"copy (select 1) to stdout", "copy pg_class from stdin",
                                         "copy pg_temp.t from stdin"};
    for (size_t i = 0; i < 3; i++) {
        driver *d = open_ok(tcp_url("admin", "shop"));
        error e = error_new(memory);
        driver_statement s[] = {
            {.sql = "create temp table t (a int)"}, {.sql = copies[i]}, {.sql = "select 1"}};
        driver_result r[3];
        assert_int_equal(driver_run(d, s, 3, memory, r, &e), STATUS_FAILED);
        assert_int_equal(e.statement_index, 1);
        assert_false(r[2].done);
        driver_close(d);
    }
}

/* ---- interruption and loss ---- */

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

static void test_interruption(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    error e = error_new(memory);
    driver_statement s[] = {{.sql = "create table half (a int)"},
                            {.sql = "select pg_sleep(30)", .sync_after = true},
                            {.sql = "select pg_sleep(30)", .sync_after = true},
                            {.sql = "select pg_sleep(30)"}};
    driver_result r[4];
    double began = clock_milliseconds();
    interrupt_after(200);
    assert_int_equal(driver_run(d, s, 4, memory, r, &e), STATUS_STOPPED);
    assert_true(clock_milliseconds() - began < 8000);
    assert_string_equal(e.message, "interrupted");
    assert_int_equal(e.statement_index, 1);
    assert_true(r[0].done);
    assert_false(r[1].done || r[3].done);
    error_clear(&e);
    assert_int_equal(driver_query(d, "select 1", memory, NULL, &e), STATUS_STOPPED);
    driver_resume();
    assert_true(driver_is_alive(d));
    assert_value(d, "select to_regclass('half')", NULL);
    driver_close(d);
}

/* Interrupted while statements are still to be sent: what is half sent must not be committed. */
static void test_interruption_while_sending(void **state)
{
    (void)state;
    need_server();
    driver *d = open_shop();
    enum { COUNT = 20000 };
    driver_statement *s = ARENA_NEW_ARRAY(memory, driver_statement, COUNT);
    char *padding = arena_allocate(memory, 5001);
    memset(padding, 'x', 5000);
    const char *sql = arena_format(memory, "insert into sending values (1) /* %s */", padding);
    driver_result *r = ARENA_NEW_ARRAY(memory, driver_result, COUNT);
    for (int segment = 0; segment < 2; segment++) {
        run_ok(d, "create table sending (a int)");
        for (size_t i = 0; i < COUNT; i++)
            s[i] = (driver_statement){.sql = sql, .sync_after = segment == 1 && i % 100 == 99};
        for (long wait = 1; wait <= 300; wait *= 6) {
            run_ok(d, "truncate sending");
            error e = error_new(memory);
            interrupt_after(wait);
            status found = driver_run(d, s, COUNT, memory, r, &e);
            struct itimerval never = {0};
            assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
            driver_resume();
            assert_true(found == STATUS_STOPPED || found == STATUS_OK);
            assert_true(driver_is_alive(d));
            error_clear(&e);
            driver_result n;
            assert_int_equal(driver_query(d, "select count(*) from sending", memory, &n, &e), STATUS_OK);
            long rows = strtol(driver_value(&n, 0, 0), NULL, 10);
            assert_int_equal(found == STATUS_OK ? COUNT : rows % (segment == 1 ? 100 : COUNT),
                             found == STATUS_OK ? rows : 0);
        }
        run_ok(d, "drop table sending");
    }
    driver_close(d);
}

static void kill_backend(const driver *d)
{
    driver *admin = open_ok(tcp_url("admin", "postgres"));
    assert_value(admin, arena_format(memory, "select pg_terminate_backend(%d, 5000)", driver_backend_pid(d)),
                 "t");
    driver_close(admin);
}

static void test_killed_backend(void **state)
{
    (void)state;
    need_server();
    error e = error_new(memory);
    /* while nobody looks */
    driver *d = open_shop();
    kill_backend(d);
    assert_int_equal(driver_query(d, "select 1", memory, NULL, &e), STATUS_STOPPED);
    assert_non_null(e.sqlstate);
    assert_false(driver_is_alive(d));
    assert_false(driver_in_transaction(d));
    error_clear(&e);
    assert_int_equal(driver_query(d, "select 1", memory, NULL, &e), STATUS_STOPPED);
    driver_close(d);
    d = open_shop();
    kill_backend(d);
    assert_false(driver_is_alive(d));
    driver_close(d);
    /* by itself, in the middle of a run, politely and not */
    static const char *const deaths[] = {"select pg_terminate_backend(pg_backend_pid())",
                                         "set idle_in_transaction_session_timeout = 1"};
    for (size_t i = 0; i < 2; i++) {
        d = open_shop();
        error_clear(&e);
        driver_statement s[] = {
            {.sql = "begin"}, {.sql = deaths[i], .sync_after = true}, {.sql = "select 1"}};
        driver_result r[3];
        status found = driver_run(d, s, 3, memory, r, &e);
        if (i == 1 && found == STATUS_OK) {
            usleep(300000);
            assert_false(driver_is_alive(d));
            found = driver_query(d, "commit", memory, NULL, &e);
        }
        assert_int_equal(found, STATUS_STOPPED);
        assert_false(driver_is_alive(d));
        driver_close(d);
    }
}

/* ---- connecting ---- */

static void assert_refused(const char *url, int64_t timeout, status wanted, const char *says,
                           const char *hint)
{
    error e = error_new(memory);
    driver *d = NULL;
    double began = clock_milliseconds();
    status found = open_url(url, timeout, &d, &e);
    const char *all = arena_format(memory, "%d: %s / %s / %s", found, e.message == NULL ? "" : e.message,
                                   e.detail == NULL ? "" : e.detail, e.hint == NULL ? "" : e.hint);
    if (found != wanted || d != NULL || strstr(e.message, says) == NULL)
        fail_msg("%s: wanted %d \"%s\", found %s", url, wanted, says, all);
    if (hint != NULL && (e.hint == NULL || strstr(e.hint, hint) == NULL))
        fail_msg("%s: wanted the hint \"%s\", found %s", url, hint, all);
    if (strstr(all, "hunter2") != NULL || strstr(all, "LOCATION") != NULL || strchr(e.message, '\n') != NULL)
        fail_msg("%s: says too much: %s", url, all);
    assert_true(clock_milliseconds() - began < 15000);
}

static void test_refused_connections(void **state)
{
    (void)state;
    need_server();
    driver_close(open_ok(tcp_url("app:" SECRET, "shop")));
    assert_refused(tcp_url("app:hunter2-wrong", "shop"), 5000, STATUS_NOT_PERMITTED,
                   "password authentication failed", "password");
    assert_refused(tcp_url("app:hunter2@%/?#&", "shop?sslmode=disable"), 5000, STATUS_NOT_PERMITTED,
                   "password authentication failed", NULL);
    assert_refused(tcp_url("app", "shop"), 5000, STATUS_NOT_PERMITTED, "no password supplied", "PGPASSWORD");
    assert_refused(tcp_url("nobody", "shop?host=127.0.0.1&password=hunter2"), 5000, STATUS_NOT_PERMITTED,
                   "authentication failed", NULL);
    assert_refused(tcp_url("app:" SECRET, "nowhere"), 5000, STATUS_NO_CONNECTION,
                   "\"nowhere\" does not exist", "create the database");
    assert_refused("postgres://app:hunter2@nosuch.invalid/shop", 5000, STATUS_NO_CONNECTION,
                   "could not translate host name", "look it up");
    assert_refused("postgres://app:hunter2@/shop?host=/nonexistent-folder", 5000, STATUS_NO_CONNECTION,
                   "No such file or directory", "local socket");
    assert_refused("postgres://app:hunter2@127.0.0.1:1/shop", 5000, STATUS_NO_CONNECTION,
                   "Connection refused", "is the server running");
    assert_refused("postgres://app:hunter2@127.0.0.1/shop?sslmode=hunter", 5000, STATUS_CONFIGURATION,
                   "sslmode", NULL);
    assert_refused("host=127.0.0.1 port=hunter password=hunter2", 5000, STATUS_CONFIGURATION, "port", NULL);
    assert_refused("postgres://app:hunter2@127.0.0.1/shop?service=nosuch", 5000, STATUS_CONFIGURATION,
                   "nosuch", NULL);
    /* the last of several hosts answers */
    driver_close(
        open_ok(arena_format(memory, "postgres://app:" SECRET "@127.0.0.1:1,127.0.0.1:%d/shop", port)));
}

static void test_certificates(void **state)
{
    (void)state;
    need_server();
    char *root = arena_format(memory, "%s/data/server.crt", folder);
    (void)!system(arena_format(memory, "cp %s %s/root.crt && chmod 644 %s/root.crt", root, folder, folder));
    driver *d = open_ok(tcp_url("app:" SECRET, "shop?sslmode=require"));
    assert_value(d, "select ssl from pg_stat_ssl where pid = pg_backend_pid()", "t");
    driver_close(d);
    d = open_ok(tcp_url("app:" SECRET,
                        arena_format(memory, "shop?sslmode=verify-ca&sslrootcert=%s/root.crt", folder)));
    driver_close(d);
    d = open_ok(
        arena_format(memory,
                     "postgres://app:" SECRET
                     "@db.example:%d/shop?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=%s/root.crt",
                     port, folder));
    driver_close(d);
    /* 100 MB over TLS, in pieces that OpenSSL keeps back */
    d = open_ok(tcp_url("app:" SECRET, "shop?sslmode=require"));
    arena *a = arena_new();
    error e = error_new(a);
    driver_result r;
    assert_int_equal(driver_query(d, "select repeat('z', 1000) from generate_series(1, 30000)", a, &r, &e),
                     STATUS_OK);
    assert_int_equal(r.row_count, 30000);
    arena_free(a);
    driver_close(d);
    /* another authority; another name; no file */
    assert_refused(tcp_url("app:" SECRET, "shop?sslmode=verify-full"), 5000, STATUS_NO_CONNECTION,
                   "certificate", "sslrootcert");
    assert_refused(tcp_url("app:" SECRET, "shop?sslrootcert=system"), 5000, STATUS_NO_CONNECTION,
                   "certificate", "sslrootcert");
    assert_refused(tcp_url("app:" SECRET,
                           arena_format(memory, "shop?sslmode=verify-full&sslrootcert=%s/root.crt", folder)),
                   5000, STATUS_NO_CONNECTION, "certificate", "name");
    assert_refused(tcp_url("app:" SECRET, "shop?sslmode=verify-ca&sslrootcert=/none.crt"), 5000,
                   STATUS_NO_CONNECTION, "/none.crt", "sslrootcert");
}

static void test_connect_timeout(void **state)
{
    (void)state;
    need_server();
    int silent;
    int silent_port = listen_somewhere(&silent); /* takes the connection, never says a word */
    double began = clock_milliseconds();
    assert_refused(arena_format(memory, "postgres://app:hunter2@127.0.0.1:%d/shop", silent_port), 600,
                   STATUS_NO_CONNECTION, "no answer before the connect timeout", "firewall");
    double took = clock_milliseconds() - began;
    assert_true(took >= 550 && took < 4000);
    /* the URL's own timeout goes before ours */
    began = clock_milliseconds();
    assert_refused(
        arena_format(memory, "postgres://app:hunter2@127.0.0.1:%d/shop?connect_timeout=1", silent_port),
        60000, STATUS_NO_CONNECTION, "no answer", NULL);
    assert_true(clock_milliseconds() - began < 5000);
    /* the next host gets its turn */
    error e = error_new(memory);
    driver *d = NULL;
    const char *url =
        arena_format(memory, "postgres://app:" SECRET "@127.0.0.1:%d,127.0.0.1:%d/shop", silent_port, port);
    if (open_url(url, 500, &d, &e) != STATUS_OK)
        fail_msg("%s / %s", e.message, e.detail);
    driver_close(d);
    /* a signal ends the wait */
    began = clock_milliseconds();
    interrupt_after(100);
    error_clear(&e);
    assert_int_equal(
        open_url(arena_format(memory, "postgres://app:x@127.0.0.1:%d/shop", silent_port), 60000, &d, &e),
        STATUS_STOPPED);
    assert_true(clock_milliseconds() - began < 3000);
    driver_resume();
    close(silent);
}

static void test_library_versions(void **state)
{
    (void)state;
    assert_non_null(strstr(driver_library_versions(memory), "libpq 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),           cmocka_unit_test(test_ten_thousand_statements),
        cmocka_unit_test(test_big_results),      cmocka_unit_test(test_error_in_the_middle),
        cmocka_unit_test(test_statuses),         cmocka_unit_test(test_copy_is_refused),
        cmocka_unit_test(test_interruption),     cmocka_unit_test(test_interruption_while_sending),
        cmocka_unit_test(test_killed_backend),   cmocka_unit_test(test_refused_connections),
        cmocka_unit_test(test_certificates),     cmocka_unit_test(test_connect_timeout),
        cmocka_unit_test(test_library_versions),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}

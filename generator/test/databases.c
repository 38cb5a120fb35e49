/*
 * databases.c: making, copying and dropping throw-away databases on both engines.
 */
#include "test_parts.h"

#include "sql_writer.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void test_sleep(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
              NULL);
}

/* ---- SQLite: files in the run's folder ---- */

static bool copy_file(test_run *run, const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 && errno == ENOENT)
        return true; /* an empty database has no file yet */
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char piece[65536];
    ssize_t n = out < 0 ? -1 : 1;
    while (n > 0 && (n = read(in, piece, sizeof piece)) > 0)
        if (write(out, piece, (size_t)n) != n)
            n = -1;
    if (n < 0)
        (void)error_set(run->e, STATUS_FAILED, "%s cannot be written: %s", to, strerror(errno));
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return n == 0;
}

static void remove_files(test_run *run, const char *path)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        unlink(arena_format(run->memory, "%s%s", path, ends[i]));
}

/* ---- PostgreSQL ---- */

/* value as libpq's key=value form has it. */
static void add_keyword(builder *b, const char *keyword, const char *value)
{
    builder_add_format(b, "%s%s='", b->length == 0 ? "" : " ", keyword);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            builder_add_character(b, '\\');
        builder_add_character(b, *c);
    }
    builder_add_character(b, '\'');
}

/* The server's address with another database. */
static const char *url_of(test_run *run, const char *database)
{
    builder b = builder_new(run->memory);
    for (size_t i = 0; run->server.keywords[i] != NULL; i++)
        if (!text_equal(run->server.keywords[i], "dbname") && !text_is_empty(run->server.values[i]))
            add_keyword(&b, run->server.keywords[i], run->server.values[i]);
    add_keyword(&b, "dbname", database);
    return b.bytes;
}

status test_open_server(test_run *run, const char *url, const char *source)
{
    status s = target_parse(run->memory, url, source, &run->server, run->e);
    if (s == STATUS_OK && run->server.engine != MIGEN_POSTGRES) {
        s = error_set(run->e, STATUS_USAGE, "%s is for a PostgreSQL server", source);
        error_hint(run->e, "SQLite is tested in files of its own");
    }
    if (s != STATUS_OK)
        return s;
    return driver_open(&run->server,
                       &(driver_options){.application_name = "migen test", .connect_timeout = 10000},
                       &run->admin, run->e);
}

static status administer(test_run *run, const char *words, const char *name, const char *more,
                         const char *other)
{
    sql_writer w = sql_new(run->memory);
    sql_words(&w, words);
    sql_name(&w, name);
    sql_words(&w, more);
    if (other != NULL)
        sql_name(&w, other);
    error e = error_new(run->memory);
    status s = driver_query(run->admin, sql_text(&w), run->memory, NULL, &e);
    /* A session that has just ended, or was killed, may still be there for a moment. */
    for (int i = 0; s != STATUS_OK && text_equal(e.sqlstate, "55006") && i < 200 && !test_is_stopped(); i++) {
        test_sleep(25);
        error_clear(&e);
        s = driver_query(run->admin, sql_text(&w), run->memory, NULL, &e);
    }
    if (s != STATUS_OK) {
        (void)error_set(run->e, s, "a throw-away database cannot be made: %s", e.message);
        error_hint(run->e, "the role of the URL needs the right to make databases (ALTER ROLE … CREATEDB)");
    }
    return s;
}

/* ---- both ---- */

static test_database *new_database(test_run *run, const char *name)
{
    test_database *d = ARENA_NEW(run->memory, test_database);
    name = arena_format(run->memory, "%s%zu", name, ++run->made);
    *d = (test_database){.name = name,
                         .live = {.release = run->release, .options = live_options(run->release)}};
    if (run->engine == MIGEN_SQLITE) {
        d->url = arena_format(run->memory, "sqlite:%s.db", name); /* the folder is where it is run */
        d->live.target = (target){.engine = MIGEN_SQLITE,
                                  .path = arena_format(run->memory, "%s/%s.db", run->folder, name),
                                  .display = d->url,
                                  .source = "test"};
    } else {
        d->name = arena_format(run->memory, "migen_test_%ld_%s", (long)getpid(), name);
        d->url = url_of(run, d->name);
        if (target_parse(run->memory, d->url, "test", &d->live.target, run->e) != STATUS_OK)
            return NULL;
    }
    vector_push(run->memory, &run->databases, d);
    return d;
}

test_database *test_make(test_run *run, const char *name)
{
    test_database *d = new_database(run, name);
    if (d == NULL ||
        (run->engine == MIGEN_POSTGRES && administer(run, "CREATE DATABASE", d->name, "", NULL) != STATUS_OK))
        return NULL;
    live_make_given(run->memory, &d->live);
    return d;
}

test_database *test_copy(test_run *run, const test_database *from, const char *name)
{
    test_database *d = new_database(run, name);
    if (d == NULL)
        return NULL;
    if (run->engine == MIGEN_POSTGRES)
        return administer(run, "CREATE DATABASE", d->name, "TEMPLATE", from->name) == STATUS_OK ? d : NULL;
    return copy_file(run, from->live.target.path, d->live.target.path) ? d : NULL;
}

void test_drop(test_run *run, test_database *d)
{
    for (size_t i = 0; i < run->databases.count; i++)
        if (run->databases.items[i] == d) {
            vector_remove(&run->databases, i);
            break;
        }
    if (run->engine == MIGEN_SQLITE) {
        remove_files(run, d->live.target.path);
        return;
    }
    if (run->own_server && run->left < MOST_LEFT) {
        run->left++;
        return; /* dropping one takes as long as making it */
    }
    error before = *run->e; /* nothing that dropping meets is what the run is to say */
    bool can_force = driver_server_version(run->admin) >= 130000;
    (void)administer(run, "DROP DATABASE IF EXISTS", d->name, can_force ? "WITH (FORCE)" : "", NULL);
    *run->e = before;
}

void test_drop_all(test_run *run)
{
    driver_resume();
    while (run->databases.count > 0)
        test_drop(run, run->databases.items[run->databases.count - 1]);
    driver_close(run->admin);
    run->admin = NULL;
}

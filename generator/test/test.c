/*
 * test.c: the order in which everything is tried, and that everything is taken away.
 */
#include "test_parts.h"

#include "build.h"
#include "duration.h"
#include "postgres_server.h"
#include "sql_writer.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Variables that would change what the binary does: a test is the same wherever it is run. With a server of our own also
 * those that lead to another. */
static void forget_surroundings(bool own_server)
{
    extern char **environ;
    for (size_t i = 0; environ[i] != NULL;) {
        const char *one = environ[i];
        bool ours = text_starts_with(one, "MIGEN_") || text_starts_with(one, "DATABASE_URL");
        const char *equals = strchr(one, '=');
        if (equals == NULL || (!ours && !(own_server && text_starts_with(one, "PG")))) {
            i++;
            continue;
        }
        arena *a = arena_new();
        bool gone = unsetenv(arena_copy(a, one, (size_t)(equals - one))) == 0; /* the list has moved up */
        arena_free(a);
        i += !gone;
    }
}

static status build_binaries(test_run *run)
{
    arena *a = run->memory;
    build_report built;
    run->program = arena_format(a, "%s/%s-migrate", run->folder, run->release->release.project);
    run->faulty = arena_format(a, "%s/killed-migrate", run->folder);
    build_options options = {
        .output = run->program, .release_version = "test", .engines = run->options->engines};
    status s = build_release(a, run->release, &options, &built, run->e);
    if (s != STATUS_OK || test_is_stopped())
        return s;
    double took = built.milliseconds;
    options.output = run->faulty;
    options.with_faults = true;
    s = build_release(a, run->release, &options, &built, run->e);
    if (s == STATUS_OK && run->options->out != NULL)
        fprintf(run->options->out, "built %s-migrate in %s\n", run->release->release.project,
                duration_text(a, took));
    return s;
}

static void show_suite(test_run *run)
{
    if (run->options->out == NULL)
        return;
    fprintf(run->options->out, "\n%s: %s\n", run->suite->engine, run->suite->server);
    fflush(run->options->out);
}

static void begin_suite(test_run *run, migen_engine engine, const char *server)
{
    test_suite *suite = ARENA_NEW(run->memory, test_suite);
    *suite = (test_suite){.engine = engine == MIGEN_SQLITE ? "sqlite" : "postgres", .server = server};
    run->suite = suite;
    run->engine = engine;
    run->head = NULL;
    run->versions = run->adopted = run->kills = (test_tally){0};
    vector_push(run->memory, &run->report->suites, suite);
    show_suite(run);
}

static void run_suite(test_run *run)
{
    double started = clock_milliseconds();
    size_t first = test_first(run), count = run->release->migrations.count;
    if (test_whole(run) && count > 0) {
        test_each(run);
        run->versions.of = run->adopted.of = count;
        test_tally_show(run, &run->versions, "versions");
        test_tally_show(run, &run->adopted, "versions");
        test_tally_show(run, &run->kills, "points");
    }
    if (first > 0 && !test_is_stopped())
        test_skip(run, "the older migrations, one by one",
                  arena_format(run->memory, "%zu of %zu; --full tries all", first, count), NULL);
    test_drop_all(run);
    run->suite->milliseconds = clock_milliseconds() - started;
}

static void test_sqlite(test_run *run)
{
    const char *versions = driver_library_versions(run->memory);
    begin_suite(run, MIGEN_SQLITE, arena_copy(run->memory, versions, strcspn(versions, ",")));
    run_suite(run);
}

/* The role that migen.project names has to be there. */
static void make_role(test_run *run)
{
    for (size_t i = 0; i < run->release->release.setting_count; i++) {
        const migen_setting *setting = &run->release->release.settings[i];
        if (!text_equal(setting->name, "role"))
            continue;
        sql_writer w = sql_new(run->memory);
        sql_words(&w, "CREATE ROLE");
        sql_name(&w, setting->value);
        sql_words(&w, "SUPERUSER");
        error ignored = error_new(run->memory);
        status s = driver_query(run->admin, sql_text(&w), run->memory, NULL, &ignored);
        (void)s; /* without it `up` says what is missing */
    }
}

/* url NULL: the temporary server. */
static status test_postgres(test_run *run, const char *url)
{
    arena *a = run->memory;
    const char *where = "a temporary server";
    bool own = run->own_server = url == NULL;
    if (own) {
        postgres_server_stopped_by(test_is_stopped);
        url = postgres_server_start();
    }
    if (url == NULL)
        return error_set(run->e, STATUS_CONFIGURATION, "the temporary PostgreSQL server did not start");
    status s = test_open_server(run, arena_string(a, url), own ? "the temporary server" : "--url");
    if (s != STATUS_OK)
        return s;
    if (own) {
        where = arena_format(a, "a temporary server of %s", postgres_server_programs());
        make_role(run);
    } else {
        where = run->server.display;
    }
    int version = driver_server_version(run->admin);
    begin_suite(run, MIGEN_POSTGRES,
                version >= 100000
                    ? arena_format(a, "PostgreSQL %d.%d, %s", version / 10000, version % 10000, where)
                    : arena_format(a, "PostgreSQL %d, %s", version, where));
    run_suite(run);
    return run->e->code;
}

static void no_postgres(test_run *run)
{
    run->report->engine_missing = true;
    begin_suite(run, MIGEN_POSTGRES, "no server");
    test_skip(
        run, "all of it",
        run->options->programs != NULL
            ? arena_format(run->memory, "there are no initdb and postgres in %s", run->options->programs)
            : "no PostgreSQL server's programs (initdb, postgres) in PATH or /usr/lib/postgresql/*/bin",
        "install one, name their folder with --postgres DIR, or a server with --url");
}

static status test_engines(test_run *run)
{
    const test_options *o = run->options;
    if (o->engines & MIGEN_SQLITE)
        test_sqlite(run);
    if (!(o->engines & MIGEN_POSTGRES) || test_is_stopped() || run->e->code != STATUS_OK)
        return run->e->code;
    bool has_url = o->urls != NULL && o->urls[0] != NULL;
    if (!has_url && !postgres_server_find(o->programs)) {
        no_postgres(run);
        return STATUS_OK;
    }
    status s = has_url ? STATUS_OK : test_postgres(run, NULL);
    for (size_t i = 0; has_url && o->urls[i] != NULL && s == STATUS_OK && !test_is_stopped(); i++)
        s = test_postgres(run, o->urls[i]);
    return s;
}

static status make_folder(test_run *run)
{
    const char *base = getenv("TMPDIR");
    char *folder = arena_format(run->memory, "%s/migen-test-XXXXXX", text_is_empty(base) ? "/tmp" : base);
    if (mkdtemp(folder) == NULL)
        return error_set(run->e, STATUS_FAILED, "no temporary folder can be made in %s: %s",
                         text_is_empty(base) ? "/tmp" : base, strerror(errno));
    char *whole = realpath(folder, NULL); /* the binary is run in there */
    run->folder = arena_string(run->memory, whole == NULL ? folder : whole);
    free(whole);
    return STATUS_OK;
}

status test_release(arena *a, const checked_release *r, const test_options *options, test_report *report,
                    error *e)
{
    double started = clock_milliseconds();
    *report = (test_report){.project = r->release.project};
    test_run run = {.memory = a, .release = r, .options = options, .report = report, .e = e};
    test_catch_signals();
    forget_surroundings(options->urls == NULL || options->urls[0] == NULL);
    status s = make_folder(&run);
    if (s == STATUS_OK)
        s = build_binaries(&run);
    if (s == STATUS_OK && !test_is_stopped())
        s = test_engines(&run);
    test_drop_all(&run);
    postgres_server_stop();
    if (run.program != NULL) {
        unlink(run.program);
        unlink(run.faulty);
    }
    if (run.folder != NULL)
        rmdir(run.folder);
    if (test_is_stopped()) {
        error_clear(e);
        s = error_set(e, STATUS_STOPPED, "stopped by a signal; nothing is left behind");
    }
    test_release_signals();
    report->milliseconds = clock_milliseconds() - started;
    return s;
}

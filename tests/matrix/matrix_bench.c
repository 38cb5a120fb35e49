#include "matrix_bench.h"

#include "lock.h"
#include "operation.h"
#include "postgres_server.h"
#include "text.h"
#include "verify.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool bench_folder_is_there(const char *path)
{
    return access(path, W_OK) == 0;
}

/*
 * PostgreSQL's runs share one session, which is made empty between them: a new process, with an empty copy of the catalogue,
 * costs more than most runs do. The linker puts these two in the place of the driver's own (CMakeLists.txt).
 */
static driver *bench_spare;    /* an open session that nobody uses */
static uint64_t bench_counted; /* what was counted before it was taken again */

status __real_driver_open(const target *t, const driver_options *options, driver **out, error *e) MUST_USE;
void __real_driver_close(driver *d);
status __wrap_driver_open(const target *t, const driver_options *options, driver **out, error *e) MUST_USE;
void __wrap_driver_close(driver *d);

status __wrap_driver_open(const target *t, const driver_options *options, driver **out, error *e)
{
    driver *spare = bench_spare;
    bench_counted = 0;
    if (t->engine != MIGEN_POSTGRES || spare == NULL)
        return __real_driver_open(t, options, out, e);
    bench_spare = NULL;
    bench_counted = driver_statement_count(spare);
    *out = spare;
    return STATUS_OK;
}

void __wrap_driver_close(driver *d)
{
    arena *a = arena_new();
    error e = error_new(a);
    driver_result results[2];
    const driver_statement clean[] = {{.sql = "ROLLBACK", .sync_after = true}, {.sql = "DISCARD ALL"}};
    if (d != NULL)
        driver_use_watch(d, NULL, NULL); /* the run that looked after it may be gone */
    if (d != NULL && driver_engine(d) == MIGEN_POSTGRES && bench_spare == NULL && driver_is_alive(d) &&
        driver_run(d, clean, 2, a, results, &e) == STATUS_OK)
        bench_spare = d;
    else
        __real_driver_close(d);
    arena_free(a);
}

static void bench_connect(bench *b)
{
    const driver_options options = {.application_name = "matrix", .busy_timeout = 5000};
    error e = error_new(b->lasting);
    if (driver_open(&b->target, &options, &b->driver, &e) != STATUS_OK) {
        fprintf(stderr, "no second connection: %s\n", e.message);
        exit(1);
    }
}

bool bench_open(bench *b, migen_engine engine)
{
    *b = (bench){.engine = engine, .lasting = arena_new(), .memory = arena_new()};
    error e = error_new(b->lasting);
    const char *url = NULL;
    if (engine == MIGEN_POSTGRES) {
        url = postgres_server_start();
        if (url == NULL)
            return false;
        url = arena_string(b->lasting, url);
    } else {
        char *path = arena_format(b->lasting, "%s/migen-matrix.XXXXXX",
                                  bench_folder_is_there("/dev/shm") ? "/dev/shm" : "/tmp");
        int file = mkstemp(path);
        if (file < 0)
            return false;
        close(file);
        url = arena_format(b->lasting, "sqlite:%s", path);
    }
    if (target_parse(b->lasting, url, "test", &b->target, &e) != STATUS_OK) {
        fprintf(stderr, "%s\n", e.message);
        return false;
    }
    if (engine == MIGEN_POSTGRES)
        bench_connect(b);
    return true;
}

static void bench_remove_files(bench *b)
{
    unlink(b->target.path);
    unlink(arena_format(b->lasting, "%s-journal", b->target.path));
    unlink(arena_format(b->lasting, "%s-wal", b->target.path));
}

void bench_close(bench *b)
{
    __real_driver_close(b->driver);
    if (b->engine == MIGEN_POSTGRES) {
        __real_driver_close(bench_spare);
        bench_spare = NULL;
    } else {
        bench_remove_files(b);
    }
    arena_free(b->memory);
    arena_free(b->lasting);
}

void bench_begin(bench *b)
{
    arena_free(b->memory);
    b->memory = arena_new();
    if (b->engine == MIGEN_SQLITE) {
        driver_close(b->driver);
        bench_remove_files(b);
        bench_connect(b);
        return;
    }
    const char *message = NULL;
    if (!bench_execute(
            b,
            "DO $$ DECLARE x text; BEGIN FOR x IN SELECT nspname FROM pg_namespace WHERE nspname NOT "
            "LIKE 'pg\\_%' AND nspname <> 'information_schema' LOOP EXECUTE 'DROP SCHEMA ' || "
            "quote_ident(x) || ' CASCADE'; END LOOP; FOR x IN SELECT extname FROM pg_extension WHERE "
            "extname <> 'plpgsql' LOOP EXECUTE 'DROP EXTENSION ' || quote_ident(x) || ' CASCADE'; END "
            "LOOP; CREATE SCHEMA public; END $$",
            &message)) {
        fprintf(stderr, "an empty database: %s\n", message);
        exit(1);
    }
}

bool bench_execute(bench *b, const char *sql, const char **message)
{
    error e = error_new(b->memory);
    driver_result result = {0};
    if (b->engine == MIGEN_SQLITE) /* this connection's picture of the schema may be an old one */
        (void)bench_rows(b, "SELECT count(*) FROM sqlite_schema");
    if (driver_query(b->driver, sql, b->memory, &result, &e) == STATUS_OK)
        return true;
    *message = e.message;
    return false;
}

const char *bench_rows(bench *b, const char *sql)
{
    error e = error_new(b->memory);
    driver_result result = {0};
    if (driver_query(b->driver, sql, b->memory, &result, &e) != STATUS_OK)
        return arena_format(b->memory, "cannot be read: %s", e.message);
    builder text = builder_new(b->memory);
    builder_add_format(&text, "%zu rows", result.row_count);
    for (size_t i = 0; i < result.row_count; i++) {
        builder_add(&text, ";");
        for (size_t k = 0; k < result.column_count; k++) {
            const char *value = driver_value(&result, i, k);
            builder_add_format(&text, " %s", value == NULL ? "null" : value);
        }
    }
    return text.bytes;
}

typedef VECTOR(unsigned) line_list;

/* A step's line: each has one of its own. */
static unsigned bench_line(size_t step)
{
    return (unsigned)step + 2;
}

/* Plays a migration on s, and puts its way back together from the last step to the first; lines: which step each row of it
 * takes back. */
static void bench_play(bench *b, schema *s, const step_list *steps, step_list *down, line_list *lines,
                       const char **why_not)
{
    VECTOR(step_list) back = {0};
    line_list places = {0};
    flow f = flow_begin(steps->items, steps->count, b->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        step_list way = {0};
        const char *why = NULL;
        if (flow_is_condition(step)) { /* what is asked by SQL holds in all the tests */
            flow_choose(&f, step->operation == MIGEN_IF_SQL ||
                                schema_has(s, step->kind, step->object, step->part) != step->negated);
            continue;
        }
        if (step->operation != MIGEN_RUN && !schema_inverse(s, step, b->memory, &way, &why))
            *why_not = why;
        vector_push(b->memory, &back, way);
        vector_push(b->memory, &places, bench_line(flow_index(&f)));
        violation v = {0};
        if (schema_apply(s, step, &v) != VIOLATION_NONE)
            *why_not = arena_format(b->memory, "%s: %s", step_words(b->memory, step), v.message);
    }
    for (size_t i = back.count; i-- > 0;)
        for (size_t k = 0; k < back.items[i].count; k++) {
            vector_push(b->memory, down, back.items[i].items[k]);
            vector_push(b->memory, lines, places.items[i]);
        }
}

const migen_release *bench_release(bench *b, const step_list *migrations, size_t count, const char **why_not)
{
    static const char *const none[] = {NULL};
    *why_not = NULL;
    const migen_migration **list = ARENA_NEW_ARRAY(b->memory, const migen_migration *, count + 1);
    schema *s = schema_new(b->memory, b->engine);
    for (size_t i = 0; i < count; i++) {
        migen_migration *m = ARENA_NEW(b->memory, migen_migration);
        step_list down = {0};
        line_list up_lines = {0}, down_lines = {0};
        for (size_t k = 0; k < migrations[i].count; k++)
            vector_push(b->memory, &up_lines, bench_line(k));
        bench_play(b, s, &migrations[i], &down, &down_lines, why_not);
        const bool is_derived = i + 1 != count || b->last_down == NULL;
        if (!is_derived)
            down = *b->last_down;
        m->id = arena_format(b->memory, "2026010100%02zu_m%zu", i + 1, i + 1);
        m->title = arena_format(b->memory, "Migration %zu", i + 1);
        m->file = arena_format(b->memory, "migrations/%s.mig", m->id);
        m->hash = arena_format(b->memory, "m1:%064zu", i + 1);
        const char **after = ARENA_NEW_ARRAY(b->memory, const char *, 2);
        after[0] = i == 0 ? NULL : list[i - 1]->id;
        m->after = i == 0 ? none : after;
        m->up = migrations[i].items;
        m->up_count = migrations[i].count;
        m->down = down.items;
        m->down_count = down.count;
        m->up_lines = up_lines.items;
        m->down_lines = is_derived ? down_lines.items : NULL;
        list[i] = m;
    }
    migen_release *release = ARENA_NEW(b->memory, migen_release);
    *release = (migen_release){.abi = MIGEN_ABI,
                               .project = "matrix",
                               .release = "1",
                               .hash = "0",
                               .engines = (unsigned)b->engine,
                               .migrations = list,
                               .migration_count = count};
    return release;
}

static migen *bench_new_run(bench *b, const migen_release *release, bool strict, report *r)
{
    run_options *options = ARENA_NEW(b->memory, run_options);
    *options = (run_options){.yes = true,
                             .strict = strict,
                             .color = "never",
                             .lock_timeout = 5000,
                             .ddl_lock_timeout = 3000,
                             .history_table = "migen_history",
                             .verify = VERIFY_WARN};
    return engine_new(b->memory, release, options, &b->target, r);
}

bench_result bench_run(bench *b, const migen_release *release, bench_action action, const char *goal,
                       bool strict)
{
    char *log = NULL;
    size_t length = 0;
    report r = report_new(false, false, true, "never");
    r.log = r.out = open_memstream(&log, &length);
    migen *run = bench_new_run(b, release, strict, &r);
    bench_result result = {.code = action(run, goal)};
    if (run->driver != NULL)
        result.writes = driver_statement_count(run->driver) - bench_counted;
    result.message =
        run->error.message == NULL
            ? ""
            : arena_format(b->memory, "%s%s%s%s%s", run->error.message, run->error.detail == NULL ? "" : "; ",
                           run->error.detail == NULL ? "" : run->error.detail,
                           run->error.statement == NULL ? "" : "; statement: ",
                           run->error.statement == NULL ? "" : run->error.statement);
    result.row_of_failure = run->has_failed && run->failed.row != NO_STATEMENT ? run->failed.row : run->row;
    memcpy(result.counts, r.counts, sizeof result.counts);
    result.applied = r.applied;
    result.reverted = r.reverted;
    engine_free(run);
    fclose(r.log);
    result.log = arena_copy(b->memory, log, length);
    free(log);
    return result;
}

/* A run that reads over the second connection, which knows the catalogue already: connecting costs more. */
static migen *bench_look(bench *b, const migen_release *release, report *r)
{
    *r = report_new(false, true, false, "never");
    migen *run = bench_new_run(b, release, false, r);
    run->driver = b->driver;
    run->history.table = history_table_name(b->memory, NULL, run->options->history_table);
    run->scope.history_prefix = run->history.table.name;
    if (run_read_history(run) == STATUS_OK) {
        run->expected = version_schema(run, version_applied, NULL);
        if (run_read_live(run) == STATUS_OK)
            return run;
    }
    fprintf(stderr, "cannot be read: %s\n", run->error.message);
    return run;
}

const char *bench_differences(bench *b, const migen_release *release)
{
    report r;
    migen *run = bench_look(b, release, &r);
    builder text = builder_new(b->memory);
    difference_list differences = {0};
    if (run->error.code != STATUS_OK ||
        verify_differences(run, run->expected, true, &differences) != STATUS_OK)
        builder_add_format(&text, "cannot be compared: %s (%s)\n", run->error.message,
                           run->error.statement == NULL ? "" : run->error.statement);
    for (size_t i = 0; i < differences.count; i++) {
        const difference *x = &differences.items[i];
        if (!x->note)
            builder_add_format(&text, "%s %s: wanted %s, found %s\n", kind_words(x->kind), x->object,
                               x->wanted == NULL ? "nothing" : x->wanted,
                               x->found == NULL ? "nothing" : x->found);
    }
    return text.bytes;
}

const char *bench_dump(bench *b, const migen_release *release, bool expected)
{
    report r;
    migen *run = bench_look(b, release, &r);
    const char *dump = "cannot be read";
    if (run->error.code == STATUS_OK)
        dump = schema_dump(b->memory, expected ? run->expected : run->live);
    return dump;
}

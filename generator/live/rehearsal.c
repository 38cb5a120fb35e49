#include "rehearsal.h"

#include "engine.h"
#include "text.h"
#include "version.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

/* Of processor time. SQLite reads the whole schema again for most changes of a table: the time grows with the square of
 * the history, and thousands of migrations would take minutes. */
#define REHEARSAL_SECONDS 6

typedef struct rehearsal {
    const checked_release *release;
    diagnostics *diagnostics;
    arena *memory;
    run_options options;
    target target;
    FILE *nowhere;
} rehearsal;

static bool rehearsal_has_call(const migen_release *release)
{
    for (size_t i = 0; i < release->migration_count; i++)
        for (size_t k = 0; k < release->migrations[i]->up_count; k++)
            if (release->migrations[i]->up[k].operation == MIGEN_CALL)
                return true;
    return false;
}

static bool rehearsal_can_go_down(const migen_release *release)
{
    for (size_t i = 0; i < release->migration_count; i++)
        if (release->migrations[i]->down_never != NULL)
            return false;
    return true;
}

/* The whole of a migration's line. */
static span rehearsal_place(const rehearsal *h, const migen *run)
{
    if (run->migration == NULL)
        return (span){0};
    size_t position = version_position(&h->release->release, run->migration->id);
    const source_file *file = h->release->migrations.items[position]->file->source;
    size_t row = run->has_failed && run->failed.row != NO_STATEMENT ? run->failed.row : run->row;
    const unsigned *lines = run->going_down ? run->migration->down_lines : run->migration->up_lines;
    size_t count = run->going_down ? run->migration->down_count : run->migration->up_count;
    size_t line = lines != NULL && row < count ? lines[row] : 1;
    size_t start = file->line_starts[line - 1];
    view text = source_line(file, line);
    return (span){.file = file, .start = start, .end = start + text.length};
}

static volatile sig_atomic_t rehearsal_is_over; /* the driver's own mark is gone once a run has rolled back */

static void rehearsal_time_is_up(int signal_number)
{
    (void)signal_number;
    rehearsal_is_over = 1;
    driver_interrupt();
}

/* seconds 0: no longer. */
static void rehearsal_set_timer(long seconds)
{
    struct sigaction action = {.sa_handler = seconds > 0 ? rehearsal_time_is_up : SIG_IGN,
                               .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGPROF, &action, NULL);
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value = {.tv_sec = seconds}}, NULL);
}

static void rehearsal_note_time(rehearsal *h, const char *what, const migen *run)
{
    diagnostic note = {.severity = SEVERITY_NOTE, .code = "rehearsal"};
    note.message =
        arena_format(h->diagnostics->memory,
                     "carried out on a throw-away SQLite database as far as %s of %s: the rest would take "
                     "longer than %d s",
                     run->migration == NULL ? "the beginning" : run->migration->id, what, REHEARSAL_SECONDS);
    vector_push(h->diagnostics->memory, &h->diagnostics->list, note);
}

typedef status (*rehearsal_action)(migen *run, const char *target);

/* One command on the database. False after a failure, which is reported. */
static bool rehearsal_run(rehearsal *h, const char *what, rehearsal_action action, const char *goal)
{
    report r = report_new(false, true, false, "never");
    r.out = r.log = h->nowhere;
    migen *run = engine_new(h->memory, &h->release->release, &h->options, &h->target, &r);
    status s = action(run, goal);
    if (s != STATUS_OK && rehearsal_is_over != 0) {
        driver_resume(); /* what is left to do is to close the file */
        rehearsal_note_time(h, what, run);
    } else if (s != STATUS_OK) {
        diagnostic *said = report_error(h->diagnostics, "rehearsal", rehearsal_place(h, run),
                                        "on an empty SQLite database, %s: %s", what,
                                        run->error.message == NULL ? "failed" : run->error.message);
        if (run->error.statement != NULL)
            diagnostic_hint(h->diagnostics, said, "the statement was: %s", run->error.statement);
    }
    engine_free(run);
    return s == STATUS_OK;
}

/* The dump of what the database has now. */
static char *rehearsal_dump(rehearsal *h)
{
    report r = report_new(false, true, false, "never");
    r.out = r.log = h->nowhere;
    migen *run = engine_new(h->memory, &h->release->release, &h->options, &h->target, &r);
    char *dump = NULL;
    if (run_connect(run) == STATUS_OK) {
        run->expected = version_schema(run, version_applied, NULL);
        if (run_read_live(run) == STATUS_OK)
            dump = schema_dump(h->memory, run->live);
    }
    engine_free(run);
    return dump;
}

/* The first line that one dump has and the other has not. */
static char *rehearsal_first_difference(arena *a, const char *first, const char *second)
{
    while (*first != '\0' || *second != '\0') {
        size_t x = strcspn(first, "\n");
        size_t y = strcspn(second, "\n");
        if (x != y || memcmp(first, second, x) != 0)
            return arena_format(a, "\"%.*s\" against \"%.*s\"", (int)x, first, (int)y, second);
        first += x + (first[x] == '\n' ? 1 : 0);
        second += y + (second[y] == '\n' ? 1 : 0);
    }
    return arena_string(a, "nothing");
}

/* What others make is made here as the migrations describe it: the releases' own tables may point at it. */
static void rehearsal_make_given(rehearsal *h)
{
    const migen_release *release = &h->release->release;
    schema *made = schema_new(h->memory, MIGEN_SQLITE);
    sql_list statements = {0};
    for (size_t i = 0; i < release->migration_count; i++) {
        const migen_migration *m = release->migrations[i];
        flow f = flow_begin(m->up, m->up_count, MIGEN_SQLITE);
        for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
            if (flow_is_condition(step))
                flow_choose(&f, true);
            if (step->operation != MIGEN_GIVEN_TABLE ||
                schema_has(made, MIGEN_KIND_TABLE, step->table->name, NULL))
                continue;
            migen_step create = *step;
            create.operation = MIGEN_CREATE_TABLE;
            dialect_request request = {.memory = h->memory, .before = made, .step = &create};
            dialect_write(&request, &statements);
            violation v = {0};
            (void)schema_apply(made, &create, &v);
        }
    }
    if (statements.count == 0)
        return;
    driver *d = NULL;
    error e = error_new(h->memory);
    status s = driver_open(&h->target, &(driver_options){.application_name = "migen"}, &d, &e);
    for (size_t i = 0; i < statements.count && s == STATUS_OK;
         i++) /* one that cannot be is missed later, if at all */
        if (driver_query(d, statements.items[i].text, h->memory, NULL, &e) != STATUS_OK)
            error_clear(&e);
    driver_close(d);
}

static void rehearsal_all(rehearsal *h)
{
    rehearsal_make_given(h);
    if (!rehearsal_run(h, "up", engine_up, NULL))
        return;
    const char *first = rehearsal_dump(h);
    if (!rehearsal_can_go_down(&h->release->release))
        return;
    if (!rehearsal_run(h, "down base", engine_down, "base") ||
        !rehearsal_run(h, "up after down base", engine_up, NULL))
        return;
    const char *second = rehearsal_dump(h);
    if (first != NULL && second != NULL && !text_equal(first, second))
        report_error(
            h->diagnostics, "rehearsal", (span){0},
            "on SQLite, the schema after up, down base and up is another than after the first up: %s",
            rehearsal_first_difference(h->memory, first, second));
}

void rehearse_release(const checked_release *r, diagnostics *d)
{
    if ((r->release.engines & MIGEN_SQLITE) == 0 || rehearsal_has_call(&r->release))
        return;
    const char *folder = getenv("TMPDIR");
    char *path = arena_format(r->memory, "%s/migen-check.XXXXXX", text_is_empty(folder) ? "/tmp" : folder);
    int file = mkstemp(path);
    if (file < 0)
        return; /* no place for a throw-away file: what was checked stands */
    close(file);
    rehearsal h = {.release = r, .diagnostics = d, .memory = arena_new(), .nowhere = fopen("/dev/null", "w")};
    h.options = (run_options){.yes = true,
                              .quiet = true,
                              .color = "never",
                              .lock_timeout = 5000,
                              .history_table = "migen_history",
                              .verify = VERIFY_STRICT};
    h.target =
        (target){.engine = MIGEN_SQLITE, .path = path, .display = "a throw-away database", .source = "check"};
    if (h.nowhere != NULL) {
        rehearsal_is_over = 0;
        rehearsal_set_timer(REHEARSAL_SECONDS);
        rehearsal_all(&h);
        rehearsal_set_timer(0);
        driver_resume();
        fclose(h.nowhere);
    }
    unlink(path);
    unlink(arena_format(h.memory, "%s-journal", path));
    arena_free(h.memory);
}

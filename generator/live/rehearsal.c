#include "rehearsal.h"

#include "database.h"
#include "engine.h"
#include "text.h"
#include "verify.h"
#include "version.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Of processor time. SQLite reads the whole schema again for most changes of a table: the time grows with the square of
 * the history, and thousands of migrations would take minutes. */
#define REHEARSAL_SECONDS 6

typedef struct rehearsal {
    const checked_release *release;
    diagnostics *diagnostics;
    arena *memory;
    live_database database;
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

/* The whole of a line of a migration's way up. */
static span rehearsal_line(const rehearsal *h, size_t position, size_t line)
{
    const source_file *file = h->release->migrations.items[position]->file->source;
    size_t start = file->line_starts[line - 1];
    view text = source_line(file, line);
    return (span){.file = file, .start = start, .end = start + text.length};
}

/* How well a step fits the object of a difference ("users", "users.email", "ix on users"): 2 the part itself, 1 its table. */
static int rehearsal_fits(arena *a, const migen_step *step, const char *object)
{
    const char *whole = step->table != NULL ? step->table->name : step->object;
    if (whole == NULL || !step_changes_schema(step))
        return 0;
    if (text_equal(whole, object))
        return 2;
    const char *on = arena_format(a, " on %s", whole), *of = arena_format(a, "%s.", whole);
    const char *part = NULL;
    if (text_ends_with(object, on))
        part = arena_copy(a, object, strlen(object) - strlen(on));
    else if (text_starts_with(object, of))
        part = object + strlen(of);
    if (part == NULL)
        return 0;
    bool is_it = text_equal(step->part, part) || text_equal(step->new_name, part) ||
                 (step->index != NULL && text_equal(step->index->name, part)) ||
                 (step->constraint != NULL && text_equal(step->constraint->name, part));
    for (size_t i = 0; i < step->column_count; i++)
        is_it = is_it || text_equal(step->columns[i].name, part);
    return is_it ? 2 : 1;
}

/* The last step that has made or changed what differs. */
static span rehearsal_maker(const rehearsal *h, const char *object)
{
    span place = {0};
    int best = 0;
    for (size_t i = 0; i < h->release->release.migration_count; i++) {
        const migen_migration *m = h->release->release.migrations[i];
        for (size_t k = 0; k < m->up_count; k++) {
            int fits = rehearsal_fits(h->memory, &m->up[k], object);
            if (fits == 0 || fits < best || m->up_lines == NULL)
                continue;
            best = fits;
            place = rehearsal_line(h, i, m->up_lines[k]);
        }
    }
    return place;
}

/* After a verification that failed: each difference, at what has made the object. */
static bool rehearsal_report_differences(rehearsal *h, const char *what, migen *run)
{
    difference_list differences = {0};
    if (run->migration != NULL || run->error.code != STATUS_DRIFT || run->live == NULL ||
        run->expected == NULL)
        return false;
    if (verify_differences(run, run->expected, false, &differences) != STATUS_OK)
        return false;
    size_t said = 0;
    for (size_t i = 0; i < differences.count; i++) {
        const difference *x = &differences.items[i];
        if (x->note)
            continue;
        diagnostic *d =
            report_error(h->diagnostics, "rehearsal", rehearsal_maker(h, x->object),
                         "on an empty SQLite database, after %s: %s %s differs: wanted %s, found %s", what,
                         kind_words(x->kind), arena_string(h->diagnostics->memory, x->object),
                         x->wanted == NULL ? "none" : x->wanted, x->found == NULL ? "nothing" : x->found);
        diagnostic_hint(
            h->diagnostics, d,
            "SQLite makes something else of it than the migrations say: write it so that it does the same");
        said++;
    }
    return said != 0;
}

static span rehearsal_place(const rehearsal *h, const migen *run)
{
    if (run->migration == NULL)
        return (span){0};
    size_t position = version_position(&h->release->release, run->migration->id);
    size_t row = run->has_failed && run->failed.row != NO_STATEMENT ? run->failed.row : run->row;
    const unsigned *lines = run->going_down ? run->migration->down_lines : run->migration->up_lines;
    size_t count = run->going_down ? run->migration->down_count : run->migration->up_count;
    return rehearsal_line(h, position, lines != NULL && row < count ? lines[row] : 1);
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
    migen *run = engine_new(h->memory, &h->release->release, &h->database.options, &h->database.target, &r);
    status s = action(run, goal);
    if (s != STATUS_OK && rehearsal_is_over != 0) {
        driver_resume(); /* what is left to do is to close the file */
        rehearsal_note_time(h, what, run);
    } else if (s != STATUS_OK && !rehearsal_report_differences(h, what, run)) {
        diagnostic *said = report_error(h->diagnostics, "rehearsal", rehearsal_place(h, run),
                                        "on an empty SQLite database, %s: %s", what,
                                        run->error.message == NULL ? "failed" : run->error.message);
        if (run->error.statement != NULL)
            diagnostic_hint(h->diagnostics, said, "%s%sthe statement was: %s",
                            run->error.hint == NULL ? "" : run->error.hint,
                            run->error.hint == NULL ? "" : "; ", run->error.statement);
    }
    engine_free(run);
    return s == STATUS_OK;
}

static const char *rehearsal_dump(rehearsal *h)
{
    return live_schema(h->memory, &h->database, LIVE_BY_HISTORY);
}

static void rehearsal_all(rehearsal *h)
{
    live_make_given(h->memory, &h->database);
    if (!rehearsal_run(h, "up", engine_up, NULL))
        return;
    const char *first = rehearsal_dump(h);
    if (!rehearsal_can_go_down(&h->release->release))
        return;
    if (!rehearsal_run(h, "down base", engine_down, "base") ||
        !rehearsal_run(h, "up after down base", engine_up, NULL))
        return;
    const char *second = rehearsal_dump(h);
    const char *difference =
        first == NULL || second == NULL ? NULL : live_difference(h->memory, first, second);
    if (difference != NULL)
        report_error(h->diagnostics, "rehearsal", (span){0},
                     "on SQLite, the schema after up, down base and up (+) is another than after the first "
                     "up (-):\n%s",
                     difference);
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
    h.database = (live_database){
        .release = r,
        .options = live_options(r),
        .target = {
            .engine = MIGEN_SQLITE, .path = path, .display = "a throw-away database", .source = "check"}};
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

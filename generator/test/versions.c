/*
 * versions.c: from a version with rows to the newest: with its history, and without one, as on tables that an application
 * has made.
 */
#include "test_parts.h"

#include "sql_writer.h"
#include "text.h"

#include <time.h>

/* Takes migen's own table away: nobody knows any more what was done. */
static bool forget_history(test_run *run, const test_database *d)
{
    driver *connection = NULL;
    error e = error_new(run->memory);
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "DROP TABLE IF EXISTS");
    sql_object(&w, (object_name){.schema = run->engine == MIGEN_POSTGRES ? d->live.options.schema : NULL,
                                 .name = d->live.options.history_table});
    status s = driver_open(&d->live.target,
                           &(driver_options){.application_name = "migen test", .busy_timeout = 5000},
                           &connection, &e);
    if (s == STATUS_OK)
        s = driver_query(connection, sql_text(&w), run->memory, NULL, &e);
    driver_close(connection);
    return s == STATUS_OK;
}

/* The place of the first data step that this output says to have run, in a migration of the first `version`. */
static span place_of_run(const test_run *run, const char *output, size_t version)
{
    const checked_migration *m = NULL;
    for (const char *line = output; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        for (size_t i = 0; i < version; i++) {
            const checked_migration *one = run->release->migrations.items[i];
            size_t id = strlen(one->migration.id);
            if (length > id && strncmp(line, one->migration.id, id) == 0 && line[id] == ' ')
                m = one;
        }
        for (size_t k = 0; m != NULL && text_starts_with(line, "  ran ") && k < m->migration.up_count; k++) {
            const migen_step *s = &m->migration.up[k];
            if (s->operation == MIGEN_RUN &&
                (s->text == NULL || strstr(arena_copy(run->memory, line, length), s->text) != NULL))
                return test_place_of_line(m, m->migration.up_lines[k]);
        }
        line += length + (line[length] == '\n');
    }
    return (span){0};
}

/* up on a copy of this version. NULL where it fails, which is the check's failure then. */
static const char *up_on_copy(test_run *run, test_check *c, const test_database *at, size_t version,
                              bool with_history, live_snapshot *out)
{
    test_database *d = test_copy(run, at, with_history ? "with" : "without");
    if (d == NULL || (!with_history && !forget_history(run, d)))
        return NULL;
    const char *what =
        version == 0 ? "up from the beginning"
                     : arena_format(run->memory, "up %s %s%s", with_history ? "from" : "on the tables of",
                                    run->release->migrations.items[version - 1]->migration.id,
                                    with_history ? "" : ", without a history");
    test_command command = test_run_command(run, d, "up --verify strict");
    bool good = command.code == 0 && test_look(run, c, d, run->release->migrations.count, out);
    if (command.code != 0)
        test_fail_command(run, c, &command, what);
    const char *difference = good ? live_difference(run->memory, run->head, out->schema) : NULL;
    if (difference != NULL) {
        test_fail(run, c, (span){0}, "%s ends with another schema (+) than up on an empty database (-)",
                  what);
        test_detail(c, difference, NULL);
    }
    test_drop(run, d);
    return good && difference == NULL ? command.output : NULL;
}

/* What differs from one undisturbed run to another, a second later: times, what is random. */
void test_learn_volatile(test_run *run, const test_database *at, const char *words, size_t version,
                         const live_snapshot *first, map *ignored)
{
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 100000000}, NULL);
    test_database *d = test_copy(run, at, "again");
    live_snapshot second;
    error e = error_new(run->memory);
    if (d == NULL)
        return;
    if (test_run_command(run, d, words).code == 0 &&
        live_look(run->memory, &d->live, version, &second, &e) == STATUS_OK)
        live_note_volatile(first, &second, ignored);
    test_drop(run, d);
}

void test_from_version(test_run *run, const test_database *at, size_t version)
{
    size_t count = run->release->migrations.count;
    live_snapshot with, without;
    const char *good = NULL;
    if (version < count) {
        test_tally_begin(run, &run->versions, "from earlier versions, with rows: the same schema");
        good = up_on_copy(run, run->versions.check, at, version, true, &with);
        test_tally_end(run, &run->versions, good != NULL);
    }
    if (version == 0 || test_is_stopped())
        return;
    test_tally_begin(run, &run->adopted, "on tables that an application has made, without a history");
    test_check *c = run->adopted.check;
    if (version == count) {
        error e = error_new(run->memory);
        good = live_look(run->memory, &at->live, count, &with, &e) == STATUS_OK ? "" : NULL;
    }
    const char *output = up_on_copy(run, c, at, version, false, &without);
    map ignored = map_new(run->memory);
    const char *rows =
        good != NULL && output != NULL ? live_rows_difference(run->memory, &with, &without, &ignored) : NULL;
    if (rows != NULL && version < count) {
        test_learn_volatile(run, at, "up", count, &with, &ignored);
        rows = live_rows_difference(run->memory, &with, &without, &ignored);
    }
    if (rows != NULL) {
        test_fail(run, c, place_of_run(run, output, version),
                  "on the tables of %s, without a history, `up` leaves other rows (+) than with one (-)",
                  run->release->migrations.items[version - 1]->migration.id);
        test_detail(
            c, rows,
            "what was done once may be done again: give it a condition that no longer holds afterwards");
    }
    test_tally_end(run, &run->adopted, output != NULL && rows == NULL);
}

/*
 * whole.c: the history as a whole, on an empty database: up, again, down to base, up.
 */
#include "test_parts.h"

#include "text.h"

#define UP "up --strict --verify strict"

/* Exit 0, or the check's failure. */
static bool carried(test_run *run, test_check *c, const test_database *d, const char *words, const char *what)
{
    test_command command = test_run_command(run, d, words);
    if (command.code != 0)
        test_fail_command(run, c, &command, what);
    return command.code == 0 && !test_is_stopped();
}

static bool first_up(test_run *run, const test_database *d, live_snapshot *head)
{
    test_check *c = test_begin(run, "up, from an empty database");
    bool good = carried(run, c, d, UP, "up") && test_look(run, c, d, run->release->migrations.count, head);
    run->head = head->schema;
    test_end(run, c);
    return good;
}

static void second_up(test_run *run, const test_database *d, const live_snapshot *head)
{
    test_check *c = test_begin(run, "up again: nothing to do");
    test_command command = test_run_command(run, d, UP);
    live_snapshot again;
    if (command.code != 0)
        test_fail_command(run, c, &command, "up for the second time");
    else if (strstr(command.output, "applied=0 ") == NULL) {
        test_fail(run, c, (span){0}, "the second up has applied something");
        test_detail(c, command.output, NULL);
    } else if (test_look(run, c, d, run->release->migrations.count, &again)) {
        const char *schema = live_difference(run->memory, head->schema, again.schema);
        const char *rows = live_rows_difference(run->memory, head, &again, NULL);
        const char *history = live_difference(run->memory, head->history, again.history);
        if (schema != NULL || rows != NULL || history != NULL) {
            test_fail(run, c, (span){0}, "the second up has changed the %s",
                      schema != NULL ? "schema"
                      : rows != NULL ? "rows"
                                     : "history");
            test_detail(c, schema != NULL ? schema : rows != NULL ? rows : history, NULL);
        }
    }
    test_end(run, c);
}

/* How many migrations, from the first, stay: those up to the last that has no way down. */
static size_t lowest_version(const test_run *run)
{
    size_t i = run->release->migrations.count;
    while (i > 0 && run->release->migrations.items[i - 1]->migration.down_never == NULL)
        i--;
    return i;
}

/* The migration that a line of a difference is most likely about: the last whose raw SQL names it, or which has a way down
 * of its own hand. */
static span place_of_rest(const test_run *run, const char *difference)
{
    const char *word = difference + 1;
    word += strcspn(word, " ");
    word += strspn(word, " ");
    const char *name = arena_copy(run->memory, word, strcspn(word, " \n"));
    for (size_t i = run->release->migrations.count; i-- > 0 && *name != '\0';) {
        const checked_migration *m = run->release->migrations.items[i];
        if (strstr(m->file->source->bytes, name) != NULL)
            return test_place_of_difference(run->memory, m, difference);
    }
    return (span){0};
}

static bool down_to_base(test_run *run, const test_database *d, const char *empty)
{
    size_t low = lowest_version(run), count = run->release->migrations.count;
    test_check *c = test_begin(run, "down to base: nothing is left");
    if (low == count) {
        test_skip(run, c->name, "the newest migration has no way down (down never)", NULL);
        return false;
    }
    const char *words = low == 0 ? "down base" : arena_format(run->memory, "down -%zu", count - low);
    live_snapshot left;
    bool good = carried(run, c, d, words, words) && test_look(run, c, d, low, &left);
    if (low > 0)
        test_note(run, c, "to %s, which has no way down",
                  run->release->migrations.items[low - 1]->migration.id);
    const char *rest = good && low == 0 ? live_difference(run->memory, empty, left.schema) : NULL;
    if (rest != NULL) {
        test_fail(run, c, place_of_rest(run, rest),
                  "after `down base` the database is not as it was before `up`");
        test_detail(c, rest, "+ is what is left, - is what is missing");
    }
    test_end(run, c);
    return good;
}

static void third_up(test_run *run, const test_database *d)
{
    test_check *c = test_begin(run, "up after it: the same schema");
    live_snapshot again;
    if (carried(run, c, d, UP, "up after down") &&
        test_look(run, c, d, run->release->migrations.count, &again)) {
        const char *difference = live_difference(run->memory, run->head, again.schema);
        if (difference != NULL) {
            test_fail(run, c, place_of_rest(run, difference),
                      "the schema after up, down and up (+) is another than after the first up (-)");
            test_detail(c, difference, NULL);
        }
    }
    test_end(run, c);
}

bool test_whole(test_run *run)
{
    test_database *d = test_make(run, "whole");
    char *empty = d == NULL ? NULL : live_schema(run->memory, &d->live, 0);
    live_snapshot head = {0};
    if (d == NULL || test_is_stopped())
        return false;
    if (!first_up(run, d, &head))
        return false;
    second_up(run, d, &head);
    if (!test_is_stopped() && down_to_base(run, d, empty == NULL ? "" : empty))
        third_up(run, d);
    test_drop(run, d);
    return !test_is_stopped();
}

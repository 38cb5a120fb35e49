/* history: the release's migrations, newest first; and the database's log, with what each entry locked, waited for and took. */
#include "cli.h"

#include "duration.h"
#include "json.h"
#include "text.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

static void history_say_release(invocation *i)
{
    for (size_t k = i->release->migration_count; k-- > 0;) {
        const migen_migration *m = i->release->migrations[k];
        const char *parents =
            m->after == NULL || m->after[0] == NULL ? "base" : list_join(i->memory, m->after, ", ");
        const bool head = version_is_head(i->release, k);
        if (!i->options.json) {
            report_print(&i->report, "%s -> %s%s, %s", parents, m->id, head ? " (head)" : "", m->title);
            continue;
        }
        builder b = builder_new(i->memory);
        json_writer w = json_new(&b);
        json_object_begin(&w);
        json_string_member(&w, "id", m->id);
        json_string_member(&w, "title", m->title);
        json_key(&w, "after");
        json_array_begin(&w);
        for (size_t p = 0; m->after != NULL && m->after[p] != NULL; p++)
            json_string(&w, m->after[p]);
        json_array_end(&w);
        json_bool_member(&w, "head", head);
        json_object_end(&w);
        report_emit(&i->report, true,
                    &(report_event){.level = "info",
                                    .event = "migration",
                                    .migration = m->id,
                                    .operation = "history",
                                    .message = m->title,
                                    .more = b.bytes});
    }
}

static void history_json_number(json_writer *w, const char *key, const char *text)
{
    if (text_is_empty(text))
        json_null_member(w, key);
    else
        json_decimal_member(w, key, strtod(text, NULL));
}

static void history_json_entry(invocation *i, const history_entry *e, const char *const measured[3])
{
    const json_text texts[] = {{"id", e->id},           {"direction", e->direction}, {"at", e->applied_at},
                               {"release", e->release}, {"hash", e->hash},           {"who", e->who},
                               {"reason", e->reason},   {"branches", e->branches},   {"locks", measured[0]}};
    builder b = builder_new(i->memory);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_text_members(&w, texts, sizeof texts / sizeof *texts);
    json_integer_member(&w, "step", (int64_t)e->step);
    history_json_number(&w, "duration_ms", e->duration_ms);
    history_json_number(&w, "lock_wait_ms", measured[1]);
    history_json_number(&w, "lock_held_ms", measured[2]);
    json_object_end(&w);
    report_emit(&i->report, true,
                &(report_event){.level = "info",
                                .event = "entry",
                                .migration = e->id,
                                .operation = e->direction,
                                .outcome = e->outcome,
                                .has_ms = !text_is_empty(e->duration_ms),
                                .ms = text_is_empty(e->duration_ms) ? 0 : strtod(e->duration_ms, NULL),
                                .message = e->reason,
                                .more = b.bytes});
}

/* "took 5.2 ms; ACCESS EXCLUSIVE on users, waited for 1.1 ms; others waited for 3.9 ms at most" */
static char *history_measured_text(arena *a, const history_entry *e, const char *const measured[3])
{
    builder b = builder_new(a);
    if (!text_is_empty(e->duration_ms) && !text_equal(e->duration_ms, "0"))
        builder_add_format(&b, text_equal(e->direction, "intent") ? "behind the first %s of it" : "took %s",
                           duration_text(a, strtod(e->duration_ms, NULL)));
    if (!text_is_empty(measured[0]))
        builder_add_format(&b, "%s%s", b.length == 0 ? "" : "; ", measured[0]);
    if (!text_is_empty(measured[1]))
        builder_add_format(&b, "%swaited for %s", text_is_empty(measured[0]) ? "; lock " : ", ",
                           duration_text(a, strtod(measured[1], NULL)));
    if (!text_is_empty(measured[2]))
        builder_add_format(&b, "; others waited for %s at most", duration_text(a, strtod(measured[2], NULL)));
    return b.bytes;
}

/* A time without its fraction of a second: for people, and all of one width. */
static const char *history_seconds(arena *a, const char *at)
{
    const char *point = strchr(at, '.');
    if (point == NULL)
        return at;
    const char *behind = point + 1 + strspn(point + 1, "0123456789");
    return arena_format(a, "%.*s%s", (int)(point - at), at, behind);
}

static void history_text_entry(invocation *i, const history_entry *e, const char *const measured[3])
{
    report_print(&i->report, "  %s  %-6s %-8s %s  release %s, by %s%s%s",
                 history_seconds(i->memory, e->applied_at), e->direction, e->outcome, e->id,
                 e->release == NULL ? "?" : e->release, e->who == NULL ? "?" : e->who,
                 text_is_empty(e->reason) ? "" : ": ", text_is_empty(e->reason) ? "" : e->reason);
    const char *more = history_measured_text(i->memory, e, measured);
    if (!text_is_empty(more))
        report_print(&i->report, "      %s", more);
}

status command_history(invocation *i)
{
    history_say_release(i);
    if (!i->options.verbose)
        return STATUS_OK;
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    driver_result locks = {0};
    if (run->history.has_locks) {
        driver_statement ask = history_locks_statement(run->memory, run->history.table);
        s = driver_run(run->driver, &ask, 1, run->memory, &locks, &run->error);
        if (s != STATUS_OK)
            engine_report_failure(run);
    }
    if (s == STATUS_OK && !i->options.json)
        report_print(&i->report, "log of %s, oldest first:", i->target.display);
    for (size_t k = 0; s == STATUS_OK && k < run->history.entries.count; k++) {
        const history_entry *e = &run->history.entries.items[k];
        const char *measured[3] = {NULL, NULL, NULL};
        for (size_t c = 0; c < 3 && k < locks.row_count; c++)
            measured[c] = driver_value(&locks, k, c);
        if (i->options.json)
            history_json_entry(i, e, measured);
        else
            history_text_entry(i, e, measured);
    }
    engine_free(run);
    return s;
}

/* status, current, heads: what the release has, and what of it the database has. */
#include "cli.h"

#include "json.h"
#include "lock.h"
#include "text.h"
#include "version.h"
#include "ways.h"

#include <stdio.h>

static bool status_contains(const char *const *ids, const char *id)
{
    return list_contains(ids, id);
}

static void status_json_ids(json_writer *w, const char *key, const char *const *ids)
{
    json_key(w, key);
    json_array_begin(w);
    for (size_t k = 0; ids[k] != NULL; k++)
        json_string(w, ids[k]);
    json_array_end(w);
}

static const char *status_word(migen *run, size_t pending)
{
    return engine_unknown(run)[0] != NULL  ? "ahead"
           : engine_edited(run)[0] != NULL ? "edited" /* `up` refuses that */
           : pending == 0                  ? "up to date"
                                           : "pending";
}

/* "applied=1 pending=1 unknown=0 edited=0" */
static char *status_counts(migen *run, size_t pending)
{
    return arena_format(run->memory, "applied=%zu pending=%zu unknown=%zu edited=%zu",
                        run->release->migration_count - pending, pending, list_length(engine_unknown(run)),
                        list_length(engine_edited(run)));
}

static void status_json(invocation *i, migen *run, const position_list *pending)
{
    builder b = builder_new(i->memory);
    json_writer w = json_new(&b);
    VECTOR(const char *) applied = {0};
    VECTOR(const char *) due = {0};
    for (size_t k = 0; k < i->release->migration_count; k++)
        if (version_applied(run, k))
            vector_push(i->memory, &applied, i->release->migrations[k]->id);
    for (size_t k = 0; k < pending->count; k++)
        vector_push(i->memory, &due, i->release->migrations[pending->items[k]]->id);
    VECTOR(const char *) begun = {0}, reverting = {0};
    for (size_t k = 0; k < run->history.journal.count; k++) {
        const map_entry *entry = &run->history.journal.entries[k];
        if (!entry->removed && version_is_reverting(run, entry->key))
            vector_push(i->memory, &reverting, entry->key);
        else if (!entry->removed)
            vector_push(i->memory, &begun, entry->key);
    }
    vector_push(i->memory, &applied, NULL);
    vector_push(i->memory, &due, NULL);
    vector_push(i->memory, &begun, NULL);
    vector_push(i->memory, &reverting, NULL);
    json_object_begin(&w);
    json_string_member(&w, "release", i->release->release);
    json_string_member(&w, "database", i->target.display);
    status_json_ids(&w, "applied", applied.items);
    status_json_ids(&w, "pending", due.items);
    status_json_ids(&w, "begun", begun.items);
    status_json_ids(&w, "reverting", reverting.items);
    status_json_ids(&w, "unknown", engine_unknown(run));
    status_json_ids(&w, "edited", engine_edited(run));
    json_string_member(&w, "lock_holder", run_lock_holder(run));
    json_object_end(&w);
    const char *word = status_word(run, pending->count);
    report_emit(&i->report, true,
                &(report_event){.level = "info",
                                .event = "status",
                                .operation = "status",
                                .outcome = word,
                                .message = arena_format(i->memory, "status: %s %s", word,
                                                        status_counts(run, pending->count)),
                                .more = b.bytes});
}

/* What only the database knows: who applied it, and whether this binary could take it back. */
static status status_newer(invocation *i, migen *run)
{
    migration_list newer = {0};
    status s = ways_load(run, &newer);
    bool all = true;
    for (size_t k = 0; s == STATUS_OK && k < newer.count; k++) {
        const migen_migration *m = newer.items[k];
        const history_entry *entry = map_get(&run->history.applied, m->id);
        if (entry == NULL)
            entry = map_get(&run->history.journal, m->id);
        report_print(&i->report, "  %-8s %s  %s", "unknown", m->id, m->title);
        bool reverting = version_is_reverting(run, m->id);
        report_print(&i->report, "           %s by release %s at %s%s; its way down %s%s",
                     history_is_applied(&run->history, m->id) ? "applied" : "begun", entry->release,
                     entry->applied_at, reverting ? ", and half taken back since" : "",
                     m->down_never == NULL ? "is kept in the database" : "is missing: ",
                     m->down_never == NULL ? "" : m->down_never);
        bool back = ways_lead_back(run, m);
        if (!back && m->down_never == NULL)
            report_print(&i->report, "           only `up` of release %s can go on with it", entry->release);
        all = all && back;
    }
    if (newer.count != 0)
        report_print(&i->report,
                     all ? "  the database is newer than this release; `down head` leads back to it"
                         : "  the database is newer than this release; run the newer release's binary");
    return s;
}

static status status_text(invocation *i, migen *run, size_t pending)
{
    const char *const *edited = engine_edited(run);
    const char *const *unknown = engine_unknown(run);
    for (size_t k = 0; k < i->release->migration_count; k++) {
        const migen_migration *m = i->release->migrations[k];
        const history_entry *entry = map_get(&run->history.applied, m->id);
        const history_entry *journal = map_get(&run->history.journal, m->id);
        const char *word = version_is_reverting(run, m->id) ? "reverting"
                           : journal != NULL                ? "begun"
                           : entry == NULL                  ? "pending"
                           : status_contains(edited, m->id) ? "edited"
                                                            : entry->outcome;
        report_print(&i->report, "  %-8s %s  %s", word, m->id, m->title);
    }
    status s = unknown[0] == NULL ? STATUS_OK : status_newer(i, run);
    const char *holder = run_lock_holder(run);
    if (holder != NULL)
        report_print(&i->report, "  now: %s works on it", holder);
    report_end(&i->report, "status", status_word(run, pending), "%s", status_counts(run, pending));
    return s;
}

status command_status(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    position_list pending = {0};
    s = engine_select_up(run, NULL, &pending);
    engine_header(run, NULL, 0);
    if (i->options.json)
        status_json(i, run, &pending);
    else if (s == STATUS_OK)
        s = status_text(i, run, pending.count);
    if (s == STATUS_OK && i->options.exit_code && pending.count != 0)
        s = STATUS_PENDING;
    engine_free(run);
    return s;
}

/* Applied, and no applied migration comes after it. */
static bool current_is_newest(const migen *run, size_t position)
{
    const char *id = run->release->migrations[position]->id;
    if (!version_applied(run, position))
        return false;
    for (size_t k = position + 1; k < run->release->migration_count; k++)
        if (version_applied(run, k) && list_contains(run->release->migrations[k]->after, id))
            return false;
    return true;
}

/* One line of `current`: "2_names (head)"; as JSON the words in brackets are the outcome. */
static void current_say(invocation *i, const char *id, const char *outcome, const char *note,
                        const char *title)
{
    if (i->options.json)
        report_emit(&i->report, true,
                    &(report_event){.level = "info",
                                    .event = "current",
                                    .migration = id,
                                    .operation = "current",
                                    .outcome = outcome,
                                    .message = title != NULL ? title : note});
    else
        report_print(&i->report, "%s%s%s%s%s%s", id == NULL ? "base" : id, note == NULL ? "" : " (",
                     note == NULL ? "" : note, note == NULL ? "" : ")", title == NULL ? "" : "  ",
                     title == NULL ? "" : title);
}

status command_current(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    bool any = false;
    for (size_t k = 0; k < i->release->migration_count; k++) {
        if (!current_is_newest(run, k))
            continue;
        any = true;
        bool head = version_is_head(i->release, k);
        current_say(i, i->release->migrations[k]->id, head ? "head" : "applied", head ? "head" : NULL,
                    i->options.verbose || i->options.json ? i->release->migrations[k]->title : NULL);
    }
    if (!any)
        current_say(i, NULL, "base", NULL, NULL);
    for (size_t k = 0; k < i->release->migration_count; k++) {
        const char *id = i->release->migrations[k]->id;
        if (map_has(&run->history.journal, id))
            current_say(i, id, version_is_reverting(run, id) ? "reverting" : "begun",
                        version_is_reverting(run, id) ? "half taken back" : "begun", NULL);
    }
    const char *const *unknown = engine_unknown(run);
    for (size_t k = 0; unknown[k] != NULL; k++)
        current_say(i, unknown[k], version_is_reverting(run, unknown[k]) ? "reverting" : "unknown",
                    version_is_reverting(run, unknown[k]) ? "not in this release, half taken back"
                                                          : "not in this release",
                    NULL);
    engine_free(run);
    return STATUS_OK;
}

status command_heads(invocation *i)
{
    for (size_t k = 0; k < i->release->migration_count; k++) {
        const migen_migration *m = i->release->migrations[k];
        if (!version_is_head(i->release, k))
            continue;
        if (i->options.json)
            report_emit(&i->report, true,
                        &(report_event){.level = "info",
                                        .event = "head",
                                        .migration = m->id,
                                        .operation = "heads",
                                        .message = m->title});
        else
            report_print(&i->report, "%s%s%s", m->id, i->options.verbose ? "  " : "",
                         i->options.verbose ? m->title : "");
    }
    return STATUS_OK;
}

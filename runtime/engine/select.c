/* Which migrations a command means. */
#include "engine.h"

#include "text.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

/* "+3", "-1" (sign): the number; 0 when text is none. */
static size_t select_number(const char *text, char sign)
{
    if (text == NULL || *text != sign || text[1] == '\0' ||
        strspn(text + 1, "0123456789") != strlen(text + 1))
        return 0;
    return (size_t)strtoul(text + 1, NULL, 10);
}

/* The target as a place in the release; NOT_FOUND where it is none: head, or +N. */
static status select_wanted(const migen_release *release, const char *target, size_t *wanted, error *e)
{
    *wanted = NOT_FOUND;
    if (target == NULL || select_number(target, '+') != 0 || text_equal(target, "head") ||
        text_equal(target, "heads"))
        return STATUS_OK;
    *wanted = version_find(release, target, e);
    if (*wanted != NOT_FOUND)
        return STATUS_OK;
    if (*target == '-' || text_equal(target, "base") || text_equal(target, "none"))
        error_hint(e, "back is `down %s`; this way a target is an id, head or +N", target);
    return e->code;
}

status select_check_up(const migen_release *release, const char *target, error *e)
{
    size_t ignored;
    return select_wanted(release, target, &ignored, e);
}

status select_up(arena *a, const migen_release *release, const char *target, const selected *done,
                 position_list *out, error *e)
{
    size_t most = select_number(target, '+');
    size_t wanted;
    status s = select_wanted(release, target, &wanted, e);
    if (s != STATUS_OK)
        return s;
    out->count = 0;
    for (size_t i = 0; i < release->migration_count; i++) {
        if (done->applied[i] || (wanted != NOT_FOUND && !version_is_ancestor(release, i, wanted)))
            continue;
        if (most != 0 && out->count + done->by_this_run >= most)
            break;
        vector_push(a, out, i);
    }
    return STATUS_OK;
}

/* What this run has done already counts: where it decides anew (a lock that timed out, a lost connection), "+2" and "-2" mean
 * what is left of them. */
status engine_select_up(migen *run, const char *target, position_list *out)
{
    bool *applied = ARENA_NEW_ARRAY(run->memory, bool, run->release->migration_count + 1);
    for (size_t i = 0; i < run->release->migration_count; i++)
        applied[i] = version_applied(run, i);
    selected done = {.applied = applied, .by_this_run = run->report->applied};
    return select_up(run->memory, run->release, target, &done, out, &run->error);
}

status engine_select_down(migen *run, const char *target, position_list *out)
{
    size_t most = target == NULL ? 1 : select_number(target, '-');
    size_t stays = NOT_FOUND;
    bool all = text_equal(target, "base") || text_equal(target, "none");
    out->count = 0;
    bool head = text_equal(target, "head") || text_equal(target, "heads");
    if (head && run->known_count == 0)
        all = true;
    if (head && !all) /* all that this release knows stays; what only the database knows stands behind it */
        stays = run->known_count - 1;
    if (most == 0 && !all && !head) {
        stays = version_find(run->release, target, &run->error);
        if (stays == NOT_FOUND && *target == '+')
            error_hint(&run->error, "forward is `up %s`; this way a target is an id, base, head or -N",
                       target);
        if (stays == NOT_FOUND)
            return run->error.code;
        if (!version_applied(run, stays)) {
            status s = error_set(&run->error, STATUS_USAGE, "%s is not applied",
                                 run->release->migrations[stays]->id);
            error_hint(&run->error,
                       "`down ID` goes back until ID is the newest that is applied; `status` lists them");
            return s;
        }
    }
    for (size_t i = run->release->migration_count; i-- > 0;) {
        bool begun = version_applied(run, i) || version_is_begun(run, i);
        if (!begun || (stays != NOT_FOUND && i <= stays))
            continue;
        if (most != 0 && out->count + run->report->reverted >= most)
            break;
        vector_push(run->memory, out, i);
    }
    return STATUS_OK;
}

const char *const *engine_unknown(migen *run)
{
    VECTOR(const char *) ids = {0};
    for (size_t i = 0; i < run->history.applied.count; i++) {
        const map_entry *entry = &run->history.applied.entries[i];
        if (!entry->removed && version_position(run->release, entry->key) == NOT_FOUND)
            vector_push(run->memory, &ids, entry->key);
    }
    for (size_t i = 0; i < run->history.journal.count; i++) { /* begun by a newer release */
        const map_entry *entry = &run->history.journal.entries[i];
        if (!entry->removed && version_position(run->release, entry->key) == NOT_FOUND &&
            !history_is_applied(&run->history, entry->key))
            vector_push(run->memory, &ids, entry->key);
    }
    vector_push(run->memory, &ids, NULL);
    return ids.items;
}

/* Their names, and which of them are not finished: what is ahead then is no version's schema. */
static char *select_unknown_text(migen *run, const char *const *unknown)
{
    VECTOR(const char *) words = {0};
    for (size_t i = 0; unknown[i] != NULL; i++) {
        const history_entry *journal = map_get(&run->history.journal, unknown[i]);
        vector_push(run->memory, &words,
                    journal == NULL
                        ? unknown[i]
                        : arena_format(run->memory, "%s (%s by release %s, not finished)", unknown[i],
                                       journal->going_down ? "half taken back" : "begun",
                                       journal->release == NULL ? "?" : journal->release));
    }
    vector_push(run->memory, &words, NULL);
    return list_join(run->memory, words.items, ", ");
}

const char *const *engine_edited(migen *run)
{
    VECTOR(const char *) ids = {0};
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *m = run->release->migrations[i];
        const history_entry *entry = map_get(&run->history.applied, m->id);
        if (entry != NULL && !text_is_empty(entry->hash) && !text_equal(entry->hash, m->hash))
            vector_push(run->memory, &ids, m->id);
    }
    vector_push(run->memory, &ids, NULL);
    return ids.items;
}

/* It is looked before the lock and under it. */
static void select_warn_once(migen *run, char *text)
{
    if (!map_has(&run->differences_said, text))
        report_message(run->report, "warning", "%s", text);
    map_set(&run->differences_said, text, run);
}

status engine_check_reverting(migen *run)
{
    const char *const *unknown = engine_unknown(run);
    for (size_t k = 0; unknown[k] != NULL; k++) {
        if (!version_is_reverting(run, unknown[k]))
            continue;
        status s = error_set(&run->error, STATUS_AHEAD,
                             "%s, which this release does not know, is half taken back", unknown[k]);
        error_hint(&run->error, "nothing was changed; `down head` carries that to its end");
        return s;
    }
    return STATUS_OK;
}

status engine_check_history(migen *run)
{
    const char *const *unknown = engine_unknown(run);
    if (unknown[0] != NULL) {
        const char *list = select_unknown_text(run, unknown);
        if (!run->options->ahead_ok) {
            status s = error_set(&run->error, STATUS_AHEAD,
                                 "the database is ahead of this release: it has %s", list);
            error_hint(&run->error,
                       "run the newer release's binary; where this one may start all the same: --ahead ok");
            return s;
        }
        select_warn_once(run,
                         arena_format(run->memory, "the database is ahead of this release: it has %s", list));
    }
    const char *const *edited = engine_edited(run);
    if (edited[0] == NULL)
        return STATUS_OK;
    const char *list = list_join(run->memory, edited, ", ");
    if (run->options->edited_warn) {
        select_warn_once(run, arena_format(run->memory, "edited after it was applied: %s", list));
        return STATUS_OK;
    }
    status s = error_set(&run->error, STATUS_DRIFT, "edited after it was applied: %s", list);
    error_hint(&run->error, "take the edit back and write a new migration, or accept it with --edited warn");
    return s;
}

size_t engine_count_pending(const migen *run)
{
    size_t pending = 0;
    for (size_t i = 0; i < run->known_count; i++)
        pending += version_applied(run, i) ? 0 : 1;
    return pending;
}

void engine_header(migen *run, const char *target, size_t wanted)
{
    size_t pending = engine_count_pending(run);
    const char *part = target == NULL || wanted == pending ? ""
                       : wanted == 0 ? arena_format(run->memory, ", none of them for %s", target)
                                     : arena_format(run->memory, ", %zu of them for %s", wanted, target);
    report_header(run->report,
                  arena_format(run->memory, "%s-migrate %s · %s (from %s) · %zu of %zu pending%s",
                               run->release->project, run->release->release, run->target->display,
                               run->target->source, pending, run->known_count, part));
}

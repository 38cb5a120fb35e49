/* doctor: the database's state in words, its cause, and the next command. unlock: who holds the migration lock. */
#include "cli.h"

#include "adopt.h"
#include "json.h"
#include "lock.h"
#include "text.h"
#include "verify.h"
#include "version.h"
#include "ways.h"

typedef struct doctor_words {
    const char *state, *cause, *next;
} doctor_words;

static const char doctor_up_edited[] = "up   (it was edited since: it is carried out from its first step; "
                                       "what is there is skipped, a `run` or `call` "
                                       "without a condition is run again)";

/* What a run has failed with, the newest of it. */
static bool doctor_failed(migen *run, doctor_words *w)
{
    for (size_t k = run->release->migration_count; k-- > 0;) {
        const migen_migration *m = run->release->migrations[k];
        const history_entry *failed = map_get(&run->history.failed, m->id);
        if (failed == NULL)
            continue;
        w->state = arena_format(run->memory,
                                failed->going_down ? "taking %s back has failed" : "%s has failed", m->id);
        if (map_has(&run->history.journal, m->id))
            w->state = arena_format(run->memory, "%s, and is begun", w->state);
        w->cause = arena_format(run->memory, "%s (run of %s, release %s, %s)",
                                text_is_empty(failed->reason) ? "not known" : failed->reason,
                                failed->who == NULL ? "somebody" : failed->who,
                                failed->release == NULL ? "?" : failed->release, failed->applied_at);
        const char *again = failed->going_down ? "down, or up, which makes again what was taken back" : "up";
        w->next = text_equal(failed->hash, m->hash)
                      ? arena_format(run->memory, "mend that, then %s (as it is, it would fail again)", again)
                      : doctor_up_edited;
        return true;
    }
    return false;
}

/* What an interrupted run has left, or one that is at work has not finished yet; the newest of it. */
static bool doctor_begun(migen *run, bool is_at_work, doctor_words *w)
{
    for (size_t k = run->release->migration_count; k-- > 0;) {
        const char *id = run->release->migrations[k]->id;
        const history_entry *journal = map_get(&run->history.journal, id);
        if (journal == NULL)
            continue;
        w->state = arena_format(run->memory, "%s was begun and not finished%s", id,
                                journal->going_down ? ", on its way down" : "");
        w->cause = arena_format(run->memory, "the run of %s (release %s, %s) %s behind step %zu",
                                journal->who == NULL ? "somebody" : journal->who,
                                journal->release == NULL ? "?" : journal->release, journal->applied_at,
                                is_at_work ? "has come" : "was interrupted", journal->step);
        if (journal->going_down)
            w->next = "down -1   (it carries that to its end); or up (it makes again what was taken back)";
        else
            w->next = text_equal(journal->hash, run->release->migrations[k]->hash)
                          ? "up   (it goes on there, and finishes what is half done)"
                          : doctor_up_edited;
        return true;
    }
    return false;
}

static status doctor_newer(migen *run, doctor_words *w)
{
    migration_list newer = {0};
    status s = ways_load(run, &newer);
    bool kept = true;
    for (size_t k = 0; k < newer.count; k++)
        kept = kept && ways_lead_back(run, newer.items[k]);
    w->state = "the database is newer than this release";
    w->cause = arena_format(run->memory, "a newer release has applied, or begun, %s",
                            list_join(run->memory, engine_unknown(run), ", "));
    for (size_t k = 0; k < newer.count; k++)
        if (version_is_reverting(run, newer.items[k]->id))
            w->state = arena_format(run->memory,
                                    "the database is newer than this release, and %s is half taken back",
                                    newer.items[k]->id);
    w->next = kept ? "the newer release's binary; or `down head` of this one, which takes that back"
                   : "the newer release's binary";
    return s;
}

static status doctor_without_history(migen *run, doctor_words *w)
{
    adoption adopted = {0};
    run->expected = schema_new(run->memory, run->engine);
    status s = run_read_live(run);
    if (s == STATUS_OK)
        s = adopt_find(run, &adopted);
    w->cause =
        run->history.exists ? "the history is empty" : "migen has never worked on it, or its table is gone";
    if (adopted.proven && adopted.count == 0) {
        w->state = "nothing of this release is there";
        w->next = "up";
    } else if (adopted.proven) {
        w->state = arena_format(run->memory, "a database without history, with the schema of %s",
                                run->release->migrations[adopted.count - 1]->id);
        w->next = "up   (it records that version and goes on; `adopt` only records it)";
    } else {
        w->state = "a database without history, at no version's schema";
        w->next = "adopt   (it shows the nearest version and what differs)";
    }
    return s;
}

/* All is applied, or something is due: does the schema fit? */
static status doctor_drift(migen *run, size_t pending, doctor_words *w)
{
    run->expected = version_schema(run, version_applied, NULL);
    difference_list differences = {0};
    status s = run_read_live(run);
    if (s == STATUS_OK)
        s = verify_look(run, run->expected, false, &differences);
    size_t real = 0;
    for (size_t k = 0; k < differences.count; k++)
        real += differences.items[k].note ? 0 : 1;
    w->state = pending == 0
                   ? "up to date"
                   : arena_format(run->memory, "%zu migration%s to come", pending, pending == 1 ? "" : "s");
    w->cause = pending == 0 ? NULL : "this release has more than was applied here";
    w->next = pending == 0 ? NULL : "up   (`plan` says what it would do)";
    if (real != 0) {
        w->state = arena_format(run->memory, "%s, and the schema differs from the history in %zu place%s",
                                w->state, real, real == 1 ? "" : "s");
        w->cause =
            "something was changed outside of the migrations, or was there and different when they ran";
        w->next =
            pending == 0 ? "verify   (it lists what differs)" : "verify current   (it lists what differs)";
    }
    return s;
}

/* What a killed run has left, and refuses rows. Who works just now is no killed run, and may hold what is to be read. */
static leftover_list doctor_leftovers(migen *run, bool is_at_work, doctor_words *w)
{
    leftover_list left = {0};
    if (!ENGINE_IS_POSTGRES(run->engine) || is_at_work || history_is_empty(&run->history))
        return left;
    if (run->live == NULL && run_read_live(run) != STATUS_OK) {
        error_clear(&run->error);
        return left;
    }
    left = postgres_leftovers(run);
    if (left.count != 0 && w->next == NULL)
        w->next = left.items[0].drop;
    return left;
}

static status doctor_look(migen *run, size_t pending, bool is_at_work, doctor_words *w)
{
    if (history_is_empty(&run->history))
        return doctor_without_history(run, w);
    if (doctor_failed(run, w) || doctor_begun(run, is_at_work, w))
        return STATUS_OK;
    if (engine_unknown(run)[0] != NULL)
        return doctor_newer(run, w);
    const char *const *edited = engine_edited(run);
    if (edited[0] == NULL)
        return doctor_drift(run, pending, w);
    w->state = "an applied migration was edited";
    w->cause = arena_format(run->memory, "the statements of %s are not those that were applied",
                            list_join(run->memory, edited, ", "));
    w->next = "take the edit back and write a new migration; or `up --edited warn`";
    return STATUS_OK;
}

static void doctor_text(invocation *i, const doctor_words *w, const leftover_list *left, const char *holder)
{
    report_print(&i->report, "state: %s", w->state);
    if (w->cause != NULL)
        report_print(&i->report, "cause: %s", w->cause);
    for (size_t k = 0; k < left->count; k++)
        report_print(&i->report, "left:  %s: %s", left->items[k].object, left->items[k].words);
    if (holder != NULL)
        report_print(&i->report, "now:   %s works on it", holder);
    report_print(&i->report, "next:  %s", w->next);
}

static void doctor_json(invocation *i, const doctor_words *w, const leftover_list *left, const char *holder)
{
    builder b = builder_new(i->memory);
    json_writer j = json_new(&b);
    json_object_begin(&j);
    json_string_member(&j, "cause", w->cause);
    json_key(&j, "left");
    json_array_begin(&j);
    for (size_t k = 0; k < left->count; k++)
        json_string(&j, arena_format(i->memory, "%s: %s", left->items[k].object, left->items[k].words));
    json_array_end(&j);
    json_string_member(&j, "lock_holder", holder);
    json_object_end(&j);
    report_emit(&i->report, true,
                &(report_event){.level = "info",
                                .event = "doctor",
                                .operation = "doctor",
                                .message = w->state,
                                .hint = w->next,
                                .more = b.bytes});
}

status command_doctor(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    position_list pending = {0};
    doctor_words w = {0};
    s = engine_select_up(run, NULL, &pending);
    engine_header(run, NULL, 0);
    const char *holder = run_lock_holder(run);
    if (s == STATUS_OK)
        s = doctor_look(run, pending.count, holder != NULL, &w);
    if (s != STATUS_OK) {
        engine_report_failure(run);
        engine_free(run);
        return s;
    }
    leftover_list left = doctor_leftovers(run, holder != NULL, &w);
    w.next = holder != NULL ? "wait until that has ended" : w.next == NULL ? "nothing to do" : w.next;
    if (i->options.json)
        doctor_json(i, &w, &left, holder);
    else
        doctor_text(i, &w, &left, holder);
    if (i->options.exit_code && pending.count != 0)
        s = STATUS_PENDING;
    engine_free(run);
    return s;
}

/* An advisory lock ends with its holder, a session of PostgreSQL; a SQLite file's with a process. A lease may outlive it. */
status command_unlock(invocation *i)
{
    status s = STATUS_OK;
    migen *run = invocation_connect(i, &s);
    if (run == NULL)
        return s;
    s = engine_unlock(run);
    if (s != STATUS_OK)
        engine_report_failure(run);
    engine_free(run);
    return s;
}

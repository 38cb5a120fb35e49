/*
 * Settings of a connection behind a pooler (PgBouncer and its like, in transaction mode): each transaction may be in another
 * session, so that a SET of one is missing in the next, and stays behind for strangers. So each transaction begins with
 * its own settings, which end with it.
 *
 * Each Sync is a round trip of its own here: PgBouncer 1.18, with many clients, was seen to give the session to the next
 * one while the answer to a second Sync was still to come. Only where the session's own limits would break what can be in
 * no transaction are they set before it and taken back behind it, in one pipeline.
 */
#include "driver_private.h"

#include "text.h"

typedef struct settings_list {
    driver_statement *statements;
    size_t count;
    size_t *places; /* where the caller's statements stand in it */
} settings_list;

static void settings_add(settings_list *list, driver_statement statement)
{
    list->statements[list->count++] = statement;
}

static bool settings_ends(const char *sql)
{
    static const char *const ends[] = {"commit", "end", "abort"};
    static const char *const rollback[] = {"rollback"};
    return driver_first_word_is(sql, ends, 3) ||
           (driver_first_word_is(sql, rollback, 1) && !text_starts_with(sql, "ROLLBACK TO"));
}

/* At most three for each of the caller's. */
static settings_list settings_weave(driver *d, const driver_statement *statements, size_t count, arena *a)
{
    static const char *const begin[] = {"begin"};
    const driver_settings *settings = d->settings;
    settings_list list = {.statements = ARENA_NEW_ARRAY(a, driver_statement, count * 3),
                          .places = ARENA_NEW_ARRAY(a, size_t, count)};
    bool inside = driver_in_transaction(d);
    bool due = !inside; /* what comes next is a transaction of its own */
    for (size_t i = 0; i < count; i++) {
        driver_statement statement = statements[i];
        bool begins = driver_first_word_is(statement.sql, begin, 1), ends = settings_ends(statement.sql);
        bool wrapped = statement.outside && settings->set != NULL;
        if (wrapped) {
            if (list.count != 0)
                list.statements[list.count - 1].sync_after = true;
            settings_add(&list,
                         (driver_statement){.sql = settings->set, .sync_after = true, .outside = true});
        } else if (begins && settings->begin != NULL) {
            statement.sql = settings->begin;
        } else if (due && !ends && !statement.outside) {
            settings_add(&list, (driver_statement){.sql = settings->local});
        }
        statement.sync_after = statement.sync_after || statement.outside;
        list.places[i] = list.count;
        settings_add(&list, statement);
        if (wrapped)
            settings_add(&list,
                         (driver_statement){.sql = settings->undo, .sync_after = true, .outside = true});
        else if (begins)
            settings_add(&list, (driver_statement){.sql = settings->local});
        inside = begins || (inside && !ends);
        due = !inside && (ends || statement.sync_after);
    }
    return list;
}

/* Whether the pipeline goes on behind the Sync: what surrounds a statement must be in its session. */
static bool settings_stay(const settings_list *list, size_t i)
{
    return i + 1 < list->count && list->statements[i].outside && list->statements[i + 1].outside;
}

/* One message for each Sync; what stands behind one is carried out whatever came before it. */
static status settings_send(driver *d, const settings_list *list, arena *a, driver_result *results, error *e)
{
    status first = STATUS_OK;
    for (size_t begin = 0, i = 0; i < list->count; i++) {
        if (i + 1 < list->count && (!list->statements[i].sync_after || settings_stay(list, i)))
            continue;
        error later = error_new(a);
        bool failed = first != STATUS_OK;
        bool was_clear = e->code == STATUS_OK;
        status s = driver_run_plain(d, &list->statements[begin], i + 1 - begin, a, &results[begin],
                                    failed ? &later : e);
        if (!failed && s != STATUS_OK && was_clear)
            e->statement_index += begin;
        first = failed ? first : s;
        begin = i + 1;
        if (!driver_is_alive(d) || driver_interrupted())
            break;
    }
    return first;
}

status postgres_run_with_settings(driver *d, const driver_statement *statements, size_t count, arena *a,
                                  driver_result *results, error *e)
{
    settings_list list = settings_weave(d, statements, count, a);
    driver_result *all = ARENA_NEW_ARRAY(a, driver_result, list.count);
    bool first_error = e->code == STATUS_OK;
    status s = settings_send(d, &list, a, all, e);
    for (size_t i = 0; results != NULL && i < count; i++)
        results[i] = all[list.places[i]];
    if (s != STATUS_OK && first_error) {
        size_t i = 0;
        while (i + 1 < count && list.places[i] < e->statement_index)
            i++;
        e->statement_index = i;
    }
    return s;
}

/*
 * database.c: reading a throw-away database.
 */
#include "database.h"

#include "engine.h"
#include "report.h"
#include "sql_writer.h"
#include "text.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>

run_options live_options(const checked_release *r)
{
    run_options options = {.yes = true,
                           .quiet = true,
                           .color = "never",
                           .lock_timeout = 5000,
                           .history_table = "migen_history",
                           .verify = VERIFY_STRICT};
    for (size_t i = 0; i < r->release.setting_count; i++) {
        const migen_setting *setting = &r->release.settings[i];
        if (text_equal(setting->name, "history-table"))
            options.history_table = setting->value;
        if (text_equal(setting->name, "schema"))
            options.schema = setting->value;
    }
    return options;
}

/* Whether position is below the version that is looked at: run->position, which nothing else uses in a run that only looks. */
static bool live_is_below(const migen *run, size_t position)
{
    return position < run->position;
}

static schema *live_play(migen *run, size_t version)
{
    if (version == LIVE_BY_HISTORY)
        return version_schema(run, version_applied, NULL);
    run->position = version;
    return version_schema(run, live_is_below, NULL);
}

const schema *live_expected(arena *a, const live_database *d, size_t version)
{
    report r = report_new(false, true, false, "never");
    migen *run = engine_new(a, &d->release->release, &d->options, &d->target, &r);
    return live_play(run, version);
}

/* Opens and reads the catalogue. The run is to be freed in any case. */
static status live_open(arena *a, const live_database *d, size_t version, report *r, migen **out)
{
    migen *run = *out = engine_new(a, &d->release->release, &d->options, &d->target, r);
    run->reads_only = true;
    status s = run_connect(run);
    if (s != STATUS_OK)
        return s;
    run->expected = live_play(run, version);
    return run_read_live(run);
}

char *live_schema(arena *a, const live_database *d, size_t version)
{
    report r = report_new(false, true, false, "never");
    migen *run = NULL;
    char *dump = live_open(a, d, version, &r, &run) == STATUS_OK ? schema_dump(a, run->live) : NULL;
    engine_free(run);
    return dump;
}

/* SELECT of all columns as text. */
static const char *live_select(arena *a, migen_engine engine, const schema_table *t)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "SELECT");
    for (size_t i = 0; i < t->columns.count; i++) {
        if (i > 0)
            sql_comma(&w);
        sql_words(&w, engine == MIGEN_SQLITE ? "quote" : "CAST");
        sql_open(&w);
        sql_name(&w, t->columns.items[i].name);
        sql_words(&w, engine == MIGEN_SQLITE ? "" : "AS text");
        sql_close(&w);
    }
    sql_words(&w, "FROM");
    sql_object(&w, t->name);
    return sql_text(&w);
}

static size_t live_sort_width;

static int live_compare_rows(const void *x, const void *y)
{
    const char *const *a = *(const char **const *)x;
    const char *const *b = *(const char **const *)y;
    for (size_t i = 0; i < live_sort_width; i++) {
        if (a[i] == NULL || b[i] == NULL) {
            if (a[i] != b[i])
                return a[i] == NULL ? -1 : 1;
            continue;
        }
        int order = strcmp(a[i], b[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static status live_read_table(arena *a, migen *run, const schema_table *t, live_snapshot *out, error *e)
{
    live_table table = {.name = name_text(a, t->name), .column_count = t->columns.count};
    table.columns = ARENA_NEW_ARRAY(a, const char *, t->columns.count + 1);
    for (size_t i = 0; i < t->columns.count; i++)
        table.columns[i] = t->columns.items[i].name;
    driver_result result;
    status s = driver_query(run->driver, live_select(a, run->engine, t), a, &result, e);
    if (s != STATUS_OK)
        return s;
    for (size_t i = 0; i < result.row_count; i++) {
        const char **row = ARENA_NEW_ARRAY(a, const char *, t->columns.count + 1);
        for (size_t k = 0; k < t->columns.count; k++) {
            row[k] = driver_value(&result, i, k);
            if (run->engine == MIGEN_SQLITE && text_equal(row[k], "NULL"))
                row[k] = NULL;
        }
        vector_push(a, &table.rows, row);
    }
    live_sort_width = table.column_count;
    if (table.rows.count > 1)
        qsort(table.rows.items, table.rows.count, sizeof *table.rows.items, live_compare_rows);
    vector_push(a, &out->tables, table);
    return STATUS_OK;
}

static const char *live_history(arena *a, const migen *run)
{
    builder b = builder_new(a);
    builder_add(&b, "");
    for (size_t i = 0; i < run->history.entries.count; i++) {
        const history_entry *entry = &run->history.entries.items[i];
        if (!text_equal(entry->direction, "intent"))
            builder_add_format(&b, "%s %s %s %s\n", entry->id, entry->direction, entry->outcome, entry->hash);
    }
    return b.bytes;
}

status live_look(arena *a, const live_database *d, size_t version, live_snapshot *out, error *e)
{
    *out = (live_snapshot){0};
    report r = report_new(false, true, false, "never");
    migen *run = NULL;
    status s = live_open(a, d, version, &r, &run);
    if (s != STATUS_OK) {
        s = error_set(e, s, "%s", run->error.message == NULL ? "it cannot be read" : run->error.message);
        engine_free(run);
        return s;
    }
    out->schema = schema_dump(a, run->live);
    out->history = live_history(a, run);
    for (size_t i = 0; i < run->live->tables.count && s == STATUS_OK; i++) {
        const map_entry *entry = &run->live->tables.entries[i];
        const schema_table *t = entry->value;
        if (!entry->removed && !t->is_virtual && t->columns.count > 0)
            s = live_read_table(a, run, t, out, e);
    }
    engine_free(run);
    return s;
}

#include "offenders.h"

#include "dialect_offenders.h"
#include "text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define OFFENDERS_PATIENCE "5s" /* PostgreSQL: no longer than that; the run has failed already */
#define OFFENDERS_LONGEST  60   /* bytes of a value */

/* The step that has failed; SQLite's foreign keys are looked at behind all of them: the one that the error means is found by its
 * table. */
static const migen_step *offenders_step(migen *run)
{
    const migen_migration *m = run->migration;
    const migen_step *rows = run->going_down ? m->down : m->up;
    size_t count = run->going_down ? m->down_count : m->up_count;
    if (!run->has_failed)
        for (size_t i = 0; run->broken_table != NULL && i < count; i++)
            if (rows[i].operation == MIGEN_ADD_CONSTRAINT && rows[i].constraint->kind == MIGEN_FOREIGN_KEY &&
                text_equal(rows[i].object, run->broken_table)) {
                run->row = i;
                return &rows[i];
            }
    size_t row = run->has_failed ? run->failed.row : NO_STATEMENT;
    return row < count ? &rows[row] : NULL;
}

static bool offenders_ask(migen *run, const offender_query *query, driver_result *found)
{
    error ignored = error_new(run->memory);
    if (ENGINE_IS_SQLITE(run->engine))
        return driver_query(run->driver, query->sql, run->memory, found, &ignored) == STATUS_OK;
    const driver_statement statements[] = {
        {.sql = "BEGIN READ ONLY"},
        {.sql = "SET LOCAL statement_timeout = '" OFFENDERS_PATIENCE "'"},
        {.sql = query->sql},
        {.sql = "ROLLBACK"},
    };
    driver_result results[4] = {{0}};
    bool answered = driver_run(run->driver, statements, 4, run->memory, results, &ignored) == STATUS_OK;
    *found = results[2];
    return answered;
}

static void offenders_value(builder *b, const char *text)
{
    size_t length = 0, all = strlen(text);
    while (length < all && length < OFFENDERS_LONGEST) {
        size_t next = utf8_character(text + length, all - length, NULL);
        length += next == 0 ? 1 : next;
    }
    for (size_t i = 0; i < length; i++)
        builder_add_character(b, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i]);
    if (length < all)
        builder_add(b, "…");
}

/* "a (2 rows), b (3 rows), …"; of rows by their key: "3, 4, 7, …" */
static char *offenders_list(migen *run, const offender_query *query, const driver_result *found,
                            long long total)
{
    builder b = builder_new(run->memory);
    bool grouped = query->kind == OFFENCE_TWICE || query->kind == OFFENCE_ORPHAN;
    for (size_t i = 0; i < found->row_count; i++) {
        builder_add(&b, i == 0 ? "" : ", ");
        if (found->column_count > 3)
            builder_add(&b, "(");
        for (size_t k = 2; k < found->column_count; k++) {
            const char *value = driver_value(found, i, k);
            builder_add(&b, k == 2 ? "" : ", ");
            offenders_value(&b, value == NULL ? "null" : value);
        }
        if (found->column_count > 3)
            builder_add(&b, ")");
        const char *rows = driver_value(found, i, 1);
        if (grouped)
            builder_add_format(&b, " (%s row%s)", rows, text_equal(rows, "1") ? "" : "s");
    }
    if (total > (long long)found->row_count)
        builder_add(&b, ", …");
    return b.bytes;
}

static char *offenders_words(migen *run, const offender_query *query, const driver_result *found)
{
    arena *a = run->memory;
    long long total = strtoll(driver_value(found, 0, 0), NULL, 10);
    const char *s = total == 1 ? "" : "s";
    const char *list = found->column_count > 2 ? offenders_list(run, query, found, total) : NULL;
    const char *by = list == NULL ? "" : arena_format(a, "; %s: %s", query->target, list);
    switch (query->kind) {
    case OFFENCE_TWICE:
        return arena_format(a, "%lld value%s of %s in %s %s there more than once: %s", total, s, query->key,
                            query->table, total == 1 ? "is" : "are", list);
    case OFFENCE_ORPHAN:
        return arena_format(a, "%lld value%s of %s in %s refer%s to no row of %s: %s", total, s, query->key,
                            query->table, total == 1 ? "s" : "", query->target, list);
    case OFFENCE_NULL:
        return arena_format(a, "%lld row%s of %s ha%s no %s%s", total, s, query->table,
                            total == 1 ? "s" : "ve", query->key, by);
    case OFFENCE_TYPE:
        return arena_format(a, "%lld row%s of %s do%s not fit %s%s", total, s, query->table,
                            total == 1 ? "es" : "", query->key, by);
    case OFFENCE_CHECK:
        return arena_format(a, "%lld row%s of %s break%s it%s", total, s, query->table, total == 1 ? "s" : "",
                            by);
    }
    return NULL;
}

/* SQLite: an error of the rows of a table that is made anew names it by what it is called meanwhile. */
static void offenders_name_table(migen *run, const schema *s)
{
    const char *said = run->error.message;
    for (size_t i = 0; s != NULL && strstr(said, "_migen_") != NULL && i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].removed ? NULL : s->tables.entries[i].value;
        const char *name = t == NULL ? NULL : dialect_rebuild_name(run->memory, t->name.name);
        const char *at = name == NULL ? NULL : strstr(said, name);
        if (at == NULL)
            continue;
        builder b = builder_new(run->memory);
        for (; at != NULL; at = strstr(said, name)) {
            builder_add(&b, arena_copy(run->memory, said, (size_t)(at - said)));
            builder_add(&b, t->name.name);
            said = at + strlen(name);
        }
        builder_add(&b, said);
        run->error.message = said = b.bytes;
    }
}

bool offenders_are_meant(const migen *run)
{
    const char *state = run->error.sqlstate;
    return text_starts_with(state, "23") || text_starts_with(state, "SQLITE_CONSTRAINT") ||
           text_equal(state, "SQLITE_MISMATCH") || run->broken_table != NULL ||
           (text_starts_with(state, "22") && run->has_failed && run->failed.structural);
}

void offenders_tell(migen *run)
{
    error *e = &run->error;
    if (ENGINE_IS_SQLITE(run->engine) && text_starts_with(e->sqlstate, "SQLITE_CONSTRAINT")) {
        offenders_name_table(run, run->live);
        offenders_name_table(run, run->expected);
    }
    if (e->code != STATUS_FAILED || !offenders_are_meant(run) || run->migration == NULL ||
        run->expected == NULL || run->driver == NULL || !driver_is_alive(run->driver))
        return;
    const migen_step *step = offenders_step(run);
    bool of_type = text_starts_with(e->sqlstate, "22") || text_equal(e->sqlstate, "SQLITE_CONSTRAINT_CHECK");
    offender_query query = {0};
    driver_result found = {0};
    if (step != NULL && dialect_offenders(run->memory, run->expected, step, of_type, &query) &&
        offenders_ask(run, &query, &found) && found.row_count != 0)
        e->detail = offenders_words(run, &query, &found);
}

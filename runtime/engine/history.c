#include "history.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The columns in the order in which they are read and written; seq and applied_at are made by the statement and by a
 * default, and the ways down, which are long, are written only. */
static const char *const history_columns[] = {"id",       "hash",        "release",  "direction",
                                              "outcome",  "duration_ms", "who",      "step",
                                              "branches", "reason",      "way_down", NULL};

object_name history_table_name(arena *a, const char *schema, const char *table)
{
    object_name name = name_parse(a, table);
    if (schema != NULL)
        name.schema = schema;
    return name;
}

/* 'has' where the table has the columns of the locks; 'wants' where they can be added; else 'lacks'. */
static void history_write_format(arena *a, sql_writer *w, migen_engine engine, object_name table)
{
    if (ENGINE_IS_SQLITE(engine)) {
        sql_words(w, "(SELECT CASE WHEN count(*) = 0 THEN 'wants' ELSE 'has' END FROM pragma_table_info(");
        sql_string(w, table.name);
        sql_words(w, ") WHERE name = 'lock_held_ms')");
        return;
    }
    sql_writer name = sql_new(a);
    sql_object(&name, table);
    sql_words(w,
              "(SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND"
              " a.attname = 'lock_held_ms' AND NOT a.attisdropped) THEN 'has' WHEN c.relkind = 'r' AND"
              " pg_catalog.pg_has_role(c.relowner, 'USAGE') THEN 'wants' ELSE 'lacks' END FROM"
              " pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(");
    sql_string(w, sql_text(&name));
    sql_words(w, ")::oid)");
}

driver_statement history_read_statement(arena *a, migen_engine engine, object_name table)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "SELECT");
    for (size_t i = 0; !text_equal(history_columns[i], "way_down"); i++) {
        sql_name(&w, history_columns[i]);
        sql_comma(&w);
    }
    sql_name(&w, "applied_at");
    sql_comma(&w);
    history_write_format(a, &w, engine, table);
    sql_words(&w, "FROM");
    sql_object(&w, table);
    sql_words(&w, "ORDER BY seq");
    return (driver_statement){.sql = sql_text(&w)};
}

/* No sequence: what is committed is not what a sequence remembers after a restore, a switch to a logical replica, or a
 * crash of the server, and a number that is taken would stop every run. Writers hold the migration lock. */
void history_next_number(sql_writer *w, object_name table)
{
    sql_words(w, "(SELECT coalesce(max(seq), 0) + 1 FROM");
    sql_object(w, table);
    sql_words(w, ")");
}

bool history_is_missing(const error *e)
{
    return text_equal(e->sqlstate, "42P01") || text_equal(e->sqlstate, "3F000");
}

status history_explain_failure(error *e, object_name table, const char *what)
{
    /* columns that it lacks or has otherwise, a view, a foreign table, whose server may not be there */
    static const char *const foreign_states[] = {"42703", "42804", "42809", "42883", "55000", "0A000", NULL};
    bool foreign = (e->sqlstate != NULL &&
                    (list_contains(foreign_states, e->sqlstate) || text_starts_with(e->sqlstate, "HV"))) ||
                   (e->message != NULL && text_starts_with(e->message, "no such column"));
    if (foreign) {
        e->detail = e->message;
        e->code = STATUS_CONFIGURATION;
        e->message = arena_format(e->memory, "there is something else called %s, which is no %s of migen's",
                                  name_text(e->memory, table), what);
        e->hint = "give migen's table another name or place: --history-table NAME, --schema NAME";
    } else if (e->code == STATUS_NOT_PERMITTED && e->hint == NULL) {
        e->hint = "to look at a database takes SELECT on its history; to change it, the rights of its owner: "
                  "--role "
                  "NAME takes another role";
    }
    if (foreign || e->code == STATUS_NOT_PERMITTED || e->code == STATUS_BUSY)
        e->statement = NULL; /* ours, and long */
    return e->code;
}

bool history_is_empty(const history *h)
{
    for (size_t i = 0; i < h->entries.count; i++)
        if (!text_equal(h->entries.items[i].direction, "failed"))
            return false;
    return true;
}

bool history_is_applied(const history *h, const char *id)
{
    return map_has(&h->applied, id);
}

static const char history_same_schema[] = "the schema is also that of ";
static const char history_not_run[] = ", whose unguarded run and call are not carried out";

char *history_withholding(arena *a, const char *const *ids)
{
    return arena_format(a, "%s%s%s", history_same_schema, list_join(a, ids, " "), history_not_run);
}

static void history_withhold(arena *a, history *h, history_entry *adopted)
{
    if (!text_equal(adopted->outcome, "adopted") || !text_starts_with(adopted->reason, history_same_schema))
        return;
    const char *at = adopted->reason + strlen(history_same_schema);
    for (size_t length; (length = strcspn(at, " ,")) != 0; at += length + 1) {
        map_set(&h->withheld, arena_copy(a, at, length), adopted);
        if (at[length] != ' ')
            break;
    }
}

void history_note(arena *a, history *h, const history_entry *entry)
{
    vector_push(a, &h->entries, *entry);
    history_entry *kept = ARENA_NEW(a, history_entry);
    *kept = *entry;
    map_remove(&h->failed, entry->id);
    if (text_equal(entry->direction, "failed")) {
        map_set(&h->failed, entry->id, kept);
        if (text_equal(entry->outcome, "undone") || text_equal(entry->outcome, "kept"))
            map_remove(&h->journal, entry->id);
        return;
    }
    if (text_equal(entry->direction, "intent")) {
        map_set(&h->journal, entry->id, kept);
        return;
    }
    map_remove(&h->journal, entry->id);
    map_remove(&h->withheld, entry->id);
    history_withhold(a, h, kept);
    if (text_equal(entry->direction, "up"))
        map_set(&h->applied, entry->id, kept);
    else
        map_remove(&h->applied, entry->id);
}

void history_clear(arena *a, history *h)
{
    h->entries.count = 0;
    h->applied = map_new(a);
    h->journal = map_new(a);
    h->failed = map_new(a);
    h->withheld = map_new(a);
}

/* "1=1 2=0; 3f09a1c2 > 77d2e0b4": the branches, and an intent's marks. */
static void history_split_marks(arena *a, history_entry *entry)
{
    const char *end = entry->branches == NULL ? NULL : strstr(entry->branches, "; ");
    if (end == NULL)
        return;
    entry->marks = end + strlen("; ");
    entry->branches = arena_copy(a, entry->branches, (size_t)(end - entry->branches));
}

void history_load(arena *a, history *h, const driver_result *result)
{
    history_clear(a, h);
    h->exists = true;
    const char *format = result->row_count == 0 ? NULL : driver_value(result, 0, 11);
    h->has_locks = text_equal(format, "has");
    h->wants_locks = text_equal(format, "wants");
    for (size_t i = 0; i < result->row_count; i++) {
        history_entry entry = {.id = arena_string(a, driver_value(result, i, 0)),
                               .hash = arena_string(a, driver_value(result, i, 1)),
                               .release = arena_string(a, driver_value(result, i, 2)),
                               .direction = arena_string(a, driver_value(result, i, 3)),
                               .outcome = arena_string(a, driver_value(result, i, 4)),
                               .duration_ms = arena_string(a, driver_value(result, i, 5)),
                               .who = arena_string(a, driver_value(result, i, 6)),
                               .branches = arena_string(a, driver_value(result, i, 8)),
                               .reason = arena_string(a, driver_value(result, i, 9)),
                               .applied_at = arena_string(a, driver_value(result, i, 10))};
        const char *step = driver_value(result, i, 7);
        entry.step = step == NULL ? 0 : (size_t)strtoul(step, NULL, 10);
        entry.going_down = text_equal(entry.outcome, "reverting") || text_equal(entry.outcome, "kept");
        history_split_marks(a, &entry);
        history_note(a, h, &entry);
    }
}

static const char history_columns_postgres[] =
    "seq bigint PRIMARY KEY, id text NOT NULL, hash text, release text,"
    " direction text NOT NULL, outcome text NOT NULL, applied_at timestamptz NOT NULL DEFAULT "
    "clock_timestamp(),"
    " duration_ms double precision, who text, step bigint, branches text, reason text, way_down text,"
    " locks text, lock_wait_ms double precision, lock_held_ms double precision";

static const char history_columns_sqlite[] =
    "seq INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT, release TEXT, direction TEXT NOT NULL,"
    " outcome TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),"
    " duration_ms REAL, who TEXT, step INTEGER, branches TEXT, reason TEXT, way_down TEXT,"
    " locks TEXT, lock_wait_ms REAL, lock_held_ms REAL";

driver_statement history_upgrade_statement(arena *a, migen_engine engine, object_name table, size_t i)
{
    static const char *const columns[HISTORY_UPGRADES] = {"locks", "lock_wait_ms", "lock_held_ms"};
    sql_writer w = sql_new(a);
    sql_words(&w, "ALTER TABLE");
    sql_object(&w, table);
    sql_words(&w, "ADD COLUMN");
    sql_name(&w, columns[i]);
    sql_words(&w, i == 0 ? "text" : ENGINE_IS_SQLITE(engine) ? "REAL" : "double precision");
    return (driver_statement){.sql = sql_text(&w)};
}

driver_statement history_locks_statement(arena *a, object_name table)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "SELECT locks, lock_wait_ms, lock_held_ms FROM");
    sql_object(&w, table);
    sql_words(&w, "ORDER BY seq");
    return (driver_statement){.sql = sql_text(&w)};
}

size_t history_schema_statements(arena *a, migen_engine engine, object_name table, driver_statement *out)
{
    if (ENGINE_IS_SQLITE(engine) || table.schema == NULL)
        return 0;
    sql_writer s = sql_new(a);
    /* IF NOT EXISTS asks for the right to make schemas also where it is there. */
    sql_words(&s, "DO $migen$ BEGIN IF pg_catalog.to_regnamespace(");
    sql_string(&s, name_part_text(a, table.schema));
    sql_words(&s, ") IS NULL THEN CREATE SCHEMA");
    sql_name(&s, table.schema);
    sql_words(&s, "; END IF; END $migen$");
    *out = (driver_statement){.sql = sql_text(&s)};
    return 1;
}

size_t history_create_statements(arena *a, migen_engine engine, object_name table, driver_statement out[2])
{
    size_t count = history_schema_statements(a, engine, table, out);
    sql_writer w = sql_new(a);
    sql_words(&w, "CREATE TABLE IF NOT EXISTS");
    sql_object(&w, ENGINE_IS_SQLITE(engine) ? (object_name){.name = table.name} : table);
    sql_in_brackets(&w, ENGINE_IS_POSTGRES(engine) ? history_columns_postgres : history_columns_sqlite);
    out[count++] = (driver_statement){.sql = sql_text(&w)};
    return count;
}

/* The values of locks, lock_wait_ms and lock_held_ms. */
static void history_write_locks(arena *a, sql_writer *w, migen_engine engine, object_name table,
                                const history_entry *entry)
{
    const char *waited = arena_format(a, "%.3f", entry->lock_wait_ms);
    sql_comma(w);
    if (ENGINE_IS_POSTGRES(engine) && entry->measures) {
        postgres_write_locks(w, table, entry, waited);
    } else {
        sql_words(w, "NULL,");
        sql_expression(w, entry->lock_wait_ms > 0 ? waited : "NULL");
        sql_words(w, ", NULL");
    }
}

driver_statement history_insert_statement(arena *a, migen_engine engine, const history *h,
                                          const history_entry *entry)
{
    sql_writer w = sql_new(a);
    sql_words(&w, "INSERT INTO");
    sql_object(&w, h->table);
    sql_open(&w);
    sql_words(&w, "seq");
    for (size_t i = 0; history_columns[i] != NULL; i++) {
        sql_comma(&w);
        sql_name(&w, history_columns[i]);
    }
    if (h->has_locks)
        sql_words(&w, ", locks, lock_wait_ms, lock_held_ms");
    sql_close(&w);
    static const char *const types[] = {"text", "text",   "text", "text", "text", "numeric",
                                        "text", "bigint", "text", "text", "text"};
    sql_words(&w, "VALUES");
    sql_open(&w);
    history_next_number(&w, h->table);
    const size_t count = sizeof types / sizeof *types;
    for (size_t i = 0; i < count; i++) {
        sql_comma(&w);
        sql_words(&w, "CAST(");
        sql_expression(&w, arena_format(a, "%c%zu", ENGINE_IS_POSTGRES(engine) ? '$' : '?', i + 1));
        sql_words(&w, "AS");
        sql_words(&w, types[i]);
        sql_words(&w, ")");
        /* On PostgreSQL all goes out in one pipeline, so only the server knows how long that took. */
        if (entry->duration_of_server && text_equal(history_columns[i], "duration_ms"))
            sql_words(&w,
                      "+ round(extract(epoch FROM clock_timestamp() - now())::numeric * 1000::numeric, 3)");
    }
    if (h->has_locks)
        history_write_locks(a, &w, engine, h->table, entry);
    sql_close(&w);
    const char **values = ARENA_NEW_ARRAY(a, const char *, count);
    values[0] = entry->id;
    values[1] = entry->hash;
    values[2] = entry->release;
    values[3] = entry->direction;
    values[4] = entry->outcome;
    values[5] = entry->duration_ms;
    values[6] = entry->who;
    values[7] = arena_format(a, "%zu", entry->step);
    values[8] =
        entry->marks == NULL
            ? entry->branches
            : arena_format(a, "%s; %s", text_is_empty(entry->branches) ? "" : entry->branches, entry->marks);
    values[9] = entry->reason;
    values[10] = entry->way_down;
    return (driver_statement){.sql = sql_text(&w),
                              .parameters = values,
                              .parameter_count = count,
                              .shown = "(the entry of the history)"};
}

char *history_who(arena *a)
{
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    const char *user = getenv("USER");
    if (text_is_empty(user))
        user = arena_format(a, "uid%u", (unsigned)getuid());
    return arena_format(a, "%s@%s", user, *host == '\0' ? "unknown" : host);
}

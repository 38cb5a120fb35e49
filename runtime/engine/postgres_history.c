/* What the history's row says of PostgreSQL's locks, asked in the transaction that holds them. */
#include "history.h"

/* The strongest lock on each table that others could have used before this transaction: what it has made itself has no
 * attribute that is older than it. */
static void postgres_write_measured(sql_writer *w, object_name table, const history_entry *entry)
{
    sql_words(
        w, "nullif(pg_catalog.concat_ws(', ', (SELECT string_agg(m.words, ', ' ORDER BY m.words) FROM "
           "(SELECT DISTINCT ON"
           " (l.relation) r.words || ' on ' || c.oid::regclass::text AS words FROM pg_catalog.pg_locks l JOIN"
           " (VALUES ('ShareUpdateExclusiveLock', 1, 'SHARE UPDATE EXCLUSIVE'), ('ShareLock', 2, 'SHARE'),"
           " ('ShareRowExclusiveLock', 3, 'SHARE ROW EXCLUSIVE'), ('ExclusiveLock', 4, 'EXCLUSIVE'),"
           " ('AccessExclusiveLock', 5, 'ACCESS EXCLUSIVE')) AS r(mode, strength, words) ON r.mode = l.mode"
           " JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid ="
           " c.relnamespace WHERE l.locktype = 'relation' AND l.granted AND l.pid = pg_backend_pid() AND"
           " l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
           " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'pg_toast')"
           " AND c.relname <>");
    sql_string(w, name_part_text(w->text.memory, table.name));
    sql_words(
        w, "AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND age(a.xmin) > 0)"
           " ORDER BY l.relation, r.strength DESC) AS m)");
    if (entry->dropped_locks != NULL) {
        sql_comma(w);
        sql_string(w, entry->dropped_locks);
    }
    sql_words(w, "), '')");
}

void postgres_write_locks(sql_writer *w, object_name table, const history_entry *entry, const char *waited)
{
    postgres_write_measured(w, table, entry);
    /* Where nothing was measured, what the client waited for is all that is known. */
    sql_words(w, ", coalesce(round(nullif(current_setting('migen.waited', true), '')::numeric +");
    sql_expression(w, waited);
    sql_words(w, ", 3),");
    sql_expression(w, entry->lock_wait_ms > 0 ? waited : "NULL");
    sql_words(
        w,
        "), greatest(round(extract(epoch FROM clock_timestamp())::numeric * 1000::numeric - " /* PostgreSQL 13: a double */
        "nullif(current_setting('migen.asked', true), '')::numeric, 3),");
    sql_expression(w, entry->longest_try_ms > 0
                          ? arena_format(w->text.memory, "round(%.3f::numeric, 3)", entry->longest_try_ms)
                          : "NULL::numeric");
    sql_words(w, ")");
}

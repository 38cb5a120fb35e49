/* What becomes of a column's values on SQLite when its type changes. */
#include "sqlite_parts.h"

#include <string.h>

/* https://www.sqlite.org/datatype3.html, section 3.1 */
const char *sqlite_affinity_of(arena *a, const char *words)
{
    char *declared = text_lower(a, words);
    if (strstr(declared, "int") != NULL)
        return "INTEGER";
    if (strstr(declared, "char") != NULL || strstr(declared, "clob") != NULL ||
        strstr(declared, "text") != NULL)
        return "TEXT";
    if (strstr(declared, "blob") != NULL || *declared == '\0')
        return "BLOB";
    if (strstr(declared, "real") != NULL || strstr(declared, "floa") != NULL ||
        strstr(declared, "doub") != NULL)
        return "REAL";
    return "NUMERIC";
}

const char *sqlite_affinity(arena *a, migen_type type)
{
    return sqlite_affinity_of(a, dialect_type(a, MIGEN_SQLITE, type));
}

/* The words that PostgreSQL takes for a truth value; what is none stays, and the column's check refuses it.
 */
static void convert_text_to_bool(sql_writer *w, const char *column)
{
    sql_words(w, "CASE WHEN lower");
    dialect_open_call(w);
    sql_name(w, column);
    sql_close(w);
    sql_words(w, "IN ('t', 'true', 'y', 'yes', 'on', '1') THEN 1 WHEN lower");
    dialect_open_call(w);
    sql_name(w, column);
    sql_close(w);
    sql_words(w, "IN ('f', 'false', 'n', 'no', 'off', '0') THEN 0 ELSE");
    sql_name(w, column);
    sql_words(w, "END");
}

const char *sqlite_convert(arena *a, const char *column, migen_type from, migen_type to)
{
    const char *old = sqlite_affinity(a, from), *new = sqlite_affinity(a, to);
    bool number = from.kind != MIGEN_TYPE_BOOL && !text_equal(old, "TEXT") && !text_equal(old, "BLOB");
    sql_writer w = sql_new(a);
    if (to.kind == MIGEN_TYPE_BOOL && from.kind == MIGEN_TYPE_BOOL)
        return NULL;
    if (to.kind == MIGEN_TYPE_BOOL && text_equal(old, "TEXT")) {
        convert_text_to_bool(&w, column);
        return sql_text(&w);
    }
    if (to.kind == MIGEN_TYPE_BOOL && number) {
        sql_name(&w, column);
        sql_words(&w, "<> 0");
        return sql_text(&w);
    }
    if (from.kind == MIGEN_TYPE_BOOL && text_equal(new, "TEXT")) {
        sql_words(&w, "CASE");
        sql_name(&w, column);
        sql_words(&w, "WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
        return sql_text(&w);
    }
    if (text_equal(old, new))
        return NULL;
    if (text_equal(new, "INTEGER") && number) { /* a cast would cut, PostgreSQL rounds */
        sql_words(&w, "CAST(round");
        dialect_open_call(&w);
        sql_name(&w, column);
        sql_close(&w);
        sql_words(&w, "AS INTEGER)");
        return sql_text(&w);
    }
    sql_words(&w, "CAST");
    dialect_open_call(&w);
    sql_name(&w, column);
    sql_words(&w, "AS");
    sql_words(&w, new);
    sql_close(&w);
    return sql_text(&w);
}

/* CAST makes 0 of any word. What is no number is an error here, as on PostgreSQL: it meets a CHECK whose name
 * says so. (Beside a number's affinity the text itself is read as a number, if it is one: section 4.2 there.)
 */
void sqlite_guard_conversion(const dialect_request *r, const schema_table *t, const migen_column *found,
                             migen_type to, table_rebuild *out)
{
    arena *a = r->memory;
    const char *old = sqlite_affinity(a, found->type), *new = sqlite_affinity(a, to);
    if (!text_equal(old, "TEXT") || text_equal(new, "TEXT") || text_equal(new, "BLOB") ||
        to.kind == MIGEN_TYPE_BOOL)
        return;
    out->guarded = found->name;
    char *guard = dialect_own_name(a, t->name.name, "check");
    sql_writer w = sql_new(a);
    sql_words(&w, "CREATE TABLE");
    sql_name(&w, guard);
    sql_open(&w);
    sql_name(&w, found->name);
    sql_words(&w, "CONSTRAINT");
    sql_name(&w, arena_format(a, "%s.%s holds numbers only", t->name.name, found->name));
    sql_words(&w, "CHECK (false)");
    sql_close(&w);
    dialect_push(r, &out->guards, &w, (sql_statement){.lock = LOCK_NONE});
    w = sql_new(a);
    sql_words(&w, "INSERT INTO");
    sql_name(&w, guard);
    sql_words(&w, "SELECT");
    sql_name(&w, found->name);
    sql_words(&w, "FROM");
    sql_name(&w, t->name.name);
    sql_words(&w, "WHERE CAST");
    dialect_open_call(&w);
    sql_name(&w, found->name);
    sql_words(&w, "AS");
    sql_words(&w, new);
    sql_close(&w);
    sql_words(&w, "<>");
    sql_name(&w, found->name);
    sql_words(&w, "LIMIT 1");
    dialect_push(r, &out->guards, &w, (sql_statement){.lock = LOCK_NONE});
    w = sql_new(a);
    sql_words(&w, "DROP TABLE");
    sql_name(&w, guard);
    dialect_push(r, &out->guards, &w, (sql_statement){.lock = LOCK_NONE});
}

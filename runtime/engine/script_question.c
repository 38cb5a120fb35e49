/* The questions of a script, in SQL. */
#include "script_parts.h"

#include "sql_writer.h"
#include "text.h"

char *script_question(arena *a, migen_engine engine, const char *query)
{
    builder b = builder_new(a);
    if (engine == MIGEN_SQLITE)
        builder_add(&b, "coalesce((WITH migen_c(v) AS (\n");
    else
        builder_add(
            &b, "coalesce((SELECT CASE WHEN v IS NULL THEN 0 WHEN pg_catalog.pg_typeof(v)::text IN ('text',"
                " 'character varying', 'character', 'name', '\"char\"', 'unknown') THEN (v::text <> '')::int"
                " ELSE (v::text NOT IN ('', 'f', 'false') AND v::text !~ '^[-0.]+$')::int END FROM (\n");
    builder_add(&b, query);
    if (engine == MIGEN_SQLITE)
        builder_add(&b,
                    "\n) SELECT CASE typeof(v) WHEN 'null' THEN 0 WHEN 'text' THEN v <> '' WHEN 'blob' THEN 1"
                    " ELSE v <> 0 END FROM migen_c LIMIT 1), 0)");
    else
        builder_add(&b, "\n) AS migen_c(v) LIMIT 1), 0)");
    return b.bytes;
}

static void question_begin(sql_writer *w, const char *from)
{
    sql_words(w, "CASE WHEN EXISTS (SELECT 1 FROM");
    sql_words(w, from);
    sql_words(w, "WHERE");
}

static char *question_end(sql_writer *w)
{
    sql_words(w, ") THEN 1 ELSE 0 END");
    return sql_text(w);
}

/* Relations, by the kinds that pg_class has for them. */
static char *question_relation(arena *a, const char *object, const char *kinds, const char *table)
{
    sql_writer w = sql_new(a);
    question_begin(&w, "pg_catalog.pg_class c");
    sql_words(&w, "c.oid = pg_catalog.to_regclass(");
    sql_string(&w, object);
    sql_words(&w, ") AND c.relkind::text = ANY (");
    sql_string(&w, kinds);
    sql_words(&w, "::text[])");
    if (table != NULL) {
        sql_words(&w, "AND c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = "
                      "pg_catalog.to_regclass(");
        sql_string(&w, table);
        sql_words(&w, "))");
    }
    return question_end(&w);
}

/* A thing with a name of its own, perhaps in a table or type that `owner` finds. */
static char *question_named(arena *a, const char *from, const char *name_column, const char *name,
                            const char *owner_column, const char *find_owner, const char *owner)
{
    sql_writer w = sql_new(a);
    question_begin(&w, from);
    sql_words(&w, name_column);
    sql_words(&w, "=");
    sql_string(&w, name);
    if (owner != NULL) {
        sql_words(&w, "AND");
        sql_words(&w, owner_column);
        sql_words(&w, "=");
        sql_words(&w, find_owner);
        sql_open(&w);
        sql_string(&w, owner);
        sql_close(&w);
    }
    return question_end(&w);
}

static char *question_postgres(arena *a, const migen_step *step)
{
    static const char by_relation[] = "pg_catalog.to_regclass";
    object_name name = name_parse(a, step->object == NULL ? "" : step->object);
    switch (step->kind) {
    case MIGEN_KIND_SCHEMA:
        return question_named(a, "pg_catalog.pg_namespace", "nspname", name.name, NULL, NULL, NULL);
    case MIGEN_KIND_EXTENSION:
        return question_named(a, "pg_catalog.pg_extension", "extname", name.name, NULL, NULL, NULL);
    case MIGEN_KIND_ENUM:
        return question_named(a, "pg_catalog.pg_type", "typtype", "e", "oid", "pg_catalog.to_regtype",
                              step->object);
    case MIGEN_KIND_ENUM_VALUE:
        return question_named(a, "pg_catalog.pg_enum", "enumlabel", step->part, "enumtypid",
                              "pg_catalog.to_regtype", step->object);
    case MIGEN_KIND_FUNCTION:
        return question_named(a, "pg_catalog.pg_proc JOIN pg_catalog.pg_namespace n ON n.oid = pronamespace",
                              "proname", name.name, "n.nspname", "", name.schema);
    case MIGEN_KIND_COLUMN:
        return question_named(a, "pg_catalog.pg_attribute", "NOT attisdropped AND attnum > 0 AND attname",
                              step->part, "attrelid", by_relation, step->object);
    case MIGEN_KIND_CONSTRAINT:
        return question_named(a, "pg_catalog.pg_constraint", "conname", step->part, "conrelid", by_relation,
                              step->object);
    case MIGEN_KIND_TRIGGER:
        return question_named(a, "pg_catalog.pg_trigger", "NOT tgisinternal AND tgname", step->part,
                              "tgrelid", by_relation, step->object);
    case MIGEN_KIND_TABLE:
        return question_relation(a, step->object, "{r,p}", NULL);
    case MIGEN_KIND_INDEX:
        return question_relation(a, step->object, "{i,I}", step->part);
    case MIGEN_KIND_VIEW:
        return question_relation(a, step->object, "{v}", NULL);
    case MIGEN_KIND_MATERIALIZED_VIEW:
        return question_relation(a, step->object, "{m}", NULL);
    default:
        return question_relation(a, step->object, "{S}", NULL);
    }
}

static char *question_sqlite(arena *a, const migen_step *step)
{
    const char *name = step->object == NULL ? NULL : name_parse(a, step->object).name;
    switch (step->kind) {
    case MIGEN_KIND_TABLE:
        return question_named(a, "sqlite_schema", "type = 'table' AND lower(name)", text_lower(a, name), NULL,
                              NULL, NULL);
    case MIGEN_KIND_VIEW:
        return question_named(a, "sqlite_schema", "type = 'view' AND lower(name)", text_lower(a, name), NULL,
                              NULL, NULL);
    case MIGEN_KIND_INDEX:
        return question_named(a, "sqlite_schema", "type = 'index' AND lower(name)", text_lower(a, name), NULL,
                              NULL, NULL);
    case MIGEN_KIND_TRIGGER:
        return question_named(a, "sqlite_schema", "type = 'trigger' AND lower(name)",
                              text_lower(a, step->part), "lower(tbl_name)", "lower", name);
    case MIGEN_KIND_COLUMN: {
        sql_writer w = sql_new(a);
        sql_words(&w, "CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo(");
        sql_string(&w, name);
        sql_words(&w, ") WHERE lower(name) =");
        sql_string(&w, text_lower(a, step->part));
        return question_end(&w);
    }
    default:
        return NULL;
    }
}

char *script_question_exists(arena *a, migen_engine engine, const migen_step *step)
{
    return engine == MIGEN_SQLITE ? question_sqlite(a, step) : question_postgres(a, step);
}

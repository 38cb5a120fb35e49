/* A script's parts for psql, and its questions to PostgreSQL's catalogue. */
#include "script_parts.h"

#include "sql_writer.h"
#include "text.h"

/* psql asks, and goes on in one of two texts. */
void postgres_script_ask(script *s, const migen_step *step, const char *question, const char *first,
                         const char *second)
{
    builder_add(&s->out, step->negated || step->unless != NULL ? "SELECT 1 - " : "SELECT ");
    builder_add(&s->out, question);
    builder_add(&s->out, " AS migen_holds \\gset\n");
    script_note_branch(s, step, ":'migen_holds'");
    builder_add_format(&s->out, "\\if :migen_holds\n%s", first);
    if (*second != '\0')
        builder_add_format(&s->out, "\\else\n%s", second);
    builder_add(&s->out, "\\endif\n");
}

void postgres_script_stop(script *s, const char *message)
{
    sql_writer w = sql_new(s->memory), block = sql_new(s->memory);
    sql_words(&block, "BEGIN RAISE EXCEPTION USING MESSAGE =");
    sql_string(&block, message);
    sql_words(&block, "; END");
    sql_words(&w, "DO");
    sql_string(&w, sql_text(&block));
    script_statement(s, sql_text(&w));
}

/* Stops where a run has begun the migration: it is only known there how far it is. */
static void script_stop_at_begun(script *s, const migen_migration *m)
{
    sql_writer w = sql_new(s->memory);
    sql_words(&w, "SELECT coalesce((SELECT direction = 'intent' FROM");
    sql_object(&w, s->history);
    sql_words(&w, "WHERE direction IN ('up', 'down', 'intent') AND id =");
    sql_string(&w, m->id);
    sql_words(&w, "ORDER BY seq DESC LIMIT 1), false) AS migen_begun \\gset\n\\if :migen_begun\n");
    builder_add(&s->out, sql_text(&w));
    postgres_script_stop(
        s, arena_format(s->memory, "%s was begun and not finished: finish it with `up` of the release binary",
                        m->id));
    builder_add(&s->out, "\\endif\n");
}

void postgres_script_due(script *s, const migen_migration *m)
{
    script_stop_at_begun(s, m);
    sql_writer w = sql_new(s->memory);
    sql_words(&w, "SELECT coalesce((SELECT direction <> 'up' FROM");
    sql_object(&w, s->history);
    sql_words(&w, "WHERE direction IN ('up', 'down') AND id =");
    sql_string(&w, m->id);
    sql_words(&w, "ORDER BY seq DESC LIMIT 1), true) AS migen_due \\gset\n\\if :migen_due\nBEGIN;\n");
    builder_add(&s->out, sql_text(&w));
}

char *postgres_script_question(arena *a, const char *query)
{
    builder b = builder_new(a);
    builder_add(&b,
                "coalesce((SELECT CASE WHEN v IS NULL THEN 0 WHEN pg_catalog.pg_typeof(v)::text IN ('text',"
                " 'character varying', 'character', 'name', '\"char\"', 'unknown') THEN (v::text <> '')::int"
                " ELSE (v::text NOT IN ('', 'f', 'false') AND v::text !~ '^[-0.]+$')::int END FROM (\n");
    builder_add(&b, query);
    builder_add(&b, "\n) AS migen_c(v) LIMIT 1), 0)");
    return b.bytes;
}

/* The oid of what a name means, by to_regclass or to_regtype. As such it is compared by an operator of the catalogue's own: an
 * oid = regclass, which the catalogue has none for, may be somebody else's. */
static void question_oid(sql_writer *w, const char *by, const char *object)
{
    sql_words(w, "pg_catalog.");
    sql_words(w, by);
    sql_open(w);
    sql_string(w, object);
    sql_close(w);
    w->space_due = false;
    sql_words(w, "::oid");
}

static char *question_owner(arena *a, const char *by, const char *object)
{
    sql_writer w = sql_new(a);
    question_oid(&w, by, object);
    return sql_text(&w);
}

/* Relations, by the kinds that pg_class has for them. */
static char *question_relation(arena *a, const char *object, const char *kinds, const char *table)
{
    sql_writer w = sql_new(a);
    script_question_begin(&w, "pg_catalog.pg_class c");
    sql_words(&w, "c.oid =");
    question_oid(&w, "to_regclass", object);
    sql_words(&w, "AND c.relkind::text = ANY (");
    sql_string(&w, kinds);
    sql_words(&w, "::text[])");
    if (table != NULL) {
        sql_words(&w, "AND c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid =");
        question_oid(&w, "to_regclass", table);
        sql_words(&w, ")");
    }
    return script_question_end(&w);
}

char *postgres_script_question_exists(arena *a, const migen_step *step)
{
    const char *object = step->object == NULL ? "" : step->object;
    object_name name = name_parse(a, object);
    switch (step->kind) {
    case MIGEN_KIND_SCHEMA:
        return script_question_named(a, "pg_catalog.pg_namespace", "nspname", name.name, NULL, NULL);
    case MIGEN_KIND_EXTENSION:
        return script_question_named(a, "pg_catalog.pg_extension", "extname", name.name, NULL, NULL);
    case MIGEN_KIND_ENUM:
        return script_question_named(a, "pg_catalog.pg_type", "typtype", "e", "oid",
                                     question_owner(a, "to_regtype", object));
    case MIGEN_KIND_ENUM_VALUE:
        return script_question_named(a, "pg_catalog.pg_enum", "enumlabel", step->part, "enumtypid",
                                     question_owner(a, "to_regtype", object));
    case MIGEN_KIND_FUNCTION: {
        sql_writer schema_name = sql_new(a);
        sql_string(&schema_name, name.schema == NULL ? "" : name.schema);
        return script_question_named(
            a, "pg_catalog.pg_proc JOIN pg_catalog.pg_namespace n ON n.oid = pronamespace", "proname",
            name.name, "n.nspname", name.schema == NULL ? NULL : sql_text(&schema_name));
    }
    case MIGEN_KIND_COLUMN:
        return script_question_named(a, "pg_catalog.pg_attribute",
                                     "NOT attisdropped AND attnum > 0 AND attname", step->part, "attrelid",
                                     question_owner(a, "to_regclass", object));
    case MIGEN_KIND_CONSTRAINT:
        /* From PostgreSQL 18 on NOT NULL has constraints too, under names of the server's. */
        return script_question_named(a, "pg_catalog.pg_constraint", "contype <> 'n' AND conname", step->part,
                                     "conrelid", question_owner(a, "to_regclass", object));
    case MIGEN_KIND_TRIGGER:
        return script_question_named(a, "pg_catalog.pg_trigger", "NOT tgisinternal AND tgname", step->part,
                                     "tgrelid", question_owner(a, "to_regclass", object));
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

/* A script's parts for the sqlite3 shell, and its questions to SQLite's catalogue. */
#include "script_parts.h"

#include "sql_writer.h"
#include "text.h"

void sqlite_script_release(script *s)
{
    rebuild_queue waiting = s->waiting;
    s->waiting = (rebuild_queue){0};
    for (size_t i = 0; i < waiting.joined.count; i++) {
        sql_list list = {0};
        table_rebuild_write(s->memory, waiting.joined.items[i], &list);
        for (size_t k = 0; k < list.count; k++)
            script_statement(s, list.items[k].text);
    }
}

/* Where the database may have one of several schemas, each has its own text: there nothing waits. */
static bool sqlite_script_may_wait(const script *s)
{
    return s->worlds.count == 1 && s->worlds.items[0].assumed.count == 0 && !s->is_applied;
}

void sqlite_script_statements(script *s, const sql_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const sql_statement *statement = &list->items[i];
        if (statement->rebuild == NULL || !sqlite_script_may_wait(s)) {
            if (statement->beside == NULL || rebuild_queue_has(&s->waiting, statement->beside))
                sqlite_script_release(s);
            builder_add_format(&s->out, "%s;\n", statement->text);
            continue;
        }
        if ((i != 0 && statement->rebuild == list->items[i - 1].rebuild) ||
            rebuild_queue_add(s->memory, &s->waiting, statement->rebuild, 0))
            continue;
        sqlite_script_release(s);
        (void)rebuild_queue_add(s->memory, &s->waiting, statement->rebuild, 0); /* an empty one takes it */
    }
}

/* SQLite's shell has no such word: the answer is a text that is written to a file, and read. */
void sqlite_script_ask(script *s, const migen_step *step, const char *question, const char *first,
                       const char *second)
{
    const char *file = arena_format(s->memory, "_migen_step_%u.sql", s->depth);
    sql_writer w = sql_new(s->memory);
    sqlite_script_release(s);
    sql_words(&w, "SELECT CASE");
    if (step->negated || step->unless != NULL)
        sql_words(&w, "1 -");
    sql_expression(&w, question);
    sql_words(&w, "WHEN 1 THEN");
    sql_string(&w, first);
    sql_words(&w, "ELSE");
    sql_string(&w, second);
    sql_words(&w, "END");
    builder_add_format(&s->out, ".headers off\n.mode list\n.once %s\n", file);
    script_statement(s, sql_text(&w));
    builder_add_format(&s->out, ".read %s\n.shell rm -f %s\n", file, file);
}

void sqlite_script_stop(script *s, const char *message)
{
    sql_writer w = sql_new(s->memory);
    sql_words(&w, "CREATE TEMP TABLE _migen_guard (stop CONSTRAINT");
    sql_name(&w, message);
    sql_words(&w, "CHECK (stop = 0));\nINSERT INTO _migen_guard VALUES (1)");
    script_statement(s, sql_text(&w));
}

/* SQLite: a second run stops here, and one behind a run that was interrupted, at a CHECK that cannot hold, before anything is
 * changed. */
void sqlite_script_guard(script *s, const migen_migration *m)
{
    sql_writer w = sql_new(s->memory);
    sql_words(&w, "CREATE TEMP TABLE _migen_guard (this_script_has_been_run_already CHECK"
                  " (this_script_has_been_run_already = 0));\nINSERT INTO _migen_guard SELECT count(*) FROM");
    sql_object(&w, s->history);
    sql_words(&w, "WHERE direction = 'up' AND id =");
    sql_string(&w, m->id);
    script_statement(s, sql_text(&w));
    script_statement(s, "DROP TABLE _migen_guard");
    w = sql_new(s->memory);
    sql_words(&w, "CREATE TEMP TABLE _migen_guard (what_is_begun_must_be_finished_with_up_first CHECK"
                  " (what_is_begun_must_be_finished_with_up_first = 0));\nINSERT INTO _migen_guard"
                  " SELECT count(*) FROM");
    sql_object(&w, s->history);
    sql_words(&w, "AS h WHERE h.direction = 'intent' AND h.seq = (SELECT max(seq) FROM");
    sql_object(&w, s->history);
    sql_words(&w, "WHERE id = h.id AND direction IN ('up', 'down', 'intent'))");
    script_statement(s, sql_text(&w));
    script_statement(s, "DROP TABLE _migen_guard");
}

char *sqlite_script_question(arena *a, const char *query)
{
    builder b = builder_new(a);
    builder_add(&b, "coalesce((WITH migen_c(v) AS (\n");
    builder_add(&b, query);
    builder_add(&b, "\n) SELECT CASE typeof(v) WHEN 'null' THEN 0 WHEN 'text' THEN v <> '' WHEN 'blob' THEN 1"
                    " ELSE v <> 0 END FROM migen_c LIMIT 1), 0)");
    return b.bytes;
}

char *sqlite_script_question_exists(arena *a, const migen_step *step)
{
    const char *name = step->object == NULL ? NULL : name_parse(a, step->object).name;
    switch (step->kind) {
    case MIGEN_KIND_TABLE:
        return script_question_named(a, "sqlite_schema", "type = 'table' AND lower(name)",
                                     text_lower(a, name), NULL, NULL);
    case MIGEN_KIND_VIEW:
        return script_question_named(a, "sqlite_schema", "type = 'view' AND lower(name)", text_lower(a, name),
                                     NULL, NULL);
    case MIGEN_KIND_INDEX:
        return script_question_named(a, "sqlite_schema", "type = 'index' AND lower(name)",
                                     text_lower(a, name), NULL, NULL);
    case MIGEN_KIND_TRIGGER: {
        sql_writer table = sql_new(a);
        sql_string(&table, text_lower(a, name));
        return script_question_named(a, "sqlite_schema", "type = 'trigger' AND lower(name)",
                                     text_lower(a, step->part), "lower(tbl_name)", sql_text(&table));
    }
    case MIGEN_KIND_COLUMN: {
        sql_writer w = sql_new(a);
        sql_words(&w, "CASE WHEN EXISTS (SELECT 1 FROM pragma_table_xinfo(");
        sql_string(&w, name);
        sql_words(&w, ") WHERE lower(name) =");
        sql_string(&w, text_lower(a, step->part));
        return script_question_end(&w);
    }
    default:
        return NULL;
    }
}

#include "script.h"

#include "script_parts.h"

#include "history.h"
#include "journal.h"
#include "sql_writer.h"
#include "text.h"
#include "flow.h"
#include "way_text.h"

#include <string.h>

/* Schemas that are followed: each `if` that leads to another one may double them. */
#define SCRIPT_WORLDS 64

void script_statement(script *s, const char *sql)
{
    if (ENGINE_IS_SQLITE(s->engine) && s->waiting.joined.count != 0)
        sqlite_script_release(s);
    builder_add(&s->out, sql);
    builder_add(&s->out, ";\n");
}

void script_note_branch(script *s, const migen_step *step, const char *taken)
{
    if (step->operation == MIGEN_RUN)
        return;
    if (ENGINE_IS_POSTGRES(s->engine))
        builder_add(&s->out, "SELECT pg_catalog.ltrim(:'migen_branches' || ' ");
    else
        builder_add(&s->out, "INSERT INTO _migen_branches SELECT '");
    builder_add_format(&s->out, "%u=' || ", step->branch);
    builder_add(&s->out, taken);
    if (ENGINE_IS_POSTGRES(s->engine))
        builder_add(&s->out, ") AS migen_branches \\gset\n");
    else
        builder_add(&s->out, ";\n");
}

static bool script_has_branches(const migen_migration *m)
{
    for (size_t i = 0; i < m->up_count; i++)
        if (flow_is_condition(&m->up[i]))
            return true;
    return false;
}

/* The answers so far, and an intent's marks, as an expression; NULL: there are none. */
static char *script_answers(script *s, const migen_migration *m, const char *marks)
{
    const char *answers = !script_has_branches(m) ? NULL
                          : ENGINE_IS_POSTGRES(s->engine)
                              ? ":'migen_branches'"
                              : "(SELECT group_concat(branch, ' ') FROM _migen_branches)";
    sql_writer w = sql_new(s->memory);
    if (answers != NULL)
        sql_expression(&w, answers);
    if (answers != NULL && marks != NULL)
        sql_words(&w, "||");
    if (marks != NULL)
        sql_string(&w, arena_format(s->memory, "; %s", marks));
    return answers == NULL && marks == NULL ? NULL : sql_text(&w);
}

static char *script_row(script *s, const migen_migration *m, bool done, size_t row)
{
    sql_writer w = sql_new(s->memory);
    char *marks = done ? NULL : journal_marks(s->memory, m->up, m->up_count, row);
    char *answers = script_answers(s, m, marks);
    sql_words(&w, "INSERT INTO");
    sql_object(&w, s->history);
    sql_names(&w, (const char *const[]){"seq", "id", "hash", "release", "direction", "outcome", "who",
                                        "way_down", "step", answers == NULL ? NULL : "branches", NULL});
    sql_words(&w, "VALUES");
    sql_open(&w);
    history_next_number(&w, s->history);
    const char *values[] = {m->id,
                            m->hash,
                            s->release->release,
                            done ? "up" : "intent",
                            done ? "applied" : "started",
                            "script",
                            way_text(s->memory, done ? m : journal_way_back(s->memory, m, row))};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        sql_comma(&w);
        sql_string(&w, values[i]);
    }
    sql_comma(&w);
    sql_integer(&w, (int64_t)row);
    if (answers != NULL) {
        sql_comma(&w);
        sql_expression(&w, answers);
    }
    sql_close(&w);
    return sql_text(&w);
}

char *script_history_row(script *s, const migen_migration *m)
{
    return script_row(s, m, true, 0);
}

char *script_intent_row(script *s, const migen_migration *m, size_t row)
{
    return script_row(s, m, false, row);
}

static status script_refuse(script *s, const char *what)
{
    status code = error_set(s->error, STATUS_FAILED, "%s:%u: %s cannot be in a script", s->migration->file,
                            s->line, what);
    error_hint(s->error, "run the release binary instead");
    return code;
}

static status script_step(script *s, const migen_step *step, size_t at)
{
    if (step->operation == MIGEN_CALL)
        return s->is_applied ? STATUS_OK : script_refuse(s, arena_format(s->memory, "call %s", step->text));
    if (step->operation == MIGEN_SAY || step->operation == MIGEN_MIGRATION_SUMMARY) {
        if (step->operation == MIGEN_SAY && strchr(step->text, '\n') == NULL)
            builder_add_format(&s->out, "-- %s\n", step->text);
        return STATUS_OK;
    }
    script_worlds_step(s, step, at);
    return STATUS_OK;
}

static status script_rows(script *s, size_t from, size_t to);

/* Both branches as texts, each from the worlds before them. */
static status script_branches(script *s, const migen_step *step, size_t first, size_t otherwise, size_t end,
                              const char *question)
{
    if (ENGINE_IS_SQLITE(s->engine))
        sqlite_script_release(s);
    builder outside = s->out;
    script_worlds after[2];
    const script_worlds before[2] = {script_worlds_in(s, step, true), script_worlds_in(s, step, false)};
    const char *texts[2];
    s->depth++;
    for (int i = 0; i < 2; i++) {
        s->out = builder_new(s->memory);
        if (ENGINE_IS_SQLITE(s->engine)) /* psql's is noted where it is asked */
            script_note_branch(s, step, i == 0 ? "'1'" : "'0'");
        s->worlds = before[i];
        status code = i == 0 ? script_rows(s, first, otherwise) : script_rows(s, otherwise, end);
        if (code != STATUS_OK)
            return code;
        if (ENGINE_IS_SQLITE(s->engine))
            sqlite_script_release(s);
        after[i] = s->worlds;
        texts[i] = s->out.bytes;
    }
    s->depth--;
    s->out = outside;
    script_worlds_assume(s, &after[0], step, !step->negated, otherwise, end);
    script_worlds_assume(s, &after[1], step, step->negated, first, otherwise);
    s->worlds = script_worlds_joined(s, &after[0], &after[1], end);
    if (s->worlds.count > SCRIPT_WORLDS) {
        status code = error_set(s->error, STATUS_FAILED,
                                "%s:%u: up to here, branches may have led to more than %d schemas, which is"
                                " more than a script can follow",
                                s->migration->file, s->line, SCRIPT_WORLDS);
        error_hint(s->error, "run the release binary instead");
        return code;
    }
    ENGINE_OWN(s->engine, script_ask)(s, step, question, texts[0], texts[1]);
    return STATUS_OK;
}

/* What is asked: NULL where the answer is known to be `known` in all worlds. */
static const char *script_if_question(script *s, const migen_step *step, bool *known)
{
    *known = false;
    if (step->operation == MIGEN_IF_SQL)
        return ENGINE_OWN(s->engine, script_question)(s->memory, step->when);
    const script_answer *knowing = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s->worlds.count; i++)
        if (script_world_knows(&s->worlds.items[i], step) && count++ == 0)
            knowing = s->worlds.items[i].when;
        else if (script_world_knows(&s->worlds.items[i], step))
            knowing = script_answer_either(s->memory, knowing, s->worlds.items[i].when);
    *known = count == s->worlds.count;
    if (*known)
        return NULL;
    const char *question = ENGINE_OWN(s->engine, script_question_exists)(s->memory, step);
    return question == NULL && count != 0 ? script_answer_question(s, knowing) : question;
}

/* An `if`: asked when it is its turn, unless the release itself has made what it asks for. */
static status script_if(script *s, const migen_step *step, size_t first, size_t otherwise, size_t end)
{
    bool known = false;
    const char *question = script_if_question(s, step, &known);
    if (question != NULL)
        return script_branches(s, step, first, otherwise, end, question);
    bool taken = known != step->negated;
    script_note_branch(s, step, taken ? "'1'" : "'0'");
    return taken ? script_rows(s, first, otherwise) : script_rows(s, otherwise, end);
}

size_t script_block_end(const migen_migration *m, size_t at, size_t *otherwise)
{
    size_t depth = 0;
    *otherwise = NO_STATEMENT;
    for (at++; at < m->up_count; at++) {
        migen_operation operation = m->up[at].operation;
        if (operation == MIGEN_ELSE && depth == 0)
            *otherwise = at;
        if (operation == MIGEN_ON_ENGINE || flow_is_condition(&m->up[at]))
            depth++;
        if ((operation == MIGEN_END_IF || operation == MIGEN_END_ON) && depth-- == 0)
            break;
    }
    if (*otherwise == NO_STATEMENT)
        *otherwise = at;
    return at;
}

static status script_rows(script *s, size_t from, size_t to)
{
    const migen_migration *m = s->migration;
    for (size_t at = from; at < to; at++) {
        const migen_step *step = &m->up[at];
        size_t otherwise = at;
        status code = STATUS_OK;
        s->line = m->up_lines == NULL ? 0 : m->up_lines[at];
        if (flow_is_condition(step)) {
            size_t end = script_block_end(m, at, &otherwise);
            code = script_if(s, step, at + 1, otherwise, end);
            at = end;
        } else if (step->operation == MIGEN_ON_ENGINE && (step->engines & (unsigned)s->engine) == 0) {
            at = script_block_end(m, at, &otherwise);
        } else if (step->operation != MIGEN_ON_ENGINE && step->operation != MIGEN_END_ON &&
                   step->operation != MIGEN_END_IF && step->operation != MIGEN_ELSE &&
                   step->operation != MIGEN_NOTHING) {
            code = script_step(s, step, at);
        }
        if (code != STATUS_OK)
            return code;
    }
    return STATUS_OK;
}

/* What a migration has made, others may use once it is done. */
static void script_share_tables(script *s)
{
    for (size_t i = 0; i < s->worlds.count; i++) {
        schema *model = s->worlds.items[i].schema;
        for (size_t k = 0; k < model->tables.count; k++) {
            const map_entry *entry = &model->tables.entries[k];
            const schema_table *t = entry->removed ? NULL : entry->value;
            if (t != NULL && t->fresh)
                schema_change_table(model, t)->fresh = false;
        }
    }
}

static status script_migration(script *s, const migen_migration *m)
{
    if (script_has_branches(m))
        builder_add(&s->out, ENGINE_IS_POSTGRES(s->engine) ? "\\set migen_branches ''\n"
                                                           : "CREATE TEMP TABLE _migen_branches (branch);\n");
    s->is_split = false;
    status code = script_rows(s, 0, m->up_count);
    if (code != STATUS_OK)
        return code;
    script_statement(s, script_history_row(s, m));
    if (ENGINE_IS_POSTGRES(s->engine))
        script_share_tables(s);
    if (script_has_branches(m) && ENGINE_IS_SQLITE(s->engine))
        script_statement(s, "DROP TABLE _migen_branches");
    return STATUS_OK;
}

/* A migration that the database has, without its text: its branches are in the history by then. */
static status script_play(script *s)
{
    builder out = s->out;
    s->out = builder_new(s->memory);
    s->is_applied = true;
    status code = script_rows(s, 0, s->migration->up_count);
    s->is_applied = false;
    s->out = out;
    return code;
}

static void script_head(script *s)
{
    driver_statement create[2];
    size_t count = history_create_statements(s->memory, s->engine, s->history, create);
    builder_add_format(&s->out, "-- %s %s, for %s\n", s->release->project, s->release->release,
                       ENGINE_IS_POSTGRES(s->engine) ? "psql" : "the sqlite3 shell");
    if (ENGINE_IS_POSTGRES(s->engine)) {
        builder_add(&s->out, "\\set ON_ERROR_STOP on\n");
        postgres_script_patience(s, s->options->ddl_lock_timeout);
    } else {
        builder_add(&s->out, ".bail on\nPRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n");
    }
    for (size_t i = 0; i < count; i++)
        script_statement(s, create[i].sql);
}

status script_write(arena *a, const migen_release *release, migen_engine engine, object_name history,
                    const run_options *options, const bool *applied, const bool *left_out, char **out,
                    error *e)
{
    script s = {.memory = a,
                .release = release,
                .engine = engine,
                .history = history,
                .options = options,
                .out = builder_new(a),
                .error = e};
    script_world empty = {.schema = schema_new(a, engine)};
    vector_push(a, &s.worlds, empty);
    bool guarded = false;
    script_head(&s);
    for (size_t i = 0; i < release->migration_count; i++) {
        const migen_migration *m = release->migrations[i];
        s.migration = m;
        if (applied[i]) {
            status code = script_play(&s);
            if (code != STATUS_OK)
                return code;
        }
        if (left_out[i])
            continue;
        if (ENGINE_IS_SQLITE(engine) && !guarded)
            sqlite_script_guard(&s, m);
        guarded = true;
        builder_add_format(&s.out, "\n-- %s  %s\n", m->id, m->title);
        if (ENGINE_IS_POSTGRES(engine))
            postgres_script_due(&s, m);
        status code = script_migration(&s, m);
        if (code != STATUS_OK)
            return code;
        if (ENGINE_IS_POSTGRES(engine))
            builder_add(&s.out, "COMMIT;\n\\endif\n");
    }
    builder_add(&s.out, ENGINE_IS_SQLITE(engine) ? "\nCOMMIT;\n" : "\nRESET lock_timeout;\n");
    *out = s.out.bytes;
    return STATUS_OK;
}

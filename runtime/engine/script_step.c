/*
 * script_step.c: what a script says of one step, where the schema before it is known.
 */
#include "script_parts.h"

#include "dialect_remade.h"
#include "text.h"

#include <string.h>

static void script_statements(script *s, size_t at, const sql_list *list)
{
    if (ENGINE_IS_POSTGRES(s->engine))
        postgres_script_statements(s, at, list);
    else if (ENGINE_IS_SQLITE(s->engine))
        sqlite_script_statements(s, list);
}

static void script_run(script *s, const migen_step *step, size_t at, const sql_list *statements)
{
    const char *condition = step->when != NULL ? step->when : step->unless;
    if (ENGINE_IS_SQLITE(s->engine))
        sqlite_script_release(s);
    builder outside = s->out;
    if (condition != NULL)
        s->out = builder_new(s->memory);
    if (ENGINE_IS_POSTGRES(s->engine) && s->migration->transaction_none)
        postgres_script_alone(s, at, statements);
    else
        script_statements(s, at, statements);
    if (condition == NULL)
        return;
    const char *text = s->out.bytes;
    s->out = outside;
    const char *question = ENGINE_OWN(s->engine, script_question)(s->memory, condition);
    ENGINE_OWN(s->engine, script_ask)(s, step, question, text, "");
}

static void script_stop(script *s, const char *why)
{
    const char *message =
        arena_format(s->memory, "%s:%u: %s: no script can go on, run the release binary instead",
                     s->migration->file, s->line, why);
    ENGINE_OWN(s->engine, script_stop)(s, message);
}

static size_t script_strange(const script *s, const script_world *w, const char *object)
{
    for (size_t i = 0; i < w->strange.count; i++)
        if (ENGINE_IS_SQLITE(s->engine) ? text_equal_word(w->strange.items[i], object)
                                        : text_equal(w->strange.items[i], object))
            return i;
    return NO_STATEMENT;
}

/* What a drop or rename asks for; kind 0: it is neither. */
static migen_step script_taken_away(const migen_step *step)
{
    migen_step ask = {.operation = MIGEN_IF_EXISTS, .object = step->object, .part = step->part};
    switch (step->operation) {
    case MIGEN_DROP_SCHEMA:
        ask.kind = MIGEN_KIND_SCHEMA;
        break;
    case MIGEN_DROP_EXTENSION:
        ask.kind = MIGEN_KIND_EXTENSION;
        break;
    case MIGEN_DROP_ENUM:
    case MIGEN_RENAME_ENUM:
        ask.kind = MIGEN_KIND_ENUM;
        break;
    case MIGEN_RENAME_ENUM_VALUE:
        ask.kind = MIGEN_KIND_ENUM_VALUE;
        break;
    case MIGEN_DROP_SEQUENCE:
        ask.kind = MIGEN_KIND_SEQUENCE;
        break;
    case MIGEN_DROP_TABLE:
    case MIGEN_RENAME_TABLE:
        ask.kind = MIGEN_KIND_TABLE;
        break;
    case MIGEN_DROP_COLUMN:
    case MIGEN_RENAME_COLUMN:
        ask.kind = MIGEN_KIND_COLUMN;
        break;
    case MIGEN_DROP_CONSTRAINT:
    case MIGEN_RENAME_CONSTRAINT:
        ask.kind = MIGEN_KIND_CONSTRAINT;
        break;
    case MIGEN_DROP_VIEW:
        ask.kind = MIGEN_KIND_VIEW;
        break;
    case MIGEN_DROP_MATERIALIZED_VIEW:
        ask.kind = MIGEN_KIND_MATERIALIZED_VIEW;
        break;
    case MIGEN_DROP_INDEX:
    case MIGEN_RENAME_INDEX:
        ask.kind = MIGEN_KIND_INDEX;
        break;
    case MIGEN_DROP_FUNCTION:
        ask.kind = MIGEN_KIND_FUNCTION;
        break;
    case MIGEN_DROP_TRIGGER:
        ask.kind = step->object == NULL ? 0 : MIGEN_KIND_TRIGGER;
        break;
    default:
        break;
    }
    return ask;
}

/* A drop or rename of what the model has not: it is there where somebody else has made it. */
static bool script_takes_strange(script *s, script_world *w, const migen_step *step)
{
    static const migen_step asking = {.operation = MIGEN_RUN};
    migen_step ask = script_taken_away(step);
    if (ask.kind == 0)
        return false;
    if (ENGINE_IS_SQLITE(s->engine))
        sqlite_script_release(s);
    bool table = ask.kind == MIGEN_KIND_TABLE;
    size_t strange = table ? script_strange(s, w, step->object) : NO_STATEMENT;
    const char *question = ENGINE_OWN(s->engine, script_question_exists)(s->memory, &ask);
    bool writable = table || ENGINE_IS_POSTGRES(s->engine);
    sql_list statements = {0};
    if (writable && (strange != NO_STATEMENT || question != NULL))
        dialect_write(&(dialect_request){.memory = s->memory, .before = s->schema, .step = step},
                      &statements);
    builder outside = s->out;
    s->out = builder_new(s->memory);
    for (size_t i = 0; i < statements.count; i++)
        script_statement(s, statements.items[i].text);
    if (statements.count == 0)
        script_stop(s, arena_format(s->memory, "what %s works on is not made by the migrations",
                                    step_words(s->memory, step)));
    const char *text = s->out.bytes;
    s->out = outside;
    if (strange == NO_STATEMENT && question != NULL) {
        ENGINE_OWN(s->engine, script_ask)(s, &asking, question, text, "");
        return true;
    }
    if (strange == NO_STATEMENT) /* there is none of that kind on SQLite: what is not there is gone */
        return true;
    builder_add(&s->out, text);
    vector_remove(&w->strange, strange);
    if (step->operation == MIGEN_RENAME_TABLE) {
        object_name name = name_parse(s->memory, step->object);
        name.name = step->new_name;
        vector_push(s->memory, &w->strange, name_text(s->memory, name));
    }
    return true;
}

/* SQLite: a rebuild keeps the columns that are known. A table that was there before the migrations may have others. */
static void script_guard_rebuild(script *s, const script_world *w, const sql_list *statements)
{
    static const migen_step asking = {.operation = MIGEN_RUN};
    for (size_t i = 0; i < w->assumed.count; i++) {
        const script_assumed *assumed = &w->assumed.items[i];
        const schema_table *t = schema_find_table(s->schema, assumed->object);
        bool rebuilt = false;
        for (size_t k = 0; k < statements->count && t != NULL; k++)
            rebuilt = rebuilt || (statements->items[k].rebuild != NULL &&
                                  strstr(statements->items[k].text,
                                         dialect_rebuild_name(s->memory, t->name.name)) != NULL);
        if (!rebuilt)
            continue;
        if (ENGINE_IS_SQLITE(s->engine))
            sqlite_script_release(s);
        builder outside = s->out;
        s->out = builder_new(s->memory);
        script_stop(s, arena_format(s->memory,
                                    "table %s was there before the migrations, with columns that"
                                    " only a look at it tells",
                                    assumed->object));
        const char *text = s->out.bytes;
        s->out = outside;
        ENGINE_OWN(s->engine, script_ask)
        (s, &asking, script_answer_question(s, assumed->when), text, "");
    }
}

static bool script_needs_table(const migen_step *step)
{
    return step->operation == MIGEN_SEED || step->operation == MIGEN_BACKFILL;
}

/* What one step does to several things, one after the other: some may be there, or gone. False: it is none. */
static bool script_one_by_one(script *s, script_world *w, const migen_step *step, size_t at)
{
    migen_operation one = step->operation == MIGEN_ADD_COLUMNS                ? MIGEN_ADD_COLUMN
                          : step->operation == MIGEN_DROP_COLUMNS             ? MIGEN_DROP_COLUMN
                          : step->operation == MIGEN_ADD_MULTIPLE_ENUM_VALUES ? MIGEN_ADD_ENUM_VALUE
                                                                              : MIGEN_NOTHING;
    size_t count = step->operation == MIGEN_ADD_COLUMNS ? step->column_count : list_length(step->values);
    for (size_t i = 0; one != MIGEN_NOTHING && i < count; i++) {
        migen_step *single = ARENA_NEW(s->memory, migen_step); /* the model keeps what it says */
        *single = *step;
        single->operation = one;
        single->values = NULL;
        if (one == MIGEN_ADD_COLUMN) {
            single->columns = &step->columns[i];
            single->column_count = 1;
        } else {
            single->part = step->values[i];
        }
        script_world_step(s, w, single, at);
    }
    return one != MIGEN_NOTHING;
}

void script_world_step(script *s, script_world *w, const migen_step *step, size_t at)
{
    s->schema = w->schema;
    schema *after = schema_copy(s->memory, w->schema);
    violation v = {0};
    violation_kind kind = schema_apply(after, step, &v);
    if (kind != VIOLATION_NONE && script_one_by_one(s, w, step, at))
        return;
    bool absent = kind == VIOLATION_ALREADY || kind == VIOLATION_MISSING;
    if ((absent && script_takes_strange(s, w, step)) || kind == VIOLATION_ALREADY)
        return;
    if (kind != VIOLATION_NONE) {
        script_stop(s, v.message);
        return;
    }
    sql_list statements = {0};
    dialect_request request = {.memory = s->memory,
                               .before = s->schema,
                               .step = step,
                               .remade = dialect_remade(s->memory, s->schema, step),
                               .waiting = &s->waiting};
    dialect_write(&request, &statements);
    if (statements.count == 0 && script_needs_table(step) &&
        schema_find_table(s->schema, step->object) == NULL)
        script_stop(s, arena_format(s->memory, "there is no table %s", step->object));
    if (ENGINE_IS_SQLITE(s->engine))
        script_guard_rebuild(s, w, &statements);
    bool online = ENGINE_IS_POSTGRES(s->engine) && postgres_script_online(s, step, at, &statements);
    w->schema = after;
    const schema_table *made = step->operation == MIGEN_CREATE_TABLE && !s->is_applied
                                   ? schema_find_table(after, step->table->name)
                                   : NULL;
    if (made != NULL) /* nobody else has it yet */
        schema_change_table(after, made)->fresh = true;
    if (online)
        return;
    if (step->operation == MIGEN_RUN)
        script_run(s, step, at, &statements);
    else
        script_statements(s, at, &statements);
}

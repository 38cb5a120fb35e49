/*
 * rawness.c: what the model cannot know, because raw SQL, C or a statement that could not be read made it.
 *
 * Idea       A name that a history's raw SQL mentions may have been made there. It gets a stand-in in the
 * model (a table described like somebody else's, which is never verified), so that what builds on it can
 * still be checked.
 */
#include "sema.h"

#include "sql_normal.h"

#include <ctype.h>
#include <strings.h>

void sema_remember_raw(sema *s, const ast_statement *statement)
{
    if (statement->step.operation == MIGEN_CALL && statement->call_file) {
        for (size_t i = 0; i < s->current->called.count; i++)
            vector_push(s->memory, &s->raw, s->current->called.items[i]->source->bytes);
        return;
    }
    for (const char *const *sql = statement->step.sql; sql && *sql; sql++)
        if (!sql_leaves_schema(*sql, s->release->project->engines))
            vector_push(s->memory, &s->raw, *sql);
}

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether name stands in text as a word of its own, quoted or not; also inside a DO block's string. */
static bool has_word(const char *text, const char *name)
{
    size_t length = strlen(name);
    if (length == 0)
        return false;
    for (const char *at = text; *at; at++) {
        if (strncasecmp(at, name, length) == 0 && (at == text || !is_name_character(at[-1])) &&
            !is_name_character(at[length]))
            return true;
    }
    return false;
}

bool sema_raw_mentions(const sema *s, const char *word)
{
    if (!word)
        return false;
    object_name name = name_parse(s->memory, word);
    for (size_t i = 0; i < s->raw.count; i++)
        if (has_word(s->raw.items[i], name.name ? name.name : word))
            return true;
    return false;
}

/* A statement that the parser gave up may have made the name; its own error has been said. */
bool sema_broken_mentions(const sema *s, const char *word, span place)
{
    if (!word)
        return false;
    object_name name = name_parse(s->memory, word);
    for (size_t i = 0; i < s->broken.count; i++) {
        const ast_file *file = s->broken.items[i];
        const char *text = file->source->bytes;
        if (file == s->current->file)
            text = arena_copy(s->memory, text, place.start);
        if (has_word(text, name.name ? name.name : word))
            return true;
    }
    return false;
}

static const char *stub_key(sema *s, size_t engine, const char *object)
{
    return arena_format(s->memory, "%zu:%s", engine, name_text(s->memory, name_parse(s->memory, object)));
}

static bool word_is_table_of_constraint(const migen_constraint *c, const char *word)
{
    return c && c->references == word;
}

/* The table that word names in the step, when it names one. */
static bool word_is_table(const migen_step *step, const char *word)
{
    if (word == step->object)
        return step->operation != MIGEN_DROP_INDEX && step->operation != MIGEN_RENAME_INDEX;
    for (size_t i = 0; i < step->column_count; i++)
        if (step->columns[i].references == word)
            return true;
    if (word_is_table_of_constraint(step->constraint, word))
        return true;
    for (size_t i = 0; step->table && i < step->table->column_count; i++)
        if (step->table->columns[i].references == word)
            return true;
    for (size_t i = 0; step->table && i < step->table->constraint_count; i++)
        if (word_is_table_of_constraint(&step->table->constraints[i], word))
            return true;
    return false;
}

/* The table in which the step looks for the column that word names. */
static const char *table_of_column(const migen_step *step, const char *word)
{
    const migen_table *t = step->table;
    for (size_t i = 0; i < step->column_count; i++)
        if (step->columns[i].references_column == word)
            return step->columns[i].references;
    for (size_t i = 0; t && i < t->column_count; i++)
        if (t->columns[i].references_column == word)
            return t->columns[i].references;
    for (size_t i = 0; i <= (t ? t->constraint_count : 0); i++) {
        const migen_constraint *c = i == 0 ? step->constraint : &t->constraints[i - 1];
        for (const char *const *name = c ? c->references_columns : NULL; name && *name; name++)
            if (*name == word)
                return c->references;
    }
    return step->object;
}

static bool is_operation_on_table(const migen_step *step)
{
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
    case MIGEN_DROP_COLUMN:
    case MIGEN_DROP_COLUMNS:
    case MIGEN_RENAME_COLUMN:
    case MIGEN_ALTER_COLUMN:
    case MIGEN_CREATE_INDEX:
    case MIGEN_ADD_CONSTRAINT:
    case MIGEN_DROP_CONSTRAINT:
    case MIGEN_RENAME_CONSTRAINT:
    case MIGEN_RENAME_TABLE:
    case MIGEN_CREATE_TRIGGER:
    case MIGEN_COMMENT_ON_TABLE:
    case MIGEN_COMMENT_ON_COLUMN:
    case MIGEN_SEED:
    case MIGEN_BACKFILL:
    case MIGEN_MIGRATION_SUMMARY:
        return true;
    default:
        return false;
    }
}

static bool add_stub_table(sema *s, size_t engine, const char *object)
{
    if (!sema_raw_mentions(s, object) || map_has(&s->stubs, stub_key(s, engine, object)))
        return false;
    migen_column *id = ARENA_NEW(s->memory, migen_column);
    *id = (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_ID}};
    migen_table *table = ARENA_NEW(s->memory, migen_table);
    *table = (migen_table){.name = object, .columns = id, .column_count = 1};
    migen_step *given = ARENA_NEW(s->memory, migen_step);
    *given = (migen_step){.operation = MIGEN_GIVEN_TABLE, .object = object, .table = table};
    violation ignored;
    if (schema_apply(s->model[engine], given, &ignored) != VIOLATION_NONE)
        return false;
    map_set(&s->stubs, stub_key(s, engine, object), given);
    return true;
}

bool sema_add_stub(sema *s, size_t engine, const migen_step *step, const violation *v)
{
    if (!v->word || !is_operation_on_table(step))
        return false;
    if (word_is_table(step, v->word))
        return add_stub_table(s, engine, v->word);
    const char *object = table_of_column(step, v->word);
    if (!object || !map_has(&s->stubs, stub_key(s, engine, object)))
        return false;
    schema_table *t = schema_change_table(s->model[engine], schema_find_table(s->model[engine], object));
    if (!t || table_find_column(t, v->word))
        return false;
    bool is_key = text_ends_with(v->word, "_id");
    migen_column column = {.name = v->word, .type = {.kind = is_key ? MIGEN_TYPE_BIGINT : MIGEN_TYPE_TEXT}};
    vector_push(s->model[engine]->memory, &t->columns, column);
    return true;
}

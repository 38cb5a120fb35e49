/*
 * script_alike.c: worlds that differ in nothing that matters to what comes are one, so that `if`s which have nothing to do with each
 * other do not multiply the schemas that a script follows. A table that one of them lacks does not matter where nothing behind says
 * its name; nor does a column, with its keys and indexes, where what works on its table is of a kind that asks for no other columns.
 */
#include "script_parts.h"

#include "text.h"
#include "types.h"
#include "way_text.h"

#include <ctype.h>
#include <string.h>

/* One text says the other as a word, in whatever place. */
static bool alike_says(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        bool ends = !(isalnum((unsigned char)at[length]) || at[length] == '_');
        if (begins && ends)
            return true;
    }
    return false;
}

/* Names that every text writes as they are. */
static bool alike_is_plain(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && *c != '_')
            return false;
    return *name != '\0';
}

/* What the steps behind row `end` say, in small letters. */
typedef struct alike_step {
    const migen_step *step;
    const char *text;
} alike_step;

typedef VECTOR(alike_step) alike_steps;

static alike_steps alike_behind(const script *s, size_t end)
{
    alike_steps steps = {0};
    bool behind = false;
    for (size_t i = 0; i < s->release->migration_count; i++) {
        const migen_migration *m = s->release->migrations[i];
        for (size_t at = m == s->migration ? end : 0; (behind || m == s->migration) && at < m->up_count;
             at++) {
            alike_step one = {&m->up[at], text_lower(s->memory, way_step_text(s->memory, &m->up[at]))};
            vector_push(s->memory, &steps, one);
        }
        behind = behind || m == s->migration;
    }
    return steps;
}

static bool alike_is_said(const script *s, const alike_steps *steps, const char *name)
{
    const char *word = text_lower(s->memory, name);
    bool said = !alike_is_plain(name);
    for (size_t i = 0; i < steps->count && !said; i++)
        said = alike_says(steps->items[i].text, word);
    return said;
}

/* Whether the step's SQL says nothing of columns that it does not name. */
static bool alike_is_calm(const script *s, const schema *model, const migen_step *step)
{
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
    case MIGEN_CREATE_INDEX:
    case MIGEN_COMMENT_ON_TABLE:
    case MIGEN_COMMENT_ON_COLUMN:
    case MIGEN_SEED:
    case MIGEN_BACKFILL:
    case MIGEN_RUN:
    case MIGEN_SAY:
    case MIGEN_MIGRATION_SUMMARY:
    case MIGEN_IF_SQL:
    case MIGEN_IF_EXISTS:
        return true;
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
    case MIGEN_ADD_CONSTRAINT:
        break;
    case MIGEN_ALTER_COLUMN:
        if (step->alteration->set_type)
            return false;
        break;
    default:
        return false;
    }
    if (ENGINE_IS_POSTGRES(s->engine))
        return true;
    schema *after =
        schema_copy(s->memory, model); /* a table that SQLite makes anew is written with all of its columns */
    violation v = {0};
    sql_list statements = {0};
    if (schema_apply(after, step, &v) != VIOLATION_NONE)
        return false;
    dialect_write(&(dialect_request){.memory = s->memory, .before = model, .step = step}, &statements);
    for (size_t i = 0; i < statements.count; i++)
        if (statements.items[i].rebuild != NULL)
            return false;
    return true;
}

/* Whether all that comes on the table is calm, and no view stands on it, which may have a star. */
static bool alike_table_is_calm(const script *s, const schema *model, const alike_steps *steps,
                                const schema_table *t)
{
    const char *word = text_lower(s->memory, t->name.name);
    if (!alike_is_plain(t->name.name) || t->triggers.count != 0)
        return false;
    for (size_t i = 0; i < model->views.count; i++) {
        const map_entry *entry = &model->views.entries[i];
        const schema_view *view = entry->removed ? NULL : entry->value;
        if (view != NULL && (view->sql == NULL || alike_says(text_lower(s->memory, view->sql), word)))
            return false;
    }
    for (size_t i = 0; i < steps->count; i++)
        if (alike_says(steps->items[i].text, word) && !alike_is_calm(s, model, steps->items[i].step))
            return false;
    return true;
}

/* A table that only one of them has. */
static bool alike_is_done_with(const script *s, const schema *model, const alike_steps *steps,
                               const schema_table *t)
{
    if (t->triggers.count != 0 || alike_is_said(s, steps, t->name.name))
        return false;
    for (size_t i = 0; i < t->columns.count; i++)
        if (t->columns.items[i].type.kind == MIGEN_TYPE_ENUM)
            return false;
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *c = &t->constraints.items[i];
        const schema_table *target =
            c->kind == MIGEN_FOREIGN_KEY ? schema_find_table(model, c->references) : NULL;
        if (c->kind == MIGEN_FOREIGN_KEY && target != t &&
            (target == NULL || !alike_table_is_calm(s, model, steps, target)))
            return false;
    }
    return true;
}

static bool alike_column_is_done_with(const script *s, const alike_steps *steps, const migen_column *column)
{
    migen_type_kind kind = column->type.kind;
    return kind != MIGEN_TYPE_ENUM && kind != MIGEN_TYPE_NATIVE && !type_numbers_itself(column->type) &&
           column->generated == NULL && !alike_is_said(s, steps, column->name);
}

static bool alike_index_has(const migen_index *index, const char *column)
{
    for (size_t i = 0; i < index->item_count; i++)
        if (text_equal(index->items[i].column, column))
            return true;
    return false;
}

/* Takes a column off, with what belongs to it and is said by nothing behind. */
static void alike_take_column(const script *s, const alike_steps *steps, schema *model, schema_table *t,
                              const char *column)
{
    for (size_t i = t->constraints.count; i-- > 0;) {
        const migen_constraint *c = &t->constraints.items[i];
        const schema_table *target =
            c->kind == MIGEN_FOREIGN_KEY ? schema_find_table(model, c->references) : NULL;
        bool on = c->kind == MIGEN_CHECK ? alike_says(c->expression, column)
                                         : c->kind != MIGEN_PRIMARY_KEY && list_contains(c->columns, column);
        bool free_of = c->kind != MIGEN_FOREIGN_KEY || target == t ||
                       (target != NULL && alike_table_is_calm(s, model, steps, target));
        if (on && free_of && !alike_is_said(s, steps, c->name))
            vector_remove(&t->constraints, i);
    }
    for (size_t i = t->indexes.count; i-- > 0;)
        if (alike_index_has(&t->indexes.items[i], column) &&
            !alike_is_said(s, steps, t->indexes.items[i].name))
            vector_remove(&t->indexes, i);
    for (size_t i = t->columns.count; i-- > 0;)
        if (text_equal(t->columns.items[i].name, column))
            vector_remove(&t->columns, i);
}

static void alike_take_columns(const script *s, const alike_steps *steps, const schema *whole, schema *left,
                               const schema_table *t, const schema_table *other)
{
    VECTOR(const char *) gone = {0};
    for (size_t i = 0; i < t->columns.count; i++)
        if (table_find_column(other, t->columns.items[i].name) == NULL &&
            alike_column_is_done_with(s, steps, &t->columns.items[i]))
            vector_push(s->memory, &gone, t->columns.items[i].name);
    if (gone.count == 0 || !alike_table_is_calm(s, whole, steps, t))
        return;
    schema_table *own = schema_change_table(left, schema_find_table(left, name_text(s->memory, t->name)));
    for (size_t i = 0; i < gone.count; i++)
        alike_take_column(s, steps, left, own, gone.items[i]);
}

/* Without what the other one has not, and that does not matter any more. */
static const char *alike_dump(const script *s, const schema *model, const schema *other,
                              const alike_steps *steps)
{
    schema *left = schema_copy(s->memory, model);
    for (size_t i = 0; i < model->tables.count; i++) {
        const map_entry *entry = &model->tables.entries[i];
        const schema_table *t = entry->removed ? NULL : entry->value;
        const schema_table *there = t == NULL ? NULL : schema_find_table(other, entry->key);
        if (t != NULL && there == NULL && alike_is_done_with(s, model, steps, t))
            map_remove(&left->tables, entry->key);
        else if (t != NULL && there != NULL)
            alike_take_columns(s, steps, model, left, t, there);
    }
    return schema_dump(s->memory, left);
}

bool script_worlds_are_alike(const script *s, const script_world *one, const script_world *other, size_t end)
{
    if (text_equal(schema_dump(s->memory, one->schema), schema_dump(s->memory, other->schema)))
        return true;
    alike_steps steps = alike_behind(s, end);
    return text_equal(alike_dump(s, one->schema, other->schema, &steps),
                      alike_dump(s, other->schema, one->schema, &steps));
}

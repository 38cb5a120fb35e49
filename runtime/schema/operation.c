/*
 * operation.c: the dispatch table of the operations, made from ops.def, and what holds for all of them.
 */
#include "branch.h"
#include "operation_parts.h"
#include "schema_names.h"

#include "text.h"

#include <string.h>

typedef struct operation_meaning {
    const char *words;
    bool changes; /* the schema */
    violation_kind (*apply)(change *c);
    bool (*invert)(inversion *i);
} operation_meaning;

/* One line for each family: those that change nothing have no functions. */
#define OPERATION_namespace(function)  true, apply_##function, invert_##function
#define OPERATION_enum(function)       true, apply_##function, invert_##function
#define OPERATION_table(function)      true, apply_##function, invert_##function
#define OPERATION_column(function)     true, apply_##function, invert_##function
#define OPERATION_index(function)      true, apply_##function, invert_##function
#define OPERATION_constraint(function) true, apply_##function, invert_##function
#define OPERATION_view(function)       true, apply_##function, invert_##function
#define OPERATION_routine(function)    true, apply_##function, invert_##function
#define OPERATION_comment(function)    true, apply_##function, invert_##function
#define OPERATION_data(function)       false, NULL, NULL
#define OPERATION_report(function)     false, NULL, NULL
#define OPERATION_flow(function)       false, NULL, NULL

static const operation_meaning operation_meanings[MIGEN_OPERATION_COUNT] = {
#define OPERATION(name, function, words, meaning, lock)                                                      \
    [MIGEN_##name] = {words, OPERATION_##meaning(function)},
#include "ops.def"
#undef OPERATION
};

const char *operation_words(migen_operation operation)
{
    bool known = operation > MIGEN_NOTHING && operation < MIGEN_OPERATION_COUNT;
    return known ? operation_meanings[operation].words : "nothing";
}

bool step_changes_schema(const migen_step *step)
{
    return step->operation < MIGEN_OPERATION_COUNT && operation_meanings[step->operation].changes;
}

typedef struct name_check {
    const schema *s;
    violation *v;
} name_check;

static bool name_check_part(const name_check *c, const char *name)
{
    if (name == NULL || strlen(name) <= NAME_LONGEST)
        return true;
    violate(c->s, c->v, VIOLATION_CONFLICT, name, "\"%s\" is longer than %d bytes, PostgreSQL would cut it",
            name, NAME_LONGEST);
    c->v->hint = "take a shorter name";
    return false;
}

/* An object's text is its parts and their quotes. */
static bool name_check_object(const name_check *c, const char *object)
{
    if (object == NULL || strlen(object) <= NAME_LONGEST)
        return true;
    object_name name = name_parse(c->s->memory, object);
    violation unused;
    name_check parts = {c->s, &unused};
    if (name_check_part(&parts, name.schema) && name_check_part(&parts, name.name))
        return true;
    const char *part = name_check_part(&parts, name.schema) ? name.name : name.schema;
    (void)name_check_part(c, part);
    c->v->word = object;
    return false;
}

static bool name_check_list(const name_check *c, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        if (!name_check_part(c, *list))
            return false;
    return true;
}

static bool name_check_constraint(const name_check *c, const migen_constraint *key)
{
    return name_check_part(c, key->name) && name_check_list(c, key->columns) &&
           name_check_object(c, key->references) && name_check_list(c, key->references_columns);
}

static bool name_check_columns(const name_check *c, const migen_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const migen_column *column = &columns[i];
        if (!name_check_part(c, column->name) || !name_check_part(c, column->unique_name) ||
            !name_check_part(c, column->index_name) || !name_check_part(c, column->check_name) ||
            !name_check_part(c, column->references_name) || !name_check_object(c, column->references) ||
            !name_check_part(c, column->references_column))
            return false;
    }
    return true;
}

static bool name_check_table(const name_check *c, const migen_table *table)
{
    if (!name_check_object(c, table->name) || !name_check_columns(c, table->columns, table->column_count))
        return false;
    for (size_t i = 0; i < table->constraint_count; i++)
        if (!name_check_constraint(c, &table->constraints[i]))
            return false;
    for (size_t i = 0; i < table->index_count; i++)
        if (!name_check_part(c, table->indexes[i].name))
            return false;
    return true;
}

static bool name_check_step(const name_check *c, const migen_step *step)
{
    if (!name_check_object(c, step->object) || !name_check_part(c, step->part) ||
        !name_check_part(c, step->new_name) || !name_check_list(c, step->values))
        return false;
    if (step->table != NULL && !name_check_table(c, step->table))
        return false;
    if (!name_check_columns(c, step->columns, step->column_count))
        return false;
    if (step->constraint != NULL && !name_check_constraint(c, step->constraint))
        return false;
    return step->index == NULL || name_check_part(c, step->index->name);
}

/* Whether the step works on what may be there only, or is not known wholly: then nobody can say that it is wrong. */
static bool operation_is_uncertain(const schema *s, const migen_step *step)
{
    const char *object = step_object(step);
    if (object == NULL)
        return false;
    const schema_table *t = schema_find_table(s, object);
    if (t != NULL)
        return t->maybe || t->is_virtual;
    const schema_view *view = schema_find_view(s, object);
    if (view != NULL)
        return view->maybe;
    const schema_enum *e = schema_find_enum(s, object);
    return e != NULL && e->maybe;
}

static violation_kind operation_apply(schema *s, const migen_step *step, violation *v, bool maybe)
{
    violation ignored;
    if (v == NULL)
        v = &ignored;
    *v = (violation){0};
    if (!step_changes_schema(step))
        return VIOLATION_NONE;
    name_check names = {s, v};
    if (!name_check_step(&names, step))
        return v->kind;
    schema_names_settle(s);
    change c = {.s = s, .step = step, .v = v, .maybe = maybe};
    violation_kind kind = operation_meanings[step->operation].apply(&c);
    for (const schema_passed *left = s->passed; kind == VIOLATION_MISSING && left != NULL && !maybe;
         left = left->before) {
        if (!branch_supply(s, step, v->word))
            break;
        *v = (violation){0};
        kind = operation_meanings[step->operation].apply(&c);
    }
    if (kind == VIOLATION_NONE || (kind != VIOLATION_UNSUPPORTED && operation_is_uncertain(s, step))) {
        *v = (violation){0};
        return VIOLATION_NONE;
    }
    return kind;
}

violation_kind schema_apply(schema *s, const migen_step *step, violation *v)
{
    return operation_apply(s, step, v, false);
}

/* What leaves the names that were there, or makes new ones for what is there: only tried out. */
static bool operation_makes(migen_operation operation)
{
    switch (operation) {
    case MIGEN_CREATE_SCHEMA:
    case MIGEN_CREATE_EXTENSION:
    case MIGEN_CREATE_ENUM:
    case MIGEN_ADD_ENUM_VALUE:
    case MIGEN_ADD_MULTIPLE_ENUM_VALUES:
    case MIGEN_CREATE_SEQUENCE:
    case MIGEN_CREATE_TABLE:
    case MIGEN_ENSURE_TABLE:
    case MIGEN_GIVEN_TABLE:
    case MIGEN_RENAME_TABLE:
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
    case MIGEN_RENAME_COLUMN:
    case MIGEN_RENAME_ENUM:
    case MIGEN_RENAME_ENUM_VALUE:
    case MIGEN_CREATE_INDEX:
    case MIGEN_ADD_CONSTRAINT:
    case MIGEN_CREATE_VIEW:
    case MIGEN_CREATE_MATERIALIZED_VIEW:
    case MIGEN_CREATE_FUNCTION:
    case MIGEN_CREATE_TRIGGER:
        return true;
    default:
        return false;
    }
}

violation_kind schema_apply_maybe(schema *s, const migen_step *step, violation *v)
{
    if (operation_makes(step->operation))
        return operation_apply(s, step, v, true);
    if (!step_changes_schema(step))
        return operation_apply(s, step, v, false);
    schema *trial = schema_copy(s->memory, s);
    return operation_apply(trial, step, v, false);
}

bool schema_inverse(const schema *before, const migen_step *step, arena *a, step_list *back,
                    const char **why_not)
{
    inversion i = {.before = before, .step = step, .memory = a, .back = back};
    bool way = true;
    if (step->operation == MIGEN_RUN)
        way = invert_fails(&i, "a `run` without `undo`");
    else if (step->operation == MIGEN_CALL)
        way = invert_fails(&i, "a `call` without `undo`");
    else if (step_changes_schema(step))
        way = operation_meanings[step->operation].invert(&i);
    if (why_not != NULL)
        *why_not = way ? NULL : i.why_not;
    return way;
}

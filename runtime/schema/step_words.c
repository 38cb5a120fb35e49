/*
 * step_words.c: how messages and the log call a step.
 */
#include "operation_parts.h"

#include "text.h"

static const char *words_part(arena *a, const char *part)
{
    return part == NULL ? "" : name_part_text(a, part);
}

static const char *words_object(const migen_step *step)
{
    const char *object = step_object(step);
    return object == NULL ? "" : object;
}

/* (a, b) or just a */
static const char *words_columns(arena *a, const migen_step *step)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < step->column_count; i++) {
        builder_add(&b, i > 0 ? ", " : "");
        builder_add(&b, words_part(a, step->columns[i].name));
    }
    return b.bytes;
}

static const char *words_names(arena *a, const char *const *names)
{
    builder b = builder_new(a);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        builder_add(&b, i > 0 ? ", " : "");
        builder_add(&b, words_part(a, names[i]));
    }
    return b.bytes;
}

static const char *words_several(arena *a, const migen_step *step)
{
    const char *names = step->column_count > 0 ? words_columns(a, step) : words_names(a, step->values);
    size_t count = step->column_count > 0 ? step->column_count : list_length(step->values);
    return arena_format(a, count == 1 ? "%s.%s" : "%s (%s)", words_object(step), names);
}

static const char *words_values(arena *a, const char *const *values)
{
    builder b = builder_new(a);
    for (size_t i = 0; values != NULL && values[i] != NULL; i++)
        builder_add_format(&b, "%s'%s'", i > 0 ? ", " : "", values[i]);
    return b.bytes;
}

static const char *words_constraint_kind(migen_constraint_kind kind)
{
    switch (kind) {
    case MIGEN_PRIMARY_KEY:
        return "primary key";
    case MIGEN_UNIQUE:
        return "unique";
    case MIGEN_CHECK:
        return "check";
    case MIGEN_FOREIGN_KEY:
        return "foreign key";
    }
    return "constraint";
}

static const char *words_index(arena *a, const migen_step *step)
{
    const migen_index *index = step->index;
    if (index->name != NULL)
        return arena_format(a, "%s on %s", words_part(a, index->name), words_object(step));
    builder b = builder_new(a);
    builder_add_format(&b, "on %s (", words_object(step));
    for (size_t i = 0; i < index->item_count; i++) {
        const migen_index_item *item = &index->items[i];
        builder_add(&b, i > 0 ? ", " : "");
        builder_add(&b, item->column != NULL ? words_part(a, item->column) : "(…)");
    }
    builder_add(&b, ")");
    return b.bytes;
}

static const char *words_constraint(arena *a, const migen_step *step)
{
    const migen_constraint *key = step->constraint;
    if (key->name != NULL)
        return arena_format(a, "%s on %s", words_part(a, key->name), words_object(step));
    if (key->kind == MIGEN_CHECK)
        return arena_format(a, "on %s", words_object(step));
    return arena_format(a, "on %s (%s)", words_object(step), words_names(a, key->columns));
}

static char *words_if(arena *a, const migen_step *step)
{
    const char *not = step->negated ? "not " : "";
    if (step->operation == MIGEN_IF_SQL)
        return arena_format(a, "if %s{ %s }", not, step->when == NULL ? "" : step->when);
    if (step->operation == MIGEN_IF_TAKEN)
        return arena_format(a, "if branch %u was taken", step->branch);
    const char *kind = kind_words(step->kind);
    switch (step->kind) {
    case MIGEN_KIND_COLUMN:
        return arena_format(a, "if %s%s %s.%s", not, kind, words_object(step), words_part(a, step->part));
    case MIGEN_KIND_ENUM_VALUE:
        return arena_format(a, "if %s%s %s '%s'", not, kind, words_object(step),
                            step->part == NULL ? "" : step->part);
    case MIGEN_KIND_CONSTRAINT:
    case MIGEN_KIND_TRIGGER:
        if (step->object == NULL)
            return arena_format(a, "if %s%s %s", not, kind, words_part(a, step->part));
        return arena_format(a, "if %s%s %s on %s", not, kind, words_part(a, step->part), words_object(step));
    default:
        return arena_format(a, "if %s%s %s", not, kind, words_object(step));
    }
}

static char *words_data(arena *a, const migen_step *step)
{
    const char *words = operation_words(step->operation);
    switch (step->operation) {
    case MIGEN_RUN:
        if (step->text != NULL)
            return arena_format(a, "run \"%s\"", step->text);
        return arena_format(a, "run");
    case MIGEN_CALL:
        return arena_format(a, "call %s", step->text == NULL ? "" : step->text);
    case MIGEN_SAY:
        return arena_format(a, "say \"%s\"", step->text == NULL ? "" : step->text);
    case MIGEN_ON_ENGINE:
        return arena_format(a, "on %s",
                            step->engines == MIGEN_POSTGRES ? "postgres"
                            : step->engines == MIGEN_SQLITE ? "sqlite"
                                                            : "postgres, sqlite");
    case MIGEN_ELSE:
    case MIGEN_END_IF:
    case MIGEN_END_ON:
        return arena_string(a, step->operation == MIGEN_ELSE ? "else" : words);
    default:
        return arena_format(a, "%s %s", words, words_object(step));
    }
}

char *step_words(arena *a, const migen_step *step)
{
    const char *words = operation_words(step->operation), *object = words_object(step);
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
    case MIGEN_DROP_COLUMNS:
        return arena_format(a, "%s %s", words, words_several(a, step));
    case MIGEN_DROP_COLUMN:
    case MIGEN_ALTER_COLUMN:
        return arena_format(a, "%s %s.%s", words, object, words_part(a, step->part));
    case MIGEN_COMMENT_ON_COLUMN:
        return arena_format(a, "%s %s.%s", words, object, words_part(a, step->part));
    case MIGEN_RENAME_COLUMN:
        return arena_format(a, "%s %s.%s to %s", words, object, words_part(a, step->part),
                            words_part(a, step->new_name));
    case MIGEN_RENAME_TABLE:
    case MIGEN_RENAME_INDEX:
    case MIGEN_RENAME_ENUM:
        return arena_format(a, "%s %s to %s", words, object, words_part(a, step->new_name));
    case MIGEN_RENAME_CONSTRAINT:
        return arena_format(a, "%s %s to %s on %s", words, words_part(a, step->part),
                            words_part(a, step->new_name), object);
    case MIGEN_RENAME_ENUM_VALUE:
        return arena_format(a, "%s %s '%s' to '%s'", words, object, step->part, step->new_name);
    case MIGEN_ADD_ENUM_VALUE:
        return arena_format(a, "%s %s '%s'", words, object, step->part);
    case MIGEN_ADD_MULTIPLE_ENUM_VALUES:
        return arena_format(a, "%s %s %s", words, object, words_values(a, step->values));
    case MIGEN_CREATE_INDEX:
        return arena_format(a, "create %sindex %s", step->index->unique ? "unique " : "",
                            words_index(a, step));
    case MIGEN_ADD_CONSTRAINT:
        return arena_format(a, "add %s %s", words_constraint_kind(step->constraint->kind),
                            words_constraint(a, step));
    case MIGEN_DROP_CONSTRAINT:
    case MIGEN_CREATE_TRIGGER:
        return arena_format(a, "%s %s on %s", words, words_part(a, step->part), object);
    case MIGEN_DROP_TRIGGER:
        return arena_format(a, *object == '\0' ? "%s %s%s" : "%s %s on %s", words, words_part(a, step->part),
                            object);
    case MIGEN_IF_EXISTS:
    case MIGEN_IF_SQL:
    case MIGEN_IF_TAKEN:
        return words_if(a, step);
    default:
        return words_data(a, step);
    }
}

/* The kind that an operation on a whole object is about. */
static const char *words_kind(migen_operation operation)
{
    static const char *const kinds[MIGEN_OPERATION_COUNT] = {
        [MIGEN_CREATE_SCHEMA] = "schema",
        [MIGEN_DROP_SCHEMA] = "schema",
        [MIGEN_CREATE_EXTENSION] = "extension",
        [MIGEN_DROP_EXTENSION] = "extension",
        [MIGEN_CREATE_ENUM] = "enum",
        [MIGEN_DROP_ENUM] = "enum",
        [MIGEN_RENAME_ENUM] = "enum",
        [MIGEN_CREATE_SEQUENCE] = "sequence",
        [MIGEN_DROP_SEQUENCE] = "sequence",
        [MIGEN_CREATE_TABLE] = "table",
        [MIGEN_ENSURE_TABLE] = "table",
        [MIGEN_GIVEN_TABLE] = "table",
        [MIGEN_DROP_TABLE] = "table",
        [MIGEN_RENAME_TABLE] = "table",
        [MIGEN_COMMENT_ON_TABLE] = "table",
        [MIGEN_DROP_INDEX] = "index",
        [MIGEN_RENAME_INDEX] = "index",
        [MIGEN_CREATE_VIEW] = "view",
        [MIGEN_DROP_VIEW] = "view",
        [MIGEN_CREATE_MATERIALIZED_VIEW] = "materialized view",
        [MIGEN_DROP_MATERIALIZED_VIEW] = "materialized view",
        [MIGEN_CREATE_FUNCTION] = "function",
        [MIGEN_DROP_FUNCTION] = "function",
        [MIGEN_SEED] = "table",
        [MIGEN_BACKFILL] = "table",
        [MIGEN_MIGRATION_SUMMARY] = "table",
    };
    return operation < MIGEN_OPERATION_COUNT ? kinds[operation] : NULL;
}

char *step_subject(arena *a, const migen_step *step)
{
    const char *object = words_object(step), *kind = words_kind(step->operation);
    if (kind != NULL)
        return arena_format(a, "%s %s", kind, object);
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
    case MIGEN_DROP_COLUMNS: {
        bool one = step->column_count == 1 || (step->column_count == 0 && list_length(step->values) == 1);
        return arena_format(a, one ? "column %s" : "columns %s", words_several(a, step));
    }
    case MIGEN_DROP_COLUMN:
    case MIGEN_RENAME_COLUMN:
    case MIGEN_ALTER_COLUMN:
    case MIGEN_COMMENT_ON_COLUMN:
        return arena_format(a, "column %s.%s", object, words_part(a, step->part));
    case MIGEN_CREATE_INDEX:
        return arena_format(a, "index %s", words_index(a, step));
    case MIGEN_ADD_CONSTRAINT:
        return arena_format(a, step->constraint->name != NULL ? "constraint %s" : "%s %s",
                            step->constraint->name != NULL ? words_constraint(a, step)
                                                           : words_constraint_kind(step->constraint->kind),
                            words_constraint(a, step));
    case MIGEN_DROP_CONSTRAINT:
    case MIGEN_RENAME_CONSTRAINT:
        return arena_format(a, "constraint %s on %s", words_part(a, step->part), object);
    case MIGEN_CREATE_TRIGGER:
    case MIGEN_DROP_TRIGGER:
        return arena_format(a, *object == '\0' ? "trigger %s%s" : "trigger %s on %s",
                            words_part(a, step->part), object);
    case MIGEN_ADD_ENUM_VALUE:
    case MIGEN_RENAME_ENUM_VALUE:
        return arena_format(a, "enum value %s '%s'", object, step->part);
    case MIGEN_ADD_MULTIPLE_ENUM_VALUES:
        return arena_format(a, "enum values %s %s", object, words_values(a, step->values));
    default:
        return step_words(a, step);
    }
}

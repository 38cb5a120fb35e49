/*
 * emit_rows.c: a step as the row of its table.
 *
 * Idea       Each operation has a word in migen_words.h. What the word takes by position is spelt in its
 * form, a letter each; all else that the step says follows by name. So nothing of a step can be lost on its
 * way into C.
 */
#include "emitter.h"

#include <string.h>

/* The letters of a form. */
enum {
    BY_OBJECT = 'o',
    BY_PART = 'p',
    BY_NEW_NAME = 'n',
    BY_TEXT = 't',
    BY_WHEN = 'w',
    BY_KIND = 'k',
    BY_BRANCH = 'b',
    BY_VALUES = 'v',     /* the values, one argument each */
    BY_VALUE_LIST = 'l', /* NAMES(…) */
    BY_STATEMENTS = 's', /* the statements, one argument each */
    BY_DEFINITION = 'd', /* &definition_of_… */
    BY_COLUMN = 'c',     /* the one column's fields */
    BY_COLUMNS = 'C',    /* columns in braces */
    BY_CONSTRAINT = 'K',
    BY_INDEX = 'i',
    BY_SEED = 'e',
    BY_BACKFILL = 'f',
    BY_ALTERATION = 'a',
    BY_FUNCTION = 'F' /* the function to be called, by its name */
};

typedef struct row_form {
    const char *word;
    const char *positions;
} row_form;

static const row_form forms[MIGEN_OPERATION_COUNT] = {
    [MIGEN_CREATE_SCHEMA] = {"SAFE_CREATE_SCHEMA", "o"},
    [MIGEN_DROP_SCHEMA] = {"SAFE_DROP_SCHEMA", "o"},
    [MIGEN_CREATE_EXTENSION] = {"SAFE_CREATE_EXTENSION", "o"},
    [MIGEN_DROP_EXTENSION] = {"SAFE_DROP_EXTENSION", "o"},
    [MIGEN_CREATE_ENUM] = {"SAFE_CREATE_ENUM", "ov"},
    [MIGEN_DROP_ENUM] = {"SAFE_DROP_ENUM", "o"},
    [MIGEN_RENAME_ENUM] = {"SAFE_RENAME_ENUM", "on"},
    [MIGEN_ADD_ENUM_VALUE] = {"SAFE_ADD_ENUM_VALUE", "op"},
    [MIGEN_ADD_MULTIPLE_ENUM_VALUES] = {"SAFE_ADD_MULTIPLE_ENUM_VALUES", "ov"},
    [MIGEN_RENAME_ENUM_VALUE] = {"SAFE_RENAME_ENUM_VALUE", "opn"},
    [MIGEN_CREATE_SEQUENCE] = {"SAFE_CREATE_SEQUENCE", "o"},
    [MIGEN_DROP_SEQUENCE] = {"SAFE_DROP_SEQUENCE", "o"},
    [MIGEN_CREATE_TABLE] = {"SAFE_CREATE_TABLE", "d"},
    [MIGEN_ENSURE_TABLE] = {"SAFE_ENSURE_TABLE", "d"},
    [MIGEN_GIVEN_TABLE] = {"GIVEN_TABLE", "d"},
    [MIGEN_DROP_TABLE] = {"SAFE_DROP_TABLE", "o"},
    [MIGEN_RENAME_TABLE] = {"SAFE_RENAME_TABLE", "on"},
    [MIGEN_ADD_COLUMN] = {"SAFE_ADD_COLUMN", "oc"},
    [MIGEN_ADD_COLUMNS] = {"SAFE_ADD_COLUMNS", "oC"},
    [MIGEN_DROP_COLUMN] = {"SAFE_DROP_COLUMN", "op"},
    [MIGEN_DROP_COLUMNS] = {"SAFE_DROP_COLUMNS", "ol"},
    [MIGEN_RENAME_COLUMN] = {"SAFE_RENAME_COLUMN", "opn"},
    [MIGEN_ALTER_COLUMN] = {"SAFE_ALTER_COLUMN", "opa"},
    [MIGEN_CREATE_INDEX] = {"SAFE_CREATE_INDEX", "oi"},
    [MIGEN_DROP_INDEX] = {"SAFE_DROP_INDEX", "o"},
    [MIGEN_RENAME_INDEX] = {"SAFE_RENAME_INDEX", "on"},
    [MIGEN_ADD_CONSTRAINT] = {"SAFE_ADD_CONSTRAINT", "oK"},
    [MIGEN_DROP_CONSTRAINT] = {"SAFE_DROP_CONSTRAINT", "op"},
    [MIGEN_RENAME_CONSTRAINT] = {"SAFE_RENAME_CONSTRAINT", "opn"},
    [MIGEN_CREATE_VIEW] = {"SAFE_CREATE_VIEW", "os"},
    [MIGEN_DROP_VIEW] = {"SAFE_DROP_VIEW", "o"},
    [MIGEN_CREATE_MATERIALIZED_VIEW] = {"SAFE_CREATE_MATERIALIZED_VIEW", "os"},
    [MIGEN_DROP_MATERIALIZED_VIEW] = {"SAFE_DROP_MATERIALIZED_VIEW", "o"},
    [MIGEN_CREATE_FUNCTION] = {"SAFE_CREATE_FUNCTION", "o"},
    [MIGEN_DROP_FUNCTION] = {"SAFE_DROP_FUNCTION", "o"},
    [MIGEN_CREATE_TRIGGER] = {"SAFE_CREATE_TRIGGER", "pos"},
    [MIGEN_DROP_TRIGGER] = {"SAFE_DROP_TRIGGER", "po"},
    [MIGEN_COMMENT_ON_TABLE] = {"SAFE_COMMENT_ON_TABLE", "ot"},
    [MIGEN_COMMENT_ON_COLUMN] = {"SAFE_COMMENT_ON_COLUMN", "opt"},
    [MIGEN_RUN] = {"EXECUTE_SQL", "t"},
    [MIGEN_SEED] = {"SAFE_SEED", "oe"},
    [MIGEN_BACKFILL] = {"SAFE_BACKFILL", "of"},
    [MIGEN_CALL] = {"CALL_FUNCTION", "F"},
    [MIGEN_MIGRATION_SUMMARY] = {"MIGRATION_SUMMARY", "o"},
    [MIGEN_SAY] = {"SAY", "t"},
    [MIGEN_IF_EXISTS] = {"IF_EXISTS", "kbo"},
    [MIGEN_IF_SQL] = {"IF_SQL", "bw"},
    [MIGEN_IF_TAKEN] = {"IF_TAKEN", "b"},
    [MIGEN_ELSE] = {"ELSE_IF_NOT", ""},
    [MIGEN_END_IF] = {"END_IF", ""},
    [MIGEN_ON_ENGINE] = {"ON_EVERY_ENGINE", ""},
    [MIGEN_END_ON] = {"END_ON", ""},
};

static const char *kind_word(migen_kind kind)
{
    static const char *const words[] = {
        [MIGEN_KIND_SCHEMA] = "SCHEMA",
        [MIGEN_KIND_EXTENSION] = "EXTENSION",
        [MIGEN_KIND_ENUM] = "ENUM",
        [MIGEN_KIND_ENUM_VALUE] = "ENUM_VALUE",
        [MIGEN_KIND_SEQUENCE] = "SEQUENCE",
        [MIGEN_KIND_TABLE] = "TABLE",
        [MIGEN_KIND_COLUMN] = "COLUMN",
        [MIGEN_KIND_INDEX] = "INDEX",
        [MIGEN_KIND_CONSTRAINT] = "CONSTRAINT",
        [MIGEN_KIND_VIEW] = "VIEW",
        [MIGEN_KIND_MATERIALIZED_VIEW] = "MATERIALIZED_VIEW",
        [MIGEN_KIND_FUNCTION] = "FUNCTION",
        [MIGEN_KIND_TRIGGER] = "TRIGGER",
    };
    return words[kind];
}

/* Can the form say this step? Lists without an item have no place among arguments. */
static bool position_fits(char position, const migen_step *step)
{
    switch (position) {
    case BY_VALUES:
        return list_length(step->values) > 0;
    case BY_STATEMENTS:
        return list_length(step->sql) > 0;
    case BY_COLUMN:
        return step->column_count == 1;
    case BY_COLUMNS:
        return step->column_count > 0;
    default:
        return true;
    }
}

static void add_arguments(emitter *e, c_node *row, const char *const *list)
{
    for (size_t i = 0; list[i] != NULL; i++)
        c_add(&e->out, row, emit_text(e, list[i]));
}

static void add_address(emitter *e, c_node *row, const char *name)
{
    builder b = builder_new(e->memory);
    builder_add_character(&b, '&');
    builder_add(&b, name);
    c_add(&e->out, row, c_words(&e->out, b.bytes));
}

static void add_part_position(emitter *e, c_node *row, const migen_step *step, char position)
{
    switch (position) {
    case BY_COLUMN:
        emit_column_fields(e, row, &step->columns[0]);
        break;
    case BY_COLUMNS: {
        c_node *columns = emit_columns(e, "", step->columns, step->column_count);
        for (size_t i = 0; i < columns->items.count; i++)
            c_add(&e->out, row, columns->items.items[i]);
        row->one_per_line = true;
        break;
    }
    case BY_CONSTRAINT:
        c_add(&e->out, row, emit_constraint(e, step->constraint));
        break;
    case BY_INDEX:
        emit_index_fields(e, row, step->index);
        break;
    case BY_SEED:
        emit_seed_fields(e, row, step->seed);
        break;
    case BY_BACKFILL:
        emit_backfill_fields(e, row, step->backfill);
        break;
    default:
        emit_alteration_fields(e, row, step->alteration);
        break;
    }
}

static void add_position(emitter *e, c_node *row, const migen_step *step, char position,
                         const char *definition)
{
    c_writer *w = &e->out;
    switch (position) {
    case BY_OBJECT:
        c_add(w, row, emit_text(e, step->object));
        break;
    case BY_PART:
        c_add(w, row, emit_text(e, step->part));
        break;
    case BY_NEW_NAME:
        c_add(w, row, emit_text(e, step->new_name));
        break;
    case BY_TEXT:
        c_add(w, row, emit_text(e, step->text));
        break;
    case BY_WHEN:
        c_add(w, row, emit_text(e, step->when));
        break;
    case BY_KIND:
        c_add(w, row, c_words(w, kind_word(step->kind)));
        break;
    case BY_BRANCH:
        c_add(w, row, c_unsigned(w, step->branch));
        break;
    case BY_VALUES:
        add_arguments(e, row, step->values);
        break;
    case BY_VALUE_LIST:
        c_add(w, row, emit_list(e, "NAMES", step->values));
        break;
    case BY_STATEMENTS:
        add_arguments(e, row, step->sql);
        break;
    case BY_DEFINITION:
        add_address(e, row, definition);
        break;
    case BY_FUNCTION:
        c_add(w, row, c_words(w, c_identifier(e->memory, "", step->text, NULL)));
        break;
    default:
        add_part_position(e, row, step, position);
        break;
    }
}

static void add_named_text(emitter *e, c_node *row, const char *field, const char *text, bool said)
{
    if (text != NULL && !said)
        c_add_field(&e->out, row, field, emit_text(e, text));
}

static void add_named_number(emitter *e, c_node *row, const char *field, long number)
{
    if (number != 0)
        c_add_field(&e->out, row, field, c_signed(&e->out, number));
}

/* What the step says beyond its word's positions. */
static void add_rest(emitter *e, c_node *row, const migen_step *step, const char *positions)
{
    add_named_text(e, row, "object", step->object, strchr(positions, BY_OBJECT) != NULL);
    add_named_text(e, row, "part", step->part, strchr(positions, BY_PART) != NULL);
    add_named_text(e, row, "new_name", step->new_name, strchr(positions, BY_NEW_NAME) != NULL);
    add_named_text(e, row, "arguments", step->arguments, false);
    if (step->values != NULL && strpbrk(positions, "vl") == NULL)
        c_add_field(&e->out, row, "values", emit_list(e, "VALUES", step->values));
    add_named_text(e, row, "before", step->before, false);
    add_named_text(e, row, "after", step->after, false);
    add_named_text(e, row, "text", step->text, strpbrk(positions, "tF") != NULL);
    if (step->sql != NULL && strchr(positions, BY_STATEMENTS) == NULL)
        c_add_field(&e->out, row, "sql", emit_list(e, "STATEMENTS", step->sql));
    add_named_text(e, row, "when", step->when, strchr(positions, BY_WHEN) != NULL);
    add_named_text(e, row, "unless", step->unless, false);
    add_named_number(e, row, "start", step->start);
    add_named_number(e, row, "increment", step->increment);
    if (step->cascade)
        c_add_field(&e->out, row, "cascade", c_words(&e->out, "true"));
    if (step->negated && step->operation != MIGEN_IF_EXISTS)
        c_add_field(&e->out, row, "negated", c_words(&e->out, "true"));
}

/* The word, where more than the operation decides. */
static const char *row_word(const migen_step *step)
{
    if (step->operation == MIGEN_RUN && step->when != NULL)
        return "EXECUTE_SQL_IF_CONDITION";
    if (step->operation == MIGEN_RUN && step->unless != NULL)
        return "EXECUTE_IF_NOT_EXISTS";
    if (step->operation == MIGEN_CALL && step->part != NULL)
        return "CALL_FUNCTION_OF";
    if (step->operation == MIGEN_IF_EXISTS && step->negated)
        return "IF_NOT_EXISTS";
    if (step->operation == MIGEN_ON_ENGINE && step->engines == MIGEN_POSTGRES)
        return "ON_POSTGRES";
    if (step->operation == MIGEN_ON_ENGINE && step->engines == MIGEN_SQLITE)
        return "ON_SQLITE";
    return forms[step->operation].word;
}

c_node *emit_row(emitter *e, const migen_step *step, const char *definition)
{
    const char *word = row_word(step), *positions = forms[step->operation].positions;
    if (positions[0] == '\0')
        return c_words(&e->out, word);
    for (const char *p = positions; *p != '\0'; p++) {
        if (!position_fits(*p, step)) { /* the operation's plain form, all by name */
            c_node *plain = c_call(&e->out, "STEP");
            c_add(&e->out, plain,
                  c_words(&e->out, word + (text_starts_with(word, "SAFE_") ? strlen("SAFE_") : 0)));
            add_rest(e, plain, step, "");
            return plain;
        }
    }
    c_node *row = c_call(&e->out, word);
    for (const char *p = positions; *p != '\0'; p++)
        add_position(e, row, step, *p, definition);
    add_rest(e, row, step, positions);
    return row;
}

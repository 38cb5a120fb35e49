/* Each operation as canonical text. */
#include "schema.h"
#include "canonical.h"

#include "name.h"

static const char *const operation_text[MIGEN_OPERATION_COUNT] = {
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = words,
#include "ops.def"
#undef OPERATION
};

static void add_data_after(canonical *c, const char *word, const char *data)
{
    if (data == NULL)
        return;
    canonical_words(c, word);
    canonical_data(c, data);
}

static void add_sql_block(canonical *c, const char *word, const char *const *statements)
{
    if (statements == NULL)
        return;
    if (word != NULL)
        canonical_words(c, word);
    canonical_words(c, "{");
    for (size_t i = 0; statements[i] != NULL; i++) {
        canonical_sql(c, statements[i]);
        builder_add_character(&c->text, ';');
    }
    canonical_words(c, "}");
}

static void add_condition_block(canonical *c, const char *word, const char *sql)
{
    const char *const one[] = {sql, NULL};
    if (sql != NULL)
        add_sql_block(c, word, one);
}

static void add_data_list(canonical *c, const char *const *values)
{
    for (size_t i = 0; values != NULL && values[i] != NULL; i++) {
        if (i != 0)
            builder_add_character(&c->text, ',');
        canonical_data(c, values[i]);
    }
}

/* table.column, in one word. */
static void add_column_of(canonical *c, const migen_step *step)
{
    canonical_words(c, step->object);
    builder_add_character(&c->text, '.');
    builder_add(&c->text, name_part_text(c->memory, step->part));
}

static void add_alteration(canonical *c, const migen_alteration *a)
{
    if (a->set_type) {
        canonical_words(c, "type");
        canonical_type(c, a->type);
        if (a->using_expression != NULL) {
            canonical_words(c, "using");
            canonical_brackets(c, a->using_expression);
        }
    }
    if (a->set_not_null || a->drop_not_null)
        canonical_words(c, a->set_not_null ? "not null" : "null");
    if (a->backfill != NULL) {
        canonical_words(c, "backfill");
        canonical_brackets(c, a->backfill);
    }
    if (a->drop_default)
        canonical_words(c, "drop default");
    if (a->default_value != NULL) {
        canonical_words(c, "default");
        canonical_value(c, a->default_value);
    }
}

static void add_seed(canonical *c, const migen_seed *seed)
{
    size_t width = list_length(seed->columns);
    canonical_names(c, seed->columns);
    canonical_words(c, "key");
    canonical_names(c, seed->key);
    if (seed->update)
        canonical_words(c, "update");
    if (seed->from != NULL) {
        add_condition_block(c, "from", seed->from);
        return;
    }
    canonical_words(c, "{");
    for (size_t i = 0; i < seed->row_count * width; i++) {
        canonical_value(c, seed->values[i]);
        builder_add_character(&c->text, (i + 1) % width == 0 ? ';' : ',');
    }
    canonical_words(c, "}");
}

static void add_backfill(canonical *c, const migen_backfill *b)
{
    canonical_words(c, "set (");
    for (size_t i = 0; b->columns[i] != NULL; i++) {
        if (i != 0)
            builder_add_character(&c->text, ',');
        canonical_name(c, b->columns[i]);
        canonical_words(c, "=");
        canonical_sql(c, b->expressions[i]);
    }
    builder_add_character(&c->text, ')');
    canonical_words(c, "where");
    canonical_brackets(c, b->where);
    if (b->by != NULL) {
        canonical_words(c, "by");
        canonical_name(c, b->by);
    }
    if (b->batch != 0)
        builder_add_format(&c->text, " batch %ld", b->batch);
    if (b->pause != 0)
        builder_add_format(&c->text, " pause %ldms", b->pause);
}

static void add_comment(canonical *c, const migen_step *step)
{
    if (step->operation == MIGEN_COMMENT_ON_COLUMN)
        add_column_of(c, step);
    else
        canonical_words(c, step->object);
    if (step->text == NULL)
        canonical_words(c, "null");
    else
        canonical_data(c, step->text);
}

/* The operations on columns, indexes and constraints. True when step is one. */
static bool add_part_step(canonical *c, const migen_step *step)
{
    switch (step->operation) {
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        canonical_words(c, step->object);
        canonical_words(c, "{");
        for (size_t i = 0; i < step->column_count; i++) {
            canonical_column(c, &step->columns[i]);
            builder_add_character(&c->text, ';');
        }
        canonical_words(c, "}");
        return true;
    case MIGEN_DROP_COLUMN:
        add_column_of(c, step);
        return true;
    case MIGEN_DROP_COLUMNS:
        canonical_words(c, step->object);
        canonical_names(c, step->values);
        return true;
    case MIGEN_RENAME_COLUMN:
        add_column_of(c, step);
        canonical_words(c, "to");
        canonical_name(c, step->new_name);
        return true;
    case MIGEN_ALTER_COLUMN:
        add_column_of(c, step);
        add_alteration(c, step->alteration);
        return true;
    case MIGEN_CREATE_INDEX:
        canonical_words(c, "on");
        canonical_words(c, step->object);
        canonical_index(c, step->index);
        return true;
    case MIGEN_ADD_CONSTRAINT:
        canonical_words(c, "on");
        canonical_words(c, step->object);
        canonical_constraint(c, step->constraint);
        return true;
    case MIGEN_DROP_CONSTRAINT:
    case MIGEN_RENAME_CONSTRAINT:
    case MIGEN_CREATE_TRIGGER:
    case MIGEN_DROP_TRIGGER:
        canonical_name(c, step->part);
        if (step->object != NULL) {
            canonical_words(c, "on");
            canonical_words(c, step->object);
        }
        if (step->new_name != NULL) {
            canonical_words(c, "to");
            canonical_name(c, step->new_name);
        }
        add_sql_block(c, NULL, step->sql);
        return true;
    default:
        return false;
    }
}

static void add_enum_step(canonical *c, const migen_step *step)
{
    canonical_words(c, step->object);
    if (step->operation == MIGEN_RENAME_ENUM) {
        canonical_words(c, "to");
        canonical_name(c, step->new_name);
        return;
    }
    if (step->part != NULL)
        canonical_data(c, step->part);
    add_data_list(c, step->values);
    add_data_after(c, "before", step->before);
    add_data_after(c, "after", step->after);
    add_data_after(c, "to", step->new_name);
}

static void add_object_step(canonical *c, const migen_step *step)
{
    canonical_words(c, step->object);
    if (step->arguments != NULL)
        canonical_sql(c, step->arguments);
    if (step->new_name != NULL) {
        canonical_words(c, "to");
        canonical_name(c, step->new_name);
    }
    if (step->start != 0)
        builder_add_format(&c->text, " start %ld", step->start);
    if (step->increment != 0)
        builder_add_format(&c->text, " increment %ld", step->increment);
    if (step->table != NULL)
        canonical_table(c, step->table);
    add_sql_block(c, NULL, step->sql);
}

static void add_rest(canonical *c, const migen_step *step)
{
    switch (step->operation) {
    case MIGEN_CREATE_ENUM:
    case MIGEN_RENAME_ENUM:
    case MIGEN_ADD_ENUM_VALUE:
    case MIGEN_ADD_MULTIPLE_ENUM_VALUES:
    case MIGEN_RENAME_ENUM_VALUE:
        add_enum_step(c, step);
        break;
    case MIGEN_COMMENT_ON_TABLE:
    case MIGEN_COMMENT_ON_COLUMN:
        add_comment(c, step);
        break;
    case MIGEN_RUN:
        add_sql_block(c, NULL, step->sql);
        add_condition_block(c, "when", step->when);
        add_condition_block(c, "unless", step->unless);
        break;
    case MIGEN_SEED:
        canonical_words(c, step->object);
        add_seed(c, step->seed);
        break;
    case MIGEN_BACKFILL:
        canonical_words(c, step->object);
        add_backfill(c, step->backfill);
        break;
    case MIGEN_CALL:
        canonical_name(c, step->text);
        break;
    default:
        add_object_step(c, step);
        break;
    }
}

void canonical_step(canonical *c, const migen_step *step)
{
    if (step->operation == MIGEN_SAY || step->operation == MIGEN_MIGRATION_SUMMARY)
        return;
    canonical_words(c, operation_text[step->operation]);
    if (!add_part_step(c, step))
        add_rest(c, step);
    if (step->cascade)
        canonical_words(c, "cascade");
}

void canonical_condition(canonical *c, const migen_step *step)
{
    canonical_words(c, step->negated ? "if not" : "if");
    if (step->operation == MIGEN_IF_SQL) {
        add_condition_block(c, "sql", step->when);
        return;
    }
    canonical_words(c, kind_words(step->kind));
    if (step->object != NULL)
        canonical_words(c, step->object);
    if (step->part != NULL && step->kind == MIGEN_KIND_ENUM_VALUE)
        canonical_data(c, step->part);
    else if (step->part != NULL && step->kind == MIGEN_KIND_INDEX)
        canonical_words(c, step->part);
    else if (step->part != NULL)
        canonical_name(c, step->part);
    if (step->arguments != NULL)
        canonical_sql(c, step->arguments);
}

#include "step_text.h"

#include "canonical.h"

#include <string.h>

static canonical begin(arena *a)
{
    canonical c = {.memory = a, .text = builder_new(a), .engines = MIGEN_POSTGRES};
    builder_add(&c.text, "");
    return c;
}

/* "unique users_email_key (email)" is said "unique users_email_key on users (email)". */
static char *with_table(arena *a, const char *verb, const char *definition, const char *table)
{
    size_t name = strcspn(definition, "(");
    while (name > 0 && definition[name - 1] == ' ')
        name--;
    return arena_format(a, "%s %.*s on %s%s", verb, (int)name, definition, table, definition + name);
}

static char *table_text(arena *a, const migen_step *step)
{
    canonical c = begin(a);
    canonical_words(
        &c, arena_format(a, "create table %s {", step->object != NULL ? step->object : step->table->name));
    for (size_t i = 0; i < step->table->column_count; i++) {
        builder_add(&c.text, "\n  ");
        canonical_column(&c, &step->table->columns[i]);
    }
    for (size_t i = 0; i < step->table->constraint_count; i++) {
        builder_add(&c.text, "\n  ");
        canonical_constraint(&c, &step->table->constraints[i]);
    }
    for (size_t i = 0; i < step->table->index_count; i++) {
        builder_add(&c.text, "\n  ");
        canonical_index(&c, &step->table->indexes[i]);
    }
    builder_add(&c.text, "\n}");
    return c.text.bytes;
}

static char *columns_text(arena *a, const migen_step *step)
{
    builder b = builder_new(a);
    for (size_t i = 0; i < step->column_count; i++) {
        canonical c = begin(a);
        canonical_column(&c, &step->columns[i]);
        builder_add_format(&b, "%sadd column %s.%s", i == 0 ? "" : "\n", step->object,
                           c.text.bytes + (*c.text.bytes == ' ' ? 1 : 0));
    }
    return b.bytes;
}

static char *enum_text(arena *a, const migen_step *step)
{
    canonical c = begin(a);
    canonical_words(&c, arena_format(a, "create enum %s (", step->object));
    for (size_t i = 0; step->values[i] != NULL; i++) {
        if (i != 0)
            builder_add(&c.text, ",");
        canonical_data(&c, step->values[i]);
    }
    builder_add(&c.text, ")");
    return c.text.bytes;
}

char *step_text(arena *a, const migen_step *step)
{
    canonical c = begin(a);
    switch (step->operation) {
    case MIGEN_CREATE_TABLE:
        return table_text(a, step);
    case MIGEN_ADD_COLUMN:
    case MIGEN_ADD_COLUMNS:
        return columns_text(a, step);
    case MIGEN_CREATE_ENUM:
        return enum_text(a, step);
    case MIGEN_CREATE_INDEX:
        canonical_index(&c, step->index);
        return with_table(a, "create", c.text.bytes, step->object);
    case MIGEN_ADD_CONSTRAINT:
        canonical_constraint(&c, step->constraint);
        return with_table(a, "add", c.text.bytes, step->object);
    case MIGEN_RENAME_CONSTRAINT:
        return arena_format(a, "rename constraint %s to %s on %s", step->part, step->new_name, step->object);
    case MIGEN_CREATE_VIEW:
        return arena_format(a, "create view %s as { %s }", step->object, step->sql[0]);
    case MIGEN_CREATE_MATERIALIZED_VIEW:
        return arena_format(a, "create materialized view %s as { %s }", step->object, step->sql[0]);
    case MIGEN_CREATE_FUNCTION:
        return arena_format(a, "create function %s%s {\n  %s\n}", step->object,
                            step->arguments == NULL ? "" : step->arguments, step->sql[0]);
    case MIGEN_DROP_FUNCTION:
        return arena_format(a, "drop function %s%s", step->object,
                            step->arguments == NULL ? "" : step->arguments);
    case MIGEN_CREATE_TRIGGER:
        return arena_format(a, "create trigger %s on %s {\n  %s\n}", step->part, step->object, step->sql[0]);
    default:
        canonical_step(&c, step);
        return c.text.bytes;
    }
}

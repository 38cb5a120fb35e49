/* Tables and their parts, as canonical text. */
#include "canonical.h"

#include "name.h"
#include "sql_normal.h"

#include <string.h>

static const char *const type_words[MIGEN_TYPE_COUNT] = {
#define TYPE(kind, word, arguments, postgres, sqlite) [MIGEN_TYPE_##kind] = word,
#include "types.def"
#undef TYPE
};

void canonical_words(canonical *c, const char *words)
{
    char last = c->text.length == 0 ? '\n' : c->text.bytes[c->text.length - 1];
    if (last != '\n' && last != ' ' && last != '(')
        builder_add_character(&c->text, ' ');
    builder_add(&c->text, words);
}

void canonical_sql(canonical *c, const char *sql)
{
    canonical_words(c, sql_normal(c->memory, sql, c->engines));
}

void canonical_brackets(canonical *c, const char *expression)
{
    canonical_words(c, "(");
    canonical_sql(c, expression);
    builder_add_character(&c->text, ')');
}

void canonical_name(canonical *c, const char *part)
{
    canonical_words(c, name_part_text(c->memory, part));
}

void canonical_names(canonical *c, const char *const *parts)
{
    canonical_words(c, "(");
    for (size_t i = 0; parts != NULL && parts[i] != NULL; i++) {
        if (i != 0)
            builder_add_character(&c->text, ',');
        canonical_name(c, parts[i]);
    }
    builder_add_character(&c->text, ')');
}

void canonical_data(canonical *c, const char *data)
{
    canonical_words(c, "'");
    for (const char *at = data; *at != '\0'; at++) {
        if (*at == '\'')
            builder_add_character(&c->text, '\'');
        builder_add_character(&c->text, *at);
    }
    builder_add_character(&c->text, '\'');
}

void canonical_value(canonical *c, const char *value)
{
    size_t length = strlen(value);
    if (*value == '(' && length >= 2)
        canonical_brackets(c, arena_copy(c->memory, value + 1, length - 2));
    else
        canonical_words(c, value);
}

void canonical_type(canonical *c, migen_type type)
{
    if (type.kind == MIGEN_TYPE_NONE)
        return;
    if (type.kind == MIGEN_TYPE_NATIVE) {
        canonical_words(c, "native(");
        if (type.name != NULL) {
            canonical_words(c, "postgres");
            canonical_data(c, type.name);
        }
        if (type.sqlite != NULL) {
            canonical_words(c, "sqlite");
            canonical_data(c, type.sqlite);
        }
        builder_add_character(&c->text, ')');
    } else if (type.kind == MIGEN_TYPE_ENUM) {
        /* An enum may be called like a type, in quotes: it is told from it by its word. */
        canonical_words(c, "enum");
        canonical_words(c, type.name);
    } else {
        canonical_words(c, type_words[type.kind]);
        if (type.length != 0 && type.kind == MIGEN_TYPE_NUMERIC)
            builder_add_format(&c->text, "(%d,%d)", type.length, type.scale);
        else if (type.length != 0)
            builder_add_format(&c->text, "(%d)", type.length);
    }
    if (type.array)
        builder_add(&c->text, "[]");
}

static void add_actions(canonical *c, migen_action on_delete, migen_action on_update)
{
    static const char *const words[] = {
        [MIGEN_RESTRICT] = "restrict",
        [MIGEN_CASCADE] = "cascade",
        [MIGEN_SET_NULL] = "set null",
        [MIGEN_SET_DEFAULT] = "set default",
    };
    if (on_delete != MIGEN_NO_ACTION) {
        canonical_words(c, "on delete");
        canonical_words(c, words[on_delete]);
    }
    if (on_update != MIGEN_NO_ACTION) {
        canonical_words(c, "on update");
        canonical_words(c, words[on_update]);
    }
}

void canonical_column(canonical *c, const migen_column *column)
{
    canonical_name(c, column->name);
    canonical_type(c, column->type);
    if (column->not_null)
        canonical_words(c, "not null");
    if (column->primary_key)
        canonical_words(c, "primary key");
    if (column->unique)
        canonical_words(c, "unique");
    if (column->index)
        canonical_words(c, "index");
    if (column->default_value != NULL) {
        canonical_words(c, "default");
        canonical_value(c, column->default_value);
    }
    if (column->check != NULL) {
        canonical_words(c, "check");
        if (column->check_name != NULL)
            canonical_name(c, column->check_name);
        canonical_brackets(c, column->check);
    }
    if (column->collate != NULL) {
        canonical_words(c, "collate");
        canonical_name(c, column->collate);
    }
    if (column->references != NULL) {
        canonical_words(c, "->");
        canonical_words(c, column->references);
        if (column->references_column != NULL) {
            const char *const one[] = {column->references_column, NULL};
            canonical_names(c, one);
        }
        add_actions(c, column->on_delete, column->on_update);
    }
    if (column->generated != NULL) {
        canonical_words(c, "as");
        canonical_brackets(c, column->generated);
        canonical_words(c, column->stored ? "stored" : "virtual");
    }
    if (column->backfill != NULL) {
        canonical_words(c, "backfill");
        canonical_brackets(c, column->backfill);
    }
}

void canonical_constraint(canonical *c, const migen_constraint *constraint)
{
    static const char *const words[] = {[MIGEN_PRIMARY_KEY] = "primary key",
                                        [MIGEN_UNIQUE] = "unique",
                                        [MIGEN_CHECK] = "check",
                                        [MIGEN_FOREIGN_KEY] = "foreign key"};
    canonical_words(c, words[constraint->kind]);
    if (constraint->name != NULL)
        canonical_name(c, constraint->name);
    if (constraint->kind == MIGEN_CHECK) {
        canonical_brackets(c, constraint->expression);
        return;
    }
    canonical_names(c, constraint->columns);
    if (constraint->kind != MIGEN_FOREIGN_KEY)
        return;
    canonical_words(c, "->");
    canonical_words(c, constraint->references);
    if (constraint->references_columns != NULL)
        canonical_names(c, constraint->references_columns);
    add_actions(c, constraint->on_delete, constraint->on_update);
}

void canonical_index(canonical *c, const migen_index *index)
{
    canonical_words(c, index->unique ? "unique index" : "index");
    if (index->name != NULL)
        canonical_name(c, index->name);
    if (index->method != NULL) {
        canonical_words(c, "using");
        canonical_name(c, index->method);
    }
    canonical_words(c, "(");
    for (size_t i = 0; i < index->item_count; i++) {
        const migen_index_item *item = &index->items[i];
        if (i != 0)
            builder_add_character(&c->text, ',');
        if (item->column != NULL)
            canonical_name(c, item->column);
        else
            canonical_brackets(c, item->expression);
        if (item->descending)
            canonical_words(c, "desc");
    }
    builder_add_character(&c->text, ')');
    if (index->include != NULL) {
        canonical_words(c, "include");
        canonical_names(c, index->include);
    }
    if (index->where != NULL) {
        canonical_words(c, "where");
        canonical_brackets(c, index->where);
    }
}

void canonical_table(canonical *c, const migen_table *table)
{
    canonical_words(c, "{");
    for (size_t i = 0; i < table->column_count; i++) {
        canonical_column(c, &table->columns[i]);
        builder_add_character(&c->text, ';');
    }
    for (size_t i = 0; i < table->constraint_count; i++) {
        canonical_constraint(c, &table->constraints[i]);
        builder_add_character(&c->text, ';');
    }
    for (size_t i = 0; i < table->index_count; i++) {
        canonical_index(c, &table->indexes[i]);
        builder_add_character(&c->text, ';');
    }
    canonical_words(c, "}");
    if (table->strict)
        canonical_words(c, "strict");
    if (table->without_rowid)
        canonical_words(c, "without rowid");
}

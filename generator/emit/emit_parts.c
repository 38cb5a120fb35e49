/*
 * emit_parts.c: columns, constraints, indexes, seeds … as the words of migen_words.h.
 *
 * Invariant  A field is written exactly when it is not zero, so that the compiled struct equals the checked
 * one.
 */
#include "emitter.h"

#include <string.h>

c_node *emit_text(emitter *e, const char *text)
{
    if (c_fits_literal(text))
        return c_string(&e->out, text);
    const char *name = arena_format(e->memory, "long_text_%lu", ++e->long_texts);
    c_long_text(&e->out, name, text);
    builder b = builder_new(e->memory);
    builder_add(&b, "(const char *)&");
    builder_add(&b, name);
    return c_words(&e->out, b.bytes);
}

c_node *emit_list(emitter *e, const char *words, const char *const *list)
{
    if (list == NULL)
        return c_words(&e->out, "NULL");
    if (list[0] == NULL)
        return c_words(&e->out, "EMPTY_LIST");
    c_node *node = c_call(&e->out, words);
    for (size_t i = 0; list[i] != NULL; i++)
        c_add(&e->out, node, emit_text(e, list[i]));
    return node;
}

static void add_text(emitter *e, c_node *list, const char *field, const char *text)
{
    if (text != NULL)
        c_add_field(&e->out, list, field, emit_text(e, text));
}

static void add_list(emitter *e, c_node *list, const char *field, const char *words, const char *const *names)
{
    if (names != NULL)
        c_add_field(&e->out, list, field, emit_list(e, words, names));
}

static void add_flag(emitter *e, c_node *list, const char *field, bool flag)
{
    if (flag)
        c_add_field(&e->out, list, field, c_words(&e->out, "true"));
}

static void add_number(emitter *e, c_node *list, const char *field, long number)
{
    if (number != 0)
        c_add_field(&e->out, list, field, c_signed(&e->out, number));
}

static void add_action(emitter *e, c_node *list, const char *field, migen_action action)
{
    static const char *const words[] = {[MIGEN_NO_ACTION] = NULL,
                                        [MIGEN_RESTRICT] = "MIGEN_RESTRICT",
                                        [MIGEN_CASCADE] = "MIGEN_CASCADE",
                                        [MIGEN_SET_NULL] = "MIGEN_SET_NULL",
                                        [MIGEN_SET_DEFAULT] = "MIGEN_SET_DEFAULT"};
    if (action != MIGEN_NO_ACTION)
        c_add_field(&e->out, list, field, c_words(&e->out, words[action]));
}

static const char *type_kind(migen_type_kind kind)
{
    static const char *const kinds[] = {
        [MIGEN_TYPE_NONE] = "NONE",
#define TYPE(kind, word, arguments, postgres, sqlite) [MIGEN_TYPE_##kind] = #kind,
#include "types.def"
#undef TYPE
    };
    return kinds[kind];
}

static char *join(emitter *e, const char *a, const char *b)
{
    builder joined = builder_new(e->memory);
    builder_add(&joined, a);
    builder_add(&joined, b);
    return joined.bytes;
}

/* Any type, field by field: for what has no word. */
static c_node *type_in_full(emitter *e, migen_type type)
{
    c_node *node = c_braces(&e->out);
    c_add_field(&e->out, node, "kind", c_words(&e->out, join(e, "MIGEN_TYPE_", type_kind(type.kind))));
    add_number(e, node, "length", type.length);
    add_number(e, node, "scale", type.scale);
    add_flag(e, node, "array", type.array);
    add_text(e, node, "name", type.name);
    add_text(e, node, "sqlite", type.sqlite);
    return node;
}

static bool type_is_bare(migen_type type)
{
    return type.length == 0 && type.scale == 0 && type.name == NULL && type.sqlite == NULL;
}

static c_node *emit_type(emitter *e, migen_type type)
{
    c_writer *w = &e->out;
    const char *kind = type_kind(type.kind);
    c_node *node = NULL;
    switch (type.kind) {
    case MIGEN_TYPE_ENUM:
        if (type.length != 0 || type.scale != 0 || type.sqlite != NULL)
            return type_in_full(e, type);
        node = c_call(w, type.array ? "ENUM_ARRAY" : "ENUM");
        c_add(w, node, emit_text(e, type.name));
        return node;
    case MIGEN_TYPE_NATIVE:
        if (type.length != 0 || type.scale != 0 || type.array)
            return type_in_full(e, type);
        node = c_call(w, "NATIVE");
        c_add(w, node, emit_text(e, type.name));
        c_add(w, node, emit_text(e, type.sqlite));
        return node;
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        if (type.length == 0 || type.scale != 0 || type.name != NULL || type.sqlite != NULL)
            return type_in_full(e, type);
        node = c_call(w, type.array ? join(e, kind, "_ARRAY") : kind);
        c_add(w, node, c_signed(w, type.length));
        return node;
    case MIGEN_TYPE_NUMERIC:
        if (type.length == 0 || type.name != NULL || type.sqlite != NULL)
            break;
        node = c_call(w, type.array ? "NUMERIC_ARRAY_OF" : "NUMERIC_OF");
        c_add(w, node, c_signed(w, type.length));
        c_add(w, node, c_signed(w, type.scale));
        return node;
    default:
        break;
    }
    if (type.kind == MIGEN_TYPE_NONE || !type_is_bare(type))
        return type_in_full(e, type);
    if (!type.array)
        return c_words(w, kind);
    node = c_call(w, "ARRAY_OF");
    c_add(w, node, c_words(w, kind));
    return node;
}

void emit_column_fields(emitter *e, c_node *list, const migen_column *column)
{
    add_text(e, list, "name", column->name);
    if (column->type.kind != MIGEN_TYPE_NONE || column->type.array || !type_is_bare(column->type))
        c_add_field(&e->out, list, "type", emit_type(e, column->type));
    add_flag(e, list, "not_null", column->not_null);
    add_text(e, list, "default_value", column->default_value);
    add_text(e, list, "collate", column->collate);
    add_text(e, list, "generated", column->generated);
    add_flag(e, list, "stored", column->stored);
    add_text(e, list, "comment", column->comment);
    add_text(e, list, "backfill", column->backfill);
    add_flag(e, list, "primary_key", column->primary_key);
    add_flag(e, list, "unique", column->unique);
    add_flag(e, list, "index", column->index);
    add_text(e, list, "unique_name", column->unique_name);
    add_text(e, list, "index_name", column->index_name);
    add_text(e, list, "check", column->check);
    add_text(e, list, "check_name", column->check_name);
    add_text(e, list, "references", column->references);
    add_text(e, list, "references_column", column->references_column);
    add_action(e, list, "on_delete", column->on_delete);
    add_action(e, list, "on_update", column->on_update);
    add_text(e, list, "references_name", column->references_name);
    add_flag(e, list, "type_unchecked", column->type_unchecked);
    add_text(e, list, "extra", column->extra);
}

c_node *emit_columns(emitter *e, const char *words, const migen_column *columns, size_t count)
{
    c_node *list = c_call(&e->out, words);
    list->one_per_line = true;
    for (size_t i = 0; i < count; i++) {
        c_node *column = c_braces(&e->out);
        emit_column_fields(e, column, &columns[i]);
        c_add(&e->out, list, column);
    }
    return list;
}

c_node *emit_constraint(emitter *e, const migen_constraint *constraint)
{
    static const char *const words[] = {[MIGEN_PRIMARY_KEY] = "PRIMARY_KEY",
                                        [MIGEN_UNIQUE] = "UNIQUE",
                                        [MIGEN_CHECK] = "CHECK",
                                        [MIGEN_FOREIGN_KEY] = "FOREIGN_KEY"};
    c_node *node = c_call(&e->out, words[constraint->kind]);
    add_text(e, node, "name", constraint->name);
    add_list(e, node, "columns", "NAMES", constraint->columns);
    add_text(e, node, "expression", constraint->expression);
    add_text(e, node, "references", constraint->references);
    add_list(e, node, "references_columns", "NAMES", constraint->references_columns);
    add_action(e, node, "on_delete", constraint->on_delete);
    add_action(e, node, "on_update", constraint->on_update);
    add_flag(e, node, "half_done", constraint->half_done);
    add_flag(e, node, "name_is_implied", constraint->name_is_implied);
    add_flag(e, node, "is_index", constraint->is_index);
    add_text(e, node, "extra", constraint->extra);
    add_list(e, node, "column_extras", "NAMES", constraint->column_extras);
    return node;
}

void emit_index_fields(emitter *e, c_node *list, const migen_index *index)
{
    add_text(e, list, "name", index->name);
    add_flag(e, list, "unique", index->unique);
    add_text(e, list, "method", index->method);
    c_node *items = c_call(&e->out, "ITEMS");
    for (size_t i = 0; i < index->item_count; i++) {
        const migen_index_item *item = &index->items[i];
        c_node *node = c_braces(&e->out);
        add_text(e, node, "column", item->column);
        add_text(e, node, "expression", item->expression);
        add_flag(e, node, "descending", item->descending);
        add_text(e, node, "extra", item->extra);
        c_add(&e->out, items, node);
    }
    if (index->item_count > 0)
        c_add(&e->out, list, items);
    add_list(e, list, "include", "NAMES", index->include);
    add_text(e, list, "where", index->where);
    add_flag(e, list, "half_done", index->half_done);
    add_text(e, list, "sql", index->sql);
}

void emit_alteration_fields(emitter *e, c_node *list, const migen_alteration *alteration)
{
    if (alteration->set_type) {
        c_node *type = c_call(&e->out, "TO_TYPE");
        c_add(&e->out, type, emit_type(e, alteration->type));
        c_add(&e->out, list, type);
    }
    add_text(e, list, "collate", alteration->collate);
    add_text(e, list, "using_expression", alteration->using_expression);
    add_flag(e, list, "set_not_null", alteration->set_not_null);
    add_flag(e, list, "drop_not_null", alteration->drop_not_null);
    add_text(e, list, "backfill", alteration->backfill);
    add_text(e, list, "default_value", alteration->default_value);
    add_flag(e, list, "drop_default", alteration->drop_default);
}

void emit_seed_fields(emitter *e, c_node *list, const migen_seed *seed)
{
    add_list(e, list, "columns", "NAMES", seed->columns);
    add_list(e, list, "key", "NAMES", seed->key);
    add_flag(e, list, "update", seed->update);
    add_text(e, list, "from", seed->from);
    size_t width = list_length(seed->columns);
    if (seed->row_count == 0 || width == 0)
        return;
    c_node *rows = c_call(&e->out, "ROWS");
    rows->group = width;
    rows->group_offset = 1; /* the count stands before the values, on a line of its own */
    c_add(&e->out, rows, c_unsigned(&e->out, seed->row_count));
    for (size_t i = 0; i < seed->row_count * width; i++)
        c_add(&e->out, rows, emit_text(e, seed->values[i]));
    if (seed->row_count > 1)
        rows->width = C_NEVER_FLAT;
    c_add(&e->out, list, rows);
}

void emit_backfill_fields(emitter *e, c_node *list, const migen_backfill *backfill)
{
    add_list(e, list, "columns", "NAMES", backfill->columns);
    add_list(e, list, "expressions", "VALUES", backfill->expressions);
    add_text(e, list, "where", backfill->where);
    add_text(e, list, "by", backfill->by);
    add_number(e, list, "batch", backfill->batch);
    add_number(e, list, "pause", backfill->pause);
}

const char *emit_table_definition(emitter *e, const migen_table *table)
{
    c_writer *w = &e->out;
    const char *name = c_identifier(e->memory, "definition_of_", table->name, &e->identifiers);
    c_node *definition = c_braces(w);
    definition->one_per_line = true;
    add_text(e, definition, "name", table->name);
    if (table->column_count > 0)
        c_add(w, definition, emit_columns(e, "COLUMNS", table->columns, table->column_count));
    c_node *constraints = c_call(w, "CONSTRAINTS"), *indexes = c_call(w, "INDEXES");
    constraints->one_per_line = indexes->one_per_line = true;
    for (size_t i = 0; i < table->constraint_count; i++)
        c_add(w, constraints, emit_constraint(e, &table->constraints[i]));
    for (size_t i = 0; i < table->index_count; i++) {
        c_node *index = c_braces(w);
        emit_index_fields(e, index, &table->indexes[i]);
        c_add(w, indexes, index);
    }
    if (table->constraint_count > 0)
        c_add(w, definition, constraints);
    if (table->index_count > 0)
        c_add(w, definition, indexes);
    add_flag(e, definition, "strict", table->strict);
    add_flag(e, definition, "without_rowid", table->without_rowid);
    definition->width = C_NEVER_FLAT;
    c_write_definition(w, arena_format(e->memory, "static const migen_table %s", name), definition);
    return name;
}

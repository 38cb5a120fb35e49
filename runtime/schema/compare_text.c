/*
 * compare_text.c: definitions as one line of text, in the language's words, for people.
 */
#include "compare_parts.h"

/* (a, b collate nocase); extras: what stands behind each name, or NULL. */
static void compare_text_list(arena *a, builder *b, const char *const *names, const char *const *extras)
{
    builder_add(b, "(");
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        builder_add(b, i > 0 ? ", " : "");
        builder_add(b, name_part_text(a, names[i]));
        if (extras != NULL && *extras[i] != '\0')
            builder_add_format(b, " %s", text_lower(a, extras[i]));
    }
    builder_add(b, ")");
}

static void compare_text_names(arena *a, builder *b, const char *const *names)
{
    compare_text_list(a, b, names, NULL);
}

/* A word and, where there is one, its value behind it. */
static void compare_text_clause(builder *b, const char *words, const char *value)
{
    if (value == NULL)
        return;
    builder_add(b, b->length > 0 ? " " : "");
    builder_add(b, words);
    builder_add(b, value);
}

char *column_text(arena *a, const migen_column *column)
{
    builder b = builder_new(a);
    builder_add(&b, type_text(a, column->type));
    compare_text_clause(&b, "collate ", column->collate != NULL ? name_part_text(a, column->collate) : NULL);
    if (column->not_null)
        compare_text_clause(&b, "not null", "");
    compare_text_clause(&b, "default ", column->default_value);
    if (column->generated != NULL) {
        compare_text_clause(&b, "as (", column->generated);
        builder_add(&b, column->stored ? ") stored" : ") virtual");
    }
    compare_text_clause(&b, "", column->extra);
    return b.bytes;
}

static const char *compare_text_action(migen_action action)
{
    switch (action) {
    case MIGEN_RESTRICT:
        return "restrict";
    case MIGEN_CASCADE:
        return "cascade";
    case MIGEN_SET_NULL:
        return "set null";
    case MIGEN_SET_DEFAULT:
        return "set default";
    case MIGEN_NO_ACTION:
        break;
    }
    return NULL;
}

static void compare_text_foreign_key(arena *a, builder *b, const migen_constraint *k)
{
    builder_add(b, " -> ");
    builder_add(b, k->references != NULL ? k->references : "");
    if (k->references_columns != NULL) {
        builder_add(b, " ");
        compare_text_names(a, b, k->references_columns);
    }
    compare_text_clause(b, "on delete ", compare_text_action(k->on_delete));
    compare_text_clause(b, "on update ", compare_text_action(k->on_update));
}

char *constraint_text(arena *a, const migen_constraint *constraint)
{
    static const char *const words[] = {
        [MIGEN_PRIMARY_KEY] = "primary key ",
        [MIGEN_UNIQUE] = "unique ",
        [MIGEN_CHECK] = "check ",
        [MIGEN_FOREIGN_KEY] = "foreign key ",
    };
    builder b = builder_new(a);
    builder_add(&b, words[constraint->kind]);
    if (constraint->kind == MIGEN_CHECK) {
        builder_add(&b, "(");
        builder_add(&b, constraint->expression != NULL ? constraint->expression : "");
        builder_add(&b, ")");
    } else {
        compare_text_list(a, &b, constraint->columns, constraint->column_extras);
    }
    if (constraint->kind == MIGEN_FOREIGN_KEY)
        compare_text_foreign_key(a, &b, constraint);
    compare_text_clause(&b, "", constraint->extra);
    if (constraint->half_done)
        compare_text_clause(&b, "not valid", "");
    return b.bytes;
}

static void compare_text_item(arena *a, builder *b, const migen_index_item *item)
{
    if (item->column != NULL) {
        builder_add(b, name_part_text(a, item->column));
    } else {
        builder_add(b, "(");
        builder_add(b, item->expression != NULL ? item->expression : "");
        builder_add(b, ")");
    }
    compare_text_clause(b, "", item->extra);
    builder_add(b, item->descending ? " desc" : "");
}

char *compare_index_definition(arena *a, const migen_index *index)
{
    builder b = builder_new(a);
    builder_add(&b, index->unique ? "unique index" : "index");
    if (!text_equal_word(index->method, "btree"))
        compare_text_clause(&b, "using ", index->method);
    builder_add(&b, " (");
    for (size_t i = 0; i < index->item_count; i++) {
        builder_add(&b, i > 0 ? ", " : "");
        compare_text_item(a, &b, &index->items[i]);
    }
    builder_add(&b, ")");
    if (list_length(index->include) > 0) {
        builder_add(&b, " include ");
        compare_text_names(a, &b, index->include);
    }
    if (index->where != NULL) {
        builder_add(&b, " where (");
        builder_add(&b, index->where);
        builder_add(&b, ")");
    }
    return b.bytes;
}

char *index_text(arena *a, const migen_index *index)
{
    char *definition = compare_index_definition(a, index);
    return index->half_done ? arena_format(a, "%s, invalid", definition) : definition;
}

/*
 * sqlite_rebuild.c: a table made again with its rows.
 *
 * Order      Make the new one, copy, drop the old one, rename (https://www.sqlite.org/lang_altertable.html,
 * section 7). With the old one renamed first, foreign keys, views and triggers would follow it.
 * legacy_alter_table keeps them as they are while the table is away; foreign_keys must be off, or DROP TABLE
 * deletes the children.
 */
#include "sqlite_parts.h"

#include "compare.h"
#include "sql_normal.h"

#include <string.h>

static void rebuild_push(arena *a, sql_list *out, sql_writer *w)
{
    sql_statement s = {.text = sql_text(w), .lock = LOCK_NONE};
    vector_push(a, out, s);
}

static void rebuild_words(arena *a, sql_list *out, const char *words)
{
    sql_writer w = sql_new(a);
    sql_words(&w, words);
    rebuild_push(a, out, &w);
}

/* What the table is called while it is made. */
static char *rebuild_name(arena *a, const table_rebuild *b)
{
    return dialect_rebuild_name(a, b->before->name.name);
}

/* A copy of the table whose checks do not say its name. (A generated column may not.) */
static schema_table *rebuild_new_table(arena *a, const table_rebuild *b)
{
    schema_table *t = schema_table_copy(a, b->after);
    for (size_t i = 0; i < t->columns.count; i++) {
        migen_column *column = &t->columns.items[i];
        column->extra = sql_unqualified(a, column->extra, t->name.name, MIGEN_SQLITE);
    }
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *c = &t->constraints.items[i];
        if (c->kind == MIGEN_CHECK)
            c->expression = sql_unqualified(a, c->expression, t->name.name, MIGEN_SQLITE);
    }
    return t;
}

static const char *rebuild_expression(const table_rebuild *b, const char *column)
{
    for (size_t i = 0; i < b->values.count; i++)
        if (text_equal_word(b->values.items[i].column, column))
            return b->values.items[i].expression;
    return NULL;
}

static bool rebuild_has_rowid_column(const schema_table *t)
{
    for (size_t i = 0; i < t->columns.count; i++)
        if (sqlite_is_rowid_column(t, &t->columns.items[i]))
            return true;
    return false;
}

const char *sqlite_rowid_word(const schema_table *before, const schema_table *after)
{
    static const char *const words[] = {"rowid", "_rowid_", "oid"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (table_find_column(before, words[i]) == NULL && table_find_column(after, words[i]) == NULL)
            return words[i];
    return NULL;
}

static void rebuild_item(sql_writer *columns, sql_writer *values, const char *column, const char *old,
                         const char *expression)
{
    if (columns->text.length > 1)
        sql_comma(columns);
    sql_name(columns, column);
    if (values->text.length > 0)
        sql_comma(values);
    if (expression != NULL)
        sql_in_brackets(values, expression);
    else
        sql_name(values, old);
}

/* INSERT INTO new (…) SELECT … FROM old. Columns that are new get their default, a new rowid column the old
 * rowid. */
static void rebuild_copy(arena *a, const table_rebuild *b, sql_list *out)
{
    sql_writer columns = sql_new(a), values = sql_new(a);
    const char *rowid =
        b->before->without_rowid || b->after->without_rowid ? NULL : sqlite_rowid_word(b->before, b->after);
    sql_open(&columns);
    if (rowid != NULL && !rebuild_has_rowid_column(b->after))
        rebuild_item(&columns, &values, rowid, rowid, NULL);
    for (size_t i = 0; i < b->after->columns.count; i++) {
        const migen_column *column = &b->after->columns.items[i];
        const char *expression = rebuild_expression(b, column->name);
        const migen_column *old = table_find_column(b->before, column->name);
        if (column->generated != NULL)
            continue;
        if (expression != NULL || old != NULL)
            rebuild_item(&columns, &values, column->name, column->name, expression);
        else if (rowid != NULL && sqlite_is_rowid_column(b->after, column))
            rebuild_item(&columns, &values, column->name, rowid, NULL);
    }
    sql_close(&columns);
    if (values.text.length == 0)
        return;
    sql_writer w = sql_new(a);
    sql_words(&w, "INSERT INTO");
    sql_name(&w, rebuild_name(a, b));
    sql_expression(&w, sql_text(&columns));
    sql_words(&w, "SELECT");
    sql_expression(&w, sql_text(&values));
    sql_words(&w, "FROM");
    sql_name(&w, b->before->name.name);
    rebuild_push(a, out, &w);
}

/* The counter of AUTOINCREMENT goes over: without it, numbers of deleted rows would be given again. The copy
 * has made a row for the new table, which the rename takes along. */
static void rebuild_sequence(arena *a, const table_rebuild *b, sql_list *out)
{
    const char *name = rebuild_name(a, b);
    if (!b->before->autoincrement || !b->after->autoincrement)
        return;
    sql_writer w = sql_new(a);
    sql_words(&w, "DELETE FROM sqlite_sequence WHERE name =");
    sql_string(&w, name);
    rebuild_push(a, out, &w);
    w = sql_new(a);
    sql_words(&w, "INSERT INTO sqlite_sequence (name, seq) SELECT");
    sql_string(&w, name);
    sql_words(&w, ", seq FROM sqlite_sequence WHERE name =");
    sql_string(&w, b->before->name.name);
    sql_words(&w, "COLLATE NOCASE");
    rebuild_push(a, out, &w);
}

/* An index that the step leaves alone is made again word for word. */
static void rebuild_indexes(arena *a, const schema *s, const table_rebuild *b, sql_list *out)
{
    dialect_request r = {.memory = a, .before = s};
    for (size_t i = 0; i < b->after->indexes.count; i++) {
        const migen_index *index = &b->after->indexes.items[i];
        const migen_index *old = table_find_index(b->before, index->name);
        bool same = old != NULL && old->sql != NULL && text_equal(old->name, index->name) &&
                    text_equal(index_text(a, old), index_text(a, index));
        if (!same) {
            sqlite_create_index(&r, b->after->name, index, out);
            continue;
        }
        sql_writer w = sql_new(a);
        sql_expression(&w, old->sql);
        rebuild_push(a, out, &w);
    }
    for (size_t i = 0; i < b->after->constraints.count; i++)
        if (b->after->constraints.items[i].is_index)
            sqlite_create_constraint_index(&r, b->after->name, &b->after->constraints.items[i], out);
}

static void rebuild_triggers(arena *a, const table_rebuild *b, sql_list *out)
{
    for (size_t i = 0; i < b->after->triggers.count; i++) {
        const schema_trigger *trigger = &b->after->triggers.items[i];
        if (trigger->sql == NULL)
            continue;
        sql_writer w = sql_new(a);
        sql_expression(&w, trigger->sql);
        rebuild_push(a, out, &w);
    }
}

static void rebuild_ends(arena *a, const schema *s, const table_rebuild *b, sql_list *out)
{
    rebuild_sequence(a, b, out);
    sql_writer w = sql_new(a);
    sql_words(&w, "DROP TABLE");
    sql_name(&w, b->before->name.name);
    rebuild_push(a, out, &w);
    w = sql_new(a);
    sql_words(&w, "ALTER TABLE");
    sql_name(&w, rebuild_name(a, b));
    sql_words(&w, "RENAME TO");
    sql_name(&w, b->after->name.name);
    rebuild_push(a, out, &w);
    rebuild_indexes(a, s, b, out);
    rebuild_triggers(a, b, out);
    rebuild_words(a, out, "PRAGMA legacy_alter_table = OFF");
}

void table_rebuild_write(arena *a, const table_rebuild *rebuild, sql_list *out)
{
    sql_list list = {0};
    for (size_t i = 0; i < rebuild->guards.count; i++)
        vector_push(a, &list, rebuild->guards.items[i]);
    rebuild_words(a, &list, "PRAGMA legacy_alter_table = ON");
    sql_writer w = sql_new(a);
    sql_words(&w, "DROP TABLE IF EXISTS");
    sql_name(&w, rebuild_name(a, rebuild));
    rebuild_push(a, &list, &w);
    w = sql_new(a);
    sql_expression(&w, rebuild->create);
    rebuild_push(a, &list, &w);
    rebuild_copy(a, rebuild, &list);
    for (size_t i = 0; i < rebuild->ends.count; i++)
        vector_push(a, &list, rebuild->ends.items[i]);
    for (size_t i = 0; i < list.count; i++) {
        list.items[i].rebuild = rebuild;
        vector_push(a, out, list.items[i]);
    }
}

void sqlite_write_rebuild(arena *memory, const schema *s, const table_rebuild *rebuild, sql_list *out)
{
    table_rebuild *b = ARENA_NEW(memory, table_rebuild);
    *b = *rebuild;
    b->before = schema_table_copy(memory, rebuild->before);
    b->after = schema_table_copy(memory, rebuild->after);
    b->values = (rebuild_values){0};
    for (size_t i = 0; i < rebuild->values.count; i++) {
        rebuild_value value = rebuild->values.items[i];
        value.column = arena_string(memory, value.column);
        value.expression = arena_string(memory, value.expression);
        vector_push(memory, &b->values, value);
    }
    sql_writer w = sql_new(memory);
    sqlite_create_table(&w, s, rebuild_new_table(memory, b), rebuild_name(memory, b));
    b->create = sql_text(&w);
    rebuild_ends(memory, s, b, &b->ends);
    table_rebuild_write(memory, b, out);
}

/* Whether the table itself is another one: its indexes and triggers can be had without a rebuild. */
static bool rebuild_is_due(arena *a, const schema_table *before, const schema_table *after)
{
    if (before->columns.count != after->columns.count ||
        before->constraints.count != after->constraints.count)
        return true;
    for (size_t i = 0; i < before->columns.count; i++)
        if (!text_equal(column_text(a, &before->columns.items[i]), column_text(a, &after->columns.items[i])))
            return true;
    for (size_t i = 0; i < before->constraints.count; i++)
        if (!text_equal(constraint_text(a, &before->constraints.items[i]),
                        constraint_text(a, &after->constraints.items[i])) ||
            !text_equal(before->constraints.items[i].name, after->constraints.items[i].name))
            return true;
    return false;
}

static void rebuild_gone_views(const dialect_request *r, const schema *after, sql_list *out)
{
    for (size_t i = 0; i < r->before->views.count; i++) {
        const map_entry *entry = &r->before->views.entries[i];
        if (entry->removed || map_has(&after->views, entry->key))
            continue;
        const schema_view *v = entry->value;
        sql_writer w = sql_new(r->memory);
        sql_words(&w, "DROP VIEW");
        sql_object(&w, v->name);
        dialect_push(r, out, &w, (sql_statement){.beside = v->name.name});
    }
}

static void rebuild_gone_triggers(const dialect_request *r, const schema *after, sql_list *out)
{
    for (size_t i = 0; i < r->before->tables.count; i++) {
        const map_entry *entry = &r->before->tables.entries[i];
        const schema_table *t = entry->removed ? NULL : entry->value;
        const schema_table *own = t == NULL ? NULL : map_get(&after->tables, entry->key);
        for (size_t k = 0; own != NULL && own != t && k < t->triggers.count; k++) {
            if (table_find_trigger(own, t->triggers.items[k].name) != NULL)
                continue;
            sql_writer w = sql_new(r->memory);
            sql_words(&w, "DROP TRIGGER");
            sql_name(&w, t->triggers.items[k].name);
            dialect_push(r, out, &w, (sql_statement){.beside = t->name.name});
        }
    }
}

/* The table that the step is about: an index's, where it names one. */
static const schema_table *rebuild_main(const dialect_request *r)
{
    const char *object = dialect_object(r->step);
    const schema_table *owner = NULL;
    if (object == NULL)
        return NULL;
    if (r->step->operation == MIGEN_DROP_INDEX || r->step->operation == MIGEN_RENAME_INDEX)
        (void)schema_find_index(r->before, object, &owner);
    return owner != NULL ? owner : schema_find_table(r->before, object);
}

void sqlite_rebuild_by_step(const dialect_request *r, const table_rebuild *how, sql_list *out)
{
    schema *after = dialect_after(r->before, r->step);
    if (after == NULL)
        return;
    const schema_table *main = rebuild_main(r);
    rebuild_gone_views(r, after, out);
    rebuild_gone_triggers(r, after, out);
    for (size_t i = 0; i < r->before->tables.count; i++) {
        const map_entry *entry = &r->before->tables.entries[i];
        const schema_table *before = entry->removed ? NULL : entry->value;
        if (before == NULL || (before != main && map_has_at(&after->tables, i, before)))
            continue; /* what the step does not touch */
        const schema_table *own = map_get(&after->tables, entry->key);
        if (own == NULL || before->is_virtual || before->given)
            continue;
        if (before != main && !rebuild_is_due(after->memory, before, own))
            continue;
        table_rebuild rebuild = {0};
        if (before == main && how != NULL)
            rebuild = *how;
        rebuild.before = before;
        rebuild.after = own;
        sqlite_write_rebuild(r->memory, after, &rebuild, out);
    }
    arena_free(after->memory);
}

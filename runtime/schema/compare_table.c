/*
 * compare_table.c: a whole table against another.
 */
#include "compare_parts.h"

static void compare_table_columns(const comparison *c, const schema_table *wanted, const schema_table *found)
{
    for (size_t i = 0; i < wanted->columns.count; i++) {
        const migen_column *column = &wanted->columns.items[i];
        const migen_column *there = table_find_column(found, column->name);
        if (there != NULL)
            compare_column(c, wanted, column, found, there);
        else
            compare_report(c, MIGEN_KIND_COLUMN, compare_column_object(c, wanted, column->name),
                           column_text(c->memory, column), NULL, false);
    }
}

/* Worth a word, not a difference: it is there under another name. */
static void compare_note_name(const comparison *c, migen_kind kind, const schema_table *table,
                              const char *name, const char *wanted, const char *other)
{
    if (!compare_names(c, name, other))
        compare_report(
            c, kind, compare_part_object(c, name, table), wanted,
            arena_format(c->memory, "the same under the name %s", name_part_text(c->memory, other)), true);
}

/* What stands in the place of a missing key, to be shown as found: the table's other primary key, or the
 * foreign key of the same columns. */
static const migen_constraint *compare_table_instead(const comparison *c, const schema_table *found,
                                                     const migen_constraint *wanted)
{
    if (wanted->kind == MIGEN_PRIMARY_KEY)
        return table_primary_key(found);
    for (size_t i = 0; wanted->kind == MIGEN_FOREIGN_KEY && i < found->constraints.count; i++) {
        const migen_constraint *other = &found->constraints.items[i];
        if (other->kind == MIGEN_FOREIGN_KEY && compare_lists(c, wanted->columns, other->columns))
            return other;
    }
    return NULL;
}

/* Is it there as wanted, under its name or another? */
static void compare_table_constraint(const comparison *c, const schema_table *wanted,
                                     const schema_table *found, const migen_constraint *constraint)
{
    const migen_constraint *named = table_find_constraint(found, constraint->name);
    if (named != NULL && constraint_same(c, wanted, constraint, named)) {
        compare_constraint(c, wanted, constraint, named); /* NOT VALID is still to be told */
        return;
    }
    const migen_constraint *equal = compare_find_constraint(c, wanted, found, constraint);
    if (equal != NULL && equal->half_done) {
        compare_constraint(c, wanted, constraint, equal);
    } else if (equal != NULL) {
        if (!equal->name_is_implied)
            compare_note_name(c, MIGEN_KIND_CONSTRAINT, wanted, constraint->name,
                              constraint_text(c->memory, constraint), equal->name);
    } else if (named != NULL) {
        compare_constraint(c, wanted, constraint, named);
    } else {
        const migen_constraint *instead = compare_table_instead(c, found, constraint);
        compare_report(c, MIGEN_KIND_CONSTRAINT, compare_part_object(c, constraint->name, wanted),
                       constraint_text(c->memory, constraint),
                       instead != NULL ? constraint_text(c->memory, instead) : NULL, false);
    }
}

static void compare_table_index(const comparison *c, const schema_table *wanted, const schema_table *found,
                                const migen_index *index)
{
    const migen_index *named = table_find_index(found, index->name);
    if (named != NULL) {
        compare_index(c, wanted, index, named);
        return;
    }
    const char *other = compare_find_index(c, wanted, found, index);
    if (other != NULL)
        compare_note_name(c, MIGEN_KIND_INDEX, wanted, index->name, index_text(c->memory, index), other);
    else
        compare_report(c, MIGEN_KIND_INDEX, compare_part_object(c, index->name, wanted),
                       index_text(c->memory, index), NULL, false);
}

static void compare_table_options(const comparison *c, const schema_table *wanted, const schema_table *found)
{
    const char *object = name_text(c->memory, wanted->name);
    if (ENGINE_IS_SQLITE(c->engine)) {
        if (wanted->strict != found->strict)
            compare_report(c, MIGEN_KIND_TABLE, object, wanted->strict ? "strict" : "not strict",
                           found->strict ? "strict" : "not strict", false);
        if (wanted->without_rowid != found->without_rowid)
            compare_report(c, MIGEN_KIND_TABLE, object,
                           wanted->without_rowid ? "without rowid" : "with rowid",
                           found->without_rowid ? "without rowid" : "with rowid", false);
        return;
    }
    if (wanted->comment != NULL && !text_equal(wanted->comment, found->comment))
        compare_report(c, MIGEN_KIND_TABLE, object, arena_format(c->memory, "comment '%s'", wanted->comment),
                       found->comment != NULL ? arena_format(c->memory, "comment '%s'", found->comment)
                                              : "no comment",
                       false);
}

const char *table_closed_words(arena *a, const schema_table *t)
{
    sql_lexer l = sql_lexer_new(t->sql, strlen(t->sql), MIGEN_SQLITE);
    (void)sql_next(&l);
    if (sql_token_is(sql_next(&l), "virtual"))
        return "a virtual table";
    return arena_format(a, "one whose text this release cannot read: %s", t->sql);
}

void compare_table(const comparison *c, const schema_table *wanted, const schema_table *found)
{
    if (found->is_virtual) {
        compare_report(c, MIGEN_KIND_TABLE, name_text(c->memory, wanted->name), "a table",
                       table_closed_words(c->memory, found), false);
        return;
    }
    compare_table_options(c, wanted, found);
    compare_table_columns(c, wanted, found);
    for (size_t i = 0; i < wanted->constraints.count; i++)
        compare_table_constraint(c, wanted, found, &wanted->constraints.items[i]);
    for (size_t i = 0; i < wanted->indexes.count; i++)
        compare_table_index(c, wanted, found, &wanted->indexes.items[i]);
    compare_triggers(c, wanted, wanted->name, &wanted->triggers, &found->triggers);
}

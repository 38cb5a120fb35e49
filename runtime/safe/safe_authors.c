/*
 * safe_authors.c: what the migrations say, in place of what the server has printed of it.
 *
 * PostgreSQL prints the types that it has found (WHERE state = 'a'::status), and names the columns of a *. Where the types become
 * others, or a column goes, such a text does not hold any more, and the author's does. It is taken as long as that is what is there.
 */
#include "safe_parts.h"

#include "dialect_remade.h"
#include "sql_normal.h"

/* The text without casts of plain strings to this type, whose name is one word of them: 'a'::status. */
static const char *authors_without_casts(arena *a, const char *sql, const char *type)
{
    builder b = builder_new(a);
    sql_lexer l = sql_lexer_new(sql, strlen(sql), MIGEN_POSTGRES);
    size_t copied = 0, from = 0;
    enum { ELSEWHERE, STRING, CAST } at = ELSEWHERE;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        bool name = t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME;
        if (at == CAST && name && text_equal(sql_token_value(a, t), type) &&
            sql[t.offset + t.text.length] != '[') {
            builder_add_bytes(&b, sql + copied, from - copied);
            copied = t.offset + t.text.length;
        }
        if (at == STRING && sql_token_is(t, "::")) {
            at = CAST;
            from = t.offset;
        } else {
            at = t.kind == TOKEN_STRING ? STRING : ELSEWHERE;
        }
    }
    builder_add(&b, sql + copied);
    return b.bytes;
}

/* Of a view that a rename has changed there is no author's text. Where its column is an enum, or was a text that becomes one, the
 * server's text holds without the casts to the type that goes. */
static void safe_take_off_casts(safe_context *c, const migen_step *step)
{
    const schema_table *t = schema_find_table(c->live, step->object);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, step->part);
    if (column == NULL ||
        (column->type.kind != MIGEN_TYPE_ENUM && step->alteration->type.kind != MIGEN_TYPE_ENUM))
        return;
    const char *type =
        column->type.kind == MIGEN_TYPE_ENUM ? name_parse(c->memory, column->type.name).name : "text";
    for (size_t i = 0; i < c->live->views.count; i++) {
        const map_entry *entry = &c->live->views.entries[i];
        const schema_view *found = entry->removed ? NULL : entry->value;
        if (found == NULL || found->is_authors || found->sql == NULL ||
            !sql_mentions(found->sql, step->part, MIGEN_POSTGRES))
            continue;
        const char *without = authors_without_casts(c->memory, found->sql, type);
        if (!text_equal(without, found->sql))
            schema_change_view(c->live, found)->sql = without;
    }
}

/* A column of another type, or dropped: views on it are made again. */
static void safe_take_authors_views(safe_context *c, bool stars)
{
    for (size_t i = 0; c->expected != NULL && i < c->live->views.count; i++) {
        const map_entry *entry = &c->live->views.entries[i];
        const schema_view *found = entry->removed ? NULL : entry->value;
        const schema_view *wanted = found == NULL ? NULL : schema_find_view(c->expected, entry->key);
        if (wanted == NULL || found->is_authors || wanted->maybe || wanted->sql == NULL ||
            (!stars && compare_view_has_star(c->memory, wanted->sql))) /* which may mean other columns now */
            continue;
        difference_list differences = {0};
        comparison x = safe_comparison(c, &differences);
        schema_view followed =
            *wanted; /* a rename has changed the text: whether rightly, the server says here */
        followed.text_moved = false;
        compare_view(&x, &followed, found);
        if (differences.count != 0)
            continue;
        schema_view *own = schema_change_view(c->live, found);
        own->sql = wanted->sql;
        own->later = wanted->later;
        own->is_authors = true;
    }
}

static bool authors_check(safe_context *c, const schema_table *t, migen_constraint *found,
                          const migen_constraint *wanted, const char *column)
{
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    if (wanted == NULL || wanted->kind != MIGEN_CHECK || wanted->maybe || found->half_done ||
        !dialect_compares(found, NULL, column))
        return false;
    compare_constraint(&x, t, wanted, found);
    if (differences.count != 0)
        return false;
    found->expression = wanted->expression;
    return true;
}

static bool authors_index(safe_context *c, const schema_table *t, migen_index *found,
                          const migen_index *wanted, const char *column)
{
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    if (wanted == NULL || wanted->maybe || found->half_done || !dialect_compares(NULL, found, column))
        return false;
    compare_index(&x, t, wanted, found);
    if (differences.count != 0)
        return false;
    found->where = wanted->where;
    found->items = wanted->items;
    found->item_count = wanted->item_count;
    return true;
}

static bool authors_trigger(safe_context *c, const schema_table *t, schema_trigger *found,
                            const schema_trigger *wanted, const char *column)
{
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    if (wanted == NULL || wanted->maybe || wanted->sql == NULL || found->sql == NULL ||
        !sql_mentions(found->sql, column, c->engine))
        return false;
    schema_trigger followed = *wanted;
    followed.text_moved = false;
    compare_trigger(&x, t, t->name, &followed, found);
    if (differences.count == 0)
        found->sql = wanted->sql;
    return false; /* those that name the column are made again anyway */
}

/* Columns that are made of it are made again anyway. */
static void authors_column(safe_context *c, const schema_table *t, migen_column *found,
                           const schema_table *wanted_table, const char *column)
{
    const migen_column *wanted = table_find_column(wanted_table, found->name);
    difference_list differences = {0};
    comparison x = safe_comparison(c, &differences);
    if (found->generated == NULL || wanted == NULL || wanted->maybe || wanted->generated == NULL ||
        !sql_mentions(found->generated, column, c->engine))
        return;
    compare_column(&x, t, wanted, t, found);
    if (differences.count == 0)
        found->generated = wanted->generated;
}

/* Checks and indexes of the step's table that compare its column; their texts are the author's then. */
static const char *const *safe_take_authors_parts(safe_context *c, const migen_step *step)
{
    VECTOR(const char *) names = {0};
    const schema_table *found = schema_find_table(c->live, step->object);
    const schema_table *wanted = schema_find_table(safe_expected_now(c), step->object);
    const migen_column *column = found == NULL ? NULL : table_find_column(found, step->part);
    if (column == NULL || wanted == NULL)
        return NULL;
    const schema_table *before = schema_table_copy(c->memory, found); /* by its types the texts are read */
    const bool asked = dialect_is_read_anew(column->type, step->alteration->type);
    schema_table *own = schema_change_table(c->live, found);
    for (size_t i = 0; i < own->columns.count; i++)
        authors_column(c, before, &own->columns.items[i], wanted, step->part);
    if (!asked)
        return NULL;
    for (size_t i = 0; i < own->constraints.count; i++) {
        migen_constraint *part = &own->constraints.items[i];
        if (authors_check(c, before, part, table_find_constraint(wanted, part->name), step->part))
            vector_push(c->memory, &names, part->name);
    }
    for (size_t i = 0; i < own->indexes.count; i++) {
        migen_index *part = &own->indexes.items[i];
        if (authors_index(c, before, part, table_find_index(wanted, part->name), step->part))
            vector_push(c->memory, &names, part->name);
    }
    for (size_t i = 0; i < own->triggers.count; i++) {
        schema_trigger *part = &own->triggers.items[i];
        (void)authors_trigger(c, before, part, table_find_trigger(wanted, part->name), step->part);
    }
    vector_push(c->memory, &names, NULL);
    return names.items;
}

const char *const *safe_take_authors_texts(safe_context *c, const migen_step *step)
{
    bool drops = step->operation == MIGEN_DROP_COLUMN || step->operation == MIGEN_DROP_COLUMNS;
    bool types = step->alteration != NULL && step->alteration->set_type;
    if (!ENGINE_IS_POSTGRES(c->engine) || (!drops && !types))
        return NULL;
    safe_take_authors_views(c, drops);
    if (types)
        safe_take_off_casts(c, step);
    return types ? safe_take_authors_parts(c, step) : NULL;
}

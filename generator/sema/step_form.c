/*
 * step_form.c: a step as one line of text, all of its fields, for comparing steps of two engines and for
 * tests.
 *
 * Invariant  Two steps have the same form exactly when emitted C would be the same for both.
 */
#include "sema.h"

static void add_text(builder *b, const char *label, const char *text)
{
    if (text)
        builder_add_format(b, " %s=<%s>", label, text);
}

static void add_flag(builder *b, const char *label, bool flag)
{
    if (flag)
        builder_add_format(b, " %s", label);
}

static void add_number(builder *b, const char *label, long number)
{
    if (number)
        builder_add_format(b, " %s=%ld", label, number);
}

static void add_list(builder *b, const char *label, const char *const *list)
{
    if (!list)
        return;
    builder_add_format(b, " %s=[", label);
    for (; *list; list++)
        builder_add_format(b, "<%s>", *list);
    builder_add(b, "]");
}

static void add_type(builder *b, migen_type type)
{
    if (type.kind == MIGEN_TYPE_NONE)
        return;
    builder_add_format(b, " type=%d(%d,%d)%s", (int)type.kind, type.length, type.scale,
                       type.array ? "[]" : "");
    add_text(b, "name", type.name);
    add_text(b, "sqlite", type.sqlite);
}

static void add_column(builder *b, const migen_column *c)
{
    builder_add_format(b, " {%s", c->name);
    add_type(b, c->type);
    add_flag(b, "not-null", c->not_null);
    add_text(b, "default", c->default_value);
    add_text(b, "collate", c->collate);
    add_text(b, "generated", c->generated);
    add_flag(b, "stored", c->stored);
    add_text(b, "comment", c->comment);
    add_text(b, "backfill", c->backfill);
    add_flag(b, "primary-key", c->primary_key);
    add_flag(b, "unique", c->unique);
    add_flag(b, "index", c->index);
    add_text(b, "unique-name", c->unique_name);
    add_text(b, "index-name", c->index_name);
    add_text(b, "check", c->check);
    add_text(b, "check-name", c->check_name);
    add_text(b, "references", c->references);
    add_text(b, "references-column", c->references_column);
    add_text(b, "references-name", c->references_name);
    add_number(b, "on-delete", (long)c->on_delete);
    add_number(b, "on-update", (long)c->on_update);
    builder_add(b, "}");
}

static void add_constraint(builder *b, const migen_constraint *c)
{
    builder_add_format(b, " {constraint=%d", (int)c->kind);
    add_text(b, "name", c->name);
    add_list(b, "columns", c->columns);
    add_text(b, "expression", c->expression);
    add_text(b, "references", c->references);
    add_list(b, "references-columns", c->references_columns);
    add_number(b, "on-delete", (long)c->on_delete);
    add_number(b, "on-update", (long)c->on_update);
    add_text(b, "extra", c->extra);
    add_list(b, "column-extras", c->column_extras);
    builder_add(b, "}");
}

static void add_index(builder *b, const migen_index *index)
{
    builder_add(b, " {index");
    add_text(b, "name", index->name);
    add_flag(b, "unique", index->unique);
    add_text(b, "method", index->method);
    for (size_t i = 0; i < index->item_count; i++) {
        add_text(b, "column", index->items[i].column);
        add_text(b, "expression", index->items[i].expression);
        add_flag(b, "descending", index->items[i].descending);
        add_text(b, "extra", index->items[i].extra);
    }
    add_list(b, "include", index->include);
    add_text(b, "where", index->where);
    builder_add(b, "}");
}

static void add_table(builder *b, const migen_table *t)
{
    add_text(b, "table", t->name);
    add_flag(b, "strict", t->strict);
    add_flag(b, "without-rowid", t->without_rowid);
    for (size_t i = 0; i < t->column_count; i++)
        add_column(b, &t->columns[i]);
    for (size_t i = 0; i < t->constraint_count; i++)
        add_constraint(b, &t->constraints[i]);
    for (size_t i = 0; i < t->index_count; i++)
        add_index(b, &t->indexes[i]);
}

static void add_data(builder *b, const migen_step *step)
{
    if (step->seed) {
        add_list(b, "columns", step->seed->columns);
        add_list(b, "key", step->seed->key);
        add_flag(b, "update", step->seed->update);
        add_list(b, "values", step->seed->values);
        add_text(b, "from", step->seed->from);
    }
    if (step->backfill) {
        add_list(b, "columns", step->backfill->columns);
        add_list(b, "expressions", step->backfill->expressions);
        add_text(b, "where", step->backfill->where);
        add_text(b, "by", step->backfill->by);
        add_number(b, "batch", step->backfill->batch);
        add_number(b, "pause", step->backfill->pause);
    }
}

static void add_alteration(builder *b, const migen_alteration *alteration)
{
    if (alteration->set_type)
        add_type(b, alteration->type);
    add_text(b, "collate", alteration->collate);
    add_text(b, "using", alteration->using_expression);
    add_flag(b, "set-not-null", alteration->set_not_null);
    add_flag(b, "drop-not-null", alteration->drop_not_null);
    add_text(b, "backfill", alteration->backfill);
    add_text(b, "default", alteration->default_value);
    add_flag(b, "drop-default", alteration->drop_default);
}

char *step_form(arena *a, const migen_step *step)
{
    builder b = builder_new(a);
    builder_add(&b, operation_words(step->operation));
    add_text(&b, "object", step->object);
    add_text(&b, "part", step->part);
    add_text(&b, "new-name", step->new_name);
    add_text(&b, "arguments", step->arguments);
    if (step->table)
        add_table(&b, step->table);
    for (size_t i = 0; i < step->column_count; i++)
        add_column(&b, &step->columns[i]);
    if (step->constraint)
        add_constraint(&b, step->constraint);
    if (step->index)
        add_index(&b, step->index);
    if (step->alteration)
        add_alteration(&b, step->alteration);
    add_data(&b, step);
    add_list(&b, "values", step->values);
    add_text(&b, "before", step->before);
    add_text(&b, "after", step->after);
    add_text(&b, "text", step->text);
    add_list(&b, "sql", step->sql);
    add_text(&b, "when", step->when);
    add_text(&b, "unless", step->unless);
    add_number(&b, "start", step->start);
    add_number(&b, "increment", step->increment);
    add_flag(&b, "cascade", step->cascade);
    add_flag(&b, "negated", step->negated);
    add_number(&b, "kind", (long)step->kind);
    add_number(&b, "engines", (long)step->engines);
    add_number(&b, "branch", (long)step->branch);
    return b.bytes;
}

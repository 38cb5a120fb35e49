/*
 * comment.c: comments on tables and columns. SQLite has none: there they are skipped.
 */
#include "operation_parts.h"

#include "text.h"

static violation_kind comment_set(change *c, const char **comment)
{
    const char *text = text_is_empty(c->step->text) ? NULL : c->step->text; /* PostgreSQL takes '' as none */
    if (text_equal(*comment, text))
        return violate(c->s, c->v, VIOLATION_ALREADY, c->step->text, "%s",
                       text == NULL ? "there is no comment to take away" : "the comment says so already");
    if (!c->maybe)
        *comment = text;
    return VIOLATION_NONE;
}

violation_kind apply_safe_comment_on_table(change *c)
{
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL || c->s->engine == MIGEN_SQLITE)
        return kind;
    return comment_set(c, &t->comment);
}

bool invert_safe_comment_on_table(inversion *i)
{
    const schema_table *t = schema_find_table(i->before, i->step->object);
    if (i->before->engine == MIGEN_SQLITE)
        return true;
    invert_push(i, (migen_step){.operation = MIGEN_COMMENT_ON_TABLE,
                                .object = i->step->object,
                                .text = t == NULL ? NULL : t->comment});
    return true;
}

violation_kind apply_safe_comment_on_column(change *c)
{
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    migen_column *column = table_find_column(t, c->step->part);
    if (column == NULL)
        return violate_column(c->s, c->v, t, c->step->part);
    if (c->s->engine == MIGEN_SQLITE)
        return VIOLATION_NONE;
    return comment_set(c, &column->comment);
}

bool invert_safe_comment_on_column(inversion *i)
{
    const schema_table *t = schema_find_table(i->before, i->step->object);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, i->step->part);
    if (i->before->engine == MIGEN_SQLITE)
        return true;
    invert_push(i, (migen_step){.operation = MIGEN_COMMENT_ON_COLUMN,
                                .object = i->step->object,
                                .part = i->step->part,
                                .text = column == NULL ? NULL : column->comment});
    return true;
}

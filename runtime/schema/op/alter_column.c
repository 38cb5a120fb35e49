/*
 * alter_column.c: alter column: its type, whether it may be null, its default.
 */
#include "operation_parts.h"

#include "default_value.h"
#include "text.h"
#include "types.h"

/* A number that numbers itself keeps doing so when it is made wider or narrower: its sequence stays. */
static migen_type alter_type_kept(migen_type from, migen_type to)
{
    bool numbered = from.kind == MIGEN_TYPE_SERIAL || from.kind == MIGEN_TYPE_BIGSERIAL;
    if (numbered && to.kind == MIGEN_TYPE_INT && !to.array)
        to.kind = MIGEN_TYPE_SERIAL;
    if (numbered && to.kind == MIGEN_TYPE_BIGINT && !to.array)
        to.kind = MIGEN_TYPE_BIGSERIAL;
    return to;
}

static bool alter_is_only_key(const schema *s, const schema_table *t, const migen_column *column)
{
    const migen_constraint *key = table_primary_key(t);
    return key != NULL && list_length(key->columns) == 1 && model_same_name(s, key->columns[0], column->name);
}

static violation_kind alter_numbering(change *c, const schema_table *t, const migen_column *column,
                                      migen_type to)
{
    schema *s = c->s;
    bool to_whole = !to.array && (to.kind == MIGEN_TYPE_INT || to.kind == MIGEN_TYPE_BIGINT ||
                                  to.kind == MIGEN_TYPE_SMALLINT);
    if (column->type.kind == MIGEN_TYPE_ID && to.kind != MIGEN_TYPE_ID && !to_whole) {
        violate(s, c->v, VIOLATION_CONFLICT, c->step->part,
                "\"%s\" is an `id`: it can only become a whole number", column->name);
        c->v->hint = "add a column of the other type beside it";
        return c->v->kind;
    }
    bool whole = column->type.kind == MIGEN_TYPE_INT || column->type.kind == MIGEN_TYPE_BIGINT ||
                 column->type.kind == MIGEN_TYPE_SMALLINT || type_numbers_itself(column->type);
    if (to.kind == MIGEN_TYPE_ID && !(whole && alter_is_only_key(s, t, column)))
        return violate(s, c->v, VIOLATION_CONFLICT, c->step->part,
                       "\"%s\" can only become an `id` as a number that is the primary key", column->name);
    bool serial = to.kind == MIGEN_TYPE_SERIAL || to.kind == MIGEN_TYPE_BIGSERIAL;
    bool was_serial = column->type.kind == MIGEN_TYPE_SERIAL || column->type.kind == MIGEN_TYPE_BIGSERIAL;
    if (serial && !was_serial) {
        violate(s, c->v, VIOLATION_CONFLICT, c->step->part, "a column cannot become %s later",
                type_text(s->memory, to));
        c->v->hint = "add a new column of that type";
        return c->v->kind;
    }
    return VIOLATION_NONE;
}

/* On PostgreSQL a generated column that is made of it is added anew, which it cannot be below others' foreign keys. */
static violation_kind alter_generated(change *c, const schema_table *t, const migen_column *column)
{
    for (size_t i = 0; c->s->engine == MIGEN_POSTGRES && i < t->columns.count; i++) {
        const migen_column *other = &t->columns.items[i];
        dependent_keys keys = {0};
        if (other == column || other->maybe || !sql_uses_column(c->s, other->generated, column->name))
            continue;
        dependents_add_keys(c->s, t, other->name, true, &keys);
        if (keys.count == 0)
            continue;
        violate(c->s, c->v, VIOLATION_CONFLICT, c->step->part,
                "column \"%s\" is used by the generated column \"%s\", which foreign key \"%s\" leads to",
                column->name, other->name, keys.items[0].name);
        c->v->hint = "drop that key first, and add it again";
        return c->v->kind;
    }
    return VIOLATION_NONE;
}

/* Foreign keys of the column, and to it, must still fit its new type. */
static violation_kind alter_keys_fit(change *c, const schema_table *t, const migen_column *column,
                                     migen_type to)
{
    schema *s = c->s;
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *from = s->tables.entries[i].value;
        for (size_t k = 0; from != NULL && k < from->constraints.count; k++) {
            const migen_constraint *key = &from->constraints.items[k];
            const schema_table *target =
                key->kind == MIGEN_FOREIGN_KEY ? schema_find_target(s, key->references) : NULL;
            if (target == NULL || key->references_columns == NULL || key->maybe)
                continue;
            for (size_t n = 0; key->columns[n] != NULL && key->references_columns[n] != NULL; n++) {
                const migen_column *own = table_find_column(from, key->columns[n]);
                const migen_column *other = table_find_column(target, key->references_columns[n]);
                if (own == NULL || other == NULL || (own != column && other != column) || own == other)
                    continue;
                if (type_can_reference(s->engine, own == column ? to : own->type,
                                       other == column ? to : other->type))
                    continue;
                violate(s, c->v, VIOLATION_CONFLICT, c->step->part,
                        "foreign key \"%s\" of table \"%s\" would lead from %s to %s", key->name,
                        model_table_text(s, from), type_text(s->memory, own == column ? to : own->type),
                        type_text(s->memory, other == column ? to : other->type));
                c->v->hint = "drop the foreign key first, and change both columns";
                return c->v->kind;
            }
        }
    }
    (void)t;
    return VIOLATION_NONE;
}

static violation_kind alter_type(change *c, const schema_table *t, const migen_column *column,
                                 migen_column *changed)
{
    migen_type to = c->step->alteration->type;
    if (!plain_type(c->s, &to, c->step->part, c->v))
        return c->v->kind;
    violation_kind kind = alter_numbering(c, t, column, to);
    to = alter_type_kept(column->type, to);
    if (kind == VIOLATION_NONE && !type_equal(column->type, to))
        kind = alter_generated(c, t, column);
    if (kind == VIOLATION_NONE)
        kind = alter_keys_fit(c, t, column, to);
    if (kind == VIOLATION_NONE)
        kind = type_refuse_unsorted(c->s, c->v, t, c->step->part, to);
    changed->default_value = default_in_type(column->default_value, column->type, to);
    changed->type = to;
    changed->declared = NULL;
    if (column->type.kind == MIGEN_TYPE_ID && to.kind != MIGEN_TYPE_ID)
        changed->extra = NULL;
    if (c->s->engine == MIGEN_POSTGRES && type_family_of(to) != TYPE_FAMILY_TEXT)
        changed->collate = NULL; /* there, texts alone have an order of their own */
    if (c->step->alteration->collate != NULL)
        changed->collate = c->step->alteration->collate;
    if (type_numbers_itself(to))
        changed->not_null = true;
    return kind;
}

static violation_kind alter_nullable(change *c, const schema_table *t, const migen_column *column,
                                     migen_column *changed)
{
    const migen_alteration *alteration = c->step->alteration;
    const migen_constraint *key = table_primary_key(t);
    if (alteration->set_not_null)
        changed->not_null = true;
    if (!alteration->drop_not_null)
        return VIOLATION_NONE;
    if (key != NULL && list_has_name(c->s, key->columns, column->name))
        return violate(c->s, c->v, VIOLATION_CONFLICT, c->step->part,
                       "\"%s\" is in the primary key: it cannot be null", column->name);
    if (type_numbers_itself(changed->type))
        return violate(c->s, c->v, VIOLATION_CONFLICT, c->step->part, "a column of type %s cannot be null",
                       type_text(c->s->memory, changed->type));
    changed->not_null = false;
    return VIOLATION_NONE;
}

static violation_kind alter_default(change *c, const migen_column *column, migen_column *changed)
{
    const migen_alteration *alteration = c->step->alteration;
    if (alteration->drop_default)
        changed->default_value = NULL;
    if (alteration->default_value != NULL)
        changed->default_value = alteration->default_value;
    bool retyped = alteration->set_type && changed->default_value != NULL &&
                   alteration->default_value == NULL &&
                   (changed->type.kind == MIGEN_TYPE_ENUM ||
                    (c->s->engine == MIGEN_POSTGRES && !type_equal(column->type, changed->type)));
    if (alteration->default_value != NULL && !plain_default(c->s, changed, c->v))
        return c->v->kind;
    if (retyped && !(plain_default(c->s, changed, c->v) && plain_default_casts(c->s, changed, c->v))) {
        c->v->word = c->step->part; /* the old default in the new type: the type is wrong */
        if (changed->type.kind != MIGEN_TYPE_ENUM)
            c->v->hint = "say what it is in the new type: `default …` or `drop default` behind the type";
        return c->v->kind;
    }
    if (changed->default_value != NULL && text_equal_word(changed->default_value, "null"))
        changed->default_value = NULL;
    return VIOLATION_NONE;
}

static bool alter_same_default(const schema *s, const migen_column *a, const migen_column *b)
{
    if (a->default_value == NULL || b->default_value == NULL)
        return a->default_value == b->default_value;
    return default_compare(s->memory, s->engine, b->type, a->default_value, b->default_value) == DEFAULT_SAME;
}

/* On PostgreSQL they are added anew, behind all others. */
static void alter_move_generated(const schema *s, schema_table *t, const char *name)
{
    for (size_t i = 0, left = t->columns.count; s->engine == MIGEN_POSTGRES && left-- > 0;) {
        migen_column column = t->columns.items[i];
        if (!sql_uses_column(s, column.generated, name)) {
            i++;
            continue;
        }
        vector_remove(&t->columns, i);
        vector_push(s->memory, &t->columns, column);
    }
}

violation_kind apply_safe_alter_column_type(change *c)
{
    schema *s = c->s;
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    migen_column *column = table_find_column(t, c->step->part);
    if (column == NULL)
        return violate_column(s, c->v, t, c->step->part);
    const migen_alteration *alteration = c->step->alteration;
    migen_column changed = *column;
    const char *said = alteration->backfill != NULL           ? "`backfill`"
                       : alteration->default_value != NULL    ? "`default`"
                       : alteration->using_expression != NULL ? "`using`"
                                                              : NULL;
    if (column->generated != NULL && said != NULL)
        return violate(s, c->v, VIOLATION_CONFLICT, c->step->part, "\"%s\" is generated: it takes no %s",
                       column->name, said);
    if (alteration->set_type)
        kind = alter_type(c, t, column, &changed);
    if (kind == VIOLATION_NONE)
        kind = alter_nullable(c, t, column, &changed);
    if (kind == VIOLATION_NONE)
        kind = alter_default(c, column, &changed);
    if (kind != VIOLATION_NONE)
        return kind;
    if (!column->maybe && type_equal(column->type, changed.type) && column->not_null == changed.not_null &&
        alter_same_default(s, column, &changed))
        return violate(s, c->v, VIOLATION_ALREADY, c->step->part, "column \"%s\" is so already",
                       column->name);
    const bool other = !type_equal(column->type, changed.type);
    *column = changed;
    if (other)
        alter_move_generated(s, t, c->step->part);
    return VIOLATION_NONE;
}

bool invert_safe_alter_column_type(inversion *i)
{
    const schema_table *t = schema_find_table(i->before, i->step->object);
    const migen_column *column = t == NULL ? NULL : table_find_column(t, i->step->part);
    if (column == NULL)
        return t != NULL || invert_fails(i, "altering a table that the migrations do not make");
    const migen_alteration *made = i->step->alteration;
    migen_alteration *alteration = ARENA_NEW(i->memory, migen_alteration);
    migen_type to = alter_type_kept(column->type, made->type);
    if (made->set_type && !type_equal(column->type, to)) {
        alteration->set_type = true;
        alteration->type = column->type;
        alteration->type.name = invert_text(i, column->type.name);
        alteration->type.sqlite = invert_text(i, column->type.sqlite);
        if (type_family_of(column->type) == TYPE_FAMILY_TEXT &&
            type_family_of(made->type) != TYPE_FAMILY_TEXT)
            alteration->collate = invert_text(i, column->collate);
    }
    alteration->set_not_null = made->drop_not_null && column->not_null;
    alteration->drop_not_null = made->set_not_null && !column->not_null;
    const char *there = default_in_type(column->default_value, column->type, to);
    bool is_other =
        alteration->set_type && !text_equal(default_in_type(there, to, column->type),
                                            column->default_value); /* 'yes' comes back as 'true' */
    if (made->default_value != NULL || made->drop_default || is_other) {
        alteration->default_value = invert_text(i, column->default_value);
        alteration->drop_default = column->default_value == NULL;
    }
    if (made->drop_default && column->default_value == NULL)
        alteration->drop_default = false;
    if (alteration->set_type || alteration->set_not_null || alteration->drop_not_null ||
        alteration->default_value != NULL || alteration->drop_default)
        invert_push(i, (migen_step){.operation = MIGEN_ALTER_COLUMN,
                                    .object = i->step->object,
                                    .part = i->step->part,
                                    .alteration = alteration});
    return true;
}

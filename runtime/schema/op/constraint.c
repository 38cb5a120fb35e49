/*
 * constraint.c: constraints of tables that are there.
 */
#include "operation_parts.h"

#include "text.h"

/* Whether the plain constraint can join the table; ALREADY when it would change nothing. */
static violation_kind constraint_can_join(change *c, const schema_table *t, const migen_constraint *key)
{
    schema *s = c->s;
    const char *word = c->step->constraint->name != NULL ? c->step->constraint->name : c->step->object;
    const migen_constraint *there = table_find_constraint(t, key->name);
    if (there != NULL && !there->maybe)
        return violate(s, c->v, VIOLATION_ALREADY, word, "table \"%s\" has a constraint \"%s\" already",
                       model_table_text(s, t), key->name);
    const migen_constraint *primary = key->kind == MIGEN_PRIMARY_KEY ? table_primary_key(t) : NULL;
    if (primary != NULL && !primary->maybe && !list_equal(primary->columns, key->columns)) {
        violate(s, c->v, VIOLATION_CONFLICT, word, "table \"%s\" has a primary key already: (%s)",
                model_table_text(s, t), list_join(s->memory, primary->columns, ", "));
        c->v->hint = "drop that constraint first";
        return c->v->kind;
    }
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *other = &t->constraints.items[i];
        if (!other->maybe && !other->half_done && constraint_equal(s, other, key))
            return violate(s, c->v, VIOLATION_ALREADY, word,
                           "table \"%s\" has such a constraint already: \"%s\"", model_table_text(s, t),
                           other->name);
    }
    if (key->kind == MIGEN_PRIMARY_KEY || key->kind == MIGEN_UNIQUE) {
        const char *taken = model_relation(s, NULL, (object_name){t->name.schema, key->name});
        if (taken != NULL)
            return violate(s, c->v, VIOLATION_CONFLICT, word, "the name \"%s\" is taken by %s", key->name,
                           taken);
    }
    return VIOLATION_NONE;
}

violation_kind apply_safe_add_constraint(change *c)
{
    schema *s = c->s;
    schema_table *t = NULL;
    violation_kind kind = change_table(c, &t);
    if (t == NULL)
        return kind;
    migen_constraint key = schema_plain_constraint(s, t, c->step->constraint, c->v);
    if (c->v->kind != VIOLATION_NONE)
        return c->v->kind;
    kind = constraint_can_join(c, t, &key);
    if (kind == VIOLATION_NONE)
        kind = key_refuse_unsorted(s, c->v, t, &key);
    if (kind != VIOLATION_NONE)
        return kind;
    if (table_find_constraint(t, key.name) != NULL && c->maybe)
        return VIOLATION_NONE;
    table_remove_constraint(t, key.name);
    key.maybe = c->maybe;
    vector_push(s->memory, &t->constraints, key);
    for (size_t i = 0; key.kind == MIGEN_PRIMARY_KEY && !c->maybe && key.columns[i] != NULL; i++) {
        migen_column *column = table_find_column(t, key.columns[i]);
        if (column != NULL)
            column->not_null = true;
    }
    return VIOLATION_NONE;
}

/* Columns that only the primary key has made not null may be null again. */
static void constraint_loosen_key(inversion *i, const schema_table *t, const migen_constraint *key)
{
    for (size_t k = 0; key->columns != NULL && key->columns[k] != NULL; k++) {
        const migen_column *column = table_find_column(t, key->columns[k]);
        if (column == NULL || column->not_null)
            continue;
        migen_alteration *alteration = ARENA_NEW(i->memory, migen_alteration);
        alteration->drop_not_null = true;
        invert_push(i, (migen_step){.operation = MIGEN_ALTER_COLUMN,
                                    .object = i->step->object,
                                    .part = column->name,
                                    .alteration = alteration});
    }
}

bool invert_safe_add_constraint(inversion *i)
{
    const schema_table *t = schema_find_table(i->before, i->step->object);
    const char *name = i->step->constraint->name;
    if (name == NULL && t == NULL)
        return invert_fails(i, "a constraint without a name on a table that the migrations do not make");
    arena *scratch = arena_new();
    if (name == NULL) { /* a model that may be written to */
        schema *copy = schema_copy(scratch, i->before);
        violation v = {0};
        name =
            schema_plain_constraint(copy, schema_find_table(copy, i->step->object), i->step->constraint, &v)
                .name;
    }
    invert_push(i, (migen_step){.operation = MIGEN_DROP_CONSTRAINT, .object = i->step->object, .part = name});
    if (t != NULL && i->step->constraint->kind == MIGEN_PRIMARY_KEY)
        constraint_loosen_key(i, t, i->step->constraint);
    arena_free(scratch);
    return true;
}

/* The constraint that a step names. NULL with VIOLATION_NONE: of somebody else's table. */
static violation_kind constraint_of_step(change *c, violation_kind absent, schema_table **t,
                                         migen_constraint **key)
{
    schema *s = c->s;
    *key = NULL;
    violation_kind kind = change_table(c, t);
    if (*t == NULL)
        return kind;
    *key = table_find_constraint(*t, c->step->part);
    if (*key != NULL)
        return VIOLATION_NONE;
    violate(s, c->v, absent, c->step->part, "there is no constraint \"%s\" on table \"%s\"", c->step->part,
            model_table_text(s, *t));
    const char **names = ARENA_NEW_ARRAY(s->memory, const char *, (*t)->constraints.count + 1);
    for (size_t i = 0; i < (*t)->constraints.count; i++)
        names[i] = (*t)->constraints.items[i].name;
    c->v->nearest = text_nearest(c->step->part, names, (*t)->constraints.count);
    if (table_find_index(*t, c->step->part) != NULL)
        c->v->hint = "it is an index: `drop index`, `rename index`";
    return absent;
}

/* Foreign keys for which nothing makes their target unique once the constraint has gone. */
static dependent_keys constraint_users(const schema *s, const schema_table *t,
                                       const migen_constraint *constraint)
{
    dependent_keys users = {0};
    if (constraint->kind != MIGEN_PRIMARY_KEY && constraint->kind != MIGEN_UNIQUE)
        return users;
    schema_table *without = schema_table_copy(s->memory, t);
    table_remove_constraint(without, constraint->name);
    dependents_of_unique(s, t, without, &users, NULL);
    return users;
}

violation_kind apply_safe_drop_constraint(change *c)
{
    schema *s = c->s;
    schema_table *t = NULL;
    migen_constraint *key = NULL;
    violation_kind kind = constraint_of_step(c, VIOLATION_ALREADY, &t, &key);
    if (key == NULL)
        return kind;
    if (s->engine == MIGEN_SQLITE && t->without_rowid && key->kind == MIGEN_PRIMARY_KEY)
        return violate(s, c->v, VIOLATION_CONFLICT, c->step->part,
                       "a table without rowid must have a primary key");
    dependent_keys users = constraint_users(s, t, key);
    if (!c->step->cascade)
        kind = dependents_refuse(s, c->v, c->step->part,
                                 arena_format(s->memory, "constraint \"%s\"", key->name), &users, NULL);
    if (kind != VIOLATION_NONE)
        return kind;
    table_remove_constraint(t, key->name);
    dependents_drop_keys(s, &users);
    return VIOLATION_NONE;
}

bool invert_safe_drop_constraint(inversion *i)
{
    return invert_by_difference(i);
}

violation_kind apply_safe_rename_constraint(change *c)
{
    schema *s = c->s;
    schema_table *t = NULL;
    migen_constraint *key = NULL;
    const char *to = c->step->new_name;
    const schema_table *found = schema_find_table(s, c->step->object);
    if (found != NULL && table_find_constraint(found, c->step->part) == NULL &&
        table_find_constraint(found, to) != NULL)
        return violate(s, c->v, VIOLATION_ALREADY, c->step->part,
                       "constraint \"%s\" is called \"%s\" already", c->step->part, to);
    violation_kind kind = constraint_of_step(c, VIOLATION_MISSING, &t, &key);
    if (key == NULL)
        return kind;
    const migen_constraint *other = table_find_constraint(t, to);
    if (other != NULL && other != key && !other->maybe)
        return violate(s, c->v, VIOLATION_CONFLICT, to, "table \"%s\" has a constraint \"%s\" already",
                       model_table_text(s, t), to);
    if (other != key && (key->kind == MIGEN_PRIMARY_KEY || key->kind == MIGEN_UNIQUE)) {
        kind = change_relation_free(c, (object_name){t->name.schema, to}, to);
        if (kind != VIOLATION_NONE)
            return kind;
    }
    if (other != NULL && other != key)
        table_remove_constraint(t, to);
    key = table_find_constraint(t, c->step->part);
    key->name = to;
    key->name_is_implied = false;
    return VIOLATION_NONE;
}

bool invert_safe_rename_constraint(inversion *i)
{
    invert_push(i, (migen_step){.operation = MIGEN_RENAME_CONSTRAINT,
                                .object = i->step->object,
                                .part = i->step->new_name,
                                .new_name = i->step->part});
    return true;
}

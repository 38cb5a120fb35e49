/*
 * uses.c: what stands on a function, a sequence, an enum or the type of a table's rows: defaults, generated columns, checks, indexes, triggers, views, functions.
 *
 * Idea       As dependents.c: all of it is asked for first; then the drop is refused, or with cascade all of it goes, as PostgreSQL
 *            does it.
 * Invariant  What only perhaps uses it stands in no one's way without cascade (the server knows), and is a conflict with it: the model
 *            would not know what is left.
 */
#include "calls.h"

#include "text.h"

typedef struct used_object {
    const schema_function *function; /* or */
    const schema_sequence *sequence; /* or */
    const object_name *type;         /* an enum, without the columns that have it, or a table's rows */
    const char *words;               /* "function \"f\"" */
} used_object;

typedef enum user_kind {
    USER_DEFAULT,
    USER_GENERATED,
    USER_CONSTRAINT,
    USER_INDEX,
    USER_TRIGGER,
    USER_VIEW,
    USER_FUNCTION
} user_kind;

typedef struct object_user {
    user_kind kind;
    call_answer answer;
    bool maybe;
    const char *name;    /* of the part of a table, of the view; of a function its key */
    const char *table;   /* as an object */
    const void *removed; /* the view, the function */
} object_user;

typedef struct object_users {
    const schema *s;
    const used_object *object;
    VECTOR(object_user) found;
} object_users;

static call_answer user_asks(const object_users *users, const schema_table *t, const char *sql)
{
    const used_object *object = users->object;
    if (object->type != NULL)
        return sql_says_type(users->s, sql, false, *object->type) ? CALL_SURELY : CALL_NO;
    return object->function != NULL ? sql_calls(users->s, t, sql, object->function)
                                    : sql_takes_numbers(users->s, sql, object->sequence);
}

/* A default of an argument, BEGIN ATOMIC, the type of an argument or result: other bodies are text. */
static call_answer user_function_asks(const object_users *users, const schema_function *f)
{
    if (users->object->type != NULL)
        return sql_says_type(users->s, f->sql, true, *users->object->type) ? CALL_SURELY : CALL_NO;
    return user_asks(users, NULL, f->sql);
}

static void user_add(object_users *users, object_user user)
{
    if (user.answer != CALL_NO)
        vector_push(users->s->memory, &users->found, user);
}

static call_answer user_index_asks(const object_users *users, const schema_table *t, const migen_index *index)
{
    call_answer answer = user_asks(users, t, index->where);
    for (size_t i = 0; i < index->item_count; i++) {
        call_answer item = user_asks(users, t, index->items[i].expression);
        answer = item > answer ? item : answer;
    }
    return answer;
}

/* t: NULL, where they are a view's */
static void users_in_triggers(object_users *users, const schema_table *t, const schema_triggers *triggers,
                              const char *owner, bool maybe)
{
    for (size_t i = 0; i < triggers->count; i++) {
        const schema_trigger *trigger = &triggers->items[i];
        user_add(users, (object_user){USER_TRIGGER, user_asks(users, t, trigger->sql),
                                      trigger->maybe || maybe, trigger->name, owner, NULL});
    }
}

static void users_in_table(object_users *users, const schema_table *t)
{
    const char *table = model_table_text(users->s, t);
    for (size_t i = 0; i < t->columns.count; i++) {
        const migen_column *c = &t->columns.items[i];
        user_add(users, (object_user){USER_DEFAULT, user_asks(users, t, c->default_value),
                                      c->maybe || t->maybe, c->name, table, NULL});
        user_add(users, (object_user){USER_GENERATED, user_asks(users, t, c->generated), c->maybe || t->maybe,
                                      c->name, table, NULL});
    }
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *key = &t->constraints.items[i];
        user_add(users, (object_user){USER_CONSTRAINT, user_asks(users, t, key->expression),
                                      key->maybe || t->maybe, key->name, table, NULL});
    }
    for (size_t i = 0; i < t->indexes.count; i++) {
        const migen_index *index = &t->indexes.items[i];
        user_add(users, (object_user){USER_INDEX, user_index_asks(users, t, index), index->maybe || t->maybe,
                                      index->name, table, NULL});
    }
    users_in_triggers(users, t, &t->triggers, table, t->maybe);
}

static object_users users_of(const schema *s, const used_object *object)
{
    object_users users = {.s = s, .object = object};
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && !t->given)
            users_in_table(&users, t);
    }
    for (size_t i = 0; i < s->relations.count; i++)
        if (!s->relations.entries[i].removed)
            users_in_table(&users, s->relations.entries[i].value);
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].value;
        if (s->views.entries[i].removed)
            continue;
        users_in_triggers(&users, NULL, &view->triggers, s->views.entries[i].key, view->maybe);
        user_add(&users, (object_user){USER_VIEW, user_asks(&users, NULL, view->sql), view->maybe,
                                       s->views.entries[i].key, NULL, view});
    }
    for (size_t i = 0; i < s->functions.count; i++) {
        const schema_function *f = s->functions.entries[i].value;
        if (!s->functions.entries[i].removed && f != object->function)
            user_add(&users, (object_user){USER_FUNCTION, user_function_asks(&users, f), f->maybe,
                                           s->functions.entries[i].key, NULL, f});
    }
    return users;
}

static const char *user_words(arena *a, const object_user *user)
{
    switch (user->kind) {
    case USER_DEFAULT:
        return arena_format(a, "the default of column \"%s.%s\"", user->table, user->name);
    case USER_GENERATED:
        return arena_format(a, "the generated column \"%s.%s\"", user->table, user->name);
    case USER_CONSTRAINT:
        return arena_format(a, "constraint \"%s\" of table \"%s\"", user->name, user->table);
    case USER_INDEX:
        return arena_format(a, "index \"%s\" of table \"%s\"", user->name, user->table);
    case USER_TRIGGER:
        return arena_format(a, "trigger \"%s\" on \"%s\"", user->name, user->table);
    case USER_VIEW:
        return arena_format(a, "view \"%s\"", user->name);
    case USER_FUNCTION:
        break;
    }
    return arena_format(a, "function \"%s\"", user->name);
}

/* The conflict for the first that stands in the way; VIOLATION_NONE when none does. */
static violation_kind users_refuse(change *c, const object_users *users)
{
    schema *s = c->s;
    bool whole_schema = c->step->operation == MIGEN_DROP_SCHEMA; /* a function is only one of many there */
    for (size_t i = 0; i < users->found.count && !whole_schema; i++) {
        const object_user *user = &users->found.items[i];
        if (user->maybe || (user->answer == CALL_SURELY) == c->step->cascade)
            continue;
        const char *words = user_words(s->memory, user);
        if (c->step->cascade) {
            violate(s, c->v, VIOLATION_CONFLICT, c->step->object, "whether %s uses %s cannot be told", words,
                    users->object->words);
            c->v->hint = "drop that one first; or leave `cascade` out, where nothing uses it";
        } else {
            violate(s, c->v, VIOLATION_CONFLICT, c->step->object, "%s is used by %s", users->object->words,
                    words);
            c->v->hint = "drop that one first, or say `cascade`";
        }
        return c->v->kind;
    }
    return VIOLATION_NONE;
}

static void user_take_from_table(change *c, const object_user *user)
{
    schema *s = c->s;
    const schema_table *found = schema_find_relation(s, user->table);
    if (found == NULL || (user->kind == USER_GENERATED && table_find_column(found, user->name) == NULL))
        return; /* it has gone with another one */
    if (user->kind == USER_GENERATED) {
        (void)columns_drop_along(c, found, list_of(s->memory, user->name));
        return;
    }
    schema_table *t = schema_change_table(s, found);
    migen_column *column = table_find_column(t, user->name);
    if (user->kind == USER_DEFAULT && column != NULL)
        column->default_value = NULL;
    else if (user->kind == USER_CONSTRAINT)
        table_remove_constraint(t, user->name);
    else if (user->kind == USER_INDEX)
        table_remove_index(t, user->name);
}

/* The trigger of a table or view. */
static void user_take_trigger(schema *s, const object_user *user)
{
    schema_triggers *triggers = schema_change_triggers(s, user->table);
    for (size_t i = triggers == NULL ? 0 : triggers->count; i-- > 0;)
        if (text_equal(triggers->items[i].name, user->name))
            vector_remove(triggers, i);
}

static void users_take(change *c, const object_users *users)
{
    schema *s = c->s;
    for (size_t i = 0; i < users->found.count; i++) {
        const object_user *user = &users->found.items[i];
        if (user->answer != CALL_SURELY)
            continue;
        if (user->kind == USER_VIEW) {
            const schema_view *view = map_get(&s->views, user->name);
            dependent_views views = {0};
            if (view == NULL)
                continue;
            dependents_add_views(s, view->name, NULL, &views);
            dependents_drop_views(s, &views);
            schema_remove_view(s, user->name);
        } else if (user->kind == USER_FUNCTION) {
            const schema_function *f = map_get(&s->functions, user->name);
            used_object also = {.function = f, .words = ""};
            if (f == NULL || f != user->removed)
                continue;
            object_users of_it = users_of(s, &also);
            map_remove(&s->functions, user->name);
            users_take(c, &of_it);
        } else if (user->kind == USER_TRIGGER) {
            user_take_trigger(s, user);
        } else {
            user_take_from_table(c, user);
        }
    }
}

static violation_kind object_let_go(change *c, const used_object *object)
{
    object_users users = users_of(c->s, object);
    violation_kind kind = users_refuse(c, &users);
    if (kind == VIOLATION_NONE && c->step->cascade)
        users_take(c, &users);
    return kind;
}

violation_kind function_let_go(change *c, const schema_function *f)
{
    used_object object = {.function = f,
                          .words = arena_format(c->s->memory, "function \"%s\"", c->step->object)};
    return f->maybe ? VIOLATION_NONE : object_let_go(c, &object);
}

violation_kind sequence_let_go(change *c, const schema_sequence *q)
{
    used_object object = {.sequence = q,
                          .words = arena_format(c->s->memory, "sequence \"%s\"", c->step->object)};
    return q->maybe ? VIOLATION_NONE : object_let_go(c, &object);
}

violation_kind enum_let_go(change *c, const schema_enum *e)
{
    used_object object = {.type = &e->name,
                          .words = arena_format(c->s->memory, "enum \"%s\"", c->step->object)};
    return e->maybe || c->s->engine != MIGEN_POSTGRES ? VIOLATION_NONE : object_let_go(c, &object);
}

violation_kind rows_let_go(change *c, object_name name, const char *words)
{
    used_object object = {.type = &name, .words = words};
    return c->s->engine != MIGEN_POSTGRES ? VIOLATION_NONE : object_let_go(c, &object);
}

violation_kind function_stays(change *c, const schema_function *f)
{
    used_object object = {
        .function = f,
        .words =
            arena_format(c->s->memory,
                         "function \"%s\", which has to be dropped to get other arguments or another result,",
                         c->step->object)};
    object_users users = users_of(c->s, &object);
    violation_kind kind = f->maybe ? VIOLATION_NONE : users_refuse(c, &users);
    if (kind != VIOLATION_NONE)
        c->v->hint = "drop that one before it, and make it again behind it";
    return kind;
}

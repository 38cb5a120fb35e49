#include "sqlite_ddl.h"

#include "default_value.h"
#include "sql_writer.h"

#include <string.h>

/* A column's definition and the table's constraints, as CREATE TABLE has them. */

static void column_add_extra(ddl_cursor *c, const char **extra, size_t from)
{
    const char *text = ddl_text(c, from);
    if (*text == '\0')
        return;
    *extra = *extra == NULL ? text : list_join(c->memory, (const char *const[]){*extra, text, NULL}, " ");
}

static void column_conflict(ddl_cursor *c)
{
    if (ddl_take_two(c, "on", "conflict"))
        ddl_name(c);
}

static void column_push(ddl_cursor *c, schema_table *t, migen_constraint constraint, const char **name)
{
    constraint.name = *name;
    constraint.name_is_implied = *name == NULL;
    *name = NULL;
    vector_push(c->memory, &t->constraints, constraint);
}

static const char *const *column_list_of(ddl_cursor *c, const char *name)
{
    const char **list = ARENA_NEW_ARRAY(c->memory, const char *, 2);
    list[0] = name;
    return list;
}

/* COLLATE x, as often as it is said: the last one holds. NULL: it is not said. */
static const char *column_collations(ddl_cursor *c, const char *before)
{
    while (ddl_at(c, "collate")) {
        size_t from = c->at++;
        ddl_name(c);
        before = ddl_text(c, from);
    }
    return before;
}

/* (a, b), names only: what old versions of SQLite took behind them (COLLATE, ASC, DESC) has never meant anything. */
static const char *const *column_names(ddl_cursor *c)
{
    VECTOR(const char *) names = {0};
    ddl_expect(c, "(");
    do {
        const char *name = ddl_name(c);
        (void)column_collations(c, NULL);
        if (!ddl_take(c, "asc"))
            ddl_take(c, "desc");
        vector_push(c->memory, &names, name);
    } while (!c->failed && ddl_take(c, ","));
    ddl_expect(c, ")");
    vector_push(c->memory, &names, NULL);
    return names.items;
}

/* A column of a key, with what stands behind it: SQLite takes brackets around it, and COLLATE in and behind each of them. */
static const char *column_key_name(ddl_cursor *c, const char **collation)
{
    size_t opened = 0;
    while (!c->failed && ddl_take(c, "("))
        opened++;
    const char *name = ddl_name(c);
    *collation = column_collations(c, NULL);
    for (; opened > 0; opened--) {
        ddl_expect(c, ")");
        *collation = column_collations(c, *collation);
    }
    return name;
}

/* (a, b COLLATE nocase DESC) of a primary key or unique constraint. */
static void column_key_names(ddl_cursor *c, schema_table *t, migen_constraint *key)
{
    VECTOR(const char *) names = {0};
    VECTOR(const char *) extras = {0};
    bool any = false;
    ddl_expect(c, "(");
    do {
        const char *extra = NULL;
        const char *name = column_key_name(c, &extra);
        size_t from = c->at;
        if (ddl_take(c, "desc"))
            column_add_extra(c, &extra, from);
        ddl_take(c, "asc");
        any = any || extra != NULL;
        vector_push(c->memory, &names, name);
        vector_push(c->memory, &extras, extra == NULL ? "" : extra);
    } while (!c->failed && ddl_take(c, ","));
    if (ddl_take(c, "autoincrement")) /* DB Browser for SQLite writes it here */
        t->autoincrement = true;
    ddl_expect(c, ")");
    vector_push(c->memory, &names, NULL);
    vector_push(c->memory, &extras, NULL);
    key->columns = names.items;
    key->column_extras = any ? extras.items : NULL;
}

static migen_action column_action(ddl_cursor *c)
{
    if (ddl_take(c, "cascade"))
        return MIGEN_CASCADE;
    if (ddl_take(c, "restrict"))
        return MIGEN_RESTRICT;
    if (ddl_take_two(c, "set", "null"))
        return MIGEN_SET_NULL;
    if (ddl_take_two(c, "set", "default"))
        return MIGEN_SET_DEFAULT;
    if (!ddl_take_two(c, "no", "action"))
        ddl_fail(c);
    return MIGEN_NO_ACTION;
}

static bool column_deferrable(ddl_cursor *c)
{
    if (!ddl_take_two(c, "not", "deferrable") && !ddl_take(c, "deferrable"))
        return false;
    if (ddl_take(c, "initially"))
        ddl_name(c);
    return true;
}

/* Gives the key what was read from token `from` on: when it is checked. That stands behind all else, and the last one holds. */
static void column_defer(ddl_cursor *c, migen_constraint *key, size_t from)
{
    ddl_cursor had;
    if (key->extra != NULL && ddl_open(&had, c->memory, key->extra)) {
        while (ddl_here(&had).kind != TOKEN_END && !ddl_at(&had, "not") && !ddl_at(&had, "deferrable"))
            had.at++;
        const char *before = ddl_text(&had, 0);
        key->extra = text_is_empty(before) ? NULL : before;
    }
    column_add_extra(c, &key->extra, from);
}

/* SQLite takes this by itself too, anywhere in a column: it means the last key of the table, if there is one. */
static bool column_deferred_last(ddl_cursor *c, schema_table *t)
{
    size_t from = c->at;
    if (!column_deferrable(c))
        return false;
    for (size_t i = t->constraints.count; i-- > 0;)
        if (t->constraints.items[i].kind == MIGEN_FOREIGN_KEY) {
            column_defer(c, &t->constraints.items[i], from);
            break;
        }
    return true;
}

/* Behind REFERENCES. */
static void column_references(ddl_cursor *c, migen_constraint *key)
{
    key->references = name_part_text(c->memory, ddl_name(c));
    if (ddl_at(c, "("))
        key->references_columns = column_names(c);
    for (bool more = true; more && !c->failed;) {
        size_t from = c->at;
        if (ddl_take_two(c, "on", "delete")) {
            key->on_delete = column_action(c);
        } else if (ddl_take_two(c, "on", "update")) {
            key->on_update = column_action(c);
        } else if (ddl_take_two(c, "on", "insert")) { /* SQLite reads it, and does nothing */
            column_action(c);
            column_add_extra(c, &key->extra, from);
        } else if (ddl_take(c, "match")) {
            ddl_name(c);
            column_add_extra(c, &key->extra, from);
        } else {
            more = false;
        }
    }
    size_t from = c->at;
    if (column_deferrable(c))
        column_defer(c, key, from);
}

static void column_primary_key(ddl_cursor *c, schema_table *t, migen_column *column, const char **name)
{
    migen_constraint key = {.kind = MIGEN_PRIMARY_KEY, .columns = column_list_of(c, column->name)};
    ddl_take(c, "asc");
    size_t from = c->at;
    /* "INTEGER PRIMARY KEY DESC" is not the rowid, by an old mistake that SQLite keeps */
    if (ddl_take(c, "desc") && !text_equal_word(column->type.name, "integer")) {
        key.column_extras = column_list_of(c, ddl_text(c, from));
        from = c->at;
    }
    column_conflict(c);
    column_add_extra(c, &key.extra, from);
    if (ddl_take(c, "autoincrement"))
        t->autoincrement = true;
    column_push(c, t, key, name);
}

/* The text of a default. A name there, bare or in double quotes, is a string to SQLite. */
static const char *column_default(ddl_cursor *c)
{
    static const char *const values[] = {"null",         "true",         "false", "current_timestamp",
                                         "current_date", "current_time", NULL};
    size_t from = c->at;
    if (ddl_at(c, "(")) {
        ddl_skip(c);
        return ddl_text(c, from);
    }
    sql_token t = ddl_here(c);
    bool value = t.kind == TOKEN_WORD && list_contains(values, sql_token_value(c->memory, t));
    if ((t.kind == TOKEN_WORD && !value) || t.kind == TOKEN_QUOTED_NAME) {
        sql_writer w = sql_new(c->memory);
        sql_string(&w, ddl_name(c));
        return sql_text(&w);
    }
    if (!ddl_take(c, "-"))
        ddl_take(c, "+");
    t = ddl_here(c);
    value = value || (t.kind == TOKEN_WORD && list_contains(values, sql_token_value(c->memory, t)));
    if (t.kind != TOKEN_NUMBER && t.kind != TOKEN_STRING && !value)
        ddl_fail(c);
    else
        c->at++;
    return ddl_text(c, from);
}

static void column_generated(ddl_cursor *c, migen_column *column)
{
    column->generated = ddl_brackets(c);
    column->stored = ddl_take(c, "stored");
    if (!column->stored)
        ddl_take(c, "virtual");
}

/* One clause behind the type; false when there is none. */
static bool column_clause(ddl_cursor *c, schema_table *t, migen_column *column, const char **name)
{
    size_t from = c->at;
    if (ddl_take(c, "constraint")) {
        *name = ddl_name(c);
    } else if (ddl_take_two(c, "primary", "key")) {
        column_primary_key(c, t, column, name);
    } else if (ddl_take_two(c, "not", "null")) {
        size_t behind = c->at;
        column->not_null = true;
        column_conflict(c);
        if (c->at !=
            behind) /* NOT NULL may be said twice: the second one, word for word, has the conflict clause */
            column_add_extra(c, &column->extra, from);
    } else if (ddl_take(c, "null")) {
        column_conflict(c);
    } else if (ddl_take(c, "unique")) {
        migen_constraint unique = {.kind = MIGEN_UNIQUE, .columns = column_list_of(c, column->name)};
        from = c->at;
        column_conflict(c);
        column_add_extra(c, &unique.extra, from);
        column_push(c, t, unique, name);
    } else if (ddl_take(c, "check")) {
        migen_constraint check = {.kind = MIGEN_CHECK, .expression = ddl_brackets(c)};
        from = c->at;
        column_conflict(c);
        column_add_extra(c, &check.extra, from);
        column_push(c, t, check, name);
    } else if (ddl_take(c, "default")) {
        column->default_value = column_default(c);
    } else if (ddl_take(c, "collate")) {
        column->collate = ddl_name(c);
    } else if (ddl_take(c, "references")) {
        migen_constraint key = {.kind = MIGEN_FOREIGN_KEY, .columns = column_list_of(c, column->name)};
        column_references(c, &key);
        column_push(c, t, key, name);
    } else if (ddl_take_two(c, "generated", "always") || ddl_at(c, "as")) {
        ddl_expect(c, "as");
        column_generated(c, column);
    } else if (!column_deferred_last(c, t)) {
        return false;
    }
    return true;
}

/* The words of a type, and its numbers in brackets: all up to the first clause. */
static const char *column_type(ddl_cursor *c)
{
    static const char *const clauses[] = {"constraint", "primary", "not",     "null",       "unique",
                                          "check",      "default", "collate", "references", "generated",
                                          "deferrable", "as",      NULL};
    size_t from = c->at;
    while (ddl_at_name(c)) {
        for (size_t i = 0; clauses[i] != NULL; i++)
            if (ddl_at(c, clauses[i]))
                return ddl_text(c, from);
        c->at++;
    }
    if (c->at != from && ddl_at(c, "("))
        ddl_skip(c);
    return ddl_text(c, from);
}

void ddl_column(ddl_cursor *c, schema_table *t)
{
    migen_column column = {.name = ddl_name(c)};
    const char *declared = column_type(c);
    column.declared = declared;
    column.type = sqlite_type_from(c->memory, declared);
    if (column.type.kind ==
        MIGEN_TYPE_INT) /* INT and INTEGER differ in a primary key: settled at the table's end */
        column.type.name = declared;
    const char *name = NULL;
    while (!c->failed && column_clause(c, t, &column, &name))
        continue;
    vector_push(c->memory, &t->columns, column);
}

bool ddl_at_constraint(const ddl_cursor *c)
{
    return ddl_at(c, "constraint") || ddl_at_two(c, "primary", "key") || ddl_at(c, "unique") ||
           ddl_at(c, "check") || ddl_at_two(c, "foreign", "key");
}

void ddl_constraint(ddl_cursor *c, schema_table *t)
{
    const char *name = NULL;
    while (ddl_take(c, "constraint"))
        name = ddl_name(c);
    migen_constraint constraint = {0};
    if (ddl_take_two(c, "primary", "key")) {
        constraint.kind = MIGEN_PRIMARY_KEY;
        column_key_names(c, t, &constraint);
    } else if (ddl_take(c, "unique")) {
        constraint.kind = MIGEN_UNIQUE;
        column_key_names(c, t, &constraint);
    } else if (ddl_take(c, "check")) {
        constraint.kind = MIGEN_CHECK;
        constraint.expression = ddl_brackets(c);
    } else if (ddl_take_two(c, "foreign", "key")) {
        constraint.kind = MIGEN_FOREIGN_KEY;
        constraint.columns = column_names(c);
        ddl_expect(c, "references");
        column_references(c, &constraint);
    } else if (name != NULL && (ddl_at(c, ",") || ddl_at(c, ")"))) {
        return; /* a name without its constraint: SQLite takes it, and it says nothing */
    } else {
        ddl_fail(c);
    }
    size_t from = c->at;
    column_conflict(c);
    column_add_extra(c, &constraint.extra, from);
    column_push(c, t, constraint, &name);
}

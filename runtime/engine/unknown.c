#include "unknown.h"

#include "sql_normal.h"
#include "text.h"

#include <string.h>

unknown unknown_new(arena *memory)
{
    return (unknown){.memory = memory, .words = map_new(memory)};
}

static bool unknown_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* The next word at *at, in small letters; NULL at the end. */
static char *unknown_word(const unknown *u, const char **at)
{
    while (**at != '\0' && !unknown_is_letter(**at))
        ++*at;
    const char *begin = *at;
    while (**at != '\0' && unknown_is_letter(**at))
        ++*at;
    return *at == begin ? NULL
                        : text_lower(u->memory, arena_format(u->memory, "%.*s", (int)(*at - begin), begin));
}

static void unknown_add(unknown *u, const char *text)
{
    static char there[] = "";
    for (char *word; text != NULL && (word = unknown_word(u, &text)) != NULL;)
        map_set(&u->words, word, there);
}

/* Whether all words of the name (most have one) were named. */
static bool unknown_has(const unknown *u, const char *name)
{
    bool has = name != NULL;
    for (char *word; has && (word = unknown_word(u, &name)) != NULL;)
        has = map_has(&u->words, word);
    return has;
}

/* An object: its own name, or its schema where something is done to schemas. */
static bool unknown_has_object(const unknown *u, const char *object)
{
    if (object == NULL)
        return false;
    object_name name = name_parse(u->memory, object);
    return unknown_has(u, name.name) || (unknown_has(u, "schema") && unknown_has(u, name.schema));
}

/* A body of SQL that has both puts its statements together from what the catalogue has: it names nothing. */
enum { UNKNOWN_EXECUTES = 1, UNKNOWN_ASKS = 2, UNKNOWN_COMPOSES = 3 };

static unsigned unknown_dynamics(const unknown *u, const char *text)
{
    unsigned dynamics = 0;
    for (char *word; (word = unknown_word(u, &text)) != NULL;) {
        if (text_equal(word, "execute"))
            dynamics |= UNKNOWN_EXECUTES;
        if (text_starts_with(word, "pg_") || text_equal(word, "information_schema"))
            dynamics |= UNKNOWN_ASKS;
    }
    return dynamics;
}

/* The functions of the database that the text calls: what they do is in their own text, which is added, and its dynamics. */
static void unknown_called(unknown *u, const char *text, unsigned *dynamics)
{
    for (size_t i = 0; u->live != NULL && i < u->live->functions.count; i++) {
        const map_entry *entry = &u->live->functions.entries[i];
        const schema_function *function = entry->value;
        char *mark = entry->removed ? NULL : arena_format(u->memory, "()%s", entry->key);
        if (mark == NULL || map_has(&u->words, mark))
            continue;
        const char *at = text;
        for (char *word; (word = unknown_word(u, &at)) != NULL;) {
            if (!text_equal_word(word, function->name.name))
                continue;
            map_set(&u->words, mark, mark); /* no name has brackets: it is only noted once */
            *dynamics |= function->sql == NULL ? UNKNOWN_COMPOSES : unknown_dynamics(u, function->sql);
            unknown_add(u, function->sql);
            if (function->sql != NULL)
                unknown_called(u, function->sql, dynamics);
            break;
        }
    }
}

/* What may change things that it does not name: neither one of the usual statements, nor DROP … CASCADE of something that
 * stands inside of others without their naming it. */
static bool unknown_is_far_reaching(const char *statement, unsigned engine)
{
    static const char *const usual[] = {
        "create",  "comment", "grant", "revoke",  "alter",   "drop",     "insert",  "update", "delete",
        "merge",   "select",  "with",  "values",  "do",      "truncate", "analyze", "vacuum", "reindex",
        "refresh", "lock",    "call",  "explain", "cluster", "set",      "reset",   NULL};
    static const char *const said[] = {"table",        "type",     "index",  "view",
                                       "materialized", "sequence", "schema", "trigger",
                                       "policy",       "rule",     NULL};
    sql_lexer l = sql_lexer_new(statement, strlen(statement), engine);
    sql_token first = sql_next(&l);
    bool is_usual = false;
    for (size_t i = 0; usual[i] != NULL; i++)
        is_usual = is_usual || sql_token_is(first, usual[i]);
    if (!is_usual)
        return first.kind != TOKEN_END;
    if (sql_token_is(first, "set") || sql_token_is(first, "reset") || sql_token_is(first, "select"))
        return strstr(statement, "search_path") != NULL; /* then names mean other things */
    if (!sql_token_is(first, "drop"))
        return false;
    sql_token what = sql_next(&l);
    for (size_t i = 0; said[i] != NULL; i++)
        if (sql_token_is(what, said[i]))
            return false;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l))
        if (sql_token_is(t, "cascade") || sql_token_is(t, "owned"))
            return true;
    return sql_token_is(what, "owned");
}

void unknown_sql(unknown *u, const char *statement, unsigned engine)
{
    static const char *const calling[] = {"select", "with", "values", "do", "call", "explain", NULL};
    sql_lexer l = sql_lexer_new(statement, strlen(statement), engine);
    sql_token first = sql_next(&l);
    bool calls = false;
    for (size_t i = 0; calling[i] != NULL; i++)
        calls = calls || sql_token_is(first, calling[i]);
    unsigned dynamics = unknown_dynamics(u, statement);
    if (!sql_leaves_schema(statement, engine))
        unknown_add(u, statement);
    unknown_called(u, statement, &dynamics);
    if (sql_token_is(first, "create"))
        u->made |= dynamics; /* a function that is made does nothing until it is called */
    else
        u->wholly = u->wholly || dynamics == UNKNOWN_COMPOSES ||
                    (calls && (dynamics | u->made) == UNKNOWN_COMPOSES) ||
                    unknown_is_far_reaching(statement, engine);
}

void unknown_step(unknown *u, const migen_step *step)
{
    const char *object = step->table != NULL ? step->table->name : step->object;
    u->wholly = u->wholly || step->operation == MIGEN_CALL;
    if (object != NULL)
        unknown_add(u, name_parse(u->memory, object).name);
    if (step->operation == MIGEN_CREATE_TRIGGER || step->operation == MIGEN_DROP_TRIGGER ||
        step->operation == MIGEN_CREATE_EXTENSION || step->operation == MIGEN_DROP_EXTENSION)
        unknown_add(u, step->part != NULL ? step->part : step->object);
    if (step->operation == MIGEN_CREATE_SCHEMA || step->operation == MIGEN_DROP_SCHEMA)
        unknown_add(u, "schema");
    unknown_add(u, step->new_name);
    if (step->index != NULL)
        unknown_add(u, step->index->name);
    for (size_t i = 0; step->operation == MIGEN_RUN && step->sql[i] != NULL; i++)
        unknown_sql(u, step->sql[i], MIGEN_POSTGRES | MIGEN_SQLITE);
}

/* What a column stands on: the tables that it refers to, the types that others have made. */
static bool unknown_has_columns(const unknown *u, const migen_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const migen_column *c = &columns[i];
        bool made = c->type.kind == MIGEN_TYPE_ENUM || c->type.kind == MIGEN_TYPE_NATIVE;
        if (unknown_has_object(u, c->references) || (made && unknown_has_object(u, c->type.name)) ||
            unknown_has(u, c->index_name) || unknown_has(u, c->unique_name))
            return true;
    }
    return false;
}

static bool unknown_has_table(const unknown *u, const schema_table *t)
{
    if (t == NULL)
        return false;
    if (unknown_has_columns(u, t->columns.items, t->columns.count))
        return true;
    for (size_t i = 0; i < t->constraints.count; i++)
        if (unknown_has_object(u, t->constraints.items[i].references))
            return true;
    for (size_t i = 0; i < t->indexes.count; i++)
        if (unknown_has(u, t->indexes.items[i].name))
            return true;
    return false;
}

/* Whether SQL text (a view's, a trigger's) names a table, a view or a function that is unknown. */
static bool unknown_has_mentioned(const unknown *u, const char *text, const schema *s)
{
    const map *const kinds[] = {&s->tables, &s->views, &s->functions, &s->enums};
    for (char *word; text != NULL && (word = unknown_word(u, &text)) != NULL;) {
        if (!map_has(&u->words, word))
            continue;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            for (size_t i = 0; i < kinds[k]->count; i++)
                if (!kinds[k]->entries[i].removed &&
                    text_equal_word(name_parse(u->memory, kinds[k]->entries[i].key).name, word))
                    return true;
    }
    return false;
}

bool unknown_is(const unknown *u, const migen_step *step, const char *now, const schema *expected)
{
    if (u->wholly)
        return true;
    if (u->words.count == 0)
        return false;
    const migen_table *table = step->table;
    const char *object = table != NULL ? table->name : step->object;
    if (unknown_has_object(u, object) || unknown_has_object(u, now) || unknown_has(u, step->new_name) ||
        unknown_has_columns(u, step->columns, step->column_count) ||
        (step->index != NULL && unknown_has(u, step->index->name)) ||
        (step->constraint != NULL && unknown_has_object(u, step->constraint->references)))
        return true;
    if (table != NULL && unknown_has_columns(u, table->columns, table->column_count))
        return true;
    if ((step->operation == MIGEN_CREATE_TRIGGER || step->operation == MIGEN_DROP_TRIGGER ||
         (step->operation == MIGEN_IF_EXISTS && object == NULL)) &&
        unknown_has(u, step->part))
        return true;
    if (step->alteration != NULL && step->alteration->set_type &&
        unknown_has_object(u, step->alteration->type.name))
        return true;
    if (object != NULL && (unknown_has_table(u, schema_find_table(u->live, now)) ||
                           unknown_has_table(u, schema_find_table(expected, object))))
        return true;
    for (size_t i = 0; step->operation != MIGEN_RUN && step->sql != NULL && step->sql[i] != NULL; i++)
        if (unknown_has_mentioned(u, step->sql[i], u->live) ||
            unknown_has_mentioned(u, step->sql[i], expected))
            return true;
    return false;
}

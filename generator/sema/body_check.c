/*
 * body_check.c: whether the SQL of a trigger or function makes the one that its statement names. (Only the head is read: the rest is
 * the engine's to judge.)
 */
#include "sema.h"

#include "sql_token.h"

#include <string.h>
#include <strings.h>

typedef struct body_head {
    bool found;        /* CREATE … TRIGGER, or FUNCTION or PROCEDURE */
    const char *name;  /* without its schema */
    const char *table; /* of a trigger, without its schema; NULL: not found */
} body_head;

/* The last part of a name that stands next. */
static const char *body_name(arena *a, sql_lexer *l)
{
    const char *name = NULL;
    for (;;) {
        sql_token t = sql_next(l);
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED_NAME)
            return name;
        name = sql_token_value(a, t);
        sql_lexer ahead = *l;
        if (!sql_token_is(sql_next(&ahead), "."))
            return name;
        *l = ahead;
    }
}

static void body_read(arena *a, const char *sql, bool is_trigger, unsigned engine, body_head *head)
{
    sql_lexer l = sql_lexer_new(sql, strlen(sql), engine);
    if (!sql_token_is(sql_next(&l), "create"))
        return;
    sql_token t = sql_next(&l);
    while (t.kind == TOKEN_WORD && !sql_token_is(t, "trigger") && !sql_token_is(t, "function") &&
           !sql_token_is(t, "procedure"))
        t = sql_next(&l);
    if (t.kind != TOKEN_WORD || sql_token_is(t, "trigger") != is_trigger)
        return;
    sql_lexer ahead = l;
    if (sql_token_is(sql_next(&ahead), "if")) { /* IF NOT EXISTS */
        (void)sql_next(&ahead);
        (void)sql_next(&ahead);
        l = ahead;
    }
    head->found = true;
    head->name = body_name(a, &l);
    while (is_trigger && head->table == NULL && t.kind != TOKEN_END && t.kind != TOKEN_ERROR) {
        t = sql_next(&l);
        if (sql_token_is(t, "on"))
            head->table = body_name(a, &l);
    }
}

/* Names that an engine may take for one: without case. */
static bool body_says(const char *said, const char *wanted)
{
    return said != NULL && strcasecmp(said, wanted) == 0;
}

violation_kind sema_check_body(arena *a, migen_engine engine, const migen_step *step, violation *v)
{
    bool is_trigger = step->operation == MIGEN_CREATE_TRIGGER;
    body_head head = {0};
    const char *wanted = is_trigger ? step->part : name_parse(a, step->object).name;
    for (size_t i = 0; step->sql != NULL && step->sql[i] != NULL && !body_says(head.name, wanted); i++)
        body_read(a, step->sql[i], is_trigger, (unsigned)engine, &head);
    const char *table = is_trigger ? name_parse(a, step->object).name : NULL;
    const char *what = is_trigger ? "trigger" : "function";
    *v = (violation){.word = is_trigger ? step->part : step->object};
    if (!head.found)
        v->message = arena_format(a, "its SQL makes no %s", what);
    else if (!body_says(head.name, wanted))
        v->message = arena_format(a, "its SQL makes a %s \"%s\"", what, head.name == NULL ? "" : head.name);
    else if (is_trigger && head.table != NULL && !body_says(head.table, table)) {
        v->word = step->object;
        v->message = arena_format(a, "its SQL makes a trigger on \"%s\"", head.table);
    }
    if (v->message == NULL)
        return VIOLATION_NONE;
    v->kind = VIOLATION_CONFLICT;
    v->hint = is_trigger ? "in the braces stands the whole statement: CREATE TRIGGER name … ON table …"
                         : "in the braces stands the whole statement: CREATE OR REPLACE FUNCTION name …";
    return v->kind;
}

#include "sql_split.h"

#include "migen_step.h"

#include <string.h>

/* How many of a statement's first words decide what it is: CREATE OR REPLACE TEMPORARY CONSTRAINT TRIGGER. */
#define SPLIT_HEAD 6

typedef enum split_body {
    SPLIT_NO_BODY,
    SPLIT_MAY_BEGIN,        /* a trigger's BEGIN may come */
    SPLIT_MAY_BEGIN_ATOMIC, /* a function's BEGIN ATOMIC may come */
    SPLIT_IN_BODY,
    SPLIT_BODY_ENDED
} split_body;

typedef struct split_open { /* a bracket or CASE that waits for its end */
    char closes_with;       /* ) ] } or E for END */
    size_t offset;
    size_t length;
} split_open;

typedef struct splitter {
    arena *memory;
    view text;
    unsigned engines;
    sql_lexer lexer;
    sql_problem *problem;
    sql_piece_list pieces;
    VECTOR(split_open) open;
    /* the statement at hand */
    sql_token head[SPLIT_HEAD];
    size_t head_count;
    size_t start, end; /* of its tokens */
    bool begun;
    split_body body;
    sql_token body_begin;
    sql_token previous;
} splitter;

static void split_problem(splitter *s, const char *message, const char *hint, size_t offset, size_t length)
{
    if (s->problem->message == NULL)
        *s->problem = (sql_problem){message, hint, offset, length};
}

static bool split_head_is(const splitter *s, size_t i, const char *word)
{
    return i < s->head_count && s->head[i].kind == TOKEN_WORD && sql_token_is(s->head[i], word);
}

/* Whether the head is CREATE, some adjectives, then `word`. */
static bool split_creates(const splitter *s, const char *word)
{
    static const char *const adjectives[] = {"or", "replace", "temp", "temporary", "constraint"};
    if (!split_head_is(s, 0, "create"))
        return false;
    for (size_t i = 1; i < s->head_count; i++) {
        if (split_head_is(s, i, word))
            return true;
        bool adjective = false;
        for (size_t j = 0; j < sizeof adjectives / sizeof *adjectives; j++)
            adjective = adjective || split_head_is(s, i, adjectives[j]);
        if (!adjective)
            return false;
    }
    return false;
}

static const char *const split_transaction_hint =
    "migen runs each migration in a transaction of its own; take this statement out";

/* Statements that would end or begin a transaction behind migen's back. */
static void split_check_transaction(splitter *s, sql_token first, sql_token second)
{
    static const struct {
        const char *word, *second, *message;
    } forbidden[] = {
        {"begin", NULL, "BEGIN cannot stand in a migration"},
        {"start", "transaction", "START TRANSACTION cannot stand in a migration"},
        {"commit", NULL, "COMMIT cannot stand in a migration"},
        {"end", NULL, "END cannot stand in a migration"},
        {"rollback", NULL, "ROLLBACK cannot stand in a migration"},
        {"abort", NULL, "ABORT cannot stand in a migration"},
        {"savepoint", NULL, "SAVEPOINT cannot stand in a migration"},
        {"release", NULL, "RELEASE cannot stand in a migration"},
        {"prepare", "transaction", "PREPARE TRANSACTION cannot stand in a migration"},
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (sql_token_is(first, forbidden[i].word) &&
            (forbidden[i].second == NULL || sql_token_is(second, forbidden[i].second)))
            split_problem(s, forbidden[i].message,
                          sql_token_is(first, "begin")
                              ? "migen runs each migration in a transaction of its own; take BEGIN out"
                              : split_transaction_hint,
                          first.offset, first.text.length);
}

/* A line that begins with \ is psql's, not SQL's. */
static bool split_is_line_start(const splitter *s, size_t offset)
{
    while (offset > 0 && (s->text.bytes[offset - 1] == ' ' || s->text.bytes[offset - 1] == '\t'))
        offset--;
    return offset == 0 || s->text.bytes[offset - 1] == '\n' || s->text.bytes[offset - 1] == '\r';
}

static sql_token split_look_ahead(const splitter *s)
{
    sql_lexer ahead = s->lexer;
    return sql_next(&ahead);
}

/* Whether what stands before could end an operand: then END is the keyword, else a name that reads so. */
static bool split_ends_operand(sql_token before)
{
    static const char *const never[] = {"when", "then", "else", "and", "or",     "not",     "case",
                                        "in",   "is",   "like", "as",  "select", "between", "by"};
    if (before.kind == TOKEN_SYMBOL)
        return sql_token_is(before, ")") || sql_token_is(before, "]") || sql_token_is(before, "*");
    if (before.kind == TOKEN_WORD)
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
            if (sql_token_is(before, never[i]))
                return false;
    return before.kind != TOKEN_END;
}

/* A trigger's BEGIN is followed by a statement; a column that is called begin is not. */
static bool split_begins_body(const splitter *s)
{
    static const char *const statements[] = {"select",  "insert", "update", "delete",
                                             "replace", "with",   "values", "end"};
    sql_token next = split_look_ahead(s);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (sql_token_is(next, statements[i]))
            return true;
    return next.kind == TOKEN_END;
}

static void split_word_of_body(splitter *s, sql_token t)
{
    split_open *top = s->open.count == 0 ? NULL : &s->open.items[s->open.count - 1];
    bool behind_dot = sql_token_is(s->previous, ".");
    if (sql_token_is(t, "case") && !behind_dot) {
        split_open opened = {'E', t.offset, t.text.length};
        vector_push(s->memory, &s->open, opened);
    } else if (sql_token_is(t, "end") && top != NULL) {
        if (top->closes_with == 'E' && split_ends_operand(s->previous))
            s->open.count--;
    } else if (sql_token_is(t, "end") &&
               (sql_token_is(s->previous, ";") || sql_token_is(s->previous, "begin") ||
                sql_token_is(s->previous, "atomic"))) {
        s->body = SPLIT_BODY_ENDED;
    }
}

static void split_word(splitter *s, sql_token t)
{
    if (s->head_count < SPLIT_HEAD) {
        s->head[s->head_count++] = t;
        if (s->body == SPLIT_NO_BODY && split_creates(s, "trigger"))
            s->body = SPLIT_MAY_BEGIN;
        else if (s->body == SPLIT_NO_BODY && (split_creates(s, "function") || split_creates(s, "procedure")))
            s->body = SPLIT_MAY_BEGIN_ATOMIC;
    }
    if (s->body == SPLIT_IN_BODY) {
        split_word_of_body(s, t);
    } else if (s->open.count == 0 && sql_token_is(t, "begin") &&
               ((s->body == SPLIT_MAY_BEGIN && split_begins_body(s)) ||
                (s->body == SPLIT_MAY_BEGIN_ATOMIC && sql_token_is(split_look_ahead(s), "atomic")))) {
        s->body = SPLIT_IN_BODY;
        s->body_begin = t;
    } else if (s->open.count == 0 && split_head_is(s, 0, "copy") &&
               ((sql_token_is(s->previous, "from") && sql_token_is(t, "stdin")) ||
                (sql_token_is(s->previous, "to") && sql_token_is(t, "stdout")))) {
        split_problem(s, "COPY from or to the client cannot stand in a migration",
                      "put rows in with seed, or with INSERT", s->previous.offset,
                      t.offset + t.text.length - s->previous.offset);
    }
}

static void split_symbol(splitter *s, sql_token t)
{
    static const char opening[] = "([{";
    static const char closing[] = ")]}";
    char c = t.text.length == 1 ? t.text.bytes[0] : '\0';
    if (c == '\0')
        return;
    if (strchr(opening, c) != NULL) {
        split_open opened = {closing[strchr(opening, c) - opening], t.offset, 1};
        vector_push(s->memory, &s->open, opened);
    } else if (strchr(closing, c) != NULL) {
        if (s->open.count == 0 || s->open.items[s->open.count - 1].closes_with != c)
            split_problem(s, "this bracket closes none that is open", NULL, t.offset, 1);
        else
            s->open.count--;
    } else if (c == '\\' && split_is_line_start(s, t.offset)) {
        split_problem(s, "this is a command of psql's, not SQL", "only SQL can stand here; take the line out",
                      t.offset, 1);
    }
}

static void split_finish(splitter *s)
{
    if (s->open.count != 0) {
        split_open unclosed = s->open.items[s->open.count - 1];
        split_problem(s, unclosed.closes_with == 'E' ? "this CASE has no END" : "this bracket is not closed",
                      NULL, unclosed.offset, unclosed.length);
    }
    if (s->body == SPLIT_IN_BODY)
        split_problem(s, "this BEGIN has no END", "end the body with: END", s->body_begin.offset,
                      s->body_begin.text.length);
    if (s->begun && s->problem->message == NULL) {
        sql_piece piece = {{s->text.bytes + s->start, s->end - s->start}, s->start};
        vector_push(s->memory, &s->pieces, piece);
    }
    s->begun = false;
    s->head_count = 0;
    s->body = SPLIT_NO_BODY;
    s->open.count = 0;
}

static void split_token(splitter *s, sql_token t)
{
    if (!s->begun) {
        s->begun = true;
        s->start = t.offset;
        split_check_transaction(s, t, split_look_ahead(s));
    }
    s->end = t.offset + t.text.length;
    if (t.kind == TOKEN_WORD)
        split_word(s, t);
    else if (t.kind == TOKEN_SYMBOL)
        split_symbol(s, t);
}

sql_piece_list sql_split(arena *a, view text, unsigned engines, sql_problem *problem)
{
    sql_problem own;
    splitter s = {.memory = a,
                  .text = text,
                  .engines = engines,
                  .lexer = sql_lexer_new(text.bytes, text.length, engines),
                  .problem = problem == NULL ? &own : problem};
    *s.problem = (sql_problem){0};
    while (s.problem->message == NULL) {
        sql_token t = sql_next(&s.lexer);
        if (t.kind == TOKEN_ERROR) {
            split_problem(&s, t.problem, NULL, t.offset, t.text.length);
        } else if (t.kind == TOKEN_END) {
            split_finish(&s);
            break;
        } else if (sql_token_is(t, ";") && s.open.count == 0 && s.body != SPLIT_IN_BODY) {
            split_finish(&s);
        } else {
            split_token(&s, t);
        }
        s.previous = t;
    }
    return s.pieces;
}

size_t sql_find_close(const char *bytes, size_t length, size_t open, unsigned engines, sql_problem *problem)
{
    sql_problem own;
    problem = problem == NULL ? &own : problem;
    *problem = (sql_problem){0};
    if (open >= length)
        return length;
    const char *opens = bytes[open] == '{' ? "{" : "(";
    const char *closes = bytes[open] == '{' ? "}" : ")";
    sql_lexer l = sql_lexer_new(bytes, length, engines);
    l.at = open;
    size_t depth = 0;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        if (t.kind == TOKEN_ERROR) {
            *problem = (sql_problem){t.problem, NULL, t.offset, t.text.length};
            return length;
        }
        if (sql_token_is(t, opens))
            depth++;
        else if (sql_token_is(t, closes) && --depth == 0)
            return t.offset;
    }
    *problem = (sql_problem){"this bracket is not closed", NULL, open, 1};
    return length;
}

#include "sql_token.h"

#include "migen_step.h"

#include <string.h>

/*
 * A lexer is its place in the text and nothing else, so that a copy of it looks ahead.
 * Each reader below is called with the place on the token's first byte, and leaves it behind the last.
 */

static bool lex_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool lex_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool lex_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool lex_is_name(char c)
{
    return lex_is_name_start(c) || lex_is_digit(c) || c == '$';
}

static bool lex_is_operator(char c)
{
    return c != '\0' && strchr("+-*/<>=~!@#%^&|?", c) != NULL;
}

/* The byte so far ahead, or NUL behind the end. */
static char lex_peek(const sql_lexer *l, size_t ahead)
{
    return l->length - l->at > ahead ? l->bytes[l->at + ahead] : '\0';
}

static bool lex_has(const sql_lexer *l, unsigned engine)
{
    return (l->engines & engine) != 0;
}

static bool lex_sqlite_alone(const sql_lexer *l)
{
    return !lex_has(l, MIGEN_POSTGRES);
}

sql_lexer sql_lexer_new(const char *bytes, size_t length, unsigned engines)
{
    return (sql_lexer){.bytes = bytes, .length = length, .at = 0, .engines = engines};
}

/* Over a C comment. They nest in PostgreSQL. False when it does not end. */
static bool lex_skip_comment(sql_lexer *l)
{
    size_t depth = 1;
    l->at += 2;
    while (l->at < l->length) {
        if (lex_peek(l, 0) == '*' && lex_peek(l, 1) == '/') {
            l->at += 2;
            if (--depth == 0)
                return true;
        } else if (lex_peek(l, 0) == '/' && lex_peek(l, 1) == '*' && lex_has(l, MIGEN_POSTGRES)) {
            l->at += 2;
            depth++;
        } else {
            l->at++;
        }
    }
    /* SQLite itself takes a comment that the text's end closes. */
    return lex_sqlite_alone(l);
}

/* Over white space and comments; false at a comment without an end, whose start is *start. */
static bool lex_skip(sql_lexer *l, size_t *start)
{
    for (;;) {
        char c = lex_peek(l, 0);
        if (l->at >= l->length) {
            return true;
        } else if (lex_is_space(c)) {
            l->at++;
        } else if (c == '-' && lex_peek(l, 1) == '-') {
            while (l->at < l->length && l->bytes[l->at] != '\n')
                l->at++;
        } else if (c == '/' && lex_peek(l, 1) == '*') {
            *start = l->at;
            if (!lex_skip_comment(l))
                return false;
        } else {
            return true;
        }
    }
}

static sql_token lex_make(const sql_lexer *l, sql_token_kind kind, size_t start)
{
    return (sql_token){kind, {l->bytes + start, l->at - start}, start, NULL};
}

static sql_token lex_error(sql_lexer *l, size_t start, const char *problem)
{
    l->at = l->length;
    sql_token t = lex_make(l, TOKEN_ERROR, start);
    t.problem = problem;
    return t;
}

/* From behind the opening quote to behind the closing one, which stands for itself when doubled. */
static bool lex_skip_quoted(sql_lexer *l, char quote, bool backslashes)
{
    while (l->at < l->length) {
        char c = l->bytes[l->at++];
        if (c == '\\' && backslashes && l->at < l->length) {
            l->at++;
        } else if (c == quote) {
            if (lex_peek(l, 0) != quote || l->at >= l->length)
                return true;
            l->at++;
        }
    }
    return false;
}

static sql_token lex_quoted(sql_lexer *l, size_t start, size_t prefix, bool backslashes)
{
    l->at = start + prefix;
    char quote = l->bytes[l->at++];
    bool closed = lex_skip_quoted(l, quote, backslashes);
    if (quote == '\'')
        return closed ? lex_make(l, TOKEN_STRING, start) : lex_error(l, start, "this string is not closed");
    return closed ? lex_make(l, TOKEN_QUOTED_NAME, start)
                  : lex_error(l, start, "this quoted name is not closed");
}

/* SQLite's [name]: no escapes in it. */
static sql_token lex_bracketed(sql_lexer *l, size_t start)
{
    const char *close = memchr(l->bytes + start, ']', l->length - start);
    if (close == NULL)
        return lex_error(l, start, "this quoted name is not closed");
    l->at = (size_t)(close - l->bytes) + 1;
    return lex_make(l, TOKEN_QUOTED_NAME, start);
}

/* The length of $tag$ here, 0 when it is none. */
static size_t lex_dollar_tag(const sql_lexer *l)
{
    size_t length = 1;
    if (lex_is_digit(lex_peek(l, 1)))
        return 0;
    while (lex_is_name_start(lex_peek(l, length)) || lex_is_digit(lex_peek(l, length)))
        length++;
    return lex_peek(l, length) == '$' ? length + 1 : 0;
}

static sql_token lex_dollar(sql_lexer *l, size_t start)
{
    size_t tag = lex_has(l, MIGEN_POSTGRES) ? lex_dollar_tag(l) : 0;
    if (tag != 0) {
        for (size_t at = start + tag; l->length - at >= tag;) {
            const char *dollar = memchr(l->bytes + at, '$', l->length - at - tag + 1);
            if (dollar == NULL)
                break;
            at = (size_t)(dollar - l->bytes);
            if (memcmp(dollar, l->bytes + start, tag) == 0) {
                l->at = at + tag;
                return lex_make(l, TOKEN_STRING, start);
            }
            at++;
        }
        return lex_error(l, start, "this dollar-quoted string is not closed");
    }
    l->at++;
    if (lex_is_digit(lex_peek(l, 0))) {
        while (lex_is_digit(lex_peek(l, 0)))
            l->at++;
        return lex_make(l, TOKEN_PARAMETER, start);
    }
    if (lex_sqlite_alone(l) && lex_is_name_start(lex_peek(l, 0))) {
        while (lex_is_name(lex_peek(l, 0)))
            l->at++;
        return lex_make(l, TOKEN_PARAMETER, start);
    }
    return lex_make(l, TOKEN_SYMBOL, start);
}

/* A word, or a string that begins with a letter: E'…', U&'…', U&"…", X'…', B'…', N'…'. */
static sql_token lex_word(sql_lexer *l, size_t start)
{
    char first = (char)(lex_peek(l, 0) | 0x20);
    bool postgres = lex_has(l, MIGEN_POSTGRES);
    if (lex_peek(l, 1) == '\'') {
        if (first == 'e' && postgres)
            return lex_quoted(l, start, 1, true);
        if (first == 'x' || (postgres && (first == 'b' || first == 'n')))
            return lex_quoted(l, start, 1, false);
    }
    if (first == 'u' && postgres && lex_peek(l, 1) == '&' &&
        (lex_peek(l, 2) == '\'' || lex_peek(l, 2) == '"'))
        return lex_quoted(l, start, 2, false);
    while (l->at < l->length && lex_is_name(l->bytes[l->at]))
        l->at++;
    return lex_make(l, TOKEN_WORD, start);
}

static void lex_digits(sql_lexer *l)
{
    while (lex_is_digit(lex_peek(l, 0)) || (lex_peek(l, 0) == '_' && lex_is_digit(lex_peek(l, 1))))
        l->at++;
}

static bool lex_is_hexadecimal(char c)
{
    return lex_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static sql_token lex_number(sql_lexer *l, size_t start)
{
    if (lex_peek(l, 0) == '0' && (lex_peek(l, 1) | 0x20) == 'x' && lex_is_hexadecimal(lex_peek(l, 2))) {
        l->at += 2;
        while (lex_is_hexadecimal(lex_peek(l, 0)))
            l->at++;
        return lex_make(l, TOKEN_NUMBER, start);
    }
    lex_digits(l);
    /* 1..10 is a range of PL/pgSQL's, no fraction */
    if (lex_peek(l, 0) == '.' && lex_peek(l, 1) != '.') {
        l->at++;
        lex_digits(l);
    }
    if ((lex_peek(l, 0) | 0x20) == 'e') {
        size_t sign = lex_peek(l, 1) == '+' || lex_peek(l, 1) == '-' ? 1 : 0;
        if (lex_is_digit(lex_peek(l, 1 + sign))) {
            l->at += 1 + sign;
            lex_digits(l);
        }
    }
    return lex_make(l, TOKEN_NUMBER, start);
}

/* SQLite knows its operators by name: the longest that fits. */
static size_t lex_sqlite_operator(const sql_lexer *l)
{
    static const char *const operators[] = {"->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i]);
        if (l->length - l->at >= length && memcmp(l->bytes + l->at, operators[i], length) == 0)
            return length;
    }
    return 1;
}

/* PostgreSQL's rule (manual 4.1.3): the longest run, which a comment ends, and which ends in + or - only when
 * it has one of ~ ! @ # % ^ & | ? in it. */
static size_t lex_postgres_operator(const sql_lexer *l)
{
    size_t length = 0;
    bool special = false;
    while (lex_is_operator(lex_peek(l, length))) {
        char c = lex_peek(l, length);
        char next = lex_peek(l, length + 1);
        if ((c == '-' && next == '-') || (c == '/' && next == '*'))
            break;
        special = special || strchr("~!@#%^&|?", c) != NULL;
        length++;
    }
    while (length > 1 && !special && strchr("+-", lex_peek(l, length - 1)) != NULL)
        length--;
    return length;
}

static sql_token lex_symbol(sql_lexer *l, size_t start)
{
    char c = lex_peek(l, 0);
    bool sqlite_alone = lex_sqlite_alone(l);
    if (c == ':' && (lex_peek(l, 1) == ':' || lex_peek(l, 1) == '=') && !sqlite_alone)
        l->at += 2;
    else if (sqlite_alone && strchr("?:@#", c) != NULL && c != '\0') {
        l->at++;
        while (lex_is_name(lex_peek(l, 0)))
            l->at++;
        return lex_make(l, c == '?' || l->at > start + 1 ? TOKEN_PARAMETER : TOKEN_SYMBOL, start);
    } else if (lex_is_operator(c))
        l->at += sqlite_alone ? lex_sqlite_operator(l) : lex_postgres_operator(l);
    else
        l->at++;
    return lex_make(l, TOKEN_SYMBOL, start);
}

sql_token sql_next(sql_lexer *l)
{
    size_t start = l->at;
    if (!lex_skip(l, &start))
        return lex_error(l, start, "this comment is not closed");
    start = l->at;
    if (start >= l->length)
        return lex_make(l, TOKEN_END, start);
    char c = l->bytes[start];
    if (c == '\'' || c == '"' || (c == '`' && lex_has(l, MIGEN_SQLITE)))
        return lex_quoted(l, start, 0, false);
    if (c == '[' && lex_sqlite_alone(l))
        return lex_bracketed(l, start);
    if (c == '$')
        return lex_dollar(l, start);
    if (lex_is_name_start(c))
        return lex_word(l, start);
    if (lex_is_digit(c) || (c == '.' && lex_is_digit(lex_peek(l, 1))))
        return lex_number(l, start);
    return lex_symbol(l, start);
}

bool sql_token_is(sql_token t, const char *word_or_symbol)
{
    if (t.kind == TOKEN_WORD)
        return view_is_word(t.text, word_or_symbol);
    return t.kind == TOKEN_SYMBOL && view_is(t.text, word_or_symbol);
}

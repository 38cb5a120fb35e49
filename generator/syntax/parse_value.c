/* Literals of data, in the form that migen_step.h gives them. */
#include "parse_parts.h"

#include <string.h>

/* digits[.digits][e[+-]digits], in small letters; NULL when it is none. */
static char *number_text(arena *a, const char *bytes, size_t length)
{
    size_t at = 0, digits = 0;
    while (at < length && bytes[at] >= '0' && bytes[at] <= '9')
        at++;
    if (at == 0)
        return NULL;
    if (at < length && bytes[at] == '.')
        for (digits = ++at; at < length && bytes[at] >= '0' && bytes[at] <= '9';)
            at++;
    if (digits != 0 && at == digits)
        return NULL;
    if (at < length && (bytes[at] == 'e' || bytes[at] == 'E')) {
        at++;
        if (at < length && (bytes[at] == '+' || bytes[at] == '-'))
            at++;
        for (digits = at; at < length && bytes[at] >= '0' && bytes[at] <= '9';)
            at++;
        if (at == digits)
            return NULL;
    }
    return at == length ? text_lower(a, arena_copy(a, bytes, length)) : NULL;
}

static const char *keep_value(parser *p, const char *text, size_t start)
{
    return parse_keep(p, text, strlen(text), parse_since(p, start));
}

static bool signed_number(parser *p, const char **out)
{
    size_t start = parse_peek(p).start;
    bool negative = parse_take_symbol(p, '-');
    if (!negative)
        parse_take_symbol(p, '+');
    bool leading_point = parse_take_symbol(p, '.');
    lexeme l = parse_peek(p);
    if (l.kind != LEX_NUMBER)
        return parse_expected(p, "a number");
    scan_take(&p->s);
    builder text = builder_new(p->memory);
    if (leading_point)
        builder_add(&text, "0.");
    builder_add_bytes(&text, p->s.bytes + l.start, l.end - l.start);
    const char *number = number_text(p->memory, text.bytes, text.length);
    if (number == NULL) {
        problem(p, "bad-number", parse_since(p, start), "this is no number");
        number = "0";
    }
    *out = keep_value(p, arena_format(p->memory, "%s%s", negative ? "-" : "", number), start);
    return true;
}

/* x'0aff', of which the x has been seen. */
static bool bytes_value(parser *p, const char **out)
{
    lexeme x = scan_take(&p->s);
    lexeme l = scan_take(&p->s);
    char *digits = text_lower(p->memory, parse_unquoted(p, l));
    size_t length = strlen(digits);
    if (strspn(digits, "0123456789abcdef") != length || length % 2 != 0) {
        diagnostic *d = problem(p, "bad-value", parse_since(p, x.start), "these are no bytes");
        hint(p, d, "each byte is two of 0-9 and a-f, as in x'0aff'");
        digits = "";
    }
    *out = keep_value(p, arena_format(p->memory, "x'%s'", digits), x.start);
    return true;
}

static bool brackets_follow(parser *p)
{
    scanner ahead = p->s;
    scan_take(&ahead);
    lexeme open = scan_take(&ahead);
    scan_open_bracket(&ahead);
    lexeme close = scan_peek(&ahead);
    return open.kind == LEX_SYMBOL && open.symbol == '(' && close.kind == LEX_SYMBOL && close.symbol == ')';
}

static void hint_word(parser *p, diagnostic *d, lexeme l, bool call)
{
    if (parse_is(p, l, "current_timestamp") || parse_is(p, l, "current_date") ||
        parse_is(p, l, "current_time"))
        hint(p, d, "write now()");
    else if (parse_is(p, l, "gen_random_uuid"))
        hint(p, d, "write uuid()");
    else if (call)
        hint(p, d, "an expression stands in brackets of its own: (%.*s(…))", (int)(l.end - l.start),
             p->s.bytes + l.start);
    else
        hint(p, d, "a text stands in single quotes, an expression in ( )");
}

static bool word_value(parser *p, const char *what, const char **out)
{
    static const char *const constants[] = {"true", "false", "null"};
    static const char *const calls[] = {"now", "uuid"};
    lexeme l = parse_peek(p);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (parse_take(p, constants[i])) {
            *out = keep_value(p, constants[i], l.start);
            return true;
        }
    bool call = l.end < p->s.length && p->s.bytes[l.end] == '(';
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (parse_is(p, l, calls[i]) && brackets_follow(p)) {
            scan_take(&p->s);
            scan_take(&p->s);
            scan_open_bracket(&p->s);
            parse_peek(p);
            scan_take(&p->s);
            scan_close_bracket(&p->s);
            *out = keep_value(p, arena_format(p->memory, "%s()", calls[i]), l.start);
            return true;
        }
    if (parse_is(p, l, "x") && l.end < p->s.length && p->s.bytes[l.end] == '\'' &&
        parse_second(p).kind == LEX_STRING)
        return bytes_value(p, out);
    diagnostic *d = problem(p, "bad-value", parse_place(p, l), "expected %s, found \"%.*s\"", what,
                            (int)(l.end - l.start > 60 ? 60 : l.end - l.start), p->s.bytes + l.start);
    hint_word(p, d, l, call);
    return false;
}

bool parse_value(parser *p, const char *what, const char **out)
{
    lexeme l = parse_peek(p);
    if (l.kind == LEX_STRING || l.kind == LEX_QUOTED) {
        const char *quoted = text_quoted(p->memory, parse_unquoted(p, l));
        if (l.kind == LEX_QUOTED) {
            diagnostic *d = problem(p, "wrong-quotes", parse_place(p, l), "data stands in single quotes");
            hint(p, d, "write %s", quoted);
        }
        scan_take(&p->s);
        *out = keep_value(p, quoted, l.start);
        return true;
    }
    if (l.kind == LEX_SYMBOL && l.symbol == '(') {
        const char *expression;
        if (!parse_expression(p, &expression))
            return false;
        *out = keep_value(p, arena_format(p->memory, "(%s)", expression), l.start);
        return true;
    }
    if (l.kind == LEX_WORD)
        return word_value(p, what, out);
    if (l.kind == LEX_NUMBER ||
        (l.kind == LEX_SYMBOL && (l.symbol == '-' || l.symbol == '+' || l.symbol == '.')))
        return signed_number(p, out);
    return parse_expected(p, what);
}

/* Lexemes as the grammar asks for them, errors, and going on after one. */
#include "parse_parts.h"

#include "sql_split.h"

#include <string.h>

span parse_span(const parser *p, size_t start, size_t end)
{
    return (span){p->file->source, start, end};
}

span parse_place(const parser *p, lexeme l)
{
    return parse_span(p, l.start, l.end);
}

span parse_since(const parser *p, size_t start)
{
    return parse_span(p, start, p->s.previous_end > start ? p->s.previous_end : start);
}

span parse_file_end(const parser *p)
{
    size_t end = p->s.length;
    while (end > 0 && (p->s.bytes[end - 1] == '\n' || p->s.bytes[end - 1] == '\r' ||
                       p->s.bytes[end - 1] == ' ' || p->s.bytes[end - 1] == '\t'))
        end--;
    return parse_span(p, end, end);
}

lexeme parse_peek(parser *p)
{
    return scan_peek(&p->s);
}

lexeme parse_ahead(parser *p, unsigned count)
{
    scanner ahead = p->s;
    for (; count > 0; count--)
        scan_take(&ahead);
    return scan_peek(&ahead);
}

lexeme parse_second(parser *p)
{
    return parse_ahead(p, 1);
}

lexeme parse_third(parser *p)
{
    return parse_ahead(p, 2);
}

bool parse_is(parser *p, lexeme l, const char *word)
{
    return l.kind == LEX_WORD && view_is_word(scan_text(&p->s, l), word);
}

bool parse_at(parser *p, const char *word)
{
    return parse_is(p, parse_peek(p), word);
}

bool parse_at_both(parser *p, const char *first, const char *second)
{
    return parse_at(p, first) && parse_is(p, parse_second(p), second);
}

bool parse_at_symbol(parser *p, char symbol)
{
    lexeme l = parse_peek(p);
    return l.kind == LEX_SYMBOL && l.symbol == symbol;
}

bool parse_at_end(parser *p)
{
    return parse_peek(p).kind == LEX_END;
}

bool parse_take(parser *p, const char *word)
{
    if (!parse_at(p, word))
        return false;
    scan_take(&p->s);
    return true;
}

bool parse_take_both(parser *p, const char *first, const char *second)
{
    if (!parse_at_both(p, first, second))
        return false;
    scan_take(&p->s);
    scan_take(&p->s);
    return true;
}

bool parse_take_symbol(parser *p, char symbol)
{
    if (!parse_at_symbol(p, symbol))
        return false;
    scan_take(&p->s);
    return true;
}

bool parse_expect(parser *p, const char *word)
{
    return parse_take(p, word) || parse_expected(p, arena_format(p->memory, "\"%s\"", word));
}

bool parse_expect_symbol(parser *p, char symbol, const char *what)
{
    return parse_take_symbol(p, symbol) || parse_expected(p, what);
}

bool parse_is_name(lexeme l)
{
    return l.kind == LEX_WORD || l.kind == LEX_QUOTED;
}

static bool same_line(const parser *p, size_t a, size_t b)
{
    return memchr(p->s.bytes + a, '\n', b - a) == NULL;
}

/* What stands where something else is expected, in words. */
static const char *found_words(parser *p, lexeme l)
{
    size_t length = l.end - l.start;
    if (l.kind == LEX_QUOTED)
        return length > 60 || !same_line(p, l.start, l.end)
                   ? "a text in double quotes"
                   : arena_format(p->memory, "%.*s", (int)length, p->s.bytes + l.start);
    if (l.kind == LEX_STRING)
        return length > 60 || !same_line(p, l.start, l.end)
                   ? "a text in single quotes"
                   : arena_format(p->memory, "%.*s", (int)length, p->s.bytes + l.start);
    if (length > 60)
        return "a very long word";
    return arena_format(p->memory, "\"%.*s\"", (int)length, p->s.bytes + l.start);
}

/* Where nothing better is known: how the statement is written. */
static diagnostic *hint_form(parser *p, diagnostic *d)
{
    if (p->form != NULL)
        hint(p, d, "it is written so: %s", p->form);
    return d;
}

static diagnostic *report_end(parser *p, lexeme l, const char *what)
{
    char c = l.start < p->s.length ? p->s.bytes[l.start] : '\0';
    span here = parse_span(p, p->s.previous_end, p->s.previous_end);
    if (c == '}')
        return hint_form(
            p, problem(p, "syntax", parse_span(p, l.start, l.start + 1), "expected %s before this }", what));
    if (c == ';')
        return hint_form(
            p, problem(p, "syntax", parse_span(p, l.start, l.start + 1), "expected %s before this ;", what));
    if (c == '\0')
        return hint_form(p, problem(p, "syntax", here, "expected %s, but the file ends here", what));
    diagnostic *d = problem(p, "syntax", here, "expected %s, but the line ends here", what);
    hint(p, d, "the next line goes on with this one when it stands further right than its first word");
    return d;
}

static void report_expected(parser *p, const char *what, const char *nearest)
{
    lexeme l = parse_peek(p);
    if (l.kind == LEX_BAD) {
        char quote = p->s.bytes[l.start];
        diagnostic *d = problem(p, "unclosed-quote", parse_place(p, l), "this quote is not closed");
        hint(p, d, "close it with %c; a %c inside is doubled", quote, quote);
        return;
    }
    if (l.kind == LEX_END) {
        report_end(p, l, what);
        return;
    }
    diagnostic *d = problem(p, "syntax", parse_place(p, l), "expected %s, found %s", what, found_words(p, l));
    if (p->long_text.file != NULL && same_line(p, p->long_text.end, l.start)) {
        diagnostic_second(d, p->long_text, "this text runs over the end of its line");
        hint(p, d, "is its closing quote missing?");
    } else if (nearest != NULL) {
        hint(p, d, "did you mean \"%s\"?", nearest);
    } else if (p->s.now.brackets == 0 && p->s.bytes[l.start] == ',') {
        hint(p, d, "each stands on a line of its own, or ; between two: leave the comma out");
    } else if (p->s.now.brackets == 0 && !same_line(p, p->s.previous_end, l.start)) {
        hint(p, d, "this line goes on with the one above, since it stands further right than its first word");
    } else {
        hint_form(p, d);
    }
}

bool parse_expected(parser *p, const char *what)
{
    report_expected(p, what, NULL);
    return false;
}

bool parse_expected_word(parser *p, const char *what, const char *const *words, size_t count)
{
    lexeme l = parse_peek(p);
    const char *nearest = NULL;
    if (l.kind == LEX_WORD && l.end - l.start <= 60)
        nearest = text_nearest(arena_copy(p->memory, p->s.bytes + l.start, l.end - l.start), words, count);
    if (nearest != NULL && parse_is(p, l, nearest)) /* the word is right, what follows it is not */
        nearest = NULL;
    report_expected(p, what, nearest);
    return false;
}

/* The offset behind $tag$…$tag$ at `at`; `at` when there is none. */
static size_t skip_dollar_text(const parser *p, size_t at)
{
    size_t end = at + 1;
    while (end < p->s.length &&
           (p->s.bytes[end] == '_' || (p->s.bytes[end] >= 'a' && p->s.bytes[end] <= 'z') ||
            (p->s.bytes[end] >= 'A' && p->s.bytes[end] <= 'Z')))
        end++;
    if (end >= p->s.length || p->s.bytes[end] != '$')
        return at;
    size_t length = end + 1 - at;
    for (size_t i = end + 1; i + length <= p->s.length; i++) {
        const char *dollar = memchr(p->s.bytes + i, '$', p->s.length - i);
        if (dollar == NULL)
            return at;
        i = (size_t)(dollar - p->s.bytes);
        if (i + length <= p->s.length && memcmp(p->s.bytes + i, p->s.bytes + at, length) == 0)
            return i + length;
    }
    return at;
}

/* The offset behind the } that closes the block at open, whatever is in it; the file's length when none does.
 */
static size_t skip_braces(const parser *p, size_t open)
{
    size_t depth = 0;
    for (size_t at = open; at < p->s.length; at++) {
        char c = p->s.bytes[at];
        if (c == '{') {
            depth++;
        } else if (c == '}') {
            if (--depth == 0)
                return at + 1;
        } else if (c == '\'' || c == '"') {
            const char *close = memchr(p->s.bytes + at + 1, c, p->s.length - at - 1);
            if (close != NULL)
                at = (size_t)(close - p->s.bytes);
        } else if (c == '$') {
            size_t behind = skip_dollar_text(p, at);
            at = behind > at ? behind - 1 : at;
        } else if (c == '#' || (c == '-' && p->s.bytes[at + 1] == '-')) {
            at = scan_line_end(&p->s, at);
        }
    }
    return p->s.length;
}

/* Whether the brace behind this word holds raw SQL. */
static bool opens_sql(parser *p, lexeme before)
{
    static const char *const words[] = {"run", "when", "unless", "undo", "from", "as", "if"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (parse_is(p, before, words[i]))
            return true;
    return before.kind == LEX_QUOTED || before.kind == LEX_STRING;
}

static void skip_block(parser *p, lexeme before)
{
    lexeme open = parse_peek(p);
    size_t end = p->s.length;
    if (opens_sql(p, before)) {
        sql_problem ignored = {0};
        size_t close = sql_find_close(p->s.bytes, p->s.length, open.start, p->engines, &ignored);
        end = close < p->s.length ? close + 1 : p->s.length;
    } else {
        end = skip_braces(p, open.start);
    }
    if (end == p->s.length && (end == 0 || p->s.bytes[end - 1] != '}')) {
        diagnostic *d =
            problem(p, "unclosed-brace", parse_file_end(p), "the file ends inside a block: a } is missing");
        diagnostic_second(d, parse_place(p, open), "opened here");
        p->stopped = true;
    }
    scan_go(&p->s, end);
}

void parse_recover(parser *p)
{
    lexeme before = {0};
    p->s.now.brackets = 0;
    scan_go(&p->s, p->s.previous_end);
    if (p->out->error_count - p->errors_before >= MOST_ERRORS)
        p->stopped = true;
    while (!p->stopped) {
        lexeme l = parse_peek(p);
        if (l.kind == LEX_END) {
            /* A line that begins with a closing bracket is the rest of a list, never a statement. */
            scanner ahead = p->s;
            if (scan_to_thing(&ahead) && (ahead.bytes[ahead.at] == ')' || ahead.bytes[ahead.at] == ']')) {
                scan_go(&p->s, ahead.at + 1);
                continue;
            }
            return;
        }
        if (l.kind == LEX_BAD)
            scan_go(&p->s, scan_line_end(&p->s, l.start));
        else if (l.kind == LEX_SYMBOL && l.symbol == '{')
            skip_block(p, before);
        else
            scan_take(&p->s);
        before = l;
    }
}

bool parse_open(parser *p, char symbol, const char *what, span *open)
{
    lexeme l = parse_peek(p);
    if (!parse_expect_symbol(p, symbol, what))
        return false;
    *open = parse_place(p, l);
    if (symbol == '(')
        scan_open_bracket(&p->s);
    return true;
}

bool parse_item_end(parser *p, span open, bool *more)
{
    *more = false;
    if (parse_take_symbol(p, ',')) {
        *more = true;
        return true;
    }
    if (parse_take_symbol(p, ')')) {
        scan_close_bracket(&p->s);
        return true;
    }
    lexeme l = parse_peek(p);
    if (l.kind == LEX_BAD)
        return parse_expected(p, "");
    diagnostic *d =
        problem(p, "syntax",
                l.kind == LEX_END ? parse_span(p, p->s.previous_end, p->s.previous_end) : parse_place(p, l),
                "expected , or ), found %s", l.kind == LEX_END ? "the end of the file" : found_words(p, l));
    diagnostic_second(d, open, "this bracket is open");
    return false;
}

/* The } of a block is missing: what is there stands at `place`. */
static diagnostic *report_unclosed(parser *p, span open, span place, const char *message)
{
    diagnostic *d = problem(p, "unclosed-brace", place, "%s", message);
    diagnostic_second(d, open, "opened here");
    return d;
}

/*
 * Reads the things of a block up to its }, each with the newline rule begun anew. A thing that cannot be read
 * is passed over, the others are read. False when the block has no end.
 */
bool parse_things(parser *p, span open, bool tail_words, parse_thing one, void *context)
{
    size_t last_end = open.end;
    size_t far_left = 0; /* the first line that does not stand inside the block by its look */
    while (scan_to_thing(&p->s)) {
        thing outer = scan_begin_thing(&p->s, tail_words);
        p->block_column = outer.column;
        if (far_left == 0 && p->s.now.column <= outer.column && !same_line(p, open.start, p->s.at))
            far_left = source_line_of(parse_span(p, p->s.at, p->s.at));
        bool fine = one(p, context);
        if (p->block_ended) {
            p->block_ended = false;
            report_unclosed(p, open, parse_place(p, parse_peek(p)),
                            "a } is missing: a statement begins here");
            scan_end_thing(&p->s, outer);
            scan_go(&p->s, last_end);
            return true;
        }
        if (fine && !parse_at_end(p))
            fine = parse_expected(p, "the end of the line");
        if (!fine && !p->stopped)
            parse_recover(p);
        last_end = p->s.previous_end;
        scan_end_thing(&p->s, outer);
        if (p->stopped)
            return false;
    }
    if (p->s.at >= p->s.length) {
        diagnostic *d = report_unclosed(p, open, parse_span(p, last_end, last_end),
                                        "the file ends inside this block: a } is missing");
        hint(p, d, "close the block with }");
        if (far_left != 0)
            hint(p, d, "line %zu stands no further right than the block's own: is the } missing before it?",
                 far_left);
        p->stopped = true;
        return false;
    }
    scan_go(&p->s, p->s.at + 1);
    return true;
}

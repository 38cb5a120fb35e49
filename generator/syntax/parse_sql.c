/* Raw SQL: { statements } and ( expressions ). */
#include "parse_parts.h"

#include "sql_split.h"

#include <string.h>

#define MOST_UNCLOSED                                                                                        \
    4 /* brackets that run to the file's end; each costs a walk through the rest of the file */

/* Where the bracket at the scanner's place closes; false, with an error, when it does not. */
static bool find_close(parser *p, lexeme open, size_t *close)
{
    sql_problem wrong = {0};
    bool brace = open.symbol == '{';
    *close = sql_find_close(p->s.bytes, p->s.length, open.start, p->engines, &wrong);
    if (*close < p->s.length)
        return true;
    span bracket = parse_place(p, open);
    if (wrong.message != NULL && wrong.offset != open.start) {
        size_t line_end = scan_line_end(&p->s, wrong.offset);
        size_t end = wrong.offset + wrong.length > line_end ? line_end : wrong.offset + wrong.length;
        diagnostic *d = problem(p, "unclosed-quote", parse_span(p, wrong.offset, end), "%s", wrong.message);
        diagnostic_second(d, bracket, "in the SQL that begins here");
    } else if (brace) {
        diagnostic *d =
            problem(p, "unclosed-brace", parse_file_end(p), "the file ends inside raw SQL: a } is missing");
        diagnostic_second(d, bracket, "opened here");
    } else {
        problem(p, "unclosed-bracket", bracket, "this bracket is not closed");
    }
    p->unclosed++;
    p->stopped = brace || p->unclosed >= MOST_UNCLOSED;
    return false;
}

/* The text from a to b without white space and comments at its ends. False when nothing is left, or it is no
 * expression. */
static bool trim_expression(parser *p, lexeme open, size_t from, size_t to, view *out)
{
    sql_lexer l = sql_lexer_new(p->s.bytes + from, to - from, p->engines);
    size_t start = 0, end = 0, braces = 0;
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        bool closes_block = sql_token_is(t, "}") && braces == 0;
        if (closes_block || sql_token_is(t, ";")) {
            diagnostic *d =
                problem(p, "unclosed-bracket", parse_place(p, open), "this bracket is not closed before %s",
                        closes_block ? "the block ends" : "a ;");
            diagnostic_second(d, parse_span(p, from + t.offset, from + t.offset + 1), "here");
            scan_go(&p->s, open.end);
            return false;
        }
        braces += sql_token_is(t, "{") ? 1 : 0;
        braces -= sql_token_is(t, "}") ? 1 : 0;
        if (end == 0)
            start = t.offset;
        end = t.offset + t.text.length;
    }
    *out = (view){p->s.bytes + from + start, end - start};
    if (end != 0)
        return true;
    problem(p, "empty-sql", parse_span(p, open.start, to + 1), "there is nothing between the brackets");
    return false;
}

bool parse_expression(parser *p, const char **out)
{
    lexeme open = parse_peek(p);
    size_t close;
    view text;
    if (!parse_at_symbol(p, '('))
        return parse_expected(p, "( and an expression");
    if (!find_close(p, open, &close))
        return false;
    scan_go(&p->s, close + 1);
    if (!trim_expression(p, open, open.end, close, &text))
        return false;
    size_t start = (size_t)(text.bytes - p->s.bytes);
    *out = parse_keep(p, text.bytes, text.length, parse_span(p, start, start + text.length));
    return true;
}

bool parse_call_expression(parser *p, const char **out)
{
    lexeme name = scan_take(&p->s);
    lexeme open = parse_peek(p);
    size_t close;
    if (!find_close(p, open, &close))
        return false;
    scan_go(&p->s, close + 1);
    *out =
        parse_keep(p, p->s.bytes + name.start, close + 1 - name.start, parse_span(p, name.start, close + 1));
    return true;
}

/* The statements of the block at the scanner's place, as pieces, and where the block begins and ends. */
static bool split_block(parser *p, sql_piece_list *pieces, lexeme *open, size_t *close)
{
    sql_problem wrong = {0};
    *open = parse_peek(p);
    if (!parse_at_symbol(p, '{'))
        return parse_expected(p, "{ and SQL");
    if (!find_close(p, *open, close))
        return false;
    scan_go(&p->s, *close + 1);
    view inside = {p->s.bytes + open->end, *close - open->end};
    *pieces = sql_split(p->memory, inside, p->engines, &wrong);
    if (wrong.message != NULL) {
        size_t at = open->end + wrong.offset;
        diagnostic *d = problem(p, "sql", parse_span(p, at, at + wrong.length), "%s", wrong.message);
        if (wrong.hint != NULL)
            hint(p, d, "%s", wrong.hint);
        return false;
    }
    if (pieces->count == 0) {
        problem(p, "empty-sql", parse_span(p, open->start, *close + 1), "there is no SQL between the braces");
        return false;
    }
    return true;
}

static const char *keep_piece(parser *p, const lexeme *open, const sql_piece *piece)
{
    size_t start = open->end + piece->offset;
    return parse_keep(p, piece->text.bytes, piece->text.length,
                      parse_span(p, start, start + piece->text.length));
}

bool parse_sql(parser *p, const char *const **out)
{
    sql_piece_list pieces;
    string_list statements = {0};
    lexeme open;
    size_t close;
    if (!split_block(p, &pieces, &open, &close))
        return false;
    for (size_t i = 0; i < pieces.count; i++)
        vector_push(p->memory, &statements, keep_piece(p, &open, &pieces.items[i]));
    vector_push(p->memory, &statements, NULL);
    *out = statements.items;
    return true;
}

bool parse_sql_one(parser *p, const char **out)
{
    sql_piece_list pieces;
    lexeme open;
    size_t close;
    if (!split_block(p, &pieces, &open, &close))
        return false;
    if (pieces.count > 1) {
        size_t second = open.end + pieces.items[1].offset;
        diagnostic *d =
            problem(p, "one-statement", parse_span(p, second, second + pieces.items[1].text.length),
                    "one SQL statement is expected here, and this is the second of %zu", pieces.count);
        diagnostic_second(d, parse_place(p, open), "in the SQL that begins here");
        return false;
    }
    *out = keep_piece(p, &open, &pieces.items[0]);
    return true;
}

bool parse_argument_types(parser *p, const char **out)
{
    *out = NULL;
    lexeme open = parse_peek(p);
    size_t close;
    if (!parse_at_symbol(p, '('))
        return true;
    if (!find_close(p, open, &close))
        return false;
    scan_go(&p->s, close + 1);
    sql_lexer l = sql_lexer_new(p->s.bytes + open.end, close - open.end, p->engines);
    builder text = builder_new(p->memory);
    bool word_before = false;
    builder_add_character(&text, '(');
    for (sql_token t = sql_next(&l); t.kind != TOKEN_END; t = sql_next(&l)) {
        bool word = t.kind != TOKEN_SYMBOL;
        if (word && word_before)
            builder_add_character(&text, ' ');
        builder_add_bytes(&text, t.text.bytes, t.text.length);
        if (sql_token_is(t, ","))
            builder_add_character(&text, ' ');
        word_before = word;
    }
    builder_add_character(&text, ')');
    *out = parse_keep(p, text.bytes, text.length, parse_span(p, open.start, close + 1));
    return true;
}

/* One `name = expression` of a set ( ), at `from` in the file. */
static bool keep_assignment(parser *p, lexeme open, size_t from, size_t to, string_list *columns,
                            string_list *expressions)
{
    sql_lexer l = sql_lexer_new(p->s.bytes + from, to - from, p->engines);
    sql_token name = sql_next(&l);
    sql_token equals = sql_next(&l);
    bool is_name = name.kind == TOKEN_WORD || name.kind == TOKEN_QUOTED_NAME;
    if (!is_name || equals.kind != TOKEN_SYMBOL || equals.text.bytes[0] != '=') {
        sql_token wrong = is_name ? equals : name;
        size_t at = wrong.kind == TOKEN_END ? to : from + wrong.offset;
        problem(p, "syntax", parse_span(p, at, at + (wrong.kind == TOKEN_END ? 0 : wrong.text.length)),
                is_name ? "expected = behind the column's name"
                        : "expected a column's name: set (column = expression)");
        return false;
    }
    span place = parse_span(p, from + name.offset, from + name.offset + name.text.length);
    const char *column = sql_token_value(p->memory, name);
    for (size_t i = 0; i < columns->count; i++)
        if (text_equal(columns->items[i], column)) {
            diagnostic *d = problem(p, "duplicate-column", place, "the column %s is set twice", column);
            diagnostic_second(d, ast_place_of(p->file, columns->items[i], place), "first here");
        }
    view text;
    lexeme equals_sign = open;
    equals_sign.start = from + equals.offset;
    equals_sign.end = equals_sign.start + 1;
    if (!trim_expression(p, equals_sign, equals_sign.end, to, &text))
        return false;
    size_t start = (size_t)(text.bytes - p->s.bytes);
    vector_push(p->memory, columns, parse_keep(p, column, strlen(column), place));
    vector_push(p->memory, expressions,
                parse_keep(p, text.bytes, text.length, parse_span(p, start, start + text.length)));
    return true;
}

bool parse_assignments(parser *p, const char *const **columns, const char *const **expressions)
{
    string_list names = {0}, values = {0};
    lexeme open = parse_peek(p);
    size_t close;
    if (!parse_at_symbol(p, '('))
        return parse_expected(p, "( and assignments: set (column = expression)");
    if (!find_close(p, open, &close))
        return false;
    scan_go(&p->s, close + 1);
    sql_lexer l = sql_lexer_new(p->s.bytes + open.end, close - open.end, p->engines);
    size_t from = open.end, depth = 0;
    for (sql_token t = sql_next(&l);; t = sql_next(&l)) {
        bool last = t.kind == TOKEN_END;
        if (last || (depth == 0 && sql_token_is(t, ","))) {
            size_t to = last ? close : open.end + t.offset;
            if (!keep_assignment(p, open, from, to, &names, &values))
                return false;
            from = to + 1;
        }
        if (last)
            break;
        if (sql_token_is(t, "(") || sql_token_is(t, "["))
            depth++;
        else if ((sql_token_is(t, ")") || sql_token_is(t, "]")) && depth > 0)
            depth--;
    }
    vector_push(p->memory, &names, NULL);
    vector_push(p->memory, &values, NULL);
    *columns = names.items;
    *expressions = values.items;
    return true;
}

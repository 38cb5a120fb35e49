#include "scanner.h"

#include <string.h>

#define TAB_STOP 8

scanner scanner_new(const source_file *file)
{
    return (scanner){.file = file, .bytes = file->bytes, .length = file->length};
}

static char character(const scanner *s, size_t offset)
{
    return offset < s->length ? s->bytes[offset] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
    return is_word_start(c) || is_digit(c) || c == '$';
}

static bool begins_comment(const scanner *s, size_t offset)
{
    return character(s, offset) == '#' || (character(s, offset) == '-' && character(s, offset + 1) == '-');
}

size_t scan_line_end(const scanner *s, size_t offset)
{
    const char *newline = memchr(s->bytes + offset, '\n', s->length - offset);
    return newline == NULL ? s->length : (size_t)(newline - s->bytes);
}

/*
 * Columns are asked for from the front of the file to its end, so a memo of the last answer makes all of them
 * together linear, however long a line is.
 */
size_t scan_column(scanner *s, size_t offset)
{
    size_t at = s->memo_offset, column = s->memo_column;
    if (offset < at) {
        at = offset;
        while (at > 0 && s->bytes[at - 1] != '\n')
            at--;
        column = 0;
    }
    for (; at < offset; at++) {
        unsigned char c = (unsigned char)s->bytes[at];
        if (c == '\n')
            column = 0;
        else if (c == '\t')
            column += TAB_STOP - column % TAB_STOP;
        else if ((c & 0xc0) != 0x80)
            column++;
    }
    s->memo_offset = offset;
    s->memo_column = column;
    return column;
}

/* The first character behind offset that is no blank, newline or comment. */
static size_t skip_lines(const scanner *s, size_t offset)
{
    for (;;) {
        if (offset < s->length && (is_blank(s->bytes[offset]) || s->bytes[offset] == '\n'))
            offset++;
        else if (begins_comment(s, offset))
            offset = scan_line_end(s, offset);
        else
            return offset;
    }
}

static bool is_tail_word(const scanner *s, size_t offset)
{
    static const char *const words[] = {"else", "when", "unless", "undo"};
    size_t end = offset;
    while (end < s->length && is_word(s->bytes[end]))
        end++;
    view word = {s->bytes + offset, end - offset};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (view_is_word(word, words[i]))
            return true;
    return false;
}

/* Whether the statement goes on at next, the first character of a later line. */
static bool goes_on(scanner *s, size_t next)
{
    char c = character(s, next);
    if (next >= s->length || c == '}' || c == ';')
        return false;
    /* No statement begins with {, so that a brace on a line of its own can only belong to the one above it.
     */
    return c == '{' || scan_column(s, next) > s->now.column || (s->now.tail_words && is_tail_word(s, next));
}

static lexeme make(lex_kind kind, size_t start, size_t end)
{
    return (lexeme){.kind = kind, .start = start, .end = end};
}

static lexeme lex_quoted(const scanner *s, size_t start)
{
    char quote = s->bytes[start];
    for (size_t at = start + 1; at < s->length; at += 2) {
        const char *close = memchr(s->bytes + at, quote, s->length - at);
        if (close == NULL)
            break;
        at = (size_t)(close - s->bytes);
        if (character(s, at + 1) != quote)
            return make(quote == '"' ? LEX_QUOTED : LEX_STRING, start, at + 1);
    }
    size_t end = scan_line_end(s, start);
    while (end > start + 1 && is_blank(s->bytes[end - 1]))
        end--;
    return make(LEX_BAD, start, end);
}

static lexeme lex_at(const scanner *s, size_t start)
{
    char c = character(s, start);
    size_t end = start + 1;
    if (c == '"' || c == '\'')
        return lex_quoted(s, start);
    if (is_word_start(c)) {
        while (end < s->length && is_word(s->bytes[end]))
            end++;
        return make(LEX_WORD, start, end);
    }
    if (is_digit(c)) {
        while (end < s->length &&
               (is_word(s->bytes[end]) || (s->bytes[end] == '.' && is_digit(character(s, end + 1)))))
            end++;
        /* 1e-5 */
        if ((s->bytes[end - 1] == 'e' || s->bytes[end - 1] == 'E') &&
            (character(s, end) == '-' || character(s, end) == '+') && is_digit(character(s, end + 1))) {
            end++;
            while (is_digit(character(s, end)))
                end++;
        }
        return make(LEX_NUMBER, start, end);
    }
    lexeme l = make(LEX_SYMBOL, start, end);
    l.symbol = c;
    if (c == '-' && character(s, end) == '>') {
        l.symbol = SYMBOL_ARROW;
        l.end++;
    }
    return l;
}

static lexeme look(scanner *s)
{
    size_t at = s->at;
    for (;;) {
        while (at < s->length && is_blank(s->bytes[at]))
            at++;
        if (at >= s->length)
            return make(LEX_END, s->length, s->length);
        if (begins_comment(s, at)) {
            at = scan_line_end(s, at);
            continue;
        }
        char c = s->bytes[at];
        if (c != '\n') {
            if (s->now.brackets == 0 && (c == ';' || c == '}'))
                return make(LEX_END, at, at);
            return lex_at(s, at);
        }
        size_t next = skip_lines(s, at);
        if (s->now.brackets == 0 && !goes_on(s, next))
            return make(LEX_END, at, at);
        at = next;
    }
}

lexeme scan_peek(scanner *s)
{
    if (!s->has_ahead) {
        s->ahead = look(s);
        s->has_ahead = true;
    }
    return s->ahead;
}

lexeme scan_take(scanner *s)
{
    lexeme l = scan_peek(s);
    if (l.kind != LEX_END) {
        s->at = s->previous_end = l.end;
        s->has_ahead = false;
    }
    return l;
}

view scan_text(const scanner *s, lexeme l)
{
    return (view){s->bytes + l.start, l.end - l.start};
}

void scan_go(scanner *s, size_t offset)
{
    s->at = s->previous_end = offset;
    s->has_ahead = false;
}

void scan_open_bracket(scanner *s)
{
    s->now.brackets++;
    s->has_ahead = false;
}

void scan_close_bracket(scanner *s)
{
    if (s->now.brackets > 0)
        s->now.brackets--;
    s->has_ahead = false;
}

bool scan_to_thing(scanner *s)
{
    size_t at = skip_lines(s, s->at);
    while (character(s, at) == ';' && at < s->length)
        at = skip_lines(s, at + 1);
    s->at = at;
    s->has_ahead = false;
    return at < s->length && s->bytes[at] != '}';
}

thing scan_begin_thing(scanner *s, bool tail_words)
{
    thing outer = s->now;
    s->now = (thing){.column = scan_column(s, s->at), .tail_words = tail_words};
    s->previous_end = s->at;
    s->has_ahead = false;
    return outer;
}

void scan_end_thing(scanner *s, thing outer)
{
    s->now = outer;
    s->has_ahead = false;
}

/* Names, texts and values. */
#include "parse_parts.h"

#include "name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A copy in which a line ends with \n alone, so that a checkout with CRLF is the same migration. */
static char *copy_lines(arena *a, const char *bytes, size_t length)
{
    char *copy = arena_allocate(a, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != '\r' || i + 1 == length || bytes[i + 1] != '\n')
            copy[used++] = bytes[i];
    copy[used] = '\0';
    return copy;
}

const char *parse_keep(parser *p, const char *bytes, size_t length, span place)
{
    char *copy = copy_lines(p->memory, bytes, length);
    ast_note_place(p->memory, p->file, copy, place);
    return copy;
}

const char *parse_unquoted(parser *p, lexeme l)
{
    view text = scan_text(&p->s, l);
    char quote = text.bytes[0];
    char *copy = arena_allocate(p->memory, text.length);
    size_t used = 0;
    for (size_t i = 1; i + 1 < text.length; i++) {
        char c = text.bytes[i];
        if (c == '\r' && text.bytes[i + 1] == '\n')
            continue;
        copy[used++] = c;
        if (c == quote)
            i++;
    }
    copy[used] = '\0';
    if (memchr(text.bytes, '\n', text.length) != NULL)
        p->long_text = parse_place(p, l);
    return copy;
}

static void check_bare_name(parser *p, const char *name, span place)
{
    bool capital = false;
    if (name_is_bare(name))
        return;
    for (const char *c = name; *c != '\0'; c++)
        capital = capital || (*c >= 'A' && *c <= 'Z');
    diagnostic *d;
    if (capital)
        d = problem(p, "capital-name", place, "the name %s has a capital letter", name);
    else
        d = problem(p, "bad-name", place, "the name %s has more than small letters, digits and _", name);
    const char *small = text_lower(p->memory, name);
    if (capital && name_is_bare(small))
        hint(p, d, "write \"%s\" in double quotes, or %s", name, small);
    else
        hint(p, d, "write \"%s\" in double quotes", name);
}

/* One name: bare, or in double quotes. Reports what is wrong with it; false when there is none. */
static bool take_name(parser *p, const char *what, const char **name, span *place)
{
    lexeme l = parse_peek(p);
    if (!parse_is_name(l)) {
        if (l.kind != LEX_STRING)
            return parse_expected(p, what);
        diagnostic *d =
            problem(p, "wrong-quotes", parse_place(p, l), "expected %s, found a text in single quotes", what);
        hint(p, d, "a name stands bare, or in double quotes");
        return false;
    }
    scan_take(&p->s);
    *place = parse_place(p, l);
    view text = scan_text(&p->s, l);
    if (l.kind == LEX_WORD) {
        *name = arena_copy(p->memory, text.bytes, text.length);
        if (text.length <= NAME_LONGEST)
            check_bare_name(p, *name, *place);
    } else {
        *name = parse_unquoted(p, l);
        if (**name == '\0') {
            problem(p, "bad-name", *place, "this name is empty");
            return false;
        }
        if (strchr(*name, '\n') != NULL) {
            diagnostic *d = problem(p, "unclosed-quote", *place, "this name runs over the end of its line");
            hint(p, d, "is its closing quote missing?");
            return false;
        }
    }
    size_t length = strlen(*name);
    if (length > NAME_LONGEST)
        problem(p, "long-name", *place, "this name has %zu bytes; PostgreSQL cuts names off after %d", length,
                NAME_LONGEST);
    return true;
}

bool parse_part(parser *p, const char *what, const char **out)
{
    span place;
    if (!take_name(p, what, out, &place))
        return false;
    ast_note_place(p->memory, p->file, *out, place);
    return true;
}

typedef struct dotted {
    const char *parts[3];
    span places[3];
    size_t count;
} dotted;

static bool take_dotted(parser *p, const char *what, size_t most, dotted *out)
{
    *out = (dotted){0};
    do {
        if (out->count == most) {
            lexeme l = parse_peek(p);
            problem(p, "syntax", parse_span(p, out->places[0].start, l.end),
                    "expected %s: at most %zu names with dots", what, most);
            return false;
        }
        if (!take_name(p, out->count == 0 ? what : "a name behind the dot", &out->parts[out->count],
                       &out->places[out->count]))
            return false;
        out->count++;
    } while (parse_take_symbol(p, '.'));
    return true;
}

/* The first `count` parts as an object. */
static const char *object_of(parser *p, const dotted *name, size_t count)
{
    object_name parts = {count == 2 ? name->parts[0] : NULL, name->parts[count - 1]};
    char *text = name_text(p->memory, parts);
    ast_note_place(p->memory, p->file, text,
                   parse_span(p, name->places[0].start, name->places[count - 1].end));
    return text;
}

bool parse_object(parser *p, const char *what, const char **out)
{
    dotted name;
    if (!take_dotted(p, what, 2, &name))
        return false;
    *out = object_of(p, &name, name.count);
    return true;
}

static const char *keep_last_part(parser *p, const dotted *name)
{
    const char *part = name->parts[name->count - 1];
    ast_note_place(p->memory, p->file, part, name->places[name->count - 1]);
    return part;
}

static const char *altered_table(parser *p)
{
    return parse_keep(p, p->alter_table, strlen(p->alter_table), p->alter_place);
}

bool parse_column_of(parser *p, const char **table, const char **column)
{
    dotted name;
    if (!take_dotted(p, p->alter_table != NULL ? "a column's name" : "a column: table.column", 3, &name))
        return false;
    span whole = parse_span(p, name.places[0].start, name.places[name.count - 1].end);
    if (p->alter_table != NULL) {
        if (name.count != 1) {
            diagnostic *d = problem(p, "syntax", whole, "in alter table { } the table is left out");
            hint(p, d, "write %s", name_part_text(p->memory, name.parts[name.count - 1]));
            return false;
        }
        *table = altered_table(p);
    } else {
        if (name.count == 1) {
            diagnostic *d = problem(p, "syntax", whole, "expected a column: table.column");
            hint(p, d, "write the table before it, as in users.%s", name_part_text(p->memory, name.parts[0]));
            return false;
        }
        *table = object_of(p, &name, name.count - 1);
    }
    *column = keep_last_part(p, &name);
    return true;
}

bool parse_single_object(parser *p, const char *what, const char **out)
{
    const char *name;
    if (!parse_part(p, what, &name))
        return false;
    char *text = name_part_text(p->memory, name);
    *out = parse_keep(p, text, strlen(text), ast_place_of(p->file, name, parse_since(p, 0)));
    return true;
}

bool parse_table_name(parser *p, const char **table)
{
    if (p->alter_table == NULL)
        return parse_object(p, "a table's name", table);
    *table = altered_table(p);
    return true;
}

bool parse_new_name(parser *p, const char **out)
{
    if (!parse_expect(p, "to") || !parse_part(p, "the new name", out))
        return false;
    if (!parse_at_symbol(p, '.'))
        return true;
    diagnostic *d = problem(p, "syntax", parse_place(p, parse_peek(p)), "the new name stands alone");
    hint(p, d, "a rename leaves things where they are: write the name without table or schema");
    return false;
}

bool parse_on_table(parser *p, const char **table)
{
    if (p->alter_table == NULL)
        return parse_expect(p, "on") && parse_object(p, "a table's name", table);
    if (parse_at(p, "on")) {
        diagnostic *d =
            problem(p, "syntax", parse_place(p, parse_peek(p)), "in alter table { } the table is left out");
        hint(p, d, "leave out \"on\" and the table behind it");
        return false;
    }
    *table = altered_table(p);
    return true;
}

bool parse_reference(parser *p, const char **table, const char **column)
{
    dotted name;
    *column = NULL;
    if (!take_dotted(p, "a table, or table.column", 3, &name))
        return false;
    *table = object_of(p, &name, name.count == 1 ? 1 : name.count - 1);
    if (name.count > 1)
        *column = keep_last_part(p, &name);
    return true;
}

bool parse_names(parser *p, const char *const **out)
{
    string_list names = {0};
    map seen = map_new(p->memory);
    span open;
    bool more = true;
    if (!parse_open(p, '(', "( and a list of columns", &open))
        return false;
    while (more) {
        const char *name;
        if (!parse_part(p, "a column's name", &name))
            return false;
        if (map_has(&seen, name)) {
            span here = ast_place_of(p->file, name, open);
            diagnostic *d = problem(p, "duplicate-column", here, "the column %s stands twice in this list",
                                    name_part_text(p->memory, name));
            diagnostic_second(d, ast_place_of(p->file, map_get(&seen, name), here), "first here");
        }
        map_set(&seen, name, (void *)(uintptr_t)name);
        vector_push(p->memory, &names, name);
        if (!parse_item_end(p, open, &more))
            return false;
    }
    vector_push(p->memory, &names, NULL);
    *out = names.items;
    return true;
}

bool parse_name_before(parser *p, const char *next_word, const char **out)
{
    *out = NULL;
    lexeme third = parse_third(p);
    /* `index on on users`: the first is the name, since the second begins `on TABLE`. */
    bool is_name = parse_at(p, next_word) ? parse_is(p, parse_second(p), next_word) && parse_is_name(third)
                                          : parse_is_name(parse_peek(p));
    return !is_name || parse_part(p, "a name", out);
}

bool parse_text(parser *p, const char *what, const char **out)
{
    lexeme l = parse_peek(p);
    if (l.kind != LEX_QUOTED && l.kind != LEX_STRING)
        return parse_expected(p, what);
    scan_take(&p->s);
    *out = parse_unquoted(p, l);
    ast_note_place(p->memory, p->file, *out, parse_place(p, l));
    return true;
}

bool parse_data(parser *p, const char *what, const char **out)
{
    lexeme l = parse_peek(p);
    if (l.kind != LEX_QUOTED && l.kind != LEX_STRING)
        return parse_expected(p, what);
    if (l.kind == LEX_QUOTED) {
        diagnostic *d = problem(p, "wrong-quotes", parse_place(p, l), "data stands in single quotes");
        hint(p, d, "write %s", text_quoted(p->memory, parse_unquoted(p, l)));
    }
    return parse_text(p, what, out);
}

bool parse_integer(parser *p, const char *what, long least, long most, long *out)
{
    lexeme first = parse_peek(p);
    bool negative = parse_take_symbol(p, '-');
    if (!negative)
        parse_take_symbol(p, '+');
    lexeme l = parse_peek(p);
    if (l.kind != LEX_NUMBER)
        return parse_expected(p, what);
    scan_take(&p->s);
    char *text = arena_format(p->memory, "%s%.*s", negative ? "-" : "",
                              (int)(l.end - l.start > 40 ? 40 : l.end - l.start), p->s.bytes + l.start);
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    span place = parse_span(p, first.start, l.end);
    if (*end != '\0') {
        problem(p, "bad-number", place, "expected %s: a whole number", what);
        return false;
    }
    if (errno != 0 || *out < least || *out > most) {
        problem(p, "bad-number", place, "expected %s: from %ld to %ld", what, least, most);
        return false;
    }
    return true;
}

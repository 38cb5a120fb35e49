/* Types: language.md 3. */
#include "parse_parts.h"

#include <string.h>

typedef struct type_line {
    migen_type_kind kind;
    const char *word;
    unsigned arguments;
} type_line;

static const type_line types[] = {
#define TYPE(kind, word, arguments, postgres, sqlite) {MIGEN_TYPE_##kind, word, arguments},
#include "types.def"
#undef TYPE
    /* SQL's own spellings, which people type without thinking */
    {MIGEN_TYPE_INT, "integer", 0},
    {MIGEN_TYPE_BOOL, "boolean", 0},
};

static const type_line *find_type(parser *p, lexeme l)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].word != NULL && parse_is(p, l, types[i].word))
            return &types[i];
    return NULL;
}

/* (n) or (p, s) behind a type that takes numbers. */
static bool parse_numbers(parser *p, const type_line *line, migen_type *out)
{
    span open;
    bool more;
    long number;
    bool numeric = line->kind == MIGEN_TYPE_NUMERIC;
    if (!parse_open(p, '(', "(", &open) ||
        !parse_integer(p, numeric ? "a precision" : "a length", 1, numeric ? 1000 : 10485760, &number))
        return false;
    out->length = (int)number;
    if (!parse_item_end(p, open, &more))
        return false;
    if (!more)
        return true;
    if (line->arguments < 2)
        return parse_expected(p, "one number");
    if (!parse_integer(p, "a scale", 0, out->length, &number))
        return false;
    out->scale = (int)number;
    return parse_item_end(p, open, &more) && (!more || parse_expected(p, "two numbers"));
}

/* native(postgres 'x', sqlite 'y'), of which the word is taken. */
static bool parse_native(parser *p, migen_type *out)
{
    span open;
    bool more = true;
    out->kind = MIGEN_TYPE_NATIVE;
    if (!parse_open(p, '(', "(", &open))
        return false;
    while (more) {
        lexeme engine = parse_peek(p);
        bool postgres = parse_take(p, "postgres");
        if (!postgres && !parse_take(p, "sqlite"))
            return parse_expected(p, "postgres 'type' or sqlite 'type'");
        const char **text = postgres ? &out->name : &out->sqlite;
        if (*text != NULL)
            problem(p, "said-twice", parse_place(p, engine), "this engine's type is given twice");
        if (!parse_data(p, "the engine's type", text))
            return false;
        if (**text == '\0')
            problem(p, "bad-type", parse_place(p, engine), "the engine's type is empty");
        if (!parse_item_end(p, open, &more))
            return false;
    }
    return true;
}

static bool parse_array(parser *p, migen_type *out)
{
    lexeme open = parse_peek(p);
    if (!parse_take_symbol(p, '['))
        return true;
    scan_open_bracket(&p->s);
    if (!parse_expect_symbol(p, ']', "]"))
        return false;
    scan_close_bracket(&p->s);
    bool counts =
        out->kind == MIGEN_TYPE_ID || out->kind == MIGEN_TYPE_SERIAL || out->kind == MIGEN_TYPE_BIGSERIAL;
    if (counts || out->array)
        problem(p, "bad-type", parse_place(p, open),
                counts ? "a column that counts by itself is no array" : "an array has one pair of []");
    out->array = true;
    return parse_array(p, out);
}

static bool parse_known_type(parser *p, const type_line *line, migen_type *out)
{
    lexeme word = scan_take(&p->s);
    out->kind = line->kind;
    if (line->kind == MIGEN_TYPE_DOUBLE)
        parse_take(p, "precision");
    if (parse_at_symbol(p, '(')) {
        if (line->arguments == 0) {
            diagnostic *d =
                problem(p, "bad-type", parse_place(p, parse_peek(p)), "%s takes no number", line->word);
            if (line->kind == MIGEN_TYPE_TEXT)
                hint(p, d, "a text of limited length is varchar(n)");
            return false;
        }
        return parse_numbers(p, line, out) && parse_array(p, out);
    }
    if (line->kind == MIGEN_TYPE_VARCHAR || line->kind == MIGEN_TYPE_CHAR) {
        diagnostic *d = problem(p, "bad-type", parse_place(p, word), "%s needs a length", line->word);
        hint(p, d, "write %s(255), or text", line->word);
        return false;
    }
    return parse_array(p, out);
}

static bool parse_enum_type(parser *p, migen_type *out)
{
    lexeme word = parse_peek(p);
    if (!parse_object(p, "a type", &out->name))
        return false;
    out->kind = MIGEN_TYPE_ENUM;
    if (!parse_at_symbol(p, '('))
        return parse_array(p, out);
    /* An enum takes no numbers, so this is the name of another type, mistyped or of SQL. */
    const char *words[sizeof types / sizeof *types];
    size_t count = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].word != NULL)
            words[count++] = types[i].word;
    span place = parse_since(p, word.start);
    diagnostic *d = problem(p, "unknown-type", place, "there is no type %s with numbers", out->name);
    const char *nearest = parse_is(p, word, "decimal") ? "numeric" : text_nearest(out->name, words, count);
    if (nearest != NULL)
        hint(p, d, "did you mean \"%s\"?", nearest);
    else
        hint(p, d, "an engine's own type is native(postgres 'type', sqlite 'type')");
    return false;
}

bool parse_type(parser *p, migen_type *out)
{
    lexeme l = parse_peek(p);
    *out = (migen_type){0};
    if (!parse_is_name(l))
        return parse_expected(p, "a type");
    lexeme second = parse_second(p);
    bool dotted = second.kind == LEX_SYMBOL && second.symbol == '.';
    if (parse_is(p, l, "native") && second.kind == LEX_SYMBOL && second.symbol == '(') {
        scan_take(&p->s);
        return parse_native(p, out) && parse_array(p, out);
    }
    const type_line *line = find_type(p, l);
    return line != NULL && !dotted ? parse_known_type(p, line, out) : parse_enum_type(p, out);
}

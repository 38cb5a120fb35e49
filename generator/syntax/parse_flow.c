/* Blocks of statements: if, else, on; and allow. */
#include "parse_parts.h"

#include <string.h>

typedef struct kind_line {
    const char *first, *second;
    migen_kind kind;
} kind_line;

static const kind_line kinds[] = {
    {"schema", NULL, MIGEN_KIND_SCHEMA},
    {"table", NULL, MIGEN_KIND_TABLE},
    {"column", NULL, MIGEN_KIND_COLUMN},
    {"index", NULL, MIGEN_KIND_INDEX},
    {"constraint", NULL, MIGEN_KIND_CONSTRAINT},
    {"enum", "value", MIGEN_KIND_ENUM_VALUE},
    {"enum", NULL, MIGEN_KIND_ENUM},
    {"extension", NULL, MIGEN_KIND_EXTENSION},
    {"view", NULL, MIGEN_KIND_VIEW},
    {"materialized", "view", MIGEN_KIND_MATERIALIZED_VIEW},
    {"sequence", NULL, MIGEN_KIND_SEQUENCE},
    {"function", NULL, MIGEN_KIND_FUNCTION},
    {"trigger", NULL, MIGEN_KIND_TRIGGER},
};

static bool parse_one_statement(parser *p, void *context)
{
    return parse_statement(p, context);
}

bool parse_statement_block(parser *p, const char *what, ast_list *list)
{
    span open;
    if (p->nesting == MOST_NESTING) {
        problem(p, "too-deep", parse_place(p, parse_peek(p)), "blocks stand in blocks more than %d deep",
                MOST_NESTING);
        return false;
    }
    if (!parse_open(p, '{', what, &open))
        return false;
    p->nesting++;
    bool fine = parse_things(p, open, true, parse_one_statement, list);
    p->nesting--;
    return fine;
}

/* `enum value` is an enum called value when no name and value follow. */
static bool is_enum_value(parser *p)
{
    lexeme third = parse_third(p);
    return parse_is_name(third) && !parse_is(p, third, "on");
}

static bool parse_kind(parser *p, migen_kind *out)
{
    static const char *const words[] = {"not",        "schema",  "table",    "column",       "index",
                                        "constraint", "enum",    "view",     "materialized", "sequence",
                                        "function",   "trigger", "extension"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const kind_line *k = &kinds[i];
        if (k->second == NULL ? !parse_at(p, k->first) : !parse_at_both(p, k->first, k->second))
            continue;
        if (k->kind == MIGEN_KIND_ENUM_VALUE && !is_enum_value(p))
            continue;
        scan_take(&p->s);
        if (k->second != NULL)
            scan_take(&p->s);
        *out = k->kind;
        return true;
    }
    return parse_expected_word(p, "a condition: a kind of object such as table or column, or { SQL }", words,
                               sizeof words / sizeof *words);
}

/* The name that an `if` asks for, and its [on T]. */
static bool parse_condition_name(parser *p, migen_step *step)
{
    switch (step->kind) {
    case MIGEN_KIND_COLUMN:
        return parse_column_of(p, &step->object, &step->part);
    case MIGEN_KIND_SCHEMA:
    case MIGEN_KIND_EXTENSION:
        return parse_single_object(p, "a name", &step->object);
    case MIGEN_KIND_ENUM_VALUE:
        return parse_object(p, "an enum's name", &step->object) &&
               parse_data(p, "the enum's value", &step->part);
    case MIGEN_KIND_CONSTRAINT:
    case MIGEN_KIND_TRIGGER:
        return parse_part(p, "a name", &step->part) &&
               (!parse_take(p, "on") || parse_object(p, "a table's name", &step->object));
    case MIGEN_KIND_FUNCTION:
        return parse_object(p, "a name", &step->object) && parse_argument_types(p, &step->arguments);
    case MIGEN_KIND_INDEX:
        /* An index is found by its own name; its table is kept where a part stands. */
        return parse_object(p, "a name", &step->object) &&
               (!parse_take(p, "on") || parse_object(p, "a table's name", &step->part));
    default:
        return parse_object(p, "a name", &step->object);
    }
}

bool parse_if(parser *p, ast_statement *st)
{
    st->kind = AST_IF;
    st->step.negated = parse_at(p, "not");
    if (st->step.negated)
        scan_take(&p->s);
    if (parse_at_symbol(p, '{')) {
        st->step.operation = MIGEN_IF_SQL;
        if (!parse_sql_one(p, &st->step.when))
            return false;
    } else {
        st->step.operation = MIGEN_IF_EXISTS;
        if (!parse_kind(p, &st->step.kind) || !parse_condition_name(p, &st->step))
            return false;
    }
    st->place.end = p->s.previous_end;
    if (!parse_statement_block(p, "{ and statements", &st->then))
        return false;
    if (!parse_take(p, "else"))
        return true;
    if (parse_at(p, "if")) {
        diagnostic *d = problem(p, "syntax", parse_place(p, parse_peek(p)), "expected { behind else");
        hint(p, d, "write the second if inside: else { if … { … } }");
        return false;
    }
    st->has_else = true;
    return parse_statement_block(p, "{ and statements", &st->otherwise);
}

bool parse_on(parser *p, ast_statement *st)
{
    static const char *const words[] = {"postgres", "sqlite"};
    st->kind = AST_ON;
    st->step.operation = MIGEN_ON_ENGINE;
    if (parse_take(p, "postgres") || parse_take(p, "postgresql"))
        st->step.engines = MIGEN_POSTGRES;
    else if (parse_take(p, "sqlite"))
        st->step.engines = MIGEN_SQLITE;
    else
        return parse_expected_word(p, "postgres or sqlite", words, sizeof words / sizeof *words);
    unsigned engines = p->engines;
    p->engines = st->step.engines;
    st->place.end = p->s.previous_end;
    bool fine = parse_statement_block(p, "{ and statements", &st->then);
    p->engines = engines;
    return fine;
}

/* allow RULE "reason": a rule's name is words with hyphens. */
bool parse_allow(parser *p, ast_statement *st)
{
    lexeme first = parse_peek(p);
    size_t end = first.end;
    st->kind = AST_ALLOW;
    if (first.kind != LEX_WORD)
        return parse_expected(p, "a lint rule's name");
    while (end < p->s.length &&
           (strchr("-_", p->s.bytes[end]) != NULL || (p->s.bytes[end] >= '0' && p->s.bytes[end] <= '9') ||
            (p->s.bytes[end] >= 'a' && p->s.bytes[end] <= 'z') ||
            (p->s.bytes[end] >= 'A' && p->s.bytes[end] <= 'Z')))
        end++;
    scan_go(&p->s, end);
    st->rule = parse_keep(p, p->s.bytes + first.start, end - first.start, parse_span(p, first.start, end));
    if (!parse_text(p, "the reason, in quotes", &st->reason))
        return false;
    if (*st->reason == '\0')
        problem(p, "bad-value", ast_place_of(p->file, st->reason, st->place), "the reason is empty");
    return true;
}

/* Statements that change what is there: add, drop, rename, alter, comment. */
#include "parse_parts.h"

#include <string.h>

static const char *const add_words[] = {"column", "columns", "unique", "check", "primary", "foreign", "enum"};
static const char *const drop_words[] = {"table",        "column",   "columns", "index", "constraint",
                                         "trigger",      "view",     "schema",  "enum",  "extension",
                                         "materialized", "function", "sequence"};
static const char *const rename_words[] = {"table", "column", "index", "enum", "constraint"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A statement that names something other than its table cannot stand in alter table { }. */
static bool outside_alter(parser *p, lexeme word)
{
    if (p->alter_table == NULL)
        return true;
    problem(p, "misplaced-statement", parse_place(p, word), "this cannot stand in alter table { }");
    return false;
}

static bool parse_add_column(parser *p, ast_statement *st)
{
    migen_column *c = ARENA_NEW(p->memory, migen_column);
    st->step.operation = MIGEN_ADD_COLUMN;
    if (!parse_column_of(p, &st->step.object, &c->name) || !parse_column(p, c, true))
        return false;
    st->step.columns = c;
    st->step.column_count = 1;
    return true;
}

static bool parse_add_constraint(parser *p, ast_statement *st, migen_constraint_kind kind)
{
    migen_constraint *c = ARENA_NEW(p->memory, migen_constraint);
    c->kind = kind;
    st->step.operation = MIGEN_ADD_CONSTRAINT;
    st->step.constraint = c;
    return parse_name_before(p, "on", &c->name) && parse_on_table(p, &st->step.object) &&
           parse_constraint_tail(p, c);
}

bool parse_add(parser *p, ast_statement *st)
{
    lexeme word = parse_peek(p);
    if (parse_take(p, "column"))
        return parse_add_column(p, st);
    if (parse_take(p, "columns")) {
        st->step.operation = MIGEN_ADD_COLUMNS;
        return parse_table_name(p, &st->step.object) && parse_column_block(p, &st->step);
    }
    if (parse_take(p, "unique"))
        return parse_add_constraint(p, st, MIGEN_UNIQUE);
    if (parse_take(p, "check"))
        return parse_add_constraint(p, st, MIGEN_CHECK);
    if (parse_take_both(p, "primary", "key"))
        return parse_add_constraint(p, st, MIGEN_PRIMARY_KEY);
    if (parse_take_both(p, "foreign", "key"))
        return parse_add_constraint(p, st, MIGEN_FOREIGN_KEY);
    if (parse_take(p, "enum"))
        return outside_alter(p, word) && parse_add_enum(p, st);
    if (parse_at(p, "index") || parse_at(p, "constraint")) {
        bool index = parse_at(p, "index");
        diagnostic *d = problem(p, "syntax", parse_place(p, word), "expected what to add, found \"%s\"",
                                index ? "index" : "constraint");
        hint(p, d,
             index ? "write create index"
                   : "write add unique, add check, add primary key or add foreign key");
        return false;
    }
    return parse_expected_word(
        p, "what to add: column, columns, unique, check, primary key, foreign key or enum value", add_words,
        COUNT(add_words));
}

/* --- drop */

static bool parse_drop_part(parser *p, ast_statement *st)
{
    migen_step *step = &st->step;
    if (parse_take(p, "column")) {
        step->operation = MIGEN_DROP_COLUMN;
        return parse_column_of(p, &step->object, &step->part);
    }
    if (parse_take(p, "columns")) {
        step->operation = MIGEN_DROP_COLUMNS;
        return parse_table_name(p, &step->object) && parse_names(p, &step->values);
    }
    if (parse_take(p, "constraint")) {
        step->operation = MIGEN_DROP_CONSTRAINT;
        return parse_part(p, "a constraint's name", &step->part) && parse_on_table(p, &step->object);
    }
    scan_take(&p->s); /* trigger */
    step->operation = MIGEN_DROP_TRIGGER;
    if (!parse_part(p, "a trigger's name", &step->part))
        return false;
    return (p->alter_table == NULL && !parse_at(p, "on")) || parse_on_table(p, &step->object);
}

static bool parse_drop_object(parser *p, ast_statement *st)
{
    static const struct {
        const char *first, *second;
        migen_operation operation;
        bool single;
    } table[] = {
        {"table", NULL, MIGEN_DROP_TABLE, false},
        {"index", NULL, MIGEN_DROP_INDEX, false},
        {"schema", NULL, MIGEN_DROP_SCHEMA, true},
        {"extension", NULL, MIGEN_DROP_EXTENSION, true},
        {"enum", NULL, MIGEN_DROP_ENUM, false},
        {"view", NULL, MIGEN_DROP_VIEW, false},
        {"materialized", "view", MIGEN_DROP_MATERIALIZED_VIEW, false},
        {"function", NULL, MIGEN_DROP_FUNCTION, false},
        {"sequence", NULL, MIGEN_DROP_SEQUENCE, false},
    };
    lexeme word = parse_peek(p);
    for (size_t i = 0; i < COUNT(table); i++) {
        if (table[i].second == NULL ? !parse_take(p, table[i].first)
                                    : !parse_take_both(p, table[i].first, table[i].second))
            continue;
        st->step.operation = table[i].operation;
        if (table[i].operation != MIGEN_DROP_INDEX && !outside_alter(p, word))
            return false;
        if (table[i].single)
            return parse_single_object(p, "a name", &st->step.object);
        return parse_object(p, "a name", &st->step.object) &&
               (table[i].operation != MIGEN_DROP_FUNCTION || parse_argument_types(p, &st->step.arguments));
    }
    return parse_expected_word(
        p, "what to drop: table, column, columns, index, constraint, trigger, view, enum, …", drop_words,
        COUNT(drop_words));
}

bool parse_drop(parser *p, ast_statement *st)
{
    bool part = parse_at(p, "column") || parse_at(p, "columns") || parse_at(p, "constraint") ||
                parse_at(p, "trigger");
    if (!(part ? parse_drop_part(p, st) : parse_drop_object(p, st)))
        return false;
    lexeme next = parse_peek(p);
    if (st->step.operation == MIGEN_DROP_ENUM && next.kind == LEX_STRING) {
        diagnostic *d = problem(p, "syntax", parse_place(p, next), "a value cannot be dropped from an enum");
        hint(p, d, "PostgreSQL cannot take a value back");
        return false;
    }
    st->step.cascade = parse_take(p, "cascade");
    return true;
}

/* --- rename */

static bool parse_rename_enum(parser *p, migen_step *step)
{
    lexeme third = parse_third(p);
    bool dotted = third.kind == LEX_SYMBOL && third.symbol == '.';
    /* `rename enum value to state` renames an enum that is called value. */
    bool value =
        parse_at(p, "value") && parse_is_name(parse_second(p)) && (third.kind == LEX_STRING || dotted);
    if (!value) {
        step->operation = MIGEN_RENAME_ENUM;
        return parse_object(p, "an enum's name", &step->object) && parse_new_name(p, &step->new_name);
    }
    scan_take(&p->s);
    step->operation = MIGEN_RENAME_ENUM_VALUE;
    return parse_object(p, "an enum's name", &step->object) &&
           parse_data(p, "a value in single quotes", &step->part) && parse_expect(p, "to") &&
           parse_data(p, "a value in single quotes", &step->new_name);
}

bool parse_rename(parser *p, ast_statement *st)
{
    migen_step *step = &st->step;
    lexeme word = parse_peek(p);
    if (parse_take(p, "column")) {
        step->operation = MIGEN_RENAME_COLUMN;
        return parse_column_of(p, &step->object, &step->part) && parse_new_name(p, &step->new_name);
    }
    if (parse_take(p, "constraint")) {
        step->operation = MIGEN_RENAME_CONSTRAINT;
        return parse_part(p, "a constraint's name", &step->part) && parse_new_name(p, &step->new_name) &&
               parse_on_table(p, &step->object);
    }
    if (parse_take(p, "table") || parse_at(p, "index")) {
        step->operation = parse_take(p, "index") ? MIGEN_RENAME_INDEX : MIGEN_RENAME_TABLE;
        return (step->operation == MIGEN_RENAME_INDEX || outside_alter(p, word)) &&
               parse_object(p, "a name", &step->object) && parse_new_name(p, &step->new_name);
    }
    if (parse_take(p, "enum"))
        return outside_alter(p, word) && parse_rename_enum(p, step);
    return parse_expected_word(p, "what to rename: table, column, index, enum, enum value or constraint",
                               rename_words, COUNT(rename_words));
}

/* --- alter */

typedef struct alter_said {
    bool type, null, default_value;
} alter_said;

/* One part of alter column, whose first word is `word`. *twice: it was said before. */
static bool parse_alteration(parser *p, migen_alteration *a, alter_said *said, bool *twice)
{
    if (parse_take(p, "type")) {
        *twice = said->type;
        said->type = a->set_type = true;
        return parse_type(p, &a->type) &&
               (!parse_take(p, "using") || parse_expression(p, &a->using_expression));
    }
    bool not_null = parse_at_both(p, "not", "null");
    if (not_null || parse_at(p, "null")) {
        *twice = said->null;
        said->null = true;
        scan_take(&p->s);
        a->drop_not_null = !not_null;
        if (!not_null)
            return true;
        scan_take(&p->s);
        a->set_not_null = true;
        return !parse_take(p, "backfill") || parse_expression(p, &a->backfill);
    }
    bool drop = parse_take_both(p, "drop", "default");
    if (drop || parse_take(p, "default")) {
        *twice = said->default_value;
        said->default_value = true;
        a->drop_default = drop;
        return drop ||
               parse_value(p, "a value: 'text', a number, true, false, null, now(), uuid() or (expression)",
                           &a->default_value);
    }
    return false;
}

static bool alteration_expected(parser *p)
{
    static const char *const words[] = {"type", "not", "null", "default", "drop"};
    lexeme l = parse_peek(p);
    if (parse_is(p, l, "set")) {
        diagnostic *d = problem(p, "syntax", parse_place(p, l), "expected what to change, found \"set\"");
        hint(p, d, "leave out \"set\"");
        return false;
    }
    if (parse_at_both(p, "drop", "not")) {
        diagnostic *d =
            problem(p, "syntax", parse_place(p, l), "expected what to change, found \"drop not\"");
        hint(p, d, "write null");
        return false;
    }
    return parse_expected_word(p, "type T, not null, null, default VALUE or drop default", words,
                               COUNT(words));
}

bool parse_alter_column(parser *p, ast_statement *st)
{
    migen_alteration *a = ARENA_NEW(p->memory, migen_alteration);
    alter_said said = {0};
    st->step.operation = MIGEN_ALTER_COLUMN;
    if (!parse_column_of(p, &st->step.object, &st->step.part))
        return false;
    st->step.alteration = a;
    do {
        lexeme word = parse_peek(p);
        size_t errors = p->out->error_count;
        bool twice = false;
        if (!parse_alteration(p, a, &said, &twice))
            return p->out->error_count > errors ? false : alteration_expected(p);
        if (twice)
            problem(p, "said-twice", parse_place(p, word), "this is said twice, or with its opposite");
    } while (!parse_at_end(p));
    return true;
}

bool parse_alter_table(parser *p, ast_list *list)
{
    const char *table;
    lexeme first = parse_peek(p);
    if (p->alter_table != NULL) {
        problem(p, "misplaced-statement", parse_place(p, first), "alter table cannot stand in alter table");
        return false;
    }
    if (!parse_object(p, "a table's name", &table))
        return false;
    span place = parse_since(p, first.start);
    lexeme open = parse_peek(p);
    size_t before = list->count, errors = p->out->error_count;
    p->alter_table = table;
    p->alter_place = place;
    bool fine = parse_statement_block(p, "{ and statements", list);
    p->alter_table = NULL;
    if (fine && list->count == before && p->out->error_count == errors)
        problem(p, "empty-block", parse_since(p, open.start), "there is no statement between the braces");
    return fine;
}

/* --- comment */

bool parse_comment(parser *p, ast_statement *st)
{
    if (!parse_expect(p, "on"))
        return false;
    if (parse_take(p, "column")) {
        st->step.operation = MIGEN_COMMENT_ON_COLUMN;
        if (!parse_column_of(p, &st->step.object, &st->step.part))
            return false;
    } else if (p->alter_table == NULL && parse_take(p, "table")) {
        st->step.operation = MIGEN_COMMENT_ON_TABLE;
        if (!parse_object(p, "a table's name", &st->step.object))
            return false;
    } else {
        return parse_expected(p, p->alter_table == NULL ? "table or column" : "column");
    }
    parse_take(p, "is");
    if (parse_take(p, "null"))
        return true;
    return parse_text(p, "the comment, in quotes", &st->step.text);
}

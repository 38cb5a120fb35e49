/* One statement: which it is; create and drop. */
#include "parse_parts.h"

#include "name.h"

#include <string.h>

ast_statement *parse_new_statement(parser *p, ast_kind kind, migen_operation operation)
{
    ast_statement *st = ARENA_NEW(p->memory, ast_statement);
    st->kind = kind;
    st->step.operation = operation;
    return st;
}

static bool parse_say(parser *p, ast_statement *st)
{
    return parse_text(p, "a text, in quotes", &st->step.text);
}

static bool parse_summary(parser *p, ast_statement *st)
{
    return parse_object(p, "a table's name", &st->step.object);
}

static bool parse_ensure(parser *p, ast_statement *st)
{
    return parse_expect(p, "table") && parse_table_statement(p, st, MIGEN_ENSURE_TABLE);
}

static bool parse_given(parser *p, ast_statement *st)
{
    return parse_expect(p, "table") && parse_table_statement(p, st, MIGEN_GIVEN_TABLE);
}

static bool parse_alter(parser *p, ast_statement *st)
{
    if (parse_take(p, "column"))
        return parse_alter_column(p, st);
    return parse_expected(p, p->alter_table == NULL ? "table or column" : "column");
}

typedef struct statement_line {
    const char *word;
    bool (*parse)(parser *p, ast_statement *st);
    migen_operation operation; /* of statements with one */
    bool in_alter;             /* may stand in alter table { } */
} statement_line;

static const statement_line statements[] = {
    {"create", parse_create, MIGEN_NOTHING, true},
    {"ensure", parse_ensure, MIGEN_ENSURE_TABLE, false},
    {"given", parse_given, MIGEN_GIVEN_TABLE, false},
    {"add", parse_add, MIGEN_NOTHING, true},
    {"drop", parse_drop, MIGEN_NOTHING, true},
    {"rename", parse_rename, MIGEN_NOTHING, true},
    {"alter", parse_alter, MIGEN_ALTER_COLUMN, true},
    {"comment", parse_comment, MIGEN_NOTHING, true},
    {"run", parse_run, MIGEN_RUN, false},
    {"seed", parse_seed, MIGEN_SEED, false},
    {"backfill", parse_backfill, MIGEN_BACKFILL, false},
    {"call", parse_call, MIGEN_CALL, false},
    {"summary", parse_summary, MIGEN_MIGRATION_SUMMARY, false},
    {"say", parse_say, MIGEN_SAY, false},
    {"if", parse_if, MIGEN_NOTHING, false},
    {"on", parse_on, MIGEN_ON_ENGINE, false},
    {"allow", parse_allow, MIGEN_NOTHING, true},
};

#define STATEMENT_COUNT (sizeof statements / sizeof *statements)

static const char *const header_words[] = {"migration", "after", "transaction", "down"};

static const statement_line *find_statement(parser *p, lexeme l)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (parse_is(p, l, statements[i].word))
            return &statements[i];
    return NULL;
}

static bool begins_sql(parser *p, lexeme l)
{
    static const char *const words[] = {"select", "insert", "update", "delete", "with",   "grant",
                                        "revoke", "begin",  "commit", "set",    "pragma", "truncate"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (parse_is(p, l, words[i]))
            return true;
    return false;
}

static bool report_unknown(parser *p, lexeme l)
{
    if (l.kind != LEX_WORD)
        return parse_expected(p, "a statement");
    for (size_t i = 0; i < sizeof header_words / sizeof *header_words; i++)
        if (parse_is(p, l, header_words[i])) {
            bool down = strcmp(header_words[i], "down") == 0;
            diagnostic *d = problem(p, down ? "misplaced-down" : "misplaced-header", parse_place(p, l),
                                    "%s cannot stand in a block", header_words[i]);
            hint(p, d,
                 down ? "it stands last in the file; is a } missing above?"
                      : "it stands before the first statement of the file");
            return false;
        }
    const char *words[STATEMENT_COUNT + sizeof header_words / sizeof *header_words];
    size_t count = 0;
    for (; count < STATEMENT_COUNT; count++)
        words[count] = statements[count].word;
    for (size_t i = 0; i < sizeof header_words / sizeof *header_words; i++)
        words[count++] = header_words[i];
    int shown = (int)(l.end - l.start > 60 ? 60 : l.end - l.start);
    diagnostic *d = problem(p, "unknown-statement", parse_place(p, l), "no statement begins with \"%.*s\"",
                            shown, p->s.bytes + l.start);
    const char *word = arena_copy(p->memory, p->s.bytes + l.start, (size_t)shown);
    const char *nearest = text_nearest(word, words, count);
    if (begins_sql(p, l))
        hint(p, d, "SQL stands in run { … }");
    else if (nearest != NULL)
        hint(p, d, "did you mean \"%s\"?", nearest);
    else
        hint(p, d,
             "statements begin with create, add, drop, rename, alter, seed, run, backfill, if, on, say, …");
    return false;
}

static bool parse_statement_of(parser *p, lexeme first, const statement_line *line, ast_list *list)
{
    if (p->alter_table != NULL && !line->in_alter) {
        diagnostic *d = problem(p, "misplaced-statement", parse_place(p, first),
                                "%s cannot stand in alter table { }", line->word);
        hint(p, d, "add, drop, rename, alter, create index and comment on column can");
        return false;
    }
    scan_take(&p->s);
    if (line->operation == MIGEN_ALTER_COLUMN && parse_take(p, "table"))
        return parse_alter_table(p, list);
    ast_statement *st = parse_new_statement(p, AST_STEP, line->operation);
    st->place = parse_place(p, first);
    if (!line->parse(p, st))
        return false;
    if (st->kind == AST_STEP || st->kind == AST_ALLOW)
        st->place = parse_since(p, first.start);
    vector_push(p->memory, list, st);
    return true;
}

bool parse_statement(parser *p, ast_list *list)
{
    lexeme first = parse_peek(p);
    const statement_line *line = first.kind == LEX_WORD ? find_statement(p, first) : NULL;
    if (line == NULL)
        return report_unknown(p, first);
    const char *outer = p->form;
    p->form = parse_form(p, first, parse_second(p));
    bool fine = parse_statement_of(p, first, line, list);
    if (fine && !parse_at_end(p)) /* what follows it is held against it */
        return true;
    p->form = outer;
    return fine;
}

/* A table's line: `create table x`, `run {`, … can be no column. */
bool parse_begins_statement(parser *p)
{
    static const char *const objects[] = {"schema",  "extension",   "enum",  "sequence", "table",
                                          "unique",  "index",       "view",  "function", "trigger",
                                          "column",  "columns",     "check", "primary",  "constraint",
                                          "foreign", "materialized"};
    static const char *const attributes[] = {"not",   "null",    "primary", "unique", "index",
                                             "check", "default", "collate", "as"};
    lexeme first = parse_peek(p), second = parse_second(p), third = parse_third(p);
    bool brace = second.kind == LEX_SYMBOL && second.symbol == '{';
    bool text = second.kind == LEX_QUOTED || second.kind == LEX_STRING;
    bool third_brace = third.kind == LEX_SYMBOL && third.symbol == '{';
    bool third_bracket = third.kind == LEX_SYMBOL && third.symbol == '(';
    bool third_text = third.kind == LEX_QUOTED || third.kind == LEX_STRING;
    bool attribute = false;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        attribute = attribute || parse_is(p, third, attributes[i]);
    if (parse_is(p, first, "down"))
        return brace || ((parse_is(p, second, "auto") || parse_is(p, second, "never")) &&
                         (third.kind == LEX_END || third_text));
    if (first.kind != LEX_WORD || find_statement(p, first) == NULL)
        return false;
    if (parse_is(p, first, "run") || parse_is(p, first, "say"))
        return brace || text;
    if (parse_is(p, first, "if"))
        return brace || (parse_is_name(second) && parse_is_name(third) && !attribute);
    if (parse_is(p, first, "on"))
        return third_brace;
    if (parse_is(p, first, "seed"))
        return third_bracket && parse_is_name(parse_ahead(p, 3));
    if (parse_is(p, first, "backfill"))
        return parse_is(p, third, "set");
    if (parse_is(p, first, "call"))
        return parse_is(p, third, "from");
    if (parse_is(p, first, "allow"))
        return third_text;
    if (parse_is(p, first, "comment"))
        return parse_is(p, second, "on") && parse_is_name(third);
    if (parse_is(p, first, "summary") || !parse_is_name(third))
        return false;
    if (parse_is(p, second, "unique") && parse_is(p, third, "index"))
        return true;
    if (attribute)
        return false;
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (parse_is(p, second, objects[i]))
            return true;
    return false;
}

/* --- create */

static bool parse_enum_values(parser *p, const char *const **out, bool in_brackets)
{
    string_list values = {0};
    map seen = map_new(p->memory);
    span open = {0};
    bool more = true;
    if (in_brackets && !parse_open(p, '(', "( and the enum's values", &open))
        return false;
    while (more) {
        const char *value;
        if (!parse_data(p, "a value in single quotes", &value))
            return false;
        span place = ast_place_of(p->file, value, open);
        if (map_has(&seen, value)) {
            diagnostic *d = problem(p, "duplicate-value", place, "the value %s stands twice",
                                    text_quoted(p->memory, value));
            diagnostic_second(d, ast_place_of(p->file, map_get(&seen, value), place), "first here");
        } else {
            map_set(&seen, value, (void *)(uintptr_t)value);
        }
        if (strlen(value) > NAME_LONGEST)
            problem(p, "long-name", place, "this value has %zu bytes; PostgreSQL allows %d", strlen(value),
                    NAME_LONGEST);
        vector_push(p->memory, &values, value);
        if (!in_brackets)
            more = parse_take_symbol(p, ',');
        else if (!parse_item_end(p, open, &more))
            return false;
    }
    vector_push(p->memory, &values, NULL);
    *out = values.items;
    return true;
}

static bool parse_sequence(parser *p, migen_step *step)
{
    if (!parse_object(p, "a sequence's name", &step->object))
        return false;
    bool start = false, increment = false;
    size_t start_at = 0;
    for (;;) {
        lexeme word = parse_peek(p);
        bool starts = parse_take(p, "start");
        if (!starts && !parse_take(p, "increment"))
            break;
        bool *said = starts ? &start : &increment;
        if (*said)
            problem(p, "said-twice", parse_place(p, word), "this is said twice");
        *said = true;
        lexeme number = parse_peek(p);
        start_at = starts ? number.start : start_at;
        if (!parse_integer(p, "a number", -999999999999999999L, 999999999999999999L,
                           starts ? &step->start : &step->increment))
            return false;
        if (starts ? step->start == 0 : step->increment == 0)
            problem(p, "bad-number", parse_since(p, number.start), "this number cannot be 0");
    }
    /* unsaid, PostgreSQL's bounds are 1 and the greatest number, of one that goes down the least and -1 */
    bool down = step->increment < 0;
    if (down ? step->start > 0 : step->start < 0)
        problem(p, "bad-number", parse_since(p, start_at), "a sequence that goes %s cannot start at %ld",
                down ? "down" : "up", step->start);
    return true;
}

static bool parse_sql_list_of_one(parser *p, const char *const **out)
{
    const char *statement;
    if (!parse_sql_one(p, &statement))
        return false;
    string_list one = {0};
    vector_push(p->memory, &one, statement);
    vector_push(p->memory, &one, NULL);
    *out = one.items;
    return true;
}

static bool parse_create_index(parser *p, ast_statement *st, bool unique)
{
    migen_index *index = ARENA_NEW(p->memory, migen_index);
    index->unique = unique;
    st->step.operation = MIGEN_CREATE_INDEX;
    if (p->alter_table != NULL ? !parse_index_name(p, &index->name)
                               : !parse_name_before(p, "on", &index->name))
        return false;
    st->step.index = index;
    return parse_on_table(p, &st->step.object) && parse_index_tail(p, index);
}

static bool parse_create_view(parser *p, ast_statement *st, migen_operation operation)
{
    st->step.operation = operation;
    return parse_object(p, "a view's name", &st->step.object) && parse_expect(p, "as") &&
           parse_sql_list_of_one(p, &st->step.sql);
}

static bool parse_create_routine(parser *p, ast_statement *st, bool function)
{
    if (function) {
        st->step.operation = MIGEN_CREATE_FUNCTION;
        if (!parse_object(p, "a function's name", &st->step.object) ||
            !parse_argument_types(p, &st->step.arguments))
            return false;
    } else {
        st->step.operation = MIGEN_CREATE_TRIGGER;
        if (!parse_part(p, "a trigger's name", &st->step.part) || !parse_on_table(p, &st->step.object))
            return false;
    }
    return parse_sql_list_of_one(p, &st->step.sql);
}

static bool create_expected(parser *p)
{
    static const char *const words[] = {"schema",       "extension",    "enum",   "sequence",
                                        "table",        "unique index", "index",  "view",
                                        "materialized", "function",     "trigger"};
    lexeme l = parse_peek(p);
    if (parse_is(p, l, "or") || parse_is(p, l, "type")) {
        bool type = parse_is(p, l, "type");
        diagnostic *d = problem(p, "syntax", parse_place(p, l), "expected what to create, found \"%s\"",
                                type ? "type" : "or");
        hint(p, d,
             type ? "write create enum NAME ('a', 'b')"
                  : "leave out \"or replace\": what differs is replaced");
        return false;
    }
    return parse_expected_word(
        p, "what to create: table, index, enum, view, function, trigger, sequence, schema or extension",
        words, sizeof words / sizeof *words);
}

bool parse_create(parser *p, ast_statement *st)
{
    migen_step *step = &st->step;
    bool unique = parse_at_both(p, "unique", "index");
    if (unique)
        scan_take(&p->s);
    if (parse_take(p, "index"))
        return parse_create_index(p, st, unique);
    if (p->alter_table != NULL)
        return parse_expected(p, "index");
    if (parse_take(p, "table"))
        return parse_table_statement(p, st, MIGEN_CREATE_TABLE);
    if (parse_take(p, "view"))
        return parse_create_view(p, st, MIGEN_CREATE_VIEW);
    if (parse_take_both(p, "materialized", "view"))
        return parse_create_view(p, st, MIGEN_CREATE_MATERIALIZED_VIEW);
    if (parse_take(p, "function"))
        return parse_create_routine(p, st, true);
    if (parse_take(p, "trigger"))
        return parse_create_routine(p, st, false);
    if (parse_take(p, "schema")) {
        step->operation = MIGEN_CREATE_SCHEMA;
        return parse_single_object(p, "a schema's name", &step->object);
    }
    if (parse_take(p, "extension")) {
        step->operation = MIGEN_CREATE_EXTENSION;
        return parse_single_object(p, "an extension's name", &step->object);
    }
    if (parse_take(p, "enum")) {
        step->operation = MIGEN_CREATE_ENUM;
        return parse_object(p, "an enum's name", &step->object) && parse_enum_values(p, &step->values, true);
    }
    if (parse_take(p, "sequence")) {
        step->operation = MIGEN_CREATE_SEQUENCE;
        return parse_sequence(p, step);
    }
    return create_expected(p);
}

/* add enum value T 'x' [before | after 'y'] and add enum values T 'a', 'b', of which `add enum` is taken. */
bool parse_add_enum(parser *p, ast_statement *st)
{
    migen_step *step = &st->step;
    bool several = parse_take(p, "values");
    if (!several && !parse_take(p, "value"))
        return parse_expected(p, "value or values");
    step->operation = several ? MIGEN_ADD_MULTIPLE_ENUM_VALUES : MIGEN_ADD_ENUM_VALUE;
    if (!parse_object(p, "an enum's name", &step->object))
        return false;
    if (several)
        return parse_enum_values(p, &step->values, false);
    if (!parse_data(p, "a value in single quotes", &step->part))
        return false;
    if (strlen(step->part) > NAME_LONGEST)
        problem(p, "long-name", ast_place_of(p->file, step->part, st->place),
                "this value has %zu bytes; PostgreSQL allows %d", strlen(step->part), NAME_LONGEST);
    if (parse_take(p, "before"))
        return parse_data(p, "a value in single quotes", &step->before);
    return !parse_take(p, "after") || parse_data(p, "a value in single quotes", &step->after);
}

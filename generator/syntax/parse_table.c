/* Tables: their blocks, constraints and indexes. */
#include "parse_parts.h"

#include "name.h"

#include <string.h>

bool parse_index_name(parser *p, const char **out)
{
    lexeme second = parse_second(p);
    bool bracket = second.kind == LEX_SYMBOL && second.symbol == '(';
    *out = NULL;
    /* `index using (a)` is called so, `index using gin (a)` is not. */
    if (parse_at(p, "using") && !bracket && !parse_is(p, second, "using"))
        return true;
    return !parse_is_name(parse_peek(p)) || parse_part(p, "the index's name", out);
}

typedef VECTOR(migen_index_item) item_list;

static bool parse_item(parser *p, item_list *items)
{
    migen_index_item item = {0};
    lexeme second = parse_second(p);
    if (parse_at_symbol(p, '(')) {
        if (!parse_expression(p, &item.expression))
            return false;
    } else if (parse_peek(p).kind == LEX_WORD && second.kind == LEX_SYMBOL && second.symbol == '(') {
        if (!parse_call_expression(p, &item.expression))
            return false;
    } else if (!parse_part(p, "a column's name, or an expression in ( )", &item.column)) {
        return false;
    }
    item.descending = parse_take(p, "desc");
    if (!item.descending)
        parse_take(p, "asc");
    vector_push(p->memory, items, item);
    return true;
}

bool parse_index_tail(parser *p, migen_index *index)
{
    item_list items = {0};
    span open;
    bool more = true;
    if (parse_take(p, "using") && !parse_part(p, "an index method, as gin", &index->method))
        return false;
    if (!parse_open(p, '(', "( and the index's columns", &open))
        return false;
    while (more)
        if (!parse_item(p, &items) || !parse_item_end(p, open, &more))
            return false;
    index->items = items.items;
    index->item_count = items.count;
    if (parse_take(p, "include") && !parse_names(p, &index->include))
        return false;
    return !parse_take(p, "where") || parse_expression(p, &index->where);
}

static bool parse_foreign_target(parser *p, migen_constraint *c)
{
    const char *column;
    lexeme first = parse_peek(p);
    if (!parse_reference(p, &c->references, &column))
        return false;
    span place = parse_since(p, first.start);
    if (!parse_at_symbol(p, '(')) {
        if (column == NULL)
            return true;
        string_list one = {0};
        vector_push(p->memory, &one, column);
        vector_push(p->memory, &one, NULL);
        c->references_columns = one.items;
    } else {
        /* The columns stand in the list, so that what was read as table.column is schema.table. */
        if (column != NULL) {
            object_name read = name_parse(p->memory, c->references);
            if (read.schema != NULL) {
                problem(p, "syntax", place,
                        "the columns are in the list: expected table or schema.table before it");
                return false;
            }
            char *table = name_text(p->memory, (object_name){read.name, column});
            c->references = parse_keep(p, table, strlen(table), place);
        }
        if (!parse_names(p, &c->references_columns))
            return false;
    }
    if (list_length(c->columns) != list_length(c->references_columns))
        problem(p, "syntax", place, "the foreign key has %zu columns and refers to %zu",
                list_length(c->columns), list_length(c->references_columns));
    return true;
}

bool parse_constraint_tail(parser *p, migen_constraint *c)
{
    if (c->kind == MIGEN_CHECK)
        return parse_expression(p, &c->expression);
    if (!parse_names(p, &c->columns))
        return false;
    if (c->kind != MIGEN_FOREIGN_KEY)
        return true;
    return parse_expect_symbol(p, SYMBOL_ARROW, "-> and the table that is referred to") &&
           parse_foreign_target(p, c) && parse_references_tail(p, &c->on_delete, &c->on_update);
}

typedef struct table_parts {
    VECTOR(migen_column) columns;
    VECTOR(migen_constraint) constraints;
    VECTOR(migen_index) indexes;
    map names;
    bool columns_only;
} table_parts;

static bool parse_column_line(parser *p, table_parts *t)
{
    migen_column c = {0};
    bool looks_like_constraint = parse_at(p, "unique") || parse_at(p, "check") || parse_at(p, "index") ||
                                 parse_at_both(p, "primary", "key") || parse_at_both(p, "foreign", "key");
    lexeme second = parse_second(p);
    if (looks_like_constraint && second.kind == LEX_SYMBOL && second.symbol == '(') {
        diagnostic *d =
            problem(p, "syntax", parse_place(p, parse_peek(p)), "only columns can stand in add columns");
        hint(p, d, "write a statement of its own: add unique on TABLE (…), create index on TABLE (…)");
        return false;
    }
    if (!parse_part(p, "a column's name", &c.name))
        return false;
    span place = ast_place_of(p->file, c.name, parse_since(p, 0));
    if (map_has(&t->names, c.name)) {
        diagnostic *d = problem(p, "duplicate-column", place, "the column %s stands twice in this table",
                                name_part_text(p->memory, c.name));
        diagnostic_second(d, ast_place_of(p->file, map_get(&t->names, c.name), place), "first here");
    } else {
        map_set(&t->names, c.name, (void *)(uintptr_t)c.name);
    }
    bool fine = parse_column(p, &c, t->columns_only);
    /* A column that was not understood is there all the same: who names it later is not told that it is
     * missing. */
    vector_push(p->memory, &t->columns, c);
    return fine;
}

/* A constraint's or index's line that was read as one, although a column may be meant. */
static bool hint_quoted_column(parser *p, const char *word, bool fine)
{
    if (!fine && p->out->list.count > 0) {
        diagnostic *d = &p->out->list.items[p->out->list.count - 1];
        if (strcmp(d->code, "syntax") == 0)
            hint(p, d, "a column that is called %s stands in double quotes here: \"%s\"", word, word);
    }
    return fine;
}

static bool parse_index_line(parser *p, table_parts *t)
{
    migen_index index = {.unique = parse_take(p, "unique")};
    scan_take(&p->s);
    if (!parse_index_name(p, &index.name) || !parse_index_tail(p, &index))
        return false;
    vector_push(p->memory, &t->indexes, index);
    return true;
}

static bool parse_constraint_line(parser *p, migen_constraint_kind kind, table_parts *t)
{
    migen_constraint c = {.kind = kind};
    if (parse_is_name(parse_peek(p)) && !parse_part(p, "the constraint's name", &c.name))
        return false;
    if (!parse_constraint_tail(p, &c))
        return false;
    vector_push(p->memory, &t->constraints, c);
    return true;
}

/* SQL's `constraint NAME unique (…)`. A column may be called constraint, of an enum's type, with attributes.
 */
static bool is_sql_constraint(parser *p)
{
    lexeme third = parse_third(p), fourth = parse_ahead(p, 3);
    if (!parse_at(p, "constraint") || !parse_is_name(parse_second(p)) || fourth.kind == LEX_END)
        return false;
    bool bracket = fourth.kind == LEX_SYMBOL && fourth.symbol == '(';
    if (parse_is(p, third, "unique"))
        return bracket;
    lexeme fifth = parse_ahead(p, 4);
    return (parse_is(p, third, "primary") || parse_is(p, third, "foreign")) && parse_is(p, fourth, "key") &&
           fifth.kind == LEX_SYMBOL && fifth.symbol == '(';
}

static bool parse_table_line(parser *p, void *context)
{
    table_parts *t = context;
    if (p->s.now.column <= p->block_column && parse_begins_statement(p)) {
        p->block_ended = true;
        return false;
    }
    if (t->columns_only)
        return parse_column_line(p, t);
    if (parse_at(p, "index") || parse_at_both(p, "unique", "index"))
        return hint_quoted_column(p, "index", parse_index_line(p, t));
    if (parse_take(p, "unique"))
        return hint_quoted_column(p, "unique", parse_constraint_line(p, MIGEN_UNIQUE, t));
    if (parse_take(p, "check"))
        return hint_quoted_column(p, "check", parse_constraint_line(p, MIGEN_CHECK, t));
    if (parse_take_both(p, "primary", "key"))
        return parse_constraint_line(p, MIGEN_PRIMARY_KEY, t);
    if (parse_take_both(p, "foreign", "key"))
        return parse_constraint_line(p, MIGEN_FOREIGN_KEY, t);
    if (is_sql_constraint(p)) {
        diagnostic *d =
            problem(p, "syntax", parse_place(p, parse_peek(p)), "a constraint begins with its kind");
        hint(p, d, "write the kind, then the name, as in: unique NAME (columns)");
        return false;
    }
    return parse_column_line(p, t);
}

static bool parse_options(parser *p, migen_table *t)
{
    for (;;) {
        lexeme l = parse_peek(p);
        bool strict = parse_take(p, "strict");
        if (!strict && !parse_take_both(p, "without", "rowid"))
            return true;
        bool *said = strict ? &t->strict : &t->without_rowid;
        if (*said)
            problem(p, "said-twice", parse_since(p, l.start), "%s is said twice",
                    strict ? "strict" : "without rowid");
        *said = true;
    }
}

/* { lines }, at least one. */
static bool parse_table_block(parser *p, const char *what, table_parts *t)
{
    span open;
    t->names = map_new(p->memory);
    if (!parse_open(p, '{', what, &open))
        return false;
    size_t errors = p->out->error_count;
    const char *outer = p->form;
    p->form = t->columns_only
                  ? "COLUMN TYPE [not null] [default V] [unique] [check (expr)] [-> TABLE] …"
                  : "COLUMN TYPE [not null] [default V] …, or unique (…), check (…), primary key (…), "
                    "foreign key (…) -> TABLE (…), index (…)";
    bool closed = parse_things(p, open, false, parse_table_line, t);
    p->form = outer;
    if (!closed)
        return false;
    if (t->columns.count == 0 && p->out->error_count == errors)
        problem(p, "empty-block", parse_since(p, open.start), "there is no column between the braces");
    return true;
}

bool parse_table_statement(parser *p, ast_statement *st, migen_operation operation)
{
    table_parts parts = {0};
    migen_table *t = ARENA_NEW(p->memory, migen_table);
    st->step.operation = operation;
    if (!parse_object(p, "a table's name", &st->step.object))
        return false;
    t->name = parse_keep(p, st->step.object, strlen(st->step.object),
                         ast_place_of(p->file, st->step.object, st->place));
    if (!parse_table_block(p, "{ and the table's columns", &parts) || !parse_options(p, t))
        return false;
    t->columns = parts.columns.items;
    t->column_count = parts.columns.count;
    t->constraints = parts.constraints.items;
    t->constraint_count = parts.constraints.count;
    t->indexes = parts.indexes.items;
    t->index_count = parts.indexes.count;
    st->step.table = t;
    return true;
}

bool parse_column_block(parser *p, migen_step *step)
{
    table_parts parts = {.columns_only = true};
    if (!parse_table_block(p, "{ and columns", &parts))
        return false;
    step->columns = parts.columns.items;
    step->column_count = parts.columns.count;
    return true;
}

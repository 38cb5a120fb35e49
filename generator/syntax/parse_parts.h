/*
 * parse_parts.h: what the files of the parser share.
 *
 * Idea       Each parse_… reads one thing of the grammar from the scanner's place. It returns false when it
 * has reported why it could not; the loop over statements, columns or rows then goes on behind this one
 * (parse_recover). What is understood although it is wrong (a capital in a name) is reported, and is true.
 * Invariant  Every string that comes out is a copy of its own in the arena, and its place is noted.
 * Usage      private to this floor
 */
#ifndef MIGEN_SYNTAX_PARSE_PARTS_H
#define MIGEN_SYNTAX_PARSE_PARTS_H

#include "parser.h"
#include "scanner.h"

#define MOST_NESTING 64 /* blocks in blocks */

typedef struct parser {
    arena *memory;
    ast_file *file;
    diagnostics *out;
    scanner s;
    unsigned engines; /* how raw SQL is quoted: the project's, in an `on` block that one alone */
    unsigned nesting;
    unsigned unclosed; /* brackets of raw SQL that ran to the file's end */
    size_t errors_before;
    bool stopped;            /* what follows cannot be understood */
    const char *alter_table; /* in alter table { }: its table, which the statements leave out */
    span alter_place;
    span long_text;      /* the last quoted text that runs over a line's end: its closing quote may be a later
                            one's */
    size_t block_column; /* of the statement whose block is being read */
    const char *form;    /* how the thing that is being read is written; NULL: not known */
    bool block_ended;    /* a block's line belongs to what follows the block, whose } is missing */
} parser;

typedef VECTOR(const char *) string_list;

#define problem(p, code, place, ...) report_error((p)->out, code, place, __VA_ARGS__)
#define hint(p, which, ...)          diagnostic_hint((p)->out, which, __VA_ARGS__)

/* --- parse_basic.c: lexemes and errors */

span parse_span(const parser *p, size_t start, size_t end);
span parse_place(const parser *p, lexeme l);
span parse_file_end(const parser *p);            /* behind the file's last character that is no blank */
span parse_since(const parser *p, size_t start); /* from start to the end of what was taken last */
lexeme parse_peek(parser *p);
lexeme parse_second(parser *p); /* the one behind parse_peek's */
lexeme parse_third(parser *p);
lexeme parse_ahead(parser *p, unsigned count); /* the one behind so many */
bool parse_is(parser *p, lexeme l, const char *word);
bool parse_at(parser *p, const char *word);
bool parse_at_both(parser *p, const char *first, const char *second);
bool parse_at_symbol(parser *p, char symbol);
bool parse_at_end(parser *p);
bool parse_take(parser *p, const char *word);
bool parse_take_both(parser *p, const char *first, const char *second);
bool parse_take_symbol(parser *p, char symbol);
bool parse_expect(parser *p, const char *word);
bool parse_expect_symbol(parser *p, char symbol, const char *what);
bool parse_is_name(lexeme l); /* a word or "…" */

/* Reports what is expected instead of what stands here. Always false. */
bool parse_expected(parser *p, const char *what);
/* The same, with a guess at which of the words was meant. */
bool parse_expected_word(parser *p, const char *what, const char *const *words, size_t count);

/* Goes to the end of the statement, column or row that could not be read. */
void parse_recover(parser *p);

/* { of a block, or ( of a list: taken, its place kept for errors. */
bool parse_open(parser *p, char symbol, const char *what, span *open);
/* Behind an item of a ( ) list: true with *more after a comma, true without after the closing bracket. */
bool parse_item_end(parser *p, span open, bool *more);

/* The loop over the things of a block; see parse_things in parse_basic.c. */
typedef bool (*parse_thing)(parser *p, void *context);
bool parse_things(parser *p, span open, bool tail_words, parse_thing one, void *context);

/* --- parse_text.c: names, texts, values, raw SQL */

const char *parse_keep(parser *p, const char *bytes, size_t length, span place); /* a copy, with its place */
bool parse_part(parser *p, const char *what, const char **out);
bool parse_object(parser *p, const char *what, const char **out);
bool parse_column_of(parser *p, const char **table, const char **column); /* T.C; in alter table { } C */
bool parse_single_object(parser *p, const char *what, const char **out);  /* without a schema before it */
bool parse_table_name(parser *p, const char **table);                     /* T; in alter table { } nothing */
bool parse_on_table(parser *p, const char **table); /* on T; in alter table { } nothing */
bool parse_reference(parser *p, const char **table,
                     const char **column);            /* -> taken: table, table.column, … */
bool parse_names(parser *p, const char *const **out); /* (a, b) */
bool parse_new_name(parser *p, const char **out);     /* to NAME */
bool parse_name_before(parser *p, const char *next_word,
                       const char **out);                       /* [name] next_word …; NULL when left out */
bool parse_text(parser *p, const char *what, const char **out); /* for people */
bool parse_data(parser *p, const char *what, const char **out); /* 'data' */
bool parse_value(parser *p, const char *what, const char **out);
bool parse_integer(parser *p, const char *what, long least, long most, long *out);
const char *parse_unquoted(parser *p, lexeme l); /* what a quoted lexeme says */

/* --- parse_sql.c */

bool parse_expression(parser *p, const char **out);      /* ( expr ), without the brackets */
bool parse_sql(parser *p, const char *const **out);      /* { SQL }: its statements */
bool parse_sql_one(parser *p, const char **out);         /* { SQL } of exactly one */
bool parse_call_expression(parser *p, const char **out); /* name(…), as an expression */
bool parse_argument_types(parser *p, const char **out);  /* [(types)] of a function; NULL when left out */
bool parse_assignments(parser *p, const char *const **columns,
                       const char *const **expressions); /* (a = x, b = y) */

/* --- parse_type.c, parse_column.c, parse_table.c */

bool parse_type(parser *p, migen_type *out);
bool parse_references_tail(parser *p, migen_action *on_delete, migen_action *on_update);
/* The attributes of a column whose name is in *c. */
bool parse_column(parser *p, migen_column *c, bool may_backfill);
bool parse_index_name(parser *p, const char **out);   /* [name], before an index's tail */
bool parse_index_tail(parser *p, migen_index *index); /* [using name] (items) … */
/* What stands behind the name of a constraint: (cols), (expr), (cols) -> t (cols). */
bool parse_constraint_tail(parser *p, migen_constraint *c);
bool parse_table_statement(parser *p, ast_statement *st, migen_operation operation); /* NAME { … } */
bool parse_column_block(parser *p, migen_step *step);                                /* { columns } */

/* --- parse_form.c */

const char *parse_form(parser *p, lexeme first, lexeme second); /* of the statement that begins so; NULL */

/* --- parse_file.c */

bool parse_check_bytes(parser *p); /* whether this is a text at all */

/* --- statements */

ast_statement *parse_new_statement(parser *p, ast_kind kind, migen_operation operation);
bool parse_statement(parser *p, ast_list *list);
bool parse_statement_block(parser *p, const char *what, ast_list *list); /* { statements } */
bool parse_begins_statement(
    parser *p); /* whether a table's line is no column but a statement: a brace is missing above */
bool parse_create(parser *p, ast_statement *st);
bool parse_add(parser *p, ast_statement *st);
bool parse_add_enum(parser *p, ast_statement *st);
bool parse_drop(parser *p, ast_statement *st);
bool parse_rename(parser *p, ast_statement *st);
bool parse_alter_column(parser *p, ast_statement *st);
bool parse_alter_table(parser *p, ast_list *list);
bool parse_comment(parser *p, ast_statement *st);
bool parse_run(parser *p, ast_statement *st);
bool parse_seed(parser *p, ast_statement *st);
bool parse_backfill(parser *p, ast_statement *st);
bool parse_call(parser *p, ast_statement *st);
bool parse_if(parser *p, ast_statement *st);
bool parse_on(parser *p, ast_statement *st);
bool parse_allow(parser *p, ast_statement *st);

#endif

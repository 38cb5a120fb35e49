/*
 * compare.h: how a wanted definition and a found one differ.
 *
 * Idea       One comparison serves the safe functions (same or different?), verify and adopt. It compares what the
 *            engine means, not how it was written: int4 is integer, a tool's DATETIME is a timestamp on SQLite.
 * Memo       An expression that text alone does not decide is looked up in a memo of what the server prints for it; when
 *            it is not in there it is noted as a question, the pair counts as equal for now, and memo->questions
 *            says that the answer is wanted: learn (catalog.h), and compare again.
 */
#ifndef MIGEN_SCHEMA_COMPARE_H
#define MIGEN_SCHEMA_COMPARE_H

#include "engines.h"
#include "schema.h"

typedef enum expression_use {
    EXPRESSION_DEFAULT,
    EXPRESSION_CHECK,
    EXPRESSION_GENERATED,
    EXPRESSION_INDEX, /* the whole index: its items, where, and method */
    EXPRESSION_VIEW,
    EXPRESSION_WHEN, /* a trigger's condition */
    EXPRESSION_TYPE  /* a native type's text */
} expression_use;

typedef struct memo_question {
    expression_use use;
    const schema_table
        *table; /* the wanted table, whose columns the expression names; NULL for a view or type */
    const migen_column *column; /* of a default or generated column */
    const migen_index *index;
    const char *text;
    const char *key; /* where the answer belongs in memo.answers */
} memo_question;

typedef struct expression_memo {
    arena *memory;
    map answers; /* key → what the server prints (const char *); "" when it cannot be asked */
    VECTOR(memo_question) questions;
    const char *mute; /* why the server can be asked nothing, in words; else NULL */
} expression_memo;

expression_memo expression_memo_new(arena *a);

/* What the server prints of a view is of its tables' columns, which have other types or names now: it is asked again. */
void expression_memo_forget_views(expression_memo *memo);

typedef struct difference {
    migen_kind kind;
    const char *object; /* "users.email", "groups", "ix_users_email on users" */
    const char *wanted; /* NULL: not wanted */
    const char *found;  /* NULL: missing */
    bool note;          /* worth saying, not a difference: a missing length check */
    bool
        unknown; /* not wanted, and no version of the release has it: not a difference (set by who knows them) */
} difference;

typedef VECTOR(difference) difference_list;

typedef struct comparison {
    arena *memory;
    migen_engine engine;
    expression_memo *memo; /* NULL: text alone decides, what it does not decide counts as equal */
    difference_list *out;
    const schema
        *model;   /* what wanted belongs to, for the values of its enums; NULL: they are not looked at */
    bool lenient; /* what cannot be asked at all (memo->mute) counts as equal: to look, not to decide */
    bool certain; /* what neither text nor the memo decides counts as different (it is asked all the same) */
} comparison;

/* wanted must be there whole; columns, constraints and indexes that only found has are not reported. */
void compare_table(const comparison *c, const schema_table *wanted, const schema_table *found);
void compare_column(const comparison *c, const schema_table *wanted_table, const migen_column *wanted,
                    const schema_table *found_table, const migen_column *found);
void compare_index(const comparison *c, const schema_table *table, const migen_index *wanted,
                   const migen_index *found);
void compare_constraint(const comparison *c, const schema_table *table, const migen_constraint *wanted,
                        const migen_constraint *found);
bool constraint_same(const comparison *c, const schema_table *table, const migen_constraint *wanted,
                     const migen_constraint *found); /* the name left out */
void compare_sequence(const comparison *c, const schema_sequence *wanted, const schema_sequence *found);
void compare_enum(const comparison *c, const schema_enum *wanted, const schema_enum *found);
void compare_view(const comparison *c, const schema_view *wanted, const schema_view *found);
/* Whether the text takes whatever columns there are: select *, t.*; not count(*). */
bool compare_view_has_star(arena *a, const char *sql);
void compare_function(const comparison *c, const schema_function *wanted, const schema_function *found);
/* owner: the table or view; table: NULL, where it is a view. */
void compare_trigger(const comparison *c, const schema_table *table, object_name owner,
                     const schema_trigger *wanted, const schema_trigger *found);
void compare_triggers(const comparison *c, const schema_table *table, object_name owner,
                      const schema_triggers *wanted, const schema_triggers *found);

/* PostgreSQL: the condition of a CREATE TRIGGER, with its brackets; NULL: it has none. */
const char *trigger_condition(arena *a, const char *sql);

/* SQLite: the values of a CHECK that is "column IN ('a', 'b')" and no more, NULL-terminated; NULL: it is another. */
const char *const *values_of_check(arena *a, const char *column, const char *expression);

/* SQLite: the check of found, where it is none of wanted's own, that lists the column's values; NULL: there is none. */
const migen_constraint *check_of_values(arena *a, const schema_table *wanted, const schema_table *found,
                                        const char *column, const char *const **values);

/* The constraint or unique index of found that does wanted's work under whatever name; NULL: none. */
const migen_constraint *find_equal_constraint(const comparison *c, const schema_table *table,
                                              const migen_constraint *wanted);

/* The types of a function's arguments, "(integer, text)", as PostgreSQL names them: those that are said, else those of its
 * CREATE FUNCTION. NULL: neither is known. */
const char *function_arguments(arena *a, const char *arguments, const char *sql);

/* What the CREATE FUNCTION returns, in the server's words: "integer", "setof text", "table (a integer, b text". NULL: it does
 * not say, or cannot be told from the text. */
const char *function_result(arena *a, const char *sql);

/* Where the body begins that the server parses when the function is made: BEGIN ATOMIC …, RETURN …; NULL: it has none. */
const char *function_parsed_body(arena *a, const char *sql);

/* Whether the wanted CREATE FUNCTION surely gives what CREATE OR REPLACE refuses: another result, another name of an argument that
 * has one, an argument without its default. */
bool function_is_made_anew(arena *a, const char *wanted, const char *found);

/* The function of that name and of those arguments (NULL: any); how many share the name. */
schema_function *schema_find_overload(const schema *s, const char *object, const char *arguments);
size_t schema_count_overloads(const schema *s, const char *object);

/* What an IF_EXISTS step asks, its `not` left out. */
bool schema_answers(const schema *s, const migen_step *step);

/* The whole schemas. What only found has is reported (wanted NULL) when `unknown` is set. */
void compare_schemas(const comparison *given, const schema *wanted, const schema *found, bool unknown);

/* One line of text for what is wanted or found: "varchar(255) not null default ''". */
char *column_text(arena *a, const migen_column *column);
char *constraint_text(arena *a, const migen_constraint *constraint);
char *index_text(arena *a, const migen_index *index);

#endif

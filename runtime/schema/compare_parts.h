/*
 * compare_parts.h: what the files of the comparison share. Private to them.
 *
 * Idea       Each compare_*.c decides about one kind of thing; reporting and the memo are here.
 * Usage      if (!compare_expressions(c, question, found))
 *                compare_report(c, kind, object, wanted, found, false);
 */
#ifndef MIGEN_SCHEMA_COMPARE_PARTS_H
#define MIGEN_SCHEMA_COMPARE_PARTS_H

#include "compare.h"
#include "sql_token.h"
#include "text.h"

/* Adds one difference, or one note. */
void compare_report(const comparison *c, migen_kind kind, const char *object, const char *wanted,
                    const char *found, bool note);

/* "users.email"; "ix on users" */
char *compare_column_object(const comparison *c, const schema_table *table, const char *column);
char *compare_part_object(const comparison *c, const char *part, const schema_table *table);

/* Triggers that only found has. */
void compare_unknown_triggers(const comparison *c, object_name owner, const schema_triggers *wanted,
                              const schema_triggers *found);

/* Text did not decide: what does the server print for the question's text, and is it `found`? Without a memo,
 * and until the answer is there, true. What cannot be asked, and everything on SQLite, is different: false.
 */
bool compare_ask(const comparison *c, memo_question question, const char *found);

/* The server prints the question's text as `answer`, which is not `found`: does it print that for its own answer? Of some things
 * (x IN (…) of a varchar) it makes other words when it reads its own, as from a backup. */
bool compare_ask_again(const comparison *c, memo_question question, const char *answer, const char *found);

/* Two expressions: by text, and where that does not decide, by the memo. */
bool compare_expressions(const comparison *c, memo_question question, const char *found);

/* The memo's answer for a question; NULL when there is none yet (it is then noted), "" when it cannot be had.
 */
const char *compare_answer(const comparison *c, memo_question question);

/* The arguments of two CREATE FUNCTIONs that take the same types: their names, modes and defaults. */
typedef enum argument_difference {
    ARGUMENTS_SAME,
    ARGUMENTS_DIFFER,
    ARGUMENTS_REFUSED /* and CREATE OR REPLACE would not have it */
} argument_difference;
argument_difference compare_arguments(arena *a, const char *wanted, const char *found);

/* "('a', 'b')" */
char *compare_enum_values(arena *a, const schema_enum *e);

/* SQLite: the found column with its check, as text, where that keeps values of the wanted enum out; NULL: none does. */
char *compare_short_check(const comparison *c, const schema_table *wanted_table, const migen_column *wanted,
                          const schema_table *found_table, const migen_column *found);

/* Whether two indexes do the same, their names and states left out. */
bool compare_same_index(const comparison *c, const schema_table *table, const migen_index *wanted,
                        const migen_index *found);

/* find_equal_constraint, with the memo's questions asked about the columns of `model`. */
const migen_constraint *compare_find_constraint(const comparison *c, const schema_table *model,
                                                const schema_table *table, const migen_constraint *wanted);

/* The name of what does the work of a wanted index in table, its own or another: an index, or the index of a
 * unique constraint. NULL: none. */
const char *compare_find_index(const comparison *c, const schema_table *model, const schema_table *table,
                               const migen_index *wanted);

/* An index's definition without its name: the form in which the memo keeps answers for indexes. */
char *compare_index_definition(arena *a, const migen_index *index);

/* A text's tokens; whether the one at `at` is this word or symbol. */
typedef VECTOR(sql_token) compare_tokens;
compare_tokens compare_tokens_of(arena *a, const char *sql, unsigned engines);
bool compare_word_at(const compare_tokens *tokens, size_t at, const char *word);

/* SQL in its normal form, without semicolons at its end. */
char *compare_plain_sql(arena *a, const char *sql, unsigned engines);

/* Names of SQLite are compared without case. */
bool compare_names(const comparison *c, const char *x, const char *y);
bool compare_lists(const comparison *c, const char *const *x, const char *const *y);

#endif

/*
 * safe_parts.h: what the families of safe functions share.
 *
 * Usage      one function a family, named decide_<family> as in ops.def; each ends in safe_say or safe_do.
 */
#ifndef MIGEN_SAFE_SAFE_PARTS_H
#define MIGEN_SAFE_SAFE_PARTS_H

#include "safe.h"
#include "text.h"

/* Adds a line. detail is a format. */
void safe_say(safe_context *c, decision *d, outcome o, const char *object, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Writes the step's SQL, adds the line, and plays the step on live. */
status safe_do(safe_context *c, decision *d, const migen_step *step, outcome o, const char *object,
               error *e) MUST_USE;

/* As safe_do, without a line. */
status safe_do_quietly(safe_context *c, decision *d, const migen_step *step, error *e) MUST_USE;

/* Says the differences (wanted → found); with --strict the first is the error. Notes are said as notes. */
status safe_differences(safe_context *c, decision *d, const difference_list *differences, error *e) MUST_USE;

/* A comparison that collects into out. */
comparison safe_comparison(safe_context *c, difference_list *out);

/* The live table; NULL with the error "there is no table …". */
const schema_table *safe_need_table(safe_context *c, const char *object, const migen_step *step, error *e);

/* Fails where a column is missing that an index is on, or an expression of the step reads. The step has live's names. */
status safe_need_columns(safe_context *c, const migen_step *step, error *e) MUST_USE;

/*
 * A rename's answers (language.md 5.3): source only → renamed; target only → skipped; both, or neither → a
 * warning that says which. The object of kind (step->object), or its part (step->part), becomes
 * step->new_name.
 */
status safe_rename_object(safe_context *c, const migen_step *step, decision *d, migen_kind kind,
                          error *e) MUST_USE;
status safe_rename_part(safe_context *c, const migen_step *step, decision *d, migen_kind kind,
                        error *e) MUST_USE;

/* The step with what it refers to (tables, columns, enums, in definitions and expressions) under the names that live has. */
const migen_step *safe_content_now(safe_context *c, const migen_step *step);

/* What is expected after this step, under the names that live has. */
const schema *safe_expected_now(safe_context *c);

/* The step with the names that its object and part have in live. */
const migen_step *safe_step_now(safe_context *c, const migen_step *step);

/* Adds a constraint, or an index, of plain definition to the table that the history calls `object`, and live
 * `found`: skipped, finished or made. */
status safe_add_constraint_to(safe_context *c, const char *object, const schema_table *found,
                              migen_constraint *wanted, decision *d, error *e) MUST_USE;
status safe_add_index_to(safe_context *c, const char *object, const schema_table *found, migen_index *wanted,
                         decision *d, error *e) MUST_USE;

/* Two names, or objects' texts, by the engine's rules: SQLite's do not mind capitals, whether there are quotes or not. */
bool safe_same_name(const safe_context *c, const char *a, const char *b);

/* A table whose name a later step gives to another one (safe_reused.c): under which name live has it, where that is proven; NULL. And the
 * answer of a step where live has both and nothing is proven: *left says that it was that. */
const char *safe_reused_now(const safe_context *c, const char *table);
status safe_leave_reused(safe_context *c, const migen_step *step, decision *d, bool *left, error *e) MUST_USE;

/* PostgreSQL: gives live the authors' texts of what the step makes the server read anew. The checks and indexes of its table that have to
 * be made again for that, as dialect_request says; NULL: none. */
const char *const *safe_take_authors_texts(safe_context *c, const migen_step *step);

/* Another index of the table that does the same work; NULL: none. */
const migen_index *safe_index_equal(safe_context *c, const char *object, const schema_table *table,
                                    const migen_index *wanted);

/* The name under which the index or constraint that the step drops or renames is there all the same: another tool
 * made it. NULL: it is not. */
const char *safe_other_name(safe_context *c, const migen_step *step, migen_kind kind);

/* The answer of a drop whose object is not there: skipped; or, where the same is there under another name, that. */
status safe_not_there(safe_context *c, decision *d, const migen_step *step, migen_kind kind,
                      const char *words, error *e) MUST_USE;

/* Drops an index that a crash left INVALID (PostgreSQL), so that it can be built again. */
status safe_drop_half_built(safe_context *c, const schema_table *found, const char *index, decision *d,
                            error *e) MUST_USE;

/* Makes what constraints and indexes the expected table has and the live one lacks, or has half done: of one column,
 * or of all the table (NULL). */
status safe_make_missing(safe_context *c, const char *object, const char *column, decision *d, bool *changed,
                         error *e) MUST_USE;

/* Whether a constraint, or an index, is one that this column may have brought along; NULL: any is. */
bool safe_constraint_is_on(const safe_context *c, const migen_constraint *constraint, const char *column);
bool safe_index_is_on(const migen_index *index, const char *column);

/* How the found table, which the history calls `object`, differs from what is wanted after this step. What later steps of the release
 * leave just as it was found is no difference: a column that they drop, a type that they change. */
void safe_table_differences(safe_context *c, const char *object, const schema_table *found,
                            difference_list *out);

/* Ends an `add column` that an interrupted run had begun. */
status safe_finish_column(safe_context *c, const char *object, const migen_column *column, decision *d,
                          error *e) MUST_USE;

/* Whether something else has the name that a new thing of that kind is to have; and the answer then. */
bool safe_name_is_taken(const safe_context *c, migen_kind kind, const char *object);
status safe_name_taken(safe_context *c, decision *d, migen_kind kind, const char *object, const char *words,
                       const char *wanted, error *e) MUST_USE;

/* "ix_users_email on users". */
char *safe_on_words(safe_context *c, const char *part, const char *object);

/* "column users.email" and the like. */
char *safe_part_words(safe_context *c, const char *what, const char *object, const char *part);

status decide_namespace(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_enum(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_table(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_column(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_index(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_constraint(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_view(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_routine(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_comment(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_data(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_report(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;
status decide_flow(safe_context *c, const migen_step *step, decision *d, error *e) MUST_USE;

/* Whether the history's table has a constraint or index of that name: what does the same work under it is no stand-in
 * for another one, which would go when that is dropped. */
bool safe_is_expected(const schema_table *expected, const char *name);

#endif

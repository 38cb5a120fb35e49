/*
 * operation.h: what each operation means: model × step → model, or a violation; and its inverse.
 *
 * Idea       The meaning of an operation is here and nowhere else. `migen check`, `plan`, derived ways down,
 *            verify, adopt and the runtime's own picture of the database are made with it.
 * Invariant  schema_apply changes nothing when it reports a violation.
 * Violations point at the very string of the step that is wrong (the same pointer), so that the parser,
 *            which remembers where each string stood, can show the place.
 */
#ifndef MIGEN_SCHEMA_OPERATION_H
#define MIGEN_SCHEMA_OPERATION_H

#include "schema.h"

typedef VECTOR(migen_step) step_list;

typedef enum violation_kind {
    VIOLATION_NONE = 0,
    VIOLATION_MISSING, /* what the step works on is not there */
    VIOLATION_ALREADY, /* what it makes is there already, what it drops is gone already: nothing would change */
    VIOLATION_CONFLICT,   /* it cannot be: two primary keys, a column used by an index's expression … */
    VIOLATION_UNSUPPORTED /* the engine cannot, and there is no other way */
} violation_kind;

typedef struct violation {
    violation_kind kind;
    const char *message; /* "there is no table \"usres\"" */
    const char *word;    /* the string of the step that is wrong, by identity; NULL: the whole step */
    const char *nearest; /* a name that may have been meant, or NULL */
    const char *hint;
} violation;

/*
 * Plays step on s. Strings of the step are kept by reference: the step must live as long as s.
 * Flow steps (if, else, on) and data steps change nothing here: the caller walks branches (see flow.h).
 * A table outside the history (its schema is made by no step: "auth.users") is taken as written: VIOLATION_NONE.
 */
violation_kind schema_apply(schema *s, const migen_step *step, violation *v);

/*
 * Plays a step of a branch that may not be taken. What it makes is entered as maybe there: later steps that name it
 * are no violations, and nothing expects it. What it changes or drops stays as it was. The violation is the one
 * that schema_apply would report: the caller decides whether it counts in a branch.
 */
violation_kind schema_apply_maybe(schema *s, const migen_step *step, violation *v);

/*
 * The steps that lead back from after(step) to before. Appends to *back, in the order in which they are to be
 * carried out. False when there is no way back; *why_not then says why ("a run without undo").
 * Steps that leave data or enum values behind append nothing, and are true.
 */
bool schema_inverse(const schema *before, const migen_step *step, arena *a, step_list *back,
                    const char **why_not);

/* A table's plain form (see schema.h) from its definition in a step; names, types and references resolved
 * with s. NULL with a violation. */
schema_table *schema_table_from(schema *s, const migen_table *definition, violation *v);

/* The plain form of a column alone: what `add column` adds to table: the column, and its constraints and
 * indexes, with their names. */
typedef struct plain_column {
    migen_column column;
    VECTOR(migen_constraint) constraints;
    VECTOR(migen_index) indexes;
} plain_column;
bool schema_plain_column(schema *s, const schema_table *t, const migen_column *definition, plain_column *out,
                         violation *v);
migen_constraint schema_plain_constraint(schema *s, const schema_table *t, const migen_constraint *c,
                                         violation *v);
migen_index schema_plain_index(const schema *s, const schema_table *t, const migen_index *index);

/* The step's definition form of a table or index of the model: what a derived way down creates. */
const migen_table *schema_table_definition(arena *a, const schema_table *t);

/* PostgreSQL's default names (its ChooseConstraintName and ChooseIndexName): T_pkey, T_COLS_key, T_COLS_fkey,
 * T_COL_check, T_check, T_COLS_idx; a number behind it where the name is taken; cut to 63 bytes as it does. */
char *schema_default_name(const schema *s, const schema_table *t, const char *const *columns,
                          const char *suffix);

/* Whether the operation of this step changes the schema at all (false for data, report and flow). */
bool step_changes_schema(const migen_step *step);

/* "add column users.api_key", "create table groups": what messages call this step. */
char *step_words(arena *a, const migen_step *step);

/* The object of its line in the log: "column users.api_key", "table groups", "index ix on users". */
char *step_subject(arena *a, const migen_step *step);

const char *operation_words(migen_operation operation); /* ops.def */

#endif

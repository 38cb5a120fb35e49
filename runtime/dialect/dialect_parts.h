/*
 * dialect_parts.h: what the families of both dialects share.
 *
 * Idea       A family of ops.def has one function a dialect: postgres_write_table, sqlite_write_table … The
 * dispatch of each dialect is made from ops.def, so that a family without its SQL is a link error that names it.
 * Invariant  request->before is never changed: what a family needs of `after` is worked out on a copy, in an
 * arena that goes when the statements are written (dialect_scratch). Statements live in request->memory.
 * Usage      sql_writer w = sql_new(r->memory);  sql_words(&w, "DROP TABLE");  ...
 *            dialect_push(r, out, &w, (sql_statement){.lock = LOCK_ACCESS_EXCLUSIVE, .lock_object = object});
 */
#ifndef MIGEN_DIALECT_DIALECT_PARTS_H
#define MIGEN_DIALECT_DIALECT_PARTS_H

#include "dialect.h"
#include "sql_writer.h"

/* Appends the writer's statement; how says the rest of it. */
void dialect_push(const dialect_request *r, sql_list *out, sql_writer *w, sql_statement how);

/* Appends raw statements of an author (NULL-terminated list; NULL is none). */
void dialect_push_raw(const dialect_request *r, sql_list *out, const char *const *statements,
                      sql_statement how);

/* The object that a step works on: a table step may only carry it in its definition. */
const char *dialect_object(const migen_step *step);

/* A schema that shares before's objects and can take new ones, in an arena of its own (out->memory, to be
 * freed by the caller). dialect_own_table: a table of it that may be
 * changed; one that the model does not know is put there. */
schema *dialect_scratch(const schema *before);
schema_table *dialect_own_table(schema *scratch, const char *object);

/* before with the step played on it, as a deep copy in an arena of its own (freed by the caller through its
 * memory). NULL when the step cannot be played. */
schema *dialect_after(const schema *before, const migen_step *step);

/* The columns of add column(s) in their plain form. The table is put in among the scratch's objects, so that
 * the names of one column's constraints are known to the next. False when one of them cannot be. */
typedef VECTOR(plain_column) plain_column_list;
bool dialect_plain_columns(schema *scratch, const char *object, const migen_column *columns, size_t count,
                           plain_column_list *out);

/* Values of the language (migen_step.h, "Values"). */
typedef enum literal_kind {
    LITERAL_STRING,
    LITERAL_NUMBER,
    LITERAL_TRUE,
    LITERAL_FALSE,
    LITERAL_NULL,
    LITERAL_BYTES,
    LITERAL_NOW,
    LITERAL_UUID,
    LITERAL_EXPRESSION, /* in brackets */
    LITERAL_RAW         /* what an engine printed */
} literal_kind;

literal_kind literal_kind_of(const char *value);
bool literal_is_constant(const char *value);

/* Writes a value as the engine's SQL. The type decides what now() is on SQLite. */
void dialect_literal(sql_writer *w, migen_engine engine, migen_type type, const char *value);

/* ( */
void dialect_open_call(sql_writer *w); /* without a space before it: length( */
void dialect_last_line(sql_writer *w); /* a new line that is not indented */

/* ON DELETE … ON UPDATE …, without those that are the default. */
void dialect_actions(sql_writer *w, const migen_constraint *constraint);

/* PRIMARY KEY (…), UNIQUE (…), CHECK (…), FOREIGN KEY (…) REFERENCES …, with the extra words it was found
 * with. */
void dialect_constraint_body(sql_writer *w, const migen_constraint *constraint);

/* name, in the form in which messages, locks and maps know the table. */
const char *dialect_table_text(arena *a, const schema_table *t);

/* Views that stand on an object, on its column (NULL: any) or on one of those views; those that others stand
 * on come first. A view with a star stands on every column. */
typedef VECTOR(const schema_view *) view_list;
view_list dialect_views_on(arena *a, const schema *s, const char *object, const char *column);
bool dialect_view_mentions(const schema *s, const schema_view *v, object_name name);

/* Whether an index or constraint of a table has to do with a column: names it, or mentions it in an
 * expression. */
bool dialect_index_uses(const schema *s, const migen_index *index, const char *column);
bool dialect_constraint_uses(const schema *s, const migen_constraint *constraint, const char *column);

/* An index's items in brackets, and its where clause. using and include are PostgreSQL's. */
void dialect_index_items(sql_writer *w, const migen_index *index);

/* The type without what makes a sequence or a length: int for serial, varchar for varchar(5). */
migen_type type_without_length(migen_type type);

/* "_migen_1a2b3c4d_new": a name of ours that a second run makes again. */
char *dialect_own_name(arena *a, const char *seed, const char *suffix);

/* A family of operations: the statements of its steps. */
typedef void (*dialect_family)(const dialect_request *, sql_list *);

/* the families (ops.def's fourth column) */
#define DIALECT_FAMILY(family)                                                                               \
    void postgres_write_##family(const dialect_request *r, sql_list *out);                                   \
    void sqlite_write_##family(const dialect_request *r, sql_list *out);
DIALECT_FAMILY(namespace)
DIALECT_FAMILY(enum)
DIALECT_FAMILY(table)
DIALECT_FAMILY(column)
DIALECT_FAMILY(index)
DIALECT_FAMILY(constraint)
DIALECT_FAMILY(view)
DIALECT_FAMILY(routine)
DIALECT_FAMILY(comment)
DIALECT_FAMILY(data)
DIALECT_FAMILY(report)
DIALECT_FAMILY(flow)
#undef DIALECT_FAMILY

#endif

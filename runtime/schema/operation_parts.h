/*
 * operation_parts.h: what the meanings of operations (op/<family>.c) share. Private to the schema floor.
 *
 * Idea       An operation is two functions: apply_<function> plays a step on the model, invert_<function> says which
 *            steps lead back from it. Both get their surroundings in one struct.
 * Invariant  apply_… looks at everything first and changes the model last, so that a violation leaves it as it was.
 *            What invert_… appends is in its arena wholly: the model may change afterwards.
 * Usage      the functions are declared and put into the dispatch table by ops.def (operation.c).
 */
#ifndef MIGEN_SCHEMA_OPERATION_PARTS_H
#define MIGEN_SCHEMA_OPERATION_PARTS_H

#include "operation.h"
#include "sql_token.h"
#include "schema.h"
#include "scope.h"
#include "types.h"

typedef struct change {
    schema *s;
    const migen_step *step;
    violation *v;
    bool maybe; /* of a branch that may not be taken: what is made is marked so */
} change;

typedef struct inversion {
    const schema *before;
    const migen_step *step;
    arena *memory;
    step_list *back;
    const char *why_not;
} inversion;

/* Fills the violation and returns its kind. format is the message's. */
violation_kind violate(const schema *s, violation *v, violation_kind kind, const char *word,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same, with the nearest of the map's names; of the table's columns. */
violation_kind violate_missing(const schema *s, violation *v, const char *word, const map *names,
                               const char *format, ...) __attribute__((format(printf, 5, 6)));
violation_kind violate_column(const schema *s, violation *v, const schema_table *t, const char *word);
/* "SQLite has no …", with the hint to put it in `on postgres`. */
violation_kind violate_sqlite(const schema *s, violation *v, const char *word, const char *what);

/* Names. A step on a table may carry it in its definition only. */
const char *step_object(const migen_step *step);
bool model_same_name(const schema *s, const char *a, const char *b);
bool model_same_object(const schema *s, const char *a, const char *b);
const char *model_table_text(const schema *s, const schema_table *t);
const char *name_unquoted(arena *a, const char *object); /* "My Schema" → My Schema */
bool list_has_name(const schema *s, const char *const *list, const char *name);
const char *const *list_of(arena *a, const char *name);
const char *const *list_renamed(const schema *s, const char *const *list, const char *from, const char *to);

/* Whether the object is somebody else's: its schema is named, and made by no step (language.md 5.1). */
bool model_is_outside(const schema *s, object_name name);

/* The table that a step works on. NULL with VIOLATION_NONE: somebody else's, nothing is to be done. */
violation_kind change_table(change *c, schema_table **t);
/* Puts the changed copy in the place of the table. */
void change_commit_table(schema_table *t, const schema_table *changed);

/* What has a relation's name in a schema, in words ("a table"); NULL: nothing. t (may be NULL) is a table that is not
 * in the model yet. Firm: what may be there only is left out. */
const char *model_relation(const schema *s, const schema_table *t, object_name name);
/* Checks that the name is free for a new relation of that kind. */
violation_kind change_relation_free(change *c, object_name name, const char *word);
/* A schema's part on an engine without schemas. */
violation_kind change_no_schema(change *c, object_name name, const char *what);

/* Types. */
/* The type as the model has it: its enum is there, the engine has it. word is what to point at where the type has no
 * name of its own. */
bool plain_type(const schema *s, migen_type *type, const char *word, violation *v);
bool plain_default(const schema *s, const migen_column *column, violation *v);

/* PostgreSQL: whether a default of another type may be one of the column's. Only what certainly is none is refused. */
bool plain_default_casts(const schema *s, const migen_column *column, violation *v);
bool enum_has_value(const schema_enum *e, const char *value);
const char *enum_nearest(const schema *s, const schema_enum *e, const char *value);

/* As constraint_equal. */
bool index_equal(const schema *s, const migen_index *a, const migen_index *b);

/* Foreign keys (plain_key.c). column is one that is not in t yet, or NULL; its type is filled in where it has none. */
/* The table of a foreign key's `references`, also where only one of the two says public. */
const schema_table *schema_find_target(const schema *s, const char *references);
bool plain_foreign_key(const schema *s, const schema_table *t, migen_column *column, migen_constraint *key,
                       violation *v);
/* Whether the columns of t are unique together. */
bool table_is_unique(const schema *s, const schema_table *t, const char *const *columns);

/* What PostgreSQL calls an index's expression in the index's default name (its FigureIndexColname): a function's name, the
 * column below a cast, else "expr". */
const char *default_name_of_expression(arena *a, const char *expression);

/* A * in a view's text (view_star.c). The table has another column, or name; the column another name. Whether the column came behind
 * the view. */
void view_note_later(schema *s, const schema_table *t, const char *column);
void view_rename_later(schema *s, const schema_table *t, const char *column, const char *to);
bool view_came_before(const schema *s, const schema_view *view, const schema_table *t, const char *column);

/* Dependents (dependents.c). */
typedef VECTOR(const schema_view *) dependent_views;

/* Foreign keys that point at the table (column NULL) or at its column; those of the table itself only with own. */
void dependents_add_keys(const schema *s, const schema_table *t, const char *column, bool own,
                         dependent_keys *keys);
/* Views that use the relation (column NULL) or its column, and the views that use those. */
void dependents_add_views(const schema *s, object_name relation, const char *column, dependent_views *views);
/* Triggers whose text uses the column: those of the table, on SQLite those of any. */
typedef struct dependent_trigger {
    const schema_table *table;
    const char *name;
} dependent_trigger;
typedef VECTOR(dependent_trigger) dependent_triggers;
void dependents_add_triggers(const schema *s, const schema_table *t, const char *column,
                             dependent_triggers *triggers);
bool dependents_has_view(const dependent_views *views, const schema_view *view);
bool sql_uses_column(const schema *s, const char *expression, const char *column);
bool index_uses_column(const schema *s, const migen_index *index, const char *column);
bool constraint_uses_column(const schema *s, const migen_constraint *constraint, const char *column);
/* The tokens of a text; whether one is a name, and that name. */
view_tokens view_tokens_of(arena *a, const schema *s, const char *sql);
bool view_is_name(sql_token t);
bool view_says(arena *a, const schema *s, sql_token t, const char *name);
/* The token that names an item of a SELECT list without AS: a column, also behind a qualifier and before casts; end: none does. */
size_t view_item_name(const view_tokens *tokens, size_t i, size_t end);

/* An enum's value renamed in all that says it: checks, defaults, generated columns, indexes, triggers, views (enum_text.c). */
void enum_follow_value(schema *s, const char *object, const char *from, const char *to);

/* An enum, or the type of a table's rows, renamed in all that says it (enum_name.c). to: the bare name. */
void type_follow_name(schema *s, object_name from, const char *to);
bool sql_says_type(const schema *s, const char *sql, bool of_function, object_name type);

/* A view's text with a column of t, or with t itself, under another name: while the model has the old one. The views' own columns
 * keep their names. */
const char *view_rename_column(const schema *s, const schema_view *view, const schema_table *t,
                               const char *from, const char *to);
const char *view_rename_table(const schema *s, const char *sql, const schema_table *t, const char *to);

/* Whether the word is in the trigger's text, as whatever. */
bool trigger_says(const schema *s, const schema_trigger *trigger, const char *word);

/* The same for a trigger, on t itself or on another table. */
const char *trigger_rename_column(const schema *s, const char *sql, const schema_table *t, const char *from,
                                  const char *to);
const char *trigger_rename_table(const schema *s, const char *sql, const schema_table *t, const char *to);
void dependents_drop_keys(schema *s, const dependent_keys *keys);
void dependents_drop_views(schema *s, const dependent_views *views);
void dependents_drop_triggers(schema *s, const dependent_triggers *triggers);
/* The conflict for the first dependent there is; VIOLATION_NONE when there is none. */
violation_kind dependents_refuse(const schema *s, violation *v, const char *word, const char *what,
                                 const dependent_keys *keys, const dependent_views *views);
violation_kind dependents_refuse_triggers(const schema *s, violation *v, const char *word, const char *what,
                                          const dependent_triggers *triggers);
/* The conflict, where SQLite has no such table without these columns. */
violation_kind table_refuse_without(schema *s, violation *v, const schema_table *t,
                                    const char *const *columns);
/* The conflict, where a column's type has no order and a key or index needs one (sorted.c): of the table as it is; of the column
 * with that type; of a key, of an index that is to come. */
violation_kind table_refuse_unsorted(const schema *s, violation *v, const schema_table *t);
violation_kind type_refuse_unsorted(const schema *s, violation *v, const schema_table *t, const char *column,
                                    migen_type type);
violation_kind key_refuse_unsorted(const schema *s, violation *v, const schema_table *t,
                                   const migen_constraint *key);
violation_kind index_refuse_unsorted(const schema *s, violation *v, const schema_table *t,
                                     const migen_index *index);
/* What `drop columns T (…) cascade` and `drop enum E cascade` do, for a step that has them in it. */
violation_kind columns_drop_along(change *c, const schema_table *t, const char *const *names);
violation_kind enum_drop_columns(change *c, const char *object);
/* Takes columns off a table, with the constraints and indexes that use them; all that stands in the way is gone. */
void table_take_columns(schema *s, schema_table *t, const char *const *columns);

/* What uses a function, a sequence or an enum (uses.c): the drop of it is refused, or takes it along. */
violation_kind function_let_go(change *c, const schema_function *f);
violation_kind sequence_let_go(change *c, const schema_sequence *q);
violation_kind enum_let_go(change *c, const schema_enum *e); /* but for its columns */
violation_kind rows_let_go(change *c, object_name name,
                           const char *words); /* the type of a table's or view's rows */

/* The conflict where something stands on a function that cannot be replaced, only dropped and made again. */
violation_kind function_stays(change *c, const schema_function *f);

/* Restoring (restore.c): the steps that lead from after(step) back to before, by what is gone and what came. */
bool invert_by_difference(inversion *i);
void restore_table(inversion *i, const schema *after, const schema_table *t);
void restore_view(inversion *i, const schema_view *view);
void restore_trigger(inversion *i, object_name owner, const schema_trigger *trigger);
void restore_index(inversion *i, const schema_table *t, const migen_index *index);
void restore_constraint(inversion *i, const schema_table *t, const migen_constraint *constraint);
void restore_comment(inversion *i, const schema_table *t, const char *column, const char *comment);

/* Whether a foreign key's target is there when the table is made: in `after`, or the table itself. */
bool restore_target_there(const schema *after, const schema_table *t, const migen_constraint *key);

/* Of a table that stays, as `left` (restore_left.c): all but its foreign keys, which come when all tables are there. */
void restore_left_table(inversion *i, const schema *after, const schema_table *t, const schema_table *left);
void restore_keys(inversion *i, const schema_table *t, const schema_table *left);
void restore_foreign_keys(inversion *i, const schema *after, const schema_table *t, const schema_table *left);
void invert_push(inversion *i, migen_step step);
const char *invert_text(inversion *i, const char *text); /* a copy in its arena */
bool invert_fails(inversion *i, const char *why_not);
const char *const *invert_sql(inversion *i, const char *sql); /* one statement */

/* The two of each operation. */
#define OPERATION(name, function, words, meaning, lock)                                                      \
    violation_kind apply_##function(change *c);                                                              \
    bool invert_##function(inversion *i);
#include "ops.def"
#undef OPERATION

#endif

/*
 * schema.h: the model of a database's schema.
 *
 * Idea       One model, filled in two ways: by playing a history of steps on it (operation.h), and by
 *            reading a database's catalogue (catalog.h). All decisions are comparisons of the two.
 * Invariant  Tables are plain: a column's shorthands have become constraints and indexes, every constraint and index
 *            has a name, every foreign key names its target's columns, every column has a type.
 *            Keys of the maps are name_text() of the object.
 * Ownership  All is in the model's arena, or in what the steps live in. Copies of a model share the objects that none of them
 *            has changed: who changes an object takes it with schema_change_…, which makes a shared one the model's own.
 */
#ifndef MIGEN_SCHEMA_SCHEMA_H
#define MIGEN_SCHEMA_SCHEMA_H

#include "map.h"
#include "migen_step.h"
#include "name.h"
#include "vector.h"

typedef struct schema_trigger {
    const char *name;
    const char *sql;     /* the whole CREATE TRIGGER; pg_get_triggerdef() where it was read from PostgreSQL */
    const char *fires;   /* PostgreSQL, as read: pg_trigger.tgenabled; NULL: O, as one that is new */
    const char *comment; /* PostgreSQL, as read */
    bool maybe;          /* made in a branch that may not be taken */
    bool text_moved;     /* a rename below it has changed the text: compare it no more */
} schema_trigger;

typedef VECTOR(schema_trigger) schema_triggers;

typedef struct schema_table {
    object_name name;
    VECTOR(migen_column) columns;
    VECTOR(migen_constraint) constraints;
    VECTOR(migen_index) indexes;
    schema_triggers triggers;
    const char *comment;
    bool strict, without_rowid; /* SQLite */
    bool autoincrement;         /* SQLite, as read: INTEGER PRIMARY KEY AUTOINCREMENT */
    bool given;                 /* somebody else's: described, never verified */
    bool maybe;                 /* made in a branch that may not be taken */
    bool fresh;                 /* made by this run: nobody else uses it, plain statements will do */
    bool
        is_virtual; /* SQLite: CREATE VIRTUAL TABLE, or one whose text was not understood: its columns are not known */
    bool materialized; /* PostgreSQL: what a materialized view has of a table, its indexes: see relations */
    bool
        partitioned; /* PostgreSQL, as read: its rows are in others, and some lock-safe statements are refused */
    bool without_case; /* SQLite: parts are found whatever the case of their names */
    const char *sql;   /* SQLite, as read: its CREATE TABLE */
    size_t edition;    /* the one in which it was made: see schema */
} schema_table;

typedef struct schema_enum {
    object_name name;
    VECTOR(const char *) values;
    VECTOR(const char *) maybe_values; /* added in a branch that may not be taken */
    bool maybe;
    size_t edition;
} schema_enum;

/* A column that came behind a view, the last one first: on PostgreSQL its * keeps to those that there were. */
typedef struct schema_later {
    const char *table, *column;
    const struct schema_later *before;
} schema_later;

typedef struct schema_view {
    object_name name;
    bool materialized;
    /* PostgreSQL, as read: statements that give it again its owner, options, grants, comments and rules, \1
     * between them, before each a * when it is of a column or may name one, a ? when it is of a rule, else a -; NULL: none */
    const char *belongings;
    bool
        outside; /* PostgreSQL, as read: of a schema that the release does not name, and on what is in it: made
                        * again when that needs it, and else no business of ours */
    bool was_replaced; /* since then: columns that they name may be gone */
    const char *sql;   /* the SELECT; pg_get_viewdef() where it was read from PostgreSQL */
    schema_triggers triggers;
    bool maybe;
    size_t
        column_count; /* PostgreSQL: of a text with a *, how many columns it gave when it was made; 0: not known */
    const schema_later *later; /* PostgreSQL: of a text with a * */
    bool text_moved;           /* a rename below it has changed the text: compare it no more */
    bool is_authors;           /* the text is a step's, not what a database prints */
    size_t edition;
} schema_view;

typedef struct schema_function {
    object_name name;
    const char *arguments; /* "(integer, text)", normalised; NULL when the step did not say */
    const char *sql;       /* pg_get_functiondef() where it was read */
    bool maybe;
} schema_function;

typedef struct schema_sequence {
    object_name name;
    long start, increment;
    bool maybe;
} schema_sequence;

typedef struct schema_name_entry { /* a schema or an extension */
    const char *name;
    bool maybe;
} schema_name_entry;

/* PostgreSQL, as read: a check of ours that proves NOT NULL while a run works (dialect's postgres_set_not_null). Where none
 * works, a killed one has left it. It is no part of the schema, but refuses rows. */
typedef struct schema_proof {
    object_name table;
    const char *name, *expression;
} schema_proof;

/* PostgreSQL, as read: what is nowhere else in the model, and has a name that other things can thus not have. */
typedef struct schema_stranger {
    const char *words; /* "a domain" */
    bool relation,
        type; /* whose names it shares: tables and indexes have the former, tables and enums the latter */
    const char *table, *column; /* a sequence of that column goes with it; NULL: none */
} schema_stranger;

typedef struct schema_names schema_names; /* schema_names.h */

/* A step of a branch that was not taken, the last one first: what it makes may be there all the same (branch.h). */
typedef struct schema_passed {
    const migen_step *step;
    const struct schema_passed *before;
} schema_passed;

typedef struct schema {
    arena *memory;
    migen_engine engine;
    const char *current; /* PostgreSQL, of a database: the current schema; NULL: not known */
    map tables;          /* schema_table */
    map enums;           /* schema_enum */
    map views;           /* schema_view, materialized ones too */
    map relations;       /* schema_table of each materialized view, under its key: the indexes on it */
    map sequences;       /* schema_sequence; not those that a serial or identity column owns */
    map functions;       /* schema_function; key: name */
    map schemas;         /* schema_name_entry; without the current one */
    map extensions;      /* schema_name_entry */
    map strangers;       /* schema_stranger */
    VECTOR(schema_proof) proofs;
    const schema_passed *passed;
    size_t *edition;     /* another one since the last copy: objects of an earlier one may be shared */
    schema_names *names; /* shared by copies */
    size_t noted_tables; /* the entries of `tables` up to here are in names, but for … */
    VECTOR(const char *) touched; /* … the tables under these keys */
} schema;

schema *schema_new(arena *memory, migen_engine engine);

/* A copy, in an arena that lives no longer than that of s: changes of one are not seen in the other. */
schema *schema_copy(arena *memory, const schema *s);

/* A deep copy. */
schema_table *schema_table_copy(arena *memory, const schema_table *t);

/* Look-ups by an object's text; NULL when it is not there. */
const schema_table *schema_find_table(const schema *s, const char *object);
const schema_enum *schema_find_enum(const schema *s, const char *object);
const schema_view *schema_find_view(const schema *s, const char *object);
const schema_function *schema_find_function(const schema *s, const char *object);
const schema_sequence *schema_find_sequence(const schema *s, const char *object);

/* What may have indexes: a table, or what a materialized view has of one. */
const schema_table *schema_find_relation(const schema *s, const char *object);

/* An index by its own object text (index names are unique in a schema); *table is where it is, as schema_find_relation gives it. */
const migen_index *schema_find_index(const schema *s, const char *object, const schema_table **table);

/* A trigger of a table or view, or of any (object NULL); owner (unless NULL) is whose it is. NULL: there is none. */
const schema_trigger *schema_find_trigger(const schema *s, const char *object, const char *name,
                                          object_name *owner);

/* An object of the model (NULL: none), to be changed: what was found before under its name is another one then. */
schema_table *schema_change_table(schema *s, const schema_table *t);
schema_enum *schema_change_enum(schema *s, const schema_enum *e);
schema_view *schema_change_view(schema *s, const schema_view *view);

/* The triggers of a table or view of the model, to be changed; NULL: it is not there. */
schema_triggers *schema_change_triggers(schema *s, const char *object);

/* Puts a table under a name of the model. */
void schema_put_table(schema *s, object_name name, schema_table *t);

/* Puts a view there, or takes one away under its key; what a materialized one has of a table comes and goes with it. */
void schema_put_view(schema *s, schema_view *view);
schema_table *schema_put_relation(schema *s, object_name view);
void schema_remove_view(schema *s, const char *key);

/* Parts of a table, by bare name; NULL when not there. On SQLite names are compared without case. */
migen_column *table_find_column(const schema_table *t, const char *name);
migen_constraint *table_find_constraint(const schema_table *t, const char *name);
migen_index *table_find_index(const schema_table *t, const char *name);
schema_trigger *table_find_trigger(const schema_table *t, const char *name);
migen_constraint *table_primary_key(const schema_table *t);
void table_remove_constraint(schema_table *t, const char *name);
void table_remove_index(schema_table *t, const char *name);

/* What a table is of which only the name is known (is_virtual). */
const char *table_closed_words(arena *a, const schema_table *t);

/* Unique over columns alone, and over all rows. */
bool index_is_plain_unique(const migen_index *index);

/* Whether a second one would be of no use. Names do not count. What text does not decide is different. */
bool constraint_equal(const schema *s, const migen_constraint *a, const migen_constraint *b);

/* SQLite: whether two keys of the same columns compare them by the same collations. NULL: one that names none. */
bool constraint_same_collations(const migen_constraint *a, const migen_constraint *b);

typedef struct dependent_key {
    const schema_table *table;
    const char *name;
} dependent_key;
typedef VECTOR(dependent_key) dependent_keys;

/* Foreign keys to what t has and `without`, a copy of it, has no more: a unique constraint or index. Nothing makes the target of
 * the lost ones unique then; kept (or NULL) has those for which something else does. */
void dependents_of_unique(const schema *s, const schema_table *t, const schema_table *without,
                          dependent_keys *lost, dependent_keys *kept);

/* Whether kind × name is there: the meaning of `if table users`. part as in migen_step. */
bool schema_has(const schema *s, migen_kind kind, const char *object, const char *part);

/* What stands in the way of a new thing of that kind and name, in words ("a view"): another kind of thing, or an index or
 * constraint of whatever table. NULL: nothing. */
const char *schema_name_taken(const schema *s, migen_kind kind, object_name name);

/* The schema's kinds in the language's words ("materialized view"), for messages. */
const char *kind_words(migen_kind kind);

/* types.h's work: a type's text in the language ("varchar(255)", "status", "int[]"). */
char *type_text(arena *a, migen_type type);
bool type_equal(migen_type a, migen_type b); /* the same words and numbers; enums and natives by their text */

/* A canonical dump, sorted by kind and name: equal dumps are equal schemas. Given and maybe tables are left out. */
char *schema_dump(arena *a, const schema *s);

/* hash_bytes of the dump, as 16 hexadecimal digits. */
char *schema_fingerprint(arena *a, const schema *s);

#endif

/*
 * migen_step.h: what a release is made of, as data.
 *
 * Idea       A migration is two tables of steps, up and down. A step names its operation and carries its
 *            arguments. The same structs are the parser's result, the simulated history's input, the rows
 *            of emitted C, and what the safe functions take: one operation has one form.
 * Invariant  Everything is const data without owners: it lives in emitted C or in an arena.
 *            Lists of strings end with NULL.
 * Names      An *object* (table, enum, view, sequence, function, index) is written as in the language:
 *            users, auth.users, "My Table", auth."My Table". A *part* (column, constraint, trigger, enum
 *            value) is the bare name, without quotes, as the catalogue has it.
 * Values     default_value and seeds hold the language's literal: 'text' (quotes doubled), 12, -1.5, true,
 *            false, null, x'0aff', now(), uuid(), or (expression).
 */
#ifndef MIGEN_STEP_H
#define MIGEN_STEP_H

#include <stdbool.h>
#include <stddef.h>

/* The layout of these structs. A release and a runtime of two numbers do not work together. */
#define MIGEN_ABI     2
#define MIGEN_VERSION "0.1.0"

typedef struct migen migen; /* a run, as hand-written C sees it */

typedef enum migen_engine { MIGEN_POSTGRES = 1, MIGEN_SQLITE = 2 } migen_engine; /* a bit each */

typedef enum migen_type_kind {
    MIGEN_TYPE_NONE = 0, /* not said: a foreign key column takes its target's */
#define TYPE(kind, word, arguments, postgres, sqlite) MIGEN_TYPE_##kind,
#include "types.def"
#undef TYPE
    MIGEN_TYPE_COUNT
} migen_type_kind;

typedef struct migen_type {
    migen_type_kind kind;
    int length;         /* varchar(n), char(n), numeric's precision; 0 when not said */
    int scale;          /* numeric(p, s) */
    bool array;         /* T[] */
    const char *name;   /* ENUM: the enum, as an object. NATIVE: PostgreSQL's text */
    const char *sqlite; /* NATIVE: SQLite's text */
} migen_type;

typedef enum migen_action {
    MIGEN_NO_ACTION = 0,
    MIGEN_RESTRICT,
    MIGEN_CASCADE,
    MIGEN_SET_NULL,
    MIGEN_SET_DEFAULT
} migen_action;

/*
 * A column. In a step it may use the shorthands below the line, as the author did. In the model of a
 * schema it is plain: the shorthands have become constraints and indexes of the table.
 */
typedef struct migen_column {
    const char *name;
    migen_type type;
    bool not_null;
    const char *default_value; /* NULL: none */
    const char *collate;       /* NULL: the engine's */
    const char *generated;     /* expression without its brackets; NULL: an ordinary column */
    bool stored;               /* of a generated column; false is virtual */
    const char *comment;
    const char *backfill; /* add column … backfill (expression): what rows that are there get */
    /* shorthands, in a step only */
    bool primary_key, unique, index;
    const char *unique_name, *index_name; /* NULL: PostgreSQL's default name */
    const char *check;                    /* expression without its brackets */
    const char *check_name;
    const char *references;        /* the table, as an object */
    const char *references_column; /* NULL: its primary key */
    migen_action on_delete, on_update;
    const char *references_name;
    /* of a column that was read from a database */
    bool type_unchecked;  /* SQLite: the type's own CHECK (bool, length, json) is missing there: a note */
    const char *extra;    /* SQLite: clauses that the language cannot say, kept word for word in a rebuild */
    const char *declared; /* SQLite: the type's own words there, which may store values in another way */
    /* of the model */
    bool maybe; /* made in a branch that may not be taken */
} migen_column;

typedef enum migen_constraint_kind {
    MIGEN_PRIMARY_KEY = 1,
    MIGEN_UNIQUE,
    MIGEN_CHECK,
    MIGEN_FOREIGN_KEY
} migen_constraint_kind;

typedef struct migen_constraint {
    migen_constraint_kind kind;
    const char *name;                      /* NULL in a step: PostgreSQL's default name */
    const char *const *columns;            /* not of a check */
    const char *expression;                /* of a check, without its brackets */
    const char *references;                /* of a foreign key: the table, as an object */
    const char *const *references_columns; /* NULL: its primary key */
    migen_action on_delete, on_update;
    /* of a constraint that was read from a database */
    bool half_done;       /* PostgreSQL: NOT VALID */
    bool name_is_implied; /* SQLite: it has no name there; name is the default one */
    bool is_index;        /* SQLite: a UNIQUE that stands as a unique index of that name */
    const char *extra; /* clauses that the language cannot say (DEFERRABLE, ON CONFLICT …), word for word */
    const char *const
        *column_extras; /* SQLite: what a key says behind each column (COLLATE …, DESC), or "" */
    bool maybe;         /* of the model: made in a branch that may not be taken */
} migen_constraint;

typedef struct migen_index_item {
    const char *column;     /* or */
    const char *expression; /* without its brackets */
    bool descending;
    const char *extra; /* read from a database: collation, operator class, NULLS …, word for word */
} migen_index_item;

typedef struct migen_index {
    const char *name; /* the bare name; NULL in a step: PostgreSQL's default name */
    bool unique;
    const char *method; /* using …; NULL: btree */
    const migen_index_item *items;
    size_t item_count;
    const char *const *include;
    const char *where; /* expression without its brackets */
    /* of an index that was read from a database */
    bool half_done;      /* PostgreSQL: INVALID */
    const char *sql;     /* SQLite, and of a materialized view: its CREATE INDEX, word for word */
    const char *comment; /* of a materialized view's */
    bool clustered;      /* of a materialized view's: CLUSTER ON */
    bool maybe;          /* of the model: made in a branch that may not be taken */
} migen_index;

typedef struct migen_table {
    const char *name;
    const migen_column *columns;
    size_t column_count;
    const migen_constraint *constraints;
    size_t constraint_count;
    const migen_index *indexes;
    size_t index_count;
    bool strict, without_rowid; /* SQLite */
} migen_table;

typedef struct migen_seed {
    const char *const *columns;
    const char *const *key;
    bool update;
    const char *const *values; /* row_count × the number of columns, row by row */
    size_t row_count;
    const char *from; /* a SELECT instead of rows */
} migen_seed;

typedef struct migen_backfill {
    const char *const *columns; /* set (column = expression, …): the two lists go together */
    const char *const *expressions;
    const char *where;
    const char *by; /* the key column that orders the batches; NULL: the primary key */
    long batch;     /* rows; 0: the default */
    long pause;     /* milliseconds between batches */
} migen_backfill;

typedef struct migen_alteration {
    bool set_type;
    migen_type type;
    const char *using_expression;
    const char *collate; /* ways down: what the column had before a type that has none; NULL: as it is */
    bool set_not_null, drop_not_null;
    const char *backfill;
    const char *default_value; /* NULL: leave it */
    bool drop_default;
} migen_alteration;

typedef enum migen_kind {
    MIGEN_KIND_SCHEMA = 1,
    MIGEN_KIND_EXTENSION,
    MIGEN_KIND_ENUM,
    MIGEN_KIND_ENUM_VALUE,
    MIGEN_KIND_SEQUENCE,
    MIGEN_KIND_TABLE,
    MIGEN_KIND_COLUMN,
    MIGEN_KIND_INDEX,
    MIGEN_KIND_CONSTRAINT,
    MIGEN_KIND_VIEW,
    MIGEN_KIND_MATERIALIZED_VIEW,
    MIGEN_KIND_FUNCTION,
    MIGEN_KIND_TRIGGER
} migen_kind;

typedef enum migen_operation {
    MIGEN_NOTHING = 0,
#define OPERATION(name, function, words, meaning, lock) MIGEN_##name,
#include "ops.def"
#undef OPERATION
    MIGEN_OPERATION_COUNT
} migen_operation;

/*
 * One step. Which fields an operation uses:
 *   create/drop schema, extension          object
 *   create enum                            object, values
 *   drop enum, sequence, table, view, materialized view, function, index    object, cascade
 *   rename enum, table, index              object, new_name (bare)
 *   add enum value                         object, part (the value), before or after
 *   add multiple enum values               object, values
 *   rename enum value                      object, part, new_name
 *   create sequence                        object, start, increment (0: not said)
 *   create, ensure, given table            object, table
 *   add column(s)                          object, columns, column_count
 *   drop column / columns                  object, part / values, cascade
 *   rename column, constraint              object, part, new_name
 *   alter column                           object, part, alteration
 *   create index                           object (its table), index
 *   add constraint                         object, constraint
 *   drop constraint                        object, part, cascade
 *   create (materialized) view             object, sql (one statement: the SELECT)
 *   create, drop function                  object, arguments ("(int, text)" or NULL), sql (the whole statement)
 *   create, drop trigger                   part (its name), object (its table; NULL in a drop: any), sql
 *   comment on table / column              object, part, text (NULL takes it away)
 *   run                                    text (description or NULL), sql, when or unless
 *   seed, backfill                         object, seed / backfill
 *   call                                   text (the function's name), call, part (a mark of its C)
 *   summary                                object
 *   say                                    text
 *   if exists                              kind, object, part, negated, branch
 *   if sql                                 when (one SELECT), negated, branch
 *   if taken                               branch: down of an if; holds where up took the first branch
 *   on engine                              engines
 */
typedef struct migen_step {
    migen_operation operation;
    const char *object;
    const char *part;
    const char *new_name;
    const char *arguments;
    const migen_table *table;
    const migen_column *columns;
    size_t column_count;
    const migen_constraint *constraint;
    const migen_index *index;
    const migen_seed *seed;
    const migen_backfill *backfill;
    const migen_alteration *alteration;
    const char *const *values;
    const char *before, *after;
    const char *text;
    const char *const *sql; /* one statement each */
    const char *when, *unless;
    long start, increment;
    int (*call)(migen *);
    bool cascade;
    bool negated;
    migen_kind kind;
    unsigned engines; /* bits of migen_engine */
    unsigned branch;  /* the number of this `if` in its migration, from 1 */
} migen_step;

typedef struct migen_migration {
    const char *id; /* 20261121043300_add_groups */
    const char *title;
    const char *file;         /* migrations/20261121043300_add_groups.mig */
    const char *hash;         /* "m1:" and 64 hexadecimal digits: of the way up's statements */
    const char *const *after; /* its parents' ids, resolved; empty for a root */
    const migen_step *up;
    const unsigned *up_lines; /* the source line of each step */
    size_t up_count;
    const migen_step *down;
    const unsigned *down_lines;
    size_t down_count;
    const char *down_never; /* the reason, when there is no way down */
    bool transaction_none;
    const migen_step *made; /* of one that was read from a database: what of its way up changes the schema */
    size_t made_count;
} migen_migration;

/* The project's defaults for the options, from migen.project. */
typedef struct migen_setting {
    const char *name;
    const char *value;
} migen_setting;

typedef struct migen_release {
    int abi; /* MIGEN_ABI of the compiler of these rows */
    const char *project;
    const char *release; /* its version, as --release said */
    const char *hash;    /* of all migrations' ids, parents and hashes */
    unsigned engines;    /* bits of migen_engine */
    const migen_setting *settings;
    size_t setting_count;
    const migen_migration *const *migrations; /* parents first, then by id */
    size_t migration_count;
} migen_release;

#endif

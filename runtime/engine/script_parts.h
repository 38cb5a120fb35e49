/*
 * script_parts.h: what the script of each engine's shell is made of.
 *
 * Idea       What a run asks the database, a script asks in SQL: a condition's answer (language.md 5.4) and whether an object is
 *            there, as expressions that are 1 or 0. psql has \if; the sqlite3 shell reads the text that its answer chose.
 * Invariant  A script changes nothing when it is run a second time: psql asks for each migration whether it is due, SQLite's
 *            stops at a CHECK.
 * Usage      question = ENGINE_OWN(s->engine, script_question)(s->memory, step->when);
 *            ENGINE_OWN(s->engine, script_ask)(s, step, question, text, "");
 */
#ifndef MIGEN_ENGINE_SCRIPT_PARTS_H
#define MIGEN_ENGINE_SCRIPT_PARTS_H

#include "compare.h"
#include "dialect.h"
#include "engines.h"
#include "error.h"
#include "rebuild_queue.h"
#include "run_options.h"
#include "safe.h"
#include "schema.h"
#include "sql_writer.h"

/* Which answers of `if`s, that the database gives while the script is carried out, lead somewhere. NULL: all do. */
typedef struct script_answer {
    const struct script_answer *one, *other; /* NULL: it is one answer of one `if` */
    bool either;                             /* of the two, not both */
    const migen_migration *migration;
    unsigned branch;
    bool first;
} script_answer;

/* A table that was there before the migrations: taken for what they would have made of it. */
typedef struct script_assumed {
    const char *object;
    const script_answer *when;
} script_assumed;

/* A schema that the database may have where the script is, by what it has answered. */
typedef struct script_world {
    schema *schema;
    const script_answer *when;
    VECTOR(const char *) strange; /* tables that are there, of which nothing is known */
    VECTOR(script_assumed) assumed;
} script_world;

typedef VECTOR(script_world) script_worlds;

typedef struct script {
    arena *memory;
    const migen_release *release;
    migen_engine engine;
    object_name history;
    const run_options *options;
    script_worlds worlds;
    const schema *schema; /* of the world that is written for, before the step */
    builder out;
    error *error;
    const migen_migration *migration;
    unsigned line;
    bool is_applied;       /* the migration is done: it is only played */
    bool is_split;         /* PostgreSQL: a part of it may have been committed */
    unsigned depth;        /* of the questions that the shell of SQLite is asked */
    rebuild_queue waiting; /* SQLite: rebuilds of the one world that there is, which later steps may join */
} script;

/* Behind the rebuilds that wait. */
void script_statement(script *s, const char *sql);

/* SQLite: a step's statements; several rebuilds of one table are one, as in a run. Before other text than that of the next step,
 * what waits is released. */
void sqlite_script_statements(script *s, const sql_list *list);
void sqlite_script_release(script *s);

/* Which branch of an `if` was taken, as the history has it; taken: an expression that is '1' or '0', as text. */
void script_note_branch(script *s, const migen_step *step, const char *taken);

/* The entries of the history, as a run makes them; row: the first that is not done of those that are committed with an intent. */
char *script_history_row(script *s, const migen_migration *m);
char *script_intent_row(script *s, const migen_migration *m, size_t row);

/* Commits what stands before, with an intent: `row` is the first of the migration's that is not done. A script that is run again
 * behind a failure stops there, and `up` knows how far it was. */
void postgres_script_split(script *s, size_t row);

/* A step's statements in the transaction that is open, and again is behind them. */
void postgres_script_statements(script *s, size_t at, const sql_list *list);

/* SQL that may be what can be in no transaction. */
void postgres_script_alone(script *s, size_t at, const sql_list *list);

/* A step that changes a table which this migration has not made: where that has rows by then, it is done by the lock-safe recipe,
 * else as `plain`. False: there is none, nothing is written. */
bool postgres_script_online(script *s, const migen_step *step, size_t at, const sql_list *plain);

/* PostgreSQL: how long a statement may wait for a lock: of tables, or of the sessions that a concurrent index waits for. */
void postgres_script_patience(script *s, int64_t milliseconds);

/* script_worlds.c. Whether the answers were given, as an expression that is 1 or 0. */
char *script_answer_question(script *s, const script_answer *when);
const script_answer *script_answer_either(arena *a, const script_answer *one, const script_answer *other);

/* Whether the release itself has made what an IF_EXISTS asks for: what is given, it has not. */
bool script_world_knows(const script_world *w, const migen_step *step);

/* The worlds of a branch: those of s in which it can be taken. */
script_worlds script_worlds_in(script *s, const migen_step *step, bool first);

/* What `if not table t { create table t … }` finds there is taken for what it would have made, rows from … to of the other
 * branch. */
void script_worlds_assume(script *s, script_worlds *worlds, const migen_step *step, bool there, size_t from,
                          size_t to);

/* script_alike.c. Whether they differ in nothing that matters from row `end` of the migration on. */
bool script_worlds_are_alike(const script *s, const script_world *one, const script_world *other, size_t end);

/* The worlds behind both branches, before row `end`; those that are equal for what comes are one. */
script_worlds script_worlds_joined(script *s, const script_worlds *first, const script_worlds *otherwise,
                                   size_t end);

/* The step's text in each world, by script_world_step: once where all have the same. */
void script_worlds_step(script *s, const migen_step *step, size_t at);
void script_world_step(script *s, script_world *w, const migen_step *step, size_t at); /* script_step.c */

/* The row of the block's END, and of its ELSE (or the END). */
size_t script_block_end(const migen_migration *m, size_t at, size_t *otherwise);

/* Stops the script there. */
void postgres_script_stop(script *s, const char *message);
void sqlite_script_stop(script *s, const char *message);

/* One of two texts, as the question's answer is. */
void postgres_script_ask(script *s, const migen_step *step, const char *question, const char *first,
                         const char *second);
void sqlite_script_ask(script *s, const migen_step *step, const char *question, const char *first,
                       const char *second);

/* Before a migration: whether it is due; before the first: whether the script was run already. */
void postgres_script_due(script *s, const migen_migration *m);
void sqlite_script_guard(script *s, const migen_migration *m);

/* Whether the query's first row holds. */
char *postgres_script_question(arena *a, const char *query);
char *sqlite_script_question(arena *a, const char *query);

/* Whether the object of an `if` is there, by the catalogue; NULL where the engine cannot be asked for such a one. */
char *postgres_script_question_exists(arena *a, const migen_step *step);
char *sqlite_script_question_exists(arena *a, const migen_step *step);

/* CASE WHEN EXISTS (SELECT 1 FROM … WHERE …) THEN 1 ELSE 0 END */
void script_question_begin(sql_writer *w, const char *from);
char *script_question_end(sql_writer *w);

/* A thing with a name of its own, perhaps in what the expression `owner` says; NULL: in any. */
char *script_question_named(arena *a, const char *from, const char *name_column, const char *name,
                            const char *owner_column, const char *owner);

#endif

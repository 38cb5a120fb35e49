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

#include "dialect.h"
#include "engines.h"
#include "error.h"
#include "schema.h"
#include "sql_writer.h"

typedef struct script {
    arena *memory;
    const migen_release *release;
    migen_engine engine;
    object_name history;
    schema *schema;
    builder out;
    error *error;
    const migen_migration *migration;
    unsigned line;
    unsigned depth; /* of the questions that the shell of SQLite is asked */
} script;

void script_statement(script *s, const char *sql);

/* Which branch of an `if` was taken, as the history has it; taken: an expression that is '1' or '0', as text. */
void script_note_branch(script *s, const migen_step *step, const char *taken);

/* An entry of the history; step: an intent's, before whose row all is done and committed with it; NULL: it is the last. */
char *script_history_row(script *s, const migen_migration *m, const char *step);

/* An index on a table that this script has not made: where that has rows by then, it is built CONCURRENTLY, outside of
 * transactions. What stands before it is committed with an intent, so that the script stops where it is run again behind a failure,
 * and `up` knows how far it was. False: it is none, and is written as `plain`. */
bool postgres_script_index(script *s, const migen_step *step, size_t at, const sql_list *plain);

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

/*
 * safe.h: what a step comes to on this database: probe → decide → do → say.
 *
 * Idea       A decision is made from three models: `live` (what the database has), `expected` (what the
 * history says it has after this step) and `final` (what the release ends with). It has the SQL to send and
 * the lines to print, and nothing is sent here, so that `up`, `plan` and `sql` all use the same decision.
 * Answers    absent → do it; same → skipped; different → differs, with wanted and found (--strict: an error);
 * half done (INVALID index, NOT VALID constraint) → finished or made again. (language.md 5.1 to 5.3)
 * Invariant  After a decision `live` is what the database will be once the statements have been carried out,
 * or decision.stale says that it must be read again.
 */
#ifndef MIGEN_SAFE_SAFE_H
#define MIGEN_SAFE_SAFE_H

#include "compare.h"
#include "dialect.h"
#include "error.h"
#include "operation.h"

typedef enum outcome {
#define OUTCOME(name, word, counted) OUTCOME_##name,
#include "outcomes.def"
#undef OUTCOME
    OUTCOME_COUNT
} outcome;

const char *outcome_word(outcome o);

#define NO_STATEMENT ((size_t)-1)

typedef struct decision_line {
    outcome outcome;
    const char *operation; /* "add column", of the step that comes to this; set by who carries it out */
    const char *object;    /* "table groups", "column users.email" */
    const char *detail;    /* "already there"; NULL: none */
    const char *wanted;    /* of OUTCOME_DIFFERS */
    const char *found;
    size_t statement;       /* index in decision.statements whose row count is to be said; NO_STATEMENT */
    size_t statement_count; /* how many from there on are added up */
} decision_line;

typedef struct decision {
    sql_list statements;
    VECTOR(decision_line) lines;
    bool stale; /* raw SQL may have changed the schema: read live again before the next decision */
} decision;

/* A rename that a later step of the release makes: what it renames counts as there under its later name. */
typedef struct later_rename {
    const migen_step *step;
    size_t position; /* of its migration in the release */
    size_t row;      /* of the step in it */
} later_rename;

typedef VECTOR(later_rename) later_rename_list;

typedef struct safe_context {
    arena *memory;
    migen_engine engine;
    schema *live;
    const schema *expected; /* after this step */
    const schema
        *before; /* as expected, before a step that takes an index or constraint away; NULL: not asked */
    const schema *final;
    expression_memo *memo;
    bool strict;
    const migen_release *release;
    const later_rename_list *renames;                 /* of all of the release, in order */
    size_t position, row;                             /* of this step */
    const migen_step *step;                           /* that is decided, as the release has it */
    bool (*is_applied)(void *owner, size_t position); /* whether the history has the migration */
    bool going_down;                                  /* ways down: later renames do not count */
    bool resuming; /* an interrupted run had begun this step: what it lacks is made, not said to differ */
    bool (*has_rows)(void *owner, const char *object); /* whether a table of the database has rows */
    void *owner;
    const struct rebuild_queue *waiting; /* SQLite: rebuilds that what is written may join; NULL: none */
    /* RUN, with when or unless: the condition's answer, asked by the engine beforehand */
    bool condition_holds;
    bool withheld; /* RUN, CALL: it may have been carried out before the database was adopted, so it is not */
} safe_context;

/* Decides a step that is no flow, report or call step. STATUS_FAILED with an error when it cannot be done:
 * what it works on is missing, or, with --strict, something is there but different (STATUS_DRIFT). */
status safe_decide(safe_context *c, const migen_step *step, decision *out, error *e) MUST_USE;

/* Whether a condition's first value holds (language.md 5.4): not null, 0, false or empty; text '0' holds
 * where the query's column is text. type_is_text: PostgreSQL tells; on SQLite it is typeof(). */
bool condition_value_holds(const char *value, bool type_is_text);

/* The object of a step under the name it has in live (see later_rename). */
const char *safe_object_now(const safe_context *c, migen_kind kind, const char *object);
const char *safe_part_now(const safe_context *c, migen_kind kind, const char *object, const char *part);
/* What an IF_EXISTS step asks, its `not` left out: what only has its later name in live is there. */
bool safe_answers(const safe_context *c, const migen_step *step);
/* Whether the list has a name that later renames give the value of an enum. */
bool safe_value_has_later_name(const safe_context *c, const char *value, const char *const *list);

#endif

/*
 * sema.h: what the passes of this floor share. Nobody else includes it.
 *
 * Idea       A record stands beside each statement of a migration: the step with its names resolved,
 *            and the steps that lead back from it, for each engine. The passes fill it: records
 *            (shape) → simulate (play, resolve) → derive (rows).
 * Engines    An engine's index is 0 for PostgreSQL and 1 for SQLite, as in
 *            checked_release.final_schema.
 */
#ifndef MIGEN_SEMA_SEMA_H
#define MIGEN_SEMA_SEMA_H

#include "release.h"

#define ENGINE_COUNT 2

typedef struct sema_record sema_record;
typedef VECTOR(sema_record *) record_list;
typedef VECTOR(const char *) rule_list;

struct sema_record {
    const ast_statement *statement;
    migen_step step; /* the statement's, with colliding names and missing types filled in */
    record_list then, otherwise;
    unsigned engines;  /* of the project, those for which it counts (it may stand in `on`) */
    rule_list allowed; /* lint rules that an `allow` before it, or around it, silences */
    bool inside_if;
    step_list back[ENGINE_COUNT];
    const char *no_way[ENGINE_COUNT]; /* why there is no way back; NULL: there is one */
    bool linted;
};

typedef struct foreign_key_site { /* for the lint rule that looks at the end of a migration */
    const char *table, *column;
    span place;
} foreign_key_site;

typedef enum play_mode {
    PLAY_OFF,
    PLAY_NORMAL, /* a violation is an error */
    PLAY_IF,     /* the branch of an `if` that holds: what is there, or missing, is none */
    PLAY_MAYBE,  /* the other branch, or one of which only the database knows */
    PLAY_DOWN    /* a `down` block: what changes nothing is a warning */
} play_mode;

typedef struct sema {
    arena *memory;
    checked_release *release;
    diagnostics *out;
    schema *model[ENGINE_COUNT]; /* NULL: not an engine of the project */
    schema *apart
        [ENGINE_COUNT]; /* with a branch that the model does not take, and without the one that it does */
    schema *empty[ENGINE_COUNT]; /* for default names without collisions */
    map *poisoned;               /* names whose making failed: their followers stay silent */
    map made;                    /* name → the span that made it, for second places */
    VECTOR(const char *) raw;    /* raw SQL and C that may have made what the model does not know */
    map stubs;                   /* tables that only raw SQL knows */
    VECTOR(const ast_file *)
    broken; /* files with errors of the parser: what they would have made is not known */
    /* of the migration that is being played */
    checked_migration *current;
    map fresh; /* tables that it made itself */
    VECTOR(foreign_key_site) foreign_keys;
    unsigned branches;
    size_t errors; /* of out, before it */
    bool in_down, has_raw;
} sema;

/* load.c. Both NULL without a project; folder is searched upwards. */
checked_release *sema_load_files(arena *a, const char *folder, diagnostics *d, sema *s);

/* called.c: reads the C files that a migration calls, and looks for their functions. folder: of the migrations. */
void sema_load_called(arena *a, checked_release *r, checked_migration *m, const char *folder, diagnostics *d);

/* graph.c: resolves parents, orders release->migrations, finds heads. False when there is no order. */
bool sema_order(checked_release *r, diagnostics *d);

/* records.c: the shape of a list of statements; numbers the branches, and looks at `allow` and `transaction
 * none`. */
record_list sema_records(sema *s, const ast_list *statements, unsigned engines, bool inside_if,
                         const rule_list *allowed);

/* simulate.c: plays a migration's way up, and its down block where it has one, on s->model; fills
 * s->current's rows. */
void sema_play_migration(sema *s, checked_migration *m);
void sema_play_list(sema *s, record_list *records, const play_mode mode[ENGINE_COUNT]);

/* data_lost.c: whether a drop among these loses data; says what their derived ways down do not bring back. */
bool sema_drops_data(const record_list *records);
void sema_note_lost_data(sema *s, const record_list *records);

/* violations.c: says what is wrong, unless it follows from something that was said before. */
void sema_report(sema *s, const sema_record *r, const play_mode mode[ENGINE_COUNT],
                 const violation found[ENGINE_COUNT]);
void sema_poison(sema *s, const migen_step *step, const violation *v);
void sema_note(diagnostics *d, const char *code, span place, const char *message);

/* rawness.c: names that only raw SQL knows. */
void sema_remember_raw(sema *s, const ast_statement *statement);
bool sema_raw_mentions(const sema *s, const char *word);
/* Whether a file that could not be read wholly mentions it (before place, when it is the current one). */
bool sema_broken_mentions(const sema *s, const char *word, span place);
/* Puts a stand-in for what is missing into the model, when raw SQL has made it. True: try again. */
bool sema_add_stub(sema *s, size_t engine, const migen_step *step, const violation *v);

/* data_check.c: the names in seed, backfill and summary. */
violation_kind sema_check_data(arena *a, const schema *s, const migen_step *step, violation *v);

/* body_check.c: the head of a trigger's or function's SQL. */
violation_kind sema_check_body(arena *a, migen_engine engine, const migen_step *step, violation *v);

/* resolve.c: makes names explicit that collide in the model, fills in types and columns of foreign keys. */
void sema_resolve(sema *s, size_t engine, sema_record *r);

/* derive.c: rows. */
typedef VECTOR(unsigned) line_list;
void sema_flatten(sema *s, const record_list *records, step_list *rows, line_list *lines);
void sema_derive_down(sema *s, const record_list *records, step_list *rows, line_list *lines);

/* step_form.c: a step as one line of text: equal texts are equal steps. */
char *step_form(arena *a, const migen_step *step);

/* lint.c */
void lint_step(sema *s, size_t engine, sema_record *r);
void lint_migration_end(sema *s);
bool lint_rule_known(const char *rule);
const char *lint_rule_nearest(const char *rule);

/* hash.c */
const char *sema_hash_migration(arena *a, const checked_migration *m);
const char *sema_hash_release(arena *a, const checked_release *r);

#endif

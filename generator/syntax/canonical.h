/*
 * canonical.h: a step as its canonical text, of which a migration's hash is made.
 *
 * Idea       The text is written from the step, not from the source, so that what means the same is
 *            written the same: the order of attributes, quotes that are not needed, capitals of
 *            keywords and layout are gone by then.
 * Invariant  A change here changes the hashes of all migrations in the world: it needs a new hash
 *            version ("m1:" in migen_step.h). That is why types are written by its own table, and not
 *            by those for messages.
 * Usage      private to this floor
 */
#ifndef MIGEN_SYNTAX_CANONICAL_H
#define MIGEN_SYNTAX_CANONICAL_H

#include "migen_step.h"
#include "text.h"

typedef struct canonical {
    arena *memory;
    builder text;
    unsigned engines; /* how raw SQL is read: both engines' quoting, in an `on` block that one's alone */
} canonical;

/* One step of any kind but flow; nothing for what does not count (say, summary). */
void canonical_step(canonical *c, const migen_step *step);

void canonical_sql(canonical *c, const char *sql);     /* as its tokens */
void canonical_words(canonical *c, const char *words); /* with a space before them, where one is due */
void canonical_condition(canonical *c, const migen_step *step); /* of an if */

/* canonical_table.c */
void canonical_column(canonical *c, const migen_column *column);
void canonical_constraint(canonical *c, const migen_constraint *constraint);
void canonical_index(canonical *c, const migen_index *index);
void canonical_table(canonical *c, const migen_table *table);
void canonical_type(canonical *c, migen_type type);
void canonical_name(canonical *c, const char *part);
void canonical_names(canonical *c, const char *const *parts);
void canonical_value(canonical *c, const char *value);
void canonical_data(canonical *c, const char *data); /* 'data' */
void canonical_brackets(canonical *c, const char *expression);

#endif

/*
 * random_parts.h: what the makers of random steps share: names, choices out of the model, types, values, conditions.
 *
 * Idea       A maker fills a step and says whether something came of it; the model decides whether it is a valid one.
 * Invariant  All comes from one number: the same seed makes the same steps.
 * Usage      bool make_enum(random_maker *m, migen_step *out) { … one_in(m, 3) … }
 */
#ifndef MIGEN_TESTS_MATRIX_RANDOM_PARTS_H
#define MIGEN_TESTS_MATRIX_RANDOM_PARTS_H

#include "random_step.h"

#include "sql_writer.h"

typedef struct random_maker {
    random_state *r;
    arena *a;
    const schema *s;
} random_maker;

typedef bool (*random_making)(random_maker *m, migen_step *out);

bool one_in(random_maker *m, unsigned n);

/* A bare name that was not there before, some of them in need of quotes. */
const char *new_part(random_maker *m, const char *kind);
const char *object_of(random_maker *m, const char *part);
const char *new_object(random_maker *m, const char *kind); /* now and then in a schema that is there */
const char *sql_object_of(random_maker *m, object_name name);
const char *const *one_name(random_maker *m, const char *name);
const char *const *two_names(random_maker *m, const char *first, const char *second);

/* Anything that is there; NULL when nothing is, and now and then else. */
schema_table *any_table(random_maker *m);
schema_enum *any_enum(random_maker *m);
schema_view *any_view(random_maker *m);
migen_column *any_column(random_maker *m, const schema_table *t);
const char *table_object(random_maker *m, const schema_table *t);

bool is_number(const migen_column *column);
bool is_text(const migen_column *column);
/* Whether its rows are likely to differ. */
bool is_distinct(const migen_column *column);
bool has_no_order(const migen_column *column);

/* An expression that a row can fulfil, of one column. */
const char *any_condition(random_maker *m, const migen_column *column);
migen_type any_type(random_maker *m);
const char *any_default(random_maker *m, migen_type type);

/* The makers. random_table.c, random_object.c, random_data.c */
bool make_table(random_maker *m, migen_step *out);
bool ensure_more(random_maker *m, migen_step *out);
bool change_some_table(random_maker *m, migen_step *out);
bool add_columns(random_maker *m, migen_step *out);
bool change_column(random_maker *m, migen_step *out);
bool add_own_column(random_maker *m, migen_step *out);
bool make_enum(random_maker *m, migen_step *out);
bool change_enum(random_maker *m, migen_step *out);
bool make_index(random_maker *m, migen_step *out);
bool change_index(random_maker *m, migen_step *out);
bool make_constraint(random_maker *m, migen_step *out);
bool change_constraint(random_maker *m, migen_step *out);
bool make_view(random_maker *m, migen_step *out);
bool drop_view(random_maker *m, migen_step *out);
bool make_function(random_maker *m, migen_step *out);
bool drop_function(random_maker *m, migen_step *out);
bool make_trigger(random_maker *m, migen_step *out);
bool drop_trigger(random_maker *m, migen_step *out);
bool make_sequence(random_maker *m, migen_step *out);
bool make_space(random_maker *m, migen_step *out);
bool make_materialized_view(random_maker *m, migen_step *out);
bool make_comment(random_maker *m, migen_step *out);
bool make_seed(random_maker *m, migen_step *out);
bool make_backfill(random_maker *m, migen_step *out);
bool make_run(random_maker *m, migen_step *out);
bool make_saying(random_maker *m, migen_step *out);

#endif

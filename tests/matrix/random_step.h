/*
 * random_step.h: steps that may be right, made at random for a schema.
 *
 * Idea       A step is made of what the model has at this point (its tables, columns, indexes …) and of new names;
 *            whether it is a valid one the model says: schema_apply.
 * Usage      random_state r = {.seed = 7};  migen_step step;  if (random_step(&r, a, s, &step)) …
 */
#ifndef MIGEN_TESTS_MATRIX_RANDOM_STEP_H
#define MIGEN_TESTS_MATRIX_RANDOM_STEP_H

#include "operation.h"

#include <stdint.h>

typedef struct random_state {
    uint64_t seed;
    unsigned names; /* made so far: no name is used twice */
} random_state;

/* 0 … below - 1 */
unsigned random_below(random_state *r, unsigned below);

/* False when nothing came of it this time. */
bool random_step(random_state *r, arena *a, const schema *s, migen_step *out);

/* The same of what the schema's engine alone has (sequences, functions, arrays … on PostgreSQL), or of anything. */
bool random_engine_step(random_state *r, arena *a, const schema *s, migen_step *out);

#endif

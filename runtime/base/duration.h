/*
 * duration.h: times as people write them ("30s", "10ms", "2m", "1h", "0").
 */
#ifndef MIGEN_BASE_DURATION_H
#define MIGEN_BASE_DURATION_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads a duration in milliseconds. Units ms, s, m, min, h; a bare number is seconds; fractions are
 * allowed ("1.5s"). False when text is none, or is over 1,000 days. */
bool duration_parse(const char *text, int64_t *milliseconds);

/* "4.1 ms", "1.20 s", "3 min 5 s". */
char *duration_text(arena *a, double milliseconds);

/* A clock that only goes forward, in milliseconds. */
double clock_milliseconds(void);

#endif

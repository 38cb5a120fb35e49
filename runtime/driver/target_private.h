/*
 * target_private.h: the forms of a URL, one function each.
 */
#ifndef MIGEN_DRIVER_TARGET_PRIVATE_H
#define MIGEN_DRIVER_TARGET_PRIVATE_H

#include "engines.h"
#include "target.h"
#include "text.h"

/* %XX becomes its byte; a '%' without two hexadecimal digits is itself, as in passwords that nobody encoded.
 * False when a byte would be NUL. */
bool target_decode(arena *a, const char *bytes, size_t length, char **out);

/* CONFIGURATION with a message and a hint. */
status target_refuse(error *e, const char *message, const char *hint);

/* rest is what stands behind "sqlite:". */
status target_parse_sqlite(arena *a, const char *rest, target *out, error *e) MUST_USE;

/* rest is what stands behind "postgres://". */
status target_parse_postgres_url(arena *a, const char *rest, target *out, error *e) MUST_USE;

/* libpq's key=value form. */
status target_parse_postgres_words(arena *a, const char *text, target *out, error *e) MUST_USE;

/* The PG* variables: no keyword of our own, libpq reads them itself; display is made of them. */
void target_from_postgres_variables(arena *a, const char *(*environment)(const char *name), target *out);

#endif

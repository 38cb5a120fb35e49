/*
 * type_sql.h: what CREATE TABLE says for a type, on each engine.
 *
 * Idea       Made from types.def alone, so that a type's text is the same wherever SQL is written.
 * Invariant  The PostgreSQL text is what format_type() prints, but for the serial words (which it never
 *            prints) and for enums, whose names are quoted.
 * Usage      char *declared = type_sql(a, MIGEN_SQLITE, column->type);
 */
#ifndef MIGEN_SCHEMA_TYPE_SQL_H
#define MIGEN_SCHEMA_TYPE_SQL_H

#include "arena.h"
#include "migen_step.h"

/* "character varying(255)", "numeric(10,2)[]", "\"auth\".\"status\""; on SQLite "VARCHAR(255)", "UUID TEXT".
 * Without what stands beside a type (identity, primary key, checks). NATIVE gives the engine's text as it
 * stands; "" when that engine has none. Arrays are PostgreSQL's only. */
char *type_sql(arena *a, migen_engine engine, migen_type type);

/* PostgreSQL's format_type() text to a type: "character varying(255)[]" is a varchar(255) array. What the
 * language has no word for becomes NATIVE with that very text. Enums are not known here: the caller knows
 * them by their typtype. */
migen_type type_from_postgres(arena *a, const char *formatted);

/* SQLite: the kind that a type's declaration in a STRICT table reads back as (INT, REAL, TEXT); NONE: itself. */
migen_type_kind type_strict_kind(migen_type_kind kind);

#endif

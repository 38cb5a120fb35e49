/*
 * target.h: which database: a URL in one of its forms, and where it came from.
 *
 * Idea       Lenient in what it reads (special characters in passwords work), silent about what it
 *            read: only target.display is ever shown, and it has no password.
 * Sources    --url › --url-file › MIGEN_URL › MIGEN_URL_FILE › DATABASE_URL › DATABASE_URL_FILE › PG*
 *            variables and service file (product.md 2).
 * Forms      sqlite:path, sqlite:///abs/path, sqlite::memory:, postgres://, postgresql:// (with
 *            +driver in the scheme), and libpq's key=value form (manual 34.1.1).
 */
#ifndef MIGEN_DRIVER_TARGET_H
#define MIGEN_DRIVER_TARGET_H

#include "arena.h"
#include "error.h"
#include "migen_step.h"

typedef struct target {
    migen_engine engine;
    const char *path;            /* SQLite: the file, or ":memory:" */
    bool read_only;              /* SQLite: ?mode=ro */
    bool must_exist;             /* SQLite: ?mode=ro and ?mode=rw do not make the file */
    const char *const *keywords; /* PostgreSQL: PQconnectdbParams' two lists, NULL-terminated */
    const char *const *values;
    const char *display; /* "sqlite:shop.db", "postgres://app@db:5432/shop": safe to show */
    const char *source;  /* "--url", "MIGEN_URL_FILE", "PGHOST" … */
} target;

typedef struct target_options {
    const char *url;                              /* --url, or NULL */
    const char *url_file;                         /* --url-file, or NULL */
    const char *own_url, *own_url_file;           /* migen.project's, behind the variables; or NULL */
    const char *(*environment)(const char *name); /* getenv, or a test's */
} target_options;

/* Finds and reads the URL. STATUS_CONFIGURATION with a message that never quotes the URL. */
status target_find(arena *a, const target_options *options, target *out, error *e) MUST_USE;

/* Reads one URL. */
status target_parse(arena *a, const char *url, const char *source, target *out, error *e) MUST_USE;

#endif

/*
 * sqlite_private.h: the SQLite driver's own parts: running, and what the file system refuses.
 */
#ifndef MIGEN_DRIVER_SQLITE_PRIVATE_H
#define MIGEN_DRIVER_SQLITE_PRIVATE_H

#include "driver_private.h"

#include <sqlite3.h>

#define SQLITE_READ_ONLY_URL "the URL opens the database for reading only (mode=ro)"
#define SQLITE_HINT_WRITABLE "the file and its folder must be writable for the user who runs this"
#define SQLITE_HINT_FULL     "make room on the disk, then run it again: it goes on"

typedef struct sqlite_driver {
    driver common;
    sqlite3 *database;
    const char *path;
    int64_t busy_timeout;      /* milliseconds */
    double busy_since;         /* when the current wait for a lock began */
    int64_t statement_timeout; /* milliseconds; 0: none */
    double statement_begun;
    bool timed_out; /* the current statement did */
    bool stand_in;
    bool by_url; /* the URL says that it is only read */
} sqlite_driver;

/* The driver's `run` (driver.h). */
status sqlite_driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                         driver_result *results, error *e) MUST_USE;

/* The folder of the file. */
char *sqlite_folder(arena *a, const char *path);

/* What the file system has against it, in words, for SQLite's extended code; NULL: nothing that can be seen. */
char *sqlite_trouble(arena *a, const char *path, int code);

/* The error of a file that could not be opened; message is SQLite's. */
status sqlite_open_failed(arena *a, const char *path, int code, const char *message, error *e) MUST_USE;

#endif

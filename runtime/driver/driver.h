/*
 * driver.h: a connection to a database, the same for both engines.
 *
 * Idea       driver_run sends a list of statements in one go. On PostgreSQL it is a pipeline (libpq,
 *            manual 34.5): one round trip, whatever the number. On SQLite they run one after the
 *            other.
 * Invariant  After the first error nothing behind it (up to the next sync) has been carried out.
 *            Values are text; NULL is a NULL pointer. No message, error or log ever holds a password.
 * Usage      driver_result results[2]; status s = driver_run(d, statements, 2, a, results, &e);
 */
#ifndef MIGEN_DRIVER_DRIVER_H
#define MIGEN_DRIVER_DRIVER_H

#include "arena.h"
#include "engines.h"
#include "error.h"
#include "migen_step.h"
#include "target.h"

#include <stdint.h>

typedef struct driver driver;

typedef struct driver_statement {
    const char *sql;
    const char *const *parameters; /* $1 … on PostgreSQL, ?1 … on SQLite; text, NULL is NULL */
    size_t parameter_count;
    bool sync_after; /* PostgreSQL: a Sync behind it; what follows runs even if this fails */
    bool outside;    /* it can be in no transaction */
    const char *
        shown; /* what an error says in place of a statement that is none of the user's; NULL: the statement */
} driver_statement;

typedef struct driver_result {
    bool done; /* it was carried out */
    size_t row_count, column_count;
    const char *const *values; /* row_count × column_count, in the caller's arena */
    int64_t affected;          /* rows, of INSERT, UPDATE, DELETE; 0 else */
    bool first_is_text; /* the first column is of a character type (PostgreSQL), its first value is text
                           (SQLite) */
} driver_result;

typedef struct driver_options {
    const char *application_name; /* "migen/1.4.0" */
    int64_t connect_timeout;      /* milliseconds; 0: the engine's */
    int64_t busy_timeout;         /* SQLite, milliseconds */
    int64_t statement_timeout;    /* SQLite, milliseconds; 0: none. PostgreSQL's is a setting */
    bool read_only;               /* SQLite: open without creating or writing */
    bool must_exist;              /* SQLite: a file that is not there is no database */
} driver_options;

/* Settings for a connection whose session may be another one in each transaction, as a pooler makes it: they are given to
 * each transaction anew, and nothing of them is left in a session. */
typedef struct driver_settings {
    const char *begin; /* the words in the place of a BEGIN */
    const char *local; /* sets them until the transaction's end */
    const char *set,
        *undo; /* around a statement that can be in no transaction; NULL: the session's own will do */
} driver_settings;

/* Looks after something else while a statement runs, a few times in a second. Where it fails, the statement is cancelled
 * as by an interruption, and its error is that of the run. It must not use the connection that runs. */
typedef status (*driver_watch)(void *owner, error *e);

/* Opens a connection; from then on SIGPIPE is ignored, unless the program has a handler of its own. *out is freed by driver_close. STATUS_NO_CONNECTION, STATUS_NOT_PERMITTED (SQLSTATE
 * 28xxx, an unreadable file) or STATUS_CONFIGURATION. */
status driver_open(const target *t, const driver_options *options, driver **out, error *e) MUST_USE;
void driver_close(driver *d); /* NULL is allowed */

/* PostgreSQL; NULL: none. Neither is copied. */
void driver_use_settings(driver *d, const driver_settings *settings);
void driver_use_watch(driver *d, driver_watch watch, void *owner);

/* Runs count statements, results[i] for each (results may be NULL). The first error is returned and put into
 * e with its statement, sqlstate, detail, hint, position and statement_index. Statuses: STATUS_FAILED;
 * STATUS_BUSY (55P03, 40P01, 40001, 53300, SQLITE_BUSY, SQLITE_LOCKED); STATUS_NOT_PERMITTED (42501,
 * SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH); STATUS_STOPPED (connection lost, 57P0x, interrupted by
 * driver_interrupt). */
status driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                  driver_result *results, error *e) MUST_USE;

/* One statement. */
status driver_query(driver *d, const char *sql, arena *a, driver_result *result, error *e) MUST_USE;

const char *driver_value(const driver_result *r, size_t row, size_t column);

migen_engine driver_engine(const driver *d);
int driver_server_version(const driver *d); /* 150020, 3040001 */
bool driver_in_transaction(const driver *d);
bool driver_is_alive(const driver *d);
int driver_backend_pid(const driver *d); /* what the connection was told; 0 on SQLite */
/* SQLite: STATUS_NOT_PERMITTED and why, where the file can only be read. */
status driver_refuse_read_only(driver *d, error *e) MUST_USE;
bool driver_is_stand_in(
    const driver *d); /* SQLite, read_only: there is no file, an empty database stands in */
uint64_t driver_statement_count(const driver *d); /* statements sent that are no SELECT, SHOW, SET, PRAGMA,
                                                     BEGIN, COMMIT, ROLLBACK, SAVEPOINT: "writes" */

/* What was sent since the count was `count` has been rolled back, and has written nothing. */
void driver_forget_statements(driver *d, uint64_t count);

/* Called from a signal handler: what is running is cancelled, every driver_run after it is STATUS_STOPPED
 * until driver_resume. Async-signal-safe. */
void driver_interrupt(void);
bool driver_interrupted(void);
void driver_resume(void);

/* "SQLite 3.40.1", "libpq 15.20, OpenSSL 3.0.19": what is linked in. */
char *driver_library_versions(arena *a);

#endif

/*
 * driver_private.h: what the two drivers and driver.c share, and nobody else sees.
 *
 * Idea       A driver begins with its table of operations, so that driver.c can call it without
 *            knowing it.
 * Invariant  A failure is put into the caller's record only when that is still empty: the first error
 *            wins, with all its fields. The status that is returned is always that of the call itself.
 * Usage      struct sqlite_driver { struct driver common; sqlite3 *database; };
 */
#ifndef MIGEN_DRIVER_PRIVATE_H
#define MIGEN_DRIVER_PRIVATE_H

#include "driver.h"

typedef struct driver_operations {
    migen_engine engine;
    status (*run)(driver *d, const driver_statement *statements, size_t count, arena *a,
                  driver_result *results, error *e);
    void (*close)(driver *d);
    int (*server_version)(const driver *d);
    bool (*in_transaction)(const driver *d);
    bool (*is_alive)(const driver *d);
    int (*backend_pid)(const driver *d);
    status (*refuse_read_only)(driver *d, error *e);
    bool (*is_stand_in)(const driver *d);
} driver_operations;

struct driver {
    const driver_operations *operations;
    arena *memory; /* the driver lives in it */
    uint64_t statement_count;
    const driver_settings *settings; /* NULL: the session keeps them */
    driver_watch watch;              /* NULL: none */
    void *watch_owner;
};

/* The operations' run, or what a test makes of it. */
status driver_run_plain(driver *d, const driver_statement *statements, size_t count, arena *a,
                        driver_result *results, error *e) MUST_USE;

/* postgres_settings.c: driver_run_plain with d->settings around what needs them. */
status postgres_run_with_settings(driver *d, const driver_statement *statements, size_t count, arena *a,
                                  driver_result *results, error *e) MUST_USE;

/* One failure, in texts that may go away after driver_fail. */
typedef struct driver_failure {
    status code;
    const char *message;
    const char *detail;
    const char *hint;
    const char *sqlstate;
    const char *schema;
    int position;
} driver_failure;

/* Copies the failure into e, unless an earlier one is there. statement may be NULL. Returns failure->code. */
status driver_fail(error *e, const driver_failure *failure, const driver_statement *statement, size_t index);

/* The failure of a call that came after driver_interrupt. */
status driver_fail_interrupted(error *e, const driver_statement *statement, size_t index);

/* The hint for a refused statement that says what only a later version of the engine knows, in a's memory; NULL where it says
 * nothing of that. missing_function: it was refused for a function that is not there. */
char *driver_version_hint(const driver *d, const char *sql, bool missing_function, arena *a);

/* An engine that is older than what is served. */
status driver_refuse_too_old(const driver *d, arena *a, error *e) MUST_USE;

/* Counts the statement where it is a write. */
void driver_count(driver *d, const char *sql);

/* Is the first word of the statement (comments and brackets before it are passed over) one of the list? */
bool driver_first_word_is(const char *sql, const char *const *words, size_t count);

/* driver_fault.c: the operations' run, with what a test wants to happen before or behind one of its statements. Weak: they
 * are there in a test's binary alone, where driver_fault.c was compiled with -DMIGEN_FAULTS and linked in; else NULL. */
__attribute__((weak)) status driver_fault_run(driver *d, const driver_statement *statements, size_t count,
                                              arena *a, driver_result *results, error *e);
__attribute__((weak)) void driver_fault_point(driver *d); /* d may be NULL */

status sqlite_driver_open(const target *t, const driver_options *options, driver **out, error *e) MUST_USE;
void sqlite_driver_interrupt(void); /* async-signal-safe */
char *sqlite_library_version(arena *a);

status postgres_driver_open(const target *t, const driver_options *options, driver **out, error *e) MUST_USE;
void postgres_prepare_surroundings(
    void); /* a static binary: before the first use of libpq; safe to call again */
char *postgres_library_version(arena *a);

#endif

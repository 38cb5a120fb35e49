/*
 * SQLite: opening and closing a file, waiting for its lock, and being interrupted.
 */
#include "sqlite_private.h"

#include "duration.h"
#include "sqlite_error.h"
#include "text.h"

#include <sqlite3.h>

#if SQLITE_VERSION_NUMBER < 3035000
#error "migen needs SQLite 3.35 or later"
#endif

#include <string.h>
#include <time.h>
#include <unistd.h>

/* The open databases, for the signal handler. A run has one, a test some more. */
#define SQLITE_DRIVER_DATABASES 8
static sqlite3 *volatile sqlite_driver_databases[SQLITE_DRIVER_DATABASES];

void sqlite_driver_interrupt(void)
{
    for (size_t i = 0; i < SQLITE_DRIVER_DATABASES; i++) {
        sqlite3 *database = sqlite_driver_databases[i];
        if (database != NULL)
            sqlite3_interrupt(database);
    }
}

static void sqlite_driver_register(sqlite3 *database)
{
    for (size_t i = 0; i < SQLITE_DRIVER_DATABASES; i++) {
        if (sqlite_driver_databases[i] == NULL) {
            sqlite_driver_databases[i] = database;
            return;
        }
    }
    /* One that found no place is still stopped by its progress handler. */
}

static void sqlite_driver_forget(const sqlite3 *database)
{
    for (size_t i = 0; i < SQLITE_DRIVER_DATABASES; i++)
        if (sqlite_driver_databases[i] == database)
            sqlite_driver_databases[i] = NULL;
}

/* sqlite3_interrupt is forgotten when it comes just before a statement begins; the flag is not. */
static int sqlite_driver_progress(void *context)
{
    sqlite_driver *s = context;
    s->timed_out =
        s->statement_timeout > 0 && clock_milliseconds() - s->statement_begun > (double)s->statement_timeout;
    return driver_interrupted() || s->timed_out ? 1 : 0;
}

/* In place of busy_timeout, which would sleep on after a signal. 0 gives up. */
static int sqlite_driver_busy(void *context, int attempt)
{
    sqlite_driver *s = context;
    if (driver_interrupted())
        return 0;
    double now = clock_milliseconds();
    if (attempt == 0)
        s->busy_since = now;
    double left = (double)s->busy_timeout - (now - s->busy_since);
    if (left <= 0)
        return 0;
    /* Short waits first: most locks are gone in a moment. The process id keeps twenty waiters from marching
     * in step. */
    double wait = attempt < 5 ? 1 << attempt : 25 + (double)((getpid() + attempt * 7) % 16);
    if (wait > left)
        wait = left;
    struct timespec pause = {.tv_nsec = (long)(wait * 1e6)};
    (void)nanosleep(&pause, NULL);
    return 1;
}

/* ---- opening ---- */

static int sqlite_driver_open_path(sqlite_driver *s, const char *path, int flags)
{
    if (s->database != NULL) {
        sqlite_driver_forget(s->database);
        (void)sqlite3_close(s->database);
        s->database = NULL;
    }
    int code = sqlite3_open_v2(path, &s->database, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite_driver_register(s->database);
        (void)sqlite3_extended_result_codes(s->database, 1);
        (void)sqlite3_busy_handler(s->database, sqlite_driver_busy, s);
        sqlite3_progress_handler(s->database, 1000, sqlite_driver_progress, s);
    } else if (s->database != NULL) {
        code = sqlite3_extended_errcode(s->database);
    }
    return code;
}

/* A first read: opening alone does not look at the file. */
static int sqlite_driver_probe(sqlite_driver *s)
{
    int code = sqlite3_exec(s->database, "PRAGMA schema_version", NULL, NULL, NULL);
    return code == SQLITE_OK ? code : sqlite3_extended_errcode(s->database);
}

/* "file:…?immutable=1" with the path's special characters written as %XX. */
static char *sqlite_driver_immutable_uri(arena *a, const char *path)
{
    builder b = builder_new(a);
    builder_add(&b, "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (strchr("%?#", *c) != NULL)
            builder_add_format(&b, "%%%02X", (unsigned)(unsigned char)*c);
        else
            builder_add_character(&b, *c);
    }
    builder_add(&b, "?immutable=1");
    return b.bytes;
}

/*
 * A database in WAL mode on a read-only medium can only be read as immutable: SQLite would have to make its
 * -shm file. That is right only when no -wal is there, whose content would be missed, and when nobody can
 * write to the folder.
 */
static int sqlite_driver_try_immutable(sqlite_driver *s, int code)
{
    arena *a = s->common.memory;
    if (code != SQLITE_READONLY_DIRECTORY && (code & 0xff) != SQLITE_CANTOPEN &&
        code != SQLITE_READONLY_CANTINIT)
        return code;
    if (access(s->path, R_OK) != 0 || access(sqlite_folder(a, s->path), W_OK) == 0 ||
        access(arena_format(a, "%s-wal", s->path), F_OK) == 0)
        return code;
    int again = sqlite_driver_open_path(s, sqlite_driver_immutable_uri(a, s->path),
                                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    return again == SQLITE_OK ? sqlite_driver_probe(s) : again;
}

static int sqlite_driver_open_target(sqlite_driver *s, const target *t, bool read_only, bool must_exist)
{
    const char *path = t->path;
    /* read_only opens for writing all the same, and forbids it by query_only: a connection that may not write
     * leaves the -wal and -shm files behind that it had to make for reading (safety: no file is touched or
     * left). */
    int flags = t->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    bool there = strcmp(path, ":memory:") == 0 || access(path, F_OK) == 0;
    if (!read_only && !must_exist)
        flags |= SQLITE_OPEN_CREATE;
    else if (!there && !must_exist && access(sqlite_folder(s->common.memory, path), F_OK) == 0) {
        s->stand_in = true;
        path = ":memory:";
    }
    int code = sqlite_driver_open_path(s, path, flags);
    if (code == SQLITE_OK)
        code = sqlite_driver_probe(s);
    if (code != SQLITE_OK)
        code = sqlite_driver_try_immutable(s, code);
    /* Somebody holds the file just now: that is for the first statement to meet, which can say so better. */
    return (code & 0xff) == SQLITE_BUSY ? SQLITE_OK : code;
}

static void sqlite_driver_close(driver *d)
{
    sqlite_driver *s = (sqlite_driver *)d;
    if (s->database == NULL)
        return;
    sqlite_driver_forget(s->database);
    (void)sqlite3_close_v2(s->database);
}

static int sqlite_driver_server_version(const driver *d)
{
    (void)d;
    return sqlite3_libversion_number();
}

static bool sqlite_driver_in_transaction(const driver *d)
{
    return sqlite3_get_autocommit(((const sqlite_driver *)d)->database) == 0;
}

static bool sqlite_driver_is_alive(const driver *d)
{
    (void)d;
    return true;
}

static int sqlite_driver_backend_pid(const driver *d)
{
    (void)d;
    return 0;
}

static status sqlite_driver_refuse_read_only(driver *d, error *e)
{
    sqlite_driver *s = (sqlite_driver *)d;
    if (sqlite3_db_readonly(s->database, "main") != 1)
        return STATUS_OK;
    const char *trouble =
        s->by_url ? SQLITE_READ_ONLY_URL : sqlite_trouble(e->memory, s->path, SQLITE_READONLY);
    driver_failure failure = {
        .code = STATUS_NOT_PERMITTED,
        .message =
            trouble != NULL ? trouble : arena_format(e->memory, "\"%s\" can only be read here", s->path),
        .hint = SQLITE_HINT_WRITABLE,
        .sqlstate = "SQLITE_READONLY"};
    return driver_fail(e, &failure, NULL, 0);
}

static bool sqlite_driver_is_stand_in(const driver *d)
{
    return ((const sqlite_driver *)d)->stand_in;
}

static const driver_operations sqlite_driver_operations = {
    .engine = MIGEN_SQLITE,
    .run = sqlite_driver_run,
    .close = sqlite_driver_close,
    .server_version = sqlite_driver_server_version,
    .in_transaction = sqlite_driver_in_transaction,
    .is_alive = sqlite_driver_is_alive,
    .backend_pid = sqlite_driver_backend_pid,
    .refuse_read_only = sqlite_driver_refuse_read_only,
    .is_stand_in = sqlite_driver_is_stand_in,
};

status sqlite_driver_open(const target *t, const driver_options *options, driver **out, error *e)
{
    arena *a = arena_new();
    sqlite_driver *s = ARENA_NEW(a, sqlite_driver);
    s->common = (driver){.operations = &sqlite_driver_operations, .memory = a};
    s->path = arena_string(a, t->path);
    s->busy_timeout = options->busy_timeout;
    s->statement_timeout = options->statement_timeout;
    s->by_url = t->read_only;
    int code = sqlite_driver_open_target(s, t, options->read_only, t->must_exist || options->must_exist);
    if (code != SQLITE_OK) {
        status outcome = sqlite_open_failed(a, s->path, code, sqlite3_errmsg(s->database), e);
        driver_close(&s->common);
        return outcome;
    }
    /* Temporary files have no place in an empty container; a power cut must not undo what was reported. */
    (void)sqlite3_exec(s->database, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
    (void)sqlite3_exec(s->database, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    if (options->read_only || t->read_only)
        (void)sqlite3_exec(s->database, "PRAGMA query_only = ON", NULL, NULL, NULL);
    *out = &s->common;
    return STATUS_OK;
}

char *sqlite_library_version(arena *a)
{
    return arena_format(a, "SQLite %s", sqlite3_libversion());
}

/*
 * SQLite. The statements of a run are carried out one after the other, and the first error ends it.
 */
#include "sqlite_private.h"

#include "duration.h"
#include "sqlite_error.h"
#include "text.h"
#include "utf8.h"
#include "vector.h"

#include <sqlite3.h>

#if SQLITE_VERSION_NUMBER < 3035000
#error "migen needs SQLite 3.35 or later"
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

/* ---- running ---- */

/* What this SQLite is too old for, or was built without. */
static const char *sqlite_driver_version_hint(const sqlite_driver *s, const char *message, const char *sql,
                                              arena *a)
{
    bool missing = text_starts_with(message, "no such function: ");
    if (missing && strstr(message, ": json") != NULL && sqlite3_libversion_number() < 3038000)
        return arena_format(
            a, "SQLite %s was built without JSON (SQLITE_ENABLE_JSON1); from 3.38 on every one has it",
            sqlite3_libversion());
    return driver_version_hint(&s->common, sql, missing, a);
}

static status sqlite_driver_failed(sqlite_driver *s, int code, const driver_statement *statement,
                                   size_t index, error *e)
{
    if (driver_interrupted())
        return driver_fail_interrupted(e, statement, index);
    driver_failure failure = {.code = sqlite_error_status(code),
                              .message = sqlite3_errmsg(s->database),
                              .sqlstate = sqlite_error_name(code)};
    if ((code & 0xff) == SQLITE_INTERRUPT && s->timed_out) {
        failure.code = STATUS_STOPPED; /* as PostgreSQL's */
        failure.message = "canceling statement due to statement timeout";
        failure.hint = "--statement-timeout says how long one may take";
    }
#if SQLITE_VERSION_NUMBER >= 3038000
    int offset = sqlite3_error_offset(s->database);
    if (offset >= 0)
        failure.position = (int)utf8_count(statement->sql, (size_t)offset) + 1;
#endif
    const char *trouble = s->by_url && (code & 0xff) == SQLITE_READONLY
                              ? SQLITE_READ_ONLY_URL
                              : sqlite_trouble(e->memory, s->path, code);
    if (trouble != NULL) {
        failure.detail = failure.message;
        failure.message = trouble;
        failure.code = (code & 0xff) == SQLITE_READONLY ? STATUS_NOT_PERMITTED : STATUS_STOPPED;
    }
    if ((code & 0xff) == SQLITE_READONLY)
        failure.hint = SQLITE_HINT_WRITABLE;
    else if ((code & 0xff) == SQLITE_FULL || (trouble != NULL && failure.code == STATUS_STOPPED))
        failure.hint = SQLITE_HINT_FULL;
    else if ((code & 0xff) == SQLITE_IOERR)
        failure.hint = "the disk, or the file system, could not do it; when that is mended, run it again";
    else if ((code & 0xff) == SQLITE_BUSY)
        failure.hint = "another process holds the database: try again, or wait longer with --lock-timeout";
    else if (text_starts_with(failure.message, "malformed database schema"))
        failure.hint = "perhaps a later SQLite has written it, with something that this one does not know: "
                       "see `version` for which SQLite this program has";
    else if (code == SQLITE_ERROR && statement != NULL)
        failure.hint = sqlite_driver_version_hint(s, failure.message, statement->sql, e->memory);
    bool of_file = (code & 0xff) == SQLITE_READONLY; /* the next statement would fare no better */
    return driver_fail(e, &failure, of_file ? NULL : statement, index);
}

/* What is behind the first statement must be white space, semicolons and comments. */
static bool sqlite_driver_tail_is_empty(const char *tail)
{
    while (*tail != '\0') {
        if (strchr(" \t\r\n\f\v;", *tail) != NULL) {
            tail++;
        } else if (tail[0] == '-' && tail[1] == '-') {
            tail += strcspn(tail, "\n");
        } else if (tail[0] == '/' && tail[1] == '*') {
            const char *end = strstr(tail + 2, "*/");
            if (end == NULL)
                return true;
            tail = end + 2;
        } else {
            return false;
        }
    }
    return true;
}

/* The number of the parameter at a place: the one that it is written with (?1, and $1 as on PostgreSQL, which SQLite
 * takes for a name and counts in the order of their first mention). */
static size_t sqlite_driver_parameter(sqlite3_stmt *prepared, int place)
{
    const char *name = sqlite3_bind_parameter_name(prepared, place);
    size_t number = name == NULL ? 0 : (size_t)strtoul(name + 1, NULL, 10);
    return number == 0 ? (size_t)place : number;
}

/* Binds all parameters; SQLite's code. More of them than the statement has places for are an error, as on PostgreSQL. */
static int sqlite_driver_bind(const driver_statement *statement, sqlite3_stmt *prepared)
{
    int places = sqlite3_bind_parameter_count(prepared), code = SQLITE_OK;
    size_t highest = 0;
    for (int i = 1; i <= places && code == SQLITE_OK; i++) {
        size_t number = sqlite_driver_parameter(prepared, i);
        const char *value = number <= statement->parameter_count ? statement->parameters[number - 1] : NULL;
        code = value == NULL ? sqlite3_bind_null(prepared, i)
                             : sqlite3_bind_text(prepared, i, value, -1, SQLITE_STATIC);
        highest = number > highest ? number : highest;
    }
    if (code == SQLITE_OK && highest < statement->parameter_count)
        code = sqlite3_bind_null(prepared, places + 1);
    return code;
}

static status sqlite_driver_prepare(sqlite_driver *s, const driver_statement *statement, size_t index,
                                    sqlite3_stmt **prepared, error *e)
{
    const char *tail = NULL;
    int code = sqlite3_prepare_v2(s->database, statement->sql, -1, prepared, &tail);
    if (code != SQLITE_OK)
        return sqlite_driver_failed(s, sqlite3_extended_errcode(s->database), statement, index, e);
    if (!sqlite_driver_tail_is_empty(tail)) {
        driver_failure failure = {.code = STATUS_FAILED,
                                  .message = "more than one statement in one piece of SQL",
                                  .sqlstate = "SQLITE_MISUSE",
                                  .position =
                                      (int)utf8_count(statement->sql, (size_t)(tail - statement->sql)) + 1};
        return driver_fail(e, &failure, statement, index);
    }
    if (sqlite_driver_bind(statement, *prepared) != SQLITE_OK)
        return sqlite_driver_failed(s, sqlite3_extended_errcode(s->database), statement, index, e);
    return STATUS_OK;
}

static const char *sqlite_driver_value(sqlite3_stmt *prepared, int column, arena *a)
{
    int type = sqlite3_column_type(prepared, column);
    if (type == SQLITE_NULL)
        return NULL;
    if (type != SQLITE_BLOB) {
        const void *text = sqlite3_column_text(prepared, column);
        return arena_copy(a, text, (size_t)sqlite3_column_bytes(prepared, column));
    }
    const unsigned char *bytes = sqlite3_column_blob(prepared, column);
    size_t length = (size_t)sqlite3_column_bytes(prepared, column);
    static const char digits[] = "0123456789abcdef";
    char *text = arena_allocate(a, length * 2 + 4);
    size_t at = 0;
    text[at++] = 'x';
    text[at++] = '\'';
    for (size_t i = 0; i < length; i++) {
        text[at++] = digits[bytes[i] >> 4];
        text[at++] = digits[bytes[i] & 15];
    }
    text[at] = '\'';
    return text;
}

static int64_t sqlite_driver_affected(sqlite_driver *s, sqlite3_stmt *prepared, const char *sql)
{
    /* sqlite3_changes keeps the number of the last such statement, so others must not ask for it. */
    static const char *const writes[] = {"insert", "update", "delete", "replace", "with"};
    if (sqlite3_stmt_readonly(prepared) ||
        !driver_first_word_is(sql, writes, sizeof writes / sizeof writes[0]))
        return 0;
#if SQLITE_VERSION_NUMBER >= 3037000
    return sqlite3_changes64(s->database);
#else
    return sqlite3_changes(s->database);
#endif
}

/* Steps to the end. Returns SQLite's code: SQLITE_DONE when all went well. */
static int sqlite_driver_step(sqlite_driver *s, sqlite3_stmt *prepared, const char *sql, arena *a,
                              driver_result *result)
{
    VECTOR(const char *) values = {0};
    size_t rows = 0;
    int columns = sqlite3_column_count(prepared);
    int code = sqlite3_step(prepared);
    bool text = code == SQLITE_ROW && columns > 0 && sqlite3_column_type(prepared, 0) == SQLITE_TEXT;
    for (; code == SQLITE_ROW; code = sqlite3_step(prepared)) {
        rows++;
        for (int i = 0; result != NULL && i < columns; i++)
            vector_push(a, &values, sqlite_driver_value(prepared, i, a));
    }
    if (code == SQLITE_DONE && result != NULL)
        *result = (driver_result){.done = true,
                                  .row_count = rows,
                                  .column_count = (size_t)columns,
                                  .values = values.items,
                                  .affected = sqlite_driver_affected(s, prepared, sql),
                                  .first_is_text = text};
    return code;
}

static status sqlite_driver_run_one(sqlite_driver *s, const driver_statement *statement, size_t index,
                                    arena *a, driver_result *result, error *e)
{
    if (driver_interrupted())
        return driver_fail_interrupted(e, statement, index);
    s->statement_begun = clock_milliseconds();
    s->timed_out = false;
    driver_count(&s->common, statement->sql);
    sqlite3_stmt *prepared = NULL;
    status outcome = sqlite_driver_prepare(s, statement, index, &prepared, e);
    if (outcome == STATUS_OK && prepared == NULL) {
        if (result != NULL)
            result->done = true; /* nothing but comments */
    } else if (outcome == STATUS_OK) {
        int code = sqlite_driver_step(s, prepared, statement->sql, a, result);
        if (code != SQLITE_DONE)
            outcome = sqlite_driver_failed(s, sqlite3_extended_errcode(s->database), statement, index, e);
    }
    (void)sqlite3_finalize(prepared); /* repeats the step's error */
    return outcome;
}

static status sqlite_driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                                driver_result *results, error *e)
{
    sqlite_driver *s = (sqlite_driver *)d;
    for (size_t i = 0; i < count; i++) {
        status outcome =
            sqlite_driver_run_one(s, &statements[i], i, a, results == NULL ? NULL : &results[i], e);
        if (outcome != STATUS_OK)
            return outcome;
    }
    return STATUS_OK;
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

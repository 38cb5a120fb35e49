/*
 * Statements on SQLite: they are carried out one after the other, and the first error ends the run.
 */
#include "sqlite_private.h"

#include "duration.h"
#include "sqlite_error.h"
#include "text.h"
#include "utf8.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>

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

status sqlite_driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
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

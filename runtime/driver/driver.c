#include "driver.h"

#include "driver_private.h"
#include "text.h"

#include <signal.h>
#include <string.h>
#include <strings.h>

/* Set by a signal handler, read by both drivers while they wait. */
static volatile sig_atomic_t driver_interruption;

void driver_interrupt(void)
{
    driver_interruption = 1;
    if (HAS_SQLITE)
        sqlite_driver_interrupt();
}

bool driver_interrupted(void)
{
    return driver_interruption != 0;
}

void driver_resume(void)
{
    driver_interruption = 0;
}

status driver_fail(error *e, const driver_failure *failure, const driver_statement *statement, size_t index)
{
    if (e->code != STATUS_OK)
        return failure->code;
    (void)error_set(e, failure->code, "%s", failure->message);
    e->detail = arena_string(e->memory, failure->detail);
    e->hint = arena_string(e->memory, failure->hint);
    e->sqlstate = arena_string(e->memory, failure->sqlstate);
    e->schema = arena_string(e->memory, failure->schema);
    bool own = statement != NULL && statement->shown != NULL;
    e->position = own ? 0 : failure->position;
    e->statement =
        statement == NULL ? NULL : arena_string(e->memory, own ? statement->shown : statement->sql);
    e->statement_index = index;
    return failure->code;
}

status driver_fail_interrupted(error *e, const driver_statement *statement, size_t index)
{
    driver_failure failure = {
        .code = STATUS_STOPPED, .message = "interrupted", .hint = "run it again, it goes on"};
    return driver_fail(e, &failure, statement, index);
}

/* The first byte that is no white space, comment or opening bracket. */
static const char *driver_skip_to_word(const char *sql)
{
    for (;;) {
        if (*sql != '\0' && strchr(" \t\r\n\f\v(;", *sql) != NULL) {
            sql++;
        } else if (sql[0] == '-' && sql[1] == '-') {
            while (*sql != '\0' && *sql != '\n')
                sql++;
        } else if (sql[0] == '/' && sql[1] == '*') {
            const char *end = strstr(sql + 2, "*/");
            if (end == NULL)
                return sql + strlen(sql);
            sql = end + 2;
        } else {
            return sql;
        }
    }
}

bool driver_first_word_is(const char *sql, const char *const *words, size_t count)
{
    const char *word = driver_skip_to_word(sql);
    size_t length = 0;
    while ((word[length] >= 'a' && word[length] <= 'z') || (word[length] >= 'A' && word[length] <= 'Z'))
        length++;
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], word, length) == 0)
            return true;
    return false;
}

/* Whether a WITH may change rows: a word of it says so. */
static bool driver_with_writes(const char *sql)
{
    static const char *const writes[] = {"insert", "update", "delete", "merge"};
    for (bool in_word = false; *sql != '\0'; sql++) {
        bool letter = (*sql >= 'a' && *sql <= 'z') || (*sql >= 'A' && *sql <= 'Z') || *sql == '_';
        if (letter && !in_word && driver_first_word_is(sql, writes, sizeof writes / sizeof writes[0]))
            return true;
        in_word = letter;
    }
    return false;
}

void driver_count(driver *d, const char *sql)
{
    static const char *const with[] = {"with"};
    /* The rest of the transaction words are those of the header by another name. */
    static const char *const no_writes[] = {"select", "show",     "set",       "pragma",  "begin",
                                            "commit", "rollback", "savepoint", "release", "start",
                                            "end",    "abort",    "reset",     "values",  ""};
    if (driver_first_word_is(sql, with, 1) && !driver_with_writes(sql))
        return;
    if (!driver_first_word_is(sql, no_writes, sizeof no_writes / sizeof no_writes[0]))
        d->statement_count++;
}

/* A closed log or a dead server must be an error to handle, not the end in the middle of an index build. A handler of
 * the program's own is left as it is. */
static void driver_outlive_pipes(void)
{
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        (void)sigaction(SIGPIPE, &action, NULL);
    }
}

status driver_open(const target *t, const driver_options *options, driver **out, error *e)
{
    *out = NULL;
    driver_outlive_pipes();
    if (HAS_POSTGRES)
        postgres_prepare_surroundings();
    if (driver_fault_point != NULL)
        driver_fault_point(NULL);
    if (driver_interrupted())
        return driver_fail_interrupted(e, NULL, 0);
    driver *d = NULL;
    status s = ENGINE_OWN(t->engine, driver_open)(t, options, &d, e);
    if (s == STATUS_OK)
        s = driver_refuse_too_old(d, d->memory, e);
    if (s == STATUS_OK)
        *out = d;
    else
        driver_close(d);
    return s;
}

void driver_close(driver *d)
{
    if (d == NULL)
        return;
    arena *memory = d->memory;
    d->operations->close(d);
    arena_free(memory);
}

void driver_use_settings(driver *d, const driver_settings *settings)
{
    d->settings = settings;
}

void driver_use_watch(driver *d, driver_watch watch, void *owner)
{
    d->watch = watch;
    d->watch_owner = owner;
}

status driver_run_plain(driver *d, const driver_statement *statements, size_t count, arena *a,
                        driver_result *results, error *e)
{
    if (driver_fault_run != NULL)
        return driver_fault_run(d, statements, count, a, results, e);
    return d->operations->run(d, statements, count, a, results, e);
}

status driver_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                  driver_result *results, error *e)
{
    if (results != NULL && count != 0)
        memset(results, 0, count * sizeof *results);
    if (count == 0)
        return STATUS_OK;
    if (driver_interrupted())
        return driver_fail_interrupted(e, statements, 0);
    if (HAS_POSTGRES && d->settings != NULL)
        return postgres_run_with_settings(d, statements, count, a, results, e);
    return driver_run_plain(d, statements, count, a, results, e);
}

status driver_query(driver *d, const char *sql, arena *a, driver_result *result, error *e)
{
    driver_statement statement = {.sql = sql};
    return driver_run(d, &statement, 1, a, result, e);
}

const char *driver_value(const driver_result *r, size_t row, size_t column)
{
    if (row >= r->row_count || column >= r->column_count)
        return NULL;
    return r->values[row * r->column_count + column];
}

migen_engine driver_engine(const driver *d)
{
    return d->operations->engine;
}

int driver_server_version(const driver *d)
{
    return d->operations->server_version(d);
}

bool driver_in_transaction(const driver *d)
{
    return d->operations->in_transaction(d);
}

bool driver_is_alive(const driver *d)
{
    return d->operations->is_alive(d);
}

int driver_backend_pid(const driver *d)
{
    return d->operations->backend_pid(d);
}

status driver_refuse_read_only(driver *d, error *e)
{
    return d->operations->refuse_read_only(d, e);
}

bool driver_is_stand_in(const driver *d)
{
    return d->operations->is_stand_in(d);
}

uint64_t driver_statement_count(const driver *d)
{
    return d->statement_count;
}

void driver_forget_statements(driver *d, uint64_t count)
{
    d->statement_count = count;
}

char *driver_library_versions(arena *a)
{
    const char *versions[3] = {NULL};
    size_t count = 0;
    if (HAS_SQLITE)
        versions[count++] = sqlite_library_version(a);
    if (HAS_POSTGRES)
        versions[count++] = postgres_library_version(a);
    return list_join(a, versions, ", ");
}

/*
 * What went wrong in a run on PostgreSQL, as the driver's error: SQLSTATEs (PostgreSQL manual, appendix A) in classes, with
 * hints. The first failure of a run is its error.
 */
#include "postgres_private.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

static bool postgres_code_starts(const char *sqlstate, const char *prefix)
{
    return sqlstate != NULL && strncmp(sqlstate, prefix, strlen(prefix)) == 0;
}

static status postgres_status_of(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        status code;
    } table[] = {
        {"55P03", STATUS_BUSY},
        {"40P01", STATUS_BUSY},
        {"40001", STATUS_BUSY},
        {"53300", STATUS_BUSY},
        {"57P0", STATUS_STOPPED},
        {"57014", STATUS_STOPPED},
        {"42501", STATUS_NOT_PERMITTED},
        {"08", STATUS_STOPPED},
        {"28", STATUS_NOT_PERMITTED},
        {"25P03", STATUS_STOPPED},
        {"25P04", STATUS_STOPPED},
        {"53", STATUS_STOPPED}, /* the disk, the memory: nothing that the migration has wrong */
        {"58030", STATUS_STOPPED},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (postgres_code_starts(sqlstate, table[i].prefix))
            return table[i].code;
    return STATUS_FAILED;
}

static const char *postgres_hint_of(const char *sqlstate)
{
    if (postgres_code_starts(sqlstate, "53100"))
        return "make room on the server's disk, then run it again: it goes on";
    if (postgres_code_starts(sqlstate, "57014"))
        return "it was cancelled by somebody else, or by --statement-timeout; run it again, it goes on";
    return NULL;
}

void postgres_run_fail(postgres_run *run, const driver_failure *failure, size_t index)
{
    if (run->outcome != STATUS_OK)
        return;
    const driver_statement *statement = index < run->count ? &run->statements[index] : NULL;
    run->outcome = driver_fail(run->e, failure, statement, index);
}

void postgres_run_lost(postgres_run *run)
{
    run->p->lost = true;
    run->finished = true;
    const char *text = PQerrorMessage(run->p->connection);
    size_t length = strcspn(text, "\n");
    driver_failure failure = {.code = STATUS_STOPPED,
                              .message = "the connection to the server was lost",
                              .detail = length == 0 ? NULL : arena_copy(run->memory, text, length),
                              .hint = "run it again, it goes on",
                              .sqlstate = "08006"};
    if (postgres_is_without_memory(text)) {
        failure.message = "out of memory: the connection to the server was given up";
        failure.sqlstate = "53200";
    }
    if (driver_interrupted())
        failure.message = "interrupted, and the connection to the server was lost";
    postgres_run_fail(run, &failure, run->reading);
}

/* The server's hint, or ours where the statement is newer or older than the server. */
static const char *postgres_hint(const postgres_run *run, const char *sqlstate, const char *own)
{
    if (run->reading >= run->count)
        return own;
    const char *sql = run->statements[run->reading].sql;
    if (text_equal(sqlstate, "42710") && PQserverVersion(run->p->connection) >= 180000 &&
        strstr(sql, "_not_null\"") != NULL)
        return "PostgreSQL 18 gives such names to the constraints of NOT NULL: take another name, or rename "
               "that "
               "one before (ALTER TABLE … RENAME CONSTRAINT)";
    if (own == NULL && text_equal(sqlstate, "0A000") && text_starts_with(sql, "ALTER TABLE") &&
        strstr(sql, " TYPE ") != NULL)
        return "a rule or policy that names the column is raw SQL's: drop it in a `run` before, and make it "
               "again in one behind";
    /* Syntax, a missing function or type, an unknown parameter. */
    if (!postgres_code_starts(sqlstate, "42") && !text_equal(sqlstate, "22023"))
        return own;
    const char *newer = driver_version_hint(&run->p->common, sql, text_equal(sqlstate, "42883"), run->memory);
    return newer != NULL ? newer : own;
}

void postgres_run_server_error(postgres_run *run, const PGresult *r)
{
    const char *sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *position = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
    if (severity == NULL) /* a pooler's own words have one form only */
        severity = PQresultErrorField(r, PG_DIAG_SEVERITY);
    if (sqlstate == NULL) { /* libpq's own: the connection is gone, or it has no memory for what has come */
        postgres_run_lost(run);
        return;
    }
    driver_failure failure = {
        .code = postgres_status_of(sqlstate),
        .message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY),
        .detail = PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL),
        .hint = PQresultErrorField(r, PG_DIAG_MESSAGE_HINT),
        .sqlstate = sqlstate,
        .schema = PQresultErrorField(r, PG_DIAG_SCHEMA_NAME),
        .position = position == NULL ? 0 : (int)strtol(position, NULL, 10),
    };
    if (failure.message == NULL)
        failure.message =
            arena_copy(run->memory, PQresultErrorMessage(r), strcspn(PQresultErrorMessage(r), "\n"));
    if (failure.hint == NULL)
        failure.hint = postgres_hint_of(sqlstate);
    if (failure.detail == NULL)
        failure.detail = PQresultErrorField(r, PG_DIAG_CONTEXT); /* the line of a DO block or a function */
    failure.hint = postgres_hint(run, sqlstate, failure.hint);
    bool fatal = text_equal(severity, "FATAL") || text_equal(severity, "PANIC");
    if (fatal) {
        run->p->lost = true;
        failure.code = STATUS_STOPPED;
        if (strstr(failure.message, "statement pooling mode") != NULL) {
            failure.code = STATUS_CONFIGURATION;
            failure.hint =
                "the pooler before the server is in statement mode, where nothing can be a transaction: give "
                "a direct URL, or one of a pool in session or transaction mode";
        }
    }
    if (run->stopping && text_equal(sqlstate, "57014")) {
        failure.code = STATUS_STOPPED;
        failure.message = "interrupted";
        failure.hint = "run it again, it goes on";
    }
    postgres_run_fail(run, &failure, run->reading);
    if (fatal)
        run->finished = true;
}

/* COPY turns the protocol around in the middle of the pipeline: there is no way back from it but a new
 * connection. */
void postgres_run_copy(postgres_run *run)
{
    driver_failure failure = {.code = STATUS_FAILED,
                              .message = "COPY from or to the client cannot be run in a migration",
                              .hint = "use seed or INSERT, or COPY with a file on the server"};
    postgres_run_fail(run, &failure, run->reading);
    run->p->lost = true;
    run->finished = true;
}

/*
 * Fault points, for tests alone: nothing of this is in a binary unless it was compiled with -DMIGEN_FAULTS, as one file with
 * the runtime, or as an object of its own that is linked beside it (`migen test` carries one).
 *
 * A point is before each call of the driver and behind each statement of it. At point number MIGEN_FAULT the process
 * suffers what MIGEN_FAULT_KIND says: "kill" (SIGKILL, the default), "term" (SIGTERM) or "cut" (the server ends the
 * session), "stop" (SIGSTOP: it waits for a SIGCONT). "count" says at the end on stderr how many points there were. A pipeline is
 * cut in two there, so that what lies between two of its statements is tried too.
 *
 * "error SQLSTATE" puts a statement that fails so in the place of the point's; "errors SQLSTATE" in the place of all from
 * there on. For PostgreSQL: SQLite's files can fail by themselves (tests/support/faulty_files.c).
 */
#include "driver_private.h"

#ifdef MIGEN_FAULTS

#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long driver_faults_passed;

static void driver_fault_say_count(void)
{
    fprintf(stderr, "fault points: %lu\n", driver_faults_passed);
}

static void driver_fault_begin(void)
{
    if (driver_faults_passed == 0 && text_equal(getenv("MIGEN_FAULT_KIND"), "count"))
        (void)atexit(driver_fault_say_count);
}

/* How many points are left until the fault, this one included; 0: none is wanted any more. */
static unsigned long driver_fault_distance(void)
{
    const char *text = getenv("MIGEN_FAULT");
    unsigned long wanted = text == NULL ? 0 : strtoul(text, NULL, 10);
    return wanted > driver_faults_passed ? wanted - driver_faults_passed : 0;
}

/* What fails in a statement's place; NULL: no error is wanted. */
static const char *driver_fault_error(arena *a)
{
    const char *kind = getenv("MIGEN_FAULT_KIND");
    if (kind == NULL || !text_starts_with(kind, "error"))
        return NULL;
    builder b = builder_new(a);
    builder_add(&b, "DO $$BEGIN RAISE EXCEPTION 'a fault for a test' USING ERRCODE = '");
    builder_add(&b, kind + strcspn(kind, " ") + strspn(kind + strcspn(kind, " "), " "));
    builder_add(&b, "'; END$$");
    return b.bytes;
}

/* Runs the list with the failing statement in it; false: none of them is meant. */
static bool driver_fault_replace(arena *a, const driver_statement *statements, size_t count, size_t distance,
                                 driver_statement **replaced)
{
    const char *failing = driver_fault_error(a);
    bool behind = distance == 0 && text_starts_with(getenv("MIGEN_FAULT_KIND"), "errors");
    if (failing == NULL || (!behind && (distance == 0 || distance > count)))
        return false;
    *replaced = ARENA_NEW_ARRAY(a, driver_statement, count);
    memcpy(*replaced, statements, count * sizeof *statements);
    size_t at = behind ? 0 : distance - 1;
    while (at < count && text_starts_with(statements[at].sql, "ROLLBACK")) /* that cannot fail */
        at++;
    if (at == count)
        return false;
    (*replaced)[at] = (driver_statement){.sql = failing, .sync_after = statements[at].sync_after};
    return true;
}

static void driver_fault_happen(driver *d)
{
    const char *kind = getenv("MIGEN_FAULT_KIND");
    if (text_starts_with(kind == NULL ? "" : kind, "error"))
        return;
    if (text_equal(kind, "term")) {
        (void)raise(SIGTERM);
    } else if (text_equal(kind, "stop")) {
        (void)raise(SIGSTOP);
    } else if (text_equal(kind, "cut")) {
        arena *a = arena_new();
        error ignored = error_new(a);
        driver_statement end = {.sql = "SELECT pg_terminate_backend(pg_backend_pid())"};
        if (d != NULL && ENGINE_IS_POSTGRES(d->operations->engine)) {
            status s = d->operations->run(d, &end, 1, a, NULL, &ignored);
            (void)s; /* it does not come back */
        }
        arena_free(a);
    } else {
        (void)raise(SIGKILL);
    }
}

void driver_fault_point(driver *d)
{
    driver_fault_begin();
    bool now = driver_fault_distance() == 1;
    driver_faults_passed++;
    if (now)
        driver_fault_happen(d);
}

status driver_fault_run(driver *d, const driver_statement *statements, size_t count, arena *a,
                        driver_result *results, error *e)
{
    driver_fault_point(d);
    size_t first = (size_t)driver_fault_distance();
    driver_faults_passed += count;
    driver_statement *replaced = NULL;
    if (getenv("MIGEN_FAULT") != NULL && driver_fault_replace(a, statements, count, first, &replaced))
        return d->operations->run(d, replaced, count, a, results, e);
    if (driver_fault_error(a) != NULL)
        return d->operations->run(d, statements, count, a, results, e);
    if (first == 0 || first > count)
        return d->operations->run(d, statements, count, a, results, e);
    status s = d->operations->run(d, statements, first, a, results, e);
    driver_fault_happen(d);
    if (s != STATUS_OK || first == count)
        return s;
    s = d->operations->run(d, &statements[first], count - first, a, results == NULL ? NULL : &results[first],
                           e);
    if (s != STATUS_OK)
        e->statement_index += first;
    return s;
}

#endif

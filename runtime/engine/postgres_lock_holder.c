/* Who has the migration lock, in words; and `unlock`. */
#include "lock_parts.h"

#include "sql_writer.h"
#include "text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

driver_statement lock_statement(migen *run, const char *sql, const char *first, const char *second)
{
    const char **parameters = ARENA_NEW_ARRAY(run->memory, const char *, 2);
    parameters[0] = first;
    parameters[1] = second;
    return (driver_statement){
        .sql = sql, .parameters = parameters, .parameter_count = second == NULL ? 1 : 2};
}

/* SQL: a moment, and how long that is ago. */
#define LOCK_SINCE(moment)                                                                                   \
    "to_char(" moment ", 'YYYY-MM-DD HH24:MI:SS TZ') || ' (' || floor(extract(epoch FROM "                   \
    "clock_timestamp() - " moment "))::text || ' s ago)'"

/* Since when: a session's lock is about as old as that is, a transaction's as its transaction, whoever else had the session of a pooler
 * before. */
static bool lock_find_holder(migen *run, const char *key, lock_owner *out)
{
    driver_statement ask = lock_statement(
        run,
        "SELECT a.pid, a.application_name, coalesce(', from ' || host(a.client_addr), CASE WHEN "
        "a.backend_start IS NULL THEN '' ELSE ', on a local socket' END), " LOCK_SINCE(
            "s.since") ", a.usename FROM pg_catalog.pg_locks l LEFT JOIN "
                       "pg_catalog.pg_stat_activity a ON a.pid = l.pid CROSS JOIN "
                       "LATERAL (SELECT CASE WHEN $1::text = $2::text OR a.query = '" LOCK_REST
                       "' THEN coalesce(a.xact_start, a.backend_start) ELSE "
                       "a.backend_start END) AS s(since)"
                       " WHERE " LOCK_HOLDS_KEY " LIMIT 1",
        key, run->proof.down_key);
    driver_result result = {0};
    error ignored = error_new(run->memory);
    if (driver_run(run->driver, &ask, 1, run->memory, &result, &ignored) != STATUS_OK ||
        result.row_count == 0)
        return false;
    const char *name = driver_value(&result, 0, 1);
    const char *user = driver_value(&result, 0, 4);
    if (text_is_empty(name)) /* not to be seen by this role */
        name = arena_format(run->memory, "a session of %s", user == NULL ? "another role" : user);
    out->who = arena_format(run->memory, "%s (server process %s%s)", name, driver_value(&result, 0, 0),
                            driver_value(&result, 0, 2));
    out->since = driver_value(&result, 0, 3);
    return true;
}

bool lock_find_session(migen *run, lock_owner *out)
{
    return lock_find_holder(run, lock_key(run), out);
}

bool lock_lease_goes_down(const lock_owner *lease)
{
    return !lock_has_ended(lease) && text_ends_with(lease->who, LOCK_GOES_DOWN);
}

bool lock_is_for_way_down(migen *run)
{
    lock_owner owner = {0};
    (void)lock_key(run);
    return lock_find_holder(run, run->proof.down_key, &owner) ||
           (lock_find_lease(run, &owner) && lock_lease_goes_down(&owner));
}

bool lock_find_lease(migen *run, lock_owner *out)
{
    if (!run->lease_exists)
        return false;
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT holder, process, token, " LOCK_SINCE("since") ", ceil(extract(epoch FROM until - "
                                                                        "clock_timestamp()))::bigint FROM");
    sql_object(&w, postgres_lease_table(run));
    sql_words(&w, "WHERE id = 1 AND holder IS NOT NULL");
    driver_result result = {0};
    error ignored = error_new(run->memory);
    if (driver_query(run->driver, sql_text(&w), run->memory, &result, &ignored) != STATUS_OK ||
        result.row_count == 0)
        return false;
    *out = (lock_owner){.who = driver_value(&result, 0, 0),
                        .process = driver_value(&result, 0, 1),
                        .token = driver_value(&result, 0, 2),
                        .since = driver_value(&result, 0, 3),
                        .left = driver_value(&result, 0, 4)};
    return true;
}

bool lock_has_ended(const lock_owner *lease)
{
    return lease->left == NULL || strtol(lease->left, NULL, 10) <= 0;
}

char *postgres_lock_holder(migen *run)
{
    lock_owner owner = {0};
    if (run->driver == NULL || !driver_is_alive(run->driver))
        return NULL;
    bool goes_down = lock_key(run) != NULL && lock_find_holder(run, run->proof.down_key, &owner);
    if (goes_down || lock_find_session(run, &owner)) /* its keeper may be gone, and it goes on */
        return arena_format(run->memory, "%s%s, since %s", owner.who, goes_down ? LOCK_GOES_DOWN : "",
                            owner.since == NULL ? "?" : owner.since);
    if (!lock_find_lease(run, &owner) || lock_has_ended(&owner))
        return NULL;
    return arena_format(run->memory, "%s, since %s, by a lease that ends in %s s unless it is put off",
                        owner.who, owner.since == NULL ? "?" : owner.since, owner.left);
}

/* ---- which process ---- */

/* The rest of a small file's first line; "" where it cannot be read. */
static char *process_read_line(arena *a, const char *path)
{
    char line[512] = "";
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return arena_string(a, "");
    if (fgets(line, sizeof line, f) == NULL)
        line[0] = '\0';
    (void)fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return arena_string(a, line);
}

/* When it began, in the kernel's ticks since the machine did: field 22 of /proc/PID/stat, counted behind the name, which
 * may have anything in it (proc(5)). */
static char *process_beginning(arena *a, long process)
{
    char *at = strrchr(process_read_line(a, arena_format(a, "/proc/%ld/stat", process)), ')');
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    return at == NULL ? arena_string(a, "") : arena_copy(a, at + 1, strcspn(at + 1, " "));
}

/* This boot of this machine, and this container on it: only there a process number means the same. */
static char *process_place(arena *a)
{
    char space[128] = "";
    ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    const char *boot = process_read_line(a, "/proc/sys/kernel/random/boot_id");
    if (length <= 0 || *boot == '\0')
        return arena_string(a, "");
    return arena_format(a, "%s %s", boot, space);
}

char *lock_process_mark(arena *a)
{
    const char *place = process_place(a);
    const char *beginning = process_beginning(a, (long)getpid());
    if (*place == '\0' || *beginning == '\0')
        return arena_string(a, "");
    return arena_format(a, "%s %ld %s", place, (long)getpid(), beginning);
}

bool lock_process_is_gone(arena *a, const char *mark)
{
    const char *place = process_place(a);
    if (text_is_empty(mark) || *place == '\0' || !text_starts_with(mark, place))
        return false;
    char *end = NULL;
    long process = strtol(mark + strlen(place), &end, 10);
    if (process <= 0 || *end != ' ')
        return false;
    if (kill((pid_t)process, 0) != 0 && errno == ESRCH)
        return true;
    const char *beginning = process_beginning(a, process);
    return *beginning != '\0' && !text_equal(beginning, end + 1); /* its number is another's now */
}

/* ---- unlock ---- */

static status unlock_lease(migen *run, const lock_owner *owner)
{
    bool gone = lock_process_is_gone(run->memory, owner->process);
    bool freed = false;
    report_print(run->report, "the migration lock is leased by %s, since %s", owner->who,
                 owner->since == NULL ? "?" : owner->since);
    if (!gone && !lock_has_ended(owner)) {
        status s = error_set(&run->error, STATUS_BUSY,
                             "the lease was put off lately: its holder is not provably gone");
        error_hint(&run->error, "if it is gone, the lease ends by itself in %s s", owner->left);
        return s;
    }
    status s = lock_lease_free(run, owner->token, &freed);
    if (s != STATUS_OK)
        return s;
    report_print(run->report, gone ? "that process was on this machine and is gone"
                                   : "it has ended without having been put off: its holder is gone");
    report_end(run->report, "unlock", "ok", "%s", freed ? "freed" : "somebody else has taken it meanwhile");
    return STATUS_OK;
}

status postgres_free_lease(migen *run)
{
    lock_owner owner = {0};
    if (lock_find_session(run, &owner)) {
        report_print(run->report, "the migration lock is held by %s, since %s", owner.who,
                     owner.since == NULL ? "?" : owner.since);
        report_print(
            run->report,
            "it belongs to that session and is gone when that ends; what is half done then, the next `up` "
            "finishes");
        report_print(
            run->report,
            "if its client is gone for good, its own role may end it: SELECT pg_terminate_backend(PROCESS)");
        report_end(run->report, "unlock", "ok", "no lease to free");
        return STATUS_OK;
    } else if (lock_find_lease(run, &owner)) {
        return unlock_lease(run, &owner);
    } else {
        report_print(run->report, "nobody holds the migration lock");
    }
    report_end(run->report, "unlock", "ok", "nothing to free");
    return STATUS_OK;
}

/* SQLite's migration lock: the file itself, by BEGIN IMMEDIATE. It goes with the transaction, or with the process. */
#include "lock.h"
#include "session.h"
#include "version.h"

#include "duration.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where SQLite locks (https://www.sqlite.org/fileformat.html#the_lock_byte_page): a file from there on, and of WAL's index the
 * byte of who writes. */
#define SQLITE_LOCK_FIRST  1073741824UL
#define SQLITE_LOCK_LAST   1073742335UL
#define SQLITE_LOCK_WRITER 120UL

typedef struct sqlite_lock_line {
    char kind[16], mode[8];
    long process;
    unsigned long inode, first;
} sqlite_lock_line;

/* A lock of the kernel's list; false: one that is only waited for. */
static bool sqlite_lock_read(const char *text, sqlite_lock_line *line)
{
    return sscanf(text, "%*d: %15s %*s %7s %ld %*x:%*x:%lu %lu", line->kind, line->mode, &line->process,
                  &line->inode, &line->first) == 5;
}

static char *sqlite_lock_process(arena *a, long process)
{
    char name[64] = "";
    FILE *f = process > 0 ? fopen(arena_format(a, "/proc/%ld/comm", process), "r") : NULL;
    if (f != NULL && fgets(name, sizeof name, f) == NULL)
        name[0] = '\0';
    if (f != NULL)
        (void)fclose(f);
    name[strcspn(name, "\n")] = '\0';
    if (process <= 0) /* of another container */
        return arena_string(a, "a process that is not to be seen from here");
    return name[0] == '\0' ? arena_format(a, "process %ld", process)
                           : arena_format(a, "%s (process %ld)", name, process);
}

/* By the kernel's list, as opening and closing the file here would give up SQLite's own locks on it. Who writes; else, where
 * readers are in the way of a COMMIT, who reads. */
char *sqlite_lock_holder(migen *run)
{
    struct stat file, index;
    const char *path = run->target->path;
    bool wal = stat(arena_format(run->memory, "%s-shm", path), &index) == 0;
    FILE *f = stat(path, &file) == 0 ? fopen("/proc/locks", "r") : NULL;
    long writer = -1, reader = -1;
    char text[256];
    while (f != NULL && fgets(text, sizeof text, f) != NULL) {
        sqlite_lock_line line = {.process = -1};
        if (!sqlite_lock_read(text, &line) || line.process == (long)getpid())
            continue;
        bool of_file =
            line.inode == file.st_ino && line.first >= SQLITE_LOCK_FIRST && line.first <= SQLITE_LOCK_LAST;
        bool of_index = wal && line.inode == index.st_ino && line.first == SQLITE_LOCK_WRITER;
        if ((of_file || of_index) && strcmp(line.mode, "WRITE") == 0)
            writer = line.process;
        else if (of_file && !wal)
            reader = line.process;
    }
    if (f != NULL)
        (void)fclose(f);
    if (writer == -1 && reader == -1)
        return NULL;
    return sqlite_lock_process(run->memory, writer != -1 ? writer : reader);
}

void sqlite_name_holder(migen *run)
{
    const char *holder = sqlite_lock_holder(run);
    if (holder != NULL)
        run->error.message = arena_format(run->memory, "\"%s\" is locked by %s", run->target->path, holder);
    run->error.hint = "run it again when that has ended, or wait longer with --lock-timeout";
}

status sqlite_take_lock(migen *run)
{
    double begun = clock_milliseconds();
    double until = begun + (double)run->options->lock_timeout;
    double pause = 10;
    lock_patience waiting = {.begun = begun};
    status s = driver_query(run->driver, "PRAGMA foreign_keys = OFF", run->memory, NULL, &run->error);
    if (s != STATUS_OK)
        return s;
    s = driver_query(run->driver, "BEGIN IMMEDIATE", run->memory, NULL, &run->error);
    while (s == STATUS_BUSY && clock_milliseconds() < until && !driver_interrupted()) {
        error_clear(&run->error);
        run_say_waiting(run, "the migration lock", &waiting);
        run_sleep(run_jitter(pause));
        pause = pause < 200 ? pause * 2 : pause;
        s = driver_query(run->driver, "BEGIN IMMEDIATE", run->memory, NULL, &run->error);
    }
    if (s == STATUS_BUSY)
        sqlite_name_holder(run);
    if (s != STATUS_OK)
        return s;
    run->in_transaction = true;
    run->locked = true;
    run->entry_trace.waited = clock_milliseconds() - begun;
    s = run_read_history(run);
    if (s != STATUS_OK)
        return s;
    /* SQLite's enums are in the history, not in the catalogue. */
    run->expected = version_schema(run, version_applied, NULL);
    return run_read_live(run);
}

/* Whether what was selected before still stands upon its parents, or, going down, under no child of its own. */
static bool sqlite_is_in_order(const migen *run, size_t position, bool down)
{
    const migen_migration *m = run->release->migrations[position];
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *other = run->release->migrations[i];
        if (down ? version_applied(run, i) && list_contains(other->after, m->id)
                 : !version_applied(run, i) && list_contains(m->after, other->id))
            return false;
    }
    return true;
}

status sqlite_begin_next(migen *run, size_t position, bool down)
{
    status s = run_lock(run);
    if (s != STATUS_OK)
        return s;
    run->expected = version_schema(run, version_applied, run->live);
    if (version_applied(run, position) != down || sqlite_is_in_order(run, position, down))
        return STATUS_OK;
    return error_set(&run->error, STATUS_BUSY, "another process has %s meanwhile",
                     down ? "gone up" : "gone down"); /* it is selected anew */
}

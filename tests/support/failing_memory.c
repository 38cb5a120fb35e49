/*
 * failing_memory: an allocator that has no more memory when it is told to; linked into a test's release binary, whose malloc,
 * calloc and realloc it takes the place of, also for libpq and SQLite.
 *
 * Usage   FAILING_MEMORY="N" or "N on": the N-th allocation gives NULL, with "on" all from there on.
 *         FAILING_MEMORY_ONLY=calloc: only calloc's are counted, which are the arena's (runtime/base/arena.c).
 *         FAILING_MEMORY_COUNT=FILE: there their number is written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static struct {
    bool ready, on, only_calloc;
    long at, passed;
} memory;

static bool memory_fails(bool is_calloc)
{
    if (!memory.ready || (memory.only_calloc && !is_calloc))
        return false;
    memory.passed++;
    if (memory.at == 0 || (memory.on ? memory.passed < memory.at : memory.passed != memory.at))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return memory_fails(false) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return memory_fails(true) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return memory_fails(false) ? NULL : __libc_realloc(old, size);
}

__attribute__((destructor)) static void memory_say_count(void)
{
    const char *path = getenv("FAILING_MEMORY_COUNT");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", memory.passed);
    (void)!write(file, text, (size_t)length);
    close(file);
}

__attribute__((constructor)) static void memory_begin(void)
{
    const char *plan = getenv("FAILING_MEMORY"), *only = getenv("FAILING_MEMORY_ONLY");
    memory.at = plan == NULL ? 0 : strtol(plan, NULL, 10);
    memory.on = plan != NULL && strstr(plan, " on") != NULL;
    memory.only_calloc = only != NULL && strcmp(only, "calloc") == 0;
    memory.ready = true;
}

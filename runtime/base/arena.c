#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
} arena_block;

struct arena {
    arena_block *first;
    size_t next_size;
};

#define ARENA_FIRST_BLOCK ((size_t)4096)
#define ARENA_LAST_BLOCK  ((size_t)1 << 20)

_Noreturn void arena_out_of_memory(void)
{
    static const char message[] = "out of memory: nothing was left half done, run it again\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written; /* nothing is left to do when even that fails */
    _exit(3);
}

arena *arena_new(void)
{
    arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        arena_out_of_memory();
    a->next_size = ARENA_FIRST_BLOCK;
    return a;
}

void arena_free(arena *a)
{
    if (a == NULL)
        return;
    for (arena_block *block = a->first; block != NULL;) {
        arena_block *next = block->next;
        free(block);
        block = next;
    }
    free(a);
}

static arena_block *arena_block_new(arena *a, size_t needed)
{
    size_t size = a->next_size;
    if (size < needed)
        size = needed;
    if (a->next_size < ARENA_LAST_BLOCK)
        a->next_size *= 2;
    if (size > SIZE_MAX - sizeof(arena_block))
        arena_out_of_memory();
    arena_block *block = calloc(1, sizeof(arena_block) + size);
    if (block == NULL)
        arena_out_of_memory();
    block->size = size;
    /* A block made for one large thing goes behind the current one, so that the current one's room is still used. */
    if (a->first != NULL && size == needed && a->first->size - a->first->used > needed / 8) {
        block->next = a->first->next;
        a->first->next = block;
    } else {
        block->next = a->first;
        a->first = block;
    }
    return block;
}

void *arena_allocate(arena *a, size_t size)
{
    const size_t unit = sizeof(max_align_t);
    if (size > SIZE_MAX - unit)
        arena_out_of_memory();
    size_t rounded = (size + unit - 1) / unit * unit;
    if (rounded == 0)
        rounded = unit;
    arena_block *block = a->first;
    if (block == NULL || block->size - block->used < rounded)
        block = arena_block_new(a, rounded);
    void *result = (char *)block->bytes + block->used;
    block->used += rounded;
    return result;
}

void *arena_allocate_array(arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        arena_out_of_memory();
    return arena_allocate(a, count * size);
}

char *arena_copy(arena *a, const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        arena_out_of_memory();
    char *copy = arena_allocate(a, length + 1);
    if (length != 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_string(arena *a, const char *string)
{
    return string == NULL ? NULL : arena_copy(a, string, strlen(string));
}

char *arena_format_list(arena *a, const char *format, va_list arguments)
{
    if (format == NULL) /* never; but gcc sees the way beside UBSan's checks, and warns of it */
        return arena_string(a, "");
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        length = 0;
    char *result = arena_allocate(a, (size_t)length + 1);
    vsnprintf(result, (size_t)length + 1, format, arguments);
    return result;
}

char *arena_format(arena *a, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *result = arena_format_list(a, format, arguments);
    va_end(arguments);
    return result;
}

/*
 * arena.h: memory that is given back all at once.
 *
 * Idea       A run, a step or a check owns an arena; what it makes lives in it, and goes with it.
 * Invariant  Memory is zeroed and aligned for any object. An allocation never returns NULL: when the
 *            system has no more memory the process says so and ends with exit code 3 ("run it again"),
 *            which is safe because every database change of migen survives a kill at any moment.
 * Usage      arena *a = arena_new();  thing *t = ARENA_NEW(a, thing);  ...  arena_free(a);
 */
#ifndef MIGEN_BASE_ARENA_H
#define MIGEN_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct arena arena;

/* A new, empty arena. Owned by the caller until arena_free. */
arena *arena_new(void);

/* Frees the arena and all that was made in it. NULL is allowed. */
void arena_free(arena *a);

/* size bytes, zeroed, aligned for any object. Owned by the arena. */
void *arena_allocate(arena *a, size_t size);

/* count * size bytes, zeroed; the multiplication is checked. */
void *arena_allocate_array(arena *a, size_t count, size_t size);

/* A copy of length bytes, with a NUL behind them. */
char *arena_copy(arena *a, const char *bytes, size_t length);

/* A copy of a C string; NULL gives NULL. */
char *arena_string(arena *a, const char *string);

/* printf into the arena. For people's messages only: SQL goes through sql_writer.h, C through c_writer.h. */
char *arena_format(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same of a list of arguments, which is used up by it (C11 7.21.6.12). */
char *arena_format_list(arena *a, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* The end of the process, as of any allocation here: for a library's call that had no memory. */
_Noreturn void arena_out_of_memory(void);

#define ARENA_NEW(a, type)              ((type *)arena_allocate((a), sizeof(type)))
#define ARENA_NEW_ARRAY(a, type, count) ((type *)arena_allocate_array((a), (count), sizeof(type)))

#endif

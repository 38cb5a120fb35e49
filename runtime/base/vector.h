/*
 * vector.h: a growing array of one type, in an arena.
 *
 * Idea       VECTOR(type) is a struct of items, count and capacity; the push doubles. Old arrays stay in
 *            the arena until it goes, so pointers into a vector go stale at a push, but never dangle.
 * Usage      typedef VECTOR(const char *) name_list;  name_list names = {0};  vector_push(a, &names, "x");
 */
#ifndef MIGEN_BASE_VECTOR_H
#define MIGEN_BASE_VECTOR_H

#include "arena.h"

#include <stddef.h>
#include <string.h>

#define VECTOR(type)                                                                                         \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t count;                                                                                        \
        size_t capacity;                                                                                     \
    }

/* The next free slot of v, grown where needed. */
#define vector_push(a, v, item)                                                                              \
    do {                                                                                                     \
        if ((v)->count == (v)->capacity)                                                                     \
            (v)->items = vector_grow((a), (v)->items, (v)->count, &(v)->capacity, sizeof *(v)->items);       \
        (v)->items[(v)->count++] = (item);                                                                   \
    } while (0)

/* Takes out item i, keeping the order of the others. */
#define vector_remove(v, i)                                                                                  \
    do {                                                                                                     \
        size_t vector_at = (i);                                                                              \
        memmove((v)->items + vector_at, (v)->items + vector_at + 1,                                          \
                ((v)->count - vector_at - 1) * sizeof *(v)->items);                                          \
        (v)->count--;                                                                                        \
    } while (0)

/* Puts item before position i. */
#define vector_insert(a, v, i, item)                                                                         \
    do {                                                                                                     \
        size_t vector_at = (i);                                                                              \
        vector_push((a), (v), (item));                                                                       \
        memmove((v)->items + vector_at + 1, (v)->items + vector_at,                                          \
                ((v)->count - vector_at - 1) * sizeof *(v)->items);                                          \
        (v)->items[vector_at] = (item);                                                                      \
    } while (0)

/* Used by vector_push. */
void *vector_grow(arena *a, const void *items, size_t count, size_t *capacity, size_t item_size);

#endif

#include "vector.h"

void *vector_grow(arena *a, const void *items, size_t count, size_t *capacity, size_t item_size)
{
    size_t wider = *capacity == 0 ? 8 : *capacity * 2;
    void *grown = arena_allocate_array(a, wider, item_size);
    if (count != 0)
        memcpy(grown, items, count * item_size);
    *capacity = wider;
    return grown;
}

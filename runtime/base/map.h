/*
 * map.h: from a string to a pointer, in an arena; keeps the order in which keys came.
 *
 * Usage      map m = map_new(a);  map_set(&m, "users", table);  table *t = map_get(&m, "users");
 */
#ifndef MIGEN_BASE_MAP_H
#define MIGEN_BASE_MAP_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct map_entry {
    const char *key; /* owned by the map's arena */
    void *value;     /* NULL after map_remove */
    bool removed;
} map_entry;

typedef struct map {
    arena *memory;
    map_entry *entries; /* in the order of their first coming; count of them, removed ones among them */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into entries, or 0 */
    size_t slot_count;
} map;

map map_new(arena *a);
void *map_get(const map *m, const char *key); /* NULL when it is not there */
bool map_has(const map *m, const char *key);
void map_set(map *m, const char *key, void *value); /* adds or replaces */
void map_remove(map *m, const char *key);
map_entry *map_entry_of(const map *m, const char *key); /* NULL when it is not there */
map map_copy(arena *a, const map *m);                   /* shares keys and values */

/* Whether entry i, which is not removed, has this value: in a copy what was not changed has kept its place. */
bool map_has_at(const map *m, size_t i, const void *value);

/* FNV-1a, 64 bits: stable over versions and machines. */
uint64_t hash_bytes(const void *bytes, size_t length);

#endif

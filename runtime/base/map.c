#include "map.h"

#include <string.h>

uint64_t hash_bytes(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++) {
        hash ^= at[i];
        hash *= UINT64_C(1099511628211);
    }
    return hash;
}

map map_new(arena *a)
{
    return (map){.memory = a};
}

/* The slot that holds key, or the empty one where it would go. slot_count is a power of two, never full. */
static size_t map_slot(const map *m, const char *key)
{
    size_t mask = m->slot_count - 1;
    size_t slot = (size_t)hash_bytes(key, strlen(key)) & mask;
    while (m->slots[slot] != 0 && strcmp(m->entries[m->slots[slot] - 1].key, key) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

map_entry *map_entry_of(const map *m, const char *key)
{
    if (m->slot_count == 0 || key == NULL)
        return NULL;
    size_t slot = map_slot(m, key);
    if (m->slots[slot] == 0)
        return NULL;
    map_entry *entry = &m->entries[m->slots[slot] - 1];
    return entry->removed ? NULL : entry;
}

void *map_get(const map *m, const char *key)
{
    const map_entry *entry = map_entry_of(m, key);
    return entry == NULL ? NULL : entry->value;
}

bool map_has(const map *m, const char *key)
{
    return map_entry_of(m, key) != NULL;
}

bool map_has_at(const map *m, size_t i, const void *value)
{
    return i < m->count && !m->entries[i].removed && m->entries[i].value == value;
}

map map_copy(arena *a, const map *m)
{
    map copy = *m;
    copy.memory = a;
    copy.entries = ARENA_NEW_ARRAY(a, map_entry, m->capacity);
    copy.slots = ARENA_NEW_ARRAY(a, uint32_t, m->slot_count);
    if (m->capacity != 0) {
        memcpy(copy.entries, m->entries, m->count * sizeof *m->entries);
        memcpy(copy.slots, m->slots, m->slot_count * sizeof *m->slots);
    }
    return copy;
}

static void map_widen(map *m)
{
    size_t capacity = m->capacity == 0 ? 16 : m->capacity * 2;
    map_entry *entries = ARENA_NEW_ARRAY(m->memory, map_entry, capacity);
    if (m->count != 0)
        memcpy(entries, m->entries, m->count * sizeof *entries);
    m->entries = entries;
    m->capacity = capacity;
    m->slot_count = capacity * 2;
    m->slots = ARENA_NEW_ARRAY(m->memory, uint32_t, m->slot_count);
    for (size_t i = 0; i < m->count; i++)
        m->slots[map_slot(m, m->entries[i].key)] = (uint32_t)(i + 1);
}

void map_set(map *m, const char *key, void *value)
{
    if (m->count == m->capacity)
        map_widen(m);
    size_t slot = map_slot(m, key);
    if (m->slots[slot] == 0) {
        m->entries[m->count] = (map_entry){.key = arena_string(m->memory, key)};
        m->slots[slot] = (uint32_t)++m->count;
    }
    map_entry *entry = &m->entries[m->slots[slot] - 1];
    entry->value = value;
    entry->removed = false;
}

void map_remove(map *m, const char *key)
{
    map_entry *entry = map_entry_of(m, key);
    if (entry == NULL)
        return;
    entry->value = NULL;
    entry->removed = true;
}

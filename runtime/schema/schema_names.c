/*
 * schema_names.c: see schema_names.h.
 */
#include "schema_names.h"

#include "text.h"

struct schema_names {
    arena *memory;
    map keys; /* name, in small letters → schema_key_list of the tables that had it */
};

schema_names *schema_names_new(arena *memory)
{
    schema_names *names = ARENA_NEW(memory, schema_names);
    names->memory = memory;
    names->keys = map_new(memory);
    return names;
}

/* On SQLite, names that differ in their case alone are one name: so they are one note, on PostgreSQL too. Two long names
 * with the same beginning are one note as well. */
enum { NOTED_BYTES = 128 };

static void names_fold(const char *name, char folded[NOTED_BYTES])
{
    size_t i = 0;
    for (; i + 1 < NOTED_BYTES && name[i] != '\0'; i++)
        folded[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
    folded[i] = '\0';
}

static void names_note(schema_names *names, const char *name, const char *key)
{
    if (name == NULL)
        return;
    char folded[NOTED_BYTES];
    names_fold(name, folded);
    schema_key_list *list = map_get(&names->keys, folded);
    if (list == NULL) {
        list = ARENA_NEW(names->memory, schema_key_list);
        map_set(&names->keys, folded, list);
    }
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->items[i], key))
            return;
    vector_push(names->memory, list, arena_string(names->memory, key));
}

static void names_note_table(schema_names *names, const schema_table *t, const char *key)
{
    names_note(names, t->name.name, key);
    for (size_t i = 0; i < t->indexes.count; i++)
        names_note(names, t->indexes.items[i].name, key);
    for (size_t i = 0; i < t->constraints.count; i++)
        names_note(names, t->constraints.items[i].name, key);
}

void schema_names_settle(schema *s)
{
    for (; s->noted_tables < s->tables.count; s->noted_tables++) {
        const map_entry *entry = &s->tables.entries[s->noted_tables];
        if (!entry->removed)
            names_note_table(s->names, entry->value, entry->key);
    }
    for (size_t i = 0; i < s->touched.count; i++) {
        const schema_table *t = map_get(&s->tables, s->touched.items[i]);
        if (t != NULL)
            names_note_table(s->names, t, s->touched.items[i]);
    }
    s->touched.count = 0;
}

void schema_names_touch(schema *s, const char *key)
{
    if (s->touched.count == 0 || !text_equal(s->touched.items[s->touched.count - 1], key))
        vector_push(s->memory, &s->touched, arena_string(s->memory, key));
}

schema_holders schema_holders_of(const schema *s, const char *name)
{
    char folded[NOTED_BYTES];
    names_fold(name, folded);
    return (schema_holders){.s = s, .noted = map_get(&s->names->keys, folded), .at_new = s->noted_tables};
}

const schema_table *schema_holders_next(schema_holders *h)
{
    const schema_table *t = NULL;
    while (t == NULL && h->noted != NULL && h->at_noted < h->noted->count)
        t = map_get(&h->s->tables, h->noted->items[h->at_noted++]);
    while (t == NULL && h->at_touched < h->s->touched.count)
        t = map_get(&h->s->tables, h->s->touched.items[h->at_touched++]);
    while (t == NULL && h->at_new < h->s->tables.count)
        t = h->s->tables.entries[h->at_new++].value; /* NULL: removed */
    while (t == NULL && h->at_relation < h->s->relations.count)
        t = h->s->relations.entries[h->at_relation++].value;
    return t;
}

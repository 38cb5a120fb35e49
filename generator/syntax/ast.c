#include "ast.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define KEY_SIZE 32

static void address_key(const void *string, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%" PRIxPTR, (uintptr_t)string);
}

void ast_note_place(arena *a, ast_file *f, const void *string, span place)
{
    char key[KEY_SIZE];
    if (f->place_index.memory == NULL)
        f->place_index = map_new(a);
    address_key(string, key);
    vector_push(a, &f->places, place);
    /* The map holds numbers, since items move when the vector grows. */
    map_set(&f->place_index, key, (void *)(uintptr_t)f->places.count);
}

span ast_place_of(const ast_file *f, const void *string, span otherwise)
{
    char key[KEY_SIZE];
    if (string == NULL || f->place_index.memory == NULL)
        return otherwise;
    address_key(string, key);
    uintptr_t number = (uintptr_t)map_get(&f->place_index, key);
    return number == 0 ? otherwise : f->places.items[number - 1];
}

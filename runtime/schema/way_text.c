#include "way_text.h"

#include "flow.h"
#include "operation.h"
#include "text.h"
#include "vector.h"
#include "way_fields.h"

#include <stdlib.h>
#include <string.h>

#define WAY_BEGIN "w1 "

static const char *const way_operations[] = {
    "NOTHING",
#define OPERATION(name, function, words, meaning, lock) #name,
#include "ops.def"
#undef OPERATION
};

static const char *const way_types[] = {
    "NONE",
#define TYPE(kind, word, arguments, postgres, sqlite) #kind,
#include "types.def"
#undef TYPE
};

typedef struct way_names {
    const char *const *names;
    size_t count;
} way_names;

static way_names way_names_of(way_kind kind)
{
    if (kind == WAY_OPERATION)
        return (way_names){way_operations, sizeof way_operations / sizeof *way_operations};
    return (way_names){way_types, sizeof way_types / sizeof *way_types};
}

/* ---- numbers and pointers at a field, whatever its C type ---- */

static long way_number(const way_field *field, const char *at)
{
    int small = 0;
    long large = 0;
    if (field->width == sizeof large) {
        memcpy(&large, at, sizeof large);
        return large;
    }
    memcpy(&small, at, sizeof small);
    return small;
}

static void way_set_number(const way_field *field, char *at, long number)
{
    int small = (int)number;
    if (field->width == sizeof number)
        memcpy(at, &number, sizeof number);
    else
        memcpy(at, &small, sizeof small);
}

static const void *way_pointer(const char *at)
{
    const void *pointer = NULL;
    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

static void way_set_pointer(char *at, const void *pointer)
{
    memcpy(at, &pointer, sizeof pointer);
}

static size_t way_cell_count(const char *owner)
{
    const migen_seed *seed = (const void *)owner;
    return seed->row_count * list_length(seed->columns);
}

/* ---- writing ---- */

static void way_write_string(builder *b, const char *text)
{
    builder_add_format(b, "%zu:", strlen(text));
    builder_add(b, text);
}

static void way_write_struct(builder *b, const way_shape *shape, const char *owner);

static bool way_is_zero(const way_field *field, const char *at)
{
    for (size_t i = 0; i < field->width; i++)
        if (at[i] != 0)
            return false;
    return true;
}

static void way_write_value(builder *b, const way_field *field, const char *owner)
{
    const char *at = owner + field->offset;
    size_t count = 0;
    switch (field->kind) {
    case WAY_TEXT:
        way_write_string(b, way_pointer(at));
        break;
    case WAY_LIST:
    case WAY_CELLS: {
        const char *const *list = way_pointer(at);
        count = field->kind == WAY_CELLS ? way_cell_count(owner) : list_length(list);
        builder_add(b, "[");
        for (size_t i = 0; i < count; i++)
            way_write_string(b, list[i]);
        builder_add(b, "]");
        break;
    }
    case WAY_FLAG:
        builder_add(b, "1");
        break;
    case WAY_NUMBER:
        builder_add_format(b, "%ld", way_number(field, at));
        break;
    case WAY_OPERATION:
    case WAY_TYPE:
        builder_add(b, way_names_of(field->kind).names[way_number(field, at)]);
        break;
    case WAY_PART:
        way_write_struct(b, field->shape, at);
        break;
    case WAY_POINTER:
        way_write_struct(b, field->shape, way_pointer(at));
        break;
    case WAY_MANY:
        memcpy(&count, owner + field->counter, sizeof count);
        builder_add(b, "(");
        for (size_t i = 0; i < count; i++)
            way_write_struct(b, field->shape, (const char *)way_pointer(at) + i * field->shape->size);
        builder_add(b, ")");
        break;
    }
}

static void way_write_struct(builder *b, const way_shape *shape, const char *owner)
{
    builder_add(b, "{");
    for (size_t i = 0; i < shape->count; i++) {
        const way_field *field = &shape->fields[i];
        if (way_is_zero(field, owner + field->offset))
            continue;
        builder_add(b, field->name);
        builder_add(b, "=");
        way_write_value(b, field, owner);
        builder_add(b, ";");
    }
    builder_add(b, "}");
}

/* The rows of the way up that change the schema, and the branches that they stand in. */
static void way_keep_made(arena *a, migen_migration *m)
{
    VECTOR(migen_step) made = {0};
    for (size_t i = 0; i < m->up_count; i++)
        if (step_changes_schema(&m->up[i]) || flow_is_block(&m->up[i]))
            vector_push(a, &made, m->up[i]);
    m->made = made.items;
    m->made_count = made.count;
}

char *way_text(arena *a, const migen_migration *m)
{
    builder b = builder_new(a);
    migen_migration kept = *m;
    if (m->up_count != 0)
        way_keep_made(a, &kept);
    builder_add(&b, WAY_BEGIN);
    way_write_struct(&b, &way_shape_migration, (const char *)&kept);
    return b.bytes;
}

char *way_step_text(arena *a, const migen_step *step)
{
    builder b = builder_new(a);
    way_write_struct(&b, &way_shape_step, (const char *)step);
    return b.bytes;
}

/* ---- reading ---- */

typedef struct way_reader {
    arena *memory;
    const char *at; /* ends with NUL */
    const char *wrong;
} way_reader;

static bool way_fail(way_reader *r, const char *wrong)
{
    if (r->wrong == NULL)
        r->wrong = wrong;
    return false;
}

static bool way_take(way_reader *r, char c)
{
    if (*r->at != c)
        return way_fail(r, "it is damaged");
    r->at++;
    return true;
}

static bool way_read_string(way_reader *r, const char **out)
{
    char *end = NULL;
    unsigned long length = *r->at >= '0' && *r->at <= '9' ? strtoul(r->at, &end, 10) : 0;
    if (end == NULL || *end != ':' || strnlen(end + 1, length) != length)
        return way_fail(r, "it is damaged");
    *out = arena_copy(r->memory, end + 1, length);
    r->at = end + 1 + length;
    return true;
}

static bool way_read_strings(way_reader *r, const char *owner, const way_field *field, char *at)
{
    VECTOR(const char *) list = {0};
    if (!way_take(r, '['))
        return false;
    while (*r->at != ']') {
        const char *text = NULL;
        if (!way_read_string(r, &text))
            return false;
        vector_push(r->memory, &list, text);
    }
    r->at++;
    if (field->kind == WAY_CELLS && list.count != way_cell_count(owner))
        return way_fail(r, "it is damaged");
    vector_push(r->memory, &list, NULL);
    way_set_pointer(at, list.items);
    return true;
}

/* A word up to `end`, in the arena. */
static bool way_read_word(way_reader *r, char end, const char **out)
{
    size_t length = strspn(r->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-");
    if (length == 0 || r->at[length] != end)
        return way_fail(r, "it is damaged");
    *out = arena_copy(r->memory, r->at, length);
    r->at += length;
    return true;
}

static bool way_read_name(way_reader *r, const way_field *field, char *at)
{
    const char *word = NULL;
    if (!way_read_word(r, ';', &word))
        return false;
    way_names known = way_names_of(field->kind);
    for (size_t i = 0; i < known.count; i++)
        if (text_equal(known.names[i], word)) {
            way_set_number(field, at, (long)i);
            return true;
        }
    return way_fail(r, arena_format(r->memory, "this binary does not know %s", word));
}

static bool way_read_struct(way_reader *r, const way_shape *shape, char *owner);

static bool way_read_many(way_reader *r, const way_field *field, char *owner)
{
    builder structs = builder_new(r->memory);
    size_t count = 0;
    if (!way_take(r, '('))
        return false;
    for (; *r->at != ')'; count++) {
        char *one = arena_allocate(r->memory, field->shape->size);
        if (!way_read_struct(r, field->shape, one))
            return false;
        builder_add_bytes(&structs, one, field->shape->size);
    }
    r->at++;
    char *all = arena_allocate(r->memory, structs.length + 1); /* aligned as an array of them must be */
    memcpy(all, structs.bytes, structs.length);
    way_set_pointer(owner + field->offset, all);
    memcpy(owner + field->counter, &count, sizeof count);
    return true;
}

static bool way_read_value(way_reader *r, const way_field *field, char *owner)
{
    char *at = owner + field->offset;
    const char *text = NULL;
    switch (field->kind) {
    case WAY_TEXT:
        if (!way_read_string(r, &text))
            return false;
        way_set_pointer(at, text);
        return true;
    case WAY_LIST:
    case WAY_CELLS:
        return way_read_strings(r, owner, field, at);
    case WAY_FLAG:
        *(bool *)(void *)at = true;
        return way_take(r, '1');
    case WAY_NUMBER:
        if (!way_read_word(r, ';', &text))
            return false;
        way_set_number(field, at, strtol(text, NULL, 10));
        return true;
    case WAY_OPERATION:
    case WAY_TYPE:
        return way_read_name(r, field, at);
    case WAY_PART:
        return way_read_struct(r, field->shape, at);
    case WAY_POINTER: {
        char *elsewhere = arena_allocate(r->memory, field->shape->size);
        way_set_pointer(at, elsewhere);
        return way_read_struct(r, field->shape, elsewhere);
    }
    case WAY_MANY:
        return way_read_many(r, field, owner);
    }
    return false;
}

/* Into memory that is all zero. */
static bool way_read_struct(way_reader *r, const way_shape *shape, char *owner)
{
    if (!way_take(r, '{'))
        return false;
    while (*r->at != '}') {
        const char *name = NULL;
        if (!way_read_word(r, '=', &name) || !way_take(r, '='))
            return false;
        const way_field *field = NULL;
        for (size_t i = 0; i < shape->count; i++)
            if (text_equal(shape->fields[i].name, name))
                field = &shape->fields[i];
        if (field == NULL)
            return way_fail(r, arena_format(r->memory, "this binary does not know its field %s", name));
        if (!way_read_value(r, field, owner) || !way_take(r, ';'))
            return false;
    }
    r->at++;
    return true;
}

bool way_read(arena *a, const char *text, migen_migration *out, const char **wrong)
{
    way_reader r = {.memory = a, .at = text};
    *out = (migen_migration){0};
    bool read = text_starts_with(text, WAY_BEGIN);
    if (!read)
        (void)way_fail(&r, "it is written in a form that this binary does not know");
    r.at += read ? strlen(WAY_BEGIN) : 0;
    read = read && way_read_struct(&r, &way_shape_migration, (char *)out);
    if (read && *r.at != '\0')
        read = way_fail(&r, "it is damaged");
    *wrong = r.wrong;
    return read;
}

#include "name.h"

#include "text.h"
#include "vector.h"

#include <string.h>

typedef VECTOR(const char *) name_parts;

static bool name_is_start(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

bool name_is_bare(const char *part)
{
    if (part == NULL || !name_is_start(*part))
        return false;
    for (const char *c = part + 1; *c != '\0'; c++)
        if (!name_is_start(*c) && !(*c >= '0' && *c <= '9'))
            return false;
    return true;
}

/* One part at *at, quoted or not; *at goes behind it. NULL when there is none. */
static const char *name_part(arena *a, const char **at)
{
    const char *from = *at;
    if (*from != '"') {
        size_t length = strcspn(from, ".\"");
        *at = from + length;
        return length == 0 ? NULL : arena_copy(a, from, length);
    }
    builder part = builder_new(a);
    for (const char *c = from + 1; *c != '\0'; c++) {
        if (*c == '"' && *++c != '"') {
            *at = c;
            return part.length == 0 ? NULL : part.bytes;
        }
        builder_add_character(&part, *c);
    }
    return NULL;
}

const char *const *name_parse_parts(arena *a, const char *object)
{
    if (object == NULL)
        return NULL;
    name_parts parts = {0};
    for (const char *at = object;; at++) {
        const char *part = name_part(a, &at);
        if (part == NULL)
            return NULL;
        vector_push(a, &parts, part);
        if (*at == '\0')
            break;
        if (*at != '.')
            return NULL;
    }
    vector_push(a, &parts, NULL);
    return parts.items;
}

object_name name_parse(arena *a, const char *object)
{
    const char *const *parts = name_parse_parts(a, object);
    if (parts == NULL) /* no dotted text: all of it is one name */
        return (object_name){NULL, object == NULL ? "" : arena_string(a, object)};
    if (parts[1] == NULL)
        return (object_name){NULL, parts[0]};
    return (object_name){parts[0], parts[1]};
}

static void name_add_part(builder *b, const char *part)
{
    if (name_is_bare(part)) {
        builder_add(b, part);
        return;
    }
    builder_add_character(b, '"');
    for (const char *c = part; *c != '\0'; c++) {
        if (*c == '"')
            builder_add_character(b, '"');
        builder_add_character(b, *c);
    }
    builder_add_character(b, '"');
}

char *name_text(arena *a, object_name name)
{
    builder b = builder_new(a);
    if (name.schema != NULL) {
        name_add_part(&b, name.schema);
        builder_add_character(&b, '.');
    }
    name_add_part(&b, name.name);
    return b.bytes;
}

char *name_part_text(arena *a, const char *part)
{
    return name_text(a, (object_name){NULL, part});
}

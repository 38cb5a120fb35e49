/*
 * types.c: the language's types as text.
 */
#include "types.h"

#include "schema.h"
#include "text.h"

typedef struct type_word_row {
    const char *word;
    int arguments;
} type_word_row;

static const type_word_row type_word_rows[MIGEN_TYPE_COUNT] = {
#define TYPE(kind, word, arguments, postgres, sqlite) [MIGEN_TYPE_##kind] = {word, arguments},
#include "types.def"
#undef TYPE
};

const char *type_kind_word(migen_type_kind kind)
{
    return kind < MIGEN_TYPE_COUNT ? type_word_rows[kind].word : NULL;
}

char *type_text(arena *a, migen_type type)
{
    builder b = builder_new(a);
    if (type.kind == MIGEN_TYPE_ENUM) {
        builder_add(&b, type.name == NULL ? "" : type.name);
    } else if (type.kind == MIGEN_TYPE_NATIVE) {
        builder_add(&b, "native(postgres ");
        builder_add_quoted(&b, type.name, '\'');
        if (type.sqlite != NULL) {
            builder_add(&b, ", sqlite ");
            builder_add_quoted(&b, type.sqlite, '\'');
        }
        builder_add(&b, ")");
    } else if (type.kind > MIGEN_TYPE_NONE && type.kind < MIGEN_TYPE_COUNT) {
        builder_add(&b, type_word_rows[type.kind].word);
        if (type.length > 0 && type.scale > 0)
            builder_add_format(&b, "(%d,%d)", type.length, type.scale);
        else if (type.length > 0)
            builder_add_format(&b, "(%d)", type.length);
    }
    if (type.array)
        builder_add(&b, "[]");
    return b.bytes;
}

bool type_equal(migen_type a, migen_type b)
{
    return a.kind == b.kind && a.length == b.length && a.scale == b.scale && a.array == b.array &&
           text_equal(a.name, b.name) && text_equal(a.sqlite, b.sqlite);
}

type_family type_family_of(migen_type type)
{
    switch (type.kind) {
    case MIGEN_TYPE_ID:
    case MIGEN_TYPE_SERIAL:
    case MIGEN_TYPE_BIGSERIAL:
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_DOUBLE:
    case MIGEN_TYPE_NUMERIC:
        return TYPE_FAMILY_NUMBER;
    case MIGEN_TYPE_BOOL:
        return TYPE_FAMILY_BOOL;
    case MIGEN_TYPE_TEXT:
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        return TYPE_FAMILY_TEXT;
    case MIGEN_TYPE_BYTES:
        return TYPE_FAMILY_BYTES;
    case MIGEN_TYPE_DATE:
    case MIGEN_TYPE_TIMESTAMP:
    case MIGEN_TYPE_TIMESTAMPTZ:
        return TYPE_FAMILY_DATE;
    case MIGEN_TYPE_TIME:
    case MIGEN_TYPE_INTERVAL:
        return TYPE_FAMILY_TIME;
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return TYPE_FAMILY_JSON;
    case MIGEN_TYPE_UUID:
        return TYPE_FAMILY_UUID;
    case MIGEN_TYPE_ENUM:
        return TYPE_FAMILY_ENUM;
    case MIGEN_TYPE_NATIVE:
    case MIGEN_TYPE_NONE:
    case MIGEN_TYPE_COUNT:
        break;
    }
    return TYPE_FAMILY_NATIVE;
}

migen_type type_of_reference(migen_type target)
{
    if (target.kind == MIGEN_TYPE_ID || target.kind == MIGEN_TYPE_BIGSERIAL)
        return (migen_type){.kind = MIGEN_TYPE_BIGINT};
    if (target.kind == MIGEN_TYPE_SERIAL)
        return (migen_type){.kind = MIGEN_TYPE_INT};
    return target;
}

/* Numbers by what PostgreSQL makes of them by itself: whole ones become numeric ones, and both become floating ones. */
static int type_breadth(migen_type type)
{
    switch (type.kind) {
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_DOUBLE:
    case MIGEN_TYPE_INTERVAL: /* as a time becomes an interval */
        return 2;
    case MIGEN_TYPE_NUMERIC:
        return 1;
    default:
        return 0;
    }
}

bool type_can_reference(migen_engine engine, migen_type type, migen_type target)
{
    type_family own = type_family_of(type), other = type_family_of(target);
    if (own == TYPE_FAMILY_NATIVE || other == TYPE_FAMILY_NATIVE)
        return true;
    if (own == TYPE_FAMILY_ENUM && other == own && !text_equal(type.name, target.name))
        return false;
    if (engine == MIGEN_POSTGRES && type_breadth(type) > type_breadth(target))
        return false;
    return own == other && type.array == target.array;
}

bool type_numbers_itself(migen_type type)
{
    return type.kind == MIGEN_TYPE_ID || type.kind == MIGEN_TYPE_SERIAL || type.kind == MIGEN_TYPE_BIGSERIAL;
}

/*
 * type_sql.c: see type_sql.h.
 */
#include "type_sql.h"

#include "sql_writer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef struct type_sql_row {
    const char *postgres, *sqlite;
    int arguments;
} type_sql_row;

static const type_sql_row type_sql_rows[MIGEN_TYPE_COUNT] = {
#define TYPE(kind, word, arguments, postgres, sqlite) [MIGEN_TYPE_##kind] = {postgres, sqlite, arguments},
#include "types.def"
#undef TYPE
};

static void type_sql_arguments(builder *b, migen_type type)
{
    if (type.length <= 0 || type_sql_rows[type.kind].arguments == 0)
        return;
    builder_add_format(b, "(%d", type.length);
    if (type_sql_rows[type.kind].arguments == 2)
        builder_add_format(b, ",%d", type.scale);
    builder_add_character(b, ')');
}

static void type_sql_base(arena *a, builder *b, migen_engine engine, migen_type type)
{
    if (type.kind == MIGEN_TYPE_NATIVE) {
        const char *own = engine == MIGEN_POSTGRES ? type.name : type.sqlite;
        builder_add(b, own != NULL ? own : "");
        return;
    }
    if (type.kind == MIGEN_TYPE_ENUM && engine == MIGEN_POSTGRES) {
        sql_writer w = sql_new(a);
        sql_object_text(&w, type.name);
        builder_add(b, sql_text(&w));
        return;
    }
    const type_sql_row *row = &type_sql_rows[type.kind];
    const char *words = engine == MIGEN_POSTGRES ? row->postgres : row->sqlite;
    builder_add(b, words != NULL ? words : "");
    type_sql_arguments(b, type);
}

char *type_sql(arena *a, migen_engine engine, migen_type type)
{
    builder b = builder_new(a);
    if (type.kind > MIGEN_TYPE_NONE && type.kind < MIGEN_TYPE_COUNT)
        type_sql_base(a, &b, engine, type);
    if (type.array && engine == MIGEN_POSTGRES)
        builder_add(&b, "[]");
    return b.bytes;
}

/* The kind whose words are these; the serials and id share theirs with others, and are never printed. */
static migen_type_kind type_sql_kind_of(const char *words)
{
    for (int kind = MIGEN_TYPE_NONE + 1; kind < MIGEN_TYPE_COUNT; kind++) {
        if (kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL)
            continue;
        if (type_sql_rows[kind].postgres != NULL && text_equal(type_sql_rows[kind].postgres, words))
            return (migen_type_kind)kind;
    }
    return MIGEN_TYPE_NONE;
}

/* Reads "(10,2)" at the end of a type. False when it is no list of one or two plain numbers. */
static bool type_sql_read_arguments(const char *open, migen_type *type)
{
    char *end = NULL;
    long first = strtol(open + 1, &end, 10);
    long second = 0;
    if (end == open + 1 || first <= 0 || first > 1000000000)
        return false;
    if (*end == ',') {
        const char *from = end + 1;
        second = strtol(from, &end, 10);
        if (end == from || second < 0 || second > 100000)
            return false; /* a negative scale is not in the language */
    }
    if (*end != ')' || end[1] != '\0')
        return false;
    type->length = (int)first;
    type->scale = (int)second;
    return true;
}

/* "timestamp(6) with time zone": six digits are what a time has anyway, so they are left out. Ruby on Rails and
 * Hibernate write them. */
static char *type_sql_without_six(arena *a, const char *formatted)
{
    const char *six = strstr(formatted, "(6)");
    bool time = text_starts_with(formatted, "time") || text_starts_with(formatted, "interval");
    if (six == NULL || !time)
        return arena_string(a, formatted);
    return arena_format(a, "%.*s%s", (int)(six - formatted), formatted, six + strlen("(6)"));
}

migen_type type_from_postgres(arena *a, const char *formatted)
{
    migen_type type = {0};
    char *base = type_sql_without_six(a, formatted);
    size_t length = strlen(base);
    if (text_ends_with(base, "[]")) {
        type.array = true;
        base[length - 2] = '\0';
    }
    char *open = strchr(base, '(');
    bool understood = true;
    if (open != NULL) {
        understood = type_sql_read_arguments(open, &type);
        *open = '\0';
    }
    type.kind = type_sql_kind_of(base);
    if (open != NULL && understood && type.kind != MIGEN_TYPE_NONE)
        understood = type_sql_rows[type.kind].arguments > 0;
    if (understood && type.kind != MIGEN_TYPE_NONE)
        return type;
    return (migen_type){.kind = MIGEN_TYPE_NATIVE, .name = arena_string(a, formatted)};
}

migen_type_kind type_strict_kind(migen_type_kind kind)
{
    switch (kind) {
    case MIGEN_TYPE_BOOL:
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_BIGINT:
    case MIGEN_TYPE_SERIAL:
    case MIGEN_TYPE_BIGSERIAL:
        return MIGEN_TYPE_INT;
    case MIGEN_TYPE_DOUBLE:
    case MIGEN_TYPE_NUMERIC:
        return MIGEN_TYPE_REAL;
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
    case MIGEN_TYPE_DATE:
    case MIGEN_TYPE_TIME:
    case MIGEN_TYPE_TIMESTAMP:
    case MIGEN_TYPE_TIMESTAMPTZ:
    case MIGEN_TYPE_INTERVAL:
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
    case MIGEN_TYPE_UUID:
        return MIGEN_TYPE_TEXT;
    default:
        return MIGEN_TYPE_NONE;
    }
}

#include "random_parts.h"

#include "sql_reserved.h"
#include "text.h"

#include <string.h>

unsigned random_below(random_state *r, unsigned below)
{
    /* splitmix64 */
    uint64_t x = r->seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((x ^ (x >> 31)) % below);
}

bool one_in(random_maker *m, unsigned n)
{
    return random_below(m->r, n) == 0;
}

const char *new_part(random_maker *m, const char *kind)
{
    static const char *const odd[] = {
        "%s%u",        "%s%u",
        "%s%u",        "%s_%u",
        "%s %u",       "%s\"%u",
        "Öl %s%u",     "%s'%u",
        "Select %s%u", "日本%s%u",
        "%s.%u; --",   "T%s%u",
        "[%s]`%u`",    "it is sixty-three bytes long, which PostgreSQL takes: %s_%u",
    };
    unsigned number = ++m->r->names;
    builder b = builder_new(m->a);
    const char *form = odd[random_below(m->r, sizeof odd / sizeof odd[0])];
    for (const char *at = form; *at != '\0'; at++) {
        if (*at != '%')
            builder_add_character(&b, *at);
        else if (*++at == 's')
            builder_add(&b, kind);
        else
            builder_add_format(&b, "%u", number);
    }
    return b.bytes;
}

const char *object_of(random_maker *m, const char *part)
{
    return name_part_text(m->a, part);
}

const char *new_object(random_maker *m, const char *kind)
{
    const char *part = new_part(m, kind);
    const map *schemas = &m->s->schemas;
    const map_entry *entry = schemas->count == 0 || one_in(m, 2)
                                 ? NULL
                                 : &schemas->entries[random_below(m->r, (unsigned)schemas->count)];
    if (entry == NULL || entry->removed)
        return object_of(m, part);
    const schema_name_entry *in = entry->value;
    return name_text(m->a, (object_name){.schema = in->name, .name = part});
}

const char *sql_object_of(random_maker *m, object_name name)
{
    sql_writer w = sql_new(m->a);
    sql_object(&w, name);
    return sql_text(&w);
}

const char *const *one_name(random_maker *m, const char *name)
{
    return two_names(m, name, NULL);
}

const char *const *two_names(random_maker *m, const char *first, const char *second)
{
    const char **list = ARENA_NEW_ARRAY(m->a, const char *, 3);
    list[0] = first;
    list[1] = second;
    return list;
}

schema_table *any_table(random_maker *m)
{
    if (m->s->tables.count == 0)
        return NULL;
    const map_entry *entry = &m->s->tables.entries[random_below(m->r, (unsigned)m->s->tables.count)];
    return entry->removed ? NULL : entry->value;
}

schema_enum *any_enum(random_maker *m)
{
    if (m->s->enums.count == 0)
        return NULL;
    const map_entry *entry = &m->s->enums.entries[random_below(m->r, (unsigned)m->s->enums.count)];
    return entry->removed ? NULL : entry->value;
}

schema_view *any_view(random_maker *m)
{
    if (m->s->views.count == 0)
        return NULL;
    const map_entry *entry = &m->s->views.entries[random_below(m->r, (unsigned)m->s->views.count)];
    return entry->removed ? NULL : entry->value;
}

migen_column *any_column(random_maker *m, const schema_table *t)
{
    return t == NULL || t->columns.count == 0
               ? NULL
               : &t->columns.items[random_below(m->r, (unsigned)t->columns.count)];
}

const char *table_object(random_maker *m, const schema_table *t)
{
    return name_text(m->a, t->name);
}

bool is_number(const migen_column *column)
{
    migen_type_kind kind = column->type.array ? MIGEN_TYPE_NONE : column->type.kind;
    return kind == MIGEN_TYPE_INT || kind == MIGEN_TYPE_BIGINT || kind == MIGEN_TYPE_SMALLINT ||
           kind == MIGEN_TYPE_NUMERIC || kind == MIGEN_TYPE_DOUBLE;
}

bool is_text(const migen_column *column)
{
    return !column->type.array &&
           (column->type.kind == MIGEN_TYPE_TEXT || column->type.kind == MIGEN_TYPE_VARCHAR);
}

bool is_distinct(const migen_column *column)
{
    migen_type_kind kind = column->type.kind;
    return kind != MIGEN_TYPE_JSON && kind != MIGEN_TYPE_BOOL && kind != MIGEN_TYPE_ENUM &&
           column->default_value == NULL;
}

/* json has none on PostgreSQL, and jsonb and arrays are better left out of keys and indexes. */
bool has_no_order(const migen_column *column)
{
    migen_type_kind kind = column->type.kind;
    return kind == MIGEN_TYPE_JSON || kind == MIGEN_TYPE_JSONB || column->type.array;
}

const char *any_condition(random_maker *m, const migen_column *column)
{
    const char *name = sql_name_text(m->a, column->name);
    if (is_number(column))
        return arena_format(m->a, one_in(m, 2) ? "%s >= 0" : "%s BETWEEN 1 AND 50 OR %s <> 7", name, name);
    if (is_text(column))
        return arena_format(
            m->a, one_in(m, 2) ? "length(%s) < 40" : "%s NOT IN ('a', 'it''s b') OR %s IS NULL", name, name);
    if (column->type.kind == MIGEN_TYPE_BOOL && !column->type.array)
        return name;
    return arena_format(m->a, "%s IS NOT NULL", name);
}

migen_type any_type(random_maker *m)
{
    static const migen_type types[] = {
        {.kind = MIGEN_TYPE_INT},
        {.kind = MIGEN_TYPE_BIGINT},
        {.kind = MIGEN_TYPE_SMALLINT},
        {.kind = MIGEN_TYPE_TEXT},
        {.kind = MIGEN_TYPE_TEXT},
        {.kind = MIGEN_TYPE_VARCHAR, .length = 20},
        {.kind = MIGEN_TYPE_VARCHAR},
        {.kind = MIGEN_TYPE_CHAR, .length = 3},
        {.kind = MIGEN_TYPE_BOOL},
        {.kind = MIGEN_TYPE_NUMERIC, .length = 10, .scale = 2},
        {.kind = MIGEN_TYPE_NUMERIC},
        {.kind = MIGEN_TYPE_DATE},
        {.kind = MIGEN_TYPE_TIME},
        {.kind = MIGEN_TYPE_TIMESTAMP},
        {.kind = MIGEN_TYPE_TIMESTAMPTZ},
        {.kind = MIGEN_TYPE_INTERVAL},
        {.kind = MIGEN_TYPE_JSON},
        {.kind = MIGEN_TYPE_JSONB},
        {.kind = MIGEN_TYPE_UUID},
        {.kind = MIGEN_TYPE_BYTES},
        {.kind = MIGEN_TYPE_DOUBLE},
        {.kind = MIGEN_TYPE_REAL},
        {.kind = MIGEN_TYPE_NATIVE, .name = "inet", .sqlite = "text collate nocase"},
    };
    const schema_enum *e = one_in(m, 5) ? any_enum(m) : NULL;
    if (e != NULL)
        return (migen_type){.kind = MIGEN_TYPE_ENUM, .name = name_text(m->a, e->name)};
    return types[random_below(m->r, sizeof types / sizeof types[0])];
}

const char *any_default(random_maker *m, migen_type type)
{
    switch (type.kind) {
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
    case MIGEN_TYPE_SMALLINT:
        return one_in(m, 2) ? "0" : "-7";
    case MIGEN_TYPE_DOUBLE:
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_NUMERIC:
        return one_in(m, 2) ? "1.5" : "(2 + 1)";
    case MIGEN_TYPE_TEXT:
    case MIGEN_TYPE_VARCHAR:
        return one_in(m, 2) ? "''" : "'it''s'";
    case MIGEN_TYPE_CHAR:
        return "'abc'";
    case MIGEN_TYPE_BOOL:
        return one_in(m, 2) ? "true" : "false";
    case MIGEN_TYPE_DATE:
    case MIGEN_TYPE_TIME:
    case MIGEN_TYPE_TIMESTAMP:
    case MIGEN_TYPE_TIMESTAMPTZ:
        return "now()";
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return "'{\"a\": [1]}'";
    case MIGEN_TYPE_UUID:
        return "uuid()";
    case MIGEN_TYPE_BYTES:
        return "x'0aff'";
    case MIGEN_TYPE_ENUM: {
        const schema_enum *e = schema_find_enum(m->s, type.name);
        if (e == NULL || e->values.count == 0)
            return NULL;
        builder b = builder_new(m->a);
        builder_add(&b, "'");
        for (const char *c = e->values.items[random_below(m->r, (unsigned)e->values.count)]; *c != '\0'; c++)
            builder_add(&b, *c == '\'' ? "''" : (const char[]){*c, '\0'});
        builder_add(&b, "'");
        return b.bytes;
    }
    default:
        return NULL;
    }
}

/*
 * data_check.c: the names in seed, backfill and summary. (The parser has looked at a seed's rows.)
 */
#include "sema.h"

#include "dialect.h"

#include <string.h>

/* A table in a schema that no migration makes is somebody else's: taken as written. */
static bool is_somebody_elses(arena *a, const schema *s, const char *object)
{
    object_name name = name_parse(a, object);
    return name.schema && !map_has(&s->schemas, name.schema) && !schema_find_table(s, object);
}

static violation_kind missing_table(arena *a, const schema *s, const char *object, violation *v)
{
    *v = (violation){.kind = VIOLATION_MISSING, .word = object};
    v->message = arena_format(a, "there is no table \"%s\"", object);
    const char **names = ARENA_NEW_ARRAY(a, const char *, s->tables.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < s->tables.count; i++)
        if (!s->tables.entries[i].removed)
            names[count++] = s->tables.entries[i].key;
    v->nearest = text_nearest(object, names, count);
    return v->kind;
}

static violation_kind check_columns(arena *a, const schema_table *t, const char *const *columns, violation *v)
{
    for (; columns && *columns; columns++) {
        if (table_find_column(t, *columns))
            continue;
        *v = (violation){.kind = VIOLATION_MISSING, .word = *columns};
        v->message = arena_format(a, "table \"%s\" has no column \"%s\"", name_text(a, t->name), *columns);
        const char **names = ARENA_NEW_ARRAY(a, const char *, t->columns.count + 1);
        for (size_t i = 0; i < t->columns.count; i++)
            names[i] = t->columns.items[i].name;
        v->nearest = text_nearest(*columns, names, t->columns.count);
        return v->kind;
    }
    return VIOLATION_NONE;
}

/* What orders the batches of a backfill on PostgreSQL must be known, and stay as it is. */
static violation_kind check_batches(arena *a, const schema *s, const schema_table *t, const migen_backfill *b,
                                    violation *v)
{
    if (s->engine != MIGEN_POSTGRES || t->given || dialect_backfill_key(t, b) != NULL)
        return VIOLATION_NONE;
    *v = (violation){.kind = VIOLATION_CONFLICT, .word = b->by};
    if (b->by != NULL)
        v->message =
            arena_format(a, "the batches are ordered by \"%s\", which the backfill itself changes", b->by);
    else
        v->message = arena_format(a,
                                  "table \"%s\" has no primary key of one column, left as it is, to order the"
                                  " batches of the backfill",
                                  name_text(a, t->name));
    v->hint = "say another column: by COLUMN; an index on it makes the batches quick";
    return v->kind;
}

static bool is_whole(migen_type_kind kind)
{
    return kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL ||
           kind == MIGEN_TYPE_SMALLINT || kind == MIGEN_TYPE_INT || kind == MIGEN_TYPE_BIGINT;
}

/* A number as all its spellings have it: 01, +1 and 1.0 are 1; NULL: none, or one with an exponent. */
static const char *plain_number(arena *a, const char *text)
{
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || text[length] != '\0' || strpbrk(text, "0123456789") == NULL)
        return NULL;
    while (text[0] == '0' && length > 1 && text[1] != '.') {
        text++;
        length--;
    }
    if (memchr(text, '.', length) != NULL) {
        while (text[length - 1] == '0')
            length--;
        length -= text[length - 1] == '.';
    }
    char *plain = arena_copy(a, text, length);
    bool is_zero = strspn(plain, "0.") == length;
    return arena_format(a, "%s%s", negative && !is_zero ? "-" : "", is_zero ? "0" : plain);
}

/* What a literal is in a column of whole numbers or of numeric; itself in others; NULL: only the database knows. */
static const char *seed_value(arena *a, const migen_column *column, const char *value)
{
    if (*value == '(' || text_equal(value, "now()") || text_equal(value, "uuid()"))
        return NULL;
    if (!is_whole(column->type.kind) && column->type.kind != MIGEN_TYPE_NUMERIC)
        return value;
    size_t length = strlen(value);
    bool quoted = length >= 2 && *value == '\'';
    const char *plain = plain_number(a, quoted ? arena_copy(a, value + 1, length - 2) : value);
    return plain == NULL ? value : plain;
}

/* What the columns' types say of a seed's rows: a text that is no number, a key that is there twice in two spellings. */
static violation_kind check_rows(arena *a, const schema_table *t, const migen_seed *seed, violation *v)
{
    size_t width = list_length(seed->columns);
    map keys = map_new(a);
    for (size_t row = 0; row < seed->row_count; row++) {
        const char *const *values = seed->values + row * width;
        builder key = builder_new(a);
        const char *word = NULL;
        bool is_known = true;
        for (size_t i = 0; i < width; i++) {
            const migen_column *column = table_find_column(t, seed->columns[i]);
            const char *value = seed_value(a, column, values[i]);
            if (is_whole(column->type.kind) && value != NULL && *value == '\'' &&
                strpbrk(value, "0123456789") == NULL) {
                *v = (violation){.kind = VIOLATION_CONFLICT, .word = values[i]};
                v->message = arena_format(a, "%s is no value of column \"%s\", which is %s", value,
                                          column->name, type_text(a, column->type));
                v->hint = "write a number, or give the column another type";
                return v->kind;
            }
            if (!list_contains(seed->key, seed->columns[i]))
                continue;
            word = word == NULL ? values[i] : word;
            is_known = is_known && value != NULL;
            builder_add_format(&key, "%s,", value == NULL ? "" : value);
        }
        if (!is_known || key.bytes == NULL)
            continue;
        if (map_has(&keys, key.bytes)) {
            *v = (violation){.kind = VIOLATION_CONFLICT, .word = word};
            v->message = arena_format(a, "a row with the key %.*s stands in this seed already",
                                      (int)(strlen(key.bytes) - 1), key.bytes);
            v->hint = "one key is written in two ways: leave one of the rows out";
            return v->kind;
        }
        map_set(&keys, key.bytes, (void *)(uintptr_t)1);
    }
    return VIOLATION_NONE;
}

violation_kind sema_check_data(arena *a, const schema *s, const migen_step *step, violation *v)
{
    *v = (violation){0};
    if (!step->object || is_somebody_elses(a, s, step->object))
        return VIOLATION_NONE;
    const schema_table *t = schema_find_table(s, step->object);
    if (!t) {
        if (schema_find_view(s, step->object)) /* an updatable view, or one with INSTEAD OF triggers */
            return VIOLATION_NONE;
        return missing_table(a, s, step->object, v);
    }
    if (t->maybe || t->is_virtual)
        return VIOLATION_NONE;
    violation_kind kind = VIOLATION_NONE;
    if (step->operation == MIGEN_SEED) {
        kind = check_columns(a, t, step->seed->columns, v);
        if (kind == VIOLATION_NONE)
            kind = check_columns(a, t, step->seed->key, v);
        if (kind == VIOLATION_NONE && step->seed->from == NULL)
            kind = check_rows(a, t, step->seed, v);
    } else if (step->operation == MIGEN_BACKFILL) {
        kind = check_columns(a, t, step->backfill->columns, v);
        const char *by[] = {step->backfill->by, NULL};
        if (kind == VIOLATION_NONE && step->backfill->by)
            kind = check_columns(a, t, by, v);
        if (kind == VIOLATION_NONE)
            kind = check_batches(a, s, t, step->backfill, v);
    }
    return kind;
}

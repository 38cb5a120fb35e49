/*
 * data_check.c: the names in seed, backfill and summary. (The parser has looked at a seed's rows.)
 */
#include "sema.h"

#include "dialect.h"

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

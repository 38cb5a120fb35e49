/*
 * dump.c: the canonical text of a schema.
 *
 * Idea       One line for each thing, sorted by name, so that two schemas are equal when their dumps are, and a
 *            difference is a line of a diff. The order of columns does not count: a column that was dropped and
 *            came back stands last.
 */
#include "operation_parts.h"

#include "compare.h"
#include "default_value.h"
#include "sql_normal.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef VECTOR(const char *) dump_lines;

static int dump_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void dump_add_sorted(builder *b, dump_lines *lines)
{
    if (lines->count > 1)
        qsort(lines->items, lines->count, sizeof *lines->items, dump_compare);
    for (size_t i = 0; i < lines->count; i++) {
        builder_add(b, lines->items[i]);
        builder_add(b, "\n");
    }
    lines->count = 0;
}

/* An expression with single spaces; comments and the case of keywords do not count. */
static const char *dump_sql(arena *a, const schema *s, const char *sql)
{
    return sql == NULL ? NULL : sql_normal_names(a, sql, s->engine);
}

static const char *dump_column(arena *a, const schema *s, const migen_column *column)
{
    migen_column plain = *column;
    if (plain.default_value != NULL)
        plain.default_value = default_normal(a, s->engine, plain.type, plain.default_value);
    plain.generated = dump_sql(a, s, plain.generated);
    plain.not_null =
        plain.not_null && plain.type.kind != MIGEN_TYPE_ID; /* the key says it, on both engines */
    const char *text = column_text(a, &plain);
    if (column->comment == NULL || s->engine == MIGEN_SQLITE)
        return arena_format(a, "  column %s %s", name_part_text(a, column->name), text);
    return arena_format(a, "  column %s %s comment '%s'", name_part_text(a, column->name), text,
                        column->comment);
}

/* On SQLite a unique constraint may stand as a unique index of its name: the two are one line. */
static const char *dump_unique(arena *a, const char *name, const char *const *columns)
{
    return arena_format(a, "  unique %s (%s)", name_part_text(a, name), list_join(a, columns, ", "));
}

static const char *dump_constraint(arena *a, const schema *s, const schema_table *t,
                                   const migen_constraint *key)
{
    if (s->engine == MIGEN_SQLITE && key->kind == MIGEN_UNIQUE && key->extra == NULL &&
        constraint_same_collations(key, NULL))
        return dump_unique(a, key->name, key->columns);
    migen_constraint plain = *key;
    plain.expression = dump_sql(a, s, plain.expression);
    const char *text = constraint_text(a, &plain);
    schema_table bare = {.name = t->name};
    schema *empty = schema_new(a, s->engine);
    bool implied =
        s->engine == MIGEN_SQLITE && key->kind == MIGEN_PRIMARY_KEY &&
        (key->name_is_implied || text_ends_with(key->name, "_pkey") || /* SQLite forgets it with a rename */
         text_equal(key->name, schema_default_name(empty, &bare, NULL, "pkey")));
    if (implied)
        return arena_format(a, "  constraint %s", text);
    return arena_format(a, "  constraint %s %s", name_part_text(a, key->name), text);
}

static const char *dump_index(arena *a, const schema *s, const migen_index *index)
{
    bool plain_unique = s->engine == MIGEN_SQLITE && index_is_plain_unique(index);
    const char **columns = ARENA_NEW_ARRAY(a, const char *, index->item_count + 1);
    migen_index_item *items = ARENA_NEW_ARRAY(a, migen_index_item, index->item_count + 1);
    for (size_t i = 0; i < index->item_count; i++) {
        items[i] = index->items[i];
        items[i].expression = dump_sql(a, s, items[i].expression);
        columns[i] = items[i].column;
        plain_unique = plain_unique && !items[i].descending && items[i].extra == NULL;
    }
    if (plain_unique)
        return dump_unique(a, index->name, columns);
    migen_index plain = *index;
    plain.items = items;
    plain.where = dump_sql(a, s, plain.where);
    return arena_format(a, "  index %s %s", name_part_text(a, index->name), index_text(a, &plain));
}

static void dump_triggers(dump_lines *lines, arena *a, const schema *s, const schema_triggers *triggers)
{
    for (size_t i = 0; i < triggers->count; i++) {
        const schema_trigger *trigger = &triggers->items[i];
        if (!trigger->maybe)
            vector_push(a, lines,
                        arena_format(a, "  trigger %s %s", name_part_text(a, trigger->name),
                                     trigger->sql == NULL ? "" : dump_sql(a, s, trigger->sql)));
    }
}

static void dump_table(builder *b, arena *a, const schema *s, const schema_table *t)
{
    dump_lines lines = {0};
    builder_add_format(b, "table %s%s%s\n", name_text(a, t->name), t->strict ? " strict" : "",
                       t->without_rowid ? " without rowid" : "");
    if (t->comment != NULL && s->engine == MIGEN_POSTGRES)
        builder_add_format(b, "  comment '%s'\n", t->comment);
    for (size_t i = 0; i < t->columns.count; i++)
        if (!t->columns.items[i].maybe)
            vector_push(a, &lines, dump_column(a, s, &t->columns.items[i]));
    dump_add_sorted(b, &lines);
    for (size_t i = 0; i < t->constraints.count; i++)
        if (!t->constraints.items[i].maybe)
            vector_push(a, &lines, dump_constraint(a, s, t, &t->constraints.items[i]));
    for (size_t i = 0; i < t->indexes.count; i++)
        if (!t->indexes.items[i].maybe)
            vector_push(a, &lines, dump_index(a, s, &t->indexes.items[i]));
    dump_triggers(&lines, a, s, &t->triggers);
    dump_add_sorted(b, &lines);
}

static const char *dump_enum(arena *a, const schema_enum *e)
{
    builder b = builder_new(a);
    builder_add_format(&b, "enum %s (", name_text(a, e->name));
    for (size_t i = 0; i < e->values.count; i++) {
        builder_add(&b, i > 0 ? ", '" : "'");
        for (const char *c = e->values.items[i]; *c != '\0'; c++)
            builder_add_repeated(&b, *c, *c == '\'' ? 2 : 1);
        builder_add(&b, "'");
    }
    builder_add(&b, ")");
    return b.bytes;
}

static void dump_names(builder *b, arena *a, const map *names, const char *kind)
{
    dump_lines lines = {0};
    for (size_t i = 0; i < names->count; i++) {
        const schema_name_entry *entry = names->entries[i].value;
        if (!names->entries[i].removed && !entry->maybe)
            vector_push(a, &lines, arena_format(a, "%s %s", kind, names->entries[i].key));
    }
    dump_add_sorted(b, &lines);
}

static void dump_small_objects(builder *b, arena *a, const schema *s)
{
    dump_lines lines = {0};
    dump_names(b, a, &s->schemas, "schema");
    dump_names(b, a, &s->extensions, "extension");
    for (size_t i = 0; i < s->enums.count; i++) {
        const schema_enum *e = s->enums.entries[i].value;
        if (!s->enums.entries[i].removed && !e->maybe)
            vector_push(a, &lines, dump_enum(a, e));
    }
    dump_add_sorted(b, &lines);
    for (size_t i = 0; i < s->sequences.count; i++) {
        const schema_sequence *sequence = s->sequences.entries[i].value;
        if (s->sequences.entries[i].removed || sequence->maybe)
            continue;
        vector_push(a, &lines,
                    arena_format(a, "sequence %s start %ld increment %ld", name_text(a, sequence->name),
                                 sequence->start == 0 ? 1 : sequence->start,
                                 sequence->increment == 0 ? 1 : sequence->increment));
    }
    dump_add_sorted(b, &lines);
    for (size_t i = 0; i < s->functions.count; i++) {
        const schema_function *f = s->functions.entries[i].value;
        if (!s->functions.entries[i].removed && !f->maybe)
            vector_push(a, &lines,
                        arena_format(a, "function %s%s %s", name_text(a, f->name),
                                     f->arguments == NULL ? "" : f->arguments,
                                     f->sql == NULL ? "" : dump_sql(a, s, f->sql)));
    }
    dump_add_sorted(b, &lines);
}

static void dump_views(builder *b, arena *a, const schema *s)
{
    dump_lines lines = {0};
    for (size_t i = 0; i < s->views.count; i++) {
        const schema_view *view = s->views.entries[i].value;
        if (s->views.entries[i].removed || view->maybe || view->outside)
            continue;
        dump_lines triggers = {0};
        builder text = builder_new(a);
        builder_add_format(&text, "%s %s %s%s", view->materialized ? "materialized view" : "view",
                           name_text(a, view->name), view->sql == NULL ? "" : dump_sql(a, s, view->sql),
                           view->triggers.count > 0 ? "\n" : "");
        dump_triggers(&triggers, a, s, &view->triggers);
        dump_add_sorted(&text, &triggers);
        vector_push(a, &lines, view->triggers.count > 0 ? text_trim(a, text.bytes) : text.bytes);
    }
    for (size_t i = 0; i < s->relations.count; i++) {
        const schema_table *t = s->relations.entries[i].value;
        const schema_view *view = map_get(&s->views, s->relations.entries[i].key);
        if (view != NULL && view->outside)
            continue;
        for (size_t k = 0; t != NULL && !t->maybe && k < t->indexes.count; k++)
            if (!t->indexes.items[k].maybe)
                vector_push(a, &lines,
                            arena_format(a, "on materialized view %s%s", name_text(a, t->name),
                                         dump_index(a, s, &t->indexes.items[k])));
    }
    dump_add_sorted(b, &lines);
}

char *schema_dump(arena *a, const schema *s)
{
    builder b = builder_new(a);
    dump_lines keys = {0};
    dump_small_objects(&b, a, s);
    for (size_t i = 0; i < s->tables.count; i++) {
        const schema_table *t = s->tables.entries[i].value;
        if (!s->tables.entries[i].removed && !t->given && !t->maybe)
            vector_push(a, &keys, s->tables.entries[i].key);
    }
    if (keys.count > 1)
        qsort(keys.items, keys.count, sizeof *keys.items, dump_compare);
    for (size_t i = 0; i < keys.count; i++)
        dump_table(&b, a, s, map_get(&s->tables, keys.items[i]));
    dump_views(&b, a, s);
    return b.bytes;
}

char *schema_fingerprint(arena *a, const schema *s)
{
    arena *scratch = arena_new();
    const char *dump = schema_dump(scratch, s);
    char *text = arena_format(a, "%016llx", (unsigned long long)hash_bytes(dump, strlen(dump)));
    arena_free(scratch);
    return text;
}

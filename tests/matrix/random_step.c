#include "random_step.h"

#include "sql_reserved.h"
#include "text.h"

#include <sqlite3.h>
#include <string.h>

typedef struct random_maker {
    random_state *r;
    arena *a;
    const schema *s;
} random_maker;

unsigned random_below(random_state *r, unsigned below)
{
    /* splitmix64 */
    uint64_t x = r->seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((x ^ (x >> 31)) % below);
}

static bool one_in(random_maker *m, unsigned n)
{
    return random_below(m->r, n) == 0;
}

/* A bare name that was not there before, some of them in need of quotes. */
static const char *new_part(random_maker *m, const char *kind)
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

static const char *object_of(random_maker *m, const char *part)
{
    return name_part_text(m->a, part);
}

static const char *const *one_name(random_maker *m, const char *name)
{
    const char **list = ARENA_NEW_ARRAY(m->a, const char *, 2);
    list[0] = name;
    return list;
}

static schema_table *any_table(random_maker *m)
{
    if (m->s->tables.count == 0)
        return NULL;
    const map_entry *entry = &m->s->tables.entries[random_below(m->r, (unsigned)m->s->tables.count)];
    return entry->removed ? NULL : entry->value;
}

static schema_enum *any_enum(random_maker *m)
{
    if (m->s->enums.count == 0)
        return NULL;
    const map_entry *entry = &m->s->enums.entries[random_below(m->r, (unsigned)m->s->enums.count)];
    return entry->removed ? NULL : entry->value;
}

static schema_view *any_view(random_maker *m)
{
    if (m->s->views.count == 0)
        return NULL;
    const map_entry *entry = &m->s->views.entries[random_below(m->r, (unsigned)m->s->views.count)];
    return entry->removed ? NULL : entry->value;
}

static migen_column *any_column(random_maker *m, const schema_table *t)
{
    return t == NULL || t->columns.count == 0
               ? NULL
               : &t->columns.items[random_below(m->r, (unsigned)t->columns.count)];
}

static const char *table_object(random_maker *m, const schema_table *t)
{
    return name_text(m->a, t->name);
}

static bool is_number(const migen_column *column)
{
    migen_type_kind kind = column->type.array ? MIGEN_TYPE_JSON : column->type.kind;
    return kind == MIGEN_TYPE_INT || kind == MIGEN_TYPE_BIGINT || kind == MIGEN_TYPE_SMALLINT ||
           kind == MIGEN_TYPE_NUMERIC || kind == MIGEN_TYPE_DOUBLE;
}

static bool is_text(const migen_column *column)
{
    return column->type.kind == MIGEN_TYPE_TEXT || column->type.kind == MIGEN_TYPE_VARCHAR;
}

/* Whether its rows are likely to differ. */
static bool is_distinct(const migen_column *column)
{
    migen_type_kind kind = column->type.kind;
    return kind != MIGEN_TYPE_JSON && kind != MIGEN_TYPE_BOOL && kind != MIGEN_TYPE_ENUM &&
           column->default_value == NULL;
}

/* An expression that a row can fulfil, of one column; NULL when the column is of no use for it. */
static const char *any_condition(random_maker *m, const migen_column *column)
{
    const char *name = sql_name_text(m->a, column->name);
    if (is_number(column))
        return arena_format(m->a, one_in(m, 2) ? "%s >= 0" : "%s BETWEEN 1 AND 50 OR %s <> 7", name, name);
    if (is_text(column))
        return arena_format(
            m->a, one_in(m, 2) ? "length(%s) < 40" : "%s NOT IN ('a', 'it''s b') OR %s IS NULL", name, name);
    if (column->type.kind == MIGEN_TYPE_BOOL)
        return name;
    return arena_format(m->a, "%s IS NOT NULL", name);
}

static migen_type any_type(random_maker *m)
{
    static const migen_type types[] = {
        {.kind = MIGEN_TYPE_INT},         {.kind = MIGEN_TYPE_BIGINT},
        {.kind = MIGEN_TYPE_SMALLINT},    {.kind = MIGEN_TYPE_TEXT},
        {.kind = MIGEN_TYPE_TEXT},        {.kind = MIGEN_TYPE_VARCHAR, .length = 20},
        {.kind = MIGEN_TYPE_VARCHAR},     {.kind = MIGEN_TYPE_CHAR, .length = 3},
        {.kind = MIGEN_TYPE_BOOL},        {.kind = MIGEN_TYPE_NUMERIC, .length = 10, .scale = 2},
        {.kind = MIGEN_TYPE_NUMERIC},     {.kind = MIGEN_TYPE_DATE},
        {.kind = MIGEN_TYPE_TIME},        {.kind = MIGEN_TYPE_TIMESTAMP},
        {.kind = MIGEN_TYPE_TIMESTAMPTZ}, {.kind = MIGEN_TYPE_INTERVAL},
        {.kind = MIGEN_TYPE_JSON},        {.kind = MIGEN_TYPE_JSONB},
        {.kind = MIGEN_TYPE_UUID},        {.kind = MIGEN_TYPE_BYTES},
        {.kind = MIGEN_TYPE_DOUBLE},      {.kind = MIGEN_TYPE_REAL},
    };
    const schema_enum *e = one_in(m, 5) ? any_enum(m) : NULL;
    if (e != NULL)
        return (migen_type){.kind = MIGEN_TYPE_ENUM, .name = name_text(m->a, e->name)};
    return types[random_below(m->r, sizeof types / sizeof types[0])];
}

static const char *any_default(random_maker *m, migen_type type)
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

static migen_column any_new_column(random_maker *m)
{
    migen_column column = {.name = new_part(m, "c"), .type = any_type(m), .not_null = one_in(m, 3)};
    bool plain = column.type.kind != MIGEN_TYPE_JSON && column.type.kind != MIGEN_TYPE_JSONB;
    if (one_in(m, 3) || column.not_null)
        column.default_value = any_default(m, column.type);
    column.unique = plain && one_in(m, 8);
    column.index = plain && one_in(m, 8);
    if (plain && one_in(m, 6))
        column.check = any_condition(m, &column);
    const schema_table *t = one_in(m, 5) ? any_table(m) : NULL;
    const migen_constraint *key = t == NULL ? NULL : table_primary_key(t);
    /* SQLite reads a serial back as an id, and the type of what refers to it with it. */
    if (key != NULL && list_length(key->columns) == 1 &&
        table_find_column(t, key->columns[0])->type.kind != MIGEN_TYPE_SERIAL) {
        static const migen_action actions[] = {MIGEN_NO_ACTION, MIGEN_CASCADE, MIGEN_SET_NULL,
                                               MIGEN_RESTRICT};
        column = (migen_column){.name = column.name,
                                .references = table_object(m, t),
                                .on_delete = actions[random_below(m->r, 4)],
                                .on_update = actions[random_below(m->r, 3)],
                                .index = column.index};
    }
    return column;
}

static bool make_table(random_maker *m, migen_step *out)
{
    unsigned count = 1 + random_below(m->r, 5);
    migen_column *columns = ARENA_NEW_ARRAY(m->a, migen_column, count + 2);
    migen_table *t = ARENA_NEW(m->a, migen_table);
    unsigned at = 0;
    switch (random_below(m->r, 4)) {
    case 0:
        columns[at++] =
            (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_SERIAL}, .primary_key = true};
        break;
    case 1:
        columns[at++] = (migen_column){
            .name = new_part(m, "key"), .type = {.kind = MIGEN_TYPE_TEXT}, .primary_key = true};
        break;
    default:
        columns[at++] = (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_ID}};
    }
    for (unsigned i = 0; i < count; i++)
        columns[at++] = any_new_column(m);
    const migen_column *last = &columns[at - 1];
    if (is_text(last) && one_in(m, 2))
        columns[at++] =
            (migen_column){.name = new_part(m, "g"),
                           .type = {.kind = MIGEN_TYPE_TEXT},
                           .generated = arena_format(m->a, "upper(%s)", sql_name_text(m->a, last->name)),
                           .stored = true};
    *t = (migen_table){.name = object_of(m, new_part(m, "t")), .columns = columns, .column_count = at};
    t->strict = one_in(m, 6) && SQLITE_VERSION_NUMBER >= 3037000; /* before it there is none */
    t->without_rowid = columns[0].type.kind == MIGEN_TYPE_TEXT && one_in(m, 2);
    *out = (migen_step){.operation = one_in(m, 6) ? MIGEN_ENSURE_TABLE : MIGEN_CREATE_TABLE, .table = t};
    return true;
}

static bool make_enum(random_maker *m, migen_step *out)
{
    unsigned count = 1 + random_below(m->r, 3);
    const char **values = ARENA_NEW_ARRAY(m->a, const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        values[i] = new_part(m, "v");
    *out = (migen_step){
        .operation = MIGEN_CREATE_ENUM, .object = object_of(m, new_part(m, "e")), .values = values};
    return true;
}

static bool change_enum(random_maker *m, migen_step *out)
{
    const schema_enum *e = any_enum(m);
    if (e == NULL || e->values.count == 0)
        return false;
    const char *object = name_text(m->a, e->name);
    const char *value = e->values.items[random_below(m->r, (unsigned)e->values.count)];
    switch (random_below(m->r, 4)) {
    case 0:
        *out = (migen_step){.operation = MIGEN_DROP_ENUM, .object = object};
        break;
    case 1:
        *out = (migen_step){.operation = MIGEN_RENAME_ENUM, .object = object, .new_name = new_part(m, "e")};
        break;
    case 2:
        *out = (migen_step){.operation = MIGEN_ADD_ENUM_VALUE, .object = object, .part = new_part(m, "v")};
        if (one_in(m, 2))
            out->before = value;
        break;
    default:
        *out = (migen_step){.operation = MIGEN_RENAME_ENUM_VALUE,
                            .object = object,
                            .part = value,
                            .new_name = new_part(m, "v")};
    }
    return true;
}

static bool change_table(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL)
        return false;
    if (one_in(m, 2))
        *out = (migen_step){
            .operation = MIGEN_DROP_TABLE, .object = table_object(m, t), .cascade = one_in(m, 2)};
    else
        *out = (migen_step){
            .operation = MIGEN_RENAME_TABLE, .object = table_object(m, t), .new_name = new_part(m, "t")};
    return true;
}

static bool add_columns(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL)
        return false;
    unsigned count = one_in(m, 3) ? 2 : 1;
    migen_column *columns = ARENA_NEW_ARRAY(m->a, migen_column, count);
    for (unsigned i = 0; i < count; i++) { /* rows may be there */
        columns[i] = any_new_column(m);
        if (columns[i].default_value == NULL && columns[i].references == NULL && columns[i].not_null)
            columns[i].not_null = false;
        if (columns[i].default_value != NULL)
            columns[i].unique = false;
        if (is_text(&columns[i]) && columns[i].check == NULL && one_in(m, 4)) {
            columns[i].not_null = !columns[i].unique;
            columns[i].backfill = columns[i].not_null ? "'filled'" : NULL;
            columns[i].default_value = NULL;
        }
    }
    *out = (migen_step){.operation = count == 1 ? MIGEN_ADD_COLUMN : MIGEN_ADD_COLUMNS,
                        .object = table_object(m, t),
                        .columns = columns,
                        .column_count = count};
    return true;
}

static bool any_new_type(random_maker *m, const schema_table *t, const migen_column *column,
                         migen_alteration *x)
{
    x->set_type = true;
    for (size_t i = 0; i < t->constraints.count; i++) /* it is to fit its target */
        if (t->constraints.items[i].kind == MIGEN_FOREIGN_KEY &&
            list_contains(t->constraints.items[i].columns, column->name))
            return false;
    switch (column->type.kind) {
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
        x->type.kind = one_in(m, 2) ? MIGEN_TYPE_BIGINT : MIGEN_TYPE_NUMERIC;
        return true;
    case MIGEN_TYPE_VARCHAR:
        x->type.kind = MIGEN_TYPE_TEXT;
        return true;
    case MIGEN_TYPE_TEXT:
        x->type = (migen_type){.kind = MIGEN_TYPE_VARCHAR, .length = 60};
        return true;
    case MIGEN_TYPE_TIMESTAMP:
        x->type.kind = MIGEN_TYPE_TIMESTAMPTZ;
        return true;
    case MIGEN_TYPE_JSON:
        x->type.kind = MIGEN_TYPE_JSONB;
        return true;
    case MIGEN_TYPE_ENUM:
    case MIGEN_TYPE_BOOL:
        for (size_t i = 0; i < t->constraints.count; i++) /* a check of it would be no condition any more */
            if (t->constraints.items[i].kind == MIGEN_CHECK)
                return false;
        x->type.kind = MIGEN_TYPE_TEXT;
        return column->default_value == NULL;
    default:
        return false;
    }
}

static bool alter_column(random_maker *m, const schema_table *t, const migen_column *column, migen_step *out)
{
    migen_alteration *x = ARENA_NEW(m->a, migen_alteration);
    *out = (migen_step){
        .operation = MIGEN_ALTER_COLUMN, .object = table_object(m, t), .part = column->name, .alteration = x};
    switch (random_below(m->r, 4)) {
    case 0:
        return any_new_type(m, t, column, x);
    case 1:
        x->set_not_null = !column->not_null;
        x->drop_not_null = column->not_null;
        if (x->set_not_null && is_text(column) && one_in(m, 2))
            x->backfill = "'filled'";
        return true;
    case 2:
        x->default_value = any_default(m, column->type);
        return x->default_value != NULL && column->generated == NULL;
    default:
        x->drop_default = true;
        return column->default_value != NULL;
    }
}

static bool change_column(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    const char *table = table_object(m, t);
    switch (random_below(m->r, 4)) {
    case 0:
        *out = (migen_step){
            .operation = MIGEN_DROP_COLUMN, .object = table, .part = column->name, .cascade = one_in(m, 2)};
        return true;
    case 1:
        *out = (migen_step){.operation = MIGEN_RENAME_COLUMN,
                            .object = table,
                            .part = column->name,
                            .new_name = new_part(m, "c")};
        return true;
    default:
        return alter_column(m, t, column, out);
    }
}

static bool make_index(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    const migen_column *other = any_column(m, t);
    if (column == NULL || column->type.kind == MIGEN_TYPE_JSON || other->type.kind == MIGEN_TYPE_JSON ||
        column->type.kind == MIGEN_TYPE_JSONB)
        return false;
    migen_index *index = ARENA_NEW(m->a, migen_index);
    migen_index_item *items = ARENA_NEW_ARRAY(m->a, migen_index_item, 2);
    items[0] = (migen_index_item){.column = column->name, .descending = one_in(m, 3)};
    if (is_text(column) && one_in(m, 3))
        items[0] = (migen_index_item){.expression =
                                          arena_format(m->a, "lower(%s)", sql_name_text(m->a, column->name))};
    index->items = items;
    index->item_count = 1;
    if (other != column && other->type.kind != MIGEN_TYPE_JSONB && one_in(m, 2))
        items[index->item_count++] = (migen_index_item){.column = other->name};
    index->unique = one_in(m, 4) && is_distinct(column);
    if (one_in(m, 3))
        index->where = any_condition(m, other);
    if (one_in(m, 3))
        index->name = new_part(m, "ix");
    *out = (migen_step){.operation = MIGEN_CREATE_INDEX, .object = table_object(m, t), .index = index};
    return true;
}

static bool change_index(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->indexes.count == 0)
        return false;
    const migen_index *index = &t->indexes.items[random_below(m->r, (unsigned)t->indexes.count)];
    const char *object = object_of(m, index->name);
    if (one_in(m, 2))
        *out = (migen_step){.operation = MIGEN_DROP_INDEX, .object = object};
    else
        *out = (migen_step){.operation = MIGEN_RENAME_INDEX, .object = object, .new_name = new_part(m, "ix")};
    return true;
}

static bool make_constraint(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    migen_constraint *k = ARENA_NEW(m->a, migen_constraint);
    *out = (migen_step){.operation = MIGEN_ADD_CONSTRAINT, .object = table_object(m, t), .constraint = k};
    if (one_in(m, 2))
        k->name = new_part(m, "k");
    if (one_in(m, 3) && is_distinct(column)) {
        k->kind = MIGEN_UNIQUE;
        k->columns = one_name(m, column->name);
        return true;
    }
    if (one_in(m, 2)) {
        k->kind = MIGEN_CHECK;
        k->expression = any_condition(m, column);
        return true;
    }
    const schema_table *target = any_table(m);
    const migen_constraint *key = target == NULL ? NULL : table_primary_key(target);
    if (key == NULL || list_length(key->columns) != 1)
        return false;
    migen_type_kind kind = table_find_column(target, key->columns[0])->type.kind;
    bool fits = kind == MIGEN_TYPE_TEXT ? column->type.kind == MIGEN_TYPE_TEXT
                                        : column->type.kind == MIGEN_TYPE_BIGINT;
    k->kind = MIGEN_FOREIGN_KEY;
    k->columns = one_name(m, column->name);
    k->references = table_object(m, target);
    k->on_delete = one_in(m, 2) ? MIGEN_CASCADE : MIGEN_NO_ACTION;
    return fits;
}

static bool change_constraint(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->constraints.count == 0)
        return false;
    const migen_constraint *k = &t->constraints.items[random_below(m->r, (unsigned)t->constraints.count)];
    if (k->kind == MIGEN_PRIMARY_KEY && /* an `id` without its key cannot be said */
        (!one_in(m, 4) || table_find_column(t, k->columns[0])->type.kind == MIGEN_TYPE_ID))
        return false;
    *out = (migen_step){.operation = MIGEN_DROP_CONSTRAINT, .object = table_object(m, t), .part = k->name};
    if (one_in(m, 2)) {
        out->operation = MIGEN_RENAME_CONSTRAINT;
        out->new_name = new_part(m, "k");
    } else {
        out->cascade = one_in(m, 2);
    }
    return true;
}

static bool make_view(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *first = any_column(m, t), *second = any_column(m, t);
    const schema_view *there = one_in(m, 4) ? any_view(m) : NULL;
    if (first == NULL)
        return false;
    const char *x = sql_name_text(m->a, first->name), *y = sql_name_text(m->a, second->name);
    const char *table = sql_name_text(m->a, t->name.name);
    const char **sql = ARENA_NEW_ARRAY(m->a, const char *, 2);
    if (one_in(m, 3))
        sql[0] = arena_format(m->a, "SELECT a.%s AS x, b.%s AS y FROM %s a JOIN %s AS b ON a.%s = b.%s", x, y,
                              table, table, x, x);
    else
        sql[0] = arena_format(m->a, "SELECT %s, count(*) AS n FROM %s WHERE %s IS NOT NULL GROUP BY %s", x,
                              table, y, x);
    if (strstr(sql[0], "JOIN") != NULL || first->type.kind != MIGEN_TYPE_JSON) {
        *out = (migen_step){.operation = MIGEN_CREATE_VIEW,
                            .object =
                                there == NULL ? object_of(m, new_part(m, "w")) : name_text(m->a, there->name),
                            .sql = sql};
        return first->type.kind != MIGEN_TYPE_JSON;
    }
    return false;
}

static bool drop_view(random_maker *m, migen_step *out)
{
    const schema_view *v = any_view(m);
    if (v == NULL)
        return false;
    *out = (migen_step){.operation = MIGEN_DROP_VIEW, .object = name_text(m->a, v->name)};
    return true;
}

static const char *const *one_statement(random_maker *m, const char *sql)
{
    return one_name(m, sql);
}

/* A function that does nothing, for triggers. */
static bool make_function(random_maker *m, migen_step *out)
{
    const char *name = object_of(m, new_part(m, "f"));
    *out = (migen_step){
        .operation = MIGEN_CREATE_FUNCTION,
        .object = name,
        .arguments = "()",
        .sql = one_statement(m, arena_format(m->a,
                                             "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE "
                                             "plpgsql AS $f$ BEGIN RETURN NEW; END $f$",
                                             name))};
    return true;
}

static bool make_trigger(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL)
        return false;
    const char *table = table_object(m, t), *name = new_part(m, "tr"), *quoted = sql_name_text(m->a, name);
    const char *text =
        arena_format(m->a, "CREATE TRIGGER %s AFTER INSERT ON %s BEGIN SELECT 1; END", quoted, table);
    if (m->s->engine == MIGEN_POSTGRES) {
        const map_entry *entry = NULL;
        for (size_t i = 0; i < m->s->functions.count; i++)
            if (!m->s->functions.entries[i].removed)
                entry = &m->s->functions.entries[i];
        if (entry == NULL)
            return make_function(m, out);
        text = arena_format(m->a, "CREATE TRIGGER %s AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION %s()",
                            quoted, table, entry->key);
    }
    *out = (migen_step){
        .operation = MIGEN_CREATE_TRIGGER, .object = table, .part = name, .sql = one_statement(m, text)};
    return true;
}

static bool drop_trigger(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL || t->triggers.count == 0)
        return false;
    *out = (migen_step){
        .operation = MIGEN_DROP_TRIGGER, .object = table_object(m, t), .part = t->triggers.items[0].name};
    return true;
}

static bool make_sequence(random_maker *m, migen_step *out)
{
    *out = (migen_step){.operation = MIGEN_CREATE_SEQUENCE,
                        .object = object_of(m, new_part(m, "sq")),
                        .start = one_in(m, 2) ? 100 : 0,
                        .increment = one_in(m, 2) ? 5 : 0};
    return true;
}

static bool make_materialized_view(random_maker *m, migen_step *out)
{
    if (!make_view(m, out) || schema_find_view(m->s, out->object) != NULL)
        return false;
    out->operation = MIGEN_CREATE_MATERIALIZED_VIEW;
    return true;
}

static bool make_comment(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    *out = (migen_step){.operation = MIGEN_COMMENT_ON_TABLE,
                        .object = table_object(m, t),
                        .text = new_part(m, "it's a comment")};
    if (one_in(m, 2)) {
        out->operation = MIGEN_COMMENT_ON_COLUMN;
        out->part = column->name;
    }
    return true;
}

static bool add_array(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    if (t == NULL)
        return false;
    migen_column *column = ARENA_NEW(m->a, migen_column);
    *column = (migen_column){.name = new_part(m, "arr"), .type = {.kind = MIGEN_TYPE_INT, .array = true}};
    *out = (migen_step){
        .operation = MIGEN_ADD_COLUMN, .object = table_object(m, t), .columns = column, .column_count = 1};
    return true;
}

bool random_engine_step(random_state *r, arena *a, const schema *s, migen_step *out)
{
    random_maker m = {.r = r, .a = a, .s = s};
    if (one_in(&m, 2))
        return random_step(r, a, s, out);
    if (s->engine == MIGEN_SQLITE)
        return one_in(&m, 3) ? drop_trigger(&m, out) : make_trigger(&m, out);
    switch (random_below(r, 10)) {
    case 0:
        *out = (migen_step){.operation = MIGEN_CREATE_SCHEMA, .object = object_of(&m, new_part(&m, "area"))};
        return true;
    case 1:
    case 2:
        return make_sequence(&m, out);
    case 3:
        return make_materialized_view(&m, out);
    case 4:
    case 5:
        return make_trigger(&m, out);
    case 6:
        return drop_trigger(&m, out);
    case 7:
        return add_array(&m, out);
    default:
        return make_comment(&m, out);
    }
}

bool random_step(random_state *r, arena *a, const schema *s, migen_step *out)
{
    random_maker m = {.r = r, .a = a, .s = s};
    switch (s->tables.count == 0 ? random_below(r, 2) : random_below(r, 20)) {
    case 0:
    case 1:
        return make_table(&m, out);
    case 2:
        return make_enum(&m, out);
    case 3:
    case 4:
        return change_enum(&m, out);
    case 5:
    case 6:
        return change_table(&m, out);
    case 7:
    case 8:
        return add_columns(&m, out);
    case 9:
    case 10:
    case 11:
    case 12:
        return change_column(&m, out);
    case 13:
        return make_index(&m, out);
    case 14:
        return change_index(&m, out);
    case 15:
    case 16:
        return make_constraint(&m, out);
    case 17:
        return change_constraint(&m, out);
    case 18:
        return make_view(&m, out);
    default:
        return drop_view(&m, out);
    }
}

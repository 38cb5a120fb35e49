#include "random_parts.h"

#include "sql_normal.h"
#include "sql_reserved.h"
#include "text.h"

#include <sqlite3.h>
#include <string.h>

static migen_action any_action(random_maker *m)
{
    static const migen_action actions[] = {MIGEN_NO_ACTION, MIGEN_CASCADE, MIGEN_SET_NULL, MIGEN_RESTRICT,
                                           MIGEN_SET_DEFAULT};
    return actions[random_below(m->r, sizeof actions / sizeof actions[0])];
}

/* What a foreign key can lead to: the primary key, and now and then a unique constraint. */
static const migen_constraint *any_unique(random_maker *m, const schema_table *t)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].kind == MIGEN_UNIQUE && one_in(m, 4))
            return &t->constraints.items[i];
    return table_primary_key(t);
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
    const migen_constraint *key = t == NULL ? NULL : any_unique(m, t);
    /* SQLite reads a serial back as an id, and the type of what refers to it with it. */
    if (key != NULL && list_length(key->columns) == 1 &&
        table_find_column(t, key->columns[0])->type.kind != MIGEN_TYPE_SERIAL) {
        column = (migen_column){.name = column.name,
                                .references = table_object(m, t),
                                .references_column =
                                    key->kind == MIGEN_PRIMARY_KEY && one_in(m, 2) ? NULL : key->columns[0],
                                .on_delete = any_action(m),
                                .on_update = any_action(m),
                                .index = column.index};
    }
    return column;
}

/* The primary key: one of a table's first columns, or two of them. */
static unsigned any_key(random_maker *m, migen_column *columns, migen_constraint *key)
{
    static const migen_type types[] = {{.kind = MIGEN_TYPE_TEXT},
                                       {.kind = MIGEN_TYPE_UUID},
                                       {.kind = MIGEN_TYPE_INT},
                                       {.kind = MIGEN_TYPE_VARCHAR, .length = 40}};
    switch (random_below(m->r, 9)) {
    case 0:
    case 1:
        columns[0] = (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_SERIAL}, .primary_key = true};
        return 1;
    case 2:
        columns[0] =
            (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_BIGSERIAL}, .primary_key = true};
        return 1;
    case 3:
        columns[0] = (migen_column){.name = new_part(m, "key"), .type = {.kind = MIGEN_TYPE_TEXT}};
        columns[1] =
            (migen_column){.name = new_part(m, "key"), .type = {.kind = MIGEN_TYPE_INT}, .not_null = true};
        *key = (migen_constraint){.kind = MIGEN_PRIMARY_KEY,
                                  .name = one_in(m, 3) ? new_part(m, "k") : NULL,
                                  .columns = two_names(m, columns[0].name, columns[1].name)};
        return 2;
    case 4:
    case 5:
        columns[0] = (migen_column){
            .name = new_part(m, "key"), .type = types[random_below(m->r, 4)], .primary_key = true};
        return 1;
    case 6:
        if (one_in(m, 3))
            return 0;
        /* fall through */
    default:
        columns[0] = (migen_column){.name = "id", .type = {.kind = MIGEN_TYPE_ID}};
        return 1;
    }
}

/* A foreign key of two columns, where some table has such a key. */
static unsigned any_double_key(random_maker *m, migen_column *columns, migen_constraint *key)
{
    const schema_table *t = any_table(m);
    const migen_constraint *target = t == NULL ? NULL : table_primary_key(t);
    if (target == NULL || list_length(target->columns) != 2)
        return 0;
    for (size_t i = 0; i < 2; i++)
        columns[i] =
            (migen_column){.name = new_part(m, "c"), .type = table_find_column(t, target->columns[i])->type};
    *key = (migen_constraint){.kind = MIGEN_FOREIGN_KEY,
                              .columns = two_names(m, columns[0].name, columns[1].name),
                              .references = table_object(m, t),
                              .references_columns = one_in(m, 2) ? NULL : target->columns,
                              .on_delete = any_action(m)};
    return 2;
}

bool make_table(random_maker *m, migen_step *out)
{
    unsigned count = 1 + random_below(m->r, 5);
    migen_column *columns = ARENA_NEW_ARRAY(m->a, migen_column, count + 6);
    migen_constraint *constraints = ARENA_NEW_ARRAY(m->a, migen_constraint, 3);
    migen_table *t = ARENA_NEW(m->a, migen_table);
    unsigned at = any_key(m, columns, &constraints[0]);
    bool keyed = at == 2 || (at == 1 && columns[0].primary_key);
    t->without_rowid = keyed && columns[0].type.kind != MIGEN_TYPE_SERIAL &&
                       columns[0].type.kind != MIGEN_TYPE_BIGSERIAL && one_in(m, 2);
    t->constraint_count = at == 2 ? 1 : 0;
    for (unsigned i = 0; i < count; i++)
        columns[at++] = any_new_column(m);
    const migen_column *last = &columns[at - 1];
    if (is_text(last) && one_in(m, 2))
        columns[at++] =
            (migen_column){.name = new_part(m, "g"),
                           .type = {.kind = MIGEN_TYPE_TEXT},
                           .generated = arena_format(m->a, "upper(%s)", sql_name_text(m->a, last->name)),
                           .stored = true};
    if (one_in(m, 3)) {
        unsigned more = any_double_key(m, &columns[at], &constraints[t->constraint_count]);
        t->constraint_count += more == 0 ? 0 : 1;
        at += more;
    }
    if (last != columns && is_distinct(last) && !has_no_order(last) && last->references == NULL &&
        one_in(m, 6))
        constraints[t->constraint_count++] =
            (migen_constraint){.kind = MIGEN_UNIQUE,
                               .name = one_in(m, 2) ? new_part(m, "k") : NULL,
                               .columns = two_names(m, last->name, columns[0].name)};
    t->name = new_object(m, "t");
    t->columns = columns;
    t->column_count = at;
    t->constraints = constraints;
    t->strict = one_in(m, 6) && SQLITE_VERSION_NUMBER >= 3037000; /* before it there is none */
    *out = (migen_step){.operation = one_in(m, 6) ? MIGEN_ENSURE_TABLE : MIGEN_CREATE_TABLE, .table = t};
    return true;
}

/* A table that is there as it is, and a column more. */
bool ensure_more(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    for (size_t i = 0; t != NULL && i < t->columns.count; i++)
        if (t->columns.items[i].collate != NULL || t->columns.items[i].type.array)
            return false; /* one engine's */
    if (t == NULL || t->columns.count == 0)
        return false;
    migen_table *more = ARENA_NEW(m->a, migen_table);
    *more = *schema_table_definition(m->a, t);
    migen_column *columns = ARENA_NEW_ARRAY(m->a, migen_column, more->column_count + 1);
    memcpy(columns, more->columns, more->column_count * sizeof *columns);
    columns[more->column_count] = any_new_column(m);
    columns[more->column_count].not_null = columns[more->column_count].default_value != NULL;
    columns[more->column_count].unique = false;
    more->columns = columns;
    more->column_count++;
    *out = (migen_step){.operation = MIGEN_ENSURE_TABLE, .table = more};
    return true;
}

bool change_some_table(random_maker *m, migen_step *out)
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

bool add_columns(random_maker *m, migen_step *out)
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

/* A condition or an index's expression reads the column as of its type. */
static bool is_in_expressions(random_maker *m, const schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].kind == MIGEN_CHECK &&
            sql_mentions(t->constraints.items[i].expression, column, m->s->engine))
            return true;
    for (size_t i = 0; i < t->indexes.count; i++) {
        const migen_index *index = &t->indexes.items[i];
        if (index->where != NULL && sql_mentions(index->where, column, m->s->engine))
            return true;
        for (size_t k = 0; k < index->item_count; k++)
            if (index->items[k].expression != NULL &&
                sql_mentions(index->items[k].expression, column, m->s->engine))
                return true;
    }
    return false;
}

/* What a column of this type can become, and what it is then that it was not. */
static bool other_type(random_maker *m, const migen_column *column, migen_type *to, bool *other)
{
    static const migen_type_kind whole[] = {MIGEN_TYPE_BIGINT, MIGEN_TYPE_NUMERIC, MIGEN_TYPE_TEXT,
                                            MIGEN_TYPE_DOUBLE};
    static const migen_type_kind day[] = {MIGEN_TYPE_TIMESTAMP, MIGEN_TYPE_TEXT};
    static const migen_type_kind moment[] = {MIGEN_TYPE_TIMESTAMP, MIGEN_TYPE_TIMESTAMPTZ, MIGEN_TYPE_TEXT};
    static const migen_type_kind json[] = {MIGEN_TYPE_JSON, MIGEN_TYPE_JSONB, MIGEN_TYPE_TEXT};
    *to = (migen_type){.kind = MIGEN_TYPE_TEXT};
    switch (column->type.kind) {
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
        to->kind = whole[random_below(m->r, 4)];
        break;
    case MIGEN_TYPE_NUMERIC:
        *to = (migen_type){.kind = MIGEN_TYPE_NUMERIC, .length = 14, .scale = 3};
        break;
    case MIGEN_TYPE_TEXT:
        *to = (migen_type){.kind = MIGEN_TYPE_VARCHAR, .length = 60};
        break;
    case MIGEN_TYPE_DATE:
        to->kind = day[random_below(m->r, 2)];
        break;
    case MIGEN_TYPE_TIMESTAMP:
    case MIGEN_TYPE_TIMESTAMPTZ:
        to->kind = moment[random_below(m->r, 3)];
        break;
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        to->kind = json[random_below(m->r, 3)];
        break;
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
    case MIGEN_TYPE_BOOL:
    case MIGEN_TYPE_ENUM:
    case MIGEN_TYPE_TIME:
    case MIGEN_TYPE_INTERVAL:
    case MIGEN_TYPE_UUID:
        break;
    default:
        return false;
    }
    *other = to->kind == MIGEN_TYPE_TEXT && column->type.kind != MIGEN_TYPE_VARCHAR;
    return to->kind != column->type.kind || to->length != column->type.length;
}

static bool any_new_type(random_maker *m, const schema_table *t, const migen_column *column,
                         migen_alteration *x)
{
    bool other = false;
    x->set_type = true;
    for (size_t i = 0; i < t->constraints.count; i++) /* it is to fit its target */
        if (t->constraints.items[i].kind == MIGEN_FOREIGN_KEY &&
            list_contains(t->constraints.items[i].columns, column->name))
            return false;
    if (column->type.array || !other_type(m, column, &x->type, &other) ||
        (other && is_in_expressions(m, t, column->name)))
        return false;
    if (one_in(m, 4) && column->generated == NULL) {
        const char *name = sql_name_text(m->a, column->name);
        x->using_expression = other ? arena_format(m->a, "CAST(%s AS text)", name) : name;
    }
    if (column->default_value != NULL &&
        other) { /* what it would be as a text, the engines do not agree on */
        x->default_value = one_in(m, 2) ? "'new'" : NULL;
        x->drop_default = x->default_value == NULL;
    }
    if (one_in(m, 4) && !column->not_null)
        x->set_not_null = true;
    return true;
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
        x->default_value = column->type.array ? NULL : any_default(m, column->type);
        x->set_not_null = x->default_value != NULL && !column->not_null && one_in(m, 4);
        return x->default_value != NULL && column->generated == NULL;
    default:
        x->drop_default = true;
        return column->default_value != NULL;
    }
}

bool change_column(random_maker *m, migen_step *out)
{
    const schema_table *t = any_table(m);
    const migen_column *column = any_column(m, t);
    if (column == NULL)
        return false;
    const char *table = table_object(m, t);
    const migen_column *second = any_column(m, t);
    switch (random_below(m->r, 5)) {
    case 4:
        *out = (migen_step){.operation = MIGEN_DROP_COLUMNS,
                            .object = table,
                            .values = two_names(m, column->name, second->name),
                            .cascade = one_in(m, 2)};
        return column != second;
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

/* What the two engines do not say in the same words. */
bool add_own_column(random_maker *m, migen_step *out)
{
    static const migen_type_kind kinds[] = {MIGEN_TYPE_INT,  MIGEN_TYPE_TEXT,  MIGEN_TYPE_BOOL,
                                            MIGEN_TYPE_DATE, MIGEN_TYPE_JSONB, MIGEN_TYPE_UUID};
    const schema_table *t = any_table(m);
    const migen_column *from = any_column(m, t);
    const schema_enum *e = any_enum(m);
    if (from == NULL)
        return false;
    migen_column *column = ARENA_NEW(m->a, migen_column);
    bool postgres = m->s->engine == MIGEN_POSTGRES;
    *column = (migen_column){.name = new_part(m, "own"), .type = {.kind = MIGEN_TYPE_TEXT}};
    if (one_in(m, 4))
        column->collate = postgres ? "C" : "NOCASE";
    else if (postgres && e != NULL && one_in(m, 3))
        column->type = (migen_type){.kind = MIGEN_TYPE_ENUM, .name = name_text(m->a, e->name), .array = true};
    else if (postgres)
        column->type = (migen_type){.kind = kinds[random_below(m->r, 6)], .array = true};
    else if (is_text(from) && from->generated == NULL)
        column->generated = arena_format(m->a, "lower(%s)", sql_name_text(m->a, from->name));
    *out = (migen_step){
        .operation = MIGEN_ADD_COLUMN, .object = table_object(m, t), .columns = column, .column_count = 1};
    return true;
}

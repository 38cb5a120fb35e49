#include "way_fields.h"

#define WAY_AT(owner, field_kind, member)                                                                    \
    .name = #member, .kind = WAY_##field_kind, .offset = offsetof(owner, member),                            \
    .width = sizeof(((owner *)0)->member)
#define WAY_ONE(owner, kind, member)                                                                         \
    {                                                                                                        \
        WAY_AT(owner, kind, member)                                                                          \
    }
#define WAY_SUB(owner, kind, member, of)                                                                     \
    {                                                                                                        \
        WAY_AT(owner, kind, member), .shape = &way_shape_##of                                                \
    }
#define WAY_ALL(owner, member, counted_by, of)                                                               \
    {                                                                                                        \
        WAY_AT(owner, MANY, member), .counter = offsetof(owner, counted_by), .shape = &way_shape_##of        \
    }
#define WAY_SHAPE(of, owner)                                                                                 \
    const way_shape way_shape_##of = {way_fields_##of, sizeof way_fields_##of / sizeof *way_fields_##of,     \
                                      sizeof(owner)}

static const way_field way_fields_type[] = {
    WAY_ONE(migen_type, TYPE, kind),  WAY_ONE(migen_type, NUMBER, length), WAY_ONE(migen_type, NUMBER, scale),
    WAY_ONE(migen_type, FLAG, array), WAY_ONE(migen_type, TEXT, name),     WAY_ONE(migen_type, TEXT, sqlite),
};
static WAY_SHAPE(type, migen_type);

static const way_field way_fields_column[] = {
    WAY_ONE(migen_column, TEXT, name),
    WAY_SUB(migen_column, PART, type, type),
    WAY_ONE(migen_column, FLAG, not_null),
    WAY_ONE(migen_column, TEXT, default_value),
    WAY_ONE(migen_column, TEXT, collate),
    WAY_ONE(migen_column, TEXT, generated),
    WAY_ONE(migen_column, FLAG, stored),
    WAY_ONE(migen_column, TEXT, comment),
    WAY_ONE(migen_column, TEXT, backfill),
    WAY_ONE(migen_column, FLAG, primary_key),
    WAY_ONE(migen_column, FLAG, unique),
    WAY_ONE(migen_column, FLAG, index),
    WAY_ONE(migen_column, TEXT, unique_name),
    WAY_ONE(migen_column, TEXT, index_name),
    WAY_ONE(migen_column, TEXT, check),
    WAY_ONE(migen_column, TEXT, check_name),
    WAY_ONE(migen_column, TEXT, references),
    WAY_ONE(migen_column, TEXT, references_column),
    WAY_ONE(migen_column, NUMBER, on_delete),
    WAY_ONE(migen_column, NUMBER, on_update),
    WAY_ONE(migen_column, TEXT, references_name),
    WAY_ONE(migen_column, FLAG, type_unchecked),
    WAY_ONE(migen_column, TEXT, extra),
    WAY_ONE(migen_column, TEXT, declared),
    WAY_ONE(migen_column, FLAG, maybe),
};
static WAY_SHAPE(column, migen_column);

static const way_field way_fields_constraint[] = {
    WAY_ONE(migen_constraint, NUMBER, kind),        WAY_ONE(migen_constraint, TEXT, name),
    WAY_ONE(migen_constraint, LIST, columns),       WAY_ONE(migen_constraint, TEXT, expression),
    WAY_ONE(migen_constraint, TEXT, references),    WAY_ONE(migen_constraint, LIST, references_columns),
    WAY_ONE(migen_constraint, NUMBER, on_delete),   WAY_ONE(migen_constraint, NUMBER, on_update),
    WAY_ONE(migen_constraint, FLAG, half_done),     WAY_ONE(migen_constraint, FLAG, name_is_implied),
    WAY_ONE(migen_constraint, FLAG, is_index),      WAY_ONE(migen_constraint, TEXT, extra),
    WAY_ONE(migen_constraint, LIST, column_extras), WAY_ONE(migen_constraint, FLAG, maybe),
};
static WAY_SHAPE(constraint, migen_constraint);

static const way_field way_fields_index_item[] = {
    WAY_ONE(migen_index_item, TEXT, column),
    WAY_ONE(migen_index_item, TEXT, expression),
    WAY_ONE(migen_index_item, FLAG, descending),
    WAY_ONE(migen_index_item, TEXT, extra),
};
static WAY_SHAPE(index_item, migen_index_item);

static const way_field way_fields_index[] = {
    WAY_ONE(migen_index, TEXT, name),      WAY_ONE(migen_index, FLAG, unique),
    WAY_ONE(migen_index, TEXT, method),    WAY_ALL(migen_index, items, item_count, index_item),
    WAY_ONE(migen_index, LIST, include),   WAY_ONE(migen_index, TEXT, where),
    WAY_ONE(migen_index, FLAG, half_done), WAY_ONE(migen_index, TEXT, sql),
    WAY_ONE(migen_index, TEXT, comment),   WAY_ONE(migen_index, FLAG, maybe),
};
static WAY_SHAPE(index, migen_index);

static const way_field way_fields_table[] = {
    WAY_ONE(migen_table, TEXT, name),
    WAY_ALL(migen_table, columns, column_count, column),
    WAY_ALL(migen_table, constraints, constraint_count, constraint),
    WAY_ALL(migen_table, indexes, index_count, index),
    WAY_ONE(migen_table, FLAG, strict),
    WAY_ONE(migen_table, FLAG, without_rowid),
};
static WAY_SHAPE(table, migen_table);

/* The columns and the count of rows stand before the cells: their number follows from both. */
static const way_field way_fields_seed[] = {
    WAY_ONE(migen_seed, LIST, columns), WAY_ONE(migen_seed, LIST, key),
    WAY_ONE(migen_seed, FLAG, update),  WAY_ONE(migen_seed, NUMBER, row_count),
    WAY_ONE(migen_seed, CELLS, values), WAY_ONE(migen_seed, TEXT, from),
};
static WAY_SHAPE(seed, migen_seed);

static const way_field way_fields_backfill[] = {
    WAY_ONE(migen_backfill, LIST, columns), WAY_ONE(migen_backfill, LIST, expressions),
    WAY_ONE(migen_backfill, TEXT, where),   WAY_ONE(migen_backfill, TEXT, by),
    WAY_ONE(migen_backfill, NUMBER, batch), WAY_ONE(migen_backfill, NUMBER, pause),
};
static WAY_SHAPE(backfill, migen_backfill);

static const way_field way_fields_alteration[] = {
    WAY_ONE(migen_alteration, FLAG, set_type),     WAY_SUB(migen_alteration, PART, type, type),
    WAY_ONE(migen_alteration, TEXT, collate),      WAY_ONE(migen_alteration, TEXT, using_expression),
    WAY_ONE(migen_alteration, FLAG, set_not_null), WAY_ONE(migen_alteration, FLAG, drop_not_null),
    WAY_ONE(migen_alteration, TEXT, backfill),     WAY_ONE(migen_alteration, TEXT, default_value),
    WAY_ONE(migen_alteration, FLAG, drop_default),
};
static WAY_SHAPE(alteration, migen_alteration);

/* All but the address of a function: a `call` is only in its own release. */
static const way_field way_fields_step[] = {
    WAY_ONE(migen_step, OPERATION, operation),
    WAY_ONE(migen_step, TEXT, object),
    WAY_ONE(migen_step, TEXT, part),
    WAY_ONE(migen_step, TEXT, new_name),
    WAY_ONE(migen_step, TEXT, arguments),
    WAY_SUB(migen_step, POINTER, table, table),
    WAY_ALL(migen_step, columns, column_count, column),
    WAY_SUB(migen_step, POINTER, constraint, constraint),
    WAY_SUB(migen_step, POINTER, index, index),
    WAY_SUB(migen_step, POINTER, seed, seed),
    WAY_SUB(migen_step, POINTER, backfill, backfill),
    WAY_SUB(migen_step, POINTER, alteration, alteration),
    WAY_ONE(migen_step, LIST, values),
    WAY_ONE(migen_step, TEXT, before),
    WAY_ONE(migen_step, TEXT, after),
    WAY_ONE(migen_step, TEXT, text),
    WAY_ONE(migen_step, LIST, sql),
    WAY_ONE(migen_step, TEXT, when),
    WAY_ONE(migen_step, TEXT, unless),
    WAY_ONE(migen_step, NUMBER, start),
    WAY_ONE(migen_step, NUMBER, increment),
    WAY_ONE(migen_step, FLAG, cascade),
    WAY_ONE(migen_step, FLAG, negated),
    WAY_ONE(migen_step, NUMBER, kind),
    WAY_ONE(migen_step, NUMBER, engines),
    WAY_ONE(migen_step, NUMBER, branch),
};
WAY_SHAPE(step, migen_step);

static const way_field way_fields_migration[] = {
    WAY_ONE(migen_migration, TEXT, title),
    WAY_ONE(migen_migration, TEXT, file),
    WAY_ONE(migen_migration, LIST, after),
    WAY_ONE(migen_migration, TEXT, down_never),
    WAY_ONE(migen_migration, FLAG, transaction_none),
    WAY_ALL(migen_migration, down, down_count, step),
    WAY_ALL(migen_migration, made, made_count, step),
};
WAY_SHAPE(migration, migen_migration);

/* The safe functions of migen.h, for hand-written C: each is its step, carried out at once. */
#include "migen.h"
#include "run.h"

#include "sql_normal.h"

#include <string.h>
#include <strings.h>

int migen_carry_out(migen *m, const migen_step *step)
{
    if (m->error.code != STATUS_OK)
        return (int)m->error.code;
    run_expect(m, step);
    return (int)carry_step(m, step);
}

migen_engine migen_engine_of(const migen *m)
{
    return m->engine;
}

static bool functions_has(migen *m, migen_kind kind, const char *object, const char *part)
{
    if (m->stale && batch_flush(m, true, NULL) != STATUS_OK)
        return false;
    return schema_has(m->live, kind, object, part);
}

bool schema_exists(migen *m, const char *schema)
{
    return functions_has(m, MIGEN_KIND_SCHEMA, schema, NULL);
}

bool table_exists(migen *m, const char *table)
{
    return functions_has(m, MIGEN_KIND_TABLE, table, NULL);
}

bool column_exists(migen *m, const char *table, const char *column)
{
    return functions_has(m, MIGEN_KIND_COLUMN, table, column);
}

bool index_exists(migen *m, const char *index)
{
    return functions_has(m, MIGEN_KIND_INDEX, index, NULL);
}

bool constraint_exists(migen *m, const char *table, const char *constraint)
{
    return functions_has(m, MIGEN_KIND_CONSTRAINT, table, constraint);
}

bool enum_exists(migen *m, const char *enum_name)
{
    return functions_has(m, MIGEN_KIND_ENUM, enum_name, NULL);
}

bool enum_value_exists(migen *m, const char *enum_name, const char *value)
{
    return functions_has(m, MIGEN_KIND_ENUM_VALUE, enum_name, value);
}

bool view_exists(migen *m, const char *view)
{
    return functions_has(m, MIGEN_KIND_VIEW, view, NULL);
}

static int functions_object(migen *m, migen_operation operation, const char *object)
{
    migen_step step = {.operation = operation, .object = object};
    return migen_carry_out(m, &step);
}

static int functions_part(migen *m, migen_operation operation, const char *object, const char *part,
                          const char *to)
{
    migen_step step = {.operation = operation, .object = object, .part = part, .new_name = to};
    return migen_carry_out(m, &step);
}

int safe_create_schema(migen *m, const char *schema)
{
    return functions_object(m, MIGEN_CREATE_SCHEMA, schema);
}

int safe_drop_schema(migen *m, const char *schema)
{
    return functions_object(m, MIGEN_DROP_SCHEMA, schema);
}

int safe_create_enum(migen *m, const char *enum_name, const char *const *values)
{
    migen_step step = {.operation = MIGEN_CREATE_ENUM, .object = enum_name, .values = values};
    return migen_carry_out(m, &step);
}

int safe_drop_enum(migen *m, const char *enum_name)
{
    return functions_object(m, MIGEN_DROP_ENUM, enum_name);
}

int safe_add_enum_value(migen *m, const char *enum_name, const char *value)
{
    return functions_part(m, MIGEN_ADD_ENUM_VALUE, enum_name, value, NULL);
}

int safe_add_multiple_enum_values(migen *m, const char *enum_name, const char *const *values)
{
    migen_step step = {.operation = MIGEN_ADD_MULTIPLE_ENUM_VALUES, .object = enum_name, .values = values};
    return migen_carry_out(m, &step);
}

int safe_rename_enum_value(migen *m, const char *enum_name, const char *from, const char *to)
{
    return functions_part(m, MIGEN_RENAME_ENUM_VALUE, enum_name, from, to);
}

int safe_create_table(migen *m, const migen_table *table)
{
    migen_step step = {.operation = MIGEN_CREATE_TABLE, .table = table};
    return migen_carry_out(m, &step);
}

int safe_ensure_table(migen *m, const migen_table *table)
{
    migen_step step = {.operation = MIGEN_ENSURE_TABLE, .table = table};
    return migen_carry_out(m, &step);
}

int safe_drop_table(migen *m, const char *table)
{
    return functions_object(m, MIGEN_DROP_TABLE, table);
}

int safe_rename_table(migen *m, const char *from, const char *to)
{
    return functions_part(m, MIGEN_RENAME_TABLE, from, NULL, to);
}

int safe_add_column(migen *m, const char *table, const migen_column *column)
{
    return safe_add_columns(m, table, column, 1);
}

int safe_add_columns(migen *m, const char *table, const migen_column *columns, size_t count)
{
    migen_step step = {
        .operation = MIGEN_ADD_COLUMNS, .object = table, .columns = columns, .column_count = count};
    return migen_carry_out(m, &step);
}

int safe_drop_column(migen *m, const char *table, const char *column)
{
    return functions_part(m, MIGEN_DROP_COLUMN, table, column, NULL);
}

int safe_rename_column(migen *m, const char *table, const char *from, const char *to)
{
    return functions_part(m, MIGEN_RENAME_COLUMN, table, from, to);
}

int safe_alter_column_type(migen *m, const char *table, const char *column,
                           const migen_alteration *alteration)
{
    migen_step step = {
        .operation = MIGEN_ALTER_COLUMN, .object = table, .part = column, .alteration = alteration};
    return migen_carry_out(m, &step);
}

int safe_create_index(migen *m, const char *table, const migen_index *index)
{
    migen_step step = {.operation = MIGEN_CREATE_INDEX, .object = table, .index = index};
    return migen_carry_out(m, &step);
}

int safe_drop_index(migen *m, const char *index)
{
    return functions_object(m, MIGEN_DROP_INDEX, index);
}

int safe_add_constraint(migen *m, const char *table, const migen_constraint *constraint)
{
    migen_step step = {.operation = MIGEN_ADD_CONSTRAINT, .object = table, .constraint = constraint};
    return migen_carry_out(m, &step);
}

int safe_drop_constraint(migen *m, const char *table, const char *constraint)
{
    return functions_part(m, MIGEN_DROP_CONSTRAINT, table, constraint, NULL);
}

static int functions_run(migen *m, const char *description, const char *sql, const char *when,
                         const char *unless)
{
    const char *const statements[] = {sql, NULL};
    migen_step step = {
        .operation = MIGEN_RUN, .text = description, .sql = statements, .when = when, .unless = unless};
    return migen_carry_out(m, &step);
}

int execute_sql_if_condition(migen *m, const char *description, const char *sql, const char *condition)
{
    return functions_run(m, description, sql, condition, NULL);
}

int execute_if_not_exists(migen *m, const char *description, const char *sql, const char *query)
{
    return functions_run(m, description, sql, NULL, query);
}

/* What is on its way stands before the question. */
static status functions_ask(migen *m, const char *sql, const char *const *parameters, size_t count,
                            driver_result *result)
{
    status s = m->error.code;
    if (s == STATUS_OK)
        s = batch_flush(m, false, NULL);
    driver_statement ask = {.sql = sql, .parameters = parameters, .parameter_count = count};
    if (s == STATUS_OK)
        s = driver_run(m->driver, &ask, 1, m->memory, result, &m->error);
    size_t blank = strspn(sql, " \t\r\n");
    if (strncasecmp(sql + blank, "SELECT", 6) != 0 && !sql_leaves_schema(sql, m->engine))
        m->stale = m->stale_wholly = true;
    return s;
}

int migen_execute(migen *m, const char *sql, const char *const *parameters, size_t parameter_count)
{
    driver_result ignored = {0};
    return (int)functions_ask(m, sql, parameters, parameter_count, &ignored);
}

int migen_query(migen *m, const char *sql, const char *const *parameters, size_t parameter_count,
                migen_rows *out)
{
    driver_result result = {0};
    status s = functions_ask(m, sql, parameters, parameter_count, &result);
    *out = (migen_rows){
        .row_count = result.row_count, .column_count = result.column_count, .values = result.values};
    return (int)s;
}

int migen_fail(migen *m, const char *reason)
{
    if (m->error.code != STATUS_OK) /* the first error wins */
        return (int)m->error.code;
    return (int)error_set(&m->error, STATUS_FAILED, "%s", reason);
}

const char *migen_query_value(migen *m, const char *sql, const char *const *parameters,
                              size_t parameter_count)
{
    driver_result result = {0};
    status s = functions_ask(m, sql, parameters, parameter_count, &result);
    return s != STATUS_OK || result.row_count == 0 ? NULL : driver_value(&result, 0, 0);
}

int migration_summary(migen *m, const char *table)
{
    return functions_object(m, MIGEN_MIGRATION_SUMMARY, table);
}

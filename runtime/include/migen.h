/*
 * migen.h: the one header that emitted C and hand-written C include.
 *
 * Idea       A release is data (migen_step.h), written in the words of migen_words.h, and carried out by migen_main. Hand-written
 *            C (`call rehash_passwords from "rehash.c"` in a migration) calls the same safe functions directly:
 *
 *                int rehash_passwords(migen *m)
 *                {
 *                    if (!column_exists(m, "users", "password_hash"))
 *                        return 0;
 *                    return execute_sql_if_condition(m, "rehashing", "UPDATE users SET …", "SELECT …");
 *                }
 *
 * Results    The safe functions return 0, or an exit code (product.md 2) after which the migration ends: give it back.
 *            Questions (…_exists) answer for the database as it is at that point of the migration.
 * Ownership  Arguments are borrowed for the call.
 */
#ifndef MIGEN_H
#define MIGEN_H

#include "migen_step.h"
#include "migen_words.h"

/* The release binary's main. Returns its exit code. */
int migen_main(const migen_release *release, int argc, char **argv);

/* Any step: what all functions below come to. */
int migen_carry_out(migen *m, const migen_step *step);

migen_engine migen_engine_of(const migen *m);

bool schema_exists(migen *m, const char *schema);
bool table_exists(migen *m, const char *table);
bool column_exists(migen *m, const char *table, const char *column);
bool index_exists(migen *m, const char *index);
bool constraint_exists(migen *m, const char *table, const char *constraint);
bool enum_exists(migen *m, const char *enum_name);
bool enum_value_exists(migen *m, const char *enum_name, const char *value);
bool view_exists(migen *m, const char *view);

int safe_create_schema(migen *m, const char *schema);
int safe_drop_schema(migen *m, const char *schema);
int safe_create_enum(migen *m, const char *enum_name, const char *const *values);
int safe_drop_enum(migen *m, const char *enum_name);
int safe_add_enum_value(migen *m, const char *enum_name, const char *value);
int safe_add_multiple_enum_values(migen *m, const char *enum_name, const char *const *values);
int safe_rename_enum_value(migen *m, const char *enum_name, const char *from, const char *to);
int safe_create_table(migen *m, const migen_table *table);
int safe_ensure_table(migen *m, const migen_table *table);
int safe_drop_table(migen *m, const char *table);
int safe_rename_table(migen *m, const char *from, const char *to);
int safe_add_column(migen *m, const char *table, const migen_column *column);
int safe_add_columns(migen *m, const char *table, const migen_column *columns, size_t count);
int safe_drop_column(migen *m, const char *table, const char *column);
int safe_rename_column(migen *m, const char *table, const char *from, const char *to);
int safe_alter_column_type(migen *m, const char *table, const char *column,
                           const migen_alteration *alteration);
int safe_create_index(migen *m, const char *table, const migen_index *index);
int safe_drop_index(migen *m, const char *index);
int safe_add_constraint(migen *m, const char *table, const migen_constraint *constraint);
int safe_drop_constraint(migen *m, const char *table, const char *constraint);

/* One statement; with a condition (may be NULL), only when its first value holds (language.md 5.4). */
int execute_sql_if_condition(migen *m, const char *description, const char *sql, const char *condition);

/* One statement, unless the query's first value holds. */
int execute_if_not_exists(migen *m, const char *description, const char *sql, const char *query);

/* Parameters stand in SQL as $1, $2, … on both engines; values are text, NULL is NULL. */

/* One statement, without a line in the log. */
int migen_execute(migen *m, const char *sql, const char *const *parameters, size_t parameter_count);

/* All rows of a query: values has row_count × column_count, row by row. Valid until the run ends. */
typedef struct migen_rows {
    size_t row_count, column_count;
    const char *const *values;
} migen_rows;
int migen_query(migen *m, const char *sql, const char *const *parameters, size_t parameter_count,
                migen_rows *out);

/* The reason for which the function is to fail. Gives what the function has to give back: return migen_fail(m, "…"); */
int migen_fail(migen *m, const char *reason);

/* Asks the database: the first value of the first row, as text; NULL when there is none. Valid until the run ends. */
const char *migen_query_value(migen *m, const char *sql, const char *const *parameters,
                              size_t parameter_count);

/* Prints the table's structure. */
int migration_summary(migen *m, const char *table);

#endif

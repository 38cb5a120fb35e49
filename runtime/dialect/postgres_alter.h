/*
 * postgres_alter.h: ALTER COLUMN on PostgreSQL.
 *
 * Idea       The actions of one step stand in one ALTER TABLE: one lock, one pass over the rows. What hangs
 * on the column's type (views, triggers that name it) is dropped before and made again after, in the same
 * transaction.
 */
#ifndef MIGEN_DIALECT_POSTGRES_ALTER_H
#define MIGEN_DIALECT_POSTGRES_ALTER_H

#include "dialect_parts.h"

void postgres_alter_column(const dialect_request *r, sql_list *out);

/* Whether the change of type writes the rows again (measured; PostgreSQL manual, ALTER TABLE, Notes). */
bool postgres_type_rewrites(migen_type from, migen_type to);

/* postgres_around.c. The generated columns that are made of the step's column, NULL-terminated (NULL: none): dropped before its type
 * changes, and added again behind it with all that was theirs. */
const char *const *postgres_generated_of(const dialect_request *r);
void postgres_drop_generated(const dialect_request *r, const char *const *names, sql_list *out);
void postgres_make_generated(const dialect_request *r, const char *const *names, const view_list *views,
                             sql_list *out);

/* Functions with a parsed body that use the step's column, or one of the views: emptied before, and made again behind. */
void postgres_functions_around(const dialect_request *r, const view_list *views, bool make, sql_list *out);

#endif

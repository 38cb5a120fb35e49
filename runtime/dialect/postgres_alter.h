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

#endif

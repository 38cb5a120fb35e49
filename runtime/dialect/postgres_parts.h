/*
 * postgres_parts.h: parts of PostgreSQL's statements, and its lock-safe recipes.
 *
 * Idea       A recipe is a list of statements with short locks and long work under weak ones: CREATE
 *            INDEX CONCURRENTLY, NOT VALID and VALIDATE, a CHECK as the proof of NOT NULL (PostgreSQL
 *            manual, ALTER TABLE, Notes).
 * Invariant  A recipe can be begun again wherever it stopped: what the catalogue shows as half done is
 *            finished.
 */
#ifndef MIGEN_DIALECT_POSTGRES_PARTS_H
#define MIGEN_DIALECT_POSTGRES_PARTS_H

#include "dialect_parts.h"

/* How a statement that takes `lock` on a table is to be marked: nothing where the table is of this run. */
sql_statement postgres_lock(const dialect_request *r, const char *object, lock_mode lock);

/* The statement locks this table too: a foreign key's other end. */
void postgres_lock_too(const dialect_request *r, sql_statement *how, const char *object, lock_mode lock);

/* The tables that t's foreign keys lead to; where column is not NULL, of those that use it alone. */
void postgres_lock_targets(const dialect_request *r, sql_statement *how, const schema_table *t,
                           const char *column, lock_mode lock);

/* ALTER TABLE "t" */
sql_writer postgres_alter_table(const dialect_request *r, const char *object);

/* "name" type COLLATE … NOT NULL DEFAULT … GENERATED … */
void postgres_column(sql_writer *w, const migen_column *column);

/* CONSTRAINT "name" PRIMARY KEY … */
void postgres_constraint(sql_writer *w, const migen_constraint *constraint);

/* Whether rows that are there would have to be written again for a new column of this definition. */
bool postgres_column_rewrites(const migen_column *column);

/* Statements that add one thing to a table, by the plain way or the recipe, as request.online says. found is
 * the table as it is; NULL when it is made in this very step. */
void postgres_add_index(const dialect_request *r, const char *object, const schema_table *found,
                        const migen_index *index, sql_list *out);
void postgres_add_constraint(const dialect_request *r, const char *object, const schema_table *found,
                             const migen_constraint *constraint, sql_list *out);

/* Drops a unique constraint or index of found by the statement `drop`; without: found without it. Foreign keys that stay on another
 * unique one of the same columns are made anew. (May drop be alone? Only where none has to be.) */
void postgres_drop_unique(const dialect_request *r, const schema_table *found, const schema_table *without,
                          sql_writer *drop, sql_statement how, sql_list *out);
bool postgres_has_untied(const dialect_request *r, const schema_table *found, const schema_table *without);
void postgres_set_not_null(const dialect_request *r, const char *object, const char *column, sql_list *out);

/* UPDATE "t" SET "c" = (expression) WHERE "c" IS NULL */
void postgres_fill_column(const dialect_request *r, const char *object, const char *column,
                          const char *expression, sql_list *out);

/* Columns in their plain form, added to a table that is there. */
void postgres_add_columns(const dialect_request *r, const char *object, const schema_table *found,
                          const plain_column *columns, size_t count, sql_list *out);

/* setval(): what is numbered next comes behind the rows that are there. */
void postgres_move_sequence(const dialect_request *r, const char *object, const char *column, sql_list *out);

/* COMMENT ON COLUMN */
void postgres_comment_on_column(const dialect_request *r, const char *object, const char *column,
                                const char *text, sql_list *out);

/* CREATE INDEX on what nobody else uses yet. */
void postgres_create_index(const dialect_request *r, const char *object, const migen_index *index,
                           sql_list *out);

/* Behind the making of a trigger that was there: whether it fires, and its comment. */
void postgres_keep_trigger(const dialect_request *r, const char *object, const schema_trigger *trigger,
                           sql_statement how, sql_list *out);

/* DROP VIEW for each, the last first; CREATE VIEW for each, as they were. */
void postgres_drop_views(const dialect_request *r, const view_list *views, sql_list *out);
void postgres_make_views(const dialect_request *r, const view_list *views, sql_list *out);

#endif

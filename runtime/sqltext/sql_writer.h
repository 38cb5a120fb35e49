/*
 * sql_writer.h: the only way in which SQL is made.
 *
 * Idea       Words, names, strings and numbers have a function each, so that nothing goes into SQL without the quoting
 *            that is due to it. What an author wrote (expressions, raw SQL) is marked as such.
 * Invariant  One space stands between things where SQL needs one. Names are always quoted on both engines,
 *            with "…" doubled inside.
 * Usage      sql_writer w = sql_new(a);
 *            sql_words(&w, "ALTER TABLE");  sql_object(&w, name);  sql_words(&w, "DROP COLUMN");
 *            sql_name(&w, "api key");  const char *statement = sql_text(&w);
 */
#ifndef MIGEN_SQLTEXT_SQL_WRITER_H
#define MIGEN_SQLTEXT_SQL_WRITER_H

#include "name.h"
#include "text.h"

#include <stdbool.h>

typedef struct sql_writer {
    builder text;
    bool space_due;
} sql_writer;

sql_writer sql_new(arena *a);
void sql_words(sql_writer *w, const char *words);        /* keywords: a literal of our own source */
void sql_name(sql_writer *w, const char *name);          /* one name, quoted */
void sql_object(sql_writer *w, object_name name);        /* "schema"."name" */
void sql_object_text(sql_writer *w, const char *object); /* from its text */
void sql_string(
    sql_writer *w,
    const char *
        text); /* 'text'; with a backslash on PostgreSQL still plain: standard_conforming_strings is set on */
void sql_integer(sql_writer *w, long long number);
void sql_expression(sql_writer *w, const char *raw);  /* what an author or the engine wrote, as it stands */
void sql_in_brackets(sql_writer *w, const char *raw); /* ( raw ) */
void sql_open(sql_writer *w);                         /* ( */
void sql_close(sql_writer *w);                        /* ) */
void sql_comma(sql_writer *w);                        /* , */
void sql_names(sql_writer *w, const char *const *names); /* ("a", "b") */
void sql_line(sql_writer *w);                            /* a new line, indented by four */
char *sql_text(sql_writer *w);

#endif

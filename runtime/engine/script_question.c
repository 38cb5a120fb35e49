/* What the questions of both engines' scripts have in common. */
#include "script_parts.h"

#include "sql_writer.h"

void script_question_begin(sql_writer *w, const char *from)
{
    sql_words(w, "CASE WHEN EXISTS (SELECT 1 FROM");
    sql_words(w, from);
    sql_words(w, "WHERE");
}

char *script_question_end(sql_writer *w)
{
    sql_words(w, ") THEN 1 ELSE 0 END");
    return sql_text(w);
}

char *script_question_named(arena *a, const char *from, const char *name_column, const char *name,
                            const char *owner_column, const char *owner)
{
    sql_writer w = sql_new(a);
    script_question_begin(&w, from);
    sql_words(&w, name_column);
    sql_words(&w, "=");
    sql_string(&w, name);
    if (owner != NULL) {
        sql_words(&w, "AND");
        sql_words(&w, owner_column);
        sql_words(&w, "=");
        sql_expression(&w, owner);
    }
    return script_question_end(&w);
}

#include "sql_writer.h"

#include <string.h>

sql_writer sql_new(arena *a)
{
    return (sql_writer){.text = builder_new(a), .space_due = false};
}

static void writer_space(sql_writer *w)
{
    if (w->space_due)
        builder_add_character(&w->text, ' ');
    w->space_due = true;
}

void sql_words(sql_writer *w, const char *words)
{
    if (*words == '\0')
        return;
    writer_space(w);
    builder_add(&w->text, words);
}

void sql_name(sql_writer *w, const char *name)
{
    writer_space(w);
    builder_add_quoted(&w->text, name, '"');
}

void sql_object(sql_writer *w, object_name name)
{
    writer_space(w);
    if (name.schema != NULL) {
        builder_add_quoted(&w->text, name.schema, '"');
        builder_add_character(&w->text, '.');
    }
    builder_add_quoted(&w->text, name.name, '"');
}

void sql_object_text(sql_writer *w, const char *object)
{
    sql_object(w, name_parse(w->text.memory, object));
}

void sql_string(sql_writer *w, const char *text)
{
    writer_space(w);
    builder_add_quoted(&w->text, text, '\'');
}

void sql_integer(sql_writer *w, long long number)
{
    writer_space(w);
    builder_add_format(&w->text, "%lld", number);
}

/* What an author wrote may end in a comment to the end of the line, which would swallow what follows. */
static void writer_raw(sql_writer *w, const char *raw)
{
    if (raw == NULL)
        return;
    builder_add(&w->text, raw);
    const char *line = strrchr(raw, '\n');
    if (strstr(line == NULL ? raw : line, "--") != NULL) {
        builder_add_character(&w->text, '\n');
        w->space_due = false;
    }
}

void sql_expression(sql_writer *w, const char *raw)
{
    if (raw == NULL || *raw == '\0')
        return;
    writer_space(w);
    writer_raw(w, raw);
}

void sql_in_brackets(sql_writer *w, const char *raw)
{
    sql_open(w);
    writer_raw(w, raw);
    sql_close(w);
}

void sql_open(sql_writer *w)
{
    writer_space(w);
    builder_add_character(&w->text, '(');
    w->space_due = false;
}

void sql_close(sql_writer *w)
{
    builder_add_character(&w->text, ')');
    w->space_due = true;
}

void sql_comma(sql_writer *w)
{
    builder_add_character(&w->text, ',');
    w->space_due = true;
}

void sql_names(sql_writer *w, const char *const *names)
{
    sql_open(w);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (i != 0)
            sql_comma(w);
        sql_name(w, names[i]);
    }
    sql_close(w);
}

void sql_line(sql_writer *w)
{
    builder_add(&w->text, "\n    ");
    w->space_due = false;
}

char *sql_text(sql_writer *w)
{
    return w->text.bytes;
}

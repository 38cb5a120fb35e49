/*
 * row_value.c: see row_value.h.
 */
#include "row_value.h"

#include "sql_writer.h"
#include "text.h"

#include <ctype.h>
#include <stdlib.h>

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool row_value_mentions(arena *a, const char *expression, const char *column)
{
    const char *text = text_lower(a, expression), *word = text_lower(a, column);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        if ((at == text || !is_word_byte(at[-1])) && !is_word_byte(at[strlen(word)]))
            return true;
    return false;
}

static const char *hint_number(arena *a, const char *text, text_list *out)
{
    char *end = NULL;
    double number = strtod(text, &end);
    long long whole = (long long)number;
    for (long long k = 0; k < 3; k++) {
        const char *hint = arena_format(a, "%lld", whole + (k == 0 ? 1 : k == 1 ? 0 : -1));
        vector_push(a, out, hint);
    }
    return end;
}

void row_value_hints(arena *a, const char *check, text_list *out)
{
    for (const char *at = check; *at != '\0';) {
        if (*at == '\'') {
            const char *end = at + 1;
            while (*end != '\0' && (*end != '\'' || end[1] == '\''))
                end += *end == '\'' ? 2 : 1;
            if (*end == '\0')
                return;
            const char *hint = arena_copy(a, at, (size_t)(end + 1 - at));
            vector_push(a, out, hint);
            at = end + 1;
        } else if (isdigit((unsigned char)*at) && (at == check || !is_word_byte(at[-1]))) {
            at = hint_number(a, at, out);
        } else {
            at++;
        }
    }
}

static const char *string_value(arena *a, const char *text)
{
    sql_writer w = sql_new(a);
    sql_string(&w, text);
    return sql_text(&w);
}

/* Long texts look like what applications keep in them: a word with an @. */
static const char *text_value(int length, size_t row)
{
    if (length == 1)
        return row == 0 ? "'a'" : "'b'";
    if (length != 0 && length < 16)
        return row == 0 ? "'r1'" : "'r2'";
    return row == 0 ? "'row1@example.org'" : "'row2@example.org'";
}

static const char *native_value(size_t row, size_t attempt)
{
    static const char *const forms[][2] = {{"'row1@example.org'", "'row2@example.org'"},
                                           {"'1'", "'2'"},
                                           {"'{}'", "'{}'"},
                                           {"'127.0.0.1'", "'127.0.0.2'"},
                                           {"'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"},
                                           {"'(1,1)'", "'(2,2)'"},
                                           {"'[1,2)'", "'[2,3)'"},
                                           {"'2026-01-01'", "'2026-01-02'"}};
    return forms[attempt % (sizeof forms / sizeof forms[0])][row];
}

static const char *enum_value(arena *a, const schema *s, const migen_column *column, size_t row)
{
    const schema_enum *type = schema_find_enum(s, column->type.name);
    if (type == NULL || type->values.count == 0)
        return "NULL";
    return string_value(a, type->values.items[row % type->values.count]);
}

const char *row_value(arena *a, const schema *s, const migen_column *column, size_t row, size_t attempt,
                      const text_list *hints)
{
    bool sqlite = s->engine == MIGEN_SQLITE, first = row == 0;
    if (hints->count > 0 && attempt > 0)
        return hints->items[(attempt - 1 + row) % hints->count];
    if (column->type.array)
        return sqlite ? "'[]'" : "'{}'";
    switch (column->type.kind) {
    case MIGEN_TYPE_BOOL:
        return sqlite ? (first ? "1" : "0") : first ? "true" : "false";
    case MIGEN_TYPE_TEXT:
        return text_value(0, row);
    case MIGEN_TYPE_VARCHAR:
        return text_value(column->type.length, row);
    case MIGEN_TYPE_CHAR:
        return text_value(column->type.length == 0 ? 1 : column->type.length, row);
    case MIGEN_TYPE_BYTES:
        return sqlite ? (first ? "x'01'" : "x'02'") : first ? "'\\x01'" : "'\\x02'";
    case MIGEN_TYPE_DATE:
        return first ? "'2026-01-01'" : "'2026-01-02'";
    case MIGEN_TYPE_TIME:
        return first ? "'01:00:00'" : "'02:00:00'";
    case MIGEN_TYPE_TIMESTAMP:
        return first ? "'2026-01-01 00:00:00'" : "'2026-01-02 00:00:00'";
    case MIGEN_TYPE_TIMESTAMPTZ:
        return first ? "'2026-01-01 00:00:00+00'" : "'2026-01-02 00:00:00+00'";
    case MIGEN_TYPE_INTERVAL:
        return first ? "'1 day'" : "'2 days'";
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return "'{}'";
    case MIGEN_TYPE_UUID:
        return first ? "'00000000-0000-4000-8000-000000000001'" : "'00000000-0000-4000-8000-000000000002'";
    case MIGEN_TYPE_ENUM:
        return enum_value(a, s, column, row);
    case MIGEN_TYPE_NATIVE:
        return native_value(row, attempt);
    case MIGEN_TYPE_NUMERIC:
        return column->type.length > 0 && column->type.length == column->type.scale ? (first ? "0.1" : "0.2")
               : first                                                              ? "1"
                                                                                    : "2";
    default:
        return first ? "1" : "2";
    }
}

/* The language's values and types as SQL. */
#include "dialect_parts.h"
#include "type_sql.h"

#include <ctype.h>
#include <string.h>

/* A version 4 UUID (RFC 9562, section 5.4) out of SQLite's own functions. */
static const char literal_sqlite_uuid[] =
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' "
    "|| "
    "substr('89ab', (random() & 3) + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

static bool literal_is_number(const char *value)
{
    const char *c = value;
    if (*c == '+' || *c == '-')
        c++;
    if (!isdigit((unsigned char)*c) && *c != '.')
        return false;
    for (; *c != '\0'; c++)
        if (!isdigit((unsigned char)*c) && *c != '.' && *c != 'e' && *c != 'E' && *c != '+' && *c != '-')
            return false;
    return true;
}

/* Whether the quote that opens value is closed by its last character, with only doubled ones between. */
static bool literal_is_one_string(const char *value)
{
    if (*value != '\'')
        return false;
    const char *c = value + 1;
    for (; *c != '\0'; c++) {
        if (*c != '\'')
            continue;
        if (c[1] != '\'')
            break;
        c++;
    }
    return *c == '\'' && c[1] == '\0';
}

literal_kind literal_kind_of(const char *value)
{
    if (literal_is_one_string(value))
        return LITERAL_STRING;
    if ((*value == 'x' || *value == 'X') && literal_is_one_string(value + 1))
        return LITERAL_BYTES;
    if (*value == '(')
        return LITERAL_EXPRESSION;
    if (text_equal_word(value, "true"))
        return LITERAL_TRUE;
    if (text_equal_word(value, "false"))
        return LITERAL_FALSE;
    if (text_equal_word(value, "null"))
        return LITERAL_NULL;
    if (text_equal_word(value, "now()"))
        return LITERAL_NOW;
    if (text_equal_word(value, "uuid()"))
        return LITERAL_UUID;
    return literal_is_number(value) ? LITERAL_NUMBER : LITERAL_RAW;
}

bool literal_is_constant(const char *value)
{
    return literal_kind_of(value) <= LITERAL_BYTES;
}

/* The text between a literal's quotes, with doubled ones made single. */
static char *literal_content(arena *a, const char *quoted)
{
    builder b = builder_new(a);
    size_t length = strlen(quoted);
    for (size_t i = 1; i + 1 < length; i++) {
        builder_add_character(&b, quoted[i]);
        if (quoted[i] == '\'')
            i++;
    }
    return b.bytes;
}

static const char *literal_sqlite_now(migen_type type)
{
    if (type.kind == MIGEN_TYPE_DATE)
        return "CURRENT_DATE";
    return type.kind == MIGEN_TYPE_TIME ? "CURRENT_TIME" : "CURRENT_TIMESTAMP";
}

static void literal_bytes(sql_writer *w, migen_engine engine, const char *value)
{
    builder b = builder_new(w->text.memory);
    const char *digits = value + 1; /* with their quotes */
    if (ENGINE_IS_SQLITE(engine)) {
        builder_add(&b, "x");
        builder_add(&b, digits);
    } else {
        builder_add(&b, "'\\x");
        builder_add(&b, digits + 1);
        builder_add(&b, "::bytea");
    }
    sql_expression(w, b.bytes);
}

void dialect_literal(sql_writer *w, migen_engine engine, migen_type type, const char *value)
{
    bool sqlite = ENGINE_IS_SQLITE(engine);
    switch (literal_kind_of(value)) {
    case LITERAL_STRING:
        sql_string(w, literal_content(w->text.memory, value));
        return;
    case LITERAL_BYTES:
        literal_bytes(w, engine, value);
        return;
    case LITERAL_TRUE:
        sql_words(w, sqlite ? "1" : "true");
        return;
    case LITERAL_FALSE:
        sql_words(w, sqlite ? "0" : "false");
        return;
    case LITERAL_NULL:
        sql_words(w, "NULL");
        return;
    case LITERAL_NOW:
        sql_words(w, sqlite ? literal_sqlite_now(type) : "now()");
        return;
    case LITERAL_UUID:
        sql_words(w, sqlite ? literal_sqlite_uuid : "gen_random_uuid()");
        return;
    case LITERAL_RAW:
        /* SQLite takes a word of its own bare, and any other expression in brackets only. */
        if (sqlite && !text_starts_with(value, "CURRENT_")) {
            sql_in_brackets(w, value);
            return;
        }
        break;
    case LITERAL_NUMBER:
    case LITERAL_EXPRESSION:
        break;
    }
    sql_expression(w, value);
}

char *dialect_default(arena *a, migen_engine engine, migen_type type, const char *default_value)
{
    if (default_value == NULL)
        return NULL;
    sql_writer w = sql_new(a);
    dialect_literal(&w, engine, type, default_value);
    return sql_text(&w);
}

char *dialect_type(arena *a, migen_engine engine, migen_type type)
{
    return type_sql(a, engine, type);
}

migen_type type_without_length(migen_type type)
{
    if (type.kind == MIGEN_TYPE_ID || type.kind == MIGEN_TYPE_BIGSERIAL)
        type.kind = MIGEN_TYPE_BIGINT;
    else if (type.kind == MIGEN_TYPE_SERIAL)
        type.kind = MIGEN_TYPE_INT;
    else if (type.kind == MIGEN_TYPE_CHAR) /* a bare char is char(1) */
        type.kind = MIGEN_TYPE_VARCHAR;
    type.length = 0;
    type.scale = 0;
    return type;
}

char *dialect_in_list(arena *a, const char *column, const char *const *values, size_t count)
{
    sql_writer w = sql_new(a);
    sql_name(&w, column);
    sql_words(&w, "IN");
    sql_open(&w);
    for (size_t i = 0; i < count; i++) {
        if (i != 0)
            sql_comma(&w);
        sql_string(&w, values[i]);
    }
    sql_close(&w);
    return sql_text(&w);
}

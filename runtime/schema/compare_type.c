/*
 * compare_type.c: see compare_type.h.
 */
#include "compare_type.h"

#include "compare_parts.h"
#include "sql_normal.h"
#include "type_sql.h"

#include <stdlib.h>
#include <string.h>

/* A type as PostgreSQL takes it: char is char(1); the three words for a number with a sequence stay apart. */
static migen_type compare_type_plain(migen_type type)
{
    if (type.kind == MIGEN_TYPE_CHAR && type.length == 0)
        type.length = 1;
    return type;
}

static type_verdict compare_type_postgres(const comparison *c, const migen_column *wanted,
                                          const migen_column *found)
{
    migen_type x = compare_type_plain(wanted->type);
    migen_type y = compare_type_plain(found->type);
    if (x.kind != MIGEN_TYPE_NATIVE)
        return type_equal(x, y) ? TYPE_SAME : TYPE_DIFFERENT;
    char *wanted_text = type_sql(c->memory, MIGEN_POSTGRES, x);
    char *found_text = type_sql(c->memory, MIGEN_POSTGRES, y);
    migen_type known = type_from_postgres(c->memory, text_lower(c->memory, wanted_text));
    if (sql_same(wanted_text, found_text, MIGEN_POSTGRES) || type_equal(compare_type_plain(known), y))
        return TYPE_SAME;
    memo_question question = {.use = EXPRESSION_TYPE, .column = wanted, .text = wanted_text};
    return compare_ask(c, question, found_text) ? TYPE_SAME : TYPE_DIFFERENT;
}

/* A declared type of SQLite, taken apart: its words in lower case, and its numbers. */
typedef struct compare_declared {
    const char *words;
    long length, scale;
} compare_declared;

static compare_declared compare_type_declared(arena *a, migen_type type)
{
    char *text = sql_normal(a, type_sql(a, MIGEN_SQLITE, type), MIGEN_SQLITE);
    compare_declared declared = {.words = text};
    char *open = strchr(text, '(');
    if (open != NULL) {
        char *end = NULL;
        declared.length = strtol(open + 1, &end, 10);
        const char *comma = strchr(end, ',');
        declared.scale = comma != NULL ? strtol(comma + 1, NULL, 10) : 0;
        char *close = strchr(open, ')');
        *open = '\0';
        declared.words = text_trim(a, arena_format(a, "%s%s", text, close != NULL ? close + 1 : ""));
    }
    return declared;
}

/* Whether word stands in a list such as " int integer bigint ". Lists hold one-word and two-word types
 * between bars. */
static bool compare_type_in(const char *words, const char *list)
{
    size_t length = strlen(words);
    for (const char *at = strstr(list, words); at != NULL && length > 0; at = strstr(at + 1, words))
        if (at > list && at[-1] == '|' && at[length] == '|')
            return true;
    return false;
}

#define COMPARE_SQLITE_INTEGERS                                                                              \
    "|integer|int|bigint|smallint|tinyint|mediumint|int2|int4|int8|serial|bigserial|smallserial|"            \
    "integer unsigned|bigint unsigned|smallint unsigned|"
#define COMPARE_SQLITE_FLOATS   "|real|float|double|double precision|"
#define COMPARE_SQLITE_NUMERICS "|numeric|decimal|"
#define COMPARE_SQLITE_TEXTS                                                                                 \
    "|text|varchar|char|character varying|character|nvarchar|nchar|clob|string|varying character|"

#define COMPARE_SQLITE_TIMESTAMPS                                                                            \
    "|datetime|timestamp|timestamp text|timestamp without time zone|timestamp with time zone|"

static type_verdict compare_type_text(compare_declared wanted, compare_declared found)
{
    if (!compare_type_in(found.words, COMPARE_SQLITE_TEXTS))
        return TYPE_DIFFERENT;
    if (found.length == 0) /* it holds whatever it is given: the length is not looked at */
        return wanted.length == 0 ? TYPE_SAME : TYPE_NOTE;
    if (found.length != wanted.length)
        return TYPE_DIFFERENT;
    bool wanted_char = text_starts_with(wanted.words, "char") && text_ends_with(wanted.words, "char");
    bool found_char = compare_type_in(found.words, "|char|character|nchar|");
    return wanted_char == found_char ? TYPE_SAME : TYPE_DIFFERENT;
}

static type_verdict compare_type_in_list(compare_declared found, const char *list)
{
    return compare_type_in(found.words, list) ? TYPE_SAME : TYPE_DIFFERENT;
}

static type_verdict compare_type_uuid(compare_declared found)
{
    if (compare_type_in(found.words, "|uuid text|uuid|text|"))
        return TYPE_SAME;
    bool is_sized = found.length == 32 || found.length == 36;
    if (is_sized && compare_type_in(found.words, "|char|varchar|character|nchar|"))
        return TYPE_SAME;
    return found.length == 0 && compare_type_in(found.words, "|varchar|") ? TYPE_NOTE : TYPE_DIFFERENT;
}

static type_verdict compare_type_numeric(compare_declared wanted, compare_declared found)
{
    if (!compare_type_in(found.words, COMPARE_SQLITE_NUMERICS))
        return TYPE_DIFFERENT;
    if (found.length == wanted.length && found.scale == wanted.scale)
        return TYPE_SAME;
    return found.length == 0 ? TYPE_NOTE : TYPE_DIFFERENT;
}

static type_verdict compare_type_bool(compare_declared found)
{
    if (compare_type_in(found.words, "|boolean|bool|"))
        return TYPE_SAME;
    return compare_type_in(found.words, COMPARE_SQLITE_INTEGERS "numeric|") ? TYPE_NOTE : TYPE_DIFFERENT;
}

/* An application's enum is text, as long as its longest value. */
static type_verdict compare_type_enum(compare_declared found)
{
    if (compare_type_in(found.words, "|text|"))
        return TYPE_SAME;
    return compare_type_in(found.words, COMPARE_SQLITE_TEXTS) ? TYPE_NOTE : TYPE_DIFFERENT;
}

static type_verdict compare_type_lenient(migen_type wanted, compare_declared w, compare_declared f)
{
    switch (wanted.kind) {
    case MIGEN_TYPE_ID: /* only this very word makes a rowid of the primary key */
        return compare_type_in_list(f, "|integer|");
    case MIGEN_TYPE_SERIAL:
    case MIGEN_TYPE_BIGSERIAL:
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
        return compare_type_in_list(f, COMPARE_SQLITE_INTEGERS);
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_DOUBLE:
        return compare_type_in_list(f, COMPARE_SQLITE_FLOATS);
    case MIGEN_TYPE_NUMERIC:
        return compare_type_numeric(w, f);
    case MIGEN_TYPE_BOOL:
        return compare_type_bool(f);
    case MIGEN_TYPE_TEXT:
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        return compare_type_text(w, f);
    case MIGEN_TYPE_BYTES:
        return compare_type_in_list(f, "|blob|bytea|bytes|");
    case MIGEN_TYPE_DATE:
        return compare_type_in_list(f, "|date|date text|");
    case MIGEN_TYPE_TIME:
        return compare_type_in_list(f, "|time|time text|");
    case MIGEN_TYPE_TIMESTAMP:
        return compare_type_in_list(f, COMPARE_SQLITE_TIMESTAMPS);
    case MIGEN_TYPE_TIMESTAMPTZ: /* tools write TIMESTAMP for both */
        return compare_type_in_list(f, COMPARE_SQLITE_TIMESTAMPS "timestamptz|timestamptz text|");
    case MIGEN_TYPE_INTERVAL:
        return compare_type_in_list(f, "|interval|duration|duration text|");
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        if (compare_type_in(f.words, "|text|")) /* whatever it is given: nothing looks whether it is JSON */
            return TYPE_NOTE;
        return compare_type_in_list(f, "|json|jsonb|json text|jsonb text|");
    case MIGEN_TYPE_UUID:
        return compare_type_uuid(f);
    case MIGEN_TYPE_ENUM:
        return compare_type_enum(f);
    default:
        return TYPE_DIFFERENT;
    }
}

/* A type whose values a CHECK of its own holds to: another type, however it is declared, must not keep that. */
static bool compare_type_keeps_check(const migen_column *wanted, const migen_column *found)
{
    if (found->type_unchecked)
        return false;
    switch (found->type.kind) {
    case MIGEN_TYPE_ENUM:
        return wanted->type.kind != MIGEN_TYPE_ENUM || !text_equal(wanted->type.name, found->type.name);
    case MIGEN_TYPE_BOOL:
        return wanted->type.kind != MIGEN_TYPE_BOOL;
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return wanted->type.kind != MIGEN_TYPE_JSON && wanted->type.kind != MIGEN_TYPE_JSONB;
    default:
        return false;
    }
}

static type_verdict compare_type_sqlite(const comparison *c, const migen_column *wanted,
                                        const migen_column *found)
{
    if (type_equal(wanted->type, found->type))
        return TYPE_SAME;
    compare_declared w = compare_type_declared(c->memory, wanted->type);
    compare_declared f = compare_type_declared(c->memory, found->type);
    if (wanted->type.kind == MIGEN_TYPE_NATIVE && found->collate != NULL) /* "text collate nocase" */
        f.words = arena_format(c->memory, "%s collate %s", f.words, text_lower(c->memory, found->collate));
    bool equal = text_equal(w.words, f.words) && w.length == f.length && w.scale == f.scale;
    if (wanted->type.kind == MIGEN_TYPE_NATIVE || (equal && found->type.kind == MIGEN_TYPE_NATIVE))
        return equal ? TYPE_SAME : TYPE_DIFFERENT;
    if (compare_type_keeps_check(wanted, found))
        return TYPE_DIFFERENT;
    return compare_type_lenient(wanted->type, w, f);
}

type_verdict compare_types(const comparison *c, const migen_column *wanted, const migen_column *found)
{
    if (wanted->type.kind == MIGEN_TYPE_NONE || found->type.kind == MIGEN_TYPE_NONE)
        return TYPE_SAME; /* somebody else's column, described without its type */
    return ENGINE_IS_SQLITE(c->engine) ? compare_type_sqlite(c, wanted, found)
                                       : compare_type_postgres(c, wanted, found);
}

#include "sqlite_ddl.h"

#include "sql_normal.h"
#include "sql_writer.h"

#include <stdlib.h>
#include <string.h>

/* Declared types and their checks; the names that unnamed constraints go by. */

typedef struct declared_type {
    const char *words;
    migen_type_kind kind;
    int arguments; /* how many numbers in brackets it may have */
} declared_type;

/* migen's own words, and those of applications and ORMs that mean the same. */
static const declared_type declared_types[] = {
    {"integer", MIGEN_TYPE_INT, 0},
    {"int", MIGEN_TYPE_INT, 0},
    {"bigint", MIGEN_TYPE_BIGINT, 0},
    {"int8", MIGEN_TYPE_BIGINT, 0},
    {"smallint", MIGEN_TYPE_SMALLINT, 0},
    {"int2", MIGEN_TYPE_SMALLINT, 0},
    {"real", MIGEN_TYPE_REAL, 0},
    {"double", MIGEN_TYPE_DOUBLE, 0},
    {"double precision", MIGEN_TYPE_DOUBLE, 0},
    {"float", MIGEN_TYPE_DOUBLE, 0},
    {"numeric", MIGEN_TYPE_NUMERIC, 2},
    {"decimal", MIGEN_TYPE_NUMERIC, 2},
    {"boolean", MIGEN_TYPE_BOOL, 0},
    {"bool", MIGEN_TYPE_BOOL, 0},
    {"text", MIGEN_TYPE_TEXT, 0},
    {"clob", MIGEN_TYPE_TEXT, 0},
    {"varchar", MIGEN_TYPE_VARCHAR, 1},
    {"character varying", MIGEN_TYPE_VARCHAR, 1},
    {"varying character", MIGEN_TYPE_VARCHAR, 1},
    {"nvarchar", MIGEN_TYPE_VARCHAR, 1},
    {"char", MIGEN_TYPE_CHAR, 1},
    {"character", MIGEN_TYPE_CHAR, 1},
    {"nchar", MIGEN_TYPE_CHAR, 1},
    {"blob", MIGEN_TYPE_BYTES, 0},
    {"date", MIGEN_TYPE_DATE, 0},
    {"date text", MIGEN_TYPE_DATE, 0},
    {"time", MIGEN_TYPE_TIME, 0},
    {"time text", MIGEN_TYPE_TIME, 0},
    {"datetime", MIGEN_TYPE_TIMESTAMP, 0},
    {"timestamp", MIGEN_TYPE_TIMESTAMP, 0},
    {"timestamp text", MIGEN_TYPE_TIMESTAMP, 0},
    {"timestamptz", MIGEN_TYPE_TIMESTAMPTZ, 0},
    {"timestamptz text", MIGEN_TYPE_TIMESTAMPTZ, 0},
    {"interval", MIGEN_TYPE_INTERVAL, 0},
    {"duration text", MIGEN_TYPE_INTERVAL, 0},
    {"json", MIGEN_TYPE_JSON, 0},
    {"json text", MIGEN_TYPE_JSON, 0},
    {"jsonb", MIGEN_TYPE_JSONB, 0},
    {"jsonb text", MIGEN_TYPE_JSONB, 0},
    {"uuid", MIGEN_TYPE_UUID, 0},
    {"uuid text", MIGEN_TYPE_UUID, 0},
};

/* "(10, 2)" behind the words: how many plain numbers, or -1 when it is something else. */
static int declared_numbers(const char *text, int numbers[2])
{
    int count = 0;
    if (*text == '\0')
        return 0;
    do {
        char *end;
        long number = strtol(text + 1, &end, 10);
        if (end == text + 1 || number < 0 || number > 1000000000 || count == 2)
            return -1;
        numbers[count++] = (int)number;
        text = end + strspn(end, " ");
    } while (*text == ',');
    return strcmp(text, ")") == 0 ? count : -1;
}

migen_type sqlite_type_from(arena *a, const char *declared)
{
    char *normal = sql_normal(a, declared, MIGEN_SQLITE); /* "varchar ( 50 )" */
    size_t length = strcspn(normal, "(");
    const char *words = text_trim(a, arena_copy(a, normal, length));
    int numbers[2] = {0, 0};
    int count = declared_numbers(normal + length, numbers);
    for (size_t i = 0; i < sizeof declared_types / sizeof *declared_types; i++) {
        const declared_type *known = &declared_types[i];
        if (strcmp(words, known->words) == 0 && count >= 0 && count <= known->arguments &&
            (count == 0 || numbers[0] > 0))
            return (migen_type){.kind = known->kind, .length = numbers[0], .scale = numbers[1]};
    }
    const char *text = text_lower(a, declared);
    return (migen_type){.kind = MIGEN_TYPE_NATIVE, .name = text, .sqlite = text};
}

char *sqlite_check_of_type(arena *a, const migen_column *column)
{
    sql_writer w = sql_new(a);
    switch (column->type.kind) {
    case MIGEN_TYPE_BOOL:
        sql_name(&w, column->name);
        sql_words(&w, "IN (0, 1)");
        return sql_text(&w);
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        if (column->type.length == 0)
            return NULL;
        sql_words(&w, "length");
        sql_open(&w);
        sql_name(&w, column->name);
        sql_close(&w);
        sql_words(&w, "<=");
        sql_integer(&w, column->type.length);
        return sql_text(&w);
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        sql_words(&w, "json_valid");
        sql_open(&w);
        sql_name(&w, column->name);
        sql_close(&w);
        return sql_text(&w);
    default:
        return NULL;
    }
}

/* "c IS NULL OR check": the same, since a CHECK that is null holds. */
static const char *check_or_null(arena *a, const char *column, const char *check)
{
    sql_writer w = sql_new(a);
    sql_name(&w, column);
    sql_words(&w, "IS NULL OR");
    sql_in_brackets(&w, check);
    return sql_text(&w);
}

bool sqlite_absorb_check(schema_table *t, const char *column, const char *check)
{
    bool found = false;
    arena *scratch = arena_new();
    const char *or_null = check_or_null(scratch, column, check);
    for (size_t i = 0; i < t->constraints.count && !found; i++) {
        const migen_constraint *constraint = &t->constraints.items[i];
        if (constraint->kind != MIGEN_CHECK || constraint->extra != NULL)
            continue;
        found = sql_same_expression(constraint->expression, check, MIGEN_SQLITE) ||
                sql_same_expression(constraint->expression, or_null, MIGEN_SQLITE);
        if (found && constraint->name_is_implied)
            vector_remove(&t->constraints, i);
    }
    arena_free(scratch);
    return found;
}

/* PostgreSQL cuts the longer of the two parts until the whole fits, never inside a character. */
static char *implied_name(arena *a, const char *table, const char *columns, const char *label)
{
    size_t room = NAME_LONGEST - strlen(label) - 1 - (columns == NULL ? 0 : 1);
    size_t first = strlen(table);
    size_t second = columns == NULL ? 0 : strlen(columns);
    while (first + second > room) {
        if (first > second)
            first--;
        else
            second--;
    }
    while (first > 0 && ((unsigned char)table[first] & 0xC0) == 0x80)
        first--;
    while (second > 0 && columns != NULL && ((unsigned char)columns[second] & 0xC0) == 0x80)
        second--;
    builder name = builder_new(a);
    builder_add_bytes(&name, table, first);
    if (columns != NULL) {
        builder_add(&name, "_");
        builder_add_bytes(&name, columns, second);
    }
    builder_add(&name, "_");
    builder_add(&name, label);
    return name.bytes;
}

/* The one column that a check is about, or NULL. */
static const char *implied_column_of_check(const schema_table *t, const char *expression)
{
    const char *only = NULL;
    for (size_t i = 0; i < t->columns.count; i++) {
        if (!sql_mentions(expression, t->columns.items[i].name, MIGEN_SQLITE))
            continue;
        if (only != NULL)
            return NULL;
        only = t->columns.items[i].name;
    }
    return only;
}

static bool implied_is_taken(const schema_table *t, size_t but, const char *name)
{
    for (size_t i = 0; i < t->constraints.count; i++)
        if (i != but && t->constraints.items[i].name != NULL &&
            text_equal_word(t->constraints.items[i].name, name))
            return true;
    return false;
}

void sqlite_imply_names(arena *a, schema_table *t)
{
    static const char *const labels[] = {[MIGEN_PRIMARY_KEY] = "pkey",
                                         [MIGEN_UNIQUE] = "key",
                                         [MIGEN_CHECK] = "check",
                                         [MIGEN_FOREIGN_KEY] = "fkey"};
    for (size_t i = 0; i < t->constraints.count; i++)
        if (t->constraints.items[i].name_is_implied)
            t->constraints.items[i].name = NULL;
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *constraint = &t->constraints.items[i];
        if (!constraint->name_is_implied)
            continue;
        const char *columns = NULL;
        if (constraint->kind == MIGEN_CHECK)
            columns = implied_column_of_check(t, constraint->expression);
        else if (constraint->kind != MIGEN_PRIMARY_KEY)
            columns = list_join(a, constraint->columns, "_");
        const char *name = implied_name(a, t->name.name, columns, labels[constraint->kind]);
        for (int number = 1; implied_is_taken(t, i, name); number++)
            name = implied_name(a, t->name.name, columns,
                                arena_format(a, "%s%d", labels[constraint->kind], number));
        constraint->name = name;
    }
}

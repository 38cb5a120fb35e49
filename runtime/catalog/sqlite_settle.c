/*
 * sqlite_settle.c: what only the history knows of the types of a SQLite table: enums, and what a STRICT table's six words mean;
 * and how the constraints were called that have no name in their text.
 */
#include "catalog.h"
#include "compare_type.h"
#include "default_value.h"
#include "sql_normal.h"
#include "sqlite_ddl.h"
#include "type_sql.h"

#include <stdlib.h>
#include <string.h>

typedef struct settling {
    arena *memory;
    schema *model;
} settling;

/* Whether all values of the enum are in the list. */
static bool sqlite_values_include(const char *const *values, const schema_enum *e)
{
    for (size_t i = 0; i < e->values.count; i++)
        if (!list_contains(values, e->values.items[i]))
            return false;
    return true;
}

/* The enum with the values of the list that it has not: behind the value that they follow there, where that is known. */
static void sqlite_values_take(arena *a, schema_enum *e, const char *const *values)
{
    for (size_t i = 0; values[i] != NULL; i++) {
        size_t behind = 0, there = e->values.count;
        for (size_t k = 0; k < e->values.count; k++) {
            if (text_equal(e->values.items[k], values[i]))
                there = k;
            if (i > 0 && text_equal(e->values.items[k], values[i - 1]))
                behind = k + 1;
        }
        if (there == e->values.count)
            vector_insert(a, &e->values, behind, values[i]);
    }
}

static bool sqlite_knows_check(const schema_table *known, const char *expression)
{
    for (size_t i = 0; known != NULL && i < known->constraints.count; i++)
        if (known->constraints.items[i].kind == MIGEN_CHECK &&
            sql_same_expression(known->constraints.items[i].expression, expression, MIGEN_SQLITE))
            return true;
    return false;
}

/*
 * Whether a column of text is the enum that the history says it is: its check lists the enum's values, or none is there. Values
 * beyond those (which a way down left) are no difference; the model's enum then has them too, so that a rebuild keeps them.
 * A check that lacks a value stays a constraint, and the comparison says so.
 */
static bool sqlite_settle_enum(const settling *r, schema_table *t, migen_column *column,
                               const schema_table *known, migen_type wanted)
{
    schema_enum *e = schema_change_enum(r->model, schema_find_enum(r->model, wanted.name));
    bool is_text = column->type.kind == MIGEN_TYPE_TEXT || column->type.kind == MIGEN_TYPE_VARCHAR ||
                   column->type.kind == MIGEN_TYPE_CHAR;
    if (e == NULL || e->values.count == 0 || !is_text)
        return false;
    const char *const *values = NULL;
    const migen_constraint *check = check_of_values(r->memory, known, t, column->name, &values);
    bool is_checked = check != NULL;
    if (is_checked && !sqlite_values_include(values, e))
        return false;
    if (is_checked) {
        sqlite_values_take(r->memory, e, values);
        vector_remove(&t->constraints, (size_t)(check - t->constraints.items));
    }
    column->type_unchecked = !is_checked;
    column->type = (migen_type){.kind = MIGEN_TYPE_ENUM, .name = arena_string(r->memory, wanted.name)};
    return true;
}

/* A STRICT table can declare six types only: which one was meant, the history knows. */
static bool sqlite_settle_strict(const settling *r, schema_table *t, migen_column *column, migen_type wanted)
{
    if (!t->strict || wanted.array || type_strict_kind(wanted.kind) != column->type.kind)
        return false;
    migen_column meant = *column;
    meant.type = wanted;
    const char *check = sqlite_check_of_type(r->memory, &meant);
    if (check != NULL && !sqlite_absorb_check(t, column->name, check))
        return false; /* it is what it says, and no more */
    column->type = wanted;
    size_t length = column->default_value == NULL ? 0 : strlen(column->default_value);
    if (length > 2 && column->default_value[0] == '(') /* (CURRENT_DATE) is now() for a date */
        column->default_value = default_from_sql(
            r->memory, MIGEN_SQLITE, wanted, arena_copy(r->memory, column->default_value + 1, length - 2));
    if (wanted.kind == MIGEN_TYPE_BOOL && text_equal(column->default_value, "0"))
        column->default_value = "false";
    if (wanted.kind == MIGEN_TYPE_BOOL && text_equal(column->default_value, "1"))
        column->default_value = "true";
    return true;
}

/* The number behind the last operator, of "length(c) <= 80". */
static int sqlite_last_number(const char *expression)
{
    int number = 0;
    sql_lexer lexer = sql_lexer_new(expression, strlen(expression), MIGEN_SQLITE);
    for (sql_token t = sql_next(&lexer); t.kind != TOKEN_END; t = sql_next(&lexer))
        if (t.kind == TOKEN_NUMBER && t.text.length < 10)
            number = (int)strtol(t.text.bytes, NULL, 10);
    return number;
}

/* What the history does not know (it was lost) the check of the type tells: length(c) <= 80, c IN (0, 1), json_valid(c). */
static bool sqlite_infer_strict(const settling *r, schema_table *t, migen_column *column,
                                const schema_table *known)
{
    bool text = column->type.kind == MIGEN_TYPE_TEXT;
    if (!t->strict || (!text && column->type.kind != MIGEN_TYPE_INT))
        return false;
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *check = &t->constraints.items[i];
        if (check->kind != MIGEN_CHECK || !check->name_is_implied ||
            sqlite_knows_check(known, check->expression) ||
            !sql_mentions(check->expression, column->name, MIGEN_SQLITE))
            continue;
        const migen_type meant[] = {
            {.kind = MIGEN_TYPE_VARCHAR, .length = sqlite_last_number(check->expression)},
            {.kind = MIGEN_TYPE_JSON},
            {.kind = MIGEN_TYPE_BOOL}};
        for (size_t k = text ? 0 : 2; k < (text ? 2u : 3u); k++)
            if ((k != 0 || meant[k].length > 0) && sqlite_settle_strict(r, t, column, meant[k]))
                return true;
    }
    return false;
}

/* One declaration stands for several types: `id` for each INTEGER that is the key, words that are native for what they say. The
 * history knows which one was meant, and what refers to the column takes that type over. */
static bool sqlite_settle_declared(const settling *r, migen_column *column, const migen_column *wanted)
{
    migen_type_kind kind = wanted->type.kind;
    comparison c = {.memory = r->memory, .engine = MIGEN_SQLITE};
    bool json = (kind == MIGEN_TYPE_JSON && column->type.kind == MIGEN_TYPE_JSONB) ||
                (kind == MIGEN_TYPE_JSONB && column->type.kind == MIGEN_TYPE_JSON);
    bool moment = kind == MIGEN_TYPE_TIMESTAMPTZ && column->type.kind == MIGEN_TYPE_TIMESTAMP;
    bool key = column->type.kind == MIGEN_TYPE_ID &&
               (kind == MIGEN_TYPE_INT || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL);
    bool uuid = kind == MIGEN_TYPE_UUID && column->type.kind == MIGEN_TYPE_TEXT && column->collate == NULL;
    bool native = kind == MIGEN_TYPE_NATIVE && column->type.kind != MIGEN_TYPE_NATIVE &&
                  compare_types(&c, wanted, column) == TYPE_SAME;
    if (!key && !native && !uuid && !json && !moment)
        return false;
    column->type = wanted->type;
    column->type.name = arena_string(r->memory, wanted->type.name);
    column->type.sqlite = arena_string(r->memory, wanted->type.sqlite);
    if (native)
        column->collate = NULL; /* the type says it */
    return true;
}

void sqlite_settle_types(arena *memory, schema *model, schema_table *t, const schema *known_schema)
{
    settling r = {.memory = memory, .model = model};
    const schema_table *known =
        known_schema == NULL ? NULL : map_get(&known_schema->tables, name_text(memory, t->name));
    bool changed = false;
    for (size_t i = 0; i < t->columns.count; i++) {
        migen_column *column = &t->columns.items[i];
        const migen_column *wanted = known == NULL ? NULL : table_find_column(known, column->name);
        bool settled = false;
        if (wanted != NULL && wanted->type.kind == MIGEN_TYPE_ENUM)
            settled = sqlite_settle_enum(&r, t, column, known, wanted->type);
        else if (wanted != NULL)
            settled = sqlite_settle_strict(&r, t, column, wanted->type) ||
                      sqlite_settle_declared(&r, column, wanted);
        settled = settled || sqlite_infer_strict(&r, t, column, known);
        changed = changed || settled;
    }
    if (changed)
        sqlite_imply_names(memory, t);
}

/* A constraint without a name in its text is called as the history calls it: the default name follows the table and its columns
 * when they are renamed, and the name that it was given once does not. */
void sqlite_settle_names(arena *memory, const schema *model, schema_table *t, const schema *known_schema)
{
    const schema_table *known =
        known_schema == NULL ? NULL : map_get(&known_schema->tables, name_text(memory, t->name));
    for (size_t i = 0; known != NULL && i < t->constraints.count; i++) {
        migen_constraint *found = &t->constraints.items[i];
        const migen_constraint *named = table_find_constraint(known, found->name);
        if (!found->name_is_implied || (named != NULL && constraint_equal(model, named, found)))
            continue;
        for (size_t k = 0; k < known->constraints.count; k++) {
            const migen_constraint *wanted = &known->constraints.items[k];
            if (!constraint_equal(model, wanted, found) || table_find_constraint(t, wanted->name) != NULL)
                continue;
            found->name = arena_string(memory, wanted->name);
            break;
        }
    }
}

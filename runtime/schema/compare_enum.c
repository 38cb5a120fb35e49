/*
 * compare_enum.c: an enum's values against each other; on SQLite against the check of a column, which may be somebody else's.
 */
#include "compare_parts.h"

#include "sql_normal.h"

#include <string.h>

char *compare_enum_values(arena *a, const schema_enum *e)
{
    builder b = builder_new(a);
    builder_add(&b, "(");
    for (size_t i = 0; i < e->values.count; i++) {
        builder_add(&b, i > 0 ? ", '" : "'");
        builder_add(&b, e->values.items[i]);
        builder_add(&b, "'");
    }
    builder_add(&b, ")");
    return b.bytes;
}

/* All wanted values in the wanted order; others may stand between them (PostgreSQL cannot take one back). */
void compare_enum(const comparison *c, const schema_enum *wanted, const schema_enum *found)
{
    size_t at = 0;
    for (size_t i = 0; i < found->values.count && at < wanted->values.count; i++)
        if (text_equal(found->values.items[i], wanted->values.items[at]))
            at++;
    if (at < wanted->values.count)
        compare_report(c, MIGEN_KIND_ENUM, name_text(c->memory, wanted->name),
                       compare_enum_values(c->memory, wanted), compare_enum_values(c->memory, found), false);
}

const char *const *values_of_check(arena *a, const char *column, const char *expression)
{
    VECTOR(const char *) values = {0};
    sql_lexer lexer = sql_lexer_new(expression, strlen(expression), MIGEN_SQLITE);
    if (!text_equal_word(sql_token_value(a, sql_next(&lexer)), column) ||
        !sql_token_is(sql_next(&lexer), "in") || !sql_token_is(sql_next(&lexer), "("))
        return NULL;
    for (;;) {
        sql_token value = sql_next(&lexer);
        if (value.kind != TOKEN_STRING)
            return NULL;
        vector_push(a, &values, sql_token_value(a, value));
        sql_token behind = sql_next(&lexer);
        if (sql_token_is(behind, ")"))
            break;
        if (!sql_token_is(behind, ","))
            return NULL;
    }
    if (sql_next(&lexer).kind != TOKEN_END)
        return NULL;
    vector_push(a, &values, NULL);
    return values.items;
}

const migen_constraint *check_of_values(arena *a, const schema_table *wanted, const schema_table *found,
                                        const char *column, const char *const **values)
{
    for (size_t i = 0; i < found->constraints.count; i++) {
        const migen_constraint *check = &found->constraints.items[i];
        if (check->kind != MIGEN_CHECK || check->extra != NULL)
            continue;
        bool is_own = false;
        for (size_t k = 0; wanted != NULL && k < wanted->constraints.count && !is_own; k++)
            is_own =
                wanted->constraints.items[k].kind == MIGEN_CHECK &&
                sql_same_expression(wanted->constraints.items[k].expression, check->expression, MIGEN_SQLITE);
        *values = is_own ? NULL : values_of_check(a, column, check->expression);
        if (*values != NULL)
            return check;
    }
    return NULL;
}

/* The check that keeps values of the enum out of the column, as text; NULL: none does. */
char *compare_short_check(const comparison *c, const schema_table *wanted_table, const migen_column *wanted,
                          const schema_table *found_table, const migen_column *found)
{
    const schema_enum *e = !ENGINE_IS_SQLITE(c->engine) || c->model == NULL || found_table == NULL ||
                                   wanted->type.kind != MIGEN_TYPE_ENUM
                               ? NULL
                               : schema_find_enum(c->model, wanted->type.name);
    const char *const *values = NULL;
    const migen_constraint *check =
        e == NULL ? NULL : check_of_values(c->memory, wanted_table, found_table, found->name, &values);
    for (size_t i = 0; check != NULL && i < e->values.count; i++)
        if (!list_contains(values, e->values.items[i]))
            return arena_format(c->memory, "%s check (%s)", type_text(c->memory, found->type),
                                check->expression);
    return NULL;
}

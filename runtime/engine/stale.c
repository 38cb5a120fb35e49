/* When the catalogue has to be read again: behind raw SQL, for the steps that it may matter to. */
#include "run.h"

#include "sql_normal.h"
#include "text.h"

#include <string.h>

void run_is_fresh(migen *run)
{
    run->stale = false;
    run->stale_wholly = false;
    run->raw.count = 0;
}

/* What raw SQL may have changed: what makes something, or alters a table, only what it names; all else (DROP INDEX does not
 * say its table) nobody knows what. */
void run_make_stale(migen *run, const migen_step *step)
{
    static const char *const plain[] = {"create", "comment", "grant", "revoke", NULL};
    run->stale = true;
    for (size_t i = 0; step->operation == MIGEN_RUN && step->sql[i] != NULL; i++) {
        sql_lexer lexer = sql_lexer_new(step->sql[i], strlen(step->sql[i]), run->engine);
        sql_token first = sql_next(&lexer);
        bool is_plain = sql_leaves_schema(step->sql[i], run->engine) ||
                        (sql_token_is(first, "alter") && sql_token_is(sql_next(&lexer), "table"));
        for (size_t k = 0; plain[k] != NULL && !is_plain; k++)
            is_plain = sql_token_is(first, plain[k]);
        if (!is_plain)
            run->stale_wholly = true;
        vector_push(run->memory, &run->raw, step->sql[i]);
    }
    if (step->operation != MIGEN_RUN)
        run->stale_wholly = true;
}

/* Whether raw SQL since the last look at the catalogue names the object. */
static bool stale_names(const migen *run, const char *object)
{
    const char *name = object == NULL ? NULL : name_parse(run->memory, object).name;
    for (size_t i = 0; name != NULL && i < run->raw.count; i++)
        if (sql_says(run->memory, run->raw.items[i], name, run->engine))
            return true;
    return false;
}

static bool stale_names_columns(const migen *run, const migen_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (stale_names(run, columns[i].references) ||
            (columns[i].type.kind == MIGEN_TYPE_ENUM && stale_names(run, columns[i].type.name)))
            return true;
    return false;
}

/*
 * Whether what raw SQL did may matter to the step: then live is read again, which costs a round trip. Where it does matter after all,
 * the statement fails as one that another session was quicker with, and is decided anew.
 */
bool run_needs_live(const migen *run, const migen_step *step)
{
    const migen_table *table = step->table;
    const char *object = table != NULL ? table->name : step->object;
    if (ENGINE_IS_SQLITE(run->engine) || run->stale_wholly || object == NULL || step->alteration != NULL ||
        step->operation == MIGEN_MIGRATION_SUMMARY || step->cascade)
        return true;
    if (stale_names(run, object) || stale_names(run, step->new_name) ||
        stale_names_columns(run, step->columns, step->column_count) ||
        (step->index != NULL && stale_names(run, step->index->name)) ||
        (step->constraint != NULL && stale_names(run, step->constraint->references)))
        return true;
    if (table == NULL)
        return false;
    for (size_t i = 0; i < table->constraint_count; i++)
        if (stale_names(run, table->constraints[i].references))
            return true;
    return stale_names_columns(run, table->columns, table->column_count);
}

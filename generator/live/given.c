/*
 * given.c: what others make is made here as the migrations describe it.
 */
#include "database.h"

#include "dialect.h"
#include "flow.h"
#include "text.h"

/* A schema that a migration makes is left to it: what is given in there is made by nobody. */
static bool given_schema_is_ours(const migen_release *release, const char *name)
{
    for (size_t i = 0; i < release->migration_count; i++)
        for (size_t k = 0; k < release->migrations[i]->up_count; k++)
            if (release->migrations[i]->up[k].operation == MIGEN_CREATE_SCHEMA &&
                text_equal(release->migrations[i]->up[k].object, name))
                return true;
    return false;
}

/* The statements for the given tables of one migration, and for the schemas that they lie in. */
static void given_of(arena *a, const migen_release *release, schema *made, const migen_migration *m,
                     sql_list *statements)
{
    flow f = flow_begin(m->up, m->up_count, made->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (flow_is_condition(step))
            flow_choose(&f, true);
        if (step->operation != MIGEN_GIVEN_TABLE ||
            schema_has(made, MIGEN_KIND_TABLE, step->table->name, NULL))
            continue;
        object_name name = name_parse(a, step->table->name);
        if (name.schema != NULL && given_schema_is_ours(release, name.schema))
            continue;
        if (name.schema != NULL && made->engine == MIGEN_POSTGRES) {
            sql_writer w = sql_new(a);
            sql_words(&w, "CREATE SCHEMA IF NOT EXISTS");
            sql_name(&w, name.schema);
            sql_statement statement = {.text = sql_text(&w)};
            vector_push(a, statements, statement);
        }
        migen_step create = *step;
        create.operation = MIGEN_CREATE_TABLE;
        dialect_request request = {.memory = a, .before = made, .step = &create};
        dialect_write(&request, statements);
        violation v = {0};
        (void)schema_apply(made, &create, &v);
    }
}

void live_make_given(arena *a, const live_database *d)
{
    const migen_release *release = &d->release->release;
    schema *made = schema_new(a, d->target.engine);
    sql_list statements = {0};
    for (size_t i = 0; i < release->migration_count; i++)
        given_of(a, release, made, release->migrations[i], &statements);
    if (statements.count == 0)
        return;
    driver *connection = NULL;
    error e = error_new(a);
    status s = driver_open(&d->target, &(driver_options){.application_name = "migen"}, &connection, &e);
    for (size_t i = 0; i < statements.count && s == STATUS_OK;
         i++) /* one that cannot be is missed later, if at all */
        if (driver_query(connection, statements.items[i].text, a, NULL, &e) != STATUS_OK)
            error_clear(&e);
    driver_close(connection);
}

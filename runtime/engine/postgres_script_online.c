/*
 * postgres_script_online.c: the lock-safe recipes (language.md 5.5) in a script. Whether a table has rows is asked when it is its turn,
 * and so is whether it is partitioned, where that matters; each statement that cannot be with others in a transaction stands between
 * two, as in a run, with an intent in the history, from which `up` goes on where the script was stopped there.
 */
#include "script_parts.h"

#include "carry.h"
#include "dialect_remade.h"
#include "sql_writer.h"
#include "text.h"

#include <inttypes.h>

void postgres_script_patience(script *s, int64_t milliseconds)
{
    script_statement(s, arena_format(s->memory, "SET lock_timeout = '%" PRId64 "ms'", milliseconds));
}

void postgres_script_split(script *s, size_t row)
{
    script_statement(s, script_intent_row(s, s->migration, row));
    script_statement(s, "COMMIT");
    s->is_split = true;
}

void postgres_script_statements(script *s, size_t at, const sql_list *list)
{
    const migen_migration *m = s->migration;
    for (size_t i = 0; i < list->count; i++) {
        script_statement(s, list->items[i].text);
        if (!list->items[i].own_transaction || !carry_needs_commit(m->up, m->up_count, at, list, i))
            continue;
        postgres_script_split(s, i + 1 < list->count ? at : at + 1);
        script_statement(s, "BEGIN");
    }
}

void postgres_script_alone(script *s, size_t at, const sql_list *list)
{
    postgres_script_split(s, at);
    for (size_t i = 0; i < list->count; i++)
        script_statement(s, list->items[i].text);
    script_statement(s, "BEGIN");
}

/* What waits for a lock behind a part that is committed is tried again, since only `up` could go on behind its failure: in a transaction
 * that holds nothing else, and what a try had locked is free between two. */
static void online_statement(script *s, size_t at, const sql_list *list, size_t i)
{
    const sql_statement *statement = &list->items[i];
    if (!s->is_split || statement->lock_object == NULL) {
        script_statement(s, statement->text);
        return;
    }
    if (i == 0 && !text_ends_with(s->out.bytes, "BEGIN;\n")) {
        postgres_script_split(s, at);
        script_statement(s, "BEGIN");
    }
    sql_writer block = sql_new(s->memory), w = sql_new(s->memory);
    sql_words(&block, "DECLARE _migen_sql text :=");
    sql_string(&block, statement->text);
    sql_words(&block, "; BEGIN FOR _migen_try IN 1 ..");
    sql_integer(&block, s->options->ddl_retries);
    sql_words(&block, "LOOP BEGIN EXECUTE _migen_sql; RETURN; EXCEPTION WHEN lock_not_available THEN"
                      " PERFORM pg_catalog.pg_sleep(1); END; END LOOP; EXECUTE _migen_sql; END");
    sql_words(&w, "DO");
    sql_string(&w, sql_text(&block));
    script_statement(s, sql_text(&w));
}

static void online_write(script *s, size_t at, const sql_list *list)
{
    const migen_migration *m = s->migration;
    bool open = true;
    for (size_t i = 0; i < list->count; i++) {
        const sql_statement *statement = &list->items[i];
        if (statement->outside) {
            if (open)
                postgres_script_split(s, at);
            open = false;
            postgres_script_patience(s, s->options->index_wait);
            script_statement(s, statement->text);
            postgres_script_patience(s, s->options->ddl_lock_timeout);
            continue;
        }
        if (!open)
            script_statement(s, "BEGIN");
        online_statement(s, at, list, i);
        open = !statement->own_transaction || !carry_needs_commit(m->up, m->up_count, at, list, i);
        if (!open)
            postgres_script_split(s, i + 1 < list->count ? at : at + 1);
    }
    if (!open)
        script_statement(s, "BEGIN");
}

static bool online_is_same(const sql_list *one, const sql_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; i < one->count && same; i++)
        same = text_equal(one->items[i].text, other->items[i].text) &&
               one->items[i].own_transaction == other->items[i].own_transaction;
    return same;
}

/* The table that the step works on; NULL: none. */
static const schema_table *online_table(const script *s, const migen_step *step)
{
    const char *object = step->table != NULL ? step->table->name : step->object;
    const schema_table *owner = NULL;
    if (object == NULL || step->operation != MIGEN_DROP_INDEX)
        return object == NULL ? NULL : schema_find_table(s->schema, object);
    (void)schema_find_index(s->schema, object, &owner);
    return owner == NULL || owner->materialized ? NULL : owner;
}

/* Whether the recipe is the thing to do, as a variable of psql. */
static void online_ask(script *s, const schema_table *table, bool not_partitioned)
{
    sql_writer w = sql_new(s->memory), name = sql_new(s->memory);
    sql_object(&name, table->name);
    sql_words(&w, "SELECT (EXISTS (SELECT FROM");
    sql_object(&w, table->name);
    sql_words(&w, ")");
    if (not_partitioned) {
        sql_words(&w, "AND EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(");
        sql_string(&w, sql_text(&name));
        sql_words(&w, ")::oid AND relkind <> 'p')");
    }
    sql_words(&w, ")::int AS migen_rows \\gset\n\\if :migen_rows\n");
    builder_add(&s->out, sql_text(&w));
}

bool postgres_script_online(script *s, const migen_step *step, size_t at, const sql_list *plain)
{
    const schema_table *table = online_table(s, step);
    if (table == NULL || table->fresh || s->is_applied)
        return false;
    sql_list online = {0}, partitioned = {0};
    schema *parted = schema_copy(s->memory, s->schema);
    schema_change_table(parted, schema_find_table(parted, name_text(s->memory, table->name)))->partitioned =
        true;
    dialect_request request = {.memory = s->memory,
                               .before = s->schema,
                               .step = step,
                               .online = true,
                               .remade = dialect_remade(s->memory, s->schema, step)};
    dialect_write(&request, &online);
    request.before = parted;
    dialect_write(&request, &partitioned);
    if (online_is_same(&online, plain))
        return false;
    online_ask(s, table, !online_is_same(&online, &partitioned));
    bool was_split = s->is_split;
    online_write(s, at, &online);
    bool is_split = s->is_split;
    s->is_split = was_split;
    builder_add(&s->out, "\\else\n");
    postgres_script_statements(s, at, plain);
    builder_add(&s->out, "\\endif\n");
    s->is_split = s->is_split || is_split;
    return true;
}

/*
 * lint.c: what is allowed, but may hurt. Warnings only; `allow RULE "reason"` before a statement silences
 * one.
 *
 * Idea       A rule is a function that looks at one step and the schema before it. The table below is the
 * list of them.
 */
#include "sema.h"

typedef struct lint_site {
    sema *s;
    size_t engine;
    const sema_record *record;
    const migen_step *step;
    const char *rule;
} lint_site;

static bool is_allowed(const sema_record *r, const char *rule)
{
    for (size_t i = 0; i < r->allowed.count; i++)
        if (text_equal(r->allowed.items[i], rule))
            return true;
    return false;
}

/* A table that the same migration made has no rows and no users yet. */
static bool is_fresh(const lint_site *site)
{
    arena *a = site->s->memory;
    return site->step->object && map_has(&site->s->fresh, name_text(a, name_parse(a, site->step->object)));
}

static void warn(const lint_site *site, const void *word, const char *message, const char *hint)
{
    span place = ast_place_of(site->s->current->file, word, site->record->statement->place);
    diagnostic *d = report_warning(site->s->out, site->rule, place, "%s", message);
    diagnostic_hint(site->s->out, d, "%s; or `allow %s \"reason\"` before it", hint, site->rule);
}

static void lint_drop_table(const lint_site *site)
{
    if (site->step->operation == MIGEN_DROP_TABLE && !is_fresh(site))
        warn(site, site->step->object,
             "this drops a table with its rows, while older releases may still use it",
             "drop it in a release after the last one that uses it");
}

static void lint_drop_column(const lint_site *site)
{
    migen_operation operation = site->step->operation;
    if ((operation == MIGEN_DROP_COLUMN || operation == MIGEN_DROP_COLUMNS) && !is_fresh(site))
        warn(site, site->step->part,
             "this drops a column with its values, while older releases may still use it",
             "drop it in a release after the last one that uses it");
}

static void lint_rename_table(const lint_site *site)
{
    if (site->step->operation == MIGEN_RENAME_TABLE && !is_fresh(site))
        warn(site, site->step->object, "releases that are running know the table by its old name only",
             "stop them during the migration, or add a view under the old name");
}

static void lint_rename_column(const lint_site *site)
{
    if (site->step->operation == MIGEN_RENAME_COLUMN && !is_fresh(site))
        warn(site, site->step->part, "releases that are running know the column by its old name only",
             "stop them during the migration, or add the new column beside the old one first");
}

static void lint_required_column(const lint_site *site)
{
    migen_operation operation = site->step->operation;
    if ((operation != MIGEN_ADD_COLUMN && operation != MIGEN_ADD_COLUMNS) || is_fresh(site))
        return;
    for (size_t i = 0; i < site->step->column_count; i++) {
        const migen_column *c = &site->step->columns[i];
        bool filled = c->default_value || c->backfill || c->generated || c->type.kind == MIGEN_TYPE_SERIAL ||
                      c->type.kind == MIGEN_TYPE_BIGSERIAL || c->type.kind == MIGEN_TYPE_ID;
        if (c->not_null && !filled)
            warn(site, c->name,
                 "this fails when the table has rows: they have no value for a column that must have one",
                 "give it `default …` or `backfill (…)`");
    }
}

/* Calls back for each column definition that the step has. */
static const migen_column *column_at(const migen_step *step, size_t i)
{
    if (i < step->column_count)
        return &step->columns[i];
    i -= step->column_count;
    return step->table && i < step->table->column_count ? &step->table->columns[i] : NULL;
}

static bool makes_columns(const migen_step *step)
{
    return step->operation == MIGEN_CREATE_TABLE || step->operation == MIGEN_ENSURE_TABLE ||
           step->operation == MIGEN_ADD_COLUMN || step->operation == MIGEN_ADD_COLUMNS;
}

static void lint_json_column(const lint_site *site)
{
    if (site->engine != 0 || !makes_columns(site->step))
        return;
    const migen_column *c;
    for (size_t i = 0; (c = column_at(site->step, i)) != NULL; i++)
        if (c->type.kind == MIGEN_TYPE_JSON)
            warn(site, c->name, "json can neither be compared nor indexed on PostgreSQL", "jsonb can");
}

static void lint_int_primary_key(const lint_site *site)
{
    if (site->engine != 0 || !makes_columns(site->step))
        return;
    const migen_column *c;
    for (size_t i = 0; (c = column_at(site->step, i)) != NULL; i++) {
        bool narrow = c->type.kind == MIGEN_TYPE_INT || c->type.kind == MIGEN_TYPE_SMALLINT ||
                      c->type.kind == MIGEN_TYPE_SERIAL;
        if (narrow && c->primary_key)
            warn(site, c->name, "this key ends at 2,147,483,647 or before, and is hard to widen then",
                 "take `id` or bigint");
    }
}

/* Foreign keys are collected here and looked at in lint_migration_end: an index may still follow. */
static void lint_foreign_key(const lint_site *site)
{
    sema *s = site->s;
    const migen_step *step = site->step;
    const migen_column *c;
    for (size_t i = 0; makes_columns(step) && (c = column_at(step, i)) != NULL; i++) {
        if (!c->references)
            continue;
        foreign_key_site key = {
            step->object, c->name,
            ast_place_of(s->current->file, c->references, site->record->statement->place)};
        vector_push(s->memory, &s->foreign_keys, key);
    }
    size_t count = step->table && makes_columns(step) ? step->table->constraint_count : 0;
    for (size_t i = 0; i < count + 1; i++) {
        const migen_constraint *k = i < count ? &step->table->constraints[i] : step->constraint;
        if (!k || k->kind != MIGEN_FOREIGN_KEY || !k->columns)
            continue;
        foreign_key_site key = {
            step->object, k->columns[0],
            ast_place_of(s->current->file, k->references, site->record->statement->place)};
        vector_push(s->memory, &s->foreign_keys, key);
    }
}

typedef struct lint_rule {
    const char *name;
    void (*look)(const lint_site *site);
} lint_rule;

static const lint_rule lint_rules[] = {
    {"drop-table", lint_drop_table},           {"drop-column", lint_drop_column},
    {"rename-table", lint_rename_table},       {"rename-column", lint_rename_column},
    {"required-column", lint_required_column}, {"json-column", lint_json_column},
    {"int-primary-key", lint_int_primary_key}, {"foreign-key-index", lint_foreign_key},
};
static const size_t lint_rule_count = sizeof lint_rules / sizeof *lint_rules;

bool lint_rule_known(const char *rule)
{
    for (size_t i = 0; i < lint_rule_count; i++)
        if (text_equal(rule, lint_rules[i].name))
            return true;
    return false;
}

const char *lint_rule_nearest(const char *rule)
{
    const char *names[sizeof lint_rules / sizeof *lint_rules];
    for (size_t i = 0; i < lint_rule_count; i++)
        names[i] = lint_rules[i].name;
    return text_nearest(rule, names, lint_rule_count);
}

/* Looks at a step before it is played, on the first engine on which it is. */
void lint_step(sema *s, size_t engine, sema_record *r)
{
    r->linted = true;
    for (size_t i = 0; i < lint_rule_count; i++) {
        lint_site site = {s, engine, r, &r->step, lint_rules[i].name};
        if (!is_allowed(r, lint_rules[i].name))
            lint_rules[i].look(&site);
    }
}

static bool leads(const schema_table *t, const char *column)
{
    for (size_t i = 0; i < t->indexes.count; i++)
        if (t->indexes.items[i].item_count && text_equal(t->indexes.items[i].items[0].column, column))
            return true;
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *c = &t->constraints.items[i];
        if ((c->kind == MIGEN_UNIQUE || c->kind == MIGEN_PRIMARY_KEY) && c->columns &&
            text_equal(c->columns[0], column))
            return true;
    }
    return false;
}

void lint_migration_end(sema *s)
{
    const schema *model = s->model[0] ? s->model[0] : s->model[1];
    for (size_t i = 0; i < s->foreign_keys.count; i++) {
        const foreign_key_site *key = &s->foreign_keys.items[i];
        const schema_table *t = schema_find_table(model, key->table);
        if (!t || !table_find_column(t, key->column) || leads(t, key->column))
            continue;
        diagnostic *d = report_warning(
            s->out, "foreign-key-index", key->place,
            "no index begins with \"%s\": each delete or update of its target reads this whole table",
            key->column);
        diagnostic_hint(
            s->out, d,
            "add `index` to the column; or `allow foreign-key-index \"reason\"` before the statement");
    }
}

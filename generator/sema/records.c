/*
 * records.c: the shape of a migration: a record for each statement, branches numbered, `allow` taken to what
 * it stands before.
 */
#include "sema.h"

#include "map.h"

#include <inttypes.h>
#include <string.h>

static void check_rule(sema *s, const ast_statement *allow)
{
    if (lint_rule_known(allow->rule))
        return;
    span place = ast_place_of(s->current->file, allow->rule, allow->place);
    diagnostic *d =
        report_warning(s->out, "unknown-rule", place, "there is no lint rule \"%s\"", allow->rule);
    const char *nearest = lint_rule_nearest(allow->rule);
    if (nearest)
        diagnostic_hint(s->out, d, "did you mean %s?", nearest);
}

/* Outside of a transaction a crash may leave a step done but not recorded, so that it must be able to see
 * that it is done. */
static void check_transaction_none(sema *s, const ast_statement *statement, bool inside_if)
{
    migen_operation operation = statement->step.operation;
    if (!s->current->file->transaction_none || s->in_down || inside_if)
        return;
    if (operation != MIGEN_CALL && (operation != MIGEN_RUN || statement->step.when || statement->step.unless))
        return;
    diagnostic *d = report_error(
        s->out, "run-needs-condition", statement->place,
        "outside of a transaction `%s` needs a condition: it may have to be done again after a crash",
        operation_words(operation));
    if (operation == MIGEN_RUN)
        diagnostic_hint(s->out, d, "add `when { SELECT … }` or `unless { SELECT … }`");
    else
        diagnostic_hint(s->out, d, "put it into `if { SELECT … } { … }`");
}

/* What a migration's C says, as a mark: an interrupted run's journal knows by it whether that is still what it has carried out. */
static const char *called_mark(sema *s)
{
    builder text = builder_new(s->memory);
    builder_add(&text, "");
    for (size_t i = 0; i < s->current->called.count; i++)
        builder_add(&text, called_text(s->memory, s->current->called.items[i], false));
    return arena_format(s->memory, "%016" PRIx64, hash_bytes(text.bytes, strlen(text.bytes)));
}

static sema_record *new_record(sema *s, const ast_statement *statement, unsigned engines, bool inside_if,
                               const rule_list *allowed)
{
    sema_record *r = ARENA_NEW(s->memory, sema_record);
    r->statement = statement;
    r->step = statement->step;
    r->engines = engines;
    r->inside_if = inside_if;
    if (r->step.operation == MIGEN_CALL && !s->in_down)
        r->step.part = called_mark(s);
    for (size_t i = 0; i < allowed->count; i++)
        vector_push(s->memory, &r->allowed, allowed->items[i]);
    if (statement->kind == AST_IF) {
        r->step.branch = ++s->branches;
        if (r->step.operation == MIGEN_IF_SQL)
            s->has_raw = true;
        r->then = sema_records(s, &statement->then, engines, true, &r->allowed);
        r->otherwise = sema_records(s, &statement->otherwise, engines, true, &r->allowed);
    } else if (statement->kind == AST_ON) {
        r->then =
            sema_records(s, &statement->then, engines & statement->step.engines, inside_if, &r->allowed);
    } else {
        check_transaction_none(s, statement, inside_if);
        if (statement->step.operation == MIGEN_RUN || statement->step.operation == MIGEN_CALL)
            s->has_raw = true;
    }
    return r;
}

record_list sema_records(sema *s, const ast_list *statements, unsigned engines, bool inside_if,
                         const rule_list *around)
{
    record_list records = {0};
    rule_list allowed = {0};
    for (size_t i = 0; around && i < around->count; i++)
        vector_push(s->memory, &allowed, around->items[i]);
    size_t around_count = allowed.count;
    for (size_t i = 0; i < statements->count; i++) {
        const ast_statement *statement = statements->items[i];
        if (statement->kind == AST_LATER)
            continue;
        if (statement->kind == AST_ALLOW) {
            check_rule(s, statement);
            vector_push(s->memory, &allowed, statement->rule);
            continue;
        }
        sema_record *record = new_record(s, statement, engines, inside_if, &allowed);
        vector_push(s->memory, &records, record);
        allowed.count = around_count;
    }
    return records;
}

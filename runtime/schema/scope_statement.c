/* What a trigger does: INSERT, UPDATE, DELETE, SELECT, and the trigger around them. */
#include "scope_parts.h"

#include "operation_parts.h"
#include "text.h"

#include <string.h>

/* The literals among what is written into the columns (of the table, where none are said). */
static void scope_note_values(scope_reader *r, const scope_source *target, const scope_columns *into,
                              const scope_columns *values)
{
    const scope_columns *columns = into->count != 0 ? into : &target->columns;
    for (size_t i = 0; i < values->count && i < columns->count; i++) {
        if (values->items[i].literal == 0 || columns->items[i].table == NULL)
            continue;
        vector_push(
            r->a, &r->out->values,
            ((scope_value){values->items[i].literal, columns->items[i].table, columns->items[i].origin}));
    }
}

/* [AS] alias of the table that is written to. */
static size_t scope_target(scope_reader *r, size_t i, const scope *outer, scope *here)
{
    static const char *const behind[] = {"set",     "where", "values",    "select",
                                         "default", "with",  "returning", NULL};
    scope_source target = {0};
    here->outer = outer;
    if (i >= r->out->tokens.count || !view_is_name(r->out->tokens.items[i])) {
        r->failed = true;
        return i;
    }
    i = scope_relation(r, i, outer, &target);
    bool as = scope_is(r, i, "as");
    if (as || (scope_is_name(r, i) && !scope_is_one(r, i, behind))) {
        i += as ? 1 : 0;
        target.alias = scope_text(r, i++);
        target.by_own_name = false;
    }
    vector_push(r->a, &here->sources, target);
    return i;
}

static void scope_insert(scope_reader *r, size_t i, size_t end, const scope *outer)
{
    static const char *const into[] = {"into", NULL}, *const tails[] = {"on", "returning", NULL},
                             *const rows[] = {"values", "select", "with", "default", NULL};
    scope here = {0};
    i = scope_target(r, scope_find(r, i, end, into) + 1, outer, &here);
    if (r->failed)
        return;
    scope_columns columns = {0}, values = {0};
    if (scope_is(r, i, "(") && !scope_at_query(r, i + 1)) {
        size_t close = scope_closing(r, i);
        scope only = {.sources = here.sources};
        for (size_t k = i + 1; k < close; k++) {
            if (!view_is_name(r->out->tokens.items[k]))
                continue;
            scope_expression(r, k, k + 1, &only);
            scope_name name = r->out->names[k];
            vector_push(r->a, &columns, ((scope_column){.table = name.table, .origin = name.column}));
        }
        i = close + 1;
    }
    size_t tail = i;
    do
        tail = scope_find(r, tail + 1, end, tails);
    while (tail < end && scope_is(r, tail, "on") && !scope_is(r, tail + 1, "conflict"));
    if (!scope_is_one(r, i, rows) && !scope_is(r, i, "("))
        r->failed = true;
    else if (!scope_is(r, i, "default"))
        scope_query(r, i, tail, outer, false, &values);
    scope_note_values(r, &here.sources.items[0], &columns, &values);
    scope_source excluded = here.sources.items[0];
    excluded.alias = "excluded";
    excluded.by_own_name = false;
    vector_push(r->a, &here.sources, excluded);
    scope_expression(r, tail, end, &here);
}

static void scope_update(scope_reader *r, size_t i, size_t end, const scope *outer)
{
    static const char *const set[] = {"set", NULL};
    scope here = {0};
    i = scope_target(r, i + (scope_is(r, i + 1, "or") ? 3 : 1), outer, &here);
    size_t values = scope_find(r, i, end, set), from = scope_find_from(r, i, end);
    size_t behind = from < end ? scope_from(r, from + 1, end, &here) : end;
    r->failed = r->failed || values == end;
    scope_expression(r, values, from, &here);
    scope_conditions(r, &here);
    scope_expression(r, behind, end, &here);
}

static void scope_delete(scope_reader *r, size_t i, size_t end, const scope *outer)
{
    scope here = {0};
    if (!scope_is(r, i + 1, "from")) {
        r->failed = true;
        return;
    }
    i = scope_target(r, i + 2, outer, &here);
    scope_expression(r, i, end, &here);
}

void scope_statement(scope_reader *r, size_t i, size_t end, const scope *outer)
{
    static const char *const changes[] = {"insert", "replace", "update", "delete", NULL};
    scope frame = {.outer = outer};
    if (scope_is(r, i, "with") && scope_find(r, i, end, changes) < end) {
        r->failed = true; /* SQLite has no such triggers */
    } else if (scope_is(r, i, "insert") || scope_is(r, i, "replace")) {
        scope_insert(r, i, end, outer);
    } else if (scope_is(r, i, "update")) {
        scope_update(r, i, end, outer);
    } else if (scope_is(r, i, "delete")) {
        scope_delete(r, i, end, outer);
    } else {
        scope_query(r, i, end, &frame, false, &(scope_columns){0});
    }
}

/* UPDATE OF a, b: columns of the trigger's table. */
static void scope_update_of(scope_reader *r, size_t i, size_t end, const scope *rows)
{
    static const char *const update[] = {"update", NULL};
    scope only = {0};
    vector_push(r->a, &only.sources, rows->sources.items[0]);
    i = scope_find(r, i, end, update);
    for (size_t k = scope_is(r, i + 1, "of") ? i + 2 : end; k < end; k++)
        if (scope_is_name(r, k) && !scope_is(r, k, "or"))
            scope_expression(r, k, k + 1, &only);
}

void scope_trigger(scope_reader *r)
{
    static const char *const on[] = {"on", NULL}, *const bodies[] = {"begin", "execute", NULL},
                             *const when[] = {"when", NULL}, *const semicolon[] = {";", NULL};
    static const char *const events[] = {"before", "after",  "instead",  "insert",
                                         "update", "delete", "truncate", NULL};
    size_t count = r->out->tokens.count, event = 0;
    while (event < count && !(event > 2 && scope_is_one(r, event, events)))
        event++;
    size_t at = scope_find(r, event, count, on), body = scope_find(r, at, count, bodies);
    if (at + 1 >= count || body == count || !view_is_name(r->out->tokens.items[at + 1])) {
        r->failed = true;
        return;
    }
    scope_source new = {0}, old;
    size_t behind = scope_relation(r, at + 1, NULL, &new);
    new.by_own_name = false;
    new.alias = "new";
    old = new;
    old.alias = "old";
    scope rows = {.qualified = true};
    vector_push(r->a, &rows.sources, new);
    scope_update_of(r, event, at, &rows);
    vector_push(r->a, &rows.sources, old);
    size_t condition = scope_find(r, behind, body, when);
    scope_expression(r, condition + 1, body, &rows);
    if (!scope_is(r, body, "begin"))
        return;
    while (count > body && !scope_is(r, count, "end"))
        count--;
    for (size_t i = body + 1; i < count && !r->failed;) {
        size_t end = scope_find(r, i, count, semicolon);
        scope_statement(r, i, end, &rows);
        i = end + 1;
    }
}

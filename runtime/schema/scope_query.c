/* Queries: WITH, the arms of UNION, SELECT lists, FROM. */
#include "scope_parts.h"

#include "operation_parts.h"
#include "sql_reserved.h"
#include "text.h"

static const char *const scope_sets[] = {"union", "intersect", "except", NULL};
static const char *const scope_tails[] = {"order", "limit", "offset", "fetch", "for", NULL};
static const char *const scope_clauses[] = {
    "where", "group",   "having", "window", "order",     "limit",       "offset",
    "fetch", "for",     "union",  "except", "intersect", "on",          "using",
    "join",  "left",    "right",  "full",   "inner",     "cross",       "natural",
    "outer", "indexed", "not",    "set",    "returning", "tablesample", NULL};

/* [AS] alias [(columns)] of a source; returns what stands behind. */
static size_t scope_alias(scope_reader *r, size_t i, size_t end, scope_source *source)
{
    bool said = i < end && scope_is(r, i, "as");
    i += said ? 1 : 0;
    if (i >= end || !view_is_name(r->out->tokens.items[i]) ||
        (!said && (!scope_is_name(r, i) ||
                   (r->out->tokens.items[i].kind == TOKEN_WORD && scope_is_one(r, i, scope_clauses)))))
        return i;
    source->alias = scope_text(r, i++);
    source->by_own_name = false;
    if (i >= end || !scope_is(r, i, "("))
        return i;
    size_t close = scope_closing(r, i), at = 0;
    for (size_t k = i + 1; k < close; k++) {
        if (at < source->columns.count && (k == i + 1 || scope_is(r, k - 1, ","))) {
            source->columns.items[at].name = scope_text(r, k);
            source->columns.items[at++].own = false;
        }
    }
    return close + 1;
}

static size_t scope_from_item(scope_reader *r, size_t i, size_t end, scope *here)
{
    bool lateral = scope_is(r, i, "lateral");
    i += lateral || scope_is(r, i, "only") ? 1 : 0;
    scope_source source = {0};
    if (i >= end) {
        r->failed = true;
        return end;
    }
    if (scope_is(r, i, "(")) {
        size_t close = scope_closing(r, i);
        if (!scope_at_query(r, i + 1)) {
            r->failed = r->failed || scope_from(r, i + 1, close, here) != close;
            r->failed = r->failed || scope_is(r, close + 1, "as");
            return close + 1;
        }
        scope_query(r, i + 1, close, lateral ? here : here->outer, true, &source.columns);
        i = close + 1;
    } else if (!view_is_name(r->out->tokens.items[i])) {
        r->failed = true;
        return end;
    } else {
        size_t behind = i + (scope_is(r, i + 1, ".") ? 3 : 1);
        if (scope_is(r, behind, "(")) { /* a function */
            size_t close = scope_closing(r, behind);
            vector_push(r->a, &here->conditions, ((scope_range){behind + 1, close}));
            source.opaque = true;
            source.alias = scope_text(r, behind - 1);
            i = close + 1;
            i += scope_is(r, i, "with") && scope_is(r, i + 1, "ordinality") ? 2 : 0;
        } else {
            i = scope_relation(r, i, here, &source);
        }
    }
    i = scope_alias(r, i, end, &source);
    if (source.alias == NULL)
        source.alias = ""; /* SQLite: a query without one; nobody can say it */
    if (scope_is(r, i, "not") && scope_is(r, i + 1, "indexed"))
        i += 2;
    else if (scope_is(r, i, "indexed") && scope_is(r, i + 1, "by"))
        i += 3;
    r->failed = r->failed || scope_is(r, i, "tablesample");
    vector_push(r->a, &here->sources, source);
    return i;
}

/* USING (a, b) */
static size_t scope_using(scope_reader *r, size_t i)
{
    size_t close = scope_closing(r, i);
    for (size_t k = i + 1; k < close; k++)
        if (view_is_name(r->out->tokens.items[k]))
            r->out->names[k] = (scope_name){.role = SCOPE_SHARED, .column = scope_text(r, k)};
    r->failed = r->failed || scope_is(r, close + 1, "as");
    return close + 1;
}

size_t scope_from(scope_reader *r, size_t i, size_t end, scope *here)
{
    static const char *const joins[] = {"left", "right", "full", "inner", "cross", "outer", NULL};
    i = scope_from_item(r, i, end, here);
    while (i < end && !r->failed) {
        if (scope_is(r, i, ",")) {
            i = scope_from_item(r, i + 1, end, here);
        } else if (scope_is(r, i, "natural")) {
            r->failed = true; /* its columns are those that both have */
        } else if (scope_is_one(r, i, joins)) {
            i++;
        } else if (scope_is(r, i, "join")) {
            i = scope_from_item(r, i + 1, end, here);
        } else if (scope_is(r, i, "using")) {
            i = scope_using(r, i + 1);
        } else if (scope_is(r, i, "on") && !scope_is(r, i + 1, "conflict")) {
            static const char *const ends[] = {",",       "where", "group",  "having",    "window",
                                               "order",   "limit", "offset", "fetch",     "for",
                                               "left",    "right", "full",   "inner",     "cross",
                                               "natural", "join",  "on",     "returning", NULL};
            size_t stop = scope_find(r, i + 1, end, ends);
            vector_push(r->a, &here->conditions, ((scope_range){i + 1, stop}));
            i = stop;
        } else {
            break;
        }
    }
    return i;
}

/* All columns of all sources, or of the one behind which the star stands. */
static void scope_star(scope_reader *r, const scope *here, const scope_item *item, scope_columns *columns)
{
    const char *alias = item->end == item->begin + 1 ? NULL : scope_text(r, item->end - 3);
    scope_asterisk asterisk = {.begin = item->begin, .end = item->end};
    for (size_t i = 0; i < here->sources.count; i++) {
        const scope_source *source = &here->sources.items[i];
        if (alias != NULL && !model_same_name(r->s, source->alias, alias))
            continue;
        for (size_t k = 0; k < source->columns.count; k++) {
            scope_column column = source->columns.items[k];
            column.own = false;
            vector_push(r->a, columns, column);
            scope_asterisk_column stands = {source->alias, column.name, column.table, column.origin};
            vector_push(r->a, &asterisk.columns, stands);
        }
        asterisk.opaque = asterisk.opaque || source->opaque;
    }
    vector_push(r->a, &r->out->asterisks, asterisk);
}

/* The name that an item has: by AS, by an alias, or by the column that it is; *as: it says it itself. */
static const char *scope_item_name(scope_reader *r, const scope_item *item, bool *as)
{
    size_t last = item->end - 1;
    *as = item->end >= item->begin + 3 && scope_is(r, last - 1, "as");
    if (!*as && item->name == item->end && item->end >= item->begin + 2 && scope_is_name(r, last)) {
        sql_token before = r->out->tokens.items[last - 1];
        *as = before.kind == TOKEN_STRING || before.kind == TOKEN_NUMBER || scope_is(r, last - 1, ")") ||
              scope_is(r, last - 1, "]") || scope_is(r, last - 1, "end") || scope_is_name(r, last - 1);
    }
    if (*as)
        return scope_text(r, last);
    if (item->name < item->end)
        return scope_text(r, item->name);
    bool call = scope_is(r, item->begin + 1, "(") && scope_closing(r, item->begin + 1) == last;
    return call ? text_lower(r->a, scope_text(r, item->begin))
                : NULL; /* count(*): PostgreSQL calls it count */
}

/* Notes an item; its column's origin is found when the expressions have been read. */
static void scope_add_item(scope_reader *r, scope *here, scope_item item, bool named, scope_columns *columns)
{
    size_t last = item.end - 1;
    if (scope_is(r, last, "*") && (item.begin == last || scope_is(r, last - 1, "."))) {
        scope_star(r, here, &item, columns);
        return;
    }
    bool as = false;
    scope_column column = {.name = scope_item_name(r, &item, &as)};
    if (as)
        vector_push(r->a, &here->said, column.name);
    size_t end = !as ? item.end : scope_is(r, last - 1, "as") ? last - 1 : last;
    size_t only = end; /* the token of the column that the item is, alone */
    if (end == item.begin + 1 || (end == item.begin + 3 && scope_is(r, item.begin + 1, ".")))
        only = end - 1;
    else if (item.name < item.end)
        only = item.name;
    if (only < end && r->out->names[only].role != SCOPE_NONE && r->out->names[only].role != SCOPE_RELATION) {
        column.table = r->out->names[only].table;
        column.origin = r->out->names[only].column;
    }
    column.literal = end == item.begin + 1 ? item.begin : 0;
    vector_push(r->a, columns, column);
    if (named)
        vector_push(r->a, &r->out->items, item);
}

static size_t scope_select_list(scope_reader *r, size_t i)
{
    static const char *const words[] = {"distinct", "all", NULL};
    bool distinct = scope_is(r, i + 1, "distinct");
    i += scope_is_one(r, i + 1, words) ? 2 : 1;
    return distinct && scope_is(r, i, "on") ? scope_closing(r, i + 1) + 1 : i;
}

static void scope_select(scope_reader *r, size_t i, size_t end, const scope *outer, bool named,
                         scope_columns *columns)
{
    scope here = {.outer = outer};
    size_t list = scope_select_list(r, i), from = scope_find_from(r, list, end);
    size_t list_end = from < end ? from : scope_find(r, list, end, scope_clauses);
    size_t behind = from < end ? scope_from(r, from + 1, end, &here) : list_end;
    if (list >= list_end) {
        r->failed = true;
        return;
    }
    scope_expression(r, i + 1, list_end, &here);
    static const char *const comma[] = {",", NULL};
    for (size_t at = list; at < list_end && !r->failed;) {
        scope_item item = {.begin = at, .end = scope_find(r, at, list_end, comma)};
        if (item.end == item.begin) {
            r->failed = true;
            return;
        }
        item.name = view_item_name(&r->out->tokens, item.begin, item.end);
        scope_add_item(r, &here, item, named, columns);
        at = item.end + 1;
    }
    scope_conditions(r, &here);
    scope_expression(r, behind, end, &here);
}

/* VALUES (…), (…) */
static void scope_rows(scope_reader *r, size_t i, size_t end, const scope *outer, scope_columns *columns)
{
    static const char *const comma[] = {",", NULL};
    scope_expression(r, i + 1, end, outer);
    if (!scope_is(r, i + 1, "("))
        return;
    size_t close = scope_closing(r, i + 1);
    for (size_t at = i + 2; at < close;) {
        size_t stop = scope_find(r, at, close, comma);
        vector_push(r->a, columns, ((scope_column){.literal = stop == at + 1 ? at : 0}));
        at = stop + 1;
    }
}

/* WITH a (x, y) AS (…), b AS (…): returns what stands behind. */
static size_t scope_with_queries(scope_reader *r, size_t i, size_t end, scope *frame)
{
    bool recursive = scope_is(r, i + 1, "recursive");
    for (i += recursive ? 2 : 1; i < end && !r->failed; i++) {
        scope_source with = {.alias = scope_text(r, i), .opaque = recursive};
        size_t names = scope_is(r, i + 1, "(") ? i + 1 : 0;
        i = names != 0 ? scope_closing(r, names) + 1 : i + 1;
        size_t as = i;
        i += scope_is(r, i + 1, "not") ? 2 : 1;
        i += scope_is(r, i, "materialized") ? 1 : 0;
        if (!scope_is(r, as, "as") || !scope_is(r, i, "(")) {
            r->failed = true;
            return end;
        }
        if (recursive)
            vector_push(r->a, &frame->with, with);
        size_t close = scope_closing(r, i);
        scope_query(r, i + 1, close, frame, names == 0, &with.columns);
        size_t at = 0;
        for (size_t k = names + 1; names != 0 && !scope_is(r, k, ")"); k++) {
            if (at < with.columns.count && !scope_is(r, k, ",")) {
                with.columns.items[at].name = scope_text(r, k);
                with.columns.items[at++].own = false;
            }
        }
        with.opaque = false;
        vector_push(r->a, &frame->with, with);
        i = close + 1;
        if (!scope_is(r, i, ","))
            return i;
    }
    return i;
}

/* What an arm that is a query's first gives is what the query gives. */
static size_t scope_arm(scope_reader *r, size_t i, size_t end, const scope *frame, bool named,
                        scope_columns *columns)
{
    if (scope_is(r, i, "(")) {
        size_t close = scope_closing(r, i);
        scope_query(r, i + 1, close, frame, named, columns);
        return close + 1;
    }
    if (scope_is(r, i, "select"))
        scope_select(r, i, end, frame, named, columns);
    else if (scope_is(r, i, "values"))
        scope_rows(r, i, end, frame, columns);
    else
        r->failed = true;
    return end;
}

void scope_query(scope_reader *r, size_t i, size_t end, const scope *outer, bool named,
                 scope_columns *columns)
{
    scope frame = {.outer = outer};
    if (scope_is(r, i, "with"))
        i = scope_with_queries(r, i, end, &frame);
    bool compound = scope_find(r, i, end, scope_sets) < end;
    size_t last = compound ? scope_find(r, i, end, scope_tails) : end;
    named = named || (compound && last < end); /* its ORDER BY knows no other names */
    scope_columns *into = columns, others = {0};
    r->failed = r->failed || i >= last;
    while (i < last && !r->failed) {
        i = scope_arm(r, i, scope_find(r, i, last, scope_sets), &frame, named && into == columns, into);
        for (size_t k = 0; k < into->count; k++)
            into->items[k].own = false;
        into = &others;
        if (i >= last)
            break;
        if (!scope_is_one(r, i, scope_sets)) {
            static const char *const none[] = {NULL};
            r->failed =
                r->failed || (scope_find(r, i, last, none) != last) || !scope_is_one(r, i, scope_tails);
            break;
        }
        i += scope_is(r, i + 1, "all") || scope_is(r, i + 1, "distinct") ? 2 : 1;
    }
}

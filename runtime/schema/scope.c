/* What names mean: looked up from the nearest query outwards. */
#include "scope_parts.h"

#include "operation_parts.h"
#include "sql_normal.h"
#include "sql_reserved.h"
#include "text.h"

#include <string.h>

bool scope_is(const scope_reader *r, size_t i, const char *word)
{
    return i < r->out->tokens.count && sql_token_is(r->out->tokens.items[i], word);
}

bool scope_is_one(const scope_reader *r, size_t i, const char *const *words)
{
    for (; *words != NULL; words++)
        if (scope_is(r, i, *words))
            return true;
    return false;
}

const char *scope_text(const scope_reader *r, size_t i)
{
    return sql_token_value(r->a, r->out->tokens.items[i]);
}

static bool scope_is_quoted(const scope_reader *r, size_t i)
{
    return i < r->out->tokens.count && r->out->tokens.items[i].kind == TOKEN_QUOTED_NAME;
}

bool scope_is_name(const scope_reader *r, size_t i)
{
    if (i >= r->out->tokens.count || !view_is_name(r->out->tokens.items[i]))
        return false;
    return scope_is_quoted(r, i) || !sql_is_keyword(text_lower(r->a, scope_text(r, i)), r->s->engine);
}

size_t scope_closing(scope_reader *r, size_t i)
{
    int depth = 0;
    for (; i < r->out->tokens.count; i++) {
        if (scope_is(r, i, "(") || scope_is(r, i, "["))
            depth++;
        else if ((scope_is(r, i, ")") || scope_is(r, i, "]")) && --depth == 0)
            return i;
    }
    r->failed = true;
    return i;
}

size_t scope_find(scope_reader *r, size_t i, size_t end, const char *const *words)
{
    for (; i < end; i++) {
        if (!scope_is_quoted(r, i) && !scope_is(r, i - (i > 0), ".") && scope_is_one(r, i, words))
            return i;
        if (scope_is(r, i, "(") || scope_is(r, i, "["))
            i = scope_closing(r, i);
    }
    return end;
}

size_t scope_find_from(scope_reader *r, size_t i, size_t end)
{
    static const char *const from[] = {"from", NULL};
    for (size_t at = scope_find(r, i, end, from);; at = scope_find(r, at + 1, end, from))
        if (at == end || !scope_is(r, at - (at > 0), "distinct"))
            return at;
}

bool scope_at_query(const scope_reader *r, size_t i)
{
    static const char *const words[] = {"select", "values", "with", NULL};
    return !scope_is_quoted(r, i) && scope_is_one(r, i, words);
}

static const scope_column *scope_column_of(const scope_reader *r, const scope_source *source,
                                           const char *name)
{
    for (size_t i = 0; i < source->columns.count; i++)
        if (source->columns.items[i].name != NULL &&
            model_same_name(r->s, source->columns.items[i].name, name))
            return &source->columns.items[i];
    return NULL;
}

static void scope_note_column(scope_reader *r, size_t i, const scope_column *column)
{
    r->out->names[i] = (scope_name){.role = column->own ? SCOPE_COLUMN : SCOPE_HANDED_ON,
                                    .table = column->table,
                                    .column = column->origin};
}

static void scope_note_relation(scope_reader *r, size_t i, const scope_source *source)
{
    if (source->table != NULL || source->view != NULL)
        r->out->names[i] = (scope_name){.role = SCOPE_RELATION, .table = source->table, .view = source->view};
}

void scope_add_table(scope_reader *r, const schema_table *t, const char *alias, scope_source *out)
{
    out->table = t;
    out->alias = alias;
    out->opaque = t->is_virtual;
    for (size_t i = 0; i < t->columns.count; i++) {
        const char *name = t->columns.items[i].name;
        vector_push(r->a, &out->columns,
                    ((scope_column){.name = name, .table = t, .origin = name, .own = true}));
    }
}

/* What a view's own text gives. */
static void scope_add_view(scope_reader *r, const schema_view *view, scope_source *out)
{
    out->view = view;
    scope_reading inner = {.tokens = view_tokens_of(r->a, r->s, view->sql == NULL ? "" : view->sql)};
    inner.names = ARENA_NEW_ARRAY(r->a, scope_name, inner.tokens.count + 1);
    scope_reader reader = {.a = r->a, .s = r->s, .out = &inner, .depth = r->depth + 1};
    if (reader.depth > 50) { /* views in a circle cannot be made */
        out->opaque = true;
        return;
    }
    scope_query(&reader, 0, inner.tokens.count, NULL, true, &out->columns);
    out->opaque = reader.failed;
    for (size_t i = out->columns.count; i-- > 0;) {
        const scope_column *column = &out->columns.items[i];
        out->columns.items[i].own = false;
        if (column->table != NULL && view_came_before(r->s, view, column->table, column->origin))
            vector_remove(&out->columns, i);
    }
}

static const scope_source *scope_with(const scope_reader *r, const scope *here, const char *name)
{
    for (; here != NULL; here = here->outer)
        for (size_t i = here->with.count; i-- > 0;)
            if (model_same_name(r->s, here->with.items[i].alias, name))
                return &here->with.items[i];
    return NULL;
}

size_t scope_relation(scope_reader *r, size_t i, const scope *here, scope_source *out)
{
    const char *schema_of = NULL, *name = scope_text(r, i);
    if (scope_is(r, i + 1, ".") && i + 2 < r->out->tokens.count) {
        schema_of = name;
        i += 2;
        name = scope_text(r, i);
    }
    const scope_source *with = schema_of == NULL ? scope_with(r, here, name) : NULL;
    if (with != NULL) {
        *out = *with;
        out->columns = (scope_columns){0}; /* a copy: an alias may rename them */
        for (size_t k = 0; k < with->columns.count; k++)
            vector_push(r->a, &out->columns, with->columns.items[k]);
    } else {
        /* main.t, temp.t on SQLite; on PostgreSQL the current schema, which the model leaves unsaid */
        bool unsaid =
            schema_of != NULL && (r->s->engine == MIGEN_SQLITE || text_equal(schema_of, r->s->current));
        object_name object = {.schema = unsaid ? NULL : schema_of, .name = name};
        const char *text = name_text(r->a, object);
        const schema_table *t = schema_find_table(r->s, text);
        const schema_view *view = t == NULL ? schema_find_view(r->s, text) : NULL;
        if (t != NULL)
            scope_add_table(r, t, name, out);
        else if (view != NULL)
            scope_add_view(r, view, out);
        else
            out->opaque = true;
        scope_note_relation(r, i, out);
    }
    out->alias = name;
    out->by_own_name = with == NULL;
    return i + 1;
}

static const scope_source *scope_source_called(const scope_reader *r, const scope *here, const char *alias)
{
    for (; here != NULL; here = here->outer)
        for (size_t i = 0; i < here->sources.count; i++)
            if (model_same_name(r->s, here->sources.items[i].alias, alias))
                return &here->sources.items[i];
    return NULL;
}

/* q.name, schema.q.name, q.*: returns the last token of it. */
static size_t scope_qualified(scope_reader *r, size_t i, const scope *here)
{
    size_t last = i;
    while (scope_is(r, last + 1, ".") && last + 2 < r->out->tokens.count &&
           (view_is_name(r->out->tokens.items[last + 2]) || scope_is(r, last + 2, "*")))
        last += 2;
    if (last == i || scope_is(r, last + 1, "("))
        return last;
    size_t at = last - 2;
    const scope_source *source = scope_source_called(r, here, scope_text(r, at));
    if (source == NULL) {
        at = i; /* q.composite.field */
        last = i + 2;
        source = scope_source_called(r, here, scope_text(r, at));
    }
    if (source == NULL)
        return last;
    if (source->by_own_name)
        scope_note_relation(r, at, source);
    const scope_column *column =
        scope_is(r, last, "*") ? NULL : scope_column_of(r, source, scope_text(r, last));
    if (column != NULL)
        scope_note_column(r, last, column);
    return last;
}

static void scope_bare(scope_reader *r, size_t i, const scope *here)
{
    const char *name = scope_text(r, i);
    for (; here != NULL; here = here->outer) {
        bool opaque = false;
        for (size_t k = 0; k < here->sources.count && !here->qualified; k++) {
            const scope_column *column = scope_column_of(r, &here->sources.items[k], name);
            if (column != NULL) {
                scope_note_column(r, i, column);
                return;
            }
            opaque = opaque || here->sources.items[k].opaque;
        }
        for (size_t k = 0; k < here->said.count; k++)
            if (model_same_name(r->s, here->said.items[k], name))
                return;
        if (opaque)
            return; /* perhaps one of what is not known */
    }
}

/* Whether an operand ends with token i, so that a name behind it is an alias, or a word of an operator or a type. */
static bool scope_ends_operand(const scope_reader *r, size_t i)
{
    static const char *const leads[] = {
        "by",     "is",   "like", "ilike",  "glob",  "regexp",  "match",    "between",
        "escape", "set",  "to",   "zone",   "of",    "placing", "overlaps", "returning",
        "or",     "and",  "not",  "when",   "then",  "else",    "where",    "on",
        "having", "case", "in",   "from",   "limit", "offset",  "select",   "distinct",
        "all",    "any",  "some", "values", "using", "exists",  "update",   NULL};
    sql_token t = r->out->tokens.items[i];
    switch (t.kind) {
    case TOKEN_WORD:
        if (scope_is(r, i, "end") || scope_is(r, i, "null") || scope_is(r, i, "true") ||
            scope_is(r, i, "false"))
            return true;
        return !scope_is_one(r, i, leads) && scope_is_name(r, i);
    case TOKEN_SYMBOL:
        return scope_is(r, i, ")") || scope_is(r, i, "]");
    default:
        return true;
    }
}

/* A word that stands for something else than a column, by what is beside it. */
static bool scope_is_other(const scope_reader *r, size_t begin, size_t i)
{
    static const char *const before[] = {"::", "as", "collate", "over", "window", NULL};
    if (scope_is(r, i + 1, "(") || scope_is(r, i + 1, "=>") || scope_is(r, i + 1, ":="))
        return true;
    if (i + 1 < r->out->tokens.count && r->out->tokens.items[i + 1].kind == TOKEN_STRING &&
        !scope_is_quoted(r, i))
        return true;
    if (i == begin)
        return false;
    if (scope_is_one(r, i - 1, before) || scope_ends_operand(r, i - 1))
        return true;
    return i >= begin + 2 && scope_is(r, i - 1, "(") && scope_is(r, i - 2, "extract");
}

/* ORDER BY name: the SELECT list's, where it says it. */
static bool scope_is_said(const scope_reader *r, size_t i, size_t end, const scope *here)
{
    static const char *const behind[] = {",",      "asc",   "desc", "nulls", "limit",
                                         "offset", "fetch", "for",  NULL};
    if (!(scope_is(r, i - 1, "by") || scope_is(r, i - 1, ",")) ||
        (i + 1 < end && !scope_is_one(r, i + 1, behind)))
        return false;
    for (size_t k = 0; k < here->said.count; k++)
        if (model_same_name(r->s, here->said.items[k], scope_text(r, i)))
            return true;
    return false;
}

void scope_expression(scope_reader *r, size_t i, size_t end, const scope *here)
{
    size_t begin = i, order = end, depth = 0;
    for (; i < end; i++) {
        if (scope_is(r, i, "(") && scope_at_query(r, i + 1)) {
            size_t close = scope_closing(r, i);
            scope_query(r, i + 1, close, here, false, &(scope_columns){0});
            i = close;
            continue;
        }
        depth += scope_is(r, i, "(") ? 1 : 0;
        depth -= scope_is(r, i, ")") && depth > 0 ? 1 : 0;
        if (depth == 0 && scope_is(r, i, "order") && scope_is(r, i + 1, "by"))
            order = i + 1;
        if (!view_is_name(r->out->tokens.items[i]) || (i > 0 && scope_is(r, i - 1, ".")))
            continue;
        if (scope_is(r, i + 1, "."))
            i = scope_qualified(r, i, here);
        else if (scope_is_name(r, i) && !scope_is_other(r, begin, i) &&
                 !(depth == 0 && i > order && scope_is_said(r, i, end, here)))
            scope_bare(r, i, here);
    }
}

void scope_conditions(scope_reader *r, scope *here)
{
    for (size_t i = 0; i < here->conditions.count; i++)
        scope_expression(r, here->conditions.items[i].from, here->conditions.items[i].end, here);
}

static scope_reading scope_read(arena *a, const schema *s, const char *sql, bool trigger)
{
    scope_reading reading = {.tokens = view_tokens_of(a, s, sql)};
    size_t count = reading.tokens.count;
    reading.names = ARENA_NEW_ARRAY(a, scope_name, count + 1);
    scope_reader r = {.a = a, .s = s, .out = &reading};
    while (count > 0 && scope_is(&r, count - 1, ";"))
        count--;
    if (trigger)
        scope_trigger(&r);
    scope_columns columns = {0};
    if (!trigger)
        scope_query(&r, 0, count, NULL, true, &columns);
    reading.column_count = columns.count;
    reading.understood = !r.failed;
    return reading;
}

scope_reading scope_read_query(arena *a, const schema *s, const char *sql)
{
    return scope_read(a, s, sql, false);
}

scope_reading scope_read_trigger(arena *a, const schema *s, const char *sql)
{
    return scope_read(a, s, sql, true);
}

bool scope_is_column(const schema *s, const scope_reading *r, size_t i, const schema_table *t,
                     const char *column)
{
    const scope_name *name = &r->names[i];
    return name->role == SCOPE_COLUMN && name->table == t && model_same_name(s, name->column, column);
}

static bool scope_reading_uses(const schema *s, const scope_reading *r, const schema_table *t,
                               const schema_view *view, const char *column)
{
    for (size_t i = 0; i < r->tokens.count; i++) {
        const scope_name *name = &r->names[i];
        if (column == NULL ? name->role == SCOPE_RELATION && name->table == t && name->view == view
                           : scope_is_column(s, r, i, t, column) ||
                                 (name->role == SCOPE_SHARED && model_same_name(s, name->column, column)))
            return true;
    }
    return false;
}

bool scope_query_uses(const schema *s, const char *sql, object_name relation, const char *column)
{
    bool says = sql_mentions(sql, relation.name, s->engine) &&
                (column == NULL || sql_mentions(sql, column, s->engine));
    if (!says)
        return false;
    arena *scratch = arena_new();
    const char *object = name_text(scratch, relation);
    const schema_table *t = schema_find_table(s, object);
    const schema_view *view = t == NULL ? schema_find_view(s, object) : NULL;
    scope_reading reading = scope_read_query(scratch, s, sql);
    bool told = reading.understood && (t != NULL || (view != NULL && column == NULL));
    bool uses = told ? scope_reading_uses(s, &reading, t, view, column) : true;
    arena_free(scratch);
    return uses;
}

bool scope_query_names_handed_on(const schema *s, const char *sql, const schema_table *t, const char *column)
{
    if (sql == NULL || !sql_mentions(sql, column, s->engine))
        return false;
    arena *scratch = arena_new();
    scope_reading reading = scope_read_query(scratch, s, sql);
    bool names = false;
    for (size_t i = 0; reading.understood && i < reading.tokens.count; i++)
        names = names || (reading.names[i].role == SCOPE_HANDED_ON && reading.names[i].table == t &&
                          model_same_name(s, reading.names[i].column, column));
    arena_free(scratch);
    return names;
}

bool scope_trigger_uses(const schema *s, const schema_trigger *trigger, const schema_table *t,
                        const char *column)
{
    if (!trigger_says(s, trigger, column == NULL ? t->name.name : column))
        return false;
    arena *scratch = arena_new();
    scope_reading reading = scope_read_trigger(scratch, s, trigger->sql);
    bool uses = reading.understood && scope_reading_uses(s, &reading, t, NULL, column);
    arena_free(scratch);
    return uses;
}

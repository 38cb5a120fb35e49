#include "sqlite_ddl.h"

#include "catalog.h"
#include "default_value.h"
#include "sql_normal.h"
#include "sql_writer.h"

#include <string.h>
#include <strings.h>

bool ddl_open(ddl_cursor *c, arena *a, const char *sql)
{
    *c = (ddl_cursor){.memory = a, .sql = sql};
    sql_lexer l = sql_lexer_new(sql, strlen(sql), MIGEN_SQLITE);
    sql_token t;
    do {
        t = sql_next(&l);
        vector_push(a, &c->tokens, t);
        if (t.kind == TOKEN_ERROR)
            return false;
    } while (t.kind != TOKEN_END);
    vector_push(a, &c->tokens, t);
    return true;
}

/* From here on the cursor stands at the end, so that every loop over it ends. */
void ddl_fail(ddl_cursor *c)
{
    c->failed = true;
    c->at = c->tokens.count - 2;
}

sql_token ddl_here(const ddl_cursor *c)
{
    return c->tokens.items[c->at];
}

bool ddl_at(const ddl_cursor *c, const char *word_or_symbol)
{
    return sql_token_is(ddl_here(c), word_or_symbol);
}

bool ddl_at_two(const ddl_cursor *c, const char *first, const char *second)
{
    return ddl_at(c, first) && sql_token_is(c->tokens.items[c->at + 1], second);
}

bool ddl_take(ddl_cursor *c, const char *word_or_symbol)
{
    if (!ddl_at(c, word_or_symbol))
        return false;
    c->at++;
    return true;
}

bool ddl_take_two(ddl_cursor *c, const char *first, const char *second)
{
    if (!ddl_at_two(c, first, second))
        return false;
    c->at += 2;
    return true;
}

void ddl_expect(ddl_cursor *c, const char *word_or_symbol)
{
    if (!ddl_take(c, word_or_symbol))
        ddl_fail(c);
}

bool ddl_at_name(const ddl_cursor *c)
{
    sql_token t = ddl_here(c);
    return t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED_NAME || t.kind == TOKEN_STRING;
}

const char *ddl_name(ddl_cursor *c)
{
    if (!ddl_at_name(c)) {
        ddl_fail(c);
        return "";
    }
    sql_token t = c->tokens.items[c->at++];
    if (t.kind == TOKEN_WORD) /* SQLite keeps a bare name's capitals */
        return arena_copy(c->memory, t.text.bytes, t.text.length);
    return sql_token_value(c->memory, t);
}

const char *ddl_object(ddl_cursor *c)
{
    const char *name = ddl_name(c);
    return ddl_take(c, ".") ? ddl_name(c) : name;
}

char *ddl_text(const ddl_cursor *c, size_t from)
{
    if (c->at <= from)
        return arena_string(c->memory, "");
    sql_token last = c->tokens.items[c->at - 1];
    size_t start = c->tokens.items[from].offset;
    return arena_copy(c->memory, c->sql + start, last.offset + last.text.length - start);
}

void ddl_skip(ddl_cursor *c)
{
    size_t depth = 0;
    do {
        if (ddl_here(c).kind == TOKEN_END) {
            ddl_fail(c);
            return;
        }
        if (ddl_at(c, "("))
            depth++;
        else if (ddl_at(c, ")"))
            depth--;
        c->at++;
    } while (depth > 0 && depth < c->tokens.count);
}

char *ddl_brackets(ddl_cursor *c)
{
    size_t from = c->at;
    if (!ddl_at(c, "(")) {
        ddl_fail(c);
        return arena_string(c->memory, "");
    }
    ddl_skip(c);
    if (c->failed)
        return arena_string(c->memory, "");
    char *text = ddl_text(c, from);
    char *inside = arena_copy(c->memory, text + 1, strlen(text) - 2);
    return sql_without_brackets(c->memory, inside, MIGEN_SQLITE);
}

static void ddl_temporary(ddl_cursor *c)
{
    if (!ddl_take(c, "temp"))
        ddl_take(c, "temporary");
}

static void ddl_if_not_exists(ddl_cursor *c)
{
    if (ddl_take(c, "if")) {
        ddl_expect(c, "not");
        ddl_expect(c, "exists");
    }
}

static void ddl_options(ddl_cursor *c, schema_table *t)
{
    if (ddl_here(c).kind == TOKEN_END || ddl_at(c, ";"))
        return;
    do {
        if (ddl_take_two(c, "without", "rowid"))
            t->without_rowid = true;
        else if (ddl_take(c, "strict"))
            t->strict = true;
        else
            ddl_fail(c);
    } while (ddl_take(c, ","));
}

static migen_column *ddl_find_column(const schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->columns.count; i++)
        if (text_equal_word(t->columns.items[i].name, name))
            return &t->columns.items[i];
    return NULL;
}

/* What stands behind a key's column, without a COLLATE that says the column's own collation once more. */
static const char *ddl_key_extra(arena *a, const migen_column *column, const char *extra)
{
    ddl_cursor c;
    if (!ddl_open(&c, a, extra) || !ddl_take(&c, "collate"))
        return extra;
    bool own = text_equal_word(ddl_name(&c), column->collate == NULL ? "binary" : column->collate);
    return own ? extra + ddl_here(&c).offset : extra;
}

/* Constraints may name columns in another case, or before they come; false when one is not there. */
static bool ddl_settle_columns(arena *a, schema_table *t)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *constraint = &t->constraints.items[i];
        size_t count = list_length(constraint->columns);
        if (constraint->columns == NULL)
            continue;
        const char **names = ARENA_NEW_ARRAY(a, const char *, count + 1);
        const char **extras = ARENA_NEW_ARRAY(a, const char *, count + 1);
        for (size_t j = 0; j < count; j++) {
            const migen_column *column = ddl_find_column(t, constraint->columns[j]);
            if (column == NULL)
                return false;
            names[j] = column->name;
            if (constraint->column_extras != NULL)
                extras[j] = ddl_key_extra(a, column, constraint->column_extras[j]);
        }
        constraint->columns = names;
        if (constraint->column_extras != NULL)
            constraint->column_extras = extras;
    }
    return true;
}

/* INTEGER as the only column of the primary key is the rowid: an id. INT there is not, and must stay INT. */
static void ddl_settle_rowid(arena *a, schema_table *t)
{
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *key = &t->constraints.items[i];
        if (key->kind != MIGEN_PRIMARY_KEY || list_length(key->columns) != 1 || t->without_rowid)
            continue;
        migen_column *column = ddl_find_column(t, key->columns[0]);
        const char *declared = column->type.name;
        if (column->type.kind != MIGEN_TYPE_INT)
            continue;
        bool descending = key->extra != NULL && strncasecmp(key->extra, "desc", 4) == 0;
        if (text_equal_word(declared, "integer") && !descending) {
            column->type = (migen_type){.kind = MIGEN_TYPE_ID};
            key->column_extras = NULL; /* a number has no collation, and the rowid one order */
        } else if (!text_equal_word(declared, "integer")) {
            column->type =
                (migen_type){.kind = MIGEN_TYPE_NATIVE, .name = declared, .sqlite = text_lower(a, declared)};
        }
    }
}

/* What could not be said before all of the table was read: types, their checks, defaults, names. */
static void ddl_settle(arena *a, schema_table *t)
{
    ddl_settle_rowid(a, t);
    for (size_t i = 0; i < t->constraints.count; i++) {
        migen_constraint *c = &t->constraints.items[i];
        c->expression = sql_unqualified(a, c->expression, t->name.name, MIGEN_SQLITE);
    }
    for (size_t i = 0; i < t->columns.count; i++) {
        migen_column *column = &t->columns.items[i];
        if (column->type.kind != MIGEN_TYPE_NATIVE)
            column->type.name = NULL;
        const char *value = default_from_sql(a, MIGEN_SQLITE, column->type, column->default_value);
        if (column->type.kind == MIGEN_TYPE_BOOL && text_equal(value, "0"))
            value = "false";
        if (column->type.kind == MIGEN_TYPE_BOOL && text_equal(value, "1"))
            value = "true";
        column->default_value = value;
        const char *check = sqlite_check_of_type(a, column);
        column->type_unchecked = check != NULL && !sqlite_absorb_check(t, column->name, check);
    }
    sqlite_imply_names(a, t);
}

static bool ddl_body(ddl_cursor *c, schema_table *t)
{
    ddl_expect(c, "(");
    do {
        if (ddl_at_constraint(c))
            ddl_constraint(c, t);
        else
            ddl_column(c, t);
        /* SQLite does not insist on commas between constraints */
    } while (!c->failed && (ddl_take(c, ",") || ddl_at_constraint(c)));
    ddl_expect(c, ")");
    ddl_options(c, t);
    ddl_take(c, ";");
    return !c->failed && ddl_here(c).kind == TOKEN_END && t->columns.count > 0;
}

bool sqlite_parse_table(arena *a, const char *sql, schema_table *out)
{
    *out = (schema_table){.sql = sql, .name = {NULL, ""}};
    ddl_cursor c;
    if (!ddl_open(&c, a, sql))
        return false;
    ddl_expect(&c, "create");
    out->is_virtual = ddl_take(&c, "virtual");
    ddl_temporary(&c);
    ddl_expect(&c, "table");
    ddl_if_not_exists(&c);
    out->name.name = ddl_object(&c);
    if (out->is_virtual)
        return !c.failed;
    if (!ddl_body(&c, out) || !ddl_settle_columns(a, out))
        return false;
    ddl_settle(a, out);
    return true;
}

/* One item of an index's list, up to its comma. */
static migen_index_item ddl_index_item(ddl_cursor *c)
{
    migen_index_item item = {0};
    size_t from = c->at;
    while (!c->failed && !ddl_at(c, ",") && !ddl_at(c, ")"))
        ddl_skip(c);
    size_t behind = c->at;
    if (c->failed || behind == from) {
        ddl_fail(c);
        return item;
    }
    item.descending = sql_token_is(c->tokens.items[behind - 1], "desc");
    size_t end = item.descending || sql_token_is(c->tokens.items[behind - 1], "asc") ? behind - 1 : behind;
    if (end >= from + 3 && sql_token_is(c->tokens.items[end - 2], "collate")) {
        c->at = end;
        item.extra = ddl_text(c, end - 2);
        end -= 2;
    }
    c->at = from;
    if (end == from + 1 && ddl_at_name(c)) {
        item.column = ddl_name(c);
    } else {
        c->at = end;
        item.expression = sql_without_brackets(c->memory, ddl_text(c, from), MIGEN_SQLITE);
    }
    if (end == from)
        ddl_fail(c);
    else
        c->at = behind;
    return item;
}

bool sqlite_parse_index(arena *a, const char *sql, migen_index *out, object_name *table)
{
    *out = (migen_index){.sql = sql};
    ddl_cursor c;
    if (!ddl_open(&c, a, sql))
        return false;
    ddl_expect(&c, "create");
    out->unique = ddl_take(&c, "unique");
    ddl_expect(&c, "index");
    ddl_if_not_exists(&c);
    out->name = ddl_object(&c);
    ddl_expect(&c, "on");
    *table = (object_name){NULL, ddl_name(&c)};
    ddl_expect(&c, "(");
    VECTOR(migen_index_item) items = {0};
    do {
        migen_index_item item = ddl_index_item(&c);
        vector_push(a, &items, item);
    } while (ddl_take(&c, ","));
    ddl_expect(&c, ")");
    out->items = items.items;
    out->item_count = items.count;
    if (ddl_take(&c, "where")) {
        size_t from = c.at;
        while (!c.failed && ddl_here(&c).kind != TOKEN_END && !ddl_at(&c, ";"))
            ddl_skip(&c);
        out->where = sql_without_brackets(a, ddl_text(&c, from), MIGEN_SQLITE);
        if (*out->where == '\0')
            ddl_fail(&c);
    }
    ddl_take(&c, ";");
    return !c.failed && ddl_here(&c).kind == TOKEN_END;
}

char *sqlite_parse_view(arena *a, const char *sql)
{
    ddl_cursor c;
    if (!ddl_open(&c, a, sql))
        return NULL;
    ddl_expect(&c, "create");
    ddl_temporary(&c);
    ddl_expect(&c, "view");
    ddl_if_not_exists(&c);
    const char *name = ddl_object(&c);
    const char *columns = ddl_at(&c, "(") ? ddl_brackets(&c) : NULL;
    ddl_expect(&c, "as");
    size_t from = c.at;
    while (!c.failed && ddl_here(&c).kind != TOKEN_END && !ddl_at(&c, ";"))
        ddl_skip(&c);
    char *select = ddl_text(&c, from);
    if (c.failed || *select == '\0')
        return NULL;
    if (columns == NULL)
        return select;
    /* the model's views name no columns: the same view without the list */
    sql_writer w = sql_new(a);
    sql_words(&w, "WITH");
    sql_name(&w, name);
    sql_in_brackets(&w, columns);
    sql_words(&w, "AS");
    sql_in_brackets(&w, select);
    sql_words(&w, "SELECT * FROM");
    sql_name(&w, name);
    return sql_text(&w);
}

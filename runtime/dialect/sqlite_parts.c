#include "dialect_offenders.h"
#include "sqlite_parts.h"

#include <string.h>
#include <strings.h>

/* What a STRICT table takes (https://www.sqlite.org/stricttables.html). */
static const char *sqlite_strict_type(arena *a, migen_type type)
{
    switch (type.kind) {
    case MIGEN_TYPE_ID:
    case MIGEN_TYPE_SERIAL:
    case MIGEN_TYPE_BIGSERIAL:
    case MIGEN_TYPE_SMALLINT:
    case MIGEN_TYPE_INT:
    case MIGEN_TYPE_BIGINT:
    case MIGEN_TYPE_BOOL:
        return "INTEGER";
    case MIGEN_TYPE_REAL:
    case MIGEN_TYPE_DOUBLE:
    case MIGEN_TYPE_NUMERIC:
        return "REAL";
    case MIGEN_TYPE_BYTES:
        return "BLOB";
    case MIGEN_TYPE_NATIVE:
        return dialect_type(a, MIGEN_SQLITE, type); /* as given: SQLite says what it does not take */
    default:
        return "TEXT";
    }
}

const char *sqlite_declared_type(arena *a, const migen_column *column, bool strict)
{
    if (strict)
        return sqlite_strict_type(a, column->type);
    const char *own = dialect_type(a, MIGEN_SQLITE, column->type);
    /* DATETIME may hold numbers, and TIMESTAMP TEXT would make texts of them */
    bool stores_so = column->declared == NULL ||
                     text_equal(sqlite_affinity_of(a, own), sqlite_affinity_of(a, column->declared));
    return stores_so ? own : column->declared;
}

char *sqlite_type_holds(arena *a, const schema *s, const migen_column *column, const char *value)
{
    sql_writer plain = sql_new(a);
    sql_name(&plain, column->name);
    return text_equal(value, sql_text(&plain)) ? sqlite_type_check(a, s, column) : NULL;
}

static char *sqlite_enum_check(arena *a, const schema *s, const migen_column *column)
{
    const schema_enum *e = s == NULL ? NULL : schema_find_enum(s, column->type.name);
    if (e == NULL || e->values.count == 0)
        return NULL;
    return dialect_in_list(a, column->name, e->values.items, e->values.count);
}

char *sqlite_type_check(arena *a, const schema *s, const migen_column *column)
{
    sql_writer w = sql_new(a);
    switch (column->type.kind) {
    case MIGEN_TYPE_ENUM:
        return sqlite_enum_check(a, s, column);
    case MIGEN_TYPE_BOOL:
        sql_name(&w, column->name);
        sql_words(&w, "IN (0, 1)");
        return sql_text(&w);
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        if (column->type.length <= 0)
            return NULL;
        sql_words(&w, "length");
        dialect_open_call(&w);
        sql_name(&w, column->name);
        sql_close(&w);
        sql_words(&w, "<=");
        sql_integer(&w, column->type.length);
        return sql_text(&w);
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        /* json_valid(null) is 0 in SQLite 3.40, null in later ones */
        sql_name(&w, column->name);
        sql_words(&w, "IS NULL OR json_valid");
        dialect_open_call(&w);
        sql_name(&w, column->name);
        sql_close(&w);
        return sql_text(&w);
    default:
        return NULL;
    }
}

/* INTEGER PRIMARY KEY DESC is not the rowid, by an old mistake that SQLite keeps; and can be said beside the column alone. */
static bool sqlite_is_descending_key(const migen_constraint *key)
{
    return key->extra != NULL && strncasecmp(key->extra, "desc", 4) == 0;
}

bool sqlite_is_rowid_column(const schema_table *t, const migen_column *column)
{
    const migen_constraint *key = table_primary_key(t);
    if (t->without_rowid || key == NULL || list_length(key->columns) != 1 ||
        !text_equal_word(key->columns[0], column->name))
        return false;
    sql_writer w = sql_new(arena_new());
    bool is = text_equal_word(sqlite_declared_type(w.text.memory, column, t->strict), "INTEGER");
    arena_free(w.text.memory);
    return is && !sqlite_is_descending_key(key);
}

/* id and serial, and what was found with AUTOINCREMENT, have their key beside the column; others among the
 * table's constraints. Both are the rowid. */
static bool sqlite_has_key_inline(const schema_table *t, const migen_column *column)
{
    migen_type_kind kind = column->type.kind;
    const migen_constraint *key = table_primary_key(t);
    if (key != NULL && sqlite_is_descending_key(key))
        return text_equal_word(key->columns[0], column->name);
    bool counted = kind == MIGEN_TYPE_ID || kind == MIGEN_TYPE_SERIAL || kind == MIGEN_TYPE_BIGSERIAL;
    return (counted || t->autoincrement) && sqlite_is_rowid_column(t, column);
}

static void sqlite_inline_key(sql_writer *w, const schema_table *t)
{
    const migen_constraint *key = table_primary_key(t);
    builder implied = builder_new(w->text.memory);
    builder_add(&implied, t->name.name);
    builder_add(&implied, "_pkey");
    if (!key->name_is_implied && !text_equal(key->name, implied.bytes)) {
        sql_words(w, "CONSTRAINT");
        sql_name(w, key->name);
    }
    sql_words(w, "PRIMARY KEY");
    sql_expression(w, key->extra);
    if (t->autoincrement)
        sql_words(w, "AUTOINCREMENT");
}

void sqlite_column(sql_writer *w, const schema *s, const schema_table *t, const migen_column *column)
{
    arena *a = w->text.memory;
    sql_name(w, column->name);
    sql_expression(w, sqlite_declared_type(a, column, t->strict));
    char *check = column->type_unchecked ? NULL : sqlite_type_check(a, s, column);
    if (check != NULL) {
        sql_words(w, "CHECK");
        sql_in_brackets(w, check);
    }
    bool key = sqlite_has_key_inline(t, column);
    if (key)
        sqlite_inline_key(w, t);
    if (column->not_null && !(key && column->type.kind == MIGEN_TYPE_ID))
        sql_words(w, "NOT NULL");
    if (column->default_value != NULL) {
        sql_words(w, "DEFAULT");
        dialect_literal(w, MIGEN_SQLITE, column->type, column->default_value);
    }
    if (column->collate != NULL) {
        sql_words(w, "COLLATE");
        sql_name(w, column->collate);
    }
    if (column->generated != NULL) {
        sql_words(w, "GENERATED ALWAYS AS");
        sql_in_brackets(w, column->generated);
        sql_words(w, column->stored ? "STORED" : "VIRTUAL");
    }
    sql_expression(w, column->extra);
}

void sqlite_constraint(sql_writer *w, const migen_constraint *constraint)
{
    if (!constraint->name_is_implied) {
        sql_words(w, "CONSTRAINT");
        sql_name(w, constraint->name);
    }
    dialect_constraint_body(w, constraint);
}

/* Whether the constraint is said inside CREATE TABLE, at its end. */
static bool sqlite_is_table_constraint(const schema_table *t, const migen_constraint *constraint)
{
    if (constraint->is_index)
        return false;
    if (constraint->kind != MIGEN_PRIMARY_KEY || list_length(constraint->columns) != 1)
        return true;
    const migen_column *column = table_find_column(t, constraint->columns[0]);
    return column == NULL || !sqlite_has_key_inline(t, column);
}

static void sqlite_table_constraint(sql_writer *w, const schema_table *t, const migen_constraint *constraint)
{
    if (!sqlite_is_table_constraint(t, constraint))
        return;
    sql_comma(w);
    sql_line(w);
    sqlite_constraint(w, constraint);
}

void sqlite_create_table(sql_writer *w, const schema *s, const schema_table *t, const char *name)
{
    sql_words(w, "CREATE TABLE");
    sql_name(w, name);
    sql_open(w);
    for (size_t i = 0; i < t->columns.count; i++) {
        if (i != 0)
            sql_comma(w);
        sql_line(w);
        sqlite_column(w, s, t, &t->columns.items[i]);
    }
    /* The primary key first, but last without rowid: else SQLite cannot rename a column of it that UNIQUE speaks of. */
    const migen_constraint *primary = table_primary_key(t);
    if (primary != NULL && !t->without_rowid)
        sqlite_table_constraint(w, t, primary);
    for (size_t i = 0; i < t->constraints.count; i++)
        if (&t->constraints.items[i] != primary)
            sqlite_table_constraint(w, t, &t->constraints.items[i]);
    if (primary != NULL && t->without_rowid)
        sqlite_table_constraint(w, t, primary);
    dialect_last_line(w);
    sql_close(w);
    if (t->without_rowid)
        sql_words(w, "WITHOUT ROWID");
    if (t->strict) {
        if (t->without_rowid)
            sql_comma(w);
        sql_words(w, "STRICT");
    }
}

void sqlite_create_index(const dialect_request *r, object_name table, const migen_index *index, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, index->unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    sql_name(&w, index->name);
    sql_words(&w, "ON");
    sql_name(&w, table.name);
    dialect_index_items(&w, index);
    if (index->where != NULL) {
        sql_words(&w, "WHERE");
        sql_in_brackets(&w, index->where);
    }
    dialect_push(r, out, &w, (sql_statement){.beside = table.name});
}

void sqlite_create_constraint_index(const dialect_request *r, object_name table,
                                    const migen_constraint *constraint, sql_list *out)
{
    size_t count = list_length(constraint->columns);
    migen_index_item *items = ARENA_NEW_ARRAY(r->memory, migen_index_item, count);
    for (size_t i = 0; i < count; i++)
        items[i].column = constraint->columns[i];
    migen_index index = {.name = constraint->name, .unique = true, .items = items, .item_count = count};
    sqlite_create_index(r, table, &index, out);
}

void sqlite_drop_index(const dialect_request *r, const schema_table *table, const char *name, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "DROP INDEX");
    sql_name(&w, name);
    dialect_push(r, out, &w, (sql_statement){.beside = table == NULL ? NULL : table->name.name});
}

void sqlite_fill_column(const dialect_request *r, const char *object, const char *column,
                        const char *expression, sql_list *out)
{
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "UPDATE");
    sql_object_text(&w, object);
    sql_words(&w, "SET");
    sql_name(&w, column);
    sql_words(&w, "=");
    sql_in_brackets(&w, expression);
    dialect_push(r, out, &w, (sql_statement){.counts_rows = true});
}

/*
 * compare_column.c: one column against another, as one difference that shows only what differs.
 */
#include "compare_parts.h"
#include "compare_type.h"

#include "default_value.h"
#include "type_sql.h"
#include "sql_normal.h"
#include "type_sql.h"

#include <string.h>

/* The two texts of a difference, grown aspect by aspect. */
typedef struct compare_aspects {
    builder wanted, found;
    bool differs;
} compare_aspects;

static void compare_aspect(compare_aspects *x, const char *wanted, const char *found)
{
    builder_add(&x->wanted, x->wanted.length > 0 ? " " : "");
    builder_add(&x->wanted, wanted);
    builder_add(&x->found, x->found.length > 0 ? " " : "");
    builder_add(&x->found, found);
}

static bool compare_column_is_key(const schema_table *table, const char *column)
{
    const migen_constraint *key = table != NULL ? table_primary_key(table) : NULL;
    for (size_t i = 0; key != NULL && key->columns != NULL && key->columns[i] != NULL; i++)
        if (text_equal_word(key->columns[i], column))
            return true;
    return false;
}

/* Whether null is refused there: also what the type or the primary key brings along. */
static bool compare_column_not_null(const comparison *c, const schema_table *table,
                                    const migen_column *column)
{
    if (column->not_null || column->type.kind == MIGEN_TYPE_ID)
        return true;
    if (ENGINE_IS_SQLITE(c->engine))
        return false;
    return column->type.kind == MIGEN_TYPE_SERIAL || column->type.kind == MIGEN_TYPE_BIGSERIAL ||
           compare_column_is_key(table, column->name);
}

static void compare_column_null(const comparison *c, compare_aspects *x, const schema_table *wanted_table,
                                const migen_column *wanted, const schema_table *found_table,
                                const migen_column *found)
{
    bool w = compare_column_not_null(c, wanted_table, wanted);
    bool f = compare_column_not_null(c, found_table, found);
    if (w == f)
        return;
    /* A key's columns may be null on SQLite by an old mistake of its own; what tools write there differs, and
     * a serial column is not null only where it has a sequence. */
    if (ENGINE_IS_SQLITE(c->engine) && (compare_column_is_key(wanted_table, wanted->name) ||
                                        compare_column_is_key(found_table, found->name)))
        return;
    if (ENGINE_IS_SQLITE(c->engine) && f &&
        (wanted->type.kind == MIGEN_TYPE_SERIAL || wanted->type.kind == MIGEN_TYPE_BIGSERIAL))
        return;
    x->differs = true;
    compare_aspect(x, w ? "not null" : "null", f ? "not null" : "null");
}

/* The server keeps a literal as the type read it that the column had then: behind `alter column … type timestamptz` a default may
 * be a timestamp still, which is printed without a zone; and the other way round. */
static const migen_column *compare_default_column(const comparison *c, const migen_column *wanted,
                                                  const migen_column *found)
{
    const char *text = found->default_value;
    bool zoned = wanted->type.kind == MIGEN_TYPE_TIMESTAMPTZ;
    if (ENGINE_IS_SQLITE(c->engine) || wanted->type.array ||
        (!zoned && wanted->type.kind != MIGEN_TYPE_TIMESTAMP) || text == NULL || *text != '\'' ||
        strlen(text) < sizeof "'2000-01-01 00:00:00'" - 1)
        return wanted;
    bool found_zoned = strpbrk(text + sizeof "'2000-01-01", "+-") != NULL;
    if (found_zoned == zoned)
        return wanted;
    migen_column *column = ARENA_NEW(c->memory, migen_column);
    *column = *wanted;
    column->type.kind = found_zoned ? MIGEN_TYPE_TIMESTAMPTZ : MIGEN_TYPE_TIMESTAMP;
    return column;
}

static bool compare_column_default(const comparison *c, const schema_table *wanted_table,
                                   const migen_column *wanted, const migen_column *found)
{
    switch (
        default_compare(c->memory, c->engine, wanted->type, wanted->default_value, found->default_value)) {
    case DEFAULT_SAME:
        return true;
    case DEFAULT_DIFFERENT:
        return false;
    case DEFAULT_UNDECIDED:
        break;
    }
    memo_question question = {.use = EXPRESSION_DEFAULT,
                              .table = wanted_table,
                              .column = compare_default_column(c, wanted, found),
                              .text = wanted->default_value};
    return compare_ask(c, question, default_normal(c->memory, c->engine, found->type, found->default_value));
}

static char *compare_default_text(const comparison *c, const migen_column *column)
{
    if (column->default_value == NULL)
        return arena_string(c->memory, "no default");
    return arena_format(c->memory, "default %s", column->default_value);
}

static char *compare_generated_text(const comparison *c, const migen_column *column)
{
    if (column->generated == NULL)
        return arena_string(c->memory, "not generated");
    return arena_format(c->memory, "as (%s) %s", column->generated, column->stored ? "stored" : "virtual");
}

static bool compare_column_generated(const comparison *c, const schema_table *wanted_table,
                                     const migen_column *wanted, const migen_column *found)
{
    memo_question question = {
        .use = EXPRESSION_GENERATED, .table = wanted_table, .column = wanted, .text = wanted->generated};
    if (!compare_expressions(c, question, found->generated))
        return false;
    if (wanted->generated == NULL || wanted->stored == found->stored)
        return true;
    /* On PostgreSQL one that was to be virtual has been stored. One that was to be stored and is virtual (18 has such) can have
     * no index, no unique constraint and no key. */
    return ENGINE_IS_POSTGRES(c->engine) && found->stored;
}

/* A collation by its name; SQLite's BINARY is what it takes without one. */
static const char *compare_collation(const comparison *c, const migen_column *column)
{
    if (column->collate == NULL)
        return "";
    if (ENGINE_IS_SQLITE(c->engine))
        return text_equal_word(column->collate, "binary") ? "" : text_lower(c->memory, column->collate);
    return column->collate;
}

/* The collation that a native type's text says itself ("text collate pg_catalog.\"C\"": C), or NULL. */
static const char *compare_collation_of_type(const comparison *c, migen_type type)
{
    const char *own = ENGINE_IS_SQLITE(c->engine) ? type.sqlite : type.name;
    if (type.kind != MIGEN_TYPE_NATIVE || own == NULL)
        return NULL;
    compare_tokens tokens = compare_tokens_of(c->memory, own, c->engine);
    for (size_t i = 0; i + 1 < tokens.count; i++) {
        if (!compare_word_at(&tokens, i, "collate"))
            continue;
        bool dotted = i + 3 < tokens.count && sql_token_is(tokens.items[i + 2], ".");
        return sql_token_value(c->memory, tokens.items[dotted ? i + 3 : i + 1]);
    }
    return NULL;
}

static bool compare_column_collation(const comparison *c, const migen_column *wanted,
                                     const migen_column *found)
{
    const char *own = wanted->collate == NULL ? compare_collation_of_type(c, wanted->type) : NULL;
    if (own != NULL) /* on SQLite it is a part of the type's words, and was compared with them */
        return ENGINE_IS_SQLITE(c->engine) || text_equal(own, found->collate);
    return text_equal(compare_collation(c, wanted), compare_collation(c, found));
}

static char *compare_collation_text(const comparison *c, const migen_column *column)
{
    const char *name = column->collate != NULL ? column->collate : compare_collation_of_type(c, column->type);
    return name == NULL ? arena_string(c->memory, "no collation")
                        : arena_format(c->memory, "collate %s", name);
}

/* PostgreSQL: what numbers a column besides its type. An id is generated by default, and an extra says so of a column
 * that is none, or that it is generated always: that one takes no number from a seed. */
static const char *compare_identity_text(const comparison *c, const migen_column *column)
{
    if (column->extra != NULL)
        return text_lower(c->memory, column->extra);
    return column->type.kind == MIGEN_TYPE_ID ? "generated by default as identity" : "no identity";
}

/* Whether SQLite's declaration of the type goes with a check, so that its absence is worth a word. */
static bool compare_type_has_check(migen_type type)
{
    switch (type.kind) {
    case MIGEN_TYPE_BOOL:
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
    case MIGEN_TYPE_ENUM:
        return true;
    case MIGEN_TYPE_VARCHAR:
    case MIGEN_TYPE_CHAR:
        return type.length > 0;
    default:
        return false;
    }
}

/* A difference of types is one of the column's aspects; a note stands for itself. */
static void compare_column_type(const comparison *c, compare_aspects *x, const schema_table *table,
                                const migen_column *wanted, const schema_table *found_table,
                                const migen_column *found)
{
    type_verdict verdict = compare_types(c, wanted, found);
    char *shorter = compare_short_check(c, table, wanted, found_table, found);
    if (shorter != NULL && verdict != TYPE_DIFFERENT) {
        x->differs = true;
        compare_aspect(
            x,
            arena_format(c->memory, "%s %s", wanted->type.name,
                         compare_enum_values(c->memory, schema_find_enum(c->model, wanted->type.name))),
            shorter);
        return;
    }
    /* A STRICT table has six words for all types. */
    if (ENGINE_IS_SQLITE(c->engine) && found_table->strict && !compare_type_has_check(wanted->type) &&
        !wanted->type.array && type_strict_kind(wanted->type.kind) == found->type.kind)
        verdict = TYPE_SAME;
    bool unchecked =
        ENGINE_IS_SQLITE(c->engine) && found->type_unchecked && compare_type_has_check(wanted->type);
    if (verdict == TYPE_SAME && !unchecked)
        return;
    char *wanted_text = type_text(c->memory, wanted->type);
    char *found_text = type_text(c->memory, found->type);
    if (found->type.kind == MIGEN_TYPE_NATIVE)
        found_text = type_sql(c->memory, c->engine, found->type);
    if (verdict == TYPE_DIFFERENT) {
        x->differs = true;
        compare_aspect(x, wanted_text, found_text);
        return;
    }
    if (unchecked)
        found_text = arena_format(c->memory, "%s, unchecked", found_text);
    compare_report(c, MIGEN_KIND_COLUMN, compare_column_object(c, table, wanted->name), wanted_text,
                   found_text, true);
}

static void compare_column_comment(const comparison *c, const schema_table *table, const migen_column *wanted,
                                   const migen_column *found)
{
    if (ENGINE_IS_SQLITE(c->engine) || wanted->comment == NULL || text_equal(wanted->comment, found->comment))
        return;
    compare_report(c, MIGEN_KIND_COLUMN, compare_column_object(c, table, wanted->name),
                   arena_format(c->memory, "comment '%s'", wanted->comment),
                   found->comment != NULL ? arena_format(c->memory, "comment '%s'", found->comment)
                                          : "no comment",
                   false);
}

void compare_column(const comparison *c, const schema_table *wanted_table, const migen_column *wanted,
                    const schema_table *found_table, const migen_column *found)
{
    compare_aspects x = {.wanted = builder_new(c->memory), .found = builder_new(c->memory)};
    compare_column_type(c, &x, wanted_table, wanted, found_table, found);
    if (!compare_column_collation(c, wanted, found)) {
        x.differs = true;
        compare_aspect(&x, compare_collation_text(c, wanted), compare_collation_text(c, found));
    }
    if (ENGINE_IS_POSTGRES(c->engine) && !text_equal(wanted->extra, found->extra)) {
        x.differs = true;
        compare_aspect(&x, compare_identity_text(c, wanted), compare_identity_text(c, found));
    }
    compare_column_null(c, &x, wanted_table, wanted, found_table, found);
    if (!compare_column_default(c, wanted_table, wanted, found)) {
        x.differs = true;
        compare_aspect(&x, compare_default_text(c, wanted), compare_default_text(c, found));
    }
    if (!compare_column_generated(c, wanted_table, wanted, found)) {
        x.differs = true;
        compare_aspect(&x, compare_generated_text(c, wanted), compare_generated_text(c, found));
    }
    if (x.differs)
        compare_report(c, MIGEN_KIND_COLUMN, compare_column_object(c, wanted_table, wanted->name),
                       x.wanted.bytes, x.found.bytes, false);
    compare_column_comment(c, wanted_table, wanted, found);
}

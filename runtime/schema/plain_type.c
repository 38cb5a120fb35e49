/*
 * plain_type.c: a column's type and default, as an engine can have them.
 */
#include "plain_parts.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

bool enum_has_value(const schema_enum *e, const char *value)
{
    for (size_t i = 0; i < e->values.count; i++)
        if (text_equal(e->values.items[i], value))
            return true;
    for (size_t i = 0; i < e->maybe_values.count; i++)
        if (text_equal(e->maybe_values.items[i], value))
            return true;
    return false;
}

const char *enum_nearest(const schema *s, const schema_enum *e, const char *value)
{
    const char **candidates = ARENA_NEW_ARRAY(s->memory, const char *, e->values.count + 1);
    for (size_t i = 0; i < e->values.count; i++)
        candidates[i] = e->values.items[i];
    return text_nearest(value, candidates, e->values.count);
}

/* The nearest of the enums and of the type words. */
static const char *plain_type_nearest(const schema *s, const char *word)
{
    const char **candidates = ARENA_NEW_ARRAY(s->memory, const char *, s->enums.count + MIGEN_TYPE_COUNT);
    size_t count = 0;
    for (size_t i = 0; i < s->enums.count; i++)
        if (!s->enums.entries[i].removed)
            candidates[count++] = s->enums.entries[i].key;
    for (int kind = MIGEN_TYPE_NONE + 1; kind < MIGEN_TYPE_COUNT; kind++)
        if (type_kind_word((migen_type_kind)kind) != NULL)
            candidates[count++] = type_kind_word((migen_type_kind)kind);
    return text_nearest(word, candidates, count);
}

bool plain_type(const schema *s, migen_type *type, const char *word, violation *v)
{
    const char *name = type->name;
    if (type->array && s->engine == MIGEN_SQLITE) {
        violate_sqlite(s, v, type->kind == MIGEN_TYPE_ENUM ? name : word, "array types");
        return false;
    }
    const char *native = s->engine == MIGEN_POSTGRES ? type->name : type->sqlite;
    if (type->kind == MIGEN_TYPE_NATIVE && text_is_empty(native)) {
        violate(s, v, VIOLATION_UNSUPPORTED, word, "the type says nothing for %s",
                s->engine == MIGEN_POSTGRES ? "postgres" : "sqlite");
        v->hint = "native(postgres '…', sqlite '…')";
        return false;
    }
    if (type->kind != MIGEN_TYPE_ENUM)
        return true;
    object_name parsed = name_parse(s->memory, name);
    if (schema_find_enum(s, name) == NULL && !model_is_outside(s, parsed)) {
        violate(s, v, VIOLATION_MISSING, name, "there is no type or enum \"%s\"", name);
        v->nearest = plain_type_nearest(s, name);
        return false;
    }
    type->name = name_text(s->memory, parsed);
    return true;
}

/* The content of a 'literal'; NULL when the value is none. */
static const char *plain_string_content(const schema *s, const char *value)
{
    size_t length = strlen(value);
    if (length < 2 || value[0] != '\'' || value[length - 1] != '\'')
        return NULL;
    builder b = builder_new(s->memory);
    for (size_t i = 1; i + 1 < length; i++) {
        builder_add_character(&b, value[i]);
        if (value[i] == '\'')
            i++;
    }
    return b.bytes;
}

static bool plain_is_number(const char *text)
{
    char *end = NULL;
    if (*text == '\0')
        return false;
    (void)strtod(text, &end);
    while (*end == ' ')
        end++;
    return *end == '\0';
}

static bool plain_starts_number(const char *value)
{
    const char *at = *value == '-' || *value == '+' ? value + 1 : value;
    return (*at >= '0' && *at <= '9') || *at == '.';
}

static bool plain_refuse_default(const schema *s, const migen_column *column, violation *v)
{
    violate(s, v, VIOLATION_CONFLICT, column->default_value, "%s is no value of type %s",
            column->default_value, type_text(s->memory, column->type));
    v->hint = "write a value of that type; an expression stands in brackets: default (expression)";
    return false;
}

static bool plain_enum_default(const schema *s, const migen_column *column, violation *v)
{
    const char *content = plain_string_content(s, column->default_value);
    const schema_enum *e = schema_find_enum(s, column->type.name);
    if (e == NULL || e->maybe || column->type.array)
        return true;
    if (content != NULL && enum_has_value(e, content))
        return true;
    if (content == NULL && *column->default_value == '(')
        return true;
    violate(s, v, VIOLATION_CONFLICT, column->default_value, "enum \"%s\" has no value %s", column->type.name,
            column->default_value);
    const char *nearest = content == NULL ? NULL : enum_nearest(s, e, content);
    v->nearest = nearest == NULL ? NULL : arena_format(s->memory, "'%s'", nearest);
    if (nearest == NULL)
        v->hint = arena_format(s->memory, "`add enum value %s %s` makes it one", column->type.name,
                               column->default_value);
    return false;
}

/* Whether a value that is no string can stand in a column of the family. */
static bool plain_literal_fits(const schema *s, type_family family, const char *value)
{
    bool truth = text_equal_word(value, "true") || text_equal_word(value, "false");
    bool number = plain_starts_number(value);
    switch (family) {
    case TYPE_FAMILY_NUMBER:
        return !truth;
    case TYPE_FAMILY_BOOL: /* SQLite has but 0 and 1 */
        return !number || (s->engine == MIGEN_SQLITE && (text_equal(value, "0") || text_equal(value, "1")));
    case TYPE_FAMILY_TEXT: /* both engines assign a number or a truth to text */
        return true;
    default:
        return !truth && !number;
    }
}

bool plain_default(const schema *s, const migen_column *column, violation *v)
{
    const char *value = column->default_value;
    if (value == NULL || text_equal_word(value, "null"))
        return true;
    if (type_numbers_itself(column->type)) {
        violate(s, v, VIOLATION_CONFLICT, value, "a column of type %s numbers itself: it has no default",
                type_text(s->memory, column->type));
        return false;
    }
    if (column->generated != NULL) {
        violate(s, v, VIOLATION_CONFLICT, value, "a generated column has no default");
        return false;
    }
    if (column->type.kind == MIGEN_TYPE_ENUM)
        return plain_enum_default(s, column, v);
    type_family family = type_family_of(column->type);
    if (*value == '(' || family == TYPE_FAMILY_NATIVE || column->type.array)
        return true;
    const char *content = plain_string_content(s, value);
    if (content != NULL)
        return family == TYPE_FAMILY_NUMBER && !plain_is_number(content) ? plain_refuse_default(s, column, v)
                                                                         : true;
    return plain_literal_fits(s, family, value) || plain_refuse_default(s, column, v);
}

static bool plain_contains_one(const char *content, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(content, words[i]) != NULL)
            return true;
    return false;
}

/* Whether PostgreSQL may read the content of a literal, in small letters, as a value of the kind. */
static bool plain_may_read(migen_type_kind kind, const char *content)
{
    static const char *const truths[] = {"t",    "tr",    "tru", "true", "f",   "fa", "fal",
                                         "fals", "false", "y",   "ye",   "yes", "n",  "no",
                                         "on",   "of",    "off", "0",    "1",   NULL};
    static const char *const days[] = {"now",   "today",    "tomorrow", "yesterday",
                                       "epoch", "infinity", "allballs", NULL};
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL};
    switch (kind) {
    case MIGEN_TYPE_BOOL:
        for (size_t i = 0; truths[i] != NULL; i++)
            if (text_equal(content, truths[i]))
                return true;
        return false;
    case MIGEN_TYPE_UUID:
        return strspn(content, "{-0123456789abcdef}") == strlen(content) && strlen(content) >= 32;
    case MIGEN_TYPE_DATE:
    case MIGEN_TYPE_TIME:
    case MIGEN_TYPE_TIMESTAMP:
    case MIGEN_TYPE_TIMESTAMPTZ:
        return plain_contains_one(content, digits) || plain_contains_one(content, days);
    case MIGEN_TYPE_JSON:
    case MIGEN_TYPE_JSONB:
        return *content != '\0' &&
               (strchr("{[\"-0123456789", *content) != NULL || text_equal(content, "true") ||
                text_equal(content, "false") || text_equal(content, "null"));
    default:
        return true;
    }
}

bool plain_default_casts(const schema *s, const migen_column *column, violation *v)
{
    const char *value = column->default_value;
    type_family family = type_family_of(column->type);
    if (column->type.array || family == TYPE_FAMILY_NATIVE || family == TYPE_FAMILY_TEXT)
        return true;
    bool moment = family == TYPE_FAMILY_DATE || family == TYPE_FAMILY_TIME;
    if ((text_equal_word(value, "now()") && !moment) ||
        (text_equal_word(value, "uuid()") && family != TYPE_FAMILY_UUID))
        return plain_refuse_default(s, column, v);
    const char *content = plain_string_content(s, value);
    return content == NULL ||
           plain_may_read(column->type.kind, text_lower(s->memory, text_trim(s->memory, content))) ||
           plain_refuse_default(s, column, v);
}

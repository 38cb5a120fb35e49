/*
 * field.c: NAME:TYPE:… of `migen new`, without brackets for the shell to trip over.
 */
#include "title.h"

#include <ctype.h>
#include <stdlib.h>

static bool is_name(const char *text)
{
    if (!*text || isdigit((unsigned char)*text))
        return false;
    for (; *text; text++)
        if (!islower((unsigned char)*text) && !isdigit((unsigned char)*text) && *text != '_')
            return false;
    return true;
}

bool field_is(const char *argument)
{
    const char *colon = strchr(argument, ':');
    if (!colon || colon == argument || !colon[1] || strpbrk(argument, " \t\n"))
        return false;
    return isalpha((unsigned char)*argument) || *argument == '_';
}

static bool is_number(const char *text)
{
    if (!*text)
        return false;
    for (; *text; text++)
        if (!isdigit((unsigned char)*text))
            return false;
    return true;
}

/* The words of other tools, for the hands that are used to them. */
static const char *type_word(const char *word)
{
    static const char *const aliases[][2] = {
        {"string", "varchar(255)"}, {"integer", "int"},     {"boolean", "bool"}, {"datetime", "timestamptz"},
        {"float", "double"},        {"decimal", "numeric"}, {"binary", "bytes"}, {"blob", "bytes"},
    };
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (text_equal(aliases[i][0], word))
            return aliases[i][1];
    return word;
}

/* users of user, categories of category, boxes of box. */
static const char *plural_of(arena *a, const char *word)
{
    size_t length = strlen(word);
    if (length > 1 && word[length - 1] == 'y' && !strchr("aeiou", word[length - 2]))
        return arena_format(a, "%.*sies", (int)(length - 1), word);
    if (text_ends_with(word, "s") || text_ends_with(word, "x") || text_ends_with(word, "ch") ||
        text_ends_with(word, "sh"))
        return arena_format(a, "%ses", word);
    return arena_format(a, "%ss", word);
}

typedef VECTOR(const char *) part_list;

static part_list split_parts(arena *a, const char *text)
{
    part_list parts = {0};
    for (;;) {
        const char *colon = strchr(text, ':');
        /* A default is the rest up to the next colon, whatever it is. */
        size_t length = colon ? (size_t)(colon - text) : strlen(text);
        vector_push(a, &parts, arena_copy(a, text, length));
        if (!colon)
            return parts;
        text = colon + 1;
    }
}

/* A default as the language writes it: a number, a word that it knows, a call, or else a text. */
static const char *default_text(arena *a, const char *value)
{
    static const char *const words[] = {"true", "false", "null", "now()", "uuid()", NULL};
    char *end = NULL;
    strtod(value, &end);
    bool number = *value && end && !*end && strspn(value, "0123456789.+-") == strlen(value);
    if (number || list_contains(words, value) || *value == '\'' || *value == '(')
        return value;
    if (text_equal(value, "now"))
        return "now()";
    if (text_equal(value, "uuid"))
        return "uuid()";
    builder text = builder_new(a);
    builder_add_character(&text, '\'');
    for (; *value; value++)
        builder_add_repeated(&text, *value, *value == '\'' ? 2 : 1);
    builder_add_character(&text, '\'');
    return text.bytes;
}

/* One part behind the type; false when it is none that is known. */
static bool add_attribute(arena *a, builder *definition, const char *part, const char **problem)
{
    static const char *const known[] = {"unique",      "not_null", "null",   "index",
                                        "primary_key", "required", "default"};
    if (text_equal(part, "unique") || text_equal(part, "index") || text_equal(part, "null"))
        builder_add_format(definition, " %s", part);
    else if (text_equal(part, "not_null") || text_equal(part, "required") || text_equal(part, "notnull"))
        builder_add(definition, " not null");
    else if (text_equal(part, "primary_key") || text_equal(part, "pk"))
        builder_add(definition, " primary key");
    else if (text_starts_with(part, "default="))
        builder_add_format(definition, " default %s", default_text(a, part + strlen("default=")));
    else {
        const char *nearest = text_nearest(part, known, sizeof known / sizeof *known);
        if (nearest && text_equal(nearest, "default"))
            nearest = "default=VALUE";
        *problem = nearest
                       ? arena_format(a, "\"%s\" is no attribute of a field; did you mean %s?", part, nearest)
                       : arena_format(
                             a,
                             "\"%s\" is no attribute of a field: unique, index, not_null, null, primary_key, "
                             "default=…, references:TABLE",
                             part);
        return false;
    }
    return true;
}

/* The type with its numbers; *next is the first part behind them. */
static const char *read_type(arena *a, const part_list *parts, size_t *next)
{
    const char *type = type_word(parts->items[1]);
    size_t at = 2;
    builder numbers = builder_new(a);
    for (; at < parts->count && is_number(parts->items[at]); at++)
        builder_add_format(&numbers, "%s%s", at > 2 ? "," : "", parts->items[at]);
    *next = at;
    if (at == 2)
        return type;
    const char *bracket = strchr(type, '(');
    int length = bracket ? (int)(bracket - type) : (int)strlen(type);
    return arena_format(a, "%.*s(%s)", length, type, numbers.bytes);
}

bool field_read(arena *a, const char *text, title_field *field, const char **problem)
{
    *problem = NULL;
    part_list parts = split_parts(a, text);
    field->name = text_lower(a, parts.items[0]);
    if (!is_name(field->name)) {
        *problem = arena_format(a, "\"%s\" is no name: small letters, digits and _", parts.items[0]);
        return false;
    }
    for (size_t i = 1; i < parts.count; i++) {
        if (!*parts.items[i]) {
            *problem = arena_format(a, "there is nothing between two colons of \"%s\"", text);
            return false;
        }
    }
    builder attributes = builder_new(a), references = builder_new(a);
    const char *type = "";
    size_t next = 1;
    if (!text_equal(parts.items[1], "references"))
        type = read_type(a, &parts, &next);
    for (; next < parts.count; next++) {
        if (!text_equal(parts.items[next], "references")) {
            if (!add_attribute(a, &attributes, parts.items[next], problem))
                return false;
            continue;
        }
        const char *target =
            next + 1 < parts.count && is_name(parts.items[next + 1]) ? parts.items[next + 1] : NULL;
        static const char *const words[] = {"unique",   "index",   "null", "not_null",
                                            "required", "notnull", NULL};
        if (target && !list_contains(words, target)) {
            next++;
        } else {
            bool has_id = text_ends_with(field->name, "_id");
            size_t length = strlen(field->name) - (has_id ? 3 : 0);
            target = plural_of(a, arena_copy(a, field->name, length));
            if (!has_id)
                field->name = arena_format(a, "%s_id", field->name);
        }
        builder_add_format(&references, " -> %s", target);
    }
    /* Without an index each delete of a target would read the whole table. */
    const char *said = attributes.length ? attributes.bytes : "";
    if (references.length && !strstr(said, " index") && !strstr(said, " unique") &&
        !strstr(said, " primary key"))
        builder_add(&attributes, " index");
    /* A type that the key's target gives is left out, and with it the blank before the arrow. */
    const char *arrow = references.length ? references.bytes + (*type ? 0 : 1) : "";
    field->definition = arena_format(a, "%s%s%s", type, arrow, attributes.length ? attributes.bytes : "");
    return true;
}

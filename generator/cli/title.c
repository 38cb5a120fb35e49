/*
 * title.c: reads "create groups", "add api_key to users", "rename a to b in users" and their like.
 *
 * Idea       A pattern is a function that takes the words and either writes statements, or leaves them to the
 * next one.
 */
#include "title.h"

#include <ctype.h>

#define WORDS_MOST 64

typedef struct reading {
    arena *memory;
    const char *words[WORDS_MOST + 1]; /* of the title, lower case, commas and "and" between names left out */
    const char *said[WORDS_MOST + 1];  /* … and as they were written */
    size_t count;
    title_field_list fields;
    builder out;
} reading;

static bool is_word(const reading *r, size_t i, const char *word)
{
    return i < r->count && text_equal(r->words[i], word);
}

static bool is_any(const reading *r, size_t i, const char *const *words)
{
    return i < r->count && list_contains(words, r->words[i]);
}

static bool is_name(const reading *r, size_t i)
{
    if (i >= r->count || isdigit((unsigned char)r->words[i][0]))
        return false;
    for (const char *c = r->words[i]; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_' && *c != '.')
            return false;
    return true;
}

static bool all_names(const reading *r, size_t from, size_t to)
{
    if (from >= to)
        return false;
    for (size_t i = from; i < to; i++)
        if (!is_name(r, i))
            return false;
    return true;
}

/* The position of the last word that is one of these, at or behind `from`; count when there is none. */
static size_t find_last(const reading *r, size_t from, const char *const *words)
{
    for (size_t i = r->count; i-- > from;)
        if (list_contains(words, r->words[i]))
            return i;
    return r->count;
}

static void add_names(reading *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        builder_add_format(&r->out, "%s%s", i > from ? ", " : "", r->words[i]);
}

/* Columns, one below the other, their definitions in one line. */
static void add_columns(reading *r, const title_field_list *fields, const char *indent, bool indent_first)
{
    size_t widest = 0;
    for (size_t i = 0; i < fields->count; i++)
        if (strlen(fields->items[i].name) > widest)
            widest = strlen(fields->items[i].name);
    for (size_t i = 0; i < fields->count; i++)
        builder_add_format(&r->out, "%s%-*s  %s\n", i > 0 || indent_first ? indent : "", (int)widest,
                           fields->items[i].name, fields->items[i].definition);
}

static const char *const in_words[] = {"in", "on", "of", "from", NULL};
static const char *const to_words[] = {"to", "into", "in", NULL};
static const char *const from_words[] = {"from", "of", "in", NULL};
static const char *const drop_words[] = {"drop", "remove", "delete", NULL};
static const char *const create_words[] = {"create", "make", NULL};
static const char *const make_words[] = {"add", "create", "make", NULL};

/* create [table] NAME [FIELD…] */
static bool read_create_table(reading *r)
{
    if (!is_any(r, 0, create_words))
        return false;
    size_t at = is_word(r, 1, "table") ? 2 : 1;
    if (at + 2 == r->count && is_word(r, at + 1, "table")) /* create users table */
        r->count--;
    if (at + 1 != r->count || !is_name(r, at))
        return false;
    title_field_list columns = {0};
    bool has_key = false;
    for (size_t i = 0; i < r->fields.count; i++)
        has_key = has_key || text_equal(r->fields.items[i].name, "id") ||
                  strstr(r->fields.items[i].definition, "primary key");
    if (!has_key)
        vector_push(r->memory, &columns, ((title_field){"id", "id"}));
    for (size_t i = 0; i < r->fields.count; i++)
        vector_push(r->memory, &columns, r->fields.items[i]);
    if (r->fields.count == 0)
        vector_push(r->memory, &columns, ((title_field){"created_at", "timestamptz not null default now()"}));
    builder_add_format(&r->out, "create table %s {\n", r->words[at]);
    add_columns(r, &columns, "  ", true);
    builder_add(&r->out, "}\n");
    return true;
}

/* 'a', 'b': data, so as it was written. */
static void add_values(reading *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        builder_add(&r->out, i > from ? ", '" : "'");
        for (const char *c = r->said[i]; *c; c++)
            builder_add_repeated(&r->out, *c, *c == '\'' ? 2 : 1);
        builder_add(&r->out, "'");
    }
}

/* create enum NAME VALUE… */
static bool read_create_enum(reading *r)
{
    if (!is_any(r, 0, make_words) || !is_word(r, 1, "enum") || r->fields.count)
        return false;
    if (r->count < 4 || !is_name(r, 2))
        return false;
    builder_add_format(&r->out, "create enum %s (", r->words[2]);
    add_values(r, 3, r->count);
    builder_add(&r->out, ")\n");
    return true;
}

/* add [enum] value(s) VALUE… to [enum] TYPE [enum] */
static bool read_add_values(reading *r)
{
    size_t at = is_word(r, 1, "enum") ? 2 : 1;
    if (!is_word(r, 0, "add") || !(is_word(r, at, "value") || is_word(r, at, "values")) || r->fields.count)
        return false;
    size_t first = at + 1, to = find_last(r, first, to_words), name = to + 1;
    if (is_word(r, name, "enum"))
        name++;
    else if (name + 2 == r->count && is_word(r, name + 1, "enum"))
        r->count--;
    if (first >= to || name + 1 != r->count || !is_name(r, name))
        return false;
    builder_add_format(&r->out, "add enum %s %s ", to - first == 1 ? "value" : "values", r->words[name]);
    add_values(r, first, to);
    builder_add(&r->out, "\n");
    return true;
}

/* add [unique] index on TABLE COLUMN…, add unique on TABLE COLUMN… */
static bool read_index(reading *r)
{
    size_t at = is_any(r, 0, make_words) ? 1 : 0;
    bool unique = is_word(r, at, "unique");
    at += unique;
    bool index = is_word(r, at, "index");
    at += index;
    if ((!unique && !index) || !is_word(r, at, "on") || r->fields.count)
        return false;
    size_t table = at + 1, first = at + 2, end = r->count;
    if (!all_names(r, table, end) || first >= end)
        return false;
    if (index)
        builder_add_format(&r->out, "create %sindex on %s (", unique ? "unique " : "", r->words[table]);
    else
        builder_add_format(&r->out, "add unique on %s (", r->words[table]);
    add_names(r, first, end);
    builder_add(&r->out, ")\n");
    return true;
}

/* add COLUMN… to TABLE [FIELD…] */
static bool read_add_columns(reading *r)
{
    if (!is_word(r, 0, "add"))
        return false;
    size_t to = find_last(r, 1, to_words);
    if (to + 2 == r->count - 1 + 1 && is_word(r, to + 2, "table"))
        r->count--;
    if (to + 2 != r->count || !is_name(r, to + 1))
        return false;
    const char *table = r->words[to + 1];
    size_t first = is_word(r, 1, "column") || is_word(r, 1, "columns") ? 2 : 1;
    title_field_list columns = {0};
    if (r->fields.count == 0) {
        if (!all_names(r, first, to))
            return false;
        for (size_t i = first; i < to; i++)
            vector_push(r->memory, &columns, ((title_field){r->words[i], "text"}));
    } else {
        columns = r->fields;
    }
    if (columns.count == 1) {
        builder_add_format(&r->out, "add column %s.%s %s\n", table, columns.items[0].name,
                           columns.items[0].definition);
        return true;
    }
    builder_add_format(&r->out, "add columns %s {\n", table);
    add_columns(r, &columns, "  ", true);
    builder_add(&r->out, "}\n");
    return true;
}

/* drop COLUMN… from TABLE */
static bool read_drop_columns(reading *r)
{
    if (!is_any(r, 0, drop_words) || r->fields.count)
        return false;
    size_t from = find_last(r, 1, from_words);
    size_t first = is_word(r, 1, "column") || is_word(r, 1, "columns") ? 2 : 1;
    if (from + 2 != r->count || !is_name(r, from + 1) || !all_names(r, first, from))
        return false;
    if (first + 1 == from) {
        builder_add_format(&r->out, "drop column %s.%s\n", r->words[from + 1], r->words[first]);
        return true;
    }
    builder_add_format(&r->out, "drop columns %s (", r->words[from + 1]);
    add_names(r, first, from);
    builder_add(&r->out, ")\n");
    return true;
}

/* drop [table | index | enum | view | column] NAME */
static bool read_drop(reading *r)
{
    static const char *const kinds[] = {"table", "index", "enum", "view", "column", NULL};
    if (!is_any(r, 0, drop_words) || r->fields.count)
        return false;
    bool has_kind = r->count == 3 && is_any(r, 1, kinds);
    size_t name = has_kind ? 2 : 1;
    if (name + 1 == r->count - 1 && is_word(r, name + 1, "table"))
        r->count--;
    if (name + 1 != r->count || !is_name(r, name))
        return false;
    const char *kind = has_kind ? r->words[1] : strchr(r->words[name], '.') ? "column" : "table";
    if (text_equal(kind, "column") && !strchr(r->words[name], '.'))
        return false;
    builder_add_format(&r->out, "drop %s %s\n", kind, r->words[name]);
    return true;
}

/* rename A to B [in TABLE], rename TABLE.A to B, rename [table | column | index | enum] A to B */
static bool read_rename(reading *r)
{
    static const char *const kinds[] = {"table", "column", "index", "enum", NULL};
    if (!is_word(r, 0, "rename") || r->fields.count)
        return false;
    bool has_kind = r->count > 4 && is_any(r, 1, kinds);
    size_t name = has_kind ? 2 : 1;
    if (!is_name(r, name) || !is_word(r, name + 1, "to") || !is_name(r, name + 2))
        return false;
    const char *from = r->words[name], *to = r->words[name + 2];
    if (is_any(r, name + 3, in_words) && is_name(r, name + 4) && name + 5 == r->count) {
        builder_add_format(&r->out, "rename column %s.%s to %s\n", r->words[name + 4], from, to);
        return true;
    }
    if (name + 3 != r->count)
        return false;
    const char *dot = strrchr(to, '.'); /* rename users.a to users.b */
    const char *kind = has_kind ? r->words[1] : strchr(from, '.') ? "column" : "table";
    if (text_equal(kind, "column") && !strchr(from, '.'))
        return false;
    builder_add_format(&r->out, "rename %s %s to %s\n", kind, from, dot ? dot + 1 : to);
    return true;
}

/* Splits a title into words; commas and "and" only stand between names. False when there are too many. */
static bool add_words(reading *r, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " \t\n,");
        if (length > 0) {
            char *word = text_lower(r->memory, arena_copy(r->memory, text, length));
            if (r->count == WORDS_MOST)
                return false;
            if (!text_equal(word, "and") && !text_equal(word, "the")) {
                r->said[r->count] = arena_copy(r->memory, text, length);
                r->words[r->count++] = word;
            }
        }
        text += length;
        text += strspn(text, " \t\n,");
    }
    return true;
}

static const char *shown_title(arena *a, const builder *words)
{
    char *title = text_trim(a, words->bytes ? words->bytes : "");
    if (islower((unsigned char)title[0]))
        title[0] = (char)toupper((unsigned char)title[0]);
    for (char *c = title; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return title;
}

scaffold title_read(arena *a, const char *const *arguments, size_t count, const char **problem)
{
    static bool (*const patterns[])(reading * r) = {read_index,        read_add_values,  read_create_enum,
                                                    read_create_table, read_add_columns, read_drop_columns,
                                                    read_drop,         read_rename};
    reading r = {.memory = a, .out = builder_new(a)};
    builder words = builder_new(a);
    bool readable = true;
    *problem = NULL;
    for (size_t i = 0; i < count; i++) {
        if (field_is(arguments[i])) {
            title_field field;
            if (!field_read(a, arguments[i], &field, problem))
                return (scaffold){0};
            vector_push(a, &r.fields, field);
            continue;
        }
        builder_add_format(&words, "%s%s", words.length ? " " : "", arguments[i]);
        readable = add_words(&r, arguments[i]) && readable;
    }
    scaffold s = {.title = shown_title(a, &words)};
    size_t word_count = r.count;
    for (size_t i = 0; readable && i < sizeof patterns / sizeof *patterns; i++) {
        if (patterns[i](&r)) {
            s.statements = r.out.bytes;
            return s;
        }
        r.count = word_count;
        r.out = builder_new(a);
    }
    if (r.fields.count)
        *problem =
            "the fields belong to nothing that the title says: `create TABLE …` or `add COLUMN to TABLE …`";
    return s;
}

const char *title_slug(arena *a, const char *title)
{
    builder slug = builder_new(a);
    bool gap = false;
    for (; *title && slug.length < 60; title++) {
        if (!isalnum((unsigned char)*title)) {
            gap = slug.length > 0;
            continue;
        }
        if (gap)
            builder_add_character(&slug, '_');
        gap = false;
        builder_add_character(&slug, (char)tolower((unsigned char)*title));
    }
    static const char *const reserved[] = {"head", "heads", "base", "none", NULL};
    if (slug.length == 0)
        return "migration";
    return list_contains(reserved, slug.bytes) ? arena_format(a, "%s_migration", slug.bytes) : slug.bytes;
}

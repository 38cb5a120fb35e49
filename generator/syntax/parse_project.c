/* migen.project: a key and its value on each line. */
#include "parse_parts.h"

#include "duration.h"
#include "name.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

typedef enum value_form {
    VALUE_TEXT,
    VALUE_NAME,
    VALUE_TIME,
    VALUE_COUNT,
    VALUE_SWITCH,
    VALUE_CHOICE
} value_form;

typedef struct option_line {
    const char *key; /* as the release binary's option is called */
    value_form form;
    const char *choices[4];
} option_line;

static const option_line options[] = {
    {"url", VALUE_TEXT, {0}},
    {"url-file", VALUE_TEXT, {0}},
    {"history-table", VALUE_NAME, {0}},
    {"schema", VALUE_NAME, {0}},
    {"role", VALUE_NAME, {0}},
    {"lock", VALUE_CHOICE, {"auto", "advisory", "lease"}},
    {"lock-timeout", VALUE_TIME, {0}},
    {"ddl-lock-timeout", VALUE_TIME, {0}},
    {"index-wait", VALUE_TIME, {0}},
    {"statement-timeout", VALUE_TIME, {0}},
    {"wait", VALUE_TIME, {0}},
    {"ddl-retries", VALUE_COUNT, {0}},
    {"strict", VALUE_SWITCH, {0}},
    {"yes", VALUE_SWITCH, {0}},
    {"quiet", VALUE_SWITCH, {0}},
    {"verbose", VALUE_SWITCH, {0}},
    {"transaction", VALUE_CHOICE, {"release", "migration"}},
    {"ahead", VALUE_CHOICE, {"ok", "fail"}},
    {"edited", VALUE_CHOICE, {"warn", "fail"}},
    {"verify", VALUE_CHOICE, {"off", "warn", "strict"}},
    {"format", VALUE_CHOICE, {"text", "json"}},
    {"color", VALUE_CHOICE, {"auto", "always", "never"}},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

static const char *const own_keys[] = {"project", "engines", "migrations"};

typedef struct project_reader {
    parser p;
    project *result;
    map places; /* key → where it was said, for saying it twice */
} project_reader;

/* A value as it stands up to a blank, a comma or a comment; or a quoted one. */
static bool read_value(parser *p, const char *what, const char **out, span *place)
{
    lexeme l = parse_peek(p);
    if (l.kind == LEX_END || l.kind == LEX_BAD)
        return parse_expected(p, what);
    if (l.kind == LEX_QUOTED || l.kind == LEX_STRING) {
        scan_take(&p->s);
        *out = parse_unquoted(p, l);
        *place = parse_place(p, l);
    } else {
        size_t end = l.start;
        while (end < p->s.length && strchr(" \t\r\n\f\v,;#", p->s.bytes[end]) == NULL &&
               !(p->s.bytes[end] == '-' && p->s.bytes[end + 1] == '-'))
            end++;
        if (end == l.start)
            return parse_expected(p, what);
        *place = parse_span(p, l.start, end);
        *out = parse_keep(p, p->s.bytes + l.start, end - l.start, *place);
        scan_go(&p->s, end);
    }
    if (**out != '\0')
        return true;
    problem(p, "project-value", *place, "this value is empty");
    return false;
}

static bool read_engines(project_reader *r)
{
    parser *p = &r->p;
    r->result->engines = 0;
    do {
        const char *engine;
        span place;
        if (!read_value(p, "sqlite or postgres", &engine, &place))
            return false;
        unsigned bit = 0;
        if (text_equal_word(engine, "sqlite"))
            bit = MIGEN_SQLITE;
        else if (text_equal_word(engine, "postgres") || text_equal_word(engine, "postgresql"))
            bit = MIGEN_POSTGRES;
        if (bit == 0) {
            static const char *const known[] = {"sqlite", "postgres"};
            diagnostic *d = problem(p, "project-value", place, "there is no engine %s", engine);
            const char *nearest = text_nearest(engine, known, 2);
            if (nearest != NULL)
                hint(p, d, "did you mean \"%s\"?", nearest);
            else
                hint(p, d, "the engines are sqlite and postgres");
        } else if ((r->result->engines & bit) != 0) {
            problem(p, "said-twice", place, "this engine is named twice");
        }
        r->result->engines |= bit;
    } while (parse_take_symbol(p, ','));
    return true;
}

static bool name_is_valid(const char *name)
{
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0' && *name != '-' &&
           strlen(name) <= 100;
}

static bool read_own_key(project_reader *r, const char *key)
{
    parser *p = &r->p;
    span place;
    if (text_equal(key, "engines"))
        return read_engines(r);
    if (text_equal(key, "migrations")) {
        if (!read_value(p, "a folder", &r->result->migrations, &place))
            return false;
        char *folder = arena_string(p->memory, r->result->migrations);
        for (size_t length = strlen(folder); length > 1 && folder[length - 1] == '/'; length--)
            folder[length - 1] = '\0';
        r->result->migrations = folder;
        return true;
    }
    if (!read_value(p, "the project's name", &r->result->name, &place))
        return false;
    if (!name_is_valid(r->result->name)) {
        diagnostic *d = problem(p, "project-value", place, "a project cannot be called %s", r->result->name);
        hint(p, d, "a project's name has small letters, digits, _ and -");
    }
    return true;
}

static bool read_switch(parser *p, const char **value)
{
    const char *said;
    span place;
    bool on = true;
    *value = "true";
    if (parse_at_end(p))
        return true;
    if (!read_value(p, "on or off", &said, &place))
        return false;
    if (!text_truth(said, &on))
        problem(p, "project-value", place, "expected on or off");
    else if (!on)
        *value = "false";
    return true;
}

static void check_option(parser *p, const option_line *o, const char *value, span place)
{
    int64_t milliseconds;
    if (o->form == VALUE_TIME && !duration_parse(value, &milliseconds)) {
        diagnostic *d = problem(p, "project-value", place, "this is no time");
        hint(p, d, "write 10ms, 30s, 2m or 1h");
    }
    size_t longest = text_equal(o->key, "history-table") ? NAME_LONGEST_HISTORY : (size_t)NAME_LONGEST;
    if (o->form == VALUE_NAME && strlen(value) > longest)
        problem(p, "project-value", place, "a name has at most %zu bytes here, not %zu", longest,
                strlen(value));
    if (o->form == VALUE_COUNT && (strspn(value, "0123456789") != strlen(value) || strlen(value) > 6))
        problem(p, "project-value", place, "expected a whole number");
    if (o->form != VALUE_CHOICE)
        return;
    size_t count = 0;
    for (; count < sizeof o->choices / sizeof *o->choices && o->choices[count] != NULL; count++)
        if (text_equal(value, o->choices[count]))
            return;
    diagnostic *d = problem(p, "project-value", place, "%s cannot be %s", o->key, value);
    builder all = builder_new(p->memory);
    for (size_t i = 0; i < count; i++)
        builder_add_format(&all, "%s%s", i == 0 ? "" : ", ", o->choices[i]);
    hint(p, d, "it is one of: %s", all.bytes);
}

static bool read_option(project_reader *r, const option_line *o)
{
    parser *p = &r->p;
    migen_setting setting = {.name = o->key};
    span place;
    if (o->form == VALUE_SWITCH) {
        if (!read_switch(p, &setting.value))
            return false;
    } else {
        if (!read_value(p, "a value", &setting.value, &place))
            return false;
        check_option(p, o, setting.value, place);
    }
    vector_push(p->memory, &r->result->settings, setting);
    return true;
}

static bool report_key(parser *p, const char *key, span place)
{
    const char *words[OPTION_COUNT + sizeof own_keys / sizeof *own_keys];
    size_t count = 0;
    for (; count < OPTION_COUNT; count++) {
        char *word = arena_string(p->memory, options[count].key);
        for (char *c = word; *c != '\0'; c++)
            *c = *c == '-' ? '_' : *c;
        words[count] = word;
    }
    for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
        words[count++] = own_keys[i];
    diagnostic *d = problem(p, "project-key", place, "there is no key %s", key);
    const char *nearest = text_nearest(key, words, count);
    if (nearest != NULL)
        hint(p, d, "did you mean \"%s\"?", nearest);
    return false;
}

/* The key at the scanner's place, with - for _, in small letters. */
static bool read_key(parser *p, char **key, span *place)
{
    lexeme l = parse_peek(p);
    size_t end = l.start;
    if (l.kind != LEX_WORD)
        return parse_expected(p, "a key, as project or engines");
    while (end < p->s.length && strchr(" \t\r\n\f\v,;#", p->s.bytes[end]) == NULL &&
           !(p->s.bytes[end] == '-' && p->s.bytes[end + 1] == '-'))
        end++;
    *place = parse_span(p, l.start, end);
    *key = text_lower(p->memory, arena_copy(p->memory, p->s.bytes + l.start, end - l.start));
    for (char *c = *key; *c != '\0'; c++)
        *c = *c == '_' ? '-' : *c;
    scan_go(&p->s, end);
    return true;
}

static bool read_line(project_reader *r)
{
    parser *p = &r->p;
    char *key = NULL;
    span place = {0};
    if (!read_key(p, &key, &place))
        return false;
    uintptr_t before = (uintptr_t)map_get(&r->places, key);
    if (before != 0) {
        diagnostic *d = problem(p, "said-twice", place, "the key %s stands twice", key);
        diagnostic_second(d, parse_span(p, before - 1, before - 1 + strlen(key)), "first here");
    }
    map_set(&r->places, key, (void *)(uintptr_t)(place.start + 1));
    for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
        if (text_equal(key, own_keys[i]))
            return read_own_key(r, key);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (text_equal(key, options[i].key))
            return read_option(r, &options[i]);
    return report_key(p, arena_copy(p->memory, p->s.bytes + place.start, place.end - place.start), place);
}

static void read_lines(project_reader *r)
{
    parser *p = &r->p;
    for (;;) {
        if (!scan_to_thing(&p->s)) {
            if (p->s.at >= p->s.length || p->stopped)
                return;
            problem(p, "stray-brace", parse_span(p, p->s.at, p->s.at + 1), "this } closes nothing");
            scan_go(&p->s, p->s.at + 1);
            continue;
        }
        thing outer = scan_begin_thing(&p->s, false);
        bool fine = read_line(r);
        if (fine && !parse_at_end(p))
            fine = parse_expected(p, "the end of the line");
        if (!fine)
            parse_recover(p);
        scan_end_thing(&p->s, outer);
        if (p->stopped)
            return;
    }
}

project *parse_project(arena *a, const source_file *source, const char *root, diagnostics *d)
{
    project *result = ARENA_NEW(a, project);
    *result = (project){.root = arena_string(a, root),
                        .source = source,
                        .engines = MIGEN_POSTGRES | MIGEN_SQLITE,
                        .migrations = "migrations"};
    ast_file *places = ARENA_NEW(a, ast_file);
    places->source = source;
    project_reader r = {.result = result, .places = map_new(a)};
    r.p = (parser){
        .memory = a, .file = places, .out = d, .s = scanner_new(source), .errors_before = d->error_count};
    if (!parse_check_bytes(&r.p))
        return result;
    read_lines(&r);
    if (result->name == NULL && !map_has(&r.places, "project")) {
        diagnostic *missing = problem(&r.p, "project-key", parse_span(&r.p, 0, 0), "the project has no name");
        hint(&r.p, missing, "write a line: project NAME");
    }
    return result;
}

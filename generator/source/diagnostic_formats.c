/* The forms for programs: JSON lines, SARIF, and the workflow commands of GitHub. */
#include "diagnostic_show.h"

#include "json.h"

#include <string.h>

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

typedef struct range {
    size_t line, column, end_line, end_column;
} range;

static range range_of(span s)
{
    range r = {0};
    source_place(s.file, s.start, &r.line, &r.column);
    source_place(s.file, s.end > s.start ? s.end : s.start, &r.end_line, &r.end_column);
    return r;
}

/* A number, or null where there is no place. */
static void write_number(json_writer *w, const char *key, span s, size_t number)
{
    if (s.file == NULL)
        json_null_member(w, key);
    else
        json_integer_member(w, key, (int64_t)number);
}

void show_json(const sorted_diagnostics *d, FILE *out)
{
    for (size_t i = 0; i < d->count; i++) {
        const diagnostic *one = d->items[i];
        range r = one->place.file == NULL ? (range){0} : range_of(one->place);
        range second = one->second_place.file == NULL ? (range){0} : range_of(one->second_place);
        builder b = builder_new(d->memory);
        json_writer w = json_new(&b);
        json_object_begin(&w);
        json_string_member(&w, "severity", severity_word(one->severity));
        json_string_member(&w, "code", one->code);
        json_string_member(&w, "file", one->place.file == NULL ? NULL : one->place.file->path);
        write_number(&w, "line", one->place, r.line);
        write_number(&w, "column", one->place, r.column);
        write_number(&w, "end_line", one->place, r.end_line);
        write_number(&w, "end_column", one->place, r.end_column);
        json_string_member(&w, "message", one->message);
        json_string_member(&w, "hint", one->hint);
        json_string_member(&w, "second_file",
                           one->second_place.file == NULL ? NULL : one->second_place.file->path);
        write_number(&w, "second_line", one->second_place, second.line);
        write_number(&w, "second_column", one->second_place, second.column);
        json_string_member(&w, "second_message", one->second_label);
        json_object_end(&w);
        fprintf(out, "%s\n", b.bytes);
    }
}

static void write_sarif_location(json_writer *w, span s, const char *label)
{
    range r = range_of(s);
    json_object_begin(w);
    json_key(w, "physicalLocation");
    json_object_begin(w);
    json_key(w, "artifactLocation");
    json_object_begin(w);
    json_string_member(w, "uri", s.file->path);
    json_object_end(w);
    json_key(w, "region");
    json_object_begin(w);
    json_integer_member(w, "startLine", (int64_t)r.line);
    json_integer_member(w, "startColumn", (int64_t)r.column);
    json_integer_member(w, "endLine", (int64_t)r.end_line);
    json_integer_member(w, "endColumn", (int64_t)r.end_column);
    json_object_end(w);
    json_object_end(w);
    if (label != NULL) {
        json_key(w, "message");
        json_object_begin(w);
        json_string_member(w, "text", label);
        json_object_end(w);
    }
    json_object_end(w);
}

static void write_sarif_result(json_writer *w, arena *a, const diagnostic *one)
{
    json_object_begin(w);
    json_string_member(w, "ruleId", one->code);
    json_string_member(w, "level", severity_word(one->severity));
    json_key(w, "message");
    json_object_begin(w);
    json_string_member(
        w, "text", one->hint == NULL ? one->message : arena_format(a, "%s (%s)", one->message, one->hint));
    json_object_end(w);
    json_key(w, "locations");
    json_array_begin(w);
    if (one->place.file != NULL)
        write_sarif_location(w, one->place, NULL);
    json_array_end(w);
    if (one->second_place.file != NULL) {
        json_key(w, "relatedLocations");
        json_array_begin(w);
        write_sarif_location(w, one->second_place,
                             one->second_label == NULL ? "see here" : one->second_label);
        json_array_end(w);
    }
    json_object_end(w);
}

static void write_sarif_rules(json_writer *w, const sorted_diagnostics *d)
{
    json_key(w, "rules");
    json_array_begin(w);
    for (size_t i = 0; i < d->count; i++) {
        bool written = false;
        for (size_t j = 0; j < i && !written; j++)
            written = strcmp(d->items[j]->code, d->items[i]->code) == 0;
        if (written)
            continue;
        const char *meaning = diagnostic_code_meaning(d->items[i]->code);
        json_object_begin(w);
        json_string_member(w, "id", d->items[i]->code);
        json_key(w, "shortDescription");
        json_object_begin(w);
        json_string_member(w, "text", meaning == NULL ? d->items[i]->code : meaning);
        json_object_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}

void show_sarif(const sorted_diagnostics *d, FILE *out)
{
    builder b = builder_new(d->memory);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_string_member(&w, "$schema", SARIF_SCHEMA);
    json_string_member(&w, "version", "2.1.0");
    json_key(&w, "runs");
    json_array_begin(&w);
    json_object_begin(&w);
    json_key(&w, "tool");
    json_object_begin(&w);
    json_key(&w, "driver");
    json_object_begin(&w);
    json_string_member(&w, "name", "migen");
    write_sarif_rules(&w, d);
    json_object_end(&w);
    json_object_end(&w);
    json_string_member(&w, "columnKind", "unicodeCodePoints");
    json_key(&w, "results");
    json_array_begin(&w);
    for (size_t i = 0; i < d->count; i++)
        write_sarif_result(&w, d->memory, d->items[i]);
    json_array_end(&w);
    json_object_end(&w);
    json_array_end(&w);
    json_object_end(&w);
    fprintf(out, "%s\n", b.bytes);
}

/* A workflow command ends at the line's end; in its properties : and , separate. */
static char *github_escaped(arena *a, const char *text, bool property)
{
    builder b = builder_new(a);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '%' || *c == '\r' || *c == '\n' || (property && (*c == ':' || *c == ',')))
            builder_add_format(&b, "%%%02X", (unsigned)(unsigned char)*c);
        else
            builder_add_character(&b, *c);
    }
    return b.bytes;
}

void show_github(const sorted_diagnostics *d, FILE *out)
{
    for (size_t i = 0; i < d->count; i++) {
        const diagnostic *one = d->items[i];
        const char *word = one->severity == SEVERITY_NOTE ? "notice" : severity_word(one->severity);
        const char *code = github_escaped(d->memory, one->code, true);
        if (one->place.file == NULL) {
            fprintf(out, "::%s title=%s::", word, code);
        } else {
            range r = range_of(one->place);
            fprintf(out, "::%s file=%s,line=%zu,col=%zu,endLine=%zu,endColumn=%zu,title=%s::", word,
                    github_escaped(d->memory, one->place.file->path, true), r.line, r.column, r.end_line,
                    r.end_column, code);
        }
        fputs(github_escaped(d->memory, one->message, false), out);
        if (one->hint != NULL)
            fprintf(out, " (%s)", github_escaped(d->memory, one->hint, false));
        fputc('\n', out);
    }
}

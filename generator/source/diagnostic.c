#include "diagnostic.h"

#include <stdarg.h>
#include <string.h>

typedef struct code_line {
    const char *code, *meaning;
} code_line;

static const code_line codes[] = {
#define DIAGNOSTIC(code, meaning) {code, meaning},
#include "diagnostics.def"
#undef DIAGNOSTIC
};

diagnostics diagnostics_new(arena *a)
{
    return (diagnostics){.memory = a, .places = map_new(a)};
}

static char *place_key(const diagnostics *d, span place, const char *code, const char *message)
{
    return arena_format(d->memory, "%s %p %zu %zu %s", code, (const void *)place.file, place.start, place.end,
                        message);
}

static diagnostic *report(diagnostics *d, severity severity, const char *code, span place, char *message)
{
    /* Problems of the project as a whole share one place: they differ by what they say. */
    const char *key = place_key(d, place, code, place.file == NULL ? message : "");
    const size_t *known = map_get(&d->places, key);
    if (known != NULL)
        return &d->list.items[*known];
    size_t *index = ARENA_NEW(d->memory, size_t);
    *index = d->list.count;
    map_set(&d->places, key, index);
    if (severity == SEVERITY_ERROR)
        map_set(&d->places, place_key(d, place, "", ""), index);
    diagnostic fresh = {.severity = severity, .code = code, .place = place, .message = message};
    vector_push(d->memory, &d->list, fresh);
    if (severity == SEVERITY_ERROR)
        d->error_count++;
    else if (severity == SEVERITY_WARNING)
        d->warning_count++;
    return &d->list.items[d->list.count - 1];
}

bool diagnostics_has_error_at(const diagnostics *d, span place)
{
    return map_has(&d->places, place_key(d, place, "", ""));
}

diagnostic *report_error(diagnostics *d, const char *code, span place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = arena_format_list(d->memory, format, arguments);
    va_end(arguments);
    return report(d, SEVERITY_ERROR, code, place, message);
}

diagnostic *report_warning(diagnostics *d, const char *code, span place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = arena_format_list(d->memory, format, arguments);
    va_end(arguments);
    return report(d, SEVERITY_WARNING, code, place, message);
}

void diagnostic_hint(diagnostics *d, diagnostic *which, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    which->hint = arena_format_list(d->memory, format, arguments);
    va_end(arguments);
}

void diagnostic_second(diagnostic *which, span place, const char *label)
{
    which->second_place = place;
    which->second_label = label;
}

bool diagnostic_code_known(const char *code)
{
    return diagnostic_code_meaning(code) != NULL;
}

const char *diagnostic_code_meaning(const char *code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (text_equal(codes[i].code, code))
            return codes[i].meaning;
    return NULL;
}

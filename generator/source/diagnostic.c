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
    return (diagnostics){.memory = a};
}

static bool same_place(span a, span b)
{
    return a.file == b.file && a.start == b.start && a.end == b.end;
}

static diagnostic *report(diagnostics *d, severity severity, const char *code, span place, char *message)
{
    for (size_t i = d->list.count; i > 0; i--) {
        diagnostic *other = &d->list.items[i - 1];
        /* Problems of the project as a whole share one place: they differ by what they say. */
        if (same_place(other->place, place) && strcmp(other->code, code) == 0 &&
            (place.file != NULL || strcmp(other->message, message) == 0))
            return other;
    }
    diagnostic fresh = {.severity = severity, .code = code, .place = place, .message = message};
    vector_push(d->memory, &d->list, fresh);
    if (severity == SEVERITY_ERROR)
        d->error_count++;
    else if (severity == SEVERITY_WARNING)
        d->warning_count++;
    return &d->list.items[d->list.count - 1];
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

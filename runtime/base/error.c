#include "error.h"

error error_new(arena *memory)
{
    return (error){.memory = memory};
}

status error_set(error *e, status code, const char *format, ...)
{
    if (e->code != STATUS_OK)
        return e->code;
    va_list arguments;
    va_start(arguments, format);
    e->message = arena_format_list(e->memory, format, arguments);
    va_end(arguments);
    e->code = code;
    return code;
}

void error_hint(error *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    e->hint = arena_format_list(e->memory, format, arguments);
    va_end(arguments);
}

void error_detail(error *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    e->detail = arena_format_list(e->memory, format, arguments);
    va_end(arguments);
}

void error_clear(error *e)
{
    *e = error_new(e->memory);
}

const char *status_meaning(status code)
{
    switch (code) {
#define EXIT(name, number, meaning, again)                                                                   \
    case STATUS_##name:                                                                                      \
        return meaning;
#include "exits.def"
#undef EXIT
    }
    return NULL;
}

bool status_worth_trying_again(status code)
{
    switch (code) {
#define EXIT(name, number, meaning, again)                                                                   \
    case STATUS_##name:                                                                                      \
        return again;
#include "exits.def"
#undef EXIT
    }
    return false;
}

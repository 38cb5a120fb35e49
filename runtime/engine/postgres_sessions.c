#include "postgres_sessions.h"

#include "text.h"

const char *postgres_session_state(const driver_result *found, size_t row, size_t column)
{
    return driver_value(found, row, column + 4);
}

char *postgres_session_words(arena *a, const driver_result *found, size_t row, size_t column)
{
    bool is_seen = !text_equal(postgres_session_state(found, row, column), "unknown");
    const char *name = driver_value(found, row, column + 1), *process = driver_value(found, row, column);
    builder b = builder_new(a);
    builder_add(&b, name == NULL ? "a session" : name);
    builder_add_format(&b, " (process %s", process == NULL ? "unknown" : process);
    if (driver_value(found, row, column + 2) != NULL)
        builder_add_format(&b, ", user %s", driver_value(found, row, column + 2));
    if (is_seen)
        builder_add_format(&b, ", on %s", driver_value(found, row, column + 3));
    builder_add(&b, ")");
    return b.bytes;
}

#include "duration.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    double milliseconds;
} duration_units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}};

/* The longest that is meant seriously: 1,000 days. */
#define DURATION_LONGEST (86400000.0 * 1000)

bool duration_parse(const char *text, int64_t *milliseconds)
{
    size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || digits > 15 || text[0] == '.')
        return false;
    char *end = NULL;
    double number = strtod(text, &end);
    if (end != text + digits)
        return false;
    for (size_t i = 0; i < sizeof duration_units / sizeof *duration_units; i++) {
        if (strcmp(end, duration_units[i].name) != 0)
            continue;
        double value = number * duration_units[i].milliseconds;
        if (value > DURATION_LONGEST)
            return false;
        *milliseconds = (int64_t)(value + 0.5);
        return true;
    }
    return false;
}

char *duration_text(arena *a, double milliseconds)
{
    if (milliseconds < 1000)
        return arena_format(a, "%.1f ms", milliseconds);
    if (milliseconds < 60000)
        return arena_format(a, "%.2f s", milliseconds / 1000);
    long seconds = (long)(milliseconds / 1000);
    return arena_format(a, "%ld min %ld s", seconds / 60, seconds % 60);
}

double clock_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000.0 + (double)now.tv_nsec / 1000000.0;
}

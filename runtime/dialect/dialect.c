/* The dispatch of operations to their families, and the words for locks. */
#include "dialect_parts.h"

#include <stddef.h>

typedef void (*dialect_family)(const dialect_request *, sql_list *);

static const dialect_family dialect_postgres_families[] = {
    [MIGEN_NOTHING] = postgres_write_flow,
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = postgres_write_##meaning,
#include "ops.def"
#undef OPERATION
};

static const dialect_family dialect_sqlite_families[] = {
    [MIGEN_NOTHING] = sqlite_write_flow,
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = sqlite_write_##meaning,
#include "ops.def"
#undef OPERATION
};

void postgres_write(const dialect_request *request, sql_list *out)
{
    dialect_postgres_families[request->step->operation](request, out);
}

void sqlite_write(const dialect_request *request, sql_list *out)
{
    dialect_sqlite_families[request->step->operation](request, out);
}

void dialect_write(const dialect_request *request, sql_list *out)
{
    if (request->before->engine == MIGEN_SQLITE)
        sqlite_write(request, out);
    else
        postgres_write(request, out);
}

const char *lock_words(lock_mode lock)
{
    switch (lock) {
    case LOCK_SHARE_UPDATE_EXCLUSIVE:
        return "SHARE UPDATE EXCLUSIVE";
    case LOCK_SHARE:
        return "SHARE";
    case LOCK_SHARE_ROW_EXCLUSIVE:
        return "SHARE ROW EXCLUSIVE";
    case LOCK_ACCESS_EXCLUSIVE:
        return "ACCESS EXCLUSIVE";
    case LOCK_NONE:
        break;
    }
    return "none";
}

bool lock_blocks_reads(lock_mode lock)
{
    return lock == LOCK_ACCESS_EXCLUSIVE;
}

bool lock_blocks_writes(lock_mode lock)
{
    return lock >= LOCK_SHARE;
}

/* Messages, summaries and branches are the engine's own work: no SQL stands for them. */
void postgres_write_report(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

void postgres_write_flow(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

void sqlite_write_report(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

void sqlite_write_flow(const dialect_request *r, sql_list *out)
{
    (void)r;
    (void)out;
}

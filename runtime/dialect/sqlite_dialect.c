/* SQLite: the dispatch of operations to their families. */
#include "sqlite_parts.h"

static const dialect_family sqlite_families[] = {
    [MIGEN_NOTHING] = sqlite_write_flow,
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = sqlite_write_##meaning,
#include "ops.def"
#undef OPERATION
};

void sqlite_write(const dialect_request *request, sql_list *out)
{
    sqlite_families[request->step->operation](request, out);
}

/* Messages, summaries and branches are the engine's own work: no SQL stands for them. */
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

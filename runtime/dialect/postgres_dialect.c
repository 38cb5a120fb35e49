/* PostgreSQL: the dispatch of operations to their families. */
#include "postgres_parts.h"

static const dialect_family postgres_families[] = {
    [MIGEN_NOTHING] = postgres_write_flow,
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = postgres_write_##meaning,
#include "ops.def"
#undef OPERATION
};

void postgres_write(const dialect_request *request, sql_list *out)
{
    postgres_families[request->step->operation](request, out);
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

/*
 * canonical.c: answers the memo's questions.
 */
#include "postgres_catalog.h"

/* Without a server that prints expressions there are no answers: the questions are marked as not to be asked.
 */
static void canonical_give_up(expression_memo *memo)
{
    for (size_t i = 0; i < memo->questions.count; i++)
        map_set(&memo->answers, memo->questions.items[i].key, arena_string(memo->memory, ""));
}

status catalog_learn(driver *d, const schema *wanted, expression_memo *memo, error *e)
{
    status s = STATUS_OK;
    (void)d;
    (void)wanted; /* each question brings its own table */
    (void)e;
    if (memo->questions.count == 0)
        return STATUS_OK;
#ifndef MIGEN_NO_POSTGRES
    if (driver_engine(d) == MIGEN_POSTGRES) {
        uint64_t writes = driver_statement_count(d);
        s = postgres_learn(d, memo, e);
        driver_forget_statements(d, writes); /* temporary tables in a transaction that was rolled back */
    } else
#endif
        canonical_give_up(memo);
    if (s == STATUS_OK)
        memo->questions.count = 0;
    return s;
}

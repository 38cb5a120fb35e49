/* A name that another kind of thing has: said with what is wanted and what is found, as any difference. */
#include "safe_parts.h"

bool safe_name_is_taken(const safe_context *c, migen_kind kind, const char *object)
{
    return schema_name_taken(c->live, kind, name_parse(c->memory, object)) != NULL;
}

status safe_name_taken(safe_context *c, decision *d, migen_kind kind, const char *object, const char *words,
                       const char *wanted, error *e)
{
    difference_list wrong = {0};
    difference x = {.kind = kind,
                    .object = words,
                    .wanted = wanted,
                    .found = schema_name_taken(c->live, kind, name_parse(c->memory, object))};
    vector_push(c->memory, &wrong, x);
    return safe_differences(c, d, &wrong, e);
}

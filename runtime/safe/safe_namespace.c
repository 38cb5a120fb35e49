/* Schemas, extensions and sequences: there or not there is all that is asked of them. */
#include "safe_parts.h"

typedef struct namespace_words {
    migen_kind kind;
    bool creates;
} namespace_words;

static namespace_words namespace_of(migen_operation operation)
{
    switch (operation) {
    case MIGEN_CREATE_SCHEMA:
        return (namespace_words){MIGEN_KIND_SCHEMA, true};
    case MIGEN_DROP_SCHEMA:
        return (namespace_words){MIGEN_KIND_SCHEMA, false};
    case MIGEN_CREATE_EXTENSION:
        return (namespace_words){MIGEN_KIND_EXTENSION, true};
    case MIGEN_DROP_EXTENSION:
        return (namespace_words){MIGEN_KIND_EXTENSION, false};
    case MIGEN_CREATE_SEQUENCE:
        return (namespace_words){MIGEN_KIND_SEQUENCE, true};
    default:
        return (namespace_words){MIGEN_KIND_SEQUENCE, false};
    }
}

status decide_namespace(safe_context *c, const migen_step *step, decision *d, error *e)
{
    namespace_words words = namespace_of(step->operation);
    const char *object = arena_format(c->memory, "%s %s", kind_words(words.kind), step->object);
    if (ENGINE_IS_SQLITE(c->engine) && words.kind == MIGEN_KIND_EXTENSION) {
        safe_say(c, d, OUTCOME_SKIPPED, object, "SQLite has no extensions to create");
        return STATUS_OK;
    }
    bool there = schema_has(c->live, words.kind, step->object, NULL);
    if (there && words.creates) {
        const schema_sequence *wanted = schema_find_sequence(c->expected, step->object);
        const schema_sequence *found = schema_find_sequence(c->live, step->object);
        difference_list differences = {0};
        comparison x = safe_comparison(c, &differences);
        if (words.kind == MIGEN_KIND_SEQUENCE && wanted != NULL && found != NULL)
            compare_sequence(&x, wanted, found);
        if (differences.count != 0)
            return safe_differences(c, d, &differences, e);
        safe_say(c, d, OUTCOME_SKIPPED, object, "already there");
        return STATUS_OK;
    }
    if (!there && !words.creates) {
        safe_say(c, d, OUTCOME_SKIPPED, object, "not there");
        return STATUS_OK;
    }
    if (words.creates && words.kind == MIGEN_KIND_SEQUENCE && safe_name_is_taken(c, words.kind, step->object))
        return safe_name_taken(c, d, words.kind, step->object, step->object, "a sequence", e);
    return safe_do(c, d, step, words.creates ? OUTCOME_CREATED : OUTCOME_DROPPED, object, e);
}

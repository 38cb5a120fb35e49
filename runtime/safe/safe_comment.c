/* Comments on tables and columns (PostgreSQL). */
#include "safe_parts.h"

status decide_comment(safe_context *c, const migen_step *step, decision *d, error *e)
{
    const migen_step *now = safe_step_now(c, step);
    bool of_column = step->operation == MIGEN_COMMENT_ON_COLUMN;
    const char *words = of_column ? safe_part_words(c, "comment on column", now->object, now->part)
                                  : arena_format(c->memory, "comment on table %s", now->object);
    if (ENGINE_IS_SQLITE(c->engine)) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "SQLite has no comments");
        return STATUS_OK;
    }
    const schema_table *table = safe_need_table(c, now->object, step, e);
    if (table == NULL)
        return e->code;
    const char *found = table->comment;
    if (of_column) {
        const migen_column *column = table_find_column(table, now->part);
        if (column == NULL)
            return error_set(e, STATUS_FAILED, "%s: there is no such column", step_words(c->memory, step));
        found = column->comment;
    }
    if (text_equal(found, now->text) || (text_is_empty(found) && text_is_empty(now->text))) {
        safe_say(c, d, OUTCOME_SKIPPED, words, "already so");
        return STATUS_OK;
    }
    return safe_do(c, d, now, OUTCOME_ALTERED, words, e);
}

#include "failure.h"

#include "text.h"
#include "utf8.h"

#include <string.h>

#define FAILURE_LONGEST 1000 /* bytes of what is said */

static bool failure_is_to_be_kept(const migen *run)
{
    bool nothing = run_is_one_transaction(run) && !run->has_committed && run->durable == NULL;
    if (run->error.code != STATUS_FAILED || run->migration == NULL || run->reads_only || nothing ||
        (run->has_failed && run->failed.of_history) || run->driver == NULL || !driver_is_alive(run->driver))
        return false;
    return ENGINE_IS_SQLITE(run->engine) || (run->locked && !run->lock_is_lost);
}

/* "[23514] check constraint …; 2 rows of people have no name; id: 1, 2", in one line. */
static char *failure_words(migen *run)
{
    const error *e = &run->error;
    builder b = builder_new(run->memory);
    if (!text_is_empty(e->sqlstate))
        builder_add_format(&b, "[%s] ", e->sqlstate);
    builder_add(&b, e->message == NULL ? "" : e->message);
    if (!text_is_empty(e->detail))
        builder_add_format(&b, "; %s", e->detail);
    size_t length = 0, all = strlen(b.bytes);
    while (length < all && length < FAILURE_LONGEST) {
        size_t next = utf8_character(b.bytes + length, all - length, NULL);
        length += next == 0 ? 1 : next;
    }
    char *words = arena_copy(run->memory, b.bytes, length);
    for (char *c = words; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\r' || *c == '\t' ? ' ' : *c;
    return words;
}

/* Whether something of the migration, or of its way down, is committed: else the next run has nothing to go on with. */
static const char *failure_outcome(const migen *run)
{
    bool stands = run->durable != NULL || run->left_behind != NULL || run->in_doubt;
    if (run->going_down)
        return stands ? "reverting" : "kept";
    return stands ? "started" : "undone";
}

void failure_record(migen *run)
{
    if (!failure_is_to_be_kept(run))
        return;
    const migen_migration *m = run->migration;
    const error first = run->error;
    history_entry entry = {.id = m->id,
                           .hash = m->hash,
                           .release = run->release->release,
                           .direction = "failed",
                           .outcome = failure_outcome(run),
                           .duration_ms = "0",
                           .who = history_who(run->memory),
                           .step = run->has_failed && run->failed.row != NO_STATEMENT ? run->failed.row
                                                                                      : run->row,
                           .branches = "",
                           .reason = failure_words(run)};
    error_clear(&run->error);
    run->batch.count = 0;
    batch_begin(run);
    batch_push(run, history_insert_statement(run->memory, run->engine, &run->history, &entry), NO_STATEMENT,
               false);
    batch_commit(run);
    if (batch_flush(run, false, NULL) != STATUS_OK)
        run_rollback(run);
    run->error = first;
}

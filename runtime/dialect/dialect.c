/* Each engine's dialect behind one door, and the words for locks. */
#include "dialect.h"

#include "text.h"

void dialect_write(const dialect_request *request, sql_list *out)
{
    ENGINE_OWN(request->before->engine, write)(request, out);
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

static void lock_add(builder *b, lock_mode lock, const char *objects, const sql_statement *work)
{
    builder_add_format(b, "%s%s on %s, blocks %s%s", b->length == 0 ? "" : "; ", lock_words(lock), objects,
                       lock_blocks_reads(lock)    ? "reads and writes"
                       : lock_blocks_writes(lock) ? "writes"
                                                  : "neither reads nor writes",
                       work == NULL     ? ""
                       : work->rewrites ? ", rewrites the table"
                       : work->scans    ? ", reads the whole table"
                                        : "");
}

char *lock_text(arena *a, const sql_statement *statement)
{
    builder b = builder_new(a);
    if (statement->lock == LOCK_NONE || statement->lock_object == NULL)
        return b.bytes;
    const char *also = statement->also == NULL ? NULL : list_join(a, statement->also, " and ");
    if (also != NULL && statement->also_lock == statement->lock) {
        lock_add(&b, statement->lock, arena_format(a, "%s and %s", statement->lock_object, also), statement);
        return b.bytes;
    }
    lock_add(&b, statement->lock, statement->lock_object, statement);
    if (also != NULL)
        lock_add(&b, statement->also_lock, also, NULL);
    return b.bytes;
}

bool lock_blocks_reads(lock_mode lock)
{
    return lock == LOCK_ACCESS_EXCLUSIVE;
}

bool lock_blocks_writes(lock_mode lock)
{
    return lock >= LOCK_SHARE;
}

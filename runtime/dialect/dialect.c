/* Each engine's dialect behind one door, and the words for locks. */
#include "dialect.h"

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

bool lock_blocks_reads(lock_mode lock)
{
    return lock == LOCK_ACCESS_EXCLUSIVE;
}

bool lock_blocks_writes(lock_mode lock)
{
    return lock >= LOCK_SHARE;
}

#include "journal.h"

#include "sql_normal.h"
#include "text.h"
#include "way_text.h"

#include <string.h>

#define MARK_LENGTH 8

static bool journal_counts(const migen_step *step)
{
    return step->operation != MIGEN_SAY && step->operation != MIGEN_MIGRATION_SUMMARY;
}

static const char *journal_normal(arena *a, const char *sql)
{
    return sql == NULL ? NULL : sql_normal(a, sql, MIGEN_POSTGRES | MIGEN_SQLITE);
}

static char *journal_mark(arena *a, const migen_step *step)
{
    migen_step bare = *step;
    if (step->operation == MIGEN_RUN)
        bare.text = NULL;
    VECTOR(const char *) sql = {0};
    for (size_t i = 0; step->sql != NULL && step->sql[i] != NULL; i++)
        vector_push(a, &sql, journal_normal(a, step->sql[i]));
    vector_push(a, &sql, NULL);
    bare.sql = step->sql == NULL ? NULL : sql.items;
    bare.when = journal_normal(a, step->when);
    bare.unless = journal_normal(a, step->unless);
    const char *text = way_step_text(a, &bare);
    uint64_t hash = hash_bytes(text, strlen(text));
    return arena_format(a, "%08x", (unsigned)(hash ^ hash >> 32));
}

char *journal_marks(arena *a, const migen_step *rows, size_t count, size_t done)
{
    builder b = builder_new(a);
    size_t i = 0;
    for (; i < done && i < count; i++)
        if (journal_counts(&rows[i]))
            builder_add_format(&b, "%s ", journal_mark(a, &rows[i]));
    builder_add(&b, ">");
    while (i < count && !journal_counts(&rows[i]))
        i++;
    if (i < count)
        builder_add_format(&b, " %s", journal_mark(a, &rows[i]));
    return b.bytes;
}

const history_entry *journal_find(arena *a, const history *h, const migen_migration *m, bool going_down)
{
    const history_entry *begun = map_get(&h->journal, m->id);
    if (begun == NULL || begun->going_down != going_down)
        return NULL;
    const bool same_hash = text_equal(begun->hash, m->hash);
    if (begun->marks == NULL)
        return same_hash ? begun : NULL;
    const migen_step *rows = going_down ? m->down : m->up;
    const size_t count = going_down ? m->down_count : m->up_count;
    const bool same = same_hash && !going_down; /* the hash is of the way up alone */
    const char *mark = begun->marks;
    bool any = false, differs = false;
    size_t row = 0;
    for (;; row++) {
        while (row < count && !journal_counts(&rows[row]))
            row++;
        if (*mark == '>' || *mark == '\0' || row == count)
            break;
        if (!same && strncmp(mark, journal_mark(a, &rows[row]), MARK_LENGTH) != 0) {
            differs = true;
            break;
        }
        any = true;
        mark += strcspn(mark, " ");
        mark += strspn(mark, " ");
    }
    const bool shortened = differs || (*mark != '>' && *mark != '\0');
    if (shortened && !any)
        return NULL;
    history_entry *here = ARENA_NEW(a, history_entry);
    *here = *begun;
    here->step = row;
    here->is_shortened = shortened;
    const char *next = *mark == '>' ? mark + 1 + strspn(mark + 1, " ") : "";
    here->is_other =
        shortened || (!same && !text_equal(next, row == count ? "" : journal_mark(a, &rows[row])));
    if (here->is_other)
        here->reason = NULL; /* how far a backfill was that is not this one */
    return here;
}

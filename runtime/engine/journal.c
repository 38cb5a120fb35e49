#include "journal.h"

#include "flow.h"
#include "sql_normal.h"
#include "text.h"
#include "version.h"
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

/* False: none of these rows is done. */
static bool journal_locate(arena *a, const history_entry *begun, const migen_migration *m, bool same,
                           history_entry *here)
{
    const migen_step *rows = begun->going_down ? m->down : m->up;
    const size_t count = begun->going_down ? m->down_count : m->up_count;
    *here = *begun;
    here->at = begun->step;
    if (begun->marks == NULL)
        return text_equal(begun->hash, m->hash);
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
    here->step = here->at = row;
    here->is_shortened = shortened;
    const char *next = *mark == '>' ? mark + 1 + strspn(mark + 1, " ") : "";
    here->is_other =
        shortened || (!same && !text_equal(next, row == count ? "" : journal_mark(a, &rows[row])));
    if (here->is_other)
        here->reason = NULL; /* how far a backfill was that is not this one */
    return any || !shortened;
}

/* ---- turning back ---- */

/* Rows that only lead to others. */
static bool journal_leads(const migen_step *step)
{
    return flow_is_condition(step) || step->operation == MIGEN_ELSE || step->operation == MIGEN_END_IF ||
           step->operation == MIGEN_ON_ENGINE || step->operation == MIGEN_END_ON;
}

/* The row of the way up that this one of the way down belongs to; NOT_FOUND: it is in nobody's line. */
static size_t journal_up_of(const migen_migration *m, size_t down)
{
    size_t found = NOT_FOUND;
    for (size_t i = 0; m->up_lines != NULL && m->down_lines != NULL && i < m->up_count; i++) {
        if (journal_leads(&m->up[i]) || m->up_lines[i] != m->down_lines[down])
            continue;
        if (found != NOT_FOUND)
            return NOT_FOUND; /* two in one line */
        found = i;
    }
    return found;
}

static bool journal_is_derived(const migen_migration *m)
{
    for (size_t i = 0; i < m->down_count; i++)
        if (!journal_leads(&m->down[i]) && journal_up_of(m, i) == NOT_FOUND)
            return false;
    return m->down_count == 0 || m->up_lines != NULL;
}

/* SQL and C of the author's are one with their transaction: what was begun of them was rolled back. */
static bool journal_leaves_nothing(const migen_migration *m, const migen_step *step)
{
    return step->operation == MIGEN_CALL || (step->operation == MIGEN_RUN && !m->transaction_none);
}

const migen_migration *journal_way_back(arena *a, const migen_migration *m, size_t begun)
{
    if (begun >= m->up_count || !journal_is_derived(m))
        return m;
    const size_t end = journal_leaves_nothing(m, &m->up[begun]) ? begun : begun + 1;
    migen_migration *back = ARENA_NEW(a, migen_migration);
    migen_step *rows = ARENA_NEW_ARRAY(a, migen_step, m->down_count + 1);
    unsigned *lines = ARENA_NEW_ARRAY(a, unsigned, m->down_count + 1);
    *back = *m;
    back->down_count = 0;
    for (size_t i = 0; i < m->down_count; i++) {
        if (!journal_leads(&m->down[i]) && journal_up_of(m, i) >= end)
            continue;
        rows[back->down_count] = m->down[i];
        lines[back->down_count++] = m->down_lines[i];
    }
    back->down = rows;
    back->down_lines = lines;
    return back;
}

/* The last intent of this direction before entry `end`, of what is not finished; NOT_FOUND: there is none. */
static size_t journal_before(const history *h, const char *id, size_t end, bool going_down)
{
    for (size_t i = end; i-- > 0;) {
        const history_entry *entry = &h->entries.items[i];
        if (!text_equal(entry->id, id))
            continue;
        if (text_equal(entry->direction, "intent") && entry->going_down == going_down)
            return i;
        if (text_equal(entry->direction, "up") || text_equal(entry->direction, "down"))
            break;
    }
    return NOT_FOUND;
}

/* As much of the way down as what an `up` has done before entry `end` needs; *top: the first row of the way up that is not
 * done. */
static const migen_migration *journal_way_before(arena *a, const history *h, const migen_migration *m,
                                                 size_t end, size_t *top)
{
    const size_t up = journal_before(h, m->id, end, false);
    history_entry here;
    *top = m->up_count;
    if (up == NOT_FOUND)
        return m;
    const history_entry *begun = &h->entries.items[up];
    if (!journal_locate(a, begun, m, text_equal(begun->hash, m->hash), &here))
        return m;
    *top = here.step + 1 < m->up_count ? here.step + 1 : m->up_count;
    return journal_way_back(a, m, here.step);
}

const migen_migration *journal_begun(arena *a, const history *h, const migen_migration *m)
{
    size_t top = 0;
    return map_has(&h->journal, m->id) ? journal_way_before(a, h, m, h->entries.count, &top) : m;
}

size_t journal_rows_done(arena *a, const history *h, const migen_migration *m)
{
    size_t top = m->up_count;
    (void)journal_way_before(a, h, m, h->entries.count, &top);
    return top;
}

/* Where the way up goes on behind a way down that entry `down` has left. */
static history_entry *journal_turned(arena *a, const history *h, const migen_migration *m, size_t down)
{
    size_t top = 0;
    const migen_migration *way = journal_way_before(a, h, m, down, &top);
    const history_entry *applied = map_get(&h->applied, m->id);
    const size_t up = journal_before(h, m->id, down, false);
    history_entry *here = ARENA_NEW(a, history_entry);
    const bool known = journal_locate(a, &h->entries.items[down], way, false, here);
    size_t done = known ? here->step : 0;
    here->is_turned = true;
    here->reason = NULL;
    here->step = here->at = 0;
    here->is_other = here->is_shortened = false;
    here->branches = up != NOT_FOUND   ? h->entries.items[up].branches
                     : applied != NULL ? applied->branches
                                       : NULL;
    if (!known || !journal_is_derived(way)) {
        here->data_until = known && done == 0 ? top : 0;
        here->is_in_doubt = !known || done != 0;
        return here;
    }
    while (done < way->down_count && journal_leads(&way->down[done]))
        done++;
    if (done == way->down_count)
        return here;
    const size_t at = journal_up_of(way, done);
    here->step = top;
    for (size_t i = 0; i < done; i++) {
        const size_t undone = journal_leads(&way->down[i]) ? NOT_FOUND : journal_up_of(way, i);
        if (undone > at && undone < here->step)
            here->step = undone;
    }
    here->at = journal_leaves_nothing(m, &way->down[done]) ? here->step : at;
    here->is_other = here->at == here->step; /* that one was not begun, but is gone */
    return here;
}

const history_entry *journal_find(arena *a, const history *h, const migen_migration *m, bool going_down)
{
    const history_entry *begun = map_get(&h->journal, m->id);
    if (begun == NULL || (going_down && !begun->going_down))
        return NULL;
    const size_t down = going_down ? NOT_FOUND : journal_before(h, m->id, h->entries.count, true);
    history_entry *turned = down == NOT_FOUND ? NULL : journal_turned(a, h, m, down);
    if (begun->going_down != going_down)
        return turned;
    history_entry *here = ARENA_NEW(a, history_entry);
    const bool same = text_equal(begun->hash, m->hash) && !going_down; /* the hash is of the way up alone */
    if (!journal_locate(a, begun, m, same, here))
        return turned;
    if (turned != NULL) {
        here->step = turned->step > here->step ? turned->step : here->step;
        here->data_until = turned->data_until;
    }
    return here;
}

static bool journal_is_unguarded(const migen_step *rows, size_t row)
{
    return rows[row].operation == MIGEN_BACKFILL || flow_is_unguarded(rows, row);
}

bool journal_skips(const history_entry *here, const migen_step *rows, size_t row)
{
    if (here == NULL || row == here->at)
        return false;
    return row < here->step || (row < here->data_until && journal_is_unguarded(rows, row));
}

bool journal_is_in_doubt(arena *a, const history *h, const migen_migration *m, bool going_down)
{
    if (!map_has(&h->journal, m->id))
        return false;
    const history_entry *here = journal_find(a, h, m, going_down);
    if (!going_down) {
        for (size_t i = 0; here != NULL && here->is_in_doubt && i < m->up_count; i++)
            if (journal_is_unguarded(m->up, i))
                return true;
        return false;
    }
    const size_t up = journal_before(h, m->id, h->entries.count, false);
    history_entry begun;
    if (here != NULL || up == NOT_FOUND)
        return false;
    const history_entry *last = &h->entries.items[up];
    if (m->up_count != 0 && journal_is_derived(m) &&
        journal_locate(a, last, m, text_equal(last->hash, m->hash), &begun))
        return begun.step < m->up_count && m->transaction_none && flow_is_unguarded(m->up, begun.step);
    for (size_t i = 0; i < m->down_count; i++)
        if (flow_is_unguarded(m->down, i))
            return true;
    return false;
}

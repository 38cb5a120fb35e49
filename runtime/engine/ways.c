#include "ways.h"

#include "journal.h"

#include "sql_writer.h"
#include "text.h"
#include "version.h"
#include "way_text.h"

void run_scope_add(migen *run, const migen_step *steps, size_t count)
{
    VECTOR(const char *) schemas = {0};
    for (size_t i = 0; run->scope.schemas != NULL && run->scope.schemas[i] != NULL; i++)
        vector_push(run->memory, &schemas, run->scope.schemas[i]);
    for (size_t k = 0; k < count; k++) {
        const migen_step *step = &steps[k];
        const char *object = step->table != NULL ? step->table->name : step->object;
        if (object == NULL)
            continue;
        const char *schema = name_parse(run->memory, object).schema;
        bool is_schema = step->operation == MIGEN_CREATE_SCHEMA ||
                         (step->operation == MIGEN_IF_EXISTS && step->kind == MIGEN_KIND_SCHEMA);
        if (schema == NULL && is_schema)
            schema = name_parse(run->memory, object).name;
        bool known = schema == NULL;
        for (size_t s = 0; s < schemas.count && !known; s++)
            known = text_equal(schemas.items[s], schema);
        if (!known)
            vector_push(run->memory, &schemas, schema);
    }
    vector_push(run->memory, &schemas, NULL);
    run->scope.schemas = schemas.items;
}

/* Why a way that was read cannot be gone by this binary; NULL: it can. */
static const char *ways_obstacle(migen *run, const migen_migration *m, const history_entry *entry)
{
    for (size_t i = 0; i < m->down_count; i++)
        if (m->down[i].operation == MIGEN_CALL)
            return arena_format(run->memory,
                                "it calls the C function %s, which only the binary of release %s has",
                                m->down[i].text, entry->release);
    return NULL;
}

static const migen_migration *ways_read(migen *run, const history_entry *entry, const char *text)
{
    migen_migration *m = ARENA_NEW(run->memory, migen_migration);
    const char *wrong = NULL;
    if (text_is_empty(text))
        m->down_never = "the binary that applied it has left none in the database";
    else if (!way_read(run->memory, text, m, &wrong))
        m->down_never =
            arena_format(run->memory, "the one in the database cannot be read by this binary: %s", wrong);
    else if (m->down_never == NULL)
        m->down_never = ways_obstacle(run, m, entry);
    static const char *const nobody[] = {NULL};
    m->id = entry->id;
    m->hash = entry->hash;
    m->title = m->title == NULL ? "" : m->title;
    m->file = m->file == NULL ? m->id : m->file;
    m->after = m->after == NULL ? nobody : m->after;
    return m;
}

/* Whether the entry is the one by which its migration is there: applied, or begun. */
static bool ways_is_last(const migen *run, size_t i)
{
    const history_entry *entry = &run->history.entries.items[i];
    const history_entry *journal = map_get(&run->history.journal, entry->id);
    bool applied = history_is_applied(&run->history, entry->id);
    bool wanted = applied ? text_equal(entry->direction, "up")
                          : journal != NULL && text_equal(entry->direction, "intent");
    for (size_t k = i + 1; k < run->history.entries.count && wanted; k++)
        wanted = !text_equal(run->history.entries.items[k].id, entry->id) ||
                 !text_equal(run->history.entries.items[k].direction, entry->direction);
    return wanted;
}

/* id → the way down that was kept last. */
static status ways_texts(migen *run, map *texts)
{
    *texts = map_new(run->memory);
    sql_writer w = sql_new(run->memory);
    sql_words(&w, "SELECT id, way_down FROM");
    sql_object(&w, run->history.table);
    sql_words(&w, "WHERE direction IN ('up', 'intent') AND way_down IS NOT NULL ORDER BY seq");
    driver_result rows = {0};
    status s = driver_query(run->driver, sql_text(&w), run->memory, &rows, &run->error);
    for (size_t i = 0; s == STATUS_OK && i < rows.row_count; i++)
        map_set(texts, driver_value(&rows, i, 0), (char *)driver_value(&rows, i, 1));
    return s;
}

status ways_load(migen *run, migration_list *out)
{
    out->count = 0;
    migen_release own = *run->release;
    own.migration_count = run->known_count;
    bool any = false;
    for (size_t i = 0; i < run->history.entries.count; i++)
        any = any || version_position(&own, run->history.entries.items[i].id) == NOT_FOUND;
    if (!any)
        return STATUS_OK;
    map texts;
    status s = ways_texts(run, &texts);
    for (size_t i = 0; s == STATUS_OK && i < run->history.entries.count; i++) {
        const history_entry *entry = &run->history.entries.items[i];
        if (version_position(&own, entry->id) == NOT_FOUND && ways_is_last(run, i))
            vector_push(run->memory, out, ways_read(run, entry, map_get(&texts, entry->id)));
    }
    return s;
}

static bool ways_is_edited(const migen *run, const migen_migration *m)
{
    const history_entry *entry = map_get(&run->history.applied, m->id);
    return entry != NULL && !text_is_empty(entry->hash) && !text_equal(entry->hash, m->hash);
}

/* What was edited after it was applied goes back by the way that was kept with what was applied; where none was, by its own. */
static const migen_migration *ways_applied(migen *run, const migen_migration *m, const map *texts)
{
    const char *text = ways_is_edited(run, m) ? map_get(texts, m->id) : NULL;
    if (text_is_empty(text))
        return m;
    const migen_migration *kept = ways_read(run, map_get(&run->history.applied, m->id), text);
    migen_migration *back = ARENA_NEW(run->memory, migen_migration);
    *back = *m;
    back->down = kept->down;
    back->down_count = kept->down_count;
    back->down_lines = NULL;
    back->down_never = kept->down_never;
    back->made = kept->made;
    back->made_count = kept->made_count;
    run_scope_add(run, back->down, back->down_count);
    return back;
}

bool ways_lead_back(migen *run, const migen_migration *m)
{
    return m->down_never == NULL && !journal_is_in_doubt(run->memory, &run->history, m, true);
}

status ways_know(migen *run)
{
    migration_list newer = {0};
    map texts = {0};
    bool edited = false;
    for (size_t i = 0; i < run->known_count; i++)
        edited = edited || ways_is_edited(run, run->own->migrations[i]);
    status s = run->takes_newer ? ways_load(run, &newer) : STATUS_OK;
    if (s == STATUS_OK && edited)
        s = ways_texts(run, &texts);
    if (s != STATUS_OK)
        return s;
    migen_release *all = ARENA_NEW(run->memory, migen_release);
    *all = *run->own;
    all->migration_count = run->known_count + newer.count;
    const migen_migration **list =
        ARENA_NEW_ARRAY(run->memory, const migen_migration *, all->migration_count);
    for (size_t i = 0; i < run->known_count; i++)
        list[i] = journal_begun(run->memory, &run->history,
                                edited ? ways_applied(run, run->own->migrations[i], &texts)
                                       : run->own->migrations[i]);
    for (size_t i = 0; i < newer.count; i++) {
        list[run->known_count + i] = newer.items[i];
        run_scope_add(run, newer.items[i]->down, newer.items[i]->down_count);
        run_scope_add(run, newer.items[i]->made, newer.items[i]->made_count);
    }
    all->migrations = list;
    run->release = all;
    return STATUS_OK;
}

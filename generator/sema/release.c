/*
 * release.c: the order of the passes.
 */
#include "sema.h"

static const migen_engine engine_kinds[ENGINE_COUNT] = {MIGEN_POSTGRES, MIGEN_SQLITE};

static void fill_release(checked_release *r)
{
    arena *a = r->memory;
    const migen_migration **list = ARENA_NEW_ARRAY(a, const migen_migration *, r->migrations.count + 1);
    for (size_t i = 0; i < r->migrations.count; i++) {
        checked_migration *m = r->migrations.items[i];
        m->migration.hash = sema_hash_migration(a, m);
        list[i] = &m->migration;
    }
    r->release = (migen_release){.abi = MIGEN_ABI,
                                 .project = r->project->name,
                                 .release = "0",
                                 .engines = r->project->engines,
                                 .settings = r->project->settings.items,
                                 .setting_count = r->project->settings.count,
                                 .migrations = list,
                                 .migration_count = r->migrations.count};
    r->release.hash = sema_hash_release(a, r);
}

static void play_history(checked_release *r, sema *s)
{
    map poisoned = map_new(r->memory);
    s->poisoned = &poisoned;
    s->made = map_new(r->memory);
    s->stubs = map_new(r->memory);
    for (size_t e = 0; e < ENGINE_COUNT; e++) {
        if (!(r->project->engines & (unsigned)engine_kinds[e]))
            continue;
        s->model[e] = schema_new(r->memory, engine_kinds[e]);
        s->empty[e] = schema_new(r->memory, engine_kinds[e]);
    }
    for (size_t i = 0; i < r->migrations.count; i++)
        sema_play_migration(s, r->migrations.items[i]);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        r->final_schema[e] = s->model[e];
    s->poisoned = NULL;
}

checked_release *release_load(arena *a, const char *folder, diagnostics *d)
{
    sema s = {.memory = a, .out = d};
    checked_release *r = sema_load_files(a, folder, d, &s);
    if (!r)
        return NULL;
    s.release = r;
    if (sema_order(r, d)) /* without an order there is no history to play: what it would find is noise */
        play_history(r, &s);
    fill_release(r);
    return r;
}

checked_release *release_load_graph(arena *a, const char *folder, diagnostics *d)
{
    checked_release *r = sema_load_files(a, folder, d, NULL);
    if (!r)
        return NULL;
    sema_order(r, d);
    fill_release(r);
    return r;
}

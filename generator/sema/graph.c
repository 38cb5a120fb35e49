/*
 * graph.c: who comes after whom.
 *
 * Idea       References become ids, the files are ordered (parents first, then by id), and what cannot be
 * ordered is shown with the way around the circle.
 */
#include "sema.h"

typedef VECTOR(size_t) index_list;

typedef struct graph {
    arena *memory;
    checked_release *release; /* migrations in the order of their ids */
    diagnostics *out;
    index_list *parents; /* of each migration */
    index_list *children;
    map by_id, by_name; /* → index_list: what most references mean is found without looking through all */
    bool broken;        /* a reference leads nowhere: heads cannot be judged */
} graph;

static const char *name_part(const char *id)
{
    const char *underscore = strchr(id, '_');
    return underscore ? underscore + 1 : id;
}

typedef bool (*match)(const char *id, const char *text);

static bool match_whole(const char *id, const char *text)
{
    return text_equal(id, text);
}

static bool match_name(const char *id, const char *text)
{
    return text_equal(name_part(id), text);
}

static bool match_prefix(const char *id, const char *text)
{
    return *text && text_starts_with(id, text);
}

/* The positions of the migrations that text means: the first way of reading it that hits anything decides. */
static index_list look_up(arena *a, const checked_release *r, const char *text)
{
    static const match ways[] = {match_whole, match_name, match_prefix};
    index_list hits = {0};
    for (size_t way = 0; way < sizeof ways / sizeof *ways && hits.count == 0; way++)
        for (size_t i = 0; i < r->migrations.count; i++)
            if (ways[way](r->migrations.items[i]->migration.id, text))
                vector_push(a, &hits, i);
    return hits;
}

size_t release_find(const checked_release *r, const char *text, const checked_migration **found)
{
    arena *a = arena_new();
    index_list hits = look_up(a, r, text);
    if (found)
        *found = hits.count ? r->migrations.items[hits.items[0]] : NULL;
    size_t count = hits.count;
    arena_free(a);
    return count;
}

static void enter(graph *g, map *m, const char *text, size_t i)
{
    index_list *list = map_get(m, text);
    if (list == NULL) {
        list = ARENA_NEW(g->memory, index_list);
        map_set(m, text, list);
    }
    vector_push(g->memory, list, i);
}

/* The same as look_up. */
static index_list refer(const graph *g, const char *text)
{
    const index_list *list = map_get(&g->by_id, text);
    if (list == NULL)
        list = map_get(&g->by_name, text);
    return list != NULL ? *list : look_up(g->memory, g->release, text);
}

static void report_unknown(graph *g, span place, const char *text)
{
    diagnostic *d = report_error(g->out, "unknown-parent", place, "there is no migration \"%s\"", text);
    size_t count = g->release->migrations.count;
    const char **candidates = ARENA_NEW_ARRAY(g->memory, const char *, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        candidates[2 * i] = g->release->migrations.items[i]->migration.id;
        candidates[2 * i + 1] = name_part(candidates[2 * i]);
    }
    const char *nearest = text_nearest(text, candidates, 2 * count);
    if (nearest)
        diagnostic_hint(g->out, d, "did you mean \"%s\"?", nearest);
    else
        diagnostic_hint(g->out, d, "`migen history` lists the migrations; `after none` begins a new root");
}

static void report_ambiguous(graph *g, span place, const char *text, const index_list *hits)
{
    builder list = builder_new(g->memory);
    for (size_t i = 0; i < hits->count && i < 10; i++)
        builder_add_format(&list, "%s%s", i ? ", " : "",
                           g->release->migrations.items[hits->items[i]]->migration.id);
    if (hits->count > 10)
        builder_add_format(&list, " and %zu more", hits->count - 10);
    diagnostic *d = report_error(g->out, "ambiguous-parent", place, "\"%s\" may be any of %zu migrations: %s",
                                 text, hits->count, list.bytes);
    diagnostic_hint(g->out, d, "write the whole id");
}

static bool list_has(const index_list *list, size_t value)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == value)
            return true;
    return false;
}

/* One `after` reference of migration i. */
static void resolve_reference(graph *g, size_t i, const char *text)
{
    const ast_file *file = g->release->migrations.items[i]->file;
    span place = ast_place_of(file, text, file->title_place);
    index_list hits = refer(g, text);
    if (hits.count == 0) {
        report_unknown(g, place, text);
        g->broken = true;
    } else if (hits.count > 1) {
        report_ambiguous(g, place, text, &hits);
        g->broken = true;
    } else if (hits.items[0] == i) {
        diagnostic *d = report_error(g->out, "cycle", place, "a migration cannot come after itself");
        diagnostic_hint(g->out, d, "name the migration that stands before it, or write `after none`");
        g->broken = true;
    } else if (!list_has(&g->parents[i], hits.items[0])) {
        vector_push(g->memory, &g->parents[i], hits.items[0]);
    }
}

static void resolve_parents(graph *g)
{
    for (size_t i = 0; i < g->release->migrations.count; i++) {
        checked_migration *m = g->release->migrations.items[i];
        if (m->file->has_after) {
            for (size_t k = 0; k < m->file->after.count; k++)
                resolve_reference(g, i, m->file->after.items[k]);
        } else if (i > 0) {
            vector_push(g->memory, &g->parents[i], i - 1);
        }
        const char **after = ARENA_NEW_ARRAY(g->memory, const char *, g->parents[i].count + 1);
        for (size_t k = 0; k < g->parents[i].count; k++) {
            size_t parent = g->parents[i].items[k];
            after[k] = g->release->migrations.items[parent]->migration.id;
            vector_push(g->memory, &g->children[parent], i);
        }
        m->migration.after = after;
    }
}

/* Where migration `of` names its parent. */
static span parent_place(const graph *g, size_t of, size_t parent)
{
    const ast_file *file = g->release->migrations.items[of]->file;
    for (size_t k = 0; k < file->after.count; k++) {
        index_list hits = refer(g, file->after.items[k]);
        if (hits.count && hits.items[0] == parent)
            return ast_place_of(file, file->after.items[k], file->title_place);
    }
    return file->title_place;
}

/* Shows one circle among the migrations that could not be placed: from any of them, up through unplaced
 * parents, until one comes again. */
static void report_cycle(graph *g, const bool *placed)
{
    size_t at = 0;
    while (placed[at])
        at++;
    index_list path = {0};
    while (!list_has(&path, at)) {
        vector_push(g->memory, &path, at);
        size_t next = at;
        for (size_t k = 0; k < g->parents[at].count; k++)
            if (!placed[g->parents[at].items[k]])
                next = g->parents[at].items[k];
        at = next;
    }
    size_t first = 0;
    while (path.items[first] != at)
        first++;
    /* The circle begins at its smallest id, so that the same mistake always reads the same. */
    size_t length = path.count - first, smallest = first;
    for (size_t i = first; i < path.count; i++)
        if (path.items[i] < path.items[smallest])
            smallest = i;
    builder text = builder_new(g->memory);
    for (size_t i = 0; i <= length; i++) {
        size_t item = path.items[first + (smallest - first + i) % length];
        builder_add_format(&text, "%s%s", i ? " after " : "",
                           g->release->migrations.items[item]->migration.id);
    }
    size_t from = path.items[smallest], to = path.items[first + (smallest - first + 1) % length];
    diagnostic *d =
        report_error(g->out, "cycle", parent_place(g, from, to), "migrations go in a circle: %s", text.bytes);
    diagnostic_hint(g->out, d, "one of them must come after something else, or `after none`");
}

/* Puts release->migrations in order: of all that may come now, the smallest id. False when there is a circle.
 */
static bool order(graph *g)
{
    checked_release *r = g->release;
    size_t count = r->migrations.count;
    size_t *waits_for = ARENA_NEW_ARRAY(g->memory, size_t, count + 1);
    bool *placed = ARENA_NEW_ARRAY(g->memory, bool, count + 1);
    checked_migration **ordered = ARENA_NEW_ARRAY(g->memory, checked_migration *, count + 1);
    index_list ready = {0}; /* the largest first, so that the next is the last */
    for (size_t i = count; i-- > 0;) {
        waits_for[i] = g->parents[i].count;
        if (waits_for[i] == 0)
            vector_push(g->memory, &ready, i);
    }
    size_t done = 0;
    while (ready.count) {
        size_t next = ready.items[--ready.count];
        placed[next] = true;
        ordered[done++] = r->migrations.items[next];
        for (size_t k = 0; k < g->children[next].count; k++) {
            size_t child = g->children[next].items[k];
            if (--waits_for[child] > 0)
                continue;
            size_t position = ready.count;
            while (position > 0 && ready.items[position - 1] < child)
                position--;
            vector_insert(g->memory, &ready, position, child);
        }
    }
    if (done < count) {
        report_cycle(g, placed);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        r->migrations.items[i] = ordered[i];
    return true;
}

static void report_heads(graph *g, const index_list *heads)
{
    const checked_release *r = g->release;
    builder names = builder_new(g->memory);
    for (size_t i = 0; i < heads->count; i++)
        builder_add_format(&names, "%s%s",
                           i == 0                  ? ""
                           : i + 1 == heads->count ? " and "
                                                   : ", ",
                           r->migrations.items[heads->items[i]]->migration.id);
    const ast_file *last = r->migrations.items[heads->items[heads->count - 1]]->file;
    const ast_file *first = r->migrations.items[heads->items[0]]->file;
    diagnostic *d = report_error(g->out, "two-heads", last->title_place, "the history ends in %zu heads: %s",
                                 heads->count, names.bytes);
    diagnostic_second(d, first->title_place, "and here");
    diagnostic_hint(g->out, d, "`migen merge` writes a migration that comes after all of them");
}

bool sema_order(checked_release *r, diagnostics *d)
{
    size_t count = r->migrations.count;
    graph g = {.memory = r->memory, .release = r, .out = d};
    g.by_id = map_new(g.memory);
    g.by_name = map_new(g.memory);
    for (size_t i = 0; i < count; i++) {
        const char *id = r->migrations.items[i]->migration.id;
        enter(&g, &g.by_id, id, i);
        enter(&g, &g.by_name, name_part(id), i);
    }
    g.parents = ARENA_NEW_ARRAY(g.memory, index_list, count + 1);
    g.children = ARENA_NEW_ARRAY(g.memory, index_list, count + 1);
    resolve_parents(&g);
    index_list heads = {0};
    for (size_t i = 0; i < count; i++) {
        if (g.children[i].count)
            continue;
        vector_push(g.memory, &heads, i);
        vector_push(r->memory, &r->heads, r->migrations.items[i]->migration.id);
    }
    if (heads.count > 1 && !g.broken)
        report_heads(&g, &heads);
    bool ordered = order(&g);
    return ordered && !g.broken;
}

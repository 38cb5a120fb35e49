/*
 * script_worlds.c: the schemas that a database may have where a script is, by what it has answered so far. What a step needs is
 * written for each of them; where the texts differ, the script asks which answers were given: those of this migration it has itself,
 * those of earlier ones are in the history.
 */
#include "script_parts.h"

#include "branch.h"
#include "text.h"

static void answer_write(script *s, sql_writer *w, const script_answer *when)
{
    if (when == NULL) {
        sql_words(w, "1 = 1");
        return;
    }
    if (when->one != NULL) {
        sql_open(w);
        answer_write(s, w, when->one);
        sql_words(w, when->either ? "OR" : "AND");
        answer_write(s, w, when->other);
        sql_close(w);
        return;
    }
    const char *answer = arena_format(s->memory, "%u=%d", when->branch, when->first ? 1 : 0);
    const char *inside = arena_format(s->memory, "%% %s %%", answer);
    if (when->migration == s->migration && ENGINE_IS_SQLITE(s->engine)) {
        sql_words(w, "EXISTS (SELECT 1 FROM _migen_branches WHERE branch =");
        sql_string(w, answer);
        sql_words(w, ")");
        return;
    }
    if (when->migration == s->migration) {
        sql_words(w, "' ' || :'migen_branches' || ' ' LIKE");
        sql_string(w, inside);
        return;
    }
    sql_words(w, "EXISTS (SELECT 1 FROM");
    sql_object(w, s->history);
    sql_words(w, "WHERE direction = 'up' AND ' ' || branches || ' ' LIKE");
    sql_string(w, inside);
    sql_words(w, "AND seq = (SELECT max(seq) FROM");
    sql_object(w, s->history);
    sql_words(w, "WHERE direction IN ('up', 'down') AND id =");
    sql_string(w, when->migration->id);
    sql_words(w, "))");
}

char *script_answer_question(script *s, const script_answer *when)
{
    sql_writer w = sql_new(s->memory);
    sql_words(&w, "CASE WHEN");
    answer_write(s, &w, when);
    sql_words(&w, "THEN 1 ELSE 0 END");
    return sql_text(&w);
}

/* The one answer or the other to the same `if`, behind the same ones: then it does not matter. */
static bool answer_is_either_way(const script_answer *one, const script_answer *other)
{
    return one->one == NULL && other->one == NULL && one->migration == other->migration &&
           one->branch == other->branch && one->first != other->first;
}

const script_answer *script_answer_either(arena *a, const script_answer *one, const script_answer *other)
{
    if (one == NULL || other == NULL || answer_is_either_way(one, other))
        return NULL;
    if (one->one != NULL && other->one != NULL && !one->either && !other->either && one->one == other->one &&
        answer_is_either_way(one->other, other->other))
        return one->one;
    script_answer *either = ARENA_NEW(a, script_answer);
    *either = (script_answer){.one = one, .other = other, .either = true};
    return either;
}

static const script_answer *answer_and(script *s, const script_answer *when, const migen_step *step,
                                       bool first)
{
    script_answer *answer = ARENA_NEW(s->memory, script_answer);
    *answer = (script_answer){.migration = s->migration, .branch = step->branch, .first = first};
    if (when == NULL)
        return answer;
    script_answer *both = ARENA_NEW(s->memory, script_answer);
    *both = (script_answer){.one = when, .other = answer};
    return both;
}

bool script_world_knows(const script_world *w, const migen_step *step)
{
    if (step->operation != MIGEN_IF_EXISTS || !schema_answers(w->schema, step))
        return false;
    const schema_table *t = step->object == NULL ? NULL : schema_find_table(w->schema, step->object);
    return t == NULL || !t->given;
}

static script_world world_copy(script *s, const script_world *w)
{
    script_world copy = {.schema = schema_copy(s->memory, w->schema), .when = w->when};
    for (size_t i = 0; i < w->strange.count; i++)
        vector_push(s->memory, &copy.strange, w->strange.items[i]);
    for (size_t i = 0; i < w->assumed.count; i++)
        vector_push(s->memory, &copy.assumed, w->assumed.items[i]);
    return copy;
}

script_worlds script_worlds_in(script *s, const migen_step *step, bool first)
{
    script_worlds in = {0};
    bool there = first != step->negated;
    for (size_t i = 0; i < s->worlds.count; i++) {
        const script_world *w = &s->worlds.items[i];
        bool known = script_world_knows(w, step);
        if (known && !there)
            continue;
        script_world copy = world_copy(s, w);
        if (!known) {
            copy.when = answer_and(s, w->when, step, first);
            if (step->operation == MIGEN_IF_EXISTS && step->kind == MIGEN_KIND_TABLE && there &&
                schema_find_table(w->schema, step->object) == NULL)
                vector_push(s->memory, &copy.strange, step->object);
        }
        vector_push(s->memory, &in, copy);
    }
    return in;
}

void script_worlds_assume(script *s, script_worlds *worlds, const migen_step *step, bool there, size_t from,
                          size_t to)
{
    flow rows = flow_begin(s->migration->up, to, s->engine);
    rows.at = from + (from < to && s->migration->up[from].operation == MIGEN_ELSE ? 1 : 0);
    for (size_t i = 0; i < worlds->count; i++) {
        script_world *w = &worlds->items[i];
        for (size_t k = w->strange.count; k-- > 0;) {
            migen_step ask = {
                .operation = MIGEN_IF_EXISTS, .kind = MIGEN_KIND_TABLE, .object = w->strange.items[k]};
            if (!branch_assume(w->schema, rows, &ask))
                continue;
            script_assumed assumed = {.object = ask.object, .when = w->when};
            vector_push(s->memory, &w->assumed, assumed);
            vector_remove(&w->strange, k);
        }
        if (there && step->operation == MIGEN_IF_EXISTS && step->kind != MIGEN_KIND_TABLE)
            (void)branch_assume(w->schema, rows, step);
    }
}

/* Equal worlds are one: what may be otherwise in one of them is kept. */
static bool world_join(script *s, script_world *into, const script_world *w, size_t end)
{
    if (!script_worlds_are_alike(s, into, w, end))
        return false;
    for (size_t i = 0; i < w->schema->tables.count; i++) {
        const map_entry *entry = &w->schema->tables.entries[i];
        const schema_table *other = entry->removed ? NULL : entry->value;
        const schema_table *t = other == NULL ? NULL : schema_find_table(into->schema, entry->key);
        if (t != NULL && t->fresh && !other->fresh)
            schema_change_table(into->schema, t)->fresh = false;
    }
    for (size_t i = 0; i < w->assumed.count; i++) {
        bool known = false;
        for (size_t k = 0; k < into->assumed.count && !known; k++)
            known = into->assumed.items[k].when == w->assumed.items[i].when &&
                    text_equal(into->assumed.items[k].object, w->assumed.items[i].object);
        if (!known)
            vector_push(s->memory, &into->assumed, w->assumed.items[i]);
    }
    into->when = script_answer_either(s->memory, into->when, w->when);
    return true;
}

script_worlds script_worlds_joined(script *s, const script_worlds *first, const script_worlds *otherwise,
                                   size_t end)
{
    script_worlds joined = {0};
    for (size_t i = 0; i < first->count + otherwise->count; i++) {
        const script_world *w = i < first->count ? &first->items[i] : &otherwise->items[i - first->count];
        bool known = false;
        for (size_t k = 0; k < joined.count && !known; k++)
            known = world_join(s, &joined.items[k], w, end);
        if (!known)
            vector_push(s->memory, &joined, *w);
    }
    return joined;
}

void script_worlds_step(script *s, const migen_step *step, size_t at)
{
    static const migen_step asking = {.operation = MIGEN_RUN};
    builder outside = s->out;
    size_t count = s->worlds.count;
    const char **texts = ARENA_NEW_ARRAY(s->memory, const char *, count + 1);
    const script_answer **when = ARENA_NEW_ARRAY(s->memory, const script_answer *, count + 1);
    size_t different = 0;
    s->depth++;
    for (size_t i = 0; i < count; i++) {
        s->out = builder_new(s->memory);
        script_world_step(s, &s->worlds.items[i], step, at);
        size_t same = 0;
        while (same < different && !text_equal(texts[same], s->out.bytes))
            same++;
        const script_answer *here = s->worlds.items[i].when;
        when[same] = same == different ? here : script_answer_either(s->memory, when[same], here);
        texts[same] = s->out.bytes;
        different += same == different ? 1 : 0;
    }
    s->depth--;
    s->out = outside;
    for (size_t i = 0; i < different; i++)
        if (different == 1)
            builder_add(&s->out, texts[i]);
        else if (*texts[i] != '\0')
            ENGINE_OWN(s->engine, script_ask)
    (s, &asking, script_answer_question(s, when[i]), texts[i], "");
}

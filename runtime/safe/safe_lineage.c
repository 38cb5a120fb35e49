/*
 * safe_lineage.c: the name under which live has what a step speaks of, where later renames of the release have happened already
 * (language.md 5.3). Names are used again: what stands under a later name may be another thing. So a name that is found is believed only
 * when it can be nothing else: the rest of the history is played from this step on, the one thing is followed through it, and until its
 * rename to the found name comes nothing else may have that name: no object that is expected now, none that a step between makes
 * or renames, none that raw SQL made.
 */
#include "safe_parts.h"

#include "branch.h"
#include "sql_normal.h"
#include "sql_token.h"

#include <string.h>

typedef struct later_name {
    const char *name; /* of an object its whole text */
    bool taken;       /* it may stand for something else */
} later_name;

typedef VECTOR(later_name) later_name_list;

typedef struct lineage {
    const safe_context *c;
    migen_kind kind;
    schema *model;            /* as the history has it where the walk is */
    const char *object;       /* what is followed, as it is called there */
    const char *part;         /* NULL: the object itself */
    const char *owner_now;    /* of a part: its table or enum in live */
    later_name_list possible; /* later names that live has */
} lineage;

/* Whether a rename of the release comes behind the step that is decided. */
static bool rename_is_later(const safe_context *c, const later_rename *r)
{
    return r->position > c->position || (r->position == c->position && r->row > c->row);
}

static migen_kind rename_kind(const migen_step *step)
{
    switch (step->operation) {
    case MIGEN_RENAME_TABLE:
        return MIGEN_KIND_TABLE;
    case MIGEN_RENAME_ENUM:
        return MIGEN_KIND_ENUM;
    case MIGEN_RENAME_INDEX:
        return MIGEN_KIND_INDEX;
    case MIGEN_RENAME_COLUMN:
        return MIGEN_KIND_COLUMN;
    case MIGEN_RENAME_CONSTRAINT:
        return MIGEN_KIND_CONSTRAINT;
    case MIGEN_RENAME_ENUM_VALUE:
        return MIGEN_KIND_ENUM_VALUE;
    default:
        return 0;
    }
}

static migen_kind rename_owner(migen_kind kind)
{
    return kind == MIGEN_KIND_ENUM_VALUE ? MIGEN_KIND_ENUM : MIGEN_KIND_TABLE;
}

/* Of an object's text the name: one that has capitals is in quotes there, and the same without is not. */
static const char *lineage_bare(const safe_context *c, const char *text)
{
    return text != NULL && *text == '"' ? name_parse(c->memory, text).name : text;
}

bool safe_same_name(const safe_context *c, const char *a, const char *b)
{
    return ENGINE_IS_SQLITE(c->engine) ? text_equal_word(lineage_bare(c, a), lineage_bare(c, b))
                                       : text_equal(a, b);
}

/* What the step renames, and to what; of objects their whole texts. */
static const char *rename_source(const migen_step *step)
{
    return step->part != NULL ? step->part : step->object;
}

static const char *rename_target(const safe_context *c, const migen_step *step)
{
    if (step->part != NULL)
        return step->new_name;
    object_name name = name_parse(c->memory, step->object);
    name.name = step->new_name;
    return name_text(c->memory, name);
}

static bool lineage_live_has(const safe_context *c, migen_kind kind, const char *owner_now, const char *name)
{
    return owner_now == NULL ? schema_has(c->live, kind, name, NULL)
                             : schema_has(c->live, kind, owner_now, name);
}

static bool lineage_has(const lineage *l, const char *name)
{
    return l->part == NULL ? schema_has(l->model, l->kind, name, NULL)
                           : schema_has(l->model, l->kind, l->object, name);
}

/* The later names that live has, found by names alone: all that renames of this kind lead to from the name. */
static void lineage_possible(const safe_context *c, migen_kind kind, const char *owner_now, const char *name,
                             later_name_list *out)
{
    VECTOR(const char *) reached = {0};
    for (size_t i = 0; c->renames != NULL && i < c->renames->count; i++) {
        const later_rename *r = &c->renames->items[i];
        if (!rename_is_later(c, r) || rename_kind(r->step) != kind)
            continue;
        const char *source = rename_source(r->step);
        bool leads = safe_same_name(c, source, name);
        for (size_t k = 0; k < reached.count && !leads; k++)
            leads = safe_same_name(c, source, reached.items[k]);
        if (!leads)
            continue;
        const char *target = rename_target(c, r->step);
        vector_push(c->memory, &reached, target);
        bool known = safe_same_name(c, target, name);
        for (size_t k = 0; k < out->count && !known; k++)
            known = safe_same_name(c, target, out->items[k].name);
        if (!known && lineage_live_has(c, kind, owner_now, target))
            vector_push(c->memory, out, ((later_name){.name = target}));
    }
}

/* ALTER of something that is there, which makes nothing of a new name. */
static bool lineage_only_alters(const lineage *l, const char *sql)
{
    static const char *const makes[] = {"create", "rename", "select", "do", "execute", "call"};
    migen_engine engine = l->c->engine;
    sql_lexer lexer = sql_lexer_new(sql, strlen(sql), engine);
    bool alters = sql_token_is(sql_next(&lexer), "alter") &&
                  (l->part == NULL || !sql_says(l->c->memory, sql, "add", engine));
    for (size_t i = 0; i < sizeof makes / sizeof *makes && alters; i++)
        alters = !sql_says(l->c->memory, sql, makes[i], engine);
    return alters;
}

/* Raw SQL that may have made something of a possible name. */
static void lineage_raw(lineage *l, const migen_step *step)
{
    for (size_t i = 0; step->operation == MIGEN_RUN && step->sql[i] != NULL; i++) {
        if (sql_leaves_schema(step->sql[i], l->c->engine) || lineage_only_alters(l, step->sql[i]))
            continue;
        for (size_t k = 0; k < l->possible.count; k++) {
            later_name *x = &l->possible.items[k];
            const char *name = l->part != NULL ? x->name : name_parse(l->c->memory, x->name).name;
            x->taken = x->taken || sql_says(l->c->memory, step->sql[i], name, l->c->engine);
        }
    }
}

/* The names that something else has where the walk is. False: all are. */
static bool lineage_mark(lineage *l)
{
    bool left = false;
    for (size_t k = 0; k < l->possible.count; k++) {
        later_name *x = &l->possible.items[k];
        const char *own = l->part != NULL ? l->part : l->object;
        x->taken = x->taken || (!safe_same_name(l->c, x->name, own) && lineage_has(l, x->name));
        left = left || !x->taken;
    }
    return left;
}

/* Follows the thing through a step that was played. False: it is no more. */
static bool lineage_follow(lineage *l, const migen_step *step)
{
    if (schema_has(l->model, l->kind, l->object, l->part))
        return true;
    migen_kind renamed = rename_kind(step);
    if (renamed == l->kind && l->part != NULL)
        l->part = step->new_name;
    else if (renamed == l->kind || (l->part != NULL && renamed == rename_owner(l->kind)))
        l->object = rename_target(l->c, step);
    else
        return false;
    return schema_has(l->model, l->kind, l->object, l->part);
}

/* Plays the steps of a migration from a row on. The name in live; NULL: not found in this one. *end: nor will it be. */
static const char *lineage_migration(lineage *l, const migen_migration *m, size_t row, bool *end)
{
    flow f = flow_begin(m->up, m->up_count, l->c->engine);
    f.at = row;
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        if (step->operation == MIGEN_IF_EXISTS) {
            branch_choose(&f, l->model,
                          (schema_answers(l->model, step) || schema_answers(l->c->live, step)) !=
                              step->negated);
            continue;
        }
        lineage_raw(l, step);
        if (!step_changes_schema(step))
            continue;
        violation v = {0};
        (void)schema_apply(l->model, step, &v);
        *end = !lineage_follow(l, step);
        const char *own = l->part != NULL ? l->part : l->object;
        for (size_t k = 0; k < l->possible.count && !*end; k++)
            if (!l->possible.items[k].taken && safe_same_name(l->c, l->possible.items[k].name, own))
                return l->possible.items[k].name;
        *end = *end || !lineage_mark(l);
        if (*end)
            return NULL;
    }
    return NULL;
}

/* The names that are spoken for before the walk begins: raw SQL of earlier migrations, and what this step renames away. */
static void lineage_past(lineage *l)
{
    const safe_context *c = l->c;
    for (size_t i = 0; i <= c->position && i < c->release->migration_count; i++) {
        const migen_migration *m = c->release->migrations[i];
        for (size_t k = 0; k < m->up_count && (i < c->position || k < c->row); k++)
            lineage_raw(l, &m->up[k]);
    }
    for (size_t k = 0; c->step != NULL && rename_kind(c->step) == l->kind && k < l->possible.count; k++)
        if (safe_same_name(c, l->possible.items[k].name, rename_source(c->step)))
            l->possible.items[k].taken = true;
}

/* A migration that comes later in the release may be applied already: a branch was merged late. What it renamed is expected
 * under the later name. */
static const char *lineage_applied(const lineage *l)
{
    const safe_context *c = l->c;
    const char *name = l->part != NULL ? l->part : l->object;
    for (size_t i = 0; i < c->renames->count; i++) {
        const later_rename *r = &c->renames->items[i];
        if (!rename_is_later(c, r) || rename_kind(r->step) != l->kind ||
            !safe_same_name(c, rename_source(r->step), name) || !c->is_applied(c->owner, r->position))
            continue;
        if (l->part != NULL && !safe_same_name(c, r->step->object, l->object) &&
            !safe_same_name(c, r->step->object, l->owner_now))
            continue;
        name = rename_target(c, r->step);
        for (size_t k = 0; k < l->possible.count; k++)
            if (safe_same_name(c, l->possible.items[k].name, name) &&
                (l->part == NULL || schema_has(l->model, l->kind, l->owner_now, name)) &&
                (l->part != NULL || lineage_has(l, name)))
                return name;
    }
    return NULL;
}

static const char *lineage_find(lineage *l)
{
    const safe_context *c = l->c;
    if (!schema_has(l->model, l->kind, l->object, l->part))
        return lineage_applied(l);
    lineage_past(l);
    bool end = !lineage_mark(l);
    for (size_t i = c->position; i < c->release->migration_count && !end; i++) {
        if (i != c->position && c->is_applied(c->owner, i))
            continue; /* expected has it already */
        const char *found =
            lineage_migration(l, c->release->migrations[i], i == c->position ? c->row + 1 : 0, &end);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const char *safe_object_now(const safe_context *c, migen_kind kind, const char *object)
{
    if (c->going_down || object == NULL)
        return object;
    if (schema_has(c->live, kind, object, NULL)) {
        const char *now = kind == MIGEN_KIND_TABLE ? safe_reused_now(c, object) : NULL;
        return now == NULL ? object : now;
    }
    lineage l = {.c = c, .kind = kind, .object = object};
    lineage_possible(c, kind, NULL, object, &l.possible);
    if (l.possible.count == 0)
        return object;
    l.model = schema_copy(c->memory, c->expected);
    const char *now = lineage_find(&l);
    return now == NULL ? object : now;
}

const char *safe_part_now(const safe_context *c, migen_kind kind, const char *object, const char *part)
{
    const char *now = safe_object_now(c, rename_owner(kind), object);
    if (c->going_down || part == NULL || schema_has(c->live, kind, now, part))
        return part;
    lineage l = {.c = c, .kind = kind, .object = object, .part = part, .owner_now = now};
    lineage_possible(c, kind, now, part, &l.possible);
    if (l.possible.count == 0)
        return part;
    l.model = schema_copy(c->memory, c->expected);
    const char *part_now = lineage_find(&l);
    return part_now == NULL ? part : part_now;
}

bool safe_value_has_later_name(const safe_context *c, const char *value, const char *const *list)
{
    for (size_t i = 0; !c->going_down && c->renames != NULL && i < c->renames->count; i++) {
        const later_rename *r = &c->renames->items[i];
        if (r->step->operation != MIGEN_RENAME_ENUM_VALUE || !rename_is_later(c, r) ||
            !text_equal(r->step->part, value))
            continue;
        value = r->step->new_name;
        if (list_contains(list, value))
            return true;
    }
    return false;
}

bool safe_answers(const safe_context *c, const migen_step *step)
{
    if (schema_answers(c->live, step))
        return true;
    migen_step now = *step;
    migen_kind kind = step->kind;
    bool part = step->part != NULL &&
                (kind == MIGEN_KIND_COLUMN || kind == MIGEN_KIND_CONSTRAINT || kind == MIGEN_KIND_ENUM_VALUE);
    if (part) {
        now.object = safe_object_now(c, rename_owner(kind), step->object);
        now.part = safe_part_now(c, kind, step->object, step->part);
    } else if (kind == MIGEN_KIND_TABLE || kind == MIGEN_KIND_ENUM || kind == MIGEN_KIND_INDEX) {
        now.object = safe_object_now(c, kind, step->object);
    }
    return (now.object != step->object || now.part != step->part) && schema_answers(c->live, &now);
}

/* Whether live has a later name that is not expected yet: then something may have been renamed already. */
static bool lineage_has_begun(const safe_context *c)
{
    for (size_t i = 0; !c->going_down && c->renames != NULL && i < c->renames->count; i++) {
        const later_rename *r = &c->renames->items[i];
        if (!rename_is_later(c, r))
            continue;
        migen_kind kind = rename_kind(r->step);
        const char *target = rename_target(c, r->step);
        const char *object = r->step->part != NULL ? r->step->object : target;
        const char *part = r->step->part != NULL ? target : NULL;
        if (schema_has(c->live, kind, object, part) && !schema_has(c->expected, kind, object, part))
            return true;
    }
    return false;
}

static void expected_rename(safe_context *c, schema *now, migen_operation operation, const char *object,
                            const char *part, const char *new_name)
{
    if (safe_same_name(c, new_name, part != NULL ? part : name_parse(c->memory, object).name))
        return;
    migen_step *rename = ARENA_NEW(c->memory, migen_step);
    *rename = (migen_step){.operation = operation, .object = object, .part = part, .new_name = new_name};
    violation v = {0};
    (void)schema_apply(now, rename, &v);
}

static void expected_indexes(safe_context *c, schema *now, const schema_table *t)
{
    for (size_t i = 0; i < t->indexes.count; i++) {
        object_name name = {.schema = t->name.schema, .name = t->indexes.items[i].name};
        const char *index = name_text(c->memory, name);
        const char *index_now = safe_object_now(c, MIGEN_KIND_INDEX, index);
        expected_rename(c, now, MIGEN_RENAME_INDEX, index, NULL, name_parse(c->memory, index_now).name);
    }
}

static void expected_table(safe_context *c, schema *now, const char *object, const schema_table *t)
{
    const char *table_now = safe_object_now(c, MIGEN_KIND_TABLE, object);
    expected_rename(c, now, MIGEN_RENAME_TABLE, object, NULL, name_parse(c->memory, table_now).name);
    for (size_t i = 0; i < t->columns.count; i++) {
        const char *part = t->columns.items[i].name;
        expected_rename(c, now, MIGEN_RENAME_COLUMN, table_now, part,
                        safe_part_now(c, MIGEN_KIND_COLUMN, object, part));
    }
    for (size_t i = 0; i < t->constraints.count; i++) {
        const char *part = t->constraints.items[i].name;
        expected_rename(c, now, MIGEN_RENAME_CONSTRAINT, table_now, part,
                        safe_part_now(c, MIGEN_KIND_CONSTRAINT, object, part));
    }
    expected_indexes(c, now, t);
}

static void expected_enum(safe_context *c, schema *now, const char *object, const schema_enum *values)
{
    const char *enum_now = safe_object_now(c, MIGEN_KIND_ENUM, object);
    expected_rename(c, now, MIGEN_RENAME_ENUM, object, NULL, name_parse(c->memory, enum_now).name);
    for (size_t i = 0; i < values->values.count; i++) {
        const char *value = values->values.items[i];
        expected_rename(c, now, MIGEN_RENAME_ENUM_VALUE, enum_now, value,
                        safe_part_now(c, MIGEN_KIND_ENUM_VALUE, object, value));
    }
}

const schema *safe_expected_now(safe_context *c)
{
    if (!lineage_has_begun(c))
        return c->expected;
    schema *now = schema_copy(c->memory, c->expected);
    for (size_t i = 0; i < c->expected->enums.count; i++) {
        const map_entry *entry = &c->expected->enums.entries[i];
        if (!entry->removed)
            expected_enum(c, now, entry->key, entry->value);
    }
    for (size_t i = 0; i < c->expected->tables.count; i++) {
        const map_entry *entry = &c->expected->tables.entries[i];
        if (!entry->removed)
            expected_table(c, now, entry->key, entry->value);
    }
    for (size_t i = 0; i < c->expected->relations.count; i++)
        if (!c->expected->relations.entries[i].removed)
            expected_indexes(c, now, c->expected->relations.entries[i].value);
    return now;
}

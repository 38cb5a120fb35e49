/*
 * resolve.c: what an author may leave out, made explicit where a live database could answer differently.
 *
 * Idea       A constraint or index without a name gets PostgreSQL's default one. Where that is taken in the
 * history, a number comes behind it, and then the step must say the name, since a live database may have
 * other names taken. Invariant  The author's structs are not touched: what changes is copied first.
 */
#include "compare.h"
#include "sema.h"

typedef struct resolution {
    sema *s;
    const schema *model;
    const schema *empty;
    object_name table;
} resolution;

/* The default name when no other is taken. */
static bool is_plain_name(const resolution *r, const char *name, const char *const *columns,
                          const char *suffix)
{
    schema_table bare = {.name = r->table};
    return text_equal(name, schema_default_name(r->empty, &bare, columns, suffix));
}

/* A check's default name has its column in it when it names just one. */
static bool is_plain_check_name(const resolution *r, const char *name, const schema_table *t)
{
    if (is_plain_name(r, name, NULL, "check"))
        return true;
    for (size_t i = 0; i < t->columns.count; i++) {
        const char *columns[] = {t->columns.items[i].name, NULL};
        if (is_plain_name(r, name, columns, "check"))
            return true;
    }
    return false;
}

static const char *suffix_of(migen_constraint_kind kind)
{
    switch (kind) {
    case MIGEN_PRIMARY_KEY:
        return "pkey";
    case MIGEN_UNIQUE:
        return "key";
    case MIGEN_FOREIGN_KEY:
        return "fkey";
    default:
        return "check";
    }
}

/* NULL when the constraint's name is the plain default one, else the name that must be said. */
static const char *name_to_say(const resolution *r, const schema_table *t, const migen_constraint *plain)
{
    if (!plain->name)
        return NULL;
    if (plain->kind == MIGEN_CHECK)
        return is_plain_check_name(r, plain->name, t) ? NULL : plain->name;
    const char *const *columns = plain->kind == MIGEN_PRIMARY_KEY ? NULL : plain->columns;
    return is_plain_name(r, plain->name, columns, suffix_of(plain->kind)) ? NULL : plain->name;
}

static const char *index_name_to_say(const resolution *r, const migen_index *plain)
{
    if (!plain->name)
        return NULL;
    const char **columns = ARENA_NEW_ARRAY(r->s->memory, const char *, plain->item_count + 1);
    for (size_t i = 0; i < plain->item_count; i++)
        columns[i] = plain->items[i].column ? plain->items[i].column : "expr";
    return is_plain_name(r, plain->name, columns, "idx") ? NULL : plain->name;
}

typedef struct plain_parts {
    const migen_constraint *constraints;
    size_t constraint_count;
    const migen_index *indexes;
    size_t index_count;
    const schema_table *table;
    VECTOR(const void *) used; /* parts that already gave their name to something */
} plain_parts;

static bool take(const resolution *r, plain_parts *parts, const void *part)
{
    for (size_t i = 0; i < parts->used.count; i++)
        if (parts->used.items[i] == part)
            return false;
    vector_push(r->s->memory, &parts->used, part);
    return true;
}

static const migen_constraint *find_plain(const resolution *r, plain_parts *parts, migen_constraint_kind kind,
                                          const char *const *columns, const char *expression)
{
    for (size_t i = 0; i < parts->constraint_count; i++) {
        const migen_constraint *c = &parts->constraints[i];
        if (c->kind != kind)
            continue;
        bool same =
            kind == MIGEN_CHECK ? text_equal(c->expression, expression) : list_equal(c->columns, columns);
        if (same && take(r, parts, c))
            return c;
    }
    return NULL;
}

static void resolve_column(const resolution *r, migen_column *c, const migen_column *plain,
                           plain_parts *parts)
{
    const char **self = ARENA_NEW_ARRAY(r->s->memory, const char *, 2);
    self[0] = c->name;
    if (c->references) {
        const migen_constraint *key = find_plain(r, parts, MIGEN_FOREIGN_KEY, self, NULL);
        if (key && !c->references_name)
            c->references_name = name_to_say(r, parts->table, key);
        if (key && !c->references_column && key->references_columns)
            c->references_column = key->references_columns[0];
        if (c->type.kind == MIGEN_TYPE_NONE && plain)
            c->type = plain->type;
    }
    if (c->unique && !c->unique_name) {
        const migen_constraint *unique = find_plain(r, parts, MIGEN_UNIQUE, self, NULL);
        if (unique)
            c->unique_name = name_to_say(r, parts->table, unique);
    }
    if (c->check && !c->check_name) {
        const migen_constraint *check = find_plain(r, parts, MIGEN_CHECK, NULL, c->check);
        if (check)
            c->check_name = name_to_say(r, parts->table, check);
    }
    for (size_t i = 0; c->index && !c->index_name && i < parts->index_count; i++) {
        const migen_index *index = &parts->indexes[i];
        bool same = index->item_count == 1 && text_equal(index->items[0].column, c->name) && !index->where &&
                    !index->unique;
        if (!same || !take(r, parts, index))
            continue;
        c->index_name = index_name_to_say(r, index);
        break;
    }
}

static void resolve_constraint(const resolution *r, migen_constraint *c, const migen_constraint *plain,
                               const schema_table *t)
{
    if (!plain)
        return;
    if (!c->name)
        c->name = name_to_say(r, t, plain);
    if (c->kind == MIGEN_FOREIGN_KEY && !c->references_columns)
        c->references_columns = plain->references_columns;
}

static bool same_items(const migen_index *a, const migen_index *b)
{
    if (a->item_count != b->item_count || a->unique != b->unique || !text_equal(a->where, b->where))
        return false;
    for (size_t i = 0; i < a->item_count; i++)
        if (!text_equal(a->items[i].column, b->items[i].column) ||
            !text_equal(a->items[i].expression, b->items[i].expression) ||
            a->items[i].descending != b->items[i].descending)
            return false;
    return true;
}

static const migen_column *find_column(const migen_column *columns, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(columns[i].name, name))
            return &columns[i];
    return NULL;
}

static void resolve_table(resolution *r, size_t engine, migen_step *step)
{
    violation ignored = {0};
    schema_table *plain = schema_table_from(r->s->model[engine], step->table, &ignored);
    if (!plain || ignored.kind != VIOLATION_NONE)
        return;
    plain_parts parts = {.constraints = plain->constraints.items,
                         .constraint_count = plain->constraints.count,
                         .indexes = plain->indexes.items,
                         .index_count = plain->indexes.count,
                         .table = plain};
    arena *a = r->s->memory;
    migen_table *table = ARENA_NEW(a, migen_table);
    *table = *step->table;
    migen_column *columns = ARENA_NEW_ARRAY(a, migen_column, table->column_count + 1);
    migen_constraint *constraints = ARENA_NEW_ARRAY(a, migen_constraint, table->constraint_count + 1);
    migen_index *indexes = ARENA_NEW_ARRAY(a, migen_index, table->index_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        columns[i] = table->columns[i];
        resolve_column(r, &columns[i],
                       find_column(plain->columns.items, plain->columns.count, columns[i].name), &parts);
    }
    for (size_t i = 0; i < table->constraint_count; i++) {
        migen_constraint *c = &constraints[i];
        *c = table->constraints[i];
        const migen_constraint *found = c->name ? table_find_constraint(plain, c->name) : NULL;
        resolve_constraint(r, c, found ? found : find_plain(r, &parts, c->kind, c->columns, c->expression),
                           plain);
    }
    for (size_t i = 0; i < table->index_count; i++) {
        indexes[i] = table->indexes[i];
        for (size_t k = 0; !indexes[i].name && k < parts.index_count; k++) {
            if (!same_items(&indexes[i], &parts.indexes[k]) || !take(r, &parts, &parts.indexes[k]))
                continue;
            indexes[i].name = index_name_to_say(r, &parts.indexes[k]);
            break;
        }
    }
    table->columns = columns;
    table->constraints = constraints;
    table->indexes = indexes;
    step->table = table;
}

static void resolve_columns(resolution *r, size_t engine, migen_step *step)
{
    schema *model = r->s->model[engine];
    const schema_table *t = schema_find_table(model, step->object);
    if (!t)
        return;
    migen_column *columns = ARENA_NEW_ARRAY(r->s->memory, migen_column, step->column_count + 1);
    for (size_t i = 0; i < step->column_count; i++) {
        columns[i] = step->columns[i];
        violation ignored = {0};
        plain_column plain = {0};
        if (!schema_plain_column(model, t, &columns[i], &plain, &ignored))
            continue;
        plain_parts parts = {.constraints = plain.constraints.items,
                             .constraint_count = plain.constraints.count,
                             .indexes = plain.indexes.items,
                             .index_count = plain.indexes.count,
                             .table = t};
        resolve_column(r, &columns[i], &plain.column, &parts);
    }
    step->columns = columns;
}

void sema_resolve(sema *s, size_t engine, sema_record *record)
{
    migen_step *step = &record->step;
    if (!step->object)
        return;
    resolution r = {s, s->model[engine], s->empty[engine], name_parse(s->memory, step->object)};
    violation ignored = {0};
    if (step->operation == MIGEN_CREATE_TABLE || step->operation == MIGEN_ENSURE_TABLE) {
        resolve_table(&r, engine, step);
        return;
    }
    if (step->operation == MIGEN_ADD_COLUMN || step->operation == MIGEN_ADD_COLUMNS) {
        resolve_columns(&r, engine, step);
        return;
    }
    if (step->operation == MIGEN_DROP_FUNCTION && !step->arguments) {
        const schema_function *f = schema_find_overload(r.model, step->object, NULL);
        step->arguments = f ? f->arguments : NULL; /* a database may have others of that name */
        return;
    }
    const schema_table *t = schema_find_relation(r.model, step->object);
    if (!t)
        return;
    if (step->operation == MIGEN_ADD_CONSTRAINT) {
        migen_constraint plain = schema_plain_constraint(s->model[engine], t, step->constraint, &ignored);
        if (ignored.kind != VIOLATION_NONE)
            return;
        migen_constraint *constraint = ARENA_NEW(s->memory, migen_constraint);
        *constraint = *step->constraint;
        resolve_constraint(&r, constraint, &plain, t);
        step->constraint = constraint;
    } else if (step->operation == MIGEN_CREATE_INDEX && !step->index->name) {
        migen_index plain = schema_plain_index(r.model, t, step->index);
        migen_index *index = ARENA_NEW(s->memory, migen_index);
        *index = *step->index;
        index->name = index_name_to_say(&r, &plain);
        step->index = index;
    }
}

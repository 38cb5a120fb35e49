/*
 * violate.c: saying what is wrong with a step, and the checks that all operations share.
 */
#include "operation_parts.h"
#include "schema_names.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Messages put names in double quotes; one that stands in them already needs no more: ""Users"" is "Users". */
static void violate_unquote_twice(char *text)
{
    char *out = text;
    for (const char *at = text; *at != '\0'; at++) {
        bool twice = at[0] == '"' && at[1] == '"';
        bool opens = twice && (at == text || strchr(" (:", at[-1]) != NULL);
        bool closes = twice && (at[2] == '\0' || strchr(" ,.:;)", at[2]) != NULL);
        if (opens || closes)
            at++;
        *out++ = *at;
    }
    *out = '\0';
}

static const char *violate_text(const schema *s, const char *format, va_list arguments)
{
    char *text = arena_format_list(s->memory, format, arguments);
    violate_unquote_twice(text);
    return text;
}

violation_kind violate(const schema *s, violation *v, violation_kind kind, const char *word,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *v = (violation){.kind = kind, .word = word, .message = violate_text(s, format, arguments)};
    va_end(arguments);
    return kind;
}

violation_kind violate_missing(const schema *s, violation *v, const char *word, const map *names,
                               const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    *v = (violation){.kind = VIOLATION_MISSING, .word = word, .message = violate_text(s, format, arguments)};
    va_end(arguments);
    const char **candidates = ARENA_NEW_ARRAY(s->memory, const char *, names->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        if (!names->entries[i].removed)
            candidates[count++] = names->entries[i].key;
    v->nearest = word == NULL ? NULL : text_nearest(word, candidates, count);
    return v->kind;
}

violation_kind violate_column(const schema *s, violation *v, const schema_table *t, const char *word)
{
    violate(s, v, VIOLATION_MISSING, word, "table \"%s\" has no column \"%s\"", model_table_text(s, t), word);
    const char **candidates = ARENA_NEW_ARRAY(s->memory, const char *, t->columns.count + 1);
    for (size_t i = 0; i < t->columns.count; i++)
        candidates[i] = t->columns.items[i].name;
    v->nearest = text_nearest(word, candidates, t->columns.count);
    return v->kind;
}

violation_kind violate_sqlite(const schema *s, violation *v, const char *word, const char *what)
{
    violate(s, v, VIOLATION_UNSUPPORTED, word, "SQLite has no %s", what);
    v->hint = "put it in `on postgres { … }`";
    return v->kind;
}

const char *step_object(const migen_step *step)
{
    if (step->object != NULL)
        return step->object;
    return step->table == NULL ? NULL : step->table->name;
}

/* As a rule what says no schema stands in public. */
static const char *model_schema_of(const schema *s, object_name name)
{
    if (name.schema != NULL || s->engine == MIGEN_SQLITE)
        return name.schema;
    return s->current == NULL ? "public" : s->current;
}

bool model_same_object(const schema *s, const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (model_same_name(s, a, b))
        return true;
    if (strpbrk(a, ".\"") == NULL && strpbrk(b, ".\"") == NULL)
        return false; /* their texts are their names */
    arena *scratch = arena_new();
    object_name x = name_parse(scratch, a), y = name_parse(scratch, b);
    bool same = model_same_name(s, x.name, y.name) &&
                model_same_name(s, model_schema_of(s, x), model_schema_of(s, y));
    arena_free(scratch);
    return same;
}

const char *model_table_text(const schema *s, const schema_table *t)
{
    return name_text(s->memory, t->name);
}

const char *name_unquoted(arena *a, const char *object)
{
    return name_parse(a, object).name;
}

bool list_has_name(const schema *s, const char *const *list, const char *name)
{
    for (; list != NULL && *list != NULL; list++)
        if (model_same_name(s, *list, name))
            return true;
    return false;
}

const char *const *list_of(arena *a, const char *name)
{
    const char **list = ARENA_NEW_ARRAY(a, const char *, 2);
    list[0] = name;
    return list;
}

const char *const *list_renamed(const schema *s, const char *const *list, const char *from, const char *to)
{
    if (!list_has_name(s, list, from))
        return list;
    size_t count = list_length(list);
    const char **renamed = ARENA_NEW_ARRAY(s->memory, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        renamed[i] = model_same_name(s, list[i], from) ? to : list[i];
    return renamed;
}

bool model_is_outside(const schema *s, object_name name)
{
    return name.schema != NULL && !map_has(&s->schemas, name.schema);
}

violation_kind change_table(change *c, schema_table **t)
{
    const char *object = step_object(c->step);
    object_name name = name_parse(c->s->memory, object);
    *t = schema_change_table(c->s, schema_find_table(c->s, object));
    if (*t != NULL || model_is_outside(c->s, name))
        return VIOLATION_NONE;
    const schema_view *view = schema_find_view(c->s, object);
    if (view != NULL)
        return violate(c->s, c->v, VIOLATION_CONFLICT, object, "\"%s\" is a %s, no table", object,
                       view->materialized ? "materialized view" : "view");
    return violate_missing(c->s, c->v, object, &c->s->tables, "there is no table \"%s\"", object);
}

void change_commit_table(schema_table *t, const schema_table *changed)
{
    *t = *changed;
}

/* An index of t under that name, its own or a constraint's. */
static const char *relation_in_table(const schema *s, const schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->indexes.count; i++)
        if (!t->indexes.items[i].maybe && model_same_name(s, t->indexes.items[i].name, name))
            return "an index";
    for (size_t i = 0; i < t->constraints.count; i++) {
        const migen_constraint *k = &t->constraints.items[i];
        bool has_index = k->kind == MIGEN_PRIMARY_KEY || k->kind == MIGEN_UNIQUE;
        if (has_index && !k->maybe && model_same_name(s, k->name, name))
            return "a constraint's index";
    }
    return NULL;
}

const char *model_relation(const schema *s, const schema_table *t, object_name name)
{
    schema_holders h = schema_holders_of(s, name.name);
    for (const schema_table *other; (other = schema_holders_next(&h)) != NULL;) {
        if (!model_same_name(s, other->name.schema, name.schema))
            continue;
        if (!other->maybe && !other->materialized && model_same_name(s, other->name.name, name.name))
            return "a table";
        const char *found = relation_in_table(s, other, name.name);
        if (found != NULL)
            return found;
    }
    if (t != NULL && model_same_name(s, t->name.schema, name.schema)) {
        const char *found = relation_in_table(s, t, name.name);
        if (found != NULL)
            return found;
    }
    const char *object = name_text(s->memory, name);
    const schema_view *view = schema_find_view(s, object);
    if (view != NULL && !view->maybe)
        return view->materialized ? "a materialized view" : "a view";
    const schema_sequence *sequence = schema_find_sequence(s, object);
    return sequence != NULL && !sequence->maybe ? "a sequence" : NULL;
}

/* SQLite: a constraint's name is none of the file's, unless it stands as an index. */
static const char *name_taken_in_file(const schema *s, object_name name)
{
    const char *object = name_text(s->memory, name);
    if (schema_find_table(s, object) != NULL)
        return "a table";
    if (schema_find_view(s, object) != NULL)
        return "a view";
    schema_holders h = schema_holders_of(s, name.name);
    for (const schema_table *t; (t = schema_holders_next(&h)) != NULL;) {
        const migen_constraint *k = table_find_constraint(t, name.name);
        if (table_find_index(t, name.name) != NULL || (k != NULL && k->is_index))
            return "an index";
    }
    return NULL;
}

const char *schema_name_taken(const schema *s, migen_kind kind, object_name name)
{
    if (s->engine == MIGEN_SQLITE)
        return kind == MIGEN_KIND_ENUM ? NULL : name_taken_in_file(s, name);
    bool type = kind == MIGEN_KIND_ENUM,
         both = kind == MIGEN_KIND_TABLE || kind == MIGEN_KIND_VIEW || kind == MIGEN_KIND_MATERIALIZED_VIEW;
    const char *object = name_text(s->memory, name), *relation = model_relation(s, NULL, name);
    bool has_rows =
        relation != NULL && !text_ends_with(relation, "index") && !text_ends_with(relation, "sequence");
    if (relation != NULL && (!type || has_rows))
        return relation;
    if (both && map_has(&s->enums, object))
        return "an enum";
    const schema_stranger *stranger = map_get(&s->strangers, object);
    if (stranger == NULL || !((stranger->relation && !type) || (stranger->type && (type || both))))
        return NULL;
    const schema_table *owner = stranger->table == NULL ? NULL : schema_find_table(s, stranger->table);
    bool gone =
        stranger->table != NULL && (owner == NULL || table_find_column(owner, stranger->column) == NULL);
    return gone ? NULL : stranger->words;
}

violation_kind change_relation_free(change *c, object_name name, const char *word)
{
    const char *taken = model_relation(c->s, NULL, name);
    if (taken == NULL)
        return VIOLATION_NONE;
    violate(c->s, c->v, VIOLATION_CONFLICT, word, "the name \"%s\" is taken by %s", name.name, taken);
    c->v->hint = "tables, views, indexes and sequences of a schema share their names";
    return VIOLATION_CONFLICT;
}

violation_kind change_no_schema(change *c, object_name name, const char *what)
{
    if (c->s->engine != MIGEN_SQLITE || name.schema == NULL)
        return VIOLATION_NONE;
    violate_sqlite(c->s, c->v, step_object(c->step),
                   arena_format(c->s->memory, "schemas: \"%s\" is no name for %s there",
                                name_text(c->s->memory, name), what));
    return VIOLATION_UNSUPPORTED;
}

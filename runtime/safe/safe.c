#include "safe.h"

#include "safe_parts.h"
#include "sql_normal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const outcome_words[] = {
#define OUTCOME(name, word, counted) word,
#include "outcomes.def"
#undef OUTCOME
};

const char *outcome_word(outcome o)
{
    return outcome_words[o];
}

typedef status (*safe_decider)(safe_context *, const migen_step *, decision *, error *);

static const safe_decider safe_deciders[] = {
    [MIGEN_NOTHING] = decide_flow,
#define OPERATION(name, function, words, meaning, lock) [MIGEN_##name] = decide_##meaning,
#include "ops.def"
#undef OPERATION
};

/* The table that the step would have to alter, and of which only the name is known; NULL: none. SQLite alters no virtual table, and
 * what cannot be read cannot be altered with all that it has. */
static const schema_table *safe_closed_table(safe_context *c, const migen_step *step)
{
    const safe_decider decider = safe_deciders[step->operation];
    if (!ENGINE_IS_SQLITE(c->engine) || step->object == NULL ||
        (decider != decide_column && decider != decide_constraint && step->operation != MIGEN_CREATE_INDEX &&
         step->operation != MIGEN_CREATE_TRIGGER))
        return NULL;
    const schema_table *t = schema_find_table(c->live, safe_object_now(c, MIGEN_KIND_TABLE, step->object));
    return t != NULL && t->is_virtual ? t : NULL;
}

static status safe_leave_closed(safe_context *c, const migen_step *step, const schema_table *t, decision *out,
                                error *e)
{
    difference_list differences = {0};
    difference x = {.kind = MIGEN_KIND_TABLE,
                    .object = step->object,
                    .wanted = arena_format(c->memory, "a table, for \"%s\"", step_words(c->memory, step)),
                    .found = table_closed_words(c->memory, t)};
    vector_push(c->memory, &differences, x);
    return safe_differences(c, out, &differences, e);
}

status safe_decide(safe_context *c, const migen_step *step, decision *out, error *e)
{
    memset(out, 0, sizeof *out);
    c->step = step;
    const schema_table *closed = safe_closed_table(c, step);
    if (closed != NULL)
        return safe_leave_closed(c, step, closed, out, e);
    bool left = false;
    status s = safe_leave_reused(c, step, out, &left, e);
    if (left || s != STATUS_OK)
        return s;
    return safe_deciders[step->operation](c, safe_content_now(c, step), out, e);
}

static void safe_add_line(safe_context *c, decision *d, decision_line line)
{
    vector_push(c->memory, &d->lines, line);
}

void safe_say(safe_context *c, decision *d, outcome o, const char *object, const char *format, ...)
{
    char *detail = NULL;
    if (format != NULL) {
        va_list arguments;
        va_start(arguments, format);
        detail = arena_format_list(c->memory, format, arguments);
        va_end(arguments);
    }
    safe_add_line(
        c, d, (decision_line){.outcome = o, .object = object, .detail = detail, .statement = NO_STATEMENT});
}

/* Whether others use the table and it has rows, so that the lock-safe recipe is due (language.md 5.5). */
static bool safe_is_online(safe_context *c, const migen_step *step)
{
    if (!ENGINE_IS_POSTGRES(c->engine) || c->has_rows == NULL)
        return false;
    const char *object = step->table != NULL ? step->table->name : step->object;
    if (step->operation == MIGEN_DROP_INDEX) {
        const schema_table *owner = NULL;
        if (schema_find_index(c->live, object, &owner) == NULL)
            return false;
        object = name_text(c->memory, owner->name);
    }
    const schema_table *table = object == NULL ? NULL : schema_find_table(c->live, object);
    return table != NULL && !table->fresh && c->has_rows(c->owner, object);
}

/* What may have gone along is known to the server alone: a view's trigger, what raw SQL has made of it. */
static bool safe_takes_unknown(const safe_context *c, const migen_step *step)
{
    return ENGINE_IS_POSTGRES(c->engine) && step->cascade &&
           (step->operation == MIGEN_DROP_FUNCTION || step->operation == MIGEN_DROP_SEQUENCE ||
            step->operation == MIGEN_DROP_ENUM);
}

status safe_do_quietly(safe_context *c, decision *d, const migen_step *step, error *e)
{
    status s = safe_need_columns(c, step, e);
    if (s != STATUS_OK)
        return s;
    dialect_request request = {.memory = c->memory,
                               .before = c->live,
                               .step = step,
                               .online = safe_is_online(c, step),
                               .remade = safe_take_authors_texts(c, step),
                               .waiting = c->waiting};
    size_t before = d->statements.count;
    dialect_write(&request, &d->statements);
    violation v = {0};
    d->stale = d->stale || safe_takes_unknown(c, step);
    if (schema_apply(c->live, step, &v) == VIOLATION_NONE)
        return STATUS_OK;
    /* The model knows less than the database, which has the last word: the statement is sent, and the
     * catalogue read again. */
    d->stale = true;
    if (d->statements.count != before || v.kind == VIOLATION_ALREADY)
        return STATUS_OK;
    s = error_set(e, STATUS_FAILED, "%s: %s", step_words(c->memory, step),
                  v.message == NULL ? "cannot be done" : v.message);
    if (v.hint != NULL)
        error_hint(e, "%s", v.hint);
    return s;
}

#define SAFE_MOST_ALONG 20 /* that are named in a line */

/* What a drop has taken along: what live had before, and has no more. NULL: nothing. */
static const char *safe_taken_along(safe_context *c, const schema *before, const char *object)
{
    difference_list gone = {0};
    comparison x = {.memory = c->memory, .engine = c->engine, .out = &gone};
    builder b = builder_new(c->memory);
    size_t count = 0;
    compare_schemas(&x, before, c->live, false);
    for (size_t i = 0; i < gone.count; i++) {
        const difference *found = &gone.items[i];
        const char *words = arena_format(c->memory, "%s %s", kind_words(found->kind), found->object);
        if (found->note || text_equal(words, object) || count++ >= SAFE_MOST_ALONG)
            continue;
        builder_add(&b, count == 1 ? "with " : ", ");
        builder_add(&b, found->found != NULL ? "the default of " : "");
        builder_add(&b, words);
    }
    if (count > SAFE_MOST_ALONG)
        builder_add_format(&b, " and %zu more", count - SAFE_MOST_ALONG);
    return count == 0 ? NULL : b.bytes;
}

status safe_do(safe_context *c, decision *d, const migen_step *step, outcome o, const char *object, error *e)
{
    size_t first = d->statements.count;
    const schema *before = step->cascade ? schema_copy(c->memory, c->live) : NULL;
    status s = safe_do_quietly(c, d, step, e);
    if (s != STATUS_OK)
        return s;
    size_t counted = NO_STATEMENT;
    for (size_t i = first; i < d->statements.count; i++)
        if (d->statements.items[i].counts_rows && counted == NO_STATEMENT)
            counted = i;
    safe_add_line(
        c, d,
        (decision_line){.outcome = o,
                        .object = object,
                        .detail = before == NULL ? NULL : safe_taken_along(c, before, object),
                        .statement = counted,
                        .statement_count = counted == NO_STATEMENT ? 0 : d->statements.count - counted});
    return STATUS_OK;
}

status safe_differences(safe_context *c, decision *d, const difference_list *differences, error *e)
{
    for (size_t i = 0; i < differences->count; i++) {
        const difference *x = &differences->items[i];
        const char *object = arena_format(c->memory, "%s %s", kind_words(x->kind), x->object);
        const char *wanted = x->wanted == NULL ? "nothing" : x->wanted;
        const char *found = x->found == NULL ? "nothing" : x->found;
        if (x->note) {
            safe_say(c, d, OUTCOME_NOTE, object, "wanted %s, found %s", wanted, found);
            continue;
        }
        if (c->strict) {
            status s = error_set(e, STATUS_DRIFT, "%s differs: wanted %s, found %s", object, wanted, found);
            error_hint(
                e, "without --strict it is left as it is, with a warning; to change it, write a migration");
            return s;
        }
        safe_add_line(c, d,
                      (decision_line){.outcome = OUTCOME_DIFFERS,
                                      .object = object,
                                      .wanted = wanted,
                                      .found = found,
                                      .statement = NO_STATEMENT});
    }
    return STATUS_OK;
}

comparison safe_comparison(safe_context *c, difference_list *out)
{
    return (comparison){
        .memory = c->memory, .engine = c->engine, .memo = c->memo, .out = out, .model = c->expected};
}

char *safe_part_words(safe_context *c, const char *what, const char *object, const char *part)
{
    return arena_format(c->memory, "%s %s.%s", what, object, name_part_text(c->memory, part));
}

char *safe_on_words(safe_context *c, const char *part, const char *object)
{
    return arena_format(c->memory, "%s on %s", name_part_text(c->memory, part), object);
}

bool condition_value_holds(const char *value, bool type_is_text)
{
    if (value == NULL || *value == '\0')
        return false;
    if (type_is_text)
        return true;
    if (strcmp(value, "f") == 0 || strcmp(value, "false") == 0)
        return false;
    char *end = NULL;
    double number = strtod(value, &end);
    return *end != '\0' || number != 0.0;
}

const migen_step *safe_step_now(safe_context *c, const migen_step *step)
{
    const char *object = safe_object_now(c, MIGEN_KIND_TABLE, step->object);
    const char *part = safe_part_now(c, MIGEN_KIND_COLUMN, step->object, step->part);
    if (object == step->object && part == step->part)
        return step;
    migen_step *now = ARENA_NEW(c->memory, migen_step);
    *now = *step;
    now->object = object;
    now->part = part;
    return now;
}

bool safe_is_expected(const schema_table *expected, const char *name)
{
    return expected != NULL &&
           (table_find_constraint(expected, name) != NULL || table_find_index(expected, name) != NULL);
}

/* A thing's name as the database writes it, for names that differ in their case alone. */
static const char *safe_spelling(const safe_context *c, migen_kind kind, const char *object, const char *part)
{
    const schema_table *t = schema_find_table(c->live, object);
    const schema_enum *values = kind == MIGEN_KIND_ENUM ? schema_find_enum(c->live, object) : NULL;
    if (kind == MIGEN_KIND_TABLE)
        return t == NULL ? NULL : t->name.name;
    if (kind == MIGEN_KIND_ENUM)
        return values == NULL ? NULL : values->name.name;
    if (kind == MIGEN_KIND_INDEX) {
        const migen_index *index = schema_find_index(c->live, object, NULL);
        return index == NULL ? NULL : index->name;
    }
    const migen_column *column = t == NULL || kind != MIGEN_KIND_COLUMN ? NULL : table_find_column(t, part);
    if (column != NULL)
        return column->name;
    const migen_constraint *x =
        t == NULL || kind != MIGEN_KIND_CONSTRAINT ? NULL : table_find_constraint(t, part);
    return x == NULL ? NULL : x->name;
}

static status safe_rename(safe_context *c, const migen_step *step, decision *d, migen_kind kind, bool source,
                          const char *target_now, bool target, error *e)
{
    const char *name =
        step->part == NULL ? step->object : arena_format(c->memory, "%s.%s", step->object, step->part);
    const char *object = step_subject(c->memory, step);
    const char *to = kind == MIGEN_KIND_ENUM_VALUE ? arena_format(c->memory, "'%s'", step->new_name)
                                                   : name_part_text(c->memory, step->new_name);
    const char *from = step->part != NULL ? step->part : name_parse(c->memory, step->object).name;
    if (ENGINE_IS_SQLITE(c->engine) && source && target && kind != MIGEN_KIND_ENUM_VALUE &&
        text_equal_word(from, step->new_name)) {
        /* One thing, found under either name: how it is written decides. */
        target = text_equal(safe_spelling(c, kind, step->object, step->part), step->new_name);
        source = !target;
    }
    if (source && !target)
        return safe_do(c, d, step, OUTCOME_RENAMED, arena_format(c->memory, "%s to %s", object, to), e);
    if (target && !source) {
        safe_say(c, d, OUTCOME_SKIPPED, object, "already renamed to %s", target_now);
        return STATUS_OK;
    }
    difference_list differences = {0};
    difference x = {.kind = kind,
                    .object = name,
                    .wanted = arena_format(c->memory, "it renamed to %s", step->new_name),
                    .found = source ? "both names" : "neither name"};
    if (c->resuming && !source) { /* what is left out of a way down that was begun and is turned back */
        safe_say(c, d, OUTCOME_SKIPPED, object, "not there: a later step of this migration has taken it");
        return STATUS_OK;
    }
    const char *other = source ? NULL : safe_other_name(c, step, kind);
    if (other != NULL)
        x.found = arena_format(c->memory, "the same under the name %s", other);
    vector_push(c->memory, &differences, x);
    return safe_differences(c, d, &differences, e);
}

status safe_rename_object(safe_context *c, const migen_step *step, decision *d, migen_kind kind, error *e)
{
    object_name target = name_parse(c->memory, step->object);
    target.name = step->new_name;
    const char *target_now = safe_object_now(c, kind, name_text(c->memory, target));
    const char *text = name_text(c->memory, target);
    bool source = schema_has(c->live, kind, step->object, NULL);
    if (source && kind == MIGEN_KIND_TABLE && safe_reused_now(c, step->object) != NULL)
        source = false; /* it is a later one */
    if (source && !schema_has(c->live, kind, target_now, NULL) && safe_name_is_taken(c, kind, text))
        return safe_name_taken(c, d, kind, text, step->object,
                               arena_format(c->memory, "it renamed to %s", step->new_name), e);
    return safe_rename(c, step, d, kind, source, target_now, schema_has(c->live, kind, target_now, NULL), e);
}

status safe_rename_part(safe_context *c, const migen_step *step, decision *d, migen_kind kind, error *e)
{
    migen_kind owner = kind == MIGEN_KIND_ENUM_VALUE ? MIGEN_KIND_ENUM : MIGEN_KIND_TABLE;
    migen_step *now = ARENA_NEW(c->memory, migen_step);
    *now = *step;
    now->object = safe_object_now(c, owner, step->object);
    if (!schema_has(c->live, owner, now->object, NULL)) {
        safe_say(c, d, OUTCOME_SKIPPED,
                 arena_format(c->memory, "%s %s.%s", kind_words(kind), step->object, step->part),
                 "there is no %s %s", kind_words(owner), step->object);
        return STATUS_OK;
    }
    const char *target_now = safe_part_now(c, kind, step->object, step->new_name);
    return safe_rename(c, now, d, kind, schema_has(c->live, kind, now->object, step->part), target_now,
                       schema_has(c->live, kind, now->object, target_now), e);
}

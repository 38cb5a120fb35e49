/*
 * violations.c: from what an operation finds wrong to a diagnostic with its place, and what follows from it
 * to silence.
 */
#include "sema.h"

static const char *key_of(sema *s, const char *object)
{
    return name_text(s->memory, name_parse(s->memory, object));
}

static const char *part_key(sema *s, const char *object, const char *part)
{
    return arena_format(s->memory, "%s.%s", key_of(s, object), part);
}

static void poison(sema *s, const char *key)
{
    map_set(s->poisoned, key, (void *)1);
}

/* What the step would have made: who names it later cannot be blamed. */
void sema_poison(sema *s, const migen_step *step, const violation *v)
{
    if (v->kind == VIOLATION_MISSING && v->word) {
        if (v->word == step->object || !step->object)
            poison(s, key_of(s, v->word));
        else {
            poison(s, part_key(s, step->object, v->word));
            poison(s, key_of(s, v->word));
        }
    }
    if (!step->object)
        return;
    for (size_t i = 0; i < step->column_count; i++)
        poison(s, part_key(s, step->object, step->columns[i].name));
    if (step->table && v->kind == VIOLATION_ALREADY)
        for (size_t i = 0; i < step->table->column_count; i++)
            poison(s, part_key(s, step->object, step->table->columns[i].name));
    if (step->table && v->kind != VIOLATION_ALREADY)
        poison(s, key_of(s, step->object));
    if (step->operation == MIGEN_CREATE_ENUM || step->operation == MIGEN_CREATE_VIEW ||
        step->operation == MIGEN_CREATE_MATERIALIZED_VIEW || step->operation == MIGEN_CREATE_FUNCTION)
        poison(s, key_of(s, step->object));
    if (step->new_name) {
        poison(s, step->part ? part_key(s, step->object, step->new_name)
                             : key_of(s, name_part_text(s->memory, step->new_name)));
        if (!step->part)
            poison(s, key_of(s, step->object));
    }
    if (step->index && step->index->name)
        poison(s, key_of(s, name_part_text(s->memory, step->index->name)));
    if (step->constraint && step->constraint->name)
        poison(s, part_key(s, step->object, step->constraint->name));
    if (step->part)
        poison(s, part_key(s, step->object, step->part));
}

static bool is_poisoned(sema *s, const migen_step *step, const violation *v)
{
    if (step->object && map_has(s->poisoned, key_of(s, step->object)))
        return true;
    if (!v->word)
        return false;
    if (map_has(s->poisoned, key_of(s, v->word)))
        return true;
    return step->object && map_has(s->poisoned, part_key(s, step->object, v->word));
}

/* Whether the model cannot know better: raw SQL, or a file that could not be read, may have made it. */
static bool is_beyond_the_model(sema *s, const sema_record *r, const violation *v)
{
    const char *word = v->word ? v->word : r->step.part ? r->step.part : r->step.object;
    if (v->kind != VIOLATION_MISSING && v->kind != VIOLATION_ALREADY)
        return false;
    span place = ast_place_of(s->current->file, word, r->statement->place);
    bool drops = text_starts_with(operation_words(r->step.operation), "drop");
    if (v->kind == VIOLATION_ALREADY && !drops)
        return false;
    return sema_raw_mentions(s, word) || sema_broken_mentions(s, word, place);
}

static const char *code_of(const violation *v)
{
    switch (v->kind) {
    case VIOLATION_ALREADY:
        return "already-there";
    case VIOLATION_CONFLICT:
        return "conflict";
    case VIOLATION_UNSUPPORTED:
        return "unsupported";
    default:
        break;
    }
    static const char *const kinds[][2] = {{"no table", "unknown-table"},
                                           {"no column", "unknown-column"},
                                           {"no index", "unknown-index"},
                                           {"no schema", "unknown-schema"},
                                           {"no constraint", "unknown-constraint"},
                                           {"no enum", "unknown-enum"},
                                           {"type", "unknown-type"}};
    for (size_t i = 0; v->message && i < sizeof kinds / sizeof *kinds; i++)
        if (strstr(v->message, kinds[i][0]))
            return kinds[i][1];
    return "unknown-object";
}

/* What may help where no name is near: what there is, or how to say that it may be there. */
static const char *fallback_hint(sema *s, const sema_record *r, const violation *v)
{
    if (v->kind == VIOLATION_ALREADY)
        return "leave it out, or put it into `if` where only some databases have it";
    if (v->kind != VIOLATION_MISSING)
        return NULL;
    const schema *model = s->model[0] ? s->model[0] : s->model[1];
    const schema_table *t = r->step.object ? schema_find_table(model, r->step.object) : NULL;
    const char *code = code_of(v);
    builder list = builder_new(s->memory);
    size_t named = 0;
    if (text_equal(code, "unknown-column") && t && t->columns.count && !r->step.table) {
        for (size_t i = 0; i < t->columns.count && named < 8; i++, named++)
            builder_add_format(&list, "%s%s", named ? ", " : "", t->columns.items[i].name);
        return arena_format(s->memory, "its columns are: %s%s", list.bytes,
                            t->columns.count > named ? ", …" : "");
    }
    if (!text_equal(code, "unknown-table"))
        return "an earlier statement or migration has to make it";
    for (size_t i = 0; i < model->tables.count && named < 8; i++)
        if (!model->tables.entries[i].removed)
            builder_add_format(&list, "%s%s", named++ ? ", " : "", model->tables.entries[i].key);
    if (named == 0)
        return "an earlier statement or migration has to make it";
    return arena_format(s->memory, "the tables at this point are: %s%s", list.bytes, named == 8 ? ", …" : "");
}

static bool is_error(play_mode mode, violation_kind kind)
{
    if (mode == PLAY_OFF || kind == VIOLATION_NONE)
        return false;
    if (mode == PLAY_IF || mode == PLAY_MAYBE)
        return kind == VIOLATION_UNSUPPORTED;
    return true;
}

static void report_one(sema *s, const sema_record *r, play_mode mode, const violation *v, const char *prefix)
{
    if (is_poisoned(s, &r->step, v) || is_beyond_the_model(s, r, v))
        return;
    span place = ast_place_of(s->current->file, v->word, r->statement->place);
    if (diagnostics_has_error_at(s->out, place)) /* the parser went on with what it found fault with */
        return;
    bool only_warn = mode == PLAY_DOWN && v->kind == VIOLATION_ALREADY;
    const char *message = v->message ? v->message : "this cannot be done here";
    diagnostic *d = only_warn ? report_warning(s->out, code_of(v), place, "%s%s", prefix, message)
                              : report_error(s->out, code_of(v), place, "%s%s", prefix, message);
    bool quoted = v->nearest && (*v->nearest == '"' || *v->nearest == '\'');
    const char *quote = quoted ? "" : "\"";
    if (v->nearest && v->hint)
        diagnostic_hint(s->out, d, "did you mean %s%s%s? Else: %s", quote, v->nearest, quote, v->hint);
    else if (v->nearest)
        diagnostic_hint(s->out, d, "did you mean %s%s%s?", quote, v->nearest, quote);
    else if (v->hint || fallback_hint(s, r, v))
        diagnostic_hint(s->out, d, "%s", v->hint ? v->hint : fallback_hint(s, r, v));
    if (v->kind == VIOLATION_ALREADY && r->step.object) {
        const char *part = r->step.part ? r->step.part : r->step.column_count ? v->word : NULL;
        span *first = map_get(&s->made, part ? part_key(s, r->step.object, part) : key_of(s, r->step.object));
        if (first && !(first->file == place.file && first->start == place.start))
            diagnostic_second(d, *first, "made here");
    }
}

void sema_report(sema *s, const sema_record *r, const play_mode mode[ENGINE_COUNT],
                 const violation found[ENGINE_COUNT])
{
    bool wrong[ENGINE_COUNT];
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        wrong[e] = is_error(mode[e], found[e].kind);
    bool same = wrong[0] && wrong[1] && found[0].kind == found[1].kind &&
                text_equal(found[0].message, found[1].message);
    bool both_played = mode[0] != PLAY_OFF && mode[1] != PLAY_OFF;
    if (wrong[0])
        report_one(s, r, mode[0], &found[0], same || !both_played ? "" : "on postgres: ");
    if (wrong[1] && !same)
        report_one(s, r, mode[1], &found[1], both_played ? "on sqlite: " : "");
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        if (wrong[e] && !(mode[e] == PLAY_DOWN && found[e].kind == VIOLATION_ALREADY))
            sema_poison(s, &r->step, &found[e]);
}

void sema_note(diagnostics *d, const char *code, span place, const char *message)
{
    diagnostic note = {.severity = SEVERITY_NOTE, .code = code, .place = place, .message = message};
    vector_push(d->memory, &d->list, note);
}

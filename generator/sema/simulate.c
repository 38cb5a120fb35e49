/*
 * simulate.c: plays a history on an empty schema, for each engine of the project.
 *
 * Idea       Both engines go through a migration side by side, so that the same mistake is said once, and so
 * that the way back of each step is known for each of them. What an operation means is schema_apply's
 * business alone. Branches   The branch of an `if` that holds on the model is played like any statement, but
 * finds nothing wrong; then the other one leaves what it would make as "maybe there".
 */
#include "compare.h"
#include "sema.h"

static void add_back(sema *s, sema_record *r, size_t engine, migen_step step)
{
    vector_push(s->memory, &r->back[engine], step);
}

/* The way back of what the model knows nothing of: the author's own, or none at all. */
static void raw_way_back(sema *s, sema_record *r, size_t engine)
{
    const ast_statement *statement = r->statement;
    bool is_call = r->step.operation == MIGEN_CALL;
    if (statement->undo_none)
        return;
    if (!statement->undo || !statement->undo[0]) {
        r->no_way[engine] = is_call ? "a `call` without `undo`" : "a `run` without `undo`";
    } else if (is_call) {
        add_back(s, r, engine, (migen_step){.operation = MIGEN_CALL, .text = statement->undo[0]});
    } else {
        const char *text = r->step.text ? arena_format(s->memory, "undo: %s", r->step.text) : NULL;
        add_back(s, r, engine, (migen_step){.operation = MIGEN_RUN, .text = text, .sql = statement->undo});
    }
}

static void enum_way_back(sema *s, sema_record *r, size_t engine)
{
    const migen_step *step = &r->step;
    bool several = step->operation == MIGEN_ADD_MULTIPLE_ENUM_VALUES && list_length(step->values) > 1;
    const char *values = step->part ? step->part : list_join(s->memory, step->values, ", ");
    const char *text = arena_format(s->memory, "enum value%s %s of %s %s: PostgreSQL cannot take one back",
                                    several ? "s" : "", values, step->object, several ? "stay" : "stays");
    add_back(s, r, engine, (migen_step){.operation = MIGEN_SAY, .text = text});
}

/* Plays a step that changes the schema, and keeps its way back, which must be found while the schema is as
 * before. */
static violation_kind play_schema_step(sema *s, sema_record *r, size_t engine, play_mode mode, violation *v)
{
    schema *model = s->model[engine], *apart = mode == PLAY_MAYBE ? s->apart[engine] : model;
    violation_kind kind = VIOLATION_NONE;
    step_list back = {0};
    const char *why_not = NULL;
    bool has_way = true;
    do {
        back = (step_list){0};
        why_not = NULL;
        has_way = schema_inverse(apart, &r->step, s->memory, &back, &why_not);
        kind = mode == PLAY_MAYBE ? schema_apply_maybe(model, &r->step, v) : schema_apply(model, &r->step, v);
    } while (kind == VIOLATION_MISSING && mode != PLAY_MAYBE && sema_add_stub(s, engine, &r->step, v));
    bool in_if = mode == PLAY_IF || mode == PLAY_MAYBE;
    bool only_raw = kind != VIOLATION_NONE && v->word && sema_raw_mentions(s, v->word);
    /* A branch that the model does not take may drop what no migration has made: there is nothing to bring
     * back then. */
    if (kind == VIOLATION_NONE && !has_way && mode != PLAY_MAYBE)
        r->no_way[engine] = why_not ? why_not : "this";
    else if (kind == VIOLATION_ALREADY && only_raw &&
             text_starts_with(operation_words(r->step.operation), "drop"))
        r->no_way[engine] = "dropping what raw SQL has made";
    else if (kind == VIOLATION_MISSING && only_raw && !has_way && !in_if)
        r->no_way[engine] = why_not ? why_not : "a change of what raw SQL has made";
    /* In an `if`, the branch is taken back only where it was taken: there the inverse is right, whatever the
     * model has of the other branch. */
    violation unused = {0};
    violation_kind taken = mode == PLAY_MAYBE ? schema_apply(apart, &r->step, &unused) : kind;
    if (has_way && (taken == VIOLATION_NONE || (taken == VIOLATION_MISSING && (in_if || only_raw))))
        r->back[engine] = back;
    return kind;
}

static bool renames_to_itself(sema *s, const migen_step *step, violation *v)
{
    if (step->new_name == NULL || step->object == NULL)
        return false;
    const char *name = step->part != NULL ? step->part : name_parse(s->memory, step->object).name;
    if (!text_equal(name, step->new_name))
        return false;
    *v = (violation){.kind = VIOLATION_ALREADY, .word = step->new_name};
    v->message = "it is called that: the rename changes nothing";
    return true;
}

static violation_kind play_step_on(sema *s, sema_record *r, size_t engine, play_mode mode, violation *v)
{
    *v = (violation){0};
    r->back[engine] = (step_list){0};
    r->no_way[engine] = NULL;
    switch (r->step.operation) {
    case MIGEN_RUN:
    case MIGEN_CALL:
        raw_way_back(s, r, engine);
        return VIOLATION_NONE;
    case MIGEN_SAY:
        return VIOLATION_NONE;
    case MIGEN_SEED:
    case MIGEN_BACKFILL:
    case MIGEN_MIGRATION_SUMMARY: {
        violation_kind kind = sema_check_data(s->memory, s->model[engine], &r->step, v);
        while (kind == VIOLATION_MISSING && sema_add_stub(s, engine, &r->step, v))
            kind = sema_check_data(s->memory, s->model[engine], &r->step, v);
        return kind;
    }
    case MIGEN_CREATE_TRIGGER:
    case MIGEN_CREATE_FUNCTION:
        if (sema_check_body(s->memory, s->model[engine]->engine, &r->step, v) != VIOLATION_NONE)
            return v->kind;
        break;
    default:
        break;
    }
    if (renames_to_itself(s, &r->step, v))
        return v->kind;
    violation_kind kind = play_schema_step(s, r, engine, mode, v);
    v->kind = kind;
    bool adds_value =
        r->step.operation == MIGEN_ADD_ENUM_VALUE || r->step.operation == MIGEN_ADD_MULTIPLE_ENUM_VALUES;
    if (adds_value && kind == VIOLATION_NONE) {
        r->back[engine] = (step_list){0};
        r->no_way[engine] = NULL;
        enum_way_back(s, r, engine);
    }
    return kind;
}

/* Remembers where things were made, for the second place of later errors. */
static void remember_made(sema *s, const sema_record *r)
{
    const migen_step *step = &r->step;
    if (s->in_down || !step->object)
        return;
    const char *object = name_text(s->memory, name_parse(s->memory, step->object));
    span *place = ARENA_NEW(s->memory, span);
    *place = r->statement->place;
    if (step->table) {
        map_set(&s->made, object, place);
        map_set(&s->fresh, object, place);
    } else if (step->operation == MIGEN_CREATE_ENUM || step->operation == MIGEN_CREATE_VIEW) {
        map_set(&s->made, object, place);
    } else if (step->operation == MIGEN_RENAME_TABLE && map_has(&s->fresh, object)) {
        map_set(&s->fresh, name_part_text(s->memory, step->new_name), place);
    }
    for (size_t i = 0; i < step->column_count; i++) {
        span *column = ARENA_NEW(s->memory, span);
        *column = ast_place_of(s->current->file, step->columns[i].name, *place);
        map_set(&s->made, arena_format(s->memory, "%s.%s", object, step->columns[i].name), column);
    }
    for (size_t i = 0; step->table && i < step->table->column_count; i++) {
        span *column = ARENA_NEW(s->memory, span);
        *column = ast_place_of(s->current->file, step->table->columns[i].name, *place);
        map_set(&s->made, arena_format(s->memory, "%s.%s", object, step->table->columns[i].name), column);
    }
}

static void play_step(sema *s, sema_record *r, const play_mode mode[ENGINE_COUNT])
{
    violation found[ENGINE_COUNT] = {{0}, {0}};
    bool done = false;
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        if (mode[e] != PLAY_OFF)
            sema_resolve(s, e, r);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        if (mode[e] != PLAY_OFF && !s->in_down && !r->linted)
            lint_step(s, e, r);
    for (size_t e = 0; e < ENGINE_COUNT; e++) {
        if (mode[e] == PLAY_OFF)
            continue;
        found[e].kind = play_step_on(s, r, e, mode[e], &found[e]);
        done = done || found[e].kind == VIOLATION_NONE;
    }
    sema_report(s, r, mode, found);
    if (r->step.operation == MIGEN_RUN || r->step.operation == MIGEN_CALL)
        sema_remember_raw(s, r->statement);
    if (done)
        remember_made(s, r);
}

/* First the branch that holds, so that the other one cannot stand in its way. */
static void play_if(sema *s, sema_record *r, const play_mode mode[ENGINE_COUNT])
{
    play_mode then_first[ENGINE_COUNT] = {PLAY_OFF, PLAY_OFF},
              else_first[ENGINE_COUNT] = {PLAY_OFF, PLAY_OFF};
    play_mode then_after[ENGINE_COUNT] = {PLAY_OFF, PLAY_OFF},
              else_after[ENGINE_COUNT] = {PLAY_OFF, PLAY_OFF};
    schema *outside[ENGINE_COUNT] = {s->apart[0], s->apart[1]}, *before[ENGINE_COUNT] = {NULL, NULL};
    for (size_t e = 0; e < ENGINE_COUNT; e++) {
        if (mode[e] == PLAY_OFF)
            continue;
        before[e] = schema_copy(s->memory, mode[e] == PLAY_MAYBE ? outside[e] : s->model[e]);
        if (mode[e] == PLAY_MAYBE || r->step.operation == MIGEN_IF_SQL) {
            then_after[e] = else_after[e] = PLAY_MAYBE;
            continue;
        }
        bool holds = schema_answers(s->model[e], &r->step) != r->step.negated;
        then_first[e] = holds ? PLAY_IF : PLAY_OFF;
        else_first[e] = holds ? PLAY_OFF : PLAY_IF;
        then_after[e] = holds ? PLAY_OFF : PLAY_MAYBE;
        else_after[e] = holds ? PLAY_MAYBE : PLAY_OFF;
    }
    sema_play_list(s, &r->then, then_first);
    sema_play_list(s, &r->otherwise, else_first);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        s->apart[e] = before[e] == NULL ? NULL : schema_copy(s->memory, before[e]);
    sema_play_list(s, &r->then, then_after);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        s->apart[e] = before[e];
    sema_play_list(s, &r->otherwise, else_after);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        s->apart[e] = outside[e];
}

/* The rest of a file with that many errors is not played: what it would have made is not known. */
static bool is_given_up(sema *s)
{
    if (s->out->error_count - s->errors < MOST_ERRORS)
        return false;
    const ast_file *file = s->current->file;
    if (s->broken.count == 0 || s->broken.items[s->broken.count - 1] != file)
        vector_push(s->memory, &s->broken, file);
    return true;
}

void sema_play_list(sema *s, record_list *records, const play_mode mode[ENGINE_COUNT])
{
    if (mode[0] == PLAY_OFF && mode[1] == PLAY_OFF)
        return;
    for (size_t i = 0; i < records->count && !is_given_up(s); i++) {
        sema_record *r = records->items[i];
        play_mode here[ENGINE_COUNT];
        for (size_t e = 0; e < ENGINE_COUNT; e++)
            here[e] = (r->engines & (1u << e)) && s->model[e] ? mode[e] : PLAY_OFF;
        if (r->statement->kind == AST_IF)
            play_if(s, r, here);
        else if (r->statement->kind == AST_ON) {
            for (size_t e = 0; e < ENGINE_COUNT; e++)
                if (!(r->step.engines & (1u << e)))
                    here[e] = PLAY_OFF;
            sema_play_list(s, &r->then, here);
        } else if (here[0] != PLAY_OFF || here[1] != PLAY_OFF)
            play_step(s, r, here);
    }
}

static void play_all(sema *s, record_list *records, play_mode mode)
{
    const play_mode modes[ENGINE_COUNT] = {s->model[0] ? mode : PLAY_OFF, s->model[1] ? mode : PLAY_OFF};
    sema_play_list(s, records, modes);
}

/* Says when a down block does not lead to the schema that was there before the migration. */
static void compare_down(sema *s, size_t engine, const schema *before, const schema *after)
{
    difference_list differences = {0};
    comparison c = {.memory = s->memory, .engine = before->engine, .memo = NULL, .out = &differences};
    compare_schemas(&c, before, after, true);
    for (size_t i = 0; i < differences.count; i++) {
        const difference *found = &differences.items[i];
        if (found->note)
            continue;
        const char *where = s->model[0] && s->model[1] && engine == 1 ? "on sqlite, " : "";
        diagnostic *d;
        if (!found->wanted)
            d = report_warning(s->out, "down-differs", s->current->file->down_place,
                               "%safter this way down %s %s is still there", where, kind_words(found->kind),
                               found->object);
        else if (!found->found)
            d = report_warning(s->out, "down-differs", s->current->file->down_place,
                               "%safter this way down %s %s is missing, which was there before the migration",
                               where, kind_words(found->kind), found->object);
        else
            d = report_warning(s->out, "down-differs", s->current->file->down_place,
                               "%safter this way down %s %s is %s, but was %s before the migration", where,
                               kind_words(found->kind), found->object, found->found, found->wanted);
        diagnostic_hint(s->out, d, "`down auto` derives a way that leads back to it");
        return;
    }
}

/* Plays the down block on what the way up has left, on copies. */
static void play_down_block(sema *s, checked_migration *m, schema *before[ENGINE_COUNT], step_list *rows,
                            line_list *lines)
{
    schema *after[ENGINE_COUNT] = {s->model[0], s->model[1]};
    map poisoned = map_new(s->memory), *outer = s->poisoned;
    for (size_t i = 0; i < outer->count; i++)
        if (!outer->entries[i].removed)
            map_set(&poisoned, outer->entries[i].key, outer->entries[i].value);
    s->poisoned = &poisoned;
    s->in_down = true;
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        if (s->model[e])
            s->model[e] = schema_copy(s->memory, s->model[e]);
    size_t errors = s->out->error_count;
    record_list records =
        sema_records(s, &m->file->down_statements, s->release->project->engines, false, NULL);
    play_all(s, &records, PLAY_DOWN);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        if (s->model[e] && !s->has_raw && s->out->error_count == errors)
            compare_down(s, e, before[e], s->model[e]);
    sema_flatten(s, &records, rows, lines);
    s->in_down = false;
    s->poisoned = outer;
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        s->model[e] = after[e];
}

void sema_play_migration(sema *s, checked_migration *m)
{
    const ast_file *file = m->file;
    s->current = m;
    s->fresh = map_new(s->memory);
    s->foreign_keys.count = 0;
    s->branches = 0;
    s->errors = s->out->error_count;
    s->in_down = s->has_raw = false;
    schema *before[ENGINE_COUNT] = {NULL, NULL};
    for (size_t e = 0; e < ENGINE_COUNT && file->down == DOWN_BLOCK; e++)
        if (s->model[e])
            before[e] = schema_copy(s->memory, s->model[e]);
    record_list records = sema_records(s, &file->statements, s->release->project->engines, false, NULL);
    play_all(s, &records, PLAY_NORMAL);
    lint_migration_end(s);

    step_list up = {0}, down = {0};
    line_list up_lines = {0}, down_lines = {0};
    sema_flatten(s, &records, &up, &up_lines);
    if (file->down == DOWN_BLOCK) {
        play_down_block(s, m, before, &down, &down_lines);
    } else if (file->down == DOWN_NEVER) {
        m->migration.down_never = file->down_reason ? file->down_reason : "no reason given";
    } else {
        sema_derive_down(s, &records, &down, &down_lines);
        sema_note_lost_data(s, &records);
    }
    m->data_lost_by_down = sema_drops_data(&records);
    m->migration.up = up.items;
    m->migration.up_count = up.count;
    m->migration.up_lines = up_lines.items;
    m->migration.down = down.items;
    m->migration.down_count = down.count;
    m->migration.down_lines = down_lines.items;
}

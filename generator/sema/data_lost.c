/* What going down does not bring back. */
#include "sema.h"

#include "text.h"

/* What a drop has had rows or values in, by what its way back makes again (cascade takes more than the statement names). NULL:
 * nothing; a generated column's values come back. */
static const char *dropped_data(const sema_record *r)
{
    const char *what = NULL;
    for (size_t e = 0; e < ENGINE_COUNT && text_starts_with(operation_words(r->step.operation), "drop");
         e++) {
        for (size_t i = 0; i < r->back[e].count; i++) {
            const migen_step *back = &r->back[e].items[i];
            if (back->operation == MIGEN_CREATE_TABLE)
                return "the table, but not its rows";
            if (back->operation == MIGEN_ADD_COLUMN && back->columns[0].generated == NULL)
                what = "the column, but not its values";
        }
    }
    return what;
}

/* Whether this step of a drop's way back makes a foreign key upon what comes back empty. */
static bool is_key_upon(const step_list *back, const migen_step *step, const char *dropped)
{
    if (step->operation != MIGEN_ADD_CONSTRAINT || step->constraint->kind != MIGEN_FOREIGN_KEY ||
        !text_equal(step->constraint->references, dropped))
        return false;
    for (size_t i = 0; i < back->count; i++) {
        const migen_step *made = &back->items[i];
        if (made->operation == MIGEN_CREATE_TABLE ||
            (made->operation == MIGEN_ADD_COLUMN && text_equal(made->object, dropped) &&
             list_contains(step->constraint->references_columns, made->columns[0].name)))
            return true;
    }
    return false;
}

/* Rows that refer to what was dropped with cascade do not fit its way back: nobody but the author knows what is to become of them. */
static void note_refused_keys(sema *s, const sema_record *r)
{
    map keys = map_new(s->memory);
    for (size_t e = 0; e < ENGINE_COUNT; e++)
        for (size_t i = 0; i < r->back[e].count; i++) {
            const migen_step *step = &r->back[e].items[i];
            if (is_key_upon(&r->back[e], step, r->step.object))
                map_set(&keys, arena_format(s->memory, "%s of %s", step->constraint->name, step->object), s);
        }
    VECTOR(const char *) names = {0};
    for (size_t i = 0; i < keys.count; i++)
        vector_push(s->memory, &names, keys.entries[i].key);
    if (names.count == 0)
        return;
    vector_push(s->memory, &names, NULL);
    sema_note(s->out, "data-lost", r->statement->place,
              arena_format(s->memory,
                           "the way down makes %s again, which rows refuse that refer to what is lost; a "
                           "`down { }` can say what becomes of them",
                           list_join(s->memory, names.items, ", ")));
}

bool sema_drops_data(const record_list *records)
{
    for (size_t i = 0; i < records->count; i++) {
        const sema_record *r = records->items[i];
        migen_operation operation = r->step.operation;
        if (operation == MIGEN_DROP_TABLE || operation == MIGEN_DROP_COLUMN ||
            operation == MIGEN_DROP_COLUMNS || dropped_data(r) != NULL)
            return true;
        if (sema_drops_data(&r->then) || sema_drops_data(&r->otherwise))
            return true;
    }
    return false;
}

/* A derived way down brings back the definition, never the rows: said once for each statement. */
void sema_note_lost_data(sema *s, const record_list *records)
{
    for (size_t i = 0; i < records->count; i++) {
        const sema_record *r = records->items[i];
        sema_note_lost_data(s, &r->then);
        sema_note_lost_data(s, &r->otherwise);
        const char *what = dropped_data(r);
        if (what != NULL)
            sema_note(s->out, "data-lost", r->statement->place,
                      arena_format(s->memory, "the way down brings back %s", what));
        if (what != NULL)
            note_refused_keys(s, r);
    }
}

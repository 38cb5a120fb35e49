/*
 * derive.c: records to rows: the way up as it was written, the way down in reverse.
 *
 * Idea       Each statement's way back is known for each engine. Going through the statements from the last
 * to the first, rows that both engines share stand once; rows of one engine stand between ON_… and END_ON.
 */
#include "sema.h"

/* Rows for a table of steps. `around` are the engines that everything here is for; `open` those of the ON
 * block that is open. */
typedef struct row_sink {
    sema *s;
    step_list rows;
    line_list lines;
    unsigned around, open;
} row_sink;

static void push_row(row_sink *sink, migen_step step, unsigned line)
{
    vector_push(sink->s->memory, &sink->rows, step);
    vector_push(sink->s->memory, &sink->lines, line);
}

static void close_block(row_sink *sink, unsigned line)
{
    if (sink->open)
        push_row(sink, (migen_step){.operation = MIGEN_END_ON}, line);
    sink->open = 0;
}

/* Sees to it that the next row counts for these engines. */
static void switch_to(row_sink *sink, unsigned engines, unsigned line)
{
    unsigned wanted = engines == sink->around ? 0 : engines;
    if (wanted == sink->open)
        return;
    close_block(sink, line);
    if (wanted)
        push_row(sink, (migen_step){.operation = MIGEN_ON_ENGINE, .engines = wanted}, line);
    sink->open = wanted;
}

static unsigned line_of(const sema_record *r)
{
    return (unsigned)source_line_of(r->statement->place);
}

static void flatten(row_sink *sink, const record_list *records)
{
    for (size_t i = 0; i < records->count; i++) {
        const sema_record *r = records->items[i];
        unsigned line = line_of(r);
        push_row(sink, r->step, line);
        if (r->statement->kind == AST_IF) {
            flatten(sink, &r->then);
            if (r->otherwise.count)
                push_row(sink, (migen_step){.operation = MIGEN_ELSE}, line);
            flatten(sink, &r->otherwise);
            push_row(sink, (migen_step){.operation = MIGEN_END_IF}, line);
        } else if (r->statement->kind == AST_ON) {
            flatten(sink, &r->then);
            push_row(sink, (migen_step){.operation = MIGEN_END_ON}, line);
        }
    }
}

void sema_flatten(sema *s, const record_list *records, step_list *rows, line_list *lines)
{
    row_sink sink = {.s = s};
    flatten(&sink, records);
    *rows = sink.rows;
    *lines = sink.lines;
}

static bool lists_equal(arena *a, const step_list *left, const step_list *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (!text_equal(step_form(a, &left->items[i]), step_form(a, &right->items[i])))
            return false;
    return true;
}

static void derive_step(row_sink *sink, const sema_record *r)
{
    unsigned line = line_of(r);
    bool both = r->engines == (MIGEN_POSTGRES | MIGEN_SQLITE);
    if (both && lists_equal(sink->s->memory, &r->back[0], &r->back[1])) {
        for (size_t i = 0; i < r->back[0].count; i++) {
            switch_to(sink, r->engines, line);
            push_row(sink, r->back[0].items[i], line);
        }
        return;
    }
    for (size_t e = 0; e < ENGINE_COUNT; e++) {
        for (size_t i = 0; (r->engines & (1u << e)) && i < r->back[e].count; i++) {
            switch_to(sink, 1u << e, line);
            push_row(sink, r->back[e].items[i], line);
        }
    }
}

static void check_way(sema *s, const sema_record *r)
{
    const char *why = r->no_way[0] ? r->no_way[0] : r->no_way[1];
    if (!why)
        return;
    diagnostic *d =
        report_error(s->out, "no-way-down", r->statement->place, "no way down can be derived from %s", why);
    bool raw = r->step.operation == MIGEN_RUN || r->step.operation == MIGEN_CALL;
    if (raw)
        diagnostic_hint(
            s->out, d,
            "say how it is taken back (`undo { SQL }`), that nothing is to be (`undo none`), or write a "
            "way down (`down { … }`, `down never \"reason\"`)");
    else
        diagnostic_hint(
            s->out, d,
            "write the way down: `down { … }`, or `down never \"reason\"`, at the end of the file");
}

static void derive_list(row_sink *sink, const record_list *records);

static void derive_if(row_sink *sink, const sema_record *r)
{
    row_sink inner = {.s = sink->s, .around = r->engines};
    unsigned line = line_of(r);
    push_row(&inner, (migen_step){.operation = MIGEN_IF_TAKEN, .branch = r->step.branch}, line);
    derive_list(&inner, &r->then);
    close_block(&inner, line);
    size_t rows = inner.rows.count;
    push_row(&inner, (migen_step){.operation = MIGEN_ELSE}, line);
    derive_list(&inner, &r->otherwise);
    close_block(&inner, line);
    if (inner.rows.count == rows + 1) /* nothing behind else */
        inner.rows.count = inner.lines.count = rows;
    if (inner.rows.count == 1) /* nothing at all */
        return;
    push_row(&inner, (migen_step){.operation = MIGEN_END_IF}, line);
    switch_to(sink, r->engines, line);
    for (size_t i = 0; i < inner.rows.count; i++)
        push_row(sink, inner.rows.items[i], inner.lines.items[i]);
}

static void derive_list(row_sink *sink, const record_list *records)
{
    for (size_t i = records->count; i-- > 0;) {
        const sema_record *r = records->items[i];
        if (r->statement->kind == AST_IF)
            derive_if(sink, r);
        else if (r->statement->kind == AST_ON)
            derive_list(sink, &r->then);
        else {
            check_way(sink->s, r);
            derive_step(sink, r);
        }
    }
}

void sema_derive_down(sema *s, const record_list *records, step_list *rows, line_list *lines)
{
    row_sink sink = {.s = s, .around = s->release->project->engines};
    derive_list(&sink, records);
    close_block(&sink, sink.lines.count ? sink.lines.items[sink.lines.count - 1] : 0);
    *rows = sink.rows;
    *lines = sink.lines;
}

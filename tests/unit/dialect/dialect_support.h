/*
 * dialect_support.h: a model to start from, and statements as one text, for the tests of the dialects.
 *
 * Usage      support t = support_new(MIGEN_SQLITE);  support_play(&t,
 * &(migen_step)SAFE_CREATE_TABLE(&users)); assert_string_equal(support_write(&t, &step, false), "ALTER TABLE
 * …\n"); Marks      Behind a statement stands what is known of it: [ACCESS EXCLUSIVE users; own; outside;
 * rewrites; scans; rows]
 */
#ifndef DIALECT_SUPPORT_H
#define DIALECT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "dialect.h"
#include "text.h"

typedef struct support {
    arena *memory;
    schema *model;
} support;

static inline support support_new(migen_engine engine)
{
    arena *a = arena_new();
    return (support){.memory = a, .model = schema_new(a, engine)};
}

static inline void support_free(support *t)
{
    arena_free(t->memory);
}

/* The step's meaning alone. */
static inline void support_apply(support *t, const migen_step *step)
{
    violation v = {0};
    if (schema_apply(t->model, step, &v) != VIOLATION_NONE)
        fail_msg("%s: %s", step_words(t->memory, step), v.message);
}

/* From here on the tables are used by others. */
static inline void support_settle(support *t)
{
    for (size_t i = 0; i < t->model->tables.count; i++)
        if (!t->model->tables.entries[i].removed)
            ((schema_table *)t->model->tables.entries[i].value)->fresh = false;
}

static inline sql_list support_statements(support *t, const migen_step *step, bool online)
{
    sql_list list = {0};
    char *dump = schema_dump(t->memory, t->model);
    dialect_request r = {.memory = t->memory, .before = t->model, .step = step, .online = online};
    dialect_write(&r, &list);
    assert_string_equal(dump, schema_dump(t->memory, t->model)); /* before is never changed */
    return list;
}

static inline void support_mark(builder *b, bool first, const char *words)
{
    builder_add(b, first ? "  [" : "; ");
    builder_add(b, words);
}

static inline char *support_text(support *t, const sql_list *list)
{
    builder b = builder_new(t->memory);
    for (size_t i = 0; i < list->count; i++) {
        const sql_statement *s = &list->items[i];
        bool first = true;
        builder_add(&b, s->text);
        if (s->lock_object != NULL) {
            support_mark(&b, first, lock_words(s->lock));
            builder_add_format(&b, " %s", s->lock_object);
            first = false;
        } else {
            assert_int_equal(s->lock, LOCK_NONE);
        }
        struct {
            bool is;
            const char *words;
        } marks[] = {{s->outside, "outside"},
                     {s->own_transaction, "own"},
                     {s->rewrites, "rewrites"},
                     {s->scans, "scans"},
                     {s->counts_rows, "rows"}};
        for (size_t m = 0; m < sizeof marks / sizeof *marks; m++) {
            if (!marks[m].is)
                continue;
            support_mark(&b, first, marks[m].words);
            first = false;
        }
        builder_add(&b, first ? "\n" : "]\n");
    }
    return b.bytes == NULL ? arena_string(t->memory, "") : b.bytes;
}

static inline char *support_write(support *t, const migen_step *step, bool online)
{
    sql_list list = support_statements(t, step, online);
    return support_text(t, &list);
}

#endif

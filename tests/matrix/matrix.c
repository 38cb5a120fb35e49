/*
 * matrix.c: every operation on an engine, from every state that the database can be in.
 *
 * A cell     one case of operation_cases.h × what stands around the table × the kind of table × the state that the step finds:
 *            up, up again, down, down again, up. After each the database must be what the model says, the rows must be
 *            what they were, and what is repeated must write nothing.
 * Usage      matrix sqlite|postgres [all] [NAME]   all: every name with everything; NAME: cases that contain it
 */
#include "matrix_bench.h"
#include "operation_case.h"

#include "operation.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum matrix_around {
    AROUND_NOTHING,
    AROUND_ROWS,
    AROUND_REFERENCED,
    AROUND_DEPENDENTS,
    AROUND_ALL,
    AROUND_COUNT
} matrix_around;
typedef enum matrix_state {
    STATE_ABSENT,
    STATE_SAME,
    STATE_DIFFERENT,
    STATE_HALF_DONE,
    STATE_COUNT
} matrix_state;

typedef enum matrix_shape { /* of the subject's table */
                            SHAPE_PLAIN,
                            SHAPE_STRICT,
                            SHAPE_WITHOUT_ROWID,
                            SHAPE_AUTOINCREMENT, /* which the language cannot say: an application's own */
                            SHAPE_GENERATED,     /* with a stored and a virtual generated column */
                            SHAPE_COUNT
} matrix_shape;

static const char *const shape_words[] = {"", "strict, ", "without rowid, ", "autoincrement, ",
                                          "generated columns, "};
static const char *const around_words[] = {"empty", "rows", "referenced", "dependents", "all of it"};
static const char *const state_words[] = {"absent", "same", "different", "half done"};

typedef struct matrix_cell {
    bench *b;
    const case_names *names;
    const operation_case *what;
    matrix_around around;
    matrix_state state;
    matrix_shape shape;
    const migen_release *release;
    const char *rows_before, *children_before; /* what the tables hold before the step */
    const char *dump_before;
    bool differs; /* the step found something else, and left it */
    size_t failures;
} matrix_cell;

static size_t matrix_failures, matrix_cells, matrix_left_out, matrix_long_form, matrix_shapes_left_out;

static void cell_fail(matrix_cell *c, const char *when, const char *what, const char *detail)
{
    c->failures++;
    matrix_failures++;
    printf("FAILED %s, %s, %s%s, %s · %s: %s\n%s%s", c->what->name, c->names->title, shape_words[c->shape],
           around_words[c->around], state_words[c->state], when, what, detail,
           *detail == '\0' || text_ends_with(detail, "\n") ? "" : "\n");
}

static void steps_add(arena *a, step_list *list, const migen_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        vector_push(a, list, steps[i]);
}

static bool has_rows_around(const matrix_cell *c)
{
    return c->around != AROUND_NOTHING;
}

static bool is_referenced(const matrix_cell *c)
{
    return c->around == AROUND_REFERENCED || c->around == AROUND_ALL;
}

static bool has_dependents(const matrix_cell *c)
{
    return c->around == AROUND_DEPENDENTS || c->around == AROUND_ALL;
}

/* The subject's table in the cell's shape. */
static void cell_shape(matrix_cell *c, step_list *steps)
{
    arena *a = c->b->memory;
    for (size_t i = 0; i < steps->count; i++) {
        migen_step *step = &steps->items[i];
        bool ensures = step->operation == MIGEN_ENSURE_TABLE && c->shape == SHAPE_WITHOUT_ROWID;
        if ((step->operation != MIGEN_CREATE_TABLE && !ensures) ||
            !text_equal(name_parse(a, step->table->name).name, c->names->subject))
            continue;
        migen_table *t = ARENA_NEW(a, migen_table);
        *t = *step->table;
        t->strict = c->shape == SHAPE_STRICT;
        t->without_rowid = c->shape == SHAPE_WITHOUT_ROWID;
        if (c->shape == SHAPE_WITHOUT_ROWID) { /* its key counts by itself no more */
            migen_column *columns = ARENA_NEW_ARRAY(a, migen_column, t->column_count);
            memcpy(columns, t->columns, t->column_count * sizeof *columns);
            columns[0] = (migen_column){.name = columns[0].name,
                                        .type = {.kind = MIGEN_TYPE_BIGINT},
                                        .primary_key = true,
                                        .not_null = true};
            t->columns = columns;
        }
        if (c->shape == SHAPE_GENERATED) {
            migen_column *columns = ARENA_NEW_ARRAY(a, migen_column, t->column_count + 2);
            memcpy(columns, t->columns, t->column_count * sizeof *columns);
            columns[t->column_count] =
                (migen_column){.name = "made stored",
                               .type = {.kind = MIGEN_TYPE_TEXT},
                               .generated = "CASE WHEN id > 2 THEN 'yes' ELSE 'no' END",
                               .stored = true};
            columns[t->column_count + 1] = (migen_column){.name = "made_virtual",
                                                          .type = {.kind = MIGEN_TYPE_BIGINT},
                                                          .generated = "id + 1",
                                                          .stored = c->b->engine == MIGEN_POSTGRES};
            t->columns = columns;
            t->column_count += 2;
        }
        step->table = t;
    }
}

#define COUNTER "77"

/* What an application's own tool has made: the counter stands high above the rows. */
static bool cell_count_up(matrix_cell *c)
{
    const char *const sql[] = {
        "CREATE TABLE _matrix_counter (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "DROP TABLE _matrix_counter",
        "PRAGMA writable_schema = ON",
        arena_format(
            c->b->memory,
            "UPDATE sqlite_schema SET sql = replace(sql, 'INTEGER PRIMARY KEY', 'INTEGER PRIMARY KEY "
            "AUTOINCREMENT') WHERE type = 'table' AND sql LIKE '%%other_id%%'"),
        "PRAGMA writable_schema = RESET",
        "PRAGMA schema_version = 1000", /* an old SQLite would go on with what it has read */
        NULL};
    const char *message = "";
    for (size_t i = 0; sql[i] != NULL; i++)
        if (!bench_execute(c->b, sql[i], &message)) {
            cell_fail(c, "making a counter", sql[i], message);
            return false;
        }
    return true;
}

static bool cell_release(matrix_cell *c)
{
    const case_names *n = c->names;
    arena *a = c->b->memory;
    step_list migrations[2] = {{0}, {0}};
    steps_add(a, &migrations[0], n->common, n->common_count);
    if (is_referenced(c))
        steps_add(a, &migrations[0], n->referenced, n->referenced_count);
    if (has_dependents(c) && c->b->engine == MIGEN_POSTGRES)
        steps_add(a, &migrations[0], n->dependents_postgres, n->dependents_postgres_count);
    if (has_dependents(c) && c->b->engine == MIGEN_SQLITE)
        steps_add(a, &migrations[0], n->dependents_sqlite, n->dependents_sqlite_count);
    steps_add(a, &migrations[0], c->what->before, c->what->before_count);
    if (c->what->rows != NULL)
        steps_add(a, &migrations[1], c->what->rows, c->what->row_count);
    else
        steps_add(a, &migrations[1], &c->what->step, 1);
    for (size_t i = 0; c->shape != SHAPE_PLAIN && i < 2; i++)
        cell_shape(c, &migrations[i]);
    step_list down = {0};
    steps_add(a, &down, c->what->down, c->what->down_count);
    c->b->last_down = c->what->down == NULL ? NULL : &down;
    const char *why_not = NULL;
    c->release = bench_release(c->b, migrations, 2, &why_not);
    if (why_not != NULL)
        cell_fail(c, "model", "the history is refused", why_not);
    return why_not == NULL;
}

static bool cell_execute(matrix_cell *c, const char *when, const char *const *sql)
{
    const char *message = "";
    for (size_t i = 0; sql != NULL && sql[i] != NULL; i++) {
        if (!bench_execute(c->b, sql[i], &message)) {
            cell_fail(c, when, sql[i], message);
            return false;
        }
    }
    return true;
}

static bench_result cell_run(matrix_cell *c, const char *when, bench_action action, const char *goal)
{
    bench_result r = bench_run(c->b, c->release, action, goal, false);
    if (r.code != STATUS_OK)
        cell_fail(c, when, r.message, r.log);
    return r;
}

static void cell_check_schema(matrix_cell *c, const char *when)
{
    const char *differences = bench_differences(c->b, c->release);
    if (*differences != '\0')
        cell_fail(c, when, "the database is not what the history says", differences);
    if (c->b->engine == MIGEN_SQLITE && !c->what->leaves_values) {
        const char *found = bench_dump(c->b, c->release, false);
        const char *wanted = bench_dump(c->b, c->release, true);
        if (!text_equal(found, wanted))
            cell_fail(c, when, "the dumps differ",
                      arena_format(c->b->memory, "--- found\n%s--- wanted\n%s", found, wanted));
    }
}

static void cell_check_rows(matrix_cell *c, const char *when, const char *query, bool children)
{
    if (!text_starts_with(query, "SELECT"))
        return;
    const char *rows = bench_rows(c->b, query);
    if (c->shape == SHAPE_AUTOINCREMENT && has_rows_around(c) && !c->what->loses_rows &&
        !text_equal(bench_rows(c->b, "SELECT max(seq) FROM sqlite_sequence"), "1 rows; " COUNTER))
        cell_fail(c, when, "the counter is lost", bench_rows(c->b, "SELECT * FROM sqlite_sequence"));
    if (!text_equal(rows, c->rows_before) && !c->what->loses_rows)
        cell_fail(c, when, "rows are lost or changed",
                  arena_format(c->b->memory, "before: %s\nnow: %s", c->rows_before, rows));
    if (!is_referenced(c) || !children)
        return;
    rows = bench_rows(c->b, c->names->child_rows);
    if (!text_equal(rows, c->children_before))
        cell_fail(c, when, "the children's rows are lost or changed",
                  arena_format(c->b->memory, "before: %s\nnow: %s", c->children_before, rows));
}

static void cell_check_second_run(matrix_cell *c, const char *when, bench_action action, const char *goal)
{
    bench_result r = cell_run(c, when, action, goal);
    if (r.writes != 0)
        cell_fail(c, when, "it writes", r.log);
}

static size_t outcome_changes(const bench_result *r)
{
    return r->counts[OUTCOME_CREATED] + r->counts[OUTCOME_ALTERED] + r->counts[OUTCOME_RENAMED] +
           r->counts[OUTCOME_REPLACED] + r->counts[OUTCOME_DROPPED];
}

static bool cell_forget(matrix_cell *c)
{
    const char *message = "";
    if (bench_execute(c->b, "DELETE FROM migen_history WHERE id LIKE '%\\_m2' ESCAPE '\\'", &message))
        return true;
    cell_fail(c, "forgetting", "the history's row", message);
    return false;
}

/* With --strict something else is refused, and nothing is changed. */
static bool cell_make_state(matrix_cell *c);

static void cell_check_strict(matrix_cell *c)
{
    const char *before = bench_dump(c->b, c->release, false);
    bench_result r = bench_run(c->b, c->release, engine_up, NULL, true);
    bool replaced = r.code == STATUS_OK && r.counts[OUTCOME_REPLACED] != 0;
    if (replaced) {
        (void)cell_run(c, "strict", engine_down, "m1");
        (void)cell_make_state(c);
        return;
    }
    if (r.code != STATUS_DRIFT)
        cell_fail(c, "strict", "it is not refused as a difference", r.log);
    if (!text_equal(before, bench_dump(c->b, c->release, false)))
        cell_fail(c, "strict", "the database was changed", r.log);
}

/* Makes the state that the step is to find; false when there is none such. */
static bool cell_make_state(matrix_cell *c)
{
    const case_state *state = c->state == STATE_DIFFERENT ? &c->what->different : &c->what->half_done;
    switch (c->state) {
    case STATE_ABSENT:
        return true;
    case STATE_SAME:
        return cell_run(c, "up before", engine_up, NULL).code == STATUS_OK && cell_forget(c);
    default:
        return cell_execute(c, "making the state",
                            c->b->engine == MIGEN_POSTGRES ? state->postgres : state->sqlite);
    }
}

/* SQLite's enums live in the history: without its row nothing says that the step was done, and nothing is written. */
static bool is_history_alone(const matrix_cell *c)
{
    migen_operation operation = c->what->step.operation;
    return c->b->engine == MIGEN_SQLITE &&
           (operation == MIGEN_CREATE_ENUM || operation == MIGEN_DROP_ENUM ||
            operation == MIGEN_RENAME_ENUM || operation == MIGEN_RENAME_ENUM_VALUE);
}

static void cell_check_outcome(matrix_cell *c, const bench_result *r)
{
    bool given = c->what->step.operation == MIGEN_GIVEN_TABLE || is_history_alone(c);
    size_t differs = r->counts[OUTCOME_DIFFERS];
    if (c->state == STATE_SAME) {
        if ((outcome_changes(r) != 0 && !is_history_alone(c)) || differs != 0)
            cell_fail(c, "up", "what holds is changed, or called different", r->log);
        if (!given && r->counts[OUTCOME_SKIPPED] == 0 && !c->what->repeats)
            cell_fail(c, "up", "nothing says that it holds already", r->log);
        if (r->writes > 1 && !c->what->repeats) /* the history's row */
            cell_fail(c, "up", "it writes", r->log);
    } else if (c->state == STATE_DIFFERENT) {
        c->differs = differs != 0;
        if (differs == 0 && r->counts[OUTCOME_REPLACED] + r->counts[OUTCOME_ALTERED] == 0)
            cell_fail(c, "up", "the difference is passed over in silence", r->log);
    } else if (differs != 0) {
        cell_fail(c, "up", "called different", r->log);
    }
}

static void cell_up_and_down(matrix_cell *c)
{
    const char *rows = c->what->subject == NULL ? c->names->subject_rows : c->what->subject;
    if (c->differs || c->what->loses_rows)
        rows = "";
    bool model = !c->differs;
    if (model)
        cell_check_schema(c, "up");
    cell_check_rows(c, "up", rows, true);
    cell_check_second_run(c, "up again", engine_up, NULL);
    if (c->what->loses_rows && is_referenced(c))
        (void)cell_execute(c, "emptying the child", (const char *const[]){c->names->empty_child, NULL});
    if (cell_run(c, "down", engine_down, "m1").code != STATUS_OK)
        return;
    if (model) {
        cell_check_schema(c, "down");
        cell_check_rows(c, "down", c->names->subject_rows, !c->what->loses_rows);
    }
    if (model && !c->what->leaves_values && c->state != STATE_DIFFERENT && c->state != STATE_HALF_DONE) {
        const char *dump = bench_dump(c->b, c->release, false);
        if (!text_equal(dump, c->dump_before))
            cell_fail(c, "down", "the schema is not what it was before",
                      arena_format(c->b->memory, "--- found\n%s--- before\n%s", dump, c->dump_before));
    }
    cell_check_second_run(c, "down again", engine_down, "m1");
    if (cell_run(c, "up after down", engine_up, NULL).code != STATUS_OK)
        return;
    if (model) {
        cell_check_schema(c, "up after down");
        cell_check_rows(c, "up after down", rows, !c->what->loses_rows);
    }
    bench_result r = cell_run(c, "down base", engine_down, "base");
    if (model && r.code == STATUS_OK && c->what->step.operation != MIGEN_GIVEN_TABLE) {
        const char *dump = bench_dump(c->b, c->release, false);
        if (*dump != '\0')
            cell_fail(c, "down base", "something stays", dump);
    }
}

static void cell_play(matrix_cell *c)
{
    bench_begin(c->b);
    matrix_cells++;
    if (!cell_release(c) || cell_run(c, "up m1", engine_up, "m1").code != STATUS_OK)
        return;
    if (c->shape == SHAPE_AUTOINCREMENT && !cell_count_up(c))
        return;
    cell_check_schema(c, "up m1");
    if (has_rows_around(c) && !cell_execute(c, "rows", c->names->rows))
        return;
    if (is_referenced(c) && !cell_execute(c, "rows", c->names->referenced_rows))
        return;
    if (c->shape == SHAPE_AUTOINCREMENT && has_rows_around(c) &&
        !cell_execute(c, "counter", (const char *const[]){"UPDATE sqlite_sequence SET seq = " COUNTER, NULL}))
        return;
    c->rows_before = bench_rows(c->b, c->names->subject_rows);
    c->children_before = is_referenced(c) ? bench_rows(c->b, c->names->child_rows) : "";
    c->dump_before = bench_dump(c->b, c->release, false);
    if (!cell_make_state(c))
        return;
    if (c->state == STATE_DIFFERENT)
        cell_check_strict(c);
    bench_result r = cell_run(c, "up", engine_up, NULL);
    if (r.code != STATUS_OK)
        return;
    cell_check_outcome(c, &r);
    cell_up_and_down(c);
}

/* Why this state is not for this case; NULL when it is. */
static const char *left_out(const bench *b, const operation_case *what, matrix_state state)
{
    if ((what->engines & (unsigned)b->engine) == 0)
        return what->why_not == NULL ? "the other engine has a case of its own" : what->why_not;
    if (state == STATE_ABSENT || state == STATE_SAME)
        return NULL;
    const case_state *s = state == STATE_DIFFERENT ? &what->different : &what->half_done;
    if ((b->engine == MIGEN_POSTGRES ? s->postgres : s->sqlite) != NULL)
        return NULL;
    if (s->why != NULL)
        return s->why;
    return state == STATE_DIFFERENT ? "there is nothing that could be different" : "it has no half";
}

/* The short form has each name, state and surrounding, but not all of them together: a cell costs PostgreSQL a
 * dozen connections. */
static bool is_for_long_form(const bench *b, const case_names *names, matrix_around around,
                             matrix_state state)
{
    if (b->engine == MIGEN_SQLITE)
        return false;
    if (names == &hostile_cases)
        return around != AROUND_ALL || state != STATE_ABSENT;
    return around != (state == STATE_ABSENT ? AROUND_NOTHING : AROUND_ALL);
}

/* Why this kind of table is not for this case; NULL when it is. */
static const char *left_out_shape(const bench *b, const operation_case *what, matrix_shape shape,
                                  matrix_state state)
{
    const case_state *s = state == STATE_DIFFERENT ? &what->different : &what->half_done;
    if (b->engine == MIGEN_POSTGRES && shape != SHAPE_PLAIN && shape != SHAPE_GENERATED)
        return "SQLite's own kinds of tables";
    if (shape == SHAPE_STRICT && driver_server_version(b->driver) < 3037000)
        return "STRICT needs SQLite 3.37";
    for (size_t i = 0; shape == SHAPE_STRICT && state >= STATE_DIFFERENT && s->sqlite[i] != NULL; i++)
        if (strstr(s->sqlite[i], "varchar") != NULL)
            return "what is made by hand there has a type that STRICT refuses";
    return NULL;
}

static void matrix_shapes(bench *b, const case_names *names, const operation_case *what, matrix_state state,
                          bool all)
{
    for (matrix_shape shape = SHAPE_STRICT; shape < SHAPE_COUNT; shape++) {
        const char *why = left_out_shape(b, what, shape, state);
        if (why != NULL) {
            matrix_shapes_left_out++;
            if (b->engine == MIGEN_SQLITE && names == &plain_cases)
                printf("left out: %s, %s%s: %s\n", what->name, shape_words[shape], state_words[state], why);
            continue;
        }
        if (b->engine == MIGEN_POSTGRES && !all) {
            matrix_long_form++;
            continue;
        }
        matrix_cell cell = {
            .b = b, .names = names, .what = what, .around = AROUND_ALL, .state = state, .shape = shape};
        cell_play(&cell);
    }
}

static void matrix_case(bench *b, const case_names *names, const operation_case *what, bool all)
{
    for (matrix_state state = STATE_ABSENT; state < STATE_COUNT; state++) {
        const char *why = left_out(b, what, state);
        if (why != NULL) {
            matrix_left_out++;
            if (names == &plain_cases)
                printf("left out: %s, %s: %s\n", what->name, state_words[state], why);
            continue;
        }
        for (matrix_around around = AROUND_NOTHING; around < AROUND_COUNT; around++) {
            if (!all && is_for_long_form(b, names, around, state)) {
                matrix_long_form++;
                continue;
            }
            matrix_cell cell = {.b = b, .names = names, .what = what, .around = around, .state = state};
            cell_play(&cell);
        }
        matrix_shapes(b, names, what, state, all);
    }
}

/* Why an operation needs no case of its own. */
static const char *no_case(migen_operation operation)
{
    switch (operation) {
    case MIGEN_CALL:
        return "it is a project's C: tests/scenario/call.sh";
    case MIGEN_IF_TAKEN:
        return "a row of derived ways down: tests/scenario/language.sh";
    case MIGEN_ELSE:
    case MIGEN_END_IF:
    case MIGEN_END_ON:
        return "a row of the cases with if and on";
    default:
        return NULL;
    }
}

/* Each operation of ops.def has a case, or a reason. */
static void matrix_check_complete(const case_names *names)
{
    for (int operation = MIGEN_NOTHING + 1; operation < MIGEN_OPERATION_COUNT; operation++) {
        const char *why = no_case((migen_operation)operation);
        bool found = why != NULL;
        if (why != NULL && names == &plain_cases)
            printf("left out: %s: %s\n", operation_words((migen_operation)operation), why);
        for (size_t i = 0; i < names->count; i++)
            found = found || (int)names->cases[i].step.operation == operation;
        if (!found) {
            printf("FAILED %s has no case in operation_cases.h\n",
                   operation_words((migen_operation)operation));
            matrix_failures++;
        }
    }
}

int main(int count, char **words)
{
    bench b;
    bool postgres = count > 1 && text_equal(words[1], "postgres");
    bool all = count > 2 && text_equal(words[2], "all");
    const char *part = count > (all ? 3 : 2) ? words[all ? 3 : 2] : "";
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!bench_open(&b, postgres ? MIGEN_POSTGRES : MIGEN_SQLITE)) {
        printf("PostgreSQL could not be started (./scripts/setup --tests installs it)\n");
        return 1;
    }
    const case_names *const all_names[] = {&plain_cases, &hostile_cases};
    for (size_t n = 0; n < 2; n++) {
        matrix_check_complete(all_names[n]);
        for (size_t i = 0; i < all_names[n]->count; i++)
            if (strstr(all_names[n]->cases[i].name, part) != NULL)
                matrix_case(&b, all_names[n], &all_names[n]->cases[i], all);
    }
    bench_close(&b);
    if (matrix_long_form != 0)
        printf("left out: %zu cells that only the long form has (matrix %s all): they cost too much time\n",
               matrix_long_form, postgres ? "postgres" : "sqlite");
    if (matrix_shapes_left_out != 0)
        printf("left out: %zu cells of other kinds of tables: %s\n", matrix_shapes_left_out,
               postgres ? "STRICT, WITHOUT ROWID and AUTOINCREMENT are SQLite's" : "for the reasons above");
    printf("matrix/%s: %zu cells, %zu states left out for the reasons above, %zu failures\n",
           postgres ? "postgres" : "sqlite", matrix_cells, matrix_left_out, matrix_failures);
    return matrix_failures == 0 ? 0 : 1;
}

#include "rehearse.h"

#include "journal.h"
#include "session.h"

#include "branch.h"
#include "sql_writer.h"
#include "text.h"
#include "version.h"

bool run_has_rows(void *owner, const char *object)
{
    migen *run = owner;
    const char *known = map_get(&run->rows, object);
    if (known != NULL)
        return *known == '1';
    if (run->collecting) {
        for (size_t i = 0; i < run->rows_wanted.count; i++)
            if (text_equal(run->rows_wanted.items[i].object, object))
                return false;
        const char *renamed = map_get(&run->rehearsed_names, object);
        rows_question q = {
            .object = arena_string(run->memory, object), .migration = run->migration, .row = run->row};
        q.table = renamed == NULL ? q.object : renamed;
        vector_push(run->memory, &run->rows_wanted, q);
        return false;
    }
    if (run->batch.count != 0)
        return true; /* what waits to be sent may have to do with it: a question that fails would undo all */
    run->rows_wanted.count = 0;
    rows_question q = {.object = object, .table = object, .migration = run->migration, .row = run->row};
    vector_push(run->memory, &run->rows_wanted, q);
    error before = run->error;
    if (run_ask_rows(run) != STATUS_OK)
        run->error = before; /* a table that cannot be read is taken for a busy one */
    known = map_get(&run->rows, object);
    return known == NULL || *known == '1';
}

/* Asks for `count` tables in one round trip. */
static status rows_ask(migen *run, const rows_question *questions, size_t count, const char *shown)
{
    sql_writer w = sql_new(run->memory);
    for (size_t i = 0; i < count; i++) {
        sql_words(&w, i == 0 ? "SELECT" : "UNION ALL SELECT");
        sql_string(&w, questions[i].object);
        sql_comma(&w);
        sql_words(&w, "EXISTS (SELECT 1 FROM");
        sql_object_text(&w, questions[i].table);
        sql_words(&w, ")");
    }
    driver_statement statements[2];
    driver_result results[2] = {{0}}, *result = results;
    if (ENGINE_IS_POSTGRES(run->engine))
        statements[result++ - results] = postgres_read_patience(run);
    statements[result - results] = (driver_statement){.sql = sql_text(&w), .shown = shown};
    status s = driver_run(run->driver, statements, (size_t)(result - results) + 1, run->memory, results,
                          &run->error);
    static char yes[] = "1";
    static char no[] = "0";
    for (size_t i = 0; s == STATUS_OK && i < result->row_count; i++)
        map_set(&run->rows, driver_value(result, i, 0),
                text_equal(driver_value(result, i, 1), "t") ? yes : no);
    return s;
}

/* One by one: where one fails, it is known which, and who wants to know. */
static status rows_ask_singly(migen *run)
{
    status s = run->error.code; /* kept where there is no connection any more */
    for (size_t i = 0; i < run->rows_wanted.count && driver_is_alive(run->driver); i++) {
        const rows_question *q = &run->rows_wanted.items[i];
        const unsigned *lines = run->going_down ? q->migration->down_lines : q->migration->up_lines;
        const char *asked =
            arena_format(run->memory, "(whether %s has rows, which decides how %s:%u is carried out)",
                         q->table, q->migration->file, lines == NULL ? 0 : lines[q->row]);
        error_clear(&run->error);
        s = rows_ask(run, q, 1, asked);
        if (s == STATUS_OK)
            continue;
        run->migration = q->migration;
        run->row = q->row;
        break;
    }
    return s;
}

status run_ask_rows(migen *run)
{
    if (run->rows_wanted.count == 0)
        return STATUS_OK;
    const bool several = run->rows_wanted.count > 1;
    status s =
        several ? rows_ask(run, run->rows_wanted.items, run->rows_wanted.count, "(whether tables have rows)")
                : STATUS_OK;
    if (s != STATUS_OK || !several)
        s = rows_ask_singly(run);
    run->rows_wanted.count = 0;
    return s;
}

void rehearse_prepare(migen *run)
{
    run->renames.count = 0;
    for (size_t i = 0; i < run->release->migration_count; i++) {
        const migen_migration *m = run->release->migrations[i];
        for (size_t k = 0; k < m->up_count; k++) {
            switch (m->up[k].operation) {
            case MIGEN_RENAME_TABLE:
            case MIGEN_RENAME_COLUMN:
            case MIGEN_RENAME_INDEX:
            case MIGEN_RENAME_CONSTRAINT:
            case MIGEN_RENAME_ENUM:
            case MIGEN_RENAME_ENUM_VALUE: {
                later_rename r = {.step = &m->up[k], .position = i, .row = k};
                vector_push(run->memory, &run->renames, r);
                break;
            }
            default:
                break;
            }
        }
    }
    run->final = version_schema(run, version_all, run->live);
}

static bool rehearse_condition(migen *run, const migen_step *step, bool *known)
{
    bool first = false;
    const history_entry *journal = run_journal(run);
    *known = true;
    if (journal != NULL && run->row < journal->step && branches_find(journal->branches, step->branch, &first))
        return first;
    *known = step->operation != MIGEN_IF_SQL;
    const history_entry *entry = map_get(&run->history.applied, run->migration->id);
    if (step->operation == MIGEN_IF_TAKEN)
        (void)branches_find(entry == NULL ? NULL : entry->branches, step->branch, &first);
    else if (step->operation == MIGEN_IF_EXISTS) {
        safe_context c = run_safe_context(run);
        first = safe_answers(&c, step);
    } else
        first = true; /* it is asked when it is its turn: the rehearsal looks into the first branch */
    return first != step->negated;
}

/* A rename that the rehearsal makes: the database still knows the table by its old name. */
static void rehearse_rename(migen *run, const migen_step *step)
{
    object_name name = name_parse(run->memory, step->object);
    char *database_name = map_get(&run->rehearsed_names, step->object);
    name.name = step->new_name;
    map_set(&run->rehearsed_names, name_text(run->memory, name),
            database_name == NULL ? arena_string(run->memory, step->object) : database_name);
}

static void rehearse_migration(migen *run, size_t position, rehearsal_visitor visit, void *owner)
{
    const migen_migration *m = run->release->migrations[position];
    run->migration = m;
    run->position = position;
    bool down = run->going_down;
    const history_entry *journal = run_journal(run);
    flow f = flow_begin(down ? m->down : m->up, down ? m->down_count : m->up_count, run->engine);
    for (const migen_step *step; (step = flow_next(&f)) != NULL;) {
        run->row = flow_index(&f);
        bool known = true;
        if (flow_is_condition(step)) {
            bool first = rehearse_condition(run, step, &known);
            rehearsal_step asked = {.migration = m, .step = step, .condition_unknown = !known};
            if (visit != NULL)
                visit(owner, &asked);
            branch_choose(&f, run->expected, first);
            continue;
        }
        run_expect(run, step);
        if (journal_skips(journal, down ? m->down : m->up, run->row))
            continue; /* carried out before an interruption */
        run->resuming = journal != NULL && run->row == journal->at && !journal->is_other;
        error e = error_new(run->memory);
        decision d = {0};
        safe_context c = run_safe_context(run);
        c.condition_holds = true;
        c.withheld = run_withholds(run);
        bool renames =
            step->operation == MIGEN_RENAME_TABLE && schema_find_table(run->live, step->object) != NULL;
        status s = safe_decide(&c, step, &d, &e);
        run->resuming = false;
        if (renames && schema_find_table(run->live, step->object) == NULL)
            rehearse_rename(run, step);
        if (visit == NULL)
            continue;
        const unsigned *lines = down ? m->down_lines : m->up_lines;
        rehearsal_step shown = {.migration = m,
                                .step = step,
                                .line = lines == NULL ? 0 : lines[run->row],
                                .decision = s == STATUS_OK ? &d : NULL,
                                .error = s == STATUS_OK ? NULL : &e,
                                .condition_unknown = step->when != NULL || step->unless != NULL};
        visit(owner, &shown);
    }
}

void rehearse_walk(migen *run, const position_list *positions, rehearsal_visitor visit, void *owner)
{
    schema *live = run->live;
    schema *expected = run->expected;
    run->live = schema_copy(run->memory, live);
    run->expected = schema_copy(run->memory, expected);
    run->collecting = visit == NULL;
    run->rehearsed_names = map_new(run->memory);
    for (size_t i = 0; i < positions->count; i++)
        rehearse_migration(run, positions->items[i], visit, owner);
    run->collecting = false;
    run->live = live;
    run->expected = expected;
}

status rehearse(migen *run, const position_list *positions)
{
    if (ENGINE_IS_SQLITE(run->engine))
        return STATUS_OK; /* nothing is asked there: text decides, and a file has no others at work */
    run->is_rehearsing = true;
    /* What was learnt may lead to further questions: two more rounds, then what is left is asked on the way. */
    for (int round = 0; round < 3; round++) {
        rehearse_walk(run, positions, NULL, NULL);
        if (run->rows_wanted.count == 0 && run->memo.questions.count == 0)
            break;
        status s = run_ask_rows(run);
        if (s == STATUS_OK && run->memo.questions.count != 0)
            s = catalog_learn(run->driver, run->final, &run->memo, &run->error);
        if (s != STATUS_OK)
            return s;
    }
    run->is_rehearsing = false;
    return STATUS_OK;
}

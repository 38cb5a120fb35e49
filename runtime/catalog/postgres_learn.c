/*
 * postgres_learn.c: asks the server how it prints what was written, by making it and reading it back.
 *
 * Idea       Temporary tables like the wanted ones, on which the checks, defaults, generated columns, indexes
 *            and triggers in question are made; one snapshot of them; all of it rolled back. What the snapshot's
 *            reader makes of it is the answer, so that answers and found definitions have one form.
 * Invariant  Nothing stays behind, and nothing of the user's is locked: views apart, only our own temporary
 *            tables are used.
 */
#include "postgres_catalog.h"

#include "compare_parts.h"
#include "default_value.h"
#include "sql_writer.h"
#include "text.h"
#include "type_sql.h"

#define LEARN_AT_ONCE 200 /* questions of one transaction: each temporary table takes locks */

typedef VECTOR(driver_statement) learn_statements;

typedef struct learn_run {
    driver *connection;
    expression_memo *memo;
    arena *memory;
    learn_statements statements;
    VECTOR(const schema_table *) tables; /* whose likes are made; their number is in the temporary name */
    bool hopeless;                       /* a replica, no right to temporary tables: nothing can be asked */
} learn_run;

static void learn_add(learn_run *r, const char *sql, bool sync_after)
{
    driver_statement statement = {.sql = sql, .sync_after = sync_after};
    vector_push(r->memory, &r->statements, statement);
}

static char *learn_name(arena *a, const char *kind, size_t number)
{
    return arena_format(a, POSTGRES_QUESTION_PREFIX "%s%zu", kind, number);
}

/* In a question's table: of a constraint or index, and of a column. */
static char *learn_part_name(arena *a, size_t number)
{
    return arena_format(a, "ask_%zu", number);
}

static char *learn_column_name(arena *a, size_t number)
{
    return arena_format(a, "_migen_ask_%zu", number);
}

static object_name learn_object(const char *name)
{
    return (object_name){.schema = "pg_temp", .name = name};
}

/* A type as a plain column has it: without a sequence. */
static const char *learn_type(arena *a, migen_type type)
{
    if (type.kind == MIGEN_TYPE_SERIAL)
        type.kind = MIGEN_TYPE_INT;
    if (type.kind == MIGEN_TYPE_BIGSERIAL)
        type.kind = MIGEN_TYPE_BIGINT;
    if (type.kind == MIGEN_TYPE_NONE)
        type.kind = MIGEN_TYPE_TEXT;
    return type_sql(a, MIGEN_POSTGRES, type);
}

static void learn_write_column(sql_writer *w, arena *a, const char *name, const migen_column *column)
{
    sql_name(w, name);
    sql_expression(w, learn_type(a, column->type));
    if (column->collate != NULL) {
        sql_words(w, "COLLATE");
        sql_name(w, column->collate);
    }
}

/* The temporary table that is like the question's; made when it is first asked for. */
static const char *learn_table(learn_run *r, const schema_table *table)
{
    for (size_t i = 0; i < r->tables.count; i++)
        if (r->tables.items[i] == table)
            return learn_name(r->memory, "", i);
    const char *name = learn_name(r->memory, "", r->tables.count);
    vector_push(r->memory, &r->tables, table);
    sql_writer w = sql_new(r->memory);
    sql_words(&w, "CREATE TEMPORARY TABLE");
    sql_name(&w, name);
    if (table != NULL && table->materialized) { /* the server alone knows its columns */
        sql_words(&w, "ON COMMIT DROP AS TABLE");
        sql_object(&w, table->name);
        sql_words(&w, "WITH NO DATA");
        learn_add(r, sql_text(&w), false);
        return name;
    }
    sql_open(&w);
    for (size_t i = 0; table != NULL && i < table->columns.count; i++) {
        if (i > 0)
            sql_comma(&w);
        learn_write_column(&w, r->memory, table->columns.items[i].name, &table->columns.items[i]);
    }
    sql_close(&w);
    sql_words(&w, "ON COMMIT DROP");
    learn_add(r, sql_text(&w), false);
    return name;
}

static void learn_write_index(sql_writer *w, arena *a, const char *name, const char *table,
                              const migen_index *index)
{
    sql_words(w, index->unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    sql_name(w, name);
    sql_words(w, "ON");
    sql_object(w, learn_object(table));
    if (index->method != NULL) {
        sql_words(w, "USING");
        sql_name(w, text_lower(a, index->method));
    }
    sql_open(w);
    for (size_t i = 0; i < index->item_count; i++) {
        if (i > 0)
            sql_comma(w);
        if (index->items[i].column != NULL)
            sql_name(w, index->items[i].column);
        else
            sql_in_brackets(w, index->items[i].expression);
        if (index->items[i].extra != NULL)
            sql_expression(w, index->items[i].extra);
        if (index->items[i].descending)
            sql_words(w, "DESC");
    }
    sql_close(w);
    if (list_length(index->include) > 0) {
        sql_words(w, "INCLUDE");
        sql_names(w, index->include);
    }
    if (index->where != NULL) {
        sql_words(w, "WHERE");
        sql_in_brackets(w, index->where);
    }
}

/* The statement that makes what the question is about. */
static const char *learn_statement(learn_run *r, const memo_question *q, size_t number)
{
    arena *a = r->memory;
    bool on_table = q->use != EXPRESSION_VIEW && q->use != EXPRESSION_TYPE;
    const char *table = on_table ? learn_table(r, q->table) : NULL;
    sql_writer w = sql_new(a);
    if (q->use == EXPRESSION_VIEW) {
        sql_words(&w, "CREATE TEMPORARY VIEW");
        sql_name(&w, learn_name(a, "v", number));
        sql_words(&w, "AS");
        sql_expression(&w, q->text);
        return sql_text(&w);
    }
    if (q->use == EXPRESSION_TYPE) {
        sql_words(&w, "CREATE TEMPORARY TABLE");
        sql_name(&w, learn_name(a, "t", number));
        sql_open(&w);
        sql_name(&w, learn_column_name(a, number));
        sql_expression(&w, q->text);
        sql_close(&w);
        sql_words(&w, "ON COMMIT DROP");
        return sql_text(&w);
    }
    if (q->use == EXPRESSION_INDEX) {
        learn_write_index(&w, a, learn_part_name(a, number), table, q->index);
        return sql_text(&w);
    }
    if (q->use == EXPRESSION_WHEN) {
        sql_words(&w, "CREATE TRIGGER");
        sql_name(&w, learn_part_name(a, number));
        sql_words(&w, "AFTER UPDATE ON"); /* which knows OLD, NEW and generated columns */
        sql_object(&w, learn_object(table));
        sql_words(&w, "FOR EACH ROW WHEN");
        sql_in_brackets(&w, q->text);
        sql_words(&w, "EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()");
        return sql_text(&w);
    }
    sql_words(&w, "ALTER TABLE");
    sql_object(&w, learn_object(table));
    if (q->use == EXPRESSION_CHECK) {
        sql_words(&w, "ADD CONSTRAINT");
        sql_name(&w, learn_part_name(a, number));
        sql_words(&w, "CHECK");
        sql_in_brackets(&w, q->text);
        return sql_text(&w);
    }
    sql_words(&w, "ADD COLUMN");
    learn_write_column(&w, a, learn_column_name(a, number), q->column);
    if (q->use == EXPRESSION_DEFAULT) {
        sql_words(&w, "DEFAULT");
        sql_expression(&w, default_to_postgres(a, q->text));
    } else {
        sql_words(&w, "GENERATED ALWAYS AS");
        sql_in_brackets(&w, q->text);
        sql_words(&w, "STORED");
    }
    return sql_text(&w);
}

/* The answer to question number, from what was read back; "" when it is not there. */
static const char *learn_answer(learn_run *r, const schema *read, const memo_question *q, size_t number)
{
    arena *a = r->memo->memory;
    const char *answer = NULL;
    if (q->use == EXPRESSION_VIEW) {
        const schema_view *view = schema_find_view(read, learn_name(a, "v", number));
        answer = view != NULL ? view->sql : NULL;
    } else if (q->use == EXPRESSION_TYPE) {
        const schema_table *table = schema_find_table(read, learn_name(a, "t", number));
        const migen_column *column =
            table != NULL ? table_find_column(table, learn_column_name(a, number)) : NULL;
        answer = column != NULL ? type_sql(a, MIGEN_POSTGRES, column->type) : NULL;
    } else {
        const schema_table *table = schema_find_table(read, learn_table(r, q->table));
        if (table != NULL && q->use == EXPRESSION_INDEX) {
            const migen_index *index = table_find_index(table, learn_part_name(a, number));
            answer = index != NULL ? compare_index_definition(a, index) : NULL;
        } else if (table != NULL && q->use == EXPRESSION_WHEN) {
            const schema_trigger *trigger = table_find_trigger(table, learn_part_name(a, number));
            answer = trigger != NULL ? trigger_condition(a, trigger->sql) : NULL;
        } else if (table != NULL && q->use == EXPRESSION_CHECK) {
            const migen_constraint *check = table_find_constraint(table, learn_part_name(a, number));
            answer = check != NULL ? check->expression : NULL;
        } else if (table != NULL) {
            const migen_column *column = table_find_column(table, learn_column_name(a, number));
            if (column != NULL)
                answer = q->use == EXPRESSION_DEFAULT ? column->default_value : column->generated;
        }
    }
    return answer != NULL ? arena_string(a, answer) : "";
}

/* Refusals leave a question without its answer; everything else is a failure of the run. */
static bool learn_is_refusal(status s)
{
    return s == STATUS_FAILED || s == STATUS_NOT_PERMITTED;
}

/* 42501 may be about a schema of the question, or about all questions. */
static bool learn_may_make_temporary(learn_run *r)
{
    error ignored = error_new(r->memory);
    driver_result answer = {0};
    status s = driver_query(
        r->connection,
        "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database()::text, 'TEMPORARY')",
        r->memory, &answer, &ignored);
    return s != STATUS_OK || !text_equal(driver_value(&answer, 0, 0), "f");
}

/* Asks questions first … first + count - 1 in one round trip. *refused: the server would not have one of
 * them. */
static status learn_ask(learn_run *r, size_t first, size_t count, bool *refused, error *e)
{
    const memo_question *questions = r->memo->questions.items;
    bool nested = driver_in_transaction(r->connection);
    r->statements = (learn_statements){0};
    r->tables.count = 0;
    learn_add(r, nested ? "SAVEPOINT \"_migen_learn\"" : "BEGIN READ WRITE", false);
    for (size_t i = first; i < first + count; i++)
        learn_add(r, learn_statement(r, &questions[i], i), false);
    size_t snapshot = r->statements.count;
    driver_statement read_back = postgres_question_statement(r->memory);
    read_back.sync_after = true;
    vector_push(r->memory, &r->statements, read_back);
    learn_add(r, nested ? "ROLLBACK TO SAVEPOINT \"_migen_learn\"" : "ROLLBACK", false);
    if (nested)
        learn_add(r, "RELEASE SAVEPOINT \"_migen_learn\"", false);
    error own = error_new(e->memory);
    driver_result *results = ARENA_NEW_ARRAY(r->memory, driver_result, r->statements.count);
    status s = driver_run(r->connection, r->statements.items, r->statements.count, r->memory, results, &own);
    schema *read = NULL;
    if (s == STATUS_OK)
        s = postgres_catalog_load(&results[snapshot], r->memory, &read, &own);
    /* Also when the connection has been lost since: then that is what the next call finds, and no migration is wrong. */
    *refused = learn_is_refusal(s);
    if (*refused) {
        bool no_temporary = text_equal(own.sqlstate, "42501") && !learn_may_make_temporary(r);
        r->hopeless = own.statement_index == 0 || no_temporary || text_equal(own.sqlstate, "25006");
        if (r->hopeless)
            r->memo->mute =
                no_temporary ? "this role may make no temporary tables" : "this server takes no changes";
        return STATUS_OK;
    }
    if (s != STATUS_OK) {
        if (e->code == STATUS_OK)
            *e = own;
        return s;
    }
    for (size_t i = first; i < first + count; i++)
        map_set(&r->memo->answers, questions[i].key,
                (void *)(uintptr_t)learn_answer(r, read, &questions[i], i));
    return STATUS_OK;
}

/* What has no answer yet cannot be asked. */
static void learn_give_up(expression_memo *memo, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (!map_has(&memo->answers, memo->questions.items[i].key))
            map_set(&memo->answers, memo->questions.items[i].key, arena_string(memo->memory, ""));
}

/* A group of questions at once, and when one of them is refused, one by one. */
static status learn_group(learn_run *r, size_t first, size_t count, error *e)
{
    bool refused = false;
    status s = learn_ask(r, first, count, &refused, e);
    for (size_t i = first; s == STATUS_OK && refused && count > 1 && i < first + count && !r->hopeless; i++) {
        bool this_one = false;
        s = learn_ask(r, i, 1, &this_one, e);
    }
    if (s == STATUS_OK)
        learn_give_up(r->memo, first, count);
    return s;
}

status postgres_learn(driver *d, expression_memo *memo, error *e)
{
    learn_run r = {.connection = d, .memo = memo, .memory = arena_new()};
    status s = STATUS_OK;
    for (size_t first = 0; s == STATUS_OK && !r.hopeless && first < memo->questions.count;
         first += LEARN_AT_ONCE) {
        size_t left = memo->questions.count - first;
        s = learn_group(&r, first, left < LEARN_AT_ONCE ? left : LEARN_AT_ONCE, e);
    }
    if (s == STATUS_OK && r.hopeless)
        learn_give_up(memo, 0, memo->questions.count);
    arena_free(r.memory);
    return s;
}

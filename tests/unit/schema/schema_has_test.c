/* What is asked of a model by name, and what it keeps after the asker has gone. */
#include "operation_fixture.h"

#include "compare.h"

static void constraints_without_their_table(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        assert_true(schema_has(s, MIGEN_KIND_CONSTRAINT, NULL, "total_sane"));
        assert_true(schema_has(s, MIGEN_KIND_CONSTRAINT, "orders", "total_sane"));
        assert_false(schema_has(s, MIGEN_KIND_CONSTRAINT, "users", "total_sane"));
        assert_false(schema_has(s, MIGEN_KIND_CONSTRAINT, NULL, "total_mad"));
        PLAY(s, SAFE_DROP_CONSTRAINT("orders", "total_sane"));
        assert_false(schema_has(s, MIGEN_KIND_CONSTRAINT, NULL, "total_sane"));
    }
}

static void indexes_on_their_table(void **state)
{
    (void)state;
    EACH_ENGINE(e)
    {
        schema *s = shop(engines[e]);
        assert_true(schema_has(s, MIGEN_KIND_INDEX, "users_by_name", NULL));
        assert_true(schema_has(s, MIGEN_KIND_INDEX, "users_by_name", "users"));
        assert_false(schema_has(s, MIGEN_KIND_INDEX, "users_by_name", "orders"));
        assert_false(schema_has(s, MIGEN_KIND_INDEX, "users_by_name", "nothing"));
    }
}

/* SQLite's indexes carry their statement: after a rename of the table it would make them on a table that is gone. */
static void a_rename_forgets_what_indexes_said(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_SQLITE);
    schema_table *users = schema_change_table(s, schema_find_table(s, "users"));
    users->indexes.items[0].sql = "CREATE INDEX users_by_name ON users (name DESC) WHERE age > 17";
    PLAY(s, SAFE_RENAME_TABLE("users", "people"));
    assert_null(schema_find_table(s, "people")->indexes.items[0].sql);
}

/* The caller's index lives on its stack; the question is asked when that is gone. */
static void ask_about_an_index(expression_memo *memo, const schema_table *t)
{
    difference_list ignored = {0};
    comparison c = {.memory = memory, .engine = MIGEN_POSTGRES, .memo = memo, .out = &ignored};
    migen_index_item *item = ARENA_NEW(memory, migen_index_item);
    item->expression = "lower(name)";
    migen_index wanted = {.name = "i", .items = item, .item_count = 1, .method = "btree"};
    migen_index_item *other = ARENA_NEW(memory, migen_index_item);
    other->expression = "upper(name)";
    migen_index found = {.name = "i", .items = other, .item_count = 1, .method = "btree"};
    compare_index(&c, t, &wanted, &found);
    memset(&wanted, 0x55, sizeof wanted);
}

static void questions_outlive_who_asks(void **state)
{
    (void)state;
    schema *s = shop(MIGEN_POSTGRES);
    expression_memo memo = expression_memo_new(memory);
    ask_about_an_index(&memo, schema_find_table(s, "users"));
    assert_int_equal(memo.questions.count, 1);
    assert_string_equal(memo.questions.items[0].index->method, "btree");
    assert_int_equal(memo.questions.items[0].index->item_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(constraints_without_their_table),
        CASE(indexes_on_their_table),
        CASE(a_rename_forgets_what_indexes_said),
        CASE(questions_outlive_who_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

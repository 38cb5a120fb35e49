/* On a real server: what compares as the same, what as different, and what the server is asked. */
#include "postgres_fixture.h"

static void triggers_functions_views_are_the_same(void **state)
{
    NEEDS_SERVER
    static const char function[] =
        "CREATE OR REPLACE FUNCTION stamp(n integer default 1) RETURNS int LANGUAGE plpgsql STABLE AS $$\n"
        "BEGIN\n  n := n + 1; -- why\n  RETURN n;\nEND $$";
    static const char trigger[] =
        "create trigger tr after update of a or insert on t for each row when (NEW.a is distinct from 'x') "
        "execute procedure g('1', 2)";
    static const char asked_trigger[] = "CREATE TRIGGER ta AFTER UPDATE ON t FOR EACH ROW WHEN (NEW.at > "
                                        "'2020-01-01' OR OLD.a = 'x' AND NEW.a = 'y') "
                                        "EXECUTE FUNCTION g()";
    static const char statement_trigger[] =
        "CREATE TRIGGER st AFTER DELETE ON here.t EXECUTE FUNCTION here.g()";
    static const char view[] =
        "select t.a, count(*) as n from t where a like 'x%' group by 1 having count(*) > 1";
    RUN("CREATE TABLE t (a varchar(9), at timestamp)",
        "CREATE FUNCTION g() RETURNS trigger AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql",
        "CREATE OR REPLACE FUNCTION stamp(n int DEFAULT 1) RETURNS int LANGUAGE plpgsql STABLE AS $$\n"
        "BEGIN\n  n := n + 1; -- why\n  RETURN n;\nEND $$",
        trigger, statement_trigger, asked_trigger, arena_format(memory, "CREATE VIEW v AS %s", view),
        "CREATE VIEW star AS SELECT * FROM t", "ALTER TABLE t ADD COLUMN later int");
    const schema *s = read_all();
    expression_memo memo = expression_memo_new(memory);
    schema_function wanted_function = {.name = {.name = "stamp"}, .sql = function};
    schema_trigger wanted_trigger = {.name = "tr", .sql = trigger},
                   other_trigger = {.name = "st", .sql = statement_trigger},
                   asked = {.name = "ta", .sql = asked_trigger};
    schema_view wanted_view = {.name = {.name = "v"}, .sql = view};
    schema_view star = {.name = {.name = "star"}, .sql = "select * from t"};
    for (int round = 0; round < 2; round++) {
        comparison c = comparing(&memo);
        compare_function(&c, &wanted_function, schema_find_function(s, "stamp"));
        compare_trigger(&c, found_table(s, "t"), found_table(s, "t")->name, &wanted_trigger,
                        table_find_trigger(found_table(s, "t"), "tr"));
        compare_trigger(&c, found_table(s, "t"), found_table(s, "t")->name, &other_trigger,
                        table_find_trigger(found_table(s, "t"), "st"));
        compare_trigger(&c, found_table(s, "t"), found_table(s, "t")->name, &asked,
                        table_find_trigger(found_table(s, "t"), "ta"));
        compare_view(&c, &wanted_view, schema_find_view(s, "v"));
        compare_view(&c, &star, schema_find_view(s, "star"));
        for (size_t i = 0; i < differences.count; i++)
            fprintf(stderr, "%s: wanted %s, found %s\n", differences.items[i].object,
                    differences.items[i].wanted, differences.items[i].found);
        assert_int_equal(differences.count, 0);
        assert_int_equal(memo.questions.count, round == 0 ? 3 : 0);
        learn(&memo);
    }
    comparison c = comparing(&memo);
    wanted_view.sql = "select t.a, count(*) as n from t where a like 'y%' group by 1 having count(*) > 1";
    for (int round = 0; round < 2; round++) { /* its words, and what it makes of these */
        compare_view(&c, &wanted_view, schema_find_view(s, "v"));
        assert_int_equal(memo.questions.count, 1);
        learn(&memo);
    }
    assert_int_equal(differences.count, 0);
    compare_view(&c, &wanted_view, schema_find_view(s, "v"));
    assert_int_equal(differences.count, 1);
    asked.sql = "CREATE TRIGGER ta AFTER UPDATE ON t FOR EACH ROW WHEN ((NEW.at > '2020-01-01' OR OLD.a = "
                "'x') AND NEW.a = 'y') "
                "EXECUTE FUNCTION g()";
    for (int round = 0; round < 3; round++) {
        c = comparing(&memo);
        compare_trigger(&c, found_table(s, "t"), found_table(s, "t")->name, &asked,
                        table_find_trigger(found_table(s, "t"), "ta"));
        learn(&memo);
    }
    assert_int_equal(differences.count, 1);
}

static const migen_constraint orders_constraints[] = {
    PRIMARY_KEY(.name = "orders_pkey", .columns = NAMES("id")),
    UNIQUE(.name = "orders_code_key", .columns = NAMES("code")),
    CHECK(.name = "orders_total_check", .expression = "total >= 0"),
    CHECK(.name = "orders_kind", .expression = "kind in ('a','b') and length(code) between 2 and 50"),
    CHECK(.name = "orders_like", .expression = "code similar to 'x%' or not (kind ~ '^a')"),
    FOREIGN_KEY(.name = "orders_owner_id_fkey", .columns = NAMES("owner_id"), .references = "users",
                .references_columns = NAMES("id"), .on_delete = MIGEN_CASCADE),
};
static const migen_index orders_indexes[] = {
    {.name = "orders_low",
     ITEMS({.expression = "lower(code)"}, {.column = "total", .descending = true}),
     .where = "state <> 'gone' and kind is not null"},
    {.name = "orders_mixed", .unique = true, ITEMS({.expression = "code || coalesce(kind, '')"})},
};

/* A table as the language wants it, and the same made by plain SQL in other words. */
static schema_table *wanted_orders(void)
{
    schema_table *t = table_of("orders");
    add_column(t, (migen_column){.name = "id", .type = ID});
    add_column(t, (migen_column){.name = "code", .type = VARCHAR(50), .not_null = true});
    add_column(t, (migen_column){.name = "kind", .type = TEXT});
    add_column(t, (migen_column){
                      .name = "state", .type = ENUM("status"), .not_null = true, .default_value = "'new'"});
    add_column(t, (migen_column){
                      .name = "total", .type = NUMERIC_OF(10, 2), .not_null = true, .default_value = "0"});
    add_column(t, (migen_column){.name = "owner_id", .type = BIGINT});
    add_column(t, (migen_column){.name = "label", .type = TEXT, .generated = "upper(code) || '!'"});
    add_column(t,
               (migen_column){.name = "at", .type = TIMESTAMPTZ, .not_null = true, .default_value = "now()"});
    add_column(t,
               (migen_column){.name = "until", .type = TIMESTAMPTZ, .default_value = "(now() + '7 days')"});
    for (size_t i = 0; i < sizeof orders_constraints / sizeof *orders_constraints; i++)
        vector_push(memory, &t->constraints, orders_constraints[i]);
    for (size_t i = 0; i < sizeof orders_indexes / sizeof *orders_indexes; i++)
        vector_push(memory, &t->indexes, orders_indexes[i]);
    return t;
}

static void make_orders(void)
{
    RUN("CREATE TYPE status AS ENUM ('new', 'gone')", "CREATE TABLE users (id bigint PRIMARY KEY)",
        "CREATE TABLE orders (id int8 GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, code character "
        "varying(50) NOT NULL UNIQUE,"
        " kind text, state status NOT NULL DEFAULT 'new', total decimal(10, 2) NOT NULL DEFAULT 0.0 CHECK "
        "(total >= 0),"
        " owner_id bigint REFERENCES users ON DELETE CASCADE,"
        " label text GENERATED ALWAYS AS (upper(code) || '!') STORED, at timestamptz NOT NULL DEFAULT "
        "CURRENT_TIMESTAMP,"
        " until timestamptz DEFAULT now() + '7 days',"
        " CONSTRAINT orders_kind CHECK (kind = ANY (ARRAY['a', 'b']) AND length(code) BETWEEN 2 AND 50),"
        " CONSTRAINT orders_like CHECK (code SIMILAR TO 'x%' OR NOT kind ~ '^a'))",
        "CREATE INDEX orders_low ON orders (lower(code), total DESC) WHERE state <> 'gone' AND kind IS NOT "
        "NULL",
        "CREATE UNIQUE INDEX orders_mixed ON orders ((code || coalesce(kind, '')))");
}

static void wanted_is_the_same(void **state)
{
    NEEDS_SERVER
    make_orders();
    const schema_table *found = found_table(read_all(), "orders");
    assert_same(wanted_orders(), found);
    assert_int_equal(differences.count, 0); /* not even notes */
}

static void each_difference_is_found(void **state)
{
    NEEDS_SERVER
    static const struct {
        const char *sql, *object;
    } cases[] = {
        {"ALTER TABLE orders ALTER until TYPE date", "orders.until"},
        {"ALTER TABLE orders ALTER total TYPE numeric(10,3)", "orders.total"},
        {"ALTER TABLE orders ALTER code DROP NOT NULL", "orders.code"},
        {"ALTER TABLE orders ALTER owner_id SET NOT NULL", "orders.owner_id"},
        {"ALTER TABLE orders ALTER state SET DEFAULT 'gone'", "orders.state"},
        {"ALTER TABLE orders ALTER state DROP DEFAULT", "orders.state"},
        {"ALTER TABLE orders ALTER until SET DEFAULT now() + '8 days'", "orders.until"},
        {"ALTER TABLE orders ALTER kind SET DEFAULT 'x'", "orders.kind"},
        {"ALTER TABLE orders ALTER label DROP EXPRESSION", "orders.label"},
        {"ALTER TABLE orders ALTER id DROP IDENTITY", "orders.id"},
        {"ALTER TABLE orders DROP COLUMN until", "orders.until"},
        {"ALTER TABLE orders ALTER kind TYPE text COLLATE \"C\"", "orders.kind"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_pkey", "orders_pkey on orders"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_code_key", "orders_code_key on orders"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_code_key; ALTER TABLE orders ADD CONSTRAINT "
         "orders_code_key"
         " UNIQUE (code, kind)",
         "orders_code_key on orders"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_like; ALTER TABLE orders ADD CONSTRAINT orders_like"
         " CHECK (code SIMILAR TO 'y%' OR NOT kind ~ '^a')",
         "orders_like on orders"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_total_check; ALTER TABLE orders ADD CONSTRAINT "
         "orders_total_check"
         " CHECK (total >= 0) NOT VALID",
         "orders_total_check on orders"},
        {"ALTER TABLE orders DROP CONSTRAINT orders_owner_id_fkey; ALTER TABLE orders ADD CONSTRAINT "
         "orders_owner_id_fkey"
         " FOREIGN KEY (owner_id) REFERENCES users ON DELETE SET NULL",
         "orders_owner_id_fkey on orders"},
        {"DROP INDEX orders_low", "orders_low on orders"},
        {"DROP INDEX orders_low; CREATE INDEX orders_low ON orders (lower(code), total) WHERE state <> "
         "'gone' AND kind IS"
         " NOT NULL",
         "orders_low on orders"},
        {"DROP INDEX orders_low; CREATE INDEX orders_low ON orders (lower(code), total DESC) WHERE state <> "
         "'new' AND kind"
         " IS NOT NULL",
         "orders_low on orders"},
        {"DROP INDEX orders_mixed; CREATE UNIQUE INDEX orders_mixed ON orders ((code || coalesce(kind, "
         "'-')))",
         "orders_mixed on orders"},
        {"DROP INDEX orders_mixed; CREATE INDEX orders_mixed ON orders ((code || coalesce(kind, '')))",
         "orders_mixed on orders"},
        {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_mixed'::regclass",
         "orders_mixed on orders"},
    };
    make_orders();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run("BEGIN");
        char *rest = arena_string(memory, cases[i].sql);
        for (char *semicolon = rest; semicolon != NULL;) {
            semicolon = strchr(rest, ';');
            if (semicolon != NULL)
                *semicolon = '\0';
            run(rest);
            rest = semicolon != NULL ? semicolon + 1 : rest;
        }
        const schema_table *found = found_table(read_all(), "orders");
        size_t count = differs(wanted_orders(), found); /* asks inside of our transaction */
        /* a column's collation is its indexes' too */
        size_t expected = strstr(cases[i].sql, "COLLATE") != NULL ? 2 : 1;
        if (count != expected || !text_equal(differences.items[0].object, cases[i].object)) {
            for (size_t j = 0; j < differences.count; j++)
                fprintf(stderr, "  %s: wanted %s, found %s\n", differences.items[j].object,
                        differences.items[j].wanted,
                        differences.items[j].found != NULL ? differences.items[j].found : "nothing");
            fail_msg("%s: %zu differences", cases[i].sql, count);
        }
        assert_true(driver_in_transaction(connection));
        run("ROLLBACK");
    }
    assert_same(wanted_orders(), found_table(read_all(), "orders"));
}

static void renamed_constraints_are_notes(void **state)
{
    NEEDS_SERVER
    make_orders();
    RUN("ALTER TABLE orders RENAME CONSTRAINT orders_like TO something",
        "ALTER INDEX orders_low RENAME TO other_low",
        "ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO pk_orders",
        "ALTER TABLE orders DROP CONSTRAINT orders_code_key", "CREATE UNIQUE INDEX ux_code ON orders (code)");
    assert_same(wanted_orders(), found_table(read_all(), "orders"));
    assert_int_equal(differences.count, 4);
    for (size_t i = 0; i < differences.count; i++)
        assert_true(differences.items[i].note);
}

static void refused_questions_have_no_answer(void **state)
{
    NEEDS_SERVER
    run("CREATE TABLE t (a varchar(5))");
    expression_memo memo = expression_memo_new(memory);
    comparison c = comparing(&memo);
    schema_table *wanted = table_of("t");
    add_column(wanted, (migen_column){.name = "a", .type = VARCHAR(5)});
    static const char *const expressions[] = {"a similar to 'x%'", "no_such_function(a)", "a similar to 'y%'",
                                              "b > 0", "a similar to"};
    schema_table *found = table_of("t");
    vector_push(memory, &found->constraints, ((migen_constraint)CHECK(.name = "k", .expression = "false")));
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        migen_constraint check = CHECK(.name = "k", .expression = expressions[i]);
        assert_true(constraint_same(&c, wanted, &check, &found->constraints.items[0]));
    }
    assert_int_equal(memo.questions.count, 5);
    learn(&memo);
    assert_int_equal(memo.answers.count, 5);
    size_t empty = 0;
    for (size_t i = 0; i < memo.answers.count; i++)
        empty += text_is_empty(memo.answers.entries[i].value) ? 1 : 0;
    assert_int_equal(empty, 3);
    assert_false(driver_in_transaction(connection));
    assert_int_equal(read_all()->tables.count, 1);
}

/* Another user, who may do nothing but look; and one who may not even make temporary tables. */
static void rights_are_not_needed(void **state)
{
    NEEDS_SERVER
    driver_result result = {0};
    if (driver_query(connection, "CREATE ROLE visitor LOGIN", memory, &result, &problem) != STATUS_OK)
        problem = error_new(memory); /* it is there */
    make_orders();
    RUN("REVOKE ALL ON SCHEMA here FROM PUBLIC", "CREATE VIEW v AS SELECT * FROM orders",
        "CREATE FUNCTION f() RETURNS int AS 'SELECT 1' LANGUAGE sql",
        "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC");
    driver_close(connection);
    connection = open_as("postgres", "visitor");
    const schema *s = read_scope(NAMES("here"));
    const schema_table *found = schema_find_table(s, "here.orders");
    assert_non_null(found);
    assert_int_equal(found->columns.count, 9);
    expression_memo memo = expression_memo_new(memory);
    comparison c = comparing(&memo);
    compare_table(&c, wanted_orders(), found);
    assert_true(memo.questions.count > 0);
    uint64_t sent = driver_statement_count(connection);
    learn(&memo);
    assert_true(driver_statement_count(connection) - sent < 60);
    for (size_t i = 0; i < memo.answers.count; i++)
        assert_string_equal(memo.answers.entries[i].value, "");
    driver_close(connection);
    connection = open_as("postgres", "postgres");
    run("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC");
}

static void read_only_sessions_can_ask(void **state)
{
    NEEDS_SERVER
    make_orders();
    const schema_table *found = found_table(read_all(), "orders");
    run("SET default_transaction_read_only = on");
    assert_same(wanted_orders(), found);
    run("SET default_transaction_read_only = off");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(triggers_functions_views_are_the_same),
        CASE(wanted_is_the_same),
        CASE(each_difference_is_found),
        CASE(renamed_constraints_are_notes),
        CASE(refused_questions_have_no_answer),
        CASE(rights_are_not_needed),
        CASE(read_only_sessions_can_ask),
    };
    return cmocka_run_group_tests(tests, NULL, group_down);
}

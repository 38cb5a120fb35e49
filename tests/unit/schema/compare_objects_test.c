/* The comparison of constraints, indexes, routines and whole schemas, without a database. */
#include "compare_fixture.h"

static bool constraints_same(migen_engine engine, migen_constraint wanted, migen_constraint found)
{
    comparison c = comparing(engine, NULL);
    return constraint_same(&c, table_of("t"), &wanted, &found);
}

#define K(...) ((migen_constraint)__VA_ARGS__)

static void constraints_compared(void **state)
{
    (void)state;
    migen_constraint key = FOREIGN_KEY(.columns = NAMES("a"), .references = "users",
                                       .references_columns = NAMES("id"), .on_delete = MIGEN_CASCADE);
    migen_constraint other = key;
    assert_true(constraints_same(MIGEN_POSTGRES, key, other));
    other.on_delete = MIGEN_NO_ACTION;
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    other = key;
    other.on_update = MIGEN_RESTRICT;
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    other = key;
    other.references = "people";
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    other = key;
    other.references_columns = NAMES("code");
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    other = key;
    other.references = "Users";
    assert_true(constraints_same(MIGEN_SQLITE, key, other));
    other = key;
    other.extra = "DEFERRABLE INITIALLY DEFERRED";
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    assert_false(constraints_same(MIGEN_SQLITE, key, other));
    other.extra = "MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED"; /* SQLite reads it, and waits for nothing */
    assert_false(constraints_same(MIGEN_POSTGRES, key, other));
    assert_true(constraints_same(MIGEN_SQLITE, key, other));
    assert_false(constraints_same(MIGEN_POSTGRES, K(UNIQUE(.columns = NAMES("a", "b"))),
                                  K(UNIQUE(.columns = NAMES("b", "a")))));
    assert_true(constraints_same(MIGEN_POSTGRES, K(CHECK(.expression = "kind in ('a', 'b')")),
                                 K(CHECK(.expression = "kind = ANY (ARRAY['a'::text, 'b'::text])"))));
    assert_true(
        constraints_same(MIGEN_SQLITE, K(CHECK(.expression = "a>0")), K(CHECK(.expression = "( a > 0 )"))));
    assert_false(
        constraints_same(MIGEN_SQLITE, K(CHECK(.expression = "a > 0")), K(CHECK(.expression = "a > 1"))));
}

static void unique_by_constraint_or_index(void **state)
{
    (void)state;
    comparison c = comparing(MIGEN_POSTGRES, NULL);
    schema_table *found = table_of("t");
    migen_constraint wanted = UNIQUE(.name = "t_a_key", .columns = NAMES("a"));
    add_index(found,
              (migen_index){.name = "partial", .unique = true, ITEMS({.column = "a"}), .where = "a > 0"});
    add_index(found, (migen_index){.name = "plain", .unique = false, ITEMS({.column = "a"})});
    add_index(found,
              (migen_index){.name = "broken", .unique = true, ITEMS({.column = "a"}), .half_done = true});
    add_index(found, (migen_index){.name = "nulls",
                                   .unique = true,
                                   ITEMS({.column = "a", .extra = "NULLS NOT DISTINCT"})});
    add_index(found, (migen_index){.name = "more", .unique = true, ITEMS({.column = "a"}, {.column = "b"})});
    assert_null(find_equal_constraint(&c, found, &wanted));
    add_index(found, (migen_index){.name = "good", .unique = true, ITEMS({.column = "a"})});
    const migen_constraint *equal = find_equal_constraint(&c, found, &wanted);
    assert_non_null(equal);
    assert_string_equal(equal->name, "good");
    assert_true(equal->is_index);
    add_constraint(found, (migen_constraint)UNIQUE(.name = "uq", .columns = NAMES("a")));
    assert_string_equal(find_equal_constraint(&c, found, &wanted)->name, "uq");
    schema_table *table = table_of("t");
    add_constraint(table, wanted);
    compare_table(&c, table, found);
    assert_int_equal(count_of(false), 0);
    assert_int_equal(count_of(true), 1);
    /* and the other way: a wanted unique index, done by a constraint */
    schema_table *by_index = table_of("t"), *by_constraint = table_of("t");
    add_index(by_index, (migen_index){.name = "ix", .unique = true, ITEMS({.column = "a"})});
    add_constraint(by_constraint, (migen_constraint)UNIQUE(.name = "uq", .columns = NAMES("a")));
    c = comparing(MIGEN_SQLITE, NULL);
    compare_table(&c, by_index, by_constraint);
    assert_int_equal(count_of(false), 0);
    c = comparing(MIGEN_SQLITE, NULL);
    compare_table(&c, by_index, table_of("t"));
    assert_int_equal(count_of(false), 1);
    assert_null(found_differences.items[0].found);
    assert_string_equal(found_differences.items[0].object, "ix on t");
}

static int index_verdict(migen_engine engine, migen_index wanted, migen_index found)
{
    comparison c = comparing(engine, NULL);
    wanted.name = found.name = "ix";
    compare_index(&c, table_of("t"), &wanted, &found);
    return (int)count_of(false);
}

#define I(...) ((migen_index){__VA_ARGS__})

static void indexes_compared(void **state)
{
    (void)state;
    migen_index plain = {ITEMS({.column = "a"}, {.column = "b", .descending = true})};
    assert_int_equal(index_verdict(MIGEN_POSTGRES, plain, plain), 0);
    assert_int_equal(index_verdict(MIGEN_POSTGRES, plain, I(ITEMS({.column = "a"}, {.column = "b"}))), 1);
    assert_int_equal(index_verdict(MIGEN_POSTGRES, plain, I(ITEMS({.column = "a"}))), 1);
    assert_int_equal(
        index_verdict(MIGEN_POSTGRES, plain, I(ITEMS({.column = "b", .descending = true}, {.column = "a"}))),
        1);
    assert_int_equal(index_verdict(MIGEN_POSTGRES, plain,
                                   I(ITEMS({.column = "a", .extra = "text_pattern_ops"},
                                           {.column = "b", .descending = true}))),
                     1);
    migen_index invalid = plain;
    invalid.half_done = true;
    assert_int_equal(index_verdict(MIGEN_POSTGRES, plain, invalid), 1);
    assert_non_null(strstr(found_differences.items[0].found, "invalid"));
    migen_index gin = {ITEMS({.column = "a"}), .method = "gin"};
    assert_int_equal(index_verdict(MIGEN_POSTGRES, gin, I(ITEMS({.column = "a"}))), 1);
    assert_int_equal(index_verdict(MIGEN_SQLITE, gin, I(ITEMS({.column = "a"}))), 0);
    assert_int_equal(index_verdict(MIGEN_POSTGRES, I(ITEMS({.column = "a"}), .method = "btree"),
                                   I(ITEMS({.column = "a"}))),
                     0);
    migen_index covering = {ITEMS({.column = "a"}), .include = NAMES("b")};
    assert_int_equal(index_verdict(MIGEN_POSTGRES, covering, I(ITEMS({.column = "a"}))), 1);
    assert_int_equal(index_verdict(MIGEN_SQLITE, covering, I(ITEMS({.column = "a"}))), 0);
    migen_index partial = {ITEMS({.column = "a"}), .where = "a is not null"};
    assert_int_equal(index_verdict(MIGEN_POSTGRES, partial, I(ITEMS({.column = "a"}))), 1);
    assert_int_equal(
        index_verdict(MIGEN_POSTGRES, partial, I(ITEMS({.column = "a"}), .where = "(a IS NOT NULL)")), 0);
    assert_int_equal(
        index_verdict(MIGEN_SQLITE, partial, I(ITEMS({.column = "a"}), .where = "b IS NOT NULL")), 1);
    assert_int_equal(index_verdict(MIGEN_SQLITE, I(ITEMS({.expression = "lower(a)"})),
                                   I(ITEMS({.expression = "LOWER( a )"}))),
                     0);
    assert_int_equal(index_verdict(MIGEN_SQLITE, I(ITEMS({.expression = "lower(a)"})),
                                   I(ITEMS({.expression = "upper(a)"}))),
                     1);
    assert_int_equal(
        index_verdict(MIGEN_POSTGRES, I(.unique = true, ITEMS({.column = "a"})), I(ITEMS({.column = "a"}))),
        1);
}

/* A server that prints its own words as it has printed them before. */
static void answer_itself(expression_memo *memo)
{
    for (size_t i = 0; i < memo->questions.count; i++)
        if (!map_has(&memo->answers, memo->questions.items[i].key))
            map_set(&memo->answers, memo->questions.items[i].key,
                    arena_string(memory, memo->questions.items[i].text));
}

/* What text does not decide: equal without a memo; asked with one; then the answer counts, and what the server makes of
 * the answer. */
static void memo_decides(void **state)
{
    (void)state;
    expression_memo memo = expression_memo_new(memory);
    schema_table *wanted = table_of("t"), *found = table_of("t");
    add_column(wanted, (migen_column){.name = "a", .type = VARCHAR(5)});
    add_column(found, (migen_column){.name = "a", .type = VARCHAR(5)});
    add_constraint(wanted, (migen_constraint)CHECK(.name = "k", .expression = "a similar to 'x%'"));
    add_constraint(found, (migen_constraint)CHECK(.name = "k",
                                                  .expression = "(a)::text ~ similar_to_escape('x%'::text)"));
    comparison c = comparing(MIGEN_POSTGRES, NULL);
    compare_table(&c, wanted, found);
    assert_int_equal(found_differences.count, 0);
    c = comparing(MIGEN_POSTGRES, &memo);
    compare_table(&c, wanted, found);
    compare_table(&c, wanted, found);
    assert_int_equal(found_differences.count, 0);
    assert_int_equal(memo.questions.count, 1); /* noted once */
    assert_int_equal(memo.questions.items[0].use, EXPRESSION_CHECK);
    map_set(&memo.answers, memo.questions.items[0].key, "(a)::text ~ similar_to_escape('x%'::text)");
    compare_table(&c, wanted, found);
    assert_int_equal(found_differences.count, 0);
    map_set(&memo.answers, memo.questions.items[0].key, "(a)::text ~ similar_to_escape('y%'::text)");
    compare_table(&c, wanted, found);
    assert_int_equal(count_of(false), 0);
    assert_int_equal(memo.questions.count, 2);
    assert_string_equal(memo.questions.items[1].text, "(a)::text ~ similar_to_escape('y%'::text)");
    map_set(&memo.answers, memo.questions.items[1].key, "(a)::text ~ similar_to_escape('x%'::text)");
    compare_table(&c, wanted, found);
    assert_int_equal(count_of(false), 0);
    map_set(&memo.answers, memo.questions.items[1].key, "(a)::text ~ similar_to_escape('y%'::text)");
    compare_table(&c, wanted, found);
    assert_int_equal(count_of(false), 1);
    c = comparing(MIGEN_POSTGRES, &memo);
    map_set(&memo.answers, memo.questions.items[0].key, "");
    compare_table(&c, wanted, found);
    assert_int_equal(count_of(false), 1);
    /* another type of the column is another question */
    wanted->columns.items[0].type = (migen_type)TEXT;
    memo.questions.count = 0;
    compare_table(&c, wanted, found);
    assert_int_equal(memo.questions.count, 1);
}

static void enums_compared(void **state)
{
    (void)state;
    static const struct {
        const char *const wanted[4], *const found[5];
        size_t differences;
    } cases[] = {
        {{"a", "b"}, {"a", "b"}, 0}, {{"a", "b"}, {"x", "a", "y", "b"}, 0}, {{"a", "b"}, {"b", "a"}, 1},
        {{"a", "b"}, {"a"}, 1},      {{"a", "b", "c"}, {"a", "c"}, 1},      {{NULL}, {"a"}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        schema_enum wanted = {.name = {.name = "e"}}, found = {.name = {.name = "e"}};
        for (size_t j = 0; cases[i].wanted[j] != NULL; j++)
            vector_push(memory, &wanted.values, cases[i].wanted[j]);
        for (size_t j = 0; cases[i].found[j] != NULL; j++)
            vector_push(memory, &found.values, cases[i].found[j]);
        comparison c = comparing(MIGEN_POSTGRES, NULL);
        compare_enum(&c, &wanted, &found);
        assert_int_equal(found_differences.count, cases[i].differences);
    }
}

static size_t views_differ(migen_engine engine, expression_memo *memo, const char *wanted, const char *found)
{
    schema_view w = {.name = {.name = "v"}, .sql = wanted}, f = {.name = {.name = "v"}, .sql = found};
    comparison c = comparing(engine, memo);
    compare_view(&c, &w, &f);
    return found_differences.count;
}

static void views_compared(void **state)
{
    (void)state;
    expression_memo memo = expression_memo_new(memory);
    assert_int_equal(views_differ(MIGEN_SQLITE, NULL, "SELECT  a\nFROM t;", "select a from t"), 0);
    assert_int_equal(views_differ(MIGEN_SQLITE, NULL, "SELECT a FROM t", "select b from t"), 1);
    assert_int_equal(
        views_differ(MIGEN_POSTGRES, &memo, "select * from t", " SELECT t.a,\n    t.b\n   FROM t;"), 0);
    assert_int_equal(memo.questions.count, 1);
    /* a column that came later is no difference of a view with * */
    map_set(&memo.answers, memo.questions.items[0].key, " SELECT t.a,\n    t.b, t.c\n   FROM t");
    assert_int_equal(
        views_differ(MIGEN_POSTGRES, &memo, "select * from t", " SELECT t.a,\n    t.b\n   FROM t;"), 0);
    assert_int_equal(
        views_differ(MIGEN_POSTGRES, &memo, "select * from t", " SELECT t.a,\n    t.b\n   FROM u;"), 0);
    assert_int_equal(memo.questions.count, 2); /* what the server makes of its own words */
    answer_itself(&memo);
    assert_int_equal(
        views_differ(MIGEN_POSTGRES, &memo, "select * from t", " SELECT t.a,\n    t.b\n   FROM u;"), 1);
    assert_int_equal(
        views_differ(MIGEN_POSTGRES, &memo, "select * from t", " SELECT t.z,\n    t.b\n   FROM t;"), 1);
    /* a view that this run has made has its author's text still: another text replaces it */
    comparison same_run = comparing(MIGEN_POSTGRES, &memo);
    schema_view made = {.name = {.name = "v"}, .sql = "select a from t", .is_authors = true};
    schema_view next = {.name = {.name = "v"}, .sql = "select a, b from t"};
    compare_view(&same_run, &next, &made);
    assert_int_equal(count_of(false), 1);
    schema_view wanted = {.name = {.name = "v"}, .sql = "select 1", .text_moved = true};
    schema_view found = {.name = {.name = "v"}, .sql = "select 2"};
    comparison c = comparing(MIGEN_SQLITE, NULL);
    compare_view(&c, &wanted, &found);
    assert_int_equal(found_differences.count, 0);
    found.materialized = true;
    compare_view(&c, &wanted, &found);
    assert_int_equal(found_differences.count, 1);
}

static size_t functions_differ(const char *wanted, const char *found)
{
    schema_function w = {.name = {.name = "f"}, .sql = wanted}, f = {.name = {.name = "f"}, .sql = found};
    comparison c = comparing(MIGEN_POSTGRES, NULL);
    compare_function(&c, &w, &f);
    return found_differences.count;
}

static void functions_compared(void **state)
{
    (void)state;
    static const char printed[] =
        "CREATE OR REPLACE FUNCTION public.f(a integer DEFAULT 1)\n RETURNS integer\n"
        " LANGUAGE plpgsql\n STABLE STRICT\nAS $function$\nBEGIN RETURN a; END;\n$function$\n";
    assert_int_equal(
        functions_differ(
            "create or replace function f(a int default 1) returns int as $$ BEGIN RETURN a; END; "
            "$$ language 'plpgsql' stable returns null on null input",
            printed),
        0);
    assert_int_equal(
        functions_differ("create function f(a int default 1) returns int as $$ BEGIN RETURN a + 1; END; $$ "
                         "language plpgsql stable strict",
                         printed),
        1);
    assert_int_equal(
        functions_differ("create function f(a int = 1) returns int language plpgsql stable strict as "
                         "'BEGIN RETURN a; END;'",
                         printed),
        0);
    static const char *const others[] = {"a int", "a int = 2", "b int = 1", "int = 1",
                                         "a int = 1, out b int"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        arena *a = arena_new();
        const char *other = arena_format(
            a, "create function f(%s) returns int language plpgsql stable strict as 'BEGIN RETURN a; END;'",
            others[i]);
        assert_int_equal(functions_differ(other, printed), 1);
        assert_int_equal(function_is_made_anew(a, other, printed), i != 1);
        arena_free(a);
    }
    assert_int_equal(functions_differ("create function f(a int) returns int as $$ BEGIN RETURN a; END; $$ "
                                      "language plpgsql strict",
                                      printed),
                     1);
    assert_int_equal(functions_differ("create function f(a int) returns int as $$ BEGIN RETURN a; END; $$ "
                                      "language plpgsql stable strict security definer",
                                      printed),
                     1);
    /* case inside the body counts: it may be data */
    assert_int_equal(functions_differ("create function f(a int) returns int as $$ begin return a; end; $$ "
                                      "language plpgsql stable strict",
                                      printed),
                     1);
}

static size_t triggers_differ(migen_engine engine, const char *wanted, const char *found)
{
    schema_trigger w = {.name = "g", .sql = wanted}, f = {.name = "g", .sql = found};
    expression_memo memo = expression_memo_new(memory);
    const schema_table *t = table_of("t");
    comparison c = comparing(engine, &memo);
    compare_trigger(&c, t, t->name, &w, &f);
    for (size_t questions = 0; memo.questions.count != questions;) { /* of a condition */
        questions = memo.questions.count;
        answer_itself(&memo);
        c = comparing(engine, &memo);
        compare_trigger(&c, t, t->name, &w, &f);
    }
    return found_differences.count;
}

static void triggers_compared(void **state)
{
    (void)state;
    static const char printed[] = "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a ON public.t FOR EACH ROW "
                                  "WHEN (((new.a)::text <> 'x'::text)) EXECUTE FUNCTION f('y')";
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create or replace trigger g before update of a or insert on t "
                                     "for row when (NEW.a != 'x') execute procedure public.f('y');",
                                     printed),
                     0);
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create trigger g before insert on t for each row "
                                     "when (new.a <> 'x') execute function f('y')",
                                     printed),
                     1);
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create trigger g after insert or update of a on t for each row "
                                     "when (new.a <> 'x') execute function f('y')",
                                     printed),
                     1);
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create trigger g before insert or update of a on t for each row "
                                     "when (new.a <> 'z') execute function f('y')",
                                     printed),
                     1);
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create trigger g before insert or update of a on t for each row "
                                     "execute function f('y')",
                                     printed),
                     1);
    assert_int_equal(triggers_differ(MIGEN_POSTGRES,
                                     "create trigger g before insert or update of a on t for each row "
                                     "when (new.a <> 'x') execute function h('y')",
                                     printed),
                     1);
    assert_int_equal(
        triggers_differ(
            MIGEN_POSTGRES, "create trigger g before insert on t execute function f(1)",
            "CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH STATEMENT EXECUTE FUNCTION f('1')"),
        0);
    assert_int_equal(triggers_differ(MIGEN_SQLITE, "create trigger g after insert on t begin select 1; end",
                                     "CREATE TRIGGER g  AFTER INSERT ON t BEGIN\n SELECT 1;\nEND"),
                     0);
    assert_int_equal(triggers_differ(MIGEN_SQLITE, "create trigger g after insert on t begin select 1; end",
                                     "CREATE TRIGGER g  AFTER INSERT ON t BEGIN\n SELECT 2;\nEND"),
                     1);
}

static void put_table(schema *s, schema_table *t)
{
    map_set(&s->tables, name_text(memory, t->name), t);
}

static void schemas_compared(void **state)
{
    (void)state;
    schema *wanted = schema_new(memory, MIGEN_POSTGRES), *found = schema_new(memory, MIGEN_POSTGRES);
    schema_table *here = table_of("here"), *there = table_of("here"), *given = table_of("given");
    schema_table *maybe = table_of("maybe"), *gone = table_of("gone"), *extra = table_of("extra");
    given->given = maybe->maybe = true;
    add_column(here, (migen_column){.name = "a", .type = INT});
    add_column(there, (migen_column){.name = "a", .type = INT});
    add_column(there, (migen_column){.name = "b", .type = INT});
    add_constraint(here, (migen_constraint)UNIQUE(.name = "here_a_key", .columns = NAMES("a")));
    add_constraint(there, (migen_constraint)UNIQUE(.name = "other", .columns = NAMES("a")));
    add_constraint(there, (migen_constraint)UNIQUE(.name = "unknown", .columns = NAMES("b")));
    add_index(there, (migen_index){.name = "unknown_ix", ITEMS({.column = "b"})});
    put_table(wanted, here);
    put_table(wanted, given);
    put_table(wanted, maybe);
    put_table(wanted, gone);
    put_table(found, there);
    put_table(found, extra);
    add_column(gone, (migen_column){.name = "a", .type = INT});
    schema_name_entry entry = {.name = "auth"};
    map_set(&wanted->schemas, "auth", &entry);
    comparison c = comparing(MIGEN_POSTGRES, NULL);
    compare_schemas(&c, wanted, found, false);
    assert_int_equal(count_of(false), 2); /* schema auth, table gone */
    assert_int_equal(count_of(true), 1);  /* the constraint's name */
    c = comparing(MIGEN_POSTGRES, NULL);
    compare_schemas(&c, wanted, found, true);
    assert_int_equal(count_of(false),
                     2 + 4); /* table extra, column b, constraint unknown, index unknown_ix */
    for (size_t i = 0; i < found_differences.count; i++)
        assert_false(found_differences.items[i].wanted == NULL && found_differences.items[i].found == NULL);
    /* a view in a table's place */
    schema_view *view = ARENA_NEW(memory, schema_view);
    *view = (schema_view){.name = {.name = "gone"}, .sql = "select 1"};
    map_set(&found->views, "gone", view);
    c = comparing(MIGEN_POSTGRES, NULL);
    compare_schemas(&c, wanted, found, false);
    bool told = false;
    for (size_t i = 0; i < found_differences.count; i++)
        told = told || text_equal(found_differences.items[i].found, "a view");
    assert_true(told);
}

static void texts_for_people(void **state)
{
    (void)state;
    migen_column column = {.name = "a", .type = VARCHAR(255), .not_null = true, .default_value = "''"};
    assert_string_equal(column_text(memory, &column), "varchar(255) not null default ''");
    migen_constraint key = FOREIGN_KEY(.name = "k", .columns = NAMES("a", "B b"), .references = "auth.users",
                                       .references_columns = NAMES("id", "x"), .on_delete = MIGEN_SET_NULL);
    assert_string_equal(constraint_text(memory, &key),
                        "foreign key (a, \"B b\") -> auth.users (id, x) on delete set null");
    migen_constraint check = CHECK(.name = "k", .expression = "a > 0", .half_done = true);
    assert_string_equal(constraint_text(memory, &check), "check (a > 0) not valid");
    migen_index index = {.name = "ix",
                         .unique = true,
                         .method = "gin",
                         ITEMS({.column = "a", .descending = true}, {.expression = "lower(b)"}),
                         .include = NAMES("c"),
                         .where = "a > 0"};
    assert_string_equal(index_text(memory, &index),
                        "unique index using gin (a desc, (lower(b))) include (c) where (a > 0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(constraints_compared), CASE(unique_by_constraint_or_index),
        CASE(indexes_compared),     CASE(memo_decides),
        CASE(enums_compared),       CASE(views_compared),
        CASE(functions_compared),   CASE(triggers_compared),
        CASE(schemas_compared),     CASE(texts_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

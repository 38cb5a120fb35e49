/* Walking rows through branches and engines. */
#include "operation_fixture.h"

#include "flow.h"

/* Goes over the rows; `answers` has a letter for each condition that is met: y or n. Gives the words said. */
static const char *walk(const migen_step *steps, size_t count, migen_engine engine, const char *answers)
{
    builder said = builder_new(memory);
    const migen_step *step;
    for (flow f = flow_begin(steps, count, engine); (step = flow_next(&f)) != NULL;) {
        assert_true(step == &steps[flow_index(&f)]);
        if (flow_is_condition(step)) {
            assert_true(*answers != '\0');
            flow_choose(&f, *answers++ == 'y');
        } else {
            builder_add(&said, step->text);
        }
    }
    assert_int_equal(*answers, '\0');
    return said.bytes;
}

static const migen_step nested[] = {
    SAY("a"),
    IF_EXISTS(TABLE, 1, "t"),
    SAY("b"),
    ON_POSTGRES,
    SAY("c"),
    IF_SQL(2, "SELECT 1"),
    SAY("d"),
    ELSE_IF_NOT,
    SAY("e"),
    END_IF,
    END_ON,
    ELSE_IF_NOT,
    IF_NOT_EXISTS(TABLE, 3, "u"),
    SAY("f"),
    END_IF,
    ON_SQLITE,
    SAY("g"),
    END_ON,
    END_IF,
    ON_EVERY_ENGINE,
    SAY("h"),
    END_ON,
    IF_TAKEN(1),
    END_IF,
    SAY("i"),
};

static void branches_and_engines(void **state)
{
    (void)state;
    const size_t count = ROW_COUNT(nested);
    assert_string_equal(walk(nested, count, MIGEN_POSTGRES, "yyy"), "abcdhi");
    assert_string_equal(walk(nested, count, MIGEN_POSTGRES, "yny"), "abcehi");
    assert_string_equal(walk(nested, count, MIGEN_POSTGRES, "nyn"), "afhi");
    assert_string_equal(walk(nested, count, MIGEN_POSTGRES, "nny"), "ahi");
    assert_string_equal(walk(nested, count, MIGEN_SQLITE, "yy"), "abhi");
    assert_string_equal(walk(nested, count, MIGEN_SQLITE, "nyn"), "afghi");
}

static void nothing_to_walk(void **state)
{
    (void)state;
    assert_string_equal(walk(NULL, 0, MIGEN_SQLITE, ""), "");
    static const migen_step only_blocks[] = {ON_POSTGRES, END_ON, IF_TAKEN(1), ELSE_IF_NOT, END_IF};
    assert_string_equal(walk(only_blocks, ROW_COUNT(only_blocks), MIGEN_SQLITE, "n"), "");
    static const migen_step unclosed[] = {SAY("a"), ON_POSTGRES, SAY("b")};
    assert_string_equal(walk(unclosed, ROW_COUNT(unclosed), MIGEN_SQLITE, ""), "a");
}

/* An ON block inside of a branch that is not taken must not end that branch's search. */
static void skipped_blocks_nest(void **state)
{
    (void)state;
    static const migen_step steps[] = {
        IF_SQL(1, "x"), ON_SQLITE, IF_SQL(2, "y"), SAY("a"), ELSE_IF_NOT, SAY("b"),
        END_IF,         END_ON,    ELSE_IF_NOT,    SAY("c"), END_IF,      SAY("d"),
    };
    assert_string_equal(walk(steps, ROW_COUNT(steps), MIGEN_POSTGRES, "n"), "cd");
    assert_string_equal(walk(steps, ROW_COUNT(steps), MIGEN_POSTGRES, "y"), "d");
    assert_string_equal(walk(steps, ROW_COUNT(steps), MIGEN_SQLITE, "yn"), "bd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(branches_and_engines), CASE(nothing_to_walk),
                                       CASE(skipped_blocks_nest)};
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}

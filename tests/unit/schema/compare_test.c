/* The comparison of columns: types, defaults, and what else is said of one. */
#include "compare_fixture.h"

#define COLUMN(...) ((migen_column){.name = "c", __VA_ARGS__})

/* 0 the same, 1 a note, 2 a difference */
static int column_verdict(migen_engine engine, migen_column wanted, migen_column found)
{
    comparison c = comparing(engine, NULL);
    schema_table *t = table_of("t");
    compare_column(&c, t, &wanted, t, &found);
    return count_of(false) > 0 ? 2 : count_of(true) > 0 ? 1 : 0;
}

static int type_verdict_of(migen_engine engine, migen_type wanted, migen_type found)
{
    return column_verdict(engine, COLUMN(.type = wanted),
                          COLUMN(.type = found, .not_null = wanted.kind == MIGEN_TYPE_ID));
}

#define T(...)         ((migen_type)__VA_ARGS__)
#define DECLARED(text) T({.kind = MIGEN_TYPE_NATIVE, .sqlite = (text)})

static void types_on_postgres(void **state)
{
    (void)state;
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(VARCHAR(255)),
                                     type_from_postgres(memory, "character varying(255)")),
                     0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(VARCHAR(255)),
                                     type_from_postgres(memory, "character varying(100)")),
                     2);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(INT), type_from_postgres(memory, "integer")), 0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(INT), type_from_postgres(memory, "bigint")), 2);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(CHAR(1)), type_from_postgres(memory, "character(1)")),
                     0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T({.kind = MIGEN_TYPE_CHAR}),
                                     type_from_postgres(memory, "character(1)")),
                     0);
    assert_int_equal(
        type_verdict_of(MIGEN_POSTGRES, T(NUMERIC_OF(10, 2)), type_from_postgres(memory, "numeric(10,2)")),
        0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(NUMERIC), type_from_postgres(memory, "numeric(10,2)")),
                     2);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(TIMESTAMPTZ),
                                     type_from_postgres(memory, "timestamp with time zone")),
                     0);
    assert_int_equal(
        type_verdict_of(MIGEN_POSTGRES, T(TIMESTAMP), type_from_postgres(memory, "timestamp with time zone")),
        2);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(TIMESTAMP),
                                     type_from_postgres(memory, "timestamp(3) without time zone")),
                     2);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T({.kind = MIGEN_TYPE_TEXT, .array = true}),
                                     type_from_postgres(memory, "text[]")),
                     0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(TEXT), type_from_postgres(memory, "text[]")), 2);
    assert_int_equal(
        type_verdict_of(MIGEN_POSTGRES, T(NATIVE("CITEXT", "text")), type_from_postgres(memory, "citext")),
        0);
    assert_int_equal(
        type_verdict_of(MIGEN_POSTGRES, T(NATIVE("integer", "int")), type_from_postgres(memory, "integer")),
        0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(ENUM("status")), T(ENUM("status"))), 0);
    assert_int_equal(type_verdict_of(MIGEN_POSTGRES, T(ENUM("status")), T(ENUM("auth.status"))), 2);
    assert_int_equal(type_from_postgres(memory, "\"char\"").kind, MIGEN_TYPE_NATIVE);
    assert_int_equal(type_from_postgres(memory, "bit varying(5)").kind, MIGEN_TYPE_NATIVE);
    assert_string_equal(type_sql(memory, MIGEN_POSTGRES, type_from_postgres(memory, "numeric(10,-2)")),
                        "numeric(10,-2)");
}

static void types_on_sqlite(void **state)
{
    (void)state;
    static const struct {
        migen_type wanted;
        const char *declared;
        int verdict;
    } cases[] = {
        {ID, "INTEGER", 0},
        {ID, "BIGINT", 2},
        {BIGINT, "INTEGER", 0},
        {INT, "int", 0},
        {SMALLINT, "TEXT", 2},
        {BOOL, "BOOLEAN", 0},
        {BOOL, "INTEGER", 1},
        {BOOL, "TEXT", 2},
        {VARCHAR(255), "VARCHAR(255)", 0},
        {VARCHAR(255), "VARCHAR(100)", 2},
        {VARCHAR(255), "VARCHAR", 1},
        {VARCHAR(255), "TEXT", 1},
        {VARCHAR(255), "varchar ( 255 )", 0},
        {VARCHAR(9), "CHAR(9)", 2},
        {TEXT, "VARCHAR(100)", 2},
        {TEXT, "CLOB", 0},
        {NUMERIC_OF(10, 2), "NUMERIC(10, 2)", 0},
        {NUMERIC_OF(10, 2), "DECIMAL(10,2)", 0},
        {NUMERIC_OF(10, 2), "NUMERIC(12, 2)", 2},
        {NUMERIC_OF(10, 2), "NUMERIC", 1},
        {NUMERIC_OF(10, 2), "FLOAT", 2},
        {DOUBLE, "FLOAT", 0},
        {BYTES, "BLOB", 0},
        {DATE, "DATE", 0},
        {DATE, "DATETIME", 2},
        {TIME, "TIME", 0},
        {TIMESTAMP, "DATETIME", 0},
        {TIMESTAMPTZ, "DATETIME", 0},
        {TIMESTAMPTZ, "TIMESTAMP", 0},
        {TIMESTAMP, "TEXT", 2},
        {JSON, "JSON", 0},
        {JSONB, "TEXT", 1},
        {JSON, "JSONB TEXT", 0},
        {TIMESTAMPTZ, "TIMESTAMP TEXT", 0},
        {TIMESTAMP, "TIMESTAMPTZ TEXT", 2},
        {BIGINT, "BIGINT", 0},
        {NATIVE(NULL, "text  collate NOCASE"), "text collate nocase", 0},
        {JSONB, "BLOB", 2},
        {UUID, "CHAR(32)", 0},
        {UUID, "CHAR(36)", 0},
        {UUID, "TEXT", 0},
        {UUID, "CHAR(20)", 2},
        {ENUM("status"), "TEXT", 0},
        {ENUM("status"), "VARCHAR(9)", 1},
        {ENUM("status"), "INTEGER", 2},
        {NATIVE("citext", "geometry"), "GEOMETRY", 0},
        {NATIVE("citext", "geometry"), "TEXT", 2},
        {TEXT, "VARCHAR(99999999999999999999)", 2},
        {TEXT, "", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int verdict = type_verdict_of(MIGEN_SQLITE, cases[i].wanted, DECLARED(cases[i].declared));
        if (verdict != cases[i].verdict)
            fail_msg("%s against %s: %d", type_sql(memory, MIGEN_SQLITE, cases[i].wanted), cases[i].declared,
                     verdict);
    }
    migen_column nocase = COLUMN(.type = DECLARED("TEXT"), .collate = "NOCASE");
    assert_int_equal(
        column_verdict(MIGEN_SQLITE, COLUMN(.type = NATIVE("citext", "text collate nocase")), nocase), 0);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = TEXT), nocase), 2);
    assert_int_equal(
        column_verdict(MIGEN_SQLITE, COLUMN(.type = BOOL), COLUMN(.type = BOOL, .type_unchecked = true)), 1);
}

/* A missing check of the type is a note of its own, beside whatever else differs; where there is none it is
 * nothing. */
static void missing_checks_are_notes(void **state)
{
    (void)state;
    migen_column found = COLUMN(.type = BOOL, .type_unchecked = true);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = BOOL, .default_value = "true"), found), 2);
    assert_int_equal(count_of(true), 1);
    assert_int_equal(count_of(false), 1);
    assert_string_equal(found_differences.items[1].wanted, "default true");
    found = COLUMN(.type = CHAR(32), .type_unchecked = true);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = UUID), found), 0);
    found = COLUMN(.type = VARCHAR(9), .type_unchecked = true);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = VARCHAR(9)), found), 1);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = VARCHAR(8)), found), 2);
}

/* Each type's own declaration is the same as itself on both engines. */
static void types_are_themselves(void **state)
{
    (void)state;
    for (int kind = MIGEN_TYPE_ID; kind < MIGEN_TYPE_ENUM; kind++) {
        migen_type type = {.kind = (migen_type_kind)kind};
        assert_int_equal(type_verdict_of(MIGEN_POSTGRES, type, type), 0);
        assert_int_equal(type_verdict_of(MIGEN_SQLITE, type, type), 0);
        if (kind != MIGEN_TYPE_ID && kind != MIGEN_TYPE_SERIAL && kind != MIGEN_TYPE_BIGSERIAL)
            assert_int_equal(type_from_postgres(memory, type_sql(memory, MIGEN_POSTGRES, type)).kind, kind);
    }
}

static void defaults_from_sql(void **state)
{
    (void)state;
    static const struct {
        migen_engine engine;
        migen_type type;
        const char *sql, *value;
    } cases[] = {
        {MIGEN_POSTGRES, VARCHAR(9), "'x'::character varying", "'x'"},
        {MIGEN_POSTGRES, VARCHAR(9), "'x'::character varying(9)", "'x'"},
        {MIGEN_POSTGRES, ENUM("status"), "'pending'::status", "'pending'"},
        {MIGEN_POSTGRES, ENUM("auth.status"), "'pending'::auth.\"status\"", "'pending'"},
        {MIGEN_POSTGRES, TEXT, "'it''s'::text", "'it''s'"},
        {MIGEN_POSTGRES, TEXT, "E'a\\\\b'::text", "'a\\b'"},
        {MIGEN_POSTGRES, TEXT, "''::text", "''"},
        {MIGEN_POSTGRES, INT, "0", "0"},
        {MIGEN_POSTGRES, INT, "'-1'::integer", "-1"},
        {MIGEN_POSTGRES, INT, "(-1)", "-1"},
        {MIGEN_POSTGRES, NUMERIC, "0.50", "0.50"},
        {MIGEN_POSTGRES, NUMERIC, "'-1.5'::numeric", "-1.5"},
        {MIGEN_POSTGRES, DOUBLE, "'-0.5'::double precision", "-0.5"},
        {MIGEN_POSTGRES, DOUBLE, "'NaN'::double precision", "'NaN'"},
        {MIGEN_POSTGRES, BOOL, "true", "true"},
        {MIGEN_POSTGRES, BOOL, "FALSE", "false"},
        {MIGEN_POSTGRES, TEXT, "NULL::character varying", NULL},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "now()", "now()"},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "CURRENT_TIMESTAMP", "now()"},
        {MIGEN_POSTGRES, TIMESTAMP, "LOCALTIMESTAMP", "now()"},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "LOCALTIMESTAMP", "(LOCALTIMESTAMP)"},
        {MIGEN_POSTGRES, DATE, "CURRENT_DATE", "now()"},
        {MIGEN_POSTGRES, TEXT, "CURRENT_DATE", "(CURRENT_DATE)"},
        {MIGEN_POSTGRES, TIME, "CURRENT_TIME", "now()"},
        {MIGEN_POSTGRES, TIME, "LOCALTIME", "now()"},
        {MIGEN_POSTGRES, UUID, "gen_random_uuid()", "uuid()"},
        {MIGEN_POSTGRES, UUID, "uuid_generate_v4()", "(uuid_generate_v4())"},
        {MIGEN_POSTGRES, JSONB, "'{}'::jsonb", "'{}'"},
        {MIGEN_POSTGRES, BYTES, "'\\x0aff'::bytea", "x'0aff'"},
        {MIGEN_POSTGRES, INT, "nextval('s'::regclass)", "(nextval('s'::regclass))"},
        {MIGEN_POSTGRES, TEXT, "('a'::text || 'b'::text)", "('a'::text || 'b'::text)"},
        {MIGEN_POSTGRES, TEXT, "(a) || (b)", "((a) || (b))"},
        {MIGEN_POSTGRES, TEXT, "'a'::text || 'b'::text", "('a'::text || 'b'::text)"},
        {MIGEN_POSTGRES, {.kind = MIGEN_TYPE_TEXT, .array = true}, "'{}'::text[]", "'{}'"},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "(now() + '1 day'::interval)", "(now() + '1 day'::interval)"},
        {MIGEN_SQLITE, TIMESTAMP, "CURRENT_TIMESTAMP", "now()"},
        {MIGEN_SQLITE, DATE, "CURRENT_DATE", "now()"},
        {MIGEN_SQLITE, DATE, "CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP)"},
        {MIGEN_SQLITE, INT, "-5", "-5"},
        {MIGEN_SQLITE, INT, "'0'", "0"},
        {MIGEN_SQLITE, TEXT, "'x'", "'x'"},
        {MIGEN_SQLITE, TEXT, "NULL", NULL},
        {MIGEN_SQLITE, BYTES, "X'0AFF'", "x'0aff'"},
        {MIGEN_SQLITE, TEXT, "lower('X')", "(lower('X'))"},
        {MIGEN_SQLITE, TEXT, "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *value = default_from_sql(memory, cases[i].engine, cases[i].type, cases[i].sql);
        if (!text_equal(value, cases[i].value))
            fail_msg("%s gives %s", cases[i].sql, value != NULL ? value : "none");
    }
    assert_string_equal(default_to_postgres(memory, "x'0aff'"), "'\\x0aff'");
    assert_string_equal(default_to_postgres(memory, "uuid()"), "gen_random_uuid()");
    assert_string_equal(default_to_postgres(memory, "(1 + 1)"), "(1 + 1)");
}

static void defaults_compared(void **state)
{
    (void)state;
    static const struct {
        migen_engine engine;
        migen_type type;
        const char *wanted, *found;
        int verdict;
    } cases[] = {
        {MIGEN_POSTGRES, NUMERIC, "0", "0.0", DEFAULT_SAME},
        {MIGEN_POSTGRES, NUMERIC, "0", "'0'", DEFAULT_SAME},
        {MIGEN_POSTGRES, NUMERIC, "1.50", "1.5", DEFAULT_SAME},
        {MIGEN_POSTGRES, NUMERIC, "-0", "0", DEFAULT_SAME},
        {MIGEN_POSTGRES, NUMERIC, "10", "1", DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, NUMERIC, "100", "1e2", DEFAULT_SAME},
        {MIGEN_POSTGRES, INT, "1", "2", DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, INT, "1", NULL, DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, INT, NULL, "1", DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, INT, "null", NULL, DEFAULT_SAME},
        {MIGEN_POSTGRES, INT, NULL, NULL, DEFAULT_SAME},
        {MIGEN_POSTGRES, TEXT, "0", "'0'", DEFAULT_SAME},
        {MIGEN_POSTGRES, TEXT, "'A'", "'a'", DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, TEXT, "('x')", "'x'", DEFAULT_SAME},
        {MIGEN_POSTGRES, BOOL, "true", "false", DEFAULT_DIFFERENT},
        {MIGEN_POSTGRES, BOOL, "false", "'f'", DEFAULT_SAME},
        {MIGEN_POSTGRES, JSONB, "'{\"a\":1}'", "'{\"a\": 1}'", DEFAULT_SAME},
        {MIGEN_POSTGRES, JSONB, "'{\"a b\":1}'", "'{\"ab\": 1}'", DEFAULT_UNDECIDED},
        {MIGEN_POSTGRES, DATE, "'2024-1-1'", "'2024-01-01'", DEFAULT_UNDECIDED},
        {MIGEN_POSTGRES, TEXT, "(lower('X'))", "(lower('X'::text))", DEFAULT_SAME},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "now()", "now()", DEFAULT_SAME},
        {MIGEN_POSTGRES, TIMESTAMPTZ, "now()", "(now() + '1 day'::interval)", DEFAULT_UNDECIDED},
        {MIGEN_SQLITE, BOOL, "false", "0", DEFAULT_SAME},
        {MIGEN_SQLITE, BOOL, "true", "1", DEFAULT_SAME},
        {MIGEN_SQLITE, BOOL, "true", "0", DEFAULT_DIFFERENT},
        {MIGEN_SQLITE, NUMERIC, "0", "0.0", DEFAULT_SAME},
        {MIGEN_SQLITE, TIMESTAMP, "now()", "(datetime('now'))", DEFAULT_SAME},
        {MIGEN_SQLITE, TIMESTAMP, "now()", "(datetime('now', 'localtime'))", DEFAULT_DIFFERENT},
        {MIGEN_SQLITE, DATE, "'2024-1-1'", "'2024-01-01'", DEFAULT_DIFFERENT},
        {MIGEN_SQLITE, UUID, "uuid()", "(lower(hex(randomblob(16))))", DEFAULT_SAME},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int verdict =
            (int)default_compare(memory, cases[i].engine, cases[i].type, cases[i].wanted, cases[i].found);
        if (verdict != cases[i].verdict)
            fail_msg("%zu: %s against %s: %d", i, cases[i].wanted != NULL ? cases[i].wanted : "none",
                     cases[i].found != NULL ? cases[i].found : "none", verdict);
    }
}

static void brackets_come_off(void **state)
{
    (void)state;
    assert_string_equal(sql_without_brackets(memory, " ((a > 0)) ", MIGEN_POSTGRES), "a > 0");
    assert_string_equal(sql_without_brackets(memory, "(a) + (b)", MIGEN_POSTGRES), "(a) + (b)");
    assert_string_equal(sql_without_brackets(memory, "(a = ')')", MIGEN_POSTGRES), "a = ')'");
    assert_string_equal(sql_without_brackets(memory, "f(a)", MIGEN_POSTGRES), "f(a)");
    assert_string_equal(sql_without_brackets(memory, "(a = $$)$$)", MIGEN_POSTGRES), "a = $$)$$");
    assert_null(sql_without_brackets(memory, NULL, MIGEN_POSTGRES));
}

static void columns_show_only_what_differs(void **state)
{
    (void)state;
    comparison c = comparing(MIGEN_POSTGRES, NULL);
    schema_table *t = table_of("auth.\"My Table\"");
    migen_column wanted = {.name = "e mail", .type = VARCHAR(255), .not_null = true, .default_value = "''"};
    migen_column found = {.name = "e mail", .type = VARCHAR(100), .not_null = true, .default_value = "''"};
    compare_column(&c, t, &wanted, t, &found);
    assert_int_equal(found_differences.count, 1);
    assert_string_equal(found_differences.items[0].object, "auth.\"My Table\".\"e mail\"");
    assert_string_equal(found_differences.items[0].wanted, "varchar(255)");
    assert_string_equal(found_differences.items[0].found, "varchar(100)");
    found = (migen_column){.name = "e mail", .type = VARCHAR(255)};
    c = comparing(MIGEN_POSTGRES, NULL);
    compare_column(&c, t, &wanted, t, &found);
    assert_int_equal(found_differences.count, 1);
    assert_string_equal(found_differences.items[0].wanted, "not null default ''");
    assert_string_equal(found_differences.items[0].found, "null no default");
    assert_int_equal(column_verdict(MIGEN_POSTGRES, COLUMN(.type = INT, .generated = "a + b", .stored = true),
                                    COLUMN(.type = INT, .generated = "(a) + b", .stored = true)),
                     0);
    assert_int_equal(column_verdict(MIGEN_POSTGRES, COLUMN(.type = INT, .generated = "a"),
                                    COLUMN(.type = INT, .generated = "a", .stored = true)),
                     0);
    assert_int_equal(column_verdict(MIGEN_POSTGRES, COLUMN(.type = INT, .generated = "a", .stored = true),
                                    COLUMN(.type = INT, .generated = "a")),
                     2);
    assert_int_equal(
        column_verdict(MIGEN_SQLITE, COLUMN(.type = INT, .generated = "a + b"), COLUMN(.type = INT)), 2);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = INT, .generated = "a", .stored = true),
                                    COLUMN(.type = INT, .generated = "a")),
                     2);
    assert_int_equal(
        column_verdict(MIGEN_POSTGRES, COLUMN(.type = TEXT, .comment = "x"), COLUMN(.type = TEXT)), 2);
    assert_int_equal(column_verdict(MIGEN_SQLITE, COLUMN(.type = TEXT, .comment = "x"), COLUMN(.type = TEXT)),
                     0);
    assert_int_equal(
        column_verdict(MIGEN_POSTGRES, COLUMN(.type = TEXT), COLUMN(.type = TEXT, .comment = "x")), 0);
}

static void keys_are_not_null(void **state)
{
    (void)state;
    for (int engine = MIGEN_POSTGRES; engine <= MIGEN_SQLITE; engine++) {
        comparison c = comparing((migen_engine)engine, NULL);
        schema_table *wanted = table_of("t"), *found = table_of("t");
        add_column(wanted, (migen_column){.name = "id", .type = ID});
        add_column(found, (migen_column){.name = "id", .type = ID, .not_null = true});
        add_constraint(wanted, (migen_constraint)PRIMARY_KEY(.name = "t_pkey", .columns = NAMES("id")));
        add_constraint(found, (migen_constraint)PRIMARY_KEY(.name = "t_pkey", .columns = NAMES("id")));
        compare_table(&c, wanted, found);
        assert_int_equal(found_differences.count, 0);
    }
    comparison c = comparing(MIGEN_SQLITE, NULL);
    schema_table *wanted = table_of("t"), *found = table_of("t");
    add_column(wanted, (migen_column){.name = "code", .type = TEXT, .not_null = true});
    add_column(found, (migen_column){.name = "CODE", .type = TEXT});
    found->sql = "CREATE TABLE t (CODE TEXT PRIMARY KEY)"; /* so names have no case */
    add_constraint(wanted, (migen_constraint)PRIMARY_KEY(.name = "t_pkey", .columns = NAMES("code")));
    add_constraint(found, (migen_constraint)PRIMARY_KEY(.name = "t_pkey", .columns = NAMES("CODE")));
    compare_table(&c, wanted, found);
    assert_int_equal(found_differences.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(types_on_postgres),        CASE(types_on_sqlite),
        CASE(missing_checks_are_notes), CASE(types_are_themselves),
        CASE(defaults_from_sql),        CASE(defaults_compared),
        CASE(brackets_come_off),        CASE(columns_show_only_what_differs),
        CASE(keys_are_not_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * operation_cases.h: the cases of the matrix, one for each operation at least.
 *
 * Usage      #include "names_plain.h" or "names_hostile.h" before it, once in a file: it defines CASES_SYMBOL.
 */
#ifndef MIGEN_TESTS_MATRIX_OPERATION_CASES_H
#define MIGEN_TESTS_MATRIX_OPERATION_CASES_H

#include "operation_case.h"

#include "migen_words.h"

#define BOTH  (MIGEN_POSTGRES | MIGEN_SQLITE)
#define COUNT(...) (sizeof((const migen_step[]){__VA_ARGS__}) / sizeof(migen_step))
#define BEFORE(...) .before = (const migen_step[]){__VA_ARGS__}, .before_count = COUNT(__VA_ARGS__)
#define ROWS_OF(...) .rows = (const migen_step[]){__VA_ARGS__}, .row_count = COUNT(__VA_ARGS__)
#define DOWN(...)   .down = (const migen_step[]){__VA_ARGS__}, .down_count = COUNT(__VA_ARGS__)
#define PG(...)     .postgres = STATEMENTS(__VA_ARGS__)
#define LITE(...)   .sqlite = STATEMENTS(__VA_ARGS__)
#define EACH(...)   .postgres = STATEMENTS(__VA_ARGS__), .sqlite = STATEMENTS(__VA_ARGS__)
#define ON_PG_ONLY  .engines = MIGEN_POSTGRES, .why_not = "SQLite has no such objects"

static const migen_table case_other = {
    .name = N_OTHER,
    COLUMNS({.name = "id", .type = ID}, {.name = "name", .type = TEXT}),
};

static const migen_table case_subject = {
    .name = N_SUBJECT,
    COLUMNS({.name = "id", .type = ID}, {.name = P_KEEP, .type = TEXT, .not_null = true, .unique = true},
            {.name = P_WORK, .type = VARCHAR(100)}, {.name = P_NUMBER, .type = INT, .default_value = "7"},
            {.name = P_SPARE, .type = TEXT, .index = true},
            {.name = "state", .type = ENUM(N_STATUS), .not_null = true, .default_value = Q_NEW},
            {.name = "other_id", .type = BIGINT},
            {.name = "made_at", .type = TIMESTAMPTZ, .not_null = true, .default_value = "now()"},
            {.name = "flag", .type = BOOL, .not_null = true, .default_value = "false"}),
    CONSTRAINTS(CHECK(.name = P_RULE, .expression = N_NUMBER " < 1000"),
                UNIQUE(.name = P_RULE_2, .columns = NAMES(P_KEEP, P_NUMBER))),
    INDEXES({.name = P_INDEX, ITEMS({.column = P_NUMBER})}),
};

static const migen_table case_child = {
    .name = N_CHILD,
    COLUMNS({.name = "id", .type = ID},
            {.name = "subject_id", .not_null = true, .references = N_SUBJECT, .on_delete = MIGEN_CASCADE}),
};

/* A table of its own, without anything that names it. */
static const migen_table case_loose = {
    .name = N_MORE,
    COLUMNS({.name = "a", .type = BIGINT, .not_null = true}, {.name = "b", .type = TEXT}),
};

static const migen_table case_box = {
    .name = N_BOX,
    COLUMNS({.name = "id", .type = ID}, {.name = P_FRESH, .type = VARCHAR(20), .not_null = true, .unique = true},
            {.name = "subject_id", .references = N_SUBJECT, .on_delete = MIGEN_SET_NULL, .index = true},
            {.name = "state", .type = ENUM(N_STATUS), .default_value = Q_NEW},
            {.name = "price", .type = NUMERIC_OF(10, 2), .not_null = true, .default_value = "0", .check = "price >= 0"},
            {.name = "label", .type = TEXT, .generated = "upper(" N_FRESH ")", .stored = true},
            {.name = "data", .type = JSONB}, {.name = "day", .type = DATE, .default_value = "now()"}),
    CONSTRAINTS(CHECK(.expression = "length(" N_FRESH ") > 2")),
    INDEXES({.name = P_INDEX_2, ITEMS({.column = "price", .descending = true}), .where = "price > 1"}),
};

static const migen_step case_common[] = {
    SAFE_CREATE_ENUM(N_STATUS, V_NEW, "active", "gone"),
    SAFE_CREATE_TABLE(&case_other),
    SAFE_CREATE_TABLE(&case_subject),
};

static const migen_step case_referenced[] = {SAFE_CREATE_TABLE(&case_child)};

#define VIEW_SQL "SELECT id, " N_WORK ", " N_NUMBER " FROM " N_SUBJECT " WHERE " N_NUMBER " > 0"

static const migen_step case_dependents_postgres[] = {
    SAFE_CREATE_VIEW(N_VIEW, VIEW_SQL),
    SAFE_CREATE_FUNCTION(N_TOUCH, .arguments = "()",
                         .sql = STATEMENTS("CREATE OR REPLACE FUNCTION " N_TOUCH "() RETURNS trigger LANGUAGE plpgsql "
                                           "AS $body$ BEGIN RETURN NEW; END $body$")),
    SAFE_CREATE_TRIGGER(P_TOUCH, N_SUBJECT,
                        "CREATE TRIGGER " N_TOUCH " BEFORE UPDATE ON " N_SUBJECT
                        " FOR EACH ROW EXECUTE FUNCTION " N_TOUCH "()"),
    SAFE_CREATE_INDEX(N_SUBJECT, .name = P_VIEW_2, ITEMS({.column = P_WORK}), .where = N_NUMBER " > 0"),
};

static const migen_step case_dependents_sqlite[] = {
    SAFE_CREATE_VIEW(N_VIEW, VIEW_SQL),
    SAFE_CREATE_TRIGGER(P_TOUCH, N_SUBJECT,
                        "CREATE TRIGGER " N_TOUCH " AFTER UPDATE OF " N_WORK " ON " N_SUBJECT " BEGIN UPDATE " N_OTHER
                        " SET name = NEW." N_WORK " WHERE id = -1; END"),
    SAFE_CREATE_INDEX(N_SUBJECT, .name = P_VIEW_2, ITEMS({.column = P_WORK}), .where = N_NUMBER " > 0"),
};

#define TRIGGER_POSTGRES(timing)                                                                                      \
    "CREATE TRIGGER " N_TOUCH_2 " " timing " ON " N_SUBJECT " FOR EACH ROW EXECUTE FUNCTION " N_TOUCH_2 "()"
#define TRIGGER_SQLITE(number)                                                                                        \
    "CREATE TRIGGER " N_TOUCH_2 " AFTER INSERT ON " N_SUBJECT " BEGIN DELETE FROM " N_OTHER " WHERE id = " number     \
    "; END"
#define FUNCTION_SQL(result)                                                                                          \
    "CREATE OR REPLACE FUNCTION " N_TOUCH_2 "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN " result "; END $$"
#define MAKE_FUNCTION SAFE_CREATE_FUNCTION(N_TOUCH_2, .arguments = "()", .sql = STATEMENTS(FUNCTION_SQL("NEW")))

static const operation_case case_list[] = {
    /* schemas, extensions, sequences */
    {.name = "create schema", ON_PG_ONLY, .step = SAFE_CREATE_SCHEMA(N_AREA)},
    {.name = "drop schema", ON_PG_ONLY, BEFORE(SAFE_CREATE_SCHEMA(N_AREA)), .step = SAFE_DROP_SCHEMA(N_AREA)},
    {.name = "create extension", ON_PG_ONLY, .step = SAFE_CREATE_EXTENSION("pgcrypto")},
    {.name = "drop extension", ON_PG_ONLY, BEFORE(SAFE_CREATE_EXTENSION("pgcrypto")),
     .step = SAFE_DROP_EXTENSION("pgcrypto")},
    {.name = "create sequence", ON_PG_ONLY, .step = SAFE_CREATE_SEQUENCE(N_BOX, .start = 5, .increment = 2),
     .different = {PG("CREATE SEQUENCE " N_BOX " INCREMENT BY 7")}},
    {.name = "create sequence as it comes", ON_PG_ONLY, .step = SAFE_CREATE_SEQUENCE(N_BOX),
     .different = {PG("CREATE SEQUENCE " N_BOX " INCREMENT BY 7")}},
    {.name = "create sequence with a start", ON_PG_ONLY, .step = SAFE_CREATE_SEQUENCE(N_BOX, .start = 5),
     .different = {PG("CREATE SEQUENCE " N_BOX)}},
    {.name = "drop sequence", ON_PG_ONLY, BEFORE(SAFE_CREATE_SEQUENCE(N_BOX, .start = 5, .increment = 2)),
     .step = SAFE_DROP_SEQUENCE(N_BOX)},
    /* enums */
    {.name = "create enum", .engines = BOTH, .step = SAFE_CREATE_ENUM(N_MOOD, V_NEW, V_LATE),
     .different = {PG("CREATE TYPE " N_MOOD " AS ENUM ('x')"), .why = "an enum is no object on SQLite"}},
    {.name = "drop enum", .engines = BOTH, BEFORE(SAFE_CREATE_ENUM(N_MOOD, V_NEW, V_LATE)),
     .step = SAFE_DROP_ENUM(N_MOOD)},
    {.name = "rename enum", .engines = BOTH, .step = SAFE_RENAME_ENUM(N_STATUS, P_MOOD),
     .different = {PG("CREATE TYPE " N_MOOD " AS ENUM ('x')"), .why = "an enum is no object on SQLite"}},
    {.name = "add enum value", .engines = BOTH, .leaves_values = true,
     .step = SAFE_ADD_ENUM_VALUE(N_STATUS, V_LATE, .before = "gone")},
    {.name = "add enum values", .engines = BOTH, .leaves_values = true,
     .step = SAFE_ADD_MULTIPLE_ENUM_VALUES(N_STATUS, V_LATE, "x", "y"),
     .half_done = {PG("ALTER TYPE " N_STATUS " ADD VALUE " Q_LATE), .why = "SQLite adds them all or none"}},
    {.name = "rename enum value", .engines = BOTH, .step = SAFE_RENAME_ENUM_VALUE(N_STATUS, V_NEW, V_LATE)},
    /* tables */
    {.name = "create table", .engines = BOTH, .step = SAFE_CREATE_TABLE(&case_box),
     .different = {EACH("CREATE TABLE " N_BOX " (id bigint, price int)")}},
    {.name = "ensure table", .engines = BOTH, .step = SAFE_ENSURE_TABLE(&case_box),
     .different = {EACH("CREATE TABLE " N_BOX " (id bigint, price int)")},
     .half_done = {PG("CREATE TABLE " N_BOX " (id bigint generated by default as identity primary key, " N_FRESH
                      " varchar(20) not null, data jsonb)"),
                   LITE("CREATE TABLE " N_BOX " (id INTEGER PRIMARY KEY, " N_FRESH " VARCHAR(20) NOT NULL CHECK (length(" N_FRESH
                        ") <= 20), data JSONB TEXT CHECK (json_valid(data)))")}},
    {.name = "ensure more of a table", .engines = BOTH,
     .step = SAFE_ENSURE_TABLE(&(const migen_table){
         .name = N_SUBJECT, COLUMNS({.name = "id", .type = ID}, {.name = P_FRESH, .type = TEXT, .unique = true}),
         INDEXES({.name = P_INDEX_2, ITEMS({.expression = "lower(" N_FRESH ")"})})}),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " varchar(9)")},
     .half_done = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " text")}},
    {.name = "given table", .engines = BOTH,
     .step = GIVEN_TABLE(&(const migen_table){.name = N_BOX, COLUMNS({.name = "id", .type = ID})})},
    {.name = "drop table", .engines = BOTH, BEFORE(SAFE_CREATE_TABLE(&case_box)), .step = SAFE_DROP_TABLE(N_BOX)},
    {.name = "drop table cascade", .engines = BOTH, .loses_rows = true,
     .step = SAFE_DROP_TABLE(N_SUBJECT, .cascade = true)},
    {.name = "rename table", .engines = BOTH, .step = SAFE_RENAME_TABLE(N_SUBJECT, P_BOX),
     .subject = "SELECT id, " N_KEEP ", " N_NUMBER " FROM " N_BOX " ORDER BY id",
     .different = {EACH("CREATE TABLE " N_BOX " (id bigint)")}},
    /* columns */
    {.name = "add column", .engines = BOTH, .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = VARCHAR(20)),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")}},
    {.name = "add column unique, checked, indexed", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT, .unique = true, .index = true,
                             .check = "length(" N_FRESH ") < 5"),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")}},
    {.name = "add column not null default", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = ENUM(N_STATUS), .not_null = true,
                             .default_value = "'active'"),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")}},
    {.name = "add column now()", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TIMESTAMPTZ, .not_null = true,
                             .default_value = "now()")},
    {.name = "add column of a reference", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .references = N_OTHER, .on_delete = MIGEN_CASCADE),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " text")}},
    {.name = "add column backfill", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT, .not_null = true,
                             .backfill = N_KEEP " || '!'"),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")}},
    {.name = "add column generated", .engines = BOTH,
     .step = SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT, .generated = "upper(" N_KEEP ")",
                             .stored = true),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " text")}},
    {.name = "add columns", .engines = BOTH,
     .step = SAFE_ADD_COLUMNS(N_SUBJECT, {.name = P_FRESH, .type = TEXT}, {.name = P_MORE, .type = BOOL},
                              {.name = "at", .type = TIME, .default_value = "now()"}),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")},
     .half_done = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " text")}},
    {.name = "drop column", .engines = BOTH, .step = SAFE_DROP_COLUMN(N_SUBJECT, P_SPARE)},
    {.name = "drop column cascade", .engines = BOTH, .subject = "SELECT id, " N_KEEP ", state FROM " N_SUBJECT " ORDER BY id",
     .loses_rows = true, .step = SAFE_DROP_COLUMN(N_SUBJECT, P_NUMBER, .cascade = true)},
    {.name = "drop columns", .engines = BOTH, .step = SAFE_DROP_COLUMNS(N_SUBJECT, NAMES(P_SPARE, "other_id", "flag"))},
    {.name = "rename column", .engines = BOTH, .step = SAFE_RENAME_COLUMN(N_SUBJECT, P_WORK, P_FRESH),
     .different = {EACH("ALTER TABLE " N_SUBJECT " ADD COLUMN " N_FRESH " int")}},
    {.name = "rename column of everything", .engines = BOTH, .step = SAFE_RENAME_COLUMN(N_SUBJECT, P_NUMBER, P_FRESH),
     .subject = "SELECT id, " N_KEEP ", " N_FRESH " FROM " N_SUBJECT " ORDER BY id"},
    {.name = "rename referenced column", .engines = BOTH, .step = SAFE_RENAME_COLUMN(N_SUBJECT, "id", P_FRESH),
     .subject = "SELECT " N_FRESH ", " N_KEEP ", " N_NUMBER " FROM " N_SUBJECT " ORDER BY " N_FRESH},
    {.name = "alter column type", .engines = BOTH, .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_WORK, TO_TYPE(TEXT))},
    {.name = "alter column type of a key", .engines = BOTH, .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_KEEP, TO_TYPE(VARCHAR(80)))},
    {.name = "alter column type using", .engines = BOTH,
     .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_SPARE, TO_TYPE(VARCHAR(50)), .using_expression = N_SPARE " || ''")},
    {.name = "alter column type and default", .engines = BOTH,
     .step = SAFE_ALTER_COLUMN(N_SUBJECT, "flag", .default_value = "true", .drop_not_null = true)},
    {.name = "alter column not null", .engines = BOTH, .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_NUMBER, .set_not_null = true),
     .half_done = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT _migen_not_null CHECK (" N_NUMBER " IS NOT NULL) NOT VALID",
                      "ALTER TABLE " N_SUBJECT " DROP CONSTRAINT _migen_not_null"),
                   .why = "SQLite has no recipe in steps"}},
    {.name = "alter column not null backfill", .engines = BOTH,
     .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_WORK, .set_not_null = true, .backfill = "'none'")},
    {.name = "alter column null", .engines = BOTH, .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_KEEP, .drop_not_null = true)},
    {.name = "alter column default", .engines = BOTH,
     .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_WORK, .default_value = "'it''s'")},
    {.name = "alter column drop default", .engines = BOTH,
     .step = SAFE_ALTER_COLUMN(N_SUBJECT, P_NUMBER, .drop_default = true)},
    /* indexes */
    {.name = "create index", .engines = BOTH,
     .step = SAFE_CREATE_INDEX(N_SUBJECT, .name = P_INDEX_2, ITEMS({.column = P_KEEP, .descending = true}, {.column = P_WORK})),
     .different = {EACH("CREATE INDEX " N_INDEX_2 " ON " N_SUBJECT " (" N_SPARE ")")},
     .half_done = {PG("CREATE INDEX " N_INDEX_2 " ON " N_SUBJECT " (" N_KEEP " DESC, " N_WORK ")",
                      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = (SELECT oid FROM pg_class WHERE relname = '" P_INDEX_2 "')"),
                   .why = "SQLite's indexes are whole"}},
    {.name = "create index without a name", .engines = BOTH,
     .step = SAFE_CREATE_INDEX(N_SUBJECT, ITEMS({.column = P_WORK}, {.column = P_NUMBER}))},
    {.name = "create unique partial index", .engines = BOTH,
     .step = SAFE_CREATE_INDEX(N_SUBJECT, .name = P_INDEX_2, .unique = true, ITEMS({.expression = "lower(" N_KEEP ")"}),
                               .where = N_WORK " IS NOT NULL"),
     .different = {EACH("CREATE INDEX " N_INDEX_2 " ON " N_SUBJECT " (lower(" N_KEEP "))")}},
    {.name = "drop index", .engines = BOTH, .step = SAFE_DROP_INDEX(N_INDEX)},
    {.name = "rename index", .engines = BOTH, .step = SAFE_RENAME_INDEX(N_INDEX, P_INDEX_2),
     .different = {EACH("CREATE INDEX " N_INDEX_2 " ON " N_SUBJECT " (" N_SPARE ")")}},
    /* constraints */
    {.name = "add unique", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, UNIQUE(.name = P_INDEX_2, .columns = NAMES(P_KEEP, "state"))),
     .different = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_INDEX_2 " UNIQUE (" N_KEEP ", flag)"),
                   LITE("CREATE UNIQUE INDEX " N_INDEX_2 " ON " N_SUBJECT " (" N_KEEP ", flag)")},
     .half_done = {PG("CREATE UNIQUE INDEX " N_INDEX_2 " ON " N_SUBJECT " (" N_KEEP ", state)"),
                   .why = "SQLite builds it in one statement"}},
    {.name = "add unique without a name", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, UNIQUE(.columns = NAMES(P_KEEP, "flag")))},
    {.name = "add check", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, CHECK(.name = P_MORE, .expression = "length(" N_KEEP ") < 99")),
     .different = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_MORE " CHECK (" N_NUMBER " <> 998)"),
                   .why = "SQLite: a check cannot be added by hand without a rebuild"},
     .half_done = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_MORE " CHECK (length(" N_KEEP ") < 99) NOT VALID"),
                   .why = "SQLite's rebuild is in one transaction"}},
    {.name = "add check without a name", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, CHECK(.expression = N_NUMBER " > -5 AND " N_KEEP " <> 'zz'"))},
    {.name = "add foreign key", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, FOREIGN_KEY(.name = P_MORE, .columns = NAMES("other_id"), .references = N_OTHER,
                                                        .on_delete = MIGEN_SET_NULL, .on_update = MIGEN_CASCADE)),
     .different = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_MORE " FOREIGN KEY (other_id) REFERENCES " N_OTHER),
                   .why = "SQLite: a foreign key cannot be added by hand without a rebuild"},
     .half_done = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_MORE " FOREIGN KEY (other_id) REFERENCES " N_OTHER
                      " ON DELETE SET NULL ON UPDATE CASCADE NOT VALID"),
                   .why = "SQLite's rebuild is in one transaction"}},
    {.name = "add foreign key to itself", .engines = BOTH,
     .step = SAFE_ADD_CONSTRAINT(N_SUBJECT, FOREIGN_KEY(.columns = NAMES("other_id"), .references = N_SUBJECT,
                                                        .on_delete = MIGEN_CASCADE))},
    {.name = "add primary key", .engines = BOTH, BEFORE(SAFE_CREATE_TABLE(&case_loose)),
     .step = SAFE_ADD_CONSTRAINT(N_MORE, PRIMARY_KEY(.columns = NAMES("a")))},
    {.name = "drop unique", .engines = BOTH, .step = SAFE_DROP_CONSTRAINT(N_SUBJECT, P_RULE_2)},
    {.name = "drop check", .engines = BOTH, .step = SAFE_DROP_CONSTRAINT(N_SUBJECT, P_RULE)},
    {.name = "drop foreign key", .engines = BOTH, BEFORE(SAFE_CREATE_TABLE(&case_loose),
     SAFE_ADD_COLUMN(N_MORE, .name = "s", .references = N_SUBJECT, .references_name = P_INDEX_2)),
     .step = SAFE_DROP_CONSTRAINT(N_MORE, P_INDEX_2)},
    {.name = "rename check", .engines = BOTH, .step = SAFE_RENAME_CONSTRAINT(N_SUBJECT, P_RULE, P_MORE),
     .different = {PG("ALTER TABLE " N_SUBJECT " ADD CONSTRAINT " N_MORE " CHECK (" N_NUMBER " <> 998)"),
                   .why = "SQLite: a check cannot be added by hand without a rebuild"}},
    {.name = "rename unique", .engines = BOTH, .step = SAFE_RENAME_CONSTRAINT(N_SUBJECT, P_RULE_2, P_MORE)},
    /* views */
    {.name = "create view", .engines = BOTH, .step = SAFE_CREATE_VIEW(N_BOX, "SELECT " N_KEEP " AS k FROM " N_SUBJECT),
     .different = {EACH("CREATE VIEW " N_BOX " AS SELECT id FROM " N_SUBJECT)}},
    {.name = "replace view", .engines = BOTH, BEFORE(SAFE_CREATE_VIEW(N_BOX, "SELECT " N_KEEP " AS k FROM " N_SUBJECT)),
     .step = SAFE_CREATE_VIEW(N_BOX, "SELECT id, " N_KEEP " AS k FROM " N_SUBJECT)},
    {.name = "drop view", .engines = BOTH, BEFORE(SAFE_CREATE_VIEW(N_BOX, "SELECT " N_KEEP " AS k FROM " N_SUBJECT)),
     .step = SAFE_DROP_VIEW(N_BOX)},
    {.name = "create materialized view", ON_PG_ONLY,
     .step = SAFE_CREATE_MATERIALIZED_VIEW(N_BOX, "SELECT " N_KEEP " AS k FROM " N_SUBJECT),
     .different = {PG("CREATE MATERIALIZED VIEW " N_BOX " AS SELECT id FROM " N_SUBJECT)}},
    {.name = "drop materialized view", ON_PG_ONLY,
     BEFORE(SAFE_CREATE_MATERIALIZED_VIEW(N_BOX, "SELECT " N_KEEP " AS k FROM " N_SUBJECT)),
     .step = SAFE_DROP_MATERIALIZED_VIEW(N_BOX)},
    /* functions and triggers */
    {.name = "create function", ON_PG_ONLY, .step = MAKE_FUNCTION, .different = {PG(FUNCTION_SQL("OLD"))}},
    {.name = "replace function", ON_PG_ONLY, BEFORE(MAKE_FUNCTION),
     .step = SAFE_CREATE_FUNCTION(N_TOUCH_2, .arguments = "()", .sql = STATEMENTS(FUNCTION_SQL("NULL")))},
    {.name = "drop function", ON_PG_ONLY, BEFORE(MAKE_FUNCTION), .step = SAFE_DROP_FUNCTION(N_TOUCH_2, .arguments = "()")},
    {.name = "create trigger", .engines = MIGEN_POSTGRES, BEFORE(MAKE_FUNCTION),
     .step = SAFE_CREATE_TRIGGER(P_TOUCH_2, N_SUBJECT, TRIGGER_POSTGRES("AFTER INSERT")),
     .different = {PG(TRIGGER_POSTGRES("AFTER DELETE"))}},
    {.name = "create trigger", .engines = MIGEN_SQLITE,
     .step = SAFE_CREATE_TRIGGER(P_TOUCH_2, N_SUBJECT, TRIGGER_SQLITE("-2")), .different = {LITE(TRIGGER_SQLITE("-3"))}},
    {.name = "drop trigger", .engines = MIGEN_POSTGRES,
     BEFORE(MAKE_FUNCTION, SAFE_CREATE_TRIGGER(P_TOUCH_2, N_SUBJECT, TRIGGER_POSTGRES("AFTER INSERT"))),
     .step = SAFE_DROP_TRIGGER(P_TOUCH_2, N_SUBJECT)},
    {.name = "drop trigger", .engines = MIGEN_SQLITE,
     BEFORE(SAFE_CREATE_TRIGGER(P_TOUCH_2, N_SUBJECT, TRIGGER_SQLITE("-2"))),
     .step = SAFE_DROP_TRIGGER(P_TOUCH_2, N_SUBJECT)},
    /* comments */
    {.name = "comment on table", ON_PG_ONLY, .step = SAFE_COMMENT_ON_TABLE(N_SUBJECT, "it's \"the\" subject"),
     .half_done = {PG("COMMENT ON TABLE " N_SUBJECT " IS 'other'")}},
    {.name = "comment on column", ON_PG_ONLY, .step = SAFE_COMMENT_ON_COLUMN(N_SUBJECT, P_WORK, "it's \"work\""),
     .half_done = {PG("COMMENT ON COLUMN " N_SUBJECT "." N_WORK " IS 'other'")}},
    /* data */
    {.name = "seed", .engines = BOTH, .leaves_values = true, .repeats = true,
     .step = SAFE_SEED(N_OTHER, .columns = NAMES("id", "name"), .key = NAMES("id"), .update = true,
                       ROWS(2, "41", "'it''s'", "42", "null")),
     .half_done = {EACH("INSERT INTO " N_OTHER " (id, name) VALUES (41, 'old')")}},
    {.name = "run", .engines = BOTH, .leaves_values = true, .repeats = true,
     .step = EXECUTE_SQL("a row", .sql = STATEMENTS("INSERT INTO " N_OTHER " (name) VALUES ('run')")),
     DOWN(EXECUTE_SQL("no row", .sql = STATEMENTS("DELETE FROM " N_OTHER " WHERE name = 'run'")))},
    {.name = "run unless", .engines = BOTH, .leaves_values = true,
     .step = EXECUTE_IF_NOT_EXISTS("a row", .sql = STATEMENTS("INSERT INTO " N_OTHER " (name) VALUES ('run')"),
                                   .unless = "SELECT 1 FROM " N_OTHER " WHERE name = 'run'"),
     DOWN(EXECUTE_SQL_IF_CONDITION("no row", .sql = STATEMENTS("DELETE FROM " N_OTHER " WHERE name = 'run'"),
                                   .when = "SELECT count(*) FROM " N_OTHER " WHERE name = 'run'"))},
    {.name = "if table", .engines = BOTH, .step = {.operation = MIGEN_IF_EXISTS},
     ROWS_OF(IF_EXISTS(TABLE, 1, N_SUBJECT), SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT), ELSE_IF_NOT,
             SAFE_DROP_TABLE(N_OTHER, .cascade = true), END_IF)},
    {.name = "if not column", .engines = BOTH, .step = {.operation = MIGEN_IF_EXISTS},
     ROWS_OF(IF_NOT_EXISTS(COLUMN, 1, N_SUBJECT, .part = P_MORE), SAFE_ALTER_COLUMN(N_SUBJECT, P_WORK, .default_value = "'d'"),
             SAFE_CREATE_INDEX(N_SUBJECT, .name = P_INDEX_2, ITEMS({.column = P_WORK})), END_IF)},
    {.name = "if sql", .engines = BOTH, .step = {.operation = MIGEN_IF_SQL},
     ROWS_OF(IF_SQL(1, "SELECT 1"), SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT), END_IF)},
    {.name = "on engine", .engines = BOTH, .step = {.operation = MIGEN_ON_ENGINE},
     ROWS_OF(ON_POSTGRES, SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = {.kind = MIGEN_TYPE_TEXT, .array = true}), END_ON,
             ON_SQLITE, SAFE_ADD_COLUMN(N_SUBJECT, .name = P_FRESH, .type = TEXT), END_ON)},
    {.name = "say", .engines = BOTH, .repeats = true, .step = SAY("it's \"said\"")},
    {.name = "summary", .engines = BOTH, .repeats = true, .step = MIGRATION_SUMMARY(N_SUBJECT)},
    {.name = "backfill", .engines = BOTH, .leaves_values = true, .repeats = true,
     .step = SAFE_BACKFILL(N_SUBJECT, .columns = NAMES(P_SPARE), .expressions = NAMES(N_KEEP " || '?'"),
                           .where = N_SPARE " IS NULL", .batch = 2),
     .half_done = {EACH("UPDATE " N_SUBJECT " SET " N_SPARE " = 'x' WHERE id = 1")}},
};

static const char *const case_rows[] = {
    "INSERT INTO " N_OTHER " (name) VALUES ('one'), ('it''s two')",
    "INSERT INTO " N_SUBJECT " (id, " N_KEEP ", " N_WORK ", " N_NUMBER ", " N_SPARE ", state, other_id) VALUES (1, 'a', "
    "'w', 1, 's', " Q_NEW ", 1), (2, 'it''s ünï', 'w', 2, NULL, 'active', 2), (3, '', NULL, 3, 'y', 'gone', NULL), (70, "
    "'NULL', 'x\"y', 999, '', " Q_NEW ", 1)",
    NULL};
static const char *const case_referenced_rows[] = {
    "INSERT INTO " N_CHILD " (subject_id) SELECT id FROM " N_SUBJECT " WHERE id <> 3", NULL};

const case_names CASES_SYMBOL = {
    .title = CASES_TITLE,
    .cases = case_list,
    .count = ROW_COUNT(case_list),
    .common = case_common,
    .common_count = ROW_COUNT(case_common),
    .referenced = case_referenced,
    .referenced_count = ROW_COUNT(case_referenced),
    .dependents_postgres = case_dependents_postgres,
    .dependents_postgres_count = ROW_COUNT(case_dependents_postgres),
    .dependents_sqlite = case_dependents_sqlite,
    .dependents_sqlite_count = ROW_COUNT(case_dependents_sqlite),
    .rows = case_rows,
    .referenced_rows = case_referenced_rows,
    .subject_rows = "SELECT id, " N_KEEP ", " N_NUMBER " FROM " N_SUBJECT " ORDER BY id",
    .child_rows = "SELECT * FROM " N_CHILD " ORDER BY id",
    .empty_child = "DELETE FROM " N_CHILD,
    .subject = P_SUBJECT,
};

#endif

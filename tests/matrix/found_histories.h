/*
 * found_histories.h: histories that failed once, as small as they could be made. Random ones will not come by them again.
 *
 * Usage      #include it behind history_step. A new one is a list of steps: AT(the migration's number, the step).
 */
#ifndef MIGEN_TESTS_MATRIX_FOUND_HISTORIES_H
#define MIGEN_TESTS_MATRIX_FOUND_HISTORIES_H

#include "migen_words.h"

#include <sqlite3.h>

#define AT(number, ...)                                                                                      \
    {                                                                                                        \
        .migration = (number), .step = __VA_ARGS__                                                           \
    }
#define IF_AT(number, ...)                                                                                   \
    {                                                                                                        \
        .migration = (number), .wrap = WRAP_SQL, .step = __VA_ARGS__                                         \
    }
#define TABLE_OF(...) SAFE_CREATE_TABLE(&(const migen_table){__VA_ARGS__})
#define FOUND(title, ...)                                                                                    \
    {                                                                                                        \
        .name = (title), .steps = (const history_step[]){__VA_ARGS__},                                       \
        .count = sizeof((const history_step[]){__VA_ARGS__}) / sizeof(history_step)                          \
    }
#define RAW_TABLE EXECUTE_SQL("raw", .sql = STATEMENTS("CREATE TABLE passing (a int)", "DROP TABLE passing"))
#define WORD      NATIVE("text", "text collate nocase")

static const struct {
    const char *name;
    const history_step *steps;
    size_t count;
} found_histories[] = {
    FOUND("a column and the generated one that stands on it are dropped together",
          AT(0, TABLE_OF(.name = "t",
                         COLUMNS({.name = "id", .type = ID}, {.name = "a", .type = TEXT},
                                 {.name = "g", .type = TEXT, .generated = "upper(a)", .stored = true}))),
          AT(1, SAFE_DROP_COLUMNS("t", NAMES("a", "g"), .cascade = true))),
    FOUND("the same without cascade",
          AT(0, TABLE_OF(.name = "t",
                         COLUMNS({.name = "id", .type = ID}, {.name = "a", .type = TEXT},
                                 {.name = "g", .type = TEXT, .generated = "upper(a)", .stored = true}))),
          AT(1, SAFE_DROP_COLUMNS("t", NAMES("a", "g")))),
    FOUND("an enum is made behind raw SQL", AT(0, RAW_TABLE), AT(0, SAFE_CREATE_ENUM("e", "a", "b")),
          AT(1, RAW_TABLE), AT(1, SAFE_RENAME_ENUM("e", "f")), AT(2, RAW_TABLE), AT(2, SAFE_DROP_ENUM("f"))),
    FOUND("a value is renamed behind raw SQL", AT(0, SAFE_CREATE_ENUM("e", "a", "b")),
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "id", .type = ID}, {.name = "e", .type = ENUM("e")}))),
          AT(1, RAW_TABLE), AT(1, SAFE_RENAME_ENUM_VALUE("e", "a", "z"))),
    FOUND(
        "a native type in a STRICT table, and a key to it",
        AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "w", .type = WORD, .not_null = true, .unique = true}))),
        AT(1, TABLE_OF(.name = "u", .strict = SQLITE_VERSION_NUMBER >= 3037000,
                       COLUMNS({.name = "id", .type = ID},
                               {.name = "w", .references = "t", .references_column = "w"},
                               {.name = "own", .type = WORD})))),
    FOUND("a key to an int that SQLite reads as an id",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = INT, .primary_key = true}))),
          AT(1, TABLE_OF(.name = "u", COLUMNS({.name = "id", .type = ID}))),
          AT(2, SAFE_ADD_COLUMN("u", .name = "t_k", .references = "t"))),
    FOUND("a key of int that becomes a bigint, and a key to it",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = INT, .primary_key = true}))),
          AT(0, SAFE_ALTER_COLUMN("t", "k", TO_TYPE(BIGINT))),
          AT(1,
             TABLE_OF(.name = "u", COLUMNS({.name = "id", .type = ID}, {.name = "t_k", .references = "t"})))),
    FOUND("an int becomes the key, and is none again",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "id", .type = ID}, {.name = "c", .type = INT}))),
          AT(0, SAFE_DROP_COLUMN("t", "id")),
          AT(1, SAFE_ADD_CONSTRAINT("t", PRIMARY_KEY(.columns = NAMES("c"))))),
    FOUND("a uuid becomes a text, and what referred to it comes back",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = UUID, .primary_key = true},
                                              {.name = "up", .references = "t"}))),
          AT(1, SAFE_DROP_COLUMN("t", "up")), AT(1, SAFE_ALTER_COLUMN("t", "k", TO_TYPE(TEXT)))),
    FOUND("a view is replaced in a branch that is not foreseen",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "a", .type = TEXT}, {.name = "b", .type = TEXT}))),
          AT(0, SAFE_CREATE_VIEW("v", "SELECT a AS x FROM t")),
          IF_AT(1, SAFE_CREATE_VIEW("v", "SELECT b AS x FROM t"))),
    FOUND("a key goes by the name of its table's first days",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = SERIAL, .primary_key = true}))),
          AT(0, SAFE_RENAME_TABLE("t", "u")), AT(1, SAFE_RENAME_CONSTRAINT("u", "t_pkey", "k1")),
          AT(2, SAFE_DROP_CONSTRAINT("u", "k1"))),
    FOUND("a column that is unique, and then the key, is renamed",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = SERIAL, .primary_key = true}))),
          AT(0, SAFE_ADD_CONSTRAINT("t", UNIQUE(.columns = NAMES("k")))),
          AT(0, SAFE_RENAME_COLUMN("t", "k", "n")),
          AT(1, SAFE_DROP_CONSTRAINT("t", "t_pkey", .cascade = true))),
    FOUND(
        "a key without rowid whose column is unique with another one, too",
        AT(0, TABLE_OF(.name = "t",
                       COLUMNS({.name = "a", .type = TEXT}, {.name = "k", .type = INT, .primary_key = true}),
                       CONSTRAINTS(UNIQUE(.columns = NAMES("a", "k"))), .without_rowid = true)),
        AT(1, SAFE_RENAME_COLUMN("t", "k", "n"))),
    FOUND("a date becomes a timestamp, and its default with it",
          AT(0, TABLE_OF(.name = "t", .strict = SQLITE_VERSION_NUMBER >= 3037000,
                         COLUMNS({.name = "id", .type = ID},
                                 {.name = "d", .type = DATE, .not_null = true, .default_value = "now()"}))),
          AT(1, SAFE_ALTER_COLUMN("t", "d", TO_TYPE(TIMESTAMP)))),
    FOUND("a key to what is unique twice",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "k", .type = TEXT, .primary_key = true}))),
          AT(0, TABLE_OF(.name = "u", COLUMNS({.name = "id", .type = ID}, {.name = "k", .references = "t"}))),
          AT(0, SAFE_ADD_CONSTRAINT("t", UNIQUE(.name = "second", .columns = NAMES("k")))),
          AT(1, SAFE_DROP_CONSTRAINT("t", "t_pkey", .cascade = true))),
    FOUND("the key is unique by a name of its own too, and the table is ensured",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "id", .type = ID}))),
          AT(0, SAFE_ADD_CONSTRAINT("t", UNIQUE(.name = "k", .columns = NAMES("id")))),
          AT(1, SAFE_ENSURE_TABLE(&(const migen_table){
                    .name = "t",
                    COLUMNS({.name = "id", .type = ID, .not_null = true}, {.name = "c", .type = INT}),
                    CONSTRAINTS(UNIQUE(.name = "k", .columns = NAMES("id")))}))),
    FOUND("two columns are dropped, with a key between them",
          AT(0, TABLE_OF(.name = "t", COLUMNS({.name = "id", .type = ID}, {.name = "up", .references = "t"},
                                              {.name = "a", .type = TEXT}))),
          AT(1, SAFE_DROP_COLUMNS("t", NAMES("id", "up")))),
};

#endif

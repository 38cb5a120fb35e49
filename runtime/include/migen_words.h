/*
 * migen_words.h: the words in which emitted C says its rows.
 *
 * Idea       Each macro is an initialiser of a migen_step (or of a part of one), named after the safe
 *            function that will carry it out, so that a table of steps reads like the calls it stands for.
 * Usage      static const migen_step up[] = { SAFE_ADD_COLUMN("users", .name = "api_key", .type = VARCHAR(255)), };
 * Note       Included last: some words (TEXT, DATE) are other libraries' names too.
 */
#ifndef MIGEN_WORDS_H
#define MIGEN_WORDS_H

#include "migen_step.h"

/* Words that system headers are known to define as well. */
#undef ID
#undef INT
#undef BIGINT
#undef REAL
#undef DOUBLE
#undef BOOL
#undef TEXT
#undef CHAR
#undef DATE
#undef TIME
#undef JSON
#undef UUID
#undef ENUM
#undef INTERVAL
#undef UNIQUE
#undef CHECK
#undef ROWS
#undef STEP

/* types */
#define ID               {.kind = MIGEN_TYPE_ID}
#define SERIAL           {.kind = MIGEN_TYPE_SERIAL}
#define BIGSERIAL        {.kind = MIGEN_TYPE_BIGSERIAL}
#define SMALLINT         {.kind = MIGEN_TYPE_SMALLINT}
#define INT              {.kind = MIGEN_TYPE_INT}
#define BIGINT           {.kind = MIGEN_TYPE_BIGINT}
#define REAL             {.kind = MIGEN_TYPE_REAL}
#define DOUBLE           {.kind = MIGEN_TYPE_DOUBLE}
#define NUMERIC          {.kind = MIGEN_TYPE_NUMERIC}
#define NUMERIC_OF(p, s) {.kind = MIGEN_TYPE_NUMERIC, .length = (p), .scale = (s)}
#define BOOL             {.kind = MIGEN_TYPE_BOOL}
#define TEXT             {.kind = MIGEN_TYPE_TEXT}
#define VARCHAR(n)       {.kind = MIGEN_TYPE_VARCHAR, .length = (n)}
#define CHAR(n)          {.kind = MIGEN_TYPE_CHAR, .length = (n)}
#define BYTES            {.kind = MIGEN_TYPE_BYTES}
#define DATE             {.kind = MIGEN_TYPE_DATE}
#define TIME             {.kind = MIGEN_TYPE_TIME}
#define TIMESTAMP        {.kind = MIGEN_TYPE_TIMESTAMP}
#define TIMESTAMPTZ      {.kind = MIGEN_TYPE_TIMESTAMPTZ}
#define INTERVAL         {.kind = MIGEN_TYPE_INTERVAL}
#define JSON             {.kind = MIGEN_TYPE_JSON}
#define JSONB            {.kind = MIGEN_TYPE_JSONB}
#define UUID             {.kind = MIGEN_TYPE_UUID}
#define ENUM(enum_name)  {.kind = MIGEN_TYPE_ENUM, .name = (enum_name)}
#define NATIVE(postgres_text, sqlite_text)                                                                        \
    {.kind = MIGEN_TYPE_NATIVE, .name = (postgres_text), .sqlite = (sqlite_text)}
#define VARCHAR_ARRAY(n)         {.kind = MIGEN_TYPE_VARCHAR, .length = (n), .array = true}
#define CHAR_ARRAY(n)            {.kind = MIGEN_TYPE_CHAR, .length = (n), .array = true}
#define NUMERIC_ARRAY_OF(p, s)   {.kind = MIGEN_TYPE_NUMERIC, .length = (p), .scale = (s), .array = true}
#define ENUM_ARRAY(enum_name)    {.kind = MIGEN_TYPE_ENUM, .name = (enum_name), .array = true}
#define ARRAY_OF(kind_name)      {.kind = MIGEN_TYPE_##kind_name, .array = true}

/* lists */
#define NAMES(...)      (const char *const[]) { __VA_ARGS__, NULL }
#define VALUES(...)     (const char *const[]) { __VA_ARGS__, NULL }
#define STATEMENTS(...) (const char *const[]) { __VA_ARGS__, NULL }
#define EMPTY_LIST      (const char *const[]) { NULL }
#define ROW_COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define COLUMNS(...)                                                                                              \
    .columns = (const migen_column[]){__VA_ARGS__},                                                               \
    .column_count = sizeof((const migen_column[]){__VA_ARGS__}) / sizeof(migen_column)
#define CONSTRAINTS(...)                                                                                          \
    .constraints = (const migen_constraint[]){__VA_ARGS__},                                                       \
    .constraint_count = sizeof((const migen_constraint[]){__VA_ARGS__}) / sizeof(migen_constraint)
#define INDEXES(...)                                                                                              \
    .indexes = (const migen_index[]){__VA_ARGS__},                                                                \
    .index_count = sizeof((const migen_index[]){__VA_ARGS__}) / sizeof(migen_index)
#define ITEMS(...)                                                                                                \
    .items = (const migen_index_item[]){__VA_ARGS__},                                                             \
    .item_count = sizeof((const migen_index_item[]){__VA_ARGS__}) / sizeof(migen_index_item)
#define ROWS(count, ...) .row_count = (count), .values = (const char *const[]) { __VA_ARGS__, NULL }

/* constraints */
#define PRIMARY_KEY(...) {.kind = MIGEN_PRIMARY_KEY, __VA_ARGS__}
#define UNIQUE(...)      {.kind = MIGEN_UNIQUE, __VA_ARGS__}
#define CHECK(...)       {.kind = MIGEN_CHECK, __VA_ARGS__}
#define FOREIGN_KEY(...) {.kind = MIGEN_FOREIGN_KEY, __VA_ARGS__}

/* any step in its plain form: for what no word below can say (a list without an item) */
#define STEP(operation_name, ...) {.operation = MIGEN_##operation_name, __VA_ARGS__}

/* steps: the first argument is the object (or the table's definition), the rest are fields of the step or of its part */
#define MIGEN_OBJECT_STEP(operation_name, ...) {.operation = MIGEN_##operation_name, .object = __VA_ARGS__}

#define SAFE_CREATE_SCHEMA(...)             MIGEN_OBJECT_STEP(CREATE_SCHEMA, __VA_ARGS__)
#define SAFE_DROP_SCHEMA(...)               MIGEN_OBJECT_STEP(DROP_SCHEMA, __VA_ARGS__)
#define SAFE_CREATE_EXTENSION(...)          MIGEN_OBJECT_STEP(CREATE_EXTENSION, __VA_ARGS__)
#define SAFE_DROP_EXTENSION(...)            MIGEN_OBJECT_STEP(DROP_EXTENSION, __VA_ARGS__)
#define SAFE_CREATE_ENUM(name, ...)         {.operation = MIGEN_CREATE_ENUM, .object = (name), .values = VALUES(__VA_ARGS__)}
#define SAFE_DROP_ENUM(...)                 MIGEN_OBJECT_STEP(DROP_ENUM, __VA_ARGS__)
#define SAFE_RENAME_ENUM(name, to)          {.operation = MIGEN_RENAME_ENUM, .object = (name), .new_name = (to)}
#define SAFE_ADD_ENUM_VALUE(name, ...)      {.operation = MIGEN_ADD_ENUM_VALUE, .object = (name), .part = __VA_ARGS__}
#define SAFE_ADD_MULTIPLE_ENUM_VALUES(name, ...)                                                                  \
    {.operation = MIGEN_ADD_MULTIPLE_ENUM_VALUES, .object = (name), .values = VALUES(__VA_ARGS__)}
#define SAFE_RENAME_ENUM_VALUE(name, from, to)                                                                    \
    {.operation = MIGEN_RENAME_ENUM_VALUE, .object = (name), .part = (from), .new_name = (to)}
#define SAFE_CREATE_SEQUENCE(...)           MIGEN_OBJECT_STEP(CREATE_SEQUENCE, __VA_ARGS__)
#define SAFE_DROP_SEQUENCE(...)             MIGEN_OBJECT_STEP(DROP_SEQUENCE, __VA_ARGS__)

#define SAFE_CREATE_TABLE(...)              {.operation = MIGEN_CREATE_TABLE, .table = __VA_ARGS__}
#define SAFE_ENSURE_TABLE(...)              {.operation = MIGEN_ENSURE_TABLE, .table = __VA_ARGS__}
#define GIVEN_TABLE(...)                    {.operation = MIGEN_GIVEN_TABLE, .table = __VA_ARGS__}
#define SAFE_DROP_TABLE(...)                MIGEN_OBJECT_STEP(DROP_TABLE, __VA_ARGS__)
#define SAFE_RENAME_TABLE(name, to)         {.operation = MIGEN_RENAME_TABLE, .object = (name), .new_name = (to)}

#define SAFE_ADD_COLUMN(table_name, ...)                                                                          \
    {.operation = MIGEN_ADD_COLUMN,                                                                               \
     .object = (table_name),                                                                                      \
     .columns = (const migen_column[]){{__VA_ARGS__}},                                                            \
     .column_count = 1}
#define SAFE_ADD_COLUMNS(table_name, ...)                                                                         \
    {.operation = MIGEN_ADD_COLUMNS, .object = (table_name), COLUMNS(__VA_ARGS__)}
#define SAFE_DROP_COLUMN(table_name, ...)   {.operation = MIGEN_DROP_COLUMN, .object = (table_name), .part = __VA_ARGS__}
#define SAFE_DROP_COLUMNS(table_name, ...)  {.operation = MIGEN_DROP_COLUMNS, .object = (table_name), .values = __VA_ARGS__}
#define SAFE_RENAME_COLUMN(table_name, from, to)                                                                  \
    {.operation = MIGEN_RENAME_COLUMN, .object = (table_name), .part = (from), .new_name = (to)}
#define SAFE_ALTER_COLUMN(table_name, column_name, ...)                                                           \
    {.operation = MIGEN_ALTER_COLUMN,                                                                             \
     .object = (table_name),                                                                                      \
     .part = (column_name),                                                                                       \
     .alteration = &(const migen_alteration){__VA_ARGS__}}
#define TO_TYPE(...)                        .set_type = true, .type = __VA_ARGS__

#define SAFE_CREATE_INDEX(table_name, ...)                                                                        \
    {.operation = MIGEN_CREATE_INDEX, .object = (table_name), .index = &(const migen_index){__VA_ARGS__}}
#define SAFE_DROP_INDEX(...)                MIGEN_OBJECT_STEP(DROP_INDEX, __VA_ARGS__)
#define SAFE_RENAME_INDEX(name, to)         {.operation = MIGEN_RENAME_INDEX, .object = (name), .new_name = (to)}
#define SAFE_ADD_CONSTRAINT(table_name, ...)                                                                      \
    {.operation = MIGEN_ADD_CONSTRAINT, .object = (table_name), .constraint = &(const migen_constraint)__VA_ARGS__}
#define SAFE_DROP_CONSTRAINT(table_name, ...)                                                                     \
    {.operation = MIGEN_DROP_CONSTRAINT, .object = (table_name), .part = __VA_ARGS__}
#define SAFE_RENAME_CONSTRAINT(table_name, from, to)                                                              \
    {.operation = MIGEN_RENAME_CONSTRAINT, .object = (table_name), .part = (from), .new_name = (to)}

#define SAFE_CREATE_VIEW(name, ...)         {.operation = MIGEN_CREATE_VIEW, .object = (name), .sql = STATEMENTS(__VA_ARGS__)}
#define SAFE_DROP_VIEW(...)                 MIGEN_OBJECT_STEP(DROP_VIEW, __VA_ARGS__)
#define SAFE_CREATE_MATERIALIZED_VIEW(name, ...)                                                                  \
    {.operation = MIGEN_CREATE_MATERIALIZED_VIEW, .object = (name), .sql = STATEMENTS(__VA_ARGS__)}
#define SAFE_DROP_MATERIALIZED_VIEW(...)    MIGEN_OBJECT_STEP(DROP_MATERIALIZED_VIEW, __VA_ARGS__)
#define SAFE_CREATE_FUNCTION(...)           MIGEN_OBJECT_STEP(CREATE_FUNCTION, __VA_ARGS__)
#define SAFE_DROP_FUNCTION(...)             MIGEN_OBJECT_STEP(DROP_FUNCTION, __VA_ARGS__)
#define SAFE_CREATE_TRIGGER(trigger_name, table_name, ...)                                                        \
    {.operation = MIGEN_CREATE_TRIGGER, .part = (trigger_name), .object = (table_name), .sql = STATEMENTS(__VA_ARGS__)}
#define SAFE_DROP_TRIGGER(trigger_name, ...) {.operation = MIGEN_DROP_TRIGGER, .part = (trigger_name), .object = __VA_ARGS__}
#define SAFE_COMMENT_ON_TABLE(table_name, comment)                                                                \
    {.operation = MIGEN_COMMENT_ON_TABLE, .object = (table_name), .text = (comment)}
#define SAFE_COMMENT_ON_COLUMN(table_name, column_name, comment)                                                  \
    {.operation = MIGEN_COMMENT_ON_COLUMN, .object = (table_name), .part = (column_name), .text = (comment)}

/* data: the first argument is the description, or NULL */
#define EXECUTE_SQL(...)                    {.operation = MIGEN_RUN, .text = __VA_ARGS__}
#define EXECUTE_SQL_IF_CONDITION(...)       {.operation = MIGEN_RUN, .text = __VA_ARGS__}
#define EXECUTE_IF_NOT_EXISTS(...)          {.operation = MIGEN_RUN, .text = __VA_ARGS__}
#define SAFE_SEED(table_name, ...)                                                                                \
    {.operation = MIGEN_SEED, .object = (table_name), .seed = &(const migen_seed){__VA_ARGS__}}
#define SAFE_BACKFILL(table_name, ...)                                                                            \
    {.operation = MIGEN_BACKFILL, .object = (table_name), .backfill = &(const migen_backfill){__VA_ARGS__}}
#define CALL_FUNCTION(function)             {.operation = MIGEN_CALL, .text = #function, .call = function}
#define CALL_FUNCTION_OF(function, ...)                                                                           \
    {.operation = MIGEN_CALL, .text = #function, .call = function, __VA_ARGS__}
#define MIGRATION_SUMMARY(table_name)       {.operation = MIGEN_MIGRATION_SUMMARY, .object = (table_name)}
#define SAY(words)                          {.operation = MIGEN_SAY, .text = (words)}

/* flow: rows between IF_… and END_IF are carried out when the condition holds */
#define IF_EXISTS(what, number, ...)                                                                              \
    {.operation = MIGEN_IF_EXISTS, .kind = MIGEN_KIND_##what, .branch = (number), .object = __VA_ARGS__}
#define IF_NOT_EXISTS(what, number, ...)                                                                          \
    {.operation = MIGEN_IF_EXISTS,                                                                                \
     .negated = true,                                                                                             \
     .kind = MIGEN_KIND_##what,                                                                                   \
     .branch = (number),                                                                                          \
     .object = __VA_ARGS__}
#define IF_SQL(number, ...)                 {.operation = MIGEN_IF_SQL, .branch = (number), .when = __VA_ARGS__}
#define IF_TAKEN(...)                       {.operation = MIGEN_IF_TAKEN, .branch = __VA_ARGS__}
#define ELSE_IF_NOT                         {.operation = MIGEN_ELSE}
#define END_IF                              {.operation = MIGEN_END_IF}
#define ON_POSTGRES                         {.operation = MIGEN_ON_ENGINE, .engines = MIGEN_POSTGRES}
#define ON_SQLITE                           {.operation = MIGEN_ON_ENGINE, .engines = MIGEN_SQLITE}
#define ON_EVERY_ENGINE                     {.operation = MIGEN_ON_ENGINE, .engines = MIGEN_POSTGRES | MIGEN_SQLITE}
#define END_ON                              {.operation = MIGEN_END_ON}

#endif

/* How statements, columns and rows are written: what a syntax error says where it knows nothing better. */
#include "parse_parts.h"

typedef struct form_line {
    const char *first, *second; /* the words it begins with; second NULL: any */
    const char *form;
} form_line;

/* Of lines with the same first word the one without a second stands last. */
static const form_line forms[] = {
    {"create", "table", "create table NAME { COLUMN TYPE … }, one column to a line"},
    {"create", "index", "create index [NAME] on TABLE (COLUMN, …) [where (expr)]"},
    {"create", "unique", "create unique index [NAME] on TABLE (COLUMN, …) [where (expr)]"},
    {"create", "enum", "create enum NAME ('value', …)"},
    {"create", "view", "create view NAME as { SELECT … }"},
    {"create", "materialized", "create materialized view NAME as { SELECT … }"},
    {"create", "function", "create function NAME { CREATE OR REPLACE FUNCTION … }"},
    {"create", "trigger", "create trigger NAME on TABLE { CREATE TRIGGER … }"},
    {"create", "schema", "create schema NAME"},
    {"create", "extension", "create extension NAME"},
    {"create", "sequence", "create sequence NAME [start N] [increment N]"},
    {"create", NULL, "create table NAME { … }, create index … on TABLE (…), create view NAME as { … }, …"},
    {"ensure", NULL, "ensure table NAME { COLUMN TYPE … }"},
    {"given", NULL, "given table NAME { COLUMN TYPE … }"},
    {"add", "column", "add column TABLE.COLUMN TYPE [not null] [default V] …"},
    {"add", "columns", "add columns TABLE { COLUMN TYPE … }"},
    {"add", "unique", "add unique [NAME] on TABLE (COLUMN, …)"},
    {"add", "check", "add check [NAME] on TABLE (expr)"},
    {"add", "primary", "add primary key [NAME] on TABLE (COLUMN, …)"},
    {"add", "foreign", "add foreign key [NAME] on TABLE (COLUMN, …) -> TABLE (COLUMN, …)"},
    {"add", "enum", "add enum value ENUM 'value' [before 'x' | after 'x'], or add enum values ENUM 'a', 'b'"},
    {"add", NULL,
     "add column TABLE.COLUMN TYPE, add unique on TABLE (COLUMN, …), add enum value ENUM 'value', …"},
    {"drop", "table", "drop table NAME [cascade]"},
    {"drop", "column", "drop column TABLE.COLUMN [cascade]"},
    {"drop", "columns", "drop columns TABLE (COLUMN, …)"},
    {"drop", "constraint", "drop constraint NAME on TABLE"},
    {"drop", "trigger", "drop trigger NAME [on TABLE]"},
    {"drop", NULL,
     "drop table NAME, drop column TABLE.COLUMN, drop index NAME, drop constraint NAME on TABLE, …"},
    {"rename", "table", "rename table NAME to NEW"},
    {"rename", "column", "rename column TABLE.COLUMN to NEW"},
    {"rename", "index", "rename index NAME to NEW"},
    {"rename", "enum", "rename enum NAME to NEW, or rename enum value ENUM 'a' to 'b'"},
    {"rename", "constraint", "rename constraint NAME to NEW on TABLE"},
    {"rename", NULL, "rename table NAME to NEW, rename column TABLE.COLUMN to NEW, …"},
    {"alter", "column", "alter column TABLE.COLUMN [type T] [not null | null] [default V | drop default]"},
    {"alter", NULL, "alter table TABLE { add column NAME TYPE … }, or alter column TABLE.COLUMN type T"},
    {"comment", NULL, "comment on table TABLE 'text', or comment on column TABLE.COLUMN 'text'"},
    {"run", NULL, "run [\"description\"] { SQL } [when { SQL } | unless { SQL }] [undo { SQL } | undo none]"},
    {"seed", NULL, "seed TABLE (COLUMN, …) key (COLUMN, …) [update] { VALUE, … }, one row to a line"},
    {"backfill", NULL, "backfill TABLE set (COLUMN = expr, …) where (expr)"},
    {"call", NULL, "call NAME from \"file.c\" [undo NAME | undo none]"},
    {"summary", NULL, "summary TABLE"},
    {"say", NULL, "say \"text\""},
    {"if", NULL, "if [not] table NAME { … } [else { … }], or if { SELECT … } { … }"},
    {"on", NULL, "on postgres { … }, or on sqlite { … }"},
    {"allow", NULL, "allow RULE \"reason\""},
    {"down", NULL, "down { … }, down auto, or down never \"reason\""},
    {"migration", NULL, "migration \"title\""},
    {"after", NULL, "after ID [, ID …], or after none"},
    {"transaction", NULL, "transaction none"},
};

const char *parse_form(parser *p, lexeme first, lexeme second)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (parse_is(p, first, forms[i].first) &&
            (forms[i].second == NULL || parse_is(p, second, forms[i].second)))
            return forms[i].form;
    return NULL;
}

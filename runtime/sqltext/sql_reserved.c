#include "sql_reserved.h"

#include "migen_step.h"
#include "name.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Sorted, for bsearch. */
static const char *const reserved_words[] = {
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "index",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

static int reserved_compare(const void *word, const void *entry)
{
    return strcmp(word, *(const char *const *)entry);
}

bool sql_is_reserved(const char *word)
{
    return bsearch(word, reserved_words, sizeof reserved_words / sizeof *reserved_words,
                   sizeof *reserved_words, reserved_compare) != NULL;
}

bool sql_is_keyword(const char *word, unsigned engines)
{
    static const char *const of_sqlite[] = {
        "and",    "as",     "between", "by",     "case",    "cast",  "collate", "distinct",
        "else",   "end",    "escape",  "exists", "from",    "glob",  "in",      "is",
        "isnull", "like",   "match",   "not",    "notnull", "null",  "or",      "order",
        "regexp", "select", "then",    "values", "when",    "where", NULL};
    if ((engines & MIGEN_POSTGRES) != 0)
        return sql_is_reserved(word);
    return list_contains(of_sqlite, word);
}

char *sql_name_text(arena *a, const char *name)
{
    if (!sql_is_reserved(name))
        return name_part_text(a, name);
    builder b = builder_new(a);
    builder_add_character(&b, '"');
    builder_add(&b, name);
    builder_add_character(&b, '"');
    return b.bytes;
}

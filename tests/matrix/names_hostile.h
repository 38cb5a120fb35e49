/*
 * names_hostile.h: the names of the matrix's cases, where each needs quotes: capitals, spaces, both kinds of quotes,
 * reserved words, other scripts, 63 bytes.
 *
 * Idea       as names_plain.h
 */
#ifndef MIGEN_TESTS_MATRIX_NAMES_HOSTILE_H
#define MIGEN_TESTS_MATRIX_NAMES_HOSTILE_H

#define CASES_SYMBOL hostile_cases
#define CASES_TITLE  "hostile"

#define N_SUBJECT "\"Su\"\"bject o'f ünï\""
#define P_SUBJECT "Su\"bject o'f ünï"
#define N_CHILD   "\"select\""
#define P_CHILD   "select"
#define N_OTHER   "\"order\""
#define P_OTHER   "order"
#define N_BOX     "\"A table whose name is as long as PostgreSQL takes, to the byte!\""
#define P_BOX     "A table whose name is as long as PostgreSQL takes, to the byte!"
#define N_STATUS  "\"Sta'tus\""
#define P_STATUS  "Sta'tus"
#define N_MOOD    "\"日本語\""
#define P_MOOD    "日本語"
#define N_KEEP    "\"Keep It\""
#define P_KEEP    "Keep It"
#define N_WORK    "\"user\""
#define P_WORK    "user"
#define N_NUMBER  "\"group\""
#define P_NUMBER  "group"
#define N_SPARE   "\"spa\"\"re\""
#define P_SPARE   "spa\"re"
#define N_FRESH   "\"a column of sixty-three bytes: it's the longest that PostgreSQL\""
#define P_FRESH   "a column of sixty-three bytes: it's the longest that PostgreSQL"
#define N_MORE    "\"table\""
#define P_MORE    "table"
#define N_RULE    "\"check\""
#define P_RULE    "check"
#define N_RULE_2  "\"A rule, with \"\"quotes\"\"\""
#define P_RULE_2  "A rule, with \"quotes\""
#define N_INDEX   "\"index\""
#define P_INDEX   "index"
#define N_INDEX_2 "\"In dex.2\""
#define P_INDEX_2 "In dex.2"
#define N_VIEW    "\"view\""
#define P_VIEW    "view"
#define N_VIEW_2  "\"View; DROP TABLE x; --\""
#define P_VIEW_2  "View; DROP TABLE x; --"
#define N_TOUCH   "\"To uch\""
#define P_TOUCH   "To uch"
#define N_TOUCH_2 "\"trigger\""
#define P_TOUCH_2 "trigger"
#define N_AREA    "\"schema\""
#define P_AREA    "schema"
#define V_NEW     "it's, \"new\""
#define V_LATE    "späť 'late'"
#define Q_NEW     "'it''s, \"new\"'"
#define Q_LATE    "'späť ''late'''"

#endif

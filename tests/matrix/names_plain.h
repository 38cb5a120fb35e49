/*
 * names_plain.h: the names of the matrix's cases, where nothing needs quotes.
 *
 * Idea       N_X is a name as the language and SQL write it, P_X the bare one, as the catalogue has it.
 */
#ifndef MIGEN_TESTS_MATRIX_NAMES_PLAIN_H
#define MIGEN_TESTS_MATRIX_NAMES_PLAIN_H

#define CASES_SYMBOL plain_cases
#define CASES_TITLE  "plain"

#define N_SUBJECT "subject"
#define P_SUBJECT "subject"
#define N_CHILD   "child"
#define P_CHILD   "child"
#define N_OTHER   "other"
#define P_OTHER   "other"
#define N_BOX     "box"
#define P_BOX     "box"
#define N_STATUS  "status"
#define P_STATUS  "status"
#define N_MOOD    "mood"
#define P_MOOD    "mood"
#define N_KEEP    "keep"
#define P_KEEP    "keep"
#define N_WORK    "work"
#define P_WORK    "work"
#define N_NUMBER  "number"
#define P_NUMBER  "number"
#define N_SPARE   "spare"
#define P_SPARE   "spare"
#define N_FRESH   "fresh"
#define P_FRESH   "fresh"
#define N_MORE    "more"
#define P_MORE    "more"
#define N_RULE    "a_rule"
#define P_RULE    "a_rule"
#define N_RULE_2  "another_rule"
#define P_RULE_2  "another_rule"
#define N_INDEX   "an_index"
#define P_INDEX   "an_index"
#define N_INDEX_2 "another_index"
#define P_INDEX_2 "another_index"
#define N_VIEW    "a_view"
#define P_VIEW    "a_view"
#define N_VIEW_2  "another_view"
#define P_VIEW_2  "another_view"
#define N_TOUCH   "touch"
#define P_TOUCH   "touch"
#define N_TOUCH_2 "touch_more"
#define P_TOUCH_2 "touch_more"
#define N_AREA    "area"
#define P_AREA    "area"
#define V_NEW     "new"
#define V_LATE    "late"
#define Q_NEW     "'new'"
#define Q_LATE    "'late'"

#endif

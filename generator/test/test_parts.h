/*
 * test_parts.h: what the files of this floor share.
 */
#ifndef MIGEN_TEST_TEST_PARTS_H
#define MIGEN_TEST_TEST_PARTS_H

#include "database.h"
#include "test.h"

/* How much of a long history is tried unless all is wanted. */
#define MOST_MIGRATIONS 50
#define MOST_VERSIONS   8
#define MOST_KILLS      40
#define MOST_LEFT       30

typedef struct test_database {
    const char *name;
    live_database live;
    const char *url;
} test_database;

/* A check that is made of many tries, and shown at the end as one line. */
typedef struct test_tally {
    test_check *check;
    size_t tried, failed, of;
} test_tally;

typedef struct test_run {
    arena *memory;
    const checked_release *release;
    const test_options *options;
    test_report *report;
    test_suite *suite;
    error *e;
    const char *folder, *program, *faulty;
    migen_engine engine;
    target server; /* PostgreSQL: where databases are made */
    driver *admin; /* PostgreSQL: a connection to it */
    bool own_server;
    size_t made,
        left; /* databases: so many names were given; so many lie about on a server that goes anyway */
    VECTOR(test_database *) databases;
    double check_started;
    const char *head; /* the schema that `up` on an empty database gives */
    test_tally versions, adopted, kills;
    bool head_is_known;
} test_run;

/* stop.c: whether a signal asked for the end. */
void test_catch_signals(void);
void test_release_signals(void);
bool test_is_stopped(void);

/* databases.c: an empty database, with the tables that others make; a copy; NULL with e set. Dropping never fails. */
test_database *test_make(test_run *run, const char *name);
test_database *test_copy(test_run *run, const test_database *from, const char *name);
void test_drop(test_run *run, test_database *d);
void test_drop_all(test_run *run);
status test_open_server(test_run *run, const char *url, const char *source) MUST_USE;

/* command.c: one run of the release binary. */
typedef struct test_command {
    int code;
    const char *output;
    const char *end;     /* of the output: what it said of the last migration */
    const char *message; /* its error, in one line; NULL: none */
    span place;          /* what it said to be "at" */
} test_command;

/* words: the command and its arguments, separated by blanks. */
test_command test_run_command(test_run *run, const test_database *d, const char *words);

/* The same for the binary that can be killed. point 0: it says how many there are, *points. */
test_command test_run_killed(test_run *run, const test_database *d, const char *words, size_t point,
                             size_t *points);

/* check.c: begins a check, ends it with a line. */
test_check *test_begin(test_run *run, const char *name);
void test_end(test_run *run, test_check *c);
void test_note(test_run *run, test_check *c, const char *format, ...) __attribute__((format(printf, 3, 4)));
void test_fail(test_run *run, test_check *c, span place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void test_fail_command(test_run *run, test_check *c, const test_command *command, const char *what);
void test_skip(test_run *run, const char *name, const char *why, const char *hint);
void test_detail(test_check *c, const char *detail, const char *hint);

/* A try of a tally begins and ends: its time is the tally's. */
void test_tally_begin(test_run *run, test_tally *t, const char *name);
void test_tally_end(test_run *run, test_tally *t, bool good);
void test_tally_show(test_run *run, test_tally *t, const char *of); /* "8 versions" */

/* Looks at a database; a failure to look is the check's. */
bool test_look(test_run *run, test_check *c, const test_database *d, size_t version, live_snapshot *out);

/* place.c: the place of a migration's way down, or of what its way down undoes; of its first `run` or `call`, or its title; of a
 * line. */
span test_place_of_down(const checked_migration *m);
span test_place_of_raw(const checked_migration *m);
/* Where a difference of the schema comes from: the `down` block, or the last statement that names what differs. */
span test_place_of_difference(arena *a, const checked_migration *m, const char *difference);
span test_place_of_line(const checked_migration *m, size_t line);
span test_place_of_text(const test_run *run, const char *text); /* "migrations/x.mig:12" */

/* The checks. False: what follows in this suite has nothing to stand on. */
bool test_whole(test_run *run); /* whole.c */
void test_each(test_run *run);  /* each.c: the walk; it calls the two below at each version */
void test_from_version(test_run *run, const test_database *at, size_t version); /* versions.c */
void test_learn_volatile(test_run *run, const test_database *at, const char *words, size_t version,
                         const live_snapshot *first, map *ignored);
void test_killed(test_run *run, const test_database *at, size_t version, size_t steps); /* killed.c */

/* How many migrations, from the newest, are tried one by one; of those, whether a version is one that is tried further. */
size_t test_first(const test_run *run);
bool test_is_sampled(const test_run *run, size_t version);

#endif

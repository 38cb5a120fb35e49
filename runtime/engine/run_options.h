/*
 * run_options.h: what a run of the release binary was asked for (product.md 2, options).
 */
#ifndef MIGEN_ENGINE_RUN_OPTIONS_H
#define MIGEN_ENGINE_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum transaction_policy {
    TRANSACTION_BY_ENGINE,
    TRANSACTION_RELEASE,
    TRANSACTION_MIGRATION
} transaction_policy;
typedef enum verify_policy { VERIFY_WARN, VERIFY_OFF, VERIFY_STRICT } verify_policy;

typedef enum lock_choice { LOCK_AUTO, LOCK_ADVISORY, LOCK_LEASE } lock_choice;

typedef struct run_options {
    bool strict, dry_run, yes, quiet, verbose, json;
    bool exit_code;            /* status --exit-code */
    const char *color;         /* auto, always, never */
    int64_t lock_timeout;      /* milliseconds: waiting for the migration lock */
    int64_t ddl_lock_timeout;  /* milliseconds: each statement that takes a strong lock */
    int64_t index_wait;        /* milliseconds: a concurrent index for transactions of others; 0: none */
    int64_t statement_timeout; /* milliseconds; 0: none */
    int64_t wait;              /* milliseconds: for the database to answer */
    int64_t timeout;           /* milliseconds: of gate */
    int64_t ddl_retries;
    const char *schema; /* where migen's own tables lie; NULL: the first of the search path */
    const char *role;
    const char *history_table; /* migen_history */
    const char *url, *url_file;
    const char *engine;   /* sql --engine */
    const char *reason;   /* stamp --reason */
    const char *at_least; /* gate */
    transaction_policy transaction;
    verify_policy verify;
    lock_choice lock;
    bool ahead_ok;
    bool edited_warn;
} run_options;

#endif

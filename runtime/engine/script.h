/*
 * script.h: a release as an SQL script, for whoever must run it by hand.
 *
 * PostgreSQL  for psql: each migration in a transaction, under \if, so that the script may itself be run
 * twice; conditions are asked when it is their turn (\gset), and so is whether a table has rows, which then gets the lock-safe
 * recipe (postgres_script_online.c). SQLite      for its shell: one transaction, whose first statement stops
 * a second run. A condition is asked when it is its turn there too: its answer is a text that the shell writes to a file beside it
 * and reads (.once, .read).
 */
#ifndef MIGEN_ENGINE_SCRIPT_H
#define MIGEN_ENGINE_SCRIPT_H

#include "rehearse.h"
#include "run_options.h"

/* The script of the migrations that are not left out, for a database that has those that `applied` tells. STATUS_FAILED
 * names what cannot be in a script (`call`). */
status script_write(arena *a, const migen_release *release, migen_engine engine, object_name history,
                    const run_options *options, const bool *applied, const bool *left_out, char **out,
                    error *e) MUST_USE;

#endif

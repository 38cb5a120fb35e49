/*
 * engines.h: which engines this program has.
 *
 * Idea       What one engine alone needs has its name: files postgres_*.c and sqlite_*.c. A release that is made for one engine is
 *            compiled without the other's files (scripts/amalgamate leaves them out by their names), and shared code asks with
 *            ENGINE_IS_…, which is then a constant: what stood behind it goes too.
 * Invariant  -DMIGEN_NO_POSTGRES and -DMIGEN_NO_SQLITE are looked at here, and where a library's header is included; nowhere else.
 *            In a program with one engine, every model and run that ENGINE_IS_… is asked of is of that engine: migen_main
 *            leaves the other out of the release, and the URL's reader refuses it.
 * Usage      if (ENGINE_IS_SQLITE(run->engine)) return sqlite_begin(run);
 *            return ENGINE_OWN(run->engine, begin)(run);   the same, for postgres_begin and sqlite_begin
 */
#ifndef MIGEN_ENGINES_H
#define MIGEN_ENGINES_H

#include "migen_step.h"

#ifdef MIGEN_NO_POSTGRES
#define HAS_POSTGRES 0
#else
#define HAS_POSTGRES 1
#endif
#ifdef MIGEN_NO_SQLITE
#define HAS_SQLITE 0
#else
#define HAS_SQLITE 1
#endif

#if !HAS_POSTGRES && !HAS_SQLITE
#error "MIGEN_NO_POSTGRES and MIGEN_NO_SQLITE together leave no engine"
#endif

#define ENGINES_HERE ((HAS_POSTGRES ? MIGEN_POSTGRES : 0u) | (HAS_SQLITE ? MIGEN_SQLITE : 0u))

/* sizeof: the engine counts as used, and is not looked at. */
#if HAS_POSTGRES && HAS_SQLITE
#define ENGINE_IS_SQLITE(engine) ((engine) == MIGEN_SQLITE)
#elif HAS_SQLITE
#define ENGINE_IS_SQLITE(engine) (sizeof(engine) != 0)
#else
#define ENGINE_IS_SQLITE(engine) (sizeof(engine) == 0)
#endif
#define ENGINE_IS_POSTGRES(engine) (!ENGINE_IS_SQLITE(engine))

/* The function of that engine: postgres_NAME or sqlite_NAME. */
#define ENGINE_OWN(engine, name) (ENGINE_IS_SQLITE(engine) ? sqlite_##name : postgres_##name)

#endif

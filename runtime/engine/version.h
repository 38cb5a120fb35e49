/*
 * version.h: the release's migrations as a graph of versions, and the schema that each leads to.
 *
 * Idea       Nothing about schemas is stored in the binary: the schema of any set of applied migrations is
 * played from its steps (operation.h), with the branches that the history recorded.
 */
#ifndef MIGEN_ENGINE_VERSION_H
#define MIGEN_ENGINE_VERSION_H

#include "run.h"

#define NOT_FOUND ((size_t)-1)

/* The position of the migration that text means: the whole id, the part after the digits, a prefix of the id,
 * in turn; `head`. NOT_FOUND with an error (STATUS_USAGE) that lists the hits, or what is near. */
size_t version_find(const migen_release *release, const char *text, error *e);
size_t version_position(const migen_release *release, const char *id); /* the exact id; NOT_FOUND */

/* Whether ancestor is the migration at position, or one of its ancestors. */
bool version_is_ancestor(const migen_release *release, size_t ancestor, size_t position);

/* Whether no other migration of the release comes after this one. */
bool version_is_head(const migen_release *release, size_t position);

/* Plays one migration's way up on s. Branches: as recorded (may be NULL); else an `if` asks s, and then
 * `there` (the database's schema, may be NULL) for what no step of the release makes. */
void version_play(schema *s, const migen_release *release, size_t position, const char *branches,
                  const schema *there);

/* The schema of all migrations for which applied(position) is true; going down also of what an interrupted run has begun. */
schema *version_schema(migen *run, bool (*applied)(const migen *run, size_t position), const schema *there);
bool version_all(const migen *run, size_t position);

/* By run->history. What an interrupted `down` has begun to take back is applied to a `down`, and not to an `up`. */
bool version_applied(const migen *run, size_t position);

/* Whether an interrupted run has begun to take the migration back, also one that only the database knows. */
bool version_is_reverting(const migen *run, const char *id);

/* Whether an interrupted run has journalled steps of it, on either way. */
bool version_is_begun(const migen *run, size_t position);

/* journal_find of run->migration, on this way; kept until another is asked for. */
const history_entry *run_journal(migen *run);

/* Whether the step that is carried out may have been so before the database was adopted, and must not be done twice. */
bool run_withholds(const migen *run);

/* "1=1 2=0" */
char *branches_text(arena *a, const branch_list *branches);
bool branches_find(const char *text, unsigned branch, bool *first);

#endif

/*
 * scaffold.h: files from templates.
 *
 * Idea       A template is text with {{names}}. Migen carries its own (templates/ of its sources, put
 *            into the program by the build); a project's folder templates/ comes first.
 * Usage      const char *text = scaffold_fill(a, template, (const scaffold_value[]){{"title", "…"},
 *            {NULL, NULL}});
 */
#ifndef MIGEN_TOOL_SCAFFOLD_H
#define MIGEN_TOOL_SCAFFOLD_H

#include "tool.h"

typedef struct scaffold_value {
    const char *name; /* NULL ends the list */
    const char *value;
} scaffold_value;

/* One of migen's own by its path in the sources (templates/docker/Dockerfile.tmpl); NULL when there is none.
 */
const char *scaffold_own(const char *path);

/* The name of the own template for `migen new` that may have been meant; NULL: none. */
const char *scaffold_nearest(arena *a, const char *name);

/* A template for `migen new`: the project's, else migen's. NULL when there is none. */
const char *scaffold_find(arena *a, const char *root, const char *name);

/* Names of all templates for `migen new`, the project's first. */
void scaffold_list(tool *t, const char *root);

/* Unknown names stay as they are. A first line that begins with "-- template:" is left out. */
const char *scaffold_fill(arena *a, const char *text, const scaffold_value *values);

/* Writes the next migration; title and body as given. after: ids with commas, or "none". *path: what was
 * written. */
const char *scaffold_write_migration(tool *t, const checked_release *r, const char *title, const char *text,
                                     const char **path);

#endif

/*
 * title.h: what a migration's title asks for.
 *
 * Idea       "add api_key to users" says all that a file needs. A title that says nothing known gives
 *            no statements, and the file gets examples instead.
 * Usage      scaffold s = title_read(a, words, count, &problem);
 */
#ifndef MIGEN_TOOL_TITLE_H
#define MIGEN_TOOL_TITLE_H

#include "arena.h"
#include "text.h"
#include "vector.h"

typedef struct title_field {
    const char *name;
    const char *definition; /* "varchar(255) not null unique", behind the name */
} title_field;

typedef VECTOR(title_field) title_field_list;

typedef struct scaffold {
    const char *title;      /* as people read it: "Add api_key to users" */
    const char *statements; /* NULL: the title says nothing known */
} scaffold;

/* The arguments of `migen new`. What has a colon and no blank is a field, the rest is the title. *problem:
 * what is wrong with a field, or NULL. */
scaffold title_read(arena *a, const char *const *arguments, size_t count, const char **problem);

/* "email:varchar:255:unique" → its definition in the language. False with a message when it cannot be read.
 */
bool field_read(arena *a, const char *text, title_field *field, const char **problem);
bool field_is(const char *argument);

/* "Add api_key to users" → add_api_key_to_users: what can stand in an id. */
const char *title_slug(arena *a, const char *title);

#endif

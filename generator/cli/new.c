/*
 * new.c: `migen new` and `migen merge`: the next migration's file.
 */
#include "scaffold.h"
#include "title.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opens a file in the user's editor, which may be a command with words of its own ("code --wait"). */
static int edit(tool *t, const char *path)
{
    const char *editor = getenv("VISUAL");
    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if (!editor || !*editor)
        return tool_usage(t, "set EDITOR, for example to vi", "there is no editor to open %s in", path);
    fflush(t->out);
    pid_t child = fork();
    if (child == 0) {
        const char *script = arena_format(t->memory, "%s \"$1\"", editor);
        execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
        _exit(127);
    }
    int result = 0;
    if (child < 0)
        return tool_fail(t, STATUS_FAILED, "the editor cannot be started: %s", strerror(errno));
    while (waitpid(child, &result, 0) < 0)
        if (errno != EINTR)
            break;
    return result == 0 ? STATUS_OK : tool_fail(t, STATUS_FAILED, "the editor \"%s\" failed", editor);
}

static int unknown_template(tool *t)
{
    const char *nearest = scaffold_nearest(t->memory, t->template_name);
    return tool_usage(t,
                      nearest ? arena_format(t->memory, "did you mean \"%s\"?", nearest)
                              : "`migen new --list` names them",
                      "there is no template \"%s\"", t->template_name);
}

/* The title and the text, still with its {{after}}; NULL with *code. */
static const char *choose_text(tool *t, const checked_release *r, scaffold *s, int *code)
{
    const char *problem = NULL;
    *s = title_read(t->memory, t->words.items, t->words.count, &problem);
    if (t->message)
        s->title = t->message;
    if (problem && !(t->template_name && s->title)) {
        *code = tool_usage(t, "`migen help new` shows fields", "%s", problem);
        return NULL;
    }
    if (text_is_empty(s->title)) {
        *code = tool_usage(t, "for example: migen new add email to users", "`migen new` needs a title");
        return NULL;
    }
    const char *name = t->template_name ? t->template_name : s->statements ? "migration" : "blank";
    const char *text = scaffold_find(t->memory, r->project->root, name);
    if (!text) {
        *code = unknown_template(t);
        return NULL;
    }
    const scaffold_value statements[] = {{"statements", s->statements ? s->statements : ""}, {NULL, NULL}};
    return scaffold_fill(t->memory, text, statements);
}

int command_new(tool *t)
{
    int code = STATUS_OK;
    if (t->list) {
        diagnostics ignored = diagnostics_new(t->memory);
        const checked_release *project = release_load_graph(t->memory, t->folder, &ignored);
        scaffold_list(t, project ? project->project->root : NULL);
        return STATUS_OK;
    }
    const checked_release *r = tool_load_graph(t, true, &code);
    if (!r)
        return code;
    scaffold s = {0};
    const char *text = choose_text(t, r, &s, &code);
    if (!text)
        return code;
    const char *path = NULL;
    const char *problem = scaffold_write_migration(t, r, s.title, text, &path);
    if (problem)
        return tool_fail(t, STATUS_FAILED, "%s", problem);
    if (r->heads.count > 1)
        fprintf(t->err, "note: it comes after all %zu heads, and so merges them\n", r->heads.count);
    return t->edit ? edit(t, path) : STATUS_OK;
}

int command_merge(tool *t)
{
    int code = STATUS_OK;
    const checked_release *r = tool_load_graph(t, true, &code);
    if (!r)
        return code;
    if (r->heads.count < 2) {
        fprintf(t->out, "merge: nothing to do, the history has %s\n",
                r->heads.count ? "one head" : "no migrations");
        return STATUS_OK;
    }
    builder title = builder_new(t->memory);
    for (size_t i = 0; i < t->words.count; i++)
        builder_add_format(&title, "%s%s", i ? " " : "", t->words.items[i]);
    if (t->message)
        title = builder_new(t->memory);
    const char *words = t->message ? t->message : title.length ? title.bytes : "Merge branches";
    const char *path = NULL;
    const char *problem =
        scaffold_write_migration(t, r, words, scaffold_own("templates/scaffold/merge.mig.tmpl"), &path);
    return problem ? tool_fail(t, STATUS_FAILED, "%s", problem) : STATUS_OK;
}

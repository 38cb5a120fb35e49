/*
 * graph_commands.c: `migen heads`, `migen history`, `migen show`: the graph, as Alembic shows it.
 */
#include "tool.h"

static bool is_head(const checked_release *r, const char *id)
{
    for (size_t i = 0; i < r->heads.count; i++)
        if (text_equal(r->heads.items[i], id))
            return true;
    return false;
}

static size_t child_count(const checked_release *r, const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < r->migrations.count; i++)
        count += list_contains(r->migrations.items[i]->migration.after, id);
    return count;
}

static const char *marks(tool *t, const checked_release *r, const migen_migration *m)
{
    return arena_format(t->memory, "%s%s%s", is_head(r, m->id) ? " (head)" : "",
                        child_count(r, m->id) > 1 ? " (branchpoint)" : "",
                        list_length(m->after) > 1 ? " (mergepoint)" : "");
}

static const char *parents(tool *t, const migen_migration *m)
{
    return *m->after ? list_join(t->memory, m->after, ", ") : "<base>";
}

static void print_paragraph(tool *t, const checked_release *r, const migen_migration *m)
{
    fprintf(t->out, "Rev: %s%s\nParent: %s\nPath: %s\nHash: %s\n\n    %s\n\n", m->id, marks(t, r, m),
            parents(t, m), m->file, m->hash, m->title);
}

static int refuse_words(tool *t, const char *command)
{
    return tool_usage(t, NULL, "`migen %s` takes no \"%s\"", command, t->words.items[0]);
}

int command_heads(tool *t)
{
    if (t->words.count)
        return refuse_words(t, "heads");
    int code = STATUS_OK;
    const checked_release *r = tool_load_graph(t, true, &code);
    for (size_t i = 0; r && i < r->migrations.count; i++) {
        const migen_migration *m = &r->migrations.items[i]->migration;
        if (!is_head(r, m->id))
            continue;
        if (t->verbose)
            print_paragraph(t, r, m);
        else
            fprintf(t->out, "%s (head)\n", m->id);
    }
    return code;
}

int command_history(tool *t)
{
    if (t->words.count)
        return refuse_words(t, "history");
    int code = STATUS_OK;
    const checked_release *r = tool_load_graph(t, true, &code);
    for (size_t i = r ? r->migrations.count : 0; i-- > 0;) {
        const migen_migration *m = &r->migrations.items[i]->migration;
        if (t->verbose)
            print_paragraph(t, r, m);
        else
            fprintf(t->out, "%s -> %s%s, %s\n", parents(t, m), m->id, marks(t, r, m), m->title);
    }
    return code;
}

static void print_rows(tool *t, const char *title, const migen_step *rows, size_t count)
{
    fprintf(t->out, "%s\n", title);
    size_t depth = 1;
    for (size_t i = 0; i < count; i++) {
        migen_operation operation = rows[i].operation;
        bool closes = operation == MIGEN_END_IF || operation == MIGEN_END_ON || operation == MIGEN_ELSE;
        if (closes && depth > 1)
            depth--;
        fprintf(t->out, "%*s%s\n", (int)(4 * depth), "", step_words(t->memory, &rows[i]));
        if (operation == MIGEN_IF_EXISTS || operation == MIGEN_IF_SQL || operation == MIGEN_IF_TAKEN ||
            operation == MIGEN_ON_ENGINE || operation == MIGEN_ELSE)
            depth++;
    }
    if (count == 0)
        fputs("    nothing\n", t->out);
}

int command_show(tool *t)
{
    if (t->words.count != 1)
        return tool_usage(t, "`migen history` lists the migrations", "`migen show` needs one ID");
    int code = STATUS_OK;
    const checked_release *r = tool_load_checked(t, &code);
    if (!r)
        return code;
    const checked_migration *found = tool_find(t, r, t->words.items[0]);
    if (!found)
        return STATUS_USAGE;
    const migen_migration *m = &found->migration;
    print_paragraph(t, r, m);
    print_rows(t, "up", m->up, m->up_count);
    if (m->down_never)
        fprintf(t->out, "down never: %s\n", m->down_never);
    else
        print_rows(t, "down", m->down, m->down_count);
    return STATUS_OK;
}

#include "canonical.h"

#include "ast.h"

static void add_list(canonical *c, const ast_list *list);

static void end_line(canonical *c)
{
    if (c->text.length > 0 && c->text.bytes[c->text.length - 1] != '\n')
        builder_add_character(&c->text, '\n');
}

static void add_block(canonical *c, const ast_list *list)
{
    canonical_words(c, "{");
    end_line(c);
    add_list(c, list);
    canonical_words(c, "}");
}

static void add_statement(canonical *c, const ast_statement *st)
{
    unsigned engines = c->engines;
    switch (st->kind) {
    case AST_STEP:
        canonical_step(c, &st->step);
        if (st->step.operation == MIGEN_CALL && st->call_file != NULL) {
            canonical_words(c, "from");
            canonical_data(c, st->call_file);
        }
        break;
    case AST_IF:
        canonical_condition(c, &st->step);
        add_block(c, &st->then);
        if (st->otherwise.count > 0) {
            canonical_words(c, "else");
            add_block(c, &st->otherwise);
        }
        break;
    case AST_ON:
        c->engines = st->step.engines;
        canonical_words(c, st->step.engines == MIGEN_POSTGRES ? "on postgres" : "on sqlite");
        add_block(c, &st->then);
        c->engines = engines;
        break;
    case AST_ALLOW:
    case AST_LATER:
        break;
    }
    end_line(c);
}

static void add_list(canonical *c, const ast_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        add_statement(c, list->items[i]);
}

char *ast_canonical(arena *a, const ast_file *f)
{
    /* Both engines' quoting, whatever the project's engines are: a project that takes on a second keeps its
     * hashes. */
    canonical c = {.memory = a, .text = builder_new(a), .engines = MIGEN_POSTGRES | MIGEN_SQLITE};
    add_list(&c, &f->statements);
    return c.text.bytes;
}

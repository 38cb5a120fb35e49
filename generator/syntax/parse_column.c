/* Columns and their attributes. */
#include "parse_parts.h"

#include "name.h"

static bool parse_action(parser *p, migen_action *out)
{
    if (parse_take(p, "cascade"))
        *out = MIGEN_CASCADE;
    else if (parse_take(p, "restrict"))
        *out = MIGEN_RESTRICT;
    else if (parse_take_both(p, "set", "null"))
        *out = MIGEN_SET_NULL;
    else if (parse_take_both(p, "set", "default"))
        *out = MIGEN_SET_DEFAULT;
    else if (parse_take_both(p, "no", "action"))
        *out = MIGEN_NO_ACTION;
    else
        return parse_expected(p, "cascade, restrict, set null, set default or no action");
    return true;
}

bool parse_references_tail(parser *p, migen_action *on_delete, migen_action *on_update)
{
    bool delete_said = false, update_said = false;
    for (;;) {
        lexeme on = parse_peek(p);
        bool of_delete = parse_at_both(p, "on", "delete");
        if (!of_delete && !parse_at_both(p, "on", "update"))
            return true;
        scan_take(&p->s);
        scan_take(&p->s);
        bool *said = of_delete ? &delete_said : &update_said;
        if (*said)
            problem(p, "said-twice", parse_since(p, on.start), "%s is said twice",
                    of_delete ? "on delete" : "on update");
        *said = true;
        if (!parse_action(p, of_delete ? on_delete : on_update))
            return false;
    }
}

typedef enum attribute {
    ATTRIBUTE_NOT_NULL,
    ATTRIBUTE_NULL,
    ATTRIBUTE_PRIMARY_KEY,
    ATTRIBUTE_UNIQUE,
    ATTRIBUTE_INDEX,
    ATTRIBUTE_DEFAULT,
    ATTRIBUTE_CHECK,
    ATTRIBUTE_COLLATE,
    ATTRIBUTE_REFERENCES,
    ATTRIBUTE_AS,
    ATTRIBUTE_BACKFILL,
    ATTRIBUTE_COUNT
} attribute;

static const char *const attribute_words[ATTRIBUTE_COUNT] = {"not null", "null",    "primary key", "unique",
                                                             "index",    "default", "check",       "collate",
                                                             "->",       "as",      "backfill"};

/* Which attribute begins here; ATTRIBUTE_COUNT: none. */
static attribute attribute_here(parser *p)
{
    static const struct {
        const char *first, *second;
        attribute which;
    } table[] = {
        {"not", "null", ATTRIBUTE_NOT_NULL},
        {"null", NULL, ATTRIBUTE_NULL},
        {"primary", "key", ATTRIBUTE_PRIMARY_KEY},
        {"unique", NULL, ATTRIBUTE_UNIQUE},
        {"index", NULL, ATTRIBUTE_INDEX},
        {"default", NULL, ATTRIBUTE_DEFAULT},
        {"check", NULL, ATTRIBUTE_CHECK},
        {"collate", NULL, ATTRIBUTE_COLLATE},
        {"as", NULL, ATTRIBUTE_AS},
        {"backfill", NULL, ATTRIBUTE_BACKFILL},
    };
    if (parse_at_symbol(p, SYMBOL_ARROW))
        return ATTRIBUTE_REFERENCES;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (parse_at(p, table[i].first) &&
            (table[i].second == NULL || parse_is(p, parse_second(p), table[i].second)))
            return table[i].which;
    return ATTRIBUTE_COUNT;
}

static bool parse_check_attribute(parser *p, migen_column *c)
{
    if (parse_is_name(parse_peek(p)) && !parse_part(p, "a name", &c->check_name))
        return false;
    return parse_expression(p, &c->check);
}

static bool parse_generated(parser *p, migen_column *c)
{
    if (!parse_expression(p, &c->generated))
        return false;
    /* Stored where nothing is said: the one form that every PostgreSQL from 12 on has. */
    c->stored = !parse_take(p, "virtual");
    if (c->stored)
        parse_take(p, "stored");
    return true;
}

static bool parse_attribute(parser *p, attribute which, migen_column *c)
{
    scan_take(&p->s);
    switch (which) {
    case ATTRIBUTE_NOT_NULL:
        scan_take(&p->s);
        c->not_null = true;
        return true;
    case ATTRIBUTE_NULL:
        return true;
    case ATTRIBUTE_PRIMARY_KEY:
        scan_take(&p->s);
        c->primary_key = true;
        return true;
    case ATTRIBUTE_UNIQUE:
        c->unique = true;
        return true;
    case ATTRIBUTE_INDEX:
        c->index = true;
        return true;
    case ATTRIBUTE_DEFAULT:
        return parse_value(p, "a value: 'text', a number, true, false, null, now(), uuid() or (expression)",
                           &c->default_value);
    case ATTRIBUTE_CHECK:
        return parse_check_attribute(p, c);
    case ATTRIBUTE_COLLATE:
        return parse_part(p, "a collation's name", &c->collate);
    case ATTRIBUTE_REFERENCES:
        return parse_reference(p, &c->references, &c->references_column) &&
               parse_references_tail(p, &c->on_delete, &c->on_update);
    case ATTRIBUTE_AS:
        return parse_generated(p, c);
    case ATTRIBUTE_BACKFILL:
        return parse_expression(p, &c->backfill);
    case ATTRIBUTE_COUNT:
        break;
    }
    return false;
}

static bool attribute_expected(parser *p)
{
    static const char *const words[] = {"not",     "null",  "primary", "unique", "index",
                                        "default", "check", "collate", "as",     "backfill"};
    lexeme l = parse_peek(p);
    if (parse_is(p, l, "references")) {
        diagnostic *d =
            problem(p, "syntax", parse_place(p, l), "expected -> for a foreign key, found \"references\"");
        hint(p, d, "write -> users.id, or -> users for its primary key");
        return false;
    }
    if (parse_is(p, l, "not") || parse_is(p, l, "primary")) {
        bool not_null = parse_is(p, l, "not");
        scan_take(&p->s);
        return parse_expected(p, not_null ? "null behind not" : "key behind primary");
    }
    return parse_expected_word(p, "an attribute of the column, or the end of its line", words,
                               sizeof words / sizeof *words);
}

/* Twice, or with its opposite. */
static void check_said_once(parser *p, attribute which, const span said[ATTRIBUTE_COUNT], span place)
{
    static const attribute opposites[][2] = {{ATTRIBUTE_NOT_NULL, ATTRIBUTE_NULL},
                                             {ATTRIBUTE_NULL, ATTRIBUTE_NOT_NULL},
                                             {ATTRIBUTE_DEFAULT, ATTRIBUTE_AS},
                                             {ATTRIBUTE_AS, ATTRIBUTE_DEFAULT}};
    if (said[which].file != NULL) {
        diagnostic *d = problem(p, "said-twice", place, "\"%s\" is said twice", attribute_words[which]);
        diagnostic_second(d, said[which], "first here");
    }
    for (size_t i = 0; i < sizeof opposites / sizeof *opposites; i++)
        if (opposites[i][0] == which && said[opposites[i][1]].file != NULL) {
            diagnostic *d = problem(p, "said-twice", place, "\"%s\" and \"%s\" exclude each other",
                                    attribute_words[opposites[i][1]], attribute_words[which]);
            diagnostic_second(d, said[opposites[i][1]], "first here");
        }
}

bool parse_column(parser *p, migen_column *c, bool may_backfill)
{
    span said[ATTRIBUTE_COUNT] = {{0}};
    if (attribute_here(p) == ATTRIBUTE_COUNT && !parse_at_end(p) && !parse_type(p, &c->type))
        return false;
    while (!parse_at_end(p)) {
        lexeme first = parse_peek(p);
        attribute which = attribute_here(p);
        if (which == ATTRIBUTE_COUNT)
            return attribute_expected(p);
        if (which == ATTRIBUTE_BACKFILL && !may_backfill) {
            diagnostic *d = problem(p, "syntax", parse_place(p, first), "a new table has no rows to fill in");
            hint(p, d, "backfill belongs to add column");
        }
        size_t length = which == ATTRIBUTE_NOT_NULL || which == ATTRIBUTE_PRIMARY_KEY
                            ? parse_second(p).end - first.start
                            : first.end - first.start;
        span place = parse_span(p, first.start, first.start + length);
        check_said_once(p, which, said, place);
        said[which] = place;
        if (!parse_attribute(p, which, c))
            return false;
    }
    if (c->type.kind == MIGEN_TYPE_NONE && c->references == NULL) {
        diagnostic *d =
            problem(p, "missing-type", ast_place_of(p->file, c->name, parse_since(p, p->s.previous_end)),
                    "the column %s has no type", name_part_text(p->memory, c->name));
        hint(p, d, "write its type behind the name, as in: %s text", name_part_text(p->memory, c->name));
        return false;
    }
    return true;
}
